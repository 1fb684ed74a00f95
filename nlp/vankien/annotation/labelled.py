"""What coders returned, as the labelled sentences that ``vankien train`` and the scores read.

A line is ``{id, family, text, previous, heading, part, themes}``; sentences of one document
are one family, so that they never straddle training and test.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from vankien.annotation.items import CodeEntry, Item, Mark, Returned
from vankien.errors import AnnotationError

__all__ = ["by_one_coder", "labelled_rows", "spread_marks", "write_labelled"]


def by_one_coder(returned: Sequence[Returned], annotator: str | None) -> list[Returned]:
    """Return what one coder coded; all of it where there is but one.

    Raises AnnotationError (V303) where the coder is unknown, or several coded the same item
    and none was named.
    """
    names = sorted({one.annotator for one in returned})
    if annotator is not None:
        if annotator not in names:
            detail = f"no coder is named {annotator!r}; they are {', '.join(map(repr, names))}"
            raise AnnotationError("V303", returned[0].place if returned else "", detail=detail)
        return [one for one in returned if one.annotator == annotator]
    seen: dict[str, Returned] = {}
    for one in returned:
        first = seen.setdefault(one.item.id, one)
        if first is not one:
            detail = f"{one.item.id} was coded by {first.annotator!r} and {one.annotator!r}; "
            raise AnnotationError("V303", one.place, detail=f"{detail}name one with --annotator")
    return list(returned)


def labelled_rows(
    returned: Iterable[Returned],
    *,
    codes: Sequence[CodeEntry],
    documents: Mapping[str, tuple[Item, Sequence[Item]]] | None = None,
) -> list[dict[str, Any]]:
    """Return the labelled sentences of what came back, codes in the codebook's order.

    A sentence has its own codes and those of its marks.  ``documents`` gives each document
    of the run with its sentences, to which :func:`spread_marks` deals out the marks.
    """
    order = {entry.code: number for number, entry in enumerate(codes)}
    rows: list[dict[str, Any]] = []
    for one in returned:
        item = one.item
        if item.sentence is not None:
            rows.append(_row(item, {*item.codes, *(m.code for m in item.marks)}, order))
            continue
        if documents is None or item.id not in documents:
            detail = f"{item.id} is a document; name the run that has its sentences with --run"
            raise AnnotationError("V303", one.place, detail=detail)
        if item.codes:
            detail = f"{item.id} is coded as a whole ({item.codes[0]}); code its sentences"
            raise AnnotationError("V303", one.place, detail=detail)
        document, sentences = documents[item.id]
        dealt = spread_marks(item.marks, document.spans)
        rows += [
            _row(sentence, dealt.get(number, set()), order)
            for sentence in sentences
            if (number := sentence.sentence) is not None
        ]
    return rows


def spread_marks(marks: Iterable[Mark], spans: Sequence[tuple[int, int]]) -> dict[int, set[str]]:
    """Return the codes of each sentence of a document, by its number.

    A mark gives its code to every sentence of which it covers half; where it covers half of
    none, to the one with which it shares most (a mark within one sentence is the usual case).
    """
    dealt: dict[int, set[str]] = {}
    for mark in marks:
        shared = {
            number: min(end, mark.end) - max(start, mark.start)
            for number, (start, end) in enumerate(spans)
            if start < mark.end and mark.start < end
        }
        half = [n for n, size in shared.items() if 2 * size >= spans[n][1] - spans[n][0]]
        if not half and shared:
            half = [max(shared, key=lambda n: (shared[n], -n))]
        for number in half:
            dealt.setdefault(number, set()).add(mark.code)
    return dealt


def _row(item: Item, codes: set[str], order: Mapping[str, int]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": item.id,
        "family": item.doc_id or item.id,
        "text": item.text,
    }
    for key in ("previous", "heading"):
        if value := getattr(item, key):
            row[key] = value
    row["part"] = item.part
    row["themes"] = sorted(codes, key=order.__getitem__)
    return row


def write_labelled(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write labelled sentences, one JSON object a line."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
