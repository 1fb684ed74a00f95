"""The codebook's cues as flags of a sentence, two a code and one for Party context."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from scipy import sparse

from vankien.language.cues import Hit, Hits

__all__ = ["cue_flags", "n_flags"]


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
