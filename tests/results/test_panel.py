"""The rules of panels, conflicts and coverage, on rows made by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.results.made import document, figure, results, row
from vankien.errors import UsageError
from vankien.gazetteer.places import provinces
from vankien.gazetteer.succession import code_on
from vankien.results.figures import grain, slip_factor
from vankien.results.provinces import Part, part_of_map, parts_of, system_codes


def cells(made: Any, indicator: str = "members.admitted", **options: Any) -> dict[Any, Any]:
    found = made.panel(indicator, **options).rows()
    keys = [(r["place_name"], r["period"], r["within_reported"]) for r in found]
    assert len(set(keys)) == len(keys), "a cell has one row"
    return {(r["place_name"], r["period"]): r for r in found if r["within_reported"] is None}


def test_a_plain_panel(tmp_path: Path) -> None:
    made = results(
        tmp_path / "out",
        documents=[document("a", "2021-01-10", publisher="Báo A"),
                   document("b", "2021-02-10", publisher="Báo B", duplicate_of="a"),
                   document("c", "2021-03-01", publisher="Báo C")],
        indicators=[
            figure("a", 2053, "20", "2020"), figure("b", 2053, "20", "2020"),
            figure("c", 2053, "20", "2020"), figure("a", 120, "20.182", "2020"),
            figure("a", 33, "20.KDN", "2020"), figure("a", 900, "20", "2020-01-01/2020-06-30"),
            figure("a", 71, "20", "2020", part_of="a-members.admitted-2053-20-2020-"),
        ],
    )  # fmt: skip
    (cell,) = cells(made).values()
    assert (cell["value_reported"], cell["unit"], cell["place"]) == (2053.0, "đảng viên", "20")
    assert (cell["n_sources"], cell["n_figures"]) == (2, 3), "a repeated story counts once"
    assert (cell["min_reported"], cell["max_reported"], cell["conflict"]) == (2053, 2053, None)
    assert len(cell["record_ids"]) == 3 and set(cell["doc_ids"]) == {"a", "b", "c"}
    assert cell["status_reported"] == "actual" and cell["scope_reported"] == ["scope 20"]
    assert [r["value_reported"] for r in made.panel("members.admitted", by="district").rows()] == [
        120
    ]
    assert ("Lạng Sơn", "2020-H1") in cells(made, freq="half")
    assert {r["place"] for r in made.panel("members.admitted", by="scope").rows()} == {
        "20", "20.182", "20.KDN"}  # fmt: skip
    assert "reported" in made.panel("members.admitted").title


@pytest.mark.parametrize(
    ("figures", "value", "kind"),
    [
        # what happened before an estimate before an aim
        ([("a", 2100, {"status": "estimate"}), ("b", 2053, {})], 2053, "later update"),
        ([("a", 2053, {}), ("c", 2200, {"status": "estimate"})], 2053, "later update"),
        ([("a", 2053, {}), ("c", 2500, {"status": "target"})], 2053, None),
        ([("a", 2500, {"status": "target"})], 2500, None),
        # the finer of two that are one
        ([("a", 2053, {}), ("c", 2000, {"approx": "over"})], 2053, "rounding"),
        ([("a", 2053, {}), ("c", 2050, {})], 2053, "rounding"),
        ([("a", 2000, {"approx": "about"}), ("b", 1987, {})], 1987, "rounding"),
        # a slip: more sources, or nearer to the other years
        ([("a", 2053, {}), ("b", 2053, {}), ("c", 20530, {})], 2053, "factor slip"),
        ([("a", 2053, {}), ("c", 2.053, {})], 2053, "factor slip"),
        ([("a", 205300, {}), ("c", 2053, {})], 2053, "factor slip"),
        # a narrower figure does not stand for the whole
        ([("a", 2053, {}), ("c", 153, {"label": "đảng viên trong doanh nghiệp"})], 2053,
         "other scope"),
        # later by at least 28 days and near: an update; else a conflict
        ([("a", 2053, {}), ("c", 2068, {})], 2068, "later update"),
        ([("a", 2053, {}), ("c", 1403, {})], 1403, "true conflict"),
        ([("a", 2053, {}), ("b", 2068, {})], 2068, "true conflict"),
    ],
)  # fmt: skip
def test_one_value_a_cell(
    tmp_path: Path, figures: list[tuple[str, float, dict[str, Any]]], value: float, kind: str | None
) -> None:
    made = results(
        tmp_path / "out",
        documents=[document("a", "2021-01-10"), document("b", "2021-01-20"),
                   document("c", "2021-06-01")],
        indicators=[
            *(figure(doc, number, "20", "2020", **more) for doc, number, more in figures),
            # other years, with aims as reports have them
            figure("a", 1999, "20", "2019"), figure("a", 2101, "20", "2018"),
            figure("a", 2000, "20", "2019", status="target"),
            figure("a", 2150, "20", "2018", status="target"),
        ],
    )  # fmt: skip
    cell = cells(made)["Lạng Sơn", "2020"]
    assert cell["value_reported"] == value
    assert cell["conflict"] == kind
    listed = made.conflicts().rows()
    assert [r["class"] for r in listed] == ([kind] if kind else [])
    if kind == "factor slip":
        assert listed[0]["factor"] in (10, 100, 1000)


def test_conflicts_side_by_side(tmp_path: Path) -> None:
    made = results(
        tmp_path / "out",
        documents=[document("a", "2021-01-10", publisher="Báo A"), document("b", "2021-01-20"),
                   document("b2", "2021-01-21", duplicate_of="b"), document("z", "2021-01-02")],
        indicators=[figure("a", 2053, "20", "2020"), figure("b", 1711, "20", "2020"),
                    figure("b2", 1711, "20", "2020"), figure("z", 5, "20.182", "2020"),
                    figure("z", 7, "20", "2019"), figure("z", 9, "20", "2020", measure="share"),
                    figure("z", 2053, "20", "2020", indicator="members.candidates")],
        sentences=[row("sentences", doc_id="a", text="Năm 2020, tỉnh kết nạp 2.053 đảng viên."),
                   row("sentences", doc_id="b", text="Năm 2020, tỉnh kết nạp 1.711 đảng viên.")],
    )  # fmt: skip
    (pair,) = made.conflicts().rows()
    assert pair["class"] == "true conflict" and pair["factor"] is None
    assert (pair["value_1"], pair["value_2"], pair["difference"]) == (2053, 1711, -342)
    assert (pair["n_sources_1"], pair["n_sources_2"]) == (1, 1)
    assert pair["sentence_1"].endswith("2.053 đảng viên.") and "1.711" in pair["sentence_2"]
    assert (pair["doc_id_1"], pair["doc_id_2"], pair["source_1"]) == ("a", "b", "Báo A")
    assert len(made.conflicts("members.admitted", measure="share")) == 0
    assert len(made.conflicts(classes=["rounding"])) == 0
    with pytest.raises(UsageError, match="the classes are"):
        made.conflicts(classes=["nonsense"])


BEFORE = "2025-03-01"
AFTER = "2026-02-01"


def test_flows_add_over_merged_units(tmp_path: Path) -> None:
    made = results(
        tmp_path / "out",
        documents=[document("a", BEFORE), document("n", AFTER)],
        indicators=[
            # Bắc Giang (24) and Bắc Ninh (27) are Bắc Ninh (24) since July 2025
            figure("a", 100, "24", "2024"), figure("a", 60, "27", "2024"),
            figure("a", 90, "24", "2023"),
            figure("n", 170, "24", "2025"),
            figure("n", 55, "20", "2025"), figure("a", 50, "20", "2024"),
        ],
    )  # fmt: skip
    as_reported = cells(made)
    assert as_reported["Bắc Giang", "2024"]["value_reported"] == 100
    assert as_reported["Bắc Ninh", "2024"]["value_reported"] == 60
    assert as_reported["Bắc Ninh", "2025"]["value_reported"] == 170
    merged = cells(made, units=34)
    whole = merged["Bắc Ninh", "2024"]
    assert (whole["value_reported"], whole["derivation"]) == (160, "sum of 2 units")
    assert whole["place"] == "24" and len(whole["record_ids"]) == 2
    half = merged["Bắc Ninh", "2023"]
    assert (half["value_reported"], half["missing"]) == (None, ["Bắc Ninh"])
    assert merged["Bắc Ninh", "2025"]["derivation"] == "as reported"
    assert merged["Lạng Sơn", "2024"]["value_reported"] == 50
    divided = cells(made, units=63)
    assert set(divided) == {
        ("Bắc Giang", "2023"), ("Bắc Giang", "2024"), ("Bắc Ninh", "2024"),
        ("Lạng Sơn", "2024"), ("Lạng Sơn", "2025"),
    }, "a figure of a merged province is not divided"  # fmt: skip


def test_stocks_add_at_one_date_only(tmp_path: Path) -> None:
    stock = {"indicator": "members.total"}
    made = results(
        tmp_path / "out",
        documents=[document("a", BEFORE)],
        indicators=[
            figure("a", 1000, "24", "2024-12-31", **stock),
            figure("a", 900, "24", "2024-06-30", **stock),
            figure("a", 600, "27", "2024-12-31", **stock),
            figure("a", 950, "24", "2023-12-31", **stock),
            figure("a", 580, "27", "2023-10-31", **stock),
        ],
    )  # fmt: skip
    reported = cells(made, "members.total")["Bắc Giang", "2024"]
    assert (reported["value_reported"], reported["as_of_reported"]) == (1000, date(2024, 12, 31))
    merged = cells(made, "members.total", units=34)
    assert merged["Bắc Ninh", "2024"]["value_reported"] == 1600
    assert merged["Bắc Ninh", "2023"]["value_reported"] is None
    assert "dates" in merged["Bắc Ninh", "2023"]["derivation"]


def test_ratios_are_recomputed_and_ranks_never(tmp_path: Path) -> None:
    made = results(
        tmp_path / "out",
        documents=[document("a", BEFORE)],
        indicators=[
            figure("a", 100, "24", "2024"), figure("a", 300, "27", "2024"),
            figure("a", 50, "24", "2024", measure="target_ratio"),
            figure("a", 150, "27", "2024", measure="target_ratio"),
            figure("a", 25, "24", "2024", measure="change_rel"),
            figure("a", -25, "27", "2024", measure="change_rel"),
            figure("a", 10, "24", "2023", measure="share"),
            figure("a", 20, "27", "2023", measure="share"),
            figure("a", 1, "24", "2024", measure="rank"),
            figure("a", 2, "27", "2024", measure="rank"),
            figure("a", -5, "24", "2024", measure="change_abs"),
            figure("a", 7, "27", "2024", measure="change_abs"),
        ],
    )  # fmt: skip

    def merged(measure: Any, year: str = "2024") -> Any:
        return cells(made, units=34, measure=measure)["Bắc Ninh", year]

    # targets 200 and 200, so 400 of 400; values before 80 and 400, so 400 of 480
    assert merged("target_ratio")["value_reported"] == pytest.approx(100)
    assert merged("change_rel")["value_reported"] == pytest.approx(-100 / 6)
    assert merged("share", "2023")["value_reported"] is None, "there are no levels"
    assert merged("rank")["value_reported"] is None
    assert merged("change_abs")["value_reported"] == 2


def test_parts_of_other_indicators_are_cells_of_their_own(tmp_path: Path) -> None:
    whole = figure("a", 2053, "20", "2020")
    made = results(
        tmp_path / "out",
        documents=[document("a", BEFORE)],
        indicators=[
            whole,
            figure("a", 1100, "20", "2020", indicator="members.female", part_of=whole.record_id),
            figure("a", 30000, "20", "2020-12-31", indicator="members.female"),
        ],
    )  # fmt: skip
    rows = made.panel("members.female").rows()
    assert [(r["within_reported"], r["value_reported"]) for r in rows] == [
        (None, 30000), ("members.admitted", 1100)]  # fmt: skip


def test_words_of_a_unit_that_had_ended(tmp_path: Path) -> None:
    made = results(
        tmp_path / "out",
        documents=[document("a", AFTER)],
        indicators=[figure("a", 100, "24", "2024", scope="tỉnh Bắc Giang"),
                    figure("a", 170, "24", "2025", scope="tỉnh Bắc Ninh")],
    )  # fmt: skip
    assert set(cells(made)) == {("Bắc Giang", "2024"), ("Bắc Ninh", "2025")}


def test_calls_that_are_wrong(tmp_path: Path) -> None:
    made = results(tmp_path / "out", documents=[document("a")])
    for options in ({"by": "planet"}, {"freq": "week"}, {"units": 64}, {"status": ["wish"]},
                    {"by": "district", "units": 34}):  # fmt: skip
        with pytest.raises(UsageError):
            made.panel("members.admitted", **options)
    with pytest.raises(UsageError, match=r"members\.nonsense"):
        made.panel("members.nonsense")
    assert len(made.panel("members.admitted")) == 0


def test_coverage_tells_zero_from_silence_and_absence(tmp_path: Path) -> None:
    made = results(
        tmp_path / "out",
        documents=[
            document("a", "2020-12-20", issuer="TỈNH ỦY LẠNG SƠN", publisher=None),
            document("b", "2021-12-20", issuer="TỈNH ỦY LẠNG SƠN"),
            document("c", "2021-05-01", title="Cao Bằng họp tổng kết", publisher="Báo A"),
            document("d", "2021-05-02", title="Cao Bằng họp tổng kết", publisher="Báo B",
                     duplicate_of="c"),
        ],
        indicators=[figure("a", 0, "20", "2020", indicator="discipline.expulsion"),
                    figure("b", 3, "20", "2021", indicator="discipline.expulsion")],
    )  # fmt: skip
    grid = made.coverage("discipline.expulsion")
    states = {(r["place_name"], r["period"]): r["state"] for r in grid.rows()}
    assert states == {
        ("Lạng Sơn", "2020"): "zero", ("Lạng Sơn", "2021"): "figure",
        ("Cao Bằng", "2020"): "no document",
        ("Cao Bằng", "2021"): "documents without a figure",
    }  # fmt: skip
    counted = {(r["place_name"], r["period"]): r["n_documents"] for r in grid.rows()}
    assert counted["Cao Bằng", "2021"] == 1, "a repeated story counts once"
    whole = made.coverage(units=34)
    assert len(whole) == 34 * 2 and {r["state"] for r in whole.rows()} >= {"no document"}
    sources = {r["source"] for r in made.coverage(by="source").rows()}
    assert sources == {"Báo A", "Báo B", "TỈNH ỦY LẠNG SƠN"}
    assert made.coverage(by="both", freq="term").columns[:3] == ["place", "place_name", "source"]


def test_the_maps_have_their_units() -> None:
    assert len(system_codes(63)) == 63 and len(system_codes(34)) == 34
    eve, merger = date(2025, 6, 30), date(2025, 7, 1)
    parts = [code for unit in system_codes(34) for code in parts_of(unit, 34, eve)]
    assert sorted(parts) == list(system_codes(63)), "the 34 are made of the 63, each once"
    unchanged = [u for u in system_codes(34) if part_of_map(Part(u, merger, ""), 63) is not None]
    assert len(unchanged) == 11
    assert parts_of("01", 63, date(2005, 1, 1)) == ("01", "28"), "Hà Tây joined Hà Nội in 2008"
    assert part_of_map(Part("28", date(2005, 1, 1), ""), 34) == "01"
    # Hà Bắc was divided: no unit of either map is all of it.
    assert part_of_map(Part("H.HBA", date(1990, 1, 1), ""), 63) is None
    assert part_of_map(Part("H.HBA", date(1990, 1, 1), ""), 34) == "24"


@settings(deadline=None, max_examples=25)
@given(st.dates(date(1985, 1, 1), date(2026, 6, 1)), st.sampled_from((63, 34)))
def test_days_of_change_are_enough(day: date, system: int) -> None:
    """Looking up by the last day of change gives what the succession gives for the day."""
    target = {63: date(2025, 6, 30), 34: date(2025, 7, 1)}[system]
    valid = sorted({unit.code for unit in provinces() if unit.on(day)})
    if day <= target:
        for code in valid:
            reached = code_on(code, target, held=day)
            wanted = reached[0] if len(reached) == 1 else None
            assert part_of_map(Part(code, day, ""), system) == wanted
    if day < target:
        for unit in system_codes(system):
            parts = tuple(c for c in valid if code_on(c, target, held=day) == (unit,))
            assert parts_of(unit, system, day) == parts


@given(st.integers(1, 10**9), st.integers(0, 6))
def test_the_grain_of_a_number(number: int, noughts: int) -> None:
    number += number % 10 == 0
    assert grain(number * 10**noughts) == 10**noughts


@pytest.mark.parametrize(
    ("one", "other", "factor"),
    [(2053, 20530, 10), (20530, 2053, 10), (2.053, 2053, 1000), (12, 1200, 100),
     (2053, 20500, None), (0, 10, None), (3, 30.01, 10), (5, 5, None)],
)  # fmt: skip
def test_slips(one: float, other: float, factor: int | None) -> None:
    assert slip_factor(one, other) == factor
