"""Tables of PDF pages that have rules: their cells by pdfplumber.

pdfplumber is slow, so it is opened only for pages where :func:`looks_ruled` finds lines that
cross.  The texts of the cells are pdfium's, like all other text of the page.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from vankien.normalise import clean
from vankien.reading.tables import Grid, place_cells

__all__ = [
    "Boxes",
    "PageTable",
    "looks_ruled",
    "plain_hyphens",
    "ruled_tables",
    "table_of",
]

Boxes = list[tuple[float, float, float, float]]
"""Left, bottom, right and top of the cells of a table, in PDF points."""

MAX_OBJECTS = 4000
"""Objects of a page that are looked at for ruling lines."""

THIN = 3.0
"""A shape thinner than this (points) is a line."""

MIN_ROWS = 3
"""Fewer lines in columns are no table."""

TOLERANCE = 3.0
INSET = 2.5
"""Points by which the boxes of cells are made lower."""


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table and its place on the page: left, bottom, right, top in PDF points."""

    grid: Grid
    box: tuple[float, float, float, float]

    def holds(self, x: float, y: float) -> bool:
        """Say whether a point lies in the table."""
        left, bottom, right, top = self.box
        return left - 1 <= x <= right + 1 and bottom - 1 <= y <= top + 1


def looks_ruled(page: Any) -> bool:
    """Say whether the page's path objects may be the rules of a table."""
    import pypdfium2.raw as raw

    across = down = boxes = 0
    edges = [ctypes.c_float() for _ in range(4)]
    count = raw.FPDFPage_CountObjects(page)
    for index in range(min(count, MAX_OBJECTS)):
        item = raw.FPDFPage_GetObject(page, index)
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_FORM:
            # Rules inside a form are not looked at one by one.
            boxes += raw.FPDFFormObj_CountObjects(item) >= MIN_ROWS + 1
        if kind != raw.FPDF_PAGEOBJ_PATH or not raw.FPDFPageObj_GetBounds(item, *edges):
            continue
        left, bottom, right, top = (edge.value for edge in edges)
        wide, high = right - left, top - bottom
        if high <= THIN and wide > 20:
            across += 1
        elif wide <= THIN and high > 6:
            down += 1
        elif wide > 20 and high > 6:
            # One path may hold a whole grid; a rectangle has four or five segments.
            boxes += 1 if raw.FPDFPath_CountSegments(item) <= 6 else 4
        if (across >= 2 and down >= 2) or boxes >= 4 or (boxes and across >= 2):
            return True
    return False


def ruled_tables(data: bytes, pages: Sequence[int]) -> Iterator[tuple[int, list[Boxes] | None]]:
    """Yield the boxes of the cells of the tables of each page, from top to bottom.

    ``pages`` are numbers from 0.  None stands for a page that pdfplumber cannot read, though
    pdfium can: its text stays plain.
    """
    import pdfplumber
    from pdfminer.psexceptions import PSException
    from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

    failures = (PSException, PdfminerException, MalformedPDFException, ValueError, KeyError,
                TypeError, IndexError, AttributeError, RecursionError)  # fmt: skip
    done: set[int] = set()
    try:
        with pdfplumber.open(BytesIO(data)) as pdf:
            for number in pages:
                page = pdf.pages[number]
                found = sorted(page.find_tables(), key=lambda table: float(table.bbox[1]))
                top = float(page.height) + float(page.mediabox[1])
                boxes = [
                    [(float(x0), top - float(y1), float(x1), top - float(y0))
                     for x0, y0, x1, y1 in table.cells]
                    for table in found
                ]  # fmt: skip
                page.close()
                done.add(number)
                yield number, boxes
    except failures:
        for number in pages:
            if number not in done:
                yield number, None


def table_of(boxes: Boxes, text: Any) -> PageTable | None:
    """Return the table of cells at these places, with the texts of an open text page.

    One column or one row is a frame, no table: None.
    """
    lefts = _edges(edge for box in boxes for edge in (box[0], box[2]))
    tops = _edges(-edge for box in boxes for edge in (box[1], box[3]))
    if len(lefts) < 3 or len(tops) < 3:
        return None
    cells = []
    for left, bottom, right, top in boxes:
        row, column = _nearest(tops, -top), _nearest(lefts, left)
        # What only touches the cell from above or below is not its text.
        inset = min(INSET, (top - bottom) / 6)
        raw = text.get_text_bounded(left=left, bottom=bottom + inset, right=right, top=top - inset)
        height, width = _nearest(tops, -bottom) - row, _nearest(lefts, right) - column
        cells.append((row, column, height, width, " ".join(clean(plain_hyphens(raw)).split())))
    box = (lefts[0], -tops[-1], lefts[-1], -tops[0])
    return PageTable(place_cells(sorted(cells)), box)


def plain_hyphens(text: str) -> str:
    """Return pdfium's text with the hyphens at line ends that it marks as U+0002 or U+FFFE."""
    return text.replace("\x02", "-").replace("\ufffe", "-")


def _edges(values: Any) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > TOLERANCE:
            edges.append(value)
    return edges


def _nearest(edges: list[float], value: float) -> int:
    return min(range(len(edges)), key=lambda index: abs(edges[index] - value))
