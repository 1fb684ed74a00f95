"""How the figures of one sentence hang together: phrases, lists, brackets, parts.

Where to start reading: :func:`read_structure`, which gives each figure its :class:`Place`.

* The *right zone* of a figure is the noun phrase that it counts ("2.053 đảng viên mới"), up
  to a mark, the next figure, or a word that begins something else; a bracket that holds
  only a share is stepped over ("128 tổ chức (20%) hoàn thành tốt").
* The *label* is what stands between the last boundary and the figure ("nữ", "khai trừ" in
  "nữ 71 đồng chí", "khai trừ 2").
* Figures joined by nothing but "," or "và" form a *chain*: what governs the first governs
  all ("kiểm tra 46 tổ chức đảng và 218 đảng viên"), and a passive after the last belongs to
  all ("9% số tổ chức và 4% số đảng viên được kiểm tra").
* A *part zone* opens after "trong đó", "gồm", a colon or a bracket.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vankien.quantities.mentions import Quantity
from vankien.tagging.indicators.lexicon import lexicon
from vankien.tagging.indicators.phrases import SentencePhrases

__all__ = ["Place", "clause_start", "is_size", "plain_end", "plain_place", "read_structure"]

OPEN_SHARE = 4
"""Syllables that a share's own noun may have ("số tổ chức đảng")."""

_PHRASE_MARK = re.compile(r"[,;:.!?()\[\]…]|\s[-–—]\s|\s(?:và|hoặc)\s+(?=\d)")
_LABEL_MARK = re.compile(r"[,;:()\[\]…\"“”.]|\s[-–—]\s")
_EMBEDDED = re.compile(r"\s+(?:\w+\s+){0,3}có (?:từ |trên |dưới |hơn )")
_UPWARD = re.compile(r"[^,;.()\d]{0,16}?trở (?:lên|xuống)")
_OF_ALL = re.compile(r"\s*(?:trên )?(?:tổng số|số|so với)\s[^()\d;]{0,40}\)")
_SIZED = re.compile(r" (?:có )?(?:dưới|trên|từ|ít hơn|không đủ|chưa đủ|chưa đến) ")
_BRACKETED = re.compile(r"\s*\([^()\d]{0,24}$")


@dataclass(slots=True)  # frozen, it takes three times as long to make, and there are thousands
class Place:
    """Where a figure stands in its sentence; offsets index the sentence.

    ``anchor`` is the figure from which distances to the left are measured (the first of its
    chain), ``right_end`` the end of the words that may follow the chain (they belong to this
    figure where ``open_end``: it has no words of its own but its noun), ``bracket_of`` the
    figure before whose bracket this one stands in, ``chained_to`` the figure before it in
    its chain, ``zone`` where the part zone that holds it opens (-1: none), ``uncounted`` marks
    a bare number before a noun that no unit knows ("2 Thẩm phán"), ``mixed`` a figure whose
    chain goes on with a noun of another kind ("4 tổ chức đảng và 13 đảng viên").
    """

    clause: int
    previous_end: int
    label_start: int
    anchor: int
    phrase_end: int
    right_end: int
    open_end: bool
    figures_before: tuple[int, ...]
    bracket_of: int | None
    chained_to: int | None
    zone: int
    uncounted: bool
    mixed: bool


def plain_place(sentence: str, quantity: Quantity, previous_end: int, phrase_end: int) -> Place:
    """Return a place that knows its clause only, for sentences in which no frame is tried."""
    figure = quantity.number_start
    return Place(
        clause=clause_start(sentence, figure),
        previous_end=previous_end,
        label_start=figure,
        anchor=figure,
        phrase_end=phrase_end,
        right_end=quantity.end,
        open_end=False,
        figures_before=(),
        bracket_of=None,
        chained_to=None,
        zone=-1,
        uncounted=False,
        mixed=False,
    )


def plain_end(sentence: str, quantity: Quantity, following: int) -> int:
    """Return where the words after a figure end: at a mark, or where the next figure begins."""
    match = _PHRASE_MARK.search(sentence, quantity.end, following)
    return match.start() if match else following


def clause_start(sentence: str, offset: int) -> int:
    """Return where the clause that holds ``offset`` begins (after the last semicolon)."""
    return sentence.rfind(";", 0, offset) + 1


