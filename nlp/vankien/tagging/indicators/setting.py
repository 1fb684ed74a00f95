"""Period and scope of a figure (CODES.md, rule 12).

Order: the sentence's own words; the nearest earlier sentence of the section; the title;
the document's own year and issuer.  Nothing is guessed: what no words give stays None.
``period_text`` and ``scope`` are the words that gave the values.  A scope's code is that
of the day on which the document was written (or of the period, where it has no date).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from vankien.documents import Document, Part, Sentence
from vankien.gazetteer.organisations import ScopeMention, find_scopes, organisation_data
from vankien.gazetteer.scope_codes import scope_code
from vankien.quantities.dates import Interval
from vankien.quantities.period_dates import resolve
from vankien.quantities.periods import PeriodMention, find_periods
from vankien.tagging.indicators.setting_periods import based, choose_period, ran
from vankien.tagging.indicators.setting_scopes import (
    UNLIKELY,
    answering,
    choose_scope,
    gives_way,
    main_scope,
    scopes_of,
)  # fmt: skip

__all__ = ["NO_SETTING", "Setting", "SettingReader"]


@dataclass(frozen=True, slots=True)
class Setting:
    """When and where a figure holds; dates are inclusive."""

    period_start: date | None
    period_end: date | None
    period_text: str | None
    scope: str | None
    scope_code: str | None


NO_SETTING = Setting(None, None, None, None, None)

QUARTER = 88
"""Days that a span ahead of the document has at the least to be one of a plan."""


@dataclass(slots=True)
class _Sentence:
    """A sentence's words of time and place."""

    surface: str
    periods: list[PeriodMention]
    scopes: list[ScopeMention]


@dataclass(slots=True)
class _Known:
    """What earlier words have told: a period, a scope, the year, term and place spoken of."""

    period: PeriodMention | None = None
    interval: Interval = (None, None)
    span: PeriodMention | None = None
    span_interval: Interval = (None, None)
    scope: ScopeMention | None = None
    code: str | None = None
    year: int | None = None
    term: tuple[int, int] | None = None
    place: str | None = None
    named: dict[str, tuple[ScopeMention, str | None]] = field(default_factory=dict)


