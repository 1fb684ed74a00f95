"""The forms of organisations and places, put together from ``corpus/gazetteer/organisations.yaml``.

:mod:`vankien.gazetteer.organisations` reads texts with them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from vankien.codebook import load_yaml
from vankien.gates import Openings, beginning_with
from vankien.gazetteer.places import unit_names
from vankien.normalise import UPPER
from vankien.resources import corpus_dir

__all__ = ["NAME", "OrganisationForms", "fold_words", "organisation_data", "organisation_forms"]

_WORD = rf"[{UPPER}][\w'’]*"
NAME = rf"{_WORD}(?:\s+(?:[-–]\s+)?{_WORD}|\s?[-–]\s?{_WORD}){{0,4}}"
"""A proper name: up to five words with a capital."""


@cache
def organisation_data() -> dict[str, Any]:
    """Return the forms of organisations as the file holds them."""
    data: dict[str, Any] = load_yaml(corpus_dir() / "gazetteer" / "organisations.yaml")
    return data


def _any(forms: list[str]) -> str:
    """An alternation in any case, the longest first; spaces match any white space."""
    ordered = sorted(forms, key=len, reverse=True)
    return "(?i:" + "|".join(re.escape(f).replace(r"\ ", r"\s+") for f in ordered) + ")"


def _exactly(forms: list[str]) -> str:
    """An alternation as written, the longest first; spaces match any white space."""
    ordered = sorted(forms, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(f).replace(r"\ ", r"\s+") for f in ordered) + ")"


def _openings(data: dict[str, Any]) -> set[str]:
    """A gate: the first words of all forms, looked for before the forms themselves."""
    forms = [
        *data["spans"], *data["organs"], *data["party"], *data["state"], *data["independent"],
        *data["heads"], *data["forces"], *data["written"], *data["units"], "bản",
        *data["sectors"]["forms"], *data["leading"]["organs"],
        *(word for words in data["territories"].values() for word in words),
        *(word for words in data["committees"].values() for word in words),
        *(form for entry in data["central"] for form in entry["forms"]),
    ]  # fmt: skip
    return {form.split()[0].lower() for form in forms}


@dataclass(frozen=True, slots=True)
class OrganisationForms:
    """The compiled forms, and the words that judge what stands around them."""

    openings: Openings
    forms: re.Pattern[str]
    bare: re.Pattern[str]
    heading: re.Pattern[str]
    heading_gate: re.Pattern[str]
    local_words: tuple[str, ...]
    tail: re.Pattern[str]
    around: dict[str, re.Pattern[str]]
    territories: dict[str, str]
    letters: dict[str, str]
    central: dict[str, dict[str, Any]]
    not_names: frozenset[str]
    name_words: dict[str, tuple[str, ...]]
    alone: frozenset[str]
    closing: frozenset[str]
    numbered: frozenset[str]
    span: re.Pattern[str]
    kinds: dict[str, str]
    surnames: frozenset[str]
    openers: frozenset[str]
    links: frozenset[str]


def fold_words(words: str) -> str:
    return " ".join(words.lower().replace("uỷ", "ủy").split())


@cache
def organisation_forms() -> OrganisationForms:
    """Return the forms, compiled once."""
    data = organisation_data()
    territories = {fold_words(w): level for level, ws in data["territories"].items() for w in ws}
    territories |= {fold_words(w): level for level, ws in data["committees"].items() for w in ws}
    land = _any([w for ws in data["territories"].values() for w in ws])
    committee = _any([w for ws in data["committees"].values() for w in ws])
    span = f"(?:{_any(data['spans'])}\\s+)?"
    organs = f"(?:{_any(data['organs'])}\\s+){{0,2}}"
    party = _any(data["party"])
    short = _any([n for n in unit_names("province") if re.search(r"HCM|\.", n)])
    name = rf"(?:{short}|{NAME}|\d{{1,2}}(?![\d/%]|[.,]\d))"
    letters = {fold_words(f): b["code"] for b in data["bodies"] for f in b["forms"]}
    central = {fold_words(f): entry for entry in data["central"] for f in entry["forms"]}
    needs = [f for e in data["central"] if e.get("party") for f in e["forms"]]
    free = [f for e in data["central"] if not e.get("party") for f in e["forms"]]
    branches = _exactly(data["branches"])
    opened = rf"{_any(data['bodies_named'])}(?:\s+(?:{branches}|{name}))+(?:\s+số\s+\d+)?"
    opened += rf"|{_any(data['bodies_named'])}\s+(?:\w+\s+){{0,3}}số\s+\d+"
    counts = r"chi|đảng|đồng|tổ(?!\s+chức\s+(?:\d|hội|lớp|buổi))|người"
    unit = rf"{_exactly(data['units'])}\s+\d{{1,3}}(?![\d/%]|[.,]\d|\s+(?:{counts}))"
    opened = rf"{unit}|{opened}"
    spot = rf"{_any(data['places_named'])}\s+(?:số\s+)?{name}"
    alone = rf"{_any(data['independent'])}(?:\s+(?:{branches}|{NAME}))+(?:\s+số\s+\d+)?"
    alone += rf"|{_any(data['independent'])}\s+số\s+\d+"
    alone = rf"(?<!thị\s)(?:{alone}|{_exactly(data['written'])}(?:\s+(?:{branches}|{NAME}))+"
    alone += rf"|{unit}|(?<!văn\s)(?<!phiên\s)(?<!ấn\s)(?<!kịch\s)bản\s+{_WORD}\s+{_WORD})"
    sectors = data["sectors"]

    heads, forces = _exactly(data["heads"]), _exactly(data["forces"])

    def ends(number: int) -> str:
        return rf"\s+(?P<t{number}>{land})(?!\w)(?:\s*(?P<n{number}>{name}))?"

    leading = data["leading"]
    leaders = _exactly(leading["organs"])
    joined = rf"(?:,\s+|\s+và\s+){_exactly([*leading['organs'], *leading['with']])}"
    alternatives = (
        rf"(?P<leading>{leaders}(?:{joined})*)(?=\s+(?:{leading['acts']})(?!\w))",
        rf"(?P<central>{organs}(?:{party}\s+)?(?P<c0>{_any(free)})|{organs}{party}\s+"
        rf"(?P<c1>{_any(needs)}))(?!\w|\s+bộ)",
        rf"(?P<body>{organs}{party}\s+(?P<b1>{_any(list(letters))})(?!\w)(?:{ends(1)})?)",
        rf"(?P<land>{organs}(?:{party}|{_any(data['state'])}){ends(2)})",
        rf"(?P<force>(?P<b7>{forces}){ends(7)})",
        rf"(?P<committee>{organs}(?P<t3>{committee})(?!\w)(?:\s+(?P<n3>{name}))?)",
        rf"(?P<noun>{party}\s+{_any(data['nouns'])}(?!\w|\s+[{UPPER}\d])|(?:(?<=\A)|(?<=[.!?]\s)){heads}"
        rf"(?=\s+[^\W{UPPER}\d]))",
        rf"(?P<free>{organs}{party}\s+(?P<b4>{opened}|{spot}|\d{{1,2}}(?![\d/%]|[.,]\d)|{NAME})"
        rf"(?:{ends(4)})?)",
        rf"(?P<own>(?P<b5>{alone})(?:{ends(5)})?)",
        rf"(?P<sector>{_any(sectors['forms'])}\s+{_any(sectors['names'])}"
        rf"(?:\s+(?:của\s+|cấp\s+|toàn\s+)?{land}(?!\w)(?:\s+{name})?)?)(?!\w)",
        rf"(?P<plain>(?P<t6>{land})(?!\w)(?:\s*(?P<n6>{name}))?)",
        rf"(?P<party>{organs}{party})(?!\w)",
    )
    names = [n for n in unit_names("province") if n not in data["not_bare"]]
    bare = "|".join(re.escape(n).replace(r"\ ", r"\s+") for n in names)
    around = {
        key: re.compile(rf"(?<!\w)(?:{data[key]})", re.IGNORECASE)
        for key in (
            "counted",
            "titles",
            "second",
            "bare_not_before",
            "listed_before",
            "ranked",
            "former",
            "quoted",
            "planned",
        )
    }
    around |= {
        key: re.compile(data[key])
        for key in ("listed", "bare_not_after", "party_not", "given", "subject_of")
    }
    openings = _openings(data)
    local_words = str(data["local_words"]).split("|")
    return OrganisationForms(
        openings=Openings(openings),
        forms=re.compile(
            rf"(?<!\w)(?={beginning_with(openings, any_case=True)})"
            rf"(?:{'|'.join(alternatives[:2])}|{span}(?:{'|'.join(alternatives[2:])}))"
        ),
        bare=re.compile(rf"(?<![\w-])(?=[{UPPER}])(?:{bare})(?!\w|\s?-\s?[{UPPER}])"),
        heading=re.compile(
            rf"\A[\s\"“(]{{0,2}}(?P<name>{NAME})\s?(?=:)|(?<=[,;:]\s)(?P<item>{NAME})\s(?=\d)|"
            rf"(?:\A|(?<=[,;:]\s))(?P<subject>{NAME})\s(?=[^\W\d{UPPER}])|"
            rf"(?<!\w)(?i:{data['local_words']})\s(?P<spot>{NAME})(?!\w)"
        ),
        # Begins with a plain set of characters, which the engine scans for quickly.
        heading_gate=re.compile(
            rf"[,;:{''.join({c for w in local_words for c in w[-1].lower() + w[-1].upper()})}]"
            rf"\s(?=[{UPPER}])"
        ),
        local_words=tuple(word.lower() for word in local_words),
        tail=re.compile(
            rf"\s*\((?P<in>{NAME})\)|,?\s+(?P<t>{land})\s+(?P<n>{NAME})|,\s+(?P<p>{NAME})"
        ),
        around=around,
        territories=territories,
        letters=letters,
        central=central,
        not_names=frozenset((*data["not_names"], *data["not_bare"])),
        name_words={word: tuple(mates) for word, mates in data["name_words"].items()},
        alone=frozenset(data["alone"]),
        closing=frozenset(data["closing"]),
        numbered=frozenset(data["numbered"]),
        span=re.compile(_any(data["spans"])),
        surnames=frozenset(data["surnames"]),
        openers=frozenset(fold_words(word) for word in data["bodies_named"]),
        links=frozenset(data["links"]),
        kinds={fold_words(word): kind for word, kind in data["kinds"].items()},
    )
