"""Quantities: numbers with their unit and approximation, in running text.

Where to start reading: :func:`find_quantities`.  Numbers come from :mod:`numerals`; those
that are dates, symbols, ordinals or names are left out (:mod:`exclusions`); the unit after
the number (:mod:`units`) and the words of approximation around it are read.

Deliberately not quantities: "một số", "hàng trăm", "một" as an article, single number words
without a counted noun, "năm" as year, "tư" in "đầu tư", "ba" in "thứ ba".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from vankien.codebook import load_yaml
from vankien.gates import Endings
from vankien.quantities.exclusions import Exclusions, is_excluded
from vankien.quantities.number_gate import (
    digit_runs,
    holds_counting_word,
    holds_figure,
    lower,
    sieve,
)
from vankien.quantities.numerals import Numeral, find_numerals
from vankien.quantities.units import COUNTABLE, Unit, count_nouns, unit_after
from vankien.resources import codebook_dir

__all__ = ["Quantity", "find_quantities", "quantities_of"]


@dataclass(slots=True)  # frozen, it takes three times as long to make, and there are thousands
class Quantity:
    """A number with its unit; offsets index the text that was searched.

    ``start:end`` is the number with its unit phrase, ``number_start:number_end`` the
    number alone.  ``value`` is exact; percentages are numbers of percent, money is in
    đồng; it is None for "vài chục".  ``multiple`` marks "gấp 2,5 lần", whose value is the
    change in percent (150).  ``total`` is the whole of "19.260/21.148", ``origin`` the first
    figure of "từ 11 lên 13" as written; ``rank`` marks a place in an order ("đứng thứ 3");
    ``weak`` marks "một" before a counted noun, which may be an article, and a zero said as
    "không có ... nào".
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
    origin: str | None = None
    rank: bool = False
    weak: bool = False

    def move(self, shift: int) -> None:
        """Make the offsets those of a longer text."""
        self.start += shift
        self.end += shift
        self.number_start += shift
        self.number_end += shift

    def moved(self, shift: int) -> Quantity:
        """Return the same quantity with offsets of a longer text."""
        # Written out: dataclasses.replace takes twice as long.
        return Quantity(
            self.start + shift, self.end + shift, self.number_start + shift,
            self.number_end + shift, self.number, self.value, self.value_high, self.unit,
            self.unit_text, self.dimension, self.approx, self.total, self.multiple, self.slip,
            self.origin, self.rank, self.weak,
        )  # fmt: skip


LOOK_BACK = 24
"""Characters before a number in which the words that decide over it stand."""

_YEAR = re.compile(r"(?:19|20)\d\d(?:\s?(?:đến|tới|-|–)\s?(?:19|20)\d\d)?")
_UNIT_WORDS = {"hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8,
               "chín": 9, "mười": 10}  # fmt: skip
_ORDINALS = {"nhất": 1, "nhì": 2, "hai": 2, "ba": 3, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7,
             "tám": 8, "chín": 9, "mười": 10}  # fmt: skip
_FOUR_DIGITS = re.compile(r"\d{3,4}")
_THOUSAND_MILLION = re.compile(r"t[ỷỉ](?: \d+)?\Z")
_SLIP = re.compile(r"\d{1,3},\d{3}")
_TIMES_WORD = re.compile(r"(?<!\w)gấp (?P<n>đôi|rưỡi|hai|ba|bốn|năm|mười)(?!\w)(?! (?:lần|lượt))")
_TIMES = {"đôi": 100, "rưỡi": 50, "hai": 100, "ba": 200, "bốn": 300, "năm": 400, "mười": 900}
_BARE_ZERO = re.compile(r"không(?!\w)(?! \w)")
_PART = re.compile(
    rf"(?<!\w)(?P<a>một|hai|ba) phần (?P<b>{'|'.join(_UNIT_WORDS)})(?!\w)"
    r"|(?<![\w/.,])(?P<c>[1-9])/(?P<d>[2-9]|10)(?= (?:số|tổng số|trong số|trong tổng số)(?!\w))"
    r"|(?<!\w)(?:chiếm|bằng) (?:đến |tới |hơn |gần |khoảng |quá |trên |dưới ){0,2}"
    r"(?P<e>[1-9])/(?P<f>[2-9]|10)(?=[.,;)]|\Z| (?:số|tổng số)(?!\w))"
)


