"""Party and State documents: parts, tree of sections, signature, recipients, annexes.

Layouts: Hướng dẫn 36-HD/VPTW of 03/04/2018 (Party), Nghị định 30/2020/NĐ-CP (State).  Both
end with recipients and signature, side by side; :mod:`official_head` reads what stands above
the text.

Where to start reading: :func:`analyse` splits the lines that hold two columns, gives every
block its part by the zone it stands in, and ranks the headings.  The tree has the divisions
(Phần, Chương, Mục, Điều), numbered headings (A, I, 1, 1.1, a) and lines in capitals; numbered
sentences (Khoản, Điểm) are list items below them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from vankien.documents import Block, BlockKind, Document, Metadata, Part, with_sections
from vankien.normalise import fold_phrase
from vankien.reading.official_close import (
    authority_of,
    is_annex,
    is_person,
    side_part,
    sign_closing_office,
    signer_of,
    zone_of,
)
from vankien.reading.official_head import (
    HEADER_BLOCKS,
    date_of,
    goes_on,
    header_end,
    line_of,
    official_kind,
    read_header,
    title_end,
    type_block,
    type_of,
)
from vankien.reading.wording import OfficialWords, official_words

__all__ = ["analyse", "official_kind"]

HEADING_LENGTH = 160
INDENT = 24
"""A line set in by so many spaces stands in the right column."""

_GAP = re.compile(r"\s{3,}|\t")
_SPLIT = re.compile(r"[\n\t]+")
_NUMBERED: tuple[tuple[float, re.Pattern[str]], ...] = (
    # Rank of each way of numbering; a full stop, stroke or bracket must follow.
    (5, re.compile(r"[A-HĐ]\s*[.\-–/)]\s*\S")),
    (6, re.compile(r"(?!V/v)[IVXLC]{1,6}\s*[.\-–/)]\s*\S")),
    (8, re.compile(r"(?!\d+-[A-ZĐ]{2}\S*/)\d{1,2}\s*[.\-–/)]\s*[^\W\d]")),
    (9, re.compile(r"\d{1,2}\.\d{1,2}\s*[.\-–/)]?\s*[^\W\d]")),
    (10, re.compile(r"\d{1,2}\.\d{1,2}\.\d{1,2}\s*[.\-–/)]?\s*[^\W\d]")),
    (11, re.compile(r"[a-zđ]\s*[.)]\s*\S")),
)
ANNEX = 0.5
"""Rank of an annex: above all divisions."""

ARTICLE = 4.0
CAPITALS = 5.5
LIST_RANK = 8
"""From this rank on, numbered lines may be the items of a list."""


def analyse(document: Document) -> Document:
    """Give every block its part and level, and read the header's fields."""
    text = document.text
    words = official_words()
    blocks, sides = _columns(list(document.blocks), text, words)
    fields: dict[str, object] = {}
    type_at, named = type_block(blocks, text, words)
    head_end = type_at if type_at is not None else header_end(blocks, text, words)
    read_header(blocks[:head_end], text, words, fields)
    end = head_end
    if type_at is not None:
        end = title_end(blocks, text, type_at, words, _rank)
        fields["doc_type"] = named
        fields["title"] = " ".join(
            line_of(text, block)
            for block in blocks[type_at:end]
            if block.part in (Part.BODY, Part.TITLE)
        )
    if fields.get("published") is None and (passed := _last(words.passed, text)) is not None:
        fields["published"] = passed
    result: list[Block] = []
    ranks: list[float | None] = []
    zone = Part.BODY
    after_division: float | None = None
    subject = article = False
    last = 0
    for position, block in enumerate(blocks):
        line = line_of(text, block)
        part, rank, kind = block.part, None, block.kind
        if part is Part.BODY or part is Part.TITLE:
            if position < head_end:
                begins = fold_phrase(line[:20]).startswith(words.subject)
                titled = begins or part is Part.TITLE or (subject and goes_on(line, words))
                subject = subject or begins
                part = Part.TITLE if titled else Part.HEADER
            elif position < end:
                part = Part.TITLE
            elif block.kind is BlockKind.TABLE:
                zone = Part.BODY
            elif fold_phrase(line[:40]).startswith(words.digital):
                part = Part.BOILERPLATE
            elif part is Part.BODY:
                zone = zone_of(zone, line, position, blocks, text, words)
                part = side_part(zone, sides.get(block.start))
                if not any(c.isalnum() for c in line):
                    part = Part.BOILERPLATE
                elif zone is Part.BODY:
                    rank = _rank(line, block, words)
                    if (found := _article(line, rank, last, words)) is not None:
                        last, rank = found, ARTICLE
                    if after_division is not None and _is_division_title(line, rank):
                        rank = after_division + 0.5
                    elif rank == CAPITALS and _is_formula(position, blocks, text, words):
                        rank = None
                    elif rank is not None and rank >= LIST_RANK and article:
                        rank = None  # a clause of an article
                    if rank is not None and rank != ANNEX:
                        article = rank == ARTICLE or (article and rank > CAPITALS)
                    bare = rank is not None and 1 <= rank < ARTICLE and _is_bare(line, words)
                    after_division = rank if bare else None
                    if rank is None and any(p.match(line) for _, p in _NUMBERED):
                        kind = BlockKind.LIST_ITEM
        if rank is not None or part is Part.TITLE:
            kind = BlockKind.HEADING
        result.append(_as(block, part, kind))
        ranks.append(rank)
    _unmark_lists(result, ranks)
    sign_closing_office(result, ranks, text)
    fields["signer"] = signer_of(result, text, words)
    fields["signed"] = authority_of(result, text, words)
    return replace(
        document,
        metadata=_filled(document, fields),
        blocks=with_sections(_with_levels(result, ranks), text),
    )


