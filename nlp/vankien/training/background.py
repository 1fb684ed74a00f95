"""Ordinary press as negative examples, without a sentence of anybody's press.

The model must leave ordinary news alone, and the gold has too few ordinary sentences for
that.  ``models/press-frequencies-*`` holds the document frequencies of short n-grams in a
public collection of news (see its datasheet).  A Markov chain over these counts gives
sentences that say nothing but use the words of the press as often as the press does; as
negative rows they take their weight from n-grams such as "tỷ đồng" or "trong lòng".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vankien.errors import ModelError
from vankien.normalise import clean, fold
from vankien.resources import models_dir
from vankien.tagging.syllabary import START, split_syllables

__all__ = ["Frequencies", "count_frequencies", "load_frequencies", "pseudo_sentences"]

END = "$"
"""The mark at the end of a sentence."""

MINIMUM = 20
"""An n-gram is kept only if it stands in so many articles: counts then hold no text."""

LONGEST = 45
"""Syllables of the longest pseudo-sentence."""

SHORTEST = 6
"""Shorter ones are thrown away."""

TRIGRAM_SHARE = 0.7
"""How often two syllables choose the next, where both are known; else one does."""

FOLDER = "press-frequencies-1.0.0"


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Number of articles, and in how many of them each n-gram (of 1 to 3 syllables) stands."""

    articles: int
    counts: dict[str, int]


def load_frequencies(folder: Path | None = None) -> Frequencies:
    """Load the counts that come with vankien.  Raises ModelError (V501)."""
    path = (folder or models_dir() / FOLDER) / "frequencies.json"
    try:
        data = json.loads(path.read_text("utf-8"))
        return Frequencies(int(data["articles"]), {str(k): int(v) for k, v in data["df"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError("V501", FOLDER, detail=" ".join(str(error).split())) from error


def count_frequencies(articles: Iterable[Iterable[str]]) -> Frequencies:
    """Count n-grams over articles given as sentences; rare ones are dropped."""
    counts: dict[str, int] = {}
    total = 0
    for sentences in articles:
        total += 1
        seen: set[str] = set()
        for sentence in sentences:
            folded = fold(clean(sentence)).text
            syllables = [START, *(s for s, _, _ in split_syllables(folded)), END]
            for order in (1, 2, 3):
                seen.update(
                    " ".join(syllables[i : i + order]) for i in range(len(syllables) - order + 1)
                )
        for gram in seen:
            counts[gram] = counts.get(gram, 0) + 1
    return Frequencies(total, {g: n for g, n in sorted(counts.items()) if n >= MINIMUM})


Successors = dict[tuple[str, ...], tuple[list[str], list[float]]]


def _successors(frequencies: Frequencies) -> Successors:
    """Return, for one or two syllables, what may follow and the cumulated chances."""
    following: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    for gram, count in frequencies.counts.items():
        *before, last = gram.split(" ")
        if before:
            following.setdefault(tuple(before), []).append((last, count))
    table: Successors = {}
    for before_, pairs in following.items():
        chances = np.cumsum([count for _, count in pairs]) / sum(count for _, count in pairs)
        table[before_] = ([word for word, _ in pairs], chances.tolist())
    return table


def pseudo_sentences(frequencies: Frequencies, number: int, *, seed: int) -> Iterator[str]:
    """Yield ``number`` sentences of the chain, the same for the same seed."""
    generator = np.random.default_rng(seed)
    table = _successors(frequencies)
    made = 0
    while made < number:
        words = [START]
        while len(words) < LONGEST:
            pair = tuple(words[-2:])
            state = pair if pair in table and generator.random() < TRIGRAM_SHARE else pair[-1:]
            if state not in table:
                break
            candidates, chances = table[state]
            word = candidates[int(np.searchsorted(chances, generator.random()))]
            if word == END:
                break
            words.append(word)
        if len(words) > SHORTEST:
            made += 1
            yield " ".join(words[1:])
