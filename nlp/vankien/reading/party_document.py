"""Party and State documents: header, title, sections, signature, recipients.

Layouts: Hướng dẫn 36-HD/VPTW of 03/04/2018 (Party), Nghị định 30/2020/NĐ-CP (State).  The
order of the header is issuer, national line, number, place and date, then the type in
capitals and the abstract (trích yếu).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from vankien.codebook import load_yaml
from vankien.documents import Block, BlockKind, Document, Kind, Part, with_sections
from vankien.normalise import UPPER, fold_phrase
from vankien.resources import codebook_dir

__all__ = ["analyse", "kind_of"]

HEADER_BLOCKS = 16
"""The header ends within so many blocks."""

_NUMBER = re.compile(
    r"(?:Luật\s+)?[Ss]ố\s*:?\s*(?P<n>\d{1,5}\s?[-/]\s?[A-ZĐ][\wĐđ]*(?:\s?[-/]\s?[\wĐđ]+)*|"
    r"\d{1,5}/(?:19|20)\d\d/[\wĐđ-]+)"
)
_PLACE_DATE = re.compile(
    rf"(?P<place>[{UPPER}][\w .]{{1,40}}?)\s*,\s*ngày\s+(?P<d>\d{{1,2}})\s+tháng\s+"
    r"(?P<m>\d{1,2})\s+năm\s+(?P<y>\d{4})"
)
_LEVELS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(r"(?:PHẦN|Phần)\s+(?:thứ\s+\w+|[IVXLC\d]+)", re.IGNORECASE)),
    (2, re.compile(r"(?:CHƯƠNG|Chương)\s+[IVXLC\d]+", re.IGNORECASE)),
    (3, re.compile(r"(?:MỤC|Mục)\s+[IVXLC\d]+", re.IGNORECASE)),
    (4, re.compile(r"Điều\s+\d+[a-zđ]?\s*[.:]", re.IGNORECASE)),
    (2, re.compile(r"[IVXLC]{1,5}\s*[.\-–/)]\s*\S")),
    (5, re.compile(r"\d{1,2}\s*[.\-–/)]\s+\S")),
    (6, re.compile(r"\d{1,2}\.\d{1,2}\.?\s+\S")),
    (7, re.compile(r"[a-zđ]\s*\)\s*\S")),
)
HEADING_LENGTH = 160


@dataclass(frozen=True, slots=True)
class _Words:
    party: tuple[str, ...]
    state: tuple[str, ...]
    stamps: dict[str, str | None]
    recipients: tuple[str, ...]
    signature: tuple[str, ...]
    types: tuple[str, ...]
    headings: tuple[str, ...]


@cache
def _words() -> _Words:
    data = load_yaml(codebook_dir() / "layouts.yaml")["official"]

    def folded(name: str) -> tuple[str, ...]:
        return tuple(fold_phrase(p) for p in data[name])

    return _Words(
        party=folded("national_party"),
        state=folded("national_state"),
        stamps={fold_phrase(k): v for k, v in data["stamps"].items()},
        recipients=folded("recipients_start"),
        signature=folded("signature_start"),
        types=tuple(sorted(folded("types"), key=len, reverse=True)),
        headings=folded("headings"),
    )


def kind_of(opening: str) -> Kind | None:
    """Return the kind of official document that a folded opening shows, or None.

    The national line must stand with a number or a date line: an article that merely
    names the Party is no Party document.
    """
    words = _words()
    header = opening[:500]
    numbered = re.search(r"số\s*:?\s*\d{1,5}\s?[-/]", header) or re.search(
        r", ngày \d{1,2} tháng \d{1,2} năm \d{4}", header
    )
    if not numbered:
        return None
    if any(line in header for line in words.state):
        return Kind.STATE_DOCUMENT
    if any(line in header for line in words.party):
        return Kind.PARTY_DOCUMENT
    return None


def analyse(document: Document) -> Document:
    """Give every block its part and level, and read the header's fields."""
    text = document.text
    blocks = list(document.blocks)
    words = _words()
    type_at = _type_block(blocks, text, words)
    fields: dict[str, object] = {}
    header_end = type_at if type_at is not None else _header_end(blocks, text, words)
    _read_header(blocks, text, header_end, words, fields)
    result: list[Block] = []
    title_end = header_end
    if type_at is not None:
        title_end = _title_end(blocks, text, type_at, words)
        fields["doc_type"] = _type_name(text, blocks[type_at], words)
        fields["title"] = " ".join(
            " ".join(text[b.start : b.end].split()) for b in blocks[type_at:title_end]
        )
    zone = Part.BODY
    for position, block in enumerate(blocks):
        if block.part in (Part.HEADER, Part.FOOTER, Part.RECIPIENTS, Part.SIGNATURE):
            result.append(block)
            continue
        if position < header_end:
            result.append(replace(block, part=Part.HEADER))
            continue
        if position < title_end:
            result.append(replace(block, part=Part.TITLE, kind=BlockKind.HEADING, level=None))
            continue
        if block.kind is BlockKind.TABLE:
            result.append(block)
            continue
        line = text[block.start : block.end].strip()
        form = fold_phrase(line[:60])
        if form.startswith(words.recipients) and len(line) < 400:
            zone = Part.RECIPIENTS
        elif form.startswith(words.signature) and len(line) < 160:
            zone = Part.SIGNATURE
        elif zone is not Part.BODY and (len(line) > 250 or _is_annex(form)):
            zone = Part.BODY
        if zone is not Part.BODY:
            result.append(replace(block, part=zone))
            continue
        level = _level(line, form, words)
        if level is not None:
            result.append(replace(block, kind=BlockKind.HEADING, level=level))
        else:
            result.append(block)
    fields["signer"] = _signer(result, text)
    metadata = replace(
        document.metadata,
        **{
            key: value
            for key, value in fields.items()
            if value is not None and getattr(document.metadata, key) in (None, ())
        },  # type: ignore[arg-type]
    )
    return replace(document, metadata=metadata, blocks=with_sections(result, text))


