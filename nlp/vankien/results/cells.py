"""Cells of a panel: figures put by place and period, each cell settled on one value.

The rules are those that :func:`vankien.results.panel.panel` states.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations
from typing import Any

from vankien.codebook import load_codebook
from vankien.gazetteer.places import districts
from vankien.results.axes import Interval, intervals
from vankien.results.figures import STATUSES, Reported, classify, grain, gravest, restrictions
from vankien.results.provinces import Part, reported_part

__all__ = ["COLUMNS", "Cell", "is_stock", "settle", "settled"]

COLUMNS: dict[str, Any] = {
    "place": str,
    "place_name": str,
    "period": str,
    "period_start": date,
    "period_end": date,
    "indicator": str,
    "measure": str,
    "value_reported": float,
    "unit": str,
    "status_reported": str,
    "approx_reported": str,
    "as_of_reported": date,
    "n_sources": int,
    "n_figures": int,
    "min_reported": float,
    "max_reported": float,
    "conflict": str,
    "derivation": str,
    "missing": [str],
    "baseline_reported": str,
    "within_reported": str,
    "scope_reported": [str],
    "record_ids": [str],
    "doc_ids": [str],
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the value settled on, and all that was reported for it.

    ``part`` is the province as reported, None for places of other kinds.
    """

    place: str
    name: str | None
    part: Part | None
    period: Interval
    indicator: str
    measure: str
    value: float | None
    unit: str | None
    status: str
    approx: str
    as_of: date | None
    stories: frozenset[str]
    n_figures: int
    low: float | None
    high: float | None
    conflict: str | None
    derivation: str
    missing: tuple[str, ...]
    baseline: str | None
    within: str | None
    scopes: tuple[str, ...]
    record_ids: tuple[str, ...]
    doc_ids: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """Return the cell as a row of the panel."""
        return {
            "place": self.place, "place_name": self.name, "period": self.period.label,
            "period_start": self.period.start, "period_end": self.period.end,
            "indicator": self.indicator, "measure": self.measure,
            "value_reported": self.value, "unit": self.unit, "status_reported": self.status,
            "approx_reported": self.approx, "as_of_reported": self.as_of,
            "n_sources": len(self.stories), "n_figures": self.n_figures,
            "min_reported": self.low, "max_reported": self.high, "conflict": self.conflict,
            "derivation": self.derivation, "missing": self.missing,
            "baseline_reported": self.baseline, "within_reported": self.within,
            "scope_reported": self.scopes, "record_ids": self.record_ids,
            "doc_ids": self.doc_ids,
        }  # fmt: skip


def is_stock(figure: Reported) -> bool:
    """Return whether a figure is of a point in time: what divides a flow is a flow."""
    indicators = load_codebook().indicators
    entry = indicators.get(figure.within or figure.indicator) or indicators.get(figure.indicator)
    if entry is None:
        return figure.period_start == figure.period_end
    return entry.kind == "stock"


@dataclass(frozen=True, slots=True)
class _Place:
    code: str
    name: str | None
    part: Part | None = None

    @property
    def key(self) -> tuple[str, str | None]:
        """What tells two places apart: a code may pass to another province."""
        return self.code, self.part.name if self.part else None


def _place(figure: Reported, by: str) -> _Place | None:
    """Return the place of a figure, None if it is of another kind."""
    code, words = figure.scope_code or "", figure.scope or ""
    if by == "scope":
        return _Place(code, figure.scope)
    if by == "nation":
        return _Place(code, figure.scope) if code in ("TW", "VN") else None
    if by == "district":
        name = _district_names().get(code)
        return None if name is None else _Place(code, name)
    part = reported_part(code, figure.held, words)
    return None if part is None else _Place(code, part.name, part)


@cache
def _district_names() -> dict[str, str]:
    return {unit.code: unit.name for unit in districts()}


def _period(figure: Reported, freq: str, *, stock: bool) -> Interval | None:
    """Return the cell's period that a figure falls into, None where it does into none."""
    end = figure.period_end
    if end is None:
        return None
    start = end if stock else figure.period_start
    if start is None:
        return None
    if freq == "reported":
        label = f"{end}" if start == end else f"{start}/{end}"
        return Interval(label, start, end)
    found = intervals(freq, end, end)[0]
    return found if stock or (found.start == start and found.end == end) else None


