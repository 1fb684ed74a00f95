"""Gates: cheap first questions, so that the rules behind them are seldom asked.

A regular expression with a hundred alternatives costs a comparison with each wherever it is
tried; the same words as a tree cost one a letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Generic, TypeVar

__all__ = ["Endings", "beginning_with"]


T = TypeVar("T")


def beginning_with(words: Iterable[str], *, any_case: bool = False) -> str:
    """Return a pattern that matches where one of the words begins (for a lookahead).

    With ``any_case`` capitals and small letters are written out, which is quicker than
    having the engine compare without case.
    """
    distinct = sorted({word.lower() if any_case else word for word in words})
    return _tree(distinct, any_case) if distinct else "(?!)"


def _tree(words: list[str], any_case: bool) -> str:
    if words[0] == "":
        return ""  # a word ends here: what follows it does not matter
    branches = [
        _letter(letter, any_case) + _tree([word[1:] for word in rest], any_case)
        for letter, rest in groupby(words, key=itemgetter(0))
    ]
    return branches[0] if len(branches) == 1 else f"(?-i:{'|'.join(branches)})"


def _letter(letter: str, any_case: bool) -> str:
    if any_case and letter.upper() != letter:
        return f"(?-i:[{letter}{letter.upper()}])"
    return f"(?-i:{re.escape(letter)})"


class Endings(Generic[T]):
    """Phrases with values, found by what a text ends with."""

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._by_last: dict[str, list[tuple[str, T]]] = {}
        for phrase, value in entries:
            self._by_last.setdefault(phrase[-1:], []).append((phrase, value))

    def at_end(self, text: str) -> list[tuple[str, T]]:
        """Return the phrases that the text ends with, in the order given."""
        known = self._by_last.get(text[-1:])
        return [e for e in known if text.endswith(e[0])] if known else []
