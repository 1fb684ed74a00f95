"""From a grid of cell texts to cells with row and column headers."""

from __future__ import annotations

import re

__all__ = ["header_cells", "unit_above"]

_NUMBER = re.compile(r"[\d.,\s%/+-]*\d[\d.,\s%/+-]*\Z")
_UNIT = re.compile(r"(?:đơn vị tính|đơn vị|đvt)\s*:\s*([^()\n]{1,40})", re.IGNORECASE)

HeaderCell = tuple[int, int, str, tuple[str, ...], tuple[str, ...]]


def header_cells(grid: list[list[str]]) -> list[HeaderCell]:
    """Return (row, column, text, row_header, column_header) for every cell of a grid.

    The header rows are those at the top without a figure (at most three); the header of a
    row is its first cells that are no figures.  Repeated texts (merged cells) count once.
    """
    rows = _header_rows(grid)
    width = max((len(row) for row in grid), default=0)
    labels = _label_columns(grid, rows, width)
    cells: list[HeaderCell] = []
    for r, row in enumerate(grid):
        row_header = _unique(row[c] for c in range(min(labels, len(row))))
        for c, text in enumerate(row):
            column_header = _unique(grid[h][c] for h in range(rows) if c < len(grid[h]))
            cells.append(
                (
                    r,
                    c,
                    text,
                    () if r < rows or c < labels else row_header,
                    () if r < rows else column_header,
                )
            )
    return cells


def _unique(texts: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t for t in texts if t))  # type: ignore[attr-defined]


def _is_figure(text: str) -> bool:
    return bool(text) and _NUMBER.match(text) is not None


def _header_rows(grid: list[list[str]]) -> int:
    count = 0
    for row in grid[:4]:
        filled = [cell for cell in row if cell]
        figures = sum(_is_figure(cell) for cell in filled)
        # A row of column numbers "(1) (2) (3)" or "A 1 2 3" belongs to the header.
        numbering = all(re.fullmatch(r"\(?(?:\d{1,2}|[A-ZĐ])\)?", cell) for cell in filled)
        if figures and not (numbering and count):
            break
        count += 1
    return min(count, max(len(grid) - 1, 0))


def _label_columns(grid: list[list[str]], rows: int, width: int) -> int:
    """Return how many columns at the left name the rows (a running number may lead)."""
    body = grid[rows:]
    for column in range(min(width, 3)):
        cells = [row[column] for row in body if column < len(row) and row[column]]
        if cells and sum(not _is_figure(cell) for cell in cells) >= 0.6 * len(cells):
            return column + 1
    return 0


def unit_above(text: str) -> str | None:
    """Return the unit that a line above a table gives ("Đơn vị tính: đảng viên")."""
    match = _UNIT.search(text)
    return match.group(1).strip(" .;)") if match else None
