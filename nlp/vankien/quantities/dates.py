"""Calendar arithmetic on inclusive intervals, with what a document's date lets one conclude.

An interval is a pair of dates; None at either side says that the words leave it open.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta

__all__ = [
    "Interval", "day_of", "half_of", "last_months", "last_quarters", "month_of", "months_of",
    "past_years", "quarter_of", "shift_years", "spoken_year", "years_of",
]  # fmt: skip

Interval = tuple[date | None, date | None]

OPEN: Interval = (None, None)


def day_of(year: int, month: int, day: int) -> date | None:
    """Return a date, or None where the calendar has no such day."""
    if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]:
        return date(year, month, day)
    return None


def _end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def month_of(year: int, month: int) -> Interval:
    """Return the first and last day of a month, or an open interval where there is none."""
    return (date(year, month, 1), _end(year, month)) if 1 <= month <= 12 else OPEN


def months_of(year: int, count: int, *, last: bool = False) -> Interval:
    """Return the first or last ``count`` months of a year."""
    if not 1 <= count <= 12:
        return OPEN
    if last:
        return date(year, 13 - count, 1), date(year, 12, 31)
    return date(year, 1, 1), _end(year, count)


def quarter_of(year: int, quarter: int) -> Interval:
    """Return a quarter (1 to 4) of a year."""
    if not 1 <= quarter <= 4:
        return OPEN
    return date(year, 3 * quarter - 2, 1), _end(year, 3 * quarter)


def half_of(year: int, *, last: bool) -> Interval:
    """Return the first or second half of a year."""
    return months_of(year, 6, last=last)


def years_of(first: int, last: int) -> Interval:
    """Return whole years; a span runs forward and over no more than 60 of them."""
    if last < first or last - first > 60:
        return OPEN
    return date(first, 1, 1), date(last, 12, 31)


def shift_years(interval: Interval, years: int) -> Interval:
    """Move an interval by whole years; the ends of months stay ends."""

    def move(day: date | None) -> date | None:
        if day is None:
            return None
        last = calendar.monthrange(day.year, day.month)[1] == day.day
        length = calendar.monthrange(day.year + years, day.month)[1]
        return date(day.year + years, day.month, length if last else min(day.day, length))

    return move(interval[0]), move(interval[1])


def last_months(anchor: date, count: int) -> Interval:
    """Return the ``count`` months that a text of this day calls the past ones.

    "9 tháng qua" in September or October are the first nine of the year: where the count is
    that of the month or of the one before, the year's first months are meant.  Otherwise
    the months end with the last full one, and from the 20th with the current one.
    """
    if count in (anchor.month, anchor.month - 1):
        return months_of(anchor.year, count)
    end = anchor if anchor.day >= 20 else anchor.replace(day=1) - timedelta(days=1)
    first = end.year * 12 + end.month - count
    return date(first // 12, first % 12 + 1, 1), _end(end.year, end.month)


def last_quarters(anchor: date, count: int) -> Interval:
    """Return the ``count`` quarters that end with the last full one.

    From the 20th of its last month on, the current quarter counts as full.
    """
    closing = anchor.month % 3 == 0 and anchor.day >= 20
    last = (anchor.month - 1) // 3 + (1 if closing else 0)
    first = anchor.year * 4 + last - count
    end = anchor.year * 4 + last - 1
    return (
        date(first // 4, first % 4 * 3 + 1, 1),
        _end(end // 4, end % 4 * 3 + 3),
    )


def past_years(anchor: date, count: int) -> Interval:
    """Return the ``count`` years that end on a day."""
    start = shift_years((anchor, None), -count)[0]
    return (None if start is None else start + timedelta(days=1)), anchor


def spoken_year(anchor: date | None, interval_of: tuple[int, int] | None = None) -> int | None:
    """Return the year of an expression that names none, by the document's date.

    ``interval_of`` are its first and last month.  In January and February what ends more
    than two months later is the year before ("quý IV", "cả năm", "9 tháng").
    """
    if anchor is None:
        return None
    if interval_of is not None and anchor.month <= 2 and interval_of[1] > anchor.month + 2:
        return anchor.year - 1
    return anchor.year
