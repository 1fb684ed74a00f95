"""Linear estimators with calibrated probabilities, stored as plain arrays.

Both follow scikit-learn's conventions (fit, decision_function, predict_proba, predict):

* :class:`MultiLabelSVM`: one linear support vector machine a label, whose scores become
  probabilities by Platt's sigmoid, fitted on scores out of fold (Platt 1999, Probabilistic
  outputs for support vector machines; folds keep families together).
* :class:`MultiClassSVM`: one against the rest, whose scores become probabilities by a
  multinomial logistic regression on scores out of fold.

scikit-learn itself is imported where something is fitted: a worker that only predicts would
wait for it, and for pandas and all of scipy behind it, longer than for everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["NEVER_SCORED", "MultiClassSVM", "MultiLabelSVM", "sigmoid", "softmax"]

Array = npt.NDArray[Any]

FOLDS = 5

NEVER_SCORED = -1
"""Group of rows that train every fold and calibrate nothing (phrases of the lexicon)."""

CALIBRATION_C = 1e3
"""Next to no shrinkage: the sigmoid has two parameters and thousands of scores."""


MOST_LOGIT = 80.0
"""Logits beyond this are cut, so that no exponential overflows in single precision."""


def sigmoid(logits: Array) -> Array:
    """Return 1 / (1 + exp(-x)); scipy.special's, without its import of 0.2 s."""
    probabilities: Array = 1.0 / (1.0 + np.exp(-np.clip(logits, -MOST_LOGIT, MOST_LOGIT)))
    return probabilities


