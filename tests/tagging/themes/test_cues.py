"""Themes by cue phrases alone: every rule of the codebook's cues, on a codebook made for it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from vankien.codebook import Codebook, load_codebook, load_yaml
from vankien.language.cues import PhraseIndex, codebook_entries
from vankien.own_codebook import read_own_codebook
from vankien.resources import codebook_dir
from vankien.tagging.themes.cues import NEGATION_REACH, ThemeMention, tag_sentence
from vankien.tagging.themes.flags import cue_flags, n_flags

CASES = Path(__file__).parent / "cases"

SMALL = """\
name: nho
version: "1.0"
context: [tỉnh ủy]
themes:
- code: RUNG
  name_vi: Rừng
  definition_vi: Rừng và người giữ rừng.
  not: [rừng người]
  veto: [rừng xanh quán]
  cues: [giữ rừng, giữ rừng phòng hộ, {text: cây, strong: false}, {text: rừng, strong: false}]
- code: NUOC
  name_vi: Nước
  definition_vi: Nước và nguồn nước.
  ties: [RUNG]
  cues: [{text: nguồn nước, strong: false}, {text: đầu nguồn, also: [RUNG]}]
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Codebook:
    path = tmp_path_factory.mktemp("book") / "nho.yaml"
    path.write_text(SMALL, "utf-8")
    return read_own_codebook(path)


def tag(codebook: Codebook, text: str) -> list[ThemeMention]:
    hits = PhraseIndex(codebook_entries(codebook)).scan(text)
    return tag_sentence(codebook, hits, 0, len(text))


def found(codebook: Codebook, text: str) -> dict[str, str]:
    """Code -> the words that carried it."""
    return {m.theme: text[m.start : m.end] for m in tag(codebook, text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A strong cue alone; the longest is the evidence; case and tone placement do not matter.
        ("Bản cử người giữ rừng.", {"RUNG": "giữ rừng"}),
        ("Xã giao khoán giữ rừng phòng hộ.", {"RUNG": "giữ rừng phòng hộ"}),
        ("GIỮ RỪNG là giữ nước.", {"RUNG": "GIỮ RỪNG"}),
        # A weak cue alone is nothing; two that do not overlap, or Party context, support it.
        ("Trong sân có một cây bưởi.", {}),
        ("Cây trong rừng đã lớn.", {"RUNG": "rừng"}),
        ("Tỉnh ủy phát động trồng cây.", {"RUNG": "cây"}),
        # A hit inside a longer word is none.
        ("Ông Rừngg đi chợ.", {}),
        # A `not` phrase voids the cue that it overlaps, and no other.
        ("Cả một rừng người, cây cối rợp bóng.", {}),
        ("Cả một rừng người đi giữ rừng.", {"RUNG": "giữ rừng"}),
        # A `veto` voids the code in the whole sentence.
        ("Rừng Xanh Quán mời người giữ rừng đến ăn.", {}),
        # Ties: a weak cue needs the other code; Party context does not help.
        ("Tỉnh ủy bàn về nguồn nước sạch.", {}),
        ("Giữ rừng để giữ nguồn nước.", {"RUNG": "Giữ rừng", "NUOC": "nguồn nước"}),
        # `also` gives a further code on the same evidence.
        ("Bảo vệ đầu nguồn.", {"RUNG": "đầu nguồn", "NUOC": "đầu nguồn"}),
        ("", {}),
    ],
)
def test_rules(small: Codebook, text: str, expected: dict[str, str]) -> None:
    assert found(small, text) == expected


def test_scores_and_methods(small: Codebook) -> None:
    (strong,) = tag(small, "Bản cử người giữ rừng.")
    (weak,) = tag(small, "Cây trong rừng đã lớn.")
    assert strong.method == weak.method == "cue"
    assert 0 < weak.score < strong.score <= 1


def test_a_sentence_sees_only_itself(small: Codebook) -> None:
    text = "Trồng cây. Giữ rừng."
    hits = PhraseIndex(codebook_entries(small)).scan(text)
    assert tag_sentence(small, hits, 0, 10) == []
    (mention,) = tag_sentence(small, hits, 11, len(text))
    assert text[mention.start : mention.end] == "Giữ rừng"


# --- vankien's own codebook ---------------------------------------------------------------


def test_a_group_gives_way_to_a_single_manifestation() -> None:
    book = load_codebook()
    group = "Đấu tranh với suy thoái về tư tưởng chính trị."
    assert "SUYTHOAI-TT" in found(book, group)
    both = "Suy thoái về tư tưởng chính trị thể hiện ở chỗ phai nhạt lý tưởng."
    assert "SUYTHOAI-TT.1" in found(book, both)
    assert "SUYTHOAI-TT" not in found(book, both)


