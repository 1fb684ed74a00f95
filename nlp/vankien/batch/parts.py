"""Parquet parts of the finished tables: how their rows lie, and how they are read back.

Rows lie in document order, and a Bloom filter says which row groups hold a document.  The
tables of codes (themes, indicators) are in document order from part to part, but by code
within a part, so that the statistics of a row group tell whether a code is in it: a query
by theme or indicator reads little.  Read back for a merge, such a part is put into document
order again, and within a document by code; that order is the same whatever parts the rows
have been in, so that a folder does not show in how many runs its documents came.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from inspect import signature
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vankien.batch.store import HIDDEN, INDEX, Store

__all__ = ["BY_CODE", "ITEMS", "Cursor", "write_parts"]

ITEMS = "items"
"""The hidden table of inputs."""

BY_CODE = {"themes": "theme", "indicators": "indicator"}
"""Tables that lie by a code within a part, and the column of that code."""

GROUP_ROWS = {"documents": 2_000, INDEX: 50_000, **dict.fromkeys(BY_CODE, 8_000)}
OTHER_GROUP_ROWS = 50_000
"""Rows of a row group: about one to ten megabytes, the least that a query reads."""

GROUPS = 50
"""Row groups of a part: up to about 200 megabytes of articles."""

CODE_GROUPS = 8
"""Row groups of a part by code, which a merge holds in memory as a whole: 64,000 rows of
indicators are 20 megabytes, and as much again while they are put in order."""


class Cursor:
    """Reads rows of one table in document order, forwards only.

    ``ids`` are the documents of the files and ``ends`` where the rows of each begin and the
    last end; ``finished`` says that the files are parts of finished tables, where a document
    is but once.
    """

    def __init__(
        self,
        store: Store,
        table: str,
        files: list[str],
        *,
        ids: pa.Array,
        ends: np.ndarray[Any, Any],
        finished: bool,
    ) -> None:
        self._store = store
        self._code = BY_CODE.get(table)
        self._ids = ids
        self._ends = ends
        self._finished = finished
        self._groups = self._all_groups(files)
        self._group: pa.Table | None = None
        self._first = 0

    def _all_groups(self, files: list[str]) -> Iterator[pa.Table]:
        row = 0
        for name in files:
            with self._store.folder.open(name) as stream:
                file = pq.ParquetFile(stream)
                if self._code is not None:
                    part = file.read(use_threads=False)
                    yield self._in_order(part, row)
                    row += part.num_rows
                    continue
                for group in range(file.num_row_groups):
                    yield file.read_row_group(group, use_threads=False)

    def _in_order(self, part: pa.Table, row: int) -> pa.Table:
        """Return the rows of a part, the first of which is ``row``, by document and code."""
        if not part.num_rows:
            return part
        places = np.searchsorted(self._ends, np.arange(row, row + part.num_rows), "right") - 1
        if self._finished:
            first, last = int(places[0]), int(places[-1])
            here = self._ids.slice(first, last + 1 - first)
            places = pc.index_in(part["doc_id"], value_set=here)
        keys = pa.table({"place": places, "code": part[self._code]})
        return part.take(pc.sort_indices(keys, [("place", "ascending"), ("code", "ascending")]))

    def rows(self, start: int, stop: int) -> Iterator[pa.Table]:
        """Yield the rows from ``start`` to ``stop``; later calls begin no earlier."""
        while start < stop:
            while self._group is None or start >= self._first + self._group.num_rows:
                self._first += 0 if self._group is None else self._group.num_rows
                self._group = next(self._groups)
            end = min(stop, self._first + self._group.num_rows)
            yield self._group.slice(start - self._first, end - start)
            start = end


def write_parts(
    store: Store, table: str, declared: pa.Schema, pieces: Iterator[pa.Table], digest: str
) -> tuple[list[tuple[str, int]], int]:
    """Write staged parts of whole row groups; return their names and sizes, and the rows."""
    group_rows = GROUP_ROWS.get(table, OTHER_GROUP_ROWS)
    code = BY_CODE.get(table)
    at_once, times = (group_rows * CODE_GROUPS, 1) if code is not None else (group_rows, GROUPS)
    groups = _groups(pieces, declared, at_once)
    parts: list[tuple[str, int]] = []
    rows = 0
    group = next(groups)
    while group is not None:
        place = f"{HIDDEN}/{table}" if table in (INDEX, ITEMS) else f"{table}/part"
        name = f"{place}-{len(parts):05d}-{digest}.parquet"
        with (
            store.folder.create(store.folder.staged(name)) as stream,
            pq.ParquetWriter(stream, declared, **_options(table, declared, group_rows)) as writer,
        ):
            for _ in range(times):
                if code is not None:  # stable: by code, then as before by document
                    group = group.take(pc.sort_indices(group[code]))
                writer.write_table(group, row_group_size=group_rows)
                rows += group.num_rows
                group = next(groups, None)
                if group is None:
                    break
        size = store.folder.size(store.folder.staged(name))
        assert size is not None
        parts.append((name, size))
    return parts, rows


def _options(table: str, declared: pa.Schema, group_rows: int) -> dict[str, Any]:
    options: dict[str, Any] = {"compression": "zstd", "write_page_index": True}
    if table in BY_CODE:
        place = declared.get_field_index(BY_CODE[table])
        options["sorting_columns"] = [pq.SortingColumn(place)]
    if table not in (INDEX, ITEMS) and "doc_id" in declared.names and _has_filters():
        # Rows of one document lie together, but for those of a code.
        many = 1 if table in ("documents", *BY_CODE) else 8
        options["bloom_filter_options"] = {"doc_id": {"ndv": group_rows // many, "fpp": 0.01}}
    return options


@cache
def _has_filters() -> bool:
    """Say whether this pyarrow writes Bloom filters (24 and later)."""
    return "bloom_filter_options" in signature(pq.ParquetWriter).parameters


def _groups(pieces: Iterator[pa.Table], declared: pa.Schema, group_rows: int) -> Iterator[pa.Table]:
    """Yield tables of ``group_rows`` rows, the last one shorter; at least one, maybe empty."""
    waiting: list[pa.Table] = []
    number = given = 0
    for piece in pieces:
        while piece.num_rows:
            taken = piece.slice(0, group_rows - number)
            piece = piece.slice(taken.num_rows)
            waiting.append(taken)
            number += taken.num_rows
            if number == group_rows:
                yield _joined(waiting, declared)
                waiting, number, given = [], 0, given + 1
    if waiting or not given:
        yield _joined(waiting, declared)


def _joined(tables: list[pa.Table], declared: pa.Schema) -> pa.Table:
    same = [table.cast(declared).replace_schema_metadata(declared.metadata) for table in tables]
    return pa.concat_tables([declared.empty_table(), *same]).combine_chunks()
