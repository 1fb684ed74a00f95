"""Score sentence boundaries, and underthesea's splitter on the same passages beside ours.

A boundary is the offset behind the last character of a sentence; the last of a passage
counts too, for either splitter.
"""

from __future__ import annotations

from pathlib import Path

from vankien.documents import Block, Document
from vankien.evaluation.gold import SentencePassage, load_gold
from vankien.evaluation.metrics import Count, Score, score
from vankien.language.sentence_votes import underthesea_ends
from vankien.language.sentences import split_document

__all__ = ["score_sentences"]


def gold_ends(passage: SentencePassage) -> set[int]:
    """Return the offsets behind the sentences of a passage."""
    ends: set[int] = set()
    position = 0
    for sentence in passage.sentences:
        surface = sentence.strip()
        position = passage.text.index(surface, position) + len(surface)
        ends.add(position)
    return ends


def score_sentences(split: str, folder: Path | None, resamples: int) -> list[Score]:
    """Return the score of our boundaries, then that of underthesea's."""
    ours: list[Count] = []
    theirs: list[Count] = []
    passage: SentencePassage
    for passage in load_gold("sentences", split, folder):
        gold = gold_ends(passage)
        block = Block(0, len(passage.text))
        document = Document(passage.id, "gold", passage.text, blocks=(block,))
        ours.append(_count({s.end for s in split_document(document)}, gold))
        theirs.append(_count(underthesea_ends(passage.text), gold))
    return [
        score("sentences", "boundaries", ours, resamples=resamples),
        score("sentences", "boundaries (underthesea)", theirs, resamples=resamples),
    ]


def _count(found: set[int], gold: set[int]) -> Count:
    return Count(len(found & gold), len(found - gold), len(gold - found))
