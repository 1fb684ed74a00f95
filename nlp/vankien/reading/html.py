"""HTML: main text and metadata by trafilatura; what it lacks by a pass of our own.

Where to start reading: :func:`read_html`.  trafilatura says which elements are the article;
our pass over the page's tree says what they are: headings, captions, tables with merged
cells, the lead, links and comments.  Where trafilatura finds far less than the page has
running text, the page's own elements are taken instead.

trafilatura's state is fixed at this boundary: no deduplication (it depends on what was read
before), no network, a fixed limit for dates; its caches hold only pure functions' results.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

from vankien.documents import BlockKind, Document, DocumentBuilder, Metadata, Part
from vankien.errors import ReadError
from vankien.normalise import clean, fold_phrase
from vankien.reading.conservation import digits_in
from vankien.reading.encodings import repair, repair_lines
from vankien.reading.html_pieces import HEADINGS, Piece, named, one_line, page_pieces, text_of
from vankien.reading.layout import analyse
from vankien.reading.paragraphs import ends_sentence
from vankien.reading.party_document import official_kind
from vankien.reading.registry import reader
from vankien.reading.syllables import graded
from vankien.reading.tables import (
    caption_above,
    header_cells,
    total_rows,
    unit_above,
)
from vankien.reading.text import Decoded, decode
from vankien.reading.wording import HtmlNames, html_names, news_words

__all__ = ["read_html", "read_mhtml"]

DATES = {"extensive_search": False, "original_date": True, "max_date": "2100-01-01"}
"""No date is taken from running text, and none depends on today."""

MAX_PARTS = 5_000
"""Parts of a page saved as one file that are looked at for the page itself."""

MAX_DEPTH = 100
"""Parts in parts of such a page."""

MIN_SHARE = 0.5
"""trafilatura's text is trusted where it has this share of the page's running text."""

RUNNING = 120
"""A paragraph so long is running text, whatever part of the page it stands in."""

TITLE_LENGTH = 200
"""Longer lines are no titles."""

NEAR = 3
"""A caption so many elements from the article belongs to it."""

_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{100000}")
"""Parsing takes quadratic time in the attributes of a tag."""

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-]((?:19|20)\d\d)(?!\d)")
_DATE_NAMES = frozenset(
    {
        "article:published_time", "date", "datepublished", "dc.date", "dc.date.issued",
        "dcterms.created", "og:pubdate", "pubdate", "publish-date", "publishdate",
    }
)  # fmt: skip
_APART = frozenset({Part.BOILERPLATE, Part.FOOTER})
_OFFICIAL = frozenset({Part.HEADER, Part.RECIPIENTS, Part.SIGNATURE})


@reader("mhtml", extensions=(".mht", ".mhtml"))
def read_mhtml(data: bytes, source: str, sha256: str) -> Document:
    """Read a page saved as one file (RFC 2557): its first part of HTML.

    Raises ReadError (V106) where it holds none, and as :func:`read_html`.
    """
    from email import policy
    from email.errors import MessageError
    from email.parser import BytesParser

    if data.lower().count(b"boundary=") > MAX_DEPTH:
        raise ReadError("V106", source, detail="its parts are nested too deeply")
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(data)
        parts = islice(message.walk(), MAX_PARTS)
        page = next((p for p in parts if p.get_content_type() == "text/html"), None)
        body = page.get_payload(decode=True) if page is not None else None
    except (MessageError, ValueError, LookupError, RecursionError) as error:
        raise ReadError("V106", source, detail="its parts are damaged") from error
    if page is None or not isinstance(body, bytes) or not body.strip():
        raise ReadError("V106", source, detail="it holds no part of HTML")
    charset = page.get_content_charset()
    if charset is not None:
        with suppress(LookupError, UnicodeDecodeError):  # then the page's own statistics decide
            body = body.decode(charset).encode("utf-8")
    document = read_html(body, source, sha256)
    address = page.get("Content-Location") or message.get("Snapshot-Content-Location")
    if document.metadata.url or not address:
        return document
    return replace(document, metadata=replace(document.metadata, url=str(address).strip()))


@reader("html", extensions=(".html", ".htm", ".xhtml"))
def read_html(data: bytes, source: str, sha256: str) -> Document:
    """Read a saved page.

    Related links and comments are kept at the end as boilerplate; the menus and the imprint
    of the site are left out.  Raises ReadError: V106
    where the page has no text, V110 for an unknown encoding.
    """
    tree, warnings = _tree(data, source)
    names = html_names()
    pieces = list(page_pieces(tree, names))
    article, metadata = _article(tree)
    title = _title(tree, metadata)
    kept = _kept(pieces, article)
    official = any(piece.part in _OFFICIAL for piece in pieces)
    if title is not None and not official and not _printed(title, pieces):
        title = _opening(pieces, kept) or title
    builder = DocumentBuilder()
    # The name that a site gives its page is no part of an official document.
    _add(builder, pieces, kept, None if official and not _printed(title, pieces) else title)
    left_out = [
        piece
        for i, piece in enumerate(pieces)
        if i not in kept and piece.part is Part.BODY and not piece.links
        and len(piece.text) >= RUNNING and digits_in(piece.text)
    ]  # fmt: skip
    if left_out:
        note = (
            f"paragraphs of the page with figures, outside the article, left out: {len(left_out)}"
        )
        warnings = (*warnings, note)
    if not any(block.part in (Part.BODY, Part.LEAD) for block in builder.blocks):
        raise ReadError("V106", source, detail="it holds no running text")
    document = Document(
        doc_id=sha256[:16],
        source=source,
        text=builder.text,
        sha256=sha256,
        metadata=Metadata(
            authors=_authors(metadata["author"] or ""),
            publisher=metadata["sitename"],
            url=metadata["url"],
            language=(tree.get("lang") or "").split("-")[0].lower() or None,
        ),
        blocks=tuple(builder.blocks),
        tables=tuple(builder.tables),
        quality=graded(builder.text),
        warnings=warnings,
    )
    published = _published(tree, names) or _iso(metadata["date"])
    if official_kind(document) is None:
        return analyse(_dated(document, title, published))
    # What an official document says of itself stands before what its page says.
    return _dated(analyse(document), title, published)


def _authors(given: str) -> tuple[str, ...]:
    """Return the names of the page's authors without the words of a byline ("Tin, ảnh: ...")."""
    word = news_words().byline_word
    names = (word.sub("", name.strip()).strip(" :,.") for name in given.split(";"))
    return tuple(dict.fromkeys(name for name in names if name))


