"""The head of a Party or State document: kind, type, number, issuer, place, date, abstract.

Layouts: Hướng dẫn 36-HD/VPTW of 03/04/2018 (Party), Nghị định 30/2020/NĐ-CP (State).  Both
begin with issuer, national line, number, place and date, then the type in capitals and the
abstract (trích yếu).

Where to start reading: :func:`official_kind` decides whether a text is such a document,
:func:`type_block` and :func:`title_end` find where its parts end, :func:`read_header` reads
the fields.  Not recognised: heads in other languages, and documents copied without head.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from vankien.documents import Block, BlockKind, Document, Kind, Part
from vankien.normalise import fold_phrase
from vankien.reading.wording import OfficialWords, official_words, page_words

__all__ = [
    "HEADER_BLOCKS",
    "date_of",
    "goes_on",
    "header_end",
    "line_of",
    "official_kind",
    "read_header",
    "title_end",
    "type_block",
    "type_of",
]

HEADER_BLOCKS = 24
"""The header ends within so many blocks, its columns counted apart."""

HEADER_LINE = 160
"""No line of a header is longer."""

NATIONAL_LINE = 50
"""The national line in small letters is known only where it stands alone."""

TYPE_LINE = 80
LOUD = 30
"""An abstract in capitals that goes on over lines fills the first of them so far."""

STAMP_LENGTH = 40
SUBJECT_LINE = 70
SUBJECT_LINES = 4
"""The subject of a letter stands in so many short lines below its number."""

ABSTRACT_LENGTH = 420
ABSTRACT_BLOCKS = 6
"""The abstract has at most so many lines."""

ARTICLES = 3
ARTICLE_BLOCKS = 60
"""A text of a known type with so many articles in its first blocks is a State document even
without a head: the laws of the first years were printed so."""

_SPLIT = re.compile(r"[\n\t]+")
_GAP = re.compile(r"\s{3,}|\t")
_STAMPS = re.compile(r"\s*[-/,;]\s*")
_STOPS = (".", ";", ":", ",")

Rank = Callable[[str, Block, OfficialWords], float | None]


def line_of(text: str, block: Block) -> str:
    """Return the text of a block on one line."""
    return " ".join(text[block.start : block.end].split())


def type_of(line: str, words: OfficialWords, *, headed: bool = False) -> str | None:
    """Return the type of document that a line in capitals names, alone or with its issuer.

    Below the number or the date of a head (``headed``) more may follow in the same line
    ("KẾT LUẬN THANH TRA", "NGHỊ QUYẾT SỐ 5"); above them an issuer may begin with such a word.
    """
    form = fold_phrase(line).strip(" :")
    if form in words.types:
        return form
    # The longest names come first.
    follows = "" if headed else f"{words.of} "
    return next((t for t in words.types if form.startswith(f"{t} {follows}")), None)


def official_kind(document: Document) -> Kind | None:
    """Return the kind of official document that the header shows, or None.

    Two signs must stand in lines of their own: national line, number, place and date, type
    in capitals; one of them must be the national line or the number, because an article
    that names the Party or a resolution is no Party document.
    """
    words = official_words()
    party = state = number = hyphened = False
    text = document.text
    lines: list[str] = []
    for block in document.blocks[:HEADER_BLOCKS]:
        if block.end - block.start > HEADER_LINE:
            break
        lines += _GAP.split(text[block.start : block.end])
    for line in lines:
        found = words.number.search(line) if "/" in line else None
        # A title may name the Party: its line counts in capitals, alone, or with the number.
        plain = line.isupper() or found is not None
        form = fold_phrase(line) if plain or len(line) <= NATIONAL_LINE else ""
        party = party or form in words.party or (plain and any(p in form for p in words.party))
        state = state or form in words.state or (plain and any(p in form for p in words.state))
        if found and found.end() >= len(line.rstrip()) - 60:
            number = True
            # A hyphen before the stroke is the Party's form, after it the State's.
            if re.match(r"\d+\s?[-–]", found["number"]):
                hyphened = True
                party = party or not state
    named = next((t for line in lines if line.isupper() and (t := type_of(line, words))), None)
    if not (party or state or number):
        return Kind.STATE_DOCUMENT if named and _has_articles(document, words) else None
    # In a header the date ends its line; in an article the sentence goes on.
    dates = [(line, words.place_date.search(line)) for line in lines]
    dated = any(found is not None and len(line) - found.end() <= 3 for line, found in dates)
    if (party or state) + number + dated + (named is not None) < 2:
        return None
    if named in words.state_types and not (party and hyphened):
        return Kind.STATE_DOCUMENT
    return Kind.PARTY_DOCUMENT if party and not state else Kind.STATE_DOCUMENT


def _has_articles(document: Document, words: OfficialWords) -> bool:
    text = document.text
    article = words.divisions[-1]
    found = sum(
        article.match(text, block.start, block.end) is not None
        for block in document.blocks[:ARTICLE_BLOCKS]
    )
    return found >= ARTICLES


def type_block(
    blocks: Sequence[Block], text: str, words: OfficialWords
) -> tuple[int | None, str | None]:
    """Return the position of the line that names the type, and the type.

    An annex that is a file of its own has its word in place of a type.  The title that a
    row or a page gives beside the text is asked last.
    """
    for given in (False, True):
        headed = False
        for position, block in enumerate(blocks[:HEADER_BLOCKS]):
            if (block.part is Part.TITLE) is not given or block.kind is BlockKind.TABLE:
                continue
            if block.end - block.start > HEADER_LINE:
                headed = False
            line = line_of(text, block)
            if words.number.search(line) or words.place_date.search(line):
                headed = True
            if block.end - block.start > TYPE_LINE:
                continue
            alone = headed and fold_phrase(line) in words.types and line[:1].isupper()
            if line.isupper() or alone or block.kind is BlockKind.HEADING:
                found = type_of(line, words, headed=headed and line.isupper())
                if found is not None:
                    return position, found
            if line.isupper() and fold_phrase(line).startswith(words.annex):
                return position, None
    return None, None


def header_end(blocks: Sequence[Block], text: str, words: OfficialWords) -> int:
    """Without a type line (công văn) the header ends below its last known line."""
    last = 0
    subject = False
    for position, block in enumerate(blocks[:HEADER_BLOCKS]):
        if block.part is Part.HEADER:
            last = position + 1
            continue
        if (
            subject
            and goes_on(line_of(text, block), words)
            and _addressed(blocks, text, position, words)
        ):
            last = position + 1
            continue
        if block.end - block.start > HEADER_LINE:
            break
        line = line_of(text, block)
        form = fold_phrase(line)
        if (
            any(p in form for p in (*words.party, *words.state, *words.motto))
            or form.startswith(words.subject)
            or words.number.search(line)
            or words.place_date.search(line)
        ):
            last = position + 1
            subject = subject or form.startswith(words.subject)
    return last


def goes_on(line: str, words: OfficialWords) -> bool:
    """Say whether a line of a head goes on with the subject of a letter ("V/v ...")."""
    form = fold_phrase(line)
    return (
        len(line) <= SUBJECT_LINE
        and any(c.isalpha() for c in line)
        and not line.isupper()
        and form not in words.motto
        and not form.startswith((*words.addressee, *words.number_lead))
        and not words.place_date.search(line)
        and not any(p in form for p in (*words.party, *words.state))
    )


def _addressed(blocks: Sequence[Block], text: str, position: int, words: OfficialWords) -> bool:
    """Say whether addressees follow within the lines that a subject may have."""
    return any(
        fold_phrase(line_of(text, block)[:40]).startswith(words.addressee)
        for block in blocks[position + 1 : position + 1 + SUBJECT_LINES]
    )


def title_end(
    blocks: Sequence[Block], text: str, type_at: int, words: OfficialWords, rank: Rank
) -> int:
    """Return where the abstract ends: short blocks follow the type until the text begins."""
    end = type_at + 1
    for position in range(type_at + 1, min(type_at + ABSTRACT_BLOCKS, len(blocks))):
        block = blocks[position]
        line = line_of(text, block)
        first = position == type_at + 1
        if block.part is Part.HEADER or not any(c.isalnum() for c in line):
            break
        if len(line) > ABSTRACT_LENGTH or block.kind is BlockKind.TABLE:
            break
        inside = fold_phrase(line[1:12]).startswith((*words.subject, words.about))
        if line.startswith("(") and not (words.span.fullmatch(line) or (first and inside)):
            break
        if line.endswith(_STOPS) or (not first and len(line) > 200):
            break
        if page_words().table_caption.match(line) or page_words().unit.search(line):
            break
        # A line in small letters goes on from the type: it is the abstract whatever it says.
        loud = line.isupper() and (first or _goes_on_loudly(blocks, text, position, words))
        if not (loud or (first and line[:1].islower())):
            if _opens(line, words):
                break
            found = rank(line, block, words)
            if found is not None and not (first and found == words.unnumbered):
                break
        end = position + 1
    return end


def _goes_on_loudly(
    blocks: Sequence[Block], text: str, position: int, words: OfficialWords
) -> bool:
    """Say whether a line in capitals goes on with an abstract in capitals.

    The authority that decides stands in capitals too, above its grounds ("Căn cứ ...").
    """
    before = line_of(text, blocks[position - 1])
    after = line_of(text, blocks[position + 1]) if position + 1 < len(blocks) else ""
    form = fold_phrase(line_of(text, blocks[position]))
    return (before.isupper() and before.count("“") > before.count("”")) or (
        before.isupper()
        and len(before) > LOUD
        and not fold_phrase(after[:60]).startswith(words.grounds)
        and not form.startswith(words.offices)
        and not form.endswith(words.enacting)
        and not any(pattern.match(form) for pattern in words.divisions)
    )


def _opens(line: str, words: OfficialWords) -> bool:
    """Say whether a line begins the text proper, or is the authority above its grounds."""
    form = fold_phrase(line[:60])
    return form.startswith(words.preamble) and not line[:1].islower()


def read_header(
    blocks: Sequence[Block], text: str, words: OfficialWords, fields: dict[str, object]
) -> None:
    """Fill number, issuer, place, date and stamp, and the subject of a letter."""
    issuer: list[str] = []
    previous = ""
    subject = 0
    for block in blocks:
        for raw in _SPLIT.split(text[block.start : block.end]):
            line = " ".join(raw.split()).strip(" -–*_—.")
            form = fold_phrase(line)
            if not line or form in words.motto:
                continue
            if (stamps := stamps_of(form, words)) is not None:
                fields["secrecy"] = fields.get("secrecy") or next(filter(None, stamps), None)
                continue
            if form.startswith(words.subject):
                fields.setdefault("title", line)
                subject = SUBJECT_LINES
                continue
            if subject and goes_on(line, words):
                fields["title"] = f"{fields['title']} {line}"
                subject -= 1
                continue
            number = words.number.search(line)
            place = words.place_date.search(line)
            if place is None and previous:
                # A narrow column breaks the date: "..., ngày 3 tháng 2 năm" / "2021".
                place = words.place_date.search(f"{previous} {line}")
            previous = "" if place else line
            if number:
                found = re.sub(r"\s", "", number["number"]).replace("–", "-")
                fields.setdefault("number", found)
                if (name := words.type_of_number(found)) is not None:
                    fields.setdefault("doc_type", name)
            if place:
                if place["place"]:
                    fields.setdefault("place", _place(place["place"]))
                fields.setdefault("published", date_of(place))
            # A symbol alone ("-NQ/TU"): the number of a draft is left blank.
            symbol = "/" in line and " " not in line
            if number or place or symbol or form.startswith(words.number_lead):
                continue
            national = next((p for p in (*words.party, *words.state) if p in form), None)
            if national is not None:
                # Issuer and national line stand side by side in one line of plain text.
                # Folding may shorten what stands before it: count from the end.
                cut = len(line) - (len(form) - form.index(national))
                beside = f"{line[:cut].strip(' -–*|')} {line[cut + len(national) :].strip(' -–*|')}"
                line = beside.strip() if line.isupper() else ""
            wrapped = bool(issuer) and len(line) > 1 and line.isalpha()
            if line.isupper() and (len(line) > 3 or wrapped):
                issuer.append(line)
    if issuer:
        fields["issuer"] = " ".join(issuer)
    if "title" in fields and "doc_type" not in fields:
        fields["doc_type"] = words.letter


def stamps_of(form: str, words: OfficialWords) -> list[str | None] | None:
    """Return what the stamps of a folded line say of secrecy, or None where it holds others.

    "MẬT", "(TỐI MẬT)", "Độ mật: Mật", "MẬT - KHẨN", letters set apart ("T Ố I  M Ậ T").
    """
    bare = form.strip(" ()[]{}|.:*-")
    if not bare or len(bare) > STAMP_LENGTH:
        return None
    parts = bare.split()
    if len(parts) > 2 and all(len(part) == 1 for part in parts):
        joined = {known.replace(" ", ""): value for known, value in words.stamps.items()}
        letters = "".join(parts)
        return [joined[letters]] if letters in joined else None
    lead = words.stamp_lead.match(bare)
    names = _STAMPS.split(bare[lead.end() :] if lead else bare)
    if not all(name in words.stamps for name in names):
        return None
    return [words.stamps[name] for name in names]


def _place(words: str) -> str:
    """Cut what stands before a place in one line of plain text, in capitals or with figures."""
    parts = words.split()
    for index in range(len(parts) - 1, -1, -1):
        part = parts[index]
        if any(c.isdigit() for c in part) or (
            len(part) > 2 and part.isupper() and not part.endswith(".")
        ):
            return " ".join(parts[index + 1 :]) or " ".join(parts)
    return " ".join(parts)


def date_of(match: re.Match[str]) -> date | None:
    """Return the date of a match with groups d, m, y; None where the day is left blank."""
    try:
        return date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:  # the day is left blank in drafts
        return None
