"""HTML: main text and metadata by trafilatura, captions and furniture by a pass of ours.

trafilatura's state is fixed at this boundary: no deduplication (it depends on what was read
before), no network, dates limited by the page alone.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

from vankien.documents import BlockKind, Document, DocumentBuilder, Kind, Metadata, Part
from vankien.errors import ReadError
from vankien.normalise import clean, fold_phrase
from vankien.reading.layout import analyse
from vankien.reading.tables import header_cells

__all__ = ["read_html"]

LATEST = "2100-01-01"
"""Fixed upper limit for dates, so that a result does not depend on today."""

_CAPTION_CLASS = re.compile(r"caption|chu-?thich|image-?note|photo-?(?:note|desc)", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


def read_html(data: bytes, source: str, sha256: str) -> Document:
    """Read a saved page.  Raises ReadError (V106) where no text is found."""
    from lxml import html as lxml_html
    from trafilatura import bare_extraction, load_html

    tree = load_html(data)
    if tree is None:
        raise ReadError("V106", source, detail="it has no element tree")
    assert isinstance(tree, lxml_html.HtmlElement)
    captions = _captions(tree)
    result = bare_extraction(
        tree,
        with_metadata=True,
        include_comments=False,
        include_tables=True,
        include_images=False,
        deduplicate=False,
        favor_recall=True,
        date_extraction_params={"max_date": LATEST, "extensive_search": True},
    )
    if result is None or result.body is None:
        raise ReadError("V106", source, detail="no main text was found")
    builder = DocumentBuilder()
    title = _line(result.title or "")
    if title:
        builder.add(title, part=Part.TITLE, kind=BlockKind.HEADING)
    _walk(result.body, builder, title, captions)
    for caption in captions:
        builder.add(caption, part=Part.CAPTION)
    if not any(b.part is Part.BODY for b in builder.blocks):
        raise ReadError("V106", source, detail="no main text was found")
    text = builder.text
    metadata = Metadata(
        title=title or None,
        published=_date(result.date),
        authors=tuple(a.strip() for a in (result.author or "").split(";") if a.strip()),
        publisher=result.sitename or None,
        url=result.url or None,
        language=tree.get("lang"),
    )
    document = Document(
        doc_id=sha256[:16],
        source=source,
        text=text,
        sha256=sha256,
        metadata=metadata,
        blocks=tuple(builder.blocks),
        tables=tuple(builder.tables),
    )
    analysed = analyse(document)
    if analysed.kind is Kind.OTHER:
        analysed = replace(analysed, kind=Kind.NEWS_ARTICLE)
    return analysed


def _line(text: str) -> str:
    return _SPACE.sub(" ", clean(text)).strip()


def _date(value: str | None) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def _captions(tree: Any) -> list[str]:
    """Return the captions of pictures in order, each once."""
    found: dict[str, None] = {}
    for element in tree.iter("figcaption"):
        found[_line(element.text_content())] = None
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in ("body", "html", "figure"):
            continue
        if _CAPTION_CLASS.search(element.get("class") or ""):
            text = _line(element.text_content())
            if len(text) <= 420:
                found[text] = None
    return [text for text in found if text]


def _walk(body: Any, builder: DocumentBuilder, title: str, captions: list[str]) -> None:
    """Add the blocks of trafilatura's tree in order; known captions get their part."""
    waiting = {fold_phrase(c): c for c in captions}
    for element in body:
        tag = element.tag
        if tag == "table":
            _add_table(element, builder)
            continue
        if tag == "list":
            for item in element.iter("item"):
                builder.add(_line("".join(item.itertext())), kind=BlockKind.LIST_ITEM)
            continue
        text = _line("".join(element.itertext()))
        if not text or text == title:
            continue
        if tag == "head":
            level = element.get("rend") or "h2"
            depth = int(level[1:]) if level[1:].isdigit() else 2
            builder.add(text, kind=BlockKind.HEADING, level=max(1, depth - 1))
            continue
        caption = waiting.pop(fold_phrase(text), None)
        if caption is not None:
            captions.remove(caption)
            builder.add(text, part=Part.CAPTION)
        else:
            builder.add(text)


def _add_table(element: Any, builder: DocumentBuilder) -> None:
    grid: list[list[str]] = []
    for row in element.iter("row"):
        grid.append([_line("".join(cell.itertext())) for cell in row.iter("cell")])
    if grid:
        builder.add_table(header_cells(grid))
