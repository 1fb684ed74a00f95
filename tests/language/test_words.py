"""Words of underthesea, counted off against the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vankien.evaluation.gold import load_gold
from vankien.language import words as module
from vankien.language.words import words

FRAGMENTS = [
    "Đảng bộ", "hoà bình", "kết nạp", "2.053", "T.Ư", "Nguyễn V. A.", "...", "“", "”", "(", "%",
    "\n", "  ", " ", "04-NQ/TW", "www.a.vn", "ả", "\u00a0", "🙂", "e\u0301",
]  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=10).map("".join), st.text(max_size=25)
)


def check(text: str) -> None:
    position = 0
    for start, end in words(text):
        assert position <= start < end
        assert not text[position:start].strip()
        assert not text[start].isspace()
        assert not text[end - 1].isspace()
        position = end
    assert not text[position:].strip()


def test_compounds_are_words() -> None:
    text = "Đảng bộ  tỉnh kết nạp đảng viên."
    found = [" ".join(text[a:b].split()) for a, b in words(text)]
    assert "đảng viên" in found
    assert found[-1] == "."


@settings(deadline=None, derandomize=True, max_examples=120)
@given(TEXTS)
def test_words_cover_any_text_in_order(text: str) -> None:
    check(text)


def test_words_cover_the_gold() -> None:
    for passage in load_gold("sentences", "dev"):
        for sentence in passage.sentences[:2]:
            check(sentence)


@pytest.mark.parametrize("found", [["hòa bình"], ["hoà"], []])
def test_a_rewriting_falls_back_on_syllables(
    found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import underthesea

    monkeypatch.setattr(underthesea, "word_tokenize", lambda _: found)
    assert module.words("hoà  bình.") == [(0, 3), (5, 9), (9, 10)]
