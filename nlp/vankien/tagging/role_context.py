"""The role of a sentence in its document: its own probabilities and those around it.

A report stays with results, then with shortcomings, then with tasks (roles.yaml: the role of
the sentence before is evidence).  A multinomial logistic regression weighs the logarithms of
a sentence's probabilities, of its neighbours' and of the document's mean, with title, lead
and heading; it is fitted on documents coded sentence by sentence, with probabilities out of
fold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from vankien.documents import Part
from vankien.tagging.estimators import softmax

__all__ = ["Place", "RoleContext"]

Array = npt.NDArray[Any]

Place = tuple[Part, str]
"""Part of a sentence and the heading in force ("" if none)."""

SHORTEST = 4
"""Fewer sentences than this are no context."""

FLOOR = 0.01
"""Probabilities are cut here before their logarithm is taken."""

SHRINKAGE = 0.03
"""Inverse strength of the penalty (scikit-learn's C), best of four on dev."""


class RoleContext:
    """Fitted weights (``coef_``: views and intercept x roles)."""

    coef_: Array

    def fit(self, documents: Sequence[tuple[Array, Array, Sequence[Place]]]) -> Self:
        """Fit on documents given as (probabilities, numbers of the roles, places)."""
        from sklearn.linear_model import LogisticRegression

        regression = LogisticRegression(C=SHRINKAGE, max_iter=4000)
        regression.fit(
            np.vstack([self._views(alone, places) for alone, _, places in documents]),
            np.concatenate([roles for _, roles, _ in documents]),
        )
        self.coef_ = np.vstack([regression.coef_.T, regression.intercept_[None, :]])
        return self

    def apply(
        self, probabilities: Array, places: Sequence[Place], starts: Sequence[int] = (0,)
    ) -> Array:
        """Return the probabilities of the sentences of documents in their context.

        ``starts`` are the rows at which the documents begin; the result of each is the same
        alone.
        """
        views = self._views(probabilities, places, starts)
        # Summed row by row, so that a result does not depend on the size of the document.
        logits = np.stack(
            [(views * weights[:-1]).sum(axis=1) + weights[-1] for weights in self.coef_.T], axis=1
        )
        return softmax(logits)

    def _views(self, alone: Array, places: Sequence[Place], starts: Sequence[int] = (0,)) -> Array:
        count, width = alone.shape
        logs = np.log(np.clip(alone, FLOOR, 1.0))
        first = np.array(starts)
        sizes = np.diff(np.append(first, count))
        means = np.add.reduceat(alone, first, axis=0) / sizes[:, None]
        mean = np.repeat(np.log(np.clip(means, FLOOR, 1.0)), sizes, axis=0)
        # Before the first sentence of a document and after its last, every role is as likely.
        even = np.log(1.0 / width)
        before, earlier, after = (np.full(alone.shape, even) for _ in range(3))
        before[1:], earlier[2:], after[:-1] = logs[:-1], logs[:-2], logs[1:]
        before[first] = earlier[first] = even
        second = first[sizes > 1] + 1
        earlier[second] = even
        after[first[1:] - 1] = even
        same = [k > 0 and places[k - 1][1] == places[k][1] for k in range(count)]
        steady = np.array(same, dtype=float)
        steady[first] = 0.0
        before *= steady[:, None]
        marks = [[part is Part.TITLE, part is Part.LEAD, bool(heading)] for part, heading in places]
        return np.hstack([logs, before, after, earlier, mean, np.array(marks, dtype=float)])

    def to_arrays(self) -> dict[str, Array]:
        """Return what was learned as plain arrays."""
        return {"context_coef": self.coef_}

    @classmethod
    def from_arrays(cls, roles: int, arrays: Mapping[str, Array]) -> Self:
        """Rebuild fitted weights for a number of roles.  Raises KeyError or ValueError."""
        context = cls()
        context.coef_ = arrays["context_coef"]
        if context.coef_.shape != (5 * roles + 4, roles):
            raise ValueError("the context's arrays do not fit")
        return context
