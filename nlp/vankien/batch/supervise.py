"""A supervised worker: a process of its own, watched from outside.

The worker notes what it has in hand (:class:`~vankien.batch.guard.Note`); the supervisor
ends it when a document takes longer than its limit, finds out from the note what it had in
hand when it dies for whatever reason, and does the task again in a fresh process.  What
ends its worker a second time is skipped and becomes a row of ``errors``.  Nothing in the
worker has to work for that: not its interpreter lock, not its memory.

Started with ``python -c``, not by ``multiprocessing``: Dask's workers may not have such
children, and nothing of the caller's state comes along.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from vankien.batch.guard import NOTE_BYTES, Note, limit_memory, noted_key
from vankien.batch.lean import keep_lean
from vankien.errors import (
    CodebookError,
    OutputError,
    ReadError,
    UsageError,
    VankienError,
)

__all__ = ["Death", "Worker", "serve"]

Plain = dict[str, Any]

DEATHS = 2
"""How often a document may end its worker before it is given up."""

POLL_SECONDS = 1.0
"""How often the note of a busy worker is looked at."""

RENEW_SHARE = 0.5
"""A worker that has used this share of its memory limit is replaced after its task."""

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS",
            "POLARS_MAX_THREADS")  # fmt: skip
_ENVIRONMENT = {
    **dict.fromkeys(_THREADS, "1"),
    # Plugins would be looked for in the metadata of every installed package.
    "PYDANTIC_DISABLE_PLUGINS": "__all__",
}
GARBAGE = (200_000, 20, 100)
"""When a worker looks for garbage: after so many objects, and rounds.  Analysis leaves next to
none; with Python's own 700 objects the search takes a twentieth of the time.  After a file of
pages, which does leave some, it is looked for at once (``work``)."""
_START = "import sys; sys.path[:] = {path!r}; from vankien.batch.supervise import serve; serve()"
_KINDS: dict[str, type[VankienError]] = {
    kind.__name__: kind for kind in (CodebookError, OutputError, ReadError, UsageError)
}


@dataclass(frozen=True, slots=True)
class Death:
    """How a worker ended: what it had in hand ("" for nothing), code and detail."""

    key: str
    code: str
    detail: str


class Worker:
    """One supervised process; started when first needed, and again after each death.

    A ``bare`` one does not load what documents need: it is for a merge.
    """

    def __init__(self, *, bare: bool = False) -> None:
        self._bare = bare
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._note: IO[bytes] | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The id of the process, None where there is none."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the process, if there is none.  Raises UsageError (V208)."""
        if self._process is not None:
            return
        # Kept open without a name where possible; the worker opens it by the name.
        self._note = tempfile.NamedTemporaryFile(prefix="vankien-")  # noqa: SIM115
        self._note.write(b"\0" * NOTE_BYTES)
        self._note.flush()
        environment = {**os.environ, **_ENVIRONMENT}
        command = [sys.executable, "-c", _START.format(path=sys.path), self._note.name]
        command += ["bare"] if self._bare else []
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
            )
        except OSError as error:
            raise UsageError("V208", sys.executable, detail=str(error)) from error
        self._lines = queue.SimpleQueue()
        threading.Thread(
            target=_drain, args=(self._process.stdout, self._lines), daemon=True
        ).start()

    def run(self, task: Plain, *, on_death: Callable[[Death], None] | None = None) -> Plain:
        """Do a task, whatever it takes; return its report.  ``on_death`` hears of deaths.

        Raises the error of a task that cannot be done (a full disk), and UsageError (V208)
        where the process ends again and again with no document in hand.
        """
        skip: dict[str, tuple[str, str]] = {}
        deaths: Counter[str] = Counter()
        while True:
            result = self._attempt({**task, "skip": skip})
            if not isinstance(result, Death):
                return result
            if on_death is not None:
                on_death(result)
            deaths[result.key] += 1
            if deaths[result.key] >= DEATHS:
                if not result.key or deaths[result.key] > DEATHS:  # skipped, and yet again
                    raise UsageError("V208", sys.executable, detail=result.detail)
                skip[result.key] = (result.code, result.detail)

    def close(self) -> None:
        """End the process; a task that runs in another thread ends with UsageError (V208)."""
        self._closed = True
        self._end()

    def _end(self) -> int:
        process, self._process = self._process, None
        code = 0
        if process is not None:
            process.kill()
            code = process.wait()
            if process.stdin is not None:
                with contextlib.suppress(OSError):  # what was not sent is not needed
                    process.stdin.close()
        if self._note is not None:
            self._note.close()
            self._note = None
        return code

    def _attempt(self, task: Plain) -> Plain | Death:
        if self._closed:
            raise UsageError("V208", sys.executable, detail="the run was broken off")
        self.start()
        process = self._process
        assert process is not None and process.stdin is not None
        seconds = float(task.get("limits", {}).get("seconds", 0.0))
        try:
            process.stdin.write(json.dumps(task).encode() + b"\n")
            process.stdin.flush()
        except OSError:  # it is dead: the end of its output says so below
            return self._died("", "V119", "")
        line, late = self._wait(seconds)
        if late:
            key = self._in_hand()
            self._end()
            return Death(key, "V117", f"{seconds:g} s")
        if not line:
            return self._died(self._in_hand(), "V119", "")
        report: Plain = json.loads(line)
        if "failed" in report:
            kind, code, source, detail, field = report["failed"]
            raise _KINDS.get(kind, VankienError)(code, source, detail=detail, field=field)
        if report.pop("used", 0) > RENEW_SHARE * task.get("limits", {}).get("megabytes", 1 << 30):
            self._end()
        return report

    def _wait(self, seconds: float) -> tuple[bytes, bool]:
        """Wait for a line ("" at the end of the output); say whether a step took too long."""
        poll = min(POLL_SECONDS, seconds / 4) if seconds else POLL_SECONDS
        seen, since = b"", time.monotonic()
        while True:
            try:
                return self._lines.get(timeout=poll), False
            except queue.Empty:
                note = self._read_note()
            if note != seen:
                seen, since = note, time.monotonic()
            elif seconds and noted_key(note) and time.monotonic() - since > seconds:
                return b"", True

    def _read_note(self) -> bytes:
        if self._note is None:  # closed by another thread
            return b""
        self._note.seek(0)
        return self._note.read(NOTE_BYTES)

    def _in_hand(self) -> str:
        return noted_key(self._read_note())

    def _died(self, key: str, code: str, detail: str) -> Death:
        status = self._end()
        if not detail:
            detail = f"exit code {status}"
            if status < 0:
                with contextlib.suppress(ValueError):
                    detail = f"signal {signal.Signals(-status).name}"
        return Death(key, code, detail)


