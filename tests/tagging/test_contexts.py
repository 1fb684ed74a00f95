"""What the rest of a document says for the themes and the role of a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from vankien.documents import Part
from vankien.tagging.role_context import Place, RoleContext, Seen
from vankien.tagging.themes.context import ThemeContext

LABELS = ("SUYTHOAI-DD.6", "KIEMTRA")
BODY = [Part.TITLE, *[Part.BODY] * 9]


def _documents(number: int, seed: int) -> list[tuple[np.ndarray, np.ndarray, list[Part]]]:
    """Documents where a middling sentence holds only if its title speaks of the code."""
    generator = np.random.default_rng(seed)
    made = []
    for _ in range(number):
        told = generator.random(len(LABELS)) < 0.5
        alone = generator.uniform(0.1, 0.5, (10, len(LABELS)))
        alone[0] = np.where(told, 0.95, 0.03)
        targets = np.tile(told, (10, 1)) & (alone > 0.2)
        made.append((alone, targets, BODY))
    return made


@pytest.fixture(scope="module")
def themes() -> ThemeContext:
    return ThemeContext(LABELS).fit(_documents(60, 1))


def test_a_middling_sentence_is_lifted_by_its_title(themes: ThemeContext) -> None:
    for alone, _, parts in _documents(10, 2):
        found = themes.apply(alone, parts)
        told = alone[0] > 0.5
        if not told.any():
            continue
        assert (found[1:][:, told] > alone[1:][:, told]).mean() > 0.8
        assert (found[1:][:, ~told] < 0.5).all()


def test_a_short_text_and_a_text_without_a_theme_are_left_as_they_are(
    themes: ThemeContext,
) -> None:
    short = np.full((3, 2), 0.6)
    assert themes.apply(short, BODY[:3]) is short
    empty = np.full((10, 2), 0.1)
    assert themes.apply(empty, BODY) is empty


def test_the_best_of_the_others_leave_the_sentence_itself_out(themes: ThemeContext) -> None:
    alone = np.full((10, 2), 0.05)
    alone[4, 0] = 0.9
    views, (rows, columns) = themes._views(alone, BODY, np.array([0]))
    seen = {(row, column): view for row, column, view in zip(rows, columns, views, strict=True)}
    assert seen[4, 0][5] == pytest.approx(0.05)
    assert seen[3, 0][5] == pytest.approx((0.9 + 0.05 + 0.05) / 3)


def test_themes_of_several_documents_are_those_of_each_alone(themes: ThemeContext) -> None:
    documents = [(a, p) for a, _, p in _documents(4, 5)]
    documents[1:1] = [(np.full((2, 2), 0.6), BODY[:2]), (np.full((10, 2), 0.1), BODY)]
    parts = [part for _, of_one in documents for part in of_one]
    sizes = [len(alone) for alone, _ in documents]
    found = themes.apply(
        np.vstack([alone for alone, _ in documents]), parts, (np.cumsum(sizes) - sizes).tolist()
    )
    assert (found == np.vstack([themes.apply(alone, p) for alone, p in documents])).all()


def test_the_weights_of_themes_are_rebuilt_from_arrays(themes: ThemeContext) -> None:
    again = ThemeContext.from_arrays(LABELS, themes.to_arrays())
    alone, _, parts = _documents(1, 3)[0]
    assert (again.apply(alone, parts) == themes.apply(alone, parts)).all()
    with pytest.raises(ValueError, match="do not fit"):
        ThemeContext.from_arrays(LABELS, {"context_coef": np.zeros((2, 3))})


def _roles(number: int, seed: int) -> list[tuple[Seen, np.ndarray]]:
    """Documents of one role each, whose sentences say it faintly."""
    generator = np.random.default_rng(seed)
    made = []
    for count in range(number):
        role = count % 3
        alone = generator.dirichlet(np.ones(3) + 0.8 * np.eye(3)[role], 12)
        seen = Seen(alone, np.zeros((12, 1)), [Place(Part.BODY)] * 12)
        made.append((seen, np.full(12, role)))
    return made


@pytest.fixture(scope="module")
def roles() -> RoleContext:
    return RoleContext().fit(_roles(60, 1))


def test_roles_follow_those_around_them(roles: RoleContext) -> None:
    before = after = 0.0
    for seen, right in _roles(30, 2):
        found = roles.apply(seen)
        assert found.sum(axis=1) == pytest.approx(np.ones(12))
        before += float((seen.alone.argmax(axis=1) == right).mean())
        after += float((found.argmax(axis=1) == right).mean())
    assert after > before + 3


def test_documents_in_company_have_the_roles_that_they_have_alone(roles: RoleContext) -> None:
    documents = [seen for seen, _ in _roles(5, 3)]
    together = Seen(
        np.vstack([seen.alone for seen in documents]),
        np.vstack([seen.asides for seen in documents]),
        [place for seen in documents for place in seen.places],
    )
    found = roles.apply(together, [12 * n for n in range(5)])
    assert (found == np.vstack([roles.apply(seen) for seen in documents])).all()


def test_the_weights_of_roles_are_rebuilt_from_arrays(roles: RoleContext) -> None:
    ((seen, _),) = _roles(1, 4)
    again = RoleContext.from_arrays(3, 1, roles.to_arrays())
    assert (again.apply(seen) == roles.apply(seen)).all()
    with pytest.raises(ValueError, match="do not fit"):
        RoleContext.from_arrays(4, 1, roles.to_arrays())
