"""Unicode, tone marks and spacing, with exact offsets kept.

Two steps, for two purposes:

* :func:`clean` makes a document's text: NFC, one kind of line end and space, no invisible
  characters.
* :func:`fold` makes the form in which phrases are compared: lower case, one placement of
  tone marks ("hoá" = "hóa"), i for y after h, k, l, m, s, t ("kỷ" = "kỉ"), no quotation
  marks, plain hyphens without spaces, single spaces.  It keeps a map back to the text.

Tone placement follows the two orthographic traditions described in Quyết định
240/QĐ (Bộ Giáo dục, 1984) and common practice; both fold to the same string.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["UPPER", "Folded", "OffsetMap", "clean", "fold", "fold_phrase"]

UPPER = "A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
"""Capital letters of Vietnamese, for a character class (a range À-Ỹ would hold small ones)."""


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """Maps offsets of an edited text back to its source.

    ``targets[i]`` and ``sources[i]`` are the same position in the edited and in the source
    text; between two entries the texts run in step.  An empty map is the identity.
    """

    targets: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()

    def to_source(self, offset: int) -> int:
        """Return the source offset of the character at ``offset`` of the edited text."""
        if not self.targets:
            return offset
        position = bisect_right(self.targets, offset) - 1
        return self.sources[position] + offset - self.targets[position]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the source span of a non-empty span of the edited text."""
        return self.to_source(start), self.to_source(end - 1) + 1

    def from_source(self, offset: int) -> int:
        """Return the offset in the edited text of a source character.

        A character that the edit removed gives the place where the text goes on.
        """
        if not self.sources:
            return offset
        position = max(bisect_right(self.sources, offset) - 1, 0)
        target = self.targets[position] + max(offset - self.sources[position], 0)
        if position + 1 < len(self.targets):
            target = min(target, self.targets[position + 1])
        return target

    def from_source_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the edited text of a span of the source."""
        return self.from_source(start), self.from_source(end)

    def spans_from_source(self, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return :meth:`from_source_span` of spans in order that do not overlap."""
        sources, targets = self.sources, self.targets
        if not sources:
            return list(spans)
        last = len(sources) - 1
        found: list[int] = []
        position = 0
        for span in spans:
            for offset in span:
                position = max(bisect_right(sources, offset, position) - 1, 0)
                target = targets[position] + max(offset - sources[position], 0)
                if position < last and target > targets[position + 1]:
                    target = targets[position + 1]
                found.append(target)
        return list(zip(found[0::2], found[1::2], strict=True))


IDENTITY = OffsetMap()

# Soft hyphen, zero-width characters, byte-order mark, direction marks: invisible in print.
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x200E, 0x200F, *range(0x202A, 0x202F)]
    + [c for c in range(0x20) if c not in (0x09, 0x0A)]
    + list(range(0x7F, 0xA0))
)
_SPACES = dict.fromkeys((160, 8239, 8199, *range(8192, 8199), *range(8200, 8203)), " ")
_SPACES |= {0x2028: "\n", 0x2029: "\n"}
_NEEDS_CLEANING = re.compile(
    "[\r\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u0300-\u036f\u2000-\u200f\u2028-\u202f\u2060\ufeff\ud800-\udfff]"
)
_TABLE = {**_SPACES, **_INVISIBLE}


def clean(text: str) -> str:
    """Return ``text`` in NFC with ``\\n`` line ends, plain spaces, nothing invisible.

    Line breaks and runs of spaces are kept, so that offsets of well-formed input hold.
    """
    if not _NEEDS_CLEANING.search(text) and unicodedata.is_normalized("NFC", text):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_TABLE)
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unicodedata.normalize("NFC", text)


@dataclass(frozen=True, slots=True)
class Folded:
    """The comparison form of a text and the way back: ``map.span`` gives text offsets."""

    text: str
    map: OffsetMap


_TONES = {
    "a": "àáảãạ",
    "e": "èéẻẽẹ",
    "y": "ỳýỷỹỵ",
    "o": "òóỏõọ",
    "u": "ùúủũụ",
    "i": "ìíỉĩị",
}
# "oá" -> "óa", "oé" -> "óe", "uý" -> "úy" in open syllables; "quý" keeps its own mark.
_PLACEMENT: dict[str, str] = {}
for _first, _second in (("o", "a"), ("o", "e"), ("u", "y")):
    for _tone in range(5):
        _PLACEMENT[_first + _TONES[_second][_tone]] = _TONES[_first][_tone] + _second
