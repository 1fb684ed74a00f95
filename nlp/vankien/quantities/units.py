"""Units: the noun or sign after a figure, by the lexicon ``corpus/codebook/units.yaml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from vankien.codebook import load_yaml
from vankien.resources import codebook_dir

__all__ = ["Unit", "count_nouns", "unit_after"]


@dataclass(slots=True)  # frozen, it takes three times as long to make, and there are thousands
class Unit:
    """A unit as written after a figure; offsets index the text."""

    name: str
    dimension: str
    start: int
    end: int


@cache
def _variants() -> dict[str, list[tuple[str, str, str]]]:
    """Variants by first syllable, longest first: (variant, unit, dimension)."""
    table: dict[str, list[tuple[str, str, str]]] = {}
    for entry in load_yaml(codebook_dir() / "units.yaml")["units"]:
        for variant in entry["variants"]:
            form = variant.lower()
            table.setdefault(_first(form), []).append((form, entry["unit"], entry["dimension"]))
    for variants in table.values():
        variants.sort(key=lambda v: -len(v[0]))
    return table


COUNTABLE = frozenset(
    {"person", "organisation", "place", "case", "document", "event", "attendance", "household",
     "item", "post"}
)  # fmt: skip
"""Dimensions whose figures are whole numbers."""


@cache
def count_nouns() -> frozenset[str]:
    """Return the dimensions in which a single number word ("hai", "ba") counts."""
    return COUNTABLE | {"age", "time", "vote", "area"}


_FIRST = re.compile(r"(?:[^\W_]|[²³°])+")


def _first(text: str) -> str:
    match = _FIRST.match(text)
    return match.group() if match else text[:1]


def unit_after(text: str, offset: int, lowered: str | None = None) -> Unit | None:
    """Return the longest unit that begins at ``offset`` or one space after it.

    ``lowered`` is ``text.lower()`` of equal length, where the caller has it.
    """
    low = text.lower() if lowered is None else lowered
    start = offset + 1 if low.startswith(" ", offset) else offset
    word = low[start : start + 14].partition(" ")[0]
    variants = _variants().get(word if word.isalnum() else _first(word))
    if variants is not None:
        for form, name, dimension in variants:
            if low.startswith(form, start):
                end = start + len(form)
                if not low[end : end + 1].isalnum():
                    return Unit(name, dimension, start, end)
    return None