def _dated(document: Document, title: str | None, published: date | None) -> Document:
    """Fill title and date where the document has none."""
    known = document.metadata
    return replace(
        document,
        metadata=replace(known, title=known.title or title, published=known.published or published),
    )


def _printed(title: str | None, pieces: list[Piece]) -> bool:
    """Say whether a title stands on the page itself, not only in its head."""
    return title is not None and any(
        title in piece.text or (len(piece.text) > TITLE_LENGTH / 8 and piece.text in title)
        for piece in pieces
    )


def _opening(pieces: list[Piece], kept: set[int]) -> str | None:
    """Return the first line of the article where it is a title: short, without a stop."""
    running = [
        piece
        for i, piece in enumerate(pieces)
        if i in kept and piece.part is Part.BODY and not piece.links
    ]
    if len(running) < 2 or len(running[0].text) > TITLE_LENGTH:
        return None
    line = running[0].text
    longer = any(len(piece.text) > len(line) for piece in running[1:4])
    return line if longer and not ends_sentence(line) and len(line.split()) > 3 else None


def _tree(data: bytes, source: str) -> tuple[Any, tuple[str, ...]]:
    """Return the page's tree, its texts repaired, and what had to be done."""
    from lxml import etree
    from lxml import html as lxml_html

    decoded = _decoded(data, source)
    text = _DECLARATION.sub("", decoded.text).replace("\x00", "")
    if _LONG_TAG.search(text):
        raise ReadError("V106", source, detail="a tag of it is over 100,000 characters long")
    parser = lxml_html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True
    )
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise ReadError("V106", source, detail=" ".join(str(error).split())[:120]) from error
    note = _repair_tree(tree)
    return tree, (*decoded.warnings, note) if note else decoded.warnings


