"""Active learning: the sentences of a run that are most worth a coder's time.

* *Uncertainty*: a sentence counts by the code of which the model is least sure, 1 at the
  code's threshold and 0 where it is certain (uncertainty sampling: Lewis & Gale 1994, A
  sequential algorithm for training text classifiers; several labels: Settles 2009, Active
  learning literature survey, section 3.1).
* *Diversity*: sentences are taken one by one, each time the one with the greatest product of
  uncertainty and dissimilarity to all taken before (cosine of the model's n-grams; maximal
  marginal relevance: Carbonell & Goldstein 1998; Settles 2009, section 3.6).
* Duplicates of another document are never looked at; near-copies of a sentence that was
  taken, or that is labelled already, are passed over, and no document gives more than its
  share.

The result depends on the run and the model alone; ties are settled by the items' ids.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vankien.analysis import text_index
from vankien.annotation.from_run import sentences_by_document
from vankien.annotation.items import Item, Project, code_entries
from vankien.documents import Part, Sentence
from vankien.errors import UsageError
from vankien.evaluation.near_copies import NEAR, shingles
from vankien.normalise import fold
from vankien.tagging.content import Content, content_of, encode_contents
from vankien.tagging.schemes import Scheme

if TYPE_CHECKING:
    from vankien.results.results import Results

__all__ = ["suggest", "uncertainties"]

POOL = 20
"""Sentences that are compared for each that is asked for: the most uncertain ones."""

DOCUMENTS_AT_ONCE = 100

SHARE_OF_A_DOCUMENT = 0.05
"""Largest part of the suggestions that one document may give (two at least)."""


def uncertainties(
    probabilities: npt.NDArray[Any], thresholds: npt.NDArray[Any]
) -> npt.NDArray[np.float64]:
    """Return how unsure a model is of each pair: 1 at the threshold, 0 at certainty."""
    far = np.where(probabilities < thresholds, thresholds, 1.0 - thresholds)
    away = np.abs(probabilities - thresholds) / np.maximum(far, 1e-9)
    found: npt.NDArray[np.float64] = np.clip(1.0 - away, 0.0, 1.0).astype(np.float64)
    return found


@dataclass(frozen=True, slots=True)
class _Candidate:
    uncertainty: float
    item: Item
    codes: tuple[str, ...]


def suggest(
    results: Results,
    scheme: Scheme,
    *,
    number: int,
    themes: Sequence[str] = (),
    labelled: Collection[str] = (),
) -> Project:
    """Return the sentences most worth labelling, the best first.

    ``scheme`` is the codebook and model to be improved; ``themes`` the codes whose
    uncertainty counts (all if empty); ``labelled`` texts that are labelled already.  Codes of
    the items are the model's.  Raises UsageError where the run has no sentence to suggest.
    """
    columns = [scheme.model.place[code] for code in themes] or list(scheme.model.place.values())
    pool = heapq.nlargest(
        POOL * number, _candidates(results, scheme, columns), key=lambda c: (c.uncertainty, _key(c))
    )
    chosen = _diverse(pool, scheme, number, labelled)
    if not chosen:
        detail = "it holds no sentence that is not a near-copy of a labelled one"
        raise UsageError("V401", results.path, detail=detail)
    items = [
        Item(
            id=c.item.id, text=c.item.text, codes=c.codes, doc_id=c.item.doc_id,
            sentence=c.item.sentence, title=c.item.title, heading=c.item.heading,
            previous=c.item.previous, part=c.item.part,
        )
        for c in chosen
    ]  # fmt: skip
    return Project(
        name=f"vankien {scheme.codebook.version}",
        unit="sentence",
        codes=code_entries(scheme.codebook),
        items=tuple(items),
        model=scheme.name,
    )


def _key(candidate: _Candidate) -> str:
    return candidate.item.id


def _candidates(results: Results, scheme: Scheme, columns: list[int]) -> Iterator[_Candidate]:
    """Yield every sentence of the run with the model's uncertainty."""
    labels, thresholds = scheme.model.labels, scheme.model.thresholds
    for part in sentences_by_document(results, at_once=DOCUMENTS_AT_ONCE):
        contents = [_content(items, scheme) for items in part]
        for items, scored in zip(part, scheme.model.score(contents), strict=True):
            doubt = uncertainties(scored.probabilities, thresholds)[:, columns].max(axis=1)
            reached = scored.probabilities >= thresholds
            for row, item in enumerate(items):
                codes = tuple(labels[n] for n in reached[row].nonzero()[0].tolist())
                yield _Candidate(round(float(doubt[row]), 6), item, codes)


def _content(items: Sequence[Item], scheme: Scheme) -> Content:
    """Return sentences of one document as a model sees them: a line each, with headings."""
    text = "\n".join(item.text for item in items)
    sentences = []
    place = 0
    for number, item in enumerate(items):
        sentences.append(
            Sentence(
                index=number,
                start=place,
                end=place + len(item.text),
                part=Part(item.part),
                page=None,
                section=(item.heading,) if item.heading else (),
            )
        )
        place += len(item.text) + 1
    folded = fold(text)
    index = text_index() if scheme.index is None else scheme.index
    return content_of(text, folded, index.scan(text, folded), sentences)


def _diverse(
    pool: Sequence[_Candidate], scheme: Scheme, number: int, labelled: Collection[str]
) -> list[_Candidate]:
    """Choose greedily by uncertainty times dissimilarity to what is chosen."""
    if not pool:
        return []
    features = scheme.model.features
    contents = [_content([c.item], scheme) for c in pool]
    vectors = features.text.matrix(encode_contents(features.syllabary, contents))
    doubt = np.array([c.uncertainty for c in pool])
    nearest = np.zeros(len(pool))
    known = [shingles(text) for text in labelled]
    share = max(2, int(SHARE_OF_A_DOCUMENT * number))
    taken: Counter[str] = Counter()
    open_ = np.ones(len(pool), dtype=bool)
    chosen: list[_Candidate] = []
    while len(chosen) < number and open_.any():
        worth = np.where(open_, doubt * (1.0 - nearest), -1.0)
        # The pool is in order, so that the first of equals has the greatest uncertainty.
        best = int(worth.argmax())
        open_[best] = False
        one = pool[best]
        own = shingles(one.item.text)
        if taken[one.item.doc_id] >= share or any(_near(own, other) for other in known):
            continue
        chosen.append(one)
        taken[one.item.doc_id] += 1
        known.append(own)
        similar = (vectors @ vectors[best].T).toarray().ravel()
        nearest = np.maximum(nearest, np.clip(similar, 0.0, 1.0))
    return chosen


def _near(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = len(one & other)
    return shared >= NEAR * (len(one) + len(other) - shared)
