"""DOCX: paragraphs, headings, lists, tables, notes, headers and footers in body order.

Where to start reading: :func:`read_docx` walks the body (:func:`_blocks` also descends into
content controls and accepted insertions).  Numbers of lists and headings are not in the
text of a DOCX; :mod:`word_numbering` counts them as a word processor does.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from vankien.documents import BlockKind, Document, DocumentBuilder, Part
from vankien.errors import ReadError
from vankien.normalise import clean, fold_phrase
from vankien.reading.conservation import digits_in, lost_digits
from vankien.reading.layout import analyse
from vankien.reading.paragraphs import begins_item, ends_sentence
from vankien.reading.registry import reader
from vankien.reading.syllables import graded
from vankien.reading.tables import (
    Grid,
    caption_above,
    furniture_part,
    header_cells,
    place_cells,
    total_rows,
    unit_above,
)
from vankien.reading.word_numbering import Numbering, Styles, attribute, child, local_name
from vankien.reading.word_runs import RunStyles, settle
from vankien.reading.wording import official_words

__all__ = ["read_docx"]

MAX_XML = 64 * 1024 * 1024
MAX_UNPACKED = 512 * 1024 * 1024
"""Most bytes of the XML parts and of all parts: a small file that unpacks to more is a bomb."""

MAX_PARTS = 20_000
MAX_SPAN = 200
COLUMNS = 160
"""A longer paragraph is no line of two columns set apart by tabs."""

_WRAPPERS = frozenset({"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"})
_HIDDEN = frozenset(
    {"del", "moveFrom", "Fallback", "instrText", "delText", "rPr", "pPr", "txbxContent"}
)
_UNSEEN = _HIDDEN - {"txbxContent"}
_GAP = re.compile(r"\s*\t\s*")
_MARK = re.compile(r"\W*(?:\d{1,3}|[IVXLC]{1,6}|\w)?\W*")


@dataclass(slots=True)
class _Reading:
    """What reading needs at every paragraph."""

    builder: DocumentBuilder
    styles: Styles
    numbering: Numbering
    notes: dict[str, list[str]]
    above: list[str] = field(default_factory=list)
    added: int = 0
    """Digits that the body does not hold itself: labels of lists, notes."""


@reader("docx", magic=(), extensions=(".docx",))
def read_docx(data: bytes, source: str, sha256: str) -> Document:
    """Read a DOCX file.

    Tracked changes count as accepted; hidden text and field codes are left out; a footnote
    follows the paragraph or table that refers to it, a text box the paragraph it hangs on.
    Running headers and footers stand at the end as such, but a letterhead at the top.
    Raises ReadError: V101 without text, V104 protected, V105 damaged, V111 larger than the
    limits when unpacked.
    """
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    _check_size(data, source)
    try:
        document = docx.Document(BytesIO(data))
        runs = RunStyles(document.styles.element)
        warnings = dict.fromkeys(settle(document.element.body, runs))
        reading = _Reading(
            DocumentBuilder(),
            Styles(document.styles.element),
            Numbering(_part_element(document, "numbering")),
            {
                number: texts
                for name in ("footnotes", "endnotes")
                for number, texts in _notes(document, name, runs, warnings).items()
            },
        )
        letterhead, headers, footers = _running(document, runs, warnings)
    except (
        OpcError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, LxmlError,
        KeyError, ValueError, AttributeError,
    ) as error:  # fmt: skip
        detail = " ".join(str(error).split())[:120] or "a part is damaged"
        raise ReadError("V105", source, detail=detail) from error
    for text in letterhead:
        reading.builder.add(text, part=Part.HEADER)
    head = digits_in(reading.builder.text)
    _add_blocks(document.element.body, reading)
    found = digits_in(reading.builder.text) - head - reading.added
    lost = lost_digits(digits_in(_visible(document.element.body)), found)
    if lost is not None:
        warnings[lost] = None
    if any(reading.notes.values()):
        warnings[f"notes that nothing refers to were left out: {len(reading.notes)}"] = None
    for text in headers:
        reading.builder.add(text, part=Part.HEADER)
    for text in footers:
        reading.builder.add(text, part=Part.FOOTER)
    builder = reading.builder
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
            quality=graded(builder.text),
            warnings=tuple(warnings),
        )
    )


def _check_size(data: bytes, source: str) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ReadError("V105", source, detail="it is truncated or damaged") from error
    if any(part.flag_bits & 1 for part in parts):
        raise ReadError("V104", source)
    xml = sum(part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    total = sum(part.file_size for part in parts)
    if xml > MAX_XML or total > MAX_UNPACKED or len(parts) > MAX_PARTS:
        raise ReadError("V111", source, detail=f"it unpacks to {total:,} bytes")


def _part_element(document: Any, name: str) -> Any:
    """Return the root element of a related part, or None where the file has none."""
    from docx.oxml.parser import parse_xml

    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(f"/{name}"):
            return parse_xml(relation.target_part.blob)
    return None


def _notes(
    document: Any, name: str, runs: RunStyles, warnings: dict[str, None]
) -> dict[str, list[str]]:
    """Return the texts of foot- or endnotes by kind and number."""
    root = _part_element(document, name)
    if root is None:
        return {}
    warnings.update(dict.fromkeys(settle(root, runs)))
    notes: dict[str, list[str]] = {}
    for note in root:
        # Separators between text and notes are notes of a type of their own.
        if isinstance(note.tag, str) and attribute(note, "type") is None:
            texts = [_line(_text(p)) for p in _paragraphs(note)]
            notes[f"{name}{attribute(note, 'id')}"] = [text for text in texts if text]
    return notes


def _running(
    document: Any, runs: RunStyles, warnings: dict[str, None]
) -> tuple[list[str], list[str], list[str]]:
    """Return letterhead, headers and footers, each text once.

    A header with the national line is the head of an official document, not a running one.
    """
    words = official_words()
    first: dict[str, None] = {}
    heads: dict[str, None] = {}
    feet: dict[str, None] = {}
    for section in document.sections:
        for above, parts in (
            (True, (section.header, section.first_page_header, section.even_page_header)),
            (False, (section.footer, section.first_page_footer, section.even_page_footer)),
        ):
            for part in parts:
                if part.is_linked_to_previous:
                    continue
                warnings.update(dict.fromkeys(settle(part._element, runs)))
                texts = [_line(_text(p)) for p in _paragraphs(part._element)]
                forms = [fold_phrase(text) for text in texts]
                national = any(form in words.party or form in words.state for form in forms)
                seen = feet if not above else first if national else heads
                seen.update(dict.fromkeys(text for text in texts if text))
    return list(first), list(heads), list(feet)


def _paragraphs(parent: Any, *, tables: bool = True) -> Iterator[Any]:
    """Yield the visible paragraphs below an element, those of text boxes too.

    ``tables`` says whether to look into tables inside it.
    """
    for element in parent:
        name = local_name(element)
        if name == "p":
            yield element
        if name and name not in _UNSEEN and (tables or name != "tbl"):
            yield from _paragraphs(element, tables=tables)


def _blocks(parent: Any) -> Iterator[Any]:
    for element in parent:
        name = local_name(element)
        if name in ("p", "tbl"):
            yield element
        elif name in _WRAPPERS:
            yield from _blocks(element)


def _visible(root: Any) -> str:
    """Return all text that is neither deleted nor a fallback, for counting."""
    pieces: list[str] = []
    stack = [root]
    while stack:
        element = stack.pop()
        name = local_name(element)
        if name == "t":
            pieces.append(element.text or "")
        elif name and name not in _UNSEEN:
            stack.extend(element)
    return "".join(pieces)


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _text(element: Any) -> str:
    """Return the text of a paragraph; line breaks are newlines, tabs tabs."""
    pieces: list[str] = []
    _collect(element, pieces)
    return "".join(pieces)


def _collect(element: Any, pieces: list[str]) -> None:
    for node in element:
        name = local_name(node)
        if name == "t":
            pieces.append(node.text or "")
        elif name in ("tab", "ptab"):
            pieces.append("\t")
        elif name in ("br", "cr"):
            pieces.append("\n")
        elif name in ("noBreakHyphen", "softHyphen"):
            pieces.append("-" if name == "noBreakHyphen" else "")
        elif name and name not in _HIDDEN:
            _collect(node, pieces)


def _lines(raw: str) -> list[str]:
    """Cut a paragraph at the line breaks that end something; a gap of columns stays a tab."""
    lines: list[str] = []
    for piece in raw.split("\n"):
        # Columns of a head or a close typed with tabs: the layout tells them apart.
        columns = [_line(part) for part in _GAP.split(piece.strip())] if "\t" in piece else []
        parted = len(columns) == 2 and _is_column(columns[0]) and len(piece) <= COLUMNS
        for text in ["\t".join(columns) if parted else _line(piece)]:
            if not text:
                continue
            if lines and not parted and not _ends_here(lines[-1], text):
                lines[-1] = f"{lines[-1]} {text}"
            else:
                lines.append(text)
    return lines


def _is_column(text: str) -> bool:
    # "1.", "-" and "a)" before a tab number a paragraph.
    return _MARK.fullmatch(text) is None


def _ends_here(line: str, following: str) -> bool:
    return ends_sentence(line) or begins_item(following) or line.isupper() != following.isupper()


def _add_blocks(parent: Any, reading: _Reading) -> None:
    for element in _blocks(parent):
        if local_name(element) == "p":
            _add_paragraph(element, reading)
        else:
            _add_table(element, reading)


def _add_paragraph(element: Any, reading: _Reading) -> None:
    builder = reading.builder
    properties = reading.styles.paragraph(element)
    lines = _lines(_text(element))
    # The number counts on even where the paragraph is empty: so do word processors.
    label = reading.numbering.label(properties.number, properties.depth)
    if lines and label:
        lines[0] = f"{label} {lines[0]}"
        reading.added += digits_in(label)
    for line in lines:
        if properties.level is not None and len(lines) == 1:
            builder.add(line, kind=BlockKind.HEADING, level=properties.level)
        elif label or begins_item(line):
            builder.add(line, kind=BlockKind.LIST_ITEM)
        else:
            builder.add(line)
    if lines:
        reading.above = [*reading.above[-1:], lines[-1]]
    for box in _boxes(element):
        _add_blocks(box, reading)
    _add_notes(element, reading)


def _boxes(parent: Any) -> Iterator[Any]:
    """Yield the outermost text boxes of a paragraph; old files repeat them as a fallback."""
    for element in parent:
        name = local_name(element)
        if name == "txbxContent":
            yield element
        elif name and name not in _UNSEEN:
            yield from _boxes(element)


def _add_notes(element: Any, reading: _Reading) -> None:
    for name in _note_references(element):
        for text in reading.notes.pop(name, []):
            reading.builder.add(text)
            reading.added += digits_in(text)


def _note_references(element: Any) -> Iterator[str]:
    for node in element.iter():
        name = local_name(node)
        if name in ("footnoteReference", "endnoteReference"):
            yield f"{name.removesuffix('Reference')}s{attribute(node, 'id')}"


def _add_table(element: Any, reading: _Reading) -> None:
    grid = _grid(element)
    part = furniture_part(grid)
    above, reading.above = reading.above, []
    if part is not None:
        _add_furniture(element, part, reading)
        return
    unit = next(filter(None, map(unit_above, reversed(above))), None)
    caption = next(filter(None, map(caption_above, reversed(above))), None)
    if len(grid.rows) == 1 and sum(map(bool, grid.rows[0])) <= 1:
        for cell in _cells(element):
            _add_blocks(cell, reading)  # a frame around text
        return
    reading.builder.add_table(
        header_cells(grid), unit=unit, caption=caption, totals=total_rows(grid)
    )
    for cell in _cells(element):
        for inner in _blocks(cell):
            if local_name(inner) == "tbl":
                _add_table(inner, reading)
    _add_notes(element, reading)


def _cells(table: Any) -> Iterator[Any]:
    for row in _rows(table):
        yield from (cell for cell in _unwrapped(row) if local_name(cell) == "tc")


def _add_furniture(table: Any, part: Part, reading: _Reading) -> None:
    """Add the head or the close of an official document, cell by cell, line by line."""
    words = official_words()
    for cell in _cells(table):
        lines = [
            line
            for paragraph in _paragraphs(cell)
            for raw in _text(paragraph).split("\n")
            if (line := _line(raw))
        ]
        own = part
        if part is not Part.HEADER:
            first = lines[0].lower() if lines else ""
            own = Part.RECIPIENTS if first.startswith(words.recipients) else Part.SIGNATURE
        for line in lines:
            reading.builder.add(line, part=own)


def _grid(table: Any) -> Grid:
    """Return the grid of a table, with merged cells resolved."""
    open_cells: dict[int, int] = {}  # column -> index in cells of the cell that goes on below
    cells: list[list[Any]] = []
    for number, row in enumerate(_rows(table)):
        properties = child(row, "trPr")
        column = _span(child(properties, "gridBefore"), 0)
        for cell in (c for c in _unwrapped(row) if local_name(c) == "tc"):
            properties = child(cell, "tcPr")
            width = _span(child(properties, "gridSpan"), 1)
            merge = child(properties, "vMerge")
            if merge is not None and attribute(merge, "val") != "restart" and column in open_cells:
                cells[open_cells[column]][2] = number + 1 - cells[open_cells[column]][0]
            else:
                open_cells.pop(column, None)
                if merge is not None:
                    open_cells[column] = len(cells)
                text = _line(" ".join(_text(p) for p in _paragraphs(cell, tables=False)))
                cells.append([number, column, 1, width, text])
            column += width
    return place_cells((r, c, h, w, text) for r, c, h, w, text in cells)


def _span(element: Any, least: int) -> int:
    """Return how many columns an element claims; a word processor allows 63."""
    value = attribute(element, "val") or ""
    return min(max(int(value), least), MAX_SPAN) if value.isdecimal() else least


def _rows(table: Any) -> Iterator[Any]:
    return (element for element in _unwrapped(table) if local_name(element) == "tr")


def _unwrapped(parent: Any) -> Iterator[Any]:
    for element in parent:
        if local_name(element) in _WRAPPERS:
            yield from _unwrapped(element)
        else:
            yield element
