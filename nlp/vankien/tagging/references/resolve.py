"""Turn mentions into references: the second pass.

Where to start reading: :func:`resolve`.  Numbers and plenums are settled by ``cases.py`` and
``choice.py``; laws by year or by the date of the text; congresses by their number; back
references ("Nghị quyết này") by the one document of their type in the nearest sentence
before them.  Where more than one document is left, ``canonical`` stays None and ``note``
says why.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from vankien.tagging.references.cases import Case, Sentences, cases_of
from vankien.tagging.references.choice import choose
from vankien.tagging.references.grammar import grammar
from vankien.tagging.references.issuers import issuers
from vankien.tagging.references.knowledge import knowledge, number_key
from vankien.tagging.references.mention import Mention, Reference

__all__ = ["resolve"]

FEW = 30
"""Mentions of one sentence at most among which an antecedent is looked for."""

NEAR = 900
"""Characters within which "quy định này" in small letters looks for its document."""


def resolve(text: str, mentions: list[Mention], published: date | None) -> list[Reference]:
    """Return one reference for each mention that is one, in order.

    ``published`` is the date of the text.  Dropped are back references without anything
    before them and the constitutions of other countries.
    """
    sentences = Sentences(text)
    cases = cases_of(text, mentions, sentences, published)
    choose(list(cases.values()), published)
    found: list[Reference] = []
    for mention in mentions:
        case = cases.get(id(mention))
        reference: Reference | None
        if case is not None:
            reference = _numbered(text, case)
        elif mention.form == "back":
            reference = _go_back(text, mention, found, sentences)
        elif mention.form == "law":
            reference = _law(text, mention, published)
        elif mention.form == "congress":
            reference = _congress(text, mention, published)
        else:
            reference = _named(text, mention, sentences)
        if reference is not None:
            found.append(reference)
    return found


def _day(canonical: str) -> date:
    return date.fromisoformat(canonical.split("@")[1])


def _symbol_issuer(number: str | None) -> str | None:
    if number is None or not re.search(r"[-/][A-ZĐƯ]", number):
        return None
    tail = re.split(r"[-/]", number)[-1]
    symbols = issuers().symbols
    return symbols.get(tail) or symbols.get(re.sub(r"\d+\Z", "", tail))


def _numbered(text: str, case: Case) -> Reference:
    mention, chosen = case.mention, case.chosen
    kind, number, note = mention.types[0], mention.number, case.note
    canonical = chosen.canonical if chosen is not None else None
    when = case.date or (chosen.date if chosen is not None else None)
    if chosen is not None:
        if chosen.type in mention.types:
            kind = chosen.type
        if mention.form != "full":
            number = chosen.number
    elif mention.form == "full" and number is not None and kind in grammar().laws:
        law = knowledge().law_versions.get(number_key(number))
        if law is not None:
            kind, canonical, when = law[0].type, law[1], _day(law[1])
    named = case.issuer.name if case.issuer.standing != "centre" else ""
    issuer = named or mention.issuer or (chosen.issuer if chosen else None)
    return Reference(
        mention.start, mention.end, text[mention.start : mention.end], kind, number, when,
        issuer or _symbol_issuer(number), canonical, "" if canonical else note,
    )  # fmt: skip


def _one_of(
    text: str, mention: Mention, known: list[str], issuer: str | None, note: str = ""
) -> Reference:
    """Return the reference to the one known form, or to none."""
    canonical = known[0] if len(known) == 1 else None
    if canonical is None and not note:
        several = "several documents fit: " + ", ".join(known)
        note = several if known else "no such document is known"
    number, when = mention.number, mention.date
    if canonical is not None:
        when = _day(canonical)
        if mention.form == "law":
            number = canonical.split("@")[0]
    return Reference(
        mention.start, mention.end, text[mention.start : mention.end], mention.types[0],
        number, when, issuer, canonical, "" if canonical else note,
    )  # fmt: skip


def _law(text: str, mention: Mention, published: date | None) -> Reference:
    known = list(mention.known or ())
    if mention.number is not None:
        version = knowledge().law_versions.get(number_key(mention.number))
        known = [version[1]] if version is not None else []
    if published is not None:
        # The law of the day is the last that had been passed.
        known = [v for v in known if _day(v) <= published][-1:]
    note = ""
    if mention.draft:
        known, note = [], "a draft is no law yet"
    return _one_of(text, mention, known, issuers().symbols["QH"], note)


def _congress(text: str, mention: Mention, published: date | None) -> Reference:
    known = [v for v in mention.known or () if published is None or _day(v) <= published]
    return _one_of(text, mention, known, mention.issuer)


def _named(text: str, mention: Mention, sentences: Sentences) -> Reference | None:
    rules = grammar()
    if mention.types[0] in rules.states and mention.year is None:
        first, last = sentences.around(mention.start, mention.end)
        sentence = text[first:last]
        if rules.country.search(sentence) and not rules.home.search(sentence):
            return None
    return _one_of(text, mention, [], None, "it has no number")


def _go_back(
    text: str, mention: Mention, found: list[Reference], sentences: Sentences
) -> Reference | None:
    near: list[Reference] = []
    for reference in reversed(found):
        if near and sentences.index(reference.start) != sentences.index(near[0].start):
            break
        if reference.type in mention.types:
            near.append(reference)
            if len(near) == FEW:
                break
    if not near:
        return None
    last = near[0]
    if not text[mention.start].isupper() and mention.start - last.end > NEAR:
        return None
    distinct = {r.canonical or r.number or r.surface for r in near}
    surface = text[mention.start : mention.end]
    if len(distinct) == 1:
        return replace(last, start=mention.start, end=mention.end, surface=surface)
    note = "several documents may be meant: " + ", ".join(sorted(distinct))
    return Reference(
        mention.start, mention.end, surface, mention.types[0], None, None, None, None, note
    )
