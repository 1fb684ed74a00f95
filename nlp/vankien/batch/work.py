"""What a worker does: examine files, process chunks, merge; the one path of every back end.

A task and its report are plain values: paths, ranges and counts go between processes, never
a text, a Doc or a record.
"""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

import vankien
from vankien.batch.guard import Note, guarded, refused, step_key
from vankien.batch.options import Limits, digest_of
from vankien.batch.plan import Item, examine, unreadable
from vankien.batch.scans import INLINE, PutBackError, known_scans, perform_scan
from vankien.batch.store import COUNTED, INDEX, Store
from vankien.documents import Document
from vankien.errors import ReadError
from vankien.reading.row_fields import RowFields
from vankien.records import TABLES, CellRecord, DocumentRecord, ErrorRecord

if TYPE_CHECKING:
    from vankien.analysis import Analysis
    from vankien.tagging.schemes import Scheme

__all__ = ["Plain", "perform"]

T = TypeVar("T")

Plain = dict[str, Any]
"""A task or a report: plain values that JSON can hold."""

GROUP_DOCUMENTS = 64
GROUP_CHARS = 200_000
"""Documents are scored together in groups of so many, or of so many characters."""

SLOWEST = 5
"""Slowest documents that a chunk's marker keeps."""

LIMIT_CODES = frozenset({"V117", "V118", "V119"})
"""Errors that a run with other limits may not have: their items are tried again then."""

PASSING_CODES = frozenset({"V109", "V112", "V114", "V120"})
"""Errors of the disk or of what is installed: their items are tried again in the next run."""

AGAIN = "again"
"""What an item with a passing error was tried under; no run has such limits."""


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
        if task["kind"] == "scan":
            return perform_scan(task, note, store)
        try:
            return _ChunkWork(task, note, store).run()
        except PutBackError as put_back:
            note.clear()
            return {"put_back": put_back.report}
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


_FIRST = """Đảng bộ tỉnh Lạng Sơn kết nạp đảng viên mới

Năm 2020, toàn Đảng bộ kết nạp 5 đảng viên theo Chỉ thị 05-CT/TW ngày 15/5/2016."""
"""A document that all stages have something to read in."""


@cache
def settle() -> None:
    """Load what every document needs, then take it out of the garbage collector's rounds."""
    from vankien.analysis import analyse
    from vankien.reading.text import from_text

    analyse(from_text(_FIRST))
    gc.collect()
    gc.freeze()


@dataclass(slots=True)
class _Entry:
    """What was read of an item: a document or the error that stands for one.

    ``spent`` are the seconds that it took so far; ``analysis`` is there once it is begun.
    """

    item: int
    read: Document | ErrorRecord
    spent: float
    analysis: Analysis | ErrorRecord | None = None


@dataclass(slots=True)
class _Found:
    """The rows of one chunk so far, and what is counted of them."""

    tables: dict[str, list[Any]] = field(default_factory=lambda: {t: [] for t in (*TABLES, INDEX)})
    seconds: dict[str, float] = field(
        default_factory=lambda: dict.fromkeys(("read", "analyse", "compare", "write"), 0.0)
    )
    slowest: list[tuple[float, str]] = field(default_factory=list)
    documents: Counter[int] = field(default_factory=Counter)
    """Documents of every item."""
    failed: dict[int, list[str]] = field(default_factory=dict)
    """Codes of the errors of every item."""

    def fail(self, item: int, error: ErrorRecord) -> None:
        """Add an error of an item."""
        self.tables["errors"].append(error)
        self.failed.setdefault(item, []).append(error.error)


