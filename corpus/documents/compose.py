"""Compose the reference documents of this folder from the texts under ``sources/``.

Every document was written for this project; README.md lists them.  A source is a YAML file
that says which files it makes (``files``) and holds the text in a light markup, one
paragraph a line (see ``MARKS``).  The same sources give the same bytes: dates, identifiers
and archive times are fixed.

    python corpus/documents/compose.py          write the documents
    python corpus/documents/compose.py --check  exit 1 where a document differs

Where to start reading: :func:`main`, then the builder of one form in ``BUILDERS``.
"""

from __future__ import annotations

import argparse
import csv
import html
import io
import json
import re
import string
import sys
import textwrap
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import docx
import yaml
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.shared import Pt
from reportlab.lib.colors import black
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

FOLDER = Path(__file__).resolve().parent
SOURCES = FOLDER / "sources"
NOTE = "Composed for the vankien project; not a real document"
AUTHOR = "The vankien developers"
MOMENT = datetime(2024, 1, 1, tzinfo=UTC)
"""Written into documents that must say when they were made."""

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts")
FONTS = {"serif": "DejaVuSerif.ttf", "serif-bold": "DejaVuSerif-Bold.ttf"}

MARKS = {
    "# ": "title",
    "## ": "section",
    "### ": "part",
    "* ": "bullet",
    "+ ": "number",
    "!! ": "picture",
    "== ": "centre",
    "[[": "table",
    "---": "page",
    "@": "closing",
}
"""Beginning of a line -> what the line is; any other line is a paragraph."""

HTML = {
    "section": "<h2>{0}</h2>",
    "centre": '<p class="author" style="text-align:right">{0}</p>',
    "picture": """<figure class="image"><img src="/anh/tin.jpg" alt="{0}">\
<figcaption>{0}</figcaption></figure>
<p class="image-note">{0}</p>""",
}
"""The elements of a page; the sites that are imitated print a caption twice."""

FIGURE = re.compile(r"[\d.,%\s-]+")
HEADINGS = ("title", "section", "part")
LEFT, ABOVE = "<", "^"
"""A cell that belongs to the cell at its left, or above."""

Source = dict[str, Any]


class Piece(NamedTuple):
    """One line of a source and what it is, one of the values of MARKS."""

    kind: str
    text: str


class Box(NamedTuple):
    """One cell of a table with the rows and columns that it covers."""

    row: int
    column: int
    height: int
    width: int
    text: str


def pieces(source: Source) -> Iterator[Piece]:
    """Yield the lines of a source's text; recipients and signature end it if nothing says where."""
    lines = [line for line in source["body"].split("\n") if line.strip()]
    if "closing" in source and "@closing" not in lines:
        lines.append("@closing")
    for line in lines:
        mark = next((mark for mark in MARKS if line.startswith(mark)), "")
        yield Piece(MARKS.get(mark, "paragraph"), line.removeprefix(mark).removesuffix("]]"))


def rows_of(table: Source) -> list[list[str]]:
    """Return the rows of a table written one row a line, cells between strokes."""
    rows = [[c.strip() for c in line.split("|")] for line in table["rows"].strip().split("\n")]
    widths = {len(row) for row in rows}
    if len(widths) != 1:
        raise ValueError(f"rows of {sorted(widths)} cells in {table['rows'][:60]!r}")
    return rows


def boxes(rows: list[list[str]]) -> Iterator[Box]:
    """Yield the cells of a table; a merged cell comes once."""
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in (LEFT, ABOVE):
                continue
            width = height = 1
            while c + width < len(row) and row[c + width] == LEFT:
                width += 1
            while r + height < len(rows) and rows[r + height][c] == ABOVE:
                height += 1
            yield Box(r, c, height, width, text)


# Plain text, JSON lines and CSV


def text_bytes(source: Source) -> bytes:
    """Build a text file: UTF-8, or UTF-16 with a byte-order mark and Windows line ends."""
    width = source.get("wrap")
    parts = [source["headline"]] if "headline" in source else []
    if "header" in source:
        parts.append(_beside(source["header"]))
    for piece in pieces(source):
        if piece.kind == "closing":
            parts.append(_beside(source["closing"]))
            continue
        text = f"- {piece.text}" if piece.kind == "bullet" else piece.text
        if piece.kind in ("title", "centre") and width:
            lines = textwrap.wrap(text, width - 16)
            text = "\n".join(line.center(width).rstrip() for line in lines)
        elif width:
            text = textwrap.fill(text, width, break_on_hyphens=False, break_long_words=False)
        parts += [text, text] if piece.kind == "picture" else [text]
    parts += source.get("tail", [])
    text = "\n\n".join(parts) + "\n"
    if source.get("encoding") == "utf-16":
        return b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le")
    return text.encode()


