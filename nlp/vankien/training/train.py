"""From a recipe to a model: fit, save, score on the test split, write ``metrics.json``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vankien.codebook import load_codebook
from vankien.evaluation.evaluate import evaluate
from vankien.evaluation.gold import load_gold
from vankien.evaluation.metrics import Score
from vankien.tagging.roles import RoleModel, role_model
from vankien.tagging.themes.model import ThemeModel, theme_model
from vankien.training.data import theme_rows
from vankien.training.recipe import read_recipe
from vankien.training.roles import role_rows, train_roles
from vankien.training.themes import train_themes

__all__ = ["calibration_error", "train"]

RESAMPLES = 1000
BINS = 15
NOT_EXCLUDED = 0.05
"""Pairs of sentence and code below this probability are nobody's business: with fifty codes
they are 97 of 100 and would make any calibration error small."""


def train(recipe_path: str | Path, *, gold: str | Path | None = None) -> dict[str, Any]:
    """Train the model of a recipe into the recipe's folder; return its metrics.

    Writes ``model.npz``, ``labels.json`` and ``metrics.json`` beside the recipe.  The same
    recipe, gold and libraries give the same bytes.  Raises UsageError for a bad recipe,
    GoldError for malformed gold.
    """
    path = Path(recipe_path)
    recipe = read_recipe(path)
    folder = path.resolve().parent
    source = Path(gold) if gold is not None else None
    if recipe.kind == "themes":
        error = _theme_error(train_themes(recipe, folder, source), source)
    else:
        error = _role_error(train_roles(recipe, folder, source), source)
    # What is scored is what will be loaded, not what is in memory.
    theme_model.cache_clear()
    role_model.cache_clear()
    scores = evaluate(split="test", family=recipe.kind, gold=gold, resamples=RESAMPLES)
    metrics = {
        "model": f"{recipe.kind}@{recipe.version}",
        "split": "test",
        "calibration_error": round(error, 4),
        "summary": [_plain(s) for s in scores.summary],
        "codes": [_plain(s) for s in scores.codes],
    }
    text = json.dumps(metrics, ensure_ascii=False, indent=1)
    (folder / "metrics.json").write_text(text + "\n", encoding="utf-8")
    return metrics


def _plain(score: Score) -> dict[str, Any]:
    return {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(score).items()}


def calibration_error(
    probabilities: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]
) -> float:
    """Return the expected calibration error: mean gap of confidence and share right by bin.

    Bins of equal width, weighted by size (Guo et al. 2017, On calibration of modern neural
    networks).  Both arguments are flat and of one length.
    """
    if not len(probabilities):
        return 0.0
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    total = 0.0
    for number in np.unique(bins):
        inside = bins == number
        gap = abs(float(probabilities[inside].mean()) - float(right[inside].mean()))
        total += gap * float(inside.mean())
    return total


def _theme_error(model: ThemeModel, gold: Path | None) -> float:
    rows = theme_rows(load_codebook(), load_gold("themes", "test", gold), model.labels)
    found = model.estimator.predict_proba(model.features.transform(rows.inputs, rows.flags))
    open_ = found >= NOT_EXCLUDED
    return calibration_error(found[open_], rows.targets[open_])


def _role_error(model: RoleModel, gold: Path | None) -> float:
    sentences = [s for s in load_gold("themes", "test", gold) if s.role is not None]
    inputs, flags, targets = role_rows(load_codebook(), sentences, model.labels)
    found = model.estimator.predict_proba(model.features.transform(inputs, flags))
    return calibration_error(found.max(axis=1), found.argmax(axis=1) == targets)
