"""Which format a file has, by its bytes; size limits; ``read``.

Where to start reading: :func:`read` opens a file or address, :func:`sniff` names its
format, and the reader of that name (see :mod:`registry`) makes the Document.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO

from vankien.documents import Document
from vankien.errors import ReadError, UsageError
from vankien.reading.archives import archive_form, archive_members
from vankien.reading.registry import Reader, known_readers
from vankien.reading.row_fields import RowFields
from vankien.reading.rows import iter_rows
from vankien.reading.streams import compression_of, open_bytes, row_form, stream_errors
from vankien.reading.text import encoding_of

__all__ = ["MAX_BYTES", "read", "read_bytes", "sniff"]

MAX_BYTES = 512 * 1024 * 1024
"""Largest file that is read as one document."""

CONTROL_SHARE = 0.02
"""Text has fewer control characters than this share of its bytes."""

_PIECE = 1 << 22
_ARCHIVE = "it holds several files; use vankien.extract, or unpack it"
_ROWS = frozenset({"jsonl", "csv", "parquet"})
_TEXT_NAMES = (".txt", ".text", ".md", ".csv", ".tsv", ".jsonl", ".ndjson", ".json")
_BLANK = b" \t\r\n\x0b\x0c\x00\xef\xbb\xbf\xff\xfe"
_HTML_START = re.compile(
    rb"(?:<!--.*?-->\s*|<\?xml[^>]*\?>\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|title|meta|article|section|main|div|table|span|"
    rb"h[1-6]|p|br|center|font|script|style|link)\b",
    re.IGNORECASE | re.DOTALL,
)
_MHTML_START = re.compile(rb"^mime-version:\s*1\.0", re.IGNORECASE | re.MULTILINE)
_HTML_INSIDE = re.compile(rb"<(?:!doctype\s+html|html|body)\b", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0"
_WORD_STREAM = "WordDocument".encode("utf-16-le")
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
# Formats that vankien does not read, for a message that says what the file is.
_REFUSED = {
    _OLE: "an old Excel or PowerPoint file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"II*\x00": "an image",
    b"MM\x00*": "an image",
    b"BM": "an image",
    b"Rar!": "an archive",
    b"7z\xbc\xaf": "an archive",
    b"BZh": "a compressed file",
    b"\xfd7zXZ": "a compressed file",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"SQLite": "a database",
    b"OggS": "a recording",
    b"ID3": "a recording",
}


def sniff(data: bytes, name: str = "") -> str:
    """Return the format of bytes: pdf, docx, doc, rtf, html, mhtml, text, jsonl, csv, parquet,
    or archive (zip and tar).

    The content decides; ``name`` only where text, CSV and JSONL look alike.  Raises
    ReadError for nothing (V101), what vankien does not read (V102), a damaged DOCX (V105)
    and a protected one (V104).

    >>> sniff(b"%PDF-1.7 ...", "bao-cao.txt")
    'pdf'
    """
    if not data[:4096].strip(_BLANK) and not data.strip(_BLANK):
        raise ReadError("V101", name or "the input")
    suffix = Path(name.partition("#")[0]).suffix.lower()
    head = data[:1024]
    # The PDF reference allows other bytes before the header; a text may speak of it.
    if head.startswith(b"%PDF-") or (b"%PDF-" in head and suffix not in _TEXT_NAMES):
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_form(data, name)
    if data[257:262] == b"ustar" or (
        data.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ")) and archive_form(BytesIO(data))
    ):
        return "archive"
    rows = row_form(data[:65536], name)
    if rows == "parquet" or (rows is not None and compression_of(data) is not None):
        return rows
    for other in known_readers().values():
        if other.magic and data.startswith(other.magic):
            return other.name
    if data.startswith(_OLE):
        if _ENCRYPTED_PACKAGE in data:
            raise ReadError("V104", name)
        if _WORD_STREAM in data:
            return "doc"
    text = _is_text(data)
    for magic, what in _REFUSED.items():
        # Short marks ("BM", "MZ") may begin a text; then the bytes decide.
        if data.startswith(magic) and (len(magic) > 3 or not text):
            raise ReadError("V102", name, detail=what)
    if compression_of(data) is not None:
        raise ReadError("V102", name, detail="a compressed file that holds no JSONL or CSV")
    if not text:
        what = f"its content is binary, its name ends in {suffix!r}" if suffix else "it is binary"
        raise ReadError("V102", name, detail=what)
    return _text_form(data, name, suffix, rows)


def _text_form(data: bytes, name: str, suffix: str, rows: str | None) -> str:
    sample = data[:65536]
    if (encoding := encoding_of(data)).startswith("utf-16"):
        sample = sample.decode(encoding, "ignore").encode()
    start = sample.lstrip(b"\xef\xbb\xbf \t\r\n")
    if _MHTML_START.search(start[:2048]) and b"multipart/related" in start[:4096].lower():
        return "mhtml"
    if _HTML_START.match(start) or (suffix not in _TEXT_NAMES and _HTML_INSIDE.search(start)):
        return "html"
    if rows is not None:
        return rows
    if start.startswith((b"<?xml", b"<svg", b"<rss")):
        raise ReadError("V102", name, detail="XML that is no HTML")
    if suffix == ".json":
        raise ReadError("V102", name, detail="JSON that has not one object in every line")
    return "text"


def _is_text(data: bytes) -> bool:
    sample = data[:65536]
    if encoding_of(data) != "utf-8":
        return True
    control = len(sample) - len(sample.translate(None, _CONTROL))
    return b"\x00" not in sample and control <= CONTROL_SHARE * len(sample)


_CONTROL = bytes(c for c in range(32) if c not in b"\t\n\x0b\x0c\r\x1b")


def _zip_form(data: bytes, name: str) -> str:
    word = name.lower().endswith((".docx", ".docm"))
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        if word or b"word/" in data[:65536]:
            raise ReadError("V105", name, detail="it is truncated or damaged") from error
        raise ReadError("V102", name, detail="a damaged archive") from error
    if "word/document.xml" in names:
        return "docx"
    if word:
        raise ReadError("V105", name, detail="it holds no document part")
    if archive_form(BytesIO(data)) is not None:
        return "archive"
    raise ReadError("V102", name, detail="an office file that is no DOCX")


def _reader_of(form: str, source: str) -> Reader:
    found = known_readers().get(form)
    if found is None:
        raise ReadError("V102", source, detail=f"no reader for {form!r} is installed")
    return found


def read_bytes(data: bytes, *, source: str = "", sha256: str | None = None) -> Document:
    """Read one document from bytes; ``source`` names them in messages and tables.

    Raises ReadError for what cannot be read, UsageError (V401) for files of rows.
    """
    form = sniff(data, source)
    if form == "archive":
        raise UsageError("V401", source or "the input", detail=_ARCHIVE)
    if form in _ROWS:
        raise UsageError(
            "V401", source or "the input", detail="it holds rows; use vankien.extract or iter_rows"
        )
    digest = sha256 if sha256 is not None else hashlib.sha256(data).hexdigest()
    return _reader_of(form, source).read(data, source, digest)


def read(
    path: str | Path,
    *,
    max_bytes: int = MAX_BYTES,
    sha256: str | None = None,
    fields: RowFields | None = None,
) -> Document:
    """Read one file or fsspec address as a Document.

    A file of rows (JSONL, CSV, Parquet) with exactly one row gives that row's document, its
    parts named by ``fields``; with more rows a UsageError (V401) says to use
    ``vankien.extract``.  ``sha256`` is what the content is expected to be.  Raises
    ReadError where the file cannot be opened (V109), is larger than ``max_bytes`` (V111),
    has changed (V114) or cannot be read.
    """
    source = str(path)
    with open_bytes(source) as stream, stream_errors(source):
        data = _read_up_to(stream, max_bytes + 1)
    if len(data) > max_bytes:
        raise ReadError("V111", source, detail=f"more than {max_bytes:,} bytes")
    digest = hashlib.sha256(data).hexdigest()
    if sha256 is not None and digest != sha256:
        raise ReadError("V114", source, detail="its content changed")
    form = sniff(data, source)
    if form == "archive":
        return _single_member(data, source, max_bytes)
    if form in _ROWS:
        return _single_row(source, fields or RowFields())
    return read_bytes(data, source=source, sha256=digest)


def _read_up_to(stream: IO[bytes], most: int) -> bytes:
    """Read in pieces: asked for all at once, a small file would take room for the largest."""
    pieces = bytearray()
    while len(pieces) < most and (piece := stream.read(min(_PIECE, most - len(pieces)))):
        pieces += piece
    return bytes(pieces)


def _single_member(data: bytes, source: str, max_bytes: int) -> Document:
    """Return the document of an archive that holds one file and nothing else."""
    found = list(islice(archive_members(BytesIO(data), source), 2))
    if not found:
        raise ReadError("V101", source)
    if len(found) > 1:
        raise UsageError("V401", source, detail=_ARCHIVE)
    if isinstance(found[0], ReadError):
        raise found[0]
    return read(found[0].address, max_bytes=max_bytes)


def _single_row(source: str, fields: RowFields) -> Document:
    rows = list(islice(iter_rows(source, fields=fields), 2))
    if not rows:
        raise ReadError("V101", source)
    if len(rows) > 1:
        raise UsageError(
            "V401",
            source,
            detail="the file holds several rows; use vankien.extract, or iter_rows in Python",
        )
    if isinstance(rows[0], ReadError):
        raise rows[0]
    return rows[0]
