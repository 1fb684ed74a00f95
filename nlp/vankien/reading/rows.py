"""Rows of JSONL, CSV and Parquet: one document a row, read as a stream.

Ranges are in the reader's own units, so that a part of a large file is read without
scanning what stands before it: bytes for JSONL, rows for CSV and for compressed files, row
groups for Parquet.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import IO, Any

import fsspec

from vankien.documents import Document, Kind, Metadata
from vankien.errors import ReadError
from vankien.normalise import clean
from vankien.reading.text import from_text

__all__ = ["RowFields", "RowRange", "is_row_file", "iter_rows", "row_ranges"]

SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet",
            ".jsonl.gz", ".ndjson.gz", ".csv.gz", ".jsonl.zst", ".csv.zst")  # fmt: skip
COMPRESSED_ROWS = 500
"""Rows of one range of a compressed or CSV file."""

_KINDS = frozenset(kind.value for kind in Kind)

csv.field_size_limit(1 << 27)


@dataclass(frozen=True, slots=True)
class RowFields:
    """The names of the fields that hold a document's parts."""

    text: str = "text"
    id: str = "id"
    title: str = "title"
    published: str = "published"
    url: str = "url"
    kind: str = "kind"
    authors: str = "authors"
    publisher: str = "publisher"


@dataclass(frozen=True, slots=True)
class RowRange:
    """A range of a row file: ``start`` and ``stop`` in the reader's units."""

    start: int
    stop: int
    first_row: int
    size: int


def is_row_file(path: str) -> bool:
    """Say whether a file holds rows, by its name and first bytes."""
    name = path.lower()
    if not name.endswith(SUFFIXES):
        return False
    if name.endswith(".json"):
        try:
            with fsspec.open(path, "rb") as stream:
                return bool(stream.read(64).lstrip()[:1] == b"{")
        except OSError:
            return False
    return True


def _form(path: str) -> str:
    name = path.lower()
    for suffix in (".gz", ".zst"):
        name = name.removesuffix(suffix)
    if name.endswith(".parquet"):
        return "parquet"
    return "csv" if name.endswith((".csv", ".tsv")) else "jsonl"


def _compressed(path: str) -> bool:
    return path.lower().endswith((".gz", ".zst"))


def _open(path: str) -> IO[bytes]:
    stream: IO[bytes] = fsspec.open(path, "rb").open()
    name = path.lower()
    if name.endswith(".gz"):
        return gzip.GzipFile(fileobj=stream)  # type: ignore[return-value]
    if name.endswith(".zst"):
        import zstandard

        return zstandard.ZstdDecompressor().stream_reader(stream)  # type: ignore[no-any-return]
    return stream


def row_ranges(path: str, target: int) -> list[RowRange]:
    """Cut a row file into ranges of about ``target`` bytes.

    Raises ReadError where the file cannot be opened or holds no row.
    """
    try:
        if _form(path) == "parquet":
            ranges = _parquet_ranges(path)
        elif _form(path) == "csv":
            ranges = _counted_ranges(path, sum(1 for _ in _csv_rows(path)))
        elif _compressed(path):
            with _open(path) as stream:
                ranges = _counted_ranges(path, sum(1 for _ in stream))
        else:
            ranges = _byte_ranges(path, target)
    except (OSError, EOFError, csv.Error, ValueError) as error:
        raise _unreadable(path, error) from error
    if not ranges:
        raise ReadError("V101", path)
    return ranges


def _unreadable(path: str, error: Exception) -> ReadError:
    if isinstance(error, OSError) and error.strerror:
        return ReadError("V109", path, detail=error.strerror)
    return ReadError("V113", path, detail=" ".join(str(error).split())[:200])


def _byte_ranges(path: str, target: int) -> list[RowRange]:
    ranges: list[RowRange] = []
    with _open(path) as stream:
        start = offset = 0
        row = first = 1
        for line in stream:
            offset += len(line)
            row += 1
            if offset - start >= target:
                ranges.append(RowRange(start, offset, first, offset - start))
                start, first = offset, row
        if offset > start:
            ranges.append(RowRange(start, offset, first, offset - start))
    return ranges


def _counted_ranges(path: str, rows: int) -> list[RowRange]:
    return [
        RowRange(start, min(start + COMPRESSED_ROWS, rows), start + 1, COMPRESSED_ROWS * 3000)
        for start in range(0, rows, COMPRESSED_ROWS)
    ]


