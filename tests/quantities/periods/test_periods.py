"""Expressions of time: a table of forms, all months and quarters, round trips, traps."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from vankien.quantities import dates
from vankien.quantities.period_dates import resolve
from vankien.quantities.periods import PeriodMention, find_periods

CASES: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "periods.yaml").read_text(encoding="utf-8")
)
YEARS = st.integers(1930, 2090)
DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))


def day(raw: str | None) -> date | None:
    return None if raw is None else date.fromisoformat(raw)


def only(text: str) -> PeriodMention:
    (mention,) = find_periods(text)
    return mention


@pytest.mark.parametrize(("text", "anchor", "words", "first", "last"), CASES["cases"])
def test_forms(
    text: str, anchor: str | None, words: str, first: str | None, last: str | None
) -> None:
    found = [m for m in find_periods(text) if not m.baseline and not m.named]
    assert words in [m.text for m in found]
    mention = next(m for m in found if m.text == words)
    assert text[mention.start : mention.end] == words
    assert resolve(mention, anchor=day(anchor)) == (day(first), day(last))


@pytest.mark.parametrize("text", CASES["none"])
def test_what_is_no_period(text: str) -> None:
    """Names, dates of documents, bases of comparison, and other counts."""
    assert [m.text for m in find_periods(text) if not m.baseline and not m.named] == []


def test_every_month_of_a_leap_and_a_common_year() -> None:
    for year in (2019, 2020):
        for month in range(1, 13):
            last = date(year, month, calendar.monthrange(year, month)[1])
            for form in (
                f"tháng {month} năm {year}", f"tháng {month:02d}/{year}", f"tháng {month}-{year}",
            ):  # fmt: skip
                assert resolve(only(form), anchor=None) == (date(year, month, 1), last), form
            until = only(f"đến hết tháng {month}/{year}")
            assert resolve(until, anchor=None) == (None, last)
            bare = only(f"Trong tháng {month:02d}")
            anchor = date(year, month, 15)
            assert resolve(bare, anchor=anchor) == (date(year, month, 1), last)


def test_every_quarter_in_every_form() -> None:
    forms = {1: ("I", "1", "một"), 2: ("II", "2", "hai"), 3: ("III", "3", "ba"),
             4: ("IV", "4", "tư")}  # fmt: skip
    for quarter, words in forms.items():
        want = dates.quarter_of(2021, quarter)
        for word in words:
            for form in (f"quý {word}/2021", f"Quý {word} năm 2021"):
                assert resolve(only(form), anchor=None) == want, form
            assert resolve(only(f"quý {word}"), anchor=date(2021, 12, 31)) == want


def test_every_count_of_months() -> None:
    words = ["", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười",
             "mười một", "mười hai"]  # fmt: skip
    for count in range(1, 13):
        want = dates.months_of(2021, count)
        for form in (str(count), words[count]):
            assert resolve(only(f"{form} tháng đầu năm 2021"), anchor=None) == want
        late = dates.months_of(2021, count, last=True)
        assert resolve(only(f"{count} tháng cuối năm 2021"), anchor=None) == late


@settings(deadline=None, derandomize=True, max_examples=80)
@given(moment=DAYS)
def test_days_read_back(moment: date) -> None:
    d, m, y = moment.day, moment.month, moment.year
    for form in (f"ngày {d}/{m}/{y}", f"{d:02d}-{m:02d}-{y}", f"ngày {d} tháng {m} năm {y}"):
        assert resolve(only(form), anchor=None) == (moment, moment)
    assert resolve(only(f"tính đến {d}/{m}/{y}"), anchor=None) == (None, moment)
    assert resolve(only(f"tính đến ngày {d}/{m}"), anchor=moment) == (None, moment)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(first=YEARS, length=st.integers(0, 40), dash=st.sampled_from(["-", " - ", " – ", "–"]))
def test_spans_read_back(first: int, length: int, dash: str) -> None:
    last = first + length
    if last > 2099:
        return
    want = (date(first, 1, 1), date(last, 12, 31))
    for form in (f"giai đoạn {first}{dash}{last}", f"nhiệm kỳ {first}{dash}{last}",
                 f"từ năm {first} đến năm {last}"):  # fmt: skip
        assert resolve(only(form), anchor=None) == want


@settings(deadline=None, derandomize=True, max_examples=60)
@given(anchor=DAYS, count=st.integers(1, 12))
def test_past_months_end_by_the_document(anchor: date, count: int) -> None:
    """The past months are whole months, as many as said, not after the document's month."""
    first, last = dates.last_months(anchor, count)
    assert first is not None and last is not None
    assert first.day == 1 and (last + timedelta(days=1)).day == 1
    assert (last.year * 12 + last.month) - (first.year * 12 + first.month) + 1 == count
    assert (last.year, last.month) <= (anchor.year, anchor.month)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    year=YEARS,
    words=st.lists(
        st.sampled_from(
            ["kết nạp", "5", "đảng viên", "tháng", "năm", "đến", "từ", "2020", "quý", "I", ",",
             "ngày 3/2", "so với", "cùng kỳ", "-", "(", ")", "nhiệm kỳ", "3/5", "đến nay"]
        ),
        max_size=14,
    ),
)  # fmt: skip
def test_mentions_are_ordered_and_as_written(year: int, words: list[str]) -> None:
    text = " ".join([*words, f"năm {year}"])
    found = find_periods(text)
    for mention in found:
        assert text[mention.start : mention.end] == mention.text
        first, last = resolve(mention, anchor=date(2021, 6, 30))
        assert first is None or last is None or first <= last
    assert all(a.end <= b.start for a, b in pairwise(found))


