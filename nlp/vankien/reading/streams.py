"""Bytes of local files, fsspec addresses and compressed files, read as a stream.

Lines are bounded, so that a compressed bomb without a line end costs one row, not the
memory of the machine.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any

from vankien.errors import ReadError
from vankien.reading.archives import (
    INSIDE,
    ArchiveMember,
    archive_form,
    archive_members,
)
from vankien.reading.encodings import decode_as, detect
from vankien.reading.open_archives import member_bytes
from vankien.reading.text import encoding_of

__all__ = [
    "HEAD",
    "MAX_ROW",
    "UTF_8",
    "CsvRecord",
    "bounded_lines",
    "check_encoding",
    "compression_of",
    "csv_records",
    "decompressed",
    "delimiter_of",
    "members_of",
    "open_bytes",
    "row_form",
    "row_head",
    "stream_errors",
]

HEAD = 65536
"""Bytes by which the form of a file is known."""

BLOCK = 1 << 18
"""Bytes that are read at a time from an address."""

MAX_ROW = 64 * 1024 * 1024
"""Longest line of a row file, in bytes."""

DELIMITERS = ",;\t|"
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_FORMS = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".csv": "csv", ".tsv": "csv",
    ".txt": "text", ".text": "text", ".md": "text", ".html": "text", ".htm": "text",
}  # fmt: skip

UTF_8 = "utf-8"

CsvRecord = tuple[list[str], int, str | None]
"""Cells, byte offset after the record, encoding of its lines (None: it is not known)."""


def open_bytes(path: str) -> IO[bytes]:
    """Open a local path, an fsspec address, or a file in an archive ("a.zip!/b.docx").

    Raises ReadError: V109 not there; of archives V104, V111 and V121.
    """
    outer, *inside = path.split(INSIDE)
    if inside and not Path(path).exists():
        return io.BytesIO(member_bytes(outer, _state(outer), inside, lambda: open_bytes(outer)))
    try:
        if "://" not in path:
            return Path(path).open("rb")
        import fsspec

        # fsspec's own files read no bounded line.
        return io.BufferedReader(fsspec.open(path, "rb").open(), BLOCK)
    # ImportError and ValueError: an address whose driver is missing or unknown.
    except (OSError, ValueError, ImportError) as error:
        detail = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise ReadError("V109", path, detail=detail) from error


def _state(path: str) -> str:
    """Return what changes with a file: its size and time, or what its store says of it."""
    try:
        if "://" not in path:
            found = Path(path).stat()
            return f"{found.st_size} {found.st_mtime_ns}"
        import fsspec

        fs, inner = fsspec.core.url_to_fs(path)
        return str(sorted(fs.info(inner).items(), key=str))
    except (OSError, ValueError, ImportError) as error:
        detail = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise ReadError("V109", path, detail=detail) from error


def members_of(path: str) -> list[ArchiveMember | ReadError] | None:
    """Return the files of an archive by address, or None where a file is no archive.

    What cannot be read of it comes as its error.  Raises ReadError: V104, V109, V111, V121.
    """
    with open_bytes(path) as stream, stream_errors(path):
        if archive_form(stream) is None:
            return None
        return list(archive_members(stream, path))


def compression_of(head: bytes) -> str | None:
    """Return gzip, zstd or None by the first bytes."""
    if head.startswith(_GZIP):
        return "gzip"
    return "zstd" if head.startswith(_ZSTD) else None


def decompressed(stream: IO[bytes], compression: str | None) -> IO[bytes]:
    """Return a buffered stream of the bytes inside a compressed stream."""
    if compression is None:
        return stream
    raw: Any
    if compression == "gzip":
        raw = gzip.GzipFile(fileobj=stream)
    else:
        import zstandard

        raw = zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True)
    return io.BufferedReader(raw, HEAD)


@cache
def _failures() -> tuple[type[Exception], ...]:
    import zstandard

    return (OSError, EOFError, zlib.error, csv.Error, zstandard.ZstdError)


@contextmanager
def stream_errors(path: str) -> Iterator[None]:
    """Turn the errors of damaged or vanishing streams into ReadError (V109, V113)."""
    try:
        yield
    except _failures() as error:
        if isinstance(error, OSError) and error.strerror:
            raise ReadError("V109", path, detail=error.strerror) from error
        raise ReadError("V113", path, detail=" ".join(str(error).split())[:200]) from error


def row_head(head: bytes) -> bytes:
    """Return the first bytes inside a compressed head, or the head itself.

    Damaged compression gives what could be read before the damage.
    """
    compression = compression_of(head)
    if compression is None:
        return head
    inner = b""
    with decompressed(io.BytesIO(head), compression) as stream:
        try:
            while len(inner) < HEAD and (piece := stream.read1(4096)):  # type: ignore[attr-defined]
                inner += piece
        except _failures():  # the head of a longer stream breaks off: that is expected
            return inner
    return inner


def row_form(head: bytes, name: str) -> str | None:
    """Return jsonl, csv or parquet where a file's first bytes show rows, else None.

    ``name`` decides between text, CSV and JSONL, whose contents may look alike; a name that
    says nothing leaves it to the first line.
    """
    if head.startswith(b"PAR1"):
        return "parquet"
    compressed = compression_of(head) is not None
    inner = row_head(head)
    lower = name.lower()
    if compressed:
        for suffix in (".gz", ".gzip", ".zst", ".zstd"):
            lower = lower.removesuffix(suffix)
    named = _FORMS.get(Path(lower).suffix)
    start = inner.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start or start.startswith((b"%PDF-", b"PK\x03\x04", b"<")) or b"\x00" in start[:1024]:
        return None
    if named in ("csv", "jsonl"):
        return named
    if named == "text" and not compressed:
        return None
    first = start.split(b"\n", 1)[0]
    if start.startswith(b"{") and (named == "json" or _is_object(first, len(inner) >= HEAD)):
        return "jsonl" if _is_object(first, len(inner) >= HEAD) else None
    return "csv" if named is None and _is_header(first) else None


def _is_object(line: bytes, cut: bool) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        # A first line longer than the head cannot be parsed; a key must follow the brace.
        return cut and len(line) > HEAD // 2 and line[1:].lstrip().startswith(b'"')


def _is_header(line: bytes) -> bool:
    cells = line.decode("utf-8", "replace").rstrip("\r")
    delimiter = delimiter_of(cells)
    names = [cell.strip(' "').lower() for cell in cells.split(delimiter)]
    return len(names) > 1 and "text" in names


def bounded_lines(stream: IO[bytes]) -> Iterator[tuple[bytes | None, int]]:
    """Yield (line, length in bytes); a line longer than MAX_ROW comes as None."""
    while line := stream.readline(MAX_ROW + 1):
        if len(line) <= MAX_ROW:
            yield line, len(line)
            continue
        length = len(line)
        while not line.endswith(b"\n") and (line := stream.readline(1 << 20)):
            length += len(line)
        yield None, length


def delimiter_of(line: str) -> str:
    """Return the delimiter that occurs most in a header line, outside quotes."""
    outside = "".join(line.split('"')[0::2])
    return max(DELIMITERS, key=lambda mark: (outside.count(mark), -DELIMITERS.index(mark)))


def csv_records(
    source: Iterator[tuple[bytes | None, int]], path: str, *, offset: int = 0, delimiter: str = ","
) -> Iterator[CsvRecord]:
    """Yield the records of bounded CSV lines that are not blank, with their byte offsets.

    Quoted cells may hold line ends.  csv.Error is raised for what is no CSV.
    """
    csv.field_size_limit(max(csv.field_size_limit(), MAX_ROW))
    position = offset
    encoding: str | None = UTF_8

    def lines() -> Iterator[str]:
        nonlocal position, encoding
        for line, length in source:
            position += length
            if line is None:
                raise ReadError("V111", path, detail=f"a line has more than {MAX_ROW:,} bytes")
            try:
                yield line.decode("utf-8-sig" if position == length else "utf-8")
            except UnicodeDecodeError:
                encoding = detect(line)
                if encoding is None:
                    yield line.decode("utf-8", "replace")
                else:
                    yield decode_as(line, encoding)

    # csv.reader takes one line at a time, so the position after a record is its end.
    for record in csv.reader(lines(), delimiter=delimiter):
        if record:
            yield record, position, encoding
        encoding = UTF_8


def check_encoding(head: bytes, path: str) -> None:
    """Raise ReadError (V113) for rows in UTF-16, whose lines cannot be cut by bytes."""
    if encoding_of(head).startswith(("utf-16", "utf-32")):
        raise ReadError("V113", path, detail="it is in UTF-16; rows must be in UTF-8")
