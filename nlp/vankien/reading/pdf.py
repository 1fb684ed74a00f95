"""PDF with a text layer: pdfium's text as the fast path, pdfplumber where tables are.

Where to start reading: :func:`read_pdf` takes lines with their places from pdfium
(:func:`_page`), tables from ruled pages, and :func:`_build` puts running lines, paragraphs
and tables together.  pdfium's text of a plain page equals pdfplumber's to the character at
many times its speed (see the benchmarks).
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

from vankien.documents import Document, DocumentBuilder, Part
from vankien.errors import ReadError
from vankien.normalise import clean
from vankien.reading.layout import analyse
from vankien.reading.paragraphs import Running, join_pair
from vankien.reading.pdf_tables import (
    PageTable,
    aligned_columns,
    looks_ruled,
    plain_hyphens,
    ruled_tables,
    table_of,
)
from vankien.reading.placed_lines import Line, Setting, breaks_after, settings, usual_leading
from vankien.reading.registry import reader
from vankien.reading.tables import Grid, caption_above, furniture_part, header_cells, unit_above

__all__ = ["read_pdf"]

END = 4096
"""A whole PDF has its end mark within so many last bytes."""

WIDE_LETTERS = 1.3
"""A line whose letters are this much wider than usual has a gap between columns."""

GAP = 2.2
"""A gap between columns is wider than so many letters."""

MAX_PAGES = 20_000
"""A longer file is no document but an attack."""


@dataclass(slots=True)
class _Page:
    """What a page holds; ``tables`` pairs a position in ``lines`` with a grid."""

    lines: list[Line] = field(default_factory=list)
    tables: list[tuple[int, Grid]] = field(default_factory=list)
    damaged: bool = False


@reader("pdf", magic=(b"%PDF-",), extensions=(".pdf",))
def read_pdf(data: bytes, source: str, sha256: str) -> Document:
    """Read a PDF.

    Raises ReadError: V103 damaged or truncated, V104 protected by a password, V111 too many
    pages, V112 no page has a text layer.
    """
    import pypdfium2 as pdfium

    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise ReadError("V104", source) from error
        raise ReadError("V103", source, detail="it is truncated or damaged") from error
    try:
        whole = b"%%EOF" in data[-END:] or b"startxref" in data[-END:]
        if not whole and b"%%EOF" not in data:
            raise ReadError("V103", source, detail="its end is missing")
        if not len(pdf) or len(pdf) > MAX_PAGES:
            code = "V111" if len(pdf) else "V103"
            raise ReadError(code, source, detail=f"{len(pdf):,} pages")
        pages, warnings = _pages(pdf, data)
    finally:
        pdf.close()
    damaged = [number for number, page in enumerate(pages, 1) if page.damaged]
    if damaged and (not whole or len(damaged) == len(pages)):
        raise ReadError("V103", source, detail=f"page {damaged[0]} cannot be read")
    if not any(page.lines or page.tables for page in pages):
        raise ReadError("V112", source, detail=f"{len(pages)} of {len(pages)} pages")
    warnings += [f"page {number} is damaged and was left out" for number in damaged]
    warnings += [
        f"page {number} has no text layer"
        for number, page in enumerate(pages, 1)
        if not (page.lines or page.tables or page.damaged)
    ]
    builder = _build(pages)
    return analyse(
        Document(
            doc_id=sha256[:16],
            source=source,
            text=builder.text,
            sha256=sha256,
            blocks=tuple(builder.blocks),
            tables=tuple(builder.tables),
            n_pages=len(pages),
            warnings=tuple(warnings),
        )
    )


def _pages(pdf: Any, data: bytes) -> tuple[list[_Page], list[str]]:
    import pypdfium2 as pdfium

    pages: list[_Page] = []
    ruled: list[int] = []
    warnings: list[str] = []
    for number in range(len(pdf)):
        try:
            page = pdf[number]
        except pdfium.PdfiumError:
            pages.append(_Page(damaged=True))  # its place is kept, so that numbers stay right
            continue
        text = page.get_textpage()
        pages.append(_page(text, number + 1))
        if pages[-1].lines and page.get_rotation() == 0 and looks_ruled(page):
            ruled.append(number)
        text.close()
        page.close()
    if ruled:
        warnings = _add_tables(pdf, data, pages, ruled)
    return pages, warnings


def _page(text: Any, number: int) -> _Page:
    """Take the lines of a page with their places; lines in columns are cut at the gaps."""
    raw = plain_hyphens(text.get_text_range())
    places = _Places(text, len(raw))
    pieces: list[list[Line]] = []
    widths: list[float] = []
    offsets: list[int] = []
    start = 0
    for line in raw.split("\n"):
        bare = line.strip()
        if bare:
            first = start + line.index(bare[0])
            placed = places.line(bare, first, number)
            pieces.append([placed])
            offsets.append(first)
            widths.append((placed.right - placed.left) / len(bare))
        start += len(line) + 1
    if not pieces:
        return _Page()
    usual = sorted(widths)[len(widths) // 2]
    for index, width in enumerate(widths):
        if width > WIDE_LETTERS * usual and " " in pieces[index][0].text:
            pieces[index] = _cut(places, pieces[index][0], offsets[index], usual)
    page = _Page()
    position = 0
    for first, end, grid in aligned_columns(pieces):
        page.lines += _flat(pieces[position:first])
        page.tables.append((len(page.lines), grid))
        position = end
    page.lines += _flat(pieces[position:])
    return page


def _flat(pieces: list[list[Line]]) -> list[Line]:
    return [Line(clean(p.text), p.left, p.right, p.y, p.page) for row in pieces for p in row]


class _Places:
    """Asks pdfium for the places of characters of one text page.

    Not a function: the C variables that pdfium fills are made once a page, because a page
    asks about a hundred times.
    """

    def __init__(self, text: Any, length: int) -> None:
        import pypdfium2.raw as raw

        self._text = text.raw
        self._raw = raw
        # Text and character indices differ only on pages with unusual characters.
        self._same = raw.FPDFText_CountChars(text.raw) == length
        self._numbers = [ctypes.c_double() for _ in range(4)]
        self._pointers = [ctypes.byref(number) for number in self._numbers]

    def _index(self, index: int) -> int:
        if self._same:
            return index
        return int(self._raw.FPDFText_GetCharIndexFromTextIndex(self._text, index))

    def origin(self, index: int) -> tuple[float, float]:
        """Return x and y of a character's origin, in points."""
        x, y = self._numbers[:2]
        self._raw.FPDFText_GetCharOrigin(self._text, self._index(index), *self._pointers[:2])
        return x.value, y.value

    def right(self, index: int) -> float:
        """Return the right edge of a character, in points."""
        self._raw.FPDFText_GetCharBox(self._text, self._index(index), *self._pointers)
        return self._numbers[1].value

    def line(self, text: str, first: int, page: int) -> Line:
        """Return the line whose text begins at an index."""
        left, y = self.origin(first)
        return Line(text, left, max(left, self.right(first + len(text) - 1)), y, page)


