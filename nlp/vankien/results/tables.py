"""The tables of a finished run as DuckDB relations, whole or filtered."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb

from vankien.batch.store import Store
from vankien.errors import OutputError, UsageError
from vankien.records import TABLES, schema

if TYPE_CHECKING:
    import pyarrow as pa

    from vankien.results.tidy import TidyTable

__all__ = ["Tables"]

BATCH_ROWS = 10_000
"""Rows of a batch."""


class Tables:
    """The tables of one results folder, or of those of its documents that a filter kept.

    Each table is an attribute (``results.indicators``) that gives a DuckDB relation, which
    ``.df()``, ``.pl()`` and ``.arrow()`` turn into pandas, Polars and Arrow tables, and
    which other Arrow programs take as it is.  ``results.sql("select ...")`` queries them
    all; the table of references is named ``refs`` there as well, since REFERENCES is a word
    of SQL.
    """

    def __init__(self, out: str | Path) -> None:
        store = Store(out)
        self.path = store.root
        try:
            state = store.read_run()
        except OSError as error:  # not to be read, or not to be reached
            detail = error.strerror or " ".join(str(error).split())
            raise OutputError("V205", str(out), detail=detail) from error
        if state is None:
            raise OutputError("V205", str(out), detail="there is no run.json")
        store.check_schema(state)
        self.run: dict[str, Any] = state
        self.filters: dict[str, Any] = {}
        self._store = store
        self._cache: dict[str, Any] = {}
        self._connection = duckdb.connect(":memory:")
        self._make_views()

    def _make_views(self, kept: pa.Table | None = None) -> None:
        """Make a view a table; Parquet is read when, and as far as, a query needs it.

        ``kept`` holds the ``doc_id`` of the documents to which all tables but errors are
        narrowed.  The view ``stories`` says which documents tell the same: ``story`` is the
        document repeated, ``first`` marks one document a story.
        """
        if (filesystem := self._store.folder.filesystem()) is not None:
            self._connection.register_filesystem(filesystem)
        if kept is not None:
            self._connection.from_arrow(kept).create("kept_documents")
        for table, parts in self._store.tables().items():
            if parts:
                whole = self._connection.read_parquet(parts)
            else:
                whole = self._connection.from_arrow(schema(table).empty_table())
            if kept is None or table == "errors":
                whole.create_view(table)
            else:
                whole.create_view(f"all_{table}")
                self._connection.execute(
                    f'create view "{table}" as select * from "all_{table}" '
                    "where doc_id in (select doc_id from kept_documents)"
                )
        self._connection.execute('create view refs as select * from "references"')
        self._connection.execute(
            "create view stories as select doc_id, coalesce(duplicate_of, doc_id) as story, "
            "row_number() over (partition by coalesce(duplicate_of, doc_id) "
            "order by duplicate_of is not null, doc_id) = 1 as first, published, "
            "coalesce(publisher, issuer) as source from documents"
        )

    def __getattr__(self, name: str) -> Any:
        if name in TABLES:
            return self._connection.table(f'"{name}"')
        raise AttributeError(f"results have no table {name!r}; they are {', '.join(TABLES)}")

    def sql(self, query: str, parameters: Sequence[Any] = ()) -> Any:
        """Run a query over the tables; returns a DuckDB relation.

        ``parameters`` take the places of the marks ``?`` in it.  Raises UsageError with
        DuckDB's message where the query is wrong.
        """
        try:
            if parameters:
                return self._connection.sql(query, params=list(parameters))
            return self._connection.sql(query)
        except duckdb.Error as error:
            raise UsageError("V401", "sql", detail=str(error).splitlines()[0]) from error

    def execute(self, statement: str) -> None:
        """Execute a statement of SQL that gives no rows."""
        self._connection.execute(statement)

    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table known to SQL under a name, in place of one of that name."""
        self._connection.register(name, table)

    def batches(self, query: str, parameters: Sequence[Any] = ()) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a query in batches, so that large tables need little memory."""
        yield from self.sql(query, parameters).to_arrow_reader(BATCH_ROWS)

    def filter(
        self,
        *,
        years: int | tuple[int, int] | None = None,
        kind: str | Sequence[str] | None = None,
        doc_type: str | Sequence[str] | None = None,
        source: str | Sequence[str] | None = None,
        province: str | Sequence[str] | None = None,
        theme: str | Sequence[str] | None = None,
        doc_ids: Sequence[str] | None = None,
        duplicates: bool = True,
        where: str | None = None,
    ) -> Self:
        """Return the results of those documents alone that meet every condition.

        ``years``: one year or the first and last, of publication.  ``kind`` and
        ``doc_type`` are columns of documents; ``source`` is the publisher, or the issuer
        where there is none; ``province`` a code or a name, of the place that the document
        is about (:func:`~vankien.results.document_places.document_places`).
        ``theme`` names codes that a sentence of the document carries; the code of a group
        takes in its manifestations.  ``duplicates=False`` keeps one document a story.
        ``where`` is a condition of SQL on the columns of documents.

        Only the columns that decide are read, once; each table is read when it is asked.
        Raises UsageError (V401) for a province or theme that is unknown.
        """
        from vankien.results.filters import selection

        asked = {
            "years": years, "kind": kind, "doc_type": doc_type, "source": source,
            "province": province, "theme": theme, "doc_ids": doc_ids,
            "duplicates": None if duplicates else False, "where": where,
        }  # fmt: skip
        asked = {name: value for name, value in asked.items() if value is not None}
        return self._part(selection(self, asked), asked)

    def complement(self) -> Self:
        """Return the results of the documents of the run that the filters left out.

        Raises UsageError (V401) where there is no filter, so nothing was left out.
        """
        if not self.filters:
            raise UsageError("V401", "complement", detail="no filter is set, nothing is left out")
        whole = type(self)(self.path)
        kept = [row[0] for row in self.sql("select doc_id from documents").fetchall()]
        rest = whole.sql(
            "select doc_id from documents where not list_contains(?::varchar[], doc_id)", [kept]
        ).to_arrow_table()
        return self._part(rest, {"not": dict(self.filters)})

    def _part(self, kept: pa.Table, asked: dict[str, Any]) -> Self:
        part = object.__new__(type(self))
        part.path, part.run, part._store = self.path, self.run, self._store
        part.filters = asked if "not" in asked else {**self.filters, **asked}
        part._cache = {}
        part._connection = duckdb.connect(":memory:")
        part._make_views(kept)
        return part

    @property
    def counts(self) -> dict[str, int]:
        """Rows of each table; those of the documents kept where a filter is set."""
        if not self.filters:
            counted: dict[str, int] = self.run["counts"]
            return counted
        if "counts" not in self._cache:
            self._cache["counts"] = {
                table: self._connection.sql(f'select count(*) from "{table}"').fetchall()[0][0]
                for table in TABLES
            }
        found: dict[str, int] = self._cache["counts"]
        return found

    def need_texts(self, question: str) -> None:
        """Raise UsageError (V401) where a package was made without the texts it would read."""
        if self.run.get("package", {}).get("with_text") is False:
            detail = "this package holds no texts; extract the documents again to ask it"
            raise UsageError("V401", question, detail=detail)

    def remember(self, name: str, make: Callable[[], Any]) -> Any:
        """Return what ``make`` gives, made once for these results."""
        if name not in self._cache:
            self._cache[name] = make()
        return self._cache[name]

    def table(self, name: str) -> TidyTable:
        """Return one table whole, as a tidy table.  Raises UsageError (V401) if unknown."""
        from vankien.results.tidy import TidyTable

        if name not in TABLES:
            detail = f"there is no table {name!r}; they are {', '.join(TABLES)}"
            raise UsageError("V401", "table", detail=detail)
        found = self._connection.sql(f'select * from "{name}"').to_arrow_table()
        return TidyTable(found, title=name, rule=f"Table {name} of {self.path}.",
                         n={"rows": found.num_rows})  # fmt: skip

    def __repr__(self) -> str:
        counts = ", ".join(f"{table} {n:,}" for table, n in self.counts.items())
        part = "".join(f", {name}={value!r}" for name, value in self.filters.items())
        return f"<vankien results {self.path}: {counts}{part}>"

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><td>{html.escape(table)}</td><td style='text-align:right'>{n:,}</td></tr>"
            for table, n in self.counts.items()
        )
        first, last, places = self._connection.sql(
            "select min(published), max(published), count(distinct coalesce(publisher, issuer)) "
            "from documents"
        ).fetchall()[0]
        dates = f", published {first} to {last}" if first else ""
        part = "; ".join(f"{name} = {value!r}" for name, value in self.filters.items())
        return (
            f"<div><p><b>vankien results</b> <code>{html.escape(str(self.path))}</code>"
            f"{html.escape(dates)}, {places:,} sources"
            f"{html.escape(f'; filter: {part}' if part else '')}</p>"
            f"<table><thead><tr><th>table</th><th>rows</th></tr></thead>"
            f"<tbody>{cells}</tbody></table></div>"
        )
