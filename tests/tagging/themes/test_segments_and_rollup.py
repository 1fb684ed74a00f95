"""Segments of long sentences, and the way from sentences to the document."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vankien.analysis import Analysis
from vankien.documents import Part
from vankien.normalise import fold
from vankien.reading import from_text
from vankien.tagging.themes import DocumentTheme, ThemeMention, roll_up
from vankien.tagging.themes.model import (
    LONG_SENTENCE,
    SEGMENT_DISCOUNT,
    SEGMENT_LENGTH,
    split_segments,
)

A = "a" * SEGMENT_LENGTH
SHORT = "b" * 10


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        (A, []),
        (f"{A}, {A}", [A, A]),
        (f"{A}; {A}: {A}", [A, A, A]),
        (f"{A}, {SHORT}, {A}", [A, f"{SHORT}, {A}"]),
        # A short rest goes with the segment before it: then there is but one, which is none.
        (f"{A}, {SHORT}", []),
        (f"{A}, {A}, {SHORT}", [A, f"{A}, {SHORT}"]),
        # A comma inside a number is no end.
        (f"{A}1,5{A}", []),
    ],
)
def test_segments(text: str, parts: list[str]) -> None:
    assert [text[a:b] for a, b in split_segments(text, 0, len(text))] == parts


@settings(deadline=None)
@given(st.lists(st.sampled_from([A, SHORT, ", ", "; ", ": ", ",", "x"]), max_size=20))
def test_segments_are_in_order_and_long_enough(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = split_segments(text, 0, len(text))
    assert len(found) != 1
    for a, b in found:
        assert b - a >= SEGMENT_LENGTH - 2
    for (_, b), (a, _) in pairwise(found):
        assert text[b:a].strip(",;: ") == ""
    if found:
        assert found[0][0] == 0 and found[-1][1] == len(text)


def test_segments_of_a_stretch() -> None:
    text = f"Đầu. {A}, {A} Cuối."
    start = text.index(A)
    found = split_segments(text, start, start + 2 * SEGMENT_LENGTH + 2)
    assert [text[a:b] for a, b in found] == [A, A]


LONG = (
    "Trong năm, huyện đã tổ chức trồng thêm bốn mươi héc-ta rừng phòng hộ ở các xã vùng cao, "
    "một số cán bộ, đảng viên còn nể nang, né tránh, ngại va chạm khi góp ý cho đồng chí mình, "
    "việc thu ngân sách trên địa bàn đạt chín mươi phần trăm kế hoạch được giao từ đầu năm."
)
PART = "một số cán bộ, đảng viên còn nể nang, né tránh, ngại va chạm khi góp ý cho đồng chí mình"


def chance(text: str, code: str) -> float:
    analysis = Analysis(from_text(text))
    scored = analysis.scored[0]
    assert len(scored.probabilities) == 1
    return float(scored.probabilities[0, analysis.schemes[0].model.place[code]])


def test_a_fault_in_a_long_list_is_heard() -> None:
    assert len(fold(LONG).text) > LONG_SENTENCE > len(PART)
    assert chance(LONG, "SUYTHOAI-TT.5") >= 0.9 * SEGMENT_DISCOUNT * chance(PART, "SUYTHOAI-TT.5")
    assert chance(PART, "SUYTHOAI-TT.5") > 0.5


# --- roll-up -----------------------------------------------------------------------------


def mention(theme: str, score: float = 1.0, *, negated: bool = False, at: int = 0) -> ThemeMention:
    return ThemeMention(theme, score, at, at + 1, "model", negated)


def document(*sentences: tuple[Part, list[ThemeMention]], length: int = 20) -> list[DocumentTheme]:
    rest = [(Part.BODY, [])] * (length - len(sentences))
    return roll_up([*sentences, *rest])


def codes(found: list[DocumentTheme]) -> set[str]:
    return {theme.theme for theme in found}


def test_one_passing_mention_is_no_theme() -> None:
    assert codes(document((Part.BODY, [mention("PCTN")]))) == set()


def test_two_sentences_are() -> None:
    one = (Part.BODY, [mention("PCTN")])
    assert codes(document(one, one)) == {"PCTN"}


def test_a_title_is() -> None:
    assert codes(document((Part.TITLE, [mention("PCTN")]))) == {"PCTN"}


def test_a_lead_and_a_sentence_are() -> None:
    lead, body = (Part.LEAD, [mention("PCTN")]), (Part.BODY, [mention("PCTN")])
    assert codes(document(lead)) == set()
    assert codes(document(lead, body)) == {"PCTN"}


def test_title_weighs_more_than_lead_than_body_than_caption() -> None:
    support = [
        roll_up([(part, [mention("PCTN")])] * 3)[0].support
        for part in (Part.TITLE, Part.LEAD, Part.BODY, Part.CAPTION)
    ]
    assert support == sorted(support, reverse=True) and len(set(support)) == 4


def test_furniture_says_nothing() -> None:
    for part in (Part.HEADER, Part.FOOTER, Part.SIGNATURE, Part.RECIPIENTS, Part.BOILERPLATE):
        assert roll_up([(part, [mention("PCTN")])] * 5) == []


def test_negated_mentions_do_not_count() -> None:
    one = (Part.BODY, [mention("PCTN", negated=True)])
    assert document(one, one, one) == []


def test_in_a_short_document_one_clear_mention_is_enough() -> None:
    assert codes(document((Part.BODY, [mention("PCTN", 0.9)]), length=4)) == {"PCTN"}
    assert codes(document((Part.BODY, [mention("PCTN", 0.3)]), length=4)) == set()


def test_a_long_document_asks_for_more() -> None:
    two = [(Part.BODY, [mention("PCTN")])] * 2
    assert codes(document(*two, length=20)) == {"PCTN"}
    assert codes(document(*two, length=400)) == set()


def test_the_score_grows_with_support_and_stays_below_one() -> None:
    scores = []
    for n in (2, 4, 8):
        (theme,) = document(*[(Part.BODY, [mention("PCTN")])] * n)
        scores.append(theme.score)
    assert scores == sorted(scores) and scores[0] > 0 and scores[-1] <= 1.0


def test_the_best_mention_is_the_evidence() -> None:
    found = document(
        (Part.BODY, [mention("PCTN", 0.9, at=5)]),
        (Part.TITLE, [mention("PCTN", 0.8, at=50)]),
        (Part.BODY, [mention("PCTN", 1.0, negated=True, at=99)]),
    )
    assert [theme.best.start for theme in found] == [50], "the title weighs more"


def test_nothing_of_nothing() -> None:
    assert roll_up([]) == []
