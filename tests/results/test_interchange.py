"""Results in the forms of quanteda, Stata, Hugging Face and spaCy."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from spacy.tokens import DocBin

import vankien
from tests.results.made import document, figure, folder, row
from vankien.codebook import load_codebook
from vankien.errors import CodebookError, ReadError
from vankien.export import export
from vankien.records import TABLES, schema
from vankien.results.interchange import (
    closed_columns,
    column_labels,
    dictionary_counts,
    read_dictionary,
    write_dictionary,
)

TEXT = "Tỉnh Lạng Sơn\n\nNăm 2020 kết nạp 2.053 đảng viên. Còn nể nang, kỷ luật chưa nghiêm."


@pytest.fixture
def out(tmp_path: Path) -> Path:
    lines = ["Năm 2020 kết nạp 2.053 đảng viên.", "Còn nể nang, kỷ luật chưa nghiêm."]
    starts = [TEXT.index(line) for line in lines]
    at = TEXT.index("2.053 đảng viên")
    return folder(
        tmp_path / "out",
        documents=[document("a", "2021-01-10", publisher="Báo A", text=TEXT, n_chars=len(TEXT)),
                   document("b", "2021-01-11", text="Mưa.", duplicate_of=None)],
        sentences=[
            row("sentences", doc_id="a", sentence=n, start=start, end=start + len(line), text=line,
                role=("KETQUA", "HANCHE")[n])
            for n, (start, line) in enumerate(zip(starts, lines, strict=True))
        ] + [row("sentences", doc_id="b", text="Mưa.", end=4)],
        themes=[row("themes", doc_id="a", sentence=1, theme="SUYTHOAI-TT.5", score=0.9,
                    start=starts[1] + 4, end=starts[1] + 11),
                row("themes", doc_id="a", sentence=None, theme="SUYTHOAI-TT.5", score=0.9)],
        indicators=[figure("a", 2053, "20", "2020", surface="2.053 đảng viên", start=at,
                           end=at + len("2.053 đảng viên"))],
        references=[row("references", doc_id="a", surface="Nghị quyết", start=0, end=4)],
    )  # fmt: skip


def test_every_column_has_a_label() -> None:
    for table in TABLES:
        labels = column_labels(table)
        assert list(labels) == schema(table).names
        assert all(0 < len(label) <= 80 for label in labels.values())
        assert set(closed_columns(table)) <= set(labels)


def test_stata_is_labelled(out: Path, tmp_path: Path) -> None:
    export(out, to=tmp_path / "x", format="stata")
    with pd.io.stata.StataReader(tmp_path / "x" / "sentences.dta") as reader:
        assert reader.variable_labels()["role"].startswith("What the sentence does")
        assert reader.variable_labels()["end_"] == "Character after the last"
        assert set(reader.value_labels()["role"].values()) == {"KETQUA", "HANCHE", "KHAC"}
        assert reader.data_label == "vankien: sentences"
    frame = pd.read_stata(tmp_path / "x" / "sentences.dta")
    assert sorted(frame["role"]) == ["HANCHE", "KETQUA", "KHAC"]


def test_quanteda_tables(out: Path, tmp_path: Path) -> None:
    export(out, to=tmp_path / "x", format="quanteda")
    documents = pd.read_csv(tmp_path / "x" / "documents.csv")
    assert list(documents["doc_id"]) == ["a", "b"]
    assert list(documents["theme_SUYTHOAI_TT_5"]) == [1, 0]
    assert documents["text"][0] == TEXT
    sentences = pd.read_csv(tmp_path / "x" / "sentences.csv")
    assert list(sentences["doc_id"]) == ["a:0", "a:1", "b:0"]
    assert list(sentences["theme_SUYTHOAI_TT_5"]) == [0, 1, 0]
    assert list(sentences["role"]) == ["KETQUA", "HANCHE", "KHAC"]


def test_the_dictionary_goes_out_and_in(tmp_path: Path) -> None:
    path = tmp_path / "dictionary.yml"
    write_dictionary(path)
    found = read_dictionary(path)
    themes = load_codebook().themes
    assert "SUYTHOAI-TT.SUYTHOAI-TT.5" in found and "KIEMTRA.cues" in found
    keys = {key.split(".", 1)[1] if ".cues" not in key else key.split(".")[0] for key in found}
    assert keys == {code for code, theme in themes.items() if theme.cues}
    patterns = found["KIEMTRA.cues"]
    assert "kỷ luật đảng viên" in patterns and "kỉ luật đảng viên" in patterns
    assert not any("," in pattern or '"' in pattern for ps in found.values() for pattern in ps)


def test_counts_by_a_dictionary(out: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.yml"
    path.write_text(
        yaml.safe_dump(
            {"suy thoái": {"nể nang": ["nể nang", "né tránh"], "kỷ luật": "kỉ luật"},
             "đảng": ["đảng vi*", "đ?ng viên", "kết nạp"], "không": ["nể nan"]},
            allow_unicode=True,
        ),
        "utf-8",
    )  # fmt: skip
    dictionary = read_dictionary(path)
    assert dictionary["suy thoái.kỷ luật"] == ["kỉ luật"]
    rows = {r["key"]: r for r in dictionary_counts(vankien.open(out), dictionary).rows()}
    assert {key: r["n"] for key, r in rows.items()} == {
        "suy thoái.nể nang": 1, "suy thoái.kỷ luật": 1, "đảng": 2}  # fmt: skip
    assert rows["đảng"]["doc_id"] == "a" and rows["đảng"]["n_sentences"] == 1
    asked = vankien.open(out).dictionary
    assert asked(path).rows() == asked(dictionary).rows() == list(rows.values())


@pytest.mark.parametrize("text", ["", "- a\n", "a: [1, {b: null}]\n", "a: '***'\n", "a: [b\n"])
def test_what_is_no_dictionary(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.yml"
    path.write_text(text, "utf-8")
    with pytest.raises(CodebookError) as caught:
        read_dictionary(path)
    assert caught.value.code == "V301" and "mine.yml" in str(caught.value)
    with pytest.raises(ReadError):
        read_dictionary(tmp_path / "absent.yml")


def test_hugging_face_layout(out: Path, tmp_path: Path) -> None:
    export(out, to=tmp_path / "x", format="huggingface")
    _, head, card = (tmp_path / "x" / "README.md").read_text("utf-8").split("---\n", 2)
    meta = yaml.safe_load(head)
    assert meta["language"] == ["vi"] and meta["size_categories"] == ["n<1K"]
    names = [config["config_name"] for config in meta["configs"]]
    assert names == list(TABLES)
    assert [c["config_name"] for c in meta["configs"] if c.get("default")] == ["documents"]
    for config in meta["configs"]:
        held = pq.read_table(tmp_path / "x" / config["data_files"])
        assert held.schema.names == schema(config["config_name"]).names
    for heading in ("Dataset description", "Dataset structure", "Dataset creation",
                    "Considerations for using the data"):  # fmt: skip
        assert f"## {heading}\n" in card
    assert "2 documents" in card and "| news_article | 2 |" in card


def test_spacy_documents_hold_their_spans(out: Path, tmp_path: Path) -> None:
    export(out, to=tmp_path / "x", format="spacy")
    (path,) = sorted((tmp_path / "x").iterdir())
    docs = list(DocBin().from_disk(path).get_docs(vankien.blank().vocab))
    assert [doc.user_data["doc_id"] for doc in docs] == ["a", "b"]
    assert docs[0].text == TEXT
    spans = {group: [(s.text, s.label_) for s in docs[0].spans[group]] for group in docs[0].spans}
    assert spans["themes"] == [("nể nang", "SUYTHOAI-TT.5")]
    assert spans["indicators"] == [("2.053 đảng viên", "members.admitted")]
    assert [label for _, label in spans["sentences"]] == ["KETQUA", "HANCHE"]
    assert spans["references"] == [("Tỉnh", "nghị quyết")]
