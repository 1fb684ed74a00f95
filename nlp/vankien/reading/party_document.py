"""Party and State documents: header, title, sections, signature, recipients.

Layouts: Hướng dẫn 36-HD/VPTW of 03/04/2018 (Party), Nghị định 30/2020/NĐ-CP (State).  Both
begin with issuer, national line, number, place and date, then the type in capitals and the
abstract (trích yếu), and end with recipients and signature.

Where to start reading: :func:`analyse`; :func:`official_kind` decides whether it applies.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from vankien.documents import Block, BlockKind, Document, Kind, Metadata, Part, with_sections
from vankien.normalise import UPPER, fold_phrase
from vankien.reading.wording import OfficialWords, official_words

__all__ = ["analyse", "official_kind"]

HEADER_BLOCKS = 18
"""The header ends within so many blocks."""

HEADER_LINE = 160
"""No line of a header is longer."""

NATIONAL_LINE = 50
"""The national line in small letters is known only where it stands alone."""

HEADING_LENGTH = 160
ABSTRACT_LENGTH = 320
CLOSING_LENGTH = 250
"""A longer line is no recipient and no part of a signature."""

_SPLIT = re.compile(r"[\n\t]+")
_NUMBERED: tuple[tuple[float, re.Pattern[str]], ...] = (
    # Rank of each way of numbering; a full stop, stroke or bracket must follow.
    (5, re.compile(r"[A-HĐ]\s*[.\-–/)]\s*\S")),
    (6, re.compile(r"[IVXLC]{1,6}\s*[.\-–/)]\s*\S")),
    (8, re.compile(r"\d{1,2}\s*[.\-–/)]\s*[^\W\d]")),
    (9, re.compile(r"\d{1,2}\.\d{1,2}\s*[.\-–/)]?\s*[^\W\d]")),
    (10, re.compile(r"\d{1,2}\.\d{1,2}\.\d{1,2}\s*[.\-–/)]?\s*[^\W\d]")),
    (11, re.compile(r"[a-zđ]\s*[.)]\s*\S")),
)
UNNUMBERED = 7.0
"""Rank of a heading without a number: below I, above 1 (used where nothing else tells)."""

LIST_RANK = 8
"""From this rank on, numbered lines may be the items of a list."""

_PERSON = re.compile(rf"(?:[{UPPER}][^\W\d]*(?:\s+|\Z)){{2,6}}\Z")
_DEGREE = re.compile(r"\A(?:[A-ZĐ]{2,4}\.\s?|[^\W\d_]{2,7}\.\s?)+")


def official_kind(document: Document) -> Kind | None:
    """Return the kind of official document that the header shows, or None.

    Two signs must stand in lines of their own: national line, number, place and date, type
    in capitals; one of them must be the national line or the number, because an article
    that names the Party or a resolution is no Party document.
    """
    words = official_words()
    party = state = number = False
    text = document.text
    lines: list[str] = []
    for block in document.blocks[:HEADER_BLOCKS]:
        if block.end - block.start > HEADER_LINE:
            break
        line = text[block.start : block.end]
        lines.append(line)
        found = words.number.search(line) if "/" in line else None
        # A title may name the Party: its line counts in capitals, alone, or with the number.
        plain = line.isupper() or found is not None
        form = fold_phrase(line) if plain or len(line) <= NATIONAL_LINE else ""
        party = party or form in words.party or (plain and any(p in form for p in words.party))
        state = state or form in words.state or (plain and any(p in form for p in words.state))
        if found and found.end() >= len(line.rstrip()) - 60:
            number = True
            # A hyphen before the stroke is the Party's form, after it the State's.
            if not (party or state) and re.match(r"\d+\s?-", found["number"]):
                party = True
    if not (party or state or number):
        return None
    # In a header the date ends its line; in an article the sentence goes on.
    dates = [(line, words.place_date.search(line)) for line in lines]
    dated = any(found is not None and len(line) - found.end() <= 3 for line, found in dates)
    typed = any(line.isupper() and fold_phrase(line).strip(" :") in words.types for line in lines)
    if (party or state) + number + dated + typed < 2:
        return None
    return Kind.PARTY_DOCUMENT if party and not state else Kind.STATE_DOCUMENT


def analyse(document: Document) -> Document:
    """Give every block its part and level, and read the header's fields."""
    text = document.text
    blocks = list(document.blocks)
    words = official_words()
    fields: dict[str, object] = {}
    type_at = _type_block(blocks, text, words)
    header_end = type_at if type_at is not None else _header_end(blocks, text, words)
    _read_header(blocks[:header_end], text, words, fields)
    title_end = header_end
    if type_at is not None:
        title_end = _title_end(blocks, text, type_at, words)
        fields["doc_type"] = fold_phrase(_line(text, blocks[type_at])).strip(" :")
        fields["title"] = " ".join(
            _line(text, block)
            for block in blocks[type_at:title_end]
            if block.part in (Part.BODY, Part.TITLE)
        )
    result: list[Block] = []
    ranks: list[float | None] = []
    zone = Part.BODY
    after_division: float | None = None
    for position, block in enumerate(blocks):
        line = _line(text, block)
        part, rank = block.part, None
        if part is Part.BODY or part is Part.TITLE:
            if position < header_end:
                subject = fold_phrase(line[:20]).startswith(words.subject)
                part = Part.TITLE if subject or part is Part.TITLE else Part.HEADER
            elif position < title_end:
                part = Part.TITLE
            elif block.kind is BlockKind.TABLE:
                zone = Part.BODY
            elif part is Part.BODY:
                zone = _zone(zone, line, position, blocks, text, words)
                part = zone
                if not any(c.isalnum() for c in line):
                    part = Part.BOILERPLATE
                elif zone is Part.BODY:
                    rank = _rank(line, block, words)
                    if after_division is not None and line.isupper() and len(line) < 300:
                        rank = after_division + 0.5
                    bare = rank is not None and rank < 5 and _is_bare(line, words)
                    after_division = rank if bare else None
        kind = BlockKind.HEADING if rank is not None or part is Part.TITLE else block.kind
        result.append(_as(block, part, kind))
        ranks.append(rank)
    _unmark_lists(result, ranks)
    fields["signer"] = _signer(result, text)
    return replace(
        document,
        metadata=_filled(document, fields),
        blocks=with_sections(_with_levels(result, ranks), text),
    )


