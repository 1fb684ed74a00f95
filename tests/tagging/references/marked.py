"""Sentences with their answers written in: "Học [Chỉ thị 05|05-CT/TW@2016-05-15] hôm nay."

Between [ and ] stands a mention, after | its canonical form, or its type where it has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARK = re.compile(r"\[([^\[\]|]+)\|([^\[\]|]+)\]")


@dataclass(frozen=True)
class Marked:
    """A sentence without its marks, and the marks as (start, end, answer)."""

    text: str
    marks: tuple[tuple[int, int, str], ...]


def read_marked(line: str) -> Marked:
    """Read a marked sentence; a bracket that is no mark is an error."""
    pieces: list[str] = []
    marks: list[tuple[int, int, str]] = []
    length = position = 0
    for match in _MARK.finditer(line):
        before = line[position : match.start()]
        pieces += [before, match.group(1)]
        start = length + len(before)
        length = start + len(match.group(1))
        marks.append((start, length, match.group(2)))
        position = match.end()
    pieces.append(line[position:])
    text = "".join(pieces)
    if "[" in text or "]" in text:
        raise ValueError(f"an unclosed mark in {line!r}")
    return Marked(text, tuple(marks))
