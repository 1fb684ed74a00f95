"""Where a mention may begin: the cheap test that spares most texts the grammar.

The names of types and laws are found by the scan that all taggers share
(:func:`guard_entries`), number symbols and abbreviations glued to their number ("NQ35") by
one expression each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from vankien.language.cues import Hit, PhraseIndex
from vankien.tagging.references.grammar import NamedRule, grammar
from vankien.tagging.references.knowledge import Law, knowledge

__all__ = ["Anchor", "Place", "anchors_of", "guard_entries", "scan"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a phrase of the family "reference" begins; ``written`` is its exact spelling."""

    kind: Literal["type", "abbreviation", "law", "named"]
    types: tuple[str, ...]
    written: str
    weak: bool = False
    verb: bool = False
    plenum: bool = False
    congress: bool = False
    programme: bool = False
    signed: bool = False
    law: Law | None = None
    named: NamedRule | None = None


def guard_entries() -> list[tuple[str, str, object]]:
    """Return the phrases with which a mention begins, for the shared scan of the text."""
    entries: list[tuple[str, str, object]] = []
    rules = grammar()
    by_abbreviation: dict[str, list[dict[str, Any]]] = {}
    for entry in rules.types:
        for name in entry["names"]:
            entries.append(("reference", name, _of_type("type", name, [entry])))
        for written in entry["abbreviations"]:
            by_abbreviation.setdefault(written, []).append(entry)
    for written, owners in by_abbreviation.items():
        # "QĐ" is a decision unless a known regulation answers to it.
        anchor = _of_type("abbreviation", written, owners[::-1])
        entries.append(("reference", written, anchor))
    for law in knowledge().laws:
        for name in (law.name, *law.also):
            anchor = Anchor("law", (law.type,), name, law=law)
            entries.append(("reference", name, anchor))
            if "," in name:
                entries.append(("reference", name.replace(",", ""), anchor))
    for rule in rules.named:
        entries.append(
            ("reference", rule.phrase, Anchor("named", (rule.type,), rule.phrase, named=rule))
        )
    return entries


def _of_type(
    kind: Literal["type", "abbreviation"], written: str, entries: list[dict[str, Any]]
) -> Anchor:
    def every(flag: str) -> bool:
        return all(bool(entry.get(flag)) for entry in entries)

    return Anchor(
        kind, tuple(entry["type"] for entry in entries), written, weak=every("weak"),
        verb=every("verb"), plenum=every("plenum"), congress=every("congress"),
        programme=every("programme"), signed=every("signed"),
    )  # fmt: skip


@cache
def _index() -> PhraseIndex:
    return PhraseIndex(guard_entries())


def scan(text: str) -> list[Hit]:
    """Return the hits of :func:`guard_entries` in a text that no shared scan has read."""
    return _index().scan(text).of("reference")


_MAY_HOLD_SYMBOL = re.compile(
    r"\d[a-zA-Z]?[^\S\n]?[-–—/][^\S\n]?(?:\d{4}[^\S\n]?[-–—/][^\S\n]?)?[A-ZĐ]"
)


Place = tuple[int, int, Anchor | None]
"""Start, end and anchor; None for a bare number with its symbol."""


def anchors_of(text: str, hits: list[Hit]) -> list[Place]:
    """Return the places of a text where a mention may begin, in the order to try them.

    At one place the longest name goes first ("thông báo kết luận" before "thông báo").
    """
    places: list[Place] = [(hit.start, hit.end, hit.value) for hit in hits]
    rules = grammar()
    if _MAY_HOLD_SYMBOL.search(text) is not None:
        places.extend((m.start(), m.end(), None) for m in rules.symbol.finditer(text))
    if rules.glued_codes.find_matches_as_indexes(text):
        known = _abbreviations()
        places.extend(
            (m.start(), m.end(), known[m.group("abbreviation")]) for m in rules.glued.finditer(text)
        )
    places.sort(key=lambda place: (place[0], -place[1]))
    return places


@cache
def _abbreviations() -> dict[str, Anchor]:
    return {
        anchor.written: anchor
        for _, _, anchor in guard_entries()
        if isinstance(anchor, Anchor) and anchor.kind == "abbreviation"
    }
