"""extract(): plan, run the chunks, merge, close the books.

Where to start reading: :func:`extract`.  It examines the inputs, cuts what is not yet done
into chunks (:mod:`plan`), has them worked on (:mod:`work`, by whoever :mod:`loop` says),
and merges what they gave into the finished tables (:mod:`merge`).  The folder's layout and
its promises are in :mod:`store`.
"""

from __future__ import annotations

import hashlib
import platform
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import vankien
from vankien.batch import plan
from vankien.batch.lock import locked
from vankien.batch.loop import Crew
from vankien.batch.options import Limits, Options
from vankien.batch.plan import Chunk, Item, expand, make_chunks
from vankien.batch.progress import Bar, JsonLog, Shown, Watcher
from vankien.batch.scans import scan_tasks
from vankien.batch.store import Manifest, Store
from vankien.batch.supervise import Death
from vankien.errors import UsageError
from vankien.records import TABLES

if TYPE_CHECKING:
    from vankien.results.results import Results

__all__ = ["Limits", "Options", "Run", "extract"]

FILES_A_TASK = 64
"""Files that a worker examines at a time."""

LARGE = 4_000
"""Documents from which a merge is given a process of its own: without the models that a worker
holds, so that its memory does not come on top of theirs, and without a limit on memory."""

SLOWEST = 20
"""Slowest documents that run.json names."""


_OPTIONS = Options()
_LIMITS = Limits()


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
    duplicates: int = 0

    def results(self) -> Results:
        """Open the folder as DuckDB relations."""
        return vankien.open(self.out)


