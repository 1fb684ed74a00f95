"""Sentences on themes, from the training part of the gold, dealt out without repetition."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random

from vankien.gazetteer.organisations import find_scopes
from vankien.quantities.mentions import find_quantities
from vankien.resources import corpus_dir

__all__ = ["Coded", "Dealer"]

LONGEST = 260
_NONE = re.compile(r"\b(?:không|chưa|chẳng)\b.*\bnào\b", re.IGNORECASE)
"""What is said to be nought is a figure as well."""

LOUD = ("social", "complaint")
"""Registers that stand in no report and no article."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A sentence with its codes."""

    text: str
    themes: tuple[str, ...]
    role: str
    press: bool

    @property
    def group(self) -> str:
        """The group of manifestations, "work", or "none"."""
        for group in ("SUYTHOAI-TT", "SUYTHOAI-DD", "TUDIENBIEN"):
            if any(code.startswith(group) for code in self.themes):
                return group
        return "work" if self.themes else "none"


@cache
def _sentences() -> tuple[Coded, ...]:
    """Return the sentences that state no figure and name no place of their own."""
    found = []
    path = corpus_dir() / "gold" / "train" / "themes.jsonl"
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        text = row["text"]
        if row.get("part", "body") != "body" or row.get("register") in LOUD:
            continue
        if len(text) > LONGEST or re.search(r"\d", text) or not text.endswith((".", "!", "?")):
            continue
        if find_quantities(text, weak=True) or _NONE.search(text):
            continue
        if any(not scope.relative for scope in find_scopes(text)):
            continue
        found.append(Coded(text, tuple(row["themes"]), row["role"], row.get("register") == "press"))
    return tuple(found)


class Dealer:
    """Deals sentences that meet a condition, each once until all have been dealt."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._decks: dict[object, list[Coded]] = {}
        self.dealt: list[Coded] = []

    def deal(self, key: object, wanted: Callable[[Coded], bool]) -> Coded:
        """Return the next sentence of the deck ``key``, which holds what is wanted."""
        deck = self._decks.get(key)
        if not deck:
            deck = [sentence for sentence in _sentences() if wanted(sentence)]
            self._random.shuffle(deck)
            self._decks[key] = deck
        return deck.pop()

    def of_group(self, group: str, role: str | None = None) -> Coded:
        """Return a sentence of a group of themes, in a role if one is given."""
        return self.deal(
            (group, role), lambda s: s.group == group and (role is None or s.role == role)
        )
