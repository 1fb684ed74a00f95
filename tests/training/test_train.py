"""Training from a recipe: the same bytes twice, metrics and card, bad recipes named."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.conftest import ROOT
from vankien.errors import ModelError, UsageError, VankienError
from vankien.tagging.model_files import load_model
from vankien.training.card import write_tables
from vankien.training.recipe import OWN_RECIPE, read_recipe, write_recipe
from vankien.training.train import calibration_error, train, verify

THEMES = """\
kind: themes
version: 0.0.1
description: A sample.
features: {max_order: 1, minimum: 2}
paraphrase_weight: 0.0
background: {sentences: 50, weight: 1.0}
"""
ROLES = THEMES.replace("kind: themes", "kind: roles")


def recipe_file(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "recipe.yaml"
    path.write_text(text, "utf-8")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}


def test_training_twice_gives_the_same_bytes(sample_gold: Path, tmp_path: Path) -> None:
    path = recipe_file(tmp_path / "model", ROLES)
    metrics = train(path, gold=sample_gold)
    first = contents(tmp_path / "model")
    assert first.keys() == {
        "model.npz", "labels.json", "metrics.json", "MODEL_CARD.md", "recipe.yaml"
    }  # fmt: skip
    train(path, gold=sample_gold, out=tmp_path / "again")
    again = contents(tmp_path / "again")
    for name in ("model.npz", "labels.json", "metrics.json", "MODEL_CARD.md"):
        assert first[name] == again[name], name
    assert read_recipe(path) == read_recipe(tmp_path / "again" / "recipe.yaml")
    assert json.loads(first["metrics.json"]) == metrics
    check_metrics(metrics, sample_gold)


def test_verify_trains_again_and_compares(sample_gold: Path, tmp_path: Path) -> None:
    path = recipe_file(tmp_path / "model", THEMES)
    with pytest.raises(ModelError, match=r"model\.npz is missing"):
        verify(path, gold=sample_gold)
    metrics = train(path, gold=sample_gold)
    check_metrics(metrics, sample_gold)
    before = contents(tmp_path / "model")
    assert verify(path, gold=sample_gold) == metrics["sha256"]
    assert contents(tmp_path / "model") == before, "nothing is written"


def test_verify_finds_another_byte(sample_gold: Path, tmp_path: Path) -> None:
    path = recipe_file(tmp_path / "model", ROLES)
    train(path, gold=sample_gold)
    arrays = tmp_path / "model" / "model.npz"
    arrays.write_bytes(arrays.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError, match=r"gives another model\.npz"):
        verify(path, gold=sample_gold)


def check_metrics(metrics: dict[str, Any], gold: Path) -> None:
    for split in ("train", "dev", "test"):
        lines = (gold / split / "themes.jsonl").read_text("utf-8").splitlines()
        assert metrics["sentences"][split] == len(lines)
    assert metrics["split"] == "test" and 0 <= metrics["calibration_error"] <= 1
    for one in (*metrics["summary"], *metrics["codes"]):
        assert 0 <= one["low"] <= one["f1"] <= one["high"] <= 1 and one["n"] >= 0
    assert sum(one["n"] for one in metrics["codes"]) > 10


@pytest.mark.parametrize("kind", ["roles", "themes"])
def test_the_shipped_metrics_are_of_the_shipped_model(kind: str) -> None:
    (shipped,) = (ROOT / "models").glob(f"{kind}-*")
    metrics = json.loads((shipped / "metrics.json").read_text("utf-8"))
    assert metrics["sha256"] == load_model(shipped, kind=kind).info.sha256
    assert metrics["split"] == "test" and metrics["codes"]


@pytest.mark.slow
@pytest.mark.skipif(
    "VANKIEN_RETRAIN" not in os.environ,
    reason="minutes of training: set VANKIEN_RETRAIN, or run vankien train --verify",
)
@pytest.mark.parametrize("kind", ["roles", "themes"])
def test_the_shipped_model_is_what_its_recipe_gives(kind: str) -> None:
    (shipped,) = (ROOT / "models").glob(f"{kind}-*")
    assert verify(shipped / "recipe.yaml") == load_model(shipped, kind=kind).info.sha256


def test_further_sentences(sample_gold: Path, tmp_path: Path) -> None:
    path = recipe_file(tmp_path / "recipe", THEMES)
    data = tmp_path / "more.jsonl"
    row = {"text": "Chi ủy thôn Quỳnh họp bàn việc nể nang.", "themes": ["CHIBO"]}
    data.write_text(json.dumps(row) + "\n", "utf-8")
    with pytest.raises(UsageError, match="--out"):
        train(path, gold=sample_gold, data=data)
    metrics = train(path, gold=sample_gold, data=data, out=tmp_path / "more")
    assert metrics["sentences"]["further training"] == 1
    arrays = load_model(tmp_path / "more", kind="themes").arrays
    known = bytes(arrays["syllables"]).decode("utf-8").split("\n")
    assert "quỳnh" in known, "its syllables are known now"
    test = (sample_gold / "test" / "themes.jsonl").read_text("utf-8").splitlines()[0]
    held = {"text": json.loads(test)["text"], "themes": []}
    data.write_text(json.dumps(held) + "\n", "utf-8")
    with pytest.raises(UsageError, match="sentence of the test split"):
        train(path, gold=sample_gold, data=data, out=tmp_path / "more")


BAD = [
    ("kind: themes", "kind: topics", 1, "kind: Input should be 'themes' or 'roles'"),
    ("version: 0.0.1", "version: one", 2, "version: String should match"),
    ("max_order: 1", "max_order: 9", 4, "features.max_order: Input should be less"),
    ("minimum: 2", "minimun: 2", 4, "features.minimun: Extra inputs"),
    ("description: A sample.\n", "", 1, "description: Field required"),
    ("version:", "kind: themes\nversion:", 2, "kind: the key stands twice"),
    ("kind: themes", "kind: [", 1, ""),
]


@pytest.mark.parametrize(("old", "new", "line", "word"), BAD)
def test_bad_recipes(old: str, new: str, line: int, word: str, tmp_path: Path) -> None:
    path = recipe_file(tmp_path, THEMES.replace(old, new, 1))
    with pytest.raises(UsageError) as found:
        train(path)
    message = str(found.value)
    assert message.startswith("[V401] ") and word in message and "\n" not in message
    assert f"{path} line {line}" in message or new.endswith("[")


def test_absent_recipe_and_place(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.yaml"):
        train(tmp_path / "none.yaml")
    path = recipe_file(tmp_path / "a", THEMES)
    with pytest.raises(VankienError, match="V202"):
        train(path, out=path / "x")


def test_a_recipe_written_is_read_again(tmp_path: Path) -> None:
    write_recipe(OWN_RECIPE, tmp_path / "recipe.yaml")
    assert read_recipe(tmp_path / "recipe.yaml") == OWN_RECIPE


METRICS = {
    "split": "test",
    "sentences": {"train": 7, "test": 3},
    "calibration_error": 0.03,
    "summary": [],
    "codes": [{"name": "PCTN", "n": 1200, "precision": 0.5, "recall": 0.25, "f1": 0.3333,
               "low": 0.1, "high": 0.6}],
}  # fmt: skip
ROW = "| PCTN | 1,200 | 0.500 | 0.250 | 0.333 | 0.100 to 0.600 |"


def test_the_card_keeps_its_words(tmp_path: Path) -> None:
    card = tmp_path / "MODEL_CARD.md"
    card.write_text("# Card\n\nBefore.\n\n<!-- metrics -->\nold\n<!-- /metrics -->\n\nAfter.\n")
    write_tables(card, METRICS)
    text = card.read_text("utf-8")
    assert text.startswith("# Card\n\nBefore.\n\n<!-- metrics -->\n")
    assert text.endswith("<!-- /metrics -->\n\nAfter.\n") and "\nold\n" not in text and ROW in text
    write_tables(card, METRICS)
    assert card.read_text("utf-8") == text
    card.write_text("# Card\n")
    write_tables(card, METRICS)
    assert card.read_text("utf-8").startswith("# Card\n\n<!-- metrics -->") and ROW in (
        card.read_text("utf-8")
    )


@pytest.mark.parametrize(
    ("probabilities", "right", "error"),
    [
        ([], [], 0.0),
        ([1.0, 1.0], [True, True], 0.0),
        ([0.9, 0.9], [True, False], 0.4),
        ([0.05, 0.95], [True, True], 0.5),
        ([0.5] * 4, [True, False, True, False], 0.0),
    ],
)
def test_calibration_error(probabilities: list[float], right: list[bool], error: float) -> None:
    found = calibration_error(np.array(probabilities), np.array(right, dtype=bool))
    assert found == pytest.approx(error)