def _drain(stream: IO[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    with contextlib.suppress(ValueError, OSError), stream:  # closed at the end
        for line in stream:
            lines.put(line)
    lines.put(b"")


def serve() -> None:
    """Be a worker: do the tasks that come in as lines, until there are no more."""
    # Ctrl-C is for the supervisor, which then ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a library prints must not come between the reports.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    note = Note(sys.argv[1])
    _warm_up(bare=sys.argv[2:] == ["bare"])
    limited = False
    for line in sys.stdin.buffer:
        task = json.loads(line)
        if "limits" in task:
            megabytes = task["limits"]["megabytes"]
            limited = limited or limit_memory(megabytes)
            task["memory"] = f"{megabytes} MB" if limited else ""
            note.seconds = float(task["limits"]["seconds"])
        try:
            _go_to(task.get("cwd"))
            report = _perform(task, note)
        except VankienError as error:
            kind = type(error).__name__
            report = {"failed": [kind, error.code, error.source, error.detail, error.field]}
        note.clear()
        out.write(json.dumps({**report, "used": _used()}).encode() + b"\n")
        out.flush()


def _perform(task: Plain, note: Note) -> Plain:
    from vankien.batch.work import perform

    return perform(task, note)


def _go_to(folder: str | None) -> None:
    if folder is None:
        return
    try:
        os.chdir(folder)
    except OSError as error:
        detail = f"the folder {folder} is not there: {error.strerror}"
        raise UsageError("V211", socket.gethostname(), detail=detail) from error


def _warm_up(*, bare: bool) -> None:
    """Load what chunks need while the supervisor makes its plan."""
    import pyarrow.parquet

    pyarrow.set_cpu_count(1)
    # Arrow's own allocators keep what they were given; a worker is to stay small.
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())
    keep_lean()
    if bare:
        return
    from vankien.batch.work import settle

    gc.disable()  # what is loaded stays: looking for garbage in it takes a tenth of the time
    settle()
    gc.set_threshold(*GARBAGE)
    gc.enable()


def _used() -> int:
    """Return the most memory this process has had, in megabytes; 0 where it is not known."""
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in kilobytes, macOS in bytes.
    return peak >> (20 if sys.platform == "darwin" else 10)
