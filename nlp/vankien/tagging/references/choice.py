"""Choose among the candidates of the mentions of one text; null before a guess.

The order of the evidence: a stated date; a stated term; the words of the sentence, those
beside the mention first; a fuller mention of the same document in the text; the subject
that the text gives it; the term in which the text was written; last, what Party writing
means by a bare number or by a plenum (``short`` and ``by_plenum`` in the knowledge base).
A sentence that gives the document another subject rules all candidates out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

from vankien.tagging.references.cases import Case, is_central
from vankien.tagging.references.knowledge import (
    CentralDocument,
    knowledge,
    pairs,
    short_key,
    term_at,
)

__all__ = ["choose"]

RIGHT, LEFT, ANYWHERE = 3, 2, 1
"""Weights of a keyword after the mention, before it, anywhere in its sentence."""

OUTWEIGHS = 3
"""By how much the words must speak for another document than the one named in the text."""


def choose(cases: list[Case], published: date | None) -> None:
    """Set ``chosen`` or ``note`` of each case."""
    sizes = Counter(case.company for case in cases)
    for case in cases:
        case.row = case.row or sizes[case.company] > 1
        _narrow(case)
    explicit = [case for case in cases if _is_explicit(case)]
    for case in explicit:
        _by_sentence(case)
    named = {case.chosen.canonical for case in explicit if case.chosen is not None}
    for case in cases:
        if not _is_explicit(case):
            _by_text(case, named)
    _by_custom(cases, published)


def _narrow(case: Case) -> None:
    """Keep the candidates of the stated date and term."""
    if case.date is not None:
        case.candidates = [d for d in case.candidates if d.date == case.date]
        case.note = "" if case.candidates else "no document of this number and date is known"
    elif case.term is not None:
        case.candidates = [d for d in case.candidates if d.term == case.term]
    if case.plural and case.mention.form == "plenum" and len(case.candidates) > 1:
        case.note = _several(case)
        case.candidates = []
    elif not case.candidates:
        case.note = case.note or "no document of this number fits body, term and date"


def _is_explicit(case: Case) -> bool:
    return case.date is not None or case.term is not None or case.mention.form == "full"


def _several(case: Case) -> str:
    return "several documents fit: " + ", ".join(d.canonical for d in case.candidates)


def _hits(document: CentralDocument, words: str) -> int:
    return sum(keyword in words for keyword in knowledge().keywords[document.canonical])


def _score(document: CentralDocument, case: Case) -> int:
    return (
        RIGHT * _hits(document, case.right)
        + LEFT * _hits(document, case.left)
        + ANYWHERE * _hits(document, case.sentence)
    )


def _speaks_of(document: CentralDocument, case: Case) -> bool:
    """Say whether the sentence has anything of the document's subject."""
    if _hits(document, case.sentence):
        return True
    shared = pairs(case.subject or case.sentence) & knowledge().subjects[document.canonical]
    return len(shared) >= 2


def _by_text(case: Case, named: set[str]) -> None:
    """Prefer the one candidate that the text names in full, unless the words say another."""
    here = [d for d in case.candidates if d.canonical in named]
    if len(here) == 1:
        others = [_score(d, case) for d in case.candidates if d is not here[0]]
        if max(others, default=0) < _score(here[0], case) + OUTWEIGHS:
            case.chosen = here[0]
            return
    _by_sentence(case)


def _by_sentence(case: Case) -> None:
    """Choose by the mention and its sentence alone."""
    if not case.candidates:
        return
    if case.date is not None:
        case.chosen = case.candidates[0]
        return
    case.chosen = _by_words(case)
    if case.chosen is not None:
        return
    mention = case.mention
    if case.subject and mention.form != "plenum" and not case.row and not _is_plain(case):
        # The text says what the document is about: no other can be meant.
        speaking = [d for d in case.candidates if _speaks_of(d, case)]
        if not speaking:
            case.candidates = []
            case.note = "the documents of this number are on other subjects"
            return
        if len(speaking) == 1:
            case.chosen = speaking[0]
            return
    if len(case.candidates) == 1 and _may_stand_alone(case.candidates[0], case):
        case.chosen = case.candidates[0]
        return
    meant = [d for d in case.candidates if d.by_plenum]
    if mention.form == "plenum" and case.term is not None and len(meant) == 1:
        case.chosen = meant[0]
        return
    case.note = _several(case)