def _unmark_lists(blocks: list[Block], ranks: list[float | None]) -> None:
    """Numbered lines that follow one another directly are a list, not headings."""
    start = 0
    while start < len(ranks):
        end, rank = start + 1, ranks[start]
        while end < len(ranks) and ranks[end] == rank:
            end += 1
        if rank is not None and rank >= LIST_RANK and end - start > 1:
            for i in range(start, end):
                ranks[i] = None
                blocks[i] = _as(blocks[i], blocks[i].part, BlockKind.LIST_ITEM)
        start = end


def _as(block: Block, part: Part, kind: BlockKind, level: int | None = None) -> Block:
    # Faster than dataclasses.replace, which looks at every field.
    return Block(block.start, block.end, part, kind, block.page, block.section, level)


def _line(text: str, block: Block) -> str:
    return " ".join(text[block.start : block.end].split())


def _filled(document: Document, fields: dict[str, object]) -> Metadata:
    metadata = document.metadata
    # What the input itself says (a row's fields) stands before what the header shows.
    new = {
        key: value
        for key, value in fields.items()
        if value is not None and getattr(metadata, key) in (None, ())
    }
    return replace(metadata, **new) if new else metadata  # type: ignore[arg-type]


def _with_levels(blocks: list[Block], ranks: list[float | None]) -> list[Block]:
    """Number the ranks that occur: the outermost heading of a document has level 1."""
    depth = {rank: i for i, rank in enumerate(sorted({r for r in ranks if r is not None}), 1)}
    return [
        _as(block, block.part, block.kind, depth[rank])
        if rank is not None
        else (_as(block, block.part, block.kind) if block.level is not None else block)
        for block, rank in zip(blocks, ranks, strict=True)
    ]


