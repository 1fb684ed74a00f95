"""The role of a sentence: result, limitation, cause, task, background, other.

One estimator (:class:`~vankien.tagging.estimators.MultiClassSVM`) over the sentence's
n-grams (its opening words among them), the heading in force, and the codebook's rules as
flags (:mod:`~vankien.tagging.role_rules`); ``role_score`` is its calibrated probability.
Captions are always "other": they say what a picture shows (codebook, KHAC).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vankien.documents import Part, Sentence
from vankien.errors import ModelError
from vankien.tagging.content import Content, bounds_of, encode_contents, heading_of
from vankien.tagging.estimators import MultiClassSVM
from vankien.tagging.features import SentenceFeatures
from vankien.tagging.model_files import ModelFile, find_model, load_model
from vankien.tagging.role_context import SHORTEST, Place, RoleContext, Seen
from vankien.tagging.role_rules import n_role_flags, role_flags
from vankien.tagging.syllabary import Encoded

__all__ = ["NO_ROLE", "RoleModel", "SentenceRole", "role_model", "tag_roles"]

OTHER = "KHAC"

BEFORE_WEIGHT, AFTER_WEIGHT = 0.4, 0.15
"""How much the sentence before and the sentence after count beside the sentence itself, set
on the reference documents; the document's context, where there is one, has half the say."""


@dataclass(frozen=True, slots=True)
class SentenceRole:
    """The role code of a sentence and its calibrated probability."""

    role: str
    score: float


_NONE = np.zeros(0, dtype=np.int64)

NO_ROLE = SentenceRole(OTHER, 1.0)
"""The role of captions, and of what is no content."""


class RoleModel:
    """A fitted model with its labels."""

    def __init__(
        self,
        labels: Sequence[str],
        features: SentenceFeatures,
        estimator: MultiClassSVM,
        context: RoleContext | None = None,
    ) -> None:
        self.labels = tuple(labels)
        self.features = features
        self.estimator = estimator
        self.context = context

    @classmethod
    def from_file(cls, model: ModelFile) -> RoleModel:
        """Rebuild a model from its arrays.  Raises ModelError (V501) where they do not fit."""
        try:
            built = cls(
                model.info.labels,
                SentenceFeatures.from_arrays(model.arrays),
                MultiClassSVM.from_arrays(model.arrays),
                RoleContext.from_arrays(
                    len(model.info.labels),
                    len(model.arrays["intercept"]) - len(model.info.labels),
                    model.arrays,
                )
                if "context_coef" in model.arrays
                else None,
            )
        except (KeyError, ValueError) as error:
            raise ModelError("V501", model.info.name, detail=str(error)) from error
        # A row a score (classes and asides) and one of intercepts; a column a class.
        scores, classes = built.estimator.calibration_.shape
        shape = (built.features.n_features, scores - 1)
        if (
            built.estimator.coef_.shape != shape
            or classes != len(built.labels)
            or built.features.n_flags != n_role_flags(built.labels)
        ):
            raise ModelError("V501", model.info.name, detail="its arrays do not fit together")
        return built


@cache
def role_model(folder: Path | None = None) -> RoleModel:
    """Return the role model that comes with vankien, loaded once a process.

    Raises ModelError (V501) where it is missing or damaged.
    """
    return RoleModel.from_file(load_model(folder or find_model("roles"), kind="roles"))


def tag_roles(
    contents: Sequence[Content], *, model: RoleModel | None = None, encoded: Encoded | None = None
) -> list[list[SentenceRole]]:
    """Return one role for every sentence of each text; those of a text are the same alone.

    ``encoded`` holds the sentences of all, in the model's syllabary, where they are encoded
    already.
    """
    model = model or role_model()
    if encoded is None:
        encoded = encode_contents(model.features.syllabary, contents)
    flags = role_flags(
        model.labels,
        (
            (c.text, c.hits, s.start, s.end, s.section, s.part is Part.TITLE)
            for c in contents
            for s in c.sentences
        ),
    )
    headings = [heading for content in contents for heading in content.headings]
    scores = model.features.scores(encoded, headings, flags, model.estimator.coef_)
    scores += model.estimator.intercept_
    probabilities = model.estimator.calibrate(scores)
    mixed = _in_context(probabilities, contents)
    if model.context is not None:
        long = [content for content in contents if len(content.sentences) >= SHORTEST]
        rows = np.concatenate(
            [np.arange(a, b) for a, b in bounds_of(contents) if b - a >= SHORTEST] or [_NONE]
        )
        if len(rows):
            asides = scores[rows][:, len(model.labels) :]
            places = [Place(s.part, heading_of(s), c.news) for c in long for s in c.sentences]
            starts = [first for first, _ in bounds_of(long)]
            # The mean of both is as right on dev and swings less than the context alone.
            mixed[rows] += model.context.apply(Seen(probabilities[rows], asides, places), starts)
            mixed[rows] /= 2
    probabilities = mixed
    best = probabilities.argmax(axis=1)
    chances = probabilities[np.arange(len(best)), best]
    found = [
        SentenceRole(model.labels[label], round(chance, 4))
        for label, chance in zip(best.tolist(), chances.tolist(), strict=True)
    ]
    return [
        [
            NO_ROLE if sentence.part is Part.CAPTION else role
            for sentence, role in zip(content.sentences, found[first:end], strict=True)
        ]
        for content, (first, end) in zip(contents, bounds_of(contents), strict=True)
    ]


def _in_context(probabilities: npt.NDArray[Any], contents: Sequence[Content]) -> npt.NDArray[Any]:
    """Mix each sentence's probabilities with those of its neighbours in the section.

    A report stays with results, then with shortcomings, then with tasks (roles.yaml: the
    role of the sentence before is evidence).  Captions and titles are nobody's neighbours.
    """
    near: list[int] = []
    number = 0
    for content in contents:
        before: Sentence | None = None
        for sentence in content.sentences:
            if sentence.part is not Part.BODY and sentence.part is not Part.LEAD:
                before = None
            else:
                if before is not None and before.section == sentence.section:
                    near.append(number)
                before = sentence
            number += 1
    mixed = probabilities.copy()
    places = np.array(near, dtype=np.int64)
    mixed[places] += BEFORE_WEIGHT * probabilities[places - 1]
    mixed[places - 1] += AFTER_WEIGHT * probabilities[places]
    whole: npt.NDArray[Any] = mixed / mixed.sum(axis=1, keepdims=True)
    return whole
