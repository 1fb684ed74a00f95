"""Where the blocks and tables of a document stand on a page of its PDF.

A Document keeps offsets and page numbers, no geometry; the page is looked at again and its
lines are found in the blocks.  Where to start reading: :func:`page_places`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vankien.documents import Block, BlockKind, Document
from vankien.reading import ocr
from vankien.reading.pdf_pages import take_page
from vankien.reading.pdf_tables import looks_ruled, ruled_tables, table_of
from vankien.reading.placed_lines import Line

__all__ = ["Box", "PlacedBlock", "PlacedTable", "page_places"]

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in PDF points; y grows upwards."""

ASCENT, DESCENT = 0.8, 0.22
"""How far letters reach above and below their line, in shares of their size."""

USUAL_SIZE = 11.0
"""Points of a line whose size is not known (scans)."""

SHORT = 4
"""So short a piece of text says little: it is looked for near the one before it."""


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A block and the box around its lines on the page."""

    block: Block
    box: Box


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """The box of a table on the page, and those of its cells."""

    box: Box
    cells: tuple[Box, ...]


@dataclass(slots=True)
class _Candidate:
    block: Block
    text: str
    cursor: int = 0

    def takes(self, piece: str) -> bool:
        """Say whether the block goes on with a piece, and move on behind it."""
        place = self.text.find(piece, self.cursor)
        if place < 0 and self.block.kind is BlockKind.TABLE:
            # The lines of a wrapped cell stand apart from one another.
            return piece in self.text
        if place < 0:
            return False
        self.cursor = place + len(piece)
        return True


def page_places(
    document: Document, pdf: Any, data: bytes, page: int
) -> tuple[list[PlacedBlock], list[PlacedTable]]:
    """Return the placed blocks and tables of a page (from 1) of the open PDF with these bytes."""
    opened = pdf[page - 1]
    text = opened.get_textpage()
    rows = take_page(text, page).rows
    ruled: list[PlacedTable] = []
    if rows and opened.get_rotation() == 0 and looks_ruled(opened):
        for _, cells in ruled_tables(data, [page - 1]):
            for boxes in cells or []:
                found = table_of(boxes, text)
                if found is not None:
                    ruled.append(PlacedTable(found.box, tuple(boxes)))
    text.close()
    opened.close()
    if not rows and ocr.available() is None:
        for _, scan in ocr.read_scans(pdf, [page - 1]):
            rows = [] if isinstance(scan, str) else scan.rows
    lines = _by_block(document, [piece for row in rows for piece in row], page)
    placed: list[PlacedBlock] = []
    tables = list(ruled)
    for block, members in lines:
        boxes = [_box(line) for line in members]
        if block.kind is not BlockKind.TABLE:
            placed.append(PlacedBlock(block, _around(boxes)))
        elif not any(_meets(table.box, _around(boxes)) for table in ruled):
            tables.append(PlacedTable(_around(boxes), tuple(boxes)))
    return placed, tables


def _by_block(document: Document, pieces: list[Line], page: int) -> list[tuple[Block, list[Line]]]:
    """Give the lines of a page to the blocks that hold their text, in the blocks' order."""
    text = document.text
    own = [b for b in document.blocks if b.page == page]
    # The paragraph that goes on from the page before has that page's number.
    before = [b for b in document.blocks if b.page == page - 1][-3:]
    candidates = [_Candidate(b, _squeezed(text[b.start : b.end])) for b in (*before, *own)]
    found: dict[int, list[Line]] = {}
    current = 0
    for piece in pieces:
        squeezed = _squeezed(piece.text)
        order = sorted(range(len(candidates)), key=lambda i: (abs(i - current), i))
        near = order[:3] if len(squeezed) < SHORT else order
        match = next((i for i in order if candidates[i].text == squeezed), None)
        if match is None or not candidates[match].takes(squeezed):
            match = next((i for i in near if squeezed and candidates[i].takes(squeezed)), None)
        if match is not None:
            found.setdefault(match, []).append(piece)
            current = match
    return [(candidates[i].block, lines) for i, lines in sorted(found.items())]


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _box(line: Line) -> Box:
    size = line.size if line.size >= 4 else USUAL_SIZE
    return line.left, line.y - DESCENT * size, line.right, line.y + ASCENT * size


def _around(boxes: list[Box]) -> Box:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def _meets(one: Box, other: Box) -> bool:
    return min(one[2], other[2]) > max(one[0], other[0]) and min(one[3], other[3]) > max(
        one[1], other[1]
    )