def _type_block(blocks: list[Block], text: str, words: OfficialWords) -> int | None:
    for position, block in enumerate(blocks[:HEADER_BLOCKS]):
        if block.end - block.start > 60 or block.kind is BlockKind.TABLE:
            continue
        line = _line(text, block)
        if fold_phrase(line).strip(" :") in words.types and (
            line.isupper() or block.kind is BlockKind.HEADING
        ):
            return position
    return None


def _header_end(blocks: list[Block], text: str, words: OfficialWords) -> int:
    """Without a type line (công văn) the header ends below its last known line."""
    last = 0
    for position, block in enumerate(blocks[:HEADER_BLOCKS]):
        if block.part is Part.HEADER:
            last = position + 1
            continue
        if block.end - block.start > HEADER_LINE:
            break
        line = _line(text, block)
        form = fold_phrase(line)
        if (
            any(p in form for p in (*words.party, *words.state, *words.motto))
            or form.startswith(words.subject)
            or words.number.search(line)
            or words.place_date.search(line)
        ):
            last = position + 1
    return last


def _title_end(blocks: list[Block], text: str, type_at: int, words: OfficialWords) -> int:
    """The abstract follows the type: short blocks until the text begins."""
    end = type_at + 1
    for position in range(type_at + 1, min(type_at + 5, len(blocks))):
        block = blocks[position]
        line = _line(text, block)
        if block.part is Part.HEADER or not any(c.isalnum() for c in line):
            break
        if len(line) > ABSTRACT_LENGTH or block.kind is BlockKind.TABLE:
            break
        form = fold_phrase(line[:60])
        if position > type_at + 1 or not line.isupper():
            rank = _rank(line, block, words)
            if rank is not None and not (rank == UNNUMBERED and position == type_at + 1):
                break
        if form.startswith(words.preamble) and not line.isupper() and (
            len(line) > 120 or line.endswith((";", ".", ",")) or position > type_at + 1
        ):  # fmt: skip
            break
        if line.endswith((".", ";", ":")):
            break
        if position > type_at + 1 and len(line) > 200:
            break
        end = position + 1
    return end


def _rank(line: str, block: Block, words: OfficialWords) -> float | None:
    """Return the rank of a heading (1 is the outermost), or None for other lines."""
    if len(line) > HEADING_LENGTH:
        return None
    for number, pattern in enumerate(words.divisions, start=1):
        match = pattern.match(line)
        # "Điều 5 của Luật này quy định ..." begins a sentence, "Điều 5. Phạm vi" does not.
        if match and (
            match.end() == len(line)
            or line[match.end() : match.end() + 2].lstrip()[:1] in tuple(".:-–/")
            or line.isupper()
        ):
            return float(number)
    ended = line.endswith((".", ";", ",", ":"))
    for rank, pattern in _NUMBERED:
        if pattern.match(line):
            # A numbered sentence is a paragraph; a heading has no stop at its end.
            return None if ended and not (line.endswith(":") and len(line) < 80) else rank
    if block.kind is BlockKind.HEADING and block.part is Part.BODY:
        return UNNUMBERED - 1 + min(block.level or 1, 9) / 10
    if line.isupper() and len(line) > 6 and line[:1].isalpha() and not ended:
        return 5.5
    if len(line) < 80 and not line.endswith((".", ";", ",")) and line[:1].isupper():
        bare = fold_phrase(line).rstrip(" :.")
        if any(bare == h or bare.startswith((h + " ", h + ",")) for h in words.headings):
            return UNNUMBERED
    return None


def _is_bare(line: str, words: OfficialWords) -> bool:
    """Say whether a division's line holds its number alone: the title is the next line."""
    for pattern in words.divisions:
        match = pattern.match(line)
        if match and not line[match.end() :].strip(" .:-–"):
            return True
    return False


