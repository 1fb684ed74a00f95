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
from vankien.gates import Endings
from vankien.quantities.number_gate import digit_runs
from vankien.resources import codebook_dir

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

__all__ = ["Exclusions", "excluded_spans", "is_excluded"]

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
    """The rules compiled.

    ``signs`` finds the words at which a pattern may begin (``starts``) and those without which
    the rules of ``guarded`` are not tried (``needs``: their positions by sign).
    """

    words: Endings[_Words]
    pattern: re.Pattern[str]
    kinds: tuple[str, ...]
    guarded: tuple[tuple[re.Pattern[str], str], ...]
    signs: AhoCorasick
    starts: frozenset[int]
    needs: dict[int, tuple[int, ...]]


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
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})")
    # The patterns are tried where digits begin and at these words only.
    starts = {"(", *data["starts"]}
    signs = sorted(starts | {sign for needs, _, _ in guarded for sign in needs})
    return _Rules(
        words=Endings((phrase, rule) for rule in words for phrase in rule.phrases),
        pattern=pattern,
        kinds=tuple(kinds),
        guarded=tuple((rule, kind) for _, rule, kind in guarded),
        signs=AhoCorasick(signs),
        starts=frozenset(i for i, sign in enumerate(signs) if sign in starts),
        needs={
            i: numbers
            for i, sign in enumerate(signs)
            if (numbers := tuple(n for n, (needs, _, _) in enumerate(guarded) if sign in needs))
        },
    )


class Exclusions:
    """The spans of a text that a pattern covers, found as far as they are asked for.

    ``runs`` tells where digits begin.
    """

    def __init__(self, text: str, runs: list[int]) -> None:
        rules = _rules()
        places = set(runs)
        if text[:1].isspace():
            places.add(0)
        guarded: set[int] = set()
        for sign, start, _ in rules.signs.find_matches_as_indexes(text, overlapping=True):
            if sign in rules.starts:
                places.add(start)
            if sign in rules.needs:
                guarded.update(rules.needs[sign])
        self.spans: list[tuple[int, int, str]] = []
        for number in guarded:
            pattern, kind = rules.guarded[number]
            self.spans.extend((m.start(), m.end(), kind) for m in pattern.finditer(text))
        self._text = text
        self._places = sorted(places, reverse=True)
        self._end = 0

    def cover(self, start: int, end: int) -> bool:
        """Say whether a span shares a character with ``text[start:end]``."""
        places = self._places
        if places and places[-1] < end:
            rules = _rules()
            match_at, text = rules.pattern.match, self._text
            while places and places[-1] < end:
                place = places.pop()
                if place < self._end:
                    continue  # a match goes on here
                match = match_at(text, place)
                if match is not None:
                    self._end = match.end()
                    kind = rules.kinds[int((match.lastgroup or "r0")[1:])]
                    self.spans.append((place, self._end, kind))
        spans = self.spans
        return bool(spans) and any(first < end and start < last for first, last, _ in spans)


def excluded_spans(text: str) -> list[tuple[int, int, str]]:
    """Return the spans that a pattern covers, as (start, end, kind), in order."""
    exclusions = Exclusions(text, digit_runs(text))
    exclusions.cover(0, len(text))
    return sorted(exclusions.spans)


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
