"""A figure of the sentence at hand while its meaning is put together."""

from __future__ import annotations

from dataclasses import dataclass

from vankien.codebook import Indicator
from vankien.quantities.mentions import Quantity
from vankien.tagging.indicators.context import Reading
from vankien.tagging.indicators.frames import Candidate
from vankien.tagging.indicators.lists import ListRole
from vankien.tagging.indicators.structure import Place

__all__ = ["OUTCOME", "STEP", "Pending"]

STEP, OUTCOME = 1, 2
"""How a figure is a part of one before it: by what was done with it, or what came of it."""


@dataclass(slots=True)
class Pending:
    """A figure of the sentence at hand, with offsets in the sentence.

    ``inherited_from`` is the position of the figure whose indicator it took, ``part_of`` of
    the one that it divides; ``carried``: its indicator comes from the sentence before;
    ``role``: what a list says of it; ``part``: how words beside it make it a part
    (:func:`vankien.tagging.indicators.parts.is_part`); ``rate``: "tỷ lệ" stands in its label;
    ``of_organisations``: it divides a figure of organisations; ``assessed``: it counts
    those that were graded, of that family.
    """

    quantity: Quantity
    reading: Reading
    place: Place
    candidate: Candidate | None
    inherited_from: int | None = None
    part_of: int | None = None
    carried: bool = False
    role: ListRole | None = None
    part: int = 0
    rate: bool = False
    assessed: str | None = None
    of_organisations: bool = False

    @property
    def indicator(self) -> Indicator | None:
        """The indicator of the figure, or None."""
        return self.candidate.indicator if self.candidate else None
