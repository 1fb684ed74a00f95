"""What a figure takes from the figures before it: its indicator, its measure, its whole.

Rules, in order (CODES.md, rules 9 to 11):

1. a share in the bracket after a figure is of that figure ("480 tổ chức (75%)"); after a
   change it is the relative change ("giảm 33 đồng chí (5,1%)");
2. a percentage, a change, a ratio or a rank without a noun of its own is of the figure
   before it in the sentence;
3. in a part zone a bare figure, or one with a general noun, that no frame claims by words
   of its own is a part of the figure that the zone divides ("dân số 74, đất đai 29");
4. a change or share whose words name a noun is of the figure that counts it, and a figure
   that points back is of the sentence before (:mod:`earlier`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from vankien.codebook import load_codebook
from vankien.language.cues import Hit
from vankien.quantities.mentions import Quantity
from vankien.quantities.units import unit_after
from vankien.tagging.indicators.breakdowns import listed, of_subgroup, whole_of_parts
from vankien.tagging.indicators.context import CHANGES
from vankien.tagging.indicators.earlier import (
    INHERITED,
    OWN_WORDS,
    SHARED_MEASURES,
    Before,
    by_noun,
    compares,
    fits,
    from_sentence_before,
    is_bare,
    is_general,
    points_back,
    take,
)
from vankien.tagging.indicators.lexicon import lexicon
from vankien.tagging.indicators.listed import of_list
from vankien.tagging.indicators.pending import Pending
from vankien.tagging.indicators.structure import Place

_ANEW = re.compile(r",\s(?:tức|tương đương|nghĩa là)\s(?:tăng|giảm)\s")
"""Words after which a change is told once more, with what it is compared with."""

__all__ = ["as_fall_of_stock", "is_of_others", "share"]


def share(
    surface: str,
    pending: list[Pending],
    item: Pending,
    context: dict[str, list[Hit]],
    before: Before,
) -> None:
    """Apply rules 1 to 4 to ``item``, the figure after ``pending``."""
    if item.place.bracket_of is None and of_list(pending, item):
        return
    if by_noun(surface, pending, item, before):
        return
    if _bracketed(pending, item) or _of_stock(surface, pending, item, context):
        return
    if _of_figure_before(surface, pending, item, context):
        return
    if listed(surface, pending, item) or of_subgroup(surface, pending, item, context):
        return
    if not is_of_others(item.quantity, item.place, context):
        from_sentence_before(surface, pending, item, before, context)


def _bracketed(pending: list[Pending], item: Pending) -> bool:
    index = item.place.bracket_of
    if index is None:
        return False
    base = pending[index]
    if base.candidate is None or base.reading.measure == "share":
        return False
    quantity = item.quantity
    own = item.candidate
    if quantity.unit == "%":
        reduced = base.candidate.indicator.reduction
        if base.reading.measure == "change_abs" and item.reading.measure == "share" and not reduced:
            value, sign = item.reading.value, base.reading.value
            if value is not None and sign is not None and sign < 0:
                value = -value
            item.reading = replace(
                item.reading,
                measure="change_rel",
                value=value,
                baseline=base.reading.baseline,
                governed=True,
            )
    elif not is_general(quantity) or (own is not None and own.score >= OWN_WORDS):
        return False
    if not fits(base.candidate, item.reading.measure):
        return False
    source = index if base.inherited_from is None else base.inherited_from
    take(item, base.candidate, source, INHERITED)
    item.part_of = base.part_of
    return True


def _of_stock(
    surface: str, pending: list[Pending], item: Pending, context: dict[str, list[Hit]]
) -> bool:
    """ "được giao 1.842 biên chế, giảm 46 so với năm 2022": the change is of the stock."""
    own = item.indicator
    if own is None or not own.reduction or item.reading.measure not in CHANGES:
        return False
    stop = surface.find(";", item.quantity.end)
    compared = any(
        (
            item.quantity.end <= hit.start
            and (stop < 0 or hit.start < stop)
            and not _ANEW.search(surface, item.quantity.end, hit.start)
        )
        or item.place.clause <= hit.start < item.quantity.number_start
        for hit in context.get("baseline_words", ())
    )
    if not compared:
        return False
    base = next((p for p in reversed(pending) if p.reading.measure == "level"), None)
    if (
        base is not None
        and base.candidate is not None
        and base.indicator is not own
        and base.indicator is not None
        and base.indicator.code != own.fall_of
        and item.quantity.dimension in (None, base.quantity.dimension)
        and fits(base.candidate, item.reading.measure)
    ):
        # "bổ nhiệm 48 người, giảm 12 người so với cùng kỳ": a change of what was counted.
        take(item, base.candidate, pending.index(base), INHERITED)
        return True
    if own.fall_of is None:
        return False
    if item.quantity.unit == "%" and item.candidate is not None:
        # "giảm 10,8% so với năm 2015": a percentage by which the stock fell.
        stock = load_codebook().indicators[own.fall_of]
        item.candidate = replace(item.candidate, indicator=stock)
        return True
    base = next((p for p in reversed(pending) if p.candidate is not None), None)
    if base is None or base.candidate is None:
        return False
    if base.candidate.indicator.code != own.fall_of:
        return False
    take(item, base.candidate, pending.index(base), INHERITED)
    return True


def _of_figure_before(
    surface: str, pending: list[Pending], item: Pending, context: dict[str, list[Hit]]
) -> bool:
    measure, quantity = item.reading.measure, item.quantity
    if not pending or measure not in SHARED_MEASURES:
        return False
    own, bare = item.candidate, is_bare(quantity)
    if is_of_others(quantity, item.place, context):
        return False
    noun = _noun_dimension(surface, quantity, measure)
    subgroup = any(
        item.place.label_start <= hit.start and hit.end <= quantity.number_start
        for hit in context.get("subgroups", ())
    )
    group = own is not None and subgroup and own.indicator.code.endswith(".total")
    if own is not None and not group:
        if own.head is not None and item.place.label_start <= own.head.start:
            return False  # a noun of its own, before or after it
        ends = own.evidence_end()
        if ends > quantity.number_end and (bare or ends > quantity.end):
            return False  # a noun or a passive of its own stands after it
        if own.in_label(item.place.label_start, quantity.number_start):
            return False
    index = len(pending)
    while index > 0:
        index -= 1
        base = pending[index]
        if (
            base.part_of is not None
            and measure in CHANGES
            and ")" in surface[base.quantity.end : quantity.number_start]
            and "(" in surface[: base.quantity.number_start]
        ):
            # "16 tổ chức đảng (khiển trách 11, cảnh cáo 5), tăng gấp đôi"
            index = base.part_of
            base = pending[index]
        elif measure in CHANGES and whole_of_parts(pending, index) != index:
            index = whole_of_parts(pending, index)
            base = pending[index]
        if noun is not None and base.quantity.dimension not in (None, noun, "ratio"):
            continue
        if (
            noun is not None
            and measure == "share"
            and base.indicator is not None
            and noun not in base.indicator.dimensions
        ):
            return False  # "100% hộ dân dùng nước sạch" is of no Party figure
        if base.candidate is None:
            if measure == "rank" or base.quantity.dimension in ("age", "time"):
                continue
            if measure == "target_ratio" and base.quantity.dimension == "money":
                continue
            if own is not None and own.evidence_end() <= base.quantity.number_start:
                item.candidate = None  # it is a share or change of the uncoded figure
            return False
        if ";" in surface[base.quantity.end : quantity.number_start] and not (
            subgroup
            or _leads(item, surface)
            or _divided(surface, base, item)
            or points_back(surface, item, context)
            or (own is None and _goes_on(surface, base, item, context))
        ):
            return False
        if (
            own is not None
            and not group
            and own.evidence_start() > base.quantity.end
            and own.score >= 3.0
        ):
            return False
        if not bare and base.quantity.dimension != quantity.dimension:
            continue
        if base.reading.measure in CHANGES and measure == "share" and quantity.unit == "%":
            if not base.candidate.indicator.reduction and not subgroup:
                _as_relative(item, base)
                measure = item.reading.measure
        elif (
            base.reading.measure not in ("level", measure)
            and base.inherited_from is None
            and not base.carried
            and (base.reading.measure != "share" or measure not in CHANGES)
        ):
            continue
        falls = base.candidate.indicator.fall_of is not None and measure == "change_rel"
        if not fits(base.candidate, measure) and not falls:
            return False
        if base.reading.measure == "share" and measure == "change_rel":
            # "tỷ lệ ... đạt 92,6%, tăng 4,1%": points of the share
            item.reading = replace(item.reading, measure="change_abs")
        _ratio_again(pending, item, context)
        source = index if base.inherited_from is None else base.inherited_from
        take(item, base.candidate, source, INHERITED)
        if item.reading.measure == "share":
            item.part_of = base.part_of
            _as_fall(item, context)
        elif item.reading.measure == "change_rel":
            _as_fall(item, context)
        return True
    return False


def _as_fall(item: Pending, context: dict[str, list[Hit]]) -> None:
    """A percentage by which a count fell belongs to the stock ("tương đương 3,6%")."""
    indicator = item.indicator
    if indicator is None or indicator.fall_of is None or item.candidate is None:
        return
    reading = item.reading
    if reading.measure == "share":
        equals = any(
            item.place.label_start <= hit.start and hit.end <= item.quantity.number_start
            for hit in context.get("equals", ())
        )
        if not equals or reading.value is None:
            return
        item.reading = replace(reading, measure="change_rel", value=-abs(reading.value))
    as_fall_of_stock(item)


def as_fall_of_stock(item: Pending) -> None:
    """Give a percentage by which a count fell to the stock that fell ("giảm 5% biên chế")."""
    indicator = item.indicator
    if indicator is None or indicator.fall_of is None or item.candidate is None:
        return
    stock = load_codebook().indicators[indicator.fall_of]
    item.candidate = replace(item.candidate, indicator=stock)
    item.part_of = None


def is_of_others(quantity: Quantity, place: Place, context: dict[str, list[Hit]]) -> bool:
    """Say whether words beside a figure make it one of votes or of people at large."""
    lists = ("not_counted", "not_shared") if quantity.unit == "%" else ("not_counted",)
    return any(
        place.label_start <= hit.start < place.phrase_end
        for name in lists
        for hit in context.get(name, ())
    )


def _noun_dimension(surface: str, quantity: Quantity, measure: str) -> str | None:
    """Return what a percentage is a percentage of ("58% số tổ chức": organisation)."""
    if quantity.unit != "%" or measure == "target_ratio":
        return None
    start = quantity.end
    for word in sorted(lexicon().transparent, key=len, reverse=True):
        if word and surface.startswith(f" {word} ", start):
            start += len(word) + 1
            break
    unit = unit_after(surface, start)
    return unit.dimension if unit is not None else None


def _leads(item: Pending, surface: str) -> bool:
    """Say whether the figure opens its clause ("; đạt 104% kế hoạch năm")."""
    between = surface[item.place.clause : item.quantity.number_start]
    return (
        lexicon().filler.fullmatch(between) is not None
        or item.reading.measure in CHANGES
        or compares(surface, item)
    )


def _goes_on(surface: str, base: Pending, item: Pending, context: dict[str, list[Hit]]) -> bool:
    """Say whether a share of another place or branch follows one ("; khối xã đạt 96%")."""
    return base.reading.measure == item.reading.measure == "share" and any(
        not surface[item.place.label_start : hit.start].strip()
        for hit in context.get("series", ())
        if item.place.label_start <= hit.start and hit.end <= item.quantity.number_start
    )


def _divided(surface: str, base: Pending, item: Pending) -> bool:
    """Say whether "trong đó" between two figures makes the second one of the first."""
    zone = item.place.zone
    return zone >= base.quantity.end and surface[zone].isalpha()


def _as_relative(item: Pending, base: Pending) -> None:
    """ "giảm 8 trường hợp, tức 25,8%": the percentage is the same change, in percent."""
    if item.reading.measure != "share" or item.quantity.unit != "%":
        return
    value, sign = item.reading.value, base.reading.value
    if value is not None and sign is not None and sign < 0:
        value = -value
    item.reading = replace(
        item.reading,
        measure="change_rel",
        value=value,
        baseline=base.reading.baseline,
        governed=True,
    )


def _ratio_again(pending: list[Pending], item: Pending, context: dict[str, list[Hit]]) -> None:
    """A share after a stated target, or after ratios in the sentence, is a ratio."""
    if item.reading.measure != "share":
        return
    reached = [
        hit
        for hit in context.get("reached", [])
        if hit.start >= item.place.label_start and hit.end <= item.quantity.number_start
    ]
    if not reached:
        return
    earlier = [p for p in pending if p.reading.measure == "target_ratio"]
    stated = any(
        p.reading.status == "target" and p.reading.measure == "level" for p in pending[-2:]
    )
    if earlier or stated:
        item.reading = replace(
            item.reading,
            measure="target_ratio",
            status="actual",
            baseline=earlier[-1].reading.baseline if earlier else item.reading.baseline,
        )
