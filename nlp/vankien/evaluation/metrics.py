"""Precision, recall, F1 and bootstrap intervals over passages.

Counts are kept per passage (the unit that is drawn), so that an interval reflects how
figures cluster in passages.  Intervals are percentiles of resampled passages (Efron &
Tibshirani 1993, An Introduction to the Bootstrap, ch. 13).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Count", "Score", "score"]

_Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Count:
    """True positives, false positives and false negatives of one passage."""

    tp: int = 0
    fp: int = 0
    fn: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """A figure of merit with its sample size; ``low`` and ``high`` bound F1 at 95 %.

    ``n`` is the number of gold items.  For accuracies precision, recall and F1 coincide.
    """

    family: str
    name: str
    n: int
    precision: float
    recall: float
    f1: float
    low: float
    high: float


def _f1(tp: _Array, fp: _Array, fn: _Array) -> _Array:
    denominator = 2 * tp + fp + fn
    result: _Array = np.where(denominator > 0, 2 * tp / np.maximum(denominator, 1), 1.0)
    return result


def score(
    family: str, name: str, counts: Sequence[Count], *, resamples: int, seed: int = 20161030
) -> Score:
    """Sum the counts of passages and bootstrap the F1 over passages."""
    table = np.array([[c.tp, c.fp, c.fn] for c in counts], dtype=float).reshape(-1, 3)
    tp, fp, fn = table.sum(axis=0) if len(table) else (0.0, 0.0, 0.0)
    precision = tp / (tp + fp) if tp + fp else 1.0
    recall = tp / (tp + fn) if tp + fn else 1.0
    f1 = 2 * tp / (2 * tp + fp + fn) if 2 * tp + fp + fn else 1.0
    low = high = f1
    if len(table) > 1:
        generator = np.random.default_rng(seed)
        drawn = generator.integers(0, len(table), size=(resamples, len(table)))
        sums = table[drawn].sum(axis=1)
        values = _f1(sums[:, 0], sums[:, 1], sums[:, 2])
        low, high = (float(v) for v in np.percentile(values, [2.5, 97.5]))
    return Score(family, name, int(tp + fn), float(precision), float(recall), float(f1), low, high)