@dataclass(frozen=True, slots=True)
class _Words:
    """The closed lists of ``approximation.yaml`` and ``mentions.yaml``, compiled."""

    before: Endings[str]
    after: tuple[tuple[str, str, re.Pattern[str]], ...]
    not_before: tuple[str, ...]
    after_not: re.Pattern[str]
    downward_last: tuple[str, ...]
    upward: re.Pattern[str]
    downward_from: re.Pattern[str]
    times_before: re.Pattern[str]
    half: re.Pattern[str]
    no_count_before: re.Pattern[str]
    month_after: re.Pattern[str]
    ranks: re.Pattern[str]
    rise: re.Pattern[str]
    year_before: tuple[str, ...]
    yearly: tuple[str, ...]
    of_those: re.Pattern[str]
    one_counts: frozenset[str]
    zero: re.Pattern[str]
    none: re.Pattern[str]
    none_after: re.Pattern[str]


def _any(phrases: list[str]) -> str:
    return "|".join(re.escape(p) for p in sorted(phrases, key=len, reverse=True))


@cache
def _words() -> _Words:
    approx = load_yaml(codebook_dir() / "approximation.yaml")
    data = load_yaml(codebook_dir() / "mentions.yaml")
    before: list[tuple[str, str]] = []
    after: list[tuple[str, str]] = []
    for entry in approx["approximations"]:
        before.extend((phrase.lower(), entry["code"]) for phrase in entry["before"])
        after.extend((phrase.lower(), entry["code"]) for phrase in entry["after"])
    before.sort(key=lambda pair: -len(pair[0]))
    return _Words(
        before=Endings(before),
        after=tuple(
            (phrase, code, re.compile(rf"[^,;.()\d]{{0,56}}?(?<!\w){re.escape(phrase)}(?!\w)"))
            for phrase, code in after
        ),
        not_before=tuple(approx["not_before"]),
        after_not=re.compile(rf"(?<!\w)(?:{_any(approx['after_not'])})(?!\w)"),
        downward_last=tuple(approx["from"]),
        upward=re.compile(rf"[^,;.()]{{0,60}}?(?<!\w)(?:{_any(approx['from_and_up'])})(?!\w)"),
        downward_from=re.compile(rf"(?<!\w)(?:{_any(approx['from'])})$"),
        times_before=re.compile(rf"(?<!\w)(?:{_any(data['times_before'])})\s+$"),
        half=re.compile(
            rf"(?<!\w)(?:(?:{_any(data['half_before'])}) )?(?P<n>(?:một )?nửa)(?!\w)"
            rf"(?! (?:{_any(data['half_not_after'])})(?!\w))"
        ),
        no_count_before=re.compile(rf"(?<!\w)(?:{_any(data['no_count_before'])})\s+$"),
        month_after=re.compile(rf"\s+tháng\s+(?:\d|{'|'.join(['một', *_UNIT_WORDS])})"),
        ranks=re.compile(rf"(?<!\w)(?:{_any(data['ranks'])})\s+(?P<n>\d+(?:/\d+)?|nhất|nhì|"
                         rf"{'|'.join(_ORDINALS)})(?!\w)(?!/\d)"),
        rise=re.compile(
            rf"(?:\s(?:vào |ở )?(?:đầu |cuối )?(?:năm|tháng|quý|nhiệm kỳ) [\w/ –-]{{1,14}})?"
            rf"\s(?:{_any(data['rise'])})\s$"
        ),
        year_before=tuple(data["year_before"]),
        yearly=tuple(data["yearly"]),
        of_those=re.compile(rf" (?:{_any(data['of_those'])})(?!\w)"),
        one_counts=frozenset(data["one_counts"]),
        zero=re.compile(rf"(?<!\w)(?:{_any(data['zero_before'])}) (?P<n>không)(?!\w)(?! \w)"),
        none=re.compile(rf"(?P<n>không)(?<!\wkhông) (?:{_any(data['none_before'])})(?= )"),
        none_after=re.compile(
            rf" (?:{_any(data['none_after'])})(?!\w)"
            rf"|(?: [^\W\d]+){{0,2}} [\"“]?(?:{_any(data['none_said'])})(?!\w)"
        ),
    )  # fmt: skip


