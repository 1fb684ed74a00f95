"""Provinces for the displays: which one a sentence speaks of, and where its square lies.

A code of a province is held on a day: "24" is Bắc Giang until 30 June 2025 and the merged
Bắc Ninh since.  A province is therefore known here by an :class:`Era` and a code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from vankien.codebook import load_yaml
from vankien.errors import CodebookError
from vankien.gazetteer.organisations import find_scopes
from vankien.gazetteer.places import EVE, MERGER, provinces
from vankien.gazetteer.scope_codes import scope_code
from vankien.gazetteer.succession import code_on
from vankien.resources import corpus_dir

__all__ = ["Era", "Tile", "era_of", "named_province", "province_of", "tiles", "unit_name"]

EMPTY = ".."


class Era(StrEnum):
    """The map of 63 provinces, and that of the 34 since 1 July 2025."""

    BEFORE = "until_2025_06_30"
    SINCE = "since_2025_07_01"

    @property
    def day(self) -> date:
        """A day on which the map holds."""
        return EVE if self is Era.BEFORE else MERGER


@dataclass(frozen=True, slots=True)
class Tile:
    """A province's square: ``x`` counts from the west, ``y`` from the north, both from 0."""

    code: str
    name: str
    label: str
    x: int
    y: int


def era_of(day: date | None) -> Era:
    """Return the map that holds on a day; undated documents are read as before July 2025."""
    return Era.SINCE if day is not None and day >= MERGER else Era.BEFORE


@cache
def unit_name(code: str, era: Era) -> str | None:
    """Return the name of a province's code on a map, None where it is not on it."""
    for unit in provinces():
        if unit.code == code and unit.on(era.day):
            return unit.name
    return None


@cache
def tiles(era: Era) -> tuple[Tile, ...]:
    """Return the squares of a map.

    Raises CodebookError where the layout names an unknown code, or one twice.
    """
    path = corpus_dir() / "gazetteer" / "tiles.yaml"
    data = load_yaml(path)
    found: dict[str, Tile] = {}
    for y, row in enumerate(data[era.value]):
        for x, code in enumerate(row.split()):
            if code == EMPTY:
                continue
            name = unit_name(code, era)
            if name is None or code in found:
                raise CodebookError("V301", path.name, detail=f"{era.value}: code {code}")
            found[code] = Tile(code, name, data["short"].get(code, name), x, y)
    return tuple(found.values())


def province_of(code: str | None, *, on: date | None, era: Era | None = None) -> str | None:
    """Return the province of a scope's code ("20.186" -> "20"), None for the centre.

    ``on`` is the day of the document.  With ``era`` the code is carried to that map; it is
    None where the older map has no single unit for it, or an older unit was split.
    """
    if code is None or code.startswith(("TW", "VN")):
        return None
    head = code.partition("+")[0]
    province = head if head.startswith("H.") else head.partition(".")[0]
    if era is None:
        return province
    if era is Era.BEFORE and era_of(on) is Era.SINCE:
        # A unit that merged covers several of the older map; one that did not keeps its square.
        reached = _whole().get(province, ())
    else:
        reached = code_on(province, era.day, held=_held(province, on))
    return reached[0] if len(reached) == 1 else None


def _held(code: str, on: date | None) -> date:
    """Return a day on which a province's code was held: the document's, or its last one."""
    days = [unit.last or date.max for unit in provinces() if unit.code == code]
    wanted = on or EVE
    if any(unit.code == code and unit.on(wanted) for unit in provinces()):
        return wanted
    return min(max(days, default=EVE), wanted)


@cache
def _whole() -> dict[str, tuple[str, ...]]:
    """Return, for each of the 34, the units of the 63 whose land it holds."""
    parts: dict[str, list[str]] = {}
    for tile in tiles(Era.BEFORE):
        for code in code_on(tile.code, MERGER, held=EVE):
            parts.setdefault(code, []).append(tile.code)
    return {code: tuple(codes) for code, codes in parts.items()}


def named_province(texts: Iterable[str | None], *, on: date | None) -> str | None:
    """Return the only province that texts name, None where they name none or several."""
    codes: set[str] = set()
    for text in texts:
        for mention in find_scopes(text) if text else ():
            province = province_of(scope_code(mention, on=on), on=on)
            if province is not None:
                codes.add(province)
    return codes.pop() if len(codes) == 1 else None
