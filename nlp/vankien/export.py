"""A results folder in the formats of other programs: CSV, JSONL, Excel, Stata, DuckDB,
quanteda, Hugging Face datasets, spaCy.

    vankien export results/ --format csv --to tables/

An exporter is one decorated function; other packages offer theirs under the entry point
``vankien_exporters``.  Lists become one text, their parts joined by "; ", where a format
has no lists.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import catalogue  # type: ignore[import-untyped,unused-ignore]

from vankien.errors import OutputError, UsageError
from vankien.records import TABLES
from vankien.results import interchange
from vankien.results.results import Results, open

__all__ = ["Export", "Exported", "export", "exporter", "exporters", "formats"]

Export = Callable[[Results, Path, Sequence[str]], list[str]]
"""An exporter's function: results, target, names of tables -> notes for the reader."""

exporters = catalogue.create("vankien", "exporters", entry_points=True)
"""Registry of exporters by the name of their format."""

SEPARATOR = "; "
MAX_CELL = 32_767
"""Longest text of a cell in Excel."""

MAX_SHEET_ROWS = 1_048_575
"""Most rows of a sheet in Excel, below its header."""

STATA_NAMES = {"end": "end_"}
"""Columns whose names Stata keeps for itself."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote: where, which tables, and what the reader must know."""

    to: str
    tables: tuple[str, ...]
    notes: tuple[str, ...]


def exporter(name: str) -> Callable[[Export], Export]:
    """Register the decorated function as the exporter of a format.

    Raises UsageError where the name is taken by another function.
    """

    def register(function: Export) -> Export:
        if name in exporters:
            other = exporters.get(name)
            places = [f"{f.__module__}.{f.__qualname__}" for f in (other, function)]
            if places[0] != places[1]:
                detail = f"both {places[0]} and {places[1]}"
                raise UsageError("V401", f"exporter {name!r}", detail=detail)
        exporters.register(name, func=function)
        return function

    return register


def formats() -> list[str]:
    """Return the names of all formats, those of this package and of others."""
    return sorted(exporters.get_all())


def export(
    out: str | Path,
    *,
    to: str | Path,
    format: str,
    tables: Sequence[str] = (),
    overwrite: bool = False,
) -> Exported:
    """Write tables of a results folder to a file or folder of another format.

    ``tables`` names some of them (all if empty).  CSV, JSONL and Stata give a folder with a
    file a table, XLSX and DuckDB one file.  The target appears when it is whole.  Raises
    UsageError (V401) for an unknown format or table and a missing package, OutputError
    where the target exists (V213) or cannot be written (V202).
    """
    if format not in (known := formats()):
        detail = f"{format!r} is no format; they are {', '.join(known)}"
        raise UsageError("V401", "format", detail=detail)
    unknown = sorted(set(tables) - TABLES.keys())
    if unknown:
        detail = f"there is no table {', '.join(unknown)}; they are {', '.join(TABLES)}"
        raise UsageError("V401", "table", detail=detail)
    chosen = [table for table in TABLES if not tables or table in tables]
    results, target = open(out), Path(to)
    try:
        with _target(target, overwrite=overwrite) as place:
            notes = exporters.get(format)(results, place, chosen)
    except OSError as error:
        detail = error.strerror or str(error)
        raise OutputError("V202", str(target), detail=detail) from error
    return Exported(str(target), tuple(chosen), tuple(notes))


