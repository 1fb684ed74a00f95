"""The one loop over tasks: in this process, in supervised local workers, or on a cluster.

joblib is the seam.  With one worker the loop is plain; with more, joblib's threads each
drive a supervised worker, so that a worker's death costs its open task and no other; on a
cluster, joblib's back end takes each task to some machine, where it is done by a supervised
worker in the same way.  A cluster that loses the loop (a dead Dask worker, a restarted
scheduler) gets a fresh one over what is unfinished.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any

from vankien.batch.guard import Note
from vankien.batch.supervise import Death, Worker
from vankien.errors import UsageError, VankienError

__all__ = ["Crew", "perform_supervised"]

Plain = dict[str, Any]

LOOPS = 5
"""How often in a row a cluster may end the loop without any task done."""

_thread = threading.local()


def perform_supervised(task: Plain) -> tuple[int, Plain]:
    """Do a task in the supervised worker of this thread; what a cluster's machine runs."""
    worker = getattr(_thread, "worker", None)
    if worker is None:
        worker = _thread.worker = Worker()
    return task["number"], worker.run(task)


class Crew:
    """Whoever does the tasks of one run.

    ``workers`` 0 is this process, without limits on time and memory: for debuggers and
    profilers, and for files that only this process has (``memory://``).
    """

    def __init__(
        self,
        workers: int,
        *,
        cluster: str | None = None,
        on_death: Callable[[Death], None] | None = None,
    ) -> None:
        self.workers = workers
        self._on_death = on_death
        self._idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        self._all: list[Worker] = []
        self._client = _connect(cluster) if cluster is not None else None
        if workers and self._client is None:
            # The first worker loads its libraries while the plan is made.
            worker = self._new()
            worker.start()
            self._idle.put(worker)

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._all:
            worker.close()
        if self._client is not None:
            self._client.close()

    def _new(self) -> Worker:
        worker = Worker(on_death=self._on_death)
        self._all.append(worker)
        return worker

    def run(self, task: Plain) -> Plain:
        """Do one task on this machine."""
        if not self.workers:
            from vankien.batch.work import perform

            return perform(task, Note())
        try:
            worker = self._idle.get_nowait()
        except queue.Empty:
            worker = self._new()
        try:
            return worker.run(task)
        finally:
            self._idle.put(worker)

    def _run_numbered(self, task: Plain) -> tuple[int, Plain]:
        return task["number"], self.run(task)

    def map(self, tasks: Sequence[Plain]) -> Iterator[tuple[int, Plain]]:
        """Yield (number of the task, report) in the order in which tasks end."""
        numbered = [{**task, "number": number} for number, task in enumerate(tasks)]
        if self._client is not None:
            yield from self._map_cluster(numbered)
            return
        if self.workers < 2 or len(tasks) < 2:
            for task in numbered:
                yield self._run_numbered(task)
            return
        from joblib import Parallel, delayed

        loop = Parallel(
            n_jobs=self.workers,
            backend="threading",
            return_as="generator_unordered",
            batch_size=1,
            pre_dispatch="2*n_jobs",
        )
        with closing(loop(delayed(self._run_numbered)(task) for task in numbered)) as reports:
            yield from reports

    def _map_cluster(self, tasks: list[Plain]) -> Iterator[tuple[int, Plain]]:
        from joblib import Parallel, delayed, parallel_config

        left = {task["number"]: task for task in tasks}
        loops = 0
        while left:
            loops += 1
            with parallel_config(backend="dask"):
                loop = Parallel(n_jobs=-1, return_as="generator_unordered", batch_size=1)
            reports = loop(delayed(perform_supervised)(task) for task in list(left.values()))
            try:
                for number, report in reports:
                    if left.pop(number, None) is not None:
                        loops = 0
                        yield number, report
            except VankienError:
                raise
            except _cluster_failures() as error:
                if loops >= LOOPS:
                    detail = " ".join(f"{type(error).__name__}: {error}".split())[:200]
                    raise UsageError("V211", "workers", detail=detail) from error


def _connect(address: str) -> Any:
    """Return a client of a Dask cluster.  Raises UsageError (V211)."""
    try:
        from distributed import Client
    except ImportError as error:
        detail = "the package 'distributed' is not installed"
        raise UsageError("V211", address, detail=detail) from error
    try:
        return Client(address.removeprefix("dask://"))
    except (OSError, ValueError) as error:  # no answer, no address
        detail = " ".join(str(error).split())[:200]
        raise UsageError("V211", address, detail=detail) from error


def _cluster_failures() -> tuple[type[Exception], ...]:
    from distributed import KilledWorker
    from distributed.client import FutureCancelledError
    from distributed.comm.core import CommClosedError

    return (KilledWorker, FutureCancelledError, CommClosedError, OSError)
