"""Roles: what headings, openings and cues say, and how neighbours count."""

from __future__ import annotations

import numpy as np
import pytest

from vankien.analysis import Analysis
from vankien.codebook import load_codebook
from vankien.documents import Block, BlockKind, Document, Part, Sentence
from vankien.language.cues import PhraseIndex, codebook_entries
from vankien.normalise import fold
from vankien.reading import from_text
from vankien.tagging.content import Content
from vankien.tagging.role_rules import heading_roles, n_role_flags, opening_role, role_flags
from vankien.tagging.roles import AFTER_WEIGHT, BEFORE_WEIGHT, _in_context

LABELS = tuple(load_codebook().roles)
WIDTH = len(LABELS)


@pytest.mark.parametrize(
    ("heading", "roles"),
    [
        ("Kết quả đạt được", {"KETQUA"}),
        ("I. KẾT QUẢ ĐẠT ĐƯỢC", {"KETQUA"}),
        ("2.1. Những hạn chế, khuyết điểm:", {"HANCHE"}),
        ("II.- HẠN CHẾ, KHUYẾT ĐIỂM", {"HANCHE"}),
        ("a) Nguyên nhân chủ quan", {"NGUYENNHAN"}),
        ("Nguyên nhân của hạn chế", {"NGUYENNHAN"}),
        ("III. Phương hướng, nhiệm vụ", {"NHIEMVU"}),
        ("Ưu điểm và hạn chế", {"KETQUA", "HANCHE"}),
        ("Hạn chế, nguyên nhân", {"HANCHE", "NGUYENNHAN"}),
        ("Tình hình sâu bệnh trên lúa", set()),
        ("1.", set()),
        ("", set()),
    ],
)
def test_headings(heading: str, roles: set[str]) -> None:
    assert heading_roles(heading) == roles


def test_every_heading_of_the_codebook_announces_its_role() -> None:
    for role in load_codebook().roles.values():
        for phrase in role.headings:
            assert heading_roles(f"IV. {phrase.upper()}") == {role.code}, phrase


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("Tuy nhiên, một số chi bộ còn lúng túng.", "HANCHE"),
        ("Nguyên nhân chủ yếu là do cán bộ thiếu kinh nghiệm.", "NGUYENNHAN"),
        ("Thời gian tới, huyện tập trung sắp xếp tổ chức.", "NHIEMVU"),
        ("Căn cứ Điều lệ Đảng, Ban Thường vụ quyết định.", "BOICANH"),
        ("Nhờ đó, số đảng viên mới tăng.", "KETQUA"),
        # An opening is the beginning, and whole words.
        ("Chi bộ còn lúng túng, tuy nhiên đã có chuyển biến.", None),
        ("Songg hành với việc đó.", None),
        ("Trời mưa.", None),
        ("", None),
        ("   ", None),
    ],
)
def test_openings(words: str, role: str | None) -> None:
    assert opening_role(words) == role


def flags(text: str, section: tuple[str, ...] = (), *, apart: bool = False) -> dict[int, float]:
    hits = PhraseIndex(codebook_entries(load_codebook())).scan(text)
    row = role_flags(LABELS, [(text, hits, 0, len(text), section, apart)])
    assert row.shape == (1, n_role_flags(LABELS))
    return dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))


def place(role: str, block: int) -> int:
    return block * WIDTH + LABELS.index(role)


HEADING, OUTER, OPENING, CUE = range(4)


def test_flags_of_a_heading() -> None:
    found = flags("Trời mưa.", ("I. HẠN CHẾ, KHUYẾT ĐIỂM",))
    assert found == {place("HANCHE", HEADING): 1.0}


def test_the_nearest_heading_that_speaks_decides() -> None:
    section = ("Kết quả đạt được", "Công tác dân vận")
    assert flags("Trời mưa.", section) == {place("KETQUA", OUTER): 1.0}
    section = ("Kết quả đạt được", "Hạn chế")
    assert flags("Trời mưa.", section) == {place("HANCHE", HEADING): 1.0}


def test_a_heading_of_two_roles_shares() -> None:
    found = flags("Trời mưa.", ("Nhiệm vụ, giải pháp", "Ưu điểm và hạn chế"))
    assert found[place("KETQUA", HEADING)] == found[place("HANCHE", HEADING)] == 0.5
    assert found[place("NHIEMVU", OUTER)] == 1.0, "an open heading lets the outer one speak"


def test_headings_far_out_say_nothing() -> None:
    section = ("Kết quả đạt được", "Một", "Hai", "Ba")
    assert flags("Trời mưa.", section) == {}


def test_flags_of_words() -> None:
    found = flags("Tuy nhiên, công tác kiểm tra được nâng lên.")
    assert found[place("HANCHE", OPENING)] == 1.0
    assert found[place("KETQUA", CUE)] == 1.0


