"""Texts as arrays of characters, for what is counted in many of them at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["LETTERS", "Stretch", "codes_of", "joined"]

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint32]

Stretch = tuple[str, int, int]
"""A part of a text: (text, start, end)."""

LETTERS = 0x3100
"""Code points below the last of these are looked up in tables; others are rare."""


def codes_of(text: str) -> Codes:
    """Return the code point of every character."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def joined(stretches: Sequence[Stretch]) -> tuple[str, Ints, Ints]:
    """Return the texts of stretches between line breaks, and where each stretch begins and ends.

    Stretches of one text should follow one another: each run is taken once.
    """
    texts: list[str] = []
    shifts: list[int] = []
    length = 1
    for text, _, _ in stretches:
        if not texts or texts[-1] is not text:
            texts.append(text)
            length += len(text) + 1
        shifts.append(length - len(text) - 1)
    edges = np.array([(start, end) for _, start, end in stretches], dtype=np.int64)
    begin, stop = edges.reshape(-1, 2).T + np.array(shifts, dtype=np.int64)
    return "\n".join(["", *texts, ""]), begin, stop
