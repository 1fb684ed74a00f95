"""What the writing of a sentence shows beside its words: marks, capitals, figures, length.

A question, a quotation, a run of names, a clause that ends in nothing: readers tell a report
from a conversation by these before they have read a word.  They are counted for the sentences
of many texts at once, by array arithmetic over the characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import sparse

from vankien.tagging.characters import LETTERS, Stretch, codes_of, joined

__all__ = ["N_MARKS", "marks_of"]

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

_CLASSES = ("?", "!", "\"“”'‘’«»", ":", "…", "%", ";", "(", "-–—", ",", " ", "0123456789", ".")
"""Characters that are counted, by class; the number of a class is its place and one."""

_QUOTE, _DASH, _COMMA, _SPACE, _DIGIT = 3, 9, 10, 11, 12
_COUNTED = 9
"""The first classes have a column each, and one for three and more of them."""

_MANY = 2
_CAPITALS, _COMMAS, _LENGTHS, _WORDS = 8, 5, 10, 8
"""Greatest number that has a column of its own: capitals, commas, stretches of 25 characters
and of six words."""

_CHARACTERS, _SIX = 25, 6

_SIZES = (
    2 * _COUNTED, 1, 2, _CAPITALS + 1, 1, len(_CLASSES) + 1, _COMMAS + 1, _LENGTHS + 1,
    _WORDS + 1, 1,
)  # fmt: skip
_FIRST = tuple(int(n) for n in np.cumsum([0, *_SIZES]))
N_MARKS = _FIRST[-1]
"""Number of columns."""


def marks_of(stretches: Sequence[Stretch]) -> sparse.csr_matrix:
    """Return the marks of stretches of texts as written: stretches x N_MARKS, 0 or 1.

    A stretch is (text, start, end).
    """
    count = len(stretches)
    text, begin, stop = joined(stretches)
    if (begin[1:] < stop[:-1]).any():  # the same part of a text is asked for twice
        parts = [text[start:end] for text, start, end in stretches]
        lengths = np.array([len(part) for part in parts])
        stop = np.cumsum(lengths + 1)
        text, begin = "\n".join(["", *parts, ""]), stop - lengths
    codes = np.minimum(codes_of(text), LETTERS - 1)
    classes, upper, lower = (table[codes] for table in _tables())

    def numbers(places: npt.NDArray[np.int64], size: int = 1) -> npt.NDArray[np.int64]:
        """Count places by stretch, or by stretch and class of character."""
        owner = begin.searchsorted(places, side="right") - 1
        inside = (owner >= 0) & (places < stop[owner])
        owner, places = owner[inside], places[inside]
        keys = owner if size == 1 else owner * size + classes[places]
        return np.bincount(keys, minlength=count * size)

    width = len(_CLASSES) + 1
    found = numbers(classes.nonzero()[0], width).reshape(count, width)
    spaced = np.zeros(len(codes), dtype=bool)
    spaced[1:] = classes[:-1] == _SPACE
    spaced[begin] = False  # every sentence begins with a capital
    names = spaced[:-1] & upper[:-1] & lower[1:]
    capitals = numbers(names.nonzero()[0])
    acronyms = numbers((upper[:-1] & upper[1:]).nonzero()[0])
    spaces = (classes == _SPACE).nonzero()[0]
    after = np.append(spaces, len(codes) - 2)[spaces.searchsorted(begin)] + 1
    dense = np.zeros((count, N_MARKS), dtype=bool)
    dense[:, :_COUNTED] = found[:, 1 : _COUNTED + 1] > 0
    dense[:, _COUNTED : 2 * _COUNTED] = found[:, 1 : _COUNTED + 1] > _MANY
    opening = classes[begin]
    dense[:, _FIRST[1]] = (opening == _QUOTE) | (opening == _DASH)
    dense[:, _FIRST[2]] = found[:, _DIGIT] > 0
    dense[:, _FIRST[2] + 1] = found[:, _DIGIT] > 2 * _MANY
    rows = np.arange(count)
    dense[rows, _FIRST[3] + np.minimum(capitals, _CAPITALS)] = True
    dense[:, _FIRST[4]] = acronyms > 0
    dense[rows, _FIRST[5] + classes[np.maximum(stop - 1, begin)]] = True
    dense[rows, _FIRST[6] + np.minimum(found[:, _COMMA], _COMMAS)] = True
    dense[rows, _FIRST[7] + np.minimum((stop - begin) // _CHARACTERS, _LENGTHS)] = True
    dense[rows, _FIRST[8] + np.minimum((found[:, _SPACE] + 1) // _SIX, _WORDS)] = True
    dense[:, _FIRST[9]] = upper[after] & (after < stop)
    return sparse.csr_matrix(dense, dtype=np.float32)


@cache
def _tables() -> tuple[Bytes, Flags, Flags]:
    """Return class, capital and small letter of every character; the last entry is the rest."""
    classes = np.zeros(LETTERS, dtype=np.uint8)
    for number, characters in enumerate(_CLASSES, start=1):
        for character in characters:
            classes[ord(character)] = number
    letters = [chr(code) for code in range(LETTERS - 1)]
    upper = np.array([*(c.isupper() for c in letters), False])
    lower = np.array([*(c.islower() for c in letters), False])
    return classes, upper, lower
