"""The spaCy side: factories, spans with records, serialisation, use in other pipelines."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc, DocBin, Span

import vankien
from vankien.analysis import analyse
from vankien.errors import UsageError
from vankien.pipeline import COMPONENTS, rows
from vankien.reading import from_text
from vankien.records import IndicatorRecord, ReferenceRecord, ThemeRecord

TEXT = (
    "Năm 2022, Đảng bộ huyện Lộc Bình kết nạp 214 đảng viên, đạt 107% kế hoạch. "
    "Một số chi bộ còn nể nang, né tránh trong tự phê bình và phê bình; đến nay đã nhận diện 27 "
    "biểu hiện suy thoái theo Nghị quyết Trung ương 4 khóa XII."
)


def _records(doc: Doc) -> dict[str, list[Any]]:
    return {group: [s._.record for s in doc.spans[group]] for group in doc.spans}


def test_spans_carry_records(nlp: Any) -> None:
    doc = nlp(TEXT)
    assert doc.text == TEXT
    found = _records(doc)
    values = {(r.indicator, r.measure): float(r.value) for r in found["indicators"]}
    assert values == {
        ("members.admitted", "level"): 214.0,
        ("members.admitted", "target_ratio"): 107.0,
    }
    assert all(isinstance(r, IndicatorRecord) for r in found["indicators"])
    assert all(isinstance(r, ThemeRecord) for r in found["themes"])
    assert [r.canonical for r in found["references"]] == ["04-NQ/TW@2016-10-30"]
    assert all(isinstance(r, ReferenceRecord) for r in found["references"])
    for group in ("indicators", "themes", "references"):
        for span, record in zip(doc.spans[group], found[group], strict=True):
            assert span.start_char <= record.start < record.end <= span.end_char


def test_several_records_hang_on_one_span(nlp: Any) -> None:
    doc = nlp("Từng đồng chí đối chiếu với 27 biểu hiện.")
    found = _records(doc)["themes"]
    sentence_level = {r.theme for r in found if r.sentence is not None}
    assert {"SUYTHOAI-TT", "SUYTHOAI-DD", "TUDIENBIEN"} <= sentence_level
    places = [(s.start_char, s.end_char) for s in doc.spans["themes"]]
    assert len(set(places)) < len(places), "the case must put two records on one span"


def test_sentences_and_words(nlp: Any) -> None:
    doc = nlp(TEXT)
    assert [s.text[:3] for s in doc.sents] == ["Năm", "Một"]
    words = [w.text for w in doc._.words]
    assert "Đảng bộ" in words or "đảng viên" in words
    assert "".join("".join(words).split()) == "".join(TEXT.split())


def test_the_pipeline_gives_the_rows_of_the_batch(nlp: Any) -> None:
    document = from_text(TEXT)
    plain = rows(nlp(document))
    batch = analyse(document)
    for table in ("sentences", "themes", "indicators", "references"):
        assert plain[table] == batch[table]


def test_serialisation_keeps_the_records(nlp: Any) -> None:
    doc = nlp(TEXT)
    before = _records(doc)
    through_bytes = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert _records(through_bytes) == before
    bin_ = DocBin(store_user_data=True, docs=[doc])
    through_bin = next(DocBin().from_bytes(bin_.to_bytes()).get_docs(nlp.vocab))
    assert _records(through_bin)["indicators"] == before["indicators"]
    assert through_bytes._.document == doc._.document


def test_two_processes_give_the_same(nlp: Any) -> None:
    texts = [TEXT, "Xã có 12 chi bộ trực thuộc.", "Đội chủ nhà thắng trận."]
    alone = [_records(doc) for doc in nlp.pipe(texts)]
    both = [_records(doc) for doc in nlp.pipe(texts, n_process=2, batch_size=1)]
    assert both == alone


@pytest.mark.parametrize("name", COMPONENTS)
def test_each_factory_stands_alone_in_another_pipeline(name: str) -> None:
    other = spacy.blank("xx")
    other.tokenizer = vankien.blank().tokenizer
    other.add_pipe(name)
    doc = other(TEXT)
    assert doc.text == TEXT
    if name == "vankien_indicators":
        assert [s._.record.indicator for s in doc.spans["indicators"]] == ["members.admitted"] * 2


def test_unclean_text_in_another_pipeline_is_refused() -> None:
    other = spacy.blank("xx")
    other.add_pipe("vankien_themes")
    with pytest.raises(UsageError, match="not clean"):
        other("Chi bộ\u200b nể nang")


def test_factories_are_entry_points() -> None:
    names = {e.name for e in entry_points(group="spacy_factories")}
    assert set(COMPONENTS) <= names
    assert "vankien" in {e.name for e in entry_points(group="spacy_languages")}
    assert "vankien.syllables.v1" in {e.name for e in entry_points(group="spacy_tokenizers")}


def test_load_leaves_out_what_is_disabled() -> None:
    small = vankien.load(disable=["vankien_indicators", "vankien_themes"])
    assert "vankien_indicators" not in small.pipe_names
    with pytest.raises(UsageError, match="no component is named nothing"):
        vankien.load(disable=["nothing"])


def test_the_blank_pipeline_is_bare() -> None:
    bare = vankien.blank()
    assert bare.pipe_names == []
    assert [t.text for t in bare("Nghị quyết 04-NQ/TW, khóa XII.")][:2] == ["Nghị", "quyết"]


def test_a_pipeline_is_saved_and_loaded(nlp: Any, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "pipeline")
    again = spacy.load(tmp_path / "pipeline")
    assert _records(again(TEXT)) == _records(nlp(TEXT))


def test_a_taken_attribute_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Span.get_extension("record")
    Span.set_extension("record", default=None, force=True)
    try:
        with pytest.raises(UsageError, match="another package"):
            vankien.load()
    finally:
        Span.set_extension("record", getter=kept[2], force=True)
