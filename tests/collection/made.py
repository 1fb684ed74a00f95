"""The generated collection and its results, made once a test run, whatever the workers."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

import vankien
from vankien.batch.run import extract
from vankien.collection import Truth, compose, read_truth
from vankien.results.results import Results


@dataclass(frozen=True, slots=True)
class Made:
    """A collection: its folder, the truth about it, and what was extracted."""

    folder: Path
    truth: Truth
    results: Results


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # of all workers
    folder = base / "collection"
    with (base / "collection.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the first makes it, the others wait
        if (folder / "made").exists():
            truth = read_truth(folder / "truth.json")
        else:
            truth = compose(folder)
            extract([folder / "documents"], out=folder / "results", workers=0)
            (folder / "made").touch()
    return Made(folder, truth, vankien.open(folder / "results"))
