"""Tables without rules: lines of a page that fall into the same columns.

Where to start reading: :func:`aligned_columns`.  A line of a label and figures is a seed; its
pieces are the columns.  The table grows downwards over lines that fit the columns, also those
with empty cells and the further lines of a wrapped label, and upwards over the header, whose
cells may be wrapped too or stand over several columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from vankien.normalise import fold_phrase
from vankien.reading.paragraphs import begins_item
from vankien.reading.placed_lines import Line
from vankien.reading.tables import Grid, is_figure, place_cells
from vankien.reading.wording import page_words

__all__ = ["aligned_columns", "in_columns"]

MIN_COLUMNS = 3
MIN_ROWS = 3
"""Fewer lines in columns are no table; a header counts, one that names every column twice."""

TOLERANCE = 3.0
"""Points by which pieces of one column may miss each other."""

HEADER_LINES = 6
"""Lines that the header of a table takes at most."""

LEADING = 2.6
"""Lines of a table are no further apart than this times their usual distance."""

OFF_CENTRE = 0.3
"""A header over several columns is off their middle by this share of a column at most."""

_EMPTY = frozenset("-–—…x")


@dataclass(slots=True)
class _Column:
    left: float
    right: float

    def meets(self, piece: Line) -> bool:
        return min(self.right, piece.right) - max(self.left, piece.left) > -TOLERANCE

    def widen(self, piece: Line) -> None:
        self.left, self.right = min(self.left, piece.left), max(self.right, piece.right)


@dataclass(slots=True)
class _Body:
    """The rows of a table under construction: cells by column."""

    columns: list[_Column]
    rows: list[dict[int, str]] = field(default_factory=list)


def in_columns(row: Sequence[Line]) -> bool:
    """Say whether a line's pieces may be the row of a table: a label, then mostly figures."""
    values = [_is_value(piece.text) for piece in row[1:]]
    return len(row) >= MIN_COLUMNS and sum(values) >= 0.5 * len(values)


def _is_value(text: str) -> bool:
    return is_figure(text) or text in _EMPTY


def aligned_columns(rows: Sequence[Sequence[Line]]) -> list[tuple[int, int, Grid]]:
    """Find tables without rules: lines that fall into the same three or more columns.

    ``rows`` holds the pieces of every line; the answer is (first line, line after the last,
    grid).  A table has figures in half of its cells beside the first column.
    """
    found: list[tuple[int, int, Grid]] = []
    start = taken = 0
    while start < len(rows):
        if not in_columns(rows[start]):
            start += 1
            continue
        body, end = _grow(rows, start)
        while start > taken and _is_total(rows[start - 1], body, rows[start][0]):
            start -= 1
            body.rows.insert(0, _placed(body.columns, _ordered(rows[start])) or {})
        first, header = _header(rows, taken, start, body.columns)
        named = sum(cell.first == cell.last for cell in header) == len(body.columns)
        if len(body.rows) + (2 if named else bool(header)) >= MIN_ROWS:
            found.append((first, end, _grid(header, body)))
            taken = end
        start = end
    return found


def _is_total(row: Sequence[Line], body: _Body, below: Line) -> bool:
    """Say whether the line above a table's first is its total, not its header."""
    ordered = _ordered(row)
    placed = _placed(body.columns, ordered)
    if placed is None or row[0].page != below.page or row[0].y <= below.y:
        return False
    labels = [piece.text for piece in ordered if not _is_value(piece.text)]
    return (
        len(labels) == 1
        and len(ordered) >= MIN_COLUMNS
        and fold_phrase(labels[0]).strip(" :") in page_words().totals
    )


def _ordered(row: Sequence[Line]) -> list[Line]:
    return sorted(row, key=lambda piece: piece.left)


def _columns_met(columns: Sequence[_Column], piece: Line) -> list[int]:
    return [i for i, column in enumerate(columns) if column.meets(piece)]


def _grow(rows: Sequence[Sequence[Line]], start: int) -> tuple[_Body, int]:
    """Take the lines that fit the columns of the first, downwards."""
    body = _Body([_Column(piece.left, piece.right) for piece in _ordered(rows[start])])
    body.rows.append({i: piece.text for i, piece in enumerate(_ordered(rows[start]))})
    waiting: str | None = None  # a label whose figures stand in the next line
    last = rows[start][0]
    leading = 0.0
    end = kept = start + 1
    while end < len(rows):
        row = _ordered(rows[end])
        gap = last.y - row[0].y
        if gap < 1 or row[0].page != last.page or (leading and gap > LEADING * leading):
            break
        placed = _placed(body.columns, row)
        if placed is None:
            break
        label_only = list(placed) == [0]
        if label_only and not _fits_label(body.columns, row[0]):
            break
        if label_only and row[0].text[:1].islower():
            body.rows[-1][0] = f"{body.rows[-1].get(0, '')} {row[0].text}".strip()
        elif label_only:
            if waiting is not None:
                body.rows.append({0: waiting})
            waiting = row[0].text
            last, end = row[0], end + 1
            continue
        else:
            if not any(_is_value(text) for i, text in placed.items() if i):
                break
            if waiting is not None:
                goes_on = placed.get(0, "")[:1].islower() or 0 not in placed
                if goes_on:
                    placed[0] = f"{waiting} {placed.get(0, '')}".strip()
                else:
                    body.rows.append({0: waiting})
                waiting = None
            body.rows.append(placed)
            for piece in row:
                body.columns[_columns_met(body.columns, piece)[0]].widen(piece)
        leading = gap if not leading else min(leading, gap)
        last, end = row[0], end + 1
        kept = end
    return body, kept


