"""Evidence carries its theme: cut out of the sentence, it takes the theme's score with it."""

from __future__ import annotations

from functools import cache

import pytest

import vankien
from vankien.evaluation.evidence import Deletion, deletions
from vankien.evaluation.gold import load_gold

ALWAYS_OR_NEARLY = 0.96
"""Share of themes whose score falls; two cues of one code in a sentence are the rest."""


@cache
def found() -> list[Deletion]:
    return deletions("dev")


def test_deleting_the_evidence_lowers_the_score() -> None:
    assert len(found()) > 300
    share = sum(one.holds for one in found()) / len(found())
    assert share >= ALWAYS_OR_NEARLY, [one for one in found() if not one.holds]


@pytest.mark.parametrize("method", ["model", "both"])
def test_whoever_spoke(method: str) -> None:
    chosen = [one for one in found() if one.method == method]
    assert len(chosen) > 50
    assert sum(one.holds for one in chosen) / len(chosen) >= ALWAYS_OR_NEARLY


def test_the_fall_is_no_trifle() -> None:
    falls = sorted(one.before - one.after for one in found())
    assert falls[len(falls) // 2] > 0.3


def test_evidence_is_in_its_sentence() -> None:
    texts = {entry.id: entry.text for entry in load_gold("themes", "dev")}
    for one in found():
        assert one.evidence and one.evidence in texts[one.id]


def test_scores_are_printed_with_n() -> None:
    scores = vankien.evaluate(split="dev", family="evidence", resamples=20)
    whole = {score.name: score for score in scores.summary}["deletion lowers the score"]
    assert whole.n == len(found())
    assert whole.recall == pytest.approx(sum(one.holds for one in found()) / len(found()))
