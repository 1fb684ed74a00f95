"""extract(): plan, run the chunks, close the books.

One path for every back end: :func:`process_chunk` reads, analyses and writes one chunk and
returns counts only.  The runner maps it over the chunks in this process or, with
``workers``, in local processes through joblib.
"""

from __future__ import annotations

import gc
import hashlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import vankien
from vankien.analysis import analyse
from vankien.batch.guard import guarded
from vankien.batch.plan import Chunk, Item, expand, hash_file, make_chunks, split_rows
from vankien.batch.store import Store
from vankien.codebook import VERSION as CODEBOOK_VERSION
from vankien.documents import Document
from vankien.errors import ReadError, UsageError
from vankien.records import SCHEMA_VERSION, TABLES, CellRecord, DocumentRecord, ErrorRecord

if TYPE_CHECKING:
    from vankien.results.results import Results

__all__ = ["Options", "Run", "extract", "process_chunk"]

MODEL_VERSION = f"cues@{CODEBOOK_VERSION}"
"""What coded the themes and roles; written into every document's row."""


@dataclass(frozen=True, slots=True)
class Options:
    """What changes the result of a run; a folder holds runs of one set of options."""

    text_field: str = "text"
    id_field: str = "id"
    title_field: str = "title"
    date_field: str = "published"
    url_field: str = "url"
    kind_field: str = "kind"
    authors_field: str = "authors"
    publisher_field: str = "publisher"

    def to_json(self) -> dict[str, Any]:
        """Return plain values, with the versions that a result depends on."""
        return {
            **asdict(self),
            "vankien": vankien.__version__,
            "codebook": CODEBOOK_VERSION,
            "model": MODEL_VERSION,
            "schema": SCHEMA_VERSION,
        }


