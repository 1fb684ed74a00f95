"""Provinces and districts of Vietnam with their official codes, before and after July 2025.

Codes are the two-digit codes of the General Statistics Office.  A name resolves to the unit
valid on a date: the 63 units until 30 June 2025, the 34 since (Nghị quyết 202/2025/QH15).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from vankien.codebook import load_yaml
from vankien.normalise import fold_phrase
from vankien.resources import corpus_dir

__all__ = ["MERGER", "Province", "district_provinces", "province_code", "provinces"]

MERGER = date(2025, 7, 1)
"""The day on which the 34 units replaced the 63."""


@dataclass(frozen=True, slots=True)
class Province:
    """A province-level unit until 30 June 2025 and the unit that it is part of since."""

    code: str
    name: str
    kind: str
    merged_into: str
    merged_name: str
    variants: tuple[str, ...]


@cache
def provinces() -> tuple[Province, ...]:
    """Return the 63 units of before July 2025, in the order of the gazetteer."""
    data = load_yaml(corpus_dir() / "gazetteer" / "provinces.yaml")
    return tuple(
        Province(
            code=entry["code"],
            name=entry["name"],
            kind=entry["kind"],
            merged_into=entry["merged_into"],
            merged_name=entry["merged_name"],
            variants=tuple(entry["variants"]),
        )
        for entry in data["until_2025_06_30"]
    )


@cache
def _codes() -> tuple[dict[str, str], dict[str, str]]:
    before: dict[str, str] = {}
    since: dict[str, str] = {}
    for province in provinces():
        for name in (province.name, *province.variants):
            before[fold_phrase(name)] = province.code
    data = load_yaml(corpus_dir() / "gazetteer" / "provinces.yaml")
    for entry in data["since_2025_07_01"]:
        since[fold_phrase(entry["name"])] = entry["code"]
    return before, since


def province_code(name: str, *, on: date | None = None) -> str | None:
    """Return the code of a province by name, or None where no unit has it.

    ``on`` decides between the 63 and the 34; without it, and for names that no longer
    exist, the code of before July 2025 is given.
    """
    before, since = _codes()
    form = fold_phrase(name)
    if on is not None and on >= MERGER and form in since:
        return since[form]
    return before.get(form)


@cache
def _districts() -> dict[str, tuple[str, ...]]:
    data = load_yaml(corpus_dir() / "gazetteer" / "districts.yaml")["districts"]
    table: dict[str, list[str]] = {}
    for name, codes in data.items():
        bare = (
            name.split(" ", 2)[2]
            if name.startswith(("Thành phố", "Thị xã"))
            else (name.split(" ", 1)[1])
        )
        table.setdefault(fold_phrase(bare), []).extend(codes)
    return {name: tuple(dict.fromkeys(codes)) for name, codes in table.items()}


def district_provinces(name: str) -> tuple[str, ...]:
    """Return the codes of the provinces that had a district of this name (often one)."""
    return _districts().get(fold_phrase(name), ())
