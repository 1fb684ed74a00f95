"""The part zone of a sentence: what "trong đó", "gồm", a colon or a bracket divides."""

from __future__ import annotations

import re

from vankien.tagging.indicators.pending import Pending

__all__ = ["whole_of"]

_MEAN = re.compile(r"(?<!\w)(?:bình quân|trung bình|mỗi năm|mỗi quý)(?!\w)", re.IGNORECASE)
_OF_TIME = re.compile(r"\s*(?:riêng |trong )?(?:năm|quý|tháng) (?:\d|I|V)", re.IGNORECASE)


def whole_of(surface: str, pending: list[Pending], item: Pending) -> int | None:
    """Return the figure that the part zone around ``item`` divides, or None.

    A part is of the same kind as its whole and not greater, and the parts so far do not
    exceed it.
    """
    zone, quantity = item.place.zone, item.quantity
    if zone < 0 or item.reading.measure not in ("level", "share"):
        return None
    if _OF_TIME.match(surface, item.place.label_start):
        return None  # "năm 2018: 109, năm 2019: 104" divide nothing
    if surface.count(";", zone, quantity.number_start) and surface[zone] not in ":(":
        return None
    if _MEAN.search(surface, item.place.label_start, quantity.number_start):
        return None  # "kết nạp 85 đảng viên (bình quân mỗi năm 17)"
    within = surface.startswith("gồm", zone) or surface.startswith("bao gồm", zone)
    for index in range(len(pending) - 1, -1, -1):
        base = pending[index]
        if base.quantity.end > zone or base.reading.measure != "level":
            continue
        if within and ";" in surface[base.quantity.end : zone]:
            break  # "bầu 29 đồng chí; bầu đoàn đại biểu gồm 22 đồng chí"
        if base.candidate is None and not _graded_total(base):
            continue
        if not _divides(pending, index, item):
            continue
        return index
    return None


def _graded_total(base: Pending) -> bool:
    return base.quantity.dimension in ("person", "organisation", "case", "document")


def _divides(pending: list[Pending], index: int, item: Pending) -> bool:
    base, quantity = pending[index], item.quantity
    if quantity.unit == "%":
        return True
    value, whole = item.reading.value, base.reading.value
    if value is None or whole is None or value > whole:
        return False
    # Posts are cut with the persons on them ("2.418 biên chế, trong đó 486 công chức").
    both = {quantity.dimension, base.quantity.dimension} - {None}
    if len(both) > 1 and both != {"person", "post"}:
        return False
    taken = sum(
        p.reading.value or 0
        for p in pending
        if p.part_of == index
        and p.quantity.unit != "%"
        and p.indicator is item.indicator
        and item.indicator is base.indicator
    )
    return taken + value <= whole
