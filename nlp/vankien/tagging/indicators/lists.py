"""Lists whose members take their meaning from words that stand once, before the list.

Where to start reading: :func:`read_lists`, called once a sentence before its figures are
read.  Three forms:

* a *heading* before a colon ("Số đảng viên của huyện: năm 2015 có 4.870, năm 2018 là 5.214"):
  each figure counts what the heading says;
* a *breakdown of the sentence before* ("Theo lĩnh vực: kinh tế 54, văn hóa 47"): each figure
  is a part of the figure that the sentence before gave;
* a *respective* list (:mod:`respective`): the n-th figure goes with the n-th of what stands
  before "lần lượt".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from vankien.quantities.mentions import Quantity
from vankien.tagging.indicators.frames import Candidate
from vankien.tagging.indicators.lexicon import lexicon
from vankien.tagging.indicators.phrases import SentencePhrases
from vankien.tagging.indicators.respective import (
    GIVEN,
    LEAST,
    ListRole,
    read_respective,
    said_by,
)
from vankien.tagging.indicators.structure import Place

if TYPE_CHECKING:
    from vankien.tagging.indicators.pending import Pending

__all__ = ["ListRole", "read_lists"]

OPENING = 40
"""Characters at the head of a sentence in which a word that opens a breakdown stands."""


def read_lists(
    sentence: str,
    quantities: list[Quantity],
    places: list[Place],
    phrases: SentencePhrases,
    topic: Candidate | None,
    before: Sequence[Pending],
    holds: Callable[[str], bool],
) -> dict[int, ListRole]:
    """Return the roles of the figures of a sentence that stand in such a list."""
    if len(quantities) < LEAST:
        return {}
    roles: dict[int, ListRole] = {}
    read_respective(sentence, quantities, places, phrases, holds, roles, before)
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
                said = roles[i].candidate if i in roles else None
                if said is not None and said.indicator is topic.indicator:
                    roles[i].divides = True  # "Những nơi kết nạp nhiều là: xã A 21, xã B 17"
                elif i not in roles and _counts(topic, quantities[i]):
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
    said = said_by(sentence[:colon], quantities[inside[0]], holds)
    if said is None:
        return
    for i in inside:
        if _counts(said, quantities[i]):
            roles[i] = ListRole(replace(said, score=GIVEN))
