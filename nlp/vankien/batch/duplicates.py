"""Near duplicates across a run: one agency story in forty papers counts once.

The set of five-word sequences of a text is summed up by 64 minima (MinHash; Broder 1997,
"On the resemblance and containment of documents"), one for each range of hashes (Li, Owen
and Zhang 2012, "One permutation hashing"; empty ranges as in Shrivastava and Li 2014), of
which 16 bits each are kept: the share of equal minima estimates the share of sequences
that two texts have in common (standard error 0.05 at the threshold).  Candidates are texts
that agree in one of 16 bands of four minima (Leskovec, Rajaraman and Ullman, "Mining of
Massive Datasets", 3.4).  Datasketch and rensa do the same; neither is among this project's
packages, and a worker has 0.1 ms for it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

__all__ = ["SIGNATURE_BYTES", "near_duplicates", "signature"]

BIN_BITS = 6
MINIMA = 1 << BIN_BITS
BANDS = 16
SHINGLE = 5
SIGNATURE_BYTES = MINIMA * 2
THRESHOLD = 0.8
"""Share of equal minima from which a text counts as a near duplicate."""

MAX_CHARS = 100_000
"""Longer texts are compared by their beginning."""

ROUNDS = 50
"""Most different leaders that are tried within the texts of one band's bucket."""

_LETTERS = 0x3100
"""Code points below this are looked up; those above count as one letter."""


@cache
def _constants() -> dict[str, Any]:
    import numpy as np

    base, modulus = 0x9E3779B97F4A7C15, 1 << 64
    letters = np.array([*map(_letter, map(chr, range(_LETTERS - 1))), _LETTERS], dtype=np.uint64)
    powers = np.full(MAX_CHARS + 3, base, dtype=np.uint64)
    inverses = np.full(MAX_CHARS + 3, pow(base, -1, modulus), dtype=np.uint64)
    powers[0] = inverses[0] = 1
    return {
        "powers": np.cumprod(powers, dtype=np.uint64),
        "inverses": np.cumprod(inverses, dtype=np.uint64),
        "letters": letters,
        "bins": np.arange(MINIMA, dtype=np.uint32),
    }


def _letter(character: str) -> int:
    """Return the code of a letter in lower case; 0 for what is no letter or digit."""
    lower = character.lower()
    return ord(lower if len(lower) == 1 else character) if character.isalnum() else 0


def signature(text: str) -> bytes | None:
    """Return the signature of a text; None where it has no word.

    Case, punctuation and spacing do not count.
    """
    import numpy as np

    known = _constants()
    # A space before and after, so that every word begins and ends between two characters.
    raw = f" {text[:MAX_CHARS]} ".encode("utf-32-le", "replace")
    codes = known["letters"].take(np.frombuffer(raw, dtype=np.uint32), mode="clip")
    letter = codes != 0
    edges = np.flatnonzero(letter[1:] != letter[:-1])
    before, last = edges[0::2], edges[1::2]
    if not len(before):
        return None
    # Hash of a word: its polynomial modulo 2**64, moved to the beginning of the text.
    codes *= known["powers"][: len(codes)]
    sums = np.cumsum(codes)
    words = _mixed((sums[last] - sums[before]) * known["inverses"][before + 1])
    width = min(SHINGLE, len(words))
    number = len(words) - width + 1
    shingles = words[:number].copy()
    for place in range(1, width):
        shingles *= np.uint64(0x100000001B3)
        shingles += words[place : place + number]
    hashes = np.sort((_mixed(shingles) >> np.uint64(32)).astype(np.uint32))
    # An empty bin takes the least hash of the next one that is not, marked by its distance.
    place_of = hashes.searchsorted(known["bins"] << np.uint32(32 - BIN_BITS)) % len(hashes)
    least = hashes[place_of]
    distance = ((least >> np.uint32(32 - BIN_BITS)) - known["bins"]) & np.uint32(MINIMA - 1)
    minima = least + distance * np.uint32(0x9E3779B1)
    kept = (minima * np.uint32(0x85EBCA6B)) >> np.uint32(16)
    return bytes(kept.astype("<u2").tobytes())


def _mixed(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    import numpy as np

    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    mixed: np.ndarray[Any, Any] = values ^ (values >> np.uint64(29))
    return mixed


def near_duplicates(signatures: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return for every text the index of the text that it repeats, or -1.

    ``signatures`` has a row of 64 minima (uint16) a text, in document order; rows of zeros
    are texts without words.  The text that is repeated stands before, and repeats none.
    """
    import numpy as np

    number = len(signatures)
    leader = np.full(number, -1, dtype=np.int64)
    present = np.flatnonzero(signatures.any(axis=1))
    if len(present) < 2:
        return leader
    width = MINIMA // BANDS
    needed = int(np.ceil(THRESHOLD * MINIMA))
    for band in range(BANDS):
        keys = np.ascontiguousarray(signatures[present, band * width : (band + 1) * width])
        keys = keys.view(np.uint64).ravel()
        rest = present[np.argsort(keys, kind="stable")]
        keys = np.sort(keys, kind="stable")
        for _ in range(ROUNDS):
            first = np.append(True, keys[1:] != keys[:-1])
            group = np.cumsum(first) - 1
            leaders = rest[first][group]
            other = ~first
            if not other.any():
                break
            same = (signatures[rest[other]] == signatures[leaders[other]]).sum(axis=1) >= needed
            texts, firsts = rest[other][same], leaders[other][same]
            earlier = (leader[texts] < 0) | (firsts < leader[texts])
            leader[texts[earlier]] = firsts[earlier]
            # Texts that are unlike their bucket's first are compared with one another.
            left = np.flatnonzero(other)[~same]
            rest, keys = rest[left], keys[left]
            if len(rest) < 2:
                break
    # A leader stands before its texts: in order, every chain ends at its first text.
    for text in np.flatnonzero(leader >= 0):
        above = leader[leader[text]]
        if above >= 0:
            leader[text] = above
    return leader