def test_a_not_phrase_covers_its_cue() -> None:
    assert place("KETQUA", CUE) in flags("Huyện hoàn thành kế hoạch.")
    assert place("KETQUA", CUE) not in flags("Huyện chưa hoàn thành kế hoạch.")


def test_titles_are_marked() -> None:
    assert flags("Trời mưa.", apart=True) == {4 * WIDTH: 1.0}


# --- neighbours --------------------------------------------------------------------------


def content(*sentences: tuple[Part, tuple[str, ...]]) -> Content:
    """Sentences of parts and sections, of one character each."""
    text = "x" * max(len(sentences), 1)
    found = [
        Sentence(index=n, start=n, end=n + 1, part=part, section=section)
        for n, (part, section) in enumerate(sentences)
    ]
    hits = PhraseIndex(codebook_entries(load_codebook())).scan(text)
    return Content(text, fold(text), hits, found, [(n, n + 1) for n in range(len(found))])


BODY: tuple[Part, tuple[str, ...]] = (Part.BODY, ())
CHANCES = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]])


def mixed(*sentences: tuple[Part, tuple[str, ...]]) -> np.ndarray:
    return _in_context(CHANCES[: len(sentences)], [content(*sentences)])


def test_neighbours_are_mixed_in() -> None:
    one, two, three = CHANCES
    expected = np.array(
        [
            one + AFTER_WEIGHT * two,
            two + BEFORE_WEIGHT * one + AFTER_WEIGHT * three,
            three + BEFORE_WEIGHT * two,
        ]
    )
    found = mixed(BODY, BODY, BODY)
    assert found == pytest.approx(expected / expected.sum(axis=1, keepdims=True))
    assert found.sum(axis=1) == pytest.approx(1.0)


def test_the_sentence_before_may_turn_the_balance() -> None:
    assert CHANCES[1].argmax() == 1
    assert mixed(BODY, BODY)[1].argmax() == 0


@pytest.mark.parametrize("part", [Part.TITLE, Part.CAPTION])
def test_titles_and_captions_are_nobodys_neighbours(part: Part) -> None:
    found = mixed(BODY, (part, ()), BODY)
    assert found == pytest.approx(CHANCES)


def test_the_lead_is_a_neighbour() -> None:
    assert mixed((Part.LEAD, ()), BODY)[1] != pytest.approx(CHANCES[1])


def test_sections_are_apart() -> None:
    found = mixed((Part.BODY, ("I",)), (Part.BODY, ("II",)), (Part.BODY, ("II",)))
    assert found[0] == pytest.approx(CHANCES[0])
    assert found[2] != pytest.approx(CHANCES[2])


def test_documents_are_apart() -> None:
    together = _in_context(CHANCES, [content(BODY), content(BODY, BODY)])
    assert together[0] == pytest.approx(CHANCES[0])
    assert together[1:] == pytest.approx(_in_context(CHANCES[1:], [content(BODY, BODY)]))


# --- through the model -------------------------------------------------------------------


def roles(text: str, heading: str = "") -> list[str]:
    blocks = []
    whole = text
    if heading:
        whole = f"{heading}\n\n{text}"
        blocks.append(Block(0, len(heading), kind=BlockKind.HEADING, level=1))
    start = len(whole) - len(text)
    blocks.append(Block(start, len(whole), section=(heading,) if heading else ()))
    analysis = Analysis(Document("d", "d", whole, blocks=tuple(blocks)))
    return [row["role"] for row in analysis.sentence_rows if row["start"] >= start]


@pytest.mark.parametrize(
    ("text", "heading", "role"),
    [
        ("Nguyên nhân chủ yếu là do cấp ủy chưa sâu sát.", "", "NGUYENNHAN"),
        ("Việc sinh hoạt chi bộ ở một số nơi còn hình thức.", "II. HẠN CHẾ", "HANCHE"),
        ("Tiếp tục đổi mới sinh hoạt chi bộ trong thời gian tới.", "III. NHIỆM VỤ", "NHIEMVU"),
        ("Đã kết nạp được 120 đảng viên, tăng so với năm trước.", "I. KẾT QUẢ", "KETQUA"),
    ],
)
def test_plain_sentences(text: str, heading: str, role: str) -> None:
    assert roles(text, heading) == [role]


def test_roles_are_codes_with_probabilities() -> None:
    text = "Huyện họp. Tuy nhiên, còn hạn chế. Thời gian tới, cần khắc phục."
    rows = Analysis(from_text(text)).sentence_rows
    assert len(rows) == 3
    for row in rows:
        assert row["role"] in LABELS and 1 / WIDTH <= row["role_score"] <= 1
