"""One page of a PDF: pdfium's text as lines with their places, repaired where it is broken.

Where to start reading: :func:`take_page`.  Lines in columns are cut at the gaps; text in
fonts of legacy encodings is decoded by the fonts' names; torn syllables are joined; then
:func:`lay_out` sets apart what does not belong to the running text: the two columns of an
official document's head and close, and columns of figures.
"""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass, field
from typing import Any

from vankien.documents import Part
from vankien.normalise import clean
from vankien.reading.conservation import digits_in, lost_digits
from vankien.reading.encodings import has_legacy_signs, repair_lines
from vankien.reading.legacy_fonts import LegacyFont, legacy_font
from vankien.reading.pdf_bands import cut_zone, take_bands
from vankien.reading.pdf_columns import aligned_columns, in_columns
from vankien.reading.pdf_tables import plain_hyphens
from vankien.reading.placed_lines import Line
from vankien.reading.split_syllables import is_torn, rejoin
from vankien.reading.syllables import foreign_share, possible_share
from vankien.reading.tables import Grid

__all__ = ["Apart", "Page", "lay_out", "take_page"]

WIDE_LETTERS = 1.3
"""A line whose letters are this much wider than usual has a gap between columns."""

GAP = 2.2
"""A gap between columns is wider than so many letters."""

LETTER = 0.62
"""Letters of running text are not wider than this share of their size."""

LEVEL = 5.0
"""Points by which the letters of one line may stand above or below one another."""

SMALLEST = 4.0
"""A smaller size (points) is scaled elsewhere and says nothing."""

MAX_CHARS = 200_000
"""Characters of one page that are read: the fullest newspaper page has 30,000."""

SOUND = 0.97
"""A page with a larger share of possible syllables is not torn."""

ODD_SHARE = 0.05
NONSENSE = 0.5
FOREIGN = 0.04
"""A text layer is broken where so many of its characters stand for nothing, or where fewer
of its words than NONSENSE are possible syllables and it is not foreign: running English has
0.2 of FOREIGN words and more, Vietnamese without its marked letters none."""

MIN_LETTERS = 60
"""A page with fewer letters and a picture over it is a scan with a stamp."""

_ODD = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Apart:
    """Lines that stand apart from the running text, with their part."""

    lines: tuple[str, ...]
    part: Part


@dataclass(slots=True)
class Page:
    """What a page holds; ``items`` pairs a position in ``lines`` with what stands there.

    ``rows`` are the pieces of all lines, as they came from the text layer or the scan;
    ``quality`` is between 0 and 1; ``broken`` says that the text layer makes no sense.
    """

    lines: list[Line] = field(default_factory=list)
    items: list[tuple[int, Grid | Apart]] = field(default_factory=list)
    rows: list[list[Line]] = field(default_factory=list)
    damaged: bool = False
    broken: bool = False
    quality: float = 1.0
    size: int = 0
    scanned: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def digits(self) -> int:
        """How many digits its lines and items hold."""
        pieces = [line.text for line in self.lines]
        for _, item in self.items:
            pieces.append("".join(item.lines) if isinstance(item, Apart) else item.text)
        return digits_in("".join(pieces))

    @property
    def empty(self) -> bool:
        """Whether nothing was read from the page."""
        return not (self.lines or self.items)


def take_page(text: Any, number: int) -> Page:
    """Read an open text page; ``number`` is from 1."""
    count = text.count_chars()
    raw = plain_hyphens(text.get_text_range(0, min(count, MAX_CHARS)))
    places = _Places(text, len(raw), legacy=has_legacy_signs(raw))
    rows = _rows(places, raw, number)
    if not rows:
        return Page()
    notes = [f"text in fonts of {name} was decoded" for name in sorted(places.decoded)]
    if places.legacy and not places.decoded:
        flat = [piece.text for row in rows for piece in row]
        repaired, note = repair_lines(flat)
        if note is not None:
            texts = iter(repaired)
            rows = [[_with_text(piece, next(texts)) for piece in row] for row in rows]
            notes.append(note)
    # Only now: a soft hyphen is a letter in TCVN3.
    rows = [[_with_text(p, t) for p in row if (t := clean(p.text).strip())] for row in rows]
    whole = "\n".join(piece.text for row in rows for piece in row)
    quality = possible_share(whole)
    if count > MAX_CHARS:
        notes.append(f"the page has {count:,} characters; those after {MAX_CHARS:,} were left out")
    if quality < SOUND and is_torn(whole):
        rows = [[_with_text(piece, rejoin(piece.text)) for piece in row] for row in rows]
        quality = possible_share("\n".join(piece.text for row in rows for piece in row))
        notes.append("syllables that the text layer tears apart were joined")
    page = lay_out(rows)
    lost = lost_digits(digits_in(raw), page.digits)
    if lost is not None:
        notes.append(lost)
    page.quality, page.size, page.notes = quality, len(whole), notes
    page.broken = _is_broken(raw, whole, quality)
    return page