@contextmanager
def _target(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """Give a temporary place beside the target, which takes its name when all went well."""
    if target.exists() and not overwrite:
        raise OutputError("V213", str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    place = target.with_name(f".{target.name}.new")
    _remove(place)
    try:
        yield place
        _remove(target)
        place.rename(target)
    finally:
        _remove(place)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _flat(results: Results, table: str) -> str:
    """Return a query over a table whose lists are joined to one text."""
    columns = []
    relation = getattr(results, table)
    for name, kind in zip(relation.columns, relation.types, strict=True):
        quoted = f'"{name}"'
        if str(kind).endswith("[]"):
            columns.append(f"array_to_string({quoted}, '{SEPARATOR}') as {quoted}")
        else:
            columns.append(quoted)
    return f'select {", ".join(columns)} from "{table}"'


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


@exporter("csv")
def to_csv(results: Results, place: Path, tables: Sequence[str]) -> list[str]:
    """Write one CSV file a table: UTF-8 with a mark, which Excel needs, and a header."""
    place.mkdir()
    for table in tables:
        path = place / f"{table}.csv"
        plain = place / f"{table}.plain"
        results.execute(f"copy ({_flat(results, table)}) to {_quoted(plain)} (format csv, header)")
        with plain.open("rb") as source, path.open("wb") as stream:
            stream.write(b"\xef\xbb\xbf")
            shutil.copyfileobj(source, stream)
        plain.unlink()
    return []


@exporter("jsonl")
def to_jsonl(results: Results, place: Path, tables: Sequence[str]) -> list[str]:
    """Write one JSONL file a table; lists stay lists, dates are ISO."""
    import json

    place.mkdir()
    for table in tables:
        with (place / f"{table}.jsonl").open("w", encoding="utf-8") as stream:
            for batch in results.batches(f'select * from "{table}"'):
                for row in batch.to_pylist():
                    stream.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
    return []


@exporter("duckdb")
def to_duckdb(results: Results, place: Path, tables: Sequence[str]) -> list[str]:
    """Write one DuckDB file with all tables, lists and types as they are."""
    results.execute(f"attach {_quoted(place)} as exported")
    try:
        for table in tables:
            results.execute(f'create table exported."{table}" as select * from "{table}"')
    finally:
        results.execute("detach exported")
    return []


@exporter("stata")
def to_stata(results: Results, place: Path, tables: Sequence[str]) -> list[str]:
    """Write one Stata file (version 14 and later) a table; a table is held in memory.

    Variables are labelled, and closed codes are labelled values.
    """
    import pandas as pd

    place.mkdir()
    for table in tables:
        frame = results.sql(_flat(results, table)).df().rename(columns=STATA_NAMES)
        dates: dict[Any, Any] = {}
        long: list[Any] = []
        for name in frame.columns:
            column = frame[name]
            if pd.api.types.is_datetime64_any_dtype(column):
                dates[name] = "td"
            elif pd.api.types.is_bool_dtype(column):
                frame[name] = column.astype("int8")
            elif pd.api.types.is_numeric_dtype(column):
                frame[name] = column.astype("float64") if column.hasnans else column
            else:
                # Stata has no null text; a text of NUL characters ends at the first.
                frame[name] = column.astype(object).where(column.notna(), "").astype(str)
                frame[name] = frame[name].str.replace("\x00", "", regex=False)
                if frame[name].str.encode("utf-8").str.len().max() > 2045:
                    long.append(name)
        labels = interchange.column_labels(table)
        frame = interchange.labelled(frame, table)
        frame.to_stata(
            place / f"{table}.dta",
            data_label=f"vankien: {table}",
            variable_labels={STATA_NAMES.get(n, n): label for n, label in labels.items()},
            write_index=False,
            version=118,
            convert_dates=dates,
            convert_strl=long,
        )
    return [f"{old} is named {new} in Stata" for old, new in STATA_NAMES.items()]


@exporter("xlsx")
def to_xlsx(results: Results, place: Path, tables: Sequence[str]) -> list[str]:
    """Write one Excel file, a sheet a table; what Excel cannot hold is said in the notes."""
    try:
        from openpyxl import Workbook  # type: ignore[import-untyped,unused-ignore]
        from openpyxl.cell import (  # type: ignore[import-untyped,unused-ignore]
            WriteOnlyCell,
        )
    except ImportError as error:
        detail = "the format xlsx needs the package openpyxl; install it, or choose csv"
        raise UsageError("V401", "format", detail=detail) from error

    book = Workbook(write_only=True)
    notes = []
    for table in tables:
        sheet = book.create_sheet(table)
        cut = rows = 0
        query = _flat(results, table)
        sheet.append(results.sql(query).columns)
        for batch in results.batches(query):
            for row in batch.to_pylist():
                rows += 1
                if rows > MAX_SHEET_ROWS:
                    continue
                cells: list[Any] = []
                for value in row.values():
                    if not isinstance(value, str):
                        cells.append(value)
                        continue
                    cut += len(value) > MAX_CELL
                    cell = WriteOnlyCell(sheet, _CONTROL.sub(" ", value)[:MAX_CELL])
                    cell.data_type = "s"  # a text that begins with "=" is no formula
                    cells.append(cell)
                sheet.append(cells)
        if cut:
            notes.append(f"{cut:,} texts of {table} were cut to {MAX_CELL:,} characters")
        if rows > MAX_SHEET_ROWS:
            notes.append(f"{rows - MAX_SHEET_ROWS:,} rows of {table} did not fit on the sheet")
    book.save(place)
    return notes


@exporter("quanteda")
def to_quanteda(results: Results, place: Path, tables: Sequence[str]) -> list[str]:  # noqa: ARG001
    """Write tables of texts with variables, and the dictionary of themes, for R's quanteda."""
    place.mkdir()
    return interchange.write_quanteda(results, place)


@exporter("huggingface")
def to_huggingface(
    results: Results,
    place: Path,
    tables: Sequence[str],  # noqa: ARG001
) -> list[str]:
    """Write a folder that Hugging Face ``datasets`` loads: Parquet and a dataset card."""
    place.mkdir()
    return interchange.write_huggingface(results, place)


@exporter("spacy")
def to_spacy(results: Results, place: Path, tables: Sequence[str]) -> list[str]:  # noqa: ARG001
    """Write documents with their spans as spaCy ``DocBin`` files."""
    place.mkdir()
    return interchange.write_docbin(results, place)
