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
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vankien.documents import CONTENT_PARTS, Part, Sentence
from vankien.errors import ModelError
from vankien.language.cues import Hits
from vankien.normalise import Folded
from vankien.tagging.estimators import MultiClassSVM
from vankien.tagging.features import SentenceFeatures
from vankien.tagging.model_files import ModelFile, find_model, load_model
from vankien.tagging.ngrams import Encoded
from vankien.tagging.role_rules import n_role_flags, role_flags

__all__ = ["RoleModel", "SentenceRole", "role_model", "tag_roles"]

OTHER = "KHAC"

BEFORE_WEIGHT, AFTER_WEIGHT = 0.7, 0.3
"""How much the sentence before and the sentence after count beside the sentence itself, set
on the reference documents."""


@dataclass(frozen=True, slots=True)
class SentenceRole:
    """The role code of a sentence and its calibrated probability."""

    role: str
    score: float


class RoleModel:
    """A fitted model with its labels."""

    def __init__(
        self, labels: Sequence[str], features: SentenceFeatures, estimator: MultiClassSVM
    ) -> None:
        self.labels = tuple(labels)
        self.features = features
        self.estimator = estimator

    @classmethod
    def from_file(cls, model: ModelFile) -> RoleModel:
        """Rebuild a model from its arrays.  Raises ModelError (V501) where they do not fit."""
        try:
            built = cls(
                model.info.labels,
                SentenceFeatures.from_arrays(model.arrays),
                MultiClassSVM.from_arrays(model.arrays),
            )
        except (KeyError, ValueError) as error:
            raise ModelError("V501", model.info.name, detail=str(error)) from error
        shape = (built.features.n_features, len(built.labels))
        if built.estimator.coef_.shape != shape or built.features.n_flags != n_role_flags(
            built.labels
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
    text: str,
    folded: Folded,
    hits: Hits,
    sentences: Sequence[Sentence],
    *,
    model: RoleModel | None = None,
    encoded: Encoded | None = None,
) -> list[SentenceRole]:
    """Return one role for every sentence of a text; ``folded`` and ``hits`` are the text's.

    ``encoded`` saves encoding the sentences of content parts again (model's syllabary).
    """
    result = [SentenceRole(OTHER, 1.0)] * len(sentences)
    asked = [n for n, s in enumerate(sentences) if s.part in CONTENT_PARTS]
    if not asked:
        return result
    model = model or role_model()
    chosen = [sentences[n] for n in asked]
    if encoded is None:
        encoded = model.features.syllabary.encode_spans(
            folded.text, [folded.map.from_source_span(s.start, s.end) for s in chosen]
        )
    flags = role_flags(
        model.labels,
        [(text, hits, s.start, s.end, s.section, s.part is Part.TITLE) for s in chosen],
    )
    headings = [s.section[-1] if s.section else "" for s in chosen]
    scores = model.features.scores(encoded, headings, flags, model.estimator.coef_)
    probabilities = model.estimator.calibrate(scores + model.estimator.intercept_)
    probabilities = _in_context(probabilities, chosen)
    best = probabilities.argmax(axis=1)
    for n, label, row in zip(asked, best.tolist(), probabilities, strict=True):
        if sentences[n].part is not Part.CAPTION:
            result[n] = SentenceRole(model.labels[label], round(float(row[label]), 4))
    return result


def _in_context(probabilities: npt.NDArray[Any], sentences: Sequence[Sentence]) -> npt.NDArray[Any]:
    """Mix each sentence's probabilities with those of its neighbours in the section.

    A report stays with results, then with shortcomings, then with tasks (roles.yaml: the
    role of the sentence before is evidence).  Captions and titles are nobody's neighbours.
    """
    body = np.array([s.part in (Part.BODY, Part.LEAD) for s in sentences])
    near = np.zeros(len(sentences), dtype=bool)
    near[1:] = body[1:] & body[:-1]
    near[1:] &= np.array(
        [a.section == b.section for a, b in pairwise(sentences)], dtype=bool
    ).reshape(-1)
    mixed = probabilities.copy()
    places = np.flatnonzero(near)
    mixed[places] += BEFORE_WEIGHT * probabilities[places - 1]
    mixed[places - 1] += AFTER_WEIGHT * probabilities[places]
    whole: npt.NDArray[Any] = mixed / mixed.sum(axis=1, keepdims=True)
    return whole
