"""What became of a place or Party organ: the code valid on a day, and the code today.

The table is ``corpus/gazetteer/succession.yaml``; each row cites its act.  A code is held on
a day: "24" is Bắc Giang until 30 June 2025 and the merged Bắc Ninh since.  A split leads to
all its parts, so a chain of units can be joined on territory, never on a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from vankien.codebook import load_yaml
from vankien.gazetteer.places import EVE, districts, provinces
from vankien.resources import corpus_dir

__all__ = ["Event", "code_on", "code_today", "events", "valid_on"]

KINDS = ("split", "merge", "rename", "create", "end", "level_ends")


@dataclass(frozen=True, slots=True)
class Event:
    """A change on a day: the codes before, the codes since, and the act.

    ``act`` is the short form of the file, ``source`` its full citation.
    """

    day: date
    kind: str
    before: tuple[str, ...]
    since: tuple[str, ...]
    act: str
    source: str
    note: str | None = None


@cache
def events() -> tuple[Event, ...]:
    """Return the changes, the oldest first."""
    data = load_yaml(corpus_dir() / "gazetteer" / "succession.yaml")
    found = [
        Event(
            day=date.fromisoformat(row["date"]),
            kind=row["kind"],
            before=tuple(row["from"]),
            since=tuple(row["to"]),
            act=row["act"],
            source=data["acts"][row["act"]],
            note=row.get("note"),
        )
        for row in data["events"]
    ]
    return tuple(sorted(found, key=lambda event: event.day))


def _parts(code: str) -> tuple[str, str]:
    """Split a code into its territory and the letters or name of a body."""
    head, plus, own = code.partition("+")
    if plus:
        return head, f"+{own}"
    first, _, last = head.rpartition(".")
    if first and last.isalpha() and first not in ("TW", "H"):
        return first, f".{last}"
    return head, ""


def _step(code: str, event: Event) -> tuple[str, ...]:
    """Return what a code becomes by one event; itself where the event is not about it."""
    if code in event.before:
        return event.since
    territory, own = _parts(code)
    if event.kind == "level_ends":
        district = "." in territory and not territory.startswith(("TW", "H."))
        return (territory.partition(".")[0] + own,) if district else (code,)
    if own:
        pattern = f"*{own}"
        if pattern in event.before:
            return tuple(to.replace("*", territory) for to in event.since)
        if territory in event.before:
            return tuple(to + own for to in event.since)
    province, dot, number = territory.partition(".")
    if dot and event.kind == "merge" and province in event.before:
        # A district of a merged province keeps its number under the new one.
        return tuple(f"{to}.{number}{own}" for to in event.since)
    return (code,)


def code_on(code: str, day: date, *, held: date) -> tuple[str, ...]:
    """Return the codes on a later day of what held a code on an earlier one.

    One code for a merged or renamed unit, all parts of one that was split, none for what
    ended without a successor.  Changes on ``held`` itself have already happened.
    """
    current: tuple[str, ...] = (code,)
    for event in events():
        if held < event.day <= day:
            reached = [new for old in current for new in _step(old, event)]
            current = tuple(dict.fromkeys(reached))
    return current


def code_today(code: str, *, held: date | None = None) -> tuple[str, ...]:
    """Return the codes of today: after the last change of the table.

    ``held`` is the day on which the code was valid; without it the eve of the merger of
    July 2025 for a code that was valid then, and for others their last day.
    """
    return code_on(code, date.max, held=held or _last_day(code))


def valid_on(code: str, day: date) -> bool:
    """Return whether a code of a province or district was in force on a day."""
    territory, own = _parts(code)
    units = [unit for unit in (*provinces(), *districts()) if unit.code == territory]
    if territory.startswith("TW") or territory == "VN" or own.startswith("."):
        born = min((e.day for e in events() if code in e.since), default=date.min)
        over = min(
            (e.day for e in events() if code in e.before and code not in e.since),
            default=date.max,
        )
        known = not units or any(unit.on(day) for unit in units)
        return known and born <= day < over
    return any(unit.on(day) for unit in units)


@cache
def _last_day(code: str) -> date:
    territory, own = _parts(code)
    province = territory if territory.startswith("H.") else territory.partition(".")[0]
    ends = [EVE]
    forms = {code, f"*{own}" if own else code}
    for event in events():
        if forms & set(event.before) and code not in event.since:
            ends.append(date.fromordinal(event.day.toordinal() - 1))
    known = [unit for unit in (*provinces(), *districts()) if unit.code in (territory, province)]
    exact = [unit for unit in known if unit.code == territory] or known
    if exact:
        ends.append(max(unit.last or EVE for unit in exact))
    return min(ends)
