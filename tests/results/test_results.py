"""A results folder as relations, and in the formats of other programs."""

from __future__ import annotations

import csv
import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

import vankien
from tests.batch.conftest import article, write_rows
from vankien.batch.run import extract
from vankien.display.terminal import print_info
from vankien.errors import OutputError, UsageError
from vankien.export import export, exporters, formats
from vankien.records import TABLES, schema


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of a few documents, with texts that formats stumble over."""
    folder = tmp_path_factory.mktemp("results")
    rows: list[dict[str, Any]] = [
        {"id": f"t{n}", "title": f"Tin {n}", "text": article(n), "authors": ["An", "Bình"],
         "published": f"2020-01-{n + 1:02d}"}
        for n in range(6)
    ]  # fmt: skip
    rows[1]["title"] = '=1+1; "trích" , dấu phẩy'
    rows[2]["text"] += "\n\n" + "Chi bộ họp bàn việc làm đường. " * 1_200
    path = write_rows(folder / "tin.jsonl", rows)
    (folder / "rong.txt").write_bytes(b"")
    extract([path, folder / "rong.txt"], out=folder / "out", workers=0)
    return folder / "out"


def test_tables_are_relations(out: Path) -> None:
    results = vankien.open(out)
    for table in TABLES:
        relation = getattr(results, table)
        assert relation.columns == schema(table).names
        assert len(relation.fetchall()) == results.run["counts"][table]
    assert list(results.documents.df()["doc_id"]) == [f"t{n}" for n in range(6)]
    assert results.documents.pl().height == 6
    assert pa.table(results.documents).num_rows == 6, "the Arrow stream"
    assert results.documents.arrow() is not None
    assert results.sql("select count(*) from refs").fetchall() == [
        (results.run["counts"]["references"],)
    ]
    assert "documents 6" in repr(results)


def test_queries_that_are_wrong(out: Path) -> None:
    results = vankien.open(out)
    with pytest.raises(UsageError) as caught:
        results.sql("select nothing from nowhere")
    assert caught.value.code == "V401" and "nowhere" in str(caught.value)
    with pytest.raises(AttributeError, match="they are documents, sentences"):
        _ = results.nonsense


def test_no_results_here(tmp_path: Path) -> None:
    for place in (tmp_path / "absent", tmp_path):
        with pytest.raises(OutputError) as caught:
            vankien.open(place)
        assert caught.value.code == "V205" and str(place) in str(caught.value)


def test_an_unfinished_first_run_shows_what_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vankien.batch.merge.merge", stop)
    (tmp_path / "a.txt").write_text(article(1), "utf-8")
    with pytest.raises(KeyboardInterrupt):
        extract(tmp_path / "a.txt", out=tmp_path / "out", workers=0)
    results = vankien.open(tmp_path / "out")
    assert results.run["finished"] is False
    assert len(results.documents.fetchall()) == 1 and results.errors.fetchall() == []
    assert results.errors.columns == schema("errors").names
    print_info(results, tables=False)
    lines = capsys.readouterr().out.splitlines()
    assert any("not finished" in line for line in lines)
    assert any(re.fullmatch(r"\s*documents\s+│\s+1\s*", line) for line in lines)


def test_csv(out: Path, tmp_path: Path) -> None:
    done = export(out, to=tmp_path / "x", format="csv")
    assert done.tables == tuple(TABLES)
    assert sorted(p.name for p in (tmp_path / "x").iterdir()) == sorted(f"{t}.csv" for t in TABLES)
    with (tmp_path / "x" / "documents.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["doc_id"] for row in rows] == [f"t{n}" for n in range(6)]
    assert rows[0]["authors"] == "An; Bình" and rows[0]["published"] == "2020-01-01"
    assert rows[1]["title"] == '=1+1; "trích" , dấu phẩy'
    texts = vankien.open(out).sql("select text from documents").fetchall()
    assert [(row["text"],) for row in rows] == texts


def test_jsonl(out: Path, tmp_path: Path) -> None:
    export(out, to=tmp_path / "x", format="jsonl", tables=["documents", "errors"])
    lines = (tmp_path / "x" / "documents.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert list(rows[0]) == schema("documents").names
    assert rows[0]["authors"] == ["An", "Bình"] and rows[0]["published"] == "2020-01-01"
    assert json.loads((tmp_path / "x" / "errors.jsonl").read_text("utf-8"))["error"] == "V101"


def test_duckdb(out: Path, tmp_path: Path) -> None:
    export(out, to=tmp_path / "x.duckdb", format="duckdb")
    results = vankien.open(out)
    with duckdb.connect(str(tmp_path / "x.duckdb"), read_only=True) as connection:
        for table in TABLES:
            found = connection.sql(f'select * from "{table}"').fetchall()
            assert found == getattr(results, table).fetchall()


@pytest.mark.filterwarnings("error")
def test_stata(out: Path, tmp_path: Path) -> None:
    done = export(out, to=tmp_path / "x", format="stata")
    assert done.notes == ("end is named end_ in Stata",)
    results = vankien.open(out)
    for table in TABLES:
        frame = pd.read_stata(tmp_path / "x" / f"{table}.dta")
        assert len(frame) == results.run["counts"][table]
    documents = pd.read_stata(tmp_path / "x" / "documents.dta")
    assert documents["authors"][0] == "An; Bình"
    assert str(documents["published"][0])[:10] == "2020-01-01"
    texts = results.sql("select text from documents").fetchall()
    assert [(text,) for text in documents["text"]] == texts
    assert documents["text"].str.len().max() > 32_767
    sentences = pd.read_stata(tmp_path / "x" / "sentences.dta")
    assert list(sentences["end_"])[:3] == [
        row[0] for row in results.sql('select "end" from sentences limit 3').fetchall()
    ]


def test_xlsx(out: Path, tmp_path: Path) -> None:
    if find_spec("openpyxl") is None:
        with pytest.raises(UsageError) as caught:
            export(out, to=tmp_path / "x.xlsx", format="xlsx")
        assert caught.value.code == "V401" and "openpyxl" in str(caught.value)
        assert not list(tmp_path.glob("*x.xlsx*"))
        return
    import openpyxl

    done = export(out, to=tmp_path / "x.xlsx", format="xlsx")
    assert done.notes == ("1 texts of documents were cut to 32,767 characters",)
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames == list(TABLES)
    rows = list(book["documents"].values)
    assert list(rows[0]) == schema("documents").names and len(rows) == 7
    assert rows[2][list(rows[0]).index("title")] == '=1+1; "trích" , dấu phẩy'
    assert {cell.data_type for cell in book["documents"]["E"][1:]} == {"s"}


def test_targets_are_whole_or_absent(out: Path, tmp_path: Path) -> None:
    target = tmp_path / "x"
    target.mkdir()
    (target / "mine.txt").write_text("mine")
    with pytest.raises(OutputError) as caught:
        export(out, to=target, format="csv")
    assert caught.value.code == "V213" and (target / "mine.txt").exists()
    with pytest.raises(OutputError) as caught:
        export(out, to=target / "mine.txt" / "x", format="csv")
    assert caught.value.code == "V202"
    export(out, to=target, format="csv", overwrite=True)
    assert not (target / "mine.txt").exists() and len(list(target.iterdir())) == 7
    assert [p.name for p in tmp_path.iterdir()] == ["x"], "nothing temporary is left"


def test_exporters_are_registered() -> None:
    assert formats() == [
        "csv", "duckdb", "huggingface", "jsonl", "quanteda", "spacy", "stata", "xlsx",
    ]  # fmt: skip
    from vankien.export import exporter

    with pytest.raises(UsageError) as caught:
        exporter("csv")(lambda results, place, tables: [])
    assert caught.value.code == "V401" and "to_csv" in str(caught.value)
    assert exporters.get("csv").__name__ == "to_csv"
