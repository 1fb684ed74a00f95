"""The recognisers, expanded from the codebook's data.

Where to start reading: :func:`grammar`.  ``corpus/codebook/references/grammar.yaml`` holds
the words and the patterns; this module adds the closed classes that a grammar is made of
(ordinals, roman numerals, number symbols, dates) and compiles all of it once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from vankien.codebook import load_yaml
from vankien.normalise import UPPER
from vankien.resources import codebook_dir

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

__all__ = [
    "Grammar",
    "NamedRule",
    "any_of",
    "date_of",
    "grammar",
    "ordinal",
    "roman",
    "term_of",
    "to_roman",
]

_ORDINALS = {
    "nhất": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8,
    "chín": 9, "mười": 10, "mười một": 11, "mười hai": 12, "mười ba": 13, "mười bốn": 14,
    "mười lăm": 15,
}  # fmt: skip
_ROMAN = r"(?-i:[IVX]{1,6})"
_SPACE = r"[^\S\n]"
# Both ways of placing the tone mark, and i for y, are right (see vankien.normalise).
_SPELLINGS = {
    "óa": "(?:óa|oá)", "òa": "(?:òa|oà)", "ủy": "(?:ủy|uỷ)", "úy": "(?:úy|uý)",
    "kỷ": "(?:kỷ|kỉ)", "kỳ": "(?:kỳ|kì)", "ký": "(?:ký|kí)",
}  # fmt: skip


def spell(phrase: str) -> str:
    """Return a pattern for a phrase in its spellings, with free spaces on one line."""
    pattern = f"{_SPACE}+".join(re.escape(word) for word in phrase.split())
    for written, spellings in _SPELLINGS.items():
        pattern = pattern.replace(written, spellings)
    return pattern


def any_of(phrases: list[str]) -> str:
    """Return a pattern for one of the phrases, the longest first."""
    return "(?:" + "|".join(spell(p) for p in sorted(phrases, key=len, reverse=True)) + ")"


def roman(text: str) -> int:
    """Read a roman numeral of I, V and X ("XVII" is 17)."""
    values = {"I": 1, "V": 5, "X": 10}
    total = 0
    for current, following in zip(text, [*text[1:], ""], strict=True):
        value = values[current]
        total += -value if following and values[following] > value else value
    return total


def to_roman(number: int) -> str:
    """Write a number from 1 to 39 in roman numerals (terms written "khóa 12")."""
    tens, ones = divmod(number, 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones]


def term_of(raw: str) -> str:
    """Return a term in roman numerals ("khóa 12" is XII)."""
    return to_roman(int(raw)) if raw.isdigit() else raw


def ordinal(raw: str | None) -> int | None:
    """Read an ordinal in digits, words or roman numerals; None where it is none."""
    if raw is None:
        return None
    if raw.isdigit():
        return int(raw)
    if re.fullmatch(r"[IVX]+", raw):
        return roman(raw)
    return _ORDINALS.get(" ".join(raw.lower().split()))


def date_of(match: re.Match[str]) -> date | None:
    """Return the date of a match of a pattern with DATE; None for an impossible one."""
    groups = match.groupdict()
    for keys in (("d", "m", "y"), ("d2", "m2", "y2"), ("d3", "m3", "y3"), ("d4", "m4", "y4")):
        day, month, year = (groups.get(key) for key in keys)
        if day and month and year:
            try:
                return date(int(year), int(month), int(day))
            except ValueError:
                return None
    return None


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A document called by a name without a number, the Charter say."""

    type: str
    phrase: str
    capital_last: bool
    tail: re.Pattern[str]
    stop: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Grammar:
    """All recognisers, compiled."""

    types: tuple[dict[str, Any], ...]
    words: dict[str, str]
    tails: dict[str, re.Pattern[str]]
    named: tuple[NamedRule, ...]
    symbol: re.Pattern[str]
    glued: re.Pattern[str]
    followers: re.Pattern[str]
    counted: re.Pattern[str]
    not_after: re.Pattern[str]
    drafts: re.Pattern[str]
    court: re.Pattern[str]
    country: re.Pattern[str]
    about: re.Pattern[str]
    party_context: re.Pattern[str]
    national: re.Pattern[str]
    generic: re.Pattern[str]
    congress: re.Pattern[str]
    programmes: frozenset[str]
    weak_back: frozenset[str]
    twins: tuple[str, ...]
    states: frozenset[str]
    laws: frozenset[str]
    plural: re.Pattern[str]
    breath: re.Pattern[str]
    home: re.Pattern[str]
    houses: dict[str, str]
    symbol_types: dict[str, tuple[str, ...]]
    glued_codes: AhoCorasick

    def types_of(self, number: str) -> tuple[str, ...]:
        """Return the types that the symbol of a number allows, the likeliest first."""
        parts = [part.strip() for part in re.split(r"[-–—/]", number)]
        tail = parts[-1]
        for part in parts[1:]:
            types = self.symbol_types.get(part)
            if types is None:
                continue
            # Outside the Party a number with the twins' symbol is a decision.
            return types if _OF_PARTY.search(tail) else types[-1:]
        for house, kind in self.houses.items():
            if re.fullmatch(rf"{house}\d{{1,2}}", tail):
                return (kind,)
        return ()


