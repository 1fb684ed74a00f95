"""What a worker does: examine files, process chunks, merge; the one path of every back end.

A task and its report are plain values: paths, ranges and counts go between processes, never
a text, a Doc or a record.
"""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import vankien
from vankien.batch.guard import Note, guarded, refused, step_key
from vankien.batch.options import Limits, digest_of
from vankien.batch.plan import Item, examine, unreadable
from vankien.batch.store import COUNTED, INDEX, Store
from vankien.documents import Document
from vankien.errors import ReadError
from vankien.reading.row_fields import RowFields
from vankien.records import TABLES, CellRecord, DocumentRecord, ErrorRecord

__all__ = ["Plain", "perform"]

Plain = dict[str, Any]
"""A task or a report: plain values that JSON can hold."""

SLOWEST = 5
"""Slowest documents that a chunk's marker keeps."""

LIMIT_CODES = frozenset({"V117", "V118", "V119"})
"""Errors that a run with other limits may not have: their items are tried again then."""


def perform(task: Plain, note: Note) -> Plain:
    """Do one task and return its report.

    ``skip`` in a task names what has ended its worker before: key of the note -> code and
    detail.  Raises OutputError (V202) where the output folder cannot be written.
    """
    if task["kind"] == "examine":
        return {"items": [_examine(path, task, note) for path in task["paths"]]}
    store = Store(task["out"])
    try:
        if task["kind"] == "merge":
            # Merging needs numpy and pyarrow, which a worker that only reads does not.
            from vankien.batch.merge import merge

            manifest = merge(store, task["settings"], keep=task["keep"], wanted=task["wanted"])
            return manifest.to_json()
        return _ChunkWork(task, note).run(store)
    except OSError as error:
        raise store.unwritable(error) from error


def _examine(path: str, task: Plain, note: Note) -> list[Plain]:
    skip = task.get("skip", {})
    key = step_key("read", path)
    if key in skip:
        found: list[Item] | ErrorRecord = refused(path, "read", *skip[key])
    else:
        note.write(key)
        found = guarded(
            path, "read", lambda: examine(path, task["target"]), memory=task.get("memory", "")
        )
    if isinstance(found, ErrorRecord):
        found = [unreadable(found)]
    return [item.to_json() for item in found]


@cache
def settle() -> None:
    """Load what every document needs, then take it out of the garbage collector's rounds."""
    from vankien.analysis import analyse

    analyse(Document("", "", "Năm 2020, Đảng bộ kết nạp 5 đảng viên theo Chỉ thị 05."))
    gc.collect()
    gc.freeze()


@dataclass(slots=True)
class _Found:
    """The rows of one chunk so far, and what is counted of them."""

    tables: dict[str, list[Any]] = field(default_factory=lambda: {t: [] for t in (*TABLES, INDEX)})
    seconds: dict[str, float] = field(
        default_factory=lambda: dict.fromkeys(("read", "analyse", "compare", "write"), 0.0)
    )
    slowest: list[tuple[float, str]] = field(default_factory=list)


