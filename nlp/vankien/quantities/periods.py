"""Expressions of time in a text.

Where to start reading: :func:`find_periods`.  The forms are data
(``corpus/codebook/periods.yaml``); the engine

1. finds *points* (a day, a quarter, a year, a term, "9 tháng qua", "đến nay"),
2. joins two of them ("từ ... đến ...", "năm 2018, 2019"),
3. reads from the words around what the point is: the moment up to which something counts
   (``until``), its start, the base of a comparison, or part of a name or of the date of a
   document ("Nghị quyết số 18-NQ/TW ngày 25/10/2017"), which is no period.

:mod:`vankien.quantities.period_dates` turns a mention into dates.  Deliberately not read:
lunar dates, clock times, weeks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from vankien.codebook import load_yaml
from vankien.gates import Openings, beginning_with, lower
from vankien.quantities.number_gate import digit_runs
from vankien.quantities.numerals import parse_words
from vankien.resources import codebook_dir

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

__all__ = ["PeriodMention", "find_periods"]


@dataclass(frozen=True, slots=True)
class PeriodMention:
    """An expression of time; offsets index the text searched.

    ``kind`` is the form (``day``, ``month``, ``quarter``, ``year``, ``span``, ``term``,
    ``now``, ...) and so the precision.  ``fields`` are the numbers said; ``relation`` is
    ``at``, ``until``, ``since``, ``before``, ``plan`` (the year of a plan just named).
    ``to`` is the end of "từ ... đến ...".
    ``baseline``: what a figure is compared with; ``named``: part of a name, no period (a
    term in it still tells which term is spoken of).
    """

    start: int
    end: int
    text: str
    kind: str
    fields: tuple[tuple[str, int], ...] = ()
    relation: str = "at"
    to: PeriodMention | None = None
    baseline: bool = False
    named: bool = False
    own: bool = False
    offset: int = 0
    side: str = ""

    def get(self, name: str) -> int | None:
        """Return a number said ("y", "m", "q", ...), or None."""
        return dict(self.fields).get(name)

    @property
    def year_said(self) -> int | None:
        """The year that the words name for their first point."""
        return self.get("y")

    @property
    def year(self) -> int | None:
        """The (last) year that the words name."""
        if self.to is not None:
            return self.to.year
        return self.get("b") or self.get("y")

    @property
    def point(self) -> bool:
        """Whether the words name a moment up to which something counts."""
        return self.relation in ("until", "before") or self.kind in (
            "now", "year_end", "year_start", "month_end", "today",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Grammar:
    points: re.Pattern[str]
    kinds: tuple[dict[str, Any], ...]
    relations: dict[str, re.Pattern[str]]
    openings: Openings
    cheap: AhoCorasick
    roman: dict[str, int]
    months: dict[str, int]
    congresses: dict[str, tuple[int, int]]
    last: str


@cache
def _grammar() -> _Grammar:
    from ahocorasick_rs import AhoCorasick

    data = load_yaml(codebook_dir() / "periods.yaml")
    macros: dict[str, str] = data["macros"]

    def expand(pattern: str, number: int | None = None) -> str:
        while "{" in (shorter := re.sub(r"\{\d", "", pattern)) and any(
            f"{{{name}}}" in shorter for name in macros
        ):
            for name, text in macros.items():
                pattern = pattern.replace(f"{{{name}}}", text)
        pattern = pattern.replace(" ?", r"\s?").replace(" ", r"\s+")
        if number is not None:
            pattern = re.sub(r"\(\?P<(\w+)>", rf"(?P<\1__{number}>", pattern)
        return pattern

    rules = data["points"]
    gate = beginning_with(data["gate"], any_case=True)
    every = "|".join(f"(?P<r{i}>{expand(rule['pattern'], i)})" for i, rule in enumerate(rules))
    names = (
        "until", "until_end", "before", "since", "lead_in", "to", "list", "now_after",
        "baseline", "planned", "same_period", "same_period_own", "compared", "named", "dated",
        "law", "born", "rises",
    )  # fmt: skip
    return _Grammar(
        points=re.compile(rf"(?<!\w)(?=\d|{gate})(?:{every})", re.IGNORECASE),
        kinds=tuple(rules),
        relations={name: re.compile(expand(data[name]), re.IGNORECASE) for name in names},
        openings=Openings(data["gate"]),
        cheap=AhoCorasick(data["cheap"]),
        roman=data["roman"],
        months=data["months"],
        congresses={name: (a, b) for name, (a, b) in data["congresses"].items()},
        last=data["last"],
    )


def find_periods(text: str) -> list[PeriodMention]:
    """Return the expressions of time of a sentence in order, none overlapping."""
    grammar = _grammar()
    lowered, runs = lower(text), digit_runs(text)
    if not runs and not grammar.cheap.find_matches_as_indexes(lowered):
        return []
    found: list[PeriodMention] = []
    position = 0
    for place in grammar.openings.places(lowered, runs):
        if place >= position and (match := grammar.points.match(text, place)) is not None:
            position = match.end()
            if (point := _point(match, text)) is not None:
                found.append(point)
    found = _joined(found, text)
    found = [m for mention in found if (m := _related(mention, text)) is not None]
    # "đến nay" within "từ đầu năm đến nay" is no second expression.
    found = [m for i, m in enumerate(found) if not i or m.start >= found[i - 1].end]
    for match in grammar.relations["same_period"].finditer(text):
        found = [m for m in found if m.end <= match.start() or m.start >= match.end()]
        found.append(_same_period(match, text))
    found.sort(key=lambda m: m.start)
    return found


def _same_period(match: re.Match[str], text: str) -> PeriodMention:
    """ "Cùng kỳ": a base of comparison, or the period of the figure that it introduces."""
    relations = _grammar().relations
    year = match.group("y") or match.group("y_")
    own = relations["same_period_own"].match(text, match.end()) is not None
    compared = relations["compared"].search(text, max(0, match.start() - 24), match.start())
    return PeriodMention(
        *match.span(), match.group(), "same_period",
        fields=(("y", int(year)),) if year else (), baseline=not own or compared is not None,
    )  # fmt: skip


def _number(text: str) -> int | None:
    grammar = _grammar()
    if text.isdigit():
        return int(text)
    lowered = " ".join(text.lower().split())
    value = parse_words(lowered.split())
    return int(value) if value is not None else grammar.months.get(lowered)


def _point(match: re.Match[str], text: str) -> PeriodMention | None:
    grammar = _grammar()
    index = int((match.lastgroup or "r0")[1:])
    rule = grammar.kinds[index]
    kind: str = rule["kind"]
    fields: dict[str, int] = {}
    side = rule.get("side", "")
    suffix = f"__{index}"
    for name, raw in match.groupdict().items():
        if raw is None or not name.endswith(suffix):
            continue
        field = name.removesuffix(suffix)
        field = "y" if field.startswith("y") else field
        if field == "side":
            side = "last" if raw.lower() == grammar.last else "first"
        elif field == "ago":
            fields["ago"] = 1
        elif field == "roman":
            fields["a"], fields["b"] = grammar.congresses[raw.lower()]
        elif field == "q":
            fields["q"] = grammar.roman[raw.lower()]
        else:
            value = grammar.months.get(raw.lower()) if field == "m" else None
            value = _number(raw) if value is None else value
            if value is None:
                return None
            fields[field] = value
    if "n" in rule:
        fields["n"] = int(rule["n"])
    if not _sane(kind, fields):
        return None
    start, end = match.span()
    if kind == "bare_months" and not _clause_opens(text, start):
        return None
    return PeriodMention(
        start, end, match.group(), kind, tuple(fields.items()),
        own=bool(rule.get("own")), offset=int(rule.get("offset", 0)), side=side,
    )  # fmt: skip


def _sane(kind: str, fields: dict[str, int]) -> bool:
    if not 1 <= fields.get("m", 1) <= 12 or not 1 <= fields.get("d", 1) <= 31:
        return False
    if not 1 <= fields.get("d_", 1) <= 31:
        return False
    if kind in ("months", "bare_months") and not 1 <= fields["n"] <= 12:
        return False
    if kind == "bare_months" and fields["n"] < 2:
        return False
    return "a" not in fields or 0 <= fields["b"] - fields["a"] <= 60


_CLAUSE = re.compile(r"(?:^|[;:,(.\"“]\s*|\A\W*)\Z")


def _clause_opens(text: str, start: int) -> bool:
    """A bare "9 tháng" is a period at the head of a clause or after a word that leads in."""
    before = text[max(0, start - 16) : start]
    if _grammar().relations["lead_in"].search(before):
        return True
    return _CLAUSE.search(before) is not None


def _joined(points: list[PeriodMention], text: str) -> list[PeriodMention]:
    """Join two points to an interval, and a list of years to its first and last."""
    relations = _grammar().relations
    joined: list[PeriodMention] = []
    for point in points:
        before = joined[-1] if joined else None
        gap = text[before.end : point.start] if before else ""
        if before is None:
            joined.append(point)
        elif relations["to"].fullmatch(gap) and _can_run(before, point, text):
            joined[-1] = _span(before, point, text)
        elif (
            relations["list"].fullmatch(gap)
            and _years_follow(before, point)
            and not relations["baseline"].search(text, max(0, before.start - 48), before.start)
        ):
            joined[-1] = replace(
                before, end=point.end, text=text[before.start : point.end], kind="span",
                fields=(("a", before.get("a") or before.get("y") or 0), ("b", point.get("y") or 0)),
            )  # fmt: skip
        else:
            joined.append(point)
    return joined


_UNITS = {
    "day": 0, "short_day": 0, "month": 1, "bare_month": 1, "months": 1, "quarter": 2, "year": 3,
    "bare_year": 3, "year_end": 3, "year_start": 3,
}  # fmt: skip


_OPENINGS = ("term", "congress", "term_side", "now")
"""What opens a span beside the units: "từ đầu nhiệm kỳ", "từ nay"."""


def _can_run(first: PeriodMention, last: PeriodMention, text: str) -> bool:
    ends = first.kind == "now" and last.kind == "term_side" and last.side == "end"
    if first.to is not None or (last.kind not in _UNITS and not ends):
        return False
    if first.kind in _OPENINGS:
        if first.text.lower().startswith("từ "):
            return True
        opening = _grammar().relations["since"].search(text, max(0, first.start - 24), first.start)
        return opening is not None and first.kind != "now"
    if first.kind not in _UNITS:
        return False
    if _grammar().relations["since"].search(text, max(0, first.start - 24), first.start):
        return True
    years, months = ("bare_year", "year"), ("month", "bare_month")
    if first.kind in months and last.kind in months:
        return True
    if first.kind == last.kind == "quarter":
        return True
    if "day" in (first.kind, last.kind):
        return _UNITS[first.kind] == _UNITS[last.kind]
    return first.kind in years and last.kind in years


def _span(first: PeriodMention, last: PeriodMention, text: str) -> PeriodMention:
    start = first.start
    opening = _grammar().relations["since"].search(text, max(0, start - 24), start)
    if opening:
        start = opening.start()
    return replace(first, start=start, end=last.end, text=text[start : last.end], to=last)


def _years_follow(first: PeriodMention, last: PeriodMention) -> bool:
    if last.kind not in ("bare_year", "year") or first.kind not in ("year", "bare_year", "span"):
        return False
    before = first.get("b") or first.get("y")
    return first.to is None and before is not None and last.get("y") == before + 1


def _related(mention: PeriodMention, text: str) -> PeriodMention | None:
    """Read the words around a point; None where it is no expression of time at all."""
    relations = _grammar().relations
    start, end = mention.start, mention.end

    def before(name: str, reach: int) -> re.Match[str] | None:
        return relations[name].search(text, max(0, start - reach), start)

    def widen(opening: re.Match[str], relation: str) -> PeriodMention:
        return replace(
            mention, start=opening.start(), text=text[opening.start() : mention.end],
            relation=relation,
        )  # fmt: skip

    compared = before("baseline", 48)
    # "Hơn 10 tháng qua" compares nothing.
    longer = mention.kind.startswith("past_") and compared and compared.group().lower() == "hơn "
    if compared and not longer:
        return replace(mention, baseline=True)
    if mention.kind != "now" and relations["rises"].match(text, end):
        return replace(mention, baseline=True)  # "từ 41% năm 2015 lên 58%"
    if before("planned", 48):
        return replace(mention, baseline=True, relation="plan")
    if mention.kind in ("day", "year", "bare_year") and before("born", 20):
        return None
    if mention.kind == "day" and mention.to is None and before("dated", 60):
        return None
    if mention.kind in ("year", "bare_year", "year_end") and before("law", 52):
        return None
    if mention.kind in ("term", "congress", "bare_span", "span") and before("named", 110):
        return replace(mention, named=True)
    if mention.to is not None:
        return mention
    later = relations["now_after"].match(text, end)
    opening = before("since", 28)
    if later and (opening or mention.kind in ("year_start", "term_side")):
        first = opening.start() if opening else start
        return replace(
            mention, start=first, end=later.end(), text=text[first : later.end()], relation="since",
            to=PeriodMention(*later.span(), later.group(), "now"),
        )  # fmt: skip
    if mention.kind == "now":
        return mention
    ending = before("until", 32)
    if ending and mention.kind not in ("yearly", "past_months", "past_years", "today"):
        return widen(ending, "until")
    if opening and mention.kind in _UNITS:
        return widen(opening, "since")
    earlier = before("before", 16)
    if earlier and mention.kind in ("day", "short_day", "month", "bare_month", "year"):
        return widen(earlier, "before")
    if mention.kind in ("bare_year", "bare_month", "short_day"):
        return None  # alone, "2019" is a number and "3/5" a share
    closing = before("until_end", 8)
    if closing and mention.kind in ("month", "quarter"):
        return widen(closing, "until")
    return mention
