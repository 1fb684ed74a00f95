"""A sample of the gold, and the worked example of a researcher's codebook, trained once."""

from __future__ import annotations

from pathlib import Path

import pytest

from vankien.training.train import train_own

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "corpus" / "examples" / "land-policy"


@pytest.fixture(scope="session")
def sample_gold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every fortieth sentence of each split."""
    folder = tmp_path_factory.mktemp("gold")
    for split in ("train", "dev", "test"):
        lines = (ROOT / "corpus" / "gold" / split / "themes.jsonl").read_text("utf-8").splitlines()
        (folder / split).mkdir()
        kept = "\n".join(lines[::40]) + "\n"
        (folder / split / "themes.jsonl").write_text(kept, "utf-8")
    return folder


@pytest.fixture(scope="session")
def land_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model of the worked example."""
    out = tmp_path_factory.mktemp("land") / "model"
    train_own(EXAMPLE / "codebook.yaml", EXAMPLE / "sentences.jsonl", out)
    return out
