"""A sentence without words of context is read by a short way, to the same end."""

from __future__ import annotations

import pytest

from vankien.quantities.mentions import find_quantities
from vankien.tagging.indicators.context import read_context
from vankien.tagging.indicators.phrases import SentencePhrases
from vankien.tagging.indicators.structure import plain_places

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
    for quantity, place in zip(quantities, plain_places(sentence, quantities), strict=True):
        short = read_context(sentence, quantity, place, len(sentence), NOTHING)
        assert short == read_context(sentence, quantity, place, len(sentence), IDLE)
