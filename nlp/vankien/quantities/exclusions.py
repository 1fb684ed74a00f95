"""Numbers that are no quantity: dates, symbols, ordinals, names, contacts.

The rules are data (``corpus/codebook/not_quantities.yaml``); CODES.md, "NOT indicators"
and rule 13, is their source.  A rule names words directly before or after the number, or a
pattern that covers it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from vankien.codebook import load_yaml
from vankien.gates import Endings, beginning_with
from vankien.resources import codebook_dir

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

__all__ = ["excluded_spans", "is_excluded"]

LOOK = 40
"""Characters looked at on each side of a number."""


@dataclass(frozen=True, slots=True)
class _Words:
    kind: str
    phrases: tuple[str, ...]
    after: tuple[str, ...]
    unless_unit: bool
    only_year: bool
    unless: tuple[str, ...]
    at_most: int | None


@dataclass(frozen=True, slots=True)
class _Rules:
    words: Endings[_Words]
    pattern: re.Pattern[str]
    kinds: tuple[str, ...]
    guarded: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...]
    needed: AhoCorasick


@cache
def _rules() -> _Rules:
    from ahocorasick_rs import AhoCorasick

    words: list[_Words] = []
    patterns: list[str] = []
    kinds: list[str] = []
    guarded: list[tuple[tuple[str, ...], re.Pattern[str], str]] = []
    data = load_yaml(codebook_dir() / "not_quantities.yaml")
    for rule in data["rules"]:
        if "needs" in rule:
            guarded.append((tuple(rule["needs"]), re.compile(rule["pattern"]), rule["kind"]))
        elif "pattern" in rule:
            kinds.append(rule["kind"])
            patterns.append(f"(?P<r{len(patterns)}>{rule['pattern']})")
        else:
            words.append(
                _Words(
                    rule["kind"],
                    tuple(p.lower() for p in rule["before"]),
                    tuple(p.lower() for p in rule.get("after", [])),
                    bool(rule.get("unless_unit")),
                    bool(rule.get("only_year")),
                    tuple(p.lower() for p in rule.get("unless", [])),
                    rule.get("at_most"),
                )
            )
    # The gate keeps the patterns from being tried at each character.
    starts = beginning_with(data["starts"])
    gate = rf"(?:\A(?=\s)|(?<!\w)(?=[\d(]|{starts}))"
    pattern = re.compile(rf"{gate}(?:{'|'.join(patterns)})")
    needed = AhoCorasick(sorted({sign for needs, _, _ in guarded for sign in needs}))
    endings = Endings((phrase, rule) for rule in words for phrase in rule.phrases)
    return _Rules(endings, pattern, tuple(kinds), tuple(guarded), needed)


def excluded_spans(text: str) -> list[tuple[int, int, str]]:
    """Return the spans that a pattern covers, as (start, end, kind), in order."""
    rules = _rules()
    spans = [
        (m.start(), m.end(), rules.kinds[int((m.lastgroup or "r0")[1:])])
        for m in rules.pattern.finditer(text)
    ]
    for needs, pattern, kind in rules.guarded if rules.needed.find_matches_as_indexes(text) else ():
        if any(sign in text for sign in needs):
            spans.extend((m.start(), m.end(), kind) for m in pattern.finditer(text))
    return sorted(spans)


def is_excluded(lowered: str, start: int, end: int, *, has_unit: bool, is_year: bool) -> str | None:
    """Return the kind of rule whose words stand beside the number, or None.

    ``lowered`` is the text in lower case; ``has_unit`` says that a counted noun follows,
    ``is_year`` that the number is written like a year.
    """
    left = lowered[max(0, start - LOOK) : start].rstrip(" :“\"'")
    candidates = _rules().words.at_end(left)
    if not candidates:
        return None
    right = lowered[end : end + LOOK].lstrip()
    for phrase, rule in candidates:
        if rule.unless_unit and has_unit:
            continue
        if rule.only_year and not is_year:
            continue
        if rule.at_most is not None and not is_year and _exceeds(lowered[start:end], rule.at_most):
            continue
        if rule.after and not right.startswith(rule.after):
            continue
        if rule.unless and left.endswith(rule.unless):
            continue
        place = len(left) - len(phrase) - 1
        if place < 0 or not left[place].isalnum():
            return rule.kind
    return None


def _exceeds(number: str, most: int) -> bool:
    return number.isdecimal() and int(number) > most
