"""Runs: complete, resumed, extended, with changed files; every document once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

import vankien
from tests.batch.conftest import article, contents, rows_of, write_rows
from vankien.batch.options import Options
from vankien.batch.parts import BY_CODE
from vankien.batch.run import Run, extract
from vankien.errors import OutputError, UsageError
from vankien.reading import streams
from vankien.reading.row_fields import RowFields
from vankien.records import TABLES

Same = Callable[[Path, Path], None]


def run(inputs: Any, out: Path, **options: Any) -> Run:
    return extract(inputs, out=out, **{"workers": 0, **options})


def test_one_run(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run(corpus, out)
    documents = rows_of(out, "documents")
    assert done.rows["documents"] == len(documents) == 30
    rows = [f"{corpus}/tin.jsonl#{n}" for n in range(1, 21)]
    files = [f"{corpus}/xa/bai-{n:02d}.txt" for n in range(10)]
    assert [d["source"] for d in documents] == rows + files
    assert len({d["doc_id"] for d in documents}) == 30
    for table in TABLES:
        # Readers of Parquet folders need nothing of vankien's to see the same.
        assert ds.dataset(out / table, format="parquet").count_rows() == done.rows[table]
        order = [d["doc_id"] for d in documents]
        if table not in ("documents", "errors"):
            code = BY_CODE.get(table)
            places = [
                (row[code] is None, row[code] or "", order.index(row["doc_id"]))
                if code is not None
                else order.index(row["doc_id"])
                for row in rows_of(out, table)
            ]
            assert places == sorted(places)
    assert done.rows["indicators"] and done.rows["references"] and done.rows["themes"]
    (error,) = rows_of(out, "errors")
    assert (error["error"], error["source"]) == ("V107", str(corpus / "tin.jsonl") + "#21")
    text = {d["doc_id"]: d["text"] for d in documents}
    for row in rows_of(out, "indicators"):
        assert text[row["doc_id"]][row["start"] : row["end"]] == row["surface"]


def test_run_json_says_what_was_done(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(corpus, out)
    state = json.loads((out / "run.json").read_text("utf-8"))
    assert state["finished"] is True
    assert state["options"] == Options().to_json()
    assert state["limits"] == {"seconds": 600.0, "megabytes": 4096}
    assert state["counts"]["documents"] == 30 and state["errors"] == {"V107": 1}
    assert {"plan", "read", "analyse", "write", "merge", "wall"} <= state["timings"].keys()
    assert state["versions"]["vankien"] == vankien.__version__
    assert len(state["slowest"]) == 5 or len(state["slowest"]) <= 20
    assert all(row["source"].startswith(str(corpus)) for row in state["slowest"])


@pytest.mark.usefixtures("small_chunks")
def test_cutting_does_not_show(corpus: Path, tmp_path: Path, same_folders: Same) -> None:
    many = run(corpus, tmp_path / "many")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vankien.batch.plan.CHUNK_ITEMS", 3)
        more = run(corpus, tmp_path / "more")
    assert many.new_chunks > 2 and more.new_chunks > many.new_chunks
    one, other = contents(tmp_path / "many"), contents(tmp_path / "more")
    assert one["run.json"].pop("chunks") != other["run.json"].pop("chunks")
    assert one == other


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_workers_do_not_show(
    corpus: Path, tmp_path: Path, same_folders: Same, workers: int
) -> None:
    for number in range(200, 330):
        (corpus / f"them-{number}.txt").write_text(article(number, 3), "utf-8")
    here = run(corpus, tmp_path / "here")
    run(corpus, tmp_path / "there", workers=workers)
    assert here.new_chunks >= 3
    same_folders(tmp_path / "here", tmp_path / "there")


def test_again_is_nothing_to_do(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(corpus, out)
    before = contents(out)
    stamps = {p: p.stat().st_mtime_ns for p in out.rglob("part-*.parquet")}
    again = run(corpus, out)
    assert again.new_chunks == 0 and again.rows["documents"] == 30
    assert contents(out) == before
    assert {p: p.stat().st_mtime_ns for p in out.rglob("part-*.parquet")} == stamps


@pytest.mark.usefixtures("small_chunks")
def test_new_files_extend(corpus: Path, tmp_path: Path) -> None:
    first = sorted((corpus / "xa").iterdir())
    out, whole = tmp_path / "out", tmp_path / "whole"
    run(first[3:6], out)
    run(first[:2], out)
    extended = run(corpus, out)
    assert extended.kept_chunks
    run(corpus, whole)
    one, other = contents(out), contents(whole)
    one["run.json"].pop("chunks"), other["run.json"].pop("chunks")
    assert one == other, "the folder shows in how many runs the files came"


def test_files_that_are_not_given_again_stay(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(corpus / "tin.jsonl", out)
    shutil.move(corpus / "tin.jsonl", tmp_path / "away.jsonl")
    run(corpus, out)
    assert len(rows_of(out, "documents")) == 30


@pytest.mark.usefixtures("small_chunks")
def test_changed_files_replace_their_rows(corpus: Path, tmp_path: Path) -> None:
    out, fresh = tmp_path / "out", tmp_path / "fresh"
    run(corpus, out)
    (corpus / "xa" / "bai-03.txt").write_text(article(999), "utf-8")
    (corpus / "tin.jsonl").write_text(
        "".join((corpus / "tin.jsonl").read_text("utf-8").splitlines(True)[5:15]), "utf-8"
    )
    changed = run(corpus, out)
    run(corpus, fresh)
    assert changed.rows["documents"] == 20
    one, other = contents(out), contents(fresh)
    one["run.json"].pop("chunks"), other["run.json"].pop("chunks")
    assert one == other


def test_force_starts_afresh(corpus: Path, tmp_path: Path, same_folders: Same) -> None:
    out, fresh = tmp_path / "out", tmp_path / "fresh"
    run(corpus / "tin.jsonl", out, options=Options(RowFields(id="khác")))
    run(corpus / "xa", out, force=True)
    run(corpus / "xa", fresh)
    same_folders(out, fresh)


def test_other_options_are_refused(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(corpus, out)
    before = contents(out)
    with pytest.raises(OutputError) as caught:
        run(corpus, out, options=Options(RowFields(text="noi_dung")))
    assert caught.value.code == "V204"
    assert "text_field: 'text' then, 'noi_dung' now" in str(caught.value)
    assert contents(out) == before


def test_foreign_folder(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "luan-van.docx").write_bytes(b"years of work")
    for force in (False, True):
        with pytest.raises(OutputError) as caught:
            run(corpus, out, force=force)
        assert caught.value.code == "V203"
    assert [p.name for p in out.iterdir()] == ["luan-van.docx"]


@pytest.mark.parametrize("name", ["documents/thesis.tmp", "run.json", "errors/x.parquet"])
def test_folders_that_look_like_a_run(corpus: Path, tmp_path: Path, name: str) -> None:
    """What has a name of ours, but was not made by vankien, is never swept away."""
    mine = tmp_path / "out" / name
    mine.parent.mkdir(parents=True)
    mine.write_text('{"options": 1}')
    for force in (False, True):
        with pytest.raises(OutputError) as caught:
            run(corpus, tmp_path / "out", force=force)
        assert caught.value.code == "V203"
    assert mine.read_text() == '{"options": 1}'
    assert [p.name for p in (tmp_path / "out").iterdir()] == [name.split("/")[0]]


@pytest.mark.parametrize("workers", [0, 1])
def test_relative_paths(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    monkeypatch.chdir(corpus)
    done = run("xa", Path("..") / "out", workers=workers)
    assert done.rows["documents"] == 10
    assert rows_of(tmp_path / "out", "documents")[0]["source"] == "xa/bai-00.txt"


def test_unwritable_folder(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError) as caught:
        run(corpus, tmp_path / "file" / "out")
    assert caught.value.code == "V202" and str(tmp_path / "file") in str(caught.value)


def test_identical_files_are_read_once(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("b.txt", "a.txt", "c.txt"):
        (folder / name).write_text(article(1), "utf-8")
    done = run(folder, tmp_path / "out")
    a, b, c = (str(folder / n) for n in ("a.txt", "b.txt", "c.txt"))
    assert done.identical == {b: a, c: a}
    assert [d["source"] for d in rows_of(tmp_path / "out", "documents")] == [a]
    # The same content under another name in a later run is no new document either.
    (folder / "d.txt").write_text(article(1), "utf-8")
    later = run(folder / "d.txt", tmp_path / "out")
    assert later.identical == {str(folder / "d.txt"): a}
    assert later.rows["documents"] == 1 and not later.errors


def test_empty_files_are_errors_each(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.txt", "b.txt", "c.jsonl"):
        (folder / name).write_bytes(b"")
    done = run(folder, tmp_path / "out")
    assert done.errors == {"V101": 3} and done.rows["documents"] == 0
    assert done.identical == {}


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("apart", [False, True], ids=["one file", "two files"])
@pytest.mark.parametrize("chunk_bytes", [600, 6_000, 10**7])
def test_an_id_that_repeats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apart: bool, chunk_bytes: int
) -> None:
    monkeypatch.setattr("vankien.batch.plan.CHUNK_BYTES", chunk_bytes)
    rows = [{"id": f"n{n}", "text": article(n)} for n in range(8)]
    rows.append({"id": "n2", "text": article(50)})
    rows.append({"id": "n9", "text": article(9)})
    out = tmp_path / "out"
    if apart:
        paths = [
            write_rows(tmp_path / "a.jsonl", rows[:5]),
            write_rows(tmp_path / "b.jsonl", rows[5:]),
        ]
        source = f"{paths[1]}#4"
    else:
        paths = [write_rows(tmp_path / "a.jsonl", rows)]
        source = f"{paths[0]}#9"
    done = run(paths, out)
    documents = rows_of(out, "documents")
    assert [d["doc_id"] for d in documents] == [f"n{n}" for n in range(8)] + ["n9"]
    assert "Bài số 2 " in documents[2]["text"]
    (error,) = rows_of(out, "errors")
    assert (error["source"], error["error"]) == (source, "V115")
    assert "'n2'" in error["message"] and source in error["message"]
    for table in ("sentences", "indicators"):
        texts = {d["doc_id"]: d["text"] for d in documents}
        for row in rows_of(out, table):
            surface = row["text"] if table == "sentences" else row["surface"]
            assert texts[row["doc_id"]][row["start"] : row["end"]] == surface
    assert done.errors == {"V115": 1}


def test_a_repeated_id_counts_again_when_the_first_is_gone(tmp_path: Path) -> None:
    a = write_rows(tmp_path / "a.jsonl", [{"id": "x", "text": article(1)}])
    b = write_rows(tmp_path / "b.jsonl", [{"id": "x", "text": article(2)}])
    out, fresh = tmp_path / "out", tmp_path / "fresh"
    assert run([a, b], out).errors == {"V115": 1}
    write_rows(a, [{"id": "y", "text": article(1)}])
    run([a, b], out)
    run([a, b], fresh)
    one, other = contents(out), contents(fresh)
    one["run.json"].pop("chunks"), other["run.json"].pop("chunks")
    assert one == other
    assert [d["doc_id"] for d in rows_of(out, "documents")] == ["y", "x"]


def test_a_first_document_that_comes_later_takes_its_id(tmp_path: Path) -> None:
    b = write_rows(tmp_path / "b.jsonl", [{"id": "x", "text": article(2)}])
    out = tmp_path / "out"
    run(b, out)
    a = write_rows(tmp_path / "a.jsonl", [{"id": "x", "text": article(1)}])
    run([a, b], out)
    assert [d["source"] for d in rows_of(out, "documents")] == [f"{a}#1"]
    assert [e["source"] for e in rows_of(out, "errors")] == [f"{b}#1"]


def test_near_duplicates_are_marked(tmp_path: Path) -> None:
    story = article(7, 40)
    rows = [
        {"id": "goc", "text": story},
        {"id": "khac", "text": article(8, 40)},
        {"id": "dang-lai", "text": "(TTXVN) " + story.upper().replace(".", " .") + " Theo TTXVN."},
    ]
    out = tmp_path / "out"
    done = run(write_rows(tmp_path / "a.jsonl", rows), out)
    assert [d["duplicate_of"] for d in rows_of(out, "documents")] == [None, None, "goc"]
    assert done.duplicates == 1
    later = run(write_rows(tmp_path / "b.jsonl", [{"id": "sau", "text": story + " Hết."}]), out)
    assert [d["duplicate_of"] for d in rows_of(out, "documents")] == [None, None, "goc", "goc"]
    assert later.duplicates == 2


def test_texts_without_words(tmp_path: Path) -> None:
    rows = [{"id": f"{n}", "text": "..." * n} for n in range(1, 4)]
    done = run(write_rows(tmp_path / "a.jsonl", rows), tmp_path / "out")
    assert done.rows["documents"] == 3 and done.duplicates == 0


def test_a_file_that_vanishes_during_the_run(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = corpus / "xa" / "bai-04.txt"
    original = vankien.batch.run._Job._extract

    def extract_later(job: Any, chunks: Any) -> None:
        victim.unlink()
        original(job, chunks)

    monkeypatch.setattr("vankien.batch.run._Job._extract", extract_later)
    done = run(corpus, tmp_path / "out")
    assert done.rows["documents"] == 29 and done.errors == {"V107": 1, "V109": 1}
    error = next(e for e in rows_of(tmp_path / "out", "errors") if e["error"] == "V109")
    assert error["source"] == str(victim) and str(victim) in error["message"]


def test_a_file_that_cannot_be_opened_is_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(article(1), "utf-8")
    loop = folder / "b.txt"
    loop.mkdir()
    target = folder / "c.txt"
    target.symlink_to(tmp_path / "later.txt")
    (tmp_path / "later.txt").write_text(article(2), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "open_bytes", _refusing("c.txt", streams.open_bytes))
        first = run(folder, tmp_path / "out")
    assert first.rows["documents"] == 1 and first.errors == {"V109": 1}
    second = run(folder, tmp_path / "out")
    assert second.rows["documents"] == 2 and second.errors == {}


def _refusing(name: str, original: Callable[[str], Any]) -> Callable[[str], Any]:
    from vankien.errors import ReadError

    def open_bytes(path: str) -> Any:
        if path.endswith(name):
            raise ReadError("V109", path, detail="Input/output error")
        return original(path)

    return open_bytes


def test_two_runs_on_one_folder(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(corpus / "xa", out)
    code = (
        "import sys; from vankien.batch.folder import open_folder\n"
        "from vankien.batch.lock import locked\n"
        "with locked(open_folder(sys.argv[1])):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(out)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == b"held\n"
        before = contents(out)
        with pytest.raises(OutputError) as caught:
            run(corpus, out)
        assert caught.value.code == "V209" and f"process {other.pid}" in str(caught.value)
        assert contents(out) == before
        other.kill()
    # The lock file is still there; who held it is not.
    assert (out / ".store" / "lock").exists()
    assert run(corpus, out).rows["documents"] == 30


@pytest.mark.parametrize("workers", [-1])
def test_workers_must_make_sense(corpus: Path, tmp_path: Path, workers: int) -> None:
    with pytest.raises(UsageError) as caught:
        run(corpus, tmp_path / "out", workers=workers)
    assert caught.value.code == "V401"


def test_cluster_without_distributed(corpus: Path, tmp_path: Path) -> None:
    if _installed("distributed"):
        pytest.skip("distributed is installed here")
    with pytest.raises(UsageError) as caught:
        run(corpus, tmp_path / "out", cluster="tcp://127.0.0.1:1")
    assert caught.value.code == "V211" and "distributed" in str(caught.value)


def _installed(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None


@pytest.mark.skipif(os.name == "nt", reason="names of files")
def test_names_of_files_that_are_no_text(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / os.fsdecode(b"b\xe1o c\xe1o.txt")).write_text(article(1), "utf-8")
    (folder / "a\nb #1.txt").write_text(article(2), "utf-8")
    done = run(folder, tmp_path / "out", workers=1)
    assert done.rows["documents"] + sum(done.errors.values()) == 2
