"""Which layout a document has, and the analysis that belongs to it."""

from __future__ import annotations

from dataclasses import replace

from vankien.documents import Document, Kind
from vankien.reading import news_article, party_document

__all__ = ["analyse"]

MAX_BLOCKS = 100_000
"""The longest law has 6,000 paragraphs; a longer list of lines is no document."""

OFFICIAL = frozenset({Kind.PARTY_DOCUMENT, Kind.STATE_DOCUMENT})


def analyse(document: Document, *, kind: Kind | None = None) -> Document:
    """Fill parts, headings, sections and metadata by the layout of the document.

    ``kind``, where the input gives one, overrides what the text shows.
    """
    if len(document.blocks) > MAX_BLOCKS:
        note = f"its {len(document.blocks):,} paragraphs were not told apart by layout"
        return replace(document, kind=kind or document.kind, warnings=(*document.warnings, note))
    found = kind if kind is not None else party_document.official_kind(document)
    if found in OFFICIAL:
        return replace(party_document.analyse(document), kind=found)
    analysed = news_article.analyse(document)
    if kind is None or analysed.kind is kind:
        return analysed
    return replace(analysed, kind=kind)
