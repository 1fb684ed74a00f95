"""Pages of a PDF -> blocks: running lines, footnotes, paragraphs over pages, tables.

Where to start reading: :func:`build`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from vankien.documents import DocumentBuilder, Part
from vankien.reading.paragraphs import Running, join_pair
from vankien.reading.pdf_pages import Apart, Page
from vankien.reading.placed_lines import Line, Setting, breaks_after, settings, usual_leading
from vankien.reading.tables import (
    Grid,
    caption_above,
    continued,
    furniture_part,
    header_cells,
    total_rows,
    unit_above,
)
from vankien.reading.wording import page_words

__all__ = ["build"]

NOTE_SIZE = 0.93
"""A footnote is set in letters smaller than this, relative to the page's usual ones."""

_NOTE = re.compile(r"(?:\(?\d{1,3}\)?|\*{1,3})[\s.)]*[^\W\d_]")


@dataclass(slots=True)
class _OpenTable:
    """A table that may go on over the next page; ``turns``: row and page of each part."""

    grid: Grid
    page: int
    last_page: int
    unit: str | None
    caption: str | None
    turns: list[tuple[int, int]] = field(default_factory=list)


def _says_continued(line: str) -> bool:
    return page_words().continued.fullmatch(line.strip()) is not None


@dataclass(slots=True)
class _Assembler:
    """Joins lines to paragraphs; what runs between two pages waits until one has ended."""

    builder: DocumentBuilder
    leading: float
    text: str = ""
    page: int = 0
    last: Line | None = None
    above: Line | None = None
    margins: Setting | None = None
    waiting: list[tuple[str, Part, int]] = field(default_factory=list)
    table: _OpenTable | None = None

    def take(self, line: Line, margins: Setting) -> None:
        """Add the next line of the running text."""
        if self.table is not None:
            if self.table.last_page < line.page and _says_continued(line.text):
                self.waiting.append((line.text, Part.HEADER, line.page))
                return
            self.flush()
        if self.last is not None and self.margins is not None:
            above, self.above = self.above, self.last
            if not breaks_after(
                self.last, line, self.margins, margins, leading=self.leading, above=above
            ):
                self.text = join_pair(self.text, line.text)
                self.last, self.margins = line, margins
                return
            self.flush()
        self.text, self.page = line.text, line.page
        self.last, self.margins = line, margins

    def furnish(self, text: str, part: Part, page: int) -> None:
        """Add a running line or note: at once, or after the paragraph that goes on."""
        if self.last is None and self.table is None:
            self.builder.add(text, part=part, page=page)
        else:
            self.waiting.append((text, part, page))

    def take_table(self, grid: Grid, page: int) -> None:
        """Add a table, or the part of one that goes on from the page before."""
        if self.table is not None and page == self.table.last_page + 1:
            joined = continued(self.table.grid, grid)
            if joined is not None:
                self.table.turns.append((len(self.table.grid.rows), page))
                self.table.grid, self.table.last_page = joined, page
                return
        self.flush()
        text = self.builder.text
        above = [text[block.start : block.end] for block in self.builder.blocks[-2:]]
        unit = next(filter(None, map(unit_above, reversed(above))), None)
        caption = next(filter(None, map(caption_above, reversed(above))), None)
        self.table = _OpenTable(grid, page, page, unit, caption)

    def flush(self) -> None:
        """End the open paragraph or table."""
        if self.table is not None:
            grid = self.table.grid
            self.builder.add_table(
                header_cells(grid),
                page=self.table.page,
                unit=self.table.unit,
                caption=self.table.caption,
                totals=total_rows(grid),
                turns=self.table.turns,
            )
            self.table = None
        if self.last is not None:
            self.builder.add(self.text, page=self.page)
            self.last = self.margins = None
        for text, part, page in self.waiting:
            self.builder.add(text, part=part, page=page)
        self.waiting.clear()


def build(pages: Sequence[Page]) -> DocumentBuilder:
    """Put pages together: paragraphs go on over page ends, running lines stand as such."""
    builder = DocumentBuilder()
    orders = [
        sorted(range(len(page.lines)), key=lambda i, page=page: -page.lines[i].y)  # type: ignore[misc]
        for page in pages
    ]
    running = Running(
        [[page.lines[i].text for i in order] for page, order in zip(pages, orders, strict=True)]
    )
    assembler = _Assembler(builder, usual_leading([page.lines for page in pages]))
    for number, (page, order) in enumerate(zip(pages, orders, strict=True), start=1):
        start, end = running.split([page.lines[i].text for i in order], number - 1)
        for i in order[:start]:
            assembler.furnish(page.lines[i].text, Part.HEADER, number)
        notes = _notes(page, order[start:end])
        apart = {*order[:start], *order[end:], *notes}
        _add_body(page, apart, assembler, number)
        for text in _joined_notes([page.lines[i].text for i in notes]):
            assembler.furnish(text, Part.BODY, number)
        for i in order[end:]:
            assembler.furnish(page.lines[i].text, Part.FOOTER, number)
    assembler.flush()
    return builder


def _notes(page: Page, order: Sequence[int]) -> list[int]:
    """Return the lines of the footnotes of a page, from top to bottom.

    They are the last lines, smaller than the others, and begin with a number or a star.
    """
    if len(order) < 3:
        return []
    usual = median(page.lines[i].size for i in order)
    begin = len(order)
    while begin and 0 < page.lines[order[begin - 1]].size < NOTE_SIZE * usual:
        begin -= 1
    while begin < len(order) and not _NOTE.match(page.lines[order[begin]].text):
        begin += 1
    return list(order[begin:]) if begin else []


def _joined_notes(lines: list[str]) -> list[str]:
    notes: list[str] = []
    for line in lines:
        if notes and not _NOTE.match(line):
            notes[-1] = join_pair(notes[-1], line)
        else:
            notes.append(line)
    return notes


def _add_body(page: Page, apart: set[int], assembler: _Assembler, number: int) -> None:
    """Add the lines and items of a page in order, without the running lines."""
    body = [(i, line) for i, line in enumerate(page.lines) if i not in apart]
    margins = settings([line for _, line in body])
    items = list(page.items)
    for (i, line), setting in zip(body, margins, strict=True):
        while items and items[0][0] <= i:
            _add_item(assembler, items.pop(0)[1], number)
        assembler.take(line, setting)
    for _, item in items:
        _add_item(assembler, item, number)


def _add_item(assembler: _Assembler, item: Grid | Apart, page: int) -> None:
    builder = assembler.builder
    if isinstance(item, Apart):
        assembler.flush()
        for text in item.lines:
            builder.add(text, part=item.part, page=page)
        return
    part = furniture_part(item)
    if part is None:
        assembler.take_table(item, page)
        return
    assembler.flush()
    for row in item.rows:
        for text in row:
            builder.add(text, part=part, page=page)
