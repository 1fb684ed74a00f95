"""Label Studio: a JSON list of tasks, and the labelling configuration beside it.

Sentences are coded by choices, stretches by labels; a model's codes are ``predictions``, a
coder's ``annotations``.  Label Studio counts code points and returns the words of a stretch
beside the offsets, so that any other count is found out (:func:`~..offsets.locate`).
Tasks without annotations, and annotations that were cancelled, are left aside on return.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from vankien.annotation.formats.files import json_list, required, text_list
from vankien.annotation.formats.registry import Format, register_format
from vankien.annotation.items import CodeEntry, Item, Mark, Project, Returned
from vankien.annotation.offsets import locate
from vankien.errors import AnnotationError

__all__ = ["label_config", "read_label_studio", "write_label_studio"]

CHOICES, LABELS, TEXT = "themes", "marks", "text"


def label_config(project: Project) -> str:
    """Return the labelling configuration (XML) for the codes of a project."""
    lines = ["<View>"]
    if project.unit == "sentence":
        lines += [
            '  <Header value="$heading"/>',
            '  <Text name="previous" value="$previous" granularity="word"/>',
        ]
    lines.append(f'  <Text name="{TEXT}" value="$text" granularity="word"/>')
    if project.unit == "sentence":
        lines.append(f'  <Choices name="{CHOICES}" toName="{TEXT}" choice="multiple">')
        lines += [
            f"    <Choice value={quoteattr(entry.code)} hint={quoteattr(_hint(entry))}/>"
            for entry in project.codes
        ]
        lines.append("  </Choices>")
    lines.append(f'  <Labels name="{LABELS}" toName="{TEXT}">')
    lines += [
        f"    <Label value={quoteattr(entry.code)} hint={quoteattr(_hint(entry))}/>"
        for entry in project.codes
    ]
    lines += ["  </Labels>", "</View>"]
    return "\n".join(lines) + "\n"


def _hint(entry: CodeEntry) -> str:
    return " / ".join(part for part in (entry.name_vi, entry.name_en) if part) or entry.code


def write_label_studio(project: Project, path: Path) -> list[Path]:
    """Write the tasks, and the configuration to ``<name>.config.xml`` beside them."""
    tasks = [_task(project, item) for item in project.items]
    text = json.dumps(tasks, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    config = path.with_name(f"{path.stem}.config.xml")
    config.write_text(label_config(project), encoding="utf-8", newline="\n")
    return [path, config]


def _task(project: Project, item: Item) -> dict[str, Any]:
    results: list[dict[str, Any]] = []
    if item.codes:
        results.append(
            {"id": "themes", "from_name": CHOICES, "to_name": TEXT, "type": "choices",
             "value": {"choices": list(item.codes)}}
        )  # fmt: skip
    for number, mark in enumerate(item.marks):
        value = {"start": mark.start, "end": mark.end, "text": item.text[mark.start : mark.end],
                 "labels": [mark.code]}  # fmt: skip
        result: dict[str, Any] = {"id": f"mark{number}", "from_name": LABELS, "to_name": TEXT,
                                  "type": "labels", "value": value}  # fmt: skip
        if mark.score is not None:
            result["score"] = mark.score
        results.append(result)
    task: dict[str, Any] = {"data": {"id": item.id, "text": item.text, **item.context()}}
    if project.predicted:
        task["predictions"] = [{"model_version": project.model, "result": results}]
    else:
        task["annotations"] = [{"result": results}]
    return task


def read_label_studio(path: Path, codes: Sequence[CodeEntry]) -> list[Returned]:  # noqa: ARG001
    """Read the annotations of all tasks of an export in the format "JSON"."""
    returned = []
    for place, task in json_list(path):
        data = required(task, "data", dict, place)
        for number, annotation in enumerate(task.get("annotations") or [], start=1):
            if annotation.get("was_cancelled"):
                continue
            returned.append(_returned(data, annotation, f"{place} annotation {number}"))
    return returned


def _returned(data: dict[str, Any], annotation: dict[str, Any], place: str) -> Returned:
    text = required(data, "text", str, place)
    found: list[str] = []
    marks: list[Mark] = []
    for result in annotation.get("result") or []:
        value = result.get("value") or {}
        if result.get("type") == "choices":
            found += text_list(value.get("choices"), "choices", place)
        elif result.get("type") == "labels":
            marks += _marks(text, value, place)
    item = Item.from_context(
        required(data, "id", str, place), text, data, codes=list(dict.fromkeys(found)), marks=marks
    )
    return Returned(item, place, str(data.get("digest") or ""), _annotator(annotation))


def _marks(text: str, value: dict[str, Any], place: str) -> Iterator[Mark]:
    try:
        start, end = locate(text, int(value["start"]), int(value["end"]), str(value["text"]))
    except KeyError as error:
        raise AnnotationError("V303", place, detail=f"a label has no {error}") from error
    except (TypeError, ValueError) as error:
        raise AnnotationError("V303", place, detail=str(error)) from error
    for code in text_list(value.get("labels"), "labels", place):
        yield Mark(start, end, code)


def _annotator(annotation: dict[str, Any]) -> str:
    by = annotation.get("completed_by")
    if isinstance(by, dict):
        by = by.get("email") or by.get("id")
    return "" if by is None else str(by)


FORMAT = register_format(
    Format("label-studio", ".json", ("sentence", "document"), write_label_studio, read_label_studio)
)