_OF_PARTY = re.compile(r"[WƯU]\Z")
"""How the symbols of the Party's bodies end (TW, TU, HU, UBKTTU)."""


def _expand(pattern: str, words: dict[str, str], classes: dict[str, str]) -> str:
    for name, value in classes.items():
        pattern = re.sub(rf"(?<![A-Za-z]){name}(?![A-Za-z])", value.replace("\\", r"\\"), pattern)
    pattern = re.sub(r"(?<!\?P)<([a-z_]+)>", lambda m: words[m.group(1)], pattern)
    return pattern.replace("~", _SPACE)


def _dates(word_day: str, word_month: str, word_year: str, first: int) -> str:
    a, b = ("", "2") if first == 0 else ("3", "4")
    return (
        rf"(?:(?:{word_day}~*)?(?P<d{a}>\d{{1,2}})~?[-–/.]~?(?P<m{a}>\d{{1,2}})~?[-–/.]~?"
        rf"(?P<y{a}>\d{{4}})|{word_day}~+(?P<d{b}>\d{{1,2}})~+{word_month}~+(?P<m{b}>\d{{1,2}})"
        rf"~*,?~*{word_year}~+(?P<y{b}>\d{{4}}))"
    )


@cache
def grammar() -> Grammar:
    """Return the recognisers, compiled once a process."""
    from ahocorasick_rs import AhoCorasick

    folder = codebook_dir()
    types = tuple(load_yaml(folder / "document_types.yaml")["types"])
    houses = dict(load_yaml(folder / "document_types.yaml")["houses"])
    data = load_yaml(folder / "references" / "grammar.yaml")
    words = {name: any_of(list(phrases)) for name, phrases in data["words"].items()}
    words["country"] = any_of(data["countries"])
    codes = sorted({code for entry in types for code in entry["symbols"]}, key=len, reverse=True)
    symbols = load_yaml(folder / "issuers.yaml")["symbols"]
    code = "(?-i:" + "|".join([*codes, *(rf"{h}\d{{1,2}}" for h in houses)]) + ")"
    tail = r"(?-i:[A-ZĐƯ](?:\.?[A-ZĐƯ&])*[a-z]{0,2}[A-ZĐƯ&]*\d{0,2}(?![a-zà-ỹ]))"
    issuer = "(?-i:" + "|".join(re.escape(s) for s in sorted(symbols, key=len, reverse=True)) + ")"
    slip = r"(?-i:[A-ZĐƯ]{2}[A-ZĐƯ&]*\d{0,2}(?!\w))"
    dash = "[-–—/]"
    ends = (
        rf"(?:{dash}{tail}|{_SPACE}?{dash}{_SPACE}?{issuer}(?!\w)"
        rf"|{_SPACE}{dash}{slip}|{dash}{_SPACE}{slip})*"
    )
    digits = rf"\d{{1,5}}(?-i:[a-zA-Z])?(?:{_SPACE}?[-–/]{_SPACE}?(?:19|20)\d\d)?"
    # Without a body ("05-CT") it is the number of nothing.
    house = "|".join(rf"{h}\d" for h in houses)
    bare = (
        rf"{digits}{_SPACE}?[-–—/]{_SPACE}?(?=(?-i:{house})|[^\W\d]+{_SPACE}?[-–—/]){code}"
        rf"(?![a-zà-ỹ]){ends}"
    )
    full = rf"(?:{bare}|{digits}[-–/]{tail}{ends})"
    day, month, year = words["day"], words["month"], words["year"]
    classes = {
        "SYMBOL": full,
        "ROMAN": _ROMAN,
        "ORD": "(?:" + "|".join(sorted(map(spell, _ORDINALS), key=len, reverse=True))
        + rf"|\d{{1,2}}|{_ROMAN})",
        # "Tiểu học Kim Đồng", "Quân khu 1": a small syllable stands inside a name, not at its
        # end; a figure only before the number of the congress.
        "PROPER": rf"(?-i:[{UPPER}]\w*(?:~[^\W\d_{UPPER}]+(?=~(?:[{UPPER}\d]|{words['ordinal']}|"
        rf"{words['years']})))?)(?:~\d{{1,2}}(?=,?~(?:{words['ordinal']}|{words['years']})))?",
    }  # fmt: skip
    patterns = dict(data["patterns"])
    pieces = patterns["date"].split("DATE")
    patterns["date"] = pieces[0] + "".join(
        _dates(day, month, year, place) + piece for place, piece in enumerate(pieces[1:])
    )

    def built(pattern: str) -> re.Pattern[str]:
        return re.compile(_expand(pattern, words, classes), re.IGNORECASE)

    abbreviations = sorted(
        {a for entry in types for a in entry["abbreviations"]}, key=len, reverse=True
    )
    function = any_of(data["followers"])
    before = rf"{_SPACE}*\Z"
    return Grammar(
        types=types,
        words=words,
        tails={name: built(pattern) for name, pattern in patterns.items()},
        named=tuple(
            NamedRule(
                r["type"], r["phrase"], r["capital"] == "last", built(r["tail"]), built(r["stop"])
            )
            for r in data["named"]
        ),
        symbol=re.compile(rf"(?<![\w/.,-])(?:{bare})(?!\w)"),
        glued=re.compile(
            rf"(?<![\w/.–-])(?P<abbreviation>{'|'.join(abbreviations)})(?=\d{{1,3}}(?!\w))"
        ),
        followers=re.compile(
            rf"{_SPACE}*(?:[.,;:!?)\]\"”…\n]|\Z|[-–]{_SPACE}|\({_SPACE}?|{_SPACE}{function}(?!\w))",
            re.IGNORECASE,
        ),
        counted=re.compile(rf"{_SPACE}*{any_of(data['counted'])}(?!\w)", re.IGNORECASE),
        not_after=re.compile(rf"(?<!\w){any_of(data['not_after'])}{before}", re.IGNORECASE),
        drafts=re.compile(rf"(?<!\w){any_of(data['drafts'])}{before}", re.IGNORECASE),
        court=re.compile(rf"(?<!\w){any_of(data['not_before_constitution'])}{before}"),
        country=re.compile(rf"(?<!\w){any_of(data['countries'])}(?!\w)"),
        about=re.compile(rf"[\s,]*(?:{words['about']}(?!\w)|[\"“])", re.IGNORECASE),
        party_context=re.compile(
            rf"(?<!\w){any_of(data['party_context'])}(?!\w)(?!{_SPACE}Cộng hòa)", re.IGNORECASE
        ),
        national=re.compile(
            rf"(?:{_SPACE}*{any_of(data['national'])}(?!\w))*{_SPACE}*", re.IGNORECASE
        ),
        generic=re.compile(rf"(?<!\w){any_of(data['generic'])}(?!\w)", re.IGNORECASE),
        congress=re.compile(words["congress"], re.IGNORECASE),
        programmes=frozenset(data["programmes"]),
        weak_back=frozenset(data["weak_back"]),
        twins=tuple(data["twins"]),
        states=frozenset(data["states"]),
        laws=frozenset(e["type"] for e in types if e.get("law")),
        breath=re.compile(rf"[\s,;]*(?:{words['and']})?\s*", re.IGNORECASE),
        plural=re.compile(rf"(?<!\w){any_of(data['plural'])}{before}", re.IGNORECASE),
        home=re.compile(any_of(data["home"])),
        houses=houses,
        symbol_types={
            code: tuple(entry["type"] for entry in types if code in entry["symbols"])
            for code in codes
        },
        glued_codes=AhoCorasick(sorted({abbreviation[:2] for abbreviation in abbreviations})),
    )