def find_quantities(text: str, *, weak: bool = False) -> list[Quantity]:
    """Return the quantities of a sentence in order, none overlapping.

    With ``weak`` also "một" before a counted noun.  A text without digit or number word
    costs one search.
    """
    lowered = lower(text)
    runs, counts = digit_runs(text), holds_counting_word(lowered)
    return (
        _find(text, lowered, runs, counts, weak) if counts or (runs and holds_figure(text)) else []
    )


def quantities_of(
    text: str, spans: Iterable[tuple[int, int]], *, weak: bool = False, lowered: str | None = None
) -> Iterator[list[Quantity]]:
    """Yield the quantities of each sentence ``text[start:end]``, with offsets in the sentence.

    The spans are in order.  ``lowered`` saves lowering the text again.  One scan of the text
    tells which sentences may hold a number.
    """
    if lowered is None:
        lowered = lower(text)
    spans = list(spans)
    for (start, end), (runs, counts) in zip(spans, sieve(text, lowered, spans), strict=True):
        if counts or (runs and holds_figure(text[start:end])):
            yield _find(text[start:end], lowered[start:end], runs, counts, weak)
        else:
            yield []


def _find(text: str, lowered: str, runs: list[int], counts: bool, weak: bool) -> list[Quantity]:
    words = _words()
    found = _special(text, lowered, words)
    special = found[:]
    exclusions: Exclusions | None = None
    reach = 0  # where the last quantity ends, with its unit
    for numeral in find_numerals(text, lowered, runs=runs, counts=counts):
        start, end = numeral.start, numeral.end
        unit: Unit | None = None
        if numeral.kind == "words":
            if not weak and numeral.text.lower() == _ONE:
                continue
            if _in_name(text, numeral):
                continue
            unit = unit_after(text, end, lowered)
            if not _word_counts(lowered, numeral, unit):
                continue
        if start < reach or (special and any(q.start < end and start < q.end for q in special)):
            continue
        if unit is None:
            unit = unit_after(text, end, lowered)
        quantity = _quantity(text, lowered, numeral, unit)
        if quantity is None:
            continue
        if exclusions is None:  # the patterns are the dearest question, and come last
            exclusions = Exclusions(text, runs)
        if not exclusions.cover(start, end):
            found.append(quantity)
            reach = max(reach, quantity.end)
    if special:
        found = [q for q in found if weak or not q.weak]
        found.sort(key=_start)
    if len(found) < 2:
        return found
    return _join_origins(lowered, _join_compounds(text, found), words)


def _start(quantity: Quantity) -> int:
    return quantity.start


_ONE = "một"
_SUBUNITS = {("giờ", "phút"): 60, ("giờ", None): 60, ("tuổi", "tháng"): 12, ("phút", "giây"): 60,
             ("năm", "tháng"): 12}  # fmt: skip


def _join_compounds(text: str, found: list[Quantity]) -> list[Quantity]:
    """Join "1 giờ 52 phút", "60 tuổi 3 tháng" into one quantity in the first unit."""
    joined: list[Quantity] = []
    for quantity in found:
        before = joined[-1] if joined else None
        parts = (
            None
            if before is None or before.value is None or quantity.value is None
            else _SUBUNITS.get((before.unit or "", quantity.unit))
        )
        if before is None or parts is None or text[before.end : quantity.start] != " ":
            joined.append(quantity)
            continue
        value = (before.value or Decimal(0)) + (quantity.value or Decimal(0)) / parts
        joined[-1] = replace(
            before,
            end=quantity.end,
            number_end=quantity.end,
            number=text[before.number_start : quantity.end],
            value=value.quantize(Decimal("0.000001")).normalize(),
        )
    return joined


# What every match of _PART and of the ranks holds; both begin with a plain set of characters,
# which the engine looks for quickly.
_MAY_PART = re.compile(r"[tia1-9](?: phần [bhtnscm]|/(?:10|[2-9])(?!\d))")
_MAY_RANK = re.compile(rf"[th](?:hứ|ạng)\s+(?:\d|{'|'.join(_ORDINALS)})")


