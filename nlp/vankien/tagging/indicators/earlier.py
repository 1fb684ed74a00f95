"""What a figure takes from the sentence before, or from a figure that counts the same noun.

* *by noun*: a change or a share whose words name what it is of ("số vụ tăng 46 vụ, số bị can
  tăng gấp 1,7 lần", "tăng 9% về số buổi") is of the nearest figure that counts that noun, in
  the sentence or in the one before;
* *reference back*: a share or a ratio after "tỷ lệ này", "con số ấy", "trong số đó", "như vậy",
  or after "so với ..." with nothing else between, is of the figure of the sentence before;
* *ellipsis*: the first figure of a sentence with no indicator in sight takes the one of the
  sentence before, where its noun is general ("Cấp xã có 29.400 người dự").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from vankien.language.cues import Hit
from vankien.quantities.mentions import Quantity
from vankien.quantities.units import Unit, unit_after
from vankien.tagging.indicators.context import CHANGES
from vankien.tagging.indicators.frames import Candidate
from vankien.tagging.indicators.lexicon import lexicon
from vankien.tagging.indicators.pending import OUTCOME, Pending

__all__ = [
    "Before",
    "by_noun",
    "compares",
    "fits",
    "from_sentence_before",
    "is_bare",
    "is_general",
    "take",
]

INHERITED = 2.1
"""Score of an indicator taken over from a figure of the sentence."""

CARRIED = 1.8
"""Score of an indicator taken over from the sentence before."""

OWN_WORDS = 3.4
"""A candidate with this score has words of its own and is not overruled."""

_BEINGS = ("person", "organisation", "money", "place", "household")
"""Dimensions that many indicators count: a noun alone does not tie them together."""

SHARED_MEASURES = (*CHANGES, "target_ratio", "share", "rank")

_SIGN = r"(?:\s*(?:số lượng|tổng số|lượng|số|khối))?\s*"
_ABOUT = re.compile(rf"\s(?:về|ở){_SIGN}(?=\w)", re.IGNORECASE)
_NUMBER_OF = re.compile(r"(?<!\w)(?:số lượng|tổng số|số|khối|về)\s(?=\w)", re.IGNORECASE)


_REACHES = re.compile(
    r"\s*(?:(?:mới|đã|chỉ) )?(?:đạt|bằng|vượt|hoàn thành) (?:\w+ )?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Before:
    """What the sentence before hands on: its topic (a whole, not its part), the indicator of
    its last figure, and its figures with an indicator."""

    topic: Candidate | None = None
    last: Candidate | None = None
    figures: tuple[Pending, ...] = ()


def take(item: Pending, base: Candidate, source: int | None, score: float) -> None:
    """Give ``item`` the indicator of another figure, ``source`` in the sentence or None."""
    item.candidate = replace(base, score=min(score, max(base.score, 1.7)))
    item.inherited_from = source


def fits(candidate: Candidate, measure: str) -> bool:
    """Say whether the indicator has such a measure."""
    return measure in candidate.indicator.measures or measure == "rank"


def is_bare(quantity: Quantity) -> bool:
    """Say whether a figure has no noun: a number, a percentage, a multiple."""
    return quantity.unit in ("%", None) or quantity.multiple


def is_general(quantity: Quantity) -> bool:
    """Say whether a figure's noun stands in for that of a figure before ("trường hợp")."""
    text = (quantity.unit_text or "").lower()
    return quantity.unit is None or text in lexicon().generic


def by_noun(surface: str, pending: list[Pending], item: Pending, before: Before) -> bool:
    """Give a change or share the indicator of the figure whose noun its words name."""
    measure = item.reading.measure
    if measure not in SHARED_MEASURES or measure == "rank":
        return False
    own = item.candidate
    found = _noun_of(surface, item)
    if found is None or (own is not None and own.governed and found[1] < own.evidence_end()):
        return False
    noun = found[0]
    for index in range(len(pending) - 1, -1, -1):
        if _same_noun(pending[index], noun, measure):
            base = pending[index].candidate
            if base is not None:
                take(item, base, index, INHERITED)
                return True
    for other in reversed(before.figures):
        if _same_noun(other, noun, measure) and other.candidate is not None:
            take(item, other.candidate, None, CARRIED)
            item.carried = True
            return True
    return False


def _same_noun(base: Pending, noun: str, measure: str) -> bool:
    return (
        base.candidate is not None
        and base.reading.measure == "level"
        and base.quantity.unit == noun
        and fits(base.candidate, measure)
    )