_Y_TO_I = dict(zip("y" + _TONES["y"], "i" + _TONES["i"], strict=True))
_LETTER = "a-zà-ỹđ"
# Both begin with a plain set of letters, which the engine scans for quickly.
_OPEN = re.compile(rf"[ou][{_TONES['a']}{_TONES['e']}{_TONES['y']}](?![{_LETTER}])")
_Y = re.compile(rf"[hklmst][y{_TONES['y']}](?![{_LETTER}])")
_QUOTES = "\"'“”„‟‘’‚‛«»‹›`´"
_EDITS = re.compile(rf"[ \t]*[-‐‑‒–—−][ \t]*|[ \t]{{2,}}|\t|[{_QUOTES}]|[ \t]+(?=\n)")
# The same where every space stands alone within its line, as in nearly every text; this
# pattern begins with a plain set of characters too.
_FEW_EDITS = re.compile(rf"[-‐‑‒–—−{_QUOTES}]")


def _place(match: re.Match[str]) -> str:
    """Move the tone mark of an open "oa", "oe", "uy" to its first vowel ("quý" keeps it)."""
    found = match.group()
    if found[0] == "u" and match.start() and match.string[match.start() - 1] == "q":
        return found
    return _PLACEMENT.get(found, found)


def _plain_y(match: re.Match[str]) -> str:
    """Write i for y in a syllable of one onset and y ("kỷ" is "kỉ")."""
    found = match.group()
    before = match.string[match.start() - 1] if match.start() else " "
    return found if before.isalpha() else found[0] + _Y_TO_I[found[1]]


def fold(text: str) -> Folded:
    """Return the comparison form of a text with offsets back to it.

    Two texts that differ only in case, quotation marks, kind and spacing of dashes, runs
    of spaces, tone placement or i/y fold to the same string.  Line breaks stay, so no
    phrase is found across paragraphs.
    """
    lowered = text.replace("\u0130", "I").lower()  # the only letter that lower() lengthens
    lowered = _Y.sub(_plain_y, _OPEN.sub(_place, lowered))  # keeps the length
    if "  " in lowered or " \n" in lowered or "\t" in lowered:
        return _edited(lowered, (match.span() for match in _EDITS.finditer(lowered)))
    return _few_edited(lowered)


def _few_edited(lowered: str) -> Folded:
    """Return what :func:`_edited` makes of a text without runs of spaces, tabs or spaces at
    line ends: quotation marks go, dashes lose the space beside them."""
    pieces: list[str] = []
    targets: list[int] = []
    sources: list[int] = []
    size = len(lowered)
    position = length = 0
    for match in _FEW_EDITS.finditer(lowered):
        start = anchor = match.start()
        end = start + 1
        dash = lowered[start] not in _QUOTES
        if dash:
            # A dash takes the space before it, unless another dash has it, and that behind.
            if start > position and lowered[start - 1] == " ":
                start -= 1
            if end < size and lowered[end] == " ":
                end += 1
        if start > position:
            targets.append(length)
            sources.append(position)
            pieces.append(lowered[position:start])
            length += start - position
        if dash:
            targets.append(length)
            sources.append(anchor)
            pieces.append("-")
            length += 1
        position = end
    if not position:
        return Folded(lowered, IDENTITY)
    targets.append(length)
    sources.append(position)
    pieces.append(lowered[position:])
    return Folded("".join(pieces), OffsetMap(tuple(targets), tuple(sources)))


def _edited(lowered: str, spans: Iterable[tuple[int, int]]) -> Folded:
    pieces: list[str] = []
    targets: list[int] = []
    sources: list[int] = []
    position = length = 0
    for start, end in spans:
        if start > position:
            targets.append(length)
            sources.append(position)
            pieces.append(lowered[position:start])
            length += start - position
        last = lowered[start:end].strip(" \t")
        if last and last not in _QUOTES:
            replacement, anchor = "-", lowered.index(last, start)
        elif last or (end < len(lowered) and lowered[end] == "\n"):
            replacement, anchor = "", end
        else:
            replacement, anchor = " ", start
        if replacement:
            targets.append(length)
            sources.append(anchor)
            pieces.append(replacement)
            length += 1
        position = end
    if not pieces and position == 0:
        return Folded(lowered, IDENTITY)
    targets.append(length)
    sources.append(position)
    pieces.append(lowered[position:])
    return Folded("".join(pieces), OffsetMap(tuple(targets), tuple(sources)))


def fold_phrase(phrase: str) -> str:
    """Return the comparison form of a phrase of the codebook, without outer spaces."""
    return fold(clean(phrase)).text.strip()
