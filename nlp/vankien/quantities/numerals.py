"""Vietnamese numbers in digits and words -> exact decimals.

Where to start reading: :func:`find_numerals` scans running text; digits are read by
:func:`_read_digits`, words by :func:`parse_words`.  How numbers are written follows
CODES.md ("How numbers are written"):

* a point groups thousands ("2.053"), a comma is decimal ("0,5"); a point before one or two
  digits is an English decimal ("98.7"); the slips "2,053" before a counted noun and
  "66. 024" are read as thousands and marked;
* scales: chục, trăm, nghìn (ngàn), vạn, triệu, tỷ (tỉ), and their products ("nghìn tỷ");
  "2 nghìn 500", "1 triệu rưỡi", "3 tỷ 2" add on;
* words: "hai mươi mốt", "mười lăm", "một trăm linh năm", "hăm mốt", "hai nghìn không trăm
  năm mươi ba";
* ranges "10-15", "từ 10 đến 15", "3 - 4"; done out of total "19.260/21.148".

Not read here: dates, document numbers, ordinals (see :mod:`exclusions`); "một" as an
article, single number words without a counted noun (see :mod:`mentions`), "năm" (year).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from vankien.gates import beginning_with
from vankien.quantities.number_gate import (
    digit_runs,
    holds_counting_word,
    holds_figure,
    lower,
    may_hold_numeral,
)

__all__ = [
    "Numeral",
    "find_numerals",
    "lower",
    "may_hold_numeral",
    "parse_numeral",
    "parse_words",
]


@dataclass(slots=True)  # frozen, it takes three times as long to make, and there are thousands
class Numeral:
    """One number in a text; ``value`` is None for "vài chục".

    ``value_high`` is the end of a range, ``total`` the whole of "done out of total",
    ``kind`` is digits, words or vague, ``slip`` says that the writing is irregular.
    """

    start: int
    end: int
    text: str
    value: Decimal | None
    value_high: Decimal | None = None
    total: Decimal | None = None
    kind: str = "digits"
    slip: bool = False
    scaled: bool = False


_UNITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5,
    "lăm": 5, "nhăm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
_SCALES = {
    "chục": 10, "trăm": 100, "nghìn": 1_000, "ngàn": 1_000, "vạn": 10_000,
    "triệu": 1_000_000, "tỷ": 1_000_000_000, "tỉ": 1_000_000_000,
}  # fmt: skip
_LINKS = ("linh", "lẻ")
_WORD = "|".join(
    [*_UNITS, *_SCALES, *_LINKS, "mười", "mươi", "hăm", "rưỡi", "nửa"]
)  # fmt: skip
_SCALE_WORD = "nghìn|ngàn|vạn|triệu|tỷ|tỉ|chục|trăm"
_D = (
    r"(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?(?!\d)"  # 2.053  1.234.567,8
    r"|\d{1,3}(?:(?:\.[ ]|[ ]\.)\d{3})+(?![\d.,]*\d)"  # the slips 66. 024 and 85 .000
    r"|\d+,\d+(?!\d)"  # 0,5  and the slip 2,053
    r"|\d+\.\d{1,2}(?!\d|\.\d)"  # 98.7
    r"|\d+)"
)
# "tỷ lệ", "tỷ trọng", "triệu phú" hold no scale.
_S = rf"(?:[ ]?(?:{_SCALE_WORD})(?!\w)(?![ ](?:lệ|trọng|suất|phú|giá)(?!\w)))"
# "2 nghìn 500", "6 tỷ 450 triệu", "1 tỷ 2", "1 triệu rưỡi"
_NUMBER = (
    rf"{_D}(?:{_S}(?:{_S})?(?:[ ]\d{{1,3}}(?:,\d+)?{_S}(?!{_S}))*"
    rf"(?:[ ]rưỡi(?!\w)|[ ]\d{{1,3}}(?!\d|[.,]\d|[/%-]|[ ]?(?:{_SCALE_WORD})))?)?"
)
_DIGITS = re.compile(
    rf"(?<![\w])(?=\d|từ )(?<!\d[/.,])(?:(?P<from>từ[ ])?(?P<a>{_NUMBER})"
    rf"(?:(?:[ ]?[-–][ ]?|[ ]?(?P<to>đến|tới)[ ])(?P<b>{_NUMBER})(?=\W|$)"
    rf"|[ ]?/[ ]?(?P<total>{_D})(?![\d/]))?)",
    re.IGNORECASE,
)
# Number words are looked for in lower case, which is quicker than in any case.
_WORDS = re.compile(
    rf"(?<!\w)(?={beginning_with(_WORD.split('|'))})(?:{_WORD})(?:[ ](?:{_WORD}))*(?!\w)"
)
_NOT_SCALE = re.compile(r"(?<=tỷ|tỉ)[ ](?:lệ|trọng|suất|phú|giá)(?!\w)")
_VAGUE = re.compile(
    rf"(?<!\w)(?=[vmhd])(?:vài|mấy|hàng|dăm|vài ba)[ ](?:chục|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ)"
    rf"(?:[ ](?:{_SCALE_WORD}))*(?!\w)"
)
_HUNDREDS = re.compile(r"\d{3}")
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_SPACED = re.compile(r"\d{1,3}(?:(?:\.[ ]|[ ]\.)\d{3})+")


def _decimal(text: str) -> tuple[Decimal, bool]:
    """Read one number in digits; the second value says whether it is a slip."""
    text = text.strip()
    if text.isdecimal():
        return Decimal(text), False
    if _GROUPED.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", ".")), False
    if _SPACED.fullmatch(text):
        return Decimal(text.replace(".", "").replace(" ", "")), True
    if "," in text:
        return Decimal(text.replace(",", ".")), False
    return Decimal(text), False


_GROUP = re.compile(rf"(?P<d>{_D})(?P<scales>(?:[ ]?(?:{_SCALE_WORD})(?!\w))*)[ ]?", re.IGNORECASE)


def _scale_of(words: str) -> int:
    product = 1
    for word in words.lower().split():
        product *= _SCALES[word]
    return product


def _read_digits(text: str) -> tuple[Decimal, bool, bool]:
    """Return value, whether it is a slip, and whether a scale word stands in it.

    Raises ValueError where the text is no number or its scales do not fall ("3 triệu 5 tỷ").
    """
    text = text.strip()
    if text.isdecimal():
        return Decimal(text), False, False
    value, slip, last = Decimal(0), False, None
    position = 0
    while position < len(text):
        if last is not None and text[position:].lower() == "rưỡi":
            return value + Decimal(last) / 2, slip, True
        match = _GROUP.match(text, position)
        if match is None or (match.end() < len(text) and not match.group("scales")):
            raise ValueError(f"no number in digits: {text!r}")
        digits, irregular = _decimal(match.group("d"))
        slip = slip or irregular
        if match.group("scales"):
            scale = _scale_of(match.group("scales"))
            if last == _SCALES["nghìn"] and scale > last and _HUNDREDS.fullmatch(match.group("d")):
                # "2 nghìn 150 tỷ" is 2,150 thousand million.
                value = (value + digits) * scale
            elif last is not None and scale >= last:
                raise ValueError(f"the scales of {text!r} do not fall")
            else:
                value += digits * scale
            # "2 nghìn tỷ rưỡi" adds half of the smallest scale written.
            last = _SCALES[match.group("scales").lower().split()[-1]]
        elif last is None:
            value = digits
        else:
            # "2 nghìn 500" adds 500; "3 tỷ 2" adds two tenths (spoken style).
            value += digits * last / Decimal(10 ** len(match.group("d")))
        position = match.end()
    return value, slip, last is not None


def parse_words(words: list[str]) -> Decimal | None:
    """Read a whole number written in words; None where the words are no number.

    Covers 0 to 10**18 with "linh/lẻ", "mốt", "tư", "lăm/nhăm", "hăm", "vạn", "rưỡi".
    """
    if not words:
        return None
    half = words[-1] == "rưỡi"
    core = words[:-1] if half else words
    if core == ["nửa"] and not half:
        return None
    value, last_scale = _parse_scaled(core)
    if value is None:
        return None
    if half:
        if last_scale is None:
            return None
        value += Decimal(last_scale) / 2
    return value


def _parse_scaled(words: list[str]) -> tuple[Decimal | None, int | None]:
    """Read by the greatest scale first: [left] scale [right]."""
    if not words:
        return None, None
    for scale_words, scale in (
        (("tỷ", "tỉ"), 10**9),
        (("triệu",), 10**6),
        (("vạn",), 10**4),
        (("nghìn", "ngàn"), 10**3),
    ):
        # The last occurrence of the greatest scale: "hai nghìn tỷ" is two thousand * 10**9.
        for position in range(len(words) - 1, -1, -1):
            if words[position] in scale_words:
                left, right = words[:position], words[position + 1 :]
                head, _ = _parse_scaled(left) if left else (None, None)
                if head is None:
                    return None, None
                value = head * scale
                if not right:
                    return value, scale
                tail = _parse_tail(right, scale)
                if tail is None or tail >= scale:
                    return None, None
                return value + tail, scale
    small = _parse_hundreds(words)
    last = 100 if words[-1] == "trăm" else 10 if words[-1] == "chục" else None
    return small, last


def _parse_tail(words: list[str], scale: int) -> Decimal | None:
    if words[0] in _LINKS:
        words = words[1:]
        return _parse_scaled(words)[0] if words else None
    value, last = _parse_scaled(words)
    if value is not None and len(words) == 1 and scale >= 1000 and value < 10 and last is None:
        return value * scale / 10  # "ba tỷ hai" is 3.2 billion
    return value


def _parse_hundreds(words: list[str]) -> Decimal | None:
    if "trăm" in words:
        position = words.index("trăm")
        left, right = words[:position], words[position + 1 :]
        if len(left) == 1 and left[0] in _UNITS:
            hundreds = _UNITS[left[0]]
        elif len(left) in (2, 3):
            inner = _parse_tens(left)
            if inner is None:
                return None
            hundreds = int(inner)
        else:
            return None
        value = Decimal(hundreds * 100)
        if not right:
            return value
        if right[0] in _LINKS:
            rest = right[1:]
            if len(rest) != 1 or rest[0] not in _UNITS:
                return None
            return value + _UNITS[rest[0]]
        if len(right) == 1 and right[0] in _UNITS:
            return value + _UNITS[right[0]] * 10  # "trăm hai" is 120
        tens = _parse_tens(right)
        return None if tens is None else value + tens
    return _parse_tens(words)


def _parse_tens(words: list[str]) -> Decimal | None:
    head = words[0]
    if head == "mười":
        if len(words) == 1:
            return Decimal(10)
        # Fifteen is "mười lăm": in "mười năm", "hai mươi năm" the last word is the year.
        if len(words) == 2 and words[1] in _UNITS.keys() - {"không", "mốt", "tư", "năm"}:
            return Decimal(10 + _UNITS[words[1]])
        return None
    if head == "hăm":
        if len(words) == 2 and words[1] in _UNITS:
            return Decimal(20 + _UNITS[words[1]])
        return None
    if head not in _UNITS or head in ("mốt", "lăm", "nhăm"):
        return None
    if len(words) == 1:
        return Decimal(_UNITS[head])
    if words[1] in ("mươi", "chục"):
        tens = Decimal(_UNITS[head] * 10)
        if len(words) == 2:
            return tens
        if len(words) == 3 and words[2] in _UNITS and words[2] not in ("không", "năm"):
            return tens + _UNITS[words[2]]
        return None
    if len(words) == 2 and words[1] in ("mốt", "tư", "lăm", "nhăm"):
        return Decimal(_UNITS[head] * 10 + _UNITS[words[1]])  # "hai lăm" is 25
    return None


def parse_numeral(text: str) -> Decimal:
    """Read a whole string as one number, in digits or words.

    Raises ValueError where it is none.
    """
    text = " ".join(text.split())
    if text[:1].isdigit():
        return _read_digits(text)[0]
    value = parse_words(text.lower().split())
    if value is None:
        raise ValueError(f"no number: {text!r}")
    return value


def find_numerals(
    text: str,
    lowered: str | None = None,
    *,
    runs: list[int] | None = None,
    counts: bool | None = None,
) -> list[Numeral]:
    """Return the numbers of a text in order; ``lowered`` saves lowering it again.

    Number words are returned as found; whether a single word such as "hai" counts
    anything is decided by the caller.  ``runs`` tells where digits begin and ``counts``
    whether the text may hold number words, where the caller has asked.
    """
    found: list[Numeral] = []
    if lowered is None:
        lowered = lower(text)
    if runs is None:
        runs = digit_runs(text)
    if runs and holds_figure(text):
        for match in _digits(text, lowered, runs):
            found.extend(_from_digits(match))
    if not (holds_counting_word(lowered) if counts is None else counts):
        return found
    taken = [(n.start, n.end) for n in found]
    vague = "vài" in lowered or "mấy" in lowered or "hàng" in lowered or "dăm" in lowered
    for match in _VAGUE.finditer(lowered) if vague else ():
        start, end = match.span()
        found.append(Numeral(start, end, text[start:end], None, kind="vague"))
        taken.append(match.span())
    for match in _WORDS.finditer(lowered):
        start, end = match.span()
        if any(a < end and start < b for a, b in taken):
            continue
        text_of = text[start:end]
        if _NOT_SCALE.match(text, end) and " " in text_of:
            text_of = text_of.rsplit(" ", 1)[0]  # "một tỷ lệ" holds no scale
        numeral = _from_words(text_of, start)
        if numeral is not None:
            found.append(numeral)
    if len(found) > 1:
        found.sort(key=_start)
    return found


def _start(numeral: Numeral) -> int:
    return numeral.start


def _digits(text: str, lowered: str, runs: list[int]) -> Iterator[re.Match[str]]:
    """Yield the matches of _DIGITS in order, tried only where digits begin."""
    position = 0
    for start in runs:
        if start < position:
            continue
        match = None
        if start - 3 >= position and lowered.startswith("từ ", start - 3):
            match = _DIGITS.match(text, start - 3)
        if match is None:
            match = _DIGITS.match(text, start)
        if match is not None:
            position = match.end()
            yield match


def _from_digits(match: re.Match[str]) -> list[Numeral]:
    begin = match.start("a")
    _, written, _, second, total = match.groups()
    try:
        value, slip, scaled = _read_digits(written)
    except ValueError:
        # Scales that do not fall are two numbers; the first is read alone.
        group = _GROUP.match(written)
        if group is None:
            return []
        text = group.group().rstrip()
        value, slip, scaled = _read_digits(text)
        return [Numeral(begin, begin + len(text), text, value, slip=slip, scaled=scaled)]
    if second is None and total is None:
        return [Numeral(begin, match.end("a"), written, value, None, None, "digits", slip, scaled)]
    whole = match.string[begin : match.end()]
    if total is not None:
        total_value, other = _decimal(total)
        counted = re.match(r"[ ][^\W\d]", match.string[match.end() : match.end() + 2])
        if "," in total or (total_value < value and not counted):
            # A smaller total is one only before a noun: "195/160 đảng viên", not "3/2".
            return [Numeral(begin, match.end("a"), written, value, slip=slip, scaled=scaled)]
        return [Numeral(begin, match.end(), whole, value, total=total_value, slip=slip or other)]
    high, other, high_scaled = _read_digits(second)
    if high_scaled and not scaled:
        # "2-3 triệu": the scale belongs to both.
        tail = _GROUP.match(second.strip())
        if tail is not None:
            value *= _scale_of(tail.group("scales"))
    if high > value:
        return [
            Numeral(begin, match.end(), whole, value, high, slip=slip or other, scaled=high_scaled)
        ]
    if re.fullmatch(r"\d+-\d+", whole):
        # "thắng 6-4" is one score; its first figure is the value.
        return [Numeral(begin, match.end(), whole, _read_digits(written)[0])]
    return [
        Numeral(begin, match.end("a"), written, _read_digits(written)[0], slip=slip),
        Numeral(match.start("b"), match.end("b"), second, high, slip=other),
    ]


def _from_words(text: str, start: int) -> Numeral | None:
    """Read the longest beginning of a run of number words that is a number."""
    length, value = _longest(text.lower())
    if value is None:
        return None
    return Numeral(start, start + length, text[:length], value, kind="words")


@lru_cache(maxsize=4096)
def _longest(run: str) -> tuple[int, Decimal | None]:
    """Return length and value of the longest beginning of a run of words that is a number."""
    words = run.split(" ")
    for size in range(len(words), 0, -1):
        value = parse_words(words[:size])
        if value is not None:
            return len(" ".join(words[:size])), value
    return 0, None
