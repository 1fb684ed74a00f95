"""Arithmetic between figures that must agree (``indicators.checks``).

* ``breakdown``: the parts of a figure, where they all have its kind, against the figure;
* ``share``: a percentage against the part and the whole that stand beside it;
* ``ratio``: a percentage of a plan against the level and the stated target;
* ``change``: a change against the level and its origin ("từ 11 lên 13, tăng 2").

An outcome is ``name:ok`` or ``name:off``.  It raises or lowers the score and never changes
a value: a mismatch may be the document's own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from vankien.quantities.numerals import parse_numeral
from vankien.tagging.indicators.figure import Figure

__all__ = ["check_figures"]

_Note = Callable[[int, str, bool], None]

AGREES = 0.4
"""Added to the raw score by a check that holds."""

DIFFERS = 0.5
"""Taken from it by one that fails."""

TOLERANCE = Decimal("0.6")
"""Points of percent by which a stated share may differ (documents round)."""

NEAR = 4
"""Figures before a percentage among which its level is looked for."""


def check_figures(figures: list[Figure]) -> list[Figure]:
    """Return the figures with the outcomes of the checks and their effect on the score."""
    outcomes: dict[int, list[str]] = {}

    def note(index: int, name: str, holds: bool) -> None:
        outcome = f"{name}:{'ok' if holds else 'off'}"
        if outcome not in outcomes.setdefault(index, []):
            outcomes[index].append(outcome)

    _breakdowns(figures, note)
    for index, figure in enumerate(figures):
        if figure.indicator is None or figure.reading.value is None:
            continue
        measure = figure.reading.measure
        if measure == "share":
            _share(figures, index, note)
        elif measure == "target_ratio":
            _ratio(figures, index, note)
        elif measure in ("change_abs", "change_rel"):
            _change(figures, index, note)
    return [
        _with(figure, outcomes[index]) if index in outcomes else figure
        for index, figure in enumerate(figures)
    ]


def _with(figure: Figure, outcomes: list[str]) -> Figure:
    score = figure.score
    for outcome in outcomes:
        score += AGREES if outcome.endswith(":ok") else -DIFFERS
    return replace(figure, checks=tuple(outcomes), score=round(score, 4))


def _breakdowns(figures: list[Figure], note: _Note) -> None:
    groups: dict[tuple[int, bool], list[int]] = {}
    for index, figure in enumerate(figures):
        if figure.part_of is not None and figure.reading.measure == "level":
            # In a table the parts of a row and those of a column divide separately.
            same_row = figure.row == figures[figure.part_of].row
            groups.setdefault((figure.part_of, same_row), []).append(index)
    for (whole, _), parts in groups.items():
        total = figures[whole].reading.value
        # Parts of several kinds overlap ("trong đó nữ 71, đoàn viên 112"): only a division
        # by one question can be summed.
        if total is None or len(parts) < 3 or not _one_question(figures, whole, parts):
            continue
        values = [figures[i].reading.value for i in parts]
        if any(value is None for value in values):
            continue
        holds = sum(value for value in values if value is not None) == total
        # Fewer parts than the whole may be an incomplete list; more cannot be.
        more = sum(value for value in values if value is not None) > total
        if holds or more:
            for index in (whole, *parts):
                note(index, "breakdown", holds)


def _one_question(figures: list[Figure], whole: int, parts: list[int]) -> bool:
    codes = {figures[i].indicator for i in parts}
    families = {code.rpartition(".")[0] for code in codes if code}
    forms = all(code and ("graded" in code or code.startswith("discipline.")) for code in codes)
    return codes == {figures[whole].indicator} or (forms and len(families) == 1)


def _level_before(figures: list[Figure], index: int) -> Figure | None:
    figure = figures[index]
    for other in reversed(figures[max(0, index - NEAR) : index]):
        if other.sentence != figure.sentence or other.table != figure.table:
            return None
        if other.indicator == figure.indicator and other.reading.measure == "level":
            return other
    return None


def _share(figures: list[Figure], index: int, note: _Note) -> None:
    figure = figures[index]
    level = _level_before(figures, index)
    value = figure.reading.value
    if level is None or value is None or level.reading.value is None:
        return
    whole = level.quantity.total
    if whole is None and level.part_of is not None:
        whole = figures[level.part_of].reading.value
    if not whole:
        return
    stated = level.reading.value * 100 / whole
    note(index, "share", abs(stated - value) <= TOLERANCE)


def _ratio(figures: list[Figure], index: int, note: _Note) -> None:
    figure = figures[index]
    level = _level_before(figures, index)
    value = figure.reading.value
    if level is None or value is None or level.reading.value is None:
        return
    plan = level.quantity.total
    for other in figures[max(0, index - NEAR) : index + NEAR]:
        if (
            other.indicator == figure.indicator
            and other.sentence == figure.sentence
            and other.reading.status == "target"
            and other.reading.measure == "level"
        ):
            plan = other.reading.value
    if not plan or plan == level.reading.value:
        return
    note(index, "ratio", abs(level.reading.value * 100 / plan - value) <= TOLERANCE)


def _change(figures: list[Figure], index: int, note: _Note) -> None:
    """Compare a change with the level beside it and the level that it started from."""
    figure = figures[index]
    value = figure.reading.value
    if value is None:
        return
    window = figures[max(0, index - NEAR) : index + NEAR]
    levels = [
        other
        for other in window
        if other.indicator == figure.indicator
        and other.sentence == figure.sentence
        and other.reading.measure == "level"
        and other.reading.value is not None
    ]
    for other in levels:
        now, origin = other.reading.value, _number(other.quantity.origin)
        if origin is None or now is None or not origin:
            continue
        if figure.reading.measure == "change_abs":
            note(index, "change", now - origin == value)
        else:
            note(index, "change", abs((now - origin) * 100 / origin - value) <= TOLERANCE)


def _number(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return parse_numeral(text)
    except (ValueError, InvalidOperation):
        return None
