"""The invented world: what is true of every province and year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from typing import Any

from vankien.codebook import load_yaml
from vankien.gazetteer.places import MERGER, provinces
from vankien.gazetteer.succession import code_on
from vankien.resources import corpus_dir

__all__ = ["Place", "World", "data", "make_world", "place_on"]

Key = tuple[str, str, int]
"""Figure ("members.admitted" or "members.female@members.admitted"), province, year."""


@cache
def data(name: str) -> Any:
    """Return one of the YAML files of the collection."""
    return load_yaml(corpus_dir() / "collection" / f"{name}.yaml")


@dataclass(frozen=True, slots=True)
class Place:
    """A province under the name and kind that it bears on a day."""

    code: str
    name: str
    kind: str

    def forms(self) -> dict[str, str]:
        """Return the slots of the place."""
        committee = "Tỉnh ủy" if self.kind == "tỉnh" else "Thành ủy"
        return {
            "ten": self.name,
            "tinh": self.kind,
            "tinh_ten": f"{self.kind} {self.name}",
            "uy": committee,
            "Uy": committee,
            "uy_ten": f"{committee} {self.name}",
            "Uy_ten": f"{committee} {self.name}",
            "dangbo": f"Đảng bộ {self.kind}",
            "dangbo_ten": f"Đảng bộ {self.kind} {self.name}",
        }


def place_on(code: str, day: date) -> Place:
    """Return the province of a code on a day."""
    unit = next(unit for unit in provinces() if unit.code == code and unit.on(day))
    return Place(code, unit.name, unit.kind)


@dataclass(frozen=True, slots=True)
class World:
    """True yearly figures, the province-years that exist, and those of which none speaks."""

    years: tuple[int, ...]
    values: dict[Key, int]
    places: dict[int, tuple[str, ...]]
    silent: frozenset[tuple[str, int]]

    def value(self, figure: str, place: str, year: int) -> int | None:
        """Return a true figure, None where there is none."""
        return self.values.get((figure, place, year))


def _untidy(value: float) -> int:
    """Round to a whole number that does not end in nought, as true counts seldom do."""
    whole = round(value)
    return whole + 1 if whole >= 10 and whole % 10 == 0 else whole


def make_world(random: Random) -> World:
    """Draw the figures of every province and year.

    From 2025 the provinces are those of July 2025: their figures go on from the sums of
    the provinces that they were made of.
    """
    plan = data("world")
    first, last = plan["years"]
    years = tuple(range(first, last + 1))
    codes: list[str] = plan["provinces"]
    values: dict[Key, int] = {}
    places: dict[int, tuple[str, ...]] = {}
    for year in years:
        if year < MERGER.year:
            places[year] = tuple(codes)
            for code in codes:
                _year(random, plan, values, code, year, (code,))
        else:
            heirs: dict[str, list[str]] = {}
            for code in codes:
                (heir,) = code_on(code, MERGER, held=date(2025, 6, 30))
                heirs.setdefault(heir, []).append(code)
            places[year] = tuple(sorted(heirs))
            for code, parts in sorted(heirs.items()):
                former = parts if year == MERGER.year else [code]
                _year(random, plan, values, code, year, tuple(former))
    cells = [(code, year) for year in years for code in places[year] if year < MERGER.year]
    silent = frozenset(random.sample(cells, k=len(cells) * plan["silent"] // 100))
    return World(years, values, places, silent)


def _year(
    random: Random, plan: Any, values: dict[Key, int], code: str, year: int, former: tuple[str, ...]
) -> None:
    def before(figure: str) -> int | None:
        found = [values.get((figure, part, year - 1)) for part in former]
        return None if None in found else sum(value for value in found if value is not None)

    members = before("members.total")
    if members is None:
        members = random.randint(*plan["members"])
    for figure, rule in plan["flows"].items():
        trend = members * rule["rate"] * (1 + rule["drift"]) ** (year - plan["years"][0])
        values[figure, code, year] = _untidy(trend * (1 + random.gauss(0, rule["noise"])))
    total = members + values["members.admitted", code, year] - round(0.014 * members)
    values["members.total", code, year] = _untidy(total)
    cells = before("orgs.grassroots") or round(members / 100)
    for figure, rule in plan["counts"].items():
        trend = cells / 1000 * rule["rate"]
        if figure != "orgs.grassroots":
            trend *= (1 + rule["drift"]) ** (year - plan["years"][0])
        elif before(figure) is not None:
            trend *= 1 + rule["drift"]
        values[figure, code, year] = max(
            0, _untidy(trend * (1 + random.gauss(0, rule["noise"])))
        )  # fmt: skip
    for figure, share in plan["parts"].items():
        whole = values[figure.partition("@")[2], code, year]
        values[figure, code, year] = max(1, _untidy(whole * share * random.uniform(0.85, 1.15)))
    values["members.admitted#target", code, year] = _target(
        random, values["members.admitted", code, year]
    )


def _target(random: Random, admitted: int) -> int:
    return max(10, round(admitted * random.uniform(0.9, 1.06) / 10) * 10)
