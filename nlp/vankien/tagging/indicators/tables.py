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
from functools import cache

from vankien.codebook import Indicator, load_yaml
from vankien.documents import Cell, Document, Sentence, Table
from vankien.quantities.mentions import Quantity
from vankien.quantities.numerals import parse_numeral
from vankien.resources import codebook_dir
from vankien.tagging.indicators.context import Reading
from vankien.tagging.indicators.figure import Figure, confidence
from vankien.tagging.indicators.frames import Candidate, Scene, best_frame, is_labelled
from vankien.tagging.indicators.lexicon import lexicon, passes_gate
from vankien.tagging.indicators.phrases import scan_sentence
from vankien.tagging.indicators.setting import SettingReader
from vankien.tagging.indicators.structure import read_structure

__all__ = ["in_table", "table_figures"]

_CELL = re.compile(r"\s*(?P<sign>[-–+])?\s*(?P<n>\d[\d.,]*(?:\s\d{3})*)\s*(?P<percent>%)?\s*\Z")
_CAPTION_NUMBER = re.compile(r"\A\s*\w+(?:\s+\w+){0,2}\s*\d+\s*[.:]\s*")
_NEUTRAL = re.compile(r"(?:\w+\s+)?(?:(?:19|20)\d\d|[ivx]+)(?:\s*[-–]\s*(?:19|20)\d\d)?")
GATE_CELLS = 40
"""Cells among which the words are looked for without which no frame is tried."""
BOTH = 2.5
"""Added where the frame takes words from the row and from the column."""
_BARE = "100"
"""The number that stands for the cell's own while its headers are read."""


@dataclass(frozen=True, slots=True)
class _Words:
    order: frozenset[str]
    totals: frozenset[str]
    parts: tuple[str, ...]
    shares: tuple[str, ...]
    ratios: tuple[str, ...]
    changes: tuple[str, ...]
    targets: tuple[str, ...]
    estimates: tuple[str, ...]
    done: tuple[str, ...]
    prefixes: tuple[str, ...]
    wholes: tuple[str, ...]
    neutral: frozenset[str]
    money: tuple[tuple[str, int], ...]