def _parquet_ranges(path: str) -> list[RowRange]:
    import pyarrow.parquet as pq

    ranges: list[RowRange] = []
    with fsspec.open(path, "rb") as stream:
        meta = pq.ParquetFile(stream).metadata
        first = 1
        for group in range(meta.num_row_groups):
            rows = meta.row_group(group).num_rows
            ranges.append(
                RowRange(group, group + 1, first, meta.row_group(group).total_byte_size)
            )
            first += rows
    return ranges


def iter_rows(
    path: str,
    *,
    fields: RowFields = RowFields(),  # noqa: B008 - frozen
    start: int | None = None,
    stop: int | None = None,
    first_row: int = 1,
) -> Iterator[Document | ReadError]:
    """Yield the documents of a row file, or of one of its ranges, in order.

    A row that cannot be read is yielded as a ReadError; the rows after it follow.  Raises
    ReadError where the file itself breaks off.
    """
    number = first_row
    try:
        for raw in _raw_rows(path, start, stop):
            source = f"{path}#{number}"
            number += 1
            if isinstance(raw, bytes) and not raw.strip():
                continue
            yield _row(raw, source, fields)
    except (OSError, EOFError, csv.Error, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error


def _raw_rows(path: str, start: int | None, stop: int | None) -> Iterator[bytes | dict[str, Any]]:
    form = _form(path)
    if form == "parquet":
        yield from _parquet_rows(path, start, stop)
    elif form == "csv":
        yield from islice(_csv_rows(path), start, stop)
    elif _compressed(path):
        with _open(path) as stream:
            yield from islice(stream, start, stop)
    else:
        with _open(path) as stream:
            if start:
                stream.seek(start)
            left = None if stop is None else stop - (start or 0)
            for line in stream:
                yield line
                if left is not None:
                    left -= len(line)
                    if left <= 0:
                        return


def _csv_rows(path: str) -> Iterator[dict[str, Any]]:
    with _open(path) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        sample = text.read(8192)
        text.seek(0)
        try:
            dialect: Any = csv.Sniffer().sniff(sample.split("\n", 1)[0], delimiters=",;\t|")
        except csv.Error:
            dialect = csv.excel
        yield from csv.DictReader(text, delimiter=dialect.delimiter)


def _parquet_rows(path: str, start: int | None, stop: int | None) -> Iterator[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with fsspec.open(path, "rb") as stream:
            file = pq.ParquetFile(stream)
            groups = range(start or 0, file.num_row_groups if stop is None else stop)
            for batch in file.iter_batches(batch_size=256, row_groups=list(groups)):
                yield from batch.to_pylist()
    except pa.ArrowInvalid as error:
        raise ReadError("V113", path, detail=str(error).splitlines()[0]) from error


def _row(raw: bytes | dict[str, Any], source: str, fields: RowFields) -> Document | ReadError:
    if isinstance(raw, bytes):
        digest = hashlib.sha256(raw.strip())
        try:
            row = json.loads(raw)
        except (ValueError, RecursionError) as error:
            return ReadError("V107", source, detail=str(error))
        if not isinstance(row, dict):
            return ReadError("V107", source, detail="the line holds no JSON object")
    else:
        row = raw
        digest = hashlib.sha256(
            json.dumps(row, ensure_ascii=False, sort_keys=True, default=str).encode()
        )
    text = row.get(fields.text)
    if not isinstance(text, str) or not text.strip():
        return ReadError("V108", source, field=fields.text)
    warnings: list[str] = []
    published = _date(row.get(fields.published), warnings)
    authors = row.get(fields.authors) or ()
    if isinstance(authors, str):
        authors = tuple(a.strip() for a in authors.split(";") if a.strip())
    title = row.get(fields.title)
    title = " ".join(clean(title).split()) if isinstance(title, str) else None
    kind = row.get(fields.kind)
    sha256 = digest.hexdigest()
    given = row.get(fields.id)
    return from_text(
        text,
        doc_id=str(given) if given not in (None, "") else sha256[:16],
        source=source,
        sha256=sha256,
        title=title,
        kind=Kind(kind) if kind in _KINDS else None,
        metadata=Metadata(
            title=title or None,
            published=published,
            authors=tuple(str(a) for a in authors),
            publisher=_text(row.get(fields.publisher)),
            url=_text(row.get(fields.url)),
        ),
        warnings=tuple(warnings),
    )


def _text(value: object) -> str | None:
    return str(value) if value not in (None, "") else None


def _date(value: object, warnings: list[str]) -> date | None:
    if value in (None, ""):
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    for form, size in (("%Y-%m-%d", 10), ("%d/%m/%Y", 10), ("%d-%m-%Y", 10), ("%Y/%m/%d", 10)):
        try:
            return datetime.strptime(text[:size], form).date()
        except ValueError:
            continue
    warnings.append(f"the date {text!r} was not understood")
    return None
