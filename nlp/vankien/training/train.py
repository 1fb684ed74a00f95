"""From a recipe to a model: fit, save, score on the test split, metrics and card.

Where to start reading: :func:`train` for the models of vankien, :func:`train_own` for a
researcher's codebook and labelled table; both end in :func:`_finish`.  The same recipe, data
and libraries give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vankien.codebook import Codebook, load_codebook
from vankien.errors import ModelError, OutputError, UsageError
from vankien.evaluation.evaluate import evaluate
from vankien.evaluation.gold import ThemeSentence, load_gold
from vankien.evaluation.metrics import Score
from vankien.own_codebook import read_own_codebook
from vankien.tagging.model_files import ARRAYS, INFO
from vankien.tagging.roles import RoleModel, role_model
from vankien.tagging.schemes import CODEBOOK_FILE, load_scheme
from vankien.tagging.themes.model import ThemeModel, theme_model
from vankien.training.card import new_card, write_tables
from vankien.training.data import theme_rows
from vankien.training.labelled import SPLITS, deal, read_labelled, write_gold
from vankien.training.recipe import OWN_RECIPE, Recipe, read_recipe, write_recipe
from vankien.training.roles import role_rows, train_roles
from vankien.training.themes import probabilities_of, train_themes

__all__ = ["calibration_error", "train", "train_own", "verify"]

RESAMPLES = 1000
BINS = 15
NOT_EXCLUDED = 0.05
"""Pairs of sentence and code below this probability are nobody's business: with fifty codes
they are 97 of 100 and would make any calibration error small."""

CARD = "MODEL_CARD.md"


def train(
    recipe_path: str | Path,
    *,
    gold: str | Path | None = None,
    out: str | Path | None = None,
    data: str | Path | None = None,
) -> dict[str, Any]:
    """Train the model of a recipe and return its metrics.

    Writes ``model.npz``, ``labels.json``, ``metrics.json`` and the tables of the card into
    ``out``, or beside the recipe.  ``gold`` is another folder of gold; ``data`` a table of
    further sentences to train on (themes only; they are in no test).  Raises UsageError for
    a bad recipe, GoldError and AnnotationError for malformed data.
    """
    path = Path(recipe_path)
    recipe = read_recipe(path)
    folder = Path(out) if out is not None else path.resolve().parent
    source = Path(gold) if gold is not None else None
    codebook = load_codebook()
    extra: list[ThemeSentence] = []
    if data is not None:
        if recipe.kind != "themes" or out is None:
            detail = "further data makes another model of themes; name its folder with --out"
            raise UsageError("V401", "data", detail=detail)
        extra = [one.sentence for one in read_labelled(data, codebook)]
        _refuse_known(extra, str(data), source)
    _make(folder)
    if recipe.kind == "themes":
        model = train_themes(recipe, folder, source, extra=extra)
        error = _theme_error(model, codebook, source)
    else:
        error = _role_error(train_roles(recipe, folder, source), source)
    if out is not None and folder.resolve() != path.resolve().parent:
        write_recipe(recipe, folder / "recipe.yaml")
    return _finish(recipe, folder, source, codebook, error, further=len(extra))


def _refuse_known(extra: list[ThemeSentence], table: str, gold: Path | None) -> None:
    """Refuse sentences of the splits that choose thresholds and that are scored."""
    for split in ("dev", "test"):
        held = {s.text for s in load_gold("themes", split, gold)}
        for sentence in extra:
            if sentence.text in held:
                detail = (
                    f"{sentence.id} is a sentence of the {split} split, which is not trained on"
                )
                raise UsageError("V401", table, detail=detail)


def train_own(
    codebook: str | Path, data: str | Path, out: str | Path, *, recipe: str | Path | None = None
) -> dict[str, Any]:
    """Train a researcher's codebook on a labelled table into a folder; return the metrics.

    The folder holds all that the model needs to be used (``vankien.load(model=out)``) and
    scored (``vankien evaluate themes --model out``): codebook, arrays, recipe, the table as
    gold in three splits, metrics and card.  Raises CodebookError, AnnotationError and
    UsageError with file, line, key and reason.
    """
    book = read_own_codebook(codebook)
    chosen = read_recipe(Path(recipe)) if recipe is not None else OWN_RECIPE
    if chosen.kind != "themes" or chosen.paraphrase_weight:
        detail = "a codebook of your own takes a recipe of themes with paraphrase_weight 0"
        raise UsageError("V401", str(recipe), detail=detail)
    dealt = deal(read_labelled(data, book), book)
    folder, gold = Path(out), Path(out) / "gold"
    _make(folder)
    target = folder / CODEBOOK_FILE
    if target.resolve() != Path(codebook).resolve():
        shutil.copyfile(codebook, target)
    write_recipe(chosen, folder / "recipe.yaml")
    write_gold(gold, dealt)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    model = train_themes(chosen, folder, gold, codebook=book, codebook_sha256=digest)
    missing = [c for c in book.themes if not any(c in s.themes for s in dealt["train"])]
    new_card(folder / CARD, chosen, book, missing)
    error = _theme_error(model, book, gold)
    return _finish(chosen, folder, gold, book, error, missing=missing)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        detail = error.strerror or str(error)
        raise OutputError("V202", str(folder), detail=detail) from error


def _finish(
    recipe: Recipe,
    folder: Path,
    gold: Path | None,
    codebook: Codebook,
    error: float,
    *,
    further: int = 0,
    missing: list[str] | None = None,
) -> dict[str, Any]:
    """Score what was written, as it will be loaded, and write metrics and card."""
    theme_model.cache_clear()
    role_model.cache_clear()
    load_scheme.cache_clear()
    scores = evaluate(split="test", gold=gold, resamples=RESAMPLES, model=folder)
    sizes = {s: len(load_gold("themes", s, gold, codebook=codebook)) for s in SPLITS}
    metrics: dict[str, Any] = {
        "model": f"{recipe.kind}@{recipe.version}",
        "codebook": codebook.version,
        "sha256": json.loads((folder / INFO).read_text("utf-8"))["sha256"],
        "split": "test",
        "sentences": {**sizes, **({"further training": further} if further else {})},
        "calibration_error": round(error, 4),
        "summary": [_plain(s) for s in scores.summary],
        "codes": [_plain(s) for s in scores.codes],
    }
    if missing:
        metrics["without_training_sentences"] = missing
    text = json.dumps(metrics, ensure_ascii=False, indent=1)
    (folder / "metrics.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    card = folder / CARD
    if not card.is_file():
        card.write_text(f"# {metrics['model']}\n\n{recipe.description}\n", "utf-8", newline="\n")
    write_tables(card, metrics)
    return metrics


def verify(recipe_path: str | Path, *, gold: str | Path | None = None) -> str:
    """Train a recipe anew and compare with the model beside it; return the digest.

    Raises ModelError (V501) where a byte of arrays or labels differs.
    """
    shipped = Path(recipe_path).resolve().parent
    recipe = read_recipe(Path(recipe_path))
    source = Path(gold) if gold is not None else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if recipe.kind == "themes":
            train_themes(recipe, folder, source)
        else:
            train_roles(recipe, folder, source)
        for file in (ARRAYS, INFO):
            if not (shipped / file).is_file():
                raise ModelError("V501", shipped.name, detail=f"{file} is missing")
            if (folder / file).read_bytes() != (shipped / file).read_bytes():
                detail = f"training its recipe gives another {file}"
                raise ModelError("V501", shipped.name, detail=detail)
        return hashlib.sha256((folder / ARRAYS).read_bytes()).hexdigest()


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


def _theme_error(model: ThemeModel, codebook: Codebook, gold: Path | None) -> float:
    sentences = load_gold("themes", "test", gold, codebook=codebook)
    rows = theme_rows(codebook, sentences, model.labels)
    found = probabilities_of(model, rows)
    open_ = found >= NOT_EXCLUDED
    return calibration_error(found[open_], rows.targets[open_])


def _role_error(model: RoleModel, gold: Path | None) -> float:
    sentences = [s for s in load_gold("themes", "test", gold) if s.role is not None]
    inputs, flags, targets = role_rows(load_codebook(), sentences, model.labels)
    found = model.estimator.predict_proba(model.features.transform(inputs, flags))
    return calibration_error(found.max(axis=1), found.argmax(axis=1) == targets)