class _ChunkWork:
    """The processing of one chunk."""

    def __init__(self, task: Plain, note: Note, store: Store) -> None:
        self.task = task
        self.note = note
        self.store = store
        self.items = [Item.from_json(plain) for plain in task["items"]]
        self.fields = RowFields(**task["fields"])
        self.limits = Limits(**task["limits"])
        self.skip: dict[str, tuple[str, str]] = task.get("skip", {})
        self.memory: str = task.get("memory", "")
        self.model: str = task["settings"]["model"]
        self.found = _Found()
        self.schemes: tuple[Scheme, ...] = ()
        """Codebooks and models for themes where the run names some."""

    def run(self) -> Plain:
        """Read, analyse and write; return counts.

        Raises PutBackError where a document has more scans than one worker is to read.
        """
        settle()
        if self.task.get("models"):
            from vankien.tagging.schemes import load_schemes

            self.schemes = load_schemes(self.task["models"])
        group: list[_Entry] = []
        chars = 0
        for number, item in enumerate(self.items):
            for read, spent in self._read(item):
                group.append(_Entry(number, read, spent))
                chars += len(read.text) if isinstance(read, Document) else 0
                if len(group) >= GROUP_DOCUMENTS or chars >= GROUP_CHARS:
                    self._analyse(group)
                    group, chars = [], 0
        self._analyse(group)
        self.note.clear()
        return self._write([self._state(number) for number in range(len(self.items))])

    def _state(self, number: int) -> Plain:
        """Return what is known of an item after the run."""
        failed = self.found.failed.get(number, [])
        return {
            **self.items[number].to_json(),
            "documents": self.found.documents[number],
            "errors": len(failed),
            "repeated": 0,
            "limits": self._tried_under(self.items[number], failed),
        }

    def _tried_under(self, item: Item, codes: list[str]) -> str:
        """Return the limits under which errors of an item stand; "" where they always do."""
        passing = PASSING_CODES | {"V116"} if "://" in item.path else PASSING_CODES
        # Of a file that could not be examined, another content would be another item.
        if item.error is None and passing.intersection(codes):
            return AGAIN
        return str(self.limits) if LIMIT_CODES.intersection(codes) else ""

    def _write(self, states: list[Plain]) -> Plain:
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
        self.store.write_chunk(self.task["name"], found.tables, marker)
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
        from vankien.reading.ocr import ManyScansError, read_elsewhere

        key = step_key("read", item.path)
        if key in self.skip:
            return refused(item.path, "read", *self.skip[key]), 0.0
        self.note.write(key)
        clock = time.perf_counter()
        at_most = None if self.task.get("shared_out") else INLINE

        def read_it() -> Document | ManyScansError:
            try:
                with read_elsewhere(lambda: known_scans(self.store, item.sha256), at_most):
                    return read(item.path, sha256=item.sha256)
            except ManyScansError as many:
                return many

        result = guarded(item.path, "read", read_it, memory=self.memory)
        # Pages leave cycles with much in them, which a worker's collector is slow to look for.
        gc.collect(1)
        if isinstance(result, ManyScansError):
            raise PutBackError(item.path, item.sha256, result.pages)
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

    def _analyse(self, group: list[_Entry]) -> None:
        """Analyse what was read, in order; errors take their place among the documents.

        Each document is in hand by itself, but for the models, which score all at once.
        """
        from vankien.analysis import Analysis

        begun = []
        for entry in group:
            if isinstance(entry.read, Document):
                analysis = self._step(entry, entry.read, partial(_begin, entry.read, self.schemes))
                if isinstance(analysis, Analysis):
                    begun.append(analysis)
                entry.analysis = analysis
        self._score(begun)
        first = len(self.found.tables[INDEX])
        for entry in group:
            if isinstance(entry.read, ErrorRecord):
                self.found.fail(entry.item, entry.read)
            else:
                self._finish(entry, entry.read)
            entry.analysis = None
        texts = [entry.read.text for entry in group if isinstance(entry.read, Document)]
        self._sign(self.found.tables[INDEX][first:], texts)

    def _sign(self, rows: list[Plain], texts: list[str]) -> None:
        """Add the signatures of a group's texts to its rows of the index.

        One after the other they take half the time that they take between analyses.
        """
        from vankien.batch.duplicates import signature

        clock = time.perf_counter()
        for row, text in zip(rows, texts, strict=True):
            row["signature"] = signature(text)
        self.found.seconds["compare"] += time.perf_counter() - clock

    def _step(self, entry: _Entry, document: Document, action: Callable[[], T]) -> T | ErrorRecord:
        """Do a step of one document's analysis."""
        source = document.source
        key = step_key("analyse", source)
        if key in self.skip:
            return refused(source, "analyse", *self.skip[key])
        self.note.write(key)
        clock = time.perf_counter()
        result = guarded(source, "analyse", action, memory=self.memory)
        spent = time.perf_counter() - clock
        entry.spent += spent
        self.found.seconds["analyse"] += spent
        return result

    def _score(self, analyses: list[Analysis]) -> None:
        """Score documents together, where there are several.

        Where that fails, or has ended a worker before, nothing is lost: each document is
        scored by itself when its rows are made, and only the guilty one fails.
        """
        from vankien.analysis import score_together

        if len(analyses) < 2:
            return
        source = analyses[0].document.source
        key = step_key("score", source)
        if key in self.skip:
            return
        self.note.write(key)
        clock = time.perf_counter()
        guarded(source, "analyse", partial(score_together, analyses), memory=self.memory)
        self.found.seconds["analyse"] += time.perf_counter() - clock

    def _finish(self, entry: _Entry, document: Document) -> None:
        """Make the rows of one document, or of the error that it ended in."""
        found, analysis = self.found, entry.analysis
        tables = found.tables
        rows: dict[str, list[Plain]] | ErrorRecord = (
            self._step(entry, document, analysis.rows)
            if analysis is not None and not isinstance(analysis, ErrorRecord)
            else analysis or {}
        )
        if isinstance(rows, ErrorRecord):
            found.fail(entry.item, rows)
            rows = {}
        cells = _cells(document)
        counts = {"tables": len(cells)}
        tables["tables"].extend(cells)
        for table in ("sentences", "themes", "indicators", "references"):
            new = rows.get(table, [])
            counts[table] = len(new)
            tables[table].extend(new)
        themes = [row["theme"] for row in rows.get("themes", []) if row["sentence"] is None]
        tables["documents"].append(_document_record(document, tuple(themes), self.model))
        found.documents[entry.item] += 1
        found.slowest.append((round(entry.spent, 3), document.source))
        tables[INDEX].append(
            {
                "item": entry.item,
                "doc_id": document.doc_id,
                **{table: counts[table] for table in COUNTED},
            }
        )


def _begin(document: Document, schemes: tuple[Scheme, ...]) -> Analysis:
    """Return the analysis of a document with what scoring needs."""
    from vankien.analysis import Analysis

    analysis = Analysis(document, schemes=schemes)
    _ = analysis.content
    return analysis


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
            page=document.page_at(cell.start) or table.page,
            row=cell.row,
            column=cell.column,
            text=cell.text,
            row_header=cell.row_header,
            column_header=cell.column_header,
        )
        for table in document.tables
        for cell in table.cells
    ]
