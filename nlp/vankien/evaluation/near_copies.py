"""Near-copies among sentences, found exactly: Jaccard similarity of syllable shingles.

A shingle is three syllables in a row.  Two sentences are near-copies where the shingles they
share are at least a threshold's part of those that either has.  Prefix filtering (Chaudhuri,
Ganti & Kaushik 2006; Bayardo, Ma & Srikant 2007) makes it quick: two sentences that alike must
share one of their rarest shingles, so that only such pairs are compared, and none is missed.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from vankien.normalise import clean, fold
from vankien.tagging.syllabary import split_syllables

__all__ = ["NearCopy", "families_of", "near_copies", "shingles"]

SHINGLE = 3
"""Syllables of a shingle."""

NEAR = 0.6
"""Similarity from which two sentences are near-copies: in a sentence of twenty syllables,
some two of them differ."""


class NearCopy(NamedTuple):
    """Two sentences by their places, and their similarity."""

    first: int
    second: int
    similarity: float


def shingles(text: str) -> frozenset[str]:
    """Return the shingles of a sentence; figures are alike, case and tone placement too."""
    syllables = [s for s, _, _ in split_syllables(fold(clean(text)).text)]
    count = max(len(syllables) - SHINGLE + 1, 1)
    return frozenset(" ".join(syllables[i : i + SHINGLE]) for i in range(count))


def near_copies(texts: Sequence[str], *, threshold: float = NEAR) -> list[NearCopy]:
    """Return all pairs with a similarity of ``threshold`` (above 0) at least, in order."""
    sets = [shingles(text) for text in texts]
    frequency: Counter[str] = Counter(one for found in sets for one in found)
    index: dict[str, list[int]] = defaultdict(list)
    pairs: list[NearCopy] = []
    for second, found in enumerate(sets):
        ordered = sorted(found, key=lambda one: (frequency[one], one))
        needed = math.ceil(threshold * len(ordered) - 1e-9)
        prefix = ordered[: len(ordered) - needed + 1]
        candidates = {first for one in prefix for first in index[one]}
        for first in sorted(candidates):
            other = sets[first]
            shared = len(found & other)
            similarity = shared / (len(found) + len(other) - shared)
            if similarity >= threshold:
                pairs.append(NearCopy(first, second, round(similarity, 4)))
        for one in prefix:
            index[one].append(second)
    return sorted(pairs)


def families_of(
    texts: Sequence[str], families: Sequence[str], *, threshold: float = NEAR
) -> list[str]:
    """Return the families joined where near-copies tie them together (the first's name)."""
    joined: dict[str, str] = {}

    def root(name: str) -> str:
        while name in joined:
            name = joined[name]
        return name

    order = {name: place for place, name in reversed(list(enumerate(families)))}
    for pair in near_copies(texts, threshold=threshold):
        one, other = root(families[pair.first]), root(families[pair.second])
        if one != other:
            first, later = sorted((one, other), key=order.__getitem__)
            joined[later] = first
    return [root(name) for name in families]
