"""Near-copies: found as the plain comparison finds them, and none across splits of the gold."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vankien.evaluation.gold import load_gold
from vankien.evaluation.near_copies import NEAR, families_of, near_copies, shingles

SPLITS = ("train", "dev", "test")

SYLLABLES = st.sampled_from(["chi", "bộ", "họp", "bàn", "việc", "xã", "2020"])
SENTENCES = st.lists(
    st.lists(SYLLABLES, min_size=1, max_size=8).map(" ".join), min_size=1, max_size=12
)


@settings(deadline=None)
@given(SENTENCES, st.sampled_from([0.2, 0.5, 0.6, 0.8, 1.0]))
def test_the_quick_way_finds_what_the_plain_way_finds(texts: list[str], threshold: float) -> None:
    sets = [shingles(text) for text in texts]
    plain = [
        (i, j)
        for (i, a), (j, b) in combinations(enumerate(sets), 2)
        if len(a & b) / len(a | b) >= threshold
    ]
    assert [(p.first, p.second) for p in near_copies(texts, threshold=threshold)] == plain


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("Chi bộ họp bàn việc làm đường.", "chi bộ họp bàn việc làm đường", True),
        ("Năm 2019 kết nạp 12 đảng viên.", "Năm 2020 kết nạp 340 đảng viên.", True),
        ("Huyện hoà giải xong vụ tranh chấp.", "Huyện hòa giải xong vụ tranh chấp.", True),
        ("Chi bộ họp bàn việc làm đường.", "Chi bộ họp bàn việc làm nhà văn hóa thôn.", False),
        ("Ông nói nhiều làm ít.", "Trời mưa to.", False),
    ],
)
def test_what_is_near(one: str, other: str, near: bool) -> None:
    assert bool(near_copies([one, other])) is near


def test_families_are_joined_by_near_copies() -> None:
    copy = "Chi bộ họp bàn việc làm đường."
    texts = [copy, "Trời mưa to gió lớn.", copy.lower(), "Một câu khác hẳn."]
    assert families_of(texts, ["b", "c", "a", "c"]) == ["b", "c", "b", "c"]


def test_no_near_copies_straddle_the_splits_of_the_gold() -> None:
    rows = [(s.text, s.id, split) for split in SPLITS for s in load_gold("themes", split)]
    assert len(rows) > 9000
    straddling = [
        f"{rows[p.first][2]} {rows[p.first][1]} ~ {rows[p.second][2]} {rows[p.second][1]}"
        for p in near_copies([text for text, _, _ in rows], threshold=NEAR)
        if rows[p.first][2] != rows[p.second][2]
    ]
    assert straddling == []


@pytest.mark.parametrize("pair", list(combinations(SPLITS, 2)), ids="-".join)
def test_no_family_stands_in_two_splits(pair: tuple[str, str]) -> None:
    one, other = ({s.family for s in load_gold("themes", split)} for split in pair)
    assert one and other and not one & other
