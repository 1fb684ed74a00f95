"""panel(): one indicator by place and time, one row a place and period.

:func:`panel` states every rule.  In code: figures are put into cells of reported places and
each is settled on one value (:mod:`vankien.results.cells`); the places are brought to one
map of provinces if asked (:mod:`vankien.results.harmonise`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from vankien.codebook import Measure
from vankien.errors import UsageError
from vankien.results.axes import MONTHS, checked_axis
from vankien.results.cells import COLUMNS, Cell, settled
from vankien.results.figures import STATUSES, load_figures
from vankien.results.harmonise import harmonised
from vankien.results.provinces import SYSTEMS
from vankien.results.tidy import TidyTable, tidy

if TYPE_CHECKING:
    from vankien.results.tables import Tables

__all__ = ["PLACES", "panel"]

PLACES = ("province", "district", "nation", "scope")
FREQUENCIES = (*MONTHS, "reported")


def panel(
    results: Tables,
    indicator: str,
    *,
    by: str = "province",
    freq: str = "year",
    measure: Measure = "level",
    units: int | None = None,
    status: Iterable[str] = STATUSES,
) -> TidyTable:
    """Return one row a place and period in which the indicator is reported.

    Places (``by``): "province" takes figures of whole provinces alone, never those of a
    part or a body; "district" likewise; "nation" those of the Party or country as a whole;
    "scope" every code of scope as it stands.

    Periods (``freq``): year, half, quarter, month, or "reported" for each period as it
    stands.  A flow belongs to a cell whose days are exactly its period, so nine months are
    no year.  A stock belongs to the cell that its date lies in, and the latest date that
    is reported within it counts (``as_of_reported``).

    One value a cell: what happened before an estimate, and that before an aim
    (``status_reported``; ``status`` leaves some out); among figures that differ, not the
    rounder one, not the one that the words narrow, and of two that are a factor 10, 100 or
    1,000 apart the one with more sources, or that is nearer to the place's other periods;
    then that of the latest document.  ``conflict`` names the gravest class of difference
    (see :mod:`vankien.results.figures`), ``min_reported`` and ``max_reported`` are the
    spread of all figures of that status.  ``n_sources`` counts stories: a document that
    repeats another (``duplicate_of``) counts with it.  Figures that divide others of the
    same indicator are left out; those that divide another indicator ("trong đó nữ") are
    cells of their own, named by ``within_reported``, and changes are by their baseline.

    ``units`` brings provinces to the map of the 63 (until June 2025) or the 34 (since
    July 2025); without it they stay as reported.  Over units that were merged, levels and
    absolute changes add where every part is reported for the same period, stocks where it
    is the same date; shares, ratios to a target and relative changes are recomputed
    from levels and percentages where all parts report both; ranks never.  Otherwise the
    value is null and ``missing`` names the parts that lack one.  ``derivation`` says which
    it was.  A figure of a merged province is never divided among the 63.

    Raises UsageError (V401) for an unknown indicator, place, frequency, map or status.
    """
    _check(by, freq, units, status := tuple(status))
    figures = load_figures(results, indicator=indicator, measure=measure)
    cells = list(settled(figures, by, freq, status))
    if units is not None:
        levels: list[Cell] = []
        if measure in ("share", "target_ratio", "change_rel"):
            levels = list(
                settled(
                    load_figures(results, indicator=indicator, measure="level"), by, freq, status
                )
            )
        cells = list(harmonised(cells, levels, units))
    cells.sort(key=lambda c: (c.place, c.period.start, c.period.end, c.within or "", c.name or "",
                              c.baseline or ""))  # fmt: skip
    return tidy(
        [cell.row() for cell in cells],
        COLUMNS,
        title=f"{indicator} ({measure}) by {by} and {freq}, as reported",
        rule=_rule(by, freq, units),
        n={
            "cells": len(cells),
            "sources": len(frozenset().union(*(cell.stories for cell in cells))),
            "figures": sum(cell.n_figures for cell in cells),
        },
    )


def _check(by: str, freq: str, units: int | None, status: tuple[str, ...]) -> None:
    if by not in PLACES:
        raise UsageError("V401", "by", detail=f"{by!r} is none of {', '.join(PLACES)}")
    checked_axis(freq, allowed=FREQUENCIES)
    if units is not None and (units not in SYSTEMS or by != "province"):
        detail = f"{units!r} by {by}: provinces come in maps of 63 or 34 units"
        raise UsageError("V401", "units", detail=detail)
    if unknown := [name for name in status if name not in STATUSES]:
        detail = f"{', '.join(unknown)}: they are {', '.join(STATUSES)}"
        raise UsageError("V401", "status", detail=detail)


def _rule(by: str, freq: str, units: int | None) -> str:
    where = {None: "as reported", 63: "on the map of 63", 34: "on the map of 34"}[units]
    places = f"provinces {where}" if by == "province" else f"places ({by}) as reported"
    return (
        f"Values are what documents report, {places}, by {freq}; repeated stories count once; "
        "actual before estimate before target, the latest document where figures differ."
    )
