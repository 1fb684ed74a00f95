"""Rows of JSONL, CSV and Parquet: one document a row, read as a stream.

Ranges are in the reader's own units, so that a part of a large file is read without
scanning what stands before it: bytes for plain JSONL and CSV; rows for Parquet (groups
before the range are skipped); rows for compressed files, which can only be read from their
beginning and are therefore cut into few ranges.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from typing import IO, Any

from vankien.documents import Document, Kind, Metadata
from vankien.errors import ReadError
from vankien.reading.encodings import decode_as, detect, encoding
from vankien.reading.row_fields import RowFields
from vankien.reading.streams import (
    HEAD,
    MAX_ROW,
    UTF_8,
    bounded_lines,
    check_encoding,
    compression_of,
    csv_records,
    decompressed,
    delimiter_of,
    open_bytes,
    row_form,
    row_head,
    stream_errors,
)
from vankien.reading.text import from_text

__all__ = ["RowFields", "RowRange", "is_row_file", "iter_rows", "row_ranges"]

MAX_RANGES = 64
"""Most ranges of a compressed file: each is read from the beginning."""

GROUP_SPLITS = 16
"""Most ranges of one Parquet row group, for the same reason."""

BATCH_ROWS = 256
"""Rows of Parquet that are held in memory at a time."""

_KINDS = frozenset(kind.value for kind in Kind)
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T\s]\s*\d.*)?\Z")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[T\s,]\s*\d.*)?\Z")
_NAMES = re.compile(r"\s*[;,]\s*")


_FIELDS = RowFields()


@dataclass(frozen=True, slots=True)
class _Cells:
    """Named cells of a row that was not in UTF-8, and what had to be done."""

    cells: dict[str, Any]
    note: str


_Raw = bytes | dict[str, Any] | _Cells | ReadError
"""One row before it is a document: a JSON line, named cells, or what is wrong with it."""


@dataclass(frozen=True, slots=True)
class RowRange:
    """A range of a row file: ``start`` and ``stop`` in the reader's units.

    ``first_row`` is the 1-based number of the first row, ``size`` about the bytes to read.
    """

    start: int
    stop: int
    first_row: int
    size: int


def is_row_file(path: str) -> bool:
    """Say whether a file holds rows, by its first bytes and its name.

    Where these are damaged it holds none here; the reader says what is wrong with it.  Raises
    ReadError (V109) where it cannot be opened.
    """
    try:
        return _form(path)[0] is not None
    except ReadError as error:
        if error.code == "V109":
            raise
        return False


def _form(path: str) -> tuple[str | None, str | None]:
    """Return form and compression of a file."""
    with open_bytes(path) as stream, stream_errors(path):
        head = stream.read(HEAD)
    form = row_form(head, path)
    if form in ("jsonl", "csv"):
        check_encoding(row_head(head), path)
    return form, compression_of(head) if form is not None else None


def row_ranges(path: str, target: int) -> list[RowRange]:
    """Cut a row file into ranges of about ``target`` bytes, in order.

    Raises ReadError where the file cannot be opened (V109), is damaged or no row file
    (V113), or holds no row (V101).
    """
    form, compression = _form(path)
    if form == "parquet":
        ranges = _parquet_ranges(path, target)
    else:
        with open_bytes(path) as raw, stream_errors(path):
            stream = decompressed(raw, compression)
            ends = _row_ends(stream, form, path)
            if compression is None:
                ranges = _byte_ranges(ends, target)
            else:
                ranges = _counted_ranges(ends, target)
    if not ranges:
        raise ReadError("V101", path)
    return ranges


def _row_ends(stream: IO[bytes], form: str | None, path: str) -> Iterator[int]:
    """Yield where the first row begins, then the byte offset after each row."""
    if form == "jsonl":
        position = 0
        yield position
        for _, length in bounded_lines(stream):
            position += length
            yield position
    elif form == "csv":
        for _, end, _ in _csv(stream, path):
            yield end
    else:
        raise ReadError("V113", path, detail="it holds no rows of JSONL, CSV or Parquet")


def _byte_ranges(ends: Iterator[int], target: int) -> list[RowRange]:
    ranges: list[RowRange] = []
    start = offset = next(ends, 0)
    first = row = 1
    for offset in ends:
        row += 1
        if offset - start >= target:
            ranges.append(RowRange(start, offset, first, offset - start))
            start, first = offset, row
    if offset > start:
        ranges.append(RowRange(start, offset, first, offset - start))
    return ranges


def _counted_ranges(ends: Iterator[int], target: int) -> list[RowRange]:
    begin = next(ends, 0)
    rows, end = 0, begin
    for offset in ends:
        rows, end = rows + 1, offset
    if not rows:
        return []
    mean = max((end - begin) / rows, 1)
    step = max(math.ceil(target / mean), math.ceil(rows / MAX_RANGES))
    return [
        RowRange(first, min(first + step, rows), first + 1, int(mean * min(step, rows - first)))
        for first in range(0, rows, step)
    ]


def _parquet_ranges(path: str, target: int) -> list[RowRange]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    ranges: list[RowRange] = []
    with open_bytes(path) as stream, stream_errors(path):
        try:
            meta = pq.ParquetFile(stream).metadata
        except pa.ArrowException as error:
            raise _damaged(path, error) from error
        first = 0
        for group in range(meta.num_row_groups):
            rows, size = meta.row_group(group).num_rows, meta.row_group(group).total_byte_size
            parts = min(max(1, round(size / max(target, 1))), GROUP_SPLITS, max(rows, 1))
            for part in range(parts):
                start, stop = first + rows * part // parts, first + rows * (part + 1) // parts
                if stop > start:
                    ranges.append(RowRange(start, stop, start + 1, size // parts))
            first += rows
    return ranges


def _damaged(path: str, error: Exception) -> ReadError:
    return ReadError("V113", path, detail=" ".join(str(error).split())[:200])


def iter_rows(
    path: str,
    *,
    fields: RowFields = _FIELDS,
    start: int | None = None,
    stop: int | None = None,
    first_row: int = 1,
) -> Iterator[Document | ReadError]:
    """Yield the documents of a row file, or of one of its ranges, in order.

    ``start``, ``stop`` and ``first_row`` are those of a :class:`RowRange`.  A row that
    cannot be read is yielded as a ReadError (V107, V108, V110, V111, V113) and the rows
    after it follow.  Raises ReadError where the file itself cannot be opened or breaks off.
    """
    form, compression = _form(path)
    number = first_row - 1
    if form == "parquet":
        raws = _parquet_rows(path, start or 0, stop, fields)
    elif form == "csv":
        raws = _csv_rows(path, compression, start or 0, stop)
    elif form == "jsonl":
        raws = _json_rows(path, compression, start or 0, stop)
    else:
        raise ReadError("V113", path, detail="it holds no rows of JSONL, CSV or Parquet")
    for raw in raws:
        number += 1
        if isinstance(raw, bytes) and (not raw or raw.isspace()):
            continue
        source = f"{path}#{number}"
        if isinstance(raw, ReadError):
            yield ReadError(raw.code, source, detail=raw.detail)
        else:
            yield _document(raw, source, number, fields)


def _json_rows(path: str, compression: str | None, start: int, stop: int | None) -> Iterator[_Raw]:
    too_long = ReadError("V111", path, detail=f"more than {MAX_ROW:,} bytes")
    with open_bytes(path) as stream, stream_errors(path):
        lines = bounded_lines(decompressed(stream, compression))
        if compression is not None:
            for line, _ in islice(lines, start, stop):
                yield too_long if line is None else line
            return
        position = start
        if start:
            stream.seek(start)
        for line, length in lines:
            position += length
            if position == length:  # the first line may begin with a byte-order mark
                line = line.removeprefix(b"\xef\xbb\xbf") if line is not None else None
            yield too_long if line is None else line
            if stop is not None and position >= stop:
                return


def _csv(
    stream: IO[bytes], path: str, *, start: int = 0
) -> Iterator[tuple[dict[str, Any] | ReadError, int, str | None]]:
    """Yield the header first, then (row, end, encoding) of the rows from byte ``start``."""
    lines = bounded_lines(stream)
    first, length = next(lines, (b"", 0))
    delimiter = delimiter_of((first or b"").decode("utf-8-sig", "replace"))
    # The header itself may go on over more lines, inside quotes.
    begun = csv_records(chain([(first, length)], lines), path, delimiter=delimiter)
    header, end, _ = next(begun, ([], 0, UTF_8))
    names = [name.strip() for name in header]
    yield dict.fromkeys(names), end, UTF_8
    if start > end:
        stream.seek(start)
        end = start
    for record, position, form in csv_records(lines, path, offset=end, delimiter=delimiter):
        if len(record) > len(names):
            detail = f"it has {len(record)} cells, the header has {len(names)}"
            yield ReadError("V113", path, detail=detail), position, form
        else:
            yield dict(zip(names, record, strict=False)), position, form


def _csv_rows(path: str, compression: str | None, start: int, stop: int | None) -> Iterator[_Raw]:
    with open_bytes(path) as raw, stream_errors(path):
        stream = decompressed(raw, compression)
        rows = _csv(stream, path, start=0 if compression else start)
        next(rows, None)
        if compression is not None:
            rows = islice(rows, start, stop)
            stop = None
        for row, end, form in rows:
            if form is None:
                yield ReadError("V110", path, detail="a byte is not UTF-8")
            elif form == UTF_8 or isinstance(row, ReadError):
                yield row
            else:
                yield _Cells(row, f"the row is in {encoding(form).label}")
            if stop is not None and end >= stop:
                return


def _parquet_rows(path: str, start: int, stop: int | None, fields: RowFields) -> Iterator[_Raw]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with open_bytes(path) as stream, stream_errors(path):
        try:
            file = pq.ParquetFile(stream)
            columns = None
            if fields.id in file.schema_arrow.names:
                # Other columns (vectors, scores) are read only where they make the id.
                wanted = {getattr(fields, name) for name in RowFields.__slots__}
                columns = [name for name in file.schema_arrow.names if name in wanted]
            groups, first, before = [], 0, None
            for group in range(file.num_row_groups):
                rows = file.metadata.row_group(group).num_rows
                if first + rows > start and (stop is None or first < stop):
                    groups.append(group)
                    before = first if before is None else before
                first += rows
            position = before or 0
            for batch in file.iter_batches(
                batch_size=BATCH_ROWS, row_groups=groups, columns=columns, use_threads=False
            ):
                size = batch.num_rows
                low = max(start - position, 0)
                high = size if stop is None else min(stop - position, size)
                if low < high:
                    yield from batch.slice(low, high - low).to_pylist()
                position += size
        except pa.ArrowException as error:
            raise _damaged(path, error) from error


def _document(
    raw: bytes | dict[str, Any] | _Cells, source: str, number: int, fields: RowFields
) -> Document | ReadError:
    """Return the document of one row, or what is wrong with it."""
    warnings: list[str] = []
    if isinstance(raw, bytes):
        try:
            row = json.loads(_decoded(raw, warnings))
        except json.JSONDecodeError as error:
            detail = f"line {number}, character {error.pos + 1}: {error.msg}"
            return ReadError("V107", source, detail=detail)
        except UnicodeDecodeError as error:
            detail = f"the byte at position {error.start:,} of the line is not UTF-8"
            return ReadError("V110", source, detail=detail)
        except RecursionError:
            return ReadError("V107", source, detail=f"line {number} is nested too deeply")
        if not isinstance(row, dict):
            return ReadError("V107", source, detail=f"line {number} holds no JSON object")
        digest = hashlib.sha256(raw.strip())
    else:
        row = raw.cells if isinstance(raw, _Cells) else raw
        if isinstance(raw, _Cells):
            warnings.append(raw.note)
        canonical = json.dumps(row, ensure_ascii=False, sort_keys=True, default=str)
        digest = hashlib.sha256(canonical.encode("utf-8", "surrogatepass"))
    text = row.get(fields.text)
    if not isinstance(text, str) or not text.strip():
        return ReadError("V108", source, field=fields.text)
    title = row.get(fields.title)
    title = title.strip() or None if isinstance(title, str) else None
    sha256 = digest.hexdigest()
    return from_text(
        text,
        doc_id=_id(row.get(fields.id)) or sha256[:16],
        source=source,
        sha256=sha256,
        title=title,
        kind=_kind(row.get(fields.kind), warnings),
        metadata=Metadata(
            title=title,
            published=_date(row.get(fields.published), warnings),
            authors=_authors(row.get(fields.authors)),
            publisher=_string(row.get(fields.publisher)),
            url=_string(row.get(fields.url)),
        ),
        # The list is complete only now: the fields above add to it.
        warnings=tuple(warnings),
    )


def _decoded(line: bytes, warnings: list[str]) -> str:
    """Decode a line: UTF-8, else the legacy encoding it shows.  Raises UnicodeDecodeError."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        name = detect(line)
        if name is None:
            raise
        warnings.append(f"the row is in {encoding(name).label}")
        return decode_as(line, name)


def _id(value: object) -> str | None:
    # A whole number that a table kept as 12.0 is "12" again.
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _string(value)


def _string(value: object) -> str | None:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return str(value).strip() or None


def _kind(value: object, warnings: list[str]) -> Kind | None:
    name = _string(value)
    if name is None:
        return None
    if name in _KINDS:
        return Kind(name)
    warnings.append(f"the kind {name!r} is none of {', '.join(sorted(_KINDS))}")
    return None


def _authors(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(name for name in _NAMES.split(value.strip()) if name)
    if isinstance(value, (list, tuple)):
        return tuple(name for name in map(_string, value) if name)
    return ()


def _date(value: object, warnings: list[str]) -> date | None:
    """Read a date: ISO, or day first with strokes; another form is warned of."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = _string(value)
    if text is None:
        return None
    iso, day_first = _ISO.match(text), _DAY_FIRST.match(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if day_first:
            return date(int(day_first[3]), int(day_first[2]), int(day_first[1]))
    except ValueError:  # the 31st of a shorter month: warned of below
        pass
    warnings.append(f"the date {text!r} was not understood")
    return None