class TestContext:
    """What earlier words settle: the year and term spoken of, the period compared."""

    def test_the_year_spoken_of_decides(self) -> None:
        mention = only("9 tháng đầu năm")
        assert resolve(mention, anchor=date(2021, 3, 1), year=2019) == dates.months_of(2019, 9)

    def test_the_term_spoken_of_decides(self) -> None:
        end = only("đến cuối nhiệm kỳ")
        assert resolve(end, anchor=None, term=(2020, 2025)) == (None, date(2025, 12, 31))
        since = only("từ đầu nhiệm kỳ đến nay")
        assert resolve(since, anchor=date(2022, 5, 1), term=(2020, 2025)) == (
            date(2020, 1, 1), date(2022, 5, 1),
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("text", "year"), [("cùng kỳ năm trước là 45", 2019), ("cùng kỳ năm 2018 đạt 45", 2018)]
    )
    def test_the_same_period_is_that_of_another_year(self, text: str, year: int) -> None:
        mention = only(text)
        assert not mention.baseline
        period = dates.months_of(2020, 2)  # a leap year: the end of February moves
        assert resolve(mention, anchor=None, period=period) == dates.months_of(year, 2)

    def test_the_same_period_after_a_change_is_a_base(self) -> None:
        assert only("tăng 5% so với cùng kỳ năm trước").baseline
        assert only("tăng 9 trường hợp so với cùng kỳ").baseline

    def test_precision_is_kept(self) -> None:
        kinds = {"ngày 3/2/2020": "day", "tháng 2/2020": "month", "quý I/2020": "quarter",
                 "6 tháng đầu năm 2020": "months", "năm 2020": "year", "đến nay": "now",
                 "nhiệm kỳ 2020 - 2025": "term", "giai đoạn 2016 - 2020": "span"}  # fmt: skip
        assert {text: only(text).kind for text in kinds} == kinds


class TestTraps:
    """Where leading tools go wrong (a named test each)."""

    def test_september_with_a_leading_zero(self) -> None:
        mention = only("Trong tháng 09, tỉnh kết nạp 12 đảng viên")
        assert resolve(mention, anchor=date(2018, 10, 2)) == dates.month_of(2018, 9)

    def test_qua_is_through_and_not_yesterday(self) -> None:
        assert find_periods("Qua kiểm tra, kết luận 3 đảng viên có vi phạm") == []
        assert only("trong 9 tháng qua").kind == "past_months"
        assert only("Hôm qua, huyện họp").kind == "today"

    def test_nam_is_five_or_year(self) -> None:
        assert find_periods("có năm đảng viên nữ") == []
        assert only("năm năm qua").get("n") == 5
        assert resolve(only("năm tháng đầu năm 2021"), anchor=None) == dates.months_of(2021, 5)
        assert only("hai năm qua").get("n") == 2

    def test_a_day_that_no_calendar_has(self) -> None:
        assert resolve(only("ngày 30/2/2021"), anchor=None) == (None, None)
        assert find_periods("ngày 45/13/2021") == []

    def test_a_term_in_a_name_is_no_period(self) -> None:
        text = "Đại hội đại biểu Đảng bộ huyện lần thứ XX, nhiệm kỳ 2020 - 2025"
        assert only(text).named

    def test_in_january_the_year_is_the_one_that_ended(self) -> None:
        assert resolve(only("Quý IV"), anchor=date(2021, 1, 8)) == dates.quarter_of(2020, 4)
        assert resolve(only("Quý I"), anchor=date(2021, 1, 20)) == dates.quarter_of(2021, 1)
