"""The generated collection and its results, made once a session."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

import vankien
from vankien.batch.run import extract
from vankien.collection import Truth, compose
from vankien.results.results import Results


@dataclass(frozen=True, slots=True)
class Made:
    """A collection: its folder, the truth about it, and what was extracted."""

    folder: Path
    truth: Truth
    results: Results


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("collection")
    truth = compose(folder)
    extract([folder / "documents"], out=folder / "results", workers=0)
    return Made(folder, truth, vankien.open(folder / "results"))
