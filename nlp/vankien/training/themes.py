"""Train the theme model from a recipe, from the project's own gold and lexicon alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from vankien.codebook import VERSION, Codebook, load_codebook
from vankien.documents import Part
from vankien.evaluation.gold import ThemeSentence, load_gold
from vankien.tagging.estimators import NEVER_SCORED, MultiLabelSVM
from vankien.tagging.features import SentenceFeatures
from vankien.tagging.marks import marks_of
from vankien.tagging.model_files import save_model
from vankien.tagging.themes.arbiter import Arbiter, joined
from vankien.tagging.themes.context import ThemeContext
from vankien.tagging.themes.flags import n_flags
from vankien.tagging.themes.model import ThemeModel
from vankien.training.background import load_frequencies, pseudo_sentences
from vankien.training.data import (
    Paraphrase,
    ThemeRows,
    coded_sentences,
    document_rows,
    example_weights,
    family_numbers,
    load_paraphrases,
    theme_rows,
    training_syllabary,
)
from vankien.training.recipe import Recipe

__all__ = ["choose_thresholds", "fit_themes", "probabilities_of", "train_themes"]

THRESHOLDS = np.round(np.arange(0.25, 0.66, 0.05), 2)
"""Candidates for a code's threshold; outside, a code with few sentences overfits dev."""

ARBITER_NEEDS = 1000
"""Least number of codes on the training sentences for an arbiter, which learns some two
hundred weights; a researcher's model of a hundred sentences is better without."""

SHRINK = 8.0
"""Sentences of prior weight that pull a code's threshold towards the common one."""


def fit_themes(
    recipe: Recipe,
    codebook: Codebook,
    gold: Path | None = None,
    *,
    extra: list[ThemeSentence] | None = None,
) -> ThemeModel:
    """Fit features, machines and sigmoids on the training split and the paraphrases.

    ``extra`` are further sentences to train on.
    """
    labels = tuple(codebook.themes)
    sentences = [*coded_sentences(codebook, gold), *(extra or ())]
    settings = recipe.features
    coded = theme_rows(codebook, sentences, labels)
    phrases = theme_rows(
        codebook, load_paraphrases(codebook) if recipe.paraphrase_weight else [], labels
    )
    press = theme_rows(codebook, _background(recipe), labels)
    features = SentenceFeatures.of_sentences(
        coded.inputs + phrases.inputs,
        n_flags=n_flags(labels),
        max_order=settings.max_order,
        minimum=settings.minimum,
        heading_weight=settings.heading_weight,
        flag_weight=settings.flag_weight,
        mark_weight=settings.mark_weight,
        clause_weight=settings.clause_weight,
        syllabary=training_syllabary(
            codebook, gold, extra=extra, lexicon=codebook.version == VERSION
        ),
    )
    blocks = [(coded, 1.0), (phrases, recipe.paraphrase_weight), (press, recipe.background.weight)]
    # Phrases and pseudo-sentences have no writing of their own: the average stands for it.
    average = marks_of([(s.text, 0, len(s.text)) for s in sentences]).mean(axis=0)
    matrix = sparse.vstack(
        [features.transform(coded.inputs, coded.flags)]
        + [
            features.transform(
                rows.inputs,
                rows.flags,
                marks=sparse.csr_matrix(np.repeat(average, len(rows.inputs), axis=0)),
            )
            for rows, _ in blocks[1:]
        ],
        format="csr",
    )
    weight = np.concatenate([np.full(len(rows.inputs), w) for rows, w in blocks])
    documents = document_rows(sentences, gold) if codebook is load_codebook() else []
    weight[: len(sentences)] *= example_weights(sentences)
    weight[[row for _, rows in documents for row in rows]] *= recipe.document_weight
    groups = np.concatenate(
        [
            family_numbers(sentences),
            np.full(len(phrases.inputs), NEVER_SCORED),
            # Each pseudo-sentence is a family of its own, apart from those of the gold.
            -2 - np.arange(len(press.inputs)),
        ]
    )
    targets = np.vstack([rows.targets for rows, _ in blocks])
    # The last columns: does any code hold, and is something said to be absent?
    absent = np.zeros((len(targets), 1), dtype=bool)
    absent[: len(sentences), 0] = [bool(s.negated) for s in sentences]
    targets = np.hstack([targets, targets.any(axis=1, keepdims=True), absent])
    estimator = MultiLabelSVM(c=recipe.c, seed=recipe.seed).fit(
        matrix, targets, groups=groups, sample_weight=weight
    )
    scored = (coded, press)
    arbiter = None
    if int(coded.targets.sum()) >= ARBITER_NEEDS:
        arbiter = Arbiter(labels).fit(
            estimator.out_of_fold_,
            np.vstack([rows.targets for rows in scored]),
            sparse.vstack([rows.flags for rows in scored], format="csr"),
            joined([rows.circumstances for rows in scored]),
        )
    context = None
    if arbiter is not None and documents:
        alone = arbiter.predict_proba(
            estimator.out_of_fold_[: len(sentences)], coded.flags, coded.circumstances
        )
        context = ThemeContext(labels).fit(
            [
                (alone[rows], coded.targets[rows], [Part(s.part) for s in document.sentences])
                for document, rows in documents
            ]
        )
    # Thresholds are chosen on what will be stored: weights in half precision.
    stored = MultiLabelSVM.from_arrays(estimator.to_arrays())
    return ThemeModel(labels, [0.5] * len(labels), features, stored, arbiter, context)


