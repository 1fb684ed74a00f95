"""Offsets as annotation tools count them, and back to code points of the text.

vankien counts code points.  Browsers and Java count UTF-16 units, so that an emoji or a rare
Hán character is two; browsers also read a line end of two characters (CR, LF) as one.  Where
a tool returns the words beside the offsets, :func:`locate` finds the one reading of the
offsets under which they agree, and refuses to guess.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

__all__ = ["Utf16", "locate", "one_line_end"]

_ASTRAL = 0x10000


def one_line_end(text: str) -> str:
    """Return the text with every line end (CR LF, CR) as one LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class Utf16:
    """Places of one text in code points and in UTF-16 units."""

    def __init__(self, text: str) -> None:
        self.size = len(text)
        # The unit at which each code point begins; None where both counts are the same.
        self._begins: list[int] | None = None
        self._points: dict[int, int] = {}
        if any(ord(c) >= _ASTRAL for c in text):
            self._begins = [0, *accumulate(1 + (ord(c) >= _ASTRAL) for c in text)]
            self._points = {unit: point for point, unit in enumerate(self._begins)}

    def units(self, point: int) -> int:
        """Return the UTF-16 place of a code point."""
        return point if self._begins is None else self._begins[point]

    def point(self, unit: int) -> int:
        """Return the code point at a UTF-16 place.

        Raises ValueError outside the text and inside a character of two units.
        """
        if self._begins is None:
            if not 0 <= unit <= self.size:
                raise ValueError(f"place {unit} is outside the text")
            return unit
        try:
            return self._points[unit]
        except KeyError:
            where = "inside a character" if 0 < unit < self._begins[-1] else "outside the text"
            raise ValueError(f"place {unit} is {where}") from None


def _line_end_points(text: str) -> list[int]:
    """Return, for each code point of ``one_line_end(text)``, its place in ``text``."""
    points: list[int] = []
    place = 0
    while place < len(text):
        points.append(place)
        place += 2 if text.startswith("\r\n", place) else 1
    return [*points, len(text)]


def _readings(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield what a tool's offsets may mean, the plain reading first."""
    if 0 <= start <= end <= len(text):
        yield start, end
    shorter = one_line_end(text)
    points = _line_end_points(text)
    if len(shorter) < len(text) and 0 <= start <= end <= len(shorter):
        yield points[start], points[end]
    for form, places in ((text, range(len(text) + 1)), (shorter, points)):
        units = Utf16(form)
        try:
            yield places[units.point(start)], places[units.point(end)]
        except ValueError:
            continue


def locate(text: str, start: int, end: int, surface: str) -> tuple[int, int]:
    """Return the stretch of ``text`` that a tool means by offsets and the words there.

    Offsets count code points or UTF-16 units, line ends as they are or as one.  Raises
    ValueError where the words stand under none of these readings.
    """
    wanted = one_line_end(surface)
    for first, last in _readings(text, start, end):
        if one_line_end(text[first:last]) == wanted:
            return first, last
    raise ValueError(f"the words {surface[:40]!r} do not stand at {start} to {end}")