def _columns(
    blocks: list[Block], text: str, words: OfficialWords
) -> tuple[list[Block], dict[int, Part]]:
    """Split lines of plain text that hold two columns; say which side the pieces stand on.

    Columns stand in the head, and in the close from the recipients on.  The second value
    gives, by start, the part of the pieces of the close.
    """
    result: list[Block] = []
    sides: dict[int, Part] = {}
    closing, beside = False, Part.RECIPIENTS
    head = True
    for block in blocks:
        raw = text[block.start : block.end]
        if block.part is not Part.BODY or block.kind is BlockKind.TABLE or "\n" in raw:
            result.append(block)
            continue
        form = fold_phrase(raw[:60])
        head = head and len(result) < HEADER_BLOCKS and type_of(raw, words) is None
        head = head and not form.startswith((*words.addressee, *words.recipients))
        gap = _GAP.search(raw)
        if gap is not None and fold_phrase(raw[: gap.start()]) in words.number_lead:
            gap = _GAP.search(raw, gap.end())  # the number is left blank
        if form.startswith(words.recipients):
            closing, beside = gap is not None, Part.RECIPIENTS
        elif gap is not None and not head and raw.isupper() and form.startswith(words.offices):
            closing, beside = True, Part.SIGNATURE  # two who sign, side by side
        elif closing and (raw.isupper() and fold_phrase(raw).startswith(words.annex)):
            closing = False
        if closing and gap is None:
            indent = block.start - text.rfind("\n", 0, block.start) - 1
            signs = indent >= INDENT or raw.isupper() or is_person(raw, words)
            sides[block.start] = Part.SIGNATURE if signs else beside
        if gap is None or not (head or closing):
            result.append(block)
            continue
        left = Block(block.start, block.start + gap.start(), page=block.page)
        right = Block(block.start + gap.end(), block.end, page=block.page)
        result += [left, right]
        if closing:
            sides[left.start], sides[right.start] = beside, Part.SIGNATURE
    return result, sides


def _is_division_title(line: str, rank: float | None) -> bool:
    """The line below a bare "Chương I" is its title: in capitals, or short without a stop."""
    if line.isupper():
        return len(line) < 300
    return rank is None and len(line) < HEADING_LENGTH and not line.endswith((".", ";", ":", ","))


def _article(line: str, rank: float | None, last: int, words: OfficialWords) -> int | None:
    """Return the number of the article that a line heads, or None.

    Where its stop is forgotten ("Điều 5 Chính sách ..."), it is one that follows the last.
    """
    match = words.divisions[-1].match(line) if rank in (None, ARTICLE) else None
    if match is None:
        return None
    number = int(re.sub(r"\D", "", match.group()) or 0)
    if rank == ARTICLE:
        return number
    title = line[match.end() :]
    follows = last and number == last + 1 and title[:1] == " " and title[1:2].isupper()
    short = len(line) <= HEADING_LENGTH and not line.endswith((".", ";", ":", ","))
    return number if follows and short else None


def _last(pattern: re.Pattern[str], text: str) -> date | None:
    """Return the last date that an expression finds: a law ends with the day of its passing."""
    found = list(pattern.finditer(text))
    return date_of(found[-1]) if found else None


def _is_formula(position: int, blocks: list[Block], text: str, words: OfficialWords) -> bool:
    """Say whether a line in capitals enacts ("QUYẾT ĐỊNH:") or names who does so.

    The authority stands above the grounds of the decision ("Căn cứ ...").
    """
    form = fold_phrase(line_of(text, blocks[position])).strip(" :")
    if form.endswith(words.enacting):
        return True
    for block in blocks[position + 1 : position + 3]:
        following = line_of(text, block)
        if not following.isupper():
            return fold_phrase(following[:60]).startswith(words.grounds)
    return False


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


def _rank(line: str, block: Block, words: OfficialWords) -> float | None:
    """Return the rank of a heading (1 is the outermost), or None for other lines."""
    for number, pattern in enumerate(words.divisions, start=1):
        match = pattern.match(line)
        # "Điều 5 của Luật này quy định ..." begins a sentence, "Điều 5. Phạm vi" does not.
        if match and (
            match.end() == len(line)
            or line[match.end() : match.end() + 2].lstrip()[:1] in tuple(".:-–/")
            or line.isupper()
        ):
            # An article is one however long its line is; it may hold its whole text.
            return float(number) if number == ARTICLE or len(line) <= 2 * HEADING_LENGTH else None
    if len(line) > HEADING_LENGTH:
        return None
    if is_annex(line, words):
        return ANNEX
    ended = line.endswith((".", ";", ",", ":"))
    for rank, numbering in _NUMBERED:
        if numbering.match(line):
            # A numbered sentence is a paragraph; a heading has no stop at its end.
            return None if ended and not (line.endswith(":") and len(line) < 80) else rank
    if block.kind is BlockKind.HEADING and block.part is Part.BODY:
        return words.unnumbered - 1 + min(block.level or 1, 9) / 10
    if line.isupper() and len(line) > 6 and line[:1].isalpha() and not line.endswith((".", ";")):
        return CAPITALS
    if len(line) < 80 and not line.endswith((".", ";", ",")) and line[:1].isupper():
        bare = fold_phrase(line).rstrip(" :.")
        if any(bare == h or bare.startswith((h + " ", h + ",")) for h in words.headings):
            return words.unnumbered
    return None


def _is_bare(line: str, words: OfficialWords) -> bool:
    """Say whether a division's line holds its number alone: the title is the next line."""
    for pattern in words.divisions:
        match = pattern.match(line)
        if match and not line[match.end() :].strip(" .:-–"):
            return True
    return False
