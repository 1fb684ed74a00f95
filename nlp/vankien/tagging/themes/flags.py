"""What the codebook's phrases say of a sentence: its cues as flags, and its circumstances."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from scipy import sparse

from vankien.language.cues import Hit, Hits
from vankien.tagging.themes.arbiter import Circumstances

__all__ = ["circumstances_of", "cue_flags", "n_flags"]

NAMED = ("official", "party", "negation")
"""Families of phrases whose presence in a sentence the arbiter sees."""


def n_flags(labels: Sequence[str]) -> int:
    """Return the number of flags: strong and weak cue of every code, Party context."""
    return 2 * len(labels) + 1


def cue_flags(
    labels: Sequence[str], sentences: Iterable[tuple[Hits, int, int]]
) -> sparse.csr_matrix:
    """Return the flags of sentences, given as (hits of their text, start, end).

    A cue that overlaps a ``not`` phrase of its code counts for nothing; the further codes
    of a cue (``also``) count as strong.
    """
    place = {code: 2 * n for n, code in enumerate(labels)}
    party = 2 * len(labels)
    indptr = [0]
    columns: list[int] = []
    for hits, start, end in sentences:
        if "theme" not in hits.families and "party" not in hits.families:
            indptr.append(len(columns))
            continue
        found: set[int] = set()
        cues = hits.within("theme", start, end)
        blocked = hits.within("theme.not", start, end) if cues else []
        for hit in cues:
            code, cue = hit.value
            if code not in place or any(b.value == code and _overlap(b, hit) for b in blocked):
                continue
            found.add(place[code] + (not cue.strong))
            found.update(place[further] for further in cue.also if further in place)
        if hits.within("party", start, end):
            found.add(party)
        columns.extend(sorted(found))
        indptr.append(len(columns))
    data = np.ones(len(columns), dtype=np.float32)
    return sparse.csr_matrix((data, columns, indptr), shape=(len(indptr) - 1, n_flags(labels)))


def _overlap(a: Hit, b: Hit) -> bool:
    return a.start < b.end and b.start < a.end


def circumstances_of(
    sentences: Sequence[tuple[Hits, int, int]], lengths: Sequence[int], headed: Sequence[bool]
) -> Circumstances:
    """Return the circumstances of sentences, given as in :func:`cue_flags`.

    ``lengths`` are in syllables; ``headed`` says which have a heading.
    """
    named = [
        [bool(hits.within(family, start, end)) for family in NAMED]
        for hits, start, end in sentences
    ]
    return Circumstances(
        np.array(named, dtype=np.float64).reshape(len(sentences), len(NAMED)),
        np.array(lengths, dtype=np.float64),
        np.array(headed, dtype=np.float64),
    )
