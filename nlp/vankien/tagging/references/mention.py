"""What a mention of a document is: as found, and as resolved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

__all__ = ["Form", "Mention", "Reference"]

Form = Literal["full", "short", "plenum", "congress", "named", "law", "back"]
"""How a mention is written; see the rules in ``corpus/codebook/references/grammar.yaml``."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One mention; offsets index the text.

    ``number`` and ``date`` are those written, or those of the document found; ``canonical``
    is number@date of a known document or None, and ``note`` then says why.
    """

    start: int
    end: int
    surface: str
    type: str
    number: str | None
    date: date | None
    issuer: str | None
    canonical: str | None
    note: str = ""


@dataclass(slots=True)
class Mention:
    """One mention as found, before it is resolved.

    ``types`` are the types that the words allow, the likeliest first; ``group`` is shared by
    the mentions of one row ("Chỉ thị 03, 05"); ``known`` are canonical forms that the words
    themselves allow (laws, congresses), None where the knowledge base must be asked.
    ``plural``: "các", "hai" stand before it.
    """

    start: int
    end: int
    form: Form
    types: tuple[str, ...]
    group: int
    number: str | None = None
    date: date | None = None
    year: int | None = None
    year_end: int | None = None
    term: str | None = None
    plenum: int | None = None
    known: tuple[str, ...] | None = None
    issuer: str | None = None
    draft: bool = False
    plural: bool = False
