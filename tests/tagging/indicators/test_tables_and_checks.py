"""Figures of tables with their parts, the arithmetic checks, the gold and its split."""

from __future__ import annotations

import pytest

from vankien.analysis import Analysis
from vankien.annotation.marked import parse_marked
from vankien.annotation.passages import split_families, to_gold, to_marked
from vankien.codebook import load_codebook
from vankien.evaluation.evaluate import table_document
from vankien.evaluation.gold import TablePassage, load_gold
from vankien.reading import from_text
from vankien.tagging.indicators.calibration import probability

DISCIPLINE = TablePassage.model_validate(
    {
        "id": "t",
        "family": "t",
        "caption": "Bảng 1. Kỷ luật đảng viên năm 2021",
        "rows": [
            ["TT", "Đảng bộ", "Đảng viên bị kỷ luật", "Trong đó", "<", "<", "<"],
            ["^", "^", "^", "Khiển trách", "Cảnh cáo", "Cách chức", "Khai trừ"],
            ["1", "Huyện A", "10", "6", "2", "1", "1"],
            ["2", "Huyện B", "7", "5", "1", "0", "2"],
        ],
        "records": [],
    }
)


def test_cells_point_to_their_whole_and_are_summed() -> None:
    rows = Analysis(table_document(DISCIPLINE)).indicators
    cells = {(r["row"], r["column"]): r for r in rows}
    assert {c: cells[2, c]["indicator"] for c in range(2, 7)} == {
        2: "discipline.members",
        3: "discipline.reprimand",
        4: "discipline.warning",
        5: "discipline.dismissal",
        6: "discipline.expulsion",
    }
    assert all(cells[2, c]["part_of"] == cells[2, 2]["record_id"] for c in range(3, 7))
    assert cells[2, 2]["checks"] == ["breakdown:ok"]
    assert cells[3, 2]["checks"] == ["breakdown:off"]
    assert cells[3, 2]["score"] < cells[2, 2]["score"]
    # A failed check never changes a value.
    assert [float(cells[3, c]["value"]) for c in range(2, 7)] == [7, 5, 1, 0, 2]


@pytest.mark.parametrize(
    ("text", "number", "checks"),
    [
        ("Có 40/50 chi bộ hoàn thành tốt nhiệm vụ, đạt 80%.", "80", ["share:ok"]),
        ("Có 40/50 chi bộ hoàn thành tốt nhiệm vụ, đạt 70%.", "70", ["share:off"]),
    ],
)
def test_a_share_is_checked_against_its_base(text: str, number: str, checks: list[str]) -> None:
    rows = Analysis(from_text(text, doc_id="x")).indicators
    assert next(r["checks"] for r in rows if r["number"] == number) == checks


def test_scores_are_probabilities_that_rise() -> None:
    scores = [probability(raw / 10) for raw in range(0, 90)]
    assert scores == sorted(scores)
    assert 0 < scores[0] < scores[-1] < 1


@pytest.mark.parametrize("family", ["indicators", "tables"])
def test_families_of_the_gold_do_not_straddle(family: str) -> None:
    dev = {entry.family for entry in load_gold(family, "dev")}
    test = {entry.family for entry in load_gold(family, "test")}
    assert dev and test and not dev & test


def test_every_code_stands_in_both_splits() -> None:
    for split in ("dev", "test"):
        codes = {r.indicator for e in load_gold("indicators", split) for r in e.records}
        assert set(load_codebook().indicators) <= codes


def test_gold_lines_survive_the_way_through_marks() -> None:
    raw = {
        "id": "a",
        "family": "f",
        "text": "Kết nạp [12 đảng viên|members.admitted 12], nữ [5|members.female 5 of=0 "
        'unit="đảng viên"], đạt [80%|members.admitted 80 target_ratio baseline="kế hoạch"].',
    }
    line = to_gold(raw)
    assert [r["unit"] for r in line["records"]] == ["đảng viên", "đảng viên", "%"]
    again = to_gold({**raw, "text": to_marked(line)})
    assert again == line
    assert parse_marked(to_marked(line))[0] == line["text"]


def test_families_are_dealt_whole_and_fixed_ones_stay() -> None:
    lines = [{"family": f"f{i % 5}", "records": [{"indicator": f"c{i % 3}"}]} for i in range(30)]
    side = split_families(lines, fixed={"f0": "test"})
    assert set(side) == {f"f{i}" for i in range(5)}
    assert side["f0"] == "test"
    assert set(side.values()) == {"dev", "test"}


def test_a_figure_before_the_word_of_a_target_is_none() -> None:
    """A figure that counts targets, at the head of its sentence, is read and is no target."""
    from vankien.analysis import analyse
    from vankien.reading.text import from_text

    rows = analyse(from_text("5 mục tiêu được Đảng ủy xã đề ra và bàn kỹ."))["indicators"]
    assert [(row["number"], row["status"]) for row in rows] in ([("5", "actual")], [])
    rows = analyse(from_text("Mục tiêu năm nay là kết nạp 5 đảng viên."))["indicators"]
    assert [row["status"] for row in rows if row["number"] == "5"] == ["target"]


def test_records_scored_above_nine_tenths_are_right_nine_times_in_ten() -> None:
    right = total = 0
    for entry in load_gold("indicators", "test"):
        document = from_text(entry.text, doc_id=entry.id, title=entry.title)
        shift = document.text.index(entry.text[:30])
        gold: dict[int, tuple[str | None, str]] = {}
        for record in entry.records:
            place = -1
            for _ in range(record.at + 1):
                place = entry.text.index(record.surface, place + 1)
            place += record.surface.index(record.number) + shift
            gold[place] = (record.indicator, record.measure)
        for row in Analysis(document).indicators:
            if row["indicator"] is not None and row["score"] > 0.9 and row["start"] >= shift:
                place = row["start"] + row["surface"].index(row["number"])
                total += 1
                right += gold.get(place) == (row["indicator"], row["measure"])
    assert total >= 200
    assert right >= 0.9 * total
