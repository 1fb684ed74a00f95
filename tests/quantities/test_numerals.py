"""Numbers in digits and words: exhaustive where the language is finite, sampled beyond."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from vankien.quantities.numerals import (
    find_numerals,
    may_hold_numeral,
    parse_numeral,
    parse_words,
)

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "numerals.yaml").read_text("utf-8"))


def test_every_number_in_words_below_ten_thousand_reads_back() -> None:
    wrong = [n for n in range(10_000) if parse_words(num2words(n, lang="vi").split()) != n]
    assert wrong == []


@given(st.integers(min_value=0, max_value=10**9))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_numbers_in_words_read_back(number: int) -> None:
    said = num2words(number, lang="vi")
    assert parse_words(said.split()) == number
    assert parse_numeral(said) == number


@given(st.integers(min_value=0, max_value=10**12))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_grouped_digits_read_back(number: int) -> None:
    assert parse_numeral(f"{number:,}".replace(",", ".")) == number
    assert parse_numeral(str(number)) == number


@given(st.integers(min_value=11, max_value=10**9))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_a_number_in_words_is_found_in_running_text(number: int) -> None:
    said = num2words(number, lang="vi")
    text = f"Toàn tỉnh có {said} người dự."
    found = find_numerals(text)
    assert [(n.text, n.value) for n in found] == [(said, Decimal(number))]


@pytest.mark.parametrize("case", CASES["found"], ids=lambda c: str(c["text"]))
def test_forms(case: dict[str, Any]) -> None:
    found = [
        [n.text] + [None if v is None else float(v) for v in (n.value, n.value_high, n.total)]
        for n in find_numerals(case["text"])
    ]
    expected = [[str(e[0]), *(e[1:] + [None] * (4 - len(e)))] for e in case["numbers"]]
    assert found == expected


@pytest.mark.parametrize("text", CASES["slips"])
def test_slips_are_marked(text: str) -> None:
    assert [n.slip for n in find_numerals(text)] == [True]


@pytest.mark.parametrize("text", CASES["none"])
def test_words_that_are_no_number(text: str) -> None:
    assert parse_words(text.split()) is None


@given(st.text(alphabet="0123456789., -/–%tỷriệunghìđếăm\n", max_size=60))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_text_gives_spans_in_order(text: str) -> None:
    end = 0
    for numeral in find_numerals(text):
        assert numeral.start >= end
        assert text[numeral.start : numeral.end] == numeral.text
        end = numeral.end


def test_the_cheap_gate_lets_every_number_pass() -> None:
    for case in CASES["found"]:
        if case["numbers"]:
            assert may_hold_numeral(case["text"]), case["text"]
    assert not may_hold_numeral("Chi bộ sinh hoạt đều đặn, nền nếp.")
