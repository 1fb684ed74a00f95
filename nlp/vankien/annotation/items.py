"""What goes to an annotation tool and what comes back: items, marks, codes, checks.

Where to start reading: a :class:`Project` of :class:`Item` goes out in some format
(:mod:`vankien.annotation.formats`); a format's reader gives :class:`Returned`;
:func:`check_returned` refuses what would be a guess.  Offsets are code points of the item's
text, and ``text[mark.start:mark.end]`` is always the words that were marked.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from vankien.codebook import Codebook
from vankien.errors import AnnotationError

__all__ = [
    "CodeEntry",
    "Item",
    "Mark",
    "Project",
    "Returned",
    "Unit",
    "check_returned",
    "code_entries",
    "digest_of_text",
]

Unit = Literal["sentence", "document"]
"""What one item is."""


def digest_of_text(text: str) -> str:
    """Return the digest by which a changed text is found: 16 hex digits of its SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """A code as a tool shows it."""

    code: str
    name_vi: str = ""
    name_en: str = ""
    definition: str = ""
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A coded stretch ``text[start:end]``; ``score`` is that of a prediction."""

    start: int
    end: int
    code: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A sentence or a document with its codes.

    ``codes`` hold for the item as a whole, ``marks`` for stretches of it.  ``sentence`` is
    None where the item is a document, whose sentences are ``spans``; heading and previous
    sentence are context that a coder sees beside the text.
    """

    id: str
    text: str
    codes: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    doc_id: str = ""
    sentence: int | None = None
    title: str = ""
    heading: str = ""
    previous: str = ""
    part: str = "body"
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def digest(self) -> str:
        """The digest of the text."""
        return digest_of_text(self.text)

    def context(self) -> dict[str, str]:
        """Return what a format carries beside id, text and codes, as plain text."""
        return {
            "digest": self.digest,
            "doc_id": self.doc_id,
            "sentence": "" if self.sentence is None else str(self.sentence),
            "title": self.title,
            "heading": self.heading,
            "previous": self.previous,
            "part": self.part,
        }

    @classmethod
    def from_context(
        cls,
        id: str,
        text: str,
        context: Mapping[str, object],
        *,
        codes: Sequence[str] = (),
        marks: Sequence[Mark] = (),
    ) -> Item:
        """Rebuild an item from what a format carried (see :meth:`context`)."""

        def plain(name: str, default: str = "") -> str:
            value = context.get(name)
            return default if value is None or value == "" else str(value)

        number = plain("sentence")
        return cls(
            id=id,
            text=text,
            codes=tuple(codes),
            marks=tuple(marks),
            doc_id=plain("doc_id"),
            sentence=int(number) if number.isdigit() else None,
            title=plain("title"),
            heading=plain("heading"),
            previous=plain("previous"),
            part=plain("part", "body"),
        )


@dataclass(frozen=True, slots=True)
class Project:
    """Items with the codes that a coder may give.

    ``predicted`` says that the codes are proposals of a model (``model``), not a coder's.
    """

    name: str
    unit: Unit
    codes: tuple[CodeEntry, ...]
    items: tuple[Item, ...]
    predicted: bool = True
    model: str = "vankien"


@dataclass(frozen=True, slots=True)
class Returned:
    """An item as a coder left it; ``place`` names it in errors, ``digest`` is as carried."""

    item: Item
    place: str
    digest: str = ""
    annotator: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


def code_entries(codebook: Codebook) -> tuple[CodeEntry, ...]:
    """Return the themes of a codebook as tools show them, in its order."""
    return tuple(
        CodeEntry(
            code=theme.code,
            name_vi=theme.name_vi,
            name_en=theme.name_en,
            definition=theme.definition_en or theme.definition_vi,
            parent=theme.parent,
        )
        for theme in codebook.themes.values()
    )


def check_returned(
    returned: Iterable[Returned],
    *,
    codes: Sequence[CodeEntry],
    originals: Mapping[str, Item] | None = None,
) -> list[Returned]:
    """Return the items that came back, checked one by one, in their order.

    ``originals`` are the items of the run that was exported, by id.  Raises AnnotationError
    (V303) with file, place and reason: an unknown code, a mark outside the text or empty, a
    text that is not the one exported, no means to tell, or one item twice by one coder.
    """
    known = {entry.code for entry in codes}
    seen: dict[tuple[str, str], str] = {}
    checked: list[Returned] = []
    for one in returned:
        item = one.item
        _check_text(one, originals)
        for code in (*item.codes, *(mark.code for mark in item.marks)):
            if code not in known:
                raise _fail(one, f"the codebook has no code {code!r}{_near(code, known)}")
        for mark in item.marks:
            if not 0 <= mark.start < mark.end <= len(item.text):
                detail = f"{mark.code} marks {mark.start} to {mark.end} of a text of "
                raise _fail(one, f"{detail}{len(item.text)} characters")
        key = (item.id, one.annotator)
        if key in seen:
            raise _fail(one, f"the item {item.id} stands there twice, at {seen[key]} before")
        seen[key] = one.place
        checked.append(one)
    return checked


def _check_text(one: Returned, originals: Mapping[str, Item] | None) -> None:
    item = one.item
    if originals is not None:
        original = originals.get(item.id)
        if original is None:
            raise _fail(one, f"the run has no item {item.id!r}")
        if original.text != item.text:
            raise _fail(one, f"the text of {item.id} is not that of the run any more")
    elif not one.digest:
        raise _fail(one, f"{item.id} carries no digest of its text; name the run with --run")
    if one.digest and one.digest != item.digest:
        raise _fail(one, f"the text of {item.id} is not the one that was exported")


def _near(code: str, known: set[str]) -> str:
    found = difflib.get_close_matches(code, sorted(known), n=1)
    return f" (did you mean {found[0]}?)" if found else ""


def _fail(one: Returned, detail: str) -> AnnotationError:
    return AnnotationError("V303", one.place, detail=detail)
