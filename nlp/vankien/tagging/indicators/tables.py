"""Figures in the cells of tables: what the headers say of a number.

Where to start reading: :func:`table_figures`.  A cell has the headers of its row and of its
column (:class:`vankien.documents.Cell`).  They are read as a label before a bare number, by
the same frames as running text ("Hoàn thành tốt nhiệm vụ" under a caption on Party
organisations), each pair of headers once; the table's words
(``corpus/codebook/tables.yaml``) say what is a total, a share, a change, a plan.  A part
points to the total of its group of columns or, failing that, of its column.

Not read: columns of running numbers and notes, cells that hold more than one figure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from vankien.codebook import Indicator
from vankien.documents import Cell, Document, Sentence, Table
from vankien.quantities.mentions import Quantity
from vankien.quantities.numerals import parse_numeral
from vankien.tagging.indicators.context import Reading
from vankien.tagging.indicators.figure import Figure, confidence
from vankien.tagging.indicators.headers import (
    Meaning,
    header_path,
    money_factor,
    naming_parts,
    read_headers,
    table_context,
    table_words,
)
from vankien.tagging.indicators.lexicon import names_party, passes_gate
from vankien.tagging.indicators.setting import SettingReader

__all__ = ["in_table", "table_figures"]

_CELL = re.compile(r"\s*(?P<sign>[-–+])?\s*(?P<n>\d[\d.,]*(?:\s\d{3})*)\s*(?P<percent>%)?\s*\Z")
_SUBGROUP = re.compile(r"(?:tỷ lệ |tỉ lệ |số )?(?:nữ|trẻ|dân tộc|dtts|dưới \d\d)(?!\w)")
_SUBROW = re.compile(r"[-–+•*]|[a-zđ]\)|trong đó|\(\d\)|gồm")
GATE_CELLS = 40
"""Cells among which the words are looked for without which no frame is tried."""
ABOVE = 4
"""Rows above a figure among which the codebook's whole of it is looked for."""


@dataclass(slots=True)
class _Item:
    cell: Cell
    meaning: Meaning
    value: Decimal
    number: tuple[int, int]
    part_of: int | None = None


def in_table(document: Document) -> Callable[[int], bool]:
    """Return a test whether an offset of the text lies in a table."""
    spans = [
        (min(c.start for c in t.cells), max(c.end for c in t.cells))
        for t in document.tables
        if t.cells
    ]
    return lambda offset: any(start <= offset < end for start, end in spans)


def table_figures(
    document: Document, sentences: list[Sentence], holds: Callable[[str], bool], base: int
) -> list[Figure]:
    """Return the figures of all tables; ``base`` is the number of figures before them."""
    figures: list[Figure] = []
    whole = "\n".join((document.text, *(t.caption or "" for t in document.tables)))
    coded = names_party(whole)
    for table in document.tables:
        said = " ".join((table.caption or "", *(c.text for c in table.cells[:GATE_CELLS])))
        items = _read_table(table, holds if coded or passes_gate(said.lower()) else None)
        _link(items)
        offset = base + len(figures)
        readers: dict[tuple[tuple[str, ...], tuple[str, ...]], SettingReader] = {}
        for item in items:
            figures.append(_figure(document, table, item, offset, sentences, readers))
    return figures


def _read_table(table: Table, holds: Callable[[str], bool] | None) -> list[_Item]:
    """Return the figures of a table; without ``holds`` none has an indicator."""
    context = table_context(table, holds)
    units = _unit_texts(table)
    known: dict[tuple[object, ...], Meaning] = {}
    items: list[_Item] = []
    for cell in table.cells:
        if not cell.row_header and not cell.column_header:
            continue
        match = _CELL.match(cell.text)
        if match is None or _is_order(cell):
            continue
        unit = units.get(cell.row, "")
        key = (cell.row_header, cell.column_header, unit)
        if key not in known:
            said = next(
                (
                    i.meaning.candidate.indicator.code
                    for i in reversed(items)
                    if i.cell.row == cell.row and i.meaning.candidate is not None
                ),
                None,
            )
            topic = said.partition(".")[0] if said else None
            known[key] = read_headers(context, cell, topic, unit)
        meaning = known[key]
        if _is_subgroup(cell):
            # "Nữ", "Tỷ lệ nữ" beside those planned or elected are of them.
            whole = next((i for i in items if i.cell.row == cell.row and i.meaning.candidate), None)
            code = _code(whole) if whole is not None else None
            if whole is not None and code is not None and code.startswith(("cadres.", "congress.")):
                meaning = replace(meaning, candidate=whole.meaning.candidate)
        if meaning.candidate is None and meaning.measure in ("share", "target_ratio"):
            # "Số lượng | Tỷ lệ %": the share is of the figure before it in the row.
            before = items[-1] if items and items[-1].cell.row == cell.row else None
            if before is not None and not naming_parts(header_path(cell.column_header)[-1:]):
                meaning = replace(meaning, candidate=before.meaning.candidate)
        try:
            value = parse_numeral(match.group("n").replace(" ", ""))
        except ValueError:
            continue  # "1.2.3" is a number of a list, not a figure
        if match.group("percent") and meaning.measure == "level":
            meaning = replace(meaning, measure="share")
        if match.group("sign") in ("-", "–"):
            value = -value
        factor = money_factor(" ".join((*cell.column_header, *cell.row_header, table.unit or "")))
        if factor is not None and meaning.measure == "level" and _in_money(meaning):
            value *= factor
        items.append(_Item(cell, meaning, value, match.span("n")))
    _name_totals(items)
    return items


