"""Constructions in which a figure takes its meaning from elsewhere, sentence by sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from vankien.analysis import Analysis
from vankien.annotation.marked import parse_marked
from vankien.reading import from_text

PARTS = yaml.safe_load((Path(__file__).parent / "cases" / "parts.yaml").read_text("utf-8"))
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "sentences.yaml").read_text("utf-8"))


@pytest.mark.parametrize("marked", [text for cases in CASES.values() for text in cases])
def test_marked_figures_and_no_others_are_coded(marked: str) -> None:
    text, marks = parse_marked(marked)
    document = from_text(text, doc_id="case")
    shift = document.text.index(text[:20])
    found: dict[int, tuple[Any, ...]] = {
        row["start"] - shift + row["surface"].index(row["number"]): (
            row["indicator"], None if row["value"] is None else float(row["value"]),
            row["measure"], row["status"], row["approx"],
        )
        for row in Analysis(document).indicators
        if row["indicator"] is not None
    }  # fmt: skip
    assert found == {
        mark.start + mark.surface.index(mark.number): (
            mark.indicator, None if mark.value is None else pytest.approx(mark.value, abs=0.01),
            mark.measure, mark.extra.get("status", "actual"), mark.extra.get("approx", "exact"),
        )
        for mark in marks
    }  # fmt: skip


@pytest.mark.parametrize("marked", PARTS)
def test_which_figure_a_figure_divides(marked: str) -> None:
    text, marks = parse_marked(marked)
    document = from_text(text, doc_id="case")
    shift = document.text.index(text[:20])
    rows = Analysis(document).indicators
    places = {row["record_id"]: row["start"] - shift for row in rows}
    found = {
        places[row["record_id"]]: (row["indicator"], row["part_of"] and places[row["part_of"]])
        for row in rows
    }
    wanted = {
        mark.start: (
            mark.indicator,
            marks[int(mark.extra["of"])].start if "of" in mark.extra else None,
        )
        for mark in marks
        if mark.indicator is not None
    }
    assert {start: found.get(start) for start in wanted} == wanted


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("Huyện ủy mở 48 lớp bồi dưỡng lý luận chính trị.", "48", "lớp"),
        ("Ban Tuyên giáo Tỉnh ủy tổ chức 14 hội nghị báo cáo viên.", "14", "hội nghị"),
        ("Kỷ luật 7 tổ chức đảng, trong đó khiển trách 5, cảnh cáo 2.", "5", "tổ chức đảng"),
        ("Kỷ luật 7 đảng viên, trong đó khiển trách 5, cảnh cáo 2.", "5", "đảng viên"),
    ],
)
def test_the_unit_of_a_figure(text: str, number: str, unit: str) -> None:
    rows = Analysis(from_text(text, doc_id="case")).indicators
    assert next(row["unit"] for row in rows if row["number"] == number) == unit
