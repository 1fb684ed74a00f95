"""Lines with their places on a page -> paragraphs.

Where to start reading: :func:`join_placed`.  A line ends its paragraph when the first word
of the next would still have fitted into it, when the next is indented or begins an item, or
when the space between them is wider than usual.  Coordinates are points; y grows upwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from vankien.reading.paragraphs import (
    begins_division,
    begins_item,
    begins_signature,
    ends_sentence,
    heads_table,
)

__all__ = ["Line", "Setting", "breaks_after", "settings", "usual_leading"]

INDENT = 8.0
"""Points by which a paragraph's first line is set in at least."""

FIRST_LINE = 60.0
"""Points by which the first line of a paragraph is set in at most."""

WIDE_GAP = 1.25
"""Lines further apart than this times the usual are two paragraphs."""

RUN_LINES = 4
"""A column of fewer lines takes its margins from the page."""

ONE_CENTRE = 4.0
"""Twice the points by which the middles of two centred lines may differ."""

CENTRED = 14.0
"""Points by which the two margins of a centred line may differ."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: left and right edge, baseline, size of letters; ``page`` is 1-based."""

    text: str
    left: float
    right: float
    y: float
    page: int
    size: float = 0.0


@dataclass(frozen=True, slots=True)
class Setting:
    """Margins of the column that a line stands in."""

    left: float
    right: float


def settings(lines: Sequence[Line]) -> list[Setting]:
    """Return the column margins of every line of one page, in order."""
    if not lines:
        return []
    page = _margins(lines)
    result: list[Setting] = []
    run: list[Line] = []
    for line in lines:
        # A line that does not stand below the one before begins another column.
        if run and line.y > run[-1].y + 1:
            result.extend([_margins(run) if len(run) >= RUN_LINES else page] * len(run))
            run = []
        run.append(line)
    result.extend([_margins(run) if len(run) >= RUN_LINES else page] * len(run))
    return result


def _margins(lines: Sequence[Line]) -> Setting:
    lefts = Counter(round(line.left / 3) for line in lines)
    common = [left for left, count in lefts.items() if count >= max(2, len(lines) * 0.15)]
    left = min(common) * 3.0 if common else min(line.left for line in lines)
    # What stands in the right half (a signature) says nothing of the margin.
    running = [line for line in lines if line.left <= left + FIRST_LINE]
    rights = sorted(line.right for line in running or lines)
    return Setting(left, rights[min(len(rights) - 1, int(len(rights) * 0.95))])


def usual_leading(pages: Sequence[Sequence[Line]]) -> float:
    """Return the usual distance of two baselines in the document, in points."""
    gaps = [
        above.y - below.y
        for lines in pages
        for above, below in pairwise(lines)
        if above.y > below.y
    ]
    return median(gaps) if gaps else 0.0


def breaks_after(
    line: Line,
    following: Line,
    here: Setting,
    there: Setting,
    *,
    leading: float,
    above: Line | None = None,
) -> bool:
    """Say whether a paragraph ends between two lines that follow each other.

    ``above`` is the line before them: lines in the middle of a page are known by it.
    """
    if not any(map(str.isalnum, following.text)) or not any(map(str.isalnum, line.text)):
        return True  # a rule drawn of strokes or stars
    same_page = line.page == following.page
    indented = following.left > there.left + INDENT
    open_end = not ends_sentence(line.text)
    room = _room(line, following, here)
    if same_page:
        gap = line.y - following.y
        if gap < -1 or (leading and gap > 3 * leading):
            # Another column: the text goes on only in the middle of a sentence.
            return not (open_end and not room and following.text[:1].islower())
        if leading and gap > WIDE_GAP * leading and not (open_end and not room):
            return True
    capitals = line.text.isupper() and following.text.isupper()
    if _signs(line, following, here, capitals=capitals):
        return True
    if (
        not capitals
        and _capitals(line) != _capitals(following)
        and _one_centre(line, following, here)
    ):
        return True
    if (
        above is not None
        and _one_centre(above, line, here)
        and not _one_centre(line, following, here, apart=False)
    ):
        return True
    if begins_division(following.text) or heads_table(following.text) or heads_table(line.text):
        return True
    if begins_item(following.text) and (not open_end or room or indented):
        return True
    if _capitals(line) != _capitals(following) and not capitals and (room or _capitals(line)):
        return True
    if room:
        return True
    if same_page:
        hanging = begins_item(line.text) and abs(line.left - here.left) < INDENT
        return following.left > line.left + INDENT and not hanging and not _centred(line, here)
    return indented and not open_end if line.left <= here.left + INDENT else not open_end


def _capitals(line: Line) -> bool:
    return len(line.text) > 8 and line.text.isupper()


def _signs(line: Line, following: Line, setting: Setting, *, capitals: bool) -> bool:
    """Say whether an office ends or begins a line of a signature in the right half."""
    if not line.text.isupper() or line.left <= setting.left + FIRST_LINE:
        return False
    if not capitals:
        return begins_signature(line.text)
    return (
        following.left > setting.left + FIRST_LINE
        and abs(line.left + line.right - following.left - following.right) <= ONE_CENTRE
        and (begins_signature(line.text) or begins_signature(following.text))
    )


def _one_centre(first: Line, second: Line, setting: Setting, *, apart: bool = True) -> bool:
    """Say whether two lines (``apart``: of different length) stand in the middle of one page."""
    return (
        first.page == second.page
        and abs(first.left + first.right - second.left - second.right) <= ONE_CENTRE
        and min(first.left, second.left) > setting.left + INDENT
        and (not apart or abs(first.left - second.left) > ONE_CENTRE)
    )


def _centred(line: Line, setting: Setting) -> bool:
    before, after = line.left - setting.left, setting.right - line.right
    return before > INDENT and abs(before - after) <= CENTRED


def _room(line: Line, following: Line, setting: Setting) -> bool:
    """Say whether the next word would have fitted: the line was ended on purpose."""
    width = (line.right - line.left) / max(len(line.text), 1)
    word = len(following.text.split(" ", 1)[0]) + 1
    free = setting.right - line.right
    if _centred(line, setting):
        free += line.left - setting.left
    return free > word * width + 2