def _placed(columns: Sequence[_Column], row: Sequence[Line]) -> dict[int, str] | None:
    """Return the cells of a line by column, or None where a piece fits no single column."""
    placed: dict[int, str] = {}
    for piece in row:
        met = _columns_met(columns, piece)
        if len(met) != 1 or met[0] in placed:
            return None
        placed[met[0]] = piece.text
    return placed


def _fits_label(columns: Sequence[_Column], piece: Line) -> bool:
    """Say whether a line that stands alone is a label: it ends before the next column."""
    return len(columns) > 1 and piece.right < columns[1].left and piece.left < columns[0].right


@dataclass(slots=True)
class _HeaderCell:
    """A header over the columns ``first`` to ``last``; ``bottom`` is its lowest line."""

    first: int
    last: int
    text: str
    bottom: int


def _header(
    rows: Sequence[Sequence[Line]], taken: int, start: int, columns: Sequence[_Column]
) -> tuple[int, list[_HeaderCell]]:
    """Return the first line of the header above a line, and its cells."""
    cells: list[_HeaderCell] = []
    first = start
    below = rows[start][0]
    leading = 0.0
    while first > taken and start - first < HEADER_LINES:
        row = _ordered(rows[first - 1])
        gap = row[0].y - below.y
        if gap < 1 or row[0].page != below.page or (leading and gap > LEADING * leading):
            break
        spans = _spans(columns, row, cells)
        if spans is None or not _is_header_line(row, spans, columns):
            break
        for (low, high), piece in zip(spans, row, strict=True):
            same = next((c for c in cells if (c.first, c.last) == (low, high)), None)
            if same is not None:
                same.text = f"{piece.text} {same.text}"
            else:
                cells.append(_HeaderCell(low, high, piece.text, first - 1))
        leading = leading or gap
        below = row[0]
        first -= 1
    # A line that holds no column's own header belongs to the text above the table.
    return (first, cells) if any(c.first == c.last for c in cells) else (start, [])


def _spans(
    columns: Sequence[_Column], row: Sequence[Line], cells: Sequence[_HeaderCell]
) -> list[tuple[int, int]] | None:
    """Return the columns that every piece of a header line stands over.

    Lines are looked at from the lowest up.  A piece stands over several columns where it
    reaches them, or where columns whose own headers begin in one line below have none here:
    they belong to the nearest piece.
    """
    own = {cell.first: cell.bottom for cell in cells if cell.first == cell.last}
    spans: list[list[int]] = []
    for piece in row:
        met = _columns_met(columns, piece)
        spans.append(met or [_nearest(columns, (piece.left + piece.right) / 2)])
    plain = [list(met) for met in spans]
    covered = {column for met in spans for column in met}
    # Pieces in a gap, or above a header: they may head their neighbours as well.
    wide = [
        i
        for i, (met, piece) in enumerate(zip(spans, row, strict=True))
        if met[0] and (met[0] in own or not _columns_met(columns, piece))
    ]
    for column in sorted(set(own) - covered):
        middle = (columns[column].left + columns[column].right) / 2
        best = min(wide, key=lambda i: abs((row[i].left + row[i].right) / 2 - middle), default=None)
        if best is not None and own.get(spans[best][0], own[column]) == own[column]:
            spans[best].append(column)
    result = [
        (min(met), max(met))
        if _is_centred(columns, min(met), max(met), piece)
        else (min(alone), max(alone))
        for met, piece, alone in zip(spans, row, plain, strict=True)
    ]
    if any(second[0] <= first[1] for first, second in pairwise(result)):
        return None
    return result


def _is_centred(columns: Sequence[_Column], first: int, last: int, piece: Line) -> bool:
    """Say whether a piece stands in the middle of the columns that it may head."""
    left = (columns[first].left + columns[first].right) / 2
    right = (columns[last].left + columns[last].right) / 2
    pitch = (right - left) / max(last - first, 1)
    return abs((piece.left + piece.right - left - right) / 2) <= OFF_CENTRE * pitch


def _nearest(columns: Sequence[_Column], x: float) -> int:
    return min(
        range(len(columns)), key=lambda i: max(columns[i].left - x, x - columns[i].right, 0.0)
    )


def _is_header_line(
    row: Sequence[Line], spans: Sequence[tuple[int, int]], columns: Sequence[_Column]
) -> bool:
    first = row[0].text
    words = page_words()
    if words.unit.search(first) or words.table_caption.match(first):
        return False
    if any(begins_item(piece.text) for piece in row) or first.endswith((".", ";", ":")):
        return False
    if len(row) > 1:
        return True
    # A line alone stands over some columns of figures; over all, it is the text's.
    low, high = spans[0]
    return low > 0 or (high == 0 and row[0].right < columns[1].left)


def _grid(header: list[_HeaderCell], body: _Body) -> Grid:
    """Put header and rows together; a header over several columns stands above theirs."""
    width = len(body.columns)
    wide = [cell for cell in header if cell.first < cell.last]
    depth = (2 if wide else 1) if header else 0
    cells: list[tuple[int, int, int, int, str]] = []
    for cell in wide:
        cells.append((0, cell.first, 1, cell.last - cell.first + 1, cell.text))
    for column in range(width):
        text = next((c.text for c in header if c.first == c.last == column), "")
        under = any(cell.first <= column <= cell.last for cell in wide)
        if header and under:
            cells.append((1, column, 1, 1, text))
        elif header:
            cells.append((0, column, depth, 1, text))
    for r, row in enumerate(body.rows, start=depth):
        cells += [(r, column, 1, 1, row.get(column, "")) for column in range(width)]
    return place_cells(cells)
