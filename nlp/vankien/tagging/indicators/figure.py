"""A figure as found: the record of the indicator stage before it becomes a row."""

from __future__ import annotations

from dataclasses import dataclass

from vankien.quantities.mentions import Quantity
from vankien.tagging.indicators.context import Reading
from vankien.tagging.indicators.frames import Candidate
from vankien.tagging.indicators.setting import Setting

__all__ = ["Figure", "confidence"]


UNCODED = 0.5
"""Score of a figure without an indicator: nothing was claimed."""


@dataclass(slots=True)  # frozen, it takes three times as long to make, and there are thousands
class Figure:
    """One figure of a document; offsets index the document's text.

    ``part_of`` is the position in the list of figures of the figure that it divides;
    ``table``, ``row`` and ``column`` place a figure of a table; ``checks`` are the outcomes
    of the arithmetic checks ("breakdown:ok"); ``score`` is calibrated at the end.
    """

    sentence: int | None
    quantity: Quantity
    reading: Reading
    indicator: str | None
    unit: str | None
    label: str | None
    setting: Setting
    part_of: int | None
    score: float
    table: int | None = None
    row: int | None = None
    column: int | None = None
    checks: tuple[str, ...] = ()


def confidence(candidate: Candidate | None, *, slip: bool, inherited: bool = False) -> float:
    """Return the raw score of a figure: the frame's score less what makes it doubtful."""
    if candidate is None:
        return UNCODED
    value = min(candidate.score, 6.5)
    if inherited:
        value -= 0.5
    if slip:
        value -= 0.7
    return round(value, 4)
