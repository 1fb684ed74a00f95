"""open(): the tables of a finished run as DuckDB relations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from vankien.batch.store import Store
from vankien.errors import OutputError, UsageError
from vankien.records import TABLES, schema

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Results", "open"]

BATCH_ROWS = 10_000
"""Rows of a batch."""


class Results:
    """The tables of one results folder.

    Each table is an attribute (``results.indicators``) that gives a DuckDB relation, which
    ``.df()``, ``.pl()`` and ``.arrow()`` turn into pandas, Polars and Arrow tables.
    ``results.sql("select ...")`` queries them all; the table of references is named
    ``refs`` there as well, since REFERENCES is a word of SQL.
    """

    def __init__(self, out: str | Path) -> None:
        store = Store(out)
        self.path = store.root
        state = store.read_run()
        if state is None:
            raise OutputError("V205", str(out), detail="there is no run.json")
        store.check_schema(state)
        self.run: dict[str, Any] = state
        self._connection = duckdb.connect(":memory:")
        if (filesystem := store.folder.filesystem()) is not None:
            self._connection.register_filesystem(filesystem)
        for table, parts in store.tables().items():
            if parts:
                self._connection.read_parquet(parts).create_view(table)
            else:
                empty = schema(table).empty_table()
                self._connection.from_arrow(empty).create_view(table)
        self._connection.execute('create view refs as select * from "references"')

    def __getattr__(self, name: str) -> Any:
        if name in TABLES:
            return self._connection.table(f'"{name}"')
        raise AttributeError(f"results have no table {name!r}; they are {', '.join(TABLES)}")

    def sql(self, query: str) -> Any:
        """Run a query over the tables; returns a DuckDB relation.

        Raises UsageError with DuckDB's message where the query is wrong.
        """
        try:
            return self._connection.sql(query)
        except duckdb.Error as error:
            raise UsageError("V401", "sql", detail=str(error).splitlines()[0]) from error

    def execute(self, statement: str) -> None:
        """Execute a statement of SQL that gives no rows."""
        self._connection.execute(statement)

    def batches(self, query: str) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a query in batches, so that large tables need little memory."""
        yield from self._connection.sql(query).to_arrow_reader(BATCH_ROWS)

    def __repr__(self) -> str:
        counts = ", ".join(f"{table} {n:,}" for table, n in self.run["counts"].items())
        return f"<vankien results {self.path}: {counts}>"


def open(out: str | Path) -> Results:
    """Open the results folder of a run.  Raises OutputError (V205) where there is none."""
    return Results(out)
