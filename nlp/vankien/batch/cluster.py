"""The loop over tasks on other machines: Dask; Ray and Spark by their back ends for joblib.

A cluster's machine does a task as this one does: in a supervised worker of its own, so that
limits hold and a bad document costs one row there too.  A cluster that loses the loop (a
dead Dask worker, a restarted scheduler) gets a fresh one over what is unfinished.  Tasks and
reports are plain values; texts and tables go by the folders that all machines see.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import vankien
from vankien.batch.supervise import Death, Worker
from vankien.errors import UsageError, VankienError

__all__ = ["Cluster", "perform_supervised"]

Plain = dict[str, Any]

LOOPS = 5
"""How often in a row a cluster may end the loop without any task done."""

IN_FLIGHT = 1_000
"""Tasks that a cluster holds at a time: machines that join later find work waiting."""

WAIT_SECONDS = 120
"""How long a run waits for the first worker of a Dask cluster, which may be in a queue."""

_thread = threading.local()


def perform_supervised(task: Plain) -> tuple[int, Plain]:
    """Do a task in the supervised worker of this thread; what a cluster's machine runs.

    The report names the deaths of that worker.  Raises UsageError (V211) where this machine
    has another version of vankien than the run.
    """
    wanted = task["settings"]["vankien"]
    if wanted != vankien.__version__:
        detail = f"it has vankien {vankien.__version__}, this run is of {wanted}"
        raise UsageError("V211", socket.gethostname(), detail=detail)
    worker = getattr(_thread, "worker", None)
    if worker is None:
        worker = _thread.worker = Worker()
    deaths: list[Death] = []
    report = worker.run(task, on_death=deaths.append)
    return task["number"], {**report, "deaths": [[d.key, d.code, d.detail] for d in deaths]}


class Cluster:
    """An existing cluster, by its address.

    ``tcp://host:8786`` (also tls, ucx, ws) is a Dask scheduler, ``ray://host:10001`` a Ray
    head, ``spark://host:7077`` a Spark master.  Raises UsageError (V211) where it cannot be
    used.
    """

    def __init__(self, address: str, *, on_death: Callable[[Death], None] | None = None) -> None:
        self.address = address
        self._on_death = on_death
        connect = {"ray": _ray, "spark": _spark}.get(address.partition("://")[0], _dask)
        try:
            self._backend, self._close = connect(address)
        except ImportError as error:
            detail = f"the package {error.name!r} is not installed"
            raise UsageError("V211", address, detail=detail) from error
        except (OSError, ValueError, RuntimeError) as error:  # no answer, no address
            raise self._unusable(error) from error

    def close(self) -> None:
        """Leave the cluster; it goes on without this run."""
        with suppress(OSError, RuntimeError):  # it is gone already
            self._close()

    def map(self, tasks: Sequence[Plain]) -> Iterator[tuple[int, Plain]]:
        """Yield (number of the task, report) in the order in which tasks end."""
        left = {task["number"]: task for task in tasks}
        loops = 0
        while left:
            loops += 1
            try:
                for number, report in self._loop(list(left.values())):
                    if left.pop(number, None) is None:
                        continue
                    loops = 0
                    for death in report.pop("deaths"):
                        if self._on_death is not None:
                            self._on_death(Death(*death))
                    yield number, report
            except VankienError:
                raise
            except ModuleNotFoundError as error:
                detail = f"a worker lacks the package {error.name!r}"
                raise UsageError("V211", self.address, detail=detail) from error
            except _failures(self._backend) as error:
                # Where no worker has come, a fresh loop would only wait again.
                if loops >= LOOPS or isinstance(error, TimeoutError):
                    raise self._unusable(error) from error

    def _loop(self, tasks: list[Plain]) -> Iterator[tuple[int, Plain]]:
        from joblib import Parallel, delayed, parallel_config
        from joblib.parallel import get_active_backend

        options = {"wait_for_workers_timeout": WAIT_SECONDS} if self._backend == "dask" else {}
        with parallel_config(backend=self._backend, **options):
            backend, _ = get_active_backend()
            # Some back ends can only give all reports at the end: then nothing is shown
            # meanwhile, but every chunk is stored when it is done.
            streams = bool(getattr(backend, "supports_return_generator", False))
            loop = Parallel(
                n_jobs=-1,
                return_as="generator_unordered" if streams else "list",
                batch_size=1,
                pre_dispatch=IN_FLIGHT,
            )
            reports = loop(delayed(perform_supervised)(task) for task in tasks)
        yield from reports

    def _unusable(self, error: Exception) -> UsageError:
        detail = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return UsageError("V211", self.address, detail=detail)


def _dask(address: str) -> tuple[str, Callable[[], Any]]:
    from distributed import Client

    client = Client(address.removeprefix("dask://"))
    return "dask", client.close


def _ray(address: str) -> tuple[str, Callable[[], Any]]:
    import ray  # type: ignore[import-not-found,unused-ignore]
    from ray.util.joblib import register_ray  # type: ignore[import-not-found,unused-ignore]

    ray.init(address=address)
    register_ray()
    return "ray", ray.shutdown


def _spark(address: str) -> tuple[str, Callable[[], Any]]:
    from joblibspark import register_spark  # type: ignore[import-not-found,unused-ignore]
    from pyspark.sql import SparkSession  # type: ignore[import-not-found,unused-ignore]

    session = SparkSession.builder.master(address).appName("vankien").getOrCreate()
    register_spark()
    return "spark", session.stop


def _failures(backend: str) -> tuple[type[Exception], ...]:
    """Return the errors by which a cluster loses a loop."""
    if backend != "dask":
        return (OSError,)
    from distributed import KilledWorker
    from distributed.client import FutureCancelledError
    from distributed.comm.core import CommClosedError

    return (KilledWorker, FutureCancelledError, CommClosedError, OSError)
