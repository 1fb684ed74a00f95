"""The close of a Party or State document: recipients, signature, and who signs for whom.

Recipients stand on the left and the signature on the right; both may stand one below the
other.  Where to start reading: :func:`zone_of` follows the lines below the title.
"""

from __future__ import annotations

import re

from vankien.documents import Block, BlockKind, Part
from vankien.normalise import UPPER, fold_phrase
from vankien.reading.official_head import HEADER_BLOCKS, line_of
from vankien.reading.wording import OfficialWords

__all__ = [
    "authority_of",
    "is_annex",
    "is_person",
    "side_part",
    "sign_closing_office",
    "signer_of",
    "zone_of",
]

CLOSING_LENGTH = 250
"""A longer line is no recipient and no part of a signature."""

ANNEX_LENGTH = 60
CLOSING_BLOCKS = 3
"""An office that closes a document without a name stands in so many lines."""

_SPLIT = re.compile(r"[\n\t]+")
_PERSON = re.compile(rf"(?:[{UPPER}][^\W\d]*['’]?(?:\s+|\Z)){{2,6}}\Z")
_DEGREE = re.compile(r"\A(?:[A-ZĐ]{2,4}\.\s?|[^\W\d_]{2,7}\.\s?)+")


def side_part(zone: Part, side: Part | None) -> Part:
    return side if side is not None and zone in (Part.RECIPIENTS, Part.SIGNATURE) else zone


def is_annex(line: str, words: OfficialWords) -> bool:
    """Say whether a line heads an annex: the word in capitals, or alone with its number."""
    if not fold_phrase(line[:ANNEX_LENGTH]).startswith(words.annex):
        return False
    return line.isupper() or re.fullmatch(r"\D{4,12}\s(?:số\s)?[\dIVXLC]{1,4}", line) is not None


def zone_of(
    zone: Part, line: str, position: int, blocks: list[Block], text: str, words: OfficialWords
) -> Part:
    """Return the zone that a line below the title stands in: body, recipients, signature."""
    if len(line) > CLOSING_LENGTH:
        return Part.BODY
    form = fold_phrase(line[:60])
    if form.startswith(words.recipients):
        return Part.RECIPIENTS
    if form.startswith(words.addressee) and (":" in line[:40] or not line.endswith(".")):
        return Part.RECIPIENTS if position < HEADER_BLOCKS else Part.BODY
    if is_annex(line, words):
        return Part.BODY
    if line.lower().startswith(words.signature) and line[:3].isupper():
        return Part.SIGNATURE
    if (
        line.isupper()
        and form.startswith(words.offices)
        and _near_end(position, blocks, text, words)
    ):
        return Part.SIGNATURE
    if zone is Part.RECIPIENTS:
        if position < HEADER_BLOCKS and not line.startswith(("-", "–", "+")) and _is_addressed(
            position, blocks, text, words
        ):  # fmt: skip
            return Part.BODY  # the addressees of a letter end where its text begins
        if line.isupper():
            return Part.SIGNATURE
        return zone
    if zone is Part.SIGNATURE:
        return zone
    if position >= len(blocks) - 3 and _PERSON.fullmatch(line) and not line.isupper():
        before = line_of(text, blocks[position - 1]) if position else ""
        if before.endswith((".", "./", "/.")) or fold_phrase(before).strip("() ") in words.signed:
            return Part.SIGNATURE
    return zone


def _is_addressed(position: int, blocks: list[Block], text: str, words: OfficialWords) -> bool:
    """Say whether the zone that a line stands in began with addressees, not recipients."""
    for block in reversed(blocks[:position]):
        form = fold_phrase(line_of(text, block)[:60])
        if form.startswith(words.addressee):
            return True
        if form.startswith(words.recipients):
            return False
    return False


def _near_end(position: int, blocks: list[Block], text: str, words: OfficialWords) -> bool:
    """An office in capitals signs where a name follows within four lines."""
    for block in blocks[position + 1 : position + 5]:
        line = _bare_name(line_of(text, block), words)
        if _PERSON.fullmatch(line) and not line.isupper():
            return True
    return False


def is_person(line: str, words: OfficialWords) -> bool:
    """Say whether a line is the name of a person, with degrees or without."""
    return _PERSON.fullmatch(_bare_name(line, words)) is not None and not line.isupper()


def _bare_name(line: str, words: OfficialWords) -> str:
    """Return a name without the degrees and ranks before it ("PGS. TS.", "Đại tá")."""
    while found := _DEGREE.match(line) or words.ranks.match(line):
        line = line[found.end() :]
    return line


def signer_of(blocks: list[Block], text: str, words: OfficialWords) -> str | None:
    """Return the last name of the signature, without degrees."""
    capitals: str | None = None
    for block in reversed(blocks):
        if block.part is not Part.SIGNATURE:
            continue
        for raw in reversed(_SPLIT.split(text[block.start : block.end])):
            line = _bare_name(" ".join(raw.split()), words)
            if _PERSON.fullmatch(line) and not line.isupper():
                return line
            if capitals is None and _is_loud_name(line, words):
                capitals = line
    return capitals


def _is_loud_name(line: str, words: OfficialWords) -> bool:
    """Say whether a line in capitals is a name, not an office."""
    parts = line.split()
    return (
        line.isupper()
        and 2 <= len(parts) <= 5
        and all(part.isalpha() for part in parts)
        and fold_phrase(parts[0]) in words.surnames
        and not fold_phrase(line).startswith(words.offices)
    )


def authority_of(blocks: list[Block], text: str, words: OfficialWords) -> str | None:
    """Return the lines of the signature that say on whose behalf: T/M, K/T, T/L, TUQ, Q."""
    lines = [
        line
        for block in blocks
        if block.part is Part.SIGNATURE
        for raw in _SPLIT.split(text[block.start : block.end])
        if (line := " ".join(raw.split())).isupper() and line.lower().startswith(words.signature)
    ]
    return " ".join(lines) or None


def sign_closing_office(blocks: list[Block], ranks: list[float | None], text: str) -> None:
    """Lines in capitals that end the text head nothing: the office that issued it signs."""
    if any(block.part is Part.SIGNATURE for block in blocks):
        return
    for position in range(len(blocks) - 1, max(-1, len(blocks) - 1 - CLOSING_BLOCKS), -1):
        block = blocks[position]
        line = line_of(text, block)
        if block.part is not Part.BODY or block.kind is BlockKind.TABLE:
            return
        if not line.isupper() or line[:1].isdigit():
            return
        ranks[position] = None
        blocks[position] = Block(
            block.start, block.end, Part.SIGNATURE, BlockKind.PARAGRAPH, block.page, block.section
        )
