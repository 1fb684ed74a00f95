"""Figures marked in running text, as the codebook's examples and the gold sources write them.

    Toàn tỉnh kết nạp [2.053 đảng viên|members.admitted 2053], đạt
    [102%|members.admitted 102 target_ratio] chỉ tiêu.

A mark is ``[surface|code value measure key=value ...]``: the code is ``-`` for a figure
outside the catalogue, the value ``null`` where there is none, the measure ``level`` unless
named.  The parser is strict: an unclosed mark, an unknown key or measure, or a mark without
code and value is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vankien.errors import GoldError

__all__ = ["Mark", "parse_marked"]

MEASURES = ("level", "share", "change_abs", "change_rel", "target_ratio", "rank")
KEYS = ("status", "approx", "unit", "number", "high", "start", "end", "scope", "baseline", "of")

_MARK = re.compile(r"\[([^\[\]|]+)\|([^\[\]|]+)\]")
_NUMBER = re.compile(
    r"\d[\d.,]*(?:\. \d{3})?(?:\s?[-–/]\s?\d[\d.,]*)?"
    r"(?:\s(?:nghìn tỷ|ngàn tỷ|nghìn|ngàn|triệu|tỷ|tỉ|vạn|trăm)(?!\w))*(?:\s(?:đến|"
    r"tới)\s\d[\d.,]*)?"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One marked figure; offsets index the text without marks."""

    start: int
    end: int
    surface: str
    number: str
    indicator: str | None
    value: float | None
    measure: str
    extra: dict[str, str]


def parse_marked(text: str) -> tuple[str, list[Mark]]:
    """Return the plain text and its marks in order.  Raises GoldError (V302)."""
    marks: list[Mark] = []
    pieces: list[str] = []
    length = position = 0
    for match in _MARK.finditer(text):
        before = text[position : match.start()]
        pieces.append(before)
        length += len(before)
        surface = match.group(1)
        marks.append(_mark(surface, match.group(2), length, text))
        pieces.append(surface)
        length += len(surface)
        position = match.end()
    pieces.append(text[position:])
    plain = "".join(pieces)
    if "|" in plain or "[" in plain or "]" in plain:
        raise GoldError("V302", text[:60], detail="a mark is not closed")
    return plain, marks


def _mark(surface: str, fields: str, start: int, text: str) -> Mark:
    words = re.findall(r"\w+=\"[^\"]*\"|\S+", fields)
    if len(words) < 2:
        raise GoldError("V302", text[:60], detail=f"the mark of {surface!r} needs code and value")
    code, raw, *rest = words
    measure = "level"
    extra: dict[str, str] = {}
    for word in rest:
        key, equals, value = word.partition("=")
        if equals and key in KEYS:
            extra[key] = value.strip('"')
        elif word in MEASURES:
            measure = word
        else:
            raise GoldError("V302", text[:60], detail=f"{word!r} is no measure and no key")
    try:
        value_number = None if raw == "null" else float(raw)
    except ValueError as error:
        raise GoldError("V302", text[:60], detail=f"{raw!r} is no value") from error
    number = extra.get("number")
    if number is None:
        found = _NUMBER.match(surface)
        if found is None:
            raise GoldError("V302", text[:60], detail=f"{surface!r} needs number=")
        number = found.group()
    return Mark(
        start, start + len(surface), surface, number, None if code == "-" else code, value_number,
        measure, extra,
    )  # fmt: skip
