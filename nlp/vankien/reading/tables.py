"""From a grid of cell texts to cells with row and column headers; tables that are none.

A grid is what a reader sees: rows of texts in which a merged cell stands at every place
that it covers.  Its text goes into the document once, at its first place, so that a figure
is never counted twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from vankien.documents import Part
from vankien.normalise import fold_phrase
from vankien.reading.wording import official_words, page_words

__all__ = [
    "Grid",
    "caption_above",
    "continued",
    "furniture_part",
    "header_cells",
    "header_rows",
    "is_figure",
    "place_cells",
    "total_rows",
    "unit_above",
]

HEADER_ROWS = 4
"""Most rows of column headers, the row of column numbers included."""

LABEL_COLUMNS = 3
"""The name of a row stands within so many columns (a running number may lead)."""

_FIGURE = re.compile(r"[\d.,\s%/+\-–]*\d[\d.,\s%/+\-–]*\Z")
_DATE = re.compile(
    r"(?:\d{1,2}/){0,2}(?:19|20)\d\d(?:\s*[-–/]\s*(?:(?:\d{1,2}/){0,2}(?:19|20)\d\d|\d\d))?\Z"
)
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
    "1", "(2)") belongs to them but names nothing.  The headers of a row are the groups above
    it ("A. Khối xã", "I. Vùng cao") and its own first cells that are no figures; of a table
    of years, the year.
    """
    rows = grid.rows
    header = header_rows(grid)
    labels, orders = _label_columns(rows[header:])
    named = [
        row for row in rows[:header] if not _numbers_columns(row) and not _is_banner(row)
    ] or list(rows[:header])
    groups = _groups(grid, header, labels)
    cells: list[HeaderCell] = []
    for r, row in enumerate(rows):
        body = r >= header
        own = [t for c, t in enumerate(row[:labels]) if c not in orders]
        if not any(own) and orders and not _is_running_number(row[0]):
            own = [row[0]]  # a total that begins in the column of the running numbers
        row_header = _unique([*groups[r], *own]) if body else ()
        for c, text in enumerate(row):
            if (r, c) in grid.covered:
                continue
            cells.append(
                (
                    r,
                    c,
                    text,
                    row_header if c >= labels else (),
                    _unique(line[c] for line in named) if body else (),
                )
            )
    return cells


def total_rows(grid: Grid) -> tuple[int, ...]:
    """Return the rows whose label says that they sum up others."""
    totals = page_words().totals
    found = []
    for r, row in enumerate(grid.rows):
        label = next((text for text in row if text and not _is_running_number(text)), "")
        if fold_phrase(label).strip(" :.") in totals and any(map(is_figure, row)):
            found.append(r)
    return tuple(found)


def continued(first: Grid, second: Grid) -> Grid | None:
    """Return two grids as one where the second goes on from the first, else None.

    It has as many columns, and repeats the header of the first or has none.
    """
    if not first.rows or not second.rows or len(first.rows[0]) != len(second.rows[0]):
        return None
    head = header_rows(first)
    if second.rows[:head] == first.rows[:head] and head:
        start = head
    elif any(is_figure(text) and not _DATE.match(text) for text in second.rows[0]):
        start = 0
    else:
        return None
    shift = len(first.rows) - start
    moved = {(r + shift, c) for r, c in second.covered if r >= start}
    return Grid(first.rows + second.rows[start:], first.covered | moved)


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _is_banner(row: tuple[str, ...]) -> bool:
    """Say whether one text stands over all columns."""
    return len(row) > 2 and len(set(row)) == 1


def _numbers_columns(row: tuple[str, ...]) -> bool:
    """Say whether a row numbers the columns: A, B, 1, 2, 3 = 1 + 2."""
    filled = [cell for cell in row if cell]
    if len(filled) < 2 or not all(_COLUMN_NUMBER.match(cell) for cell in filled):
        return False
    numbers = [int(found[0]) for cell in filled if (found := re.search(r"\d+", cell))]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True


