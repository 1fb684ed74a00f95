"""Cells of reported provinces brought to the map of the 63 or of the 34.

What adds over units that were merged, and what does not: see
:func:`vankien.results.panel.panel`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from vankien.gazetteer.places import EVE
from vankien.results.cells import Cell
from vankien.results.figures import STATUSES, gravest
from vankien.results.provinces import SYSTEMS, part_of_map, parts_of, province_name

__all__ = ["harmonised"]

ADDED = ("level", "change_abs")
RATIOS = ("share", "target_ratio", "change_rel")


def harmonised(cells: Iterable[Cell], levels: Iterable[Cell], system: int) -> Iterator[Cell]:
    """Yield the cells of a map's units.

    ``levels`` are the level cells of the same indicator, from which ratios are recomputed.
    Cells of provinces that the map does not hold, because it divides them, are left out.
    """
    groups: dict[tuple[Any, ...], list[Cell]] = {}
    for cell in cells:
        if cell.part is None or (unit := part_of_map(cell.part, system)) is None:
            continue
        key = (unit, cell.period, cell.within, cell.baseline, cell.unit)
        groups.setdefault(key, []).append(cell)
    by_place = {_key(cell): cell for cell in levels}
    for (unit, period, *_), group in groups.items():
        name = province_name(unit, SYSTEMS[system])
        whole = [cell for cell in group if _is_whole(cell, unit, system)]
        if whole:
            # Reported for the unit itself, which is better than a sum.
            best = max(whole, key=lambda cell: cell.part.day if cell.part else date.min)
            yield replace(best, place=unit, name=name)
            continue
        needed = parts_of(unit, system, min(period.end, EVE))
        parts = {cell.place: cell for cell in group}
        missing = tuple(
            province_name(code, min(period.end, EVE)) or code for code in needed
            if code not in parts
        )  # fmt: skip
        yield replace(
            _joined([parts[code] for code in sorted(parts)], missing, by_place),
            place=unit, name=name,
        )  # fmt: skip


def _key(cell: Cell) -> tuple[Any, ...]:
    return cell.place, cell.part.name if cell.part else None, cell.period, cell.within


def _is_whole(cell: Cell, unit: str, system: int) -> bool:
    """Return whether a cell speaks of the unit as it is on the map."""
    if cell.part is None:
        return False
    if cell.part.day >= SYSTEMS[system]:
        return True
    return parts_of(unit, system, cell.part.day) == (cell.place,)


def _joined(parts: list[Cell], missing: tuple[str, ...], levels: dict[Any, Cell]) -> Cell:
    """Return one cell of several parts; its value is null where the rules do not give one."""
    first = parts[0]
    value: float | None = None
    low = high = None
    as_of = {part.as_of for part in parts}
    if first.measure not in (*ADDED, *RATIOS):
        derivation = f"null: a {first.measure} does not aggregate"
    elif missing:
        derivation = "null: parts are missing"
    elif first.measure in ADDED and len(as_of) > 1:
        derivation = "null: parts are of different dates"
    elif first.measure in ADDED:
        value = _sum(part.value for part in parts)
        low, high = _sum(part.low for part in parts), _sum(part.high for part in parts)
        derivation = f"sum of {len(parts)} units"
    else:
        value = _ratio(parts, levels)
        derivation = (
            "null: no levels to recompute it from" if value is None
            else f"recomputed from the levels of {len(parts)} units"
        )  # fmt: skip
    return replace(
        first,
        part=None,
        value=value,
        low=low,
        high=high,
        status=max((part.status for part in parts), key=STATUSES.index),
        approx="exact" if all(part.approx == "exact" for part in parts) else "about",
        as_of=first.as_of if len(as_of) == 1 else None,
        stories=frozenset().union(*(part.stories for part in parts)),
        n_figures=sum(part.n_figures for part in parts),
        conflict=gravest([part.conflict for part in parts if part.conflict is not None]),
        derivation=derivation,
        missing=missing,
        scopes=_united(part.scopes for part in parts),
        record_ids=_united(part.record_ids for part in parts),
        doc_ids=_united(part.doc_ids for part in parts),
    )


def _sum(values: Iterable[float | None]) -> float | None:
    given = list(values)
    return None if any(value is None for value in given) else sum(v for v in given if v is not None)


def _united(texts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for group in texts for text in group))


def _ratio(parts: list[Cell], levels: dict[Any, Cell]) -> float | None:
    """Return the percentage of the whole, from each part's level and percentage.

    A level and its percentage give the base (the total, the target, the value before); the
    whole's percentage is the sum of levels over the sum of bases.  The percentages are
    rounded as printed, so the result is as exact as they are.
    """
    total = base = 0.0
    for part in parts:
        level = levels.get(_key(part))
        if level is None or level.value is None or part.value is None:
            return None
        share = part.value / 100 + (1 if part.measure == "change_rel" else 0)
        if share <= 0:
            return None
        total += level.value
        base += level.value / share
    if not base:
        return None
    return 100 * total / base - (100 if parts[0].measure == "change_rel" else 0)
