"""Train the role model from a recipe, from the project's own gold alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from vankien.codebook import MANIFESTATION_GROUPS, Codebook, load_codebook
from vankien.documents import Part
from vankien.evaluation.gold import ThemeSentence
from vankien.language.cues import PhraseIndex, codebook_entries
from vankien.tagging.estimators import MultiClassSVM
from vankien.tagging.features import SentenceFeatures, SentenceInput
from vankien.tagging.model_files import save_model
from vankien.tagging.role_context import Place, RoleContext, Seen
from vankien.tagging.role_rules import n_role_flags, role_flags
from vankien.tagging.roles import RoleModel
from vankien.training.data import coded_sentences, document_rows, family_numbers, training_syllabary
from vankien.training.recipe import Recipe

__all__ = ["role_rows", "train_roles"]


def role_rows(
    codebook: Codebook, sentences: list[ThemeSentence], labels: tuple[str, ...]
) -> tuple[list[SentenceInput], sparse.csr_matrix, npt.NDArray[np.int64]]:
    """Return inputs, flags and class numbers of the sentences that have a role."""
    index = PhraseIndex(codebook_entries(codebook))
    inputs = [SentenceInput(s.text, s.heading or "") for s in sentences]
    flags = role_flags(
        labels,
        [
            (
                s.text,
                index.scan(s.text),
                0,
                len(s.text),
                (s.heading,) if s.heading else (),
                s.part in ("title", "caption"),
            )
            for s in sentences
        ],
    )
    return inputs, flags, np.array([labels.index(str(s.role)) for s in sentences])


def theme_kinds(sentence: ThemeSentence) -> list[bool]:
    """Say whether a sentence has any theme, a manifestation, a theme of Party work.

    Ordinary news, which is KHAC whatever it tells, has none.
    """
    kinds = [theme.partition(".")[0] in MANIFESTATION_GROUPS for theme in sentence.themes]
    return [bool(kinds), any(kinds), not all(kinds)]


def train_roles(recipe: Recipe, folder: Path, gold: Path | None = None) -> RoleModel:
    """Fit on the training split and write the model's arrays and labels to ``folder``."""
    codebook = load_codebook()
    labels = tuple(codebook.roles)
    sentences = [s for s in coded_sentences(codebook, gold) if s.role is not None]
    inputs, flags, targets = role_rows(codebook, sentences, labels)
    settings = recipe.features
    features = SentenceFeatures.of_sentences(
        inputs,
        n_flags=n_role_flags(labels),
        max_order=settings.max_order,
        minimum=settings.minimum,
        heading_weight=settings.heading_weight,
        flag_weight=settings.flag_weight,
        mark_weight=settings.mark_weight,
        clause_weight=settings.clause_weight,
        syllabary=training_syllabary(codebook, gold),
    )
    documents = document_rows(sentences, gold)
    alone = np.ones(len(sentences), dtype=bool)
    alone[[row for _, rows in documents for row in rows]] = False
    estimator = MultiClassSVM(c=recipe.c, seed=recipe.seed).fit(
        features.transform(inputs, flags),
        targets,
        groups=family_numbers(sentences),
        asides=np.array([theme_kinds(s) for s in sentences]),
        # In documents roles have other shares; there the context has its say.
        calibrate_on=alone if alone.any() else None,
    )
    context = None
    if documents:
        chances = estimator.calibrate(estimator.out_of_fold_)
        scores = estimator.out_of_fold_
        context = RoleContext().fit(
            [
                (
                    Seen(
                        chances[rows],
                        scores[rows][:, len(labels) :],
                        [
                            Place(Part(s.part), s.heading or "", document.kind == "news_article")
                            for s in document.sentences
                        ],
                    ),
                    targets[rows],
                )
                for document, rows in documents
            ]
        )
    save_model(
        folder,
        {
            **features.to_arrays(),
            **estimator.to_arrays(),
            **(context.to_arrays() if context else {}),
        },
        kind=recipe.kind,
        version=recipe.version,
        labels=labels,
    )
    return RoleModel(labels, features, estimator, context)
