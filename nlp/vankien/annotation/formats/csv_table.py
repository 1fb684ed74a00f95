"""A table for spreadsheets: one item a row, codes joined by "; ".

``predicted`` are a model's codes.  A coder writes codes into ``codes`` and anything into
``done``; rows without ``done`` are left aside on return.  A text that a spreadsheet would
take for a formula stands behind an apostrophe, which is taken off again; marks of stretches
(``start-end code``) are for documents and are seldom changed by hand.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from vankien.annotation.formats.files import read_bytes
from vankien.annotation.formats.registry import Format, register_format
from vankien.annotation.items import CodeEntry, Item, Mark, Project, Returned
from vankien.errors import AnnotationError

__all__ = ["read_csv", "write_csv"]

COLUMNS = ("id", "text", "predicted", "codes", "done", "marks", "digest", "doc_id", "sentence",
           "title", "heading", "previous", "part", "annotator")  # fmt: skip

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_MARK = re.compile(r"(\d+)-(\d+) (\S+)")


def _shielded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _bare(text: str) -> str:
    return text[1:] if text.startswith("'") else text


def write_csv(project: Project, path: Path) -> list[Path]:
    """Write the table, in UTF-8 with a mark that Excel needs."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\r\n")
        writer.writeheader()
        for item in project.items:
            codes = "; ".join(item.codes)
            row = {
                "id": item.id,
                "text": item.text,
                "predicted": codes if project.predicted else "",
                "codes": "" if project.predicted else codes,
                "done": "" if project.predicted else "x",
                "marks": "; ".join(f"{m.start}-{m.end} {m.code}" for m in item.marks),
                **item.context(),
            }
            writer.writerow({name: _shielded(value) for name, value in row.items()})
    return [path]


def read_csv(path: Path, codes: Sequence[CodeEntry]) -> list[Returned]:  # noqa: ARG001
    """Read the rows that are done; the delimiter may be a comma, a semicolon or a tab."""
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AnnotationError("V303", str(path), detail="it is not in UTF-8") from error
    csv.field_size_limit(min(sys.maxsize, 1 << 30))
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    returned = []
    try:
        names = reader.fieldnames or []
        missing = [name for name in ("id", "text", "codes", "done") if name not in names]
        if missing:
            detail = f"it has no column {', '.join(missing)}"
            raise AnnotationError("V303", str(path), detail=detail)
        for raw in reader:
            row = {name: _bare(value or "") for name, value in raw.items() if name}
            if row["done"].strip():
                returned.append(_returned(row, f"{path} line {reader.line_num}"))
    except csv.Error as error:
        place = f"{path} line {reader.line_num}"
        raise AnnotationError("V303", place, detail=str(error)) from error
    return returned


def _returned(row: dict[str, str], place: str) -> Returned:
    marks = []
    for part in filter(None, (part.strip() for part in row.get("marks", "").split(";"))):
        found = _MARK.fullmatch(part)
        if found is None:
            raise AnnotationError("V303", place, detail=f"marks: {part!r} is not 'start-end code'")
        marks.append(Mark(int(found[1]), int(found[2]), found[3]))
    codes = [code for code in re.split(r"[;,\s]+", row["codes"]) if code]
    item = Item.from_context(row["id"], row["text"], row, codes=codes, marks=marks)
    return Returned(item, place, row.get("digest", ""), row.get("annotator", ""))


FORMAT = register_format(Format("csv", ".csv", ("sentence", "document"), write_csv, read_csv))