@cache
def _words() -> _Words:
    data = load_yaml(codebook_dir() / "tables.yaml")
    names = ("parts", "shares", "ratios", "changes", "targets", "estimates", "done", "prefixes",
             "wholes")  # fmt: skip
    return _Words(
        order=frozenset(data["order"]),
        totals=frozenset(data["totals"]),
        neutral=frozenset(data["neutral"]),
        money=tuple(sorted(data["money"].items(), key=lambda pair: -len(pair[0]))),
        **{name: tuple(data[name]) for name in names},
    )


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a pair of headers says of its cells."""

    candidate: Candidate | None
    measure: str
    status: str


@dataclass(slots=True)
class _Item:
    cell: Cell
    meaning: _Meaning
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
    gates = lexicon()
    whole = "\n".join((document.text, *(t.caption or "" for t in document.tables)))
    coded = any(word in whole for word in gates.document_gate)
    for table in document.tables:
        said = " ".join((table.caption or "", *(c.text for c in table.cells[:GATE_CELLS])))
        items = _read_table(table, holds if coded or passes_gate(said) else None)
        _link(items)
        offset = base + len(figures)
        readers: dict[tuple[tuple[str, ...], tuple[str, ...]], SettingReader] = {}
        for item in items:
            figures.append(_figure(document, table, item, offset, sentences, readers))
    return figures


def _money(text: str) -> int | None:
    """Return what a figure under a header in money is to be multiplied by, or None."""
    lowered = text.lower()
    return next((factor for name, factor in _words().money if name in lowered), None)


def _clean(text: str) -> str:
    return " ".join(text.split()).strip(" :.")


def _path(header: tuple[str, ...]) -> list[str]:
    return [_clean(part) for part in header if _clean(part)]


def _read_table(table: Table, holds: Callable[[str], bool] | None) -> list[_Item]:
    """Return the figures of a table; without ``holds`` none has an indicator."""
    known: dict[tuple[tuple[str, ...], tuple[str, ...]], _Meaning] = {}
    items: list[_Item] = []
    for cell in table.cells:
        if not cell.row_header and not cell.column_header:
            continue
        match = _CELL.match(cell.text)
        if match is None or _is_order(cell):
            continue
        key = (cell.row_header, cell.column_header)
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
            known[key] = _meaning(table, cell, topic, holds)
        meaning = known[key]
        if meaning.candidate is None and meaning.measure in ("share", "target_ratio"):
            # "Số lượng | Tỷ lệ %": the share is of the figure before it in the row.
            before = next(
                (
                    i
                    for i in reversed(items)
                    if i.cell.row == cell.row and i.meaning.candidate is not None
                ),
                None,
            )
            if before is not None and not _naming(_path(cell.column_header)[-1:]):
                meaning = replace(meaning, candidate=before.meaning.candidate)
        try:
            value = parse_numeral(match.group("n").replace(" ", ""))
        except ValueError:
            continue  # "1.2.3" is a number of a list, not a figure
        if match.group("percent") and meaning.measure == "level":
            meaning = replace(meaning, measure="share")
        if match.group("sign") in ("-", "–"):
            value = -value
        factor = _money(" ".join((*cell.column_header, *cell.row_header, table.unit or "")))
        if factor is not None and meaning.measure == "level" and _in_money(meaning):
            value *= factor
        items.append(_Item(cell, meaning, value, match.span("n")))
    return items


def _in_money(meaning: _Meaning) -> bool:
    return meaning.candidate is None or meaning.candidate.indicator.dimensions == ["money"]


def _is_order(cell: Cell) -> bool:
    if not cell.row_header and cell.column == 0:
        return True  # the cells that name the rows
    headers = [_clean(part).lower() for part in cell.column_header]
    return any(part in _words().order for part in headers)


def _meaning(
    table: Table, cell: Cell, topic: str | None, holds: Callable[[str], bool] | None
) -> _Meaning:
    words = _words()
    column, row = _path(cell.column_header), _path(cell.row_header)
    caption = table.caption or ""
    texts = [part.lower() for part in (*column, *row)]
    joined = " | ".join(texts)
    unit = (table.unit or "").lower()
    percent = _holds_any(joined, words.shares) or unit in ("%", "phần trăm")
    measure, status = "level", "actual"
    if _holds_any(joined, words.ratios):
        measure = "target_ratio"
    elif _holds_any(joined, words.changes):
        measure = "change_rel" if percent else "change_abs"
    elif percent:
        measure = "share"
    elif any(_begins(part, words.estimates) for part in texts):
        status = "estimate"
    elif any(_begins(part, words.targets) for part in texts) and not _holds_any(joined, words.done):
        status = "target"
    candidate = None
    if holds is not None:
        candidate = _candidate(caption, column, row, measure, topic, holds)
    return _Meaning(candidate, measure, status)


def _holds_any(text: str, phrases: tuple[str, ...]) -> bool:
    return any(phrase in text for phrase in phrases)


def _begins(text: str, phrases: tuple[str, ...]) -> bool:
    return any(text == phrase or text.startswith(phrase + " ") for phrase in phrases)


def _candidate(
    caption: str,
    column: list[str],
    row: list[str],
    measure: str,
    said_before: str | None,
    holds: Callable[[str], bool],
) -> Candidate | None:
    """Return the best frame over the ways in which the headers can be said.

    A column that names something decides, with the row's words where they help; a column
    that is a year or a plan leaves it to the row, and a row that is a place to the caption.
    """
    columns, rows = _naming(column), _naming(row)
    ways = [columns, [*rows, *columns]] if columns else [rows]
    best: Candidate | None = None
    for path in ways:
        if not path:
            continue
        topic = said_before
        if len(path) > 1:
            parent = _say(caption, path[:-1], measure="level", topic=None, holds=holds)
            topic = parent.indicator.code.partition(".")[0] if parent else None
        elif caption and topic is None:
            parent = _say("", [_title(caption)], measure="level", topic=None, holds=holds)
            topic = parent.indicator.code.partition(".")[0] if parent else None
        found = _say(caption, path, measure=measure, topic=topic, holds=holds)
        if found is not None and (best is None or found.score > best.score):
            best = found
    if best is None and columns and rows:
        best = _say(caption, rows, measure=measure, topic=None, holds=holds)
    if best is None and caption and not columns:
        best = _say("", [_title(caption)], measure=measure, topic=None, holds=holds)
    return best


def _title(caption: str) -> str:
    """Return a caption without its number ("Biểu 1. ")."""
    return _CAPTION_NUMBER.sub("", caption)


def _naming(path: list[str]) -> list[str]:
    """Return the headers that name something: no total, plan, share, year or quarter."""
    words = _words()
    return [
        part
        for part in path
        if part.lower() not in words.totals
        and part.lower() not in words.parts
        and part.lower() not in words.neutral
        and not _NEUTRAL.fullmatch(part.lower())
        and not any(
            _begins(part.lower(), names)
            for names in (words.targets, words.done, words.estimates, words.ratios, words.changes)
        )
        and not (
            part.lower().startswith(words.shares)
            and (_holds_any(part.lower(), words.ratios) or not _says(part))
        )
    ]


def _says(part: str) -> bool:
    phrases = scan_sentence(part)
    return bool(phrases.heads or phrases.triggers)


def _say(
    caption: str,
    path: list[str],
    *,
    measure: str,
    topic: str | None,
    holds: Callable[[str], bool],
) -> Candidate | None:
    unit = "%" if measure in ("share", "target_ratio", "change_rel") else None
    dimension = "ratio" if unit else None
    if unit is None and _money(" ".join(path)) is not None:
        unit, dimension = "đồng", "money"
    ways = [", ".join(path), " ".join(path), path[-1]]
    ways += [f"{prefix} {path[-1]}" for prefix in _words().prefixes]
    best: Candidate | None = None

    def said(phrase: str) -> bool:
        return holds(phrase) or phrase.lower() in caption.lower()

    for lead in dict.fromkeys(("", f"{caption}; " if caption else "")):
        for way in dict.fromkeys(ways):
            surface = f"{lead}{way} {_BARE}"
            start = len(surface) - len(_BARE)
            quantity = Quantity(
                start, len(surface), start, len(surface), _BARE, Decimal(100), None, unit, None,
                dimension, "exact",
            )  # fmt: skip
            phrases = scan_sentence(surface)
            place = read_structure(surface, [quantity], phrases)[0]
            # A header is one label, whatever commas it holds.
            place = replace(place, label_start=len(lead))
            scene = Scene(
                measure=measure,
                topic=topic,
                whole=-1,
                carried=frozenset(),
                labelled=len(path) == 1 and is_labelled(surface, quantity, place, phrases),
                holds=said,
            )
            found = best_frame(surface, quantity, place, phrases, scene)
            if found is not None and len(path) > 1 and way in ways[:2]:
                last = len(lead) + len(way) - len(path[-1])
                if found.evidence_start() < last < found.evidence_end():
                    found = replace(found, score=found.score + BOTH)
            # What only the caption says holds for every cell; a header must say something.
            if found is None or found.evidence_end() <= len(lead):
                continue
            if best is None or found.score > best.score:
                best = found
    return best


def _link(items: list[_Item]) -> None:
    """Point parts to the figure of their row that they divide, else to their column's total."""
    for index, item in enumerate(items):
        if item.meaning.measure != "level":
            continue
        whole = _whole_in_row(items, index)
        if whole is None and not _is_total(item.cell.row_header):
            whole = next(
                (
                    other
                    for other, candidate in enumerate(items)
                    if candidate.cell.column == item.cell.column
                    and _is_total(candidate.cell.row_header)
                    and candidate.meaning.measure == "level"
                    and candidate.value >= item.value
                ),
                None,
            )
        if whole is not None and whole != index:
            item.part_of = whole


