"""Plain text: encodings, hard-wrapped lines, and strings given by a caller."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace

from vankien.documents import Block, BlockKind, Document, Kind, Metadata, Part
from vankien.errors import ReadError
from vankien.normalise import clean
from vankien.reading.encodings import decode_as, detect, repair
from vankien.reading.encodings import encoding as table_of
from vankien.reading.layout import analyse
from vankien.reading.paragraphs import join_wrapped
from vankien.reading.registry import reader
from vankien.reading.syllables import graded

__all__ = ["Decoded", "decode", "encoding_of", "from_text", "read_text"]

MAX_DAMAGE = 500
"""UTF-8 with one damaged place in so many characters is still UTF-8."""

_LINE = re.compile(r"[^\n]+")
_NO_METADATA = Metadata()


def encoding_of(data: bytes) -> str:
    """Return the name of the encoding that the first bytes show; UTF-8 where they show none.

    A byte-order mark decides; without one, UTF-16 is known by the zero bytes in every other
    place that its Latin letters, spaces and digits have.
    """
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    sample = data[:4096]
    if b"\x00" in sample:
        half = len(sample) // 2
        if sample[1::2].count(0) > half // 3 > sample[0::2].count(0) * 4:
            return "utf-16-le"
        if sample[0::2].count(0) > half // 3 > sample[1::2].count(0) * 4:
            return "utf-16-be"
    return "utf-8"


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and what had to be done to read it."""

    text: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, source: str, *, viqr: bool = True) -> Decoded:
    """Decode bytes: UTF-8, UTF-16, or the legacy encoding that fits the text's statistics.

    A few damaged bytes of UTF-8 become U+FFFD with a warning.  ``viqr`` looks for VIQR in
    ASCII.  Raises ReadError (V110) where nothing fits.
    """
    encoding = encoding_of(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        return _legacy(data, encoding, error, source)
    if viqr and data.isascii() and detect(data) == "viqr":
        return Decoded(decode_as(data, "viqr"), ("the text is in VIQR",))
    return Decoded(text)


def _legacy(data: bytes, encoding: str, error: UnicodeDecodeError, source: str) -> Decoded:
    if encoding in ("utf-8", "utf-8-sig"):
        text = data.decode(encoding, "replace")
        damaged = text.count("\ufffd")
        if damaged * MAX_DAMAGE <= len(text) and not text.isascii():
            return Decoded(text, (f"places that are not UTF-8, kept as U+FFFD: {damaged}",))
        name = detect(data)
        if name is not None:
            label = table_of(name).label
            return Decoded(decode_as(data, name), (f"the text is in {label}",))
    name = encoding.removesuffix("-sig").upper()
    detail = f"the byte at position {error.start:,} is not {name}, nor is it a Vietnamese encoding"
    raise ReadError("V110", source, detail=detail) from error


def line_blocks(text: str, offset: int = 0) -> list[Block]:
    """Return one paragraph block for every line that is not blank, without outer spaces."""
    blocks = []
    for match in _LINE.finditer(text):
        line = match.group()
        start, end = match.span()
        if line[0].isspace() or line[-1].isspace():
            stripped = line.strip()
            if not stripped:
                continue
            start += line.index(stripped)
            end = start + len(stripped)
        blocks.append(Block(start + offset, end + offset))
    return blocks


def from_text(
    text: str,
    *,
    doc_id: str | None = None,
    source: str = "",
    sha256: str = "",
    metadata: Metadata = _NO_METADATA,
    kind: Kind | None = None,
    title: str | None = None,
    warnings: tuple[str, ...] = (),
) -> Document:
    """Return the Document of a string; its blocks are the lines that are not blank.

    The text is kept exactly, apart from :func:`vankien.normalise.clean` and, with a warning,
    :func:`vankien.reading.encodings.repair`.  With ``title``
    the document's text is the title, a blank line, then the text.  Without ``doc_id`` the
    id is the first 16 hex digits of the text's SHA-256.  ``kind`` overrides what the
    layout shows.

    >>> document = from_text("Chi bộ họp ngày 3 tháng 2.")
    >>> [document.text[b.start : b.end] for b in document.blocks]
    ['Chi bộ họp ngày 3 tháng 2.']
    """
    given = title
    if title:
        both, note = repair(f"{' '.join(title.splitlines())}\n{text}")
        title, _, text = both.partition("\n")
        title = " ".join(clean(title).split())
    else:
        text, note = repair(text)
    if note is not None:
        warnings = (*warnings, note)
    if given and metadata.title == given != title:
        metadata = replace(metadata, title=title or None)
    text = clean(text)
    if title:
        blocks = line_blocks(text, len(title) + 2)
        text = f"{title}\n\n{text}"
        blocks.insert(0, Block(0, len(title), part=Part.TITLE, kind=BlockKind.HEADING))
    else:
        blocks = line_blocks(text)
    if doc_id is None or not sha256:
        sha256 = sha256 or hashlib.sha256(text.encode()).hexdigest()
        doc_id = doc_id or sha256[:16]
    document = Document(
        doc_id=doc_id,
        source=source,
        text=text,
        sha256=sha256,
        metadata=metadata,
        blocks=tuple(blocks),
        quality=graded(text),
        warnings=warnings,
    )
    return analyse(document, kind=kind)


@reader("text", extensions=(".txt", ".text", ".md"))
def read_text(data: bytes, source: str, sha256: str) -> Document:
    """Read a text file; the lines of a hard-wrapped one are joined to paragraphs.

    Raises ReadError (V101 nothing but white space, V110 in no encoding known).
    """
    decoded = decode(data, source)
    text, note = repair(decoded.text)
    text = clean(text)
    if not text.strip():
        raise ReadError("V101", source)
    return from_text(
        join_wrapped(text),
        doc_id=sha256[:16],
        source=source,
        sha256=sha256,
        warnings=(*decoded.warnings, note) if note else decoded.warnings,
    )
