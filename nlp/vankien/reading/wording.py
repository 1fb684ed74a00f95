"""The words of layout, from ``corpus/codebook/layouts.yaml``, compiled once a process.

Phrases are kept folded; expressions are matched against lines in lower case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from vankien.codebook import load_yaml
from vankien.normalise import fold_phrase
from vankien.resources import codebook_dir

__all__ = [
    "HtmlNames",
    "NewsWords",
    "OfficialWords",
    "PageWords",
    "html_names",
    "news_words",
    "official_words",
    "page_words",
]


@dataclass(frozen=True, slots=True)
class NewsWords:
    """What marks the parts of an article's page."""

    links_start: frozenset[str]
    comments_start: frozenset[str]
    line: frozenset[str]
    prefix: tuple[str, ...]
    caption_words: tuple[str, ...]
    caption: re.Pattern[str]
    dateline: re.Pattern[str]
    byline: re.Pattern[str]
    byline_word: re.Pattern[str]
    taken_from: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class OfficialWords:
    """What marks the parts of a Party or State document; ``types`` has the longest first.

    ``unnumbered`` is the rank of a heading without a number: below I, above 1 (used where
    nothing else tells).
    """

    party: tuple[str, ...]
    state: tuple[str, ...]
    motto: tuple[str, ...]
    stamps: dict[str, str | None]
    stamp_lead: re.Pattern[str]
    recipients: tuple[str, ...]
    addressee: tuple[str, ...]
    signature: tuple[str, ...]
    offices: tuple[str, ...]
    ranks: re.Pattern[str]
    surnames: frozenset[str]
    signed: frozenset[str]
    subject: tuple[str, ...]
    types: tuple[str, ...]
    state_types: frozenset[str]
    type_of_symbol: dict[str, str]
    of: str
    about: str
    letter: str
    enacting: tuple[str, ...]
    grounds: tuple[str, ...]
    number_lead: tuple[str, ...]
    digital: tuple[str, ...]
    preamble: tuple[str, ...]
    annex: tuple[str, ...]
    divisions: tuple[re.Pattern[str], ...]
    headings: tuple[str, ...]
    number: re.Pattern[str]
    place_date: re.Pattern[str]
    passed: re.Pattern[str]
    span: re.Pattern[str]
    unnumbered: float = 7.0

    def type_of_number(self, number: str) -> str | None:
        """Return the type that the symbol of a number shows ("04-CTr/TU", "15/2021/NĐ-CP")."""
        for symbol in re.split(r"[-/]", number)[1:]:
            if symbol and not symbol.isdigit():
                return self.type_of_symbol.get(symbol)
        return None


@dataclass(frozen=True, slots=True)
class PageWords:
    """What marks page numbers, units above tables, and styles of a word processor."""

    number: re.Pattern[str]
    unit: re.Pattern[str]
    table_caption: re.Pattern[str]
    totals: frozenset[str]
    continued: re.Pattern[str]
    division: re.Pattern[str]
    heading_style: re.Pattern[str]
    title_styles: frozenset[str]


@dataclass(frozen=True, slots=True)
class HtmlNames:
    """What pages call their elements."""

    caption: re.Pattern[str]
    lead: re.Pattern[str]
    links: re.Pattern[str]
    comments: re.Pattern[str]
    author: re.Pattern[str]
    date: re.Pattern[str]


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = load_yaml(codebook_dir() / "layouts.yaml")
    return data


def _folded(phrases: list[str]) -> tuple[str, ...]:
    return tuple(fold_phrase(phrase) for phrase in phrases)


def _either(phrases: list[str]) -> str:
    return "|".join(sorted((re.escape(p.lower()) for p in phrases), key=len, reverse=True))


@cache
def news_words() -> NewsWords:
    """Return the words of news pages."""
    data = _data()["news"]
    patterns = data["patterns"]
    captions = "|".join(f"(?:{p})" for name, p in patterns.items() if name.startswith("caption"))
    return NewsWords(
        links_start=frozenset(_folded(data["links_start"])),
        comments_start=frozenset(_folded(data["comments_start"])),
        line=frozenset(_folded(data["line"])),
        prefix=_folded(data["prefix"]),
        caption_words=tuple(data["caption_words"]),
        caption=re.compile(captions),
        dateline=re.compile(patterns["dateline"]),
        byline_word=re.compile(
            rf"\A(?:(?:{_either([*data['byline_prefix'], *data['caption_words']])})(?!\w)[\s:,]*)+",
            re.IGNORECASE,
        ),
        byline=re.compile(rf"\(?(?:{_either(data['byline_prefix'])})\s*:\s*"),
        taken_from=re.compile(rf"\(?(?:{_either(data['taken_from'])})\s*:?\s+\S.{{0,40}}"),
    )


