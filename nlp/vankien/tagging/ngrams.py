"""Sentences as sparse counts of syllable n-grams, for the estimators of themes and roles.

Where to start reading: :class:`Syllabary` turns folded text into syllable numbers,
:func:`ngram_keys` packs neighbouring numbers into one integer a n-gram, and
:class:`NgramSpace` looks these up in its sorted vocabulary.  Everything after the split into
syllables is array arithmetic, so that a sentence costs some ten microseconds.

Every number in digits is the one syllable ``0``; a sentence begins with the mark ``^``, so
that its opening words are n-grams of their own.  Syllables that the syllabary does not know
share the number 0, and no n-gram that holds one is a feature.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from vankien.normalise import fold

__all__ = ["Encoded", "NgramSpace", "Syllabary", "ngram_keys", "split_syllables"]

Ints = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

START = "^"
"""The mark at the beginning of every sentence."""

FIGURE = "0"
"""The one syllable that stands for every number in digits."""

MAX_ORDER = 3
"""Longest n-gram: three numbers of 21 bits fit into one integer of 64."""

_BITS = np.uint64(21)
_SYLLABLE = re.compile(r"[^\W_]+")


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

    The first number of a sentence is that of the mark at its beginning.
    """

    ids: Ints
    bounds: Ints

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def sentence(self, number: int) -> Encoded:
        """Return one sentence alone."""
        begin, end = self.bounds[number : number + 2].tolist()
        return Encoded(self.ids[begin:end], np.array([0, end - begin]))


class _Numbers(dict[str, int]):
    """Numbers of syllables; figures share one, unknown syllables have 0."""

    def __missing__(self, syllable: str) -> int:
        return self.get(FIGURE, 0) if syllable[0].isdigit() else 0


class Syllabary:
    """The known syllables, numbered from 1 in the order given."""

    def __init__(self, syllables: Sequence[str]) -> None:
        self.syllables = tuple(syllables)
        self._numbers = _Numbers({syllable: n for n, syllable in enumerate(syllables, start=1)})

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
        return self._encode((form, 0, len(form)) for form in (fold(t).text for t in texts))

    def encode_spans(self, folded: str, spans: Iterable[tuple[int, int]]) -> Encoded:
        """Return the stretches ``spans`` of one folded text as numbers."""
        return self._encode((folded, start, end) for start, end in spans)

    def _encode(self, stretches: Iterable[tuple[str, int, int]]) -> Encoded:
        number = self._numbers.__getitem__
        first = number(START)
        ids: list[int] = []
        bounds = [0]
        for form, start, end in stretches:
            ids.append(first)
            ids.extend(map(number, _SYLLABLE.findall(form, start, end)))
            bounds.append(len(ids))
        return Encoded(np.array(ids, dtype=np.int64), np.array(bounds, dtype=np.int64))


def ngram_keys(encoded: Encoded, order: int) -> tuple[Keys, Ints]:
    """Return the keys of all n-grams of one order and the place of each one's first syllable.

    N-grams do not run over the end of a sentence; those with an unknown syllable are left out.
    """
    ids = encoded.ids
    count = len(ids) - order + 1
    if count <= 0:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    whole = ids[:count] > 0
    keys = ids[:count].astype(np.uint64)
    for step in range(1, order):
        following = ids[step : count + step]
        whole &= following > 0
        keys = (keys << _BITS) | following.astype(np.uint64)
    # The last `order - 1` places of every sentence begin no n-gram.
    for step in range(1, order):
        ends = encoded.bounds[1:] - step
        whole[ends[(ends >= 0) & (ends < count)]] = False
    places = np.flatnonzero(whole)
    return keys[places], places.astype(np.int64)


class NgramSpace:
    """A sorted vocabulary of n-gram keys of orders 1 to ``max_order``; columns in that order."""

    def __init__(self, syllabary: Syllabary, keys: Sequence[Keys]) -> None:
        if not 1 <= len(keys) <= MAX_ORDER:
            raise ValueError(f"orders 1 to {MAX_ORDER} are possible, {len(keys)} were given")
        self.syllabary = syllabary
        self.keys = tuple(keys)
        self._offsets = np.cumsum([0, *(len(k) for k in keys)])

    def __len__(self) -> int:
        return int(self._offsets[-1])

    @classmethod
    def of_texts(
        cls, texts: Sequence[str], syllabary: Syllabary, *, max_order: int = 2, minimum: int = 1
    ) -> NgramSpace:
        """Return the space of the n-grams that stand in ``minimum`` sentences at least."""
        encoded = syllabary.encode(texts)
        rows = np.repeat(np.arange(len(encoded)), np.diff(encoded.bounds))
        found = []
        for order in range(1, max_order + 1):
            keys, places = ngram_keys(encoded, order)
            once = np.unique(np.stack([keys, rows[places].astype(np.uint64)], axis=1), axis=0)
            known, counts = np.unique(once[:, 0], return_counts=True)
            found.append(known[counts >= minimum])
        return cls(syllabary, found)

    def locate(self, encoded: Encoded) -> tuple[Ints, Ints, Ints]:
        """Return (column, place, order) of every known n-gram, unordered."""
        columns, places, orders = [], [], []
        for order, known in enumerate(self.keys, start=1):
            keys, where = ngram_keys(encoded, order)
            if not len(known) or not len(keys):
                continue
            index = np.searchsorted(known, keys)
            index[index == len(known)] = 0
            hit = known[index] == keys
            columns.append(index[hit] + self._offsets[order - 1])
            places.append(where[hit])
            orders.append(np.full(int(hit.sum()), order))
        if not columns:
            empty = np.zeros(0, dtype=np.int64)
            return empty, empty, empty
        return np.concatenate(columns), np.concatenate(places), np.concatenate(orders)

    def matrix(self, encoded: Encoded) -> sparse.csr_matrix:
        """Return presence (0 or 1) of each n-gram: sentences x n-grams."""
        columns, places, _ = self.locate(encoded)
        rows = np.searchsorted(encoded.bounds, places, side="right") - 1
        data = np.ones(len(rows), dtype=np.float32)
        counts = sparse.csr_matrix((data, (rows, columns)), shape=(len(encoded), len(self)))
        counts.data[:] = 1.0
        return counts