def _is_total(header: tuple[str, ...]) -> bool:
    path = _path(header)
    return bool(path) and path[-1].lower() in _words().totals


def _whole_in_row(items: list[_Item], index: int) -> int | None:
    """Return the figure of the row that a figure divides, or None.

    By the codebook's ``within``, by a group of columns headed "trong đó", by the total of
    its group, or by the column of those that were graded.
    """
    words, item = _words(), items[index]
    column = _path(item.cell.column_header)
    row = [
        (other, found)
        for other, found in enumerate(items)
        if found.cell.row == item.cell.row
        and found.meaning.measure == "level"
        and found.meaning.status == item.meaning.status
        and other != index
        and found.value >= item.value
    ]
    before = [(other, found) for other, found in row if found.cell.column < item.cell.column]
    if _is_total(item.cell.column_header) or not column:
        return None
    indicator = item.meaning.candidate.indicator if item.meaning.candidate else None
    if indicator is not None:
        for other, found in reversed(before):
            code = found.meaning.candidate.indicator.code if found.meaning.candidate else None
            if code is not None and code in indicator.within:
                return other
    if column[0].lower() in words.parts:
        outside = [o for o, f in before if not _is_part(f.cell.column_header)]
        return outside[-1] if outside else None
    for other, found in row:
        path = _path(found.cell.column_header)
        if path[:-1] == column[:-1] and path[-1].lower() in words.totals:
            return other
    for other, found in before:
        said = " ".join(_path(found.cell.column_header)).lower()
        if _holds_any(said, words.wholes) and indicator is not None:
            return other
    return None


def _is_part(header: tuple[str, ...]) -> bool:
    path = _path(header)
    return bool(path) and path[0].lower() in _words().parts


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
