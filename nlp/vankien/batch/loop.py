"""The one loop over tasks: in this process, in supervised local workers, or on a cluster.

joblib is the seam.  With one worker the loop is plain; with more, joblib's threads each
drive a supervised worker, so that a worker's death costs its open task and no other; on a
cluster (:mod:`cluster`), joblib's back end takes each task to some machine, where it is done
by a supervised worker in the same way.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any

from vankien.batch.cluster import Cluster
from vankien.batch.guard import Note
from vankien.batch.supervise import Death, Worker

__all__ = ["Crew"]

Plain = dict[str, Any]


class Crew:
    """Whoever does the tasks of one run.

    ``workers`` 0 is this process, without limits on time and memory: for debuggers and
    profilers, and for files that only this process has (``memory://``).  ``chunks`` is a
    first estimate of the work: so many of the workers are started at once.
    """

    def __init__(
        self,
        workers: int,
        *,
        chunks: int = 1,
        cluster: str | None = None,
        on_death: Callable[[Death], None] | None = None,
    ) -> None:
        self.workers = workers
        self._on_death = on_death
        self._idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        self._all: list[Worker] = []
        self._cluster = Cluster(cluster, on_death=on_death) if cluster is not None else None
        if workers and self._cluster is None:
            # Workers load their libraries while the plan is made.
            for _ in range(min(workers, max(chunks, 1))):
                worker = self._new()
                worker.start()
                self._idle.put(worker)

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._all:
            worker.close()
        if self._cluster is not None:
            self._cluster.close()

    def _new(self, *, bare: bool = False) -> Worker:
        worker = Worker(bare=bare)
        self._all.append(worker)
        return worker

    def run(self, task: Plain, *, alone: bool = False) -> Plain:
        """Do one task on this machine; ``alone`` in a bare process without limits."""
        if not self.workers:
            from vankien.batch.work import perform

            return perform(task, Note())
        if alone:
            fresh = self._new(bare=True)
            try:
                return fresh.run(task, on_death=self._on_death)
            finally:
                fresh.close()
        try:
            worker = self._idle.get_nowait()
        except queue.Empty:
            worker = self._new()
        try:
            return worker.run(task, on_death=self._on_death)
        finally:
            self._idle.put(worker)

    def _run_numbered(self, task: Plain) -> tuple[int, Plain]:
        return task["number"], self.run(task)

    def map(self, tasks: Sequence[Plain]) -> Iterator[tuple[int, Plain]]:
        """Yield (number of the task, report) in the order in which tasks end."""
        numbered = [{**task, "number": number} for number, task in enumerate(tasks)]
        if self._cluster is not None:
            yield from self._cluster.map(numbered)
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
