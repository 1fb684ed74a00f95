"""Figures that divide another without "trong đó": what words beside them tell (CODES.md, 11).

* a figure done out of a total points to the figure that has the total's value ("nhận 63 đơn;
  đã xử lý 60/63 đơn");
* words of a remainder or an outcome make a figure a part of an earlier one of its indicator
  ("nhận 14 đơn, đủ điều kiện giải quyết 6 đơn"), and so do words for a group of the persons
  counted ("bầu 15 đồng chí, có 4 đồng chí nữ");
* grades divide the figure of those that were graded, coded or not ("500 cán bộ được đánh giá,
  hoàn thành xuất sắc 110");
* a percentage with a predicate of its own is of the figure before ("342 người, 88% có trình độ
  đại học").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from vankien.documents import Sentence
from vankien.language.cues import Hit
from vankien.tagging.indicators.context import CHANGES
from vankien.tagging.indicators.figure import Figure
from vankien.tagging.indicators.lexicon import lexicon
from vankien.tagging.indicators.sharing import Pending

__all__ = ["Wholes", "is_assessed", "is_part"]

REMEMBERED = 12
"""Figures of earlier sentences among which the whole of a part is looked for."""

_GRADED = re.compile(r"graded|evaluated")


@dataclass(slots=True)
class Wholes:
    """The figures so far, and which of them count those that were graded."""

    figures: list[Figure]
    assessed: set[int] = field(default_factory=set)
    parts: set[int] = field(default_factory=set)

    def note(self, item: Pending) -> None:
        """Keep in mind the figure that was added last."""
        last = len(self.figures) - 1
        if item.assessed:
            self.assessed.add(last)
        if item.part or self.figures[last].part_of is not None:
            self.parts.add(last)

    def whole_of(self, figure: Figure, item: Pending, sentence: Sentence) -> int | None:
        """Return the position of the figure that ``figure`` divides, or None."""
        indicator = item.indicator
        measure = figure.reading.measure
        if indicator is None or measure in CHANGES or measure not in ("level", "share"):
            return None
        divides = item.role is not None and item.role.divides
        graded = _GRADED.search(indicator.code) is not None
        near = range(
            len(self.figures) - 1, max(-1, len(self.figures) - 1 - REMEMBERED), -1
        )
        for index in near:
            other = self.figures[index]
            if other.sentence is None or other.sentence < sentence.index - 1:
                break
            if other.reading.measure != "level":
                continue
            if other.reading.status != figure.reading.status:
                continue
            same = other.indicator == indicator.code
            if item.quantity.total is not None and same:
                if other.reading.value == item.quantity.total:
                    return index
                continue
            if other.indicator in indicator.within:
                if measure == "share" and other.sentence != figure.sentence and not item.part:
                    continue
            elif graded and index in self.assessed:
                if other.indicator not in (None, indicator.code):
                    continue
            elif not (same and index not in self.parts and (divides or item.part)):
                continue
            if divides and other.sentence == figure.sentence:
                continue
            if measure == "level" and not _fits(figure, other, bare=item.quantity.unit is None):
                continue
            return index
        return None


def _fits(part: Figure, whole: Figure, *, bare: bool) -> bool:
    value, total = part.reading.value, whole.reading.value
    if value is None or total is None or value > total:
        return False
    return bare or part.unit == whole.unit or part.quantity.dimension == whole.quantity.dimension


def is_part(surface: str, item: Pending, context: dict[str, list[Hit]]) -> bool:
    """Say whether words beside a figure make it a part of one before it."""
    place, quantity = item.place, item.quantity
    label = (place.label_start, quantity.number_start)
    after = (quantity.number_end, max(place.phrase_end, quantity.end))
    if _holds(context, ("subset", "subgroups"), label) or _holds(context, ("subset_after",), after):
        return True
    if quantity.unit != "%" or item.reading.measure != "share":
        return False
    if any(word not in lexicon().approximate for word in surface[slice(*label)].lower().split()):
        return False
    return any(
        not surface[quantity.end : hit.start].strip()
        for hit in context.get("predicates", ())
        if quantity.end <= hit.start < after[1]
    )


def _holds(
    context: dict[str, list[Hit]], lists: tuple[str, ...], zone: tuple[int, int]
) -> bool:
    return any(
        zone[0] <= hit.start and hit.end <= zone[1]
        for name in lists
        for hit in context.get(name, ())
    )


def is_assessed(item: Pending, context: dict[str, list[Hit]]) -> bool:
    """Say whether a figure counts those that were graded ("38 chi bộ được xếp loại")."""
    end = item.place.phrase_end
    # "được đánh giá, xếp loại là 4.200 đồng chí": the words may stand before the figure.
    return item.reading.measure == "level" and _holds(
        context, ("assessed",), (item.place.previous_end, max(end, item.quantity.end))
    )
