"""clean and fold: what is equal after folding, and exact ways back."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vankien import normalise
from vankien.normalise import clean, fold, fold_phrase

LETTERS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđbcghkmnpqrtvsx"
TEXTS = st.text(
    st.sampled_from(LETTERS + LETTERS.upper() + "0123456789 .,;:-–—\"'“”\n\t()/%"), max_size=80
)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("tự chuyển hoá", "tự chuyển hóa"),
        ("Uỷ ban Kiểm tra", "ủy ban kiểm tra"),
        ("kỉ luật", "kỷ luật"),
        ("“tự diễn biến”", '"tự diễn biến"'),
        ("Mác – Lênin", "Mác-Lênin"),
        ("Mác  -  Lênin", "Mác - Lênin"),
        ("học  tập", "học tập"),
        ("công tác dân vận", unicodedata.normalize("NFD", "công tác dân vận")),
        ("bác sỹ", "bác sĩ"),
        ("toà án", "tòa án"),
    ],
)
def test_spellings_that_are_one(first: str, second: str) -> None:
    assert fold_phrase(first) == fold_phrase(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("quý", "qúi"), ("thi", "thì"), ("ý", "í"), ("hoàn", "hòan"), ("quỳnh", "quình"),
        ("mai", "may"), ("tay", "tai"), ("thúy", "thuỳ"),
    ],
)  # fmt: skip
def test_spellings_that_stay_apart(first: str, second: str) -> None:
    assert fold_phrase(first) != fold_phrase(second)


def test_clean_removes_what_is_invisible() -> None:
    assert clean("a\u200bb\u00a0c\r\nd\ufeff") == "ab c\nd"
    assert clean("a\x00b\ud800c") == "ab\ufffdc"


@given(TEXTS)
def test_clean_is_idempotent(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(TEXTS)
def test_fold_keeps_the_way_back(text: str) -> None:
    text = clean(text)
    folded = fold(text)
    previous = -1
    for place in range(len(folded.text)):
        source = folded.map.to_source(place)
        assert previous < source < len(text)
        previous = source
        character = folded.text[place]
        if character.isalnum():
            original = text[source].lower()
            base = unicodedata.normalize("NFD", original)[0]
            assert unicodedata.normalize("NFD", character)[0] in (
                base,
                "i" if base == "y" else base,
            )
        elif character == "\n":
            assert text[source] == "\n"


@given(TEXTS)
def test_fold_is_idempotent(text: str) -> None:
    once = fold(clean(text)).text
    assert fold(once).text == once


@given(st.text(alphabet='aá -–"”\n\tykoà', max_size=30))
def test_few_edits_are_the_edits_of_the_general_pattern(text: str) -> None:
    form = text.replace("\t", " ")
    while "  " in form or " \n" in form:
        form = form.replace("  ", " ").replace(" \n", "\n")
    spans = [match.span() for match in normalise._EDITS.finditer(form)]
    assert normalise._few_edited(form) == normalise._edited(form, spans)
