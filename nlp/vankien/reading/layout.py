"""Which layout a document has, and the analysis that belongs to it."""

from __future__ import annotations

from dataclasses import replace

from vankien.documents import Document, Kind
from vankien.normalise import fold_phrase
from vankien.reading import news_article, party_document

__all__ = ["analyse"]

OPENING = 1200
"""An official header stands within so many characters."""


def analyse(document: Document, *, kind: Kind | None = None) -> Document:
    """Fill parts, headings, sections and metadata by the layout of the document.

    ``kind`` overrides what the text shows.
    """
    if kind in (Kind.PARTY_DOCUMENT, Kind.STATE_DOCUMENT):
        return replace(party_document.analyse(document), kind=kind)
    if kind is Kind.NEWS_ARTICLE:
        return replace(news_article.analyse(document), kind=kind)
    opening = fold_phrase(document.text[:OPENING])
    found = party_document.kind_of(opening)
    if found is not None and kind is None:
        return replace(party_document.analyse(document), kind=found)
    analysed = news_article.analyse(document)
    return analysed if kind is None else replace(analysed, kind=kind)
