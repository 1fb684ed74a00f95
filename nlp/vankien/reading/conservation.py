"""Nothing lost silently: the digits of a source are counted off against what was read.

Figures are what researchers count, and a digit survives every repair of a text: decoding,
joining and sorting into columns change letters and spaces only.
"""

from __future__ import annotations

__all__ = ["digits_in", "lost_digits"]


def digits_in(text: str) -> int:
    """Return how many decimal digits (ASCII) a text has."""
    return sum(map(text.count, "0123456789"))


def lost_digits(source: int, found: int) -> str | None:
    """Return a warning where fewer digits were read than the source has, else None."""
    if found >= source:
        return None
    return f"{source - found} of its {source} digits are not in the text"
