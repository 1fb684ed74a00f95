"""Agreement against published values, and the properties that its definitions promise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.batch.conftest import write_rows
from vankien.annotation.agreement import (
    agreement,
    cohen_kappa,
    krippendorff_alpha,
    masi_distance,
    nominal_distance,
)
from vankien.cli import app
from vankien.codebook import load_codebook
from vankien.errors import VankienError


def columns(*observers: str) -> list[list[str]]:
    """Rows of a reliability table ("." where an observer did not code) -> values by item."""
    return [[v for v in values if v != "."] for values in zip(*observers, strict=True)]


# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", examples A to C.
BINARY = columns("0100000010", "1110010000")
NOMINAL = columns("aabbdcccedda", "babbbcccedd" + "d")
MISSING = columns("12332141 2...".replace(" ", ""), "12332241 25.3".replace(" ", ""),
                  ".3332342 251.".replace(" ", ""), "12332441 251.".replace(" ", ""))  # fmt: skip


@pytest.mark.parametrize(("units", "alpha"), [(BINARY, 0.095), (NOMINAL, 0.692), (MISSING, 0.743)])
def test_alpha_as_published(units: list[list[str]], alpha: float) -> None:
    assert krippendorff_alpha(units) == pytest.approx(alpha, abs=5e-4)


def test_alpha_of_the_coincidence_matrix() -> None:
    """Example A by hand: 20 values, 14 zeros, 6 ones, four disagreements."""
    assert krippendorff_alpha(BINARY) == pytest.approx(1 - 19 * 4 / (14 * 6))


def crossed(table: list[list[int]]) -> list[tuple[int, int]]:
    return [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]


def test_kappa_as_published() -> None:
    """Two readers of fifty grant proposals: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no give 0.4;
    the same observed agreement (0.6) with other margins gives 0.13 and 0.26."""
    assert cohen_kappa(crossed([[20, 5], [10, 15]])) == pytest.approx(0.4)
    assert cohen_kappa(crossed([[45, 15], [25, 15]])) == pytest.approx(0.1304, abs=5e-5)
    assert cohen_kappa(crossed([[25, 35], [5, 35]])) == pytest.approx(0.2593, abs=5e-5)


VALUES = st.integers(0, 3)


@settings(deadline=None)
@given(st.lists(st.tuples(VALUES, VALUES), min_size=2, max_size=40))
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    from sklearn.metrics import cohen_kappa_score

    found = cohen_kappa(pairs)
    if found is None:
        assert len({value for pair in pairs for value in pair}) == 1
        return
    assert found == pytest.approx(float(cohen_kappa_score(*zip(*pairs, strict=True))))


@settings(deadline=None)
@given(st.lists(st.lists(VALUES, min_size=1, max_size=4), max_size=20))
def test_alpha_by_its_definition(units: list[list[int]]) -> None:
    """Do and De as sums over all pairs of values, straight from the formula."""
    pairable = [unit for unit in units if len(unit) > 1]
    values = [value for unit in pairable for value in unit]
    n = len(values)
    expected = sum(
        nominal_distance(values[i], values[j]) for i in range(n) for j in range(n) if i != j
    )
    found = krippendorff_alpha(units)
    if expected == 0:
        assert found is None
        return
    observed = sum(
        nominal_distance(unit[i], unit[j]) / (len(unit) - 1)
        for unit in pairable
        for i in range(len(unit))
        for j in range(len(unit))
        if i != j
    )
    assert found == pytest.approx(1 - (observed / n) / (expected / (n * (n - 1))))


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("", "", 0.0), ("ab", "ab", 0.0), ("a", "b", 1.0), ("", "a", 1.0),
        ("ab", "abcd", 1 - 2 / 4 * 2 / 3),  # one holds the other
        ("abc", "bcd", 1 - 2 / 4 * 1 / 3),  # they overlap
        ("a", "ab", 1 - 1 / 2 * 2 / 3),
    ],
)  # fmt: skip
def test_masi(one: str, other: str, distance: float) -> None:
    assert masi_distance(frozenset(one), frozenset(other)) == pytest.approx(distance)
    assert masi_distance(frozenset(other), frozenset(one)) == pytest.approx(distance)


def rows(codes: list[list[str]]) -> list[dict[str, Any]]:
    return [
        {"id": f"s{n}", "family": "f", "text": f"Câu thứ {n} của bài.", "themes": found}
        for n, found in enumerate(codes)
    ]


ONE = [["SUYTHOAI-TT.5"], ["SUYTHOAI-TT.5", "CANBO"], [], ["PCTN"], [], ["SUYTHOAI-TT.6"]]
TWO = [["SUYTHOAI-TT.5"], ["SUYTHOAI-TT.5"], [], ["PCTN"], ["CANBO"], ["SUYTHOAI-TT.5"]]


def coders(*all_codes: list[list[str]]) -> list[dict[str, list[str]]]:
    return [{row["id"]: row["themes"] for row in rows(codes)} for codes in all_codes]


def test_agreement_by_code_and_group() -> None:
    found = {a.name: a for a in agreement(coders(ONE, TWO), load_codebook(), resamples=50)}
    assert found["PCTN"].kappa == found["PCTN"].alpha == 1.0
    assert (found["SUYTHOAI-TT.5"].n, found["SUYTHOAI-TT.5"].given) == (6, (2, 3))
    expected = cohen_kappa([(1, 1), (1, 1), (0, 0), (0, 0), (0, 0), (0, 1)])
    assert found["SUYTHOAI-TT.5"].kappa == pytest.approx(expected)
    assert found["CANBO"].kappa is not None and found["CANBO"].kappa < 0.1
    assert found["SUYTHOAI-TT"].kind == "group" and found["SUYTHOAI-TT"].given == (3, 3)
    assert "DAIHOI" not in found, "nobody gave it"
    assert found["TUDIENBIEN"].alpha is None
    for one in found.values():
        if one.low is not None and one.high is not None:
            assert one.low <= one.high <= 1.0
    again = {a.name: a for a in agreement(coders(ONE, TWO), load_codebook(), resamples=50)}
    assert again == found


def test_three_coders_and_gaps() -> None:
    three = coders(ONE, TWO, ONE)
    del three[2]["s0"]
    found = {a.name: a for a in agreement(three, load_codebook(), resamples=20)}
    assert found["PCTN"].kappa is None and found["PCTN"].alpha == 1.0
    only = coders(ONE, TWO)
    del only[1]["s3"]
    assert agreement(only, load_codebook(), resamples=20)[0].n == 5, "coded by one alone"


def test_the_command(tmp_path: Path) -> None:
    one = write_rows(tmp_path / "lan.jsonl", rows(ONE))
    two = write_rows(tmp_path / "minh.jsonl", rows(TWO))
    result = CliRunner().invoke(app, ["annotate", "agreement", str(one), str(two)])
    assert result.exit_code == 0, result.exception
    for words in ("6 sentences", "lan, minh", "SUYTHOAI-TT.5", "PCTN", "1.00"):
        assert words in result.output


def test_what_is_refused(tmp_path: Path) -> None:
    one = write_rows(tmp_path / "a.jsonl", rows(ONE))
    changed = rows(TWO)
    changed[2]["text"] = "Câu khác."
    two = write_rows(tmp_path / "b.jsonl", changed)
    other = write_rows(tmp_path / "c.jsonl", [{**row, "id": f"x{row['id']}"} for row in rows(TWO)])

    def message(*paths: Path) -> str:
        result = CliRunner().invoke(app, ["annotate", "agreement", *map(str, paths)])
        assert isinstance(result.exception, VankienError), result.output
        return str(result.exception)

    assert "two files at least" in message(one)
    assert "s2 has another text than in" in message(one, two)
    assert "no sentence that two coders coded" in message(one, other)
    assert "No such file" in message(one, tmp_path / "none.jsonl")
