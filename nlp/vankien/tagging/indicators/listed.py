"""What the members of a list take from words that stand once, before or after the list."""

from __future__ import annotations

from dataclasses import replace

from vankien.codebook import load_codebook
from vankien.tagging.indicators.earlier import (
    INHERITED,
    OWN_WORDS,
    SHARED_MEASURES,
    fits,
    is_general,
    take,
)
from vankien.tagging.indicators.frames import Candidate
from vankien.tagging.indicators.pending import Pending

__all__ = ["divide_by_sum", "of_list", "share_after"]


def of_list(pending: list[Pending], item: Pending) -> bool:
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
            _of_the_same(item.candidate, role.candidate)
            or item.candidate.score >= OWN_WORDS
            or item.candidate.in_label(item.place.label_start, item.quantity.number_start)
        )
    ):
        return False
    item.candidate = role.candidate
    item.carried = True
    return True


def _of_the_same(own: Candidate, said: Candidate) -> bool:
    """Say whether a heading names but the stock of what a word beside the figure counts."""
    return (
        own.governed
        and said.indicator.kind == "stock"
        and said.qualifier is None
        and said.indicator.code.endswith(".total")
        and own.indicator.code.split(".")[0] == said.indicator.code.split(".")[0]
    )


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


def divide_by_sum(surface: str, pending: list[Pending]) -> None:
    """Make the labelled figures after a count that add up to it its parts.

    "Giải quyết cho 96 người, khối Đảng 9 người, ngành giáo dục 54 người, cấp xã 33 người": no
    word says that they divide the first figure, their sum does.  Only figures without an
    indicator of their own take it.
    """
    for index, base in enumerate(pending):
        whole = base.reading.value
        if base.candidate is None or base.reading.measure != "level" or not whole:
            continue
        parts: list[Pending] = []
        total = whole - whole
        for item in pending[index + 1 :]:
            if total >= whole or not _may_divide(surface, base, item):
                break
            parts.append(item)
            total += item.reading.value or 0
        if len(parts) < LEAST_PARTS or total != whole:
            continue
        for item in parts:
            if item.candidate is None and fits(base.candidate, "level"):
                take(item, base.candidate, index, INHERITED)
            if item.indicator is base.indicator and item.part_of is None:
                item.part_of = index


LEAST_PARTS = 3
"""Figures that make a sum of one figure no chance."""


def _may_divide(surface: str, base: Pending, item: Pending) -> bool:
    quantity, value = item.quantity, item.reading.value
    if item.reading.measure != "level" or value is None or value <= 0:
        return False
    if quantity.unit is not None and quantity.dimension != base.quantity.dimension:
        return False
    own = item.candidate is None or item.indicator is base.indicator
    label = surface[item.place.label_start : quantity.number_start].strip()
    named = bool(label) or (item.role is not None and item.role.nth is not None)
    return own and is_general(quantity) and named and item.place.bracket_of is None