def _cut(places: _Places, line: Line, first: int, usual: float) -> list[Line]:
    """Cut a line at the gaps between its columns."""
    pieces: list[Line] = []
    begin = 0
    for position, letter in enumerate(line.text):
        if letter != " " or position == 0:
            continue
        after, _ = places.origin(first + position + 1)
        if after - places.right(first + position - 1) > GAP * usual:
            pieces.append(places.line(line.text[begin:position], first + begin, line.page))
            begin = position + 1
    pieces.append(places.line(line.text[begin:], first + begin, line.page))
    return [piece for piece in pieces if piece.text.strip()]


def _add_tables(pdf: Any, data: bytes, pages: list[_Page], ruled: list[int]) -> list[str]:
    """Put the ruled tables into their pages; their lines leave the running text."""
    warnings: list[str] = []
    for number, tables in ruled_tables(data, ruled):
        if tables is None:
            warnings.append(f"page {number + 1}: its tables could not be told from its text")
            continue
        page = pdf[number]
        text = page.get_textpage()
        placed = [table_of(boxes, text) for boxes in tables]
        text.close()
        page.close()
        if any(placed):
            pages[number] = _with_tables(pages[number], [t for t in placed if t is not None])
    return warnings


def _with_tables(page: _Page, tables: list[PageTable]) -> _Page:
    result = _Page()
    waiting = list(tables)
    for line in page.lines:
        middle = (line.left + line.right) / 2
        holder = next((table for table in tables if table.holds(middle, line.y)), None)
        if holder is None:
            result.lines.append(line)
        elif holder in waiting:
            waiting.remove(holder)
            result.tables.append((len(result.lines), holder.grid))
    # Tables found among aligned columns keep their place where no ruled table took it.
    if not result.tables:
        result.tables = list(page.tables)
    return result


