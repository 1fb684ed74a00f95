"""What the rest of the document says for a code of a sentence.

A sentence such as "Dãy ki-ốt phía Đông chưa một lần mở cửa." tells of waste only to a reader
who knows the report around it.  Two logistic regressions, one for the manifestations and one
for all other codes, weigh the probability that the sentence has alone against those of its
neighbours, of title and lead, and of the rest of the document.  They are fitted on documents
coded sentence by sentence, with probabilities out of fold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from vankien.codebook import MANIFESTATION_GROUPS
from vankien.documents import Part
from vankien.tagging.estimators import sigmoid

__all__ = ["ThemeContext"]

Array = npt.NDArray[Any]

SHORTEST = 4
"""Fewer sentences than this are no context."""

NOTHING = 0.2
"""A document whose greatest probability is below this has nothing to pass on."""

FLOOR = 0.003
"""Probabilities are cut here before their logit is taken."""

BEST = 3
"""How many of a code's best sentences stand for the document."""

N_VIEWS = 11


class ThemeContext:
    """Fitted weights; ``labels`` are the codes in the order of the probabilities' columns."""

    coef_: Array
    """Two rows, for manifestations and for other codes; N_VIEWS weights and an intercept."""

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        self._kind = np.array(
            [int(label.partition(".")[0] not in MANIFESTATION_GROUPS) for label in labels]
        )

    def fit(self, documents: Sequence[tuple[Array, Array, Sequence[Part]]]) -> Self:
        """Fit on documents given as (probabilities, targets, parts of the sentences)."""
        from sklearn.linear_model import LogisticRegression

        views, right, kinds = [], [], []
        for probabilities, targets, parts in documents:
            seen, pairs = self._views(probabilities, parts)
            views.append(seen)
            right.append(targets[pairs])
            kinds.append(self._kind[pairs[1]])
        all_views, all_right, kind = map(np.concatenate, (views, right, kinds))
        learned = []
        for number in (0, 1):
            regression = LogisticRegression(max_iter=2000)
            regression.fit(all_views[kind == number], all_right[kind == number])
            learned.append(np.append(regression.coef_[0], regression.intercept_[0]))
        self.coef_ = np.array(learned)
        return self

    def apply(self, probabilities: Array, parts: Sequence[Part]) -> Array:
        """Return the probabilities of one document's sentences in their context."""
        if len(probabilities) < SHORTEST or probabilities.max() < NOTHING:
            return probabilities
        seen, (rows, columns) = self._views(probabilities, parts)
        weights = self.coef_[self._kind[columns]]
        logits = (seen * weights[:, :-1]).sum(axis=1) + weights[:, -1]
        found = np.zeros(probabilities.shape)
        found[rows, columns] = sigmoid(logits)
        return found

    def _views(self, alone: Array, parts: Sequence[Part]) -> tuple[Array, tuple[Array, Array]]:
        """Return what is seen of the pairs of sentence and code that are considered, and them."""
        count = len(alone)
        heads = [n for n, part in enumerate(parts) if part in (Part.TITLE, Part.LEAD)]
        head = alone[heads].max(axis=0, initial=0.0)
        titles = [n for n in heads if parts[n] is Part.TITLE]
        total = alone.sum(axis=0)
        best = -np.partition(-alone, (BEST - 1, BEST), axis=0)[: BEST + 1]
        # The best of the others: where the sentence is among the best, the next one moves up.
        top = np.where(alone >= best[BEST - 1], best.sum(axis=0) - alone, best[:BEST].sum(axis=0))
        top /= BEST
        mean = (total - alone) / (count - 1)
        announced = np.broadcast_to(head > 0.5, alone.shape).copy()
        announced[titles] = False
        rows, columns = np.nonzero((alone > 0.02) | (top > 0.35) | announced | (mean > 0.1))
        own, top, mean = alone[rows, columns], top[rows, columns], mean[rows, columns]
        before = np.where(rows > 0, alone[rows - 1, columns], 0.0)
        after = np.where(rows < count - 1, alone[np.minimum(rows + 1, count - 1), columns], 0.0)
        untitled = np.ones(count)
        untitled[titles] = 0.0
        said = head[columns] * untitled[rows]
        cut = np.clip(own, FLOOR, 1 - FLOOR)
        odds = np.log(cut / (1 - cut))
        views = [odds, own, before, after, said, top, mean, odds * top, odds * said, odds * mean,
                 np.maximum(before, after) * top]  # fmt: skip
        return np.stack(views, axis=-1), (rows, columns)

    def to_arrays(self) -> dict[str, Array]:
        """Return what was learned as plain arrays."""
        return {"context_coef": self.coef_}

    @classmethod
    def from_arrays(cls, labels: Sequence[str], arrays: Mapping[str, Array]) -> Self:
        """Rebuild fitted weights.  Raises KeyError or ValueError."""
        context = cls(labels)
        context.coef_ = arrays["context_coef"]
        if context.coef_.shape != (2, N_VIEWS + 1):
            raise ValueError("the context's arrays do not fit")
        return context
