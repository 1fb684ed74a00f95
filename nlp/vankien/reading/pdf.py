"""PDF: pdfium's text as the fast path, pdfplumber where tables are, tesseract for scans.

Where to start reading: :func:`read_pdf` takes the pages from pdfium (:mod:`pdf_pages`),
tables from ruled pages (:mod:`pdf_tables`), pages without a sound text layer from tesseract
(:mod:`ocr`), and puts them together (:mod:`pdf_build`).  pdfium's text of a plain page equals
pdfplumber's to the character at many times its speed (see the benchmarks).
"""

from __future__ import annotations

from typing import Any

from vankien.documents import Document, Extraction
from vankien.errors import ReadError
from vankien.reading import ocr
from vankien.reading.conservation import lost_digits
from vankien.reading.encodings import has_legacy_signs, repair_lines
from vankien.reading.layout import analyse
from vankien.reading.pdf_build import build
from vankien.reading.pdf_pages import MIN_LETTERS, Page, lay_out, take_page
from vankien.reading.pdf_streams import check_streams
from vankien.reading.pdf_tables import PageTable, looks_ruled, ruled_tables, table_of
from vankien.reading.placed_lines import Line
from vankien.reading.registry import reader
from vankien.reading.syllables import possible_share

__all__ = ["read_pdf"]

END = 4096
"""A whole PDF has its end mark within so many last bytes."""

MAX_PAGES = 20_000
"""A longer file is no document but an attack."""

MAX_SCANS = 1_000
"""Pages of one file that tesseract reads, at about two seconds each."""

BETTER = 0.2
"""tesseract's text replaces a broken text layer where its quality is so much higher."""

PICTURE = 0.5
"""A picture over this share of the page may be the page itself."""

MAX_OBJECTS = 500
"""Objects of a page that are looked at for pictures."""

POOR = 0.6
"""A page of less quality is named in the warnings."""


@reader("pdf", magic=(b"%PDF-",), extensions=(".pdf",))
def read_pdf(data: bytes, source: str, sha256: str) -> Document:
    """Read a PDF.

    Pages without a sound text layer are read by tesseract where it is installed, with the
    language ``vie``; otherwise they are named in the warnings.  Raises ReadError: V101 no
    text, V103 damaged or truncated, V104 protected by a password, V111 too many pages or a
    stream that unpacks beyond its limit (:mod:`pdf_streams`), V112
    no page has a text layer and tesseract is missing.
    """
    import pypdfium2 as pdfium

    check_streams(data, source)
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
        pages, warnings, scans = _pages(pdf, data)
        damaged = [number for number, page in enumerate(pages, 1) if page.damaged]
        if damaged and (not whole or len(damaged) == len(pages)):
            raise ReadError("V103", source, detail=f"page {damaged[0]} cannot be read")
        warnings += [f"page {number} is damaged and was left out" for number in damaged]
        warnings += _read_scans(pdf, pages, scans, source)
    finally:
        pdf.close()
    if all(page.empty for page in pages):
        if warnings:
            raise ReadError("V103", source, detail=warnings[0])
        raise ReadError("V101", source)
    note = _repair(pages)
    warnings += [note] if note is not None else []
    warnings += _remarks(pages)
    builder = build(pages)
    return analyse(
        Document(
            doc_id=sha256[:16],
            source=source,
            text=builder.text,
            sha256=sha256,
            blocks=tuple(builder.blocks),
            tables=tuple(builder.tables),
            n_pages=len(pages),
            extraction=_extraction(pages),
            quality=_quality(pages),
            warnings=tuple(warnings),
        )
    )


def _pages(pdf: Any, data: bytes) -> tuple[list[Page], list[str], list[int]]:
    """Return the pages, warnings, and the pages (from 0) that want reading as pictures."""
    import pypdfium2 as pdfium

    pages: list[Page] = []
    ruled: list[int] = []
    scans: list[int] = []
    warnings: list[str] = []
    for number in range(len(pdf)):
        try:
            page = pdf[number]
            text = page.get_textpage()
        except pdfium.PdfiumError:
            pages.append(Page(damaged=True))  # its place is kept, so that numbers stay right
            continue
        taken = take_page(text, number + 1)
        pages.append(taken)
        if taken.broken or (taken.size < MIN_LETTERS and _is_picture(page, taken.empty)):
            scans.append(number)
        elif not taken.empty and page.get_rotation() == 0 and looks_ruled(page):
            ruled.append(number)
        text.close()
        page.close()
    if ruled:
        warnings = _add_tables(pdf, data, pages, ruled)
    return pages, warnings, scans


