"""The same run on a real Dask cluster of two worker processes, disturbed and undisturbed."""

from __future__ import annotations

import io
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.batch.conftest import article, contents, rows_of, write_rows
from tests.faults.conftest import READERS, bad_document, install_readers
from vankien.batch.run import extract
from vankien.errors import UsageError

distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")

Same = Callable[[Path, Path], None]

SMALL = 10_000
"""Bytes of a chunk here."""

CLIENT = (
    f"import sys; import vankien.batch.plan as plan; plan.CHUNK_BYTES = {SMALL}\n"
    "from vankien.batch.run import extract\n"
    "print('ready', flush=True)\n"
    "extract(sys.argv[1], out=sys.argv[2], cluster=sys.argv[3])\n"
)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A scheduler and two workers, whose processes know the readers that misbehave."""
    plugin = install_readers(tmp_path_factory.mktemp("plugin"))
    path = os.pathsep.join([str(plugin), *filter(None, sys.path)])
    with (
        pytest.MonkeyPatch.context() as patch,
        distributed.LocalCluster(
            n_workers=0, threads_per_worker=1, processes=True, dashboard_address=None,
            env={"PYTHONPATH": path},
        ) as found,
    ):  # fmt: skip
        patch.syspath_prepend(str(plugin))
        found.scale(2)
        found.wait_for_workers(2)
        yield found


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Some dozen chunks of a tenth of a second's work."""
    folder = tmp_path / "in"
    folder.mkdir()
    rows = [{"id": f"r{n}", "text": article(n, 25)} for n in range(40)]
    rows[31]["id"] = "r5"
    write_rows(folder / "tin.jsonl", rows)
    for number in range(200, 230):
        (folder / f"bai-{number}.txt").write_text(article(number, 25), "utf-8")
    return folder


def run(folder: Path, out: Path, **options: Any) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vankien.batch.plan.CHUNK_BYTES", SMALL)
        return extract(folder, out=out, **options)


def test_a_cluster_gives_the_same_folder(
    cluster: Any, many: Path, tmp_path: Path, same_folders: Same
) -> None:
    done = run(many, tmp_path / "there", cluster=cluster.scheduler_address)
    assert done.new_chunks > 10 and done.errors == {"V115": 1}
    # That 0, 1, 2 and 3 local workers give the same is shown elsewhere.
    run(many, tmp_path / "here", workers=0)
    same_folders(tmp_path / "here", tmp_path / "there")


@pytest.mark.slow
def test_dask_workers_are_killed(
    cluster: Any, many: Path, tmp_path: Path, same_folders: Same
) -> None:
    """Four kills at random moments: the run goes on, and gives the same folder."""
    run(many, tmp_path / "calm", workers=0)
    random_ = random.Random(6)
    killed = 0
    for number in range(6):
        out = tmp_path / f"out-{number}"
        ended = threading.Event()

        def kill(waits: list[float], ended: threading.Event = ended) -> None:
            nonlocal killed
            for wait in waits:
                if ended.wait(wait):
                    return
                nanny = random_.choice(list(cluster.workers.values()))
                if nanny.pid is not None:
                    os.kill(nanny.pid, signal.SIGKILL)
                    killed += 1

        killer = threading.Thread(target=kill, args=([random_.uniform(0.2, 2.0) for _ in "ab"],))
        killer.start()
        try:
            run(many, out, cluster=cluster.scheduler_address)
        finally:
            ended.set()
            killer.join()
        same_folders(tmp_path / "calm", out)
        if killed >= 4:
            break
    assert killed >= 4


