"""Result records and the Arrow schema of every output table (the contract of DESIGN 3).

Records are frozen dataclasses with exact decimals; :func:`rows_to_table` converts them
once, when a part is written.  A test compares classes and schemas field by field.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from vankien.markup import facts

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "TABLES",
    "CellRecord",
    "DocumentRecord",
    "ErrorRecord",
    "IndicatorRecord",
    "ReferenceRecord",
    "SentenceRecord",
    "ThemeRecord",
    "record_id",
    "rows_to_table",
    "schema",
]

SCHEMA_VERSION = "1"
"""Version of the tables; written into run.json and the Parquet metadata."""


class _Row:
    """What all records share: a notebook shows them as a table of their fields."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        # Every subclass is a dataclass.
        values = {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]
        return facts(type(self).__name__.removesuffix("Record"), values)


@dataclass(frozen=True, slots=True)
class DocumentRecord(_Row):
    """One document (table ``documents``)."""

    doc_id: str
    source: str
    sha256: str
    kind: str
    title: str | None
    published: date | None
    doc_type: str | None
    number: str | None
    issuer: str | None
    place: str | None
    signer: str | None
    authors: tuple[str, ...]
    publisher: str | None
    url: str | None
    language: str | None
    text: str
    n_pages: int | None
    n_chars: int
    extraction: str
    quality: float
    secrecy: str | None
    duplicate_of: str | None
    themes: tuple[str, ...]
    warnings: tuple[str, ...]
    vankien_version: str
    model_version: str


@dataclass(frozen=True, slots=True)
class SentenceRecord(_Row):
    """One sentence (table ``sentences``)."""

    doc_id: str
    sentence: int
    start: int
    end: int
    text: str
    page: int | None
    section: tuple[str, ...]
    part: str
    role: str
    role_score: float


@dataclass(frozen=True, slots=True)
class ThemeRecord(_Row):
    """One theme of a sentence, or of the document where ``sentence`` is None."""

    doc_id: str
    sentence: int | None
    theme: str
    score: float
    start: int | None
    end: int | None
    evidence: str | None
    method: str
    negated: bool


@dataclass(frozen=True, slots=True)
class IndicatorRecord(_Row):
    """One figure: value, unit, what it counts, when, where, and where it stands.

    Percentages are numbers of percent, money is in đồng, periods are inclusive dates.
    """

    record_id: str
    doc_id: str
    sentence: int | None
    start: int
    end: int
    surface: str
    number: str
    value: Decimal | None
    value_high: Decimal | None
    unit: str | None
    indicator: str | None
    label: str | None
    measure: str
    status: str
    approx: str
    period_start: date | None
    period_end: date | None
    period_text: str | None
    scope: str | None
    scope_code: str | None
    baseline: str | None
    part_of: str | None
    page: int | None
    table: int | None
    row: int | None
    column: int | None
    checks: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class ReferenceRecord(_Row):
    """One mention of a document (table ``references``)."""

    doc_id: str
    sentence: int | None
    start: int
    end: int
    surface: str
    type: str
    number: str | None
    date: date | None
    issuer: str | None
    canonical: str | None


@dataclass(frozen=True, slots=True)
class CellRecord(_Row):
    """One cell of a table (table ``tables``); row and column are 0-based."""

    doc_id: str
    table: int
    page: int | None
    row: int
    column: int
    text: str
    row_header: tuple[str, ...]
    column_header: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ErrorRecord(_Row):
    """One input or document that could not be processed, and why."""

    source: str
    stage: str
    error: str
    message: str


TABLES: dict[str, type[Any]] = {
    "documents": DocumentRecord,
    "sentences": SentenceRecord,
    "themes": ThemeRecord,
    "indicators": IndicatorRecord,
    "references": ReferenceRecord,
    "tables": CellRecord,
    "errors": ErrorRecord,
}
"""Every output table and the class of its rows, in the order of the design."""


def record_id(doc_id: str, kind: str, start: int, end: int, code: str) -> str:
    """Return the stable id of a record: the same input gives the same id everywhere."""
    key = f"{doc_id}\x1f{kind}\x1f{start}\x1f{end}\x1f{code}"
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


@cache
def schema(table: str) -> pa.Schema:
    """Return the Arrow schema of an output table."""
    import pyarrow as pa

    text, real, whole = pa.string(), pa.float64(), pa.int32()
    texts = pa.list_(pa.string())
    special: dict[tuple[str, str], Any] = {
        ("indicators", "table"): whole,
        ("tables", "text"): text,
    }
    types: dict[str, Any] = {
        "published": pa.date32(),
        "date": pa.date32(),
        "period_start": pa.date32(),
        "period_end": pa.date32(),
        "authors": texts,
        "themes": texts,
        "warnings": texts,
        "section": texts,
        "checks": texts,
        "row_header": texts,
        "column_header": texts,
        "n_pages": whole,
        "n_chars": whole,
        "sentence": whole,
        "start": whole,
        "end": whole,
        "page": whole,
        "table": whole,
        "row": whole,
        "column": whole,
        "quality": real,
        "role_score": real,
        "score": real,
        "value": real,
        "value_high": real,
        "negated": pa.bool_(),
    }
    return pa.schema(
        [
            pa.field(f.name, special.get((table, f.name), types.get(f.name, text)))
            for f in fields(TABLES[table])
        ],
        metadata={"vankien.schema": SCHEMA_VERSION, "vankien.table": table},
    )


def rows_to_table(table: str, rows: Iterable[Any]) -> pa.Table:
    """Convert records, or their plain rows, to an Arrow table with the declared schema."""
    import pyarrow as pa

    declared = schema(table)
    given = list(rows)
    plain = bool(given) and isinstance(given[0], dict)
    arrays = []
    for field in declared:
        name = field.name
        column = [row[name] for row in given] if plain else [getattr(row, name) for row in given]
        if name in ("value", "value_high"):
            column = [None if v is None else float(v) for v in column]
        elif plain and pa.types.is_date32(field.type):
            column = [date.fromisoformat(v) if isinstance(v, str) else v for v in column]
        arrays.append(pa.array(column, type=field.type))
    return pa.Table.from_arrays(arrays, schema=declared)


def from_plain(kind: type[Any], row: dict[str, Any]) -> Any:
    """Rebuild a record from plain values (dates in ISO form, decimals as text, lists)."""
    values = dict(row)
    for name in ("date", "period_start", "period_end", "published"):
        if isinstance(values.get(name), str):
            values[name] = date.fromisoformat(values[name])
    for name in ("value", "value_high"):
        if isinstance(values.get(name), str):
            values[name] = Decimal(values[name])
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = tuple(value)
    return kind(**values)