def _is_broken(raw: str, text: str, quality: float) -> bool:
    if len(raw) >= MAX_CHARS:
        return False  # no page for reading, by whatever means
    if len(_ODD.findall(raw)) >= ODD_SHARE * len(raw):
        return True
    if quality >= NONSENSE or sum(map(str.isalpha, text)) < MIN_LETTERS:
        return False
    return foreign_share(text) < FOREIGN


def _with_text(line: Line, text: str) -> Line:
    return Line(text, line.left, line.right, line.y, line.page, line.size)


def _rows(places: _Places, raw: str, number: int) -> list[list[Line]]:
    """Return the pieces of every line of the page, in the order of the text layer."""
    bare_lines: list[tuple[str, int]] = []
    start = 0
    for line in raw.split("\n"):
        bare = line.strip()
        if bare:
            bare_lines += places.levels(bare, start + line.index(bare[0]))
        start += len(line) + 1
    rows = [[places.line(bare, first, number)] for bare, first in bare_lines]
    if not rows:
        return rows
    widths = [
        (row[0].right - row[0].left) / len(bare)
        for row, (bare, _) in zip(rows, bare_lines, strict=True)
    ]
    # The lower quartile, and what the size of the letters allows: on a page of tables most
    # lines have gaps, on some all.
    sound = sorted(width for width in widths if width > 0) or [1.0]
    usual = sound[len(sound) // 4]
    sizes = sorted(row[0].size for row in rows)
    if (size := sizes[len(sizes) // 2]) >= SMALLEST:
        usual = min(usual, LETTER * size)
    zone = cut_zone([bare for bare, _ in bare_lines])
    for index, (bare, first) in enumerate(bare_lines):
        wide = index in zone or widths[index] > WIDE_LETTERS * usual
        if wide and " " in bare:
            rows[index] = places.cut(bare, first, number, usual)
    # A narrow table's lines are not wide: those next to a row of figures are tried, too.
    tried = {index for index, row in enumerate(rows) if len(row) > 1}
    waiting = [index for index in tried if in_columns(rows[index])]
    while waiting:
        near = waiting.pop()
        for index in (near - 1, near + 1):
            if not 0 <= index < len(rows) or index in tried:
                continue
            tried.add(index)
            bare, first = bare_lines[index]
            if " " in bare:
                rows[index] = places.cut(bare, first, number, usual)
                if len(rows[index]) > 1:
                    waiting.append(index)
    return _whole(rows) if tried else rows


def _whole(rows: list[list[Line]]) -> list[list[Line]]:
    """Put the pieces of a line together that pdfium broke at a wide gap."""
    whole: list[list[Line]] = []
    for row in rows:
        last = whole[-1][-1] if whole else None
        if last is not None and abs(last.y - row[0].y) <= 1 and row[0].left > last.right:
            whole[-1] += row
        else:
            whole.append(row)
    return whole


def lay_out(rows: list[list[Line]]) -> Page:
    """Return the page of rows of line pieces, with what stands apart at its place."""
    rows = [row for row in rows if row]
    page = Page(rows=rows)
    rows, bands = take_bands(rows)
    position = 0
    for first, end, grid in aligned_columns(rows):
        page.lines += [piece for row in rows[position:first] for piece in row]
        page.items.append((len(page.lines), grid))
        position = end
    page.lines += [piece for row in rows[position:] for piece in row]
    for band in bands:
        place = 0
        if band.top is not None:
            above = [i for i, line in enumerate(page.lines, 1) if line.y > band.top]
            place = max(above, default=0)
        for part, lines in band.columns:
            if lines:
                page.items.append((place, Apart(lines, part)))
    page.items.sort(key=lambda item: item[0])
    return page


class _Places:
    """Asks pdfium for the places and fonts of characters of one text page.

    Not a function: the C variables that pdfium fills are made once a page, because a page
    asks about a hundred times.
    """

    def __init__(self, text: Any, length: int, *, legacy: bool) -> None:
        import pypdfium2.raw as raw

        self._text = text.raw
        self._raw = raw
        self.legacy = legacy
        self.decoded: set[str] = set()
        # Text and character indices differ only on pages with unusual characters.
        self._same = raw.FPDFText_CountChars(text.raw) == length
        self._numbers = [ctypes.c_double() for _ in range(4)]
        self._pointers = [ctypes.byref(number) for number in self._numbers]
        self._name = ctypes.create_string_buffer(256)
        self._flags = ctypes.c_int()

    def _index(self, index: int) -> int:
        if self._same:
            return index
        return int(self._raw.FPDFText_GetCharIndexFromTextIndex(self._text, index))

    def origin(self, index: int) -> tuple[float, float]:
        """Return x and y of a character's origin, in points."""
        x, y = self._numbers[:2]
        self._raw.FPDFText_GetCharOrigin(self._text, self._index(index), *self._pointers[:2])
        return x.value, y.value

    def right(self, index: int) -> float:
        """Return the right edge of a character, in points."""
        self._raw.FPDFText_GetCharBox(self._text, self._index(index), *self._pointers)
        return self._numbers[1].value

    def line(self, text: str, first: int, page: int) -> Line:
        """Return the line whose text begins at an index."""
        left, y = self.origin(first)
        right = max(left, self.right(first + len(text) - 1))
        size = self._raw.FPDFText_GetFontSize(self._text, self._index(first))
        if self.legacy and not text.isascii():
            text = self._decoded(text, first)
        return Line(text, left, right, y, page, size)

    def levels(self, text: str, first: int) -> list[tuple[str, int]]:
        """Return the lines that pdfium took for one, with their places in the text.

        On a page that holds a narrow table and nothing else, pdfium finds no direction of
        writing and breaks no lines.
        """
        _, y = self.origin(first)
        _, last = self.origin(first + len(text) - 1)
        if abs(y - last) <= LEVEL:
            return [(text, first)]
        lines: list[tuple[str, int]] = []
        begin = 0
        for position, letter in enumerate(text):
            if letter != " " or position + 1 >= len(text):
                continue
            x, after = self.origin(first + position + 1)
            # Back to the left: turned text goes another way.
            if abs(after - y) > LEVEL and x < self.right(first + position - 1):
                lines.append((text[begin:position].rstrip(), first + begin))
                begin, y = position + 1, after
        lines.append((text[begin:], first + begin))
        return [(line, place) for line, place in lines if line.strip()]

    def cut(self, text: str, first: int, page: int, usual: float) -> list[Line]:
        """Return the pieces of a line, cut at the gaps between its columns."""
        pieces: list[Line] = []
        begin = 0
        for position, letter in enumerate(text):
            if letter != " " or position == 0:
                continue
            after, _ = self.origin(first + position + 1)
            gap = after - self.right(first + position - 1)
            # A step back: pdfium put the left column behind the right one.
            if gap > GAP * usual or gap < -GAP * usual:
                if piece := text[begin:position].strip():
                    offset = text.index(piece, begin)
                    pieces.append(self.line(piece, first + offset, page))
                begin = position + 1
        if piece := text[begin:].strip():
            pieces.append(self.line(piece, first + text.index(piece, begin), page))
        return pieces

    def _font(self, index: int) -> LegacyFont | None:
        length = self._raw.FPDFText_GetFontInfo(
            self._text, self._index(index), self._name, len(self._name), self._flags
        )
        if not 0 < length <= len(self._name):
            return None
        return legacy_font(self._name.value.decode("utf-8", "replace"))

    def _decoded(self, text: str, first: int) -> str:
        """Decode the stretches of a line that are set in fonts of legacy encodings."""
        pieces: list[str] = []
        begin = 0
        font = self._font(first)
        for position in range(1, len(text) + 1):
            following = self._font(first + position) if position < len(text) else None
            # A space belongs to the stretch before it: it may be pdfium's own.
            if position < len(text) and (following == font or text[position] == " "):
                continue
            stretch = text[begin:position]
            if font is not None:
                stretch = font.decode(stretch)
                self.decoded.add(font.label)
            pieces.append(stretch)
            begin, font = position, following
        return "".join(pieces)