def _is_picture(page: Any, empty: bool) -> bool:
    """Say whether a page with hardly any text shows something: a picture, or letters drawn."""
    import pypdfium2.raw as raw

    width, height = page.get_size()
    covered, paths = 0.0, 0
    for item in page.get_objects(max_depth=3):
        paths += item.type == raw.FPDF_PAGEOBJ_PATH
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            covered += max(0.0, right - left) * max(0.0, top - bottom)
        if covered > PICTURE * width * height or paths > MAX_OBJECTS:
            return True
    return empty and covered > 0


def _read_scans(pdf: Any, pages: list[Page], scans: list[int], source: str) -> list[str]:
    """Put what tesseract reads into the pages; return what went wrong.

    Raises ReadError (V112) where nothing else has text and tesseract is missing.
    """
    if not scans:
        return []
    missing = ocr.available()
    if missing is not None:
        if all(page.empty for page in pages):
            detail = f"{len(scans)} of {len(pages)} pages; {missing}"
            raise ReadError("V112", source, detail=detail)
        return [f"page {number + 1} was not read as a picture: {missing}" for number in scans]
    warnings = [
        f"page {number + 1} was not read: more than {MAX_SCANS:,} pages are pictures"
        for number in scans[MAX_SCANS:]
    ]
    for number, scan in ocr.read_scans(pdf, scans[:MAX_SCANS]):
        if isinstance(scan, str):
            warnings.append(f"page {number + 1} was not read as a picture: {scan}")
            continue
        text = "\n".join(piece.text for row in scan.rows for piece in row)
        quality = min(scan.confidence, possible_share(text))
        before = pages[number]
        if not text or (not before.empty and before.broken and quality < before.quality + BETTER):
            continue
        if len(text) < before.size:
            continue
        page = lay_out(scan.rows)
        page.quality, page.size, page.scanned = quality, len(text), True
        pages[number] = page
    return warnings


def _repair(pages: list[Page]) -> str | None:
    """Repair lines of legacy text whose fonts' names said nothing, by statistics."""
    texts = [line.text for page in pages for line in page.lines]
    if not has_legacy_signs("\n".join(texts)):
        return None
    repaired, note = repair_lines(texts)
    if note is not None:
        position = 0
        for page in pages:
            for i, line in enumerate(page.lines):
                page.lines[i] = Line(
                    repaired[position], line.left, line.right, line.y, line.page, line.size
                )
                position += 1
            page.quality = possible_share("\n".join(line.text for line in page.lines))
    return note


def _remarks(pages: list[Page]) -> list[str]:
    remarks: list[str] = []
    for number, page in enumerate(pages, 1):
        remarks += [f"page {number}: {note}" for note in page.notes]
        if page.empty or page.damaged:
            continue
        if page.broken and not page.scanned:
            remarks.append(f"page {number}: its text layer is broken (quality {page.quality:.2f})")
        elif page.quality < POOR:
            remarks.append(f"page {number}: quality {page.quality:.2f}")
    return remarks


def _extraction(pages: list[Page]) -> Extraction:
    scanned = sum(page.scanned for page in pages)
    filled = sum(not page.empty for page in pages)
    if not scanned:
        return Extraction.TEXT
    return Extraction.OCR if scanned == filled else Extraction.MIXED


def _quality(pages: list[Page]) -> float:
    """Return the mean quality of the characters; damaged pages count with the mean length."""
    filled = [page for page in pages if page.size]
    size = sum(page.size for page in filled)
    good = sum(page.quality * page.size for page in filled)
    lost = sum(page.damaged for page in pages) * size / max(len(filled), 1)
    return round(good / (size + lost), 4) if size else 0.0


def _add_tables(pdf: Any, data: bytes, pages: list[Page], ruled: list[int]) -> list[str]:
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
            _set_tables(pages[number], [t for t in placed if t is not None])
    return warnings


def _set_tables(page: Page, tables: list[PageTable]) -> None:
    """Lay the page out anew without the pieces in ruled tables, and put these in place."""
    rows: list[list[Line]] = []
    before: list[tuple[PageTable, Line | None]] = []
    last: Line | None = None
    for row in page.rows:
        kept = []
        for piece in row:
            middle = (piece.left + piece.right) / 2
            holder = next((table for table in tables if table.holds(middle, piece.y)), None)
            if holder is None:
                kept.append(piece)
                last = piece
            elif all(table is not holder for table, _ in before):
                before.append((holder, last))
        rows.append(kept)
    if not before:
        return
    fresh = lay_out(rows)
    order = {id(line): place for place, line in enumerate(fresh.lines, 1)}
    for table, line in before:
        place = order.get(id(line), 0)
        if place == 0 and line is not None:  # it stands apart itself: by height
            place = sum(1 for other in fresh.lines if other.y > table.box[3])
        fresh.items.append((place, table.grid))
    before_tables = page.digits
    page.lines = fresh.lines
    page.items = sorted(fresh.items, key=lambda item: item[0])
    lost = lost_digits(before_tables, page.digits)
    if lost is not None:
        page.notes.append(lost)