def _is_annex(form: str) -> bool:
    return form.startswith(("phụ lục", "biểu số", "phần thứ"))


def _type_block(blocks: list[Block], text: str, words: _Words) -> int | None:
    for position, block in enumerate(blocks[:HEADER_BLOCKS]):
        line = text[block.start : block.end].strip()
        if len(line) > 60 or block.kind is BlockKind.TABLE:
            continue
        form = fold_phrase(line).strip(" :")
        if form in words.types and (line.isupper() or block.kind is BlockKind.HEADING):
            return position
    return None


def _type_name(text: str, block: Block, words: _Words) -> str | None:
    line = " ".join(text[block.start : block.end].split()).lower()
    return line.strip(" :") or None


def _header_end(blocks: list[Block], text: str, words: _Words) -> int:
    last = 0
    for position, block in enumerate(blocks[:HEADER_BLOCKS]):
        line = text[block.start : block.end]
        form = fold_phrase(line)
        if (
            any(p in form for p in (*words.party, *words.state))
            or _NUMBER.search(line)
            or _PLACE_DATE.search(line)
        ) and len(line) < 200:
            last = position + 1
    return last


def _title_end(blocks: list[Block], text: str, type_at: int, words: _Words) -> int:
    """The abstract follows the type: up to three short blocks, until a section begins."""
    end = type_at + 1
    for position in range(type_at + 1, min(type_at + 4, len(blocks))):
        line = text[blocks[position].start : blocks[position].end].strip()
        form = fold_phrase(line[:60])
        if len(line) > 300 or _level(line, form, words) is not None or line.startswith("-----"):
            break
        if form.startswith(("căn cứ", "kính gửi", "thực hiện", "xét", "theo đề nghị")):
            break
        if line.endswith((".", ";", ":")) and position > type_at + 1:
            break
        end = position + 1
        if line.endswith("."):
            break
    return end


def _level(line: str, form: str, words: _Words) -> int | None:
    if len(line) > HEADING_LENGTH:
        return None
    for level, pattern in _LEVELS:
        if pattern.match(line):
            # A numbered sentence is a paragraph; a heading has no full stop at its end.
            if level >= 5 and line.rstrip().endswith((".", ";", ",")):
                return None
            return level
    if line.isupper() and len(line) > 6:
        return 1
    bare = form.rstrip(" :.")
    if len(line) < 80 and any(bare == h or bare.startswith(h + " ") for h in words.headings):
        return 6 if not line.rstrip().endswith(".") else None
    return None


def _read_header(
    blocks: list[Block], text: str, end: int, words: _Words, fields: dict[str, object]
) -> None:
    issuer: list[str] = []
    for block in blocks[: max(end, 1)]:
        raw = text[block.start : block.end]
        for line in re.split(r"[\n\t]+", raw):
            line = line.strip(" -–*_")
            if not line:
                continue
            form = fold_phrase(line).strip(" *-")
            if form in words.stamps:
                fields["secrecy"] = words.stamps[form]
                continue
            number = _NUMBER.search(line)
            place = _PLACE_DATE.search(line)
            if number:
                fields["number"] = re.sub(r"\s", "", number.group("n"))
            if place:
                fields["place"] = place.group("place").strip()
                fields["published"] = _date(place)
            if number or place or any(p in form for p in (*words.party, *words.state)):
                continue
            if line.upper() == line and len(line) > 3 and not form.startswith(("độc lập",)):
                issuer.append(" ".join(line.split()))
    if issuer:
        fields["issuer"] = " ".join(issuer)


def _date(match: re.Match[str]) -> date | None:
    year, month, day = int(match.group("y")), int(match.group("m")), int(match.group("d"))
    if 1 <= month <= 12 and 1 <= day <= 31:
        try:
            return date(year, month, day)
        except ValueError:
            return None
    return None


def _signer(blocks: list[Block], text: str) -> str | None:
    """The last line of the signature block that looks like a name."""
    for block in reversed(blocks):
        if block.part is not Part.SIGNATURE:
            continue
        for line in reversed(re.split(r"[\n\t]+", text[block.start : block.end])):
            line = line.strip()
            if re.fullmatch(rf"(?:[{UPPER}]\w*\s?){{2,5}}", line) and not line.isupper():
                return line
    return None
