"""A researcher's codebook from table to tables: training, use, scores, and what is refused."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import vankien
from tests.batch.conftest import write_rows
from tests.training.conftest import EXAMPLE
from vankien.cli import app
from vankien.errors import AnnotationError, ModelError, UsageError, VankienError
from vankien.evaluation.gold import load_gold
from vankien.evaluation.near_copies import near_copies
from vankien.own_codebook import read_own_codebook
from vankien.tagging.schemes import load_schemes
from vankien.training.labelled import SPLITS, deal, read_labelled
from vankien.training.train import train_own

BOOK = read_own_codebook(EXAMPLE / "codebook.yaml")
TEXT = (
    "Huyện ra thông báo thu hồi đất đối với 40 hộ ở xã Yên Khê. Tiền đền bù chưa được chi trả. "
    "Một số cán bộ xã còn nể nang, né tránh, ngại va chạm khi bàn việc làm đường."
)


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if isinstance(result.exception, VankienError):
        raise result.exception
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def test_the_example_is_trained_alike_twice(land_model: Path, tmp_path: Path) -> None:
    output = run("train", "--codebook", EXAMPLE / "codebook.yaml", "--data",
                 EXAMPLE / "sentences.jsonl", "--out", tmp_path / "again")  # fmt: skip
    assert "land-policy 1.0" in output and "micro: F1" in output
    for path in sorted(land_model.rglob("*.*")):
        if path.suffix not in (".pkl", ".joblib", ".skops") and path.is_file():
            other = tmp_path / "again" / path.relative_to(land_model)
            assert path.read_bytes() == other.read_bytes(), path.name


def test_the_splits(land_model: Path) -> None:
    splits = {s: load_gold("themes", s, land_model / "gold", codebook=BOOK) for s in SPLITS}
    rows = (EXAMPLE / "sentences.jsonl").read_text("utf-8").splitlines()
    assert sum(map(len, splits.values())) == len(rows)
    families = [{s.family for s in found} for found in splits.values()]
    assert not (families[0] & families[1] or families[0] & families[2] or families[1] & families[2])
    for code in BOOK.themes:
        for split, least in (("train", 20), ("dev", 4), ("test", 4)):
            assert sum(code in s.themes for s in splits[split]) >= least, (split, code)
    assert len([s for s in splits["test"] if not s.themes]) >= 5


def test_the_model_learns(land_model: Path) -> None:
    """Far above what a coin that knows the share of each code would give (about 0.25)."""
    scores = vankien.evaluate(split="test", family="themes", model=land_model, resamples=50)
    micro = scores.summary[0]
    assert micro.name == "micro" and micro.n >= 25
    assert micro.f1 > 0.6
    assert {score.name for score in scores.codes} <= set(BOOK.themes)
    named = vankien.evaluate(split="test", gold=land_model / "gold", model=land_model, resamples=50)
    assert named == scores
    output = run("evaluate", "themes", "--model", land_model, "--codes", "--resamples", 50)
    assert "BOITHUONG" in output and f"{micro.f1:.3f}" in output
    with pytest.raises(UsageError, match="model of themes"):
        vankien.evaluate(family="roles", model=land_model)


def test_the_pipeline_gives_the_codes(land_model: Path) -> None:
    doc = vankien.load(model=land_model)(TEXT)
    found = {(span.label_, span._.record.sentence) for span in doc.spans["themes"]}
    assert ("THUHOI", 0) in found and ("BOITHUONG", 1) in found
    assert ("SUYTHOAI-TT.5", 2) in found, "vankien's own codes stand beside them"
    for span in doc.spans["themes"]:
        record = span._.record
        assert doc.text[record.start : record.end] == record.evidence
    plain = vankien.load()(TEXT)
    own = {(span.label_, span._.record.score) for span in plain.spans["themes"]}
    assert own <= {(span.label_, span._.record.score) for span in doc.spans["themes"]}
    assert not {label for label, _ in own} & set(BOOK.themes)


def test_the_batch_gives_the_codes(land_model: Path, tmp_path: Path) -> None:
    rows = [{"id": f"d{n}", "title": f"Tin {n}", "text": f"{TEXT} Số {n}."} for n in range(3)]
    path = write_rows(tmp_path / "tin.jsonl", rows)
    out = tmp_path / "out"
    run("extract", path, "--out", out, "--model", land_model, "--quiet")
    results = vankien.open(out)
    codes = {code for (code,) in results.sql("select distinct theme from themes").fetchall()}
    assert {"THUHOI", "BOITHUONG", "SUYTHOAI-TT.5"} <= codes
    whole = {c for (cs,) in results.sql("select themes from documents").fetchall() for c in cs}
    assert "THUHOI" in whole
    version = results.sql("select distinct model_version from documents").fetchall()
    assert "land-policy-1.0/themes@1.0.0#" in version[0][0]
    moved = tmp_path / "moved"
    shutil.copytree(land_model, moved)
    run("extract", path, "--out", out, "--model", moved, "--quiet")
    with pytest.raises(VankienError, match="V204"):
        run("extract", path, "--out", out, "--quiet")


def test_the_whole_loop(land_model: Path, tmp_path: Path) -> None:
    """A run, sentences out for coding, back, and a model trained on them."""
    lines = [json.loads(x) for x in (EXAMPLE / "sentences.jsonl").read_text("utf-8").splitlines()]
    wanted = {line["text"]: line["themes"] for line in lines}
    rows = [{"id": line["id"], "text": line["text"]} for line in lines]
    out = tmp_path / "out"
    vankien.extract(write_rows(tmp_path / "cau.jsonl", rows), out=out, workers=0)
    tasks, labelled = tmp_path / "tasks.csv", tmp_path / "labelled.jsonl"
    book = EXAMPLE / "codebook.yaml"
    run("annotate", "export", out, "--codebook", book, "--format", "csv", "--to", tasks)
    with tasks.open(encoding="utf-8-sig", newline="") as stream:
        coded = list(csv.DictReader(stream))
    for row in coded:
        # A text that a spreadsheet would take for a formula stands behind an apostrophe.
        codes = wanted.get(row["text"].removeprefix("'"))
        row["codes"], row["done"] = "; ".join(codes or ()), "x" if codes is not None else ""
    with tasks.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(coded[0]))
        writer.writeheader()
        writer.writerows(coded)
    run("annotate", "import", tasks, "--codebook", book, "--format", "csv", "--to", labelled)
    back = [json.loads(x) for x in labelled.read_text("utf-8").splitlines()]
    assert len(back) > 0.95 * len(lines)
    assert all(row["themes"] == wanted[row["text"]] for row in back)
    output = run("train", "--codebook", book, "--data", labelled, "--out", tmp_path / "model")
    assert "micro: F1" in output
    doc = vankien.load(model=tmp_path / "model")(TEXT)
    assert "THUHOI" in {span.label_ for span in doc.spans["themes"]}


# --- what is refused ---------------------------------------------------------------------


def test_a_codebook_that_was_changed(land_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(land_model, folder)
    book = folder / "codebook.yaml"
    text = book.read_text("utf-8")
    book.write_text(text + "# một dòng\n", "utf-8")
    with pytest.raises(ModelError, match="not the file that it was trained with"):
        load_schemes([folder])
    book.write_text(text.replace("code: CAPGIAY", "code: SODO"), "utf-8")
    load_schemes.__globals__["load_scheme"].cache_clear()
    with pytest.raises(ModelError, match="its codes are not those"):
        load_schemes([folder])
    book.write_text(text.replace('version: "1.0"', 'version: "2.0"'), "utf-8")
    with pytest.raises(ModelError, match=r"codebook land-policy 1\.0, this is land-policy 2\.0"):
        load_schemes([folder])
    book.unlink()
    with pytest.raises(ModelError, match="this is 1"):
        load_schemes([folder])


def test_two_models_with_one_code(land_model: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(land_model, other)
    with pytest.raises(ModelError, match="its code THUHOI is one of"):
        vankien.load(model=[land_model, other])


def table(tmp_path: Path, rows: list[dict[str, Any]]) -> Path:
    return write_rows(tmp_path / "mine.jsonl", rows)


ROW = {"text": "Huyện thu hồi đất.", "themes": ["THUHOI"]}
BAD = [
    ({"themes": []}, "text: Field required"),
    ({"text": "Huyện."}, "themes: Field required"),
    ({**ROW, "themes": ["THUHOII"]}, "themes: unknown theme THUHOII"),
    ({**ROW, "themes": "THUHOI"}, "themes: Input should be a valid list"),
    ({**ROW, "theme": "x"}, "theme: no such key; they are family, heading, id"),
    ({**ROW, "text": "Ừ"}, "text: String should have at least 5"),
    ({**ROW, "split": "training"}, "split: 'training' is none of train, dev, test"),
    ({**ROW, "part": "thân bài"}, "part: 'thân bài' is no part"),
    ({**ROW, "negated": ["BOITHUONG"]}, "negated themes must be among the themes"),
    ({**ROW, "split": "dev"}, "split: other rows name one"),
    ({**ROW, "id": "mine-1"}, "id: mine-1 stands at"),
]


@pytest.mark.parametrize(("row", "word"), BAD)
def test_bad_rows(row: dict[str, Any], word: str, tmp_path: Path) -> None:
    path = table(tmp_path, [ROW, row])
    with pytest.raises(AnnotationError) as found:
        read_labelled(path, BOOK)
    message = str(found.value)
    line = 1 if "other rows" in word else 2
    assert message.startswith("[V303] ") and f"{path} line {line} " in message, message
    assert word in message and "\n" not in message, message


@pytest.mark.parametrize(
    ("data", "word"),
    [(b"", "no row"), (b"\xff", "UTF-8"), (b"{\n", "no JSON"), (b"[]\n", "no object")],
)
def test_bad_tables(data: bytes, word: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes(data)
    with pytest.raises(AnnotationError, match=word):
        read_labelled(path, BOOK)
    with pytest.raises(AnnotationError, match="No such file"):
        read_labelled(tmp_path / "none.jsonl", BOOK)


def test_a_table_of_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    text = "text;themes;heading\r\nHuyện thu hồi đất.;THUHOI, BOITHUONG;I. ĐẤT\r\nTrời mưa.;;\r\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode("utf-8"))
    one, two = read_labelled(path, BOOK)
    assert (one.sentence.themes, one.sentence.heading) == (["THUHOI", "BOITHUONG"], "I. ĐẤT")
    assert (two.sentence.themes, two.sentence.heading, two.sentence.id) == ([], None, "mine-2")
    path.write_text('text,themes\n"Huyện, THUHOI\n', "utf-8")
    with pytest.raises(AnnotationError, match=r"mine\.csv"):
        read_labelled(path, BOOK)
    path.write_text("text,themes\nHuyện thu hồi đất.\n", "utf-8")
    with pytest.raises(AnnotationError, match="as many cells"):
        read_labelled(path, BOOK)


def rows_of_example(tmp_path: Path, *, change: Any = None) -> Path:
    rows = [json.loads(x) for x in (EXAMPLE / "sentences.jsonl").read_text("utf-8").splitlines()]
    return table(tmp_path, change(rows) if change else rows)


def test_near_copies_never_straddle(tmp_path: Path) -> None:
    def copies(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        more = [{**row, "id": f"{row['id']}b", "text": row["text"].replace(".", " nữa.")}
                for row in rows[::2]]  # fmt: skip
        return rows + more

    dealt = deal(read_labelled(rows_of_example(tmp_path, change=copies), BOOK), BOOK)
    everything = [(s.text, split) for split, found in dealt.items() for s in found]
    pairs = near_copies([text for text, _ in everything])
    assert len(pairs) >= 90
    assert all(everything[p.first][1] == everything[p.second][1] for p in pairs)


def test_the_tables_own_splits(tmp_path: Path) -> None:
    def splits(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        names = ["train", "train", "train", "dev", "test"]
        return [{**row, "split": names[n % 5]} for n, row in enumerate(rows)]

    dealt = deal(read_labelled(rows_of_example(tmp_path, change=splits), BOOK), BOOK)
    assert [len(dealt[split]) for split in SPLITS] == [123, 41, 41]

    def straddle(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return splits([*rows, {**rows[0], "id": "again"}, {**rows[3], "id": "again2"}])

    with pytest.raises(AnnotationError, match="near-copy or its family stands in"):
        deal(read_labelled(rows_of_example(tmp_path, change=straddle), BOOK), BOOK)


def test_too_little(tmp_path: Path) -> None:
    few = rows_of_example(tmp_path, change=lambda rows: rows[:9])
    with pytest.raises(AnnotationError, match="label more sentences"):
        deal(read_labelled(few, BOOK), BOOK)
    same = rows_of_example(
        tmp_path, change=lambda rows: [{**row, "themes": ["THUHOI"]} for row in rows]
    )
    with pytest.raises(AnnotationError, match="add sentences without it"):
        deal(read_labelled(same, BOOK), BOOK)


def test_a_code_without_sentences_is_said(tmp_path: Path) -> None:
    def without(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row for row in rows if "CAPGIAY" not in row["themes"]]

    data = rows_of_example(tmp_path, change=without)
    out = tmp_path / "model"
    metrics = train_own(EXAMPLE / "codebook.yaml", data, out)
    assert metrics["without_training_sentences"] == ["CAPGIAY"]
    assert "Never given" in (out / "MODEL_CARD.md").read_text("utf-8")
    doc = vankien.load(model=out)("Xã hoàn thành cấp sổ, đo đạc cho 12 thôn.")
    assert "CAPGIAY" not in {span.label_ for span in doc.spans["themes"] if
                             span._.record.method == "model"}  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("train",), "give a recipe"),
        (("train", "--codebook", "x.yaml"), "--data FILE and --out DIR"),
        (("train", "--verify"), "give a recipe and nothing else"),
        (("train", "none.yaml"), "none.yaml"),
        (("train", "--codebook", "none.yaml", "--data", "d", "--out", "o"), "none.yaml"),
    ],
)
def test_wrong_calls(arguments: tuple[str, ...], word: str, tmp_path: Path) -> None:
    with pytest.raises(VankienError) as found:
        run(*arguments)
    assert word in str(found.value)
