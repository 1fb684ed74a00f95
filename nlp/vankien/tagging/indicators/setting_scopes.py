"""The organisation or place of a sentence that a figure takes.

Where to start reading: :func:`choose_scope`.  The words themselves are read by
:mod:`vankien.gazetteer.organisations`; :mod:`vankien.tagging.indicators.setting` knows what
earlier sentences said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from vankien.gazetteer.organisations import ScopeMention, find_scopes, organisation_data
from vankien.gazetteer.place_lists import with_lists

__all__ = ["UNLIKELY", "answering", "choose_scope", "gives_way", "main_scope", "scopes_of"]

NEAR = 40
"""Characters between a figure and a place that follows it as its complement."""
UNLIKELY = 2
"""Rank of a scope that gives way to one known from earlier words."""

_LABEL = re.compile(r"[\s:(–-]*")
_AT = re.compile(r"[\s:(–-]*(?:(?:có|được|là|với)\s)?")


def scopes_of(text: str) -> list[ScopeMention]:
    """Return the scopes of a sentence, those of its lists as well.

    The place where a congress or conference is held is none.
    """
    scopes = with_lists(text, find_scopes(text))
    return [s for s in scopes if not (s.bare and _held_at().search(text, 0, s.start))]


@cache
def _held_at() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{organisation_data()['held_at']})", re.IGNORECASE)


@cache
def _locative() -> re.Pattern[str]:
    return re.compile(rf"\w\s+(?:{organisation_data()['local_words']})\s+\Z", re.IGNORECASE)


@cache
def _rest() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{organisation_data()['rest']})(?!\w)", re.IGNORECASE)


def answering(
    surface: str, scopes: Sequence[ScopeMention], figure: int, nth: tuple[int, int] | None
) -> int:
    """Return the offset before which the scope of a figure stands.

    ``nth`` is the figure's place in a respective list and the list's length: it answers to
    the place of the same number in its clause, or in the clauses before where its own names none.
    """
    if nth is None:
        return figure
    clause = surface.rfind(";", 0, figure) + 1
    before = [s for s in scopes if s.end <= figure]
    near = [s for s in before if s.start >= clause]
    for group in (near,) if near else (before,):
        for places in ([s for s in group if s.listed], _best_rank(group)):
            if len(places) == nth[1]:
                return places[nth[0]].end
    return figure


def choose_scope(
    surface: str, mentions: Sequence[ScopeMention], figure: int
) -> ScopeMention | None:
    """Choose among a sentence's scopes: the one of a list that stands at the figure; a place
    that follows as its complement; the last before it in its clause, the last before it, the
    first after it."""
    listed = [s for s in mentions if s.listed and s.end <= figure]
    if listed and _AT.fullmatch(surface, listed[-1].end, figure):
        return listed[-1]
    scopes = _best_rank(mentions)
    if not scopes:
        return None
    clause = surface.rfind(";", 0, figure) + 1
    before = [s for s in scopes if s.end <= figure]
    after = [s for s in scopes if s.start > figure]
    near = [s for s in before if s.start >= clause]
    complement = next((s for s in after if _complements(surface, s, figure)), None)
    labelled = near and _LABEL.fullmatch(surface, near[-1].end, figure)
    if complement is not None and not labelled:
        return complement
    last = max((s.end for s in (*before, *listed)), default=None)
    if last is not None and before and _rest().search(surface, last, figure):
        return before[0]  # "xã A: 14; xã B: 11; các xã còn lại: 53" are of the whole
    if near:
        return near[-1]
    if before:
        return before[-1]
    return after[0] if after else None


def gives_way(surface: str, chosen: ScopeMention, figure: int) -> bool:
    """Whether a scope gives way to one that earlier sentences told: an unlikely one, and one
    that a later clause names first."""
    return chosen.rank >= UNLIKELY or (
        chosen.start > figure and ";" in surface[figure : chosen.start]
    )


def _complements(surface: str, scope: ScopeMention, figure: int) -> bool:
    """Whether a place follows a figure as where it was counted ("61 đảng viên ở huyện X")."""
    gap = surface[figure : scope.start]
    if len(gap) > NEAR or any(mark in gap for mark in ",;:()"):
        return False
    return _locative().search(gap) is not None


def main_scope(mentions: Sequence[ScopeMention]) -> ScopeMention | None:
    """The scope that a sentence hands on: its first, not the last of a list of places."""
    scopes = _best_rank(mentions)
    return scopes[0] if scopes else None


def _best_rank(mentions: Sequence[ScopeMention]) -> list[ScopeMention]:
    scopes = [s for s in mentions if not s.listed]
    best = min((s.rank for s in scopes), default=0)
    return [s for s in scopes if s.rank == best]