@dataclass(slots=True)
class _Assembler:
    """Joins lines to paragraphs; what runs between two pages waits until one has ended."""

    builder: DocumentBuilder
    leading: float
    text: str = ""
    page: int = 0
    last: Line | None = None
    margins: Setting | None = None
    waiting: list[tuple[str, Part, int]] = field(default_factory=list)

    def take(self, line: Line, margins: Setting) -> None:
        """Add the next line of the running text."""
        if self.last is not None and self.margins is not None:
            if not breaks_after(self.last, line, self.margins, margins, leading=self.leading):
                self.text = join_pair(self.text, line.text)
                self.last, self.margins = line, margins
                return
            self.flush()
        self.text, self.page = line.text, line.page
        self.last, self.margins = line, margins

    def furnish(self, text: str, part: Part, page: int) -> None:
        """Add a running line: at once, or after the paragraph that goes on over the page."""
        if self.last is None:
            self.builder.add(text, part=part, page=page)
        else:
            self.waiting.append((text, part, page))

    def flush(self) -> None:
        """End the open paragraph."""
        if self.last is not None:
            self.builder.add(self.text, page=self.page)
            self.last = self.margins = None
        for text, part, page in self.waiting:
            self.builder.add(text, part=part, page=page)
        self.waiting.clear()


def _build(pages: list[_Page]) -> DocumentBuilder:
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
        _add_body(page, {*order[:start], *order[end:]}, assembler, number)
        for i in order[end:]:
            assembler.furnish(page.lines[i].text, Part.FOOTER, number)
    assembler.flush()
    return builder


def _add_body(page: _Page, apart: set[int], assembler: _Assembler, number: int) -> None:
    """Add the lines and tables of a page in order, without the running lines."""
    body = [(i, line) for i, line in enumerate(page.lines) if i not in apart]
    margins = settings([line for _, line in body])
    tables = list(page.tables)
    for (i, line), setting in zip(body, margins, strict=True):
        while tables and tables[0][0] <= i:
            _add_table(assembler, tables.pop(0)[1], number)
        assembler.take(line, setting)
    for _, grid in tables:
        _add_table(assembler, grid, number)


def _add_table(assembler: _Assembler, grid: Grid, page: int) -> None:
    assembler.flush()
    builder = assembler.builder
    part = furniture_part(grid)
    if part is not None:
        for row in grid.rows:
            for text in row:
                builder.add(text, part=part, page=page)
        return
    text = builder.text
    above = [text[block.start : block.end] for block in builder.blocks[-2:]]
    unit = next(filter(None, map(unit_above, reversed(above))), None)
    caption = next(filter(None, map(caption_above, reversed(above))), None)
    builder.add_table(header_cells(grid), page=page, unit=unit, caption=caption)
