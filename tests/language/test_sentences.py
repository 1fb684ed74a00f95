"""Sentence boundaries: rules by cases, properties, the gold's floor, documents."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from vankien.codebook import load_yaml
from vankien.documents import BlockKind, Document, DocumentBuilder, Part
from vankien.errors import CodebookError
from vankien.evaluation.gold import load_gold
from vankien.evaluation.sentences import score_sentences
from vankien.language import sentence_rules
from vankien.language import sentences as module
from vankien.language.sentences import split_block, split_document
from vankien.resources import codebook_dir

CASES: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "sentences.yaml").read_text(encoding="utf-8")
)

# Pieces that every rule knows, so that random text meets the rules in all orders.
PIECES = [
    "TP.", "T.Ư.", "PGS. TS.", "Nguyễn V. A.", "ông H.", "độ C.", "66. 024", "30. 10. 2016",
    "2020.", "15 hộ", "1.", "1.2.", "I.", "a)", "b) Nêu", "Điều 4.", "- ", "– ", "(Ảnh: HP)",
    "Ảnh: La Mai", "Ảnh minh họa", "Nguồn: X", "Tuy nhiên", "Theo đó", "Ông", "phim", "họp",
    "đảng viên", "Chi bộ", "...", "…", "!?", ".", "?", '"', "“", "”", "'", "(", ")", "[...]",
    "v.v...", "www.a.vn.", "B.Net", "%.", "\n", " ", "  ", ",", ";", ": ", "Ở", "x.Y",
]  # fmt: skip
MIXED = st.lists(st.sampled_from([*PIECES, " ", " ", " "]), max_size=14).map("".join)
TEXTS = st.one_of(MIXED, st.text(max_size=60), st.text('aAđĐ1.?!…"”(“- \n,)', max_size=30))


@pytest.mark.parametrize(
    "marked",
    [pytest.param(m, id=f"{rule}-{n}") for rule, ms in CASES.items() for n, m in enumerate(ms)],
)
def test_rule(marked: str) -> None:
    text = marked.replace("¦", "")
    assert [text[a:b] for a, b in split_block(text)] == [s.strip() for s in marked.split("¦")]


@settings(deadline=None, derandomize=True, max_examples=600)
@given(TEXTS)
def test_every_character_is_in_one_sentence(text: str) -> None:
    spans = split_block(text)
    position = 0
    for start, end in spans:
        assert position <= start < end
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


@settings(deadline=None, derandomize=True, max_examples=600)
@given(TEXTS)
def test_a_sentence_alone_is_one_sentence(text: str) -> None:
    for start, end in split_block(text):
        assert split_block(text[start:end]) == [(0, end - start)]


LONG = st.lists(st.sampled_from([*PIECES, " ", " họp bàn việc chung của thôn."]), max_size=30)


@settings(
    deadline=None,
    derandomize=True,
    max_examples=200,
)
@given(
    st.one_of(
        LONG.map(" ".join), st.sampled_from(load_gold("sentences", "test")).map(lambda p: p.text)
    )
)
def test_the_short_cut_says_what_the_rules_say(text: str) -> None:
    quick = split_block(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_NUMBERING", 10**9)  # no sentence is long enough for it
        assert split_block(text) == quick


@pytest.mark.parametrize("split", ["dev", "test"])
def test_gold_floor(split: str) -> None:
    ours, theirs = score_sentences(split, None, 10)
    assert ours.f1 >= 0.98
    assert ours.f1 > theirs.f1 > 0.8


def test_gold_has_no_sentence_in_both_splits() -> None:
    dev = {s for p in load_gold("sentences", "dev") for s in p.sentences}
    test = {s for p in load_gold("sentences", "test") for s in p.sentences}
    assert len(dev) >= 300
    assert len(test) >= 850
    assert not dev & test


def test_documents() -> None:
    builder = DocumentBuilder()
    builder.add("Kết quả. Hạn chế", kind=BlockKind.HEADING, level=1)
    builder.add("Chi bộ họp. Đảng viên dự đủ.", page=2)
    builder.add("Quang cảnh. Tuy nhỏ.", part=Part.CAPTION)
    builder.add_table([(0, 0, "Tổng. Cộng", (), ())])
    document = Document("d", "s", builder.text, blocks=tuple(builder.blocks))
    sentences = split_document(document)
    assert [document.text[s.start : s.end] for s in sentences] == [
        "Kết quả. Hạn chế",
        "Chi bộ họp.",
        "Đảng viên dự đủ.",
        "Quang cảnh. Tuy nhỏ.",
    ]
    assert [s.index for s in sentences] == [0, 1, 2, 3]
    assert [s.heading for s in sentences] == [True, False, False, False]
    assert [s.page for s in sentences] == [None, 2, 2, None]
    assert sentences[3].part is Part.CAPTION


@pytest.mark.parametrize(
    ("key", "value"),
    [("titles", [False]), ("titles", []), ("openings", "Theo"), ("unknown", ["a"])],
)
def test_a_malformed_file_is_named(
    key: str, value: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = {**load_yaml(codebook_dir() / "sentences.yaml"), key: value}
    (tmp_path / "sentences.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    monkeypatch.setattr(sentence_rules, "codebook_dir", lambda: tmp_path)
    with pytest.raises(CodebookError, match=rf"sentences.yaml.*{key}"):
        sentence_rules.sentence_rules.__wrapped__()