def header_rows(grid: Grid) -> int:
    """Return how many rows at the top are headers of the columns."""
    rows = grid.rows
    count = 0
    for r, row in enumerate(rows[:HEADER_ROWS]):
        if count and _numbers_columns(row):
            count += 1
            break
        # A cell of the header that is merged over this row makes the row a header.
        below = bool(count) and any(
            (r, c) in grid.covered and text and text == rows[r - 1][c] and (r, c - 1) not in
            grid.covered
            for c, text in enumerate(row)
        ) and not _is_banner(row)  # fmt: skip
        if not below and any(is_figure(cell) and not _DATE.match(cell) for cell in row):
            break
        if count and not below and _is_group(row):
            break
        count += 1
    # A table of words alone has one header row, if any.
    if count == min(len(rows), HEADER_ROWS) and not any(
        (r, c) in grid.covered for r in range(count) for c in range(len(rows[0]))
    ):
        count = 1
    return min(count, max(len(rows) - 1, 0))


def _is_group(row: tuple[str, ...]) -> bool:
    """Say whether a row holds a label alone, beside its number: it heads the rows below."""
    if _is_banner(row):
        return True
    words = {text for text in row if text and not _is_running_number(text)}
    return len(words) == 1 and sum(1 for text in row if text) <= 2 < len(row)


def _label_columns(body: tuple[tuple[str, ...], ...]) -> tuple[int, frozenset[int]]:
    """Return how many columns name the rows, and which of them only number them."""
    width = max((len(row) for row in body), default=0)
    columns = [[row[c] for row in body if c < len(row) and row[c]] for c in range(width)]
    orders = frozenset(c for c in range(min(1, width)) if _is_order(columns[c]))
    data = next(
        (
            c
            for c, cells in enumerate(columns)
            if c not in orders and cells and sum(map(is_figure, cells)) >= 0.5 * len(cells)
        ),
        None,
    )
    if data is None:  # a table of words: the first of them name the rows
        for column in range(min(width, LABEL_COLUMNS)):
            cells = columns[column]
            words = sum(1 for cell in cells if not _is_running_number(cell))
            if cells and words >= 0.6 * len(cells):
                return (column + 1 if column + 1 < width else column), orders
        return 0, orders
    if data <= len(orders) and data + 1 < width and all(map(_DATE.match, columns[data])):
        return data + 1, orders  # a table of years
    return data, orders


def _is_order(cells: list[str]) -> bool:
    """Say whether a column numbers the rows.

    The row of a total may begin in it ("Tổng cộng" across the first two cells).
    """
    numbers = [cell for cell in cells if _is_running_number(cell)]
    words = [cell for cell in cells if not _is_running_number(cell)]
    if not numbers or len(words) >= len(numbers) or any(map(is_figure, words)):
        return False
    return _ascends(numbers) and not all(map(_DATE.match, numbers))


def _ascends(cells: list[str]) -> bool:
    """Say whether the figures of a column count: 1, 2, 3, beginning anew below a group."""
    numbers = [int(cell) for cell in cells if cell.isdecimal()]
    return all(b == a + 1 or b == 1 for a, b in pairwise(numbers)) and (
        not numbers or numbers[0] <= 1 or len(numbers) > 2
    )


def _groups(grid: Grid, header: int, labels: int) -> list[tuple[str, ...]]:
    """Return the groups that stand above every row, outermost first."""
    totals = set(total_rows(grid))
    result: list[tuple[str, ...]] = []
    stack: list[tuple[int, str]] = []
    for r, row in enumerate(grid.rows):
        if r < header or r in totals:
            stack = [] if r in totals else stack
            result.append(())
            continue
        label = next((t for t in row[: max(labels, 1)] if t and not _is_running_number(t)), "")
        level = _level(row, label)
        alone = _is_group(row) and not any(map(is_figure, row[max(labels, 1) :]))
        if alone and level == LEAF:
            level = GROUP
        while stack and stack[-1][0] >= level:
            stack.pop()
        result.append(tuple(text for _, text in stack))
        if level < LEAF and label:
            stack.append((level, label))
    return result


GROUP, LEAF = 2, 3
"""Levels of rows: letters 0, roman figures 1, labels without figures 2, other rows 3."""

_MARK = re.compile(r"([A-HĐ]|[IVX]{1,5})(?:\s*[.\-–)/]\s*|\Z)")


def _level(row: tuple[str, ...], label: str) -> int:
    for text in (row[0] if row else "", label):
        match = _MARK.match(text)
        if match:
            return 1 if set(match[1]) <= set("IVX") else 0
    return LEAF


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