def _beside(columns: Source) -> str:
    """Set two columns of short lines side by side."""
    pairs = zip_longest(columns["left"], columns["right"], fillvalue="")
    return "\n".join(f"{left:<40}{right}".rstrip() for left, right in pairs)


def json_lines_bytes(source: Source) -> bytes:
    """Build JSON lines; the field ``note`` marks every row as composed."""
    rows = [json.dumps({**row, "note": NOTE}, ensure_ascii=False) for row in source["rows"]]
    return "".join(f"{row}\n" for row in rows).encode()


def csv_bytes(source: Source) -> bytes:
    """Build a CSV file; the column ``note`` marks every row as composed."""
    rows = [{**row, "note": NOTE} for row in source["rows"]]
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


# HTML


def html_bytes(source: Source) -> bytes:
    """Build a page of a news site from one of the page templates."""
    page = string.Template((SOURCES / source["template"]).read_text(encoding="utf-8"))
    fields = {key: html.escape(value) for key, value in source["page"].items()}
    related = "\n".join(
        f'<li><a href="/{i}.html">{html.escape(text)}</a> <span class="date">({day})</span></li>'
        for i, (text, _, day) in enumerate((x.partition(" | ") for x in source["related"]), 1001)
    )
    body = "\n".join(
        HTML.get(piece.kind, "<p>{0}</p>").format(html.escape(piece.text))
        for piece in pieces(source)
    )
    fields |= {"note": NOTE, "headline": html.escape(source["headline"]), "body": body}
    return page.substitute(fields, related=related).encode()


# Word


def docx_bytes(source: Source) -> bytes:
    """Build a Word file; its properties and the times of its parts are fixed."""
    document = docx.Document()
    document.styles["Normal"].font.name = "Times New Roman"
    document.styles["Normal"].font.size = Pt(13)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = source["title"], AUTHOR, NOTE
    properties.created = properties.modified = MOMENT.replace(tzinfo=None)
    if "header" in source:
        _docx_pair(document, source["header"], ALIGN.CENTER)
    for piece in pieces(source):
        if piece.kind == "table":
            _docx_table(document, source["tables"][piece.text])
        elif piece.kind == "page":
            document.add_page_break()
        elif piece.kind == "closing":
            _docx_pair(document, source["closing"], None)
        elif piece.kind in ("bullet", "number"):
            document.add_paragraph(piece.text, style=f"List {piece.kind.title()}")
        else:
            paragraph = document.add_paragraph()
            run = paragraph.add_run(piece.text)
            run.bold, run.italic = piece.kind in HEADINGS, piece.kind == "part"
            centred = piece.kind in ("title", "centre")
            paragraph.alignment = ALIGN.CENTER if centred else ALIGN.JUSTIFY
    buffer = io.BytesIO()
    document.save(buffer)
    return _fixed_zip(buffer.getvalue())


def _docx_pair(document: Any, columns: Source, alignment: Any) -> None:
    """Add a table of one row without lines: two columns of short paragraphs."""
    cells = document.add_table(rows=1, cols=2).rows[0].cells
    for cell, lines in zip(cells, (columns["left"], columns["right"]), strict=True):
        filled = [line for line in lines if line]
        cell.text = filled[0]
        for line in filled[1:]:
            cell.add_paragraph(line)
        for paragraph in cell.paragraphs:
            paragraph.alignment = alignment
            paragraph.runs[0].bold = paragraph.text.isupper()
    document.add_paragraph()


def _docx_table(document: Any, table: Source) -> None:
    rows = rows_of(table)
    grid = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for box in boxes(rows):
        cell = grid.cell(box.row, box.column)
        if box.height > 1 or box.width > 1:
            cell = cell.merge(grid.cell(box.row + box.height - 1, box.column + box.width - 1))
        cell.text = box.text
        if FIGURE.fullmatch(box.text):
            cell.paragraphs[0].alignment = ALIGN.RIGHT
    document.add_paragraph()


