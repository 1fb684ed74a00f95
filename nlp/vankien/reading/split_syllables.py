"""Syllables that a text layer has torn apart: "ĐIỀ U KHO ẢN" is "ĐIỀU KHOẢN" again.

PDF makers that draw marked letters in another font leave gaps around them, and readers take
the gaps for spaces.  Where to start reading: :func:`is_torn` judges a page, because in sound
text two neighbours that could be joined are two words; :func:`rejoin` chooses, for a line of
such a page, the division into syllables that is likeliest by their frequencies.
"""

from __future__ import annotations

import math
import re
from functools import cache
from itertools import pairwise

from vankien.reading.syllables import is_possible
from vankien.resources import models_dir

__all__ = ["is_torn", "rejoin"]

MIN_TORN = 3
TORN_SHARE = 0.015
"""A page is torn where so many of its words are fragments: 0.002 in sound press."""

LONGEST = 7
MOST = 4
"""A syllable is torn into so many pieces at most."""

UNSEEN = 17.0
IMPOSSIBLE = 21.0
JOIN = 3.0
"""Costs (negative logarithms) of unseen and impossible syllables and of taking a space away,
set on sentences of press whose letters with marks had spaces put around them."""

_EDGES = "\"'“”‘’()[]{}.,;:!?…/-–—"
_PIECES = re.compile(r"[^\W\d_]+\Z")


@cache
def _costs() -> dict[str, float]:
    lines = (models_dir() / "syllables" / "frequencies.tsv").read_text("utf-8").splitlines()
    counts = {word: int(count) for word, _, count in (line.partition("\t") for line in lines[1:])}
    total = sum(counts.values())
    return {word: -math.log(count / total) for word, count in counts.items()}


def _is_fragment(word: str) -> bool:
    """Say whether a run of letters is no syllable that press uses."""
    return bool(_PIECES.match(word)) and word.lower() not in _costs()


def is_torn(text: str) -> bool:
    """Say whether a text's syllables are torn: fragments stand next to what completes them."""
    torn = words = 0
    for line in text.split("\n"):
        pieces = [piece.strip(_EDGES) for piece in line.split(" ")]
        words += len(pieces)
        for first, second in pairwise(pieces):
            if not (_is_fragment(first) or _is_fragment(second)):
                continue
            whole = (first + second).lower()
            if len(whole) <= LONGEST and first and second and whole in _costs():
                torn += 1
    return torn >= MIN_TORN and torn >= TORN_SHARE * words


def rejoin(line: str) -> str:
    """Return a line of a torn page with its syllables whole.

    Only spaces are taken away; every other character stays.
    """
    pieces = line.split(" ")
    # best[i]: least cost of the first i pieces, and where the last syllable begins.
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(pieces) + 1):
        choices = []
        for begin in range(max(0, end - MOST), end):
            cost = _cost(pieces[begin:end])
            if cost is not None:
                choices.append((best[begin][0] + cost, begin))
        best.append(min(choices))
    joined: list[str] = []
    end = len(pieces)
    while end:
        begin = best[end][1]
        joined.append("".join(pieces[begin:end]))
        end = begin
    return " ".join(reversed(joined))


def _cost(pieces: list[str]) -> float | None:
    """Return the cost of taking pieces as one syllable; None where they cannot be one."""
    whole = "".join(pieces)
    bare = whole.strip(_EDGES)
    if len(pieces) == 1:
        if not _PIECES.match(bare):
            return 0.0
    elif (
        not all(pieces)
        or not _PIECES.match(bare)
        or len(bare) > LONGEST
        # Punctuation stands before the first piece and after the last, not between.
        or any(piece[0] in _EDGES for piece in pieces[1:])
        or any(piece[-1] in _EDGES for piece in pieces[:-1])
        or not _one_case(bare)
    ):
        return None
    lower = bare.lower()
    known = _costs().get(lower)
    if known is None and len(pieces) > 1 and not is_possible(lower):
        return None
    if known is None:
        known = UNSEEN if is_possible(lower) else IMPOSSIBLE
    return known + JOIN * (len(pieces) - 1)


def _one_case(word: str) -> bool:
    """Say whether a word is in small letters, in capitals, or begins with a capital."""
    return word.islower() or word.isupper() or word[1:].islower()