def _unit_texts(table: Table) -> dict[int, str]:
    """Return the unit that each row has in a column of units ("ĐVT")."""
    words = table_words()
    return {
        cell.row: cell.text
        for cell in table.cells
        if any(_clean(part) in words.units for part in cell.column_header[-1:])
    }


def _clean(text: str) -> str:
    return " ".join(text.split()).strip(" :.").lower()


def _name_totals(items: list[_Item]) -> None:
    """Give a total without words of its own the indicator of the figures that it sums.

    The total of a column counts what the column counts; the total of a row of parts counts
    what the codebook says that all the parts divide.
    """
    for item in items:
        if item.meaning.candidate is not None:
            continue
        if _is_total(item.cell.row_header):
            peers = [
                i for i in items
                if i.cell.column == item.cell.column and i is not item
                and i.meaning.measure == item.meaning.measure
            ]  # fmt: skip
            named = [i.meaning.candidate for i in peers if i.meaning.candidate is not None]
            codes = {candidate.indicator.code for candidate in named}
            if len(codes) == 1 and len(named) == len(peers):
                item.meaning = replace(item.meaning, candidate=named[0])


def _is_subgroup(cell: Cell) -> bool:
    leaf = _clean(cell.column_header[-1]) if cell.column_header else ""
    return _SUBGROUP.match(leaf) is not None


def _in_money(meaning: Meaning) -> bool:
    return meaning.candidate is None or meaning.candidate.indicator.dimensions == ["money"]


def _is_order(cell: Cell) -> bool:
    if not cell.row_header and cell.column == 0:
        return True  # the cells that name the rows
    headers = [_clean(part) for part in cell.column_header]
    return any(part in table_words().order for part in headers)


def _link(items: list[_Item]) -> None:
    """Point parts to the figure that they divide.

    In this order: the row above that a row beginning with a dash divides; the figure of the
    row that the codebook, a group headed "trong đó" or a total of the row names; the total of
    the column.
    """
    for index, item in enumerate(items):
        if item.meaning.measure != "level":
            continue
        whole = _whole_above(items, index)
        if whole is None:
            whole = _named_total(items, index)
        if whole is None:
            whole = _whole_in_row(items, index)
        if whole is None:
            whole = _whole_in_column(items, index)
        if whole is not None and whole != index:
            item.part_of = whole


def _named_total(items: list[_Item], index: int) -> int | None:
    """Return the total of the column where the codebook names it as the whole."""
    item = items[index]
    for other, found in enumerate(items):
        if (
            found.cell.column == item.cell.column
            and _code(found) in _within(item)
            and _is_total(found.cell.row_header)
            and _can_divide(item, found)
        ):
            return other
    return None


def _is_total(header: tuple[str, ...]) -> bool:
    path = header_path(header)
    return bool(path) and path[-1].lower() in table_words().totals


def _code(item: _Item) -> str | None:
    return item.meaning.candidate.indicator.code if item.meaning.candidate else None


def _within(item: _Item) -> list[str]:
    return item.meaning.candidate.indicator.within if item.meaning.candidate else []


def _can_divide(item: _Item, whole: _Item) -> bool:
    return (
        whole is not item
        and whole.meaning.measure == "level"
        and whole.meaning.status == item.meaning.status
        and whole.value >= item.value
    )


def _is_subrow(item: _Item) -> bool:
    """Say whether a row divides the one above: "- Nữ", "Trong đó: Nữ"."""
    header = item.cell.row_header
    if not header:
        return False
    leaf = header[-1].strip().lower()
    return _SUBROW.match(leaf) is not None or any(
        _clean(part) in table_words().parts for part in header[:-1]
    )


