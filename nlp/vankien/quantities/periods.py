"""Expressions of time -> inclusive dates.

A :class:`PeriodMention` keeps what the text says; :func:`resolve` turns it into dates
against the document's date, and leaves None where neither text nor document tells.

Read here: days, months, quarters, halves and months of a year ("6 tháng đầu năm 2021"),
years and spans of years, terms, "đến hết năm 2020" (a point), "từ năm 2019 đến nay",
"5 năm qua", "trong năm", "quý I"; "so với cùng kỳ", "so với năm 2019" are baselines and
never the period of a figure.  Conventions: a term runs over calendar years; the year of
"6 tháng đầu năm" is the document's.  Deliberately not read: lunar dates, clock times.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from vankien.quantities.numerals import parse_words

__all__ = ["PeriodMention", "find_periods", "resolve"]


@dataclass(frozen=True, slots=True)
class PeriodMention:
    """An expression of time; offsets index the text searched.

    ``point``: the words name a moment up to which something counts ("đến hết năm 2020").
    ``open_end``: runs until the document's date ("đến nay").  ``relative``: needs the
    document's date or year.  ``baseline``: what a figure is compared with.
    """

    start: int
    end: int
    text: str
    kind: str
    period_start: date | None = None
    period_end: date | None = None
    point: bool = False
    baseline: bool = False
    open_end: bool = False
    relative: str | None = None


_Y = r"(?:19|20)\d{2}"
_COUNT = r"(?:\d{1,2}|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|mười một|mười hai)"
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4,
          "một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4}  # fmt: skip
_DAY = rf"(?:ngày\s+)?(?P<d>\d{{1,2}})\s?[-/.]\s?(?P<m>\d{{1,2}})\s?[-/.]\s?(?P<y>{_Y})(?!\d)"
_DAY_WORDS = rf"ngày\s+(?P<d2>\d{{1,2}})\s+tháng\s+(?P<m2>\d{{1,2}})(?:,?\s+năm\s+(?P<y2>{_Y}))?"
_MONTH = rf"tháng\s+(?P<m3>\d{{1,2}})(?:\s?[-/.]\s?|,?\s+năm\s+)(?P<y3>{_Y})"
_QUARTER = (
    rf"quý\s+(?P<q>iv|iii|ii|i|[1-4]|một|hai|ba|tư)(?!\w)(?:(?:\s?[-/]\s?|,?\s+năm\s+|\s+)"
    rf"(?P<y4>{_Y}))?"
)
_FIRST = (
    rf"(?P<n5>{_COUNT})\s+tháng\s+(?:đầu|cuối|qua|(?=(?:của\s+)?năm\s+{_Y}))(?:\s*(?:của\s+)?"
    rf"(?:năm\s+(?P<y5>{_Y})|năm|nhiệm kỳ))?"
)
_LAST5 = re.compile(r"cuối")
_SPAN = (
    rf"(?:nhiệm kỳ|giai đoạn|khóa|những năm|các năm|trong các năm|niên khóa|năm học)\s+"
    rf"(?:từ\s+)?(?P<a6>{_Y})\s?(?:[-–—]|đến|và)\s?(?:năm\s+)?(?P<b6>{_Y})"
)
_FROM_TO = (
    rf"từ\s+(?:đầu\s+|cuối\s+)?(?:năm\s+)?(?P<a7>{_Y})\s+(?:đến|tới)\s+(?:hết\s+|cuối\s+)?"
    rf"(?:năm\s+)?(?P<b7>{_Y})"
)
_SINCE = (
    rf"(?:từ|kể từ)\s+(?:đầu\s+|cuối\s+|sau\s+)?(?:(?:tháng\s+(?P<m8>\d{{1,2}})\s?[/-]\s?)|"
    rf"năm\s+|ngày\s+(?P<d8>\d{{1,2}})/(?P<mm8>\d{{1,2}})/)?(?P<y8>{_Y})\s+(?:đến|tới)\s+nay"
)
_SINCE_TERM = r"từ\s+(?:đầu|đầu năm|đầu nhiệm kỳ)\s*(?:nhiệm kỳ|năm)?\s+(?:đến|tới)\s+nay"
_UNTIL = (
    r"(?:tính\s+)?(?:đến|tới)\s+(?:thời điểm\s+)?(?:hết|cuối|hết tháng|cuối tháng|hết ngày)?\s*"
)
_UNTIL_YEAR = rf"{_UNTIL}(?:năm\s+)(?P<y9>{_Y})"
_YEAR = rf"(?:trong\s+|cả\s+|riêng\s+|hết\s+|cuối\s+|đầu\s+)?năm\s+(?P<y10>{_Y})"
_PAST = (
    rf"(?:trong\s+)?(?P<n11>{_COUNT})\s+(?P<u11>năm|tháng|quý)\s+(?:qua|gần đây|vừa qua|"
    rf"trở lại đây)"
)
_THIS = (
    r"(?:trong\s+)?(?P<this>năm qua|năm nay|năm vừa qua|trong năm|cả năm|năm ngoái|năm trước)(?!\w)"
)
_NOW = (
    r"(?P<now>đến nay|hiện nay|hiện có|hiện(?=\s+(?:có|toàn|còn))|tính đến nay|tới nay|"
    r"đến thời điểm này)"
)
_YEARLY = r"(?P<yearly>hằng năm|hàng năm|mỗi năm|bình quân mỗi năm|bình quân hằng năm)"
_BARE_SPAN = rf"(?<![\d/.])(?P<a12>{_Y})\s?[-–]\s?(?P<b12>{_Y})(?!\d)"
_EVENT = (
    rf"đợt\s+(?P<d13>\d{{1,2}})\s?/\s?(?P<m13>\d{{1,2}})(?:(?:\s?/\s?|\s+năm\s+)(?P<y13>{_Y}))?"
)

# Every expression begins with one of these; the gate keeps the alternatives below from being
# tried at each character.
_GATE = (
    r"(?<!\w)(?=\d|tính|đến|tới|từ|kể|nhiệm|giai|khóa|những|các năm|trong|niên|năm|tháng|ngày|quý|"
    r"đợt|cả năm|riêng|hết|cuối|đầu|hằng|hàng|mỗi|bình|hiện|một|hai|ba|bốn|sáu|bảy|tám|chín|mười)"
)
_ALL = re.compile(
    _GATE
    + "(?:"
    + "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in (
            ("until_day", _UNTIL + _DAY),
            ("until_day_words", _UNTIL + _DAY_WORDS.replace("2>", "2u>")),
            ("until_month", _UNTIL + _MONTH.replace("3>", "3u>")),
            ("until_year", _UNTIL_YEAR),
            ("from_to", _FROM_TO),
            ("since", _SINCE),
            ("since_term", _SINCE_TERM),
            ("span", _SPAN),
            ("first", _FIRST),
            ("quarter", _QUARTER),
            ("event", _EVENT),
            ("day", _DAY.replace("<d>", "<d0>").replace("<m>", "<m0>").replace("<y>", "<y0>")),
            ("day_words", _DAY_WORDS),
            ("month", _MONTH),
            ("past", _PAST),
            ("year", _YEAR),
            ("this", _THIS.replace("<this>", "<this_word>")),
            ("yearly", _YEARLY.replace("<yearly>", "<yearly_word>")),
            ("now", _NOW.replace("<now>", "<now_word>")),
            ("bare_span", _BARE_SPAN),
        )
    )
    + ")",
    re.IGNORECASE,
)
_BASELINE = re.compile(
    r"(?:so với|so|bằng|hơn|gấp [\d,.]+ lần|cùng kỳ)\s+(?:với\s+)?(?:cùng kỳ\s+|thời điểm\s+|"
    r"cuối\s+|đầu\s+)?$",
    re.IGNORECASE,
)
_SAME_PERIOD = re.compile(
    r"cùng kỳ(?:\s+(?:của\s+)?(?:năm|nhiệm kỳ)\s+(?:trước|ngoái|\d{4}))?", re.IGNORECASE
)
_NAME_BEFORE = re.compile(
    r"(?:(?:đại hội|khóa [ivxlc]+,?|lần thứ [ivxlc]+,?|lần thứ \d+,?|kế hoạch|"
    r"ban chấp hành)[^.;]{0,60}|"
    r"đại hội[^.;]{0,90})$",
    re.IGNORECASE,
)
CHEAP = re.compile(r"\d|năm|tháng|quý|hiện|đến nay|cùng kỳ", re.IGNORECASE)


def _number(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    value = parse_words(text.lower().split())
    return None if value is None else int(value)


def _date(year: int, month: int, day: int) -> date | None:
    if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]:
        return date(year, month, day)
    return None


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def find_periods(text: str) -> list[PeriodMention]:
    """Return the expressions of time of a sentence in order, none overlapping."""
    if not CHEAP.search(text):
        return []
    found: list[PeriodMention] = []
    for match in _ALL.finditer(text):
        mention = _read(match)
        if mention is None:
            continue
        if mention.kind in ("span", "bare_span") and _NAME_BEFORE.search(
            text[max(0, mention.start - 110) : mention.start]
        ):
            continue  # the term in a name: "Đại hội lần thứ XVII, nhiệm kỳ 2020 - 2025"
        if _BASELINE.search(text[max(0, mention.start - 40) : mention.start]):
            mention = _with(mention, baseline=True)
        found.append(mention)
    for match in _SAME_PERIOD.finditer(text):
        if not any(m.start < match.end() and match.start() < m.end for m in found):
            found.append(PeriodMention(*match.span(), match.group(), "baseline", baseline=True))
    found.sort(key=lambda m: m.start)
    return found


def _with(mention: PeriodMention, *, baseline: bool) -> PeriodMention:
    return PeriodMention(
        mention.start, mention.end, mention.text, mention.kind, mention.period_start,
        mention.period_end, mention.point, baseline, mention.open_end, mention.relative,
    )  # fmt: skip


def _read(match: re.Match[str]) -> PeriodMention | None:
    kind = match.lastgroup or ""
    for name in _READERS:
        if match.group(name) is not None:
            kind = name
            break
    text = match.group()
    stripped = text.strip()
    if stripped.lower().startswith("trong "):
        stripped = stripped[6:].lstrip()
    start = match.start() + text.rindex(stripped)
    end = start + len(stripped)
    values = _READERS[kind](match)
    if values is None:
        return None
    return PeriodMention(start, end, stripped, kind, **values)


def _point(day: date | None) -> dict[str, Any] | None:
    return None if day is None else {"period_start": day, "period_end": day, "point": True}


def _whole(first: date | None, last: date | None) -> dict[str, Any] | None:
    if first is None or last is None or last < first:
        return None
    return {"period_start": first, "period_end": last}


def _int(match: re.Match[str], group: str) -> int:
    return int(match.group(group))


def _year_span(first: int, last: int) -> dict[str, Any] | None:
    if last < first or last - first > 60:
        return None
    return _whole(date(first, 1, 1), date(last, 12, 31))


def _read_first(match: re.Match[str]) -> dict[str, Any] | None:
    months = _number(match.group("n5"))
    if months is None or not 1 <= months <= 12:
        return None
    last = bool(_LAST5.search(match.group("first")))
    if re.search(r"nhiệm kỳ\Z|qua\Z", match.group("first"), re.IGNORECASE) and not match.group(
        "y5"
    ):
        return {"relative": f"past_months:{months}"} if "qua" in match.group("first") else {}
    if match.group("y5") is None:
        return {"relative": f"{'last' if last else 'first'}_months:{months}"}
    return _months_of(_int(match, "y5"), months, last=last)


def _months_of(year: int, months: int, *, last: bool) -> dict[str, Any] | None:
    if last:
        return _whole(date(year, 13 - months, 1), date(year, 12, 31))
    return _whole(date(year, 1, 1), _month_end(year, months))


def _read_quarter(match: re.Match[str]) -> dict[str, Any] | None:
    quarter = _ROMAN[match.group("q").lower()]
    if match.group("y4") is None:
        return {"relative": f"quarter:{quarter}"}
    return _quarter_of(_int(match, "y4"), quarter)


def _quarter_of(year: int, quarter: int) -> dict[str, Any] | None:
    return _whole(date(year, 3 * quarter - 2, 1), _month_end(year, 3 * quarter))


def _read_since(match: re.Match[str]) -> dict[str, Any] | None:
    month = match.group("m8") or match.group("mm8")
    first = _date(_int(match, "y8"), int(month or 1), int(match.group("d8") or 1))
    return None if first is None else {"period_start": first, "open_end": True}


def _read_event(match: re.Match[str]) -> dict[str, Any] | None:
    if match.group("y13") is None:
        return {"relative": f"day:{match.group('m13')}-{match.group('d13')}"}
    day = _date(_int(match, "y13"), _int(match, "m13"), _int(match, "d13"))
    return None if day is None else {"period_start": day, "period_end": day}


def _read_day_words(match: re.Match[str]) -> dict[str, Any] | None:
    if match.group("y2") is None:
        return {"relative": f"day:{match.group('m2')}-{match.group('d2')}"}
    day = _date(_int(match, "y2"), _int(match, "m2"), _int(match, "d2"))
    return None if day is None else {"period_start": day, "period_end": day}


def _read_until_words(match: re.Match[str]) -> dict[str, Any] | None:
    if match.group("y2u") is None:
        return {"relative": f"until_day:{match.group('m2u')}-{match.group('d2u')}", "point": True}
    return _point(_date(_int(match, "y2u"), _int(match, "m2u"), _int(match, "d2u")))


def _read_month(year: str, month: str) -> dict[str, Any] | None:
    if not 1 <= int(month) <= 12:
        return None
    return _whole(date(int(year), int(month), 1), _month_end(int(year), int(month)))


def _read_until_month(match: re.Match[str]) -> dict[str, Any] | None:
    month = _int(match, "m3u")
    return _point(_month_end(_int(match, "y3u"), month)) if 1 <= month <= 12 else None


def _read_past(match: re.Match[str]) -> dict[str, Any] | None:
    number = _number(match.group("n11"))
    unit = match.group("u11").lower()
    if number is None or number < 1:
        return None
    if unit == "tháng":
        return {"relative": f"past_months:{number}"}
    return {"relative": f"past_years:{number}" if unit == "năm" else f"past_months:{3 * number}"}


def _read_this(match: re.Match[str]) -> dict[str, Any] | None:
    word = match.group("this_word").lower()
    return {"relative": "last_year" if word in ("năm ngoái", "năm trước") else "this_year"}


_READERS: dict[str, Callable[[re.Match[str]], dict[str, Any] | None]] = {
    "until_day": lambda m: _point(_date(_int(m, "y"), _int(m, "m"), _int(m, "d"))),
    "until_day_words": _read_until_words,
    "until_month": _read_until_month,
    "until_year": lambda m: _point(date(_int(m, "y9"), 12, 31)),
    "from_to": lambda m: _year_span(_int(m, "a7"), _int(m, "b7")),
    "since": _read_since,
    "since_term": lambda _: {"relative": "since_start", "open_end": True},
    "span": lambda m: _year_span(_int(m, "a6"), _int(m, "b6")),
    "first": _read_first,
    "quarter": _read_quarter,
    "event": _read_event,
    "day": lambda m: (
        lambda day: None if day is None else {"period_start": day, "period_end": day}
    )(_date(_int(m, "y0"), _int(m, "m0"), _int(m, "d0"))),
    "day_words": _read_day_words,
    "month": lambda m: _read_month(m.group("y3"), m.group("m3")),
    "past": _read_past,
    "year": lambda m: _year_span(_int(m, "y10"), _int(m, "y10")),
    "this": _read_this,
    "yearly": lambda _: {"relative": "yearly"},
    "now": lambda _: {"relative": "now", "point": True},
    "bare_span": lambda m: _year_span(_int(m, "a12"), _int(m, "b12")),
}


def resolve(
    mention: PeriodMention, *, anchor: date | None, year: int | None = None
) -> tuple[date | None, date | None]:
    """Return inclusive dates of a mention, None where text and document do not tell.

    ``anchor`` is the document's date; ``year`` the year that the document speaks of, where
    it is known otherwise (its title: "báo cáo năm 2020").
    """
    if mention.period_start or mention.period_end:
        return mention.period_start, anchor if mention.open_end else mention.period_end
    spoken = year if year is not None else (anchor.year if anchor else None)
    kind, _, value = (mention.relative or "").partition(":")
    if kind == "now":
        return anchor, anchor
    if kind == "since_start":
        return None, anchor
    if spoken is None:
        return None, None
    if kind in ("first_months", "last_months"):
        return _pair(_months_of(spoken, int(value), last=kind == "last_months"))
    if kind == "quarter":
        return _pair(_quarter_of(spoken, int(value)))
    if kind == "this_year":
        return date(spoken, 1, 1), date(spoken, 12, 31)
    if kind == "last_year":
        return date(spoken - 1, 1, 1), date(spoken - 1, 12, 31)
    if kind in ("day", "until_day"):
        month, _, day = value.partition("-")
        found = _date(spoken, int(month), int(day))
        return found, found
    if kind == "past_years" and year is not None:
        return date(year - int(value) + 1, 1, 1), date(year, 12, 31)
    if kind == "past_months" and anchor is not None:
        months = int(value)
        last = anchor.replace(day=1) - timedelta(days=1) if anchor.day < 20 else anchor
        first = (last.year * 12 + last.month - 1) - months + 1
        return date(first // 12, first % 12 + 1, 1), _month_end(last.year, last.month)
    return None, None


def _pair(values: dict[str, object] | None) -> tuple[date | None, date | None]:
    if values is None:
        return None, None
    first, last = values["period_start"], values["period_end"]
    return (
        first if isinstance(first, date) else None,
        last if isinstance(last, date) else None,
    )