@cache
def official_words() -> OfficialWords:
    """Return the words of Party and State documents."""
    data = _data()["official"]
    known = load_yaml(codebook_dir() / "document_types.yaml")["types"]
    names = {fold_phrase(name) for entry in known for name in entry["names"]}
    symbols: dict[str, set[str]] = {}
    for entry in known:
        for symbol in entry["symbols"]:
            symbols.setdefault(symbol, set()).add(entry["type"])
    return OfficialWords(
        party=_folded(data["national_party"]),
        state=_folded(data["national_state"]),
        motto=_folded(data["motto"]),
        stamps={fold_phrase(k): v for k, v in data["stamps"].items()},
        stamp_lead=re.compile(rf"(?:(?:{_either(data['stamp_lead'])})\s*:?\s+)+"),
        recipients=_folded(data["recipients_start"]),
        addressee=_folded(data["addressee_start"]),
        signature=tuple(p.lower() for p in data["signature_start"]),
        offices=_folded(data["offices"]),
        ranks=re.compile(rf"(?:(?:{_either(data['ranks'])})[\s,.]+)+", re.IGNORECASE),
        surnames=frozenset(_folded(data["surnames"])),
        signed=frozenset(_folded(data["signed"])),
        subject=_folded(data["subject"]),
        types=tuple(sorted(names | set(_folded(data["types"])), key=lambda n: (-len(n), n))),
        state_types=frozenset(
            fold_phrase(name)
            for entry in known
            if entry["of"] == "state"
            for name in entry["names"]
        ),
        # A symbol of two types (QĐ: decision, regulation) says neither.
        type_of_symbol={s: next(iter(t)) for s, t in symbols.items() if len(t) == 1},
        of=fold_phrase(data["of"]),
        about=fold_phrase(data["about"]),
        letter=data["letter"],
        enacting=_folded(data["enacting"]),
        grounds=_folded(data["grounds"]),
        number_lead=_folded(data["number_lead"]),
        digital=_folded(data["digital"]),
        preamble=_folded(data["preamble"]),
        annex=_folded(data["annex"]),
        divisions=tuple(re.compile(p, re.IGNORECASE) for p in data["divisions"]),
        headings=_folded(data["headings"]),
        number=re.compile(
            rf"(?:\A|[\s*|])(?:{_either(data['number_lead'])})\s*:?\s*"
            r"(?P<number>\d{1,5}\s?[-–]\s?[A-ZĐ][\wĐđ]*\s?/\s?[\wĐđ]+(?:[-./][\wĐđ]+)*"
            r"|\d{1,5}\s?/\s?(?:(?:19|20)\d\d\s?/\s?)?[A-ZĐ][\wĐđ]*(?:(?<=QH)\s\d\d?\b)?(?:\s?[-/]\s?[\wĐđ]+)*)",
            re.IGNORECASE,
        ),
        place_date=re.compile(data["patterns"]["place_date"], re.IGNORECASE),
        passed=re.compile(data["patterns"]["passed"], re.IGNORECASE),
        span=re.compile(data["patterns"]["span"]),
    )


@cache
def page_words() -> PageWords:
    """Return the words of pages, tables and styles."""
    data = _data()
    return PageWords(
        number=re.compile(data["page"]["number"], re.IGNORECASE),
        unit=re.compile(data["table"]["unit"], re.IGNORECASE),
        table_caption=re.compile(data["table"]["caption"], re.IGNORECASE),
        totals=frozenset(_folded(data["table"]["totals"])),
        continued=re.compile(data["table"]["continued"], re.IGNORECASE),
        division=re.compile("|".join(data["official"]["divisions"]), re.IGNORECASE),
        heading_style=re.compile(
            rf"(?:{_either(data['word']['heading_styles'])})\s*(\d)", re.IGNORECASE
        ),
        title_styles=frozenset(style.lower() for style in data["word"]["title_styles"]),
    )


@cache
def html_names() -> HtmlNames:
    """Return the names of elements that carry captions, leads, links, comments, dates."""
    data = _data()["html"]

    def names(key: str, *, whole: bool = False) -> re.Pattern[str]:
        # A name begins a word of the class: "news-sapo", "sapo_detail"; short ones are whole.
        end = r"(?![a-z])" if whole else ""
        return re.compile(rf"(?:\A|[\s_-])(?:{_either(data[key])}){end}", re.IGNORECASE)

    return HtmlNames(
        caption=names("caption"),
        lead=names("lead", whole=True),
        links=names("links"),
        comments=names("comments"),
        author=names("author"),
        date=names("date", whole=True),
    )
