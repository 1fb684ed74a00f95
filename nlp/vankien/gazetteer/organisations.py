"""The organisations and places of a sentence that a figure may be about.

Where to start reading: :func:`find_scopes`.  The forms are data
(``corpus/gazetteer/organisations.yaml``), combined here in the order in which Vietnamese
names them: a word of extent ("toàn"), an organ ("Ban Thường vụ"), a Party organisation or
committee ("Đảng bộ", "Tỉnh ủy"), a body ("Công an"), a territory ("tỉnh") and its name.
A form without a name ("toàn tỉnh") points to what was named before.  The text of a mention
is as written, up to a comma: the units that hold a commune are hints for its code.
:mod:`vankien.gazetteer.scope_codes` gives a mention its code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from vankien.gates import lower
from vankien.gazetteer.organisation_forms import (
    NAME,
    fold_words,
    organisation_data,
    organisation_forms,
)
from vankien.gazetteer.places import units_named
from vankien.normalise import UPPER

__all__ = ["ScopeMention", "find_scopes", "organisation_data"]


@dataclass(frozen=True, slots=True)
class ScopeMention:
    """A scope in a text, as written.

    ``kind`` is the Vietnamese word for the kind of its territory.
    ``level``: national, central, bloc, province, city (a province or district), district,
    commune, body or group (several units together).  ``place`` is the proper name of its
    territory; ``letters`` those of a
    Party organisation beside the territorial ones, or the whole code at the centre;
    ``body`` the words of a commune, cell or other body.  ``hints`` are names of units said
    to hold it.  ``relative``: without a name.  ``rank``: 0 a scope, 1 a place named
    in passing, 2 one that the words around make unlikely (the title of a person, "trực
    thuộc Tỉnh ủy").  ``bare``: a name
    without a word for its level.  ``reach``: where the hints end.  ``listed``: one of
    several names after a plural ("các huyện Đông Sơn, Nam Sơn").
    """

    start: int
    end: int
    text: str
    level: str
    place: str | None = None
    kind: str | None = None
    letters: str | None = None
    body: str | None = None
    hints: tuple[str, ...] = ()
    relative: bool = False
    rank: int = 0
    bare: bool = False
    reach: int = 0
    listed: bool = False


_DONE = re.compile(r"(?<![\d/])\d+/\d+\s+\Z")
_COUNT = re.compile(r"\s+(?:đồng chí|đảng viên|chi bộ|tổ chức|trường hợp|người|đoàn viên)(?!\w)")
_NAMED = re.compile(rf"\s[{UPPER}\d]")
_WIDTH = {"body": 0, "commune": 1, "district": 2, "city": 2, "province": 3}
_FORMS = (
    "leading", "central", "body", "land", "force", "committee", "noun", "free", "own", "sector",
    "plain", "party",
)  # fmt: skip


def find_scopes(text: str) -> list[ScopeMention]:
    """Return the scopes of a sentence in order, none overlapping."""
    grammar = organisation_forms()
    found: list[ScopeMention] = []
    position = 0
    for place in grammar.openings.places(lower(text)):
        if place < position or (match := grammar.forms.match(text, place)) is None:
            continue
        mention = _read(match, text)
        position = match.end() if mention is None else max(mention.end, mention.reach)
        if mention is not None and (kept := _weighed(mention, text)) is not None:
            found.append(kept)
    _add_bare(found, text)
    found.sort(key=lambda m: m.start)
    return found


def _read(match: re.Match[str], text: str) -> ScopeMention | None:
    grammar = organisation_forms()
    start = match.start()
    number = next((n for n in "1234567" if match.group(f"t{n}") is not None), "")
    form = next(f for f in _FORMS if match.group(f) is not None)
    end = match.end(form)
    if form == "leading":
        code = organisation_data()["leading"]["code"]
        return ScopeMention(start, end, text[start:end], "central", letters=code)
    if form == "central":
        entry = grammar.central[fold_words(match.group("c0") or match.group("c1"))]
        return ScopeMention(start, end, text[start:end], entry["level"], letters=entry["code"])
    word = fold_words(match.group(f"t{number}")) if number else ""
    level = grammar.territories.get(word, "")
    place: str | None = None
    if number:
        place, end = _fit(match, number, level)
    letters = body = None
    if form == "body":
        letters = grammar.letters[fold_words(match.group("b1"))]
    elif form == "force":
        letters = grammar.letters[fold_words(match.group("b7"))]
    elif form in ("free", "own"):
        words = match.group("b4") or match.group("b5")
        if words.split()[0] in grammar.not_names and not _opens_body(words):
            return None
        if form == "free" and _is_person(words, text[max(0, start - 48) : start]):
            return None
        if form == "own" and not _NAMED.search(words):
            return None  # "Công ty cổ phần" alone names none
        quoted = grammar.around["quoted"].search(text, max(0, start - 12), start)
        if form == "own" and words.startswith("Báo") and quoted:
            return None
        if not number and not words.isdigit() and units_named(words):
            place, level = words, "city"
        else:
            if not number:
                end = _whole_word(text, words, end)
            cut = match.start(f"t{number}") if number else end
            if not number and (place := _province_at_end(words)) is not None:
                level, cut = "province", end - len(place)
            body = text[match.start(form) : cut].strip()
            level = level or "body"
    elif form in ("sector", "noun"):
        body = match.group(form)
        if form == "noun" and body[0].islower():
            return None
    elif level == "commune" and place is not None:
        body = text[match.start(f"t{number}") : end]
    relative = place is None and body is None
    hints, stop = _hints(text, end, level)
    if form == "plain" and relative and word not in grammar.alone:
        return None
    return ScopeMention(
        start, end, text[start:end], level or "body", place=place,
        kind=grammar.kinds.get(word, word) or None,
        letters=letters, body=body, hints=hints, relative=relative, reach=stop,
    )  # fmt: skip


def _whole_word(text: str, words: str, end: int) -> int:
    """Return the end of a body's name that goes on: "Trường Đại học Lâm" to "Lâm sinh Ba Vì"."""
    if not _opens_body(words):
        return end
    grammar = organisation_forms()
    tail = re.match(rf"\s+(?P<link>[^\W\d_{UPPER}]+)(?:\s+(?P<name>{NAME}))?", text[end:])
    if tail is None or tail.group("link") in grammar.links:
        return end
    verbs = grammar.around["subject_of"]
    if tail.group("name") is None:
        # "Học viện Hậu cần kết nạp ...": the word before the verb is still of the name.
        ends = verbs.match(text, end) is None and verbs.match(text, end + tail.end())
        return end + tail.end() if ends else end
    first = tail.group("name").split()[0]
    return end if first in grammar.not_names else end + tail.end()


def _is_person(words: str, before: str) -> bool:
    """Whether a name after a Party organisation is its secretary's ("bí thư chi bộ Lâm Thị Út")."""
    parts = words.split()
    if len(parts) > 2 and parts[0].islower():
        parts = parts[1:]  # "chi bộ thôn" and the person's name
    if parts[0] not in organisation_forms().surnames or units_named(words):
        return False
    if len(parts) < 3 and len(words.split()) > len(parts):
        return False  # "chi bộ thôn Lương Phong" is as likely a hamlet
    return len(parts) > 1 and organisation_forms().around["titles"].search(before) is not None


def _opens_body(words: str) -> bool:
    """Whether words begin with what opens a body's name ("Công ty Điện lực")."""
    parts = words.split()
    openers = organisation_forms().openers
    return any(fold_words(" ".join(parts[:size])) in openers for size in (1, 2, 3))


def _province_at_end(words: str) -> str | None:
    """Return the province that ends the name of a body: "Sở Y tế Đồng Tháp"."""
    parts = words.split()
    for size in (2, 3, 4):
        name = " ".join(parts[-size:])
        if len(parts) > size and units_named(name, level="province"):
            return name
    return None


def _fit(match: re.Match[str], number: str, level: str) -> tuple[str | None, int]:
    """Fit the proper name of a territory; return it and the end of the mention.

    A known unit is preferred to a longer run of capitals where what follows opens another
    phrase, or where the whole text is in capitals; otherwise the name is as written.
    """
    group = f"n{number}"
    written = match.group(group)
    if written is None:
        return None, match.end(f"t{number}")
    start = match.start(group)
    ends = [w.end() for w in re.finditer(r"[^\s–-]+", written)]
    words = [w.group() for w in re.finditer(r"[^\s–-]+", written)]
    grammar = organisation_forms()
    if written.isdigit() and _COUNT.match(match.string, match.end(group)):
        return None, match.end(f"t{number}")  # "Công an quận 3 đồng chí"
    if written.isdigit() and fold_words(match.group(f"t{number}")) not in grammar.numbered:
        return None, match.end(f"t{number}")
    if len(words) == 1 and words[0] in grammar.not_names and not units_named(written):
        return None, match.end(f"t{number}")
    person = next((i for i, w in enumerate(words) if w in grammar.surnames), len(words))
    titled = grammar.around["titles"].search(match.string, 0, match.start()) is not None
    cut = next((i for i, w in enumerate(words) if w in grammar.closing and i), len(words))
    if cut == len(words) > 1 and words[-1] in grammar.not_names:
        mates = grammar.name_words.get(words[-1])
        following = re.match(r"\s+(\w+)", match.string[start + ends[-1] :])
        if mates is None or (following is not None and following.group(1) in mates):
            cut -= 1
    units = ("district", "province")
    allowed = units if level in ("city", "commune") else (level,)
    for size in range(len(words), 0, -1):
        name = written[: ends[size - 1]]
        if not any(units_named(name, level=known) for known in allowed):
            continue
        gap = written[ends[size - 1] :].lstrip()
        if (
            size >= cut
            or not gap
            or gap[0] in "-–"
            or (written.isupper() and level != "commune")
            or (size == person and titled)
        ):
            return name, start + ends[size - 1]
        break
    if titled and person == 0 and len(words) > 1:
        return None, match.end(f"t{number}")  # "Bí thư Huyện ủy" and the person's name
    if titled and 0 < person < cut:
        cut = person
    dash = re.search(r"\s[-–]\s", written[: ends[cut - 1]])
    end = dash.start() if dash else ends[cut - 1]
    return written[:end], start + end


def _hints(text: str, end: int, level: str) -> tuple[tuple[str, ...], int]:
    """Return the wider units said to hold a scope, and where they end.

    "(Nghệ An)", ", huyện X, tỉnh Y".  A unit of the same level beside it is another scope.
    """
    found: list[str] = []
    width = _WIDTH.get(level, 0)
    stop = end
    while len(found) < 3 and (match := organisation_forms().tail.match(text, stop)):
        name = match.group("in") or match.group("n") or match.group("p")
        if match.group("n") is not None:
            wider = organisation_forms().territories[fold_words(match.group("t"))]
            if _WIDTH[wider] <= width:
                break
            width = _WIDTH[wider]
        elif not units_named(name, level="province") or width >= _WIDTH["province"]:
            break
        found.append(name)
        stop = match.end()
    return tuple(found), stop


def _weighed(mention: ScopeMention, text: str) -> ScopeMention | None:
    """Judge a mention by the words around it; None where it is no scope."""
    grammar = organisation_forms()
    around = grammar.around
    start, end = mention.start, mention.end
    before = text[max(0, start - 48) : start]
    if mention.relative:
        if before.endswith(('"', "“")):
            return None  # the name of a model: "Chi bộ bốn tốt"
        whole = grammar.span.match(mention.text) is not None
        if not whole and around["counted"].search(before):
            return None
        if mention.text.startswith(("đảng ", "chi ")) and _DONE.search(before):
            return None  # "8/9 đảng bộ huyện" are counted
        if around["former"].search(before) or (
            mention.letters is not None and around["titles"].search(before)
        ):
            return None
        planned = mention.text.islower() or around["planned"].search(before)
        if planned and around["given"].match(text, end):
            return None
        if around["listed"].match(text, end) or around["ranked"].search(before):
            return None
        if (
            not whole
            and mention.text.islower()
            and (mention.level == "commune" or around["titles"].search(before))
            and not _opens_clause(mention, text)
        ):
            return None
        if around["listed_before"].search(before):
            return None
        if mention.level == "body" and mention.kind is None and mention.letters is None:
            # "đảng bộ", "chi bộ" in small letters are what is counted, not who is spoken of.
            if mention.text.islower() and " " not in mention.text.replace(" ", "", 1):
                return None
            if around["party_not"].match(text, end):
                return None
    elif (
        mention.place is None
        and mention.letters is None
        and not (mention.body or "")[-1:].isdigit()
        and around["counted"].search(before)
    ):
        return None  # "7 Đảng bộ khối": a body without a name is counted
    if around["titles"].search(before) or around["second"].search(before):
        return replace(mention, rank=2)
    return mention


def _headings(text: str) -> Iterator[re.Match[str]]:
    """Yield the matches of the places that head a title, an item or a complement, in order."""
    grammar = organisation_forms()
    places = {0}
    for gate in grammar.heading_gate.finditer(text):
        start = gate.start()
        if text[start] in ",;:":
            places.add(start + 2)
        else:
            before = text[max(0, start - 12) : start + 1].lower()
            places.update(
                start + 1 - len(word) for word in grammar.local_words if before.endswith(word)
            )
    position = 0
    for place in sorted(places):
        if place >= position and (match := grammar.heading.match(text, place)) is not None:
            position = match.end()
            yield match


def _opens_clause(mention: ScopeMention, text: str) -> bool:
    """Whether a unit without a name opens a clause as its subject ("..., xã kết nạp 24 ...")."""
    if text[: mention.start].rstrip()[-1:] not in ("", ".", ",", ";", ":"):
        return False
    return organisation_forms().around["subject_of"].match(text, mention.end) is not None


def _add_bare(found: list[ScopeMention], text: str) -> None:
    """Add provinces named without a word for their level, and a place that heads a title."""
    grammar = organisation_forms()
    around = grammar.around

    def free(start: int, end: int) -> bool:
        return all(max(m.end, m.reach) <= start or end <= m.start for m in found)

    for match in _headings(text):
        group = match.lastgroup or "name"
        start, end = match.span(group)
        name = match.group(group)
        if " " not in name or not free(start, end):
            continue
        if name.split()[0] in grammar.not_names or name.split()[-1] in grammar.not_names:
            continue
        if name in grammar.not_names:
            continue
        if not units_named(name) and (
            group in ("item", "subject") or name.split()[0] in grammar.surnames
        ):
            continue
        rank = 1 if group == "spot" and not units_named(name) else 0
        level = "province" if units_named(name, level="province") else "city"
        found.append(ScopeMention(start, end, name, level, place=name, rank=rank, bare=True))
    for match in grammar.bare.finditer(text):
        start, end = match.span()
        if not free(start, end) or around["bare_not_after"].match(text, end):
            continue
        if around["bare_not_before"].search(text[max(0, start - 24) : start]):
            continue
        if re.search(rf"(?:^|\s)[{UPPER}]\w+\s+\Z", text[max(0, start - 14) : start]) or re.match(
            rf"\s+[{UPPER}]\w*[^\W\d]", text[end:]
        ):
            continue
        heads = not start or text[:start].rstrip(' "“')[-1:] in ("", ";", ":", ".", ",")
        found.append(
            ScopeMention(start, end, match.group(), "province", place=match.group(),
                         rank=0 if heads else 1, bare=True)
        )  # fmt: skip
