"""Traps into which date and number readers fall, each with a test of its own."""

from __future__ import annotations

from datetime import date

from vankien.analysis import Analysis
from vankien.documents import Metadata
from vankien.quantities.mentions import find_quantities
from vankien.quantities.period_dates import resolve
from vankien.quantities.periods import find_periods
from vankien.reading import from_text

SAID = date(2020, 10, 5)


def values(text: str) -> list[float]:
    return [float(q.value) for q in find_quantities(text) if q.value is not None]


def spans(text: str) -> list[tuple[str | None, str | None]]:
    found = [resolve(mention, anchor=SAID) for mention in find_periods(text)]
    return [(str(a) if a else None, str(b) if b else None) for a, b in found]


def test_trap_thang_09_is_september() -> None:
    text = "Trong tháng 09, chi bộ kết nạp 3 đảng viên."
    assert values(text) == [3]
    assert spans(text) == [("2020-09-01", "2020-09-30")]


def test_trap_qua_is_through_not_yesterday() -> None:
    for text in ("Đoàn công tác đi qua 3 xã biên giới.", "Qua kiểm tra, phát hiện 3 vi phạm."):
        assert values(text) == [3]
        assert spans(text) == []
    assert spans("Hôm qua, chi bộ họp.") == [("2020-10-04", "2020-10-04")]


def test_trap_nam_after_a_number_is_the_year() -> None:
    assert values("Đồng chí có 5 năm công tác.") == [5]
    assert values("Đồng chí có mười năm công tác.") == [10]
    assert values("Chi bộ có hai mươi năm xây dựng.") == [20]
    assert values("Chi bộ có mười lăm đảng viên.") == [15]
    assert values("Có năm đồng chí dự họp.") == [5]
    assert values("Năm 2020, chi bộ có 12 đảng viên.") == [12]


def test_trap_garbled_thousands_are_no_figure() -> None:
    assert values("Trang quét còn lại dãy 000 85 . ở cuối dòng") == []
    assert values("Toàn tỉnh có 85 .000 đảng viên.") == [85000]
    assert values("Toàn tỉnh có 66. 024 đảng viên.") == [66024]


def test_trap_hang_nhi_is_runner_up_not_a_second() -> None:
    for text in ("Đội giành hạng nhì toàn đoàn.", "Huân chương Lao động hạng Nhì."):
        assert values(text) == []
        assert spans(text) == []


def test_trap_a_zero_is_said_in_words() -> None:
    text = "Chi bộ không có đảng viên nào bị kỷ luật; toàn xã không còn thôn trắng đảng viên."
    rows = Analysis(from_text(text, doc_id="x")).indicators
    assert [(r["indicator"], float(r["value"])) for r in rows] == [
        ("discipline.members", 0),
        ("orgs.without_cell", 0),
    ]


def test_trap_a_reversed_list_keeps_its_order() -> None:
    text = "Số tổ chức đảng và đảng viên bị kỷ luật lần lượt là 13 và 295."
    rows = Analysis(
        from_text(text, doc_id="x", metadata=Metadata(published=date(2022, 1, 20)))
    ).indicators
    assert [(r["indicator"], float(r["value"])) for r in rows] == [
        ("discipline.orgs", 13),
        ("discipline.members", 295),
    ]