class SettingReader:
    """Reads and inherits periods and scopes while a document is passed through."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._anchor = document.metadata.published
        self._section: tuple[str, ...] | None = None
        self._pending: list[str | None] = []  # None: a new section began
        self._title = document.metadata.title or ""
        self._base: _Known | None = None
        self._known = _Known()
        self._surface = ""
        self._current: _Sentence | None = None

    @property
    def planned(self) -> bool:
        """Whether the title says that the document is a plan ("Kế hoạch kiểm tra năm 2023")."""
        return _plan().match(self._title) is not None

    def is_ahead(self, setting: Setting) -> bool:
        """Say whether a period of a quarter or more begins after the day of the document, or a
        point in time lies a quarter or more after it ("đến năm 2030")."""
        start, end = setting.period_start, setting.period_end
        if self._anchor is None or end is None:
            return False
        if start is None or start == end:
            return end.year > self._anchor.year and (end - self._anchor).days >= QUARTER
        return start > self._anchor and (end - start).days >= QUARTER

    def enter(self, sentence: Sentence, surface: str) -> None:
        """Move to the next sentence; its words are analysed only if a figure asks."""
        if self._current is not None:
            self._remember(self._current)
        elif self._surface:
            self._pending.append(self._surface)
        if sentence.section != self._section:
            self._section = sentence.section
            if self._pending:
                self._pending.append(None)
            elif self._base is not None:
                self._forget(self._base)
        self._surface = surface
        self._current = None
        if sentence.part is Part.TITLE and not self._title:
            self._title = surface

    def read(
        self,
        surface: str,
        figure: int,
        *,
        kind: str | None,
        nth: tuple[int, int] | None = None,
    ) -> Setting:
        """Return period and scope of the figure at an offset of the current sentence.

        ``kind`` is the catalogue's: the period of a stock is one day, that of a flow the
        whole interval.  ``nth`` is the figure's place in a respective list and the list's
        length: of as many places or years before it, the one at the same place is its own.
        """
        sentence = self._open(surface)
        mention, (start, end) = self._period(sentence, figure)
        if nth is not None and mention is not None and start is not None and end is not None:
            years = end.year - start.year + 1
            if mention.kind == "span" and years == nth[1]:
                start = date(start.year + nth[0], 1, 1)
                end = date(start.year, 12, 31)
        if kind == "stock":
            # A stock counts at the end of what is said; what runs on has no end yet.
            runs = mention is not None and mention.to is not None
            start = end = end if runs else end or start
        elif kind == "flow" and mention is self._known.period and self._spans(start, end):
            # "Đến ngày 31/12/2020, Đảng bộ có ... Kết nạp 95 đảng viên": the point in time was
            # for the stock of that sentence, the flow is of the span spoken of before.
            mention, (start, end) = self._known.span, self._known.span_interval
        elif mention is not None:
            start, end = ran(mention, (start, end), flow=kind == "flow")
        scope, code = self._scope(
            sentence, answering(sentence.surface, sentence.scopes, figure, nth), end
        )
        return Setting(
            start, end, mention.text if mention else None, scope.text if scope else None, code
        )

    def _spans(self, start: date | None, end: date | None) -> bool:
        """Return whether an inherited point in time lies in the span spoken of before."""
        first, last = self._known.span_interval
        if end is None or first is None or last is None or start not in (None, end):
            return False
        return first <= end <= last

    def _open(self, surface: str) -> _Sentence:
        if self._base is None:
            self._base = self._opening()
            self._known = _copy(self._base)
        for earlier in self._pending:
            if earlier is None:
                self._forget(self._base)
            else:
                self._remember(_Sentence(earlier, find_periods(earlier), scopes_of(earlier)))
        self._pending = []
        if self._current is None:
            self._current = _Sentence(surface, find_periods(surface), scopes_of(surface))
        return self._current

    def _forget(self, base: _Known) -> None:
        """A new section forgets period and scope, not the place and term spoken of."""
        known = self._known
        self._known = _copy(base, place=known.place, term=known.term, named=known.named)

    def _opening(self) -> _Known:
        """What title, issuer and place of the document tell."""
        known = _Known()
        metadata = self._document.metadata
        for words in (metadata.place, metadata.issuer, self._title):
            if not words:
                continue
            scopes = [s for s in find_scopes(words) if not s.rank] or find_scopes(words)
            if scopes and (words != self._title or known.scope is None or scopes[0].place):
                code = self._code(scopes[0], known.place, None)
                if words != metadata.place:
                    known.scope, known.code = scopes[0], code
                known.place = code or known.place
        self._take_periods(known, find_periods(self._title))
        return known

    def _remember(self, sentence: _Sentence) -> None:
        self._take_periods(self._known, sentence.periods)
        for mention in sentence.scopes:
            if not mention.relative and mention.rank == 0 and not mention.bare:
                code = self._code(mention, self._known.place, self._known.interval[1])
                for word in _back_words():
                    if mention.text.lower().startswith(f"{word} "):
                        self._known.named[word] = (mention, code)
        main = main_scope(sentence.scopes)
        if main is not None and (main.rank < UNLIKELY or self._known.scope is None):
            code = self._code(main, self._known.place, self._known.interval[1])
            self._known.scope, self._known.code = main, code
            self._known.place = code or self._known.place

    def _take_periods(self, known: _Known, periods: list[PeriodMention]) -> None:
        chosen: PeriodMention | None = None
        for mention in periods:
            if mention.kind in ("term", "congress"):
                known.term = (mention.get("a") or 0, mention.get("b") or 0)
            if mention.baseline or mention.named or mention.kind in ("same_period", "yearly"):
                continue
            if chosen is None or (chosen.kind == "unknown" and mention.kind != "unknown"):
                chosen = mention
            if mention.year is not None and mention.kind not in ("day", "days"):
                known.year = mention.year
        if chosen is not None:
            known.period = chosen
            known.interval = self._dates(chosen, known)
            start, end = known.interval
            if start is not None and end is not None and start < end:
                known.span, known.span_interval = chosen, known.interval
            if end is not None and chosen.kind not in ("day", "days", "now", "today"):
                known.year = end.year

    def _dates(
        self, mention: PeriodMention, known: _Known, period: Interval | None = None
    ) -> Interval:
        return resolve(
            mention, anchor=self._anchor, year=known.year, term=known.term, period=period
        )

    # Period

    def _period(self, sentence: _Sentence, figure: int) -> tuple[PeriodMention | None, Interval]:
        known = _copy(self._known)
        resolved: list[tuple[PeriodMention, Interval]] = []
        main: Interval | None = known.interval if known.period else None
        for mention in sentence.periods:
            if mention.kind in ("term", "congress"):
                known.term = (mention.get("a") or 0, mention.get("b") or 0)
            if mention.baseline or mention.named:
                continue
            if mention.kind == "yearly":
                interval = self._yearly(known, resolved)
            else:
                interval = self._dates(mention, known, main)
            if mention.kind != "same_period":
                main = interval
                if mention.year is not None:
                    known.year = mention.year
            resolved.append((mention, interval))
        base = based(sentence.surface, sentence.periods, figure)
        if base is not None:
            return base, self._dates(base, known, main)
        # "sau hơn mười năm" tells no dates: any other expression goes before it.
        told = [pair for pair in resolved if pair[0].kind != "unknown"]
        chosen = choose_period(sentence.surface, told, figure) or choose_period(
            sentence.surface, resolved, figure
        )
        if chosen is not None and chosen[0].kind == "now" and chosen[0].start > figure:
            # "Ba năm trước chỉ có 8 đảng viên, nay đã 17": what follows is not the first's time.
            chosen = next((p for p in resolved if p[0].end <= figure), chosen)
        if chosen is not None:
            return chosen
        if self._known.period is None:
            # "vượt 21% kế hoạch năm 2021": where nothing else is said, the plan's year is the
            # figure's.
            plan = next((m for m in sentence.periods if m.relation == "plan" and m.year), None)
            if plan is not None:
                return plan, self._dates(plan, known)
        return self._known.period, self._known.interval

    def _yearly(self, known: _Known, resolved: list[tuple[PeriodMention, Interval]]) -> Interval:
        """ "Mỗi năm" is a rate over the span or term spoken of, and no period without one."""
        for _, (first, last) in reversed(resolved):
            if first is not None and last is not None and last.year > first.year:
                return first, last
        if known.term is not None:
            return date(known.term[0], 1, 1), date(known.term[1], 12, 31)
        return None, None

    # Scope

    def _scope(
        self, sentence: _Sentence, figure: int, end: date | None
    ) -> tuple[ScopeMention | None, str | None]:
        chosen = choose_scope(sentence.surface, sentence.scopes, figure)
        known = self._known.scope is not None
        if chosen is None or (known and gives_way(sentence.surface, chosen, figure)):
            return self._known.scope, self._known.code
        place = self._known.place
        for mention in sentence.scopes:
            if mention.start >= chosen.start:
                break
            place = self._code(mention, place, end) or place
        code = self._code(chosen, place, end)
        if chosen.relative and chosen.level == "body":
            # "toàn Đảng bộ" after the name of the organisation is that organisation.
            named = [
                s for s in sentence.scopes
                if s.start < chosen.start and not s.relative and not s.rank
            ]  # fmt: skip
            if named and code is not None and self._code(named[-1], place, end) == code:
                return named[-1], code
        named_before = self._named(chosen.text.lower()) if chosen.relative else None
        if named_before is not None:
            # A bare "Tỉnh", "Đảng bộ" goes back to the one that a sentence before named.
            return named_before
        if code is None and chosen.relative:
            later = [s for s in sentence.scopes if s.start > chosen.start and not s.relative]
            code = self._code(chosen, self._code(later[0], place, end), end) if later else None
        if code is None and chosen.place is not None and chosen.level in ("district", "city"):
            # "huyện Mường Nhé, huyện Tủa Chùa, tỉnh Điện Biên": the province comes last.
            wider = [s for s in sentence.scopes if s.level == "province" and s.place]
            if len(wider) == 1:
                code = self._code(chosen, self._code(wider[0], place, end), end)
        return chosen, code

    def _named(self, word: str) -> tuple[ScopeMention, str | None] | None:
        named = self._known.named
        return named.get(word) or named.get(organisation_data()["leads"].get(word, ""))

    def _code(self, mention: ScopeMention, within: str | None, end: date | None) -> str | None:
        return scope_code(mention, on=self._anchor or end, within=within)


@cache
def _plan() -> re.Pattern[str]:
    return re.compile(organisation_data()["plan_titles"], re.IGNORECASE)


@cache
def _back_words() -> tuple[str, ...]:
    return tuple(organisation_data()["back"])


def _copy(known: _Known, **changes: object) -> _Known:
    values = {name: getattr(known, name) for name in _Known.__slots__}
    return _Known(**(values | changes))
