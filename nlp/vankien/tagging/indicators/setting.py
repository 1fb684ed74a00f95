"""Period and scope of a figure (CODES.md, rule 12).

Order: the sentence's own words; the nearest earlier sentence of the section; the title;
the document's own year and issuer.  Nothing is guessed: what no words give stays None.
``period_text`` and ``scope`` are the words that gave the values.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from vankien.documents import Document, Part, Sentence
from vankien.gazetteer.organisations import ScopeMention, find_scopes
from vankien.quantities.periods import PeriodMention, find_periods, resolve

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


class SettingReader:
    """Reads and inherits periods and scopes while a document is passed through."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._anchor = document.metadata.published
        self._section: tuple[str, ...] | None = None
        self._period: PeriodMention | None = None
        self._scope: ScopeMention | None = None
        self._place: str | None = None
        self._surface = ""
        self._periods: list[PeriodMention] | None = None
        self._scopes: list[ScopeMention] | None = None
        self._title_period: PeriodMention | None = None
        self._title_scope: ScopeMention | None = None
        self._issuer: ScopeMention | None = None
        self._title = ""
        self._opened = False
        self._pending: list[str] = []

    def enter(self, sentence: Sentence, surface: str) -> None:
        """Move to the next sentence; its words are analysed only if a figure asks."""
        if sentence.section != self._section:
            self._period = None
            self._section = sentence.section
            self._pending = []
        elif self._surface:
            self._settle()
        self._surface = surface
        self._periods = self._scopes = None
        if sentence.part is Part.TITLE and not self._title:
            self._title = surface

    def _settle(self) -> None:
        """Keep the sentence that is left behind: its period and scope may be inherited."""
        if self._periods is None:
            self._pending.append(self._surface)
            return
        self._remember(self._periods, self._scopes or [])

    def _remember(self, periods: list[PeriodMention], scopes: list[ScopeMention]) -> None:
        own = _last_period(periods)
        if own is not None:
            self._period = own
        for scope in scopes:
            if not scope.relative:
                self._scope = scope
                if scope.code is not None:
                    self._place = scope.code

    def _open(self) -> None:
        if not self._opened:
            self._opened = True
            self._title_period = _last_period(find_periods(self._title))
            self._title_scope = _widest(find_scopes(self._title))
            issuer = self._document.metadata.issuer
            if issuer:
                self._issuer = _widest(find_scopes(issuer))
        for surface in self._pending:
            self._remember(find_periods(surface), find_scopes(surface))
        self._pending = []
        if self._periods is None:
            self._periods = find_periods(self._surface)
            self._scopes = find_scopes(self._surface)

    def read(self, surface: str, figure: int, *, kind: str | None) -> Setting:
        """Return period and scope of the figure at an offset of the current sentence."""
        self._open()
        period = self._choose_period(surface, figure)
        start, end, text = self._dates(period, kind)
        scope = self._choose_scope(figure)
        code = None
        if scope is not None:
            code = scope.code or self._fallback_place()
        return Setting(start, end, text, scope.text if scope else None, code)

    def _fallback_place(self) -> str | None:
        if self._place is not None:
            return self._place
        for known in (self._title_scope, self._issuer):
            if known is not None and known.code is not None:
                return known.code
        return None

    def _choose_period(self, surface: str, figure: int) -> PeriodMention | None:
        own = [p for p in self._periods or [] if not p.baseline]
        clause = surface.rfind(";", 0, figure) + 1
        before = [p for p in own if p.end <= figure]
        after = [p for p in own if p.start >= figure]
        inside = [p for p in before if p.start >= clause]
        if inside:
            return inside[-1]
        stop = surface.find(";", figure)
        near = [p for p in after if p.start < (stop if stop >= 0 else len(surface))]
        if near and not before:
            return near[0]
        if before:
            return before[-1]
        return self._period or self._title_period

    def _dates(
        self, period: PeriodMention | None, kind: str | None
    ) -> tuple[date | None, date | None, str | None]:
        if period is None:
            return None, None, None
        start, end = resolve(period, anchor=self._anchor)
        if kind == "stock" and end is not None:
            start = end
        elif kind == "flow" and period.point and start == end and period.kind != "day":
            start = None
        return start, end, period.text

    def _choose_scope(self, figure: int) -> ScopeMention | None:
        own = self._scopes or []
        before = [s for s in own if s.end <= figure]
        if before:
            named = [s for s in before if not s.relative]
            return named[-1] if named else before[-1]
        if own:
            named = [s for s in own if not s.relative]
            return named[0] if named else own[0]
        return self._scope or self._title_scope or self._issuer


def _last_period(periods: list[PeriodMention]) -> PeriodMention | None:
    own = [p for p in periods if not p.baseline]
    return own[0] if own else None


def _widest(scopes: list[ScopeMention]) -> ScopeMention | None:
    named = [s for s in scopes if not s.relative]
    return named[0] if named else None
