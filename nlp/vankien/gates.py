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

__all__ = ["Endings", "Openings", "beginning_with", "lower"]


T = TypeVar("T")


def lower(text: str) -> str:
    """Return a text in lower case, character for character."""
    # The only letter that lower() lengthens.
    return text.replace("\u0130", "I").lower() if "\u0130" in text else text.lower()


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


class Openings:
    """Words in lower case, found where they begin a word of a text."""

    def __init__(self, words: Iterable[str]) -> None:
        from ahocorasick_rs import AhoCorasick

        self._automaton = AhoCorasick(sorted(set(words)))

    def places(self, lowered: str, more: Iterable[int] = ()) -> list[int]:
        """Return in order where they begin in a text in lower case, and the places of ``more``."""
        places = set(more)
        for _, start, _ in self._automaton.find_matches_as_indexes(lowered, overlapping=True):
            if not start or not ((before := lowered[start - 1]).isalnum() or before == "_"):
                places.add(start)
        return sorted(places)


class Endings(Generic[T]):
    """Phrases with values, found by what a text ends with."""

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        ordered = list(entries)
        # By the last two letters; phrases of one letter are under each pair that ends so.
        self._single = {phrase for phrase, _ in ordered if len(phrase) == 1}
        self._by_last: dict[str, list[tuple[str, T]]] = {}
        self._by_pair: dict[str, list[tuple[str, T]]] = {}
        for phrase, value in ordered:
            self._by_last.setdefault(phrase[-1:], []).append((phrase, value))
        for phrase, _ in ordered:
            if len(phrase) > 1 and phrase[-2:] not in self._by_pair:
                self._by_pair[phrase[-2:]] = [
                    (other, value)
                    for other, value in self._by_last[phrase[-1]]
                    if len(other) == 1 or other[-2:] == phrase[-2:]
                ]

    def at_end(self, text: str) -> list[tuple[str, T]]:
        """Return the phrases that the text ends with, in the order given."""
        known = self._by_pair.get(text[-2:])
        if known is None:
            if text[-1:] not in self._single:
                return []
            known = self._by_last[text[-1:]]
        return [entry for entry in known if text.endswith(entry[0])]
