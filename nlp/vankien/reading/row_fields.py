"""Which field of a row holds what; light, so that a command line can ask without a reader."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["RowFields"]


@dataclass(frozen=True, slots=True)
class RowFields:
    """The names of the fields that hold a document's parts."""

    text: str = "text"
    id: str = "id"
    title: str = "title"
    published: str = "published"
    url: str = "url"
    kind: str = "kind"
    authors: str = "authors"
    publisher: str = "publisher"
