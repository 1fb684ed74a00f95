"""Figures that differ though they report the same thing, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, Any

from vankien.errors import UsageError
from vankien.results.figures import CLASSES, Reported, classify, load_figures, slip_factor
from vankien.results.tidy import TidyTable, tidy

if TYPE_CHECKING:
    from vankien.results.tables import Tables

__all__ = ["conflicts"]

_COLUMNS: dict[str, Any] = {
    "class": str,
    "factor": int,
    "indicator": str,
    "measure": str,
    "scope_code": str,
    "scope_reported": str,
    "period_start": date,
    "period_end": date,
    "unit": str,
    "value_1": float,
    "value_2": float,
    "difference": float,
    "relative_difference": float,
    "surface_1": str,
    "surface_2": str,
    "status_1": str,
    "status_2": str,
    "n_sources_1": int,
    "n_sources_2": int,
    "sentence_1": str,
    "sentence_2": str,
    "published_1": date,
    "published_2": date,
    "source_1": str,
    "source_2": str,
    "doc_id_1": str,
    "doc_id_2": str,
    "record_id_1": str,
    "record_id_2": str,
}

RULE = (
    "Figures of the same indicator, measure, unit, code of scope and period (and, for changes, "
    "baseline) that differ; each pair of values once, by their first documents, the earlier "
    "first; repeated stories once. Aims are compared with aims only. Classes are tested in the "
    "order other scope, factor slip, later update (estimates), rounding, later update, true "
    "conflict."
)


def conflicts(
    results: Tables,
    indicator: str | None = None,
    *,
    measure: str | None = None,
    classes: Iterable[str] | None = None,
) -> TidyTable:
    """Return one row a pair of differing values, the gravest class first.

    ``class`` is one of :data:`~vankien.results.figures.CLASSES` (see there for the rules),
    ``factor`` the factor of a slip; what ends in ``_1`` is of the document that came first.
    ``sentence_1`` and ``sentence_2`` are the evidence; ``n_sources_1`` says how many stories
    report the value.  ``relative_difference`` is that of the second to the first.  Figures
    without a code of scope or without a period are left out, since nothing says that they
    report the same.  Raises UsageError (V401) for an unknown indicator or class.
    """
    wanted = tuple(CLASSES if classes is None else classes)
    if unknown := [name for name in wanted if name not in CLASSES]:
        detail = f"{', '.join(unknown)}: the classes are {', '.join(CLASSES)}"
        raise UsageError("V401", "classes", detail=detail)
    figures = load_figures(results, indicator=indicator, measure=measure)
    rows = [row for cell in _cells(figures) for row in _pairs(cell) if row["class"] in wanted]
    rows.sort(
        key=lambda row: (
            CLASSES.index(row["class"]), row["indicator"], row["scope_code"],
            row["period_end"], row["period_start"] or date.min, row["record_id_1"],
            row["record_id_2"],
        )
    )  # fmt: skip
    return tidy(
        rows,
        _COLUMNS,
        title=f"Differing figures{f' of {indicator}' if indicator else ''}",
        rule=RULE,
        n={"pairs": len(rows), "figures": len(figures)},
    )


def _cells(figures: list[Reported]) -> Iterator[list[Reported]]:
    """Yield the figures that should agree, where they do not."""
    cells: dict[tuple[object, ...], list[Reported]] = {}
    for figure in figures:
        if figure.period_end is None or figure.within == figure.indicator:
            continue
        aim = figure.status == "target"
        key = (
            figure.indicator, figure.measure, figure.unit, figure.scope_code,
            figure.period_start, figure.period_end, figure.baseline, aim,
        )  # fmt: skip
        cells.setdefault(key, []).append(figure)
    for cell in cells.values():
        if len({figure.value for figure in cell}) > 1:
            yield cell


def _pairs(cell: list[Reported]) -> Iterator[dict[str, Any]]:
    by_value: dict[tuple[float, str | None], list[Reported]] = {}
    for figure in cell:
        by_value.setdefault((figure.value, figure.within), []).append(figure)
    for group_1, group_2 in combinations(by_value.values(), 2):
        # The original speaks for a story, not the paper that repeats it.
        one, other = (min(g, key=lambda figure: figure.duplicate) for g in (group_1, group_2))
        if one.value == other.value:
            continue
        kind = classify(one, other)
        yield {
            "class": kind,
            "factor": slip_factor(one.value, other.value) if kind == "factor slip" else None,
            "indicator": one.indicator,
            "measure": one.measure,
            "scope_code": one.scope_code,
            "scope_reported": one.scope,
            "period_start": one.period_start,
            "period_end": one.period_end,
            "unit": one.unit,
            "difference": other.value - one.value,
            "relative_difference": (other.value / one.value - 1) if one.value else None,
            **_side(one, group_1, "1"),
            **_side(other, group_2, "2"),
        }


def _side(figure: Reported, group: list[Reported], number: str) -> dict[str, Any]:
    values = {
        "value": figure.value,
        "surface": figure.surface,
        "status": figure.status,
        "n_sources": len({other.story for other in group}),
        "sentence": figure.text,
        "published": figure.published,
        "source": figure.source,
        "doc_id": figure.doc_id,
        "record_id": figure.record_id,
    }
    return {f"{name}_{number}": value for name, value in values.items()}
