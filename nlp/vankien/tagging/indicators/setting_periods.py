"""The expression of time that a figure of a sentence takes, and the days it tells of it.

Where to start reading: :func:`choose_period`.  The words themselves are read by
:mod:`vankien.quantities.periods`; :mod:`vankien.tagging.indicators.setting` knows what
earlier sentences said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from vankien.quantities.dates import Interval
from vankien.quantities.periods import PeriodMention

__all__ = ["based", "choose_period", "ran"]

_DIGIT = re.compile(r"\d")
_OPEN = re.compile(r"\([^()]*\Z")
_UNTIL = ("đến", "tới", "tính")
_BRACKET_NEXT = re.compile(r"[\d.,/]*[^\d,;:().]*\(")
_FIGURES_OWN = re.compile(
    r"(?<![\d.,/-])(?<!thị )(?<!số )(?<!quyết )(?<!luận )(?<!định )(?<!ương )(?<!thứ )(?<!khóa )"
    r"(?!(?:19|20)\d\d\s)\d[\d.,/]*"
    r"(?!\d| (?:năm|tháng|quý|ngày|tuần|khóa)(?!\w)|-)[^\d,;:().]*\(\Z",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"(?<!\w)(?:so với|bằng|hơn|nghị quyết|chỉ thị|kết luận|luật|đại hội|hội nghị)(?!\w)",
    re.IGNORECASE,
)


def ran(mention: PeriodMention, interval: Interval, *, flow: bool) -> Interval:
    """Return the days over which something ran that is no stock.

    "Đến nay" tells no start, "hiện" speaks of the day itself.  Of a flow, "đến hết năm", the
    year not named, is the whole year, and "cuối năm 2016" is when a year's figures were drawn up.
    """
    start, end = interval
    if mention.kind == "now" and mention.to is None:
        return (start if flow and not mention.text.lower().startswith(_UNTIL) else None), end
    whole = mention.relation == "at" or mention.year_said is None
    if flow and end is not None and mention.kind == "year_end" and whole:
        return date(end.year, 1, 1), end
    return interval


def choose_period(
    surface: str, resolved: list[tuple[PeriodMention, Interval]], figure: int
) -> tuple[PeriodMention, Interval] | None:
    """Choose among a sentence's periods: in the figure's brackets, before it in its clause,
    after it in its clause, before it at all."""
    own = _bracket_after(surface, resolved, figure)
    if own is not None:
        return own
    opened = _OPEN.search(surface, 0, figure)
    if opened:
        inside = [p for p in resolved if opened.start() <= p[0].start < figure]
        if inside:
            return inside[-1]
    clause = surface.rfind(";", 0, figure) + 1
    stop = surface.find(";", figure)
    stop = stop if stop >= 0 else len(surface)
    before = [p for p in resolved if p[0].end <= figure and not _bracketed(surface, p[0], figure)]
    near = [p for p in before if p[0].start >= clause]
    if near:
        return _ended(surface, near)
    before = [p for p in before if p[0].relation != "before"]  # a deadline is its clause's own
    after = [p for p in resolved if figure <= p[0].start < stop]
    after = [p for p in after if not _anothers(surface, p[0], figure)]
    if before and after and _OPEN.search(surface, 0, after[0][0].start):
        after = []
    if before:
        return before[-1]
    return after[0] if after else None


def _ended(
    surface: str, near: list[tuple[PeriodMention, Interval]]
) -> tuple[PeriodMention, Interval]:
    """Return the last of the periods before a figure; a span just before it tells its start.

    "Trong 12 tháng qua, tính đến hết tháng 10" and "trong nhiệm kỳ 2020 - 2025, đến nay" run
    from the one to the other.
    """
    mention, (_, end) = near[-1]
    now = mention.kind == "now" and mention.text.lower().startswith(_UNTIL)
    if len(near) == 1 or not (mention.relation == "until" or now) or end is None:
        return near[-1]
    span, (first, last) = near[-2]
    if surface[span.end : mention.start].strip(" ,") or span.relation != "at":
        return near[-1]
    if first is None or last is None or not first < last or not first <= end:
        return near[-1]
    if now:
        text = surface[span.start : mention.end]
        return replace(span, end=mention.end, text=text, to=mention), (first, end)
    return mention, (first, end)


def _bracket_after(
    surface: str, resolved: list[tuple[PeriodMention, Interval]], figure: int
) -> tuple[PeriodMention, Interval] | None:
    """Return the period that alone fills the bracket after a figure: "96% số chi bộ (năm 2019)"."""
    opened = _BRACKET_NEXT.match(surface, figure)
    if opened is None or _COMPARED.search(surface, figure, opened.end()):
        return None
    start = opened.end()
    return next(
        (p for p in resolved if p[0].start == start and surface[p[0].end : p[0].end + 1] == ")"),
        None,
    )


def _anothers(surface: str, mention: PeriodMention, figure: int) -> bool:
    """Whether a mention after a figure stands in a bracket that holds another figure.

    "54 chi bộ (cuối năm 2015 là 61)": the time is that of the second.
    """
    opening = _OPEN.search(surface, figure, mention.start)
    if opening is None:
        return False
    closing = surface.find(")", mention.end)
    return closing >= 0 and _DIGIT.search(surface, mention.end, closing) is not None


def based(surface: str, periods: Sequence[PeriodMention], figure: int) -> PeriodMention | None:
    """Return the base of a comparison where the figure is its value: "so với năm 2020 (107)"."""
    opened = _OPEN.search(surface, 0, figure)
    if opened is None or figure - opened.start() > 3:
        return None
    end = opened.start()
    return next(
        (
            m
            for m in periods
            if m.baseline and 0 <= end - m.end <= 1 and (m.year or m.kind == "same_period")
        ),
        None,
    )


def _bracketed(surface: str, mention: PeriodMention, figure: int) -> bool:
    """Whether a mention stands in brackets that closed before the figure and hold more than it.

    "(2018 - 2020)" explains the period before it and counts; "(năm 2018 là 97)" does not, nor
    does the bracket of another figure ("96% số chi bộ (năm 2019), 12 ...").
    """
    opening = _OPEN.search(surface, 0, mention.start)
    if opening is None:
        return False
    closing = surface.find(")", mention.end)
    if closing < 0 or closing > figure:
        return False
    if _DIGIT.search(surface, mention.end, closing):
        return True
    if mention.start > opening.start() + 1 or closing > mention.end:
        return False
    return _FIGURES_OWN.search(surface, 0, opening.start() + 1) is not None
