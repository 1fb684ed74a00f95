"""Themes by the trained model: probabilities, and the words that carried each prediction.

The model is :class:`~vankien.tagging.estimators.MultiLabelSVM` over n-grams, heading and the
codebook's cues, stored under ``models/themes-*``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vankien.errors import ModelError
from vankien.language.cues import Hits
from vankien.normalise import Folded
from vankien.tagging.estimators import MultiLabelSVM
from vankien.tagging.features import SentenceFeatures
from vankien.tagging.model_files import ModelFile, find_model, load_model
from vankien.tagging.ngrams import Encoded, split_syllables
from vankien.tagging.themes.flags import cue_flags, n_flags

__all__ = ["Scored", "ThemeModel", "theme_model"]

MAX_EVIDENCE = 14
"""Longest evidence in syllables; longer stretches explain nothing."""

LONG_SENTENCE = 200
"""Characters from which a sentence is scored by its segments as well: some forty syllables,
twice the usual length of a training sentence."""

SEGMENT_LENGTH = 60
"""Least characters of a segment (about twelve syllables)."""

SEGMENT_DISCOUNT = 0.85
"""Factor on a segment's probability; on dev and test it leaves F1 where it was."""

_SEGMENT_END = re.compile(r"[;:,]\s")


@dataclass(frozen=True, slots=True)
class Scored:
    """Sentences with their probabilities (sentences x labels).

    ``spans`` are their offsets in the folded text.
    """

    probabilities: npt.NDArray[Any]
    encoded: Encoded
    spans: list[tuple[int, int]]


def split_segments(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the segments of a stretch between commas, colons and semicolons.

    Segments shorter than SEGMENT_LENGTH go with the one before; a stretch that has but one
    gives none.
    """
    segments: list[tuple[int, int]] = []
    begin = start
    for match in _SEGMENT_END.finditer(folded, start, end):
        if match.end() - begin >= SEGMENT_LENGTH:
            segments.append((begin, match.start()))
            begin = match.end()
    if not segments:
        return []
    if end - begin >= SEGMENT_LENGTH:
        segments.append((begin, end))
    else:
        segments[-1] = (segments[-1][0], end)
    return segments if len(segments) > 1 else []


class ThemeModel:
    """A fitted model with its labels and thresholds."""

    def __init__(
        self,
        labels: Sequence[str],
        thresholds: Sequence[float],
        features: SentenceFeatures,
        estimator: MultiLabelSVM,
    ) -> None:
        self.labels = tuple(labels)
        self.thresholds = np.array(thresholds, dtype=np.float32)
        self.features = features
        self.estimator = estimator

    @classmethod
    def from_file(cls, model: ModelFile) -> ThemeModel:
        """Rebuild a model from its arrays.  Raises ModelError (V501) where they do not fit."""
        try:
            built = cls(
                model.info.labels,
                model.info.thresholds,
                SentenceFeatures.from_arrays(model.arrays),
                MultiLabelSVM.from_arrays(model.arrays),
            )
        except (KeyError, ValueError) as error:
            raise ModelError("V501", model.info.name, detail=str(error)) from error
        shape = (built.features.n_features, len(built.labels))
        if (
            built.estimator.coef_.shape != shape
            or built.features.n_flags != n_flags(built.labels)
            or len(built.thresholds) != len(built.labels)
        ):
            raise ModelError("V501", model.info.name, detail="its arrays do not fit together")
        return built

    def score(
        self,
        folded: Folded,
        spans: Sequence[tuple[int, int]],
        headings: Sequence[str],
        hits: Hits,
        *,
        encoded: Encoded | None = None,
    ) -> Scored:
        """Score sentences of one text; ``spans`` are their offsets in the text.

        ``encoded`` saves encoding them again with this model's syllabary.
        """
        places = [folded.map.from_source_span(a, b) for a, b in spans]
        if encoded is None:
            encoded = self.features.syllabary.encode_spans(folded.text, places)
        flags = cue_flags(self.labels, [(hits, a, b) for a, b in spans])
        scores = self.features.scores(encoded, headings, flags, self.estimator.coef_)
        scores += self.estimator.intercept_
        probabilities = self.estimator.calibrate(scores)
        self._score_segments(folded, places, headings, hits, probabilities)
        return Scored(probabilities, encoded, places)

    def _score_segments(
        self,
        folded: Folded,
        places: list[tuple[int, int]],
        headings: Sequence[str],
        hits: Hits,
        probabilities: npt.NDArray[Any],
    ) -> None:
        """Raise the probabilities of long sentences to those of their best segment.

        A sentence of a report may list five things, one of them a fault; beside the whole,
        its segments are scored as sentences of their own, at a discount.
        """
        owners: list[int] = []
        segments: list[tuple[int, int]] = []
        for number, (start, end) in enumerate(places):
            if end - start >= LONG_SENTENCE:
                found = split_segments(folded.text, start, end)
                segments.extend(found)
                owners.extend([number] * len(found))
        if not segments:
            return
        encoded = self.features.syllabary.encode_spans(folded.text, segments)
        flags = cue_flags(self.labels, [(hits, *folded.map.span(a, b)) for a, b in segments])
        scores = self.features.scores(
            encoded, [headings[n] for n in owners], flags, self.estimator.coef_
        )
        scores += self.estimator.intercept_
        found_ = self.estimator.calibrate(scores) * SEGMENT_DISCOUNT
        np.maximum.at(probabilities, owners, found_.astype(probabilities.dtype))

    def evidence(
        self, scored: Scored, sentence: int, label: int, folded: Folded
    ) -> tuple[int, int] | None:
        """Return the span of the text whose n-grams spoke most for a label, or None.

        Each n-gram's contribution is shared among its syllables; the evidence is the run of
        at most MAX_EVIDENCE syllables with the greatest sum.
        """
        part = scored.encoded.sentence(sentence)
        begin, end = scored.spans[sentence]
        # The mark at the beginning is no word of the text.
        places = [(begin, begin)] + [
            (start + begin, stop + begin)
            for _, start, stop in split_syllables(folded.text[begin:end])
        ]
        columns, firsts, orders = self.features.text.space.locate(part)
        idf = self.features.text.idf[columns]
        gained = self.estimator.coef_[columns, label] * idf / orders
        gains = np.zeros(len(places))
        for first, order, gain in zip(
            firsts.tolist(), orders.tolist(), gained.tolist(), strict=True
        ):
            gains[first : first + order] += gain
        best, span = 0.0, None
        for first in range(1, len(gains)):
            sums = np.cumsum(gains[first : first + MAX_EVIDENCE])
            last = int(sums.argmax())
            if sums[last] > best + 1e-9:
                best, span = float(sums[last]), (first, first + last)
        if span is None:
            return None
        return folded.map.span(places[span[0]][0], places[span[1]][1])


@cache
def theme_model(folder: Path | None = None) -> ThemeModel:
    """Return the theme model that comes with vankien, loaded once a process.

    Raises ModelError (V501) where it is missing or damaged.
    """
    return ThemeModel.from_file(load_model(folder or find_model("themes"), kind="themes"))
