"""Respective lists: the n-th figure after "lần lượt" goes with the n-th of what stands before.

Where to start reading: :func:`read_respective`.  What stands before is

* as many figures ("kiểm tra 12 tổ chức và 40 đảng viên, tăng lần lượt 5% và 9%");
* as many counted nouns ("số tổ chức đảng và đảng viên bị kỷ luật lần lượt là 13 và 295");
* as many members of any other list ("khiển trách, cảnh cáo, khai trừ lần lượt là 14, 6 và 2").

:func:`spread_scales` is for the scale of money that stands once, after the last figure
("lần lượt là 3,4, 9,8 và 27,5 tỷ đồng").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vankien.language.cues import Hit
from vankien.quantities.mentions import Quantity
from vankien.quantities.numerals import parse_numeral
from vankien.quantities.units import unit_after
from vankien.tagging.indicators.frames import Candidate, Scene, best_frame
from vankien.tagging.indicators.lexicon import lexicon
from vankien.tagging.indicators.phrases import SentencePhrases, scan_sentence
from vankien.tagging.indicators.structure import Place, clause_start, read_structure

if TYPE_CHECKING:
    from vankien.tagging.indicators.pending import Pending

__all__ = ["ListRole", "read_respective", "said_by", "spread_scales"]

LEAST = 2
"""Figures that a list has at the least."""

GIVEN = 2.1
"""Score of an indicator that a list gives to its figures."""

_SEPARATOR = re.compile(r",\s+|\s+và\s+")
_CHANGED = re.compile(r"(?<!\w)(?:tăng|giảm|đạt)\s")
"""What may stand before each figure of the list ("lần lượt giảm 20% và tăng 6%")."""
_SCALED = re.compile(r"[\d.,]+((?: (?:nghìn|ngàn|triệu|tỷ|tỉ))+)")


@dataclass(slots=True)
class ListRole:
    """What a list says of one figure.

    ``candidate``: the indicator that the words before the list give; ``divides``: the figure
    is a part of the one that the sentence before gave; ``partner``: the position of the
    figure that it goes with, ``family`` the family of codes where it is another than the
    partner's; ``nth``: its place in a respective list, and the list's length; ``sure``: the
    members of the list differ, so no nearer word overrules what the list says.
    """

    candidate: Candidate | None = None
    divides: bool = False
    partner: int | None = None
    nth: tuple[int, int] | None = None
    family: str | None = None
    sure: bool = False


def read_respective(
    sentence: str,
    quantities: list[Quantity],
    places: list[Place],
    phrases: SentencePhrases,
    holds: Callable[[str], bool],
    roles: dict[int, ListRole],
    earlier: Sequence[Pending] = (),
) -> None:
    """Write the roles of the figures that stand in respective lists into ``roles``."""
    for hit in phrases.context.get("respectively", ()):
        chain = _chain(sentence, quantities, places, hit.end)
        if len(chain) < LEAST or chain[0] in roles:
            continue
        for n, i in enumerate(chain):
            roles[i] = ListRole(nth=(n, len(chain)))
        clause = clause_start(sentence, hit.start)
        before = [i for i in range(chain[0]) if quantities[i].start >= clause]
        if len(before) >= len(chain):
            _pair(before, chain, roles)
            continue
        if not before and _of_sentence_before(earlier, chain, roles):
            continue
        nouns = _nouns(sentence, clause, hit.start, len(chain))
        if nouns and _give(sentence, clause, nouns, hit, quantities, chain, holds, roles):
            continue
        members = _members(sentence, clause, hit.start, len(chain), phrases)
        if members and _give(sentence, clause, members, hit, quantities, chain, holds, roles):
            continue
        corresponding = sentence[hit.start : hit.end].lower().startswith("tương ứng")
        if not corresponding and quantities[chain[0]].unit == "%":
            # "tỷ lệ so với số phải thu lần lượt đạt ...": nothing of its own is named.
            corresponding = (
                said_by(sentence[clause : hit.start], quantities[chain[0]], holds) is None
            )
        if corresponding and not before and chain[0] >= len(chain):
            # "kiểm tra 5 tổ chức, 11 đảng viên; so với kế hoạch, các tỷ lệ tương ứng là ..."
            words = sentence[clause : hit.start].lower()
            found = max((words.rfind(noun), family) for noun, family in lexicon().assessed_nouns)
            _pair(list(range(chain[0])), chain, roles, found[1] if found[0] >= 0 else None)


def _chain(sentence: str, quantities: list[Quantity], places: list[Place], start: int) -> list[int]:
    """Return the figures of the list that begins directly after a word."""
    first = next((i for i, q in enumerate(quantities) if q.number_start >= start), None)
    if first is None or any(c in sentence[start : quantities[first].start] for c in ";."):
        return []
    chain = [first]
    while chain[-1] + 1 < len(quantities):
        gap = sentence[places[chain[-1]].phrase_end : quantities[chain[-1] + 1].number_start]
        if not lexicon().chain.fullmatch(_CHANGED.sub("", gap)):
            break
        chain.append(chain[-1] + 1)
    return chain


def _pair(
    before: list[int], chain: list[int], roles: dict[int, ListRole], family: str | None = None
) -> None:
    for n, i in enumerate(chain):
        roles[i].partner = before[len(before) - len(chain) + n]
        roles[i].family = family


def _of_sentence_before(
    earlier: Sequence[Pending], chain: list[int], roles: dict[int, ListRole]
) -> bool:
    """Pair a list with as many counts of the sentence before ("So với năm 2021, tăng lần lượt").

    The counts are those of that sentence's own respective list, else all that it gives.
    """
    levels = [p for p in earlier if p.reading.measure == "level"]
    listed = [p for p in levels if p.role is not None and p.role.nth is not None]
    bases = listed if len(listed) == len(chain) else levels
    if len(bases) != len(chain):
        return False
    for base, i in zip(bases, chain, strict=True):
        if base.candidate is not None:
            roles[i].candidate = replace(base.candidate, score=GIVEN)
            roles[i].sure = True
    return True


def _give(
    sentence: str,
    clause: int,
    members: list[tuple[int, int]],
    hit: Hit,
    quantities: list[Quantity],
    chain: list[int],
    holds: Callable[[str], bool],
    roles: dict[int, ListRole],
) -> bool:
    """Give each figure what it would count after its own member of the list alone."""
    before, after = sentence[clause : members[0][0]], sentence[members[-1][1] : hit.start]
    last = quantities[chain[-1]]
    noun = last if last.unit not in (None, "%") else None
    found: list[Candidate] = []
    for (start, end), i in zip(members, chain, strict=True):
        if quantities[i].unit not in (None, "%") and i != chain[-1]:
            return False
        candidate = said_by(before + sentence[start:end] + after, quantities[i], holds, noun=noun)
        if candidate is None:
            return False
        found.append(candidate)
    sure = len({candidate.indicator.code for candidate in found}) == len(found)
    for candidate, i in zip(found, chain, strict=True):
        roles[i].candidate = replace(candidate, score=max(GIVEN, candidate.score - 0.5))
        roles[i].sure = sure
    return True


def _members(
    sentence: str, start: int, end: int, size: int, phrases: SentencePhrases
) -> list[tuple[int, int]]:
    """Return the last ``size`` members of a list of any words, empty where there are not so many.

    The first begins with the longest phrase of the codebook that ends where the list goes on;
    what stands before it belongs to all.
    """
    marks = [(m.start(), m.end()) for m in _SEPARATOR.finditer(sentence, start, end)][1 - size :]
    if len(marks) < size - 1:
        return []
    cut = marks[0][0]
    opening = min(
        (
            hit.start
            for table in (phrases.triggers, phrases.qualifiers, phrases.heads)
            for hits in table.values()
            for hit in hits
            if hit.end == cut
        ),
        default=None,
    )
    if opening is None:
        return []
    starts = [opening, *(mark[1] for mark in marks)]
    ends = [*(mark[0] for mark in marks), end]
    return list(zip(starts, ends, strict=True))


def spread_scales(sentence: str, quantities: list[Quantity], phrases: SentencePhrases) -> None:
    """Give the figures of a respective list the scale of money that stands after its last."""
    for hit in phrases.context.get("respectively", ()):
        first = next((i for i, q in enumerate(quantities) if q.number_start >= hit.end), None)
        if first is None:
            continue
        last = first
        while last + 1 < len(quantities) and lexicon().chain.fullmatch(
            sentence, quantities[last].end, quantities[last + 1].number_start
        ):
            last += 1
        scaled = _SCALED.fullmatch(quantities[last].number)
        if quantities[last].dimension != "money" or scaled is None:
            continue
        factor = parse_numeral(f"1{scaled.group(1)}")
        for i in range(first, last):
            value = quantities[i].value
            if quantities[i].unit is None and value is not None:
                quantities[i] = replace(
                    quantities[i],
                    value=value * factor,
                    unit=quantities[last].unit,
                    unit_text=quantities[last].unit_text,
                    dimension="money",
                )


def said_by(
    prefix: str,
    like: Quantity,
    holds: Callable[[str], bool],
    *,
    noun: Quantity | None = None,
) -> Candidate | None:
    """Return what a bare figure, or one with the noun of ``noun``, would count directly after
    the words of ``prefix``."""
    percent = like.unit == "%"
    number = "100%" if percent else "100"
    text = noun.unit_text if noun is not None else None
    surface = f"{prefix.rstrip(' ,')} {'' if text else 'là '}{number}"
    start = len(surface) - len(number)
    if text:
        surface += f" {text}"
    quantity = replace(
        like,
        start=start,
        end=len(surface),
        number_start=start,
        number_end=start + 3,
        number="100",
        unit="%" if percent else noun.unit if noun else None,
        unit_text="%" if percent else text,
        dimension="ratio" if percent else noun.dimension if noun else None,
    )
    phrases = scan_sentence(surface)
    scene = Scene(
        measure="share" if percent else "level",
        topic=None,
        whole=-1,
        carried=frozenset(),
        labelled=False,
        holds=holds,
    )
    place = read_structure(surface, [quantity], phrases)[0]
    return best_frame(surface, quantity, place, phrases, scene)


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