def test_27_manifestations_stay_beside_a_single_one() -> None:
    text = "Trong 27 biểu hiện, nổi lên là phai nhạt lý tưởng."
    codes = {m.theme: m.method for m in tag(load_codebook(), text)}
    assert {"SUYTHOAI-TT", "SUYTHOAI-DD", "TUDIENBIEN", "SUYTHOAI-TT.1"} <= codes.keys()
    assert codes["SUYTHOAI-TT"] == "always"


def test_mentions_are_in_the_order_of_the_codebook() -> None:
    text = "Đảng bộ kết nạp đảng viên mới, kiểm tra, giám sát việc tham nhũng, lãng phí."
    codes = [m.theme for m in tag(load_codebook(), text)]
    assert len(codes) > 1
    order = list(load_codebook().themes)
    assert codes == sorted(codes, key=order.index)


def negation_cases() -> list[tuple[str, str, bool]]:
    data = yaml.safe_load((CASES / "negation.yaml").read_text("utf-8"))
    return [
        (code, text, kind == "negated")
        for kind in ("negated", "plain")
        for code, text in data[kind]
    ]


@pytest.mark.parametrize(("code", "text", "negated"), negation_cases())
def test_negation(code: str, text: str, negated: bool) -> None:
    mentions = {m.theme: m for m in tag(load_codebook(), text)}
    assert code in mentions, "the sentence speaks of the theme either way"
    assert mentions[code].negated is negated


NEGATION = load_yaml(codebook_dir() / "cues" / "negation.yaml")
THEME = "phai nhạt lý tưởng"


def negated(text: str) -> bool:
    return {m.theme: m.negated for m in tag(load_codebook(), text)}["SUYTHOAI-TT.1"]


@pytest.mark.parametrize("phrase", NEGATION["before"])
def test_every_negation_negates(phrase: str) -> None:
    assert negated(f"Trong kỳ, {phrase} {THEME}.")


@pytest.mark.parametrize("phrase", NEGATION["not"])
def test_no_pseudo_negation_negates(phrase: str) -> None:
    assert not negated(f"Trong kỳ, {phrase} {THEME}.")


@pytest.mark.parametrize("phrase", NEGATION["until"])
def test_every_end_of_scope_shields(phrase: str) -> None:
    assert not negated(f"Trong kỳ, chưa phát hiện sai phạm {phrase} {THEME} vẫn còn.")


def test_a_negation_reaches_so_far() -> None:
    for gap, expected in ((NEGATION_REACH - 2, True), (NEGATION_REACH + 2, False)):
        filler = ("xa " * NEGATION_REACH)[: gap - 2].rstrip().ljust(gap - 2, "x")
        assert negated(f"Chưa phát hiện {filler} {THEME}.") is expected, gap


# --- cues as flags for the model ----------------------------------------------------------


def flags(codebook: Codebook, text: str) -> set[int]:
    hits = PhraseIndex(codebook_entries(codebook)).scan(text)
    row = cue_flags(list(codebook.themes), [(hits, 0, len(text))])
    assert row.shape == (1, n_flags(list(codebook.themes)))
    assert set(row.data.tolist()) <= {1.0}
    return set(row.indices.tolist())


RUNG_STRONG, RUNG_WEAK, NUOC_STRONG, NUOC_WEAK, CONTEXT = range(5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Trời mưa.", set()),
        ("Bản cử người giữ rừng.", {RUNG_STRONG, RUNG_WEAK}),
        ("Trong sân có một cây bưởi.", {RUNG_WEAK}),
        ("Tỉnh ủy họp.", {CONTEXT}),
        ("Tỉnh ủy phát động trồng cây.", {RUNG_WEAK, CONTEXT}),
        ("Bảo vệ đầu nguồn.", {NUOC_STRONG, RUNG_STRONG}),
        ("Nguồn nước sạch.", {NUOC_WEAK}),
        ("Cả một rừng người.", set()),
    ],
)
def test_flags(small: Codebook, text: str, expected: set[int]) -> None:
    assert flags(small, text) == expected


def test_flags_of_several_sentences(small: Codebook) -> None:
    text = "Trồng cây. Trời mưa. Giữ rừng."
    hits = PhraseIndex(codebook_entries(small)).scan(text)
    rows = cue_flags(["RUNG", "NUOC"], [(hits, 0, 10), (hits, 11, 20), (hits, 21, len(text))])
    assert rows.toarray().tolist() == [[0, 1, 0, 0, 0], [0] * 5, [1, 1, 0, 0, 0]]
