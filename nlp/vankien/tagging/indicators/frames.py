"""Which indicator a figure measures: candidate frames are scored, the best one wins.

A frame names phrases for up to three places (see :class:`vankien.codebook.Frame`):

* the *head*, the counted noun: in the noun phrase after the figure ("2.053 đảng viên") or,
  for a percentage or a bare number, before it ("tỷ lệ đảng viên nữ đạt 40%");
* the *trigger*, the word that governs the figure: the nearest one to its left in the
  sentence (shared by coordination: "kỷ luật 87 tổ chức đảng và 6.098 đảng viên"), or one
  in its own noun phrase ("12 đồng chí bị khiển trách");
* the *qualifier*, beside the noun ("là người dân tộc thiểu số").

Each place that is met adds to the score; distance, semicolons and figures between take
away.  A figure whose best score stays under :data:`THRESHOLD` has no indicator.
"""

from __future__ import annotations

from dataclasses import dataclass

from vankien.codebook import Indicator
from vankien.language.cues import Hit
from vankien.quantities.mentions import Quantity
from vankien.tagging.indicators.phrases import CompiledFrame, SentencePhrases, frames

__all__ = ["Candidate", "Place", "best_frame"]

THRESHOLD = 1.7
"""Lowest score of an accepted frame (set on the codebook's examples)."""

