"""The document type that every reader builds and every tagger reads.

A :class:`Document` is clean text in reading order plus what is known about stretches of
it.  All offsets are in characters (code points) of ``Document.text``; ``text[start:end]``
is always the surface.  A table's cells stand in the text too (one line a row, cells
separated by a tab), so that a figure of a table has offsets like any other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from vankien.markup import Element, element, facts

__all__ = [
    "Block",
    "BlockKind",
    "Cell",
    "Document",
    "DocumentBuilder",
    "Extraction",
    "Kind",
    "Metadata",
    "Part",
    "Sentence",
    "Table",
]


SHOWN_BLOCKS = 40
"""Blocks of a document that a notebook shows."""


class Kind(StrEnum):
    """What sort of document this is (``documents.kind``)."""

    PARTY_DOCUMENT = "party_document"
    STATE_DOCUMENT = "state_document"
    NEWS_ARTICLE = "news_article"
    OTHER = "other"


class Part(StrEnum):
    """The part of the document that a block belongs to (``sentences.part``)."""

    TITLE = "title"
    LEAD = "lead"
    BODY = "body"
    CAPTION = "caption"
    BOILERPLATE = "boilerplate"
    HEADER = "header"
    FOOTER = "footer"
    SIGNATURE = "signature"
    RECIPIENTS = "recipients"


CONTENT_PARTS = frozenset({Part.TITLE, Part.LEAD, Part.BODY, Part.CAPTION})
"""Parts that say something; the others are furniture and are not tagged."""


class BlockKind(StrEnum):
    """How a block is set."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list_item"
    TABLE = "table"


