"""Quantities in running text: units, approximations, multiples, and what is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from vankien.codebook import load_yaml
from vankien.quantities.exclusions import excluded_spans, is_excluded
from vankien.quantities.mentions import find_quantities, quantities_of
from vankien.quantities.numerals import find_numerals
from vankien.quantities.units import unit_after
from vankien.resources import codebook_dir

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "quantities.yaml").read_text("utf-8"))
NOT_QUANTITIES = load_yaml(codebook_dir() / "not_quantities.yaml")["rules"]
APPROXIMATIONS = load_yaml(codebook_dir() / "approximation.yaml")["approximations"]
UNITS = load_yaml(codebook_dir() / "units.yaml")["units"]


@pytest.mark.parametrize("case", CASES["quantities"], ids=lambda c: str(c["text"]))
def test_quantities(case: dict[str, Any]) -> None:
    found = find_quantities(case["text"], weak=case.get("weak", False))
    seen = [
        {
            "number": q.number,
            "value": None if q.value is None else float(q.value),
            "high": None if q.value_high is None else float(q.value_high),
            "unit": q.unit,
            "approx": q.approx,
            "multiple": q.multiple,
            "rank": q.rank,
            "origin": q.origin,
        }
        for q in found
    ]
    assert len(seen) == len(case["is"]), seen
    for got, wanted in zip(seen, case["is"], strict=True):
        assert {key: got[key] for key in wanted} == wanted
    for q in found:
        assert case["text"][q.number_start : q.number_end] == q.number


@pytest.mark.parametrize("text", CASES["none"])
def test_what_is_no_quantity(text: str) -> None:
    assert find_quantities(text) == []


@pytest.mark.parametrize("name", CASES["traps"])
def test_traps_of_other_tools(name: str) -> None:
    case = CASES["traps"][name]
    assert [(q.number, q.unit) for q in find_quantities(case["text"])] == [
        tuple(pair) for pair in case["is"]
    ]


def _excluded(text: str, kind: str) -> bool:
    """Say whether a rule of a kind covers a number of the text, or stands before one."""
    if any(k == kind for _, _, k in excluded_spans(text)):
        return True
    lowered = text.lower()
    for numeral in find_numerals(text):
        unit = unit_after(text, numeral.end)
        year = len(numeral.text) == 4 and numeral.text[:2] in ("19", "20")
        found = is_excluded(
            lowered, numeral.start, numeral.end,
            has_unit=unit is not None and unit.dimension != "time", is_year=year,
        )  # fmt: skip
        if found == kind:
            return True
    return False


@pytest.mark.parametrize(
    "rule", NOT_QUANTITIES, ids=lambda r: f"{r['kind']}: {r.get('pattern', r.get('before'))}"[:60]
)
def test_rules_of_what_is_no_quantity(rule: dict[str, Any]) -> None:
    assert _excluded(rule["match"], rule["kind"]), rule["match"]
    assert not _excluded(rule["reject"], rule["kind"]), rule["reject"]


@pytest.mark.parametrize("entry", APPROXIMATIONS, ids=lambda e: str(e["code"]))
def test_words_of_approximation(entry: dict[str, Any]) -> None:
    assert entry["code"] in [q.approx for q in find_quantities(entry["match"])]
    assert entry["code"] not in [q.approx for q in find_quantities(entry["reject"])]


@pytest.mark.parametrize(
    ("entry", "phrase"),
    [(e, p) for e in APPROXIMATIONS for p in e["before"]],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_every_word_of_approximation_is_read(entry: dict[str, Any], phrase: str) -> None:
    found = find_quantities(f"Huyện có {phrase} 300 đảng viên dự.")
    assert [(q.number, q.approx) for q in found] == [("300", entry["code"])]


@pytest.mark.parametrize("entry", UNITS, ids=lambda e: str(e["unit"]))
def test_units(entry: dict[str, Any]) -> None:
    for variant in entry["variants"]:
        text = f"12 {variant}."
        unit = unit_after(text, 2)
        assert unit is not None, variant
        assert text[unit.start : unit.end] == variant
        # A word that only begins like the variant is another word.
        longer = unit_after(f"12 {variant}x.", 2)
        assert longer is None or longer.end < 3 + len(variant), variant
    assert entry["unit"] in [q.unit for q in find_quantities(entry["match"])], entry["match"]
    assert entry["unit"] not in [q.unit for q in find_quantities(entry["reject"])]


@given(st.text(alphabet="0123456789., -/%():;đồngtỷnămthứkhoảhơlầ\n", max_size=80))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_text_gives_disjoint_quantities(text: str) -> None:
    end = 0
    for q in find_quantities(text, weak=True):
        assert q.start >= end
        assert text[q.number_start : q.number_end] == q.number
        end = q.end


def test_a_unit_stands_in_one_entry_only() -> None:
    variants = [v.lower() for entry in UNITS for v in entry["variants"]]
    assert sorted(v for v in set(variants) if variants.count(v) > 1) == []


def test_the_sentences_of_a_text_are_read_as_each_alone() -> None:
    sentences = [
        "Hai xã góp 12 tấn thóc.", "Hai, ba nhà vắng chủ.", "Không còn hộ nào đói.",
        "Một cán bộ (hai lần) vắng họp.", "Bằng không thì thôi!", "Nước lên hơn nửa ruộng.",
        "Cả trăm người đến xem", "“Ba mươi hộ” là tên mô hình.", "Từ 10 đến 15 hộ vay vốn.",
        "İkea có 3 gian hàng.", "", "Gấp đôi năm ngoái.", "Năm xã đã nộp, xếp thứ nhì.",
    ]  # fmt: skip
    text, spans = "", []
    for sentence in sentences:
        spans.append((len(text), len(text) + len(sentence)))
        text += sentence
    for weak in (False, True):
        found = list(quantities_of(text, spans, weak=weak))
        assert found == [find_quantities(sentence, weak=weak) for sentence in sentences]
        assert sum(map(len, found)) > 8
