"""Chunks -> finished tables: in document order, every document once, near duplicates marked.

The finished tables depend on the documents alone, not on how they were cut into chunks, how
often the run was broken off, or in how many runs the documents came: whatever is already
finished is merged with the new chunks, by items in order.  Everything streams but the index
of documents (about 200 bytes a document).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vankien.batch.duplicates import SIGNATURE_BYTES, near_duplicates
from vankien.batch.options import digest_of
from vankien.batch.parts import ITEMS, Cursor, write_parts
from vankien.batch.plan import Item
from vankien.batch.store import COUNTED, INDEX, Manifest, Store, encodable, index_schema
from vankien.errors import CATALOGUE
from vankien.records import ErrorRecord, rows_to_table, schema

__all__ = ["merge", "read_items"]

_ITEM_SCHEMA = pa.schema(
    [
        ("path", pa.binary()), ("size", pa.int64()), ("sha256", pa.string()),
        ("start", pa.int64()), ("stop", pa.int64()), ("first_row", pa.int64()),
        ("error", pa.list_(pa.string())), ("documents", pa.int32()), ("errors", pa.int32()),
        ("repeated", pa.int32()), ("limits", pa.string()),
    ]
)  # fmt: skip
_ROW = re.compile(r"#(\d+)\Z")


@dataclass(slots=True)
class _Source:
    """Finished tables, or one chunk: items, index, and the files of each table."""

    items: list[dict[str, Any]]
    index: pa.Table
    files: dict[str, list[str]]
    finished: bool = False
    open: dict[str, Cursor] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Place:
    """An item in a source: its documents and rows of errors there."""

    item: Item
    state: dict[str, Any]
    source: int
    documents: tuple[int, int]
    errors: tuple[int, int]


def read_items(store: Store, manifest: Manifest) -> list[dict[str, Any]]:
    """Return the items of the finished tables, with what is known of each."""
    rows: list[dict[str, Any]] = []
    for name, _ in manifest.parts[ITEMS]:
        with store.folder.open(name) as stream:
            rows += pq.read_table(stream, schema=_ITEM_SCHEMA, use_threads=False).to_pylist()
    for row in rows:
        row["path"] = row["path"].decode("utf-8", "surrogateescape")
    return rows


def merge(
    store: Store, settings: dict[str, Any], *, keep: Iterable[str], wanted: Iterable[str]
) -> Manifest:
    """Merge finished tables and chunks, commit them, and return the new manifest.

    ``keep`` are the keys of items to take from the finished tables, ``wanted`` those to
    take from chunks.  A document whose id stands before becomes a row of ``errors`` (V115).
    """
    before = store.manifest()
    markers = store.markers()
    sources, places = _collect(store, before, markers, set(keep), set(wanted))
    documents = [
        sources[p.source].index.slice(p.documents[0], p.documents[1] - p.documents[0])
        for p in places
    ]
    index = pa.concat_tables([index_schema().empty_table(), *documents])
    origin = np.repeat(np.arange(len(places)), [p.documents[1] - p.documents[0] for p in places])
    first = _first_of_each(index["doc_id"])
    repeats = _repeats(store, sources, places, origin, index, first)
    kept = np.flatnonzero(first)
    leaders = near_duplicates(_signatures(index["signature"].take(pa.array(kept))))
    ids = index["doc_id"].take(pa.array(kept)).combine_chunks()
    duplicate_of = ids.take(pa.array(leaders, mask=leaders < 0))
    digest = digest_of([[p.item.key for p in places], settings])
    parts: dict[str, list[tuple[str, int]]] = {}
    counts: dict[str, int] = {}
    for table in ("documents", *COUNTED):
        pieces = _pieces(store, table, sources, places, first)
        if table == "documents":
            pieces = _marked(pieces, duplicate_of)
        parts[table], counts[table] = write_parts(store, table, schema(table), pieces, digest)
    failed = _errors(store, sources, places, repeats)
    rows = [row for found in failed for row in found]
    table_of_errors = rows_to_table("errors", rows) if rows else schema("errors").empty_table()
    parts["errors"], counts["errors"] = write_parts(
        store, "errors", schema("errors"), iter([table_of_errors]), digest
    )
    dropped = np.bincount(origin[~first], minlength=len(places))
    left = index.take(pa.array(kept)).set_column(0, "item", pa.array(origin[kept], pa.int32()))
    parts[INDEX], _ = write_parts(store, INDEX, index_schema(), iter([left]), digest)
    states = [
        {
            **p.item.to_json(),
            # The name of a file may be no text; it must be found again by it.
            "path": p.item.path.encode("utf-8", "surrogateescape"),
            "error": encodable(p.item.error),
            "documents": p.documents[1] - p.documents[0] - int(gone),
            "errors": len(errors),
            "repeated": p.state["repeated"] + int(gone),
            "limits": p.state["limits"],
        }
        for p, gone, errors in zip(places, dropped, failed, strict=True)
    ]
    items = pa.Table.from_pylist(states, schema=_ITEM_SCHEMA)
    parts[ITEMS], _ = write_parts(store, ITEMS, _ITEM_SCHEMA, iter([items]), digest)
    manifest = Manifest(
        settings=settings,
        digest=digest,
        parts=parts,
        chunks=sorted({*(before.chunks if before else []), *markers}),
        counts=counts,
        errors=dict(sorted(Counter(row.error for row in rows).items())),
        repeated=sum(state["repeated"] for state in states),
        duplicates=int((leaders >= 0).sum()),
    )
    store.commit(manifest)
    return manifest


def _collect(
    store: Store,
    before: Manifest | None,
    markers: dict[str, dict[str, Any]],
    keep: set[str],
    wanted: set[str],
) -> tuple[list[_Source], list[_Place]]:
    """Open all sources; return them and the places of the items to take, in order."""
    sources: list[_Source] = []
    places: dict[str, _Place] = {}
    if before is not None:
        files = {table: [name for name, _ in parts] for table, parts in before.parts.items()}
        source = _Source(read_items(store, before), _index(store, files[INDEX]), files, True)
        sources.append(source)
        _place(source, 0, keep, places)
    for chunk, marker in markers.items():
        files = {table: [store.chunk_part(chunk, table)] for table in marker["parts"]}
        source = _Source(marker["items"], _index(store, files.get(INDEX, [])), files)
        sources.append(source)
        _place(source, len(sources) - 1, wanted, places)
    return sources, sorted(places.values(), key=lambda place: place.item.order)


def _place(source: _Source, number: int, wanted: set[str], places: dict[str, _Place]) -> None:
    document = error = 0
    for row in source.items:
        item = Item.from_json(row)
        until, last = document + row["documents"], error + row["errors"]
        if item.key in wanted and item.key not in places:
            places[item.key] = _Place(item, row, number, (document, until), (error, last))
        document, error = until, last


def _index(store: Store, files: list[str]) -> pa.Table:
    tables = [index_schema().empty_table()]
    for name in files:
        with store.folder.open(name) as stream:
            tables.append(pq.read_table(stream, schema=index_schema(), use_threads=False))
    return pa.concat_tables(tables)


def _first_of_each(ids: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    """Say of every document whether no document before it has its id."""
    codes = ids.combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    first = np.zeros(len(codes), dtype=bool)
    first[np.unique(codes, return_index=True)[1]] = True
    return first


def _signatures(column: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    filled = pc.fill_null(column, bytes(SIGNATURE_BYTES)).combine_chunks()
    raw = filled.buffers()[1] if len(filled) else b""
    found = np.frombuffer(raw, dtype="<u2").reshape(-1, SIGNATURE_BYTES // 2)
    return found[filled.offset : filled.offset + len(filled)]


def _repeats(
    store: Store,
    sources: list[_Source],
    places: list[_Place],
    origin: np.ndarray[Any, Any],
    index: pa.Table,
    first: np.ndarray[Any, Any],
) -> dict[int, list[ErrorRecord]]:
    """Return the error rows of documents whose id stands before, by place of their item."""
    found: dict[int, list[ErrorRecord]] = {}
    if first.all():
        return found
    ids = index["doc_id"]
    pieces = _pieces(store, "documents", sources, places, ~first)
    names = [n for piece in pieces for n in piece["source"].to_pylist()]
    for cursors in sources:
        cursors.open.clear()  # the documents are read once more, from the beginning
    for position, name in zip(np.flatnonzero(~first), names, strict=True):
        doc_id = ids[int(position)].as_py()
        message = CATALOGUE["V115"].format(source=name, detail=doc_id)
        record = ErrorRecord(name, "read", "V115", f"[V115] {message}")
        found.setdefault(int(origin[position]), []).append(record)
    return found


def _pieces(
    store: Store,
    table: str,
    sources: list[_Source],
    places: list[_Place],
    chosen: np.ndarray[Any, Any],
) -> Iterator[pa.Table]:
    """Yield the rows of a table that belong to the chosen documents, in order."""
    ends = [_row_ends(source.index, table) for source in sources]
    last_use = {place.source: number for number, place in enumerate(places)}
    position = 0
    for place_number, place in enumerate(places):
        if place_number and last_use[places[place_number - 1].source] == place_number - 1:
            # A chunk that is used up is closed: there are more chunks than open files.
            sources[places[place_number - 1].source].open.pop(table, None)
        first, last = place.documents
        number = last - first
        flags = chosen[position : position + number]
        position += number
        if not number or not flags.any():
            continue
        rows = ends[place.source]
        edges = np.flatnonzero(np.diff(flags, prepend=False, append=False))
        for start, stop in zip(edges[0::2], edges[1::2], strict=True):
            begin = int(rows[first + start])
            end = int(rows[first + stop])
            if end > begin:
                yield from _cursor(store, sources[place.source], table).rows(begin, end)


def _row_ends(index: pa.Table, table: str) -> np.ndarray[Any, Any]:
    """Return where the rows of each document begin in a table, and where the last end."""
    if table == "documents":
        return np.arange(len(index) + 1)
    counts = index[table].to_numpy()
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])


def _cursor(store: Store, source: _Source, table: str) -> Cursor:
    if table not in source.open:
        source.open[table] = Cursor(
            store,
            table,
            source.files[table],
            ids=source.index["doc_id"].combine_chunks(),
            ends=_row_ends(source.index, table) if table != "errors" else np.zeros(1),
            finished=source.finished,
        )
    return source.open[table]


def _marked(pieces: Iterator[pa.Table], duplicate_of: pa.Array) -> Iterator[pa.Table]:
    place = schema("documents").get_field_index("duplicate_of")
    position = 0
    for piece in pieces:
        column = duplicate_of.slice(position, piece.num_rows)
        position += piece.num_rows
        yield piece.set_column(place, schema("documents").field(place), column)


def _errors(
    store: Store,
    sources: list[_Source],
    places: list[_Place],
    repeats: dict[int, list[ErrorRecord]],
) -> list[list[ErrorRecord]]:
    """Return the rows of errors of every item, in order of their rows in the input."""
    result = []
    last_use = {place.source: number for number, place in enumerate(places)}
    for number, place in enumerate(places):
        rows = list(repeats.get(number, []))
        first, last = place.errors
        source = sources[place.source]
        if last > first:
            for piece in _cursor(store, source, "errors").rows(first, last):
                rows += [ErrorRecord(**row) for row in piece.to_pylist()]
        if last_use[place.source] == number:
            source.open.pop("errors", None)
        result.append(sorted(rows, key=_row_number))
    return result


def _row_number(row: ErrorRecord) -> tuple[int, str]:
    match = _ROW.search(row.source)
    return (int(match[1]) if match else 0, row.error)
