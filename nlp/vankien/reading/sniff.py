"""Which format a file has, by its bytes; the registry of readers; ``read``.

A reader is a function of (bytes, source, sha256) that returns a Document.  To add one,
register it in its own module below; other packages use the entry point
``vankien_readers``.
"""

from __future__ import annotations

import hashlib
import importlib
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import catalogue
import fsspec

from vankien.documents import Document
from vankien.errors import ReadError, UsageError

__all__ = ["MAX_BYTES", "Reader", "read", "read_bytes", "readers", "sniff"]

MAX_BYTES = 512 * 1024 * 1024
"""Largest file that is read as one document."""

Reader = Callable[[bytes, str, str], Document]

readers = catalogue.create("vankien", "readers", entry_points=True)
"""Registry of readers by format name."""

# The formats of this package and the function that reads each; imported on first use.
_OWN = {
    "pdf": "vankien.reading.pdf:read_pdf",
    "docx": "vankien.reading.word:read_docx",
    "html": "vankien.reading.html:read_html",
    "text": "vankien.reading.text:read_text",
}
_ROWS = ("jsonl", "csv", "parquet")
_HTML_MARKS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<article", b"<div", b"<meta")
_BINARY = {
    b"\xd0\xcf\x11\xe0": "an old Word, Excel or PowerPoint file",
    b"{\\rtf": "an RTF file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"II*\x00": "an image",
    b"MM\x00*": "an image",
    b"\x1f\x8b": "a gzip archive",
    b"Rar!": "an archive",
    b"7z\xbc\xaf": "an archive",
    b"\x7fELF": "a program",
}


def sniff(data: bytes, name: str = "") -> str:
    """Return the format of bytes: pdf, docx, html, text, jsonl, csv or parquet.

    The name decides only between plain text and rows of text.  Raises ReadError (V102) for
    what vankien does not read, (V101) for nothing.
    """
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise ReadError("V101", name or "the input")
    head = data[:1024]
    if b"%PDF-" in head:
        return "pdf"
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _zip(data, name)
    if data.startswith(b"PAR1"):
        return "parquet"
    for magic, what in _BINARY.items():
        if data.startswith(magic):
            raise ReadError("V102", name, detail=what)
    lower = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if lower.startswith((b"<?xml", b"<!--")) or any(m in lower for m in _HTML_MARKS[:2]):
        if any(mark in data[:65536].lower() for mark in _HTML_MARKS):
            return "html"
        raise ReadError("V102", name, detail="XML that is no HTML")
    if lower.startswith(_HTML_MARKS):
        return "html"
    suffix = Path(name.split("#")[0]).suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        return "jsonl"
    if suffix in (".csv", ".tsv"):
        return "csv"
    if suffix == ".json" and lower.startswith(b"{"):
        return "jsonl"
    if _is_text(data):
        return "text"
    raise ReadError("V102", name, detail=f"its content is binary, its name ends in {suffix!r}")


def _is_text(data: bytes) -> bool:
    sample = data[:65536]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    zeros = sample.count(0)
    if zeros:
        # UTF-16 of Latin letters has a zero in many pairs and few control characters.
        return zeros > len(sample) // 8 and max(
            sample[0::2].count(0), sample[1::2].count(0)
        ) > 0.9 * zeros
    control = sum(byte < 9 or 13 < byte < 32 for byte in sample)
    return control * 50 < max(len(sample), 1)


def _zip(data: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        if name.lower().endswith(".docx"):
            raise ReadError("V105", name, detail="the file is truncated or damaged") from error
        raise ReadError("V102", name, detail="a damaged archive") from error
    if "word/document.xml" in names:
        return "docx"
    if name.lower().endswith(".docx"):
        raise ReadError("V105", name, detail="it holds no document part")
    raise ReadError("V102", name, detail="an archive that is no DOCX")


def reader_of(form: str) -> Reader:
    """Return the reader of a format, importing it on first use."""
    if form in _OWN:
        module, _, function = _OWN[form].partition(":")
        reader: Reader = getattr(importlib.import_module(module), function)
        return reader
    found: Reader = readers.get(form)
    return found


def read_bytes(data: bytes, *, source: str = "", sha256: str | None = None) -> Document:
    """Read one document from bytes.  Raises ReadError."""
    form = sniff(data, source)
    if form in _ROWS:
        raise UsageError(
            "V401", source, detail="the input holds rows; use vankien.extract or iter_rows"
        )
    digest = sha256 if sha256 is not None else hashlib.sha256(data).hexdigest()
    return reader_of(form)(data, source, digest)


def read(path: str | Path, *, max_bytes: int = MAX_BYTES, sha256: str | None = None) -> Document:
    """Read one file or fsspec address as a Document.

    A row file (JSONL, CSV, Parquet) with exactly one row gives that row's document; with
    more rows a UsageError says to use ``vankien.extract``.  Raises ReadError where the
    file cannot be opened or read, names file and remedy.
    """
    source = str(path)
    try:
        with fsspec.open(source, "rb") as stream:
            data: bytes = stream.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise ReadError("V109", source, detail=detail) from error
    if len(data) > max_bytes:
        raise ReadError("V111", source, detail=f"more than {max_bytes:,} bytes")
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        raise ReadError("V114", source, detail="its content changed")
    if sniff(data, source) in _ROWS:
        return _single_row(source)
    return read_bytes(data, source=source, sha256=sha256)


def _single_row(source: str) -> Document:
    from vankien.reading.rows import iter_rows

    rows = iter_rows(source)
    first = next(rows, None)
    if first is None:
        raise ReadError("V101", source)
    if next(rows, None) is not None:
        raise UsageError(
            "V401", source, detail="the file holds several rows; use vankien.extract"
        )
    if isinstance(first, ReadError):
        raise first
    return first
