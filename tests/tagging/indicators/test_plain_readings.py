"""A sentence without words of context is read by a short way, to the same end."""

from __future__ import annotations

import pytest

from vankien.analysis import analyse
from vankien.normalise import fold
from vankien.quantities.mentions import find_quantities
from vankien.reading.text import from_text
from vankien.tagging.indicators.context import plain_reading, read_context
from vankien.tagging.indicators.phrases import SentencePhrases, is_governed, scan_sentence
from vankien.tagging.indicators.structure import plain_place

NOTHING = SentencePhrases({}, {}, {}, {}, {}, {})
IDLE = SentencePhrases({}, {}, {}, {}, {}, {"increase": []})
"""A context that holds nothing either, but takes the long way."""


@pytest.mark.parametrize(
    "sentence",
    [
        "Chi bộ có 12 đảng viên và 3 đảng viên dự bị.",
        "Có 95,5% số chi bộ dự họp.",
        "Đội xã Bản Chu đứng thứ 3.",
        "Số thu từ 11 lên 13 triệu đồng.",
        "Tỷ lệ ấy là 2 điểm phần trăm.",
        "Đã xây 19/21 nhà, 8/10 xã góp công.",
        "Giá gấp 2,5 lần giá ở huyện bên.",
        "Vài chục người đến, 10-15 người ở lại.",
    ],
)
def test_the_short_way_and_the_long_way_agree(sentence: str) -> None:
    quantities = find_quantities(sentence)
    assert quantities
    for quantity in quantities:
        place = plain_place(sentence, quantity, 0, len(sentence))
        short = read_context(sentence, quantity, place, len(sentence), NOTHING)
        assert short == read_context(sentence, quantity, place, len(sentence), IDLE)


GOVERNED = [
    ("Số hộ dùng nước sạch tăng 12 hộ so với năm trước.", True),
    ("Năng suất lúa giảm 3 tạ.", True),
    ("Xóm Đồng thu nhiều hơn xóm Chùa 9 tấn.", True),
    ("Sản lượng đạt 96% kế hoạch.", True),
    ("Mỗi hộ nuôi ít nhất 2 con bò.", True),
    ("Mỗi hộ nuôi 2 con bò.", False),
    ("Mục tiêu là trồng 40 ha rừng.", True),
    ("Theo kế hoạch, xã trồng 40 ha rừng.", False),
    ("Ước cả vụ thu 40 tấn thóc.", True),
    ("Trước đây nước ngập 40 ha ruộng.", False),
    ("Tỷ lệ ấy là 3 trên 5 hộ.", True),
    ("Xã đã trồng 40 ha rừng, vượt 5 ha.", True),
    ("Thôn có 12 hộ và 3 giếng.", False),
]


@pytest.mark.parametrize(("sentence", "governed"), GOVERNED)
def test_a_figure_that_no_word_governs_stands_as_it_is(sentence: str, governed: bool) -> None:
    quantities = find_quantities(sentence)
    assert quantities
    ratios = any(q.unit == "%" for q in quantities)
    bounds = any(q.approx in ("min", "max") for q in quantities)
    found = is_governed(fold(sentence), 0, len(sentence), ratios=ratios, bounds=bounds)
    assert found is governed
    if not governed:
        phrases = scan_sentence(sentence)
        for quantity in quantities:
            place = plain_place(sentence, quantity, 0, len(sentence))
            read = read_context(sentence, quantity, place, len(sentence), phrases)
            assert read == plain_reading(quantity)


def test_figures_have_period_and_scope_where_the_catalogue_is_in_play() -> None:
    # Both pass the gate of the sentence; only the first has a figure with an indicator.
    coded = "Năm 2021, huyện Yên Dũng kết nạp 95 đảng viên. Huyện khen thưởng 12 hộ trồng vải."
    plain = "Năm 2021, huyện Yên Dũng sửa 95 cây cầu. Huyện biểu dương 12 hộ trồng vải."
    first, last = (
        [(row["indicator"], row["period_text"], row["scope"]) for row in rows]
        for rows in (analyse(from_text(text))["indicators"] for text in (coded, plain))
    )
    assert [code is not None for code, _, _ in first] == [True, False]
    assert all(period and scope for _, period, scope in first)
    assert last == [(None, None, None)] * 2