def _noun_of(surface: str, item: Pending) -> tuple[str, int] | None:
    """Return the unit whose noun says what a change or share is of, and where the noun stands."""
    quantity, change = item.quantity, item.reading.measure in CHANGES
    if not is_bare(quantity):
        return (quantity.unit or "", -1) if change else None
    unit: Unit | None = None
    match = _ABOUT.match(surface, quantity.end)
    if match is not None:
        unit = unit_after(surface, match.end())
    if unit is None:
        start = item.place.label_start
        for match in _NUMBER_OF.finditer(surface, start, quantity.number_start):
            found = unit_after(surface, match.end())
            if found is not None and lexicon().reached.fullmatch(
                surface, found.end, quantity.number_start
            ):
                unit = found
    return (unit.name, unit.start) if unit is not None and unit.dimension != "ratio" else None


def from_sentence_before(
    surface: str,
    pending: list[Pending],
    item: Pending,
    before: Before,
    context: dict[str, list[Hit]],
) -> None:
    """Give the first figure of a sentence what the sentence before speaks of."""
    quantity, measure = item.quantity, item.reading.measure
    topic = before.topic
    own = item.candidate
    if topic is None or (own is not None and own.evidence_start() < quantity.number_end):
        return
    if own is not None and not points_back(surface, item, context):
        return  # but in "Con số này bằng 45% tổng thiệt hại" the noun after it is the base
    if any(p.candidate is not None and not p.carried for p in pending):
        return
    if not is_bare(quantity):
        found = quantity.dimension in topic.indicator.dimensions and (
            is_general(quantity) or _some_of(item, before)
        )
    else:
        foreign = any(p.candidate is None and p.quantity.unit is not None for p in pending)
        foreign = foreign or _has_subject(surface, item)
        found = (measure in CHANGES or quantity.rank) and not foreign
    if not found and quantity.unit == "%" and measure in ("share", "target_ratio"):
        found = _refers(surface, item, context)
        if found and measure == "share" and before.last is not None and not _among(surface):
            topic = before.last
    if found and fits(topic, measure):
        take(item, topic, None, CARRIED)
        item.carried = True
        if not is_bare(quantity) and not is_general(quantity):
            item.part = OUTCOME


def _has_subject(surface: str, item: Pending) -> bool:
    """Say whether a change has a subject of its own ("Sản lượng lúa tăng 5%")."""
    words = surface[item.place.label_start : item.quantity.number_start].lower().split()
    while words and words[-1] in lexicon().reached_words:
        words.pop()
    return len(words) > 1 and not " ".join(words).startswith(lexicon().no_subject)


def _some_of(item: Pending, before: Before) -> bool:
    """Say whether a figure counts some of the things counted last ("Qua sơ kết, 211 mô hình")."""
    value = item.reading.value
    if not before.figures or value is None or item.quantity.dimension in _BEINGS:
        return False
    base = before.figures[-1]
    if base.part_of is not None:
        base = before.figures[0]
    whole = base.reading.value
    same = base.quantity.unit_text == item.quantity.unit_text
    return same and whole is not None and value <= whole


def _among(surface: str) -> bool:
    return surface[:10].lower().startswith("trong số")


def _refers(surface: str, item: Pending, context: dict[str, list[Hit]]) -> bool:
    """Say whether words before a percentage point back ("Tỷ lệ này", "So với kế hoạch đạt")."""
    if item.reading.measure == "share" and unit_after(surface, item.quantity.end) is not None:
        return False  # a percentage of a noun that follows it
    return points_back(surface, item, context) or compares(surface, item)


def points_back(surface: str, item: Pending, context: dict[str, list[Hit]]) -> bool:
    """Say whether words such as "tỷ lệ này" stand directly before a percentage."""
    figure = item.quantity.number_start
    return item.quantity.unit == "%" and any(
        item.place.clause <= hit.start
        and hit.end <= figure
        and lexicon().reached.fullmatch(surface, hit.end, figure)
        for hit in context.get("anaphora", ())
    )


def compares(surface: str, item: Pending) -> bool:
    """Say whether only a plan or a total stands before a percentage ("So với kế hoạch đạt")."""
    begin = item.place.clause
    figure = item.quantity.number_start
    if item.reading.measure == "target_ratio" and _REACHES.fullmatch(surface, 0, figure):
        return True  # "Đạt 92% kế hoạch": the sentence begins with it
    return lexicon().compared.fullmatch(surface, begin, figure) is not None
