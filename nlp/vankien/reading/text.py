"""Plain text: encodings, hard-wrapped lines, and strings given by a caller."""

from __future__ import annotations

import hashlib
import re

from vankien.documents import Block, BlockKind, Document, Kind, Metadata, Part
from vankien.errors import ReadError
from vankien.normalise import clean
from vankien.reading.layout import analyse
from vankien.reading.paragraphs import join_wrapped

__all__ = ["decode", "from_text", "read_text"]

_LINE = re.compile(r"[^\n]+")


def decode(data: bytes, source: str) -> str:
    """Decode UTF-8 or UTF-16 bytes (with or without a byte-order mark).

    Raises ReadError (V110) for anything else: nothing is decoded on a guess.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif data.startswith(b"\xef\xbb\xbf"):
        encoding = "utf-8-sig"
    elif len(data) >= 4 and data[1:2000:2].count(0) > len(data[1:2000:2]) // 4:
        encoding = "utf-16-le"
    elif len(data) >= 4 and data[0:2000:2].count(0) > len(data[0:2000:2]) // 4:
        encoding = "utf-16-be"
    else:
        encoding = "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(
            "V110", source, detail=f"byte {error.start} is no {encoding.upper()}"
        ) from error


def line_blocks(text: str) -> list[Block]:
    """Return one paragraph block for every line that is not blank."""
    blocks = []
    for match in _LINE.finditer(text):
        line = match.group()
        stripped = line.strip()
        if stripped:
            start = match.start() + line.index(stripped)
            blocks.append(Block(start, start + len(stripped)))
    return blocks


def from_text(
    text: str,
    *,
    doc_id: str | None = None,
    source: str = "",
    sha256: str = "",
    metadata: Metadata = Metadata(),  # noqa: B008 - frozen
    kind: Kind | None = None,
    title: str | None = None,
    warnings: tuple[str, ...] = (),
) -> Document:
    """Return a Document of a string.

    The text is kept exactly, apart from :func:`vankien.normalise.clean`.  With ``title``
    the document's text is the title, a blank line, then the text.  Without ``doc_id`` the
    id is the first 16 hex digits of the text's SHA-256.
    """
    text = clean(text)
    blocks = line_blocks(text)
    if title:
        title = " ".join(clean(title).split())
    if title:
        shift = len(title) + 2
        text = f"{title}\n\n{text}"
        blocks = [Block(b.start + shift, b.end + shift) for b in blocks]
        blocks.insert(0, Block(0, len(title), part=Part.TITLE, kind=BlockKind.HEADING))
    if doc_id is None:
        doc_id = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    document = Document(
        doc_id=doc_id,
        source=source,
        text=text,
        sha256=sha256,
        metadata=metadata,
        blocks=tuple(blocks),
        warnings=warnings,
    )
    return analyse(document, kind=kind)


def read_text(data: bytes, source: str, sha256: str) -> Document:
    """Read a text file.  Hard-wrapped lines are joined to paragraphs."""
    text = clean(decode(data, source))
    if not text.strip():
        raise ReadError("V101", source)
    return from_text(join_wrapped(text), doc_id=sha256[:16], source=source, sha256=sha256)
