"""JSONL of our own: an item a line, as ``annotate suggest`` writes it and editors change it.

``predicted`` are a model's codes; ``codes`` is null until a coder has filled it in, and lines
without it are left aside on return.  ``marks`` are ``{start, end, code, surface}``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vankien.annotation.formats.files import json_lines, required, text_list
from vankien.annotation.formats.registry import Format, register_format
from vankien.annotation.items import CodeEntry, Item, Mark, Project, Returned
from vankien.annotation.offsets import locate
from vankien.errors import AnnotationError

__all__ = ["read_jsonl", "write_jsonl"]


def write_jsonl(project: Project, path: Path) -> list[Path]:
    """Write an item a line."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for item in project.items:
            marks = [
                {"start": m.start, "end": m.end, "code": m.code,
                 "surface": item.text[m.start : m.end],
                 **({} if m.score is None else {"score": m.score})}
                for m in item.marks
            ]  # fmt: skip
            line: dict[str, Any] = {"id": item.id, "text": item.text, **item.context()}
            if project.predicted:
                line |= {"predicted": list(item.codes), "predicted_marks": marks, "codes": None}
            else:
                line |= {"codes": list(item.codes), "marks": marks}
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
    return [path]


def read_jsonl(path: Path, codes: Sequence[CodeEntry]) -> list[Returned]:  # noqa: ARG001
    """Read the lines whose ``codes`` a coder has filled in."""
    returned = []
    for place, line in json_lines(path):
        if line.get("codes") is None:
            continue
        text = required(line, "text", str, place)
        marks = []
        for raw in line.get("marks") or []:
            try:
                start, end = locate(text, raw["start"], raw["end"], raw["surface"])
            except (KeyError, TypeError, ValueError) as error:
                raise AnnotationError("V303", place, detail=f"marks: {error}") from error
            marks.append(Mark(start, end, str(raw.get("code"))))
        item = Item.from_context(
            required(line, "id", str, place),
            text,
            line,
            codes=text_list(line["codes"], "codes", place),
            marks=marks,
        )
        annotator = str(line.get("annotator") or "")
        returned.append(Returned(item, place, str(line.get("digest") or ""), annotator))
    return returned


FORMAT = register_format(
    Format("jsonl", ".jsonl", ("sentence", "document"), write_jsonl, read_jsonl)
)