HEAD_FIRST = 2.0
HEAD_LATER = 0.9
HEAD_BEFORE = 1.4
PER_SYLLABLE = 0.12
TRIGGER_NEAR = 1.9
TRIGGER_AFTER = 1.6
QUALIFIER = 1.5
PER_CHARACTER = 0.008
PER_SEMICOLON = 1.1
PER_FIGURE = 0.12
LEFT_REACH = 70
"""Farthest distance of a head that stands before its figure."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure stands in its sentence; offsets index the sentence."""

    clause: int
    previous_end: int
    phrase_end: int
    figures_before: tuple[int, ...]
    measure: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An indicator for a figure with its score and the phrases that speak for it."""

    indicator: Indicator
    score: float
    head: Hit | None
    trigger: Hit | None
    qualifier: Hit | None


def best_frame(
    sentence: str, quantity: Quantity, place: Place, phrases: SentencePhrases
) -> Candidate | None:
    """Return the best frame for a figure, or None where none reaches the threshold."""
    table = frames()
    numbers = set(phrases.heads) | set(phrases.triggers) | set(phrases.qualifiers)
    best: Candidate | None = None
    for number in sorted(numbers):
        candidate = _score(sentence, quantity, place, phrases, table[number])
        if candidate is None or candidate.score < THRESHOLD:
            continue
        if best is None or candidate.score > best.score:
            best = candidate
    return best


def _score(
    sentence: str,
    quantity: Quantity,
    place: Place,
    phrases: SentencePhrases,
    compiled: CompiledFrame,
) -> Candidate | None:
    frame, indicator = compiled.frame, compiled.indicator
    if not _dimension_fits(quantity, indicator):
        return None
    if frame.measures and place.measure not in frame.measures:
        return None
    if place.measure not in (*indicator.measures, "rank"):
        return None
    number = compiled.number
    score = frame.weight
    head = trigger = qualifier = None
    if frame.heads:
        head, value = _head(sentence, quantity, place, phrases.heads.get(number, []))
        if head is None:
            return None
        score += value
    if frame.triggers:
        trigger, value = _trigger(
            sentence, quantity, place, phrases.triggers.get(number, []), frame.reach
        )
        if trigger is None:
            return None
        score += value
    if frame.qualifiers:
        qualifier = _qualifier(quantity, place, phrases.qualifiers.get(number, []))
        if qualifier is None:
            return None
        score += QUALIFIER + PER_SYLLABLE * _syllables(sentence, qualifier)
    if not frame.heads and not frame.qualifiers and _foreign_noun(quantity, indicator):
        return None
    if _blocked(quantity, place, phrases.blocks.get(number, []), trigger, head):
        return None
    return Candidate(indicator, score, head, trigger, qualifier)


def _syllables(sentence: str, hit: Hit) -> int:
    return sentence.count(" ", hit.start, hit.end) + 1


def _dimension_fits(quantity: Quantity, indicator: Indicator) -> bool:
    if quantity.unit is None or quantity.unit in ("%", "lần"):
        return quantity.unit != "lần" or quantity.multiple
    return quantity.dimension in indicator.dimensions


def _foreign_noun(quantity: Quantity, indicator: Indicator) -> bool:
    """A frame without head may not claim a figure that counts a noun of its own kind."""
    if quantity.unit is None or quantity.unit == "%":
        return False
    return quantity.dimension not in indicator.dimensions


def _head(
    sentence: str, quantity: Quantity, place: Place, hits: list[Hit]
) -> tuple[Hit | None, float]:
    best: Hit | None = None
    value = 0.0
    for hit in hits:
        if quantity.number_end <= hit.start <= place.phrase_end:
            between = sentence[quantity.number_end : hit.start].strip(" %")
            first = not between or hit.start <= quantity.end
            gained = HEAD_FIRST if first else HEAD_LATER
        elif (
            max(place.clause, place.previous_end) <= hit.start
            and hit.end <= quantity.number_start
            and quantity.number_start - hit.end <= LEFT_REACH
            and _open_to_left(quantity)
        ):
            gained = HEAD_BEFORE - PER_CHARACTER * (quantity.number_start - hit.end)
        else:
            continue
        gained += PER_SYLLABLE * _syllables(sentence, hit)
        if best is None or gained > value:
            best, value = hit, gained
    return best, value


def _open_to_left(quantity: Quantity) -> bool:
    # A figure with its own counted noun does not take a noun before it, but general
    # nouns for persons ("đồng chí", "người", "trường hợp") stand in for one.
    return quantity.unit in (None, "%", "người", "đảng viên") or quantity.dimension == "money"


def _trigger(
    sentence: str, quantity: Quantity, place: Place, hits: list[Hit], reach: int
) -> tuple[Hit | None, float]:
    best: Hit | None = None
    value = 0.0
    for hit in hits:
        if hit.end <= quantity.number_start:
            distance = quantity.number_start - hit.end
            if distance > reach:
                continue
            figures = sum(1 for f in place.figures_before if hit.end <= f)
            gained = (
                TRIGGER_NEAR
                - PER_CHARACTER * distance
                - PER_SEMICOLON * sentence.count(";", hit.end, quantity.number_start)
                - PER_FIGURE * figures
            )
        elif quantity.number_end <= hit.start < place.phrase_end:
            gained = TRIGGER_AFTER - PER_CHARACTER * (hit.start - quantity.end)
        else:
            continue
        gained += PER_SYLLABLE * _syllables(sentence, hit)
        if gained > 0 and (best is None or gained > value):
            best, value = hit, gained
    return best, value


def _qualifier(quantity: Quantity, place: Place, hits: list[Hit]) -> Hit | None:
    inside = [h for h in hits if quantity.number_end <= h.start < place.phrase_end]
    if inside:
        return max(inside, key=lambda hit: hit.end - hit.start)
    if quantity.unit in (None, "%"):
        # "tỷ lệ tổ chức cơ sở đảng hoàn thành tốt nhiệm vụ đạt 90%"
        before = [
            h
            for h in hits
            if max(place.clause, place.previous_end) <= h.start
            and h.end <= quantity.number_start
            and quantity.number_start - h.end <= LEFT_REACH
        ]
        if before:
            return max(before, key=lambda hit: hit.end - hit.start)
    return None


def _blocked(
    quantity: Quantity, place: Place, hits: list[Hit], trigger: Hit | None, head: Hit | None
) -> bool:
    begin = min(
        [quantity.number_start]
        + ([trigger.start] if trigger else [place.previous_end])
        + ([head.start] if head else [])
    )
    return any(
        begin <= hit.start and hit.start < max(place.phrase_end, quantity.end) for hit in hits
    )