def _special(text: str, lowered: str, words: _Words) -> list[Quantity]:
    """Return multiples in words, fractions, halves, ranks and the figure zero."""
    found: list[Quantity] = []

    def add(start: int, end: int, value: Decimal, unit: str | None, **more: Any) -> None:
        if any(q.start < end and start < q.end for q in found):
            return
        dimension = "ratio" if unit else None
        approx = _approx(lowered, start, end)
        found.append(
            Quantity(start, end, start, end, text[start:end], value, None, unit, None, dimension,
                     approx, **more)
        )  # fmt: skip

    if "gấp" in lowered:
        for match in _TIMES_WORD.finditer(lowered):
            add(*match.span(), Decimal(_TIMES[match.group("n")]), "lần", multiple=True)
    if _MAY_PART.search(lowered):
        for match in _PART.finditer(lowered):
            a, b, c, d, e, f = match.groups()
            above = Decimal(_UNIT_WORDS.get(a, 1) if a else c or e)
            below = Decimal(_UNIT_WORDS[b] if b else d or f)
            start = match.start("e") if e else match.start()
            add(start, match.end(), (above * 100 / below).quantize(Decimal("0.000001")), "%")
    if "nửa" in lowered:
        for match in words.half.finditer(lowered):
            if match.start() < match.start("n") or match.group("n") != "nửa":
                add(*match.span("n"), Decimal(50), "%")
                if match.group().startswith("già ") and found[-1].start == match.start("n"):
                    found[-1] = replace(found[-1], approx="over")
    if _MAY_RANK.search(lowered):
        for match in words.ranks.finditer(lowered):
            written = match.group("n").split("/")[0]
            value = Decimal(_ORDINALS[written] if written in _ORDINALS else int(written))
            add(*match.span("n"), value, None, rank=True)
    if "không" in lowered:
        for match in words.zero.finditer(lowered) if _BARE_ZERO.search(lowered) else ():
            add(*match.span("n"), Decimal(0), None)
        for match in words.none.finditer(lowered):
            unit = unit_after(text, match.end(), lowered)
            if unit is None or unit.dimension not in COUNTABLE:
                continue
            if words.none_after.match(lowered, unit.end):
                # "không có đảng viên nào bị kỷ luật", "không còn tổ chức đảng yếu kém" state
                # the figure zero.
                start, end = match.span("n")
                found.append(
                    Quantity(start, unit.end, start, end, text[start:end], Decimal(0), None,
                             unit.name, text[unit.start : unit.end], unit.dimension, "exact",
                             weak=True)
                )  # fmt: skip
    return found


def _join_origins(lowered: str, found: list[Quantity], words: _Words) -> list[Quantity]:
    """Fold "từ 11 lên 13" into one quantity whose origin is "11"."""
    joined: list[Quantity] = []
    for quantity in found:
        before = joined[-1] if joined else None
        if (
            before is not None
            and words.rise.fullmatch(lowered[before.end : quantity.number_start])
            and words.downward_from.search(
                lowered[max(0, before.start - LOOK_BACK) : before.start].rstrip()
            )
        ):
            joined[-1] = replace(quantity, origin=before.number)
            continue
        joined.append(quantity)
    return joined


