"""The same run on a Dask cluster, where the extra 'cluster' is installed."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.batch.conftest import article
from vankien.batch.run import extract

distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")


@pytest.mark.slow
def test_a_cluster_gives_the_same_folder(
    corpus: Path, tmp_path: Path, same_folders: Callable[[Path, Path], None]
) -> None:
    """Undisturbed, and with one of its workers killed meanwhile."""
    for number in range(200, 330):
        (corpus / f"them-{number}.txt").write_text(article(number, 3), "utf-8")
    extract(corpus, out=tmp_path / "here", workers=0)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        address = cluster.scheduler_address
        extract(corpus, out=tmp_path / "there", cluster=address)
        same_folders(tmp_path / "here", tmp_path / "there")
        victim = sorted(client.run(os.getpid).values())[0]
        killer = threading.Timer(1.0, os.kill, (victim, signal.SIGKILL))
        killer.start()
        extract(corpus, out=tmp_path / "again", cluster=address)
        killer.join()
        same_folders(tmp_path / "here", tmp_path / "again")