def read_structure(
    sentence: str, quantities: list[Quantity], phrases: SentencePhrases
) -> list[Place]:
    """Return the place of each figure of a sentence, in order."""
    shares = [_share_bracket(sentence, quantities, i) for i in range(len(quantities))]
    nouns = [
        (hit.start, hit.end)
        for hits in phrases.heads.values()
        for hit in hits
        if "," in sentence[hit.start : hit.end]
    ]
    nouns += [(hit.start, hit.end) for hit in phrases.context.get("joined_nouns", ())]
    ends = [
        _phrase_end(sentence, quantities, i, shares, nouns, phrases) for i in range(len(quantities))
    ]
    chained: list[int | None] = [None]
    for i in range(1, len(quantities)):
        # A bracketed share stands aside: the chain runs from the figure before it.
        first = i - 1
        while first > 0 and shares[first]:
            first -= 1
        gap_start = max(ends[first], quantities[i - 1].end + 1 if shares[i - 1] else 0)
        gap = sentence[gap_start : quantities[i].number_start]
        chained.append(first if not shares[i] and lexicon().chain.fullmatch(gap) else None)
    places: list[Place] = []
    right = list(ends)
    for i in range(len(quantities) - 1, 0, -1):
        before = chained[i]
        # "9 chi bộ trực thuộc, 5 chi bộ hoàn thành tốt": the same noun again starts anew.
        anew = before is not None and _again(quantities[before], quantities[i])
        if anew:
            continue
        if before is not None and (quantities[before].unit == "%") == (quantities[i].unit == "%"):
            right[before] = max(right[before], right[i])
    for i, quantity in enumerate(quantities):
        chained_to = chained[i]
        previous_end = quantities[i - 1].end if i else 0
        places.append(
            Place(
                clause=clause_start(sentence, quantity.number_start),
                previous_end=previous_end,
                label_start=_label_start(sentence, quantity, previous_end),
                anchor=(
                    places[chained_to].anchor if chained_to is not None else quantity.number_start
                ),
                phrase_end=ends[i],
                right_end=right[i],
                open_end=_open_end(sentence, quantity, ends[i], phrases),
                figures_before=tuple(q.number_start for q in quantities[:i]),
                bracket_of=i - 1 if shares[i] else None,
                chained_to=chained_to,
                zone=_zone(sentence, quantity, phrases),
                uncounted=_uncounted(sentence, quantity, phrases),
                mixed=any(
                    chained[j] == i
                    and quantities[j].dimension not in (None, quantity.dimension)
                    and quantity.dimension is not None
                    for j in range(i + 1, len(quantities))
                ),
            )
        )
    return places


def _again(before: Quantity, quantity: Quantity) -> bool:
    """Say whether two figures of organisations repeat the noun ("9 chi bộ ..., 5 chi bộ ...")."""
    if before.dimension != "organisation" or quantity.dimension != "organisation":
        return False
    first, second = (before.unit_text or "").lower(), (quantity.unit_text or "").lower()
    return first.startswith(second) or second.startswith(first)


def _share_bracket(sentence: str, quantities: list[Quantity], index: int) -> bool:
    """Say whether a figure stands alone in the bracket after the figure before it."""
    if not index:
        return False
    quantity, before = quantities[index], quantities[index - 1]
    gap = sentence[before.end : quantity.number_start]
    rest = sentence[quantity.end :]
    closed = rest.lstrip()[:1] == ")" or (quantity.unit == "%" and _OF_ALL.match(rest) is not None)
    return closed and "(" in gap and _BRACKETED.search(gap) is not None and ";" not in gap


