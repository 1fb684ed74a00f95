"""TidyTable: what a question about a results folder gives, one row an observation.

A tidy table (Wickham 2014, "Tidy Data") knows how it was made: ``rule`` says in one or two
sentences what was counted and what was left out, ``n`` names the numbers behind it.  Both
go with it into a caption or a replication package.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vankien.errors import OutputError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

__all__ = ["TidyTable", "tidy"]

SHOWN = 20
"""Rows that a notebook or a terminal shows; the table itself is whole."""

WIDTH = 48
"""Characters of a cell in the terminal."""


class TidyTable:
    """A table with named columns, and the rule by which it was made.

    ``.df()``, ``.pl()`` and ``.arrow()`` give pandas, Polars and Arrow tables; any program
    that knows the Arrow PyCapsule interface (DuckDB, Polars, nanoarrow, R's arrow through
    reticulate) takes the object itself.  ``rows()`` gives dictionaries, ``len()`` the
    number of rows.
    """

    def __init__(
        self, table: pa.Table, *, title: str, rule: str, n: Mapping[str, int] | None = None
    ) -> None:
        self._table = table
        self.title = title
        self.rule = rule
        self.n = dict(n or {})

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        names: list[str] = self._table.column_names
        return names

    def arrow(self) -> pa.Table:
        """Return the Arrow table."""
        return self._table

    def df(self) -> pd.DataFrame:
        """Return a pandas data frame."""
        frame: pd.DataFrame = self._table.to_pandas()
        return frame

    def pl(self) -> pl.DataFrame:
        """Return a Polars data frame."""
        import polars as pl

        frame = pl.from_arrow(self._table)
        assert isinstance(frame, pl.DataFrame)
        return frame

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries."""
        found: list[dict[str, Any]] = self._table.to_pylist()
        return found

    def csv(self, path: str | Path) -> Path:
        """Write the table as CSV (UTF-8 with a mark, which Excel needs); lists joined by "; ".

        Raises OutputError (V202) where the file cannot be written.
        """
        import pyarrow as pa
        from pyarrow import csv

        flat = self._table
        for place, field in enumerate(flat.schema):
            if pa.types.is_list(field.type):
                joined = [None if v is None else "; ".join(map(str, v)) for v in
                          flat.column(place).to_pylist()]  # fmt: skip
                flat = flat.set_column(place, field.name, pa.array(joined, pa.string()))
        target = Path(path)
        try:
            with target.open("wb") as stream:
                stream.write(b"\xef\xbb\xbf")
                csv.write_csv(flat, stream)
        except OSError as error:
            raise OutputError("V202", str(path), detail=error.strerror or str(error)) from error
        return target

    def caption(self) -> str:
        """Return title, numbers and rule in one line, for a figure or a table."""
        numbers = ", ".join(f"{count:,} {what}" for what, count in self.n.items())
        return " ".join(
            part for part in (f"{self.title}.", f"n = {numbers}." if numbers else "", self.rule)
            if part
        )  # fmt: skip

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        stream: object = self._table.__arrow_c_stream__(requested_schema)
        return stream

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def __repr__(self) -> str:
        frame = self._table.slice(0, SHOWN).to_pandas()
        more = f"\n… {len(self) - SHOWN:,} more rows" if len(self) > SHOWN else ""
        body = frame.to_string(index=False, max_colwidth=WIDTH) if len(frame) else "(no rows)"
        return f"{self.title} ({len(self):,} rows)\n{body}{more}\n{self.rule}"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(_shown(v))}</td>" for v in row.values()) + "</tr>"
            for row in self._table.slice(0, SHOWN).to_pylist()
        )
        more = f"<p>… {len(self) - SHOWN:,} more rows</p>" if len(self) > SHOWN else ""
        return (
            f"<div><p><b>{html.escape(self.title)}</b> ({len(self):,} rows)</p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"
            f"<p><small>{html.escape(self.rule)}</small></p></div>"
        )


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, list):
        return "; ".join(_shown(part) for part in value)
    return str(value)


_TYPES: dict[type, str] = {str: "string", int: "int64", float: "float64", bool: "bool_"}


def tidy(
    rows: Iterable[Mapping[str, Any]],
    columns: Mapping[str, type | list[type]],
    *,
    title: str,
    rule: str,
    n: Mapping[str, int] | None = None,
) -> TidyTable:
    """Make a tidy table of rows; ``columns`` declares name and type, so that none is guessed.

    Types: ``str``, ``int``, ``float``, ``bool``, ``date``, and ``[str]`` for a list of texts.
    """
    import pyarrow as pa

    def arrow_type(kind: type | Sequence[type]) -> Any:
        if isinstance(kind, list):
            return pa.list_(arrow_type(kind[0]))
        assert isinstance(kind, type)
        return pa.date32() if kind is date else getattr(pa, _TYPES[kind])()

    given = list(rows)
    table = pa.Table.from_arrays(
        [pa.array([row[name] for row in given], type=arrow_type(kind))
         for name, kind in columns.items()],
        names=list(columns),
    )  # fmt: skip
    return TidyTable(table, title=title, rule=rule, n=n)
