"""Provinces for the displays: which one a sentence speaks of, and where its square lies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from vankien.codebook import load_yaml
from vankien.errors import CodebookError
from vankien.gazetteer.organisations import find_scopes
from vankien.gazetteer.scope_codes import scope_code
from vankien.resources import corpus_dir
from vankien.results.document_places import place_of_scope
from vankien.results.provinces import SYSTEMS, Part, province_name, reported_part

__all__ = ["Tile", "named_province", "province_of", "tiles"]

EMPTY = ".."

_LAYOUTS = {63: "until_2025_06_30", 34: "since_2025_07_01"}


@dataclass(frozen=True, slots=True)
class Tile:
    """A province's square: ``x`` counts from the west, ``y`` from the north, both from 0."""

    code: str
    name: str
    label: str
    x: int
    y: int


@cache
def tiles(system: int) -> tuple[Tile, ...]:
    """Return the squares of the map of 63 or 34 provinces, row by row from the north.

    Raises CodebookError where the layout names an unknown code, or one twice.
    """
    path = corpus_dir() / "gazetteer" / "tiles.yaml"
    data = load_yaml(path)
    found: dict[str, Tile] = {}
    for y, row in enumerate(data[_LAYOUTS[system]]):
        for x, code in enumerate(row.split()):
            if code == EMPTY:
                continue
            name = province_name(code, SYSTEMS[system])
            if name is None or code in found:
                raise CodebookError("V301", path.name, detail=f"map of {system}: code {code}")
            found[code] = Tile(code, name, data["short"].get(code, name), x, y)
    return tuple(found.values())


def province_of(code: str | None, *, on: date | None, words: str = "") -> Part | None:
    """Return the province of a scope's code ("20.186" is of "20"), None for the centre.

    ``on`` is the day of the document, ``words`` the scope as written.
    """
    return reported_part(place_of_scope(code) or "", on, words)


def named_province(texts: Iterable[str | None], *, on: date | None) -> Part | None:
    """Return the only province that texts name, None where they name none or several."""
    found: set[Part] = set()
    for text in texts:
        for mention in find_scopes(text) if text else ():
            part = province_of(scope_code(mention, on=on), on=on, words=mention.text)
            if part is not None:
                found.add(part)
    return found.pop() if len(found) == 1 else None
