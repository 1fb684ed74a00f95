"""PDF with a text layer: pdfium's text as the fast path, pdfplumber where tables are.

pdfium's text of a plain page equals pdfplumber's to the character at many times its speed
(see the benchmarks); pdfplumber is opened only for pages with ruling lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from vankien.documents import Document, DocumentBuilder, Part
from vankien.errors import ReadError
from vankien.normalise import clean
from vankien.reading.layout import analyse
from vankien.reading.paragraphs import is_running, join_lines, running_lines
from vankien.reading.tables import header_cells, unit_above

__all__ = ["read_pdf"]

RULING_LINES = 8
"""A page with so many path objects may hold a ruled table."""

MAX_OBJECTS = 4000
"""Objects of a page that are looked at for ruling lines."""


@dataclass(slots=True)
class _Page:
    lines: list[str]
    tables: list[list[list[str]]]
    after: list[int]


def read_pdf(data: bytes, source: str, sha256: str) -> Document:
    """Read a PDF.  Raises ReadError (V103 damaged, V104 protected, V112 no text layer)."""
    import pypdfium2 as pdfium

    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError("V104", source) from error
        raise ReadError("V103", source, detail="it is truncated or damaged") from error
    try:
        pages, ruled = _texts(pdf, source)
    finally:
        pdf.close()
    if not any(page.lines for page in pages):
        raise ReadError("V112", source, detail=f"{len(pages)} of {len(pages)} pages")
    if ruled:
        _read_tables(data, pages, ruled)
    return _build(pages, source, sha256)


def _texts(pdf: Any, source: str) -> tuple[list[_Page], list[int]]:
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    pages: list[_Page] = []
    ruled: list[int] = []
    for number in range(len(pdf)):
        try:
            page = pdf[number]
        except pdfium.PdfiumError as error:
            raise ReadError("V103", source, detail=f"page {number + 1} is damaged") from error
        text_page = page.get_textpage()
        text = clean(text_page.get_text_range())
        text_page.close()
        paths = 0
        for index, found in enumerate(page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,))):
            paths += found is not None
            if paths >= RULING_LINES or index > MAX_OBJECTS:
                break
        page.close()
        if paths >= RULING_LINES:
            ruled.append(number)
        pages.append(_Page([line.rstrip() for line in text.split("\n")], [], []))
        if not text.strip():
            pages[-1].lines = []
    return pages, ruled


def _read_tables(data: bytes, pages: list[_Page], ruled: list[int]) -> None:
    """Read ruled pages with pdfplumber: tables as grids, the rest as lines."""
    import pdfplumber

    with pdfplumber.open(BytesIO(data)) as pdf:
        for number in ruled:
            page = pdf.pages[number]
            found = [t for t in page.find_tables() if len(t.rows) > 1 and len(t.rows[0].cells) > 1]
            if found:
                _split_page(page, found, pages[number])
            page.close()


def _split_page(page: Any, tables: list[Any], target: _Page) -> None:
    tables = sorted(tables, key=lambda table: table.bbox[1])
    lines: list[str] = []
    top = 0.0
    for table in tables:
        left, y0, right, y1 = table.bbox
        if y0 > top + 1:
            above = page.crop((0, top, page.width, max(y0, top + 1)), strict=False)
            lines.extend((above.extract_text() or "").split("\n"))
        target.tables.append(
            [[" ".join(clean(cell or "").split()) for cell in row] for row in table.extract()]
        )
        target.after.append(len(lines))
        top = max(top, y1)
    if top < page.height - 1:
        below = page.crop((0, top, page.width, page.height), strict=False)
        lines.extend((below.extract_text() or "").split("\n"))
    target.lines = [clean(line) for line in lines]


def _build(pages: list[_Page], source: str, sha256: str) -> Document:
    heads, feet = running_lines([page.lines for page in pages])
    width = _usual_width(pages)
    builder = DocumentBuilder()
    carried: str | None = None
    carried_page: int | None = None
    warnings: list[str] = []

    def flush() -> None:
        nonlocal carried
        if carried is not None:
            builder.add(carried, page=carried_page)
            carried = None

    for number, page in enumerate(pages, start=1):
        if not page.lines and not page.tables:
            warnings.append(f"page {number} has no text")
            continue
        header, body, footer, shift = _strip_running(page.lines, heads, feet)
        for line in header:
            flush()
            builder.add(line, part=Part.HEADER, page=number)
        position = 0
        cuts = [*zip([a - shift for a in page.after], page.tables, strict=True), (len(body), None)]
        for cut, grid in cuts:
            paragraphs = join_lines(body[position : max(cut, position)], width=width)
            position = max(cut, position)
            for index, paragraph in enumerate(paragraphs):
                if index == 0 and carried is not None and _goes_on(carried, paragraph):
                    carried = f"{carried} {paragraph}"
                    continue
                flush()
                carried, carried_page = paragraph, number
            if grid is not None:
                unit = unit_above(carried or "")
                flush()
                builder.add_table(header_cells(grid), page=number, unit=unit)
        for line in footer:
            flush()
            builder.add(line, part=Part.FOOTER, page=number)
    flush()
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


def _usual_width(pages: list[_Page]) -> float:
    lengths = sorted(len(line) for page in pages for line in page.lines if line.strip())
    return lengths[int(len(lengths) * 0.8)] if lengths else 0.0


def _strip_running(
    lines: list[str], heads: set[str], feet: set[str]
) -> tuple[list[str], list[str], list[str], int]:
    header: list[str] = []
    footer: list[str] = []
    body = list(lines)
    shift = 0
    while body and not body[0].strip():
        body.pop(0)
        shift += 1
    while body and not body[-1].strip():
        body.pop()
    if body and is_running(body[0], heads):
        header.append(body.pop(0))
        shift += 1
    if body and is_running(body[-1], feet):
        footer.append(body.pop())
    return header, body, footer, shift


def _goes_on(previous: str, paragraph: str) -> bool:
    """A sentence that runs over the page: no end mark before, no capital after."""
    return previous[-1:] not in ".!?:;…" and paragraph[:1].islower()