def settled(
    figures: Iterable[Reported], by: str, freq: str, status: tuple[str, ...]
) -> Iterator[Cell]:
    """Yield one settled cell a place, period, unit, baseline and divided indicator."""
    groups: dict[tuple[Any, ...], list[Reported]] = {}
    places: dict[tuple[Any, ...], _Place] = {}
    for figure in figures:
        if figure.status not in status or figure.within == figure.indicator:
            continue
        place = _place(figure, by)
        period = _period(figure, freq, stock=is_stock(figure))
        if place is None or period is None:
            continue
        key = (place.key, figure.within, figure.baseline, figure.unit, period)
        groups.setdefault(key, []).append(figure)
        places[key] = place
    # The values of a place's other periods, against which a slip shows.
    series: dict[tuple[Any, ...], list[float]] = {}
    for key, group in groups.items():
        values = {figure.value for figure in group if figure.status != "target"}
        if len(values) == 1:
            series.setdefault(key[:-1], []).append(values.pop())
    for key, group in groups.items():
        yield settle(group, key[-1], places[key], around=series.get(key[:-1], ()))


def settle(
    figures: list[Reported], period: Interval, place: _Place, *, around: Iterable[float] = ()
) -> Cell:
    """Settle the figures of one place and period on one value, by the panel's rules.

    ``around`` are the place's values of other periods, used to tell a slip from the value.
    """
    first = next(s for s in STATUSES if any(figure.status == s for figure in figures))
    pool = [figure for figure in figures if figure.status == first]
    stock = is_stock(pool[0])
    as_of = max(f.period_end for f in pool if f.period_end is not None) if stock else None
    if stock:
        pool = [figure for figure in pool if figure.period_end == as_of]
    others = [f for f in figures if f.period_end == pool[0].period_end and f.status != "target"]
    values = {figure.value: figure for figure in (*others, *pool)}
    kinds = [classify(one, other) for one, other in combinations(values.values(), 2)]
    chosen = _choose(pool, list(around))
    return Cell(
        place=place.code, name=place.name, part=place.part, period=period,
        indicator=chosen.indicator, measure=chosen.measure,
        value=chosen.value, unit=chosen.unit, status=chosen.status, approx=chosen.approx,
        as_of=as_of, stories=frozenset(figure.story for figure in pool), n_figures=len(pool),
        low=min(figure.value for figure in pool), high=max(figure.value for figure in pool),
        conflict=gravest(kinds), derivation="as reported", missing=(),
        baseline=chosen.baseline, within=chosen.within,
        scopes=tuple(dict.fromkeys(figure.scope for figure in pool if figure.scope)),
        record_ids=tuple(dict.fromkeys(figure.record_id for figure in pool)),
        doc_ids=tuple(dict.fromkeys(figure.doc_id for figure in pool)),
    )  # fmt: skip


def _choose(pool: list[Reported], around: list[float]) -> Reported:
    """Return the figure whose value stands for a cell; ``pool`` is in order of publication."""
    if len({figure.value for figure in pool}) == 1:
        exact = [figure for figure in pool if figure.approx == "exact"]
        return (exact or pool)[-1]
    wide = [figure for figure in pool if not restrictions(figure)]
    left = wide or pool
    support = {
        value: len({figure.story for figure in pool if figure.value == value})
        for value in {figure.value for figure in pool}
    }
    dropped: set[float] = set()
    distinct = list({figure.value: figure for figure in left}.values())
    for one, other in combinations(distinct, 2):
        kind = classify(one, other)
        if kind == "rounding":
            dropped.add(max(one, other, key=lambda f: (grain(f.value), f.approx != "exact")).value)
        elif kind == "factor slip":
            rank = {
                figure.value: (-support[figure.value], _distance(figure.value, around))
                for figure in (one, other)
            }
            if rank[one.value] != rank[other.value]:
                dropped.add(max(rank, key=lambda value: rank[value]))
    kept = [figure for figure in left if figure.value not in dropped] or left
    latest = max((figure.published or date.min) for figure in kept)
    kept = [figure for figure in kept if (figure.published or date.min) == latest]
    return max(kept, key=lambda figure: (support[figure.value], figure.score, figure.record_id))


def _distance(value: float, around: list[float]) -> float:
    """Return how many times a value is, at the median, above or below those around it."""
    ratios = sorted(
        max(abs(value), 1e-9) / max(abs(other), 1e-9) for other in around if other != value
    )
    if not ratios:
        return 0.0
    middle = ratios[len(ratios) // 2]
    return max(middle, 1 / middle)