def _repair_tree(tree: Any) -> str | None:
    """Repair the texts of a page in place: entities may hide legacy bytes until now."""
    places: list[tuple[Any, bool]] = []
    texts: list[str] = []
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag not in ("script", "style") and element.text:
            places.append((element, True))
            texts.append(element.text)
        if element.tail:
            places.append((element, False))
            texts.append(element.tail)
    if repair("\n".join(texts))[1] is None:
        return None
    repaired, note = repair_lines(texts)
    for (element, inside), text in zip(places, repaired, strict=True):
        if inside:
            element.text = text
        else:
            element.tail = text
    return note


def _decoded(data: bytes, source: str) -> Decoded:
    """Decode by mark, as UTF-8 or by statistics, else by the encoding the page declares."""
    try:
        return decode(data, source, viqr=False)
    except ReadError:
        declared = _CHARSET.search(data[:4096])
        if declared is None:
            raise
        try:
            return Decoded(data.decode(declared.group(1).decode("ascii")))
        except (LookupError, UnicodeDecodeError) as error:
            detail = f"it is not in the encoding it declares, {declared.group(1)!r}"
            raise ReadError("V110", source, detail=detail) from error


def _article(tree: Any) -> tuple[list[str], dict[str, str | None]]:
    """Return trafilatura's lines of the article, squeezed, and its metadata."""
    from trafilatura import bare_extraction
    from trafilatura.metadata import extract_metadata

    copy = deepcopy(tree)
    for cell in copy.iter("td", "th"):
        # trafilatura writes a merged cell out at every place it claims; our grid needs none.
        cell.attrib.pop("rowspan", None)
        cell.attrib.pop("colspan", None)
    result = bare_extraction(
        copy,
        with_metadata=True,
        include_comments=False,
        include_tables=True,
        deduplicate=False,
        favor_recall=True,
        date_extraction_params=dict(DATES),
    )
    lines: list[str] = []
    if result is None or result.body is None:
        result = extract_metadata(tree, date_config=dict(DATES))
    else:
        for element in result.body.iter("p", "head", "item", "cell", "quote", "code", "lb"):
            lines.append(_squeezed("".join(element.itertext())))
            lines.append(_squeezed(element.text or ""))
            lines.append(_squeezed(element.tail or ""))
    names = ("title", "author", "sitename", "date", "url", "description")
    return [line for line in lines if line], {n: getattr(result, n, None) or None for n in names}


def _squeezed(text: str) -> str:
    return "".join(clean(text).split())


def _kept(pieces: list[Piece], article: list[str]) -> set[int]:
    """Return the pieces of the page that belong to the article."""
    whole = "\n".join(article)
    known = set(article)
    kept: set[int] = set()
    running = found = 0
    for i, piece in enumerate(pieces):
        if piece.part in _APART:
            continue
        squeezed = _squeezed(piece.text)
        if piece.grid is not None:
            cells = [_squeezed(t) for row in piece.grid.rows for t in row if t]
            inside = sum(cell in known or cell in whole for cell in cells) >= 0.6 * len(cells)
        else:
            inside = squeezed in known or (len(squeezed) > 20 and squeezed in whole)
        if not piece.links:
            running += len(squeezed)
            found += len(squeezed) if inside else 0
        if inside:
            kept.add(i)
    if found < MIN_SHARE * running:
        return {i for i, p in enumerate(pieces) if p.part not in _APART and not p.links}
    return _with_neighbours(pieces, kept)


