"""Syllable tokens: what one token is, and the exact way back to the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.vocab import Vocab

from vankien.language.tokens import SyllableTokenizer, syllables

TEXTS = st.one_of(
    st.text(max_size=60),
    st.text("aÂđ̣ềQ1.,:/-–_()%  \n\t\u00a0²", max_size=40),
    st.lists(
        st.sampled_from(
            ["2.053", "30/10/2016", "04-NQ/TW", "T.Ư", "đảng", "viên", " ", "  ", ".", "\n"]
        ),
        max_size=12,
    ).map("".join),
)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("kết nạp 2.053 đảng viên.", ["kết", "nạp", "2.053", "đảng", "viên", "."]),
        ("ngày 30/10/2016, số 04-NQ/TW", ["ngày", "30/10/2016", ",", "số", "04-NQ/TW"]),
        ("đạt 102,5%", ["đạt", "102,5", "%"]),
        ("Mác - Lênin", ["Mác", "-", "Lênin"]),
        ("họp. Xong", ["họp", ".", "Xong"]),
        ("năm 2020.", ["năm", "2020", "."]),
        ("a  b", ["a", " ", "b"]),
        ("", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert syllables(text)[0] == tokens


@settings(deadline=None, derandomize=True, max_examples=400)
@given(TEXTS)
def test_doc_has_exactly_the_text(text: str) -> None:
    doc = SyllableTokenizer(Vocab())(text)
    assert doc.text == text
    for token in doc:
        assert text[token.idx : token.idx + len(token)] == token.text
        assert len(token) == 1 or not any(c.isspace() for c in token.text)


def test_the_tokenizer_has_no_state_to_keep() -> None:
    tokenizer = SyllableTokenizer(Vocab())
    assert tokenizer.from_bytes(tokenizer.to_bytes()) is tokenizer