class Extraction(StrEnum):
    """Where the text came from."""

    TEXT = "text"
    OCR = "ocr"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item or table; ``page`` is 1-based, None if unpaged.

    ``section`` holds the headings above the block, outermost first; ``level`` is the depth
    of a heading (1 = outermost) and None for other blocks.
    """

    start: int
    end: int
    part: Part = Part.BODY
    kind: BlockKind = BlockKind.PARAGRAPH
    page: int | None = None
    section: tuple[str, ...] = ()
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; ``row`` and ``column`` are 0-based; offsets index the document's text."""

    row: int
    column: int
    text: str
    start: int
    end: int
    row_header: tuple[str, ...] = ()
    column_header: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table in reading order; ``unit`` is what stands above it ("Đơn vị tính: ...").

    ``page`` is where it begins; ``totals`` holds the rows that sum up others ("Tổng số").  A
    table that goes on over pages has one block a page, so that :meth:`Document.page_at` gives
    the page of a cell.
    """

    index: int
    cells: tuple[Cell, ...]
    page: int | None = None
    caption: str | None = None
    unit: str | None = None
    totals: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the document; ``index`` is 0-based; offsets index the text."""

    index: int
    start: int
    end: int
    part: Part = Part.BODY
    page: int | None = None
    section: tuple[str, ...] = ()
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the document says of itself; None where it says nothing.

    ``signed`` holds the lines of authority above the signer as written ("T/M BAN THƯỜNG VỤ",
    "KT. BỘ TRƯỞNG").
    """

    title: str | None = None
    published: date | None = None
    doc_type: str | None = None
    number: str | None = None
    issuer: str | None = None
    place: str | None = None
    signer: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    url: str | None = None
    language: str | None = None
    secrecy: str | None = None
    signed: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """Clean text with its blocks, tables and metadata.

    ``doc_id`` is the record's own id or the first 16 hex digits of the SHA-256 of the
    bytes; ``quality`` is between 0 and 1; ``n_pages`` is None where there are no pages.
    """

    doc_id: str
    source: str
    text: str
    sha256: str = ""
    kind: Kind = Kind.OTHER
    metadata: Metadata = Metadata()
    blocks: tuple[Block, ...] = ()
    tables: tuple[Table, ...] = ()
    n_pages: int | None = None
    extraction: Extraction = Extraction.TEXT
    quality: float = 1.0
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        title = self.metadata.title or self.text[:60].partition("\n")[0]
        pages = "" if self.n_pages is None else f"{self.n_pages} pages, "
        return (
            f"<Document {self.doc_id} {self.kind.value}: {title!r}, {pages}"
            f"{len(self.text):,} characters, {len(self.blocks)} blocks, {len(self.tables)} tables>"
        )

    def _repr_html_(self) -> str:
        """Show metadata, then the blocks with their parts; ``vankien.show`` adds findings."""
        known = {
            "id": self.doc_id, "source": self.source, "kind": self.kind.value,
            **{name: value for name, value in asdict(self.metadata).items() if name != "title"},
            "pages": self.n_pages, "tables": len(self.tables) or None,
            "extraction": self.extraction.value, "quality": f"{self.quality:.2f}",
            "warnings": self.warnings,
        }  # fmt: skip
        blocks = [self._block_html(block) for block in self.blocks[:SHOWN_BLOCKS]]
        if len(self.blocks) > SHOWN_BLOCKS:
            blocks.append(element("p", f"… {len(self.blocks) - SHOWN_BLOCKS:,} more blocks"))
        return facts(self.metadata.title or self.doc_id, known, *blocks)

    def _block_html(self, block: Block) -> Element:
        label = block.part.value if block.page is None else f"{block.part.value}, p. {block.page}"
        return element(
            "div", element("small", label, style="color:#56606e;display:block"),
            self.text[block.start : block.end],
            style="text-align:left;white-space:pre-wrap;margin:.5em 0",
        )  # fmt: skip

    def block_at(self, offset: int) -> Block | None:
        """Return the block that covers a character offset, or None between blocks."""
        position = bisect_right(self.blocks, offset, key=lambda block: block.start) - 1
        if position < 0:
            return None
        block = self.blocks[position]
        return block if offset < block.end else None

    def page_at(self, offset: int) -> int | None:
        """Return the 1-based page of a character offset, or None."""
        block = self.block_at(offset)
        return block.page if block else None

    def show(self, page: int = 1, **options: Any) -> Any:
        """Return a page (from 1) as a picture with its blocks and tables drawn over it.

        For notebooks; see :func:`vankien.display.pages.show_page` for options and errors.
        """
        # The package's public face knows who draws; nothing below it does.
        import vankien

        return vankien.show_page(self, page, **options)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values (str, int, float, list, dict, None) only."""
        meta = asdict(self.metadata)
        meta["published"] = meta["published"].isoformat() if meta["published"] else None
        meta["authors"] = list(self.metadata.authors)
        return {
            "doc_id": self.doc_id,
            "source": self.source,
            "text": self.text,
            "sha256": self.sha256,
            "kind": self.kind.value,
            "metadata": meta,
            "blocks": [
                {
                    "start": b.start,
                    "end": b.end,
                    "part": b.part.value,
                    "kind": b.kind.value,
                    "page": b.page,
                    "section": list(b.section),
                    "level": b.level,
                }
                for b in self.blocks
            ],
            "tables": [asdict(table) for table in self.tables],
            "n_pages": self.n_pages,
            "extraction": self.extraction.value,
            "quality": self.quality,
            "warnings": list(self.warnings),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Document:
        """Rebuild a document from :meth:`to_dict`, also after JSON or msgpack."""
        meta = dict(data["metadata"])
        meta["authors"] = tuple(meta["authors"])
        if meta["published"] is not None:
            meta["published"] = date.fromisoformat(meta["published"])
        blocks = tuple(
            Block(
                start=b["start"],
                end=b["end"],
                part=Part(b["part"]),
                kind=BlockKind(b["kind"]),
                page=b["page"],
                section=tuple(b["section"]),
                level=b["level"],
            )
            for b in data["blocks"]
        )
        tables = tuple(
            Table(
                index=t["index"],
                cells=tuple(
                    Cell(
                        **{
                            **c,
                            "row_header": tuple(c["row_header"]),
                            "column_header": tuple(c["column_header"]),
                        }
                    )
                    for c in t["cells"]
                ),
                page=t["page"],
                caption=t["caption"],
                unit=t["unit"],
                totals=tuple(t.get("totals", ())),
            )
            for t in data["tables"]
        )
        return cls(
            doc_id=data["doc_id"],
            source=data["source"],
            text=data["text"],
            sha256=data["sha256"],
            kind=Kind(data["kind"]),
            metadata=Metadata(**meta),
            blocks=blocks,
            tables=tables,
            n_pages=data["n_pages"],
            extraction=Extraction(data["extraction"]),
            quality=data["quality"],
            warnings=tuple(data["warnings"]),
        )


@dataclass(slots=True)
class DocumentBuilder:
    """Collects blocks in reading order and joins them into one text.

    Blocks are separated by a blank line, table rows by a newline and cells by a tab.  The
    text given must be clean already (see :func:`vankien.normalise.clean`).
    """

    _pieces: list[str] = field(default_factory=list)
    _length: int = 0
    blocks: list[Block] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    def add(
        self,
        text: str,
        *,
        part: Part = Part.BODY,
        kind: BlockKind = BlockKind.PARAGRAPH,
        page: int | None = None,
        level: int | None = None,
    ) -> Block | None:
        """Append one block; blank text adds nothing and returns None."""
        text = text.strip()
        if not text:
            return None
        start = self._open()
        self._append(text)
        block = Block(start, self._length, part=part, kind=kind, page=page, level=level)
        self.blocks.append(block)
        return block

    def add_table(
        self,
        cells: list[tuple[int, int, str, tuple[str, ...], tuple[str, ...]]],
        *,
        page: int | None = None,
        caption: str | None = None,
        unit: str | None = None,
        totals: tuple[int, ...] = (),
        turns: Sequence[tuple[int, int]] = (),
    ) -> Table | None:
        """Append a table of (row, column, text, row_header, column_header) tuples.

        Cells are ordered by row, then column; a table without text adds nothing.  ``turns``
        holds (row, page) for every later page that the table goes on over.
        """
        if not any(text.strip() for _, _, text, _, _ in cells):
            return None
        start = self._open()
        placed: list[Cell] = []
        last_row: int | None = None
        waiting, here = list(turns), page
        for row, column, raw, row_header, column_header in sorted(cells, key=lambda c: c[:2]):
            if waiting and row >= waiting[0][0]:
                self.blocks.append(Block(start, self._length, kind=BlockKind.TABLE, page=here))
                start, here = self._length + 1, waiting.pop(0)[1]
            if last_row is not None:
                self._append("\n" if row != last_row else "\t")
            last_row = row
            # A cell is one line in the text, so that rows stay lines.
            text = " ".join(raw.split())
            cell_start = self._length
            self._append(text)
            placed.append(
                Cell(row, column, text, cell_start, self._length, row_header, column_header)
            )
        table = Table(
            len(self.tables), tuple(placed), page=page, caption=caption, unit=unit, totals=totals
        )
        self.tables.append(table)
        self.blocks.append(Block(start, self._length, kind=BlockKind.TABLE, page=here))
        return table

    @property
    def text(self) -> str:
        """The clean text so far."""
        return "".join(self._pieces)

    def _open(self) -> int:
        if self._length:
            self._append("\n\n")
        return self._length

    def _append(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)


def with_sections(blocks: list[Block], text: str) -> tuple[Block, ...]:
    """Fill ``Block.section`` from the headings: each heading holds until one of its level."""
    stack: list[tuple[int, str]] = []
    result: list[Block] = []
    for block in blocks:
        if block.kind is BlockKind.HEADING and block.part is Part.BODY:
            level = block.level or 1
            while stack and stack[-1][0] >= level:
                stack.pop()
            result.append(replace(block, section=tuple(title for _, title in stack)))
            stack.append((level, " ".join(text[block.start : block.end].split())))
        elif stack:
            result.append(replace(block, section=tuple(title for _, title in stack)))
        else:
            result.append(block)
    return tuple(result)
