"""The documents that writing on the Party refers to, checked as they are loaded.

``corpus/codebook/references/documents/`` holds one file for the Party's documents of each
term (or several) and one for the State's; ``laws.yaml`` holds the laws by name.  The form
number@date is canonical, because numbers repeat over the years.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vankien.codebook import load_yaml
from vankien.errors import CodebookError
from vankien.normalise import fold_phrase
from vankien.resources import codebook_dir

__all__ = [
    "TERMS",
    "CentralDocument",
    "Knowledge",
    "Law",
    "knowledge",
    "knowledge_base",
    "number_key",
    "pairs",
    "plain",
    "read_knowledge",
    "short_key",
    "term_at",
]

TERMS: dict[str, tuple[date, date]] = {
    "VI": (date(1986, 12, 18), date(1991, 6, 27)),
    "VII": (date(1991, 6, 27), date(1996, 7, 1)),
    "VIII": (date(1996, 7, 1), date(2001, 4, 22)),
    "IX": (date(2001, 4, 22), date(2006, 4, 25)),
    "X": (date(2006, 4, 25), date(2011, 1, 19)),
    "XI": (date(2011, 1, 19), date(2016, 1, 28)),
    "XII": (date(2016, 1, 28), date(2021, 2, 1)),
    "XIII": (date(2021, 2, 1), date(2026, 1, 19)),
}
"""Terms of the Central Committee, each from the close of a congress to that of the next
(the last to the opening of the 14th)."""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CentralDocument(_Entry):
    """A document of the knowledge base.

    ``short``: widely cited by its number alone; ``by_plenum``: what Party writing means by
    the name of its plenum; ``keywords``: words that tell it from others of its number.
    """

    number: str = Field(min_length=2)
    date: date
    type: str
    issuer: str
    term: str | None = None
    plenum: int | None = Field(default=None, ge=1, le=15)
    subject: str = Field(min_length=8)
    keywords: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    short: bool = False
    by_plenum: bool = False

    @property
    def canonical(self) -> str:
        """The form number@date."""
        return f"{self.number}@{self.date.isoformat()}"

    @property
    def of_party(self) -> bool:
        """Whether a body of the Party issued it."""
        return self.term is not None


class Law(_Entry):
    """A law by its name, with the versions passed under it (number@date)."""

    name: str
    type: str
    also: tuple[str, ...] = ()
    versions: tuple[str, ...] = Field(min_length=1)


COMMON = 8
"""Subjects in which a pair of syllables may stand and still speak for one of them."""

_WORD = re.compile(r"[^\W_]+")
_SEPARATORS = re.compile(r"\s*[-–—/]\s*")


def number_key(number: str) -> str:
    """Return the form under which numbers are compared.

    Slips vanish: leading noughts, spaces, kinds of dash, "13/NQ-TW" for "13-NQ/TW", "TƯ"
    for "TW", "HNTW" for "TW", "QĐi" for "QĐ".

    >>> number_key("8 – NQ/TW") == number_key("08-NQ/TW")
    True
    """
    parts = [part for part in _SEPARATORS.split(number.strip()) if part]
    folded = [part.upper().replace("T.Ư", "TW").replace("TƯ", "TW") for part in parts]
    folded[0] = folded[0].lstrip("0") or "0"
    folded = ["TW" if part == "HNTW" else part for part in folded]
    return "/".join("QĐ" if part in ("QĐI", "QYĐ") else part for part in folded)


def short_key(number: str) -> str:
    """Return the figure by which a document is called ("35-NQ/TW" is "35")."""
    return number_key(number).split("/")[0]


def term_at(day: date) -> str | None:
    """Return the term of the Central Committee that a day belongs to, if known."""
    for term, (first, last) in TERMS.items():
        if first < day <= last:
            return term
    return None


def plain(text: str) -> str:
    """Return folded words with single spaces at both ends, for whole-word search."""
    return f" {' '.join(_WORD.findall(fold_phrase(text)))} "


class Knowledge:
    """The documents with the indexes that resolution asks."""

    def __init__(self, documents: list[CentralDocument], laws: list[Law]) -> None:
        self.documents = tuple(documents)
        self.laws = tuple(laws)
        self.by_canonical = {d.canonical: d for d in documents}
        self.by_key: dict[str, list[CentralDocument]] = defaultdict(list)
        self.by_short: dict[str, list[CentralDocument]] = defaultdict(list)
        self.by_plenum: dict[int, list[CentralDocument]] = defaultdict(list)
        self.keywords: dict[str, tuple[str, ...]] = {}
        self.subjects: dict[str, frozenset[str]] = {}
        for document in documents:
            self.by_key[number_key(document.number)].append(document)
            self.by_short[short_key(document.number)].append(document)
            if document.plenum is not None:
                self.by_plenum[document.plenum].append(document)
            self.keywords[document.canonical] = tuple(plain(k) for k in document.keywords)
            self.subjects[document.canonical] = pairs(plain(document.subject))
        # Pairs of many subjects ("phát triển", "tiếp tục đổi mới") tell none apart.
        counts = Counter(pair for subject in self.subjects.values() for pair in subject)
        common = {pair for pair, count in counts.items() if count > COMMON}
        self.subjects = {name: found - common for name, found in self.subjects.items()}
        self.law_versions = {
            number_key(version.split("@")[0]): (law, version)
            for law in laws
            for version in law.versions
        }


def pairs(words: str) -> frozenset[str]:
    """Return the pairs of neighbouring syllables of a plain text."""
    syllables = words.split()
    return frozenset(f"{a} {b}" for a, b in pairwise(syllables))


def _check(path: Path, model: type[Any], raw: Any) -> Any:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        name = raw.get("number", raw.get("name", "")) if isinstance(raw, dict) else ""
        raise CodebookError(
            "V301", path.name, detail=f"{name} {place}: {first['msg']}".strip()
        ) from error


def _fail(path: Path, detail: str) -> None:
    raise CodebookError("V301", path.name, detail=detail)


def read_knowledge(folder: Path) -> Knowledge:
    """Read and check the knowledge base of a folder.

    Raises CodebookError for a malformed entry, a canonical form that stands twice, a date
    outside its term, and a replaced document that is unknown or younger.
    """
    entries: dict[str, tuple[Path, CentralDocument]] = {}
    for path in sorted((folder / "documents").glob("*.yaml")):
        for raw in load_yaml(path)["documents"]:
            document: CentralDocument = _check(path, CentralDocument, raw)
            if document.canonical in entries:
                _fail(path, f"{document.canonical} stands twice")
            if document.term is not None:
                if document.term not in TERMS:
                    _fail(path, f"{document.canonical}: the term {document.term} is unknown")
                first, last = TERMS[document.term]
                if not first <= document.date <= last:
                    _fail(path, f"{document.canonical} lies outside the term {document.term}")
            entries[document.canonical] = (path, document)
    successors: dict[str, list[str]] = defaultdict(list)
    for path, document in entries.values():
        for old in document.replaces:
            if old not in entries:
                _fail(path, f"{document.canonical} replaces the unknown {old}")
            if entries[old][1].date >= document.date:
                _fail(path, f"{document.canonical} replaces the younger {old}")
            successors[old].append(document.canonical)
    documents = [
        document.model_copy(update={"replaced_by": tuple(successors[document.canonical])})
        if document.canonical in successors
        else document
        for _, document in entries.values()
    ]
    path = folder / "laws.yaml"
    laws = [_check(path, Law, raw) for raw in load_yaml(path)["laws"]]
    return Knowledge(documents, laws)


@cache
def knowledge() -> Knowledge:
    """Return the knowledge base that comes with vankien, loaded once a process."""
    return read_knowledge(codebook_dir() / "references")


def knowledge_base() -> tuple[CentralDocument, ...]:
    """Return the known documents in the order of their files."""
    return knowledge().documents
