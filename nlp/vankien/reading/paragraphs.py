"""Lines -> paragraphs, and running headers and footers; shared by PDF and plain text."""

from __future__ import annotations

import re
from collections import Counter
from statistics import median

from vankien.normalise import UPPER

__all__ = ["join_lines", "join_wrapped", "running_lines"]

MIN_WRAPPED_LINES = 6
"""Fewer lines than this tell nothing about hard wrapping."""

FULL_LINE = 0.82
"""A line this long, relative to the widest usual one, was broken by the margin."""

_STARTS_NEW = re.compile(
    rf"\s*(?:[-–+•*▪]\s|\(?\d{{1,2}}(?:\.\d{{1,2}})*[.)]\s|[IVXLC]{{1,6}}[.\-/)]\s|[a-zđ][).]\s|"
    rf"(?:Điều|Chương|Mục|Phần|PHẦN|CHƯƠNG|ĐIỀU|MỤC|Khoản)\s+[\dIVXLC]+|[{UPPER} ,\-–]{{8,}}\Z)"
)
_ENDS = re.compile(r"[.!?:;…][\"'”’)\]]*\s*\Z|/\.\s*\Z")


def join_wrapped(text: str) -> str:
    """Join the lines of a hard-wrapped text; other texts are returned as they are.

    A text is hard-wrapped when most lines are about as long as the longest usual one and
    break in the middle of a sentence.
    """
    lines = text.split("\n")
    filled = [line for line in lines if line.strip()]
    if len(filled) < MIN_WRAPPED_LINES:
        return text
    lengths = sorted(len(line.rstrip()) for line in filled)
    width = lengths[int(len(lengths) * 0.9)]
    if not 40 <= width <= 130 or lengths[-1] > 1.4 * width:
        return text
    broken = sum(
        1
        for line, following in zip(lines, lines[1:], strict=False)
        if line.strip() and following.strip() and not _ENDS.search(line)
        and len(line.rstrip()) >= FULL_LINE * width
    )
    if broken < 0.3 * len(filled):
        return text
    return "\n".join(paragraph for paragraph in join_lines(lines, width=width))


def join_lines(lines: list[str], *, width: float | None = None) -> list[str]:
    """Join lines to paragraphs by their lengths, marks and beginnings.

    Vietnamese is not hyphenated, so lines join with a space.  ``width`` is the usual full
    length in characters, taken from the lines where it is not given.
    """
    if width is None:
        lengths = sorted(len(line) for line in lines if line.strip())
        width = lengths[int(len(lengths) * 0.8)] if lengths else 0
    paragraphs: list[str] = []
    current: list[str] = []
    for line in lines:
        text = line.strip()
        if not text:
            if current:
                paragraphs.append(" ".join(current))
                current = []
            continue
        if current and _breaks(current[-1], text, width):
            paragraphs.append(" ".join(current))
            current = []
        current.append(text)
    if current:
        paragraphs.append(" ".join(current))
    return paragraphs


def _breaks(previous: str, line: str, width: float) -> bool:
    if _STARTS_NEW.match(line):
        return True
    if previous.isupper() != line.isupper() and (previous.isupper() or line.isupper()):
        return True
    full = len(previous) >= FULL_LINE * width
    if _ENDS.search(previous):
        return not full or not line[:1].islower()
    return not full and not line[:1].islower() and len(previous) < 0.6 * width


_PAGE_NUMBER = re.compile(r"\W*(?:trang\s*)?\d{1,4}(?:\s*/\s*\d{1,4})?\W*\Z", re.IGNORECASE)


def running_lines(pages: list[list[str]]) -> tuple[set[str], set[str]]:
    """Return the lines that run as headers and as footers over the pages.

    A running line stands first or last on at least half of three or more pages, figures
    apart; page numbers alone are running lines too.
    """
    heads: Counter[str] = Counter()
    feet: Counter[str] = Counter()
    for lines in pages:
        filled = [line.strip() for line in lines if line.strip()]
        if not filled:
            continue
        heads[_shape(filled[0])] += 1
        feet[_shape(filled[-1])] += 1
    needed = max(3, round(median([len(pages)]) / 2))
    return (
        {shape for shape, count in heads.items() if count >= needed},
        {shape for shape, count in feet.items() if count >= needed},
    )


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", line)


def is_running(line: str, shapes: set[str]) -> bool:
    """Say whether a line is one of the running lines or a bare page number."""
    return _shape(line.strip()) in shapes or _PAGE_NUMBER.fullmatch(line.strip()) is not None
