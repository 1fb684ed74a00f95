"""Quantities: numbers with their unit and approximation, in running text.

Where to start reading: :func:`find_quantities`.  Numbers come from :mod:`numerals`; those
that are dates, symbols, ordinals or names are left out (:mod:`exclusions`); the unit after
the number (:mod:`units`) and the words of approximation around it are read.

Deliberately not quantities: "một số", "hàng trăm", "một" as an article, single number words
without a counted noun, "năm" as year, "tư" in "đầu tư", "ba" in "thứ ba".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from vankien.codebook import load_yaml
from vankien.quantities.exclusions import excluded_spans, is_excluded
from vankien.quantities.numerals import Numeral, find_numerals, may_hold_numeral
from vankien.quantities.units import COUNTABLE, Unit, count_nouns, unit_after
from vankien.resources import codebook_dir

__all__ = ["Quantity", "find_quantities"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit; offsets index the text that was searched.

    ``start:end`` is the number with its unit phrase, ``number_start:number_end`` the
    number alone.  ``value`` is exact; percentages are numbers of percent, money is in
    đồng; it is None for "vài chục".  ``multiple`` marks "gấp 2,5 lần", whose value is the
    change in percent (150).  ``total`` is the whole of "19.260/21.148".
    """

    start: int
    end: int
    number_start: int
    number_end: int
    number: str
    value: Decimal | None
    value_high: Decimal | None
    unit: str | None
    unit_text: str | None
    dimension: str | None
    approx: str
    total: Decimal | None = None
    multiple: bool = False
    slip: bool = False


_YEAR = re.compile(r"(?:19|20)\d\d")
_TIMES_BEFORE = re.compile(r"(?:gấp|tăng|bằng|gấp tới|gấp hơn|gấp gần|tăng gấp)\s+$")
_TIMES_WORD = re.compile(r"(?<!\w)gấp (?P<n>đôi|rưỡi|ba|bốn|năm)(?!\w)")
_TIMES = {"đôi": 100, "rưỡi": 50, "ba": 200, "bốn": 300, "năm": 400}
_HALF = re.compile(r"(?<!\w)một nửa(?=\s+(?:số|tổng số|trong số))")
_WORD_BEFORE_BAD = re.compile(
    r"(?:thứ|tháng|ngày|đầu|trong|mỗi|hằng|hàng|cả|cuối|giữa|nhiều|vài|mấy|một|những|các|"
    r"số|lần|khóa|năm|suốt|chừng|quý|sang|qua|lớp|điều|mục|phần|chương)\s+$"
)
_MONTH_AFTER = re.compile(r"\s+tháng\s+(?:\d|một|hai|ba|tư|năm|sáu|bảy|tám|chín|mười)")


@cache
def _approximations() -> tuple[
    tuple[tuple[str, str], ...], tuple[tuple[str, str], ...], tuple[str, ...], tuple[str, ...]
]:
    data = load_yaml(codebook_dir() / "approximation.yaml")
    before: list[tuple[str, str]] = []
    after: list[tuple[str, str]] = []
    for entry in data["approximations"]:
        before.extend((phrase.lower(), entry["code"]) for phrase in entry["before"])
        after.extend((phrase.lower(), entry["code"]) for phrase in entry["after"])
    before.sort(key=lambda pair: -len(pair[0]))
    words = tuple(phrase for phrase, _ in before)
    return tuple(before), tuple(after), tuple(data["not_before"]), words


def find_quantities(text: str) -> list[Quantity]:
    """Return the quantities of a sentence in order, none overlapping.

    A text without digit or number word costs one search.
    """
    if not may_hold_numeral(text):
        return []
    lowered = text.replace("\u0130", "I").lower()
    numerals = [
        (numeral, unit_after(text, numeral.end, lowered)) for numeral in find_numerals(text)
    ]
    numerals = [
        (numeral, unit)
        for numeral, unit in numerals
        if numeral.kind != "words" or _word_counts(lowered, numeral, unit)
    ]
    times = list(_TIMES_WORD.finditer(lowered)) if "gấp" in lowered else []
    if not numerals and not times and "một nửa" not in lowered:
        return []
    spans = excluded_spans(text) if numerals else []
    found: list[Quantity] = []
    for match in times:
        start, end = match.start("n"), match.end("n")
        value = Decimal(_TIMES[match.group("n")])
        found.append(
            Quantity(
                match.start(),
                end,
                start,
                end,
                text[match.start() : end],
                value,
                None,
                "lần",
                None,
                "ratio",
                "exact",
                multiple=True,
            )
        )
    for numeral, unit in numerals:
        if any(a < numeral.end and numeral.start < b for a, b, _ in spans):
            continue
        if any(q.start < numeral.end and numeral.start < q.end for q in found):
            continue
        quantity = _quantity(text, lowered, numeral, unit)
        if quantity is not None:
            found.append(quantity)
    for match in _HALF.finditer(lowered):
        found.append(
            Quantity(
                match.start(),
                match.end(),
                match.start(),
                match.end(),
                text[match.start() : match.end()],
                Decimal(50),
                None,
                "%",
                None,
                "ratio",
                _approx(lowered, match.start(), match.end()),
            )
        )
    found.sort(key=lambda q: q.start)
    return found


