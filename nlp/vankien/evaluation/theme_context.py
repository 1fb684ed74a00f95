"""A gold sentence as a document, with the context that its coder saw."""

from __future__ import annotations

from vankien.documents import Block, BlockKind, Document, Part
from vankien.evaluation.gold import ThemeSentence

__all__ = ["theme_document"]


def theme_document(entry: ThemeSentence) -> tuple[Document, int]:
    """Return a document of the sentence in its context and the sentence's offset."""
    pieces: list[tuple[str, Block]] = []
    position = 0
    section = (entry.heading,) if entry.heading else ()
    if entry.heading:
        block = Block(0, len(entry.heading), kind=BlockKind.HEADING, level=1)
        pieces.append((entry.heading, block))
        position = len(entry.heading) + 2
    body = f"{entry.previous} {entry.text}" if entry.previous else entry.text
    block = Block(position, position + len(body), part=Part(entry.part), section=section)
    pieces.append((body, block))
    document = Document(
        doc_id=entry.id,
        source="gold",
        text="\n\n".join(text for text, _ in pieces),
        blocks=tuple(block for _, block in pieces),
    )
    return document, position + (len(entry.previous) + 1 if entry.previous else 0)
