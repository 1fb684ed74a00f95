"""News articles: title, lead, body, captions, bylines and the furniture of the page.

Where to start reading: :func:`analyse` passes the blocks once, in order, and gives each its
part; then lead, byline and headings are marked.  Only short lines are compared with the
word lists, because the batch reads thousands of articles a second.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from vankien.documents import Block, BlockKind, Document, Kind, Metadata, Part, with_sections
from vankien.normalise import UPPER, fold_phrase
from vankien.reading.wording import NewsWords, news_words

__all__ = ["analyse"]

TITLE_LENGTH = 220
LEAD_LENGTH = 650
LEAD_SHARE = 0.5
"""The rest of an article is longer than this share of its lead."""

LINK_LENGTH = 220
"""A longer line is no link, comment or other furniture."""

PHRASE_LENGTH = 60
"""The phrases of furniture are shorter than this."""

CAPTION_LENGTH = 400
DATELINE_LENGTH = 80
HEADING_LENGTH = 90
BYLINE_LENGTH = 60
OPENING_BLOCKS = 8
"""A title, a date line and a byline at the top stand within so many blocks."""

_STOP = re.compile(r"[.…:;,]\W*\Z")
_SENTENCE = re.compile(r"[.…]\W*\Z")
_NAME = re.compile(rf"(?:[{UPPER}]\w*(?:\s+|\s*-\s*|\Z)){{2,6}}(?:\([\w ,.]{{2,30}}\))?\Z")
_TRIM = " :.…»>-–|"


def analyse(document: Document) -> Document:
    """Give every block its part and fill title, authors and date; the text is unchanged."""
    text = document.text
    words = news_words()
    metadata = document.metadata
    title = metadata.title
    titled = any(block.part is Part.TITLE for block in document.blocks[:OPENING_BLOCKS])
    published = metadata.published
    captions: set[str] = set()
    result: list[Block] = []
    # What the lines being read belong to: the article, a list of links, readers' comments.
    within: str | None = None
    previous = ""
    for position, block in enumerate(document.blocks):
        length = block.end - block.start
        if block.part is not Part.BODY:
            if block.part is Part.TITLE and title is None:
                title = " ".join(text[block.start : block.end].split())
            elif block.part is Part.CAPTION:
                if (caption := text[block.start : block.end]) in captions:
                    block = _as(block, Part.BOILERPLATE)
                captions.add(caption)
            result.append(block)
            continue
        if length > CAPTION_LENGTH or block.kind is BlockKind.TABLE:
            within, previous = None, ""
            result.append(block)
            continue
        line = text[block.start : block.end]
        part = _furniture(line, length, words)
        if part is not None:
            within = within if part == _SINGLE else part
            result.append(_as(block, Part.BOILERPLATE))
            continue
        if length <= DATELINE_LENGTH and position < OPENING_BLOCKS:
            day = _dateline(line, words)
            if day is not None:
                published = published or day
                result.append(_as(block, Part.BOILERPLATE))
                continue
        if not titled and position < OPENING_BLOCKS and _is_title(line, document, position):
            titled = True
            title = title or " ".join(line.split())
            result.append(_as(block, Part.TITLE, BlockKind.HEADING))
            previous = line
            continue
        if within is not None:
            if length <= LINK_LENGTH and (within == _COMMENTS or not _SENTENCE.search(line)):
                result.append(_as(block, Part.BOILERPLATE))
                continue
            within = None
        # A page often carries a caption twice, below the picture and in its tooltip, and
        # the title again above the text.
        if line == previous or line in captions or (line == title and titled):
            result.append(_as(block, Part.BOILERPLATE))
        elif _is_caption(line, words):
            captions.add(line)
            result.append(_as(block, Part.CAPTION))
        else:
            result.append(block)
        previous = line if length > PHRASE_LENGTH else ""
    if titled:
        _mark_lead(result)
    authors = _mark_bylines(result, text, words)
    headings = _mark_headings(result, text)
    kind = document.kind
    if kind is Kind.OTHER and titled and len(result) > 1:
        kind = Kind.NEWS_ARTICLE
    return replace(
        document,
        kind=kind,
        metadata=_filled(metadata, title if titled else metadata.title, authors, published),
        blocks=with_sections(result, text) if headings else tuple(result),
    )


_SINGLE, _LINKS, _COMMENTS = "single", "links", "comments"


def _furniture(line: str, length: int, words: NewsWords) -> str | None:
    """Say what sort of furniture a line is or begins, or None."""
    if length > LINK_LENGTH:
        return None
    form = fold_phrase(line[:PHRASE_LENGTH])
    bare = form.strip(_TRIM) if length <= PHRASE_LENGTH else ""
    if bare in words.links_start:
        return _LINKS
    if bare in words.comments_start:
        return _COMMENTS
    # A bare line of marks ("-----", "* * *") is furniture too.
    if bare in words.line or form.startswith(words.prefix) or not (bare or form.strip(_TRIM)):
        return _SINGLE
    return None


def _as(block: Block, part: Part, kind: BlockKind | None = None) -> Block:
    # Faster than dataclasses.replace, which looks at every field.
    return Block(
        block.start, block.end, part, kind or block.kind, block.page, block.section, block.level
    )


def _filled(
    metadata: Metadata, title: str | None, authors: tuple[str, ...], published: date | None
) -> Metadata:
    if (title, published) == (metadata.title, metadata.published) and not authors:
        return metadata
    return replace(metadata, title=title, published=published, authors=metadata.authors or authors)


def _is_title(line: str, document: Document, position: int) -> bool:
    """A first short line without a final stop, followed by something longer."""
    if len(line) > TITLE_LENGTH or _STOP.search(line) or not line[:1].isprintable():
        return False
    following = document.blocks[position + 1 : position + 4]
    return any(block.end - block.start > len(line) for block in following)


def _is_caption(line: str, words: NewsWords) -> bool:
    lower = line.lower()
    if not any(word in lower for word in words.caption_words):
        return False
    byline = words.byline.match(lower)
    # A byline may name the photographer too; its line says who wrote, not what is shown.
    if byline is not None and _NAME.fullmatch(line[byline.end() :].strip(" ./")):
        return False
    return words.caption.search(lower) is not None


def _dateline(line: str, words: NewsWords) -> date | None:
    match = words.dateline.match(line.lower().strip())
    if match is None:
        return None
    try:
        return date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:
        return None


def _mark_lead(blocks: list[Block]) -> None:
    """The first paragraph below a title is the lead, unless the rest is far shorter."""
    if any(block.part is Part.LEAD for block in blocks):
        return
    body = [i for i, block in enumerate(blocks) if block.part is Part.BODY]
    if len(body) < 2:
        return
    first = blocks[body[0]]
    size = first.end - first.start
    if first.kind is BlockKind.PARAGRAPH and 40 < size <= LEAD_LENGTH:
        rest = sum(blocks[i].end - blocks[i].start for i in body[1:])
        if rest > LEAD_SHARE * size:
            blocks[body[0]] = _as(first, Part.LEAD)


def _mark_bylines(blocks: list[Block], text: str, words: NewsWords) -> tuple[str, ...]:
    """Mark the byline that ends the article, or stands below its title."""
    body = [i for i, block in enumerate(blocks) if block.part is Part.BODY]
    authors: tuple[str, ...] = ()
    if len(body) < 2:
        return authors
    for index in (body[-1], body[0]):
        block = blocks[index]
        if block.end - block.start > BYLINE_LENGTH or block.kind is not BlockKind.PARAGRAPH:
            continue
        line = text[block.start : block.end].strip(" ./")
        prefix = words.byline.match(line.lower())
        name = line[prefix.end() :].strip() if prefix else line
        if _NAME.fullmatch(name) and (prefix or index == body[-1]):
            blocks[index] = _as(block, Part.BOILERPLATE)
            found = re.split(r"\s*-\s*", re.sub(r"\s*\(.*\)\Z", "", name))
            authors = authors or tuple(n.strip() for n in found if n.strip())
        elif index == body[-1] and words.taken_from.fullmatch(line.lower()):
            blocks[index] = _as(block, Part.BOILERPLATE)
    return authors


def _mark_headings(blocks: list[Block], text: str) -> bool:
    """Short lines without a stop between paragraphs are headings of an article."""
    found = False
    for i in range(1, len(blocks) - 1):
        block = blocks[i]
        if block.part is not Part.BODY or block.end - block.start > HEADING_LENGTH:
            continue
        if block.kind is BlockKind.HEADING:
            found = True
            continue
        following = blocks[i + 1]
        line = text[block.start : block.end]
        if (
            block.kind is BlockKind.PARAGRAPH
            and following.part is Part.BODY
            and following.end - following.start > 2 * len(line)
            and (line[:1].isupper() or line[:1].isdigit())
            and not _STOP.search(line)
        ):
            blocks[i] = Block(
                block.start, block.end, Part.BODY, BlockKind.HEADING, block.page, level=1
            )
            found = True
    return found