def _quantity(text: str, lowered: str, numeral: Numeral, unit: Unit | None) -> Quantity | None:
    is_year = numeral.kind == "digits" and _YEAR.fullmatch(numeral.text) is not None
    if is_year and (unit is None or " " not in lowered[unit.start : unit.end]):
        return None  # "2017 sở hữu": only a plain noun phrase makes a year a number
    before = lowered[: numeral.start].rstrip()
    if is_year and before.endswith(("năm", "từ", "đến", "/")):
        return None
    if before.endswith(" năm") and re.fullmatch(r"\d{3,4}", numeral.text):
        return None
    strong = unit is not None and unit.dimension != "time"
    kind = is_excluded(lowered, numeral.start, numeral.end, has_unit=strong, is_year=is_year)
    if kind is not None:
        return None
    value, high, slip = numeral.value, numeral.value_high, numeral.slip
    name = unit.name if unit else None
    dimension = unit.dimension if unit else None
    end = unit.end if unit else numeral.end
    if unit is None and numeral.scaled and re.search(r"t[ỷỉ]\Z", numeral.text.lower()):
        # "29.510 tỷ" with no noun after it is money in the language of reports.
        name, dimension = "đồng", "money"
    if (
        unit is not None
        and unit.dimension in COUNTABLE
        and numeral.kind == "digits"
        and not numeral.scaled
        and value is not None
        and re.fullmatch(r"\d{1,3},\d{3}", numeral.text)
    ):
        value, slip = value * 1000, True  # the slip "2,053 đảng viên"
    multiple = False
    if name == "lần":
        if _TIMES_BEFORE.search(lowered[: numeral.start]) and value is not None:
            multiple = True
            value = (value - 1) * 100
            high = None if high is None else (high - 1) * 100
        else:
            dimension = "event"
    approx = "about" if numeral.kind == "vague" else _approx(lowered, numeral.start, end)
    return Quantity(
        start=numeral.start,
        end=end,
        number_start=numeral.start,
        number_end=numeral.end,
        number=numeral.text,
        value=value,
        value_high=high,
        unit=name,
        unit_text=text[unit.start : unit.end] if unit else None,
        dimension=dimension,
        approx=approx,
        total=numeral.total,
        multiple=multiple,
        slip=slip,
    )


def _word_counts(lowered: str, numeral: Numeral, unit: Unit | None) -> bool:
    """Decide whether number words count something here."""
    words = numeral.text.lower().split(" ")
    before = lowered[: numeral.start]
    if _MONTH_AFTER.match(lowered, numeral.end):
        return False  # "ba mươi tháng tư"
    if len(words) > 1 and numeral.value is not None and numeral.value >= 11:
        return not before.endswith(("thứ ", "tháng ", "đầu "))
    if words[0] in ("không", "một", "mốt", "tư", "lăm", "nhăm", "rưỡi", "linh", "lẻ", "chục"):
        return len(words) > 1 and unit is not None
    if unit is None or unit.dimension not in count_nouns():
        return False
    if words[0] in ("trăm", "nghìn", "ngàn", "vạn", "triệu", "tỷ", "tỉ", "nửa"):
        return False
    if words == ["năm"] and unit.dimension not in COUNTABLE:
        return False
    return not _WORD_BEFORE_BAD.search(before)


def _approx(lowered: str, start: int, end: int) -> str:
    """Return the code of the words of approximation around a figure."""
    before, after, not_before, words = _approximations()
    left = lowered[max(0, start - 30) : start].rstrip()
    if left.endswith("từ") and re.match(r"[^,;.()]{0,45}?\btrở lên", lowered[end : end + 60]):
        return "min"
    for phrase, code in before if left.endswith(words) else ():
        if left.endswith(phrase):
            place = len(left) - len(phrase) - 1
            if place >= 0 and left[place].isalnum():
                continue
            rest = left[: max(place, 0)].rstrip()
            # "nhiều hơn 15 đảng viên" compares; it does not approximate.
            if code in ("over", "under") and rest.endswith(not_before):
                break
            return code
    right = lowered[end : end + 45]
    for phrase, code in after:
        if phrase in right and re.match(
            rf"[^,;.()\d]{{0,36}}?(?<!\w){re.escape(phrase)}(?!\w)", right
        ):
            return code
    return "exact"


def shift(quantity: Quantity, offset: int) -> Quantity:
    """Return the quantity with its offsets moved by ``offset``."""
    return replace(
        quantity,
        start=quantity.start + offset,
        end=quantity.end + offset,
        number_start=quantity.number_start + offset,
        number_end=quantity.number_end + offset,
    )
