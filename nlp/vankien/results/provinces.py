"""Reported provinces brought to one map: the 63 until June 2025 or the 34 since July 2025.

A code is held on a day ("24" is Bắc Giang until 30 June 2025 and the merged Bắc Ninh
since), so each figure is read by the day of its document; where its words name a unit that
had ended by then, by that unit's last day.  The succession is the gazetteer's
(``corpus/gazetteer/succession.yaml``).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from vankien.gazetteer.places import EVE, MERGER, Unit, provinces
from vankien.gazetteer.succession import code_on, events
from vankien.normalise import fold_phrase

__all__ = ["SYSTEMS", "Part", "part_of_map", "parts_of", "province_name", "system_codes"]

SYSTEMS = {63: EVE, 34: MERGER}
"""Days whose provinces the two maps hold."""


@dataclass(frozen=True, slots=True)
class Part:
    """A province as reported: its code, the day by which it is read, its name on that day."""

    code: str
    day: date
    name: str


@cache
def _by_code() -> dict[str, tuple[Unit, ...]]:
    found: dict[str, list[Unit]] = {}
    for unit in provinces():
        found.setdefault(unit.code, []).append(unit)
    return {code: tuple(units) for code, units in found.items()}


def province_name(code: str, day: date | None) -> str | None:
    """Return the name that a province's code stands for on a day; None if none."""
    units = [unit for unit in _by_code().get(code, ()) if unit.on(day or EVE)]
    return units[0].name if units else None


@cache
def system_codes(system: int) -> tuple[str, ...]:
    """Return the codes of all units of a map (63 or 34), in order."""
    return tuple(sorted({unit.code for unit in provinces() if unit.on(SYSTEMS[system])}))


@cache
def reported_part(code: str, held: date | None, words: str) -> Part | None:
    """Return the province that a code of a figure means; None for what is no province.

    ``words`` are those of the scope: they tell a unit that had ended from its heir.
    """
    units = _by_code().get(code)
    if not units:
        return None
    day = held or EVE
    current = [unit for unit in units if unit.on(day)]
    ended = [unit for unit in units if unit.last is not None and unit.last < day]
    if ended:
        last = max(ended, key=lambda unit: unit.last or date.max)
        named = fold_phrase(words)
        other = not current or (
            any(fold_phrase(name) in named for name in last.names)
            and not any(fold_phrase(name) in named for unit in current for name in unit.names)
        )
        if other and last.last is not None:
            return Part(code, last.last, last.name)
    if current:
        return Part(code, day, current[0].name)
    return Part(code, day, units[0].name)


@cache
def _days() -> tuple[date, ...]:
    """Return the days on which anything changed."""
    found = {event.day for event in events()}
    found |= {unit.first for unit in provinces() if unit.first is not None}
    found |= {unit.last + timedelta(days=1) for unit in provinces() if unit.last is not None}
    return tuple(sorted(found))


def _since(day: date) -> date:
    """Return the last day of change up to a day: nothing has changed from it to that day."""
    place = bisect_right(_days(), day)
    return _days()[place - 1] if place else date.min


@cache
def _reached(code: str, day: date, held: date) -> tuple[str, ...]:
    return code_on(code, day, held=held)


def part_of_map(part: Part, system: int) -> str | None:
    """Return the unit of a map that a reported province lies in.

    None where the map's units are smaller than it: a figure of a merged province says
    nothing of its parts.
    """
    target = SYSTEMS[system]
    if part.day <= target:
        reached = _reached(part.code, target, _since(part.day))
        return reached[0] if len(reached) == 1 else None
    # Later than the map: the same unit only where nothing has joined it since.
    later = _since(part.day)
    former = [code for code in system_codes(system)
              if _reached(code, later, target) == (part.code,)]  # fmt: skip
    return former[0] if len(former) == 1 else None


def parts_of(unit: str, system: int, day: date) -> tuple[str, ...]:
    """Return the codes that made up a unit of a map on a day, in order.

    On a day of the map itself, or later where nothing has changed, that is the unit's own
    code; before, all the provinces that have become it.
    """
    return (unit,) if day >= SYSTEMS[system] else _parts_of(unit, SYSTEMS[system], _since(day))


@cache
def _parts_of(unit: str, target: date, day: date) -> tuple[str, ...]:
    valid = sorted({u.code for u in provinces() if u.on(day)})
    return tuple(code for code in valid if _reached(code, target, day) == (unit,))