def _whole_above(items: list[_Item], index: int) -> int | None:
    item = items[index]
    if not _is_subrow(item) and not (_within(item) and not _is_total(item.cell.row_header)):
        return None
    for other in range(index - 1, -1, -1):
        above = items[other]
        if above.cell.column != item.cell.column or above.cell.row >= item.cell.row:
            continue
        if _is_subrow(above) or not _can_divide(item, above):
            continue
        if _is_subrow(item) or _code(above) in _within(item):
            return other if _code(above) != _code(item) or _is_subrow(item) else None
        if not _is_subrow(item) and above.cell.row < item.cell.row - ABOVE:
            return None
    return None


def _whole_in_row(items: list[_Item], index: int) -> int | None:
    """Return the figure of the row that a figure divides, or None.

    By the codebook's ``within``, by a group of columns headed "trong đó", by the total of
    its group, or by the column of those that were graded.
    """
    words, item = table_words(), items[index]
    column = header_path(item.cell.column_header)
    row = [
        (other, found)
        for other, found in enumerate(items)
        if found.cell.row == item.cell.row and _can_divide(item, found)
    ]
    before = [(other, found) for other, found in row if found.cell.column < item.cell.column]
    if _is_total(item.cell.column_header) or not column:
        return None
    for other, found in reversed(before):
        if _code(found) is not None and _code(found) in _within(item):
            return other
    if column[0].lower() in words.parts:
        outside = [o for o, f in before if not _is_part(f.cell.column_header)]
        return outside[-1] if outside else None
    for other, found in row:
        path = header_path(found.cell.column_header)
        if path[:-1] == column[:-1] and path[-1].lower() in words.totals:
            return other
    for other, found in before:
        said = " ".join(header_path(found.cell.column_header)).lower()
        if any(word in said for word in words.wholes) and item.meaning.candidate is not None:
            return other
    return None


def _whole_in_column(items: list[_Item], index: int) -> int | None:
    """Return the total of a figure's column, or the figure there that all others divide."""
    item = items[index]
    total = _is_total(item.cell.row_header)
    for other, found in enumerate(items):
        if found.cell.column != item.cell.column or not _can_divide(item, found):
            continue
        if _is_total(found.cell.row_header) and not total:
            return other
    return None


def _is_part(header: tuple[str, ...]) -> bool:
    path = header_path(header)
    return bool(path) and path[0].lower() in table_words().parts


def _figure(
    document: Document,
    table: Table,
    item: _Item,
    offset: int,
    sentences: list[Sentence],
    readers: dict[tuple[tuple[str, ...], tuple[str, ...]], SettingReader],
) -> Figure:
    cell, meaning = item.cell, item.meaning
    candidate = meaning.candidate
    indicator = candidate.indicator if candidate else None
    start, end = cell.start + item.number[0], cell.start + item.number[1]
    surface_end = end
    tail = document.text[end : cell.end]
    if tail.lstrip().startswith("%"):
        surface_end = end + len(tail) - len(tail.lstrip()) + 1
    header = "; ".join([table.caption or "", *cell.column_header, *cell.row_header])
    key = (cell.row_header, cell.column_header)
    part = next((s for s in sentences if s.start <= cell.start < s.end), None)
    if key not in readers:
        readers[key] = SettingReader(document)
        block = document.block_at(cell.start)
        place = Sentence(0, cell.start, cell.end, section=block.section if block else ())
        readers[key].enter(part or place, header)
    setting = readers[key].read(header, len(header), kind=indicator.kind if indicator else None)
    unit = "%" if meaning.measure in ("share", "target_ratio", "change_rel") else None
    value = item.value
    if indicator is not None and indicator.reduction and meaning.measure == "level":
        value = abs(value)
    return Figure(
        sentence=part.index if part else None,
        quantity=Quantity(
            start, surface_end, start, end, document.text[start:end], value, None, unit, None,
            None, "exact",
        ),
        reading=Reading(meaning.measure, value, None, meaning.status, None),
        indicator=indicator.code if indicator else None,
        unit=unit or _unit(table, indicator),
        label=", ".join((*cell.row_header, *cell.column_header)) or None,
        setting=setting,
        part_of=None if item.part_of is None else offset + item.part_of,
        score=confidence(candidate, slip=False),
        table=table.index,
        row=cell.row,
        column=cell.column,
    )  # fmt: skip


def _unit(table: Table, indicator: Indicator | None) -> str | None:
    """Return the unit of the codebook, or the one that the table states for all cells."""
    if indicator is not None:
        return indicator.unit
    return table.unit