def _phrase_end(
    sentence: str,
    quantities: list[Quantity],
    index: int,
    shares: list[bool],
    nouns: list[tuple[int, int]],
    phrases: SentencePhrases,
) -> int:
    quantity = quantities[index]
    begin, following = quantity.end, index + 1
    if following < len(quantities) and shares[following]:
        share_end = sentence.find(")", quantities[following].end) + 1
        # "128 tổ chức (20%) hoàn thành": the phrase goes on behind the bracket.
        if sentence[begin : sentence.find("(", begin)].strip() == "":
            begin, following = share_end, following + 1
    elif shares[index]:
        begin = sentence.find(")", quantity.end) + 1
    if following < len(quantities) and following == index + 1:
        # "90% doanh nghiệp có từ 100 lao động trở lên có tổ chức đảng": the clause is the noun's.
        inner = quantities[following]
        opened = _EMBEDDED.fullmatch(sentence[begin : inner.number_start])
        closed = _UPWARD.match(sentence, inner.end)
        if opened and closed:
            begin, following = closed.end(), following + 1
    limit = quantities[following].number_start if following < len(quantities) else len(sentence)
    end = limit
    for match in _PHRASE_MARK.finditer(sentence, begin, min(limit + 1, len(sentence))):
        if match.start() >= limit:
            break
        # "cán bộ, đảng viên" is one noun: a comma inside it ends nothing.
        if match.group() == "," and any(a < match.start() < b for a, b in nouns):
            continue
        end = match.start()
        break
    goes_on = {hit.start for hit in phrases.context.get("noun_phrase_goes_on", ())}
    for hit in phrases.context.get("noun_phrase_end", ()):
        if begin <= hit.start < end and hit.start not in goes_on:
            end = hit.start
            break
    return max(end, quantity.end)


def _open_end(sentence: str, quantity: Quantity, end: int, phrases: SentencePhrases) -> bool:
    """Say whether a figure has no words after it but its noun ("9,5% số tổ chức đảng")."""
    words = sentence[quantity.end : end].split()
    if len(words) <= (OPEN_SHARE if quantity.unit == "%" else 1):
        return True
    # A long noun of the codebook ("tổ chức cơ sở đảng") is no more than a noun.
    return any(
        hit.end >= end - 1
        and sentence[quantity.end : hit.start].strip().lower() in lexicon().transparent
        for hits in phrases.heads.values()
        for hit in hits
        if quantity.end <= hit.start and hit.end <= end
    )


def _uncounted(sentence: str, quantity: Quantity, phrases: SentencePhrases) -> bool:
    if quantity.unit is not None or quantity.rank or quantity.number_end >= len(sentence):
        return False
    if sentence[quantity.number_end] == ".":
        return False
    rest = sentence[quantity.number_end :]
    if not rest[:1].isspace() or not rest.lstrip()[:1].isalpha():
        return False
    start = len(sentence) - len(rest.lstrip())
    if lexicon().joined.match(sentence, start):
        return False
    return all(hit.start != start for hit in phrases.context.get("noun_phrase_end", ()))


def _label_start(sentence: str, quantity: Quantity, previous_end: int) -> int:
    start = previous_end
    for match in _LABEL_MARK.finditer(sentence, previous_end, quantity.number_start):
        rest = sentence[match.end() : quantity.number_start]
        # "năm 2019: 104" keeps its label before the colon.
        if match.group() == ":" and lexicon().filler.fullmatch(rest):
            continue
        start = match.end()
    return start


def _closed(sentence: str, word: int, figure: int) -> bool:
    """Say whether a word stands in a bracket that closed before a figure."""
    opening = sentence.rfind("(", 0, word)
    return opening > sentence.rfind(")", 0, word) and sentence.find(")", word, figure) >= 0


def _zone(sentence: str, quantity: Quantity, phrases: SentencePhrases) -> int:
    figure = quantity.number_start
    best = max(
        (
            h.start
            for h in phrases.context.get("part_markers", ())
            if h.end <= figure and not _closed(sentence, h.start, figure)
        ),
        default=-1,
    )
    opened = sentence.rfind("(", 0, figure)
    if opened > sentence.rfind(")", 0, figure):
        best = max(best, opened)
    colon = sentence.rfind(":", 0, figure)
    opens = not lexicon().filler.fullmatch(sentence[colon + 1 : figure])
    # "(xã Hòa Bình: 14; xã Hòa An: 11)": a colon after a label alone opens nothing.
    label = max(sentence.rfind(mark, 0, max(colon, 0)) for mark in "(;") + 1
    if colon >= 0 and (opens or re.search(r"\d", sentence[label:colon])):
        best = max(best, colon)
    return best


def is_size(surface: str, quantities: list[Quantity], position: int) -> bool:
    """Say whether a figure is the size of what the one before it counts ("41 chi bộ dưới 10
    đảng viên")."""
    if not position:
        return False
    before, quantity = quantities[position - 1], quantities[position]
    return (
        before.dimension in ("organisation", "place")
        and quantity.dimension == "person"
        and _SIZED.fullmatch(surface, before.end, quantity.number_start) is not None
    )