@dataclass(frozen=True, slots=True)
class ChunkReport:
    """What one chunk gave: row counts by table, error codes, seconds by stage, bytes."""

    name: str
    rows: dict[str, int]
    errors: dict[str, int]
    seconds: dict[str, float]
    size: int
    written: int


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: where it is, what it counted, how long it took."""

    out: str
    rows: dict[str, int]
    errors: dict[str, int]
    seconds: float
    new_chunks: int
    kept_chunks: int
    identical: dict[str, str] = field(default_factory=dict)

    def results(self) -> Results:
        """Open the folder as DuckDB relations."""
        return vankien.open(self.out)


def extract(
    inputs: str | Path | Sequence[str | Path],
    *,
    out: str | Path,
    workers: int = 1,
    force: bool = False,
    progress: bool = False,
    options: Options = Options(),
) -> Run:
    """Extract everything from files and folders into ``out`` as Parquet tables.

    ``inputs`` are files, folders or fsspec addresses of PDF, DOCX, HTML, TXT, JSONL, CSV or
    Parquet.  A run is resumed after a kill and extended with new files; changed files
    replace their rows; ``force`` starts afresh.  A document that cannot be read becomes a
    row of the table ``errors`` and the run goes on.

    Raises UsageError where an input is missing or nothing is found, OutputError where the
    output folder cannot be used.
    """
    started = time.perf_counter()
    if workers < 1:
        raise UsageError("V401", "workers", detail="give a number of at least 1")
    given = [inputs] if isinstance(inputs, str | Path) else list(inputs)
    paths = expand(given, out=str(out))
    store = Store(out)
    settings = options.to_json()
    store.prepare(settings, force=force)
    plan = _plan(paths, store, settings)
    store.write_run(_state(store, settings, plan, finished=False, seconds=0.0))
    reports = []
    with _progress(progress, plan.chunks) as advance:
        for report in _map(plan.chunks, store, options, workers):
            reports.append(report)
            advance(report)
    seconds = time.perf_counter() - started
    state = _state(store, settings, plan, finished=True, seconds=seconds)
    store.write_run(state)
    return Run(
        out=str(out),
        rows=state["counts"],
        errors=state["errors"],
        seconds=seconds,
        new_chunks=len(reports),
        kept_chunks=plan.kept,
        identical=plan.identical,
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    chunks: list[Chunk]
    kept: int
    identical: dict[str, str]
    digest: str


def _plan(paths: list[str], store: Store, settings: dict[str, Any]) -> _Plan:
    """Hash the inputs, drop chunks whose files changed, cut what is left to do."""
    items: list[Item] = []
    identical: dict[str, str] = {}
    seen: dict[str, str] = {}
    failed: list[ErrorRecord] = []
    digest = hashlib.sha256()
    for path in paths:
        hashed = guarded(path, "read", lambda path=path: hash_file(path))  # type: ignore[misc]
        if isinstance(hashed, ErrorRecord):
            failed.append(hashed)
            continue
        sha256, size = hashed
        digest.update(f"{path}\0{sha256}\n".encode())
        if sha256 in seen and size:
            identical[path] = seen[sha256]
            continue
        seen[sha256] = path
        split = guarded(
            path,
            "read",
            lambda path=path, a=sha256, b=size: split_rows(path, a, b),  # type: ignore[misc]
        )
        if isinstance(split, ErrorRecord):
            failed.append(split)
        else:
            items.extend(split)
    done = store.done()
    current = {item.key for item in items}
    given = set(paths)
    kept_keys: set[str] = set()
    kept = 0
    for name, marker in done.items():
        keys = {Item(**raw).key for raw in marker["items"]}
        stale = any(
            Item(**raw).key not in current and raw["path"] in given for raw in marker["items"]
        )
        if stale or marker.get("failed"):
            store.drop_chunk(name)
        else:
            kept_keys |= keys
            kept += 1
    if failed:
        _write_failed(store, failed)
    todo = [item for item in items if item.key not in kept_keys]
    return _Plan(make_chunks(todo, options=settings), kept, identical, digest.hexdigest())


def _write_failed(store: Store, failed: list[ErrorRecord]) -> None:
    """Record inputs that could not even be opened; they are tried again by the next run."""
    store.write_chunk(
        "unreadable",
        {"errors": failed},
        {
            "items": [],
            "failed": True,
            "rows": {"errors": len(failed)},
            "errors": dict(Counter(f.error for f in failed)),
            "seconds": {},
        },
    )


def _map(
    chunks: list[Chunk], store: Store, options: Options, workers: int
) -> Iterator[ChunkReport]:
    if workers == 1 or len(chunks) < 2:
        for chunk in chunks:
            yield process_chunk(chunk, str(store.root), options)
        return
    from joblib import Parallel, delayed

    run = Parallel(n_jobs=workers, return_as="generator_unordered", pre_dispatch="2*n_jobs")
    yield from run(delayed(process_chunk)(c, str(store.root), options) for c in chunks)


@cache
def _settle() -> None:
    """Load what every document needs, then take it out of the garbage collector's rounds."""
    analyse(Document("", "", "Năm 2020, Đảng bộ kết nạp 5 đảng viên theo Chỉ thị 05."))
    gc.collect()
    gc.freeze()


def process_chunk(chunk: Chunk, out: str, options: Options) -> ChunkReport:
    """Read, analyse and write one chunk; return counts only."""
    tables: dict[str, list[Any]] = {table: [] for table in TABLES}
    seconds = {"read": 0.0, "analyse": 0.0, "write": 0.0}
    _settle()
    for item in chunk.items:
        for read in _read(item, options, seconds):
            if isinstance(read, ErrorRecord):
                tables["errors"].append(read)
            else:
                _analyse(read, tables, seconds)
    counts = {table: len(found) for table, found in tables.items()}
    errors = dict(Counter(row.error for row in tables["errors"]))
    clock = time.perf_counter()
    marker = {"items": chunk.to_json(), "rows": counts, "errors": errors, "seconds": seconds}
    written = Store(out).write_chunk(chunk.name, tables, marker)
    seconds["write"] = time.perf_counter() - clock
    return ChunkReport(chunk.name, counts, errors, seconds, chunk.size, written)