@pytest.mark.slow
def test_the_client_is_killed(cluster: Any, many: Path, tmp_path: Path, same_folders: Same) -> None:
    """A run goes on where a killed one stopped, once what the cluster had in hand is done."""
    run(many, tmp_path / "calm", workers=0)
    out, struck = tmp_path / "out", 0
    command = [sys.executable, "-c", CLIENT, str(many), str(out), cluster.scheduler_address]
    for wait in (0.2, 0.7, 1.4, 2.5):
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            try:
                process.wait(wait)
                break
            except subprocess.TimeoutExpired:
                process.kill()
                struck += 1
    assert struck
    while any(worker.processing for worker in cluster.scheduler.workers.values()):
        time.sleep(0.1)
    # The first run takes what is there; what the dying cluster still wrote, the next one does.
    run(many, out, cluster=cluster.scheduler_address)
    run(many, out, cluster=cluster.scheduler_address)
    same_folders(tmp_path / "calm", out)


def test_a_bad_document_on_a_cluster(cluster: Any, tmp_path: Path) -> None:
    """It costs one row there too, and the log says what happened on the other machine."""
    assert "die" in READERS
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.txt").write_text(article(number), "utf-8")
    bad = bad_document(folder / "1a.txt", "die")
    log = io.StringIO()
    done = run(folder, tmp_path / "out", cluster=cluster.scheduler_address, log=log)
    assert done.rows["documents"] == 4 and done.errors == {"V119": 1}
    (error,) = rows_of(tmp_path / "out", "errors")
    assert error["source"] == str(bad)
    events = [json.loads(line) for line in log.getvalue().splitlines()]
    ended = [event for event in events if event["event"] == "worker_ended"]
    assert [event["in_hand"] for event in ended] == [f"read {bad}"] * 2


def test_a_worker_of_another_version(
    cluster: Any, many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vankien.__version__", "9.9")
    with pytest.raises(UsageError) as caught:
        run(many, tmp_path / "out", cluster=cluster.scheduler_address)
    assert caught.value.code == "V211" and "this run is of 9.9" in str(caught.value)


def test_a_cluster_without_workers(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vankien.batch.cluster.WAIT_SECONDS", 1)
    with (
        distributed.LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address=None) as empty,
        pytest.raises(UsageError) as caught,
    ):
        run(many, tmp_path / "out", cluster=empty.scheduler_address)
    assert caught.value.code == "V211" and "no worker after 1 seconds" in str(caught.value)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("tcp://127.0.0.1:1", "tcp://127.0.0.1:1"),
        ("nonsense://x", "nonsense"),
        ("ray://127.0.0.1:1", "'ray'"),
        ("spark://127.0.0.1:1", "'joblibspark'"),
    ],
)
def test_clusters_that_cannot_be_used(
    many: Path, tmp_path: Path, address: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dask

    for name in ("ray", "joblibspark"):  # absent, wherever the tests run
        monkeypatch.setitem(sys.modules, name, None)
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(UsageError) as caught,
    ):
        run(many, tmp_path / "out", cluster=address)
    assert caught.value.code == "V211" and words in str(caught.value)


def test_other_clusters_by_their_back_end_for_joblib(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ray's package registers a back end: here a stand-in, of threads, under the same names."""
    from joblib import register_parallel_backend
    from joblib._parallel_backends import ThreadingBackend

    class Backend(ThreadingBackend):
        supports_return_generator = False  # as Ray's

    said: list[Any] = []
    ray, inside = types.ModuleType("ray"), types.ModuleType("ray.util.joblib")
    ray.init = lambda address: said.append(address)  # type: ignore[attr-defined]
    ray.shutdown = lambda: said.append("end")  # type: ignore[attr-defined]
    inside.register_ray = (  # type: ignore[attr-defined]
        lambda: register_parallel_backend("ray", lambda **_: Backend())
    )
    for name, module in {"ray": ray, "ray.util": ray, "ray.util.joblib": inside}.items():
        monkeypatch.setitem(sys.modules, name, module)
    run(many, tmp_path / "there", cluster="ray://head:10001")
    assert said == ["ray://head:10001", "end"]
    run(many, tmp_path / "here", workers=0)
    assert contents(tmp_path / "there") == contents(tmp_path / "here")
