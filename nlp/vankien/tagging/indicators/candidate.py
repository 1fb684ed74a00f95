"""An indicator proposed for a figure, and what is known around the figure.

Also which of a stock and a flow the words around a figure speak of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vankien.codebook import Indicator
from vankien.language.cues import Hit
from vankien.quantities.mentions import Quantity
from vankien.tagging.indicators.phrases import SentencePhrases

__all__ = ["Candidate", "Scene", "nearer", "tells_event"]


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known around the figure at hand.

    ``measure`` is how it is meant, ``topic`` the family of the figure before, ``whole`` the
    offset of the figure that it is a part of (-1: none), ``carried`` the subject phrases of
    the sentence before, ``labelled`` says that the figure's label is a phrase of the codebook,
    ``holds`` whether the document holds a phrase, ``graded`` the family of those that were
    graded ("members", "orgs", "cadres"), where a figure before counts them.
    """

    measure: str
    topic: str | None
    whole: int
    carried: frozenset[int]
    labelled: bool
    holds: Callable[[str], bool]
    graded: str | None = None

    @property
    def changed(self) -> bool:
        """Whether the figure is a change."""
        return self.measure.startswith("change")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An indicator for a figure with its score and the phrases that speak for it."""

    indicator: Indicator
    score: float
    head: Hit | None
    trigger: Hit | None
    qualifier: Hit | None
    frame: int = -1

    @property
    def governed(self) -> bool:
        """Whether more than the counted noun speaks for the indicator."""
        return self.trigger is not None or self.qualifier is not None

    def evidence_start(self) -> int:
        """Return where the leftmost phrase that governs the figure begins (-1: none)."""
        found = [h.start for h in (self.head, self.trigger, self.qualifier) if h is not None]
        return min(found, default=-1)

    def in_label(self, start: int, end: int) -> bool:
        """Say whether a phrase of the candidate lies in the label between two offsets."""
        return any(
            start <= h.start and h.end <= end
            for h in (self.head, self.trigger, self.qualifier)
            if h is not None
        )

    def evidence_end(self) -> int:
        """Return where the last phrase that speaks for the indicator ends (-1: none)."""
        found = [h.end for h in (self.head, self.trigger, self.qualifier) if h is not None]
        return max(found, default=-1)


def nearer(stock: Candidate, event: Candidate, quantity: Quantity) -> bool:
    """Say whether the word of a stock stands between the event's and the figure."""
    own, other = stock.trigger, event.trigger
    return (
        own is not None
        and other is not None
        and other.end <= own.start
        and own.end <= quantity.number_start
    )


def tells_event(candidate: Candidate, phrases: SentencePhrases, quantity: Quantity) -> bool:
    """Say whether a frame of a flow has a noun and a verb or predicate that governs it.

    "100% chi bộ trực thuộc đã đại hội" counts congresses, not cells; "qua kiểm tra, đảng bộ
    có 5 chi bộ trực thuộc" counts cells.
    """
    if candidate.indicator.kind != "flow" or candidate.head is None:
        return False
    if candidate.qualifier is not None:
        return candidate.qualifier.start >= quantity.number_end
    trigger = candidate.trigger
    if trigger is None:
        return False
    if trigger.start >= quantity.number_end:
        return not any(
            quantity.number_end <= hit.start and hit.end <= trigger.start
            for hit in phrases.context.get("where", ())
        )
    return not any(
        trigger.end <= hit.start and hit.end <= quantity.number_start
        for hit in phrases.context.get("has", ())
    )
