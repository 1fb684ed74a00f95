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
from vankien.tagging.indicators.pending import OUTCOME, STEP, Pending

__all__ = ["Wholes", "assessed_family", "is_part"]

LEADER_WORDS = 2
"""Words that name the place between a word such as "nhiều nhất" and its figure."""
REMEMBERED = 12
"""Figures of earlier sentences among which the whole of a part is looked for."""

_STOCKS = ("members.total", "orgs.grassroots", "orgs.cells", "orgs.subordinate", "cadres.total")
"""Stocks whose members are graded."""

_AMONG = re.compile(r"Trong (?:số|tổng số)\s[^\d]")
_OUT_OF = re.compile(r"(?<!\w)(?:trong|trong số|trong tổng số|với|đối với) \Z", re.IGNORECASE)
_OF_THOSE = re.compile(r" (?:trong số (?:đó|này|ấy|họ)|trong đó)(?!\w)")
_OF_TIME = re.compile(r" (?:năm|quý|tháng|giai đoạn|nhiệm kỳ)(?!\w)")
_GRADED = re.compile(r"graded|evaluated")


@dataclass(slots=True)
class Wholes:
    """The figures so far, and which of them count those that were graded, of what family."""

    figures: list[Figure]
    assessed: dict[int, str] = field(default_factory=dict)
    parts: dict[int, int] = field(default_factory=dict)

    def note(self, item: Pending) -> None:
        """Keep in mind the figure that was added last."""
        last = len(self.figures) - 1
        if item.assessed:
            self.assessed[last] = item.assessed
        if self.figures[last].part_of is not None:
            self.parts[last] = OUTCOME
        elif item.part:
            self.parts[last] = item.part

    def whole_of(self, figure: Figure, item: Pending, sentence: Sentence) -> int | None:
        """Return the position of the figure that ``figure`` divides, or None."""
        indicator = item.indicator
        measure = figure.reading.measure
        if indicator is None or measure in CHANGES or measure not in ("level", "share"):
            return None
        divides = item.role is not None and item.role.divides
        graded = _GRADED.search(indicator.code) is not None
        near = range(len(self.figures) - 1, max(-1, len(self.figures) - 1 - REMEMBERED), -1)
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
                if measure == "share" and other.sentence != figure.sentence and item.rate:
                    continue  # "Tỷ lệ đảng viên nữ đạt 35%" is of the stock at large
            elif graded and index in self.assessed:
                if other.indicator not in (None, indicator.code, *_STOCKS):
                    continue
                if not indicator.code.startswith(self.assessed[index]):
                    continue
            elif not (
                (same and self.parts.get(index, 0) < item.part)
                or (same and divides and index not in self.parts)
            ):
                continue
            if divides and other.sentence == figure.sentence:
                continue
            if measure == "level" and not _fits(figure, other, bare=item.quantity.unit is None):
                continue
            return self._top(index, indicator.within)
        return None

    def _top(self, index: int, within: list[str]) -> int:
        """Return the whole of a figure that is a part of another of its own indicator."""
        other, above = self.figures[index], self.figures[index].part_of
        if above is None or other.indicator not in within:
            return index
        return above if self.figures[above].indicator == other.indicator else index

    def whole_of_last(self, figure: Figure) -> int | None:
        """Return the whole of the last figure of the indicator ("61 đồng chí là nữ. Tỷ lệ này")."""
        for other in reversed(self.figures):
            if other.sentence is None or figure.sentence is None:
                return None
            if other.sentence < figure.sentence - 1:
                return None
            if other.indicator == figure.indicator and other.reading.measure == "level":
                return other.part_of
        return None


def _fits(part: Figure, whole: Figure, *, bare: bool) -> bool:
    value, total = part.reading.value, whole.reading.value
    if value is None or total is None or value > total:
        return False
    return bare or part.unit == whole.unit or part.quantity.dimension == whole.quantity.dimension


def is_part(surface: str, item: Pending, context: dict[str, list[Hit]]) -> int:
    """Return how words beside a figure make it a part of one before it.

    0: not; :data:`STEP`: by what was done with it ("đã giải quyết 25 đơn");
    :data:`OUTCOME`: by what came of it or who they are ("5 đơn tố sai", "4 đồng chí nữ").
    """
    place, quantity = item.place, item.quantity
    label = (place.label_start, quantity.number_start)
    after = (quantity.number_end, max(place.phrase_end, quantity.end))
    if _holds(context, ("subgroups",), label) or _holds(context, ("subset_after",), after):
        return OUTCOME
    if _leads(surface, context, label):
        return OUTCOME
    if _done(surface, context, label) and (item.indicator is None or item.indicator.kind == "flow"):
        return STEP
    if _AMONG.match(surface):
        return OUTCOME
    if quantity.unit is None and surface.startswith(" là ", quantity.number_end):
        return OUTCOME  # "kết nạp 34 quần chúng, 31 là chiến sĩ"
    if _OF_THOSE.match(surface, quantity.end):
        return OUTCOME
    if quantity.unit != "%" or item.reading.measure != "share":
        return 0
    if any(word not in lexicon().approximate for word in surface[slice(*label)].lower().split()):
        return 0
    own = any(
        not surface[quantity.end : hit.start].strip()
        for hit in context.get("predicates", ())
        if quantity.end <= hit.start < after[1]
    )
    return OUTCOME if own else 0


def _done(surface: str, context: dict[str, list[Hit]], label: tuple[int, int]) -> bool:
    """Say whether a word for what was done stands before a figure, and is no part of a longer
    one ("đã xử lý kỷ luật 113")."""
    return any(
        label[0] <= hit.start
        and hit.end <= label[1]
        and not surface.startswith(" kỷ luật", hit.end)
        for hit in context.get("subset", ())
    )


def _leads(surface: str, context: dict[str, list[Hit]], label: tuple[int, int]) -> bool:
    """Say whether a place is set apart: "nhiều nhất là thành phố X 806", "riêng huyện Y"."""
    return any(
        label[0] <= hit.start
        and not _OF_TIME.match(surface, hit.end)
        and len(surface[hit.end : label[1]].split()) >= LEADER_WORDS
        for hit in context.get("leaders", ())
        if hit.end <= label[1]
    )


def _holds(context: dict[str, list[Hit]], lists: tuple[str, ...], zone: tuple[int, int]) -> bool:
    return any(
        zone[0] <= hit.start and hit.end <= zone[1]
        for name in lists
        for hit in context.get(name, ())
    )


def assessed_family(surface: str, item: Pending, context: dict[str, list[Hit]]) -> str | None:
    """Return whom a figure counts as graded ("38 chi bộ được xếp loại"): "members", "orgs",
    "cadres", or None."""
    if item.reading.measure != "level":
        return None
    end = max(item.place.phrase_end, item.quantity.end)
    # "được đánh giá, xếp loại là 4.200 đồng chí": the words may stand before the figure.
    start = item.place.label_start if item.place.previous_end else 0
    told = _holds(context, ("assessed",), (start, end))
    if not told and not _OUT_OF.search(surface, 0, item.quantity.number_start):
        return None
    if item.quantity.dimension == "organisation":
        return "orgs"
    words = surface[start:end].lower()
    found = [(words.rfind(noun), family) for noun, family in lexicon().assessed_nouns]
    place, family = max(found)
    return family if place >= 0 else None