def probabilities_of(model: ThemeModel, rows: ThemeRows) -> npt.NDArray[np.float64]:
    """Return a model's probabilities of rows (rows x labels)."""
    scores = model.estimator.decision_function(model.features.transform(rows.inputs, rows.flags))
    if model.arbiter is None:
        calibrated: npt.NDArray[np.float64] = model.estimator.calibrate(scores)
        return calibrated[:, : len(model.labels)]
    found: npt.NDArray[np.float64] = model.arbiter.predict_proba(
        scores, rows.flags, rows.circumstances
    )
    return found


def _background(recipe: Recipe) -> list[Paraphrase]:
    """Return pseudo-sentences of the press as rows without a code."""
    number = recipe.background.sentences
    if not number:
        return []
    found = pseudo_sentences(load_frequencies(), number, seed=recipe.seed)
    return [Paraphrase(text, ()) for text in found]


def choose_thresholds(
    probabilities: npt.NDArray[np.float64], targets: npt.NDArray[np.bool_]
) -> list[float]:
    """Return a threshold a code that is best for F1 on dev, shrunk to the common one.

    The common threshold is best for micro F1 over all codes.
    """

    def f1(threshold: float, columns: slice | int) -> float:
        predicted = probabilities[:, columns] >= threshold
        known = targets[:, columns]
        right = float((predicted & known).sum())
        return 2 * right / max(float(predicted.sum() + known.sum()), 1.0)

    common = max(THRESHOLDS, key=lambda t: f1(float(t), slice(None)))
    chosen = []
    for column in range(targets.shape[1]):
        n = float(targets[:, column].sum())
        best = max(THRESHOLDS, key=lambda t: (f1(float(t), column), -abs(t - common)))
        share = n / (n + SHRINK)
        chosen.append(round(float(share * best + (1 - share) * common), 3))
    return chosen


def train_themes(
    recipe: Recipe,
    folder: Path,
    gold: Path | None = None,
    *,
    codebook: Codebook | None = None,
    codebook_sha256: str = "",
    extra: list[ThemeSentence] | None = None,
) -> ThemeModel:
    """Fit, choose thresholds on dev, and write the model's arrays and labels to ``folder``.

    ``codebook`` is vankien's unless given, with the digest of its file.
    """
    codebook = codebook or load_codebook()
    model = fit_themes(recipe, codebook, gold, extra=extra)
    dev = load_gold("themes", "dev", gold, codebook=codebook)
    rows = theme_rows(codebook, dev, model.labels)
    thresholds = choose_thresholds(probabilities_of(model, rows), rows.targets)
    save_model(
        folder,
        {
            **model.features.to_arrays(),
            **model.estimator.to_arrays(),
            **(model.arbiter.to_arrays() if model.arbiter else {}),
            **(model.context.to_arrays() if model.context else {}),
        },
        kind=recipe.kind,
        version=recipe.version,
        labels=model.labels,
        thresholds=tuple(thresholds),
        codebook=codebook.version,
        codebook_sha256=codebook_sha256,
    )
    model.thresholds = np.array(thresholds, dtype=np.float32)
    return model