def _is_plain(case: Case) -> bool:
    """Say whether number and term, or a well-known number and symbol, leave one document."""
    if len(case.candidates) != 1:
        return False
    return case.term is not None or (case.mention.form == "full" and case.candidates[0].short)


def _by_words(case: Case) -> CentralDocument | None:
    """Return the one candidate whose words the sentence has, those beside it first."""
    scored = [(_score(d, case), d) for d in case.candidates]
    best = max(score for score, _ in scored)
    if not best:
        return None
    # A tie leaves only those whose words the sentence has.
    case.candidates = [d for score, d in scored if score == best]
    case.worded = True
    return case.candidates[0] if len(case.candidates) == 1 else None


def _may_stand_alone(only: CentralDocument, case: Case) -> bool:
    mention = case.mention
    if mention.form != "short":
        return True
    if case.term is not None or mention.year == only.date.year:
        return True
    if not only.of_party:
        # The State begins its numbers anew each year: the body and custom must agree.
        return only.short and case.issuer.standing == "state"
    central = case.issuer.standing in ("party", "centre")
    return central or (only.short and only.type in mention.types)


def _by_custom(cases: list[Case], published: date | None) -> None:
    """Choose for those still open by their row, by the text's own time, and by custom."""
    chosen = {case.chosen.canonical for case in cases if case.chosen is not None}
    rows: dict[int, set[date]] = defaultdict(set)
    for case in cases:
        if case.chosen is not None and case.row:
            rows[case.company].add(case.chosen.date)
    local = {
        (case.mention.types[0], short_key(case.mention.number))
        for case in cases
        if case.mention.number is not None and _is_local(case)
    }
    times = Counter(case.chosen.canonical for case in cases if case.chosen is not None)
    now = term_at(published) if published is not None else None
    of_party = {case.place for case in cases if case.chosen is not None and case.chosen.of_party}
    for case in cases:
        mention = case.mention
        case.party = case.party or case.place in of_party
        named_elsewhere = (
            mention.number is not None
            and not case.issuer.name
            and (mention.types[0], short_key(mention.number)) in local
        )
        if mention.form == "short" and named_elsewhere:
            # "Quy định 01 của Tỉnh ủy ... Quy định 01": the body named once holds for both.
            if case.chosen is None or times[case.chosen.canonical] == 1:
                if case.candidates:
                    case.note = "the text gives this number to a document of another body"
                case.chosen = None
        elif case.chosen is None and case.candidates:
            here = [d for d in case.candidates if d.canonical in chosen]
            case.chosen = _last_resort(case, here, rows.get(case.company, set()), now)


def _last_resort(
    case: Case, here: list[CentralDocument], row: set[date], now: str | None
) -> CentralDocument | None:
    mention = case.mention
    same_day = [d for d in case.candidates if d.date in row]
    if len(same_day) == 1:
        return same_day[0]  # "Nghị quyết 18, 19": two of one plenum
    if len(here) == 1:
        return here[0]
    custom = [d for d in case.candidates if d.short and d.of_party]
    if mention.form != "plenum" and case.party and len(custom) == 1:
        return custom[0]
    current = [d for d in case.candidates if now is not None and d.term == now]
    if mention.form == "plenum":
        # A plenum without its term is the last one of that name; its best known resolution
        # is meant where it has several.
        meant = [d for d in case.candidates if d.by_plenum] if now is not None else []
        last = max(meant, key=lambda d: d.date, default=None)
        return current[0] if len(current) == 1 else last
    if len(current) == 1 and (case.party or case.worded or mention.form == "full"):
        return current[0]
    return None


def _is_local(case: Case) -> bool:
    """Say whether the text gives the number to a body whose documents are not known."""
    if case.chosen is not None:
        return False
    if case.mention.form == "full":
        return not is_central(case.mention.number)
    return case.mention.form == "short" and case.issuer.standing in ("other", "state")
