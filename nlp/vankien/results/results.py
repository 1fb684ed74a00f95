"""open(): the tables of a finished run as DuckDB relations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from vankien.batch.store import MARKERS, Store
from vankien.errors import OutputError, UsageError
from vankien.records import TABLES

__all__ = ["Results", "open"]


class Results:
    """The tables of one results folder.

    Each table is an attribute (``results.indicators``) that gives a DuckDB relation, which
    ``.df()``, ``.pl()`` and ``.arrow()`` turn into pandas, Polars and Arrow tables.
    ``results.sql("select ...")`` queries them all; the table of references is named
    ``refs`` there as well, since REFERENCES is a word of SQL.
    """

    def __init__(self, out: str | Path) -> None:
        self.path = Path(out)
        store = Store(out)
        state = store.read_run()
        if state is None or not (self.path / MARKERS).is_dir():
            raise OutputError("V205", str(out), detail="there is no run.json")
        self.run: dict[str, Any] = state
        self._connection = duckdb.connect(":memory:")
        done = set(store.done())
        for table in TABLES:
            # Only parts whose chunk was finished exist.
            parts = [
                str(part)
                for part in sorted((self.path / table).glob("*.parquet"))
                if part.stem in done or part.stem == "empty"
            ]
            relation = self._connection.read_parquet(parts)
            relation.create_view(f"{table}")
        self._connection.execute('create view refs as select * from "references"')

    def __getattr__(self, name: str) -> Any:
        if name in TABLES:
            return (
                self._connection.table(f'"{name}"')
                if name == "references"
                else (self._connection.table(name))
            )
        raise AttributeError(f"results have no table {name!r}; they are {', '.join(TABLES)}")

    def sql(self, query: str) -> Any:
        """Run a query over the tables; returns a DuckDB relation.

        Raises UsageError with DuckDB's message where the query is wrong.
        """
        try:
            return self._connection.sql(query)
        except duckdb.Error as error:
            raise UsageError("V401", "sql", detail=str(error).splitlines()[0]) from error

    def __repr__(self) -> str:
        counts = ", ".join(f"{table} {n:,}" for table, n in self.run["counts"].items())
        return f"<vankien results {self.path}: {counts}>"


def open(out: str | Path) -> Results:
    """Open the results folder of a run.  Raises OutputError (V205) where there is none."""
    return Results(out)
