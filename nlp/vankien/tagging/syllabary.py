"""Folded text as runs of syllable numbers.

Every number in digits is the one syllable ``0``; a sentence begins with the mark ``^``, so
that its opening words are n-grams of their own.  Syllables that the syllabary does not know
share the number 0.

:meth:`Syllabary.encode_stretches` finds the syllables of many texts by array arithmetic over
their characters; :meth:`Syllabary.encode_plainly` says the same with a regular expression
and a dictionary, and takes over where a stretch begins or ends inside a syllable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vankien.normalise import fold
from vankien.tagging.characters import LETTERS, Stretch, codes_of, joined

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["FIGURE", "START", "Encoded", "Syllabary", "split_syllables"]

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.uint64]

START = "^"
"""The mark at the beginning of every sentence."""

FIGURE = "0"
"""The one syllable that stands for every number in digits."""

_SYLLABLE = re.compile(r"[^\W_]+")

_BASE = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(29)
"""Multiplier and shift of the hash of a syllable (modulo 2**64, character by character)."""

_COMMA, _COLON, _SEMICOLON = (ord(mark) for mark in ",:;")
_CLAUSE_END = re.compile("[,:;]")


def split_syllables(folded: str) -> list[tuple[str, int, int]]:
    """Return (syllable, start, end) of a folded text in order; figures become "0".

    >>> [s for s, _, _ in split_syllables("kết nạp 2.053 đảng viên")]
    ['kết', 'nạp', '0', '0', 'đảng', 'viên']
    """
    return [
        (FIGURE if m.group()[0].isdigit() else m.group(), m.start(), m.end())
        for m in _SYLLABLE.finditer(folded)
    ]


@dataclass(frozen=True, slots=True)
class Encoded:
    """Sentences as one run of syllable numbers; sentence ``i`` is ``ids[bounds[i]:bounds[i+1]]``.

    The first number of a sentence is that of the mark at its beginning.  ``openings`` tells how
    many numbers its first clause has (0 where it is the only one), ``marks`` are those of the
    sentences as written (:func:`vankien.tagging.marks.marks_of`), where they were asked for.
    """

    ids: Ints
    bounds: Ints
    openings: Ints
    marks: sparse.csr_matrix | None = None

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def rows(self) -> Ints:
        """Return the sentence of every number."""
        return np.repeat(np.arange(len(self)), np.diff(self.bounds))

    def lengths(self) -> Ints:
        """Return the number of syllables of every sentence, without the mark."""
        lengths: Ints = np.diff(self.bounds) - 1
        return lengths

    def bounds_of(self, number: int) -> tuple[int, int]:
        """Return where the numbers of a sentence begin and end."""
        begin, end = self.bounds[number : number + 2].tolist()
        return begin, end


class _Numbers(dict[str, int]):
    """Numbers of syllables; figures share one, unknown syllables have 0."""

    def __missing__(self, syllable: str) -> int:
        return self.get(FIGURE, 0) if syllable[0].isdigit() else 0


class Syllabary:
    """The known syllables, numbered from 1 in the order given."""

    def __init__(self, syllables: Sequence[str]) -> None:
        self.syllables = tuple(syllables)
        self._numbers = _Numbers({syllable: n for n, syllable in enumerate(syllables, start=1)})
        lengths = np.array([len(s) for s in self.syllables], dtype=np.int64)
        ends = np.cumsum(lengths)
        self._longest = int(lengths.max(initial=0))
        hashes = _hashes(
            _characters("".join(self.syllables))[0], ends - lengths, ends, self._longest
        )
        order = np.argsort(hashes)
        self._hashes, self._by_hash = hashes[order], order + 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Syllabary) and self.syllables == other.syllables

    def __hash__(self) -> int:
        return hash(self.syllables)

    @classmethod
    def of_texts(cls, texts: Iterable[str], *, minimum: int = 1) -> Syllabary:
        """Return the syllabary of the syllables that stand in ``minimum`` texts at least."""
        counts: dict[str, int] = {}
        for text in texts:
            for syllable in {s for s, _, _ in split_syllables(fold(text).text)}:
                counts[syllable] = counts.get(syllable, 0) + 1
        return cls([START, *sorted(s for s, n in counts.items() if n >= minimum)])

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Return sentences (as written) as numbers; 0 stands for an unknown syllable."""
        forms = [fold(text).text for text in texts]
        return self.encode_stretches([(form, 0, len(form)) for form in forms])

    def encode_plainly(self, stretches: Iterable[Stretch]) -> Encoded:
        """Return what :meth:`encode_stretches` returns, one stretch after the other."""
        number = self._numbers.__getitem__
        first = number(START)
        ids: list[int] = []
        bounds = [0]
        openings: list[int] = []
        for form, start, end in stretches:
            ids.append(first)
            ids.extend(map(number, _SYLLABLE.findall(form, start, end)))
            bounds.append(len(ids))
            mark = _CLAUSE_END.search(form, start, end)
            clause = _SYLLABLE.findall(form, start, mark.start()) if mark else None
            openings.append(0 if clause is None else len(clause) + 1)
        return Encoded(*(np.array(list_, dtype=np.int64) for list_ in (ids, bounds, openings)))

    def encode_stretches(self, stretches: Sequence[Stretch]) -> Encoded:
        """Return stretches of folded texts, given as (text, start, end), as numbers.

        Stretches of one text should follow one another: each run is read once.
        """
        text, begin, stop = joined(stretches)
        starts, ends, numbers, commas = self._read(text)
        first = np.searchsorted(ends, begin, side="right")
        last = np.maximum(np.searchsorted(starts, stop), first)
        inside = first < last
        if (starts[first[inside]] < begin[inside]).any() or (
            ends[last[inside] - 1] > stop[inside]
        ).any():
            return self.encode_plainly(stretches)
        bounds = np.concatenate([[0], np.cumsum(last - first + 1)])
        # Places of the numbers: those of the syllables, one later, behind each sentence's mark.
        places = np.arange(bounds[-1]) + np.repeat(first - 1 - bounds[:-1], last - first + 1)
        ids = numbers[np.maximum(places, 0)] if len(numbers) else np.zeros_like(places)
        ids[bounds[:-1]] = self._numbers[START]
        # The first clause ends at the first mark within the stretch.
        mark = np.append(commas, len(text))[commas.searchsorted(begin)]
        openings = np.where(mark < stop, starts.searchsorted(mark) - first + 1, 0)
        return Encoded(ids, bounds, openings)

    def _read(self, text: str) -> tuple[Ints, Ints, Ints, Ints]:
        """Return starts, ends and numbers of the syllables of a text between two line breaks,
        and where the marks are that end a clause."""
        codes, letter, digit = _characters(text)
        edges = np.flatnonzero(letter[1:] != letter[:-1]) + 1
        starts, ends = edges[0::2], edges[1::2]
        hashes = _hashes(codes, starts, ends, self._longest)
        place = np.searchsorted(self._hashes, hashes)
        place[place == len(self._hashes)] = 0
        found = np.where(self._hashes[place] == hashes, self._by_hash[place], 0)
        found[digit[starts] & (found == 0)] = self._numbers.get(FIGURE, 0)
        ended = (codes == _COMMA) | (codes == _COLON) | (codes == _SEMICOLON)
        return starts, ends, found, ended.nonzero()[0]


