"""Lists whose members take their meaning from words that stand once, before the list.

Where to start reading: :func:`read_lists`, called once a sentence before its figures are
read.  Three forms:

* a *heading* before a colon ("Số đảng viên của huyện: năm 2015 có 4.870, năm 2018 là 5.214"):
  each figure counts what the heading says;
* a *breakdown of the sentence before* ("Theo lĩnh vực: kinh tế 54, văn hóa 47"): each figure
  is a part of the figure that the sentence before gave;
* a *respective* list ("kiểm tra 12 tổ chức và 40 đảng viên, tăng lần lượt 5% và 9%"; "số tổ
  chức đảng và đảng viên bị kỷ luật lần lượt là 13 và 295"): the n-th figure goes with the n-th
  figure, or the n-th noun, before the word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from vankien.quantities.mentions import Quantity
from vankien.quantities.units import unit_after
from vankien.tagging.indicators.frames import Candidate, Scene, best_frame
from vankien.tagging.indicators.lexicon import lexicon
from vankien.tagging.indicators.phrases import SentencePhrases, scan_sentence
from vankien.tagging.indicators.structure import Place, clause_start, read_structure

__all__ = ["ListRole", "read_lists"]

OPENING = 40
"""Characters at the head of a sentence in which a word that opens a breakdown stands."""

LEAST = 2
"""Figures that a list has at the least."""

GIVEN = 2.1
"""Score of an indicator that a list gives to its figures."""


@dataclass(slots=True)
class ListRole:
    """What a list says of one figure.

    ``candidate``: the indicator that the words before the list give; ``divides``: the figure
    is a part of the one that the sentence before gave; ``partner``: the position of the
    figure that it goes with; ``nth``: its place in a respective list, and the list's length.
    """

    candidate: Candidate | None = None
    divides: bool = False
    partner: int | None = None
    nth: tuple[int, int] | None = None


def read_lists(
    sentence: str,
    quantities: list[Quantity],
    places: list[Place],
    phrases: SentencePhrases,
    topic: Candidate | None,
    holds: Callable[[str], bool],
) -> dict[int, ListRole]:
    """Return the roles of the figures of a sentence that stand in such a list."""
    if len(quantities) < LEAST:
        return {}
    roles: dict[int, ListRole] = {}
    _respective(sentence, quantities, places, phrases, holds, roles)
    members = [
        i
        for i, (quantity, place) in enumerate(zip(quantities, places, strict=True))
        if i not in roles and _is_member(sentence, quantity, place)
    ]
    if len(members) >= LEAST:
        _headed(sentence, quantities, members, holds, roles)
        if topic is not None and any(
            hit.start < OPENING and hit.start < quantities[members[0]].start
            for hit in phrases.context.get("breakdown_opening", ())
        ):
            for i in members:
                if i not in roles and _counts(topic, quantities[i]):
                    roles[i] = ListRole(replace(topic, score=GIVEN), divides=True)
    return roles


def _is_member(sentence: str, quantity: Quantity, place: Place) -> bool:
    """Say whether a figure has a label and no noun that says what it counts."""
    if quantity.multiple or quantity.rank or place.uncounted:
        return False
    text = (quantity.unit_text or "").lower()
    if quantity.unit not in (None, "%") and text not in lexicon().generic:
        return False
    return bool(sentence[place.label_start : quantity.number_start].strip())


def _counts(candidate: Candidate, quantity: Quantity) -> bool:
    dimension = quantity.dimension
    return dimension in (None, "ratio") or dimension in candidate.indicator.dimensions


def _headed(
    sentence: str,
    quantities: list[Quantity],
    members: list[int],
    holds: Callable[[str], bool],
    roles: dict[int, ListRole],
) -> None:
    colon = sentence.rfind(":", 0, quantities[members[0]].number_start)
    while colon >= 0 and lexicon().filler.fullmatch(
        sentence[colon + 1 : quantities[members[0]].number_start]
    ):
        # "năm 2015: 25, năm 2020: 33": the colon of a label, not of the list.
        colon = sentence.rfind(":", 0, colon)
    if colon < 0 or any(q.start < colon for q in quantities):
        return
    inside = [i for i in members if ";" not in sentence[colon : quantities[i].start]]
    if len(inside) < LEAST:
        return
    said = _said(sentence[:colon], quantities[inside[0]], holds)
    if said is None:
        return
    for i in inside:
        if _counts(said, quantities[i]):
            roles[i] = ListRole(replace(said, score=GIVEN))


def _said(
    prefix: str, like: Quantity, holds: Callable[[str], bool], measure: str | None = None
) -> Candidate | None:
    """Return what a bare figure would count directly after the words of ``prefix``."""
    percent = like.unit == "%"
    number = "100%" if percent else "100"
    surface = f"{prefix.rstrip(' ,')} là {number}"
    start = len(surface) - len(number)
    quantity = replace(
        like,
        start=start,
        end=len(surface),
        number_start=start,
        number_end=start + 3,
        number="100",
        unit="%" if percent else None,
        unit_text="%" if percent else None,
        dimension="ratio" if percent else None,
    )
    phrases = scan_sentence(surface)
    scene = Scene(
        measure=measure or ("share" if percent else "level"),
        topic=None,
        whole=-1,
        carried=frozenset(),
        labelled=False,
        holds=holds,
    )
    place = read_structure(surface, [quantity], phrases)[0]
    return best_frame(surface, quantity, place, phrases, scene)


def _respective(
    sentence: str,
    quantities: list[Quantity],
    places: list[Place],
    phrases: SentencePhrases,
    holds: Callable[[str], bool],
    roles: dict[int, ListRole],
) -> None:
    for hit in phrases.context.get("respectively", ()):
        first = next((i for i, q in enumerate(quantities) if q.number_start >= hit.end), None)
        if first is None or any(c in sentence[hit.end : quantities[first].start] for c in ";."):
            continue
        chain = [first]
        while chain[-1] + 1 < len(quantities):
            gap = sentence[places[chain[-1]].phrase_end : quantities[chain[-1] + 1].number_start]
            if not lexicon().chain.fullmatch(gap):
                break
            chain.append(chain[-1] + 1)
        size = len(chain)
        if size < LEAST or first in roles:
            continue
        clause = clause_start(sentence, hit.start)
        before = [i for i in range(first) if quantities[i].start >= clause]
        nouns = _nouns(sentence, clause, hit.start, size)
        for n, i in enumerate(chain):
            role = roles[i] = ListRole(nth=(n, size))
            if len(before) >= size:
                role.partner = before[len(before) - size + n]
            elif nouns and quantities[i].unit in (None, "%"):
                own = sentence[nouns[n][0] : nouns[n][1]]
                prefix = sentence[clause : nouns[0][0]] + own + sentence[nouns[-1][1] : hit.start]
                found = _said(prefix, quantities[i], holds)
                if found is not None:
                    role.candidate = replace(found, score=max(GIVEN, found.score - 0.5))


def _nouns(sentence: str, start: int, end: int, size: int) -> list[tuple[int, int]]:
    """Return the last ``size`` coordinated counted nouns of a stretch ("tổ chức đảng và đảng
    viên"), empty where there are not so many."""
    found: list[tuple[int, int]] = []
    position = start
    while position < end:
        unit = unit_after(sentence, position)
        if unit is None or unit.end > end:
            position = sentence.find(" ", position, end) + 1 or end
            continue
        gap = sentence[found[-1][1] : unit.start] if found else ""
        if found and not lexicon().chain.fullmatch(gap):
            if len(found) >= size:
                break
            found = []
        found.append((unit.start, unit.end))
        position = unit.end
    return found[-size:] if len(found) >= size else []
