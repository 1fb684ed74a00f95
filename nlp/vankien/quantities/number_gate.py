"""Which sentences may hold a number: asked of each, so a text is scanned once for all.

A sentence with a figure may; one without needs a counting word.  Some of these count wherever
they stand ("hai", "trăm"), others before certain words only ("một trăm", "bằng không").
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from vankien.gates import lower

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

__all__ = [
    "NumberGate", "digit_runs", "holds_counting_word", "holds_figure", "lower", "may_hold_numeral",
]  # fmt: skip

# Words that count wherever they stand, and words that do so before certain others only.
_STRONG = (
    "hai", "ba", "bốn", "sáu", "bảy", "bẩy", "tám", "chín", "mười", "hăm", "vài", "mấy", "dăm",
    "trăm", "nghìn", "ngàn", "gấp",
)  # fmt: skip
_WEAK = (
    "một", "hàng", "hơn", "gần", "quá", "già", "bằng", "không", "đứng", "xếp", "lớn", "đông", "năm",
)  # fmt: skip
# Every form begins with a word of _WEAK.
_COUNTING = re.compile(
    r"(?<!\w)(?:hàng (?=trăm|nghìn|chục)|"
    r"một (?:trăm|nghìn|ngàn|triệu|tỷ|tỉ|chục|vạn|nửa|phần)|"
    r"một(?= [bcđtv]\w* (?:chí|viên|bộ|ủy|thể|nhân|chức|hợp|án|can)(?!\w))|"
    r"(?:hơn|gần|quá|già) nửa|bằng không|"
    r"không (?:có|còn) \w+ (?:[\w,]+ ){0,2}nào|(?:đứng|xếp|lớn|đông) thứ|"
    r"không (?:có|còn) \w+ (?:[\w,]+ ){0,4}[\"“]?(?:bị|yếu|vi phạm|không|trắng|ghép|chưa|hoàn)|"
    r"năm(?! (?:\d|qua|nay|sau|trước|học|tới|ngoái|vừa)))(?!\w)"
)
_FIGURE = re.compile(r"[0-9]")
_RUN = re.compile(r"\d\d*")  # the engine looks for a plain set quickly, for \d+ it does not
_BESIDE = '(“"'
"""Marks that may touch a counting word; any other makes it a word of another kind."""


@cache
def _automaton() -> AhoCorasick:
    from ahocorasick_rs import AhoCorasick

    # No word begins with another, and none holds what is no letter: matches that do not
    # overlap are all those that stand at the beginning of a word.
    return AhoCorasick([*_STRONG, *_WEAK])


def holds_figure(text: str) -> bool:
    """Say whether a text holds a figure in digits."""
    return _FIGURE.search(text) is not None


def digit_runs(text: str) -> list[int]:
    """Return where the runs of digits of a text begin."""
    return [run.start() for run in _RUN.finditer(text)]


class NumberGate:
    """The digits and counting words of a text; its parts are asked for in order."""

    def __init__(self, text: str, lowered: str) -> None:
        self._text = text
        self._lowered = lowered
        self._runs = digit_runs(text)
        self._hits = _automaton().find_matches_as_indexes(lowered)
        self._next_run = self._next_hit = 0

    def ask(self, start: int, end: int) -> tuple[list[int], bool]:
        """Return where the runs of digits of ``text[start:end]`` begin, as offsets in it, and
        whether it may hold a number in words.

        No part may begin before the one asked for last.
        """
        runs, place, size = self._runs, self._next_run, len(self._runs)
        while place < size and runs[place] < start:
            place += 1
        found: list[int] = []
        self._next_run = place
        while place < size and runs[place] < end:
            found.append(runs[place] - start)
            place += 1
        if (not found or found[0]) and self._text[start : start + 1].isdecimal():
            found.insert(0, 0)  # the part begins within a run
        return found, self._counts(start, end)

    def _counts(self, start: int, end: int) -> bool:
        hits, place, size = self._hits, self._next_hit, len(self._hits)
        while place < size and hits[place][1] < start:
            place += 1
        self._next_hit = place
        lowered = self._lowered
        weak: list[int] = []
        alone = False  # a weak word stands as a word of its own
        while place < size:
            word, first, last = hits[place]
            if first >= end:
                break
            place += 1
            if last > end:
                break
            before = " " if first == start else lowered[first - 1]
            if before.isalnum():
                continue
            after = " " if last == end else lowered[last]
            if (before.isspace() or before in _BESIDE) and (after.isspace() or after in _BESIDE):
                if word < len(_STRONG):
                    return True
                alone = True
            if word >= len(_STRONG):
                weak.append(first)
        if not alone:
            return False
        part = lowered[start:end]
        return any(_COUNTING.match(part, first - start) is not None for first in weak)


def may_hold_numeral(text: str, lowered: str | None = None) -> bool:
    """Say cheaply whether a text may hold a number in digits or in counting words."""
    if holds_figure(text):
        return True
    return holds_counting_word(lower(text) if lowered is None else lowered)


def holds_counting_word(lowered: str) -> bool:
    """Say whether a text in lower case may hold a number in words."""
    return NumberGate("", lowered).ask(0, len(lowered))[1]
