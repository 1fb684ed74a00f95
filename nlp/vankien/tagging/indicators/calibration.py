"""From raw scores to probabilities: ``record.score``.

A table of bins, fitted on the development gold (``corpus/codebook/calibration.yaml``, which
says how), gives for a raw score the share of records with such a score whose code, value
and measure were right.  It is monotone and interpolated between bins.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from functools import cache

from vankien.codebook import load_yaml
from vankien.resources import codebook_dir
from vankien.tagging.indicators.figure import Figure

__all__ = ["calibrated", "probability"]


@cache
def _bins() -> tuple[tuple[float, ...], tuple[float, ...]]:
    bins = load_yaml(codebook_dir() / "calibration.yaml")["bins"]
    return tuple(float(b["raw"]) for b in bins), tuple(float(b["right"]) for b in bins)


def probability(raw: float) -> float:
    """Return the calibrated probability of a raw score."""
    scores, right = _bins()
    place = bisect_right(scores, raw)
    if place == 0:
        return right[0]
    if place == len(scores):
        return right[-1]
    low, high = scores[place - 1], scores[place]
    share = (raw - low) / (high - low)
    return round(right[place - 1] + share * (right[place] - right[place - 1]), 4)


def calibrated(figure: Figure) -> Figure:
    """Return the figure with its score as a probability."""
    if figure.indicator is None:
        return figure
    return replace(figure, score=probability(figure.score))
