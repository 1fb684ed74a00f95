"""Parts of a figure of the sentence: members of a part zone, labelled groups, further passives.

A bare figure, or one with a general noun, that no frame claims by words of its own counts what
the whole counts ("dân số 74, đất đai 29"); so does one with the noun of the whole that only a
frame of a stock claims ("kết nạp 412 đảng viên, trong đó có 36 đảng viên ở doanh nghiệp").
"""

from __future__ import annotations

from vankien.language.cues import Hit
from vankien.quantities.mentions import Quantity
from vankien.tagging.indicators.earlier import (
    INHERITED,
    OWN_WORDS,
    fits,
    is_bare,
    is_general,
    take,
)
from vankien.tagging.indicators.frames import Candidate
from vankien.tagging.indicators.lexicon import lexicon
from vankien.tagging.indicators.pending import Pending
from vankien.tagging.indicators.zones import whole_of

__all__ = ["listed", "of_subgroup", "whole_of_parts"]


def listed(surface: str, pending: list[Pending], item: Pending) -> bool:
    """Rule 3: an unclaimed member of a breakdown counts what the whole counts."""
    if not pending or item.reading.measure not in ("level", "share"):
        return False
    quantity, own = item.quantity, item.candidate
    zone = item.place.zone
    if item.place.chained_to is not None and is_bare(quantity) is False and own is None:
        zone = max(zone, pending[item.place.chained_to].place.zone)
    index = whole_of(surface, pending, item)
    if index is None or zone < 0:
        return False
    base = pending[index]
    if base.candidate is None or not fits(base.candidate, item.reading.measure):
        return False
    if not (is_general(quantity) or quantity.unit == "%" or own is None):
        return False
    if (
        own is not None
        and not _same_again(own, base, quantity)
        and (
            own.evidence_end() > zone
            or own.score >= OWN_WORDS
            or own.in_label(item.place.label_start, quantity.number_start)
        )
    ):
        return False
    if not is_bare(quantity) and base.quantity.dimension != quantity.dimension:
        return False
    take(item, base.candidate, index, INHERITED)
    item.part_of = index
    return True


def _same_again(own: Candidate, base: Pending, quantity: Quantity) -> bool:
    """Say whether only a stock claims a part that has the noun of a flow's figure."""
    return (
        own.indicator.kind == "stock"
        and own.qualifier is None
        and not own.indicator.within
        and base.indicator is not None
        and base.indicator.kind == "flow"
        and base.quantity.unit == quantity.unit
    )


def whole_of_parts(pending: list[Pending], index: int) -> int:
    """Return the figure that a figure and the parts before it divide without rest, else itself.

    What follows a complete breakdown is said of the whole ("kỷ luật 7 tổ chức, trong đó khiển
    trách 5, cảnh cáo 2, tăng gấp đôi").
    """
    whole = pending[index].part_of
    if whole is None:
        return index
    parts = [p.reading.value for p in pending if p.part_of == whole and p.quantity.unit != "%"]
    total = pending[whole].reading.value
    if len(parts) < 2 or total is None or any(value is None for value in parts):
        return index
    return whole if sum(value for value in parts if value is not None) == total else index


def of_subgroup(
    surface: str, pending: list[Pending], item: Pending, context: dict[str, list[Hit]]
) -> bool:
    """Rule 3, without a zone: a labelled part, or one more of the same noun.

    "...; nữ 5" is a part of the persons before; ", 1 đồng chí đạt 71,4%" goes on counting,
    and so does a series of places or years ("huyện A 12, huyện B 15").
    """
    quantity, own = item.quantity, item.candidate
    if not pending or item.reading.measure != "level":
        return False
    if not (is_general(quantity) or quantity.dimension == "money"):
        return False
    if own is not None and (
        own.score >= OWN_WORDS or own.in_label(item.place.label_start, quantity.number_start)
    ):
        return False
    label = surface[item.place.label_start : quantity.number_start]
    led = _led(surface, item, context)
    series = quantity.unit is None or quantity.dimension == "money"
    series = series and any(
        hit.start >= item.place.label_start
        and hit.end <= quantity.number_start
        and not surface[max(led, item.place.label_start) : hit.start].strip()
        for hit in context.get("series", ())
    )
    subgroup = any(
        item.place.label_start <= hit.start and hit.end <= quantity.number_start
        for hit in context.get("subgroups", ())
    )
    for index in range(len(pending) - 1, -1, -1):
        base = pending[index]
        if base.candidate is None or base.reading.measure != "level":
            if subgroup or base.quantity.unit == "%":
                continue
            return False
        again = (
            own is None
            and quantity.unit_text is not None
            and base.quantity.unit_text == quantity.unit_text
            and ";" not in surface[base.quantity.end : quantity.number_start]
            and not label.strip()
        )
        goes_on = series and (
            led >= 0 or ";" not in surface[base.quantity.end : quantity.number_start]
        )
        if quantity.dimension == "money" and led < 0 and base.part_of is None:
            goes_on = False  # "năm 2015 là 7 tỷ đồng, năm 2016 là 8 tỷ đồng" may be other money
        passive = (
            quantity.unit is None
            and own is None
            and base.quantity.dimension == "person"
            and lexicon().filler.fullmatch(label.lower() + " ") is not None
            and surface.startswith((" bị ", " được "), quantity.number_end)
            and ";" not in surface[base.quantity.end : quantity.number_start]
        )
        if not (subgroup or again or goes_on or passive) or not _divides_one(base, item):
            return False
        whole = base.part_of if base.part_of is not None else index
        take(item, base.candidate, index, INHERITED)
        item.part_of = whole if subgroup or passive or led >= 0 else base.part_of
        return True
    return False


def _led(surface: str, item: Pending, context: dict[str, list[Hit]]) -> int:
    """Return where the words end that set a place apart ("nhiều nhất là"), or -1."""
    end = max(
        (
            hit.end
            for hit in context.get("leaders", ())
            if item.place.label_start <= hit.start and hit.end <= item.quantity.number_start
        ),
        default=-1,
    )
    return end + len(" là") if end >= 0 and surface.startswith(" là ", end) else end


def _divides_one(base: Pending, item: Pending) -> bool:
    dimension = item.quantity.dimension
    return dimension is None or base.quantity.dimension in (None, dimension)