def _quantity(text: str, lowered: str, numeral: Numeral, unit: Unit | None) -> Quantity | None:
    words = _words()
    is_year = numeral.kind == "digits" and _YEAR.fullmatch(numeral.text) is not None
    if is_year and (unit is None or " " not in lowered[unit.start : unit.end]):
        return None  # "2017 sở hữu": only a plain noun phrase makes a year a number
    before = lowered[max(0, numeral.start - LOOK_BACK) : numeral.start].rstrip()
    if is_year and before.endswith(words.year_before):
        return None
    if (
        before.endswith(words.year_before[0])
        and _FOUR_DIGITS.fullmatch(numeral.text)
        and not (unit is not None and before.endswith(words.yearly))
    ):
        return None
    strong = unit is not None and (unit.dimension != "time" or numeral.kind == "words")
    kind = is_excluded(lowered, numeral.start, numeral.end, has_unit=strong, is_year=is_year)
    if kind is not None:
        return None
    value, high, slip = numeral.value, numeral.value_high, numeral.slip
    name = unit.name if unit else None
    dimension = unit.dimension if unit else None
    end = unit.end if unit else numeral.end
    if unit is None and numeral.scaled and _THOUSAND_MILLION.search(numeral.text.lower()):
        # "29.510 tỷ", "1 tỷ 2" with no noun after it is money in the language of reports.
        name, dimension = "đồng", "money"
    if (
        unit is not None
        and unit.dimension in COUNTABLE
        and numeral.kind == "digits"
        and not numeral.scaled
        and value is not None
        and _SLIP.fullmatch(numeral.text)
    ):
        value, slip = value * 1000, True  # the slip "2,053 đảng viên"
    multiple = False
    if name == "lần":
        if (
            words.times_before.search(lowered[max(0, numeral.start - LOOK_BACK) : numeral.start])
            and value is not None
        ):
            multiple = True
            value = (value - 1) * 100
            high = None if high is None else (high - 1) * 100
        else:
            dimension = "event"
    approx = "about" if numeral.kind == "vague" else _approx(lowered, numeral.start, end)
    return Quantity(
        numeral.start, end, numeral.start, numeral.end, numeral.text, value, high, name,
        text[unit.start : unit.end] if unit else None, dimension, approx, numeral.total, multiple,
        slip, None, False, numeral.text.lower() == _ONE,
    )  # fmt: skip


_OPENS = re.compile(r"(?:\A|[.:;!?\"“(–\-])\s*\Z")


def _in_name(text: str, numeral: Numeral) -> bool:
    """Say whether a number word with a capital stands inside a sentence ("huyện Ba Làng")."""
    start = numeral.start
    return text[start].isupper() and not _OPENS.search(text, max(0, start - 4), start)


def _word_counts(lowered: str, numeral: Numeral, unit: Unit | None) -> bool:
    """Decide whether number words count something here."""
    names = numeral.text.lower().split(" ")
    before = lowered[max(0, numeral.start - LOOK_BACK) : numeral.start]
    words = _words()
    if words.month_after.match(lowered, numeral.end):
        return False  # "ba mươi tháng tư"
    if len(names) > 1 and numeral.value is not None and numeral.value >= 11:
        return not before.endswith(("thứ ", "tháng ", "đầu "))
    if names == ["một"]:
        # "một đồng chí" may count; "một số", "một cách" never do.
        return (
            unit is not None
            and lowered[unit.start : unit.end] in words.one_counts
            and not words.no_count_before.search(before)
        )
    if names[0] in ("không", "một", "mốt", "tư", "lăm", "nhăm", "rưỡi", "linh", "lẻ", "chục"):
        return len(names) > 1 and unit is not None
    if unit is None and words.of_those.match(lowered, numeral.end):
        # "sáu trong số đó là nữ" counts without a noun.
        return numeral.value is not None and not words.no_count_before.search(before)
    if unit is None or unit.dimension not in count_nouns():
        return False
    if names[0] in ("trăm", "nghìn", "ngàn", "vạn", "triệu", "tỷ", "tỉ", "nửa"):
        return False
    if names == ["năm"] and unit.dimension not in COUNTABLE:
        return False
    return not words.no_count_before.search(before)


def _approx(lowered: str, start: int, end: int) -> str:
    """Return the code of the words of approximation around a figure."""
    words = _words()
    left = lowered[max(0, start - 30) : start].rstrip()
    if (
        left.endswith(words.downward_last)
        and words.downward_from.search(left)
        and words.upward.match(lowered[end : end + 80])
    ):
        return "min"
    for phrase, code in words.before.at_end(left):
        place = len(left) - len(phrase) - 1
        if place >= 0 and left[place].isalnum():
            continue
        rest = left[: max(place, 0)].rstrip()
        # "nhiều hơn 15 đảng viên" compares; it does not approximate.
        if code in ("over", "under") and rest.endswith(words.not_before):
            break
        return code
    right = lowered[end : end + 66]
    for phrase, code, pattern in words.after:
        if phrase in right:
            match = pattern.match(right)
            if match and not words.after_not.search(match.group()):
                return code
    return "exact"
