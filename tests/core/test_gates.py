"""Gates let through what the plain lists let through."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vankien.gates import Endings, beginning_with

LETTERS = "abđĐẩ.+(Ư"
words = st.text(alphabet=LETTERS, min_size=1, max_size=4)


@given(st.lists(words, max_size=8), st.text(alphabet=LETTERS, max_size=8), st.booleans())
def test_a_tree_begins_where_one_of_its_words_does(listed, text, any_case) -> None:
    flags = re.IGNORECASE if any_case else 0
    plain = re.compile("|".join(re.escape(w) for w in listed) if listed else "(?!)", flags)
    tree = re.compile(beginning_with(listed, any_case=any_case), flags)
    for place in range(len(text) + 1):
        assert (tree.match(text, place) is None) == (plain.match(text, place) is None)


@given(st.lists(st.tuples(words, st.integers()), max_size=8), st.text(alphabet=LETTERS, max_size=8))
def test_endings_are_those_that_the_text_ends_with(entries, text) -> None:
    assert Endings(entries).at_end(text) == [e for e in entries if text.endswith(e[0])]


@pytest.mark.parametrize("pattern", [beginning_with([]), beginning_with(["năm"], any_case=True)])
def test_case_is_its_own_affair(pattern: str) -> None:
    assert re.match(pattern, "tháng") is None