def extract(
    inputs: str | Path | Sequence[str | Path],
    *,
    out: str | Path,
    workers: int = 1,
    cluster: str | None = None,
    force: bool = False,
    progress: bool = False,
    log: IO[str] | None = None,
    options: Options = _OPTIONS,
    limits: Limits = _LIMITS,
) -> Run:
    """Extract everything from files and folders into ``out`` as Parquet tables.

    ``inputs`` are files, folders or fsspec addresses of PDF, DOCX, HTML, TXT, JSONL, CSV or
    Parquet; ``out`` is a folder or such an address.  A run is resumed after a kill and
    extended with new files; changed files replace their rows, files that are not given again
    keep theirs; ``force`` starts afresh.  A document that cannot be read, or that exceeds
    ``limits``, becomes a row of the table ``errors`` and the run goes on.

    ``workers`` are supervised processes of this machine; 0 works in this process, without
    limits on time and memory.  ``cluster`` is the address of a cluster instead: a Dask
    scheduler (``tcp://host:8786``), ``ray://...`` or ``spark://...``.
    ``log`` takes one JSON object a line for every event.

    Raises UsageError where an input is missing or nothing is found, OutputError where the
    output folder cannot be used or is in use by another run.
    """
    started = time.perf_counter()
    if workers < 0:
        raise UsageError("V401", "workers", detail="give a number of at least 0")
    given = [inputs] if isinstance(inputs, str | Path) else list(inputs)
    paths = expand(given, out=str(out))
    store = Store(out)
    store.create()
    if any(str(place).startswith("memory://") for place in (out, *paths)):
        workers, cluster = 0, None  # only this process has such files
    watchers = [*([Bar()] if progress else []), *([JsonLog(log)] if log else [])]
    watch = Shown(watchers)

    def died(death: Death) -> None:
        watch.died(source=death.key, code=death.code, detail=death.detail)

    try:
        chunks = plan.estimate(paths)
        with (
            locked(store.folder),
            Crew(workers, chunks=chunks, cluster=cluster, on_death=died) as crew,
        ):
            job = _Job(store, crew, watch, options, limits)
            return job.run(paths, force=force, started=started)
    except BrokenPipeError:  # of whoever reads the log
        raise
    except OSError as error:
        raise store.unwritable(error) from error
    finally:
        watch.close()


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to do, and what of earlier runs is kept."""

    chunks: list[Chunk]
    keep: list[str]
    wanted: list[str]
    changed: bool
    kept_chunks: int


class _Job:
    """One call of :func:`extract`."""

    def __init__(
        self, store: Store, crew: Crew, watch: Watcher, options: Options, limits: Limits
    ) -> None:
        self.store = store
        self.crew = crew
        self.watch = watch
        self.settings = options.to_json()
        self.common = {
            "out": store.root,
            # Paths may be relative: a worker on another machine begins where this one is.
            "cwd": str(Path.cwd()),
            "fields": asdict(options.fields),
            "models": list(options.model),
            "limits": asdict(limits),
            "settings": self.settings,
        }
        self.limits = limits
        self.seconds: dict[str, float] = defaultdict(float)
        self.slowest: list[tuple[float, str]] = []

    def run(self, paths: list[str], *, force: bool, started: float) -> Run:
        """Do it all; the lock is held."""
        store, watch = self.store, self.watch
        store.prepare(self.settings, force=force)
        before = store.manifest()
        known = (store.read_run() or {}) if before is not None else {}
        watch.stage("examine")
        clock = time.perf_counter()
        items, identical = self._examine(paths, before)
        todo = self._plan(paths, items, before)
        digest = _inputs_digest(items)
        self.seconds["plan"] = time.perf_counter() - clock
        state: dict[str, Any] = {
            "options": self.settings,
            "limits": asdict(self.limits),
            "versions": {"vankien": vankien.__version__, "python": platform.python_version()},
            "inputs": digest,
            "identical": identical,
        }
        if todo.changed:
            store.write_run({**state, **_tally(before), "finished": False})
        watch.stage("extract")
        watch.planned(
            size=sum(chunk.size for chunk in todo.chunks),
            chunks=len(todo.chunks),
            kept=todo.kept_chunks,
        )
        self._extract(todo.chunks)
        manifest = before
        if todo.changed or manifest is None:
            watch.stage("merge")
            clock = time.perf_counter()
            task = {"kind": "merge", "keep": todo.keep, "wanted": todo.wanted, **self.common}
            del task["limits"]  # what a merge takes grows with the run
            manifest = Manifest.from_json(self.crew.run(task, alone=self._large(before)))
            self.seconds["merge"] = time.perf_counter() - clock
        seconds = time.perf_counter() - started
        self._remember(known)
        state |= {**_tally(manifest), "finished": True, "slowest": self._slowest()}
        state["timings"] = {"wall": round(seconds, 3), **_rounded(self.seconds)}
        store.write_run(state)
        watch.finished(state)
        return Run(
            out=store.root,
            rows=manifest.counts,
            errors=manifest.errors,
            seconds=seconds,
            new_chunks=len(todo.chunks),
            kept_chunks=todo.kept_chunks,
            identical=identical,
            duplicates=manifest.duplicates,
        )

    # --- planning -------------------------------------------------------------------

    def _examine(
        self, paths: list[str], before: Manifest | None
    ) -> tuple[list[Item], dict[str, str]]:
        """Return the items of all inputs in order, and files identical to others."""
        tasks = [
            {
                "kind": "examine",
                "paths": paths[i : i + FILES_A_TASK],
                "target": plan.CHUNK_BYTES,
                **self.common,
            }
            for i in range(0, len(paths), FILES_A_TASK)
        ]
        reports = dict(self.crew.map(tasks))
        items: list[Item] = []
        identical: dict[str, str] = {}
        seen = self._known_files(before, set(paths))
        for number in range(len(tasks)):
            for plain in reports[number]["items"]:
                # An archive has items of several files, a file of rows several of one.
                for item in map(Item.from_json, plain):
                    if item.sha256 and item.size:
                        original = seen.setdefault(item.sha256, item.path)
                        if original != item.path:
                            identical[item.path] = original
                            continue
                    items.append(item)
        return items, identical

    def _known_files(self, before: Manifest | None, given: set[str]) -> dict[str, str]:
        """Return content -> path of files of earlier runs that are not given again."""
        return {
            item.sha256: item.path
            for item, _ in self._earlier(before)
            if item.sha256 and item.size and item.given not in given
        }

    def _earlier(self, before: Manifest | None) -> list[tuple[Item, dict[str, Any]]]:
        if before is None:
            return []
        from vankien.batch.merge import read_items

        return [(Item.from_json(row), row) for row in read_items(self.store, before)]

    def _plan(self, paths: list[str], items: list[Item], before: Manifest | None) -> _Plan:
        """Say which items are done, and cut the others into chunks."""
        current = {item.key for item in items}
        given = set(paths)

        def stale(item: Item, row: dict[str, Any]) -> bool:
            if item.given not in given:
                return False
            return item.key not in current or row["limits"] not in ("", str(self.limits))

        earlier = self._earlier(before)
        keep = {item.key for item, row in earlier if not stale(item, row)}
        if len(keep) < len(earlier):
            # What was left out for repeating an id may be the first to have it now.
            keep -= {i.key for i, row in earlier if row["repeated"] and i.given in given}
        todo = [item for item in items if item.key not in keep]
        markers = self.store.markers()
        done: set[str] = set()
        for marker in markers.values():
            for row in marker["items"]:
                if not stale(item := Item.from_json(row), row):
                    done.add(item.key)
        done -= keep
        chunks = make_chunks(todo, options=self.settings)
        if markers.keys() <= {chunk.name for chunk in chunks}:
            chunks = [c for c in chunks if not {item.key for item in c.items} <= done]
        else:
            # Other inputs than those of the run that was broken off: keep what it did.
            chunks = make_chunks((i for i in todo if i.key not in done), options=self.settings)
        wanted = sorted(done | {item.key for item in todo})
        return _Plan(
            chunks=chunks,
            keep=sorted(keep),
            wanted=wanted,
            changed=before is None or bool(wanted) or len(keep) < len(earlier),
            kept_chunks=len(markers) + (len(before.chunks) if before and keep else 0),
        )

    # --- working --------------------------------------------------------------------

    def _extract(self, chunks: list[Chunk]) -> None:
        """Have the chunks worked on; the largest first, so that none holds up the end."""
        ordered = sorted(chunks, key=lambda chunk: -chunk.size)
        tasks: list[dict[str, Any]] = [
            {
                "kind": "chunk",
                "name": chunk.name,
                "items": [item.to_json() for item in chunk.items],
                **self.common,
            }
            for chunk in ordered
        ]
        while tasks:
            put_back: dict[int, dict[str, Any]] = {}
            for number, report in self.crew.map(tasks):
                if "put_back" in report:
                    put_back[number] = report["put_back"]
                else:
                    self._take(report)
            self._scan([put_back[number] for number in sorted(put_back)])
            tasks = [{**tasks[number], "shared_out": True} for number in sorted(put_back)]

    def _take(self, report: dict[str, Any]) -> None:
        for stage, spent in report["seconds"].items():
            self.seconds[stage] += spent
        self.slowest += [(took, source) for took, source in report["slowest"]]
        self.slowest = sorted(self.slowest, reverse=True)[:SLOWEST]
        self.watch.done(report)

    def _scan(self, documents: list[dict[str, Any]]) -> None:
        """Have the pages of long scans read by all workers, after everything else."""
        if not documents:
            return
        self.watch.stage("scan")
        total, done = sum(len(document["pages"]) for document in documents), 0
        for _, report in self.crew.map([{**t, **self.common} for t in scan_tasks(documents)]):
            done += report["pages"]
            self.seconds["scan"] += report["seconds"]
            self.watch.scanned(pages=done, of=total)

    def _large(self, before: Manifest | None) -> bool:
        """Say whether a merge is worth the start of a process of its own."""
        known = [before.counts] if before is not None else []
        known += [marker["rows"] for marker in self.store.markers().values()]
        return sum(rows["documents"] for rows in known) > LARGE

    def _remember(self, known: dict[str, Any]) -> None:
        """Add what earlier runs of the same folder measured."""
        for row in known.get("slowest", []):
            self.slowest.append((row["seconds"], row["source"]))
        for name, value in known.get("timings", {}).items():
            if name in ("read", "scan", "analyse", "compare", "write"):
                self.seconds[name] += value

    def _slowest(self) -> list[dict[str, Any]]:
        best: dict[str, float] = {}
        for seconds, source in self.slowest:
            best[source] = max(seconds, best.get(source, 0.0))
        ordered = sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[:SLOWEST]
        return [{"source": source, "seconds": seconds} for source, seconds in ordered]


def _inputs_digest(items: Iterable[Item]) -> str:
    digest = hashlib.sha256()
    for item in items:
        digest.update(f"{item.key}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _tally(manifest: Manifest | None) -> dict[str, Any]:
    """Return what run.json says of the finished tables."""
    if manifest is None:
        empty = {"counts": dict.fromkeys(TABLES, 0), "errors": {}, "chunks": []}
        return {**empty, "repeated": 0, "duplicates": 0}
    return {
        "counts": {table: manifest.counts[table] for table in TABLES},
        "errors": manifest.errors,
        "chunks": manifest.chunks,
        "repeated": manifest.repeated,
        "duplicates": manifest.duplicates,
    }


def _rounded(seconds: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in seconds.items()}
