"""What stands around a mention: the evidence by which it is resolved.

A :class:`Case` is built for each mention with a number or a plenum.  Its candidates are the
documents of that number or plenum that fit what is stated: type, year, body, and the date of
the text (nothing cites a later document).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from vankien.tagging.references.grammar import grammar, ordinal, term_of
from vankien.tagging.references.issuers import (
    CENTRAL_SYMBOL,
    Issuer,
    date_after,
    issuer_after,
    issuer_before,
)
from vankien.tagging.references.knowledge import (
    CentralDocument,
    knowledge,
    number_key,
    plain,
    short_key,
)
from vankien.tagging.references.mention import Mention

__all__ = ["Case", "Sentences", "cases_of", "is_central"]

WINDOW = 600
"""Characters on each side of a mention that may speak for a document."""

ROW_GAP = 8
"""Characters at most between two mentions that are named in one breath."""

_SENTENCE_END = re.compile(r"[.!?…;][\"”)]?\s+(?=\S)|\n")
_NUMBER_AND_YEAR = re.compile(r"\d+[a-z]?/\d{4}(?=/)", re.IGNORECASE)


@dataclass(slots=True)
class Case:
    """A mention with what stands around it.

    ``right``, ``left`` and ``sentence`` are plain words (see :func:`plain`): up to the next
    mention, from the last one, and all of the sentence; ``subject`` is what follows "về".
    ``party``: the sentence speaks of the Party.  ``row``: one of several in a row;
    ``company`` is shared by neighbours of one type ("Nghị quyết 18 và Nghị quyết 19").
    ``place`` is the number of its sentence.  ``plural``: several documents under one name.
    ``worded``: the candidates left are those whose keywords the sentence has.
    """

    mention: Mention
    issuer: Issuer
    date: date | None
    term: str | None
    right: str
    left: str
    sentence: str
    subject: str
    party: bool
    row: bool
    plural: bool
    candidates: list[CentralDocument]
    company: int = 0
    place: int = 0
    note: str = ""
    worded: bool = False
    chosen: CentralDocument | None = None


class Sentences:
    """Where the sentences of a text begin, for windows around mentions."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(m.end() for m in _SENTENCE_END.finditer(text)), len(text)]

    def around(self, start: int, end: int) -> tuple[int, int]:
        """Return the bounds of the sentences that hold ``text[start:end]``."""
        first = self.starts[max(0, bisect_right(self.starts, start) - 1)]
        place = bisect_right(self.starts, max(start, end - 1))
        return first, self.starts[min(place, len(self.starts) - 1)]

    def index(self, offset: int) -> int:
        """Return a number for the sentence at an offset."""
        return bisect_right(self.starts, offset)


def cases_of(
    text: str, mentions: list[Mention], sentences: Sentences, published: date | None
) -> dict[int, Case]:
    """Return the cases of the mentions that the knowledge base is asked for, by their id.

    A year that belongs to a document is taken into its mention.
    """
    groups: dict[int, list[Mention]] = {}
    for mention in mentions:
        groups.setdefault(mention.group, []).append(mention)
    rows = list(groups.values())
    company = _company(text, rows)
    cases: dict[int, Case] = {}
    for place, row in enumerate(rows):
        before = rows[place - 1][-1].end if place else 0
        after = rows[place + 1][0].start if place + 1 < len(rows) else len(text)
        for mention in row:
            if mention.form in ("full", "short", "plenum"):
                cases[id(mention)] = _case(
                    text, mention, row, (before, after), sentences, published
                )
                cases[id(mention)].company = company[place]
                cases[id(mention)].place = sentences.index(mention.start)
    return cases


def _company(text: str, rows: list[list[Mention]]) -> list[int]:
    """Return a number for each row, shared by neighbours named in one breath."""
    numbers: list[int] = []
    for place, row in enumerate(rows):
        number = place
        if place:
            last = rows[place - 1][-1]
            gap = text[last.end : row[0].start]
            if row[0].types[0] == last.types[0] and grammar().breath.fullmatch(gap):
                number = numbers[-1]
        numbers.append(number)
    return numbers


def is_central(number: str | None) -> bool:
    """Say whether a number has the symbol of the Party's centre."""
    return number is not None and number_key(number).endswith(f"/{CENTRAL_SYMBOL}")


