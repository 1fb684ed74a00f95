"""News articles: title, lead, body, captions, bylines and the furniture of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from vankien.codebook import load_yaml
from vankien.documents import Block, BlockKind, Document, Kind, Part, with_sections
from vankien.normalise import fold_phrase
from vankien.resources import codebook_dir

__all__ = ["analyse"]

TITLE_LENGTH = 220
LEAD_LENGTH = 650
SHORT_LINE = 220
CAPTION_LENGTH = 420
HEADING_LENGTH = 90

_STOP = re.compile(r"[.!?…:;,]\W*\Z")
_NAME = re.compile(r"(?:[^\W\d_a-zà-ỹđ]\w*(?:\s|\Z)){2,5}(?:\([\w ,.]{2,30}\))?\Z")


@dataclass(frozen=True, slots=True)
class _Words:
    start: frozenset[str]
    line: frozenset[str]
    prefix: tuple[str, ...]
    caption: re.Pattern[str]
    byline: re.Pattern[str]


@cache
def _words() -> _Words:
    data = load_yaml(codebook_dir() / "layouts.yaml")["news"]
    captions = "|".join(
        f"(?:{data[name]})" for name in ("caption_end", "caption_start", "caption_credit")
    )
    return _Words(
        start=frozenset(fold_phrase(p) for p in data["boilerplate_start"]),
        line=frozenset(fold_phrase(p) for p in data["boilerplate_line"]),
        prefix=tuple(fold_phrase(p) for p in data["boilerplate_prefix"]),
        caption=re.compile(captions, re.IGNORECASE),
        byline=re.compile(data["byline"], re.IGNORECASE),
    )


def analyse(document: Document) -> Document:
    """Give every block its part; the text is not changed."""
    text = document.text
    blocks = list(document.blocks)
    words = _words()
    titled = any(block.part is Part.TITLE for block in blocks)
    result: list[Block] = []
    captions: set[str] = set()
    furniture = False
    title = document.metadata.title
    for position, block in enumerate(blocks):
        if block.part is not Part.BODY or block.kind is BlockKind.TABLE:
            result.append(block)
            continue
        line = text[block.start : block.end]
        if position == 0 and not titled and _is_title(line, blocks, text):
            titled = True
            title = title or line
            result.append(replace(block, part=Part.TITLE, kind=BlockKind.HEADING))
            continue
        short = len(line) <= SHORT_LINE
        if short:
            form = fold_phrase(line).strip(" :.…»>-")
            if form in words.start:
                furniture = True
                result.append(replace(block, part=Part.BOILERPLATE))
                continue
            if form in words.line or form.startswith(words.prefix):
                result.append(replace(block, part=Part.BOILERPLATE))
                continue
        if furniture:
            if short:
                result.append(replace(block, part=Part.BOILERPLATE))
                continue
            furniture = False
        if len(line) <= CAPTION_LENGTH and words.caption.search(line):
            # A page often carries a caption twice: below the picture and in its tooltip.
            part = Part.BOILERPLATE if line in captions else Part.CAPTION
            captions.add(line)
            result.append(replace(block, part=part))
            continue
        result.append(block)
    _mark_lead(result, text, titled=titled)
    authors = _mark_byline(result, text, words)
    _mark_headings(result, text)
    kind = document.kind
    if kind is Kind.OTHER and titled and len(result) > 1:
        kind = Kind.NEWS_ARTICLE
    metadata = document.metadata
    if title and not metadata.title:
        metadata = replace(metadata, title=title)
    if authors and not metadata.authors:
        metadata = replace(metadata, authors=authors)
    return replace(
        document, kind=kind, metadata=metadata, blocks=with_sections(result, text)
    )


def _is_title(line: str, blocks: list[Block], text: str) -> bool:
    if len(blocks) < 2 or len(line) > TITLE_LENGTH or _STOP.search(line):
        return False
    # A title is followed by something longer than itself.
    return any(b.end - b.start > len(line) for b in blocks[1:4])


def _mark_lead(blocks: list[Block], text: str, *, titled: bool) -> None:
    if not titled:
        return
    body = [i for i, b in enumerate(blocks) if b.part is Part.BODY]
    if len(body) < 2:
        return
    first = blocks[body[0]]
    if first.kind is BlockKind.PARAGRAPH and 40 < first.end - first.start <= LEAD_LENGTH:
        rest = sum(blocks[i].end - blocks[i].start for i in body[1:])
        if rest > first.end - first.start:
            blocks[body[0]] = replace(first, part=Part.LEAD)


def _mark_byline(blocks: list[Block], text: str, words: _Words) -> tuple[str, ...]:
    body = [i for i, b in enumerate(blocks) if b.part is Part.BODY]
    if len(body) < 2:
        return ()
    last = blocks[body[-1]]
    line = text[last.start : last.end].strip()
    if len(line) > 60 or _STOP.search(line):
        return ()
    if _NAME.fullmatch(line) or words.byline.fullmatch(line):
        blocks[body[-1]] = replace(last, part=Part.BOILERPLATE)
        return (re.sub(r"^(?:Bài và ảnh|Tin, ảnh|Bài, ảnh|Bài|Theo|Nguồn)\s*:?\s+", "", line),)
    return ()


def _mark_headings(blocks: list[Block], text: str) -> None:
    """Short lines without a stop between paragraphs are headings of an article."""
    for i, block in enumerate(blocks[:-1]):
        if block.part is not Part.BODY or block.kind is not BlockKind.PARAGRAPH:
            continue
        line = text[block.start : block.end]
        following = blocks[i + 1]
        if (
            len(line) <= HEADING_LENGTH
            and not _STOP.search(line)
            and line[:1].isupper()
            and i > 0
            and following.part is Part.BODY
            and following.end - following.start > 2 * len(line)
        ):
            blocks[i] = replace(block, kind=BlockKind.HEADING, level=1)
