"""Themes by the trained model: probabilities, and the words that carried each prediction.

The model is :class:`~vankien.tagging.estimators.MultiLabelSVM` over n-grams, heading and the
codebook's cues, with an :class:`~vankien.tagging.themes.arbiter.Arbiter` over all its scores
(a model of few sentences has none) and a
:class:`~vankien.tagging.themes.context.ThemeContext`, stored under ``models/themes-*``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vankien.errors import ModelError
from vankien.language.cues import Hits
from vankien.tagging.characters import Stretch
from vankien.tagging.content import Content, bounds_of, encode_contents
from vankien.tagging.estimators import MultiLabelSVM
from vankien.tagging.features import SentenceFeatures
from vankien.tagging.marks import marks_of
from vankien.tagging.model_files import ModelFile, find_model, load_model
from vankien.tagging.ngrams import Located
from vankien.tagging.syllabary import Encoded, split_syllables
from vankien.tagging.themes.arbiter import Arbiter
from vankien.tagging.themes.context import ThemeContext
from vankien.tagging.themes.flags import circumstances_of, cue_flags, n_flags

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

N_ASIDES = 2
"""Columns of the machines after those of the labels: whether any code holds, and whether what
the sentence names is said to be absent."""

_SEGMENT_END = re.compile(r"[;:,]\s")


@dataclass(frozen=True, slots=True)
class Scored:
    """The sentences of one text with their probabilities (sentences x labels).

    ``absent`` is the probability of each sentence that it says what it names is not there.
    ``encoded`` and ``located``, its n-grams, may hold the sentences of other texts too; those
    of this one begin at its sentence ``first``.
    """

    probabilities: npt.NDArray[Any]
    absent: npt.NDArray[Any]
    encoded: Encoded
    located: Located
    first: int


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
        arbiter: Arbiter | None,
        context: ThemeContext | None = None,
    ) -> None:
        self.labels = tuple(labels)
        self.place = {code: label for label, code in enumerate(self.labels)}
        self.thresholds = np.array(thresholds, dtype=np.float32)
        self.features = features
        self.estimator = estimator
        self.arbiter = arbiter
        self.context = context

    @classmethod
    def from_file(cls, model: ModelFile) -> ThemeModel:
        """Rebuild a model from its arrays.  Raises ModelError (V501) where they do not fit."""
        try:
            built = cls(
                model.info.labels,
                model.info.thresholds,
                SentenceFeatures.from_arrays(model.arrays),
                MultiLabelSVM.from_arrays(model.arrays),
                Arbiter.from_arrays(model.info.labels, model.arrays)
                if "arbiter_coef" in model.arrays
                else None,
                ThemeContext.from_arrays(model.info.labels, model.arrays)
                if "context_coef" in model.arrays
                else None,
            )
        except (KeyError, ValueError) as error:
            raise ModelError("V501", model.info.name, detail=str(error)) from error
        shape = (built.features.n_features, len(built.labels) + N_ASIDES)
        if (
            built.estimator.coef_.shape != shape
            or built.features.n_flags != n_flags(built.labels)
            or len(built.thresholds) != len(built.labels)
        ):
            raise ModelError("V501", model.info.name, detail="its arrays do not fit together")
        return built

    def score(self, contents: Sequence[Content], *, encoded: Encoded | None = None) -> list[Scored]:
        """Score the sentences of texts; the result of each is the same alone.

        ``encoded`` holds the sentences of all, in this model's syllabary, where they are
        encoded already.
        """
        if encoded is None:
            encoded = encode_contents(self.features.syllabary, contents)
        headings = [heading for content in contents for heading in content.headings]
        spans = [(c.hits, s.start, s.end) for c in contents for s in c.sentences]
        located = self.features.text.space.locate(encoded)
        probabilities, absent = self._probabilities(encoded, headings, spans, located)
        self._score_segments(contents, probabilities)
        bounds = bounds_of(contents)
        if self.context is not None and len(probabilities):
            parts = [sentence.part for content in contents for sentence in content.sentences]
            starts = [first for first, end in bounds if first < end]
            probabilities = self.context.apply(probabilities, parts, starts)
        return [
            Scored(
                probabilities[first:end],
                absent[first:end],
                encoded,
                located,
                first,
            )
            for first, end in bounds
        ]

    def _probabilities(
        self,
        encoded: Encoded,
        headings: Sequence[str],
        spans: Sequence[tuple[Hits, int, int]],
        located: Located | None = None,
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Return the probabilities of encoded stretches, given with the hits of their text.

        The second array is the probability of each that it speaks of something absent.
        """
        flags = cue_flags(self.labels, spans)
        scores = self.features.scores(encoded, headings, flags, self.estimator.coef_, located)
        scores += self.estimator.intercept_
        calibrated = self.estimator.calibrate(scores)
        absent = calibrated[:, len(self.labels) + 1]
        if self.arbiter is None:
            return calibrated[:, : len(self.labels)], absent
        rows, _ = self.arbiter.candidates(scores)
        probabilities = np.zeros((len(scores), len(self.labels)))
        if len(rows):
            used = np.unique(rows)
            around = circumstances_of(
                [spans[n] for n in used],
                encoded.lengths()[used],
                [bool(headings[n]) for n in used],
            )
            probabilities[used] = self.arbiter.predict_proba(scores[used], flags[used], around)
        return probabilities, absent

    def _score_segments(
        self,
        contents: Sequence[Content],
        probabilities: npt.NDArray[Any],
    ) -> None:
        """Raise the probabilities of long sentences to those of their best segment.

        A sentence of a report may list five things, one of them a fault; beside the whole,
        its segments are scored as sentences of their own, at a discount.
        """
        owners: list[int] = []
        stretches: list[Stretch] = []
        written: list[Stretch] = []
        spans: list[tuple[Hits, int, int]] = []
        headings: list[str] = []
        for content, (first, _) in zip(contents, bounds_of(contents), strict=True):
            form, to_text = content.folded.text, content.folded.map
            for number, (start, end) in enumerate(content.places):
                if end - start >= LONG_SENTENCE:
                    for a, b in split_segments(form, start, end):
                        owners.append(first + number)
                        stretches.append((form, a, b))
                        span = to_text.span(a, b)
                        spans.append((content.hits, *span))
                        written.append((content.text, *span))
                        headings.append("".join(content.sentences[number].section[-1:]))
        if not owners:
            return
        encoded = self.features.syllabary.encode_stretches(stretches)
        encoded = replace(encoded, marks=marks_of(written))
        found, _ = self._probabilities(encoded, headings, spans)
        np.maximum.at(probabilities, owners, found * SEGMENT_DISCOUNT)

    def evidence(
        self, scored: Scored, sentence: int, label: int, content: Content
    ) -> tuple[int, int] | None:
        """Return the span of the text whose n-grams spoke most for a label, or None.

        Each n-gram's contribution is shared among its syllables; the evidence is the run of
        at most MAX_EVIDENCE syllables with the greatest sum.
        """
        folded = content.folded
        part = scored.located.within(*scored.encoded.bounds_of(scored.first + sentence))
        begin, end = content.places[sentence]
        # The mark at the beginning is no word of the text.
        places = [(begin, begin)] + [
            (start + begin, stop + begin)
            for _, start, stop in split_syllables(folded.text[begin:end])
        ]
        gains = [0.0] * len(places)
        weights, idf = self.estimator.coef_[:, label], self.features.text.idf
        for order, columns in enumerate(part.columns, start=1):
            gained = (weights[columns] * idf[columns]).astype(np.float64) / order
            for first, gain in zip(part.places[order - 1].tolist(), gained.tolist(), strict=True):
                for place in range(first, first + order):
                    gains[place] += gain
        best, span = 0.0, None
        for first in range(1, len(gains)):
            if gains[first] < 0.0:
                continue  # the run from the next one has more
            total, most, last = 0.0, -math.inf, first
            for place in range(first, min(first + MAX_EVIDENCE, len(gains))):
                total += gains[place]
                if total > most:
                    most, last = total, place
            if most > best + 1e-9:
                best, span = most, (first, last)
        if span is None:
            return None
        return folded.map.span(places[span[0]][0], places[span[1]][1])


@cache
def theme_model(folder: Path | None = None) -> ThemeModel:
    """Return the theme model that comes with vankien, loaded once a process.

    Raises ModelError (V501) where it is missing or damaged.
    """
    return ThemeModel.from_file(load_model(folder or find_model("themes"), kind="themes"))
