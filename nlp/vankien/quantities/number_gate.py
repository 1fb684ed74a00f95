"""Which sentences may hold a number: asked of each, so a text is scanned once for all.

A sentence with a figure may; one without needs a counting word.  Some of these count wherever
they stand ("hai", "trăm"), others before certain words only ("một trăm", "bằng không").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from vankien.gates import lower

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

__all__ = [
    "digit_runs", "holds_counting_word", "holds_figure", "lower", "may_hold_numeral", "sieve",
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
_N_STRONG = len(_STRONG)
_BESIDE = frozenset('(“"')
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


def sieve(
    text: str, lowered: str, spans: Iterable[tuple[int, int]]
) -> Iterator[tuple[list[int], bool]]:
    """Yield for each part ``text[start:end]`` where its runs of digits begin, as offsets in it,
    and whether it may hold a number in words.

    The parts are in order: the text is scanned once.
    """
    runs = digit_runs(text)
    hits = _automaton().find_matches_as_indexes(lowered)
    beyond = len(lowered) + 1
    runs.append(beyond)
    hits.append((0, beyond, 0))
    next_run = next_hit = 0
    for start, end in spans:
        while runs[next_run] < start:
            next_run += 1
        found: list[int] = []
        while runs[next_run] < end:
            found.append(runs[next_run] - start)
            next_run += 1
        if (not found or found[0]) and text[start : start + 1].isdecimal():
            found.insert(0, 0)  # the part begins within a run
        while hits[next_hit][1] < start:
            next_hit += 1
        place = next_hit
        counts = alone = False  # alone: a weak word stands as a word of its own
        weak: list[int] = []
        while True:
            word, first, last = hits[place]
            if last > end or first >= end:
                break
            place += 1
            before = lowered[first - 1] if first > start else " "
            if before.isalnum():
                continue
            after = lowered[last] if last < end else " "
            if (before == " " or before in _BESIDE or before.isspace()) and (
                after == " " or after in _BESIDE or after.isspace()
            ):
                if word < _N_STRONG:
                    counts = True
                    break
                alone = True
            if word >= _N_STRONG:
                weak.append(first)
        if alone and not counts:
            part = lowered[start:end]
            match = _COUNTING.match
            counts = any(match(part, first - start) is not None for first in weak)
        yield found, counts


def may_hold_numeral(text: str, lowered: str | None = None) -> bool:
    """Say cheaply whether a text may hold a number in digits or in counting words."""
    if holds_figure(text):
        return True
    return holds_counting_word(lower(text) if lowered is None else lowered)


def holds_counting_word(lowered: str) -> bool:
    """Say whether a text in lower case may hold a number in words."""
    ((_, counts),) = sieve("", lowered, [(0, len(lowered))])
    return counts