def _read(
    item: Item, options: Options, seconds: dict[str, float]
) -> Iterator[Document | ErrorRecord]:
    """Yield the documents of an item, or the error that stands for one."""
    from vankien.reading import read
    from vankien.reading.rows import RowFields, iter_rows

    clock = time.perf_counter()
    if item.start is None:
        result = guarded(item.path, "read", lambda: read(item.path, sha256=item.sha256))
        seconds["read"] += time.perf_counter() - clock
        yield result
        return
    fields = RowFields(
        text=options.text_field,
        id=options.id_field,
        title=options.title_field,
        published=options.date_field,
        url=options.url_field,
        kind=options.kind_field,
        authors=options.authors_field,
        publisher=options.publisher_field,
    )
    rows = iter_rows(
        item.path, fields=fields, start=item.start, stop=item.stop, first_row=item.first_row
    )
    while True:
        clock = time.perf_counter()
        row = guarded(item.path, "read", lambda: next(rows, None))
        seconds["read"] += time.perf_counter() - clock
        if row is None:
            return
        if isinstance(row, ReadError):
            yield ErrorRecord(row.source, "read", row.code, str(row))
        else:
            yield row
            if isinstance(row, ErrorRecord):
                return  # the file itself failed; its rows so far are kept


def _analyse(document: Document, tables: dict[str, list[Any]], seconds: dict[str, float]) -> None:
    clock = time.perf_counter()
    plain = guarded(document.source, "analyse", lambda: analyse(document))
    if isinstance(plain, ErrorRecord):
        tables["errors"].append(plain)
        plain = {}
    for table in ("sentences", "themes", "indicators", "references"):
        tables[table].extend(plain.get(table, []))
    themes = [row["theme"] for row in plain.get("themes", []) if row["sentence"] is None]
    tables["documents"].append(_document_record(document, tuple(themes)))
    tables["tables"].extend(_cells(document))
    seconds["analyse"] += time.perf_counter() - clock


def _document_record(document: Document, themes: tuple[str, ...]) -> DocumentRecord:
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
        model_version=MODEL_VERSION,
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


def _state(
    store: Store, settings: dict[str, Any], plan: _Plan, *, finished: bool, seconds: float
) -> dict[str, Any]:
    """Return run.json: versions, options, counts, timings, the inputs' digest, chunks."""
    counts = dict.fromkeys(TABLES, 0)
    errors: Counter[str] = Counter()
    stages: Counter[str] = Counter()
    done = store.done()
    for marker in done.values():
        for table, number in marker["rows"].items():
            counts[table] += number
        errors.update(marker["errors"])
        stages.update(marker["seconds"])
    return {
        "options": settings,
        "finished": finished,
        "counts": counts,
        "errors": dict(errors),
        "inputs": plan.digest,
        "identical": plan.identical,
        "chunks": sorted(done),
        "timings": {"wall": round(seconds, 3), **{k: round(v, 3) for k, v in stages.items()}},
    }


class _progress:  # noqa: N801 - used as a context manager function
    """A rich progress bar over bytes, or nothing."""

    def __init__(self, shown: bool, chunks: list[Chunk]) -> None:
        self._shown = shown and bool(chunks)
        self._total = sum(chunk.size for chunk in chunks)

    def __enter__(self) -> Any:
        if not self._shown:
            return lambda _report: None
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("extracting"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%  {task.fields[documents]} documents"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._bar.start()
        task = self._bar.add_task("", total=self._total, documents=0)
        documents = 0

        def advance(report: ChunkReport) -> None:
            nonlocal documents
            documents += report.rows["documents"]
            self._bar.update(task, advance=report.size, documents=documents)

        return advance

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._bar.stop()
