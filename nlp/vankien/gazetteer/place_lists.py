"""Units named one after the other behind one plural: "các huyện Đông Sơn, Tây Sơn, Nam Sơn".

Where to start reading: :func:`with_lists`.  Each name is a scope of its own for a figure
that stands at it ("ở các xã: Bình Thạnh 5, An Khê Đông 4") or that answers to it in order
("lần lượt 64, 58, 71"); a figure of them together has the whole phrase for its scope.
A body that only a list names without its Party organisation ("..., Khối các cơ quan 203,
thị trấn: 9") is read here as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from vankien.gazetteer.organisation_forms import (
    NAME,
    fold_words,
    organisation_data,
    organisation_forms,
)
from vankien.gazetteer.organisations import ScopeMention
from vankien.gazetteer.places import units_named
from vankien.normalise import UPPER

__all__ = ["GROUP", "with_lists"]

GROUP = "group"
"""Level of several units together: they have no code."""


@dataclass(frozen=True, slots=True)
class _Forms:
    head: re.Pattern[str]
    name: re.Pattern[str]
    figure: re.Pattern[str]
    link: re.Pattern[str]
    item: re.Pattern[str]


def _either(words: list[str]) -> str:
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered)


@cache
def _forms() -> _Forms:
    data = organisation_data()
    land = _either([word for words in data["territories"].values() for word in words])
    party = _either(data["party"])
    places = _either(data["places_named"])
    bodies = _either(data["forces"])
    return _Forms(
        head=re.compile(
            rf"(?<!\w)(?i:{data['plurals']})\s+(?i:(?P<party>{party})(?:\s+(?P<held>{land}))?|"
            rf"(?P<land>{land})|(?P<place>{places}))(?P<colon>\s?:)?\s+(?=[{UPPER}])"
        ),
        name=re.compile(NAME),
        figure=re.compile(
            r"\s*\(\d[^()]{0,40}\)|\s*[:–-]?\s*\d[\d.,]*(?<![.,])\s?%?"
            rf"(?:\s[^\W\d_{UPPER}]+){{0,3}}?(?=\s*[,;.]|\s+và\s|\Z)"
        ),
        link=re.compile(rf"\s*[,;]\s+(?:và\s+)?(?=[{UPPER}])|\s+và\s+(?=[{UPPER}])"),
        item=re.compile(
            rf"(?:(?<=[,;:]\s)|(?<=\())(?:(?P<body>{bodies})|(?P<unit>thị trấn))"
            r"(?=\s*[:(–-]?\s*\d)"
        ),
    )


def with_lists(text: str, scopes: list[ScopeMention]) -> list[ScopeMention]:
    """Return the scopes of a sentence with those that only a list names, in order."""
    found = list(scopes)
    for match in _forms().head.finditer(text):
        names, end, itemised = _names(text, match.end())
        if len(names) < 2:
            continue
        inside = [s for s in found if s.start < end and s.end > match.start()]
        hints = next((s.hints for s in inside if s.hints), ())
        found = [s for s in found if s not in inside]
        found += [_member(match, text, *span, hints) for span in names]
        if not itemised and not match.group("colon"):
            found.append(
                ScopeMention(match.start(), end, text[match.start() : end], GROUP, body="")
            )
    for match in _forms().item.finditer(text):
        start, end = match.span()
        if any(s.start < end and s.end > start for s in found):
            continue
        words = match.group()
        if match.group("unit"):
            found.append(ScopeMention(start, end, words, "commune", kind=words, body=words))
        else:
            letters = organisation_forms().letters[fold_words(words)]
            found.append(ScopeMention(start, end, words, "body", letters=letters, relative=True))
    return sorted(found, key=lambda s: s.start)


def _names(text: str, position: int) -> tuple[list[tuple[int, int]], int, bool]:
    """Return the places of the names of a list, its end, and whether figures stand at them."""
    forms = _forms()
    names: list[tuple[int, int]] = []
    itemised, end = False, position
    while (name := forms.name.match(text, position)) is not None:
        words = name.group().split()
        if words[0] in organisation_forms().not_names and not _is_name(words):
            break
        names.append(name.span())
        end = position = name.end()
        if (figure := forms.figure.match(text, position)) is not None:
            position = figure.end()
            itemised = True
        if (link := forms.link.match(text, position)) is None:
            break
        position = link.end()
    return names, end, itemised


def _is_name(words: list[str]) -> bool:
    """Whether words that begin like "Đồng chí" or "Trung ương" are a name: "Đồng Tiến"."""
    return len(words) > 1 and (words[0] in organisation_forms().name_words or words[0] == "Đồng")


def _member(
    head: re.Match[str], text: str, start: int, end: int, hints: tuple[str, ...]
) -> ScopeMention:
    """Return one of the units of a list; the word of the plural tells its kind."""
    name = text[start:end]
    mention = ScopeMention(start, end, name, "body", hints=hints, listed=True)
    word = head.group("land") or head.group("held")
    if word is not None:
        kind = fold_words(word)
        level = organisation_forms().territories[kind]
        kind = organisation_forms().kinds.get(kind, kind)
        if level == "commune":
            return replace(mention, level=level, kind=kind, place=name, body=f"{kind} {name}")
        return replace(mention, level=level, kind=kind, place=name)
    if head.group("party") and units_named(name):
        return replace(mention, level="city", place=name)
    return replace(mention, body=f"{head.group('party') or head.group('place')} {name}")
