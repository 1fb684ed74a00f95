"""Expressions of time -> inclusive dates.

Where to start reading: :func:`resolve`, which reads a mention against the document's date and
the year spoken of, and leaves None where neither tells.  Conventions: a term runs over calendar
years; "6 tháng đầu năm" is of the year spoken of; see :mod:`vankien.quantities.dates` for the
rest.
"""

from __future__ import annotations

from datetime import date, timedelta

from vankien.quantities import dates
from vankien.quantities.dates import Interval
from vankien.quantities.periods import PeriodMention

__all__ = ["resolve"]


def resolve(
    mention: PeriodMention,
    *,
    anchor: date | None,
    year: int | None = None,
    term: tuple[int, int] | None = None,
    period: Interval | None = None,
) -> Interval:
    """Return inclusive dates of a mention, None where text and document do not tell.

    ``anchor`` is the document's date; ``year`` the year spoken of, where earlier words tell
    it; ``term`` the term spoken of; ``period`` what "cùng kỳ" refers to.
    """
    if mention.kind == "same_period":
        if period is None or period[1] is None:
            return dates.OPEN
        said = mention.get("y")
        return dates.shift_years(period, said - period[1].year if said else -1)
    if mention.to is not None:
        last = resolve(mention.to, anchor=anchor, year=year, term=term)[1]
        known = mention.to.year or (last.year if last else None)
        if mention.year_said is None and known is not None:
            year = known
        return _whole(mention, anchor, year, term)[0], last
    first, last = _whole(mention, anchor, year, term)
    if mention.relation in ("until", "before"):
        return None, last
    if mention.relation == "since":
        return first, None
    return first, last


def _whole(
    mention: PeriodMention, anchor: date | None, year: int | None, term: tuple[int, int] | None
) -> Interval:
    kind, get = mention.kind, mention.get
    first, last = get("a"), get("b")
    if first is not None and last is not None:
        return dates.years_of(first, last)
    if kind == "term_side":
        return _of_term(mention.side, term)
    if kind in ("now", "today"):
        day = None if anchor is None else anchor + timedelta(days=mention.offset)
        return day, day
    if kind.startswith("past_") or kind in ("last_year", "next_year"):
        return _relative(mention, anchor, year)
    said = mention.year_said
    if said is None and get("ago") is not None and anchor is not None:
        said = anchor.year - 1
    elif said is None and mention.own:
        said = dates.spoken_year(anchor, _months(mention))
    elif said is None:
        said = year if year is not None else dates.spoken_year(anchor, _months(mention))
    return dates.OPEN if said is None else _in_year(mention, said, anchor)


def _months(mention: PeriodMention) -> tuple[int, int] | None:
    kind, get = mention.kind, mention.get
    month, quarter, count = get("m"), get("q"), get("n")
    if month is not None:
        return month, month
    if quarter is not None:
        return 3 * quarter - 2, 3 * quarter
    if kind in ("months", "bare_months") and count is not None and mention.side != "last":
        return 1, count
    if kind == "year_end":
        return 12, 12
    return None if kind in ("year_start", "month_end") else (1, 12)


def _in_year(mention: PeriodMention, year: int, anchor: date | None) -> Interval:
    kind, get = mention.kind, mention.get
    if kind in ("day", "days", "short_day"):
        month, day = get("m") or 0, get("d") or 0
        return dates.day_of(year, month, day), dates.day_of(year, month, get("d_") or day)
    if kind in ("month", "bare_month"):
        return dates.month_of(year, get("m") or 0)
    if kind == "quarter":
        return dates.quarter_of(year, get("q") or 0)
    if kind in ("months", "bare_months"):
        return dates.months_of(year, get("n") or 0, last=mention.side == "last")
    if kind == "half":
        return dates.half_of(year, last=mention.side == "last")
    if kind == "year_end":
        return date(year, 12, 31), date(year, 12, 31)
    if kind == "year_start":
        return date(year, 1, 1), date(year, 1, 1)
    if kind == "month_end" and anchor is not None:
        return dates.month_of(year, anchor.month)
    if kind in ("year", "bare_year", "this_year"):
        return dates.years_of(year, year)
    return dates.OPEN


def _of_term(side: str, term: tuple[int, int] | None) -> Interval:
    if term is None:
        return dates.OPEN
    whole = dates.years_of(*term)
    if side == "whole":
        return whole
    return (whole[0], whole[0]) if side == "start" else (whole[1], whole[1])


def _relative(mention: PeriodMention, anchor: date | None, year: int | None) -> Interval:
    kind = mention.kind
    count = mention.get("n") or 0
    if anchor is None and year is not None and kind == "past_year":
        return dates.years_of(year, year)
    if kind == "past_years":
        if anchor is not None:
            return dates.past_years(anchor, count)
        return dates.OPEN if year is None else dates.years_of(year - count + 1, year)
    if anchor is None:
        if year is not None and kind in ("last_year", "next_year"):
            other = year + (1 if kind == "next_year" else -1)
            return dates.years_of(other, other)
        return dates.OPEN
    if kind == "past_months":
        return dates.last_months(anchor, count)
    if kind == "past_quarters":
        return dates.last_quarters(anchor, count)
    if kind == "past_year":
        # Said in the first half it is the year that ended, said later the one that ends.
        other = anchor.year - 1 if anchor.month <= 6 else anchor.year
    else:
        other = anchor.year + (1 if kind == "next_year" else -1)
    return dates.years_of(other, other)