class _ChunkWork:
    """The processing of one chunk."""

    def __init__(self, task: Plain, note: Note) -> None:
        self.task = task
        self.note = note
        self.items = [Item.from_json(plain) for plain in task["items"]]
        self.fields = RowFields(**task["fields"])
        self.limits = Limits(**task["limits"])
        self.skip: dict[str, tuple[str, str]] = task.get("skip", {})
        self.memory: str = task.get("memory", "")
        self.model: str = task["settings"]["model"]
        self.found = _Found()

    def run(self, store: Store) -> Plain:
        """Read, analyse and write; return counts."""
        settle()
        states = []
        tables = self.found.tables
        for number, item in enumerate(self.items):
            documents, errors = len(tables["documents"]), len(tables["errors"])
            for read, spent in self._read(item):
                if isinstance(read, ErrorRecord):
                    tables["errors"].append(read)
                else:
                    self._analyse(read, number, spent)
            failed = tables["errors"][errors:]
            limited = any(row.error in LIMIT_CODES for row in failed)
            states.append(
                {
                    **item.to_json(),
                    "documents": len(tables["documents"]) - documents,
                    "errors": len(failed),
                    "repeated": 0,
                    "limits": str(self.limits) if limited else "",
                }
            )
        self.note.clear()
        return self._write(store, states)

    def _write(self, store: Store, states: list[Plain]) -> Plain:
        found = self.found
        counts = {table: len(rows) for table, rows in found.tables.items() if table != INDEX}
        clock = time.perf_counter()
        report = {
            "rows": counts,
            "errors": dict(Counter(row.error for row in found.tables["errors"])),
            "slowest": sorted(found.slowest, reverse=True)[:SLOWEST],
            "seconds": found.seconds,
        }
        marker = {"settings": digest_of(self.task["settings"]), "items": states, **report}
        store.write_chunk(self.task["name"], found.tables, marker)
        found.seconds["write"] = time.perf_counter() - clock
        size = sum(item.size for item in self.items)
        return {"name": self.task["name"], "size": size, **report}

    # --- reading --------------------------------------------------------------------

    def _read(self, item: Item) -> Iterator[tuple[Document | ErrorRecord, float]]:
        """Yield the documents of an item, or the error that stands for one, with seconds."""
        if item.error is not None:
            yield ErrorRecord(item.path, *item.error), 0.0
        elif item.start is None:
            yield self._read_file(item)
        else:
            yield from self._read_rows(item)

    def _read_file(self, item: Item) -> tuple[Document | ErrorRecord, float]:
        from vankien.reading import read

        key = step_key("read", item.path)
        if key in self.skip:
            return refused(item.path, "read", *self.skip[key]), 0.0
        self.note.write(key)
        clock = time.perf_counter()
        result = guarded(
            item.path, "read", lambda: read(item.path, sha256=item.sha256), memory=self.memory
        )
        spent = time.perf_counter() - clock
        self.found.seconds["read"] += spent
        return result, spent

    def _read_rows(self, item: Item) -> Iterator[tuple[Document | ErrorRecord, float]]:
        from vankien.reading.rows import iter_rows

        rows = iter_rows(
            item.path,
            fields=self.fields,
            start=item.start,
            stop=item.stop,
            first_row=item.first_row,
        )
        number = item.first_row
        while True:
            source = f"{item.path}#{number}"
            key = step_key("read", source)
            if key in self.skip:
                # The reader cannot step over a row that it cannot read.
                code, detail = self.skip[key]
                detail += "; the rows after it in this part of the file were not read"
                yield refused(source, "read", code, detail), 0.0
                return
            self.note.write(key)
            clock = time.perf_counter()
            row = guarded(item.path, "read", lambda: next(rows, None), memory=self.memory)
            spent = time.perf_counter() - clock
            self.found.seconds["read"] += spent
            if row is None:
                return
            number += 1
            if isinstance(row, ReadError):
                yield ErrorRecord(row.source, "read", row.code, str(row)), spent
            else:
                yield row, spent
                if isinstance(row, ErrorRecord):
                    return  # the file itself failed; its rows so far are kept

    # --- analysis -------------------------------------------------------------------

    def _analyse(self, document: Document, item: int, spent: float) -> None:
        from vankien.analysis import analyse
        from vankien.batch.duplicates import signature

        tables, seconds = self.found.tables, self.found.seconds
        source = document.source
        key = step_key("analyse", source)
        clock = time.perf_counter()
        if key in self.skip:
            plain: Any = refused(source, "analyse", *self.skip[key])
        else:
            self.note.write(key)
            plain = guarded(source, "analyse", lambda: analyse(document), memory=self.memory)
        if isinstance(plain, ErrorRecord):
            tables["errors"].append(plain)
            plain = {}
        cells = _cells(document)
        counts = {"tables": len(cells)}
        tables["tables"].extend(cells)
        for table in ("sentences", "themes", "indicators", "references"):
            rows = plain.get(table, [])
            counts[table] = len(rows)
            tables[table].extend(rows)
        themes = [row["theme"] for row in plain.get("themes", []) if row["sentence"] is None]
        tables["documents"].append(_document_record(document, tuple(themes), self.model))
        took = time.perf_counter() - clock
        seconds["analyse"] += took
        self.found.slowest.append((round(spent + took, 3), source))
        clock = time.perf_counter()
        tables[INDEX].append(
            {
                "item": item,
                "doc_id": document.doc_id,
                "signature": signature(document.text),
                **{table: counts[table] for table in COUNTED},
            }
        )
        seconds["compare"] += time.perf_counter() - clock


def _document_record(
    document: Document, themes: tuple[str, ...], model_version: str
) -> DocumentRecord:
    meta = document.metadata
    return DocumentRecord(
        doc_id=document.doc_id,
        source=document.source,
        sha256=document.sha256,
        kind=document.kind.value,
        title=meta.title,
        published=meta.published,
        doc_type=meta.doc_type,
        number=meta.number,
        issuer=meta.issuer,
        place=meta.place,
        signer=meta.signer,
        authors=meta.authors,
        publisher=meta.publisher,
        url=meta.url,
        language=meta.language,
        text=document.text,
        n_pages=document.n_pages,
        n_chars=len(document.text),
        extraction=document.extraction.value,
        quality=document.quality,
        secrecy=meta.secrecy,
        duplicate_of=None,
        themes=themes,
        warnings=document.warnings,
        vankien_version=vankien.__version__,
        model_version=model_version,
    )


def _cells(document: Document) -> list[CellRecord]:
    return [
        CellRecord(
            doc_id=document.doc_id,
            table=table.index,
            page=table.page,
            row=cell.row,
            column=cell.column,
            text=cell.text,
            row_header=cell.row_header,
            column_header=cell.column_header,
        )
        for table in document.tables
        for cell in table.cells
    ]
