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

from dataclasses import replace

from vankien.codebook import load_codebook
from vankien.language.cues import Hit
from vankien.quantities.mentions import Quantity
from vankien.quantities.units import unit_after
from vankien.tagging.indicators.context import CHANGES
from vankien.tagging.indicators.earlier import (
    INHERITED,
    SHARED_MEASURES,
    Before,
    by_noun,
    compares,
    fits,
    from_sentence_before,
    is_bare,
    is_general,
    take,
)
from vankien.tagging.indicators.frames import Candidate
from vankien.tagging.indicators.lexicon import lexicon
from vankien.tagging.indicators.pending import Pending
from vankien.tagging.indicators.structure import Place
from vankien.tagging.indicators.zones import whole_of

__all__ = ["is_of_others", "share", "share_after"]

OWN_WORDS = 3.4
"""A candidate with this score has words of its own and is not overruled."""


def share(
    surface: str,
    pending: list[Pending],
    item: Pending,
    context: dict[str, list[Hit]],
    before: Before,
) -> None:
    """Apply rules 1 to 4 to ``item``, the figure after ``pending``."""
    if _of_list(pending, item):
        return
    if by_noun(surface, pending, item, before):
        return
    if _bracketed(pending, item) or _of_stock(surface, pending, item, context):
        return
    if _of_figure_before(surface, pending, item, context):
        return
    if _listed(surface, pending, item) or _of_subgroup(surface, pending, item, context):
        return
    if not is_of_others(item.quantity, item.place, context):
        from_sentence_before(surface, pending, item, before, context)


def _of_list(pending: list[Pending], item: Pending) -> bool:
    """What the words before a list say of a member that has none of its own."""
    role = item.role
    if role is None:
        return False
    if role.partner is not None:
        base = pending[role.partner]
        measure = item.reading.measure
        if base.candidate is None or measure not in SHARED_MEASURES:
            return False
        if not fits(base.candidate, measure):
            return False
        take(item, base.candidate, role.partner, INHERITED)
        if role.family is not None and item.candidate is not None:
            # The same grades of others: no share of the same whole.
            item.candidate = _of_family(item.candidate, role.family)
            item.inherited_from, item.carried = None, True
        return True
    if role.candidate is None or not fits(role.candidate, item.reading.measure):
        return False
    if (
        item.candidate is not None
        and not role.sure
        and (
            item.candidate.score >= OWN_WORDS
            or item.candidate.in_label(item.place.label_start, item.quantity.number_start)
        )
    ):
        return False
    item.candidate = role.candidate
    item.carried = True
    return True


def _of_family(candidate: Candidate, family: str) -> Candidate:
    """Return a candidate with the indicator of the same name in another family, if any."""
    name = candidate.indicator.code.partition(".")[2]
    other = load_codebook().indicators.get(f"{family}.{name}")
    return candidate if other is None else replace(candidate, indicator=other)


def _counts(candidate: Candidate, base: Pending) -> bool:
    return base.quantity.dimension in candidate.indicator.dimensions


def share_after(surface: str, pending: list[Pending]) -> None:
    """Give what stands once, after the last figure of a list, to the figures before it.

    The counted noun ("12, 15 và 20 đảng viên"), the words of a plan ("53%, 46% và 59% chỉ tiêu").
    """
    noun: Pending | None = None
    for index in range(len(pending) - 1, 0, -1):
        base = pending[index]
        if base.quantity.unit is not None or noun is None or base.inherited_from is None:
            noun = base
        before = base.place.chained_to
        if before is None or base.candidate is None:
            continue
        item = pending[before]
        if surface[item.quantity.end : item.place.phrase_end].strip():
            continue
        ratio = item.quantity.unit == "%" == base.quantity.unit
        if ratio and base.reading.measure == "target_ratio" and item.reading.measure == "share":
            item.reading = replace(
                item.reading, measure="target_ratio", baseline=base.reading.baseline
            )
            if item.candidate is None:
                take(item, base.candidate, index, INHERITED)
        elif (
            (item.candidate is None or not _counts(item.candidate, noun))
            and item.quantity.unit is None
            and noun.quantity.unit not in (None, "%")
            and item.reading.measure == base.reading.measure == "level"
        ):
            take(item, base.candidate, index, INHERITED)
            item.part_of = base.part_of


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
        (item.quantity.end <= hit.start and (stop < 0 or hit.start < stop))
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
    if own is not None:
        if own.head is not None and item.place.label_start <= own.head.start:
            return False  # a noun of its own, before or after it
        ends = own.evidence_end()
        if ends > quantity.number_end and (bare or ends > quantity.end):
            return False  # a noun or a passive of its own stands after it
        if own.in_label(item.place.label_start, quantity.number_start):
            return False
    subgroup = any(
        item.place.label_start <= hit.start and hit.end <= quantity.number_start
        for hit in context.get("subgroups", ())
    )
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
            subgroup or _leads(item, surface) or _divided(surface, base, item)
        ):
            return False
        if own is not None and own.evidence_start() > base.quantity.end and own.score >= 3.0:
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


def _listed(surface: str, pending: list[Pending], item: Pending) -> bool:
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
    if own is not None and (
        own.evidence_end() > zone
        or own.score >= OWN_WORDS
        or own.in_label(item.place.label_start, quantity.number_start)
    ):
        return False
    if not is_bare(quantity) and base.quantity.dimension != quantity.dimension:
        return False
    take(item, base.candidate, index, INHERITED)
    item.part_of = index
    return True


def _of_subgroup(
    surface: str, pending: list[Pending], item: Pending, context: dict[str, list[Hit]]
) -> bool:
    """Rule 3, without a zone: a labelled part, or one more of the same noun.

    "...; nữ 5" is a part of the persons before; ", 1 đồng chí đạt 71,4%" goes on counting,
    and so does a series of places or years ("huyện A 12, huyện B 15").
    """
    quantity, own = item.quantity, item.candidate
    if not pending or item.reading.measure != "level" or not is_general(quantity):
        return False
    if own is not None and (
        own.score >= OWN_WORDS or own.in_label(item.place.label_start, quantity.number_start)
    ):
        return False
    label = surface[item.place.label_start : quantity.number_start]
    series = quantity.unit is None and any(
        hit.start >= item.place.label_start
        and hit.end <= quantity.number_start
        and not surface[item.place.label_start : hit.start].strip()
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
        goes_on = series and ";" not in surface[base.quantity.end : quantity.number_start]
        if not (subgroup or again or goes_on) or not _divides_one(base, item):
            return False
        whole = base.part_of if base.part_of is not None else index
        take(item, base.candidate, index, INHERITED)
        item.part_of = whole if subgroup else base.part_of
        return True
    return False


def _divides_one(base: Pending, item: Pending) -> bool:
    dimension = item.quantity.dimension
    return dimension is None or base.quantity.dimension in (None, dimension)
