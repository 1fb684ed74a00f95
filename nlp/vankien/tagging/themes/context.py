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

LEAST = 0.02
"""Probability above which a code of a sentence is considered whatever is around it; no code
is considered for what is around where no sentence reaches it."""

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
            seen, pairs = self._views(probabilities, parts, np.zeros(1, dtype=np.int64))
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

    def apply(
        self, probabilities: Array, parts: Sequence[Part], starts: Sequence[int] = (0,)
    ) -> Array:
        """Return the probabilities of the sentences of documents in their context.

        ``starts`` are the rows at which the documents begin; the result of each is the same
        alone.
        """
        first = np.array(starts)
        sizes = np.diff(np.append(first, len(probabilities)))
        greatest = np.maximum.reduceat(probabilities.max(axis=1), first)
        used = (sizes >= SHORTEST) & (greatest >= NOTHING)
        if not used.any():
            return probabilities
        inside = np.flatnonzero(np.repeat(used, sizes))
        sizes = sizes[used]
        seen, (rows, columns) = self._views(
            probabilities[inside], [parts[n] for n in inside.tolist()], np.cumsum(sizes) - sizes
        )
        weights = self.coef_[self._kind[columns]]
        logits = (seen * weights[:, :-1]).sum(axis=1) + weights[:, -1]
        found = probabilities.copy()
        found[inside] = 0.0
        found[inside[rows], columns] = sigmoid(logits)
        return found

    def _views(
        self, alone: Array, parts: Sequence[Part], first: Array
    ) -> tuple[Array, tuple[Array, Array]]:
        """Return what is seen of the pairs of sentence and code that are considered, and them.

        The documents begin at the rows ``first``.
        """
        # A code that no sentence is likely to have, which most are, is considered nowhere.
        likely = np.flatnonzero(alone.max(axis=0) > LEAST)
        alone = alone[:, likely]
        sizes = np.diff(np.append(first, len(alone)))
        document = np.repeat(np.arange(len(first)), sizes)
        untitled = np.array([part is not Part.TITLE for part in parts], dtype=float)
        heading = np.array([part is Part.LEAD for part in parts]) | (untitled == 0.0)
        head = np.maximum.reduceat(np.where(heading[:, None], alone, 0.0), first)[document]
        best = np.stack(
            [
                -np.partition(-alone[a : a + size], (BEST - 1, BEST), axis=0)[: BEST + 1]
                for a, size in zip(first.tolist(), sizes.tolist(), strict=True)
            ]
        )
        # The best of the others: where the sentence is among the best, the next one moves up.
        top = np.where(
            alone >= best[:, BEST - 1][document],
            best.sum(axis=1)[document] - alone,
            best[:, :BEST].sum(axis=1)[document],
        )
        top /= BEST
        mean = np.add.reduceat(alone, first)[document] - alone
        mean /= (sizes[document] - 1)[:, None]
        announced = (head > 0.5) & (untitled[:, None] > 0.0)
        rows, columns = ((alone > LEAST) | (top > 0.35) | announced | (mean > 0.1)).nonzero()
        own, top, mean = alone[rows, columns], top[rows, columns], mean[rows, columns]
        last = first + sizes - 1
        before = np.where(rows > first[document[rows]], alone[rows - 1, columns], 0.0)
        following = np.minimum(rows + 1, len(alone) - 1)
        after = np.where(rows < last[document[rows]], alone[following, columns], 0.0)
        said = head[rows, columns] * untitled[rows]
        cut = np.clip(own, FLOOR, 1 - FLOOR)
        odds = np.log(cut / (1 - cut))
        views = [odds, own, before, after, said, top, mean, odds * top, odds * said, odds * mean,
                 np.maximum(before, after) * top]  # fmt: skip
        return np.stack(views, axis=-1), (rows, likely[columns])

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
