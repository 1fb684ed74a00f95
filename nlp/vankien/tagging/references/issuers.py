"""Who issued a document: by the names around a mention and by the symbol of its number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from vankien.codebook import load_yaml
from vankien.normalise import UPPER, fold_phrase
from vankien.resources import codebook_dir
from vankien.tagging.references.grammar import any_of, date_of, grammar, term_of

__all__ = [
    "CENTRAL_SYMBOL",
    "PLENUM_SYMBOL",
    "Issuer",
    "date_after",
    "issuer_after",
    "issuer_before",
    "issuers",
]

CENTRAL_SYMBOL = "TW"
"""The symbol of the Party's centre in numbers."""

PLENUM_SYMBOL = "HNTW"
"""The symbol of the Central Committee's plenums in older numbers."""

BEFORE = 110
"""Characters before a mention that may name its body."""

Standing = Literal["party", "centre", "state", "other", ""]


@dataclass(frozen=True, slots=True)
class Issuer:
    """A body named beside a mention.

    ``standing``: a central Party body, the Party's centre as a whole, a central body of the
    State (or of the world), another body, or none.  ``end`` is where its name ends;
    ``term`` is the term written after it.
    """

    name: str = ""
    standing: Standing = ""
    end: int = 0
    term: str | None = None


@dataclass(frozen=True, slots=True)
class Issuers:
    """The names and symbols of bodies, compiled."""

    symbols: dict[str, str]
    after: re.Pattern[str]
    before: re.Pattern[str]
    known: dict[str, tuple[str, Standing]]


@cache
def issuers() -> Issuers:
    """Return the names of bodies, compiled once a process."""
    data = load_yaml(codebook_dir() / "issuers.yaml")
    known: dict[str, tuple[str, Standing]] = {}
    written: list[str] = list(data["other"])
    for entry in data["central"]:
        for name in entry["written"]:
            known[fold_phrase(name)] = (entry["name"], "centre" if entry.get("any") else "party")
            written.append(name)
    for entry in data["state"]:
        for name in entry["written"]:
            known[fold_phrase(name)] = (entry["name"], "state")
            written.append(name)
    space = r"[^\S\n]"
    level = any_of(data["levels"])
    proper = rf"(?:(?:{space}+{level}(?!\w))*(?:{space}+(?-i:(?!Đảng(?!\w))[{UPPER}]\w*))*)"
    body = rf"(?P<body>{any_of(written)})(?!\w)(?P<proper>{proper})"
    of = grammar().words["of"]
    gives = (
        rf"(?:{space}+{any_of(data['adverbs'])})*{space}+{any_of(data['gives'])}"
        rf"(?:{space}+{any_of(data['articles'])})?{space}*\Z"
    )
    return Issuers(
        symbols=dict(data["symbols"]),
        after=re.compile(rf"{space}*,?{space}*\(?(?P<of>{of}{space}+)?{body}", re.IGNORECASE),
        before=re.compile(rf"(?<!\w){body}{gives}", re.IGNORECASE),
        known=known,
    )


def _issuer(match: re.Match[str]) -> Issuer:
    name = " ".join(match.group("body").split())
    proper = " ".join(match.group("proper").split())
    found = issuers().known.get(fold_phrase(name))
    if found is None:
        return Issuer(f"{name} {proper}".strip(), "other", match.end())
    return Issuer(found[0], found[1], match.end())


def issuer_after(text: str, end: int) -> Issuer:
    """Return the body named right after a mention ("của Bộ Chính trị khóa XII")."""
    match = issuers().after.match(text, end)
    if match is None:
        return Issuer()
    found = _issuer(match)
    if match.group("of") is None and found.standing not in ("party", "state"):
        # Without "của" only a central body can stand there: "Nghị quyết 12 Tỉnh ủy" is rare,
        # "Chỉ thị 05, Đảng ủy đã ..." is not.
        return Issuer()
    if match.group("of") is None and text[match.start() : match.start("body")].strip(" ("):
        return Issuer()
    term = grammar().tails["term"].match(text, found.end)
    if term is None:
        return found
    return Issuer(found.name, found.standing, term.end(), term_of(term.group("term")))


def issuer_before(text: str, start: int) -> Issuer:
    """Return the body that a verb ties to a mention ("Huyện ủy vừa ban hành ...")."""
    match = issuers().before.search(text, max(0, start - BEFORE), start)
    return Issuer() if match is None else _issuer(match)


def date_after(text: str, end: int) -> date | None:
    """Return the date written after a body's name, if any."""
    match = grammar().tails["date"].match(text, end)
    return None if match is None else date_of(match)
