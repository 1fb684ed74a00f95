"""From a grid of cell texts to cells with row and column headers; tables that are none.

A grid is what a reader sees: rows of texts in which a merged cell stands at every place
that it covers.  Its text goes into the document once, at its first place, so that a figure
is never counted twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from vankien.documents import Part
from vankien.normalise import fold_phrase
from vankien.reading.wording import official_words, page_words

__all__ = [
    "Grid",
    "caption_above",
    "furniture_part",
    "header_cells",
    "is_figure",
    "place_cells",
    "unit_above",
]

HEADER_ROWS = 4
"""Most rows of column headers, the row of column numbers included."""

LABEL_COLUMNS = 3
"""The name of a row stands within so many columns (a running number may lead)."""

_FIGURE = re.compile(r"[\d.,\s%/+\-–]*\d[\d.,\s%/+\-–]*\Z")
_YEAR = re.compile(r"(?:19|20)\d\d\Z")
_ORDER = re.compile(r"(?:[IVXLC]{1,5}|[A-Za-zđĐ])\Z")
_COLUMN_NUMBER = re.compile(r"\(?(?:\d{1,2}(?:\s*=.*)?|[A-ZĐ])\)?\Z")

HeaderCell = tuple[int, int, str, tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of texts; ``covered`` holds the places that repeat a merged cell."""

    rows: tuple[tuple[str, ...], ...]
    covered: frozenset[tuple[int, int]] = frozenset()

    @property
    def text(self) -> str:
        """All texts, each cell once, separated by spaces."""
        return " ".join(
            text
            for r, row in enumerate(self.rows)
            for c, text in enumerate(row)
            if text and (r, c) not in self.covered
        )


def place_cells(cells: Iterable[tuple[int, int, int, int, str]]) -> Grid:
    """Return the grid of (row, column, rows spanned, columns spanned, text) cells."""
    places: dict[tuple[int, int], str] = {}
    covered: set[tuple[int, int]] = set()
    for row, column, height, width, text in cells:
        for r in range(row, row + max(height, 1)):
            for c in range(column, column + max(width, 1)):
                if (r, c) in places:
                    continue
                places[r, c] = text
                if (r, c) != (row, column):
                    covered.add((r, c))
    height = max((r for r, _ in places), default=-1) + 1
    width = max((c for _, c in places), default=-1) + 1
    rows = tuple(tuple(places.get((r, c), "") for c in range(width)) for r in range(height))
    return Grid(rows, frozenset(covered))


def header_cells(grid: Grid) -> list[HeaderCell]:
    """Return (row, column, text, row_header, column_header) for every cell of a grid.

    The header rows are those at the top without a figure; a row of column numbers ("A",
    "1", "(2)") belongs to them but names nothing.  The header of a row is its first cells
    that are no figures.
    """
    rows = grid.rows
    header = _header_rows(grid)
    labels = _label_columns(rows[header:])
    named = [row for row in rows[:header] if not _numbers_columns(row)] or list(rows[:header])
    cells: list[HeaderCell] = []
    for r, row in enumerate(rows):
        row_header = _unique(t for t in row[:labels] if not _FIGURE.match(t))
        for c, text in enumerate(row):
            if (r, c) in grid.covered:
                continue
            body = r >= header
            cells.append(
                (
                    r,
                    c,
                    text,
                    row_header if body and c >= labels else (),
                    _unique(line[c] for line in named) if body else (),
                )
            )
    return cells


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _numbers_columns(row: tuple[str, ...]) -> bool:
    filled = [cell for cell in row if cell]
    return len(filled) > 1 and all(_COLUMN_NUMBER.match(cell) for cell in filled)


def _header_rows(grid: Grid) -> int:
    rows = grid.rows
    count = 0
    for r, row in enumerate(rows[:HEADER_ROWS]):
        if count and _numbers_columns(row):
            count += 1
            break
        # A cell of the header that is merged over this row makes the row a header.
        below = bool(count) and (r, 0) in grid.covered and row[0] == rows[r - 1][0] != ""
        if not below and any(is_figure(cell) and not _YEAR.match(cell) for cell in row):
            break
        count += 1
    # A table of words alone has one header row, if any.
    if count == min(len(rows), HEADER_ROWS):
        count = 1
    return min(count, max(len(rows) - 1, 0))


def _label_columns(body: tuple[tuple[str, ...], ...]) -> int:
    width = max((len(row) for row in body), default=0)
    for column in range(min(width, LABEL_COLUMNS)):
        cells = [row[column] for row in body if column < len(row) and row[column]]
        words = sum(1 for cell in cells if not _is_running_number(cell))
        if cells and words >= 0.6 * len(cells):
            return column + 1 if column + 1 < width else column
    return 0


def is_figure(text: str) -> bool:
    """Say whether a cell holds a figure and nothing else."""
    return _FIGURE.match(text) is not None


def _is_running_number(cell: str) -> bool:
    return (
        _FIGURE.match(cell) is not None
        or re.fullmatch(r"[IVXLC]{1,5}|[A-Za-zđĐ]", cell) is not None
    )


def unit_above(text: str) -> str | None:
    """Return the unit that a line gives for the table below it ("Đơn vị tính: ...")."""
    match = page_words().unit.search(text)
    return match.group(1).strip(" .;)") if match else None


def caption_above(text: str) -> str | None:
    """Return the line itself where it is a table's caption ("Bảng 2. ..."), else None."""
    return text if len(text) < 250 and page_words().table_caption.match(text) else None


def furniture_part(grid: Grid) -> Part | None:
    """Say what a table without lines stands for in an official document, if anything.

    The two-column head (issuer | national line) is HEADER, the closing pair (recipients |
    signature) is RECIPIENTS; None is a table proper.
    """
    if len(grid.rows) > 8 or max((len(row) for row in grid.rows), default=0) > 3:
        return None
    words = official_words()
    form = fold_phrase(grid.text)
    if any(line in form for line in (*words.party, *words.state)) and len(form) < 600:
        return Part.HEADER
    first = [fold_phrase(text) for row in grid.rows for text in row]
    if any(text.startswith(words.recipients) for text in first):
        return Part.RECIPIENTS
    if (
        any(t.lower().startswith(words.signature) for row in grid.rows for t in row)
        and len(form) < 400
    ):
        return Part.SIGNATURE
    filled = [text for row in grid.rows for text in row if text]
    if filled and all(_signs(text) for text in filled):
        return Part.SIGNATURE
    return None


def _signs(text: str) -> bool:
    """Say whether a cell holds an office in capitals and a name, and nothing else."""
    parts = text.split()
    capitals = 0
    while capitals < len(parts) and parts[capitals].isupper():
        capitals += 1
    name = parts[capitals:]
    office = fold_phrase(" ".join(parts[:capitals]))
    return (
        office.startswith(official_words().offices)
        and 2 <= len(name) <= 8
        and all(part[:1].isupper() for part in name)
    )
