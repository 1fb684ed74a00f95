"""The code of a scope: official where there is one (see ``organisations.yaml`` for the scheme).

A code depends on the day on which the words are used and on the place spoken of: "huyện
Châu Thành" has one only where the text says in which province it lies.  What fits several
units has no code.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import cache

from vankien.gazetteer.organisations import ScopeMention, organisation_data
from vankien.gazetteer.places import Unit, units_named

__all__ = ["scope_code", "slug"]


def slug(name: str) -> str:
    """Return a name in lower case without accents, its words joined by hyphens."""
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return "-".join(re.findall(r"[a-z0-9]+", re.sub(r"[\u0300-\u036f]", "", plain)))


@cache
def _validity() -> dict[str, tuple[date | None, date | None]]:
    def day(raw: str | None) -> date | None:
        return None if raw is None else date.fromisoformat(raw)

    return {
        entry["code"]: (day(entry.get("first")), day(entry.get("last")))
        for entry in organisation_data()["central"]
    }


def scope_code(
    mention: ScopeMention, *, on: date | None = None, within: str | None = None
) -> str | None:
    """Return the code of a scope, or None where the words do not settle it.

    ``on``: the day on which the words are used (the document's); ``within``: the code of
    the place spoken of before.
    """
    if mention.level == "group":
        return None
    if mention.letters is not None and mention.letters.partition(".")[0] in ("TW", "VN"):
        return mention.letters
    around = _hinted(mention, on) or within
    if mention.relative:
        base = _relative(mention.level, around)
    elif mention.level == "commune" or mention.place is None:
        base = around
    else:
        base = _territory(mention, on, around)
    if base is None or (base.startswith(("TW", "VN")) and mention.body is not None):
        return None
    if mention.letters is not None:
        return f"{_bare(base)}.{mention.letters}"
    if mention.body is not None:
        return f"{_bare(base)}+{slug(mention.body)}"
    return base


def _bare(code: str) -> str:
    """Return the territory of a code: without a body's letters or name."""
    head = code.partition("+")[0]
    first, _, last = head.rpartition(".")
    return first if first and last.isalpha() and first != "H" else head


def _relative(level: str, within: str | None) -> str | None:
    """ "Toàn tỉnh" is the province of the place spoken of, "toàn Đảng bộ" that place's."""
    if within is None or level in ("body", "city"):
        return within
    territory = _bare(within)
    if level == "province":
        return None if within.startswith(("TW", "VN")) else _province(territory)
    if level == "district":
        return territory if "." in territory and not territory.startswith("H.") else None
    return within if "+" in within else None


def _province(code: str) -> str:
    return code if code.startswith("H.") else code.partition(".")[0]


def _hinted(mention: ScopeMention, on: date | None) -> str | None:
    """Return the code of the smallest unit that the words after a scope name."""
    province: str | None = None
    for name in reversed(mention.hints):
        level = None if mention.level in ("commune", "body") else "province"
        found = units_named(name, level=level, on=on, province=province)
        if province is None:
            found = tuple(u for u in found if u.level == "province") or found
        if _one(found) is not None:
            if found[0].level == "district":
                return found[0].code
            province = found[0].code
    return province


def _territory(mention: ScopeMention, on: date | None, around: str | None) -> str | None:
    name, level, kind = mention.place or "", mention.level, mention.kind
    province = None
    if around is not None and not around.startswith(("TW", "VN")):
        province = _province(around)
    if level == "province":
        return _one(units_named(name, level="province", on=on))
    near = units_named(name, level="district", province=province, on=on)
    if not near:
        near = units_named(name, level="district", on=on)
    if level == "city":
        whole = units_named(name, level="province", on=on)
        if mention.bare or kind is None:
            return _one(whole) or _one(near)
        if any(unit.kind == kind for unit in whole):
            return _one(tuple(unit for unit in whole if unit.kind == kind))
    exact = tuple(unit for unit in near if unit.kind == kind)
    return _one(exact or near)


def _one(units: tuple[Unit, ...]) -> str | None:
    codes = {unit.code for unit in units}
    return codes.pop() if len(codes) == 1 else None
