"""Signatures and near duplicates, against the definition computed the slow way."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.batch.conftest import article
from vankien.batch.duplicates import MAX_CHARS, SIGNATURE_BYTES, near_duplicates, signature

texts = st.text(alphabet="aăâbc đéÊ.,\n01ゆ漢\U0001f600", max_size=300)


def minima(text: str) -> np.ndarray:
    found = signature(text)
    return np.zeros(64, dtype="<u2") if found is None else np.frombuffer(found, dtype="<u2")


def sequences(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 5]) for i in range(max(1, len(words) - 4))}


@settings(deadline=None, derandomize=True, max_examples=80)
@given(texts)
def test_a_signature_is_of_words_alone(text: str) -> None:
    found = signature(text)
    assert (found is not None) == any(c.isalnum() or c == "\U0001f600" for c in text)
    if found is not None:
        assert len(found) == SIGNATURE_BYTES
        assert signature(f"  {text}\n") == found == signature(text)
        assert signature(text.replace(" ", " , ")) == found


@pytest.mark.parametrize("share", [0.0, 0.01, 0.03, 0.1, 0.5])
def test_the_estimate_is_that_of_the_sets(share: float) -> None:
    random_ = random.Random(3)
    errors = []
    for number in range(40):
        words = article(number, 30).split()
        other = [w if random_.random() >= share else f"x{random_.random()}" for w in words]
        one, two = sequences(" ".join(words)), sequences(" ".join(other))
        true = len(one & two) / len(one | two)
        errors.append((minima(" ".join(words)) == minima(" ".join(other))).mean() - true)
    assert abs(np.mean(errors)) < 0.03
    assert np.std(errors) < 0.09


def test_long_texts_are_compared_by_their_beginning() -> None:
    text = "chi bộ họp " * MAX_CHARS
    assert signature(text) == signature(text + " khác hẳn")


def slow(signatures: np.ndarray) -> list[int]:
    """Every pair: the first text before that is like it, and that one's first in turn."""
    leader = [-1] * len(signatures)
    for text in range(len(signatures)):
        if not signatures[text].any():
            continue
        for other in range(text):
            if (signatures[text] == signatures[other]).mean() >= 0.8:
                leader[text] = leader[other] if leader[other] >= 0 else other
                break
    return leader


def test_near_duplicates_are_those_of_all_pairs() -> None:
    random_ = random.Random(11)
    stories = [article(number, 40).split() for number in range(12)]
    chosen = []
    for _ in range(150):
        words = list(random_.choice(stories))
        for _ in range(random_.choice((0, 0, 1, 2, 3, 400))):
            words[random_.randrange(len(words))] = f"y{random_.random()}"
        chosen.append(" ".join(words))
    chosen += ["", " . "]
    signatures = np.array([minima(text) for text in chosen])
    found = near_duplicates(signatures)
    expected = slow(signatures)
    assert sum(leader >= 0 for leader in expected) > 50
    # Bands may miss a pair at the threshold; they never find one that is none.
    differ = [n for n in range(len(chosen)) if found[n] != expected[n]]
    assert len(differ) <= 3
    for text, leader in enumerate(found):
        if leader >= 0:
            assert leader < text and found[leader] == -1
    assert list(found[-2:]) == [-1, -1]


def test_nothing_to_compare() -> None:
    assert len(near_duplicates(np.zeros((0, 64), dtype=np.uint16))) == 0
    assert list(near_duplicates(np.zeros((3, 64), dtype=np.uint16))) == [-1, -1, -1]


def test_many_unlike_texts_in_one_bucket() -> None:
    """Texts that agree in a band alone are no duplicates, however many they are."""
    random_ = np.random.default_rng(1)
    signatures = random_.integers(1, 1 << 16, (300, 64), dtype=np.uint16)
    signatures[:, :4] = 7
    signatures[250] = signatures[200]
    found = near_duplicates(signatures)
    assert np.flatnonzero(found >= 0).tolist() == [250] and found[250] in (-1, 200)
