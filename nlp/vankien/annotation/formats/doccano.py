"""doccano: a JSON object a line, and the list of labels to import beside it.

For projects of the kind "text classification" (sentences: ``label`` is a list of codes) and
"sequence labelling" (documents: a list of ``[start, end, code]``).  doccano counts UTF-16
units, as browsers do, unless a project counts grapheme clusters: leave that setting off.  It
returns no words beside the offsets, so that the digest of the text must have stayed.
doccano does not tell a coder's labels from those imported: all that comes back is coded.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vankien.annotation.formats.files import json_lines, required
from vankien.annotation.formats.registry import Format, register_format
from vankien.annotation.items import CodeEntry, Item, Mark, Project, Returned
from vankien.annotation.offsets import Utf16
from vankien.errors import AnnotationError

__all__ = ["read_doccano", "write_doccano"]

ITEM = "vankien_id"
"""The item's id; doccano keeps ``id`` for its own number."""


def write_doccano(project: Project, path: Path) -> list[Path]:
    """Write the lines, and the labels to ``<name>.labels.json`` beside them."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for item in project.items:
            line: dict[str, Any] = {"text": item.text, ITEM: item.id, **item.context()}
            if project.unit == "sentence":
                line["label"] = list(item.codes)
            else:
                units = Utf16(item.text)
                line["label"] = [
                    [units.units(m.start), units.units(m.end), m.code] for m in item.marks
                ]
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
    labels = path.with_name(f"{path.stem}.labels.json")
    entries = [{"text": entry.code} for entry in project.codes]
    text = json.dumps(entries, ensure_ascii=False, indent=1)
    labels.write_text(text + "\n", encoding="utf-8", newline="\n")
    return [path, labels]


def read_doccano(path: Path, codes: Sequence[CodeEntry]) -> list[Returned]:  # noqa: ARG001
    """Read an export as JSONL; a file for each coder gives the coder's name."""
    returned = []
    for place, line in json_lines(path):
        text = required(line, "text", str, place)
        label = line.get("label", line.get("labels"))
        if not isinstance(label, list):
            raise AnnotationError("V303", place, detail="label is no list")
        units = Utf16(text)
        found: list[str] = []
        marks: list[Mark] = []
        for one in label:
            if isinstance(one, str):
                found.append(one)
                continue
            try:
                start, end, code = one
                marks.append(Mark(units.point(start), units.point(end), str(code)))
            except (TypeError, ValueError) as error:
                raise AnnotationError("V303", place, detail=f"label {one}: {error}") from error
        item = Item.from_context(
            required(line, ITEM, str, place), text, line, codes=found, marks=marks
        )
        digest = str(line.get("digest") or "")
        returned.append(Returned(item, place, digest, str(line.get("annotator") or "")))
    return returned


FORMAT = register_format(
    Format("doccano", ".jsonl", ("sentence", "document"), write_doccano, read_doccano)
)