def _zone(
    zone: Part, line: str, position: int, blocks: list[Block], text: str, words: OfficialWords
) -> Part:
    """Return the zone that a line below the title stands in: body, recipients, signature."""
    if len(line) > CLOSING_LENGTH:
        return Part.BODY
    form = fold_phrase(line[:60])
    if form.startswith(words.recipients):
        return Part.RECIPIENTS
    if form.startswith(words.addressee):
        return Part.RECIPIENTS if position < HEADER_BLOCKS else Part.BODY
    if form.startswith(words.annex) and (line.isupper() or len(line) < 60):
        return Part.BODY
    if line.lower().startswith(words.signature) and line[:3].isupper():
        return Part.SIGNATURE
    if line.isupper() and form.startswith(words.offices) and _near_end(position, blocks, text):
        return Part.SIGNATURE
    if zone is Part.RECIPIENTS:
        if position < HEADER_BLOCKS and not line.startswith(("-", "–", "+")):
            return Part.BODY  # the addressees of a letter end where its text begins
        if line.isupper():
            return Part.SIGNATURE
        return zone
    if zone is Part.SIGNATURE:
        return zone
    if position >= len(blocks) - 3 and _PERSON.fullmatch(line) and not line.isupper():
        before = _line(text, blocks[position - 1]) if position else ""
        if before.endswith((".", "./", "/.")) or fold_phrase(before).strip("() ") in words.signed:
            return Part.SIGNATURE
    return zone


def _near_end(position: int, blocks: list[Block], text: str) -> bool:
    """An office in capitals signs where a name follows within three lines."""
    for block in blocks[position + 1 : position + 5]:
        line = _DEGREE.sub("", _line(text, block))
        if _PERSON.fullmatch(line) and not line.isupper():
            return True
    return False


def _read_header(
    blocks: list[Block], text: str, words: OfficialWords, fields: dict[str, object]
) -> None:
    issuer: list[str] = []
    previous = ""
    for block in blocks:
        for raw in _SPLIT.split(text[block.start : block.end]):
            line = " ".join(raw.split()).strip(" -–*_—.")
            form = fold_phrase(line)
            if not line or form in words.motto:
                continue
            if form in words.stamps:
                fields["secrecy"] = fields.get("secrecy") or words.stamps[form]
                continue
            if form.startswith(words.subject):
                fields.setdefault("title", line)
                continue
            number = words.number.search(line)
            place = words.place_date.search(line)
            if place is None and previous:
                # A narrow column breaks the date: "..., ngày 3 tháng 2 năm" / "2021".
                place = words.place_date.search(f"{previous} {line}")
            previous = line
            if number:
                found = re.sub(r"\s", "", number["number"])
                fields.setdefault("number", found)
                symbol = re.split(r"[-/]", found)[1] if "-" in found else ""
                fields.setdefault("doc_type", words.type_of_symbol.get(symbol))
            if place:
                fields.setdefault("place", _place(place["place"]))
                fields.setdefault("published", _date(place))
            if number or place:
                continue
            national = next((p for p in (*words.party, *words.state) if p in form), None)
            if national is not None:
                # Issuer and national line stand side by side in one line of plain text.
                line = line[: form.index(national)].strip(" -–*|") if line.isupper() else ""
            if line.isupper() and len(line) > 3:
                issuer.append(line)
    if issuer:
        fields["issuer"] = " ".join(issuer)


def _place(words: str) -> str:
    """Cut what stands before a place in one line of plain text, in capitals or with figures."""
    parts = words.split()
    for index in range(len(parts) - 1, -1, -1):
        part = parts[index]
        if any(c.isdigit() for c in part) or (len(part) > 2 and part.isupper()):
            return " ".join(parts[index + 1 :]) or " ".join(parts)
    return " ".join(parts)


def _date(match: re.Match[str]) -> date | None:
    try:
        return date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:  # the day is left blank in drafts
        return None


def _signer(blocks: list[Block], text: str) -> str | None:
    """Return the last name of the signature, without degrees."""
    for block in reversed(blocks):
        if block.part is not Part.SIGNATURE:
            continue
        for raw in reversed(_SPLIT.split(text[block.start : block.end])):
            line = _DEGREE.sub("", " ".join(raw.split()))
            if _PERSON.fullmatch(line) and not line.isupper():
                return line
    return None