def softmax(logits: Array) -> Array:
    """Return exp(x) / sum(exp(x)) of each row."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: Array = powers / powers.sum(axis=1, keepdims=True)
    return probabilities


def _fit_one(
    features: sparse.csr_matrix, target: Array, weight: Array, c: float, seed: int
) -> tuple[Array, float]:
    from sklearn.svm import LinearSVC

    machine = LinearSVC(C=c, random_state=seed, max_iter=4000)
    machine.fit(features, target, sample_weight=weight)
    return machine.coef_[0].astype(np.float64), float(machine.intercept_[0])


class _LinearSVM:
    """One weight vector and intercept a column of the target, and scores out of fold."""

    coef_: Array
    intercept_: Array
    calibration_: Array

    def __init__(self, c: float = 1.0, seed: int = 0) -> None:
        self.c = c
        self.seed = seed

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002 - the convention
        """Return the parameters by name (``sklearn.base.clone`` asks for them)."""
        return {"c": self.c, "seed": self.seed}

    def set_params(self, **params: Any) -> Self:
        """Set parameters by name.  Raises ValueError for a name that is none."""
        for name, value in params.items():
            if name not in ("c", "seed"):
                raise ValueError(f"{name!r} is no parameter of {type(self).__name__}")
            setattr(self, name, value)
        return self

    def _machines(
        self, features: sparse.csr_matrix, targets: Array, weight: Array
    ) -> tuple[Array, Array]:
        coefficients = np.zeros((features.shape[1], targets.shape[1]), dtype=np.float32)
        intercepts = np.full(targets.shape[1], -1.0, dtype=np.float32)
        for column in range(targets.shape[1]):
            target = targets[:, column]
            if target.any():
                found, intercept = _fit_one(features, target, weight, self.c, self.seed)
                coefficients[:, column], intercepts[column] = found, intercept
        return coefficients, intercepts

    def _out_of_fold(
        self, features: sparse.csr_matrix, targets: Array, weight: Array, groups: Array
    ) -> tuple[Array, Array]:
        """Return scores of machines that never saw the row, and which rows have some.

        Rows of the group NEVER_SCORED train every fold.
        """
        from sklearn.model_selection import GroupKFold

        scored = np.flatnonzero(groups != NEVER_SCORED)
        always = np.flatnonzero(groups == NEVER_SCORED)
        scores = np.zeros(targets.shape, dtype=np.float64)
        for train, test in GroupKFold(FOLDS).split(scored, groups=groups[scored]):
            rows = np.concatenate([scored[train], always])
            weights, intercepts = self._machines(features[rows], targets[rows], weight[rows])
            scores[scored[test]] = features[scored[test]] @ weights + intercepts
        return scores, scored

    def decision_function(self, features: sparse.csr_matrix) -> Array:
        """Return the raw scores: rows x labels."""
        scores: Array = features @ self.coef_ + self.intercept_
        return scores

    def to_arrays(self) -> dict[str, Array]:
        """Return what was learned as plain arrays; weights are stored in half precision."""
        return {
            "coef": self.coef_.astype(np.float16),
            "intercept": self.intercept_,
            "calibration": self.calibration_,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Self:
        """Rebuild a fitted estimator from :meth:`to_arrays`."""
        estimator = cls()
        estimator.coef_ = arrays["coef"].astype(np.float32)
        estimator.intercept_ = arrays["intercept"]
        estimator.calibration_ = arrays["calibration"]
        return estimator


class MultiLabelSVM(_LinearSVM):
    """Several labels may hold; each has its own machine and its own sigmoid."""

    def fit(
        self,
        features: sparse.csr_matrix,
        targets: Array,
        *,
        groups: Array,
        sample_weight: Array | None = None,
    ) -> Self:
        """Fit machines and sigmoids; ``targets`` is rows x labels (bool).

        ``groups`` keeps near-copies in one fold.
        """
        from sklearn.linear_model import LogisticRegression

        weight = np.ones(len(targets)) if sample_weight is None else sample_weight
        scores, scored = self._out_of_fold(features, targets, weight, groups)
        self.coef_, self.intercept_ = self._machines(features, targets, weight)
        self.out_of_fold_ = scores[scored]
        sigmoids = []
        for column in range(targets.shape[1]):
            known = targets[scored, column]
            if known.any():
                sigmoid = LogisticRegression(C=CALIBRATION_C)
                sigmoid.fit(scores[scored, column][:, None], known)
                sigmoids.append((float(sigmoid.coef_[0, 0]), float(sigmoid.intercept_[0])))
            else:
                sigmoids.append((1.0, -10.0))
        self.calibration_ = np.array(sigmoids, dtype=np.float32)
        return self

    def predict_proba(self, features: sparse.csr_matrix) -> Array:
        """Return calibrated probabilities: rows x labels."""
        return self.calibrate(self.decision_function(features))

    def calibrate(self, scores: Array) -> Array:
        """Return the probabilities of raw scores."""
        slope, offset = self.calibration_.T
        return sigmoid(scores * slope + offset)

    def predict(self, features: sparse.csr_matrix) -> Array:
        """Return the labels with a probability of one half at least (bool)."""
        labels: Array = self.predict_proba(features) >= 0.5
        return labels


class MultiClassSVM(_LinearSVM):
    """Exactly one class holds; the target is the number of the class.

    ``coef_`` has a column a class, then one for each of the ``asides``: other things that
    are known of the training rows, whose scores help to choose the class.
    """

    def fit(
        self,
        features: sparse.csr_matrix,
        targets: Array,
        *,
        groups: Array,
        sample_weight: Array | None = None,
        asides: Array | None = None,
        calibrate_on: Array | None = None,
    ) -> Self:
        """Fit machines and the softmax; ``targets`` are class numbers from 0.

        ``asides`` are rows x asides (bool); ``calibrate_on`` says on which rows the softmax
        is fitted, where the classes are not as frequent as elsewhere.
        """
        from sklearn.linear_model import LogisticRegression

        weight = np.ones(len(targets)) if sample_weight is None else sample_weight
        columns = np.eye(int(targets.max()) + 1, dtype=bool)[targets]
        if asides is not None:
            columns = np.hstack([columns, asides])
        scores, scored = self._out_of_fold(features, columns, weight, groups)
        self.coef_, self.intercept_ = self._machines(features, columns, weight)
        used = scored if calibrate_on is None else scored[calibrate_on[scored]]
        softmax_model = LogisticRegression(C=CALIBRATION_C, max_iter=1000)
        softmax_model.fit(scores[used], targets[used])
        self.out_of_fold_ = scores[scored]
        self.calibration_ = np.vstack(
            [softmax_model.coef_.T, softmax_model.intercept_[None, :]]
        ).astype(np.float32)
        return self

    def predict_proba(self, features: sparse.csr_matrix) -> Array:
        """Return calibrated probabilities: rows x classes, each row sums to one."""
        return self.calibrate(self.decision_function(features))

    def calibrate(self, scores: Array) -> Array:
        """Return the probabilities of raw scores."""
        # Class by class, not as one product, whose rounding depends on the number of rows.
        mixed = np.zeros((len(scores), self.calibration_.shape[1]), dtype=scores.dtype)
        for column, weights in enumerate(self.calibration_[:-1]):
            mixed += scores[:, column, None] * weights
        mixed += self.calibration_[-1]
        return softmax(mixed)

    def predict(self, features: sparse.csr_matrix) -> Array:
        """Return the most probable class of each row."""
        classes: Array = self.predict_proba(features).argmax(axis=1)
        return classes
