"""The second look at all scores of a sentence."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from vankien.tagging.themes.arbiter import Arbiter, Circumstances, joined

LABELS = ("A", "A.1", "A.2", "B")


def _rows(number: int, seed: int) -> tuple[np.ndarray, sparse.csr_matrix, Circumstances]:
    generator = np.random.default_rng(seed)
    scores = generator.normal(-0.6, 0.7, (number, len(LABELS) + 1))
    flags = sparse.csr_matrix((generator.random((number, 2 * len(LABELS) + 1)) < 0.1) * 1.0)
    around = Circumstances(
        named=(generator.random((number, 3)) < 0.5) * 1.0,
        length=generator.integers(5, 60, number).astype(float),
        headed=(generator.random(number) < 0.3) * 1.0,
    )
    return scores, flags, around


@pytest.fixture(scope="module")
def fitted() -> Arbiter:
    """One fitted where a score holds only in a sentence that names an office."""
    scores, flags, around = _rows(4000, 1)
    targets = (scores[:, : len(LABELS)] > -0.2) & (around.named[:, :1] > 0)
    return Arbiter(LABELS).fit(scores, targets, flags, around)


def test_it_learns_that_a_score_counts_only_where_an_office_is_named(fitted: Arbiter) -> None:
    scores, flags, around = _rows(500, 2)
    found = fitted.predict_proba(scores, flags, around)
    high = scores[:, : len(LABELS)] > 0.1
    office = around.named[:, :1] > 0
    assert found[high & office].mean() > 0.85
    assert found[high & ~office].mean() < 0.15


def test_a_score_below_the_candidates_is_excluded(fitted: Arbiter) -> None:
    scores, flags, around = _rows(50, 3)
    scores[:] = -1.5
    scores[7, 2] = 0.4
    found = fitted.predict_proba(scores, flags, around)
    assert np.argwhere(found).tolist() == [[7, 2]]


def test_a_sentence_has_the_same_probabilities_alone_and_in_company(fitted: Arbiter) -> None:
    scores, flags, around = _rows(40, 4)
    together = fitted.predict_proba(scores, flags, around)
    for row in range(40):
        alone = fitted.predict_proba(scores[[row]], flags[[row]], around.rows([row]))
        assert (alone[0] == together[row]).all()


def test_it_is_rebuilt_from_its_arrays(fitted: Arbiter) -> None:
    again = Arbiter.from_arrays(LABELS, fitted.to_arrays())
    scores, flags, around = _rows(30, 5)
    assert (
        again.predict_proba(scores, flags, around) == fitted.predict_proba(scores, flags, around)
    ).all()
    with pytest.raises(ValueError, match="do not fit"):
        Arbiter.from_arrays(LABELS[:2], fitted.to_arrays())


def test_circumstances_are_joined_in_order() -> None:
    _, _, first = _rows(3, 6)
    _, _, second = _rows(2, 7)
    both = joined([first, second])
    assert both.length.tolist() == [*first.length, *second.length]
    assert both.rows([3, 4]).named.tolist() == second.named.tolist()
