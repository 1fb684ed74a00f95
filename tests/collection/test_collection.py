"""The generated collection: what it holds, and how much of its truth the panels recover."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.collection.made import Made
from vankien.collection import Cell, compose, read_truth
from vankien.errors import OutputError, ReadError
from vankien.results.figures import CLASSES

RECOVERED = 0.97
"""Least share of true cells that the panels must hold with the right value."""


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "results" not in path.parts and path.name != "made"
    }


def test_it_is_a_collection(made: Made) -> None:
    documents = made.results.documents.df()
    assert len(documents) == made.truth.n_documents >= 300
    assert made.results.run["errors"] == {}
    years = documents["published"].map(lambda day: day.year)
    assert documents["published"].notna().all() and years.nunique() >= 10
    cells = made.truth.cells
    assert len({cell.place_name for cell in cells}) >= 20 and len(cells) > 3_000
    assert {cell.end.year for cell in cells} == set(range(2016, 2026))
    assert set(Counter(documents["kind"])) >= {"party_document", "news_article"}
    assert {Path(source.partition("#")[0]).suffix for source in documents["source"]} == {
        ".txt", ".html", ".jsonl"}  # fmt: skip


def test_the_same_seed_writes_the_same(made: Made, tmp_path: Path) -> None:
    again = compose(tmp_path / "again")
    assert again == made.truth == read_truth(made.folder / "truth.json")
    assert files(tmp_path / "again") == files(made.folder)
    other = compose(tmp_path / "other", seed=8)
    assert other.cells != again.cells
    with pytest.raises(OutputError) as caught:
        compose(tmp_path / "again")
    assert caught.value.code == "V213"
    with pytest.raises(ReadError):
        read_truth(tmp_path / "absent.json")


def test_panels_recover_the_truth(made: Made) -> None:
    by_indicator: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in made.truth.cells:
        by_indicator[cell.indicator, cell.measure].append(cell)
    wrong = []
    for (indicator, measure), cells in by_indicator.items():
        found: dict[tuple[Any, ...], float | None] = {}
        for freq in ("year", "half", "quarter"):
            panel = made.results.panel(indicator, measure=measure, freq=freq)  # type: ignore[arg-type]
            for row in panel.rows():
                key = (row["place"], row["place_name"], row["within_reported"],
                       row["as_of_reported"] or row["period_start"],
                       row["as_of_reported"] or row["period_end"])  # fmt: skip
                found[key] = row["value_reported"]
        for cell in cells:
            key = (cell.place, cell.place_name, cell.within, cell.start, cell.end)
            if found.get(key) != cell.value:
                wrong.append((cell, found.get(key)))
    share = 1 - len(wrong) / len(made.truth.cells)
    assert share >= RECOVERED, f"{share:.4f} of {len(made.truth.cells)}; {wrong[:5]}"


def test_every_planted_difference_is_listed(made: Made) -> None:
    listed = {
        (row["indicator"], row["scope_code"], row["period_end"],
         frozenset((row["value_1"], row["value_2"]))): row
        for row in made.results.conflicts().rows()
    }  # fmt: skip
    assert {planted.kind for planted in made.truth.planted} == set(CLASSES)
    for planted in made.truth.planted:
        key = (planted.indicator, planted.place, planted.end,
               frozenset((planted.value, planted.other)))  # fmt: skip
        row = listed.pop(key, None)
        assert row is not None, f"{planted} is not listed"
        assert row["class"] == planted.kind, (planted, row["sentence_1"], row["sentence_2"])
        assert row["sentence_1"] and row["sentence_2"]
    # What is listed beyond the planted ones is a misreading.
    assert len(listed) <= len(made.truth.planted) * 0.05, list(listed.values())[:3]


def test_copies_are_found_and_count_once(made: Made) -> None:
    titles = dict(made.results.sql("select doc_id, title from documents").fetchall())
    found = {
        (titles[one], titles[copy])
        for copy, one in made.results.sql(
            "select doc_id, duplicate_of from documents where duplicate_of is not null"
        ).fetchall()
    }
    wanted = {frozenset(pair) for pair in made.truth.copies}
    assert {frozenset(pair) for pair in found} == wanted
    true = {(c.place, c.place_name, c.end.year): c.n_documents for c in made.truth.cells
            if (c.indicator, c.measure, c.start.month, c.end.month) ==
            ("members.badges", "level", 1, 12)}  # fmt: skip
    for row in made.results.panel("members.badges").rows():
        key = (row["place"], row["place_name"], row["period_end"].year)
        assert row["n_sources"] == true[key]


def test_merged_units_hold_the_sums(made: Made) -> None:
    """The map of the 34 over all ten years: before July 2025 the sums of the parts."""
    true = {(c.place_name, c.end.year): c.value for c in made.truth.cells
            if c.indicator == "members.badges" and c.start.month == 1}  # fmt: skip
    rows = made.results.panel("members.badges", units=34).rows()
    merged = {(r["place_name"], r["period_end"].year): r for r in rows}
    parts = {"Phú Thọ": ("Hòa Bình", "Phú Thọ", "Vĩnh Phúc"), "Bắc Ninh": ("Bắc Giang", "Bắc Ninh")}
    sums = 0
    for unit, names in parts.items():
        for year in range(2016, 2025):
            values = [true.get((name, year)) for name in names]
            cell = merged[unit, year]
            if None in values:
                assert cell["value_reported"] is None and cell["missing"]
            else:
                assert cell["value_reported"] == sum(v for v in values if v is not None)
                sums += 1
        assert merged[unit, 2025]["value_reported"] == true[unit, 2025]
    assert sums > 10


def test_silence_is_no_zero(made: Made) -> None:
    grid = {(r["place"], r["period"]): r for r in
            made.results.coverage("discipline.orgs").rows()}  # fmt: skip
    zeros = [c for c in made.truth.cells if c.indicator == "discipline.orgs" and c.value == 0]
    assert zeros and made.truth.silent
    for cell in zeros:
        assert grid[cell.place, str(cell.end.year)]["state"] == "zero"
    for place, year in made.truth.silent:
        assert grid[place, str(year)]["state"] in ("no document", "documents without a figure")


def test_themes_rise_and_fall_as_written(made: Made) -> None:
    """Year by year, the groups of manifestations go up and down with what was written."""
    for group in ("SUYTHOAI-TT", "SUYTHOAI-DD", "TUDIENBIEN"):
        written: Counter[int] = Counter()
        for (year, code), number in made.truth.themes.items():
            written[year] += number * code.startswith(group)
        found: Counter[int] = Counter()
        for row in made.results.theme_trend(group).rows():
            found[int(row["period"])] += row["n"]
        years = range(2016, 2026)
        pairs = [(written[year], found[year]) for year in years]
        assert np.corrcoef(np.array(pairs).T)[0, 1] > 0.9, (group, pairs)
