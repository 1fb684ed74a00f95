"""Results folders made of rows, so that a rule is tested and not the extraction."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from vankien.batch.store import Store
from vankien.records import SCHEMA_VERSION, TABLES
from vankien.results.results import Results, open

_DEFAULTS: dict[str, Any] = {
    "source": "x.txt", "sha256": "0", "kind": "news_article", "authors": (), "text": "",
    "n_chars": 0, "extraction": "text", "quality": 1.0, "themes": (), "warnings": (),
    "vankien_version": "0", "model_version": "0", "start": 0, "end": 0, "surface": "",
    "number": "", "measure": "level", "status": "actual", "approx": "exact", "checks": (),
    "score": 1.0, "sentence": 0, "part": "body", "role": "KHAC", "role_score": 1.0,
    "section": (), "method": "cue", "negated": False, "type": "nghị quyết",
}  # fmt: skip


def row(table: str, **values: Any) -> Any:
    """A record of a table with what is given, and plain values for the rest."""
    names = {f.name for f in fields(TABLES[table])}
    assert values.keys() <= names, values.keys() - names
    return TABLES[table](
        **{name: values.get(name, _DEFAULTS.get(name)) for name in names}  # type: ignore[arg-type]
    )


def document(doc_id: str, published: str | None = None, **values: Any) -> Any:
    day = None if published is None else date.fromisoformat(published)
    return row("documents", doc_id=doc_id, published=day, **values)


def figure(
    doc_id: str, value: float, scope_code: str, period: str, *, indicator: str = "members.admitted",
    **values: Any,
) -> Any:  # fmt: skip
    """A figure; the period is "2020", "2020-12-31" or "2020-01-01/2020-06-30"."""
    first, _, last = period.partition("/")
    if len(first) == 4:
        first, last = f"{first}-01-01", f"{first}-12-31"
    unit = "%" if values.get("measure", "level") not in ("level", "change_abs") else "đảng viên"
    key = f"{doc_id}-{indicator}-{value}-{scope_code}-{period}-{values.get('measure', '')}"
    return row("indicators", **{
        "record_id": key, "doc_id": doc_id, "value": value, "unit": unit,
        "indicator": indicator, "scope_code": scope_code, "scope": f"scope {scope_code}",
        "period_start": date.fromisoformat(first),
        "period_end": date.fromisoformat(last or first), **values,
    })  # fmt: skip


def folder(out: Path, **tables: list[Any]) -> Path:
    """Write a results folder with these rows."""
    store = Store(out)
    store.create()
    store.write_chunk("made", {table: tables.get(table, []) for table in TABLES}, {"settings": ""})
    store.write_run({
        "options": {"schema": SCHEMA_VERSION, "vankien": "0"}, "finished": True, "errors": {},
        "counts": {table: len(tables.get(table, [])) for table in TABLES},
    })  # fmt: skip
    return out


def results(out: Path, **tables: list[Any]) -> Results:
    """Open a results folder with these rows."""
    return open(folder(out, **tables))
