"""The text of a page's elements in document order, and what their places say of them.

Where to start reading: :func:`page_pieces` walks the tree without recursion, because a page
may nest deeper than Python recurses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from vankien.documents import Part
from vankien.normalise import clean, fold_phrase
from vankien.reading.tables import Grid, furniture_part, place_cells
from vankien.reading.wording import HtmlNames, official_words

__all__ = ["HEADINGS", "Piece", "named", "one_line", "page_pieces", "text_of"]

CAPTION_LENGTH = 420
LEAD_LENGTH = 700
BYLINE_LENGTH = 60
LINKED = 0.8
"""A piece is one of links where this share of it is."""

MAX_SPAN = 200
"""A cell that claims to cover more rows or columns is an error or an attack."""

MAX_PLACES = 200_000
"""Places of a table's grid, those that merged cells cover included; a larger one is text."""

PAGE_COLUMN = 400
"""A cell with a longer text sets the page in columns; it holds no figure."""

HEADINGS = {f"h{level}": level for level in range(1, 7)}

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd",
        "details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
        "h1", "h2", "h3", "h4", "h5", "h6", "header", "li", "main", "nav", "ol", "p", "pre",
        "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    }
)  # fmt: skip
_SILENT = frozenset(
    {
        "audio", "button", "canvas", "head", "iframe", "input", "math", "noscript", "object",
        "option", "script", "select", "style", "svg", "template", "textarea", "title", "video",
    }
)  # fmt: skip
# No "form": pages of some servers are one form from top to bottom.
_ASIDE = frozenset({"nav", "footer", "aside"})
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text with the element's name; ``grid`` where it is a table of data.

    ``links`` is true where most of the text is that of links, ``byline`` where the element is
    called that of the author; FOOTER is the frame of the
    site (menus, imprint), BOILERPLATE the links and comments that belong to the article.
    """

    text: str
    tag: str
    part: Part
    grid: Grid | None = None
    links: bool = False
    byline: bool = False


@dataclass(slots=True)
class _Loose:
    """Text between two blocks or line breaks; ``linked`` counts the letters of links in it."""

    texts: list[str] = field(default_factory=list)
    linked: int = 0

    def take(self, node: Any, *, in_link: bool) -> None:
        text = text_of(node)
        self.texts.append(text)
        if in_link or node.tag == "a":
            self.linked += len(text)
        else:
            self.linked += sum(len(text_of(link)) for link in node.iter("a"))


def one_line(text: str) -> str:
    """Return clean text on one line."""
    return _SPACE.sub(" ", clean(text)).strip()


def named(element: Any, pattern: re.Pattern[str]) -> bool:
    """Say whether the class or id of an element matches."""
    return any(
        value and pattern.search(value) for value in (element.get("class"), element.get("id"))
    )


def text_of(node: Any) -> str:
    """Return the visible text inside an element; a line break is a space."""
    pieces: list[str] = []
    for inner in node.iter():
        if isinstance(inner.tag, str) and inner.tag not in _SILENT:
            pieces.append(" " if inner.tag == "br" else "")
            pieces.append(inner.text or "")
        if inner is not node:
            pieces.append(inner.tail or "")
    return "".join(pieces)


def page_pieces(tree: Any, names: HtmlNames) -> Iterator[Piece]:
    """Yield the pieces of a page in order; hidden elements and scripts say nothing."""
    holders = _holders(tree)
    stack: list[tuple[Any, Part]] = [(tree, Part.BODY)]
    while stack:
        node, part = stack.pop()
        if isinstance(node, _Loose):
            if text := one_line("".join(node.texts)):
                yield Piece(text, "p", part, links=node.linked > LINKED * len(text))
            continue
        tag = node.tag if isinstance(node.tag, str) else ""
        if not tag or tag in _SILENT or _hidden(node):
            continue
        part = _part_of(node, tag, names, part)
        grid = _grid(node) if tag == "table" else None
        if grid is not None and part is Part.BODY and (own := furniture_part(grid)) is not None:
            # The head and the close of an official document are read cell by cell.
            cells = [cell for row in node.iter("tr") for cell in row]
            stack.extend((cell, _cell_part(cell, own)) for cell in reversed(cells))
        elif grid is not None and len(grid.rows) > 1 and len(grid.rows[0]) > 1:
            yield Piece(one_line(grid.text), tag, part, grid)
        elif part is Part.CAPTION or node not in holders:
            if text := one_line(text_of(node)):
                byline = len(text) <= BYLINE_LENGTH and named(node, names.author)
                yield Piece(text, tag, part, links=_is_links(node, text), byline=byline)
        else:
            stack.extend((inner, part) for inner in reversed(list(_children(node, tag, holders))))


def _cell_part(cell: Any, part: Part) -> Part:
    if part is Part.HEADER:
        return part
    first = fold_phrase(text_of(cell)[:60]).strip()
    return Part.RECIPIENTS if first.startswith(official_words().recipients) else Part.SIGNATURE


def _holders(tree: Any) -> set[Any]:
    """Return the elements that have a block or a line break inside."""
    holders: set[Any] = set()
    for element in tree.iter(*_BLOCKS, "br"):
        for above in element.iterancestors():
            if above in holders:
                break
            holders.add(above)
    return holders


def _children(node: Any, tag: str, holders: set[Any]) -> Iterator[Any]:
    """Yield block children and, between them, the loose text with its inline elements.

    Line breaks end a stretch of text: old pages have them for paragraphs, inside of one font.
    """
    in_link = tag == "a"
    loose = _Loose([node.text or ""], len(node.text or "") if in_link else 0)
    for inner in node:
        if inner.tag in _BLOCKS or inner in holders:
            yield loose
            yield inner
            loose = _Loose()
        elif inner.tag == "br":
            # In a heading the break only sets the line.
            if tag in HEADINGS:
                loose.texts.append(" ")
            else:
                yield loose
                loose = _Loose()
        elif isinstance(inner.tag, str) and inner.tag not in _SILENT:
            loose.take(inner, in_link=in_link)
        loose.texts.append(inner.tail or "")
        loose.linked += len(inner.tail or "") if in_link else 0
    yield loose


def _hidden(node: Any) -> bool:
    style = (node.get("style") or "").replace(" ", "").lower()
    return node.get("hidden") is not None or "display:none" in style


def _part_of(node: Any, tag: str, names: HtmlNames, part: Part) -> Part:
    if part is not Part.BODY or tag in ("body", "html", "main"):
        return part
    if named(node, names.comments) or named(node, names.links):
        return Part.BOILERPLATE
    if tag in _ASIDE:
        return Part.FOOTER
    caption = tag == "figcaption" or named(node, names.caption)
    if caption and len(one_line(node.text_content())) <= CAPTION_LENGTH:
        return Part.CAPTION
    if named(node, names.lead) and len(one_line(node.text_content())) <= LEAD_LENGTH:
        return Part.LEAD
    return part


def _is_links(node: Any, text: str) -> bool:
    linked = sum(len(one_line(link.text_content())) for link in node.iter("a"))
    return linked > LINKED * len(text)


def _grid(table: Any) -> Grid | None:
    """Return the grid of a table, or None where it only sets the page."""
    if next(table.iterdescendants("table"), None) is not None:
        return None
    cells: list[tuple[int, int, int, int, str]] = []
    taken: set[tuple[int, int]] = set()
    for r, row in enumerate(table.iter("tr")):
        column = 0
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while (r, column) in taken:
                column += 1
            height, width = _span(cell, "rowspan"), _span(cell, "colspan")
            if len(taken) + height * width > MAX_PLACES:
                return None
            taken.update((r + i, column + j) for i in range(height) for j in range(width))
            cells.append((r, column, height, width, one_line(text_of(cell))))
            column += width
    if not cells:
        return None
    # A cell may claim rows that the table does not have.
    last = max(row for row, *_ in cells) + 1
    grid = place_cells((r, c, min(h, last - r), w, text) for r, c, h, w, text in cells)
    return None if any(len(text) > PAGE_COLUMN for *_, text in cells) else grid


def _span(cell: Any, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return min(max(int(value), 1), MAX_SPAN) if value.isdecimal() else 1
