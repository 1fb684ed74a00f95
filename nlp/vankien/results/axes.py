"""Axes of time: calendar years, halves, quarters, months; the Party's terms and plenums.

The dates of congresses and plenums are data (``corpus/codebook/party_calendar.yaml``).  A
term runs from the day after a congress closes to the day on which the next one closes, and
the time after a plenum likewise: a document of the closing day still belongs to what was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args

from vankien.codebook import load_yaml
from vankien.errors import UsageError
from vankien.resources import codebook_dir

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["AXES", "Axis", "Interval", "axis_table", "checked_axis", "intervals"]

Axis = Literal["year", "half", "quarter", "month", "term", "plenum"]
AXES: tuple[str, ...] = get_args(Axis)
MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}
"""Months of an interval of each calendar axis."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of an axis: its label and its first and last day, both inclusive.

    Labels: "2020", "2020-H1", "2020-Q3", "2020-07", "XII" (a term), "XII.4" (the time
    after the 4th plenum of the 12th Central Committee).
    """

    label: str
    start: date
    end: date


@cache
def _calendar() -> dict[str, Any]:
    data: dict[str, Any] = load_yaml(codebook_dir() / "party_calendar.yaml")
    return data


def checked_axis(freq: str, *, allowed: tuple[str, ...] = AXES) -> str:
    """Return the name of an axis.  Raises UsageError (V401) for one that is unknown."""
    if freq not in allowed:
        detail = f"{freq!r} is no axis of time; they are {', '.join(allowed)}"
        raise UsageError("V401", "freq", detail=detail)
    return freq


def intervals(freq: str, first: date, last: date) -> list[Interval]:
    """Return the intervals of an axis that touch the days from ``first`` to ``last``.

    Raises UsageError (V401) for an unknown axis.
    """
    if checked_axis(freq) in MONTHS:
        found = _calendar_intervals(freq, first, last)
    else:
        found = _party_intervals(freq)
    return [interval for interval in found if interval.end >= first and interval.start <= last]


def _calendar_intervals(freq: str, first: date, last: date) -> list[Interval]:
    size = MONTHS[freq]
    found = []
    for year in range(first.year, last.year + 1):
        for number in range(12 // size):
            start = date(year, number * size + 1, 1)
            month = (number + 1) * size
            end = date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - _DAY
            label = {
                "year": f"{year}",
                "half": f"{year}-H{number + 1}",
                "quarter": f"{year}-Q{number + 1}",
                "month": f"{year}-{number + 1:02d}",
            }[freq]
            found.append(Interval(label, start, end))
    return found


def _party_intervals(freq: str) -> list[Interval]:
    calendar = _calendar()
    if freq == "term":
        opens = [(c["term"], date.fromisoformat(c["close"])) for c in calendar["congresses"]]
    else:
        opens = [
            (f"{term}.{number}", date.fromisoformat(close))
            for term, closes in calendar["plenums"].items()
            for number, close in enumerate(closes, start=1)
        ]
        last = next(c for c in calendar["congresses"] if c["term"] == "XIV")
        opens.append(("", date.fromisoformat(last["close"])))
    found = []
    for position, (label, close) in enumerate(opens):
        following = opens[position + 1][1] if position + 1 < len(opens) else date.max
        if label:
            found.append(Interval(label, close + _DAY, following))
    return found


def axis_table(freq: str, first: date, last: date) -> pa.Table:
    """Return the intervals as an Arrow table: period, period_start, period_end, in order."""
    import pyarrow as pa

    found = intervals(freq, first, last)
    return pa.table(
        {
            "period": pa.array([i.label for i in found], pa.string()),
            "period_start": pa.array([i.start for i in found], pa.date32()),
            "period_end": pa.array([i.end for i in found], pa.date32()),
        }
    )
