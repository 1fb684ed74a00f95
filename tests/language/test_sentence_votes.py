"""underthesea as a second vote: an option that keeps every character, measured on the gold."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.language.test_sentences import MIXED
from vankien.evaluation.gold import load_gold
from vankien.evaluation.sentences import gold_ends
from vankien.language import sentence_votes
from vankien.language.sentence_votes import Vote, split_by_vote
from vankien.language.sentences import split_block


@pytest.mark.parametrize("vote", [Vote.EITHER, Vote.BOTH])
@settings(deadline=None, derandomize=True, max_examples=60)
@given(MIXED)
def test_every_character_is_in_one_sentence(vote: Vote, text: str) -> None:
    position = 0
    for start, end in split_by_vote(text, vote):
        assert position <= start < end
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


def test_underthesea_is_not_asked_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sentence_votes, "underthesea_ends")
    text = "Chi bộ họp. Có 12 đảng viên dự."
    assert split_by_vote(text) == split_block(text)


def test_what_its_vote_earns_on_dev() -> None:
    """It adds false cuts and takes right ones away: the reason why it is off."""
    wrong = dict.fromkeys(Vote, 0)
    for passage in load_gold("sentences", "dev", None):
        gold = gold_ends(passage)
        for vote in Vote:
            wrong[vote] += len({end for _, end in split_by_vote(passage.text, vote)} ^ gold)
    assert wrong[Vote.OURS] < wrong[Vote.BOTH] < wrong[Vote.EITHER]
