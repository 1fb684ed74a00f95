"""Provinces and districts of Vietnam with their official codes, dated.

Codes are those of the General Statistics Office: two digits for a province ("20"), and for a
district the province's and its own three digits ("20.186").  Units that ended before the
official list of 2004 have a code of ours ("H.HNN"); see ``corpus/gazetteer/provinces.yaml``.
A name means the unit that bears it on a day: one of the 63 until 30 June 2025, one of the
34 since (Nghị quyết 202/2025/QH15), when the districts ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from vankien.codebook import load_yaml
from vankien.normalise import fold_phrase
from vankien.resources import corpus_dir

__all__ = [
    "MERGER", "Unit", "district_code", "districts", "province_code", "provinces", "unit_names",
    "units_named",
]  # fmt: skip

MERGER = date(2025, 7, 1)
"""The day on which the 34 units replaced the 63 and the districts ended."""

EVE = date(2025, 6, 30)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the province or district level under one name and kind.

    ``first`` and ``last`` are the days between which it bore them; None is open.
    ``names`` are the name and its other spellings.
    """

    code: str
    name: str
    kind: str
    level: str
    names: tuple[str, ...]
    first: date | None
    last: date | None

    @property
    def province(self) -> str:
        """The code of the unit's province."""
        return self.code if self.code.startswith("H.") else self.code.partition(".")[0]

    def on(self, day: date | None) -> bool:
        """Return whether the unit bore the name on a day; without a day always."""
        if day is None:
            return True
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def _day(entry: dict[str, Any], key: str) -> date | None:
    return date.fromisoformat(entry[key]) if key in entry else None


@cache
def provinces() -> tuple[Unit, ...]:
    """Return every province-level unit since 1976 that the gazetteer knows, dated."""
    data = load_yaml(corpus_dir() / "gazetteer" / "provinces.yaml")
    found: list[Unit] = []
    for entry in data["until_2025_06_30"]:
        names = (entry["name"], *entry.get("variants", ()))
        renamed = entry.get("renamed")
        last = EVE
        if renamed is not None:
            change = date.fromisoformat(renamed["from"])
            found.append(
                Unit(entry["code"], renamed["name"], renamed["kind"], "province",
                     (renamed["name"],), change, EVE)
            )  # fmt: skip
            last = date.fromordinal(change.toordinal() - 1)
        found.append(
            Unit(entry["code"], entry["name"], entry["kind"], "province", names,
                 _day(entry, "from"), last)
        )  # fmt: skip
    spellings = {unit.name: unit.names for unit in found}
    for entry in data["since_2025_07_01"]:
        names = spellings.get(entry["name"], (entry["name"],))
        found.append(
            Unit(entry["code"], entry["name"], entry["kind"], "province", names, MERGER, None)
        )
    for entry in data["ended_before"]:
        names = spellings.get(entry["name"], (entry["name"],))
        found.append(
            Unit(entry["code"], entry["name"], entry["kind"], "province", names,
                 _day(entry, "from"), _day(entry, "until"))
        )  # fmt: skip
    return tuple(found)


@cache
def districts() -> tuple[Unit, ...]:
    """Return the units of the district level, one for each name and kind that they bore."""
    data = load_yaml(corpus_dir() / "gazetteer" / "districts.yaml")
    found: list[Unit] = []
    for entry in data["districts"]:
        code = f"{entry['province']}.{entry['code']}"
        last = _day(entry, "until") or EVE
        names = (entry["name"], *entry.get("variants", ()))
        first = _day(entry, "from")
        found.append(Unit(code, entry["name"], entry["kind"], "district", names, first, last))
        for former in entry.get("earlier", ()):
            kind, name = former["kind"], former["name"]
            ended = _day(former, "until") or last
            found.append(Unit(code, name, kind, "district", (name,), None, ended))
    return tuple(found)


@cache
def _index() -> dict[str, tuple[Unit, ...]]:
    table: dict[str, list[Unit]] = {}
    for unit in (*provinces(), *districts()):
        for form in dict.fromkeys(fold_phrase(name) for name in unit.names):
            table.setdefault(form, []).append(unit)
    return {name: tuple(units) for name, units in table.items()}


@cache
def unit_names(level: str) -> tuple[str, ...]:
    """Return the names and spellings of a level's units, the longest first."""
    source = provinces() if level == "province" else districts()
    names = {name for unit in source for name in unit.names if not name.isdigit()}
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


def units_named(
    name: str,
    *,
    level: str | None = None,
    kind: str | None = None,
    on: date | None = None,
    province: str | None = None,
) -> tuple[Unit, ...]:
    """Return the units of a name, narrowed by what is known of them.

    ``on``: the day on which the name is used.  Without it, and where no unit bears the name
    on that day, a name of before the merger stands for the unit that it was.
    """
    found = [
        unit
        for unit in _index().get(fold_phrase(name), ())
        if (level is None or unit.level == level)
        and (province is None or unit.province == province)
        and (kind is None or unit.kind == kind)
    ]
    current = [unit for unit in found if unit.on(on or EVE)]
    past = [unit for unit in found if unit.last is not None and unit.last < (on or EVE)]
    if not current and past:
        # The name outlived its unit: the last unit that bore it.
        latest = max(unit.last or date.max for unit in past)
        current = [unit for unit in past if unit.last == latest]
    return tuple(current)


def province_code(name: str, *, on: date | None = None) -> str | None:
    """Return the code of a province by name, or None where no unit has it.

    ``on`` decides between the 63 and the 34; without it, and for names that no longer
    exist, the code of before July 2025 is given.
    """
    return _single(units_named(name, level="province", on=on))


def district_code(
    name: str, *, kind: str | None = None, province: str | None = None, on: date | None = None
) -> str | None:
    """Return the code of a district, or None where none or several fit.

    ``kind`` (the Vietnamese word) and ``province`` tell units of one name apart.
    """
    found = units_named(name, level="district", kind=kind, province=province, on=on)
    if not found and kind is not None:
        found = units_named(name, level="district", province=province, on=on)
    return _single(found)


def _single(units: tuple[Unit, ...]) -> str | None:
    codes = {unit.code for unit in units}
    return codes.pop() if len(codes) == 1 else None
