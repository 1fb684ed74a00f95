"""Lines -> paragraphs, and running headers and footers; shared by PDF and plain text.

Vietnamese is not hyphenated at line ends, so lines join with a space, except after a hyphen
inside a word ("Mác-" / "Lênin").
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from vankien.normalise import UPPER, fold_phrase
from vankien.reading.wording import official_words, page_words

__all__ = [
    "Running",
    "begins_division",
    "begins_item",
    "begins_signature",
    "ends_sentence",
    "heads_table",
    "join_lines",
    "join_pair",
    "join_wrapped",
    "running_lines",
]

MIN_WRAPPED_LINES = 6
"""Fewer lines than this tell nothing about hard wrapping."""

WRAPPED_WIDTH = (40, 130)
"""Hard-wrapped files have lines of so many characters."""

FULL_LINE = 0.82
"""A line this long, relative to the usual full one, was broken by the margin."""

WRAPPED_SHARE = 0.3
"""A file is hard-wrapped where this share of the lines that another follows directly breaks
within a sentence."""

LEAST_BROKEN = 3
"""So many lines at least must break within a sentence."""

HEAD_LENGTH = 160
"""A longer line is no caption of a table and no unit."""

RUNNING_LINES = 2
"""Running headers and footers have at most so many lines."""

_ITEM = re.compile(
    rf"(?:[-–+•*▪●►]\s|\(?\d{{1,2}}(?:\.\d{{1,2}}){{0,3}}[.)/]\s?[^\W\d]|\(?\d{{1,2}}\)\s"
    rf"|[IVXLC]{{1,6}}\s?[.\-–/)]\s?[{UPPER}]|[A-HĐ]\s?[.)]\s|[a-zđ]\s?[).]\s)"
)
_ENDS = frozenset(".!?:;…")
_CLOSERS = "\"'”’»)]"
_HYPHENATED = re.compile(r"[^\W_]-\Z")


def begins_item(line: str) -> bool:
    """Say whether a line begins a list item, a numbered heading or a division."""
    return _ITEM.match(line) is not None or page_words().division.match(line) is not None


def begins_division(line: str) -> bool:
    """Say whether a line begins a division of a law ("Điều 3. Phạm vi"), not a reference."""
    match = page_words().division.match(line)
    return match is not None and line[match.end() : match.end() + 1] in (".", ":", "")


def begins_signature(line: str) -> bool:
    """Say whether a line in capitals says on whose behalf or in what office one signs."""
    words = official_words()
    return line.lower().startswith(words.signature) or fold_phrase(line).startswith(words.offices)


def heads_table(line: str) -> bool:
    """Say whether a line is a caption ("Bảng 2. ...") or a unit ("Đơn vị tính: ...")."""
    words = page_words()
    if len(line) > HEAD_LENGTH:
        return False
    unit = words.unit.match(line.lstrip("( "))
    if unit is not None:
        return True
    caption = words.table_caption.match(line)
    return caption is not None and line[caption.end() : caption.end() + 1] in (".", ":", "")


def ends_sentence(line: str) -> bool:
    """Say whether a line ends with a mark that may end a paragraph."""
    # No expression: one anchored at the end is searched for from every place of the line.
    bare = line.rstrip().rstrip(_CLOSERS)
    return bare[-1:] in _ENDS or bare.endswith("./")


def join_pair(first: str, second: str) -> str:
    """Join two lines of one paragraph."""
    if first.endswith("-") and _HYPHENATED.search(first[-2:]) and second[:1].isalnum():
        return first + second
    return f"{first} {second}"


def join_wrapped(text: str) -> str:
    """Join the lines of a hard-wrapped text; other texts are returned as they are.

    A text is hard-wrapped when no line is much longer than the usual full one and many full
    lines break in the middle of a sentence.
    """
    lines = text.split("\n")
    lengths = sorted(len(line.rstrip()) for line in lines if line.strip())
    if len(lengths) < MIN_WRAPPED_LINES:
        return text
    width = lengths[int(len(lengths) * 0.9)]
    if not WRAPPED_WIDTH[0] <= width <= WRAPPED_WIDTH[1] or lengths[-1] > 1.4 * width:
        return text
    # Where a blank line follows, nothing was broken, and nothing is told of the others.
    followed = [line.rstrip() for line, after in pairwise(lines) if line.strip() and after.strip()]
    broken = sum(1 for x in followed if len(x) >= FULL_LINE * width and not ends_sentence(x))
    if broken < max(WRAPPED_SHARE * len(followed), LEAST_BROKEN):
        return text
    return "\n\n".join(join_lines(lines, width=width))


def join_lines(lines: list[str], *, width: float | None = None) -> list[str]:
    """Join lines to paragraphs by their lengths, marks and beginnings.

    ``width`` is the usual full length in characters, taken from the lines where it is not
    given.  A blank line always ends a paragraph.
    """
    if width is None:
        lengths = sorted(len(line) for line in lines if line.strip())
        width = lengths[int(len(lengths) * 0.8)] if lengths else 0
    paragraphs: list[str] = []
    previous = ""
    for line in lines:
        text = line.strip()
        if not text:
            previous = ""
        elif previous and not _breaks(previous, text, width):
            paragraphs[-1] = join_pair(paragraphs[-1], text)
            previous = text
        else:
            paragraphs.append(text)
            previous = text
    return paragraphs


def _breaks(previous: str, line: str, width: float) -> bool:
    if begins_item(line):
        return True
    if previous.isupper() != line.isupper() and (len(previous) > 3 or not previous.isupper()):
        return True
    full = len(previous) >= FULL_LINE * width
    if full and previous.endswith(":") and line[:1].isdigit():
        return False  # the figure that the colon announces: "năm 2021:" and "3.041 đồng chí"
    if ends_sentence(previous):
        return not full or not line[:1].islower()
    return not full and not line[:1].islower() and len(previous) < 0.6 * width


class Running:
    """The running headers and footers of a document, found by repetition.

    Not a dataclass: it is built from all pages and then asked page by page.
    """

    def __init__(self, pages: list[list[str]]) -> None:
        self._top = _repeated([page[:RUNNING_LINES] for page in pages], len(pages))
        self._bottom = _repeated([page[-RUNNING_LINES:] for page in pages], len(pages))
        self._offsets = _page_offsets(pages)

    def split(self, lines: list[str], page: int) -> tuple[int, int]:
        """Return where the body of a page begins and ends in its lines; ``page`` from 0."""
        start, end = 0, len(lines)
        while start < min(RUNNING_LINES, end) and self._runs(lines[start], self._top, page):
            start += 1
        while end > max(start, len(lines) - RUNNING_LINES) and self._runs(
            lines[end - 1], self._bottom, page
        ):
            end -= 1
        return start, end

    def _runs(self, line: str, shapes: frozenset[str], page: int) -> bool:
        if _is_page_number(line):
            return _number(line) - page in self._offsets
        return _shape(line) in shapes


def running_lines(pages: list[list[str]]) -> Running:
    """Find the running lines of pages given as lists of filled lines."""
    return Running(pages)


def _is_page_number(line: str) -> bool:
    return page_words().number.fullmatch(line.strip()) is not None


def _number(line: str) -> int:
    match = re.search(r"\d+", line)
    return int(match.group()) if match else 0


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", line.strip())


def _repeated(edges: list[list[str]], pages: int) -> frozenset[str]:
    """Lines that stand at the edge of half of the pages, and of three at least."""
    counts = Counter(shape for lines in edges for shape in {_shape(line) for line in lines})
    needed = max(3, (pages + 1) // 2)
    return frozenset(shape for shape, count in counts.items() if count >= needed)


def _page_offsets(pages: list[list[str]]) -> frozenset[int]:
    """Differences of printed and physical page number that hold in the document.

    A lone figure at the edge of a page is its number only where it counts with the pages.
    """
    counts: Counter[int] = Counter()
    for page, lines in enumerate(pages):
        edge = {*lines[:RUNNING_LINES], *lines[-RUNNING_LINES:]}
        counts.update({_number(line) - page for line in edge if _is_page_number(line)})
    needed = 2 if len(pages) > 2 else 1
    usual = {offset for offset, count in counts.items() if count >= needed}
    # The first page of a document that is numbered from its own first page.
    return frozenset(usual | {1})
