"""Sentences as sparse counts of syllable n-grams, for the estimators of themes and roles.

Where to start reading: :class:`~vankien.tagging.syllabary.Syllabary` turns folded text into
syllable numbers,
:func:`ngram_keys` packs neighbouring numbers into one integer a n-gram, and
:class:`NgramSpace` looks these up in its sorted vocabulary.  Everything after the split into
syllables is array arithmetic, so that a sentence costs some ten microseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from vankien.tagging.syllabary import Encoded, Syllabary

__all__ = ["Located", "NgramSpace", "ngram_keys"]

Ints = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

MAX_ORDER = 3
"""Longest n-gram: three numbers of 21 bits fit into one integer of 64."""

_BITS = np.uint64(21)


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


class _Sieve:
    """Says quickly of most integers that they are none of a set: one bit a hash."""

    ROOM = 16
    """Hashes a key: one in so many strangers passes."""

    def __init__(self, keys: Keys) -> None:
        bits = max(int(len(keys) * self.ROOM), 2).bit_length()
        self._shift = np.uint64(64 - bits)
        self._marks = np.zeros(1 << bits, dtype=bool)
        self._marks[self._hashes(keys)] = True

    def _hashes(self, keys: Keys) -> Keys:
        # Multiplication by the golden ratio spreads neighbouring keys (Knuth, 6.4).
        return (keys * np.uint64(0x9E3779B97F4A7C15)) >> self._shift

    def may_hold(self, keys: Keys) -> npt.NDArray[np.bool_]:
        """Say of each key whether it may be in the set; no key of the set is missed."""
        marks: npt.NDArray[np.bool_] = self._marks[self._hashes(keys)]
        return marks


@dataclass(frozen=True, slots=True)
class Located:
    """The known n-grams of sentences by order: their columns, and the places of their first
    syllables, which rise."""

    columns: list[Ints]
    places: list[Ints]

    def joined(self) -> tuple[Ints, Ints, Ints]:
        """Return columns, places and orders of the n-grams of all orders."""
        orders = np.repeat(np.arange(1, len(self.columns) + 1), [len(c) for c in self.columns])
        return np.concatenate(self.columns), np.concatenate(self.places), orders

    def within(self, begin: int, end: int) -> Located:
        """Return those that begin in a stretch, with places from its beginning."""
        columns, places = [], []
        for column, place in zip(self.columns, self.places, strict=True):
            first, last = place.searchsorted((begin, end)).tolist()
            columns.append(column[first:last])
            places.append(place[first:last] - begin)
        return Located(columns, places)


class NgramSpace:
    """A sorted vocabulary of n-gram keys of orders 1 to ``max_order``; columns in that order."""

    def __init__(self, syllabary: Syllabary, keys: Sequence[Keys]) -> None:
        if not 1 <= len(keys) <= MAX_ORDER:
            raise ValueError(f"orders 1 to {MAX_ORDER} are possible, {len(keys)} were given")
        self.syllabary = syllabary
        self.keys = tuple(keys)
        self._offsets = np.cumsum([0, *(len(k) for k in keys)])
        known = int(max(keys[0], default=0)) + 1
        self._columns = np.full(max(known, len(syllabary.syllables) + 1), -1, dtype=np.int64)
        self._columns[keys[0].astype(np.int64)] = np.arange(len(keys[0]))
        self._sieves = [_Sieve(k) for k in keys[1:]]

    def __len__(self) -> int:
        return int(self._offsets[-1])

    @classmethod
    def of_texts(
        cls, texts: Sequence[str], syllabary: Syllabary, *, max_order: int = 2, minimum: int = 1
    ) -> NgramSpace:
        """Return the space of the n-grams that stand in ``minimum`` sentences at least."""
        encoded = syllabary.encode(texts)
        rows = encoded.rows()
        found = []
        for order in range(1, max_order + 1):
            keys, places = ngram_keys(encoded, order)
            once = np.unique(np.stack([keys, rows[places].astype(np.uint64)], axis=1), axis=0)
            known, counts = np.unique(once[:, 0], return_counts=True)
            found.append(known[counts >= minimum])
        return cls(syllabary, found)

    def locate(self, encoded: Encoded) -> Located:
        """Return where the known n-grams of sentences are."""
        ids = encoded.ids
        single = self._columns[ids]
        where = (single >= 0).nonzero()[0]
        columns, places = [single[where]], [where]
        keys = ids.astype(np.uint64)
        for order, known in enumerate(self.keys[1:], start=2):
            if len(ids) < order:
                break
            keys = (keys[:-1] << _BITS) | ids[order - 1 :].astype(np.uint64)
            # Most n-grams are unknown, and so is every one that holds the number 0.
            where = self._sieves[order - 2].may_hold(keys).nonzero()[0]
            found = keys[where]
            index = known.searchsorted(found)
            index[index == len(known)] = 0
            hit = known[index] == found if len(known) else np.zeros(0, dtype=bool)
            # One that runs over the end of a sentence may look like a known one.
            ends = encoded.bounds[encoded.bounds.searchsorted(where, side="right")]
            hit &= where + order <= ends
            columns.append(index[hit] + self._offsets[order - 1])
            places.append(where[hit])
        return Located(columns, places)

    def matrix(self, encoded: Encoded) -> sparse.csr_matrix:
        """Return presence (0 or 1) of each n-gram: sentences x n-grams."""
        columns, places, _ = self.locate(encoded).joined()
        rows = encoded.rows()[places]
        data = np.ones(len(rows), dtype=np.float32)
        counts = sparse.csr_matrix((data, (rows, columns)), shape=(len(encoded), len(self)))
        counts.data[:] = 1.0
        return counts
