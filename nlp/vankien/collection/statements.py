"""Sentences that state figures: a template, filled, with a note of what it states."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from vankien.collection.world import Place, World

__all__ = ["Stated", "choose", "fill", "number"]

_SLOT = re.compile(
    r"\{(?P<code>[a-z_]+\.[a-z_.]+)(?:@(?P<within>[a-z_.]+))?(?::(?P<measure>\w+))?\}"
)
_FORM = re.compile(r"\{(?P<name>\w+)\}")
STOCKS = ("members.total", "orgs.grassroots")


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure that a sentence states, as true in the world (or as planted)."""

    indicator: str
    measure: str
    within: str | None
    place: Place
    start: date
    end: date
    value: float
    status: str = "actual"


def number(value: float) -> str:
    """Write a number as Vietnamese does: a point for thousands, a comma for decimals."""
    if value == int(value):
        return f"{int(value):,}".replace(",", ".")
    return f"{value:.1f}".replace(".", ",")


def fill(
    template: str,
    world: World,
    place: Place,
    year: int,
    *,
    start: date | None = None,
    end: date | None = None,
    scale: float = 1.0,
    status: str = "actual",
    instead: Mapping[str, float] | None = None,
    more: Mapping[str, Any] | None = None,
) -> tuple[str, list[Stated]] | None:
    """Return a sentence and what it states; None where the world lacks one of its figures.

    ``start`` and ``end`` are the period (the year if None), ``scale`` the share of the
    year's figures that it holds, ``instead`` figures to state in place of true ones, and
    ``more`` further slots.
    """
    stated: list[Stated] = []
    missing = False

    def figure(match: re.Match[str]) -> str:
        nonlocal missing
        code, within, measure = match["code"], match["within"], match["measure"]
        key = f"{code}@{within}" if within else code
        value = (instead or {}).get(key, world.value(key, place.code, year))
        if value is None:
            missing = True
            return ""
        told, amount, text = "level", float(max(1, round(value * scale)) if value else 0), ""
        if measure == "target_ratio":
            target = world.value(f"{code}#target", place.code, year)
            assert target is not None
            told, amount = "target_ratio", round(100 * value / target, 1)
        elif measure == "change_rel_text":
            before = world.value(code, place.code, year - 1)
            if not before or year >= 2025:
                missing = True
                return ""
            told, amount = "change_rel", round(100 * (value / before - 1), 1)
            if amount == 0:
                missing = True
                return ""
            text = f"{'tăng' if amount > 0 else 'giảm'} {number(abs(amount))}%"
        period = (start or date(year, 1, 1), end or date(year, 12, 31))
        if code in STOCKS:
            period = (period[1], period[1])
        stated.append(Stated(code, told, within, place, *period, amount, status))
        return text or number(amount)

    sentence = _SLOT.sub(figure, template)
    if missing:
        return None
    slots = {**place.forms(), "nam": year, "nam_truoc": year - 1, "nam_sau": year + 1,
             **(more or {})}  # fmt: skip
    return _FORM.sub(lambda match: str(slots[match["name"]]), sentence), stated


def choose(
    random: Random, templates: list[str], world: World, place: Place, year: int, **options: Any
) -> tuple[str, list[Stated]] | None:
    """Fill a template drawn from several; None where the world fills none of them."""
    for template in random.sample(templates, k=len(templates)):
        if (found := fill(template, world, place, year, **options)) is not None:
            return found
    return None