def _fixed_zip(data: bytes) -> bytes:
    """Write a zip archive anew with fixed times."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, MOMENT.timetuple()[:6])
            entry.create_system = 0
            new.writestr(entry, old.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


# PDF


@cache
def _register_fonts() -> None:
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    for name, file in FONTS.items():
        found = sorted(path for folder in folders for path in folder.rglob(file))
        if not found:
            raise SystemExit(f"{file} was not found; the Debian package fonts-dejavu-core has it.")
        pdfmetrics.registerFont(TTFont(name, str(found[0])))


def pdf_bytes(source: Source) -> bytes:
    """Build a PDF with page numbers at the top and a running footer."""
    _register_fonts()
    styles = _pdf_styles()
    story: list[Any] = [_pdf_pair(source["header"], styles["centre"]), Spacer(1, 14)]
    for piece in pieces(source):
        if piece.kind == "table":
            story += [_pdf_table(source["tables"][piece.text], styles), Spacer(1, 10)]
        elif piece.kind == "page":
            story.append(PageBreak())
        elif piece.kind == "closing":
            story += [Spacer(1, 10), _pdf_pair(source["closing"], styles["closing"])]
        else:
            story.append(Paragraph(html.escape(piece.text), styles[piece.kind]))

    def furnish(canvas: Any, document: Any) -> None:
        canvas.setFont("serif", 9)
        if document.page > 1:
            canvas.drawCentredString(A4[0] / 2, A4[1] - 1.4 * cm, str(document.page))
        if "footer" in source:
            canvas.drawString(2.6 * cm, 1.2 * cm, source["footer"])

    buffer = io.BytesIO()
    SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=2.6 * cm, rightMargin=2 * cm, topMargin=2.1 * cm,
        bottomMargin=2.1 * cm, invariant=1, title=source["title"], author=AUTHOR, subject=NOTE,
    ).build(story, onFirstPage=furnish, onLaterPages=furnish)  # fmt: skip
    return buffer.getvalue()


def _pdf_styles() -> dict[str, ParagraphStyle]:
    # name: font, size, alignment, indent of the first line
    table = {
        "paragraph": ("serif", 11.5, TA_JUSTIFY, 24),
        "title": ("serif-bold", 13, TA_CENTER, 0),
        "section": ("serif-bold", 11.5, TA_LEFT, 0),
        "part": ("serif-bold", 11, TA_LEFT, 0),
        "centre": ("serif", 10.5, TA_CENTER, 0),
        "closing": ("serif", 10, TA_LEFT, 0),
        "cell": ("serif", 9, TA_LEFT, 0),
        "figure": ("serif", 9, TA_RIGHT, 0),
        "head": ("serif-bold", 9, TA_CENTER, 0),
    }
    return {
        name: ParagraphStyle(
            name, fontName=font, fontSize=size, leading=1.4 * size, alignment=side,
            firstLineIndent=indent, spaceAfter=6 if size > 10.5 else 0,
            keepWithNext=name in ("section", "part"),
        )
        for name, (font, size, side, indent) in table.items()
    }  # fmt: skip


def _pdf_pair(columns: Source, style: Any) -> Any:
    """Return two columns of short lines without rules."""
    pairs = zip_longest(columns["left"], columns["right"], fillvalue="")
    rows = [[Paragraph(text, style) for text in pair] for pair in pairs]
    return Table(rows, colWidths=[220, 260], style=[("VALIGN", (0, 0), (-1, -1), "TOP")])


def _pdf_table(table: Source, styles: dict[str, Any]) -> Any:
    """Return a ruled table; its header rows are repeated on every page."""
    rows, header = rows_of(table), table["header_rows"]
    filled: list[list[Any]] = [[""] * len(row) for row in rows]
    whole = ((0, 0), (-1, -1))
    commands: list[tuple[Any, ...]] = [("GRID", *whole, 0.5, black), ("VALIGN", *whole, "MIDDLE")]
    for box in boxes(rows):
        first, last = (box.column, box.row), (box.column + box.width - 1, box.row + box.height - 1)
        if first != last:
            commands.append(("SPAN", first, last))
        kind = "head" if box.row < header else "figure" if FIGURE.fullmatch(box.text) else "cell"
        filled[box.row][box.column] = Paragraph(box.text, styles[kind])
    return Table(filled, colWidths=table["widths"], repeatRows=header, style=commands)


BUILDERS: dict[str, Callable[[Source], bytes]] = {
    ".txt": text_bytes,
    ".jsonl": json_lines_bytes,
    ".csv": csv_bytes,
    ".html": html_bytes,
    ".docx": docx_bytes,
    ".pdf": pdf_bytes,
}


def documents() -> Iterator[tuple[Path, bytes]]:
    """Yield the path and the bytes of every document."""
    for path in sorted(SOURCES.glob("*.yaml")):
        source = yaml.safe_load(path.read_text(encoding="utf-8"))
        for name in source["files"]:
            yield FOLDER / name, BUILDERS[Path(name).suffix](source)


def main() -> int:
    """Write the documents, or compare them with what the sources give."""
    parser = argparse.ArgumentParser(description="Compose the reference documents.")
    parser.add_argument("--check", action="store_true", help="only compare; 1 on a difference")
    check = parser.parse_args().check
    differing = 0
    for path, data in documents():
        if path.is_file() and path.read_bytes() == data:
            continue
        differing += 1
        print(f"{'differs' if check else 'written'}: {path.name}")
        if not check:
            path.write_bytes(data)
    return 1 if check and differing else 0


if __name__ == "__main__":
    sys.exit(main())
