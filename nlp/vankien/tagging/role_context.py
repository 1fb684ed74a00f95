"""The role of a sentence in its document: its own probabilities and those around it.

A report stays with results, then with shortcomings, then with tasks (roles.yaml: the role of
the sentence before is evidence); ordinary news, which has no theme, is KHAC.  A multinomial
logistic regression weighs the logarithms of a sentence's probabilities, of its neighbours'
and of the document's mean, the scores for any theme, with title, lead, heading, place in the
document, and whether it is news; it is fitted on documents coded sentence by sentence, with
probabilities out of fold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from vankien.documents import Part
from vankien.tagging.estimators import softmax

__all__ = ["Place", "RoleContext", "Seen"]

Array = npt.NDArray[Any]

SHORTEST = 4
"""Fewer sentences than this are no context."""

FLOOR = 0.01
"""Probabilities are cut here before their logarithm is taken."""

AROUND = 3
"""Sentences on each side whose mean is seen."""

SHRINKAGE = 0.1
"""Inverse strength of the penalty (scikit-learn's C)."""


class Place(NamedTuple):
    """Part of a sentence, the heading in force ("" if none), whether its document is news."""

    part: Part
    heading: str = ""
    news: bool = False


class Seen(NamedTuple):
    """Probabilities of roles (sentences x roles), raw scores of the asides, and places."""

    alone: Array
    asides: Array
    places: Sequence[Place]


class RoleContext:
    """Fitted weights (``coef_``: views and intercept x roles)."""

    coef_: Array

    def fit(self, documents: Sequence[tuple[Seen, Array]]) -> Self:
        """Fit on documents given with the numbers of their sentences' roles."""
        from sklearn.linear_model import LogisticRegression

        views = np.vstack([self._views(seen, (0,)) for seen, _ in documents])
        mean, scale = views.mean(axis=0), np.maximum(views.std(axis=0), 1e-6)
        regression = LogisticRegression(C=SHRINKAGE, max_iter=4000)
        regression.fit((views - mean) / scale, np.concatenate([roles for _, roles in documents]))
        weights = regression.coef_ / scale
        self.coef_ = np.vstack([weights.T, regression.intercept_ - weights @ mean])
        return self

    def apply(self, seen: Seen, starts: Sequence[int] = (0,)) -> Array:
        """Return the probabilities of the sentences of documents in their context.

        ``starts`` are the rows at which the documents begin; the result of each is the same
        alone.
        """
        views = self._views(seen, starts)
        # Summed row by row, so that a result does not depend on the size of the document.
        logits = np.stack(
            [(views * weights[:-1]).sum(axis=1) + weights[-1] for weights in self.coef_.T], axis=1
        )
        return softmax(logits)

    def _views(self, seen: Seen, starts: Sequence[int]) -> Array:
        alone, asides, places = seen
        count, width = alone.shape
        first = np.array(starts)
        sizes = np.diff(np.append(first, count))
        logs = _logarithms(alone)
        mean = _logarithms(np.add.reduceat(alone, first, axis=0) / sizes[:, None])
        mean = np.repeat(mean, sizes, axis=0)
        # Before the first sentence of a document and after its last, every role is as likely.
        even = np.log(1.0 / width)
        before, after = _shifted(logs, first, 1, even), _shifted(logs, first, -1, even)
        same = [k > 0 and places[k - 1].heading == places[k].heading for k in range(count)]
        steady = np.array(same, dtype=float)
        steady[first] = 0.0
        marks = np.array(
            [[p.part is Part.TITLE, p.part is Part.LEAD, bool(p.heading), p.news] for p in places],
            dtype=float,
        )
        headed, news = marks[:, 2:3], marks[:, 3:4]
        place = np.arange(count) - np.repeat(first, sizes)
        share = (place / np.repeat(np.maximum(sizes - 1, 1), sizes))[:, None]
        themed = np.repeat(np.add.reduceat(asides, first, axis=0) / sizes[:, None], sizes, axis=0)
        return np.hstack(
            [
                logs, before * steady[:, None], after, _shifted(logs, first, 2, even), mean,
                _logarithms(_smoothed(alone, first)), marks, share, share**2,
                asides, themed, _shifted(asides, first, 1, 0.0), _shifted(asides, first, -1, 0.0),
                headed * logs, headed * before, headed * mean, news * logs, news * mean,
            ]
        )  # fmt: skip

    def to_arrays(self) -> dict[str, Array]:
        """Return what was learned as plain arrays."""
        return {"context_coef": self.coef_}

    @classmethod
    def from_arrays(cls, roles: int, asides: int, arrays: Mapping[str, Array]) -> Self:
        """Rebuild fitted weights for numbers of roles and asides.  Raises KeyError, ValueError."""
        context = cls()
        context.coef_ = arrays["context_coef"]
        if context.coef_.shape != (11 * roles + 4 * asides + 7, roles):
            raise ValueError("the context's arrays do not fit")
        return context


def _logarithms(probabilities: Array) -> Array:
    cut: Array = np.log(np.clip(probabilities, FLOOR, 1.0))
    return cut


def _shifted(rows: Array, first: Array, by: int, edge: float) -> Array:
    """Return for each row the one ``by`` places before it, ``edge`` beyond its document."""
    count = len(rows)
    origin = np.arange(count) - by
    document = np.repeat(np.arange(len(first)), np.diff(np.append(first, count)))
    inside = (origin >= 0) & (origin < count)
    inside[inside] = document[origin[inside]] == document[inside]
    shifted = np.full(rows.shape, edge)
    shifted[inside] = rows[origin[inside]]
    return shifted


def _smoothed(rows: Array, first: Array) -> Array:
    """Return for each row the mean of those at most AROUND places from it in its document."""
    total = rows.copy()
    number = np.ones(len(rows))
    inside = np.ones((len(rows), 1))
    for by in (*range(-AROUND, 0), *range(1, AROUND + 1)):
        total += _shifted(rows, first, by, 0.0)
        number += _shifted(inside, first, by, 0.0)[:, 0]
    return total / number[:, None]