def _with_neighbours(pieces: list[Piece], kept: set[int]) -> set[int]:
    """Add what trafilatura drops in and around the article: captions, headings, tables."""
    body = [i for i in kept if len(pieces[i].text) > 60] or sorted(kept)
    if not body:
        return kept
    first, last = min(body), max(body)
    # Links above the article are a menu, whatever trafilatura takes them for.
    added = {i for i in kept if i >= first or not pieces[i].links}
    for i, piece in enumerate(pieces):
        if piece.part in _APART:
            continue
        inside = first <= i <= last
        if (
            piece.part in _OFFICIAL
            or (piece.part is Part.LEAD and i <= last)
            or (piece.byline and first - NEAR <= i <= last + NEAR)
            or (piece.part is Part.CAPTION and first - NEAR <= i <= last + NEAR)
            or (inside and (piece.tag in HEADINGS or piece.grid is not None))
        ):
            added.add(i)
    return added


def _title(tree: Any, metadata: dict[str, str | None]) -> str | None:
    heads = [one_line(text_of(head)) for head in tree.iter("h1")]
    given = one_line(metadata["title"] or "")
    # The heading that the page's own title repeats, without the name of the site.
    for head in heads:
        if head and given and (head in given or given in head):
            return head
    return given or (heads[0] if len(heads) == 1 and heads[0] else None)


def _add(builder: DocumentBuilder, pieces: list[Piece], kept: set[int], title: str | None) -> None:
    words = news_words()
    ends: list[str] = []
    above: list[str] = []
    if title:
        builder.add(title, part=Part.TITLE, kind=BlockKind.HEADING)
    starts = words.links_start | words.comments_start
    for i, piece in enumerate(pieces):
        if i not in kept:
            begins = fold_phrase(piece.text[:60]).strip(" :") in starts
            if piece.part is Part.BOILERPLATE or begins:
                ends.append(piece.text)
            continue
        if piece.grid is not None:
            unit = next(filter(None, map(unit_above, above)), None)
            caption = next(filter(None, map(caption_above, above)), None)
            builder.add_table(
                header_cells(piece.grid), unit=unit, caption=caption, totals=total_rows(piece.grid)
            )
        elif piece.text == title:
            continue
        elif piece.part is not Part.BODY:
            builder.add(piece.text, part=piece.part)
        elif piece.tag in HEADINGS:
            builder.add(piece.text, kind=BlockKind.HEADING, level=max(1, HEADINGS[piece.tag] - 1))
        else:
            item = piece.tag in ("li", "dt", "dd")
            builder.add(piece.text, kind=BlockKind.LIST_ITEM if item else BlockKind.PARAGRAPH)
        above = [piece.text, *above[:1]]
    for text in ends:
        builder.add(text, part=Part.BOILERPLATE)


def _published(tree: Any, names: HtmlNames) -> date | None:
    """Return the date that the page's own fields or its line of date give."""
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        if name.lower() in _DATE_NAMES and (found := _iso(meta.get("content"))):
            return found
    for script in tree.iter("script"):
        if script.get("type") == "application/ld+json":
            match = re.search(r'"datePublished"\s*:\s*("[^"]*")', script.text or "")
            if match and (found := _iso(json.loads(match.group(1)))):
                return found
    for element in tree.iter("time"):
        if found := _iso(element.get("datetime")) or _day_first(one_line(text_of(element))):
            return found
    for element in tree.iter("span", "div", "p", "small", "em", "li"):
        if named(element, names.date) and (found := _day_first(one_line(text_of(element))[:120])):
            return found
    return None


def _iso(value: str | None) -> date | None:
    try:
        return date.fromisoformat((value or "").strip()[:10])
    except ValueError:
        return _day_first(value or "")


def _day_first(text: str) -> date | None:
    match = _DAY_FIRST.search(text)
    if match is None:
        return None
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None