def _characters(text: str) -> tuple[npt.NDArray[np.uint32], Flags, Flags]:
    """Return the code of every character, and whether it is part of a syllable, or a digit."""
    letters, digits = _tables()
    codes = codes_of(text)
    low = np.minimum(codes, LETTERS - 1)
    letter, digit = letters[low], digits[low]
    for place in np.flatnonzero(codes >= LETTERS - 1).tolist():
        letter[place], digit[place] = text[place].isalnum(), text[place].isdigit()
    return codes, letter, digit


@cache
def _tables() -> tuple[Flags, Flags]:
    # The last entry stands for all that is beyond the table.
    characters = [chr(code) for code in range(LETTERS - 1)]
    return (
        np.array([*(c.isalnum() for c in characters), False]),
        np.array([*(c.isdigit() for c in characters), False]),
    )


def _hashes(codes: npt.NDArray[np.uint32], starts: Ints, ends: Ints, longest: int) -> Hashes:
    """Return a hash of every stretch of characters; 0 where it is longer than ``longest``."""
    lengths = ends - starts
    hashes = np.where(lengths <= longest, lengths, 0).astype(np.uint64)
    left = np.flatnonzero(hashes)
    for step in range(longest):
        left = left[lengths[left] > step]
        if not len(left):
            break
        hashes[left] = (hashes[left] ^ codes[starts[left] + step]) * _BASE
        hashes[left] ^= hashes[left] >> _HALF
    return hashes
