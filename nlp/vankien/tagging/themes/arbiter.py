"""Which of the candidate codes of a sentence hold: a second look at all scores at once.

The machines of :mod:`~vankien.tagging.estimators` score one code each and know nothing of
one another.  The arbiter is one logistic regression, common to all codes, over pairs of
sentence and code: it sees the code's own score beside the best of the others, that of its
group and of its siblings, whether the sentence speaks of any code at all, and whether it
names an office, the Party or a negation.  It learns, for instance, that a score for greed
counts for little in a sentence without an official, and that of two siblings with middling
scores the better one usually holds (stacking: Wolpert 1992, Stacked generalization).  It is
fitted on scores out of fold, so that its probabilities are calibrated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from vankien.tagging.estimators import sigmoid

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["Arbiter", "Circumstances", "joined"]

Array = npt.NDArray[Any]

CANDIDATE = -0.9
"""Least score with which a code is considered; 98 of 100 codes of dev reach it, and of an
ordinary sentence next to none."""

ABSENT = -3.0
"""Score of a group or a sibling that does not exist."""

SHRINKAGE = 0.3
"""Inverse strength of the penalty (scikit-learn's C), level from 0.1 to 1 on dev."""

N_VIEWS = 13
"""What the arbiter sees of a pair, before products of two."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else is known of each sentence: arrays of one row a sentence.

    ``named`` says whether it names a public office, the Party, a negation (three columns);
    ``length`` counts its syllables; ``headed`` says whether a heading is in force.
    """

    named: Array
    length: Array
    headed: Array

    def rows(self, numbers: Sequence[int] | Array) -> Circumstances:
        """Return the circumstances of some of the sentences."""
        return Circumstances(self.named[numbers], self.length[numbers], self.headed[numbers])


def joined(parts: Sequence[Circumstances]) -> Circumstances:
    """Return the circumstances of several groups of sentences, one after the other."""
    return Circumstances(
        np.concatenate([part.named for part in parts]),
        np.concatenate([part.length for part in parts]),
        np.concatenate([part.headed for part in parts]),
    )


class Arbiter:
    """A fitted arbiter; ``labels`` are the codes in the order of the scores' columns.

    The scores have one column more than there are labels: whether any code holds.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        heads = [label.partition(".")[0] for label in labels]
        place = {label: n for n, label in enumerate(labels)}
        self._group = np.array(
            [
                place.get(head, -1) if head != label else -1
                for head, label in zip(heads, labels, strict=True)
            ]
        )
        self._families = [
            columns
            for head in dict.fromkeys(heads)
            if len(columns := np.flatnonzero(np.array(heads) == head)) > 1
        ]

    def candidates(self, scores: Array) -> tuple[Array, Array]:
        """Return rows and columns of the codes to be considered."""
        rows, columns = np.nonzero(scores[:, : len(self.labels)] > CANDIDATE)
        return rows, columns

    def fit(
        self,
        scores: Array,
        targets: Array,
        flags: sparse.csr_matrix,
        circumstances: Circumstances,
    ) -> Self:
        """Fit on scores out of fold; ``targets`` is rows x labels (bool)."""
        from sklearn.linear_model import LogisticRegression

        rows, columns = self.candidates(scores)
        right = targets[rows, columns]
        views = self._views(scores, rows, columns, flags, circumstances)
        self.mean_ = views.mean(axis=0)
        self.scale_ = np.maximum(views.std(axis=0), 1e-6)
        regression = LogisticRegression(C=SHRINKAGE, max_iter=1000)
        regression.fit(self._features(views, columns), right)
        self.coef_ = regression.coef_[0].astype(np.float64)
        self.intercept_ = float(regression.intercept_[0])
        return self

    def predict_proba(
        self, scores: Array, flags: sparse.csr_matrix, circumstances: Circumstances
    ) -> Array:
        """Return calibrated probabilities (rows x labels); those of no candidate are 0."""
        probabilities = np.zeros((len(scores), len(self.labels)))
        rows, columns = self.candidates(scores)
        if len(rows):
            views = self._views(scores, rows, columns, flags, circumstances)
            # Row by row, so that a sentence's probability does not depend on its company.
            features = self._features(views, columns)
            logits = (features * self.coef_).sum(axis=1) + self.intercept_
            probabilities[rows, columns] = sigmoid(logits)
        return probabilities

    def _views(
        self,
        scores: Array,
        rows: Array,
        columns: Array,
        flags: sparse.csr_matrix,
        circumstances: Circumstances,
    ) -> Array:
        """Return what is seen of each candidate: candidates x N_VIEWS."""
        used, inverse = np.unique(rows, return_inverse=True)
        known = scores[used].astype(np.float64)
        codes = known[:, : len(self.labels)]
        cued = np.asarray(flags[used].todense())
        own = codes[inverse, columns]
        group = np.where(self._group[columns] >= 0, codes[inverse, self._group[columns]], ABSENT)
        views = np.stack(
            [
                own,
                self._best_other(codes, np.arange(codes.shape[1]))[inverse, columns],
                group,
                self._best_sibling(codes)[inverse, columns],
                known[inverse, len(self.labels)],
                *circumstances.named[rows].T,
                np.log(np.maximum(circumstances.length[rows], 1.0)),
                circumstances.headed[rows],
                cued[inverse, 2 * columns],
                cued[inverse, 2 * columns + 1],
                cued[:, :-1].max(axis=1)[inverse],
            ],
            axis=1,
        )
        return views.astype(np.float64)

    def _best_other(self, codes: Array, columns: Array) -> Array:
        """Return, for each of ``columns``, the best score of the others."""
        part = codes[:, columns]
        order = np.sort(part, axis=1)
        first, second = order[:, -1:], order[:, -2:-1]
        return np.where(part >= first, second, first)

    def _best_sibling(self, codes: Array) -> Array:
        best = np.full(codes.shape, ABSENT)
        for columns in self._families:
            best[:, columns] = self._best_other(codes, columns)
        return best

    def _features(self, views: Array, columns: Array) -> Array:
        """Return views, their products of two, the code, and the code times its score."""
        scaled = (views - self.mean_) / self.scale_
        code = np.eye(len(self.labels))[columns]
        products = [scaled[:, [n]] * scaled[:, n:] for n in range(N_VIEWS)]
        return np.hstack([scaled, *products, code, code * scaled[:, :1]])

    def to_arrays(self) -> dict[str, Array]:
        """Return what was learned as plain arrays."""
        return {
            "arbiter_scaling": np.stack([self.mean_, self.scale_]),
            "arbiter_coef": np.append(self.coef_, self.intercept_),
        }

    @classmethod
    def from_arrays(cls, labels: Sequence[str], arrays: Mapping[str, Array]) -> Self:
        """Rebuild a fitted arbiter.  Raises KeyError or ValueError."""
        arbiter = cls(labels)
        scaling, learned = arrays["arbiter_scaling"], arrays["arbiter_coef"]
        size = N_VIEWS + N_VIEWS * (N_VIEWS + 1) // 2 + 2 * len(labels) + 1
        if scaling.shape != (2, N_VIEWS) or learned.shape != (size,):
            raise ValueError("the arbiter's arrays do not fit the labels")
        arbiter.mean_, arbiter.scale_ = scaling
        arbiter.coef_, arbiter.intercept_ = learned[:-1], float(learned[-1])
        return arbiter