def _candidates(mention: Mention) -> list[CentralDocument]:
    base = knowledge()
    if mention.form == "plenum":
        return [d for d in base.by_plenum.get(mention.plenum or 0, ()) if d.type in mention.types]
    number = mention.number or ""
    if mention.form == "full":
        found = base.by_key.get(number_key(number), [])
        slipped = _NUMBER_AND_YEAR.match(number)
        if found or slipped is None:
            return list(found)
        number = slipped.group()  # "Nghị định 108/2014/CP": the symbol has slipped
    if "/" in number:  # "Nghị định 193/2013"
        start = number_key(number) + "/"
        return [
            d for d in base.by_short.get(short_key(number), ())
            if number_key(d.number).startswith(start) and d.type in mention.types
        ]  # fmt: skip
    found = base.by_short.get(number_key(number), [])
    same = [d for d in found if d.type in mention.types]
    # A regulation is often called a decision; the symbol of both is the same.
    twins = set(grammar().twins)
    alike = twins & set(mention.types)
    return same or [d for d in found if alike and d.type in twins]


def _case(
    text: str,
    mention: Mention,
    row: list[Mention],
    bounds: tuple[int, int],
    sentences: Sentences,
    published: date | None,
) -> Case:
    candidates = _candidates(mention)
    note = "" if candidates else "no document of this number or name is known"
    if mention.year is not None and mention.year_end is not None:
        years = [d.date.year for d in candidates]
        # "kết quả thực hiện Chỉ thị 05 năm 2020": the year of the result, not the Directive's.
        if mention.year in years or not years or mention.year < min(years):
            mention.end = mention.year_end
            candidates = [d for d in candidates if d.date.year == mention.year]
            note = note or ("" if candidates else "no document of this number and year is known")
    last_of_row = row[-1]
    issuer = issuer_after(text, mention.end)
    if not issuer.name and last_of_row is not mention:
        issuer = issuer_after(text, last_of_row.end)
    where = issuer.end or last_of_row.end
    when = mention.date
    if when is None and last_of_row is mention and issuer.end:
        when = date_after(text, where)
    meeting = grammar().tails["at_meeting"].match(text, last_of_row.end)
    term = mention.term or (issuer.term if issuer.standing in ("party", "centre") else None)
    if meeting is not None and mention.form != "plenum":
        number = ordinal(meeting.group("word") or meeting.group("word2") or meeting.group("digit"))
        candidates = [d for d in candidates if d.plenum == number] or candidates
        of_term = grammar().tails["term"].match(text, meeting.end())
        term = term_of(of_term.group("term")) if of_term is not None else term
    if not issuer.name:
        issuer = issuer_before(text, row[0].start)
    row_start, row_end = row[0].start, last_of_row.end
    first, last = sentences.around(row_start, row_end)
    # Bounded, so that a text without sentence ends costs no more than any other.
    first, last = max(first, row_start - WINDOW), min(last, row_end + WINDOW)
    stop = min(last, bounds[1])
    near = max(first, mention.start - WINDOW), min(last, mention.end + WINDOW)
    about = grammar().about.match(text, where)
    return Case(
        mention=mention,
        issuer=issuer,
        date=when,
        term=term,
        right=plain(text[row_end:stop]),
        left=plain(text[max(first, bounds[0]) : row_start]),
        sentence=plain(text[near[0] : near[1]]),
        subject=plain(text[about.end() : stop]) if about is not None else "",
        party=grammar().party_context.search(text, *near) is not None,
        row=len(row) > 1,
        plural=row[0].plural and len(row) == 1 and bounds[1] - mention.end > ROW_GAP,
        candidates=_stated(candidates, mention, issuer, published),
        note=note,
    )


def _stated(
    candidates: list[CentralDocument], mention: Mention, issuer: Issuer, published: date | None
) -> list[CentralDocument]:
    """Narrow the candidates by the body named and by the date of the text."""
    if published is not None:
        candidates = [d for d in candidates if d.date <= published]
    if mention.form == "plenum" or (mention.form == "full" and is_central(mention.number)):
        named = issuer.name if issuer.standing == "party" and mention.form == "full" else ""
        return [d for d in candidates if d.issuer == named] or candidates
    if issuer.standing == "other":
        return []
    if issuer.standing == "state":
        return [d for d in candidates if d.issuer == issuer.name]
    if issuer.standing == "centre":
        return [d for d in candidates if d.of_party]
    if issuer.standing == "party":
        party = [d for d in candidates if d.of_party]
        return [d for d in party if d.issuer == issuer.name] or party
    return candidates
