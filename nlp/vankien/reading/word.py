"""DOCX: paragraphs, headings, tables, headers and footers in body order."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Any

from vankien.documents import BlockKind, Document, DocumentBuilder, Part
from vankien.errors import ReadError
from vankien.normalise import clean, fold_phrase
from vankien.reading.layout import analyse
from vankien.reading.tables import header_cells, unit_above

__all__ = ["read_docx"]

MAX_UNPACKED = 256 * 1024 * 1024
"""Largest sum of unpacked parts: a small file that unpacks to more is a bomb."""

_HEADING = re.compile(r"(?:heading|tiêu đề|đề mục)\s*(\d)", re.IGNORECASE)
_OFFICIAL = ("đảng cộng sản việt nam", "cộng hòa xã hội chủ nghĩa việt nam")


def read_docx(data: bytes, source: str, sha256: str) -> Document:
    """Read a DOCX file.  Raises ReadError (V105, V111, V101)."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import XMLSyntaxError

    _check_size(data, source)
    try:
        document = docx.Document(BytesIO(data))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ReadError("V105", source, detail="the file is damaged") from error
    except XMLSyntaxError as error:
        raise ReadError("V105", source, detail=str(error).splitlines()[0]) from error
    builder = DocumentBuilder()
    section = document.sections[0] if document.sections else None
    if section is not None:
        for paragraph in section.header.paragraphs:
            builder.add(_line(paragraph.text), part=Part.HEADER)
    unit: str | None = None
    for element in document.element.body.iterchildren():
        tag = element.tag.rsplit("}", 1)[-1]
        if tag == "p":
            text = _line(_text(element))
            _add_paragraph(document, element, text, builder)
            unit = unit_above(text) or (unit if not text else None)
        elif tag == "tbl":
            _add_table(docx.table.Table(element, document), builder, unit)
            unit = None
    if section is not None:
        for paragraph in section.footer.paragraphs:
            builder.add(_line(paragraph.text), part=Part.FOOTER)
    if not builder.blocks:
        raise ReadError("V101", source)
    return analyse(
        Document(
            doc_id=sha256[:16],
            source=source,
            text=builder.text,
            sha256=sha256,
            blocks=tuple(builder.blocks),
            tables=tuple(builder.tables),
        )
    )


def _check_size(data: bytes, source: str) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
            encrypted = any(info.flag_bits & 1 for info in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise ReadError("V105", source, detail="the file is truncated or damaged") from error
    if encrypted:
        raise ReadError("V104", source)
    if unpacked > MAX_UNPACKED:
        raise ReadError("V111", source, detail=f"it unpacks to {unpacked:,} bytes")


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _text(element: Any) -> str:
    """Return the text of a paragraph with accepted insertions and without deletions."""
    pieces: list[str] = []
    for node in element.iter():
        name = node.tag.rsplit("}", 1)[-1] if isinstance(node.tag, str) else ""
        if name == "t":
            pieces.append(node.text or "")
        elif name in ("tab", "br", "cr"):
            pieces.append(" ")
        elif name == "noBreakHyphen":
            pieces.append("-")
    return "".join(pieces)


def _add_paragraph(document: Any, element: Any, text: str, builder: DocumentBuilder) -> None:
    from docx.text.paragraph import Paragraph

    if not text:
        return
    paragraph = Paragraph(element, document)
    style = paragraph.style.name if paragraph.style is not None else ""
    heading = _HEADING.match(style or "")
    if heading:
        builder.add(text, kind=BlockKind.HEADING, level=int(heading.group(1)))
    elif style == "Title":
        builder.add(text, kind=BlockKind.HEADING, level=1)
    elif style.lower().startswith("list"):
        builder.add(text, kind=BlockKind.LIST_ITEM)
    else:
        builder.add(text)


def _add_table(table: Any, builder: DocumentBuilder, unit: str | None) -> None:
    grid: list[list[str]] = []
    for row in table.rows:
        grid.append([_line(cell.text) for cell in row.cells])
    cells = [cell for row in grid for cell in row]
    folded = fold_phrase(" ".join(cells))
    if any(line in folded for line in _OFFICIAL):
        # The two-column head of an official document is no table.
        for cell in _distinct(table):
            for paragraph in cell.paragraphs:
                builder.add(_line(paragraph.text), part=Part.HEADER)
        return
    if "nơi nhận" in folded and len(grid) <= 3:
        for cell in _distinct(table):
            signed = "nơi nhận" not in fold_phrase(cell.text)
            part = Part.SIGNATURE if signed else Part.RECIPIENTS
            for paragraph in cell.paragraphs:
                builder.add(_line(paragraph.text), part=part)
        return
    builder.add_table(header_cells(grid), unit=unit)


def _distinct(table: Any) -> list[Any]:
    seen: dict[int, Any] = {}
    for row in table.rows:
        for cell in row.cells:
            seen.setdefault(id(cell._tc), cell)
    return list(seen.values())
