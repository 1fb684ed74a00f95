"""A document may hang, kill or exhaust its worker: it costs one row, and no other document."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.batch.conftest import article, contents, rows_of, write_rows
from tests.faults.conftest import bad_document
from vankien.batch.guard import NOTE_BYTES, Note, noted_key, step_key
from vankien.batch.options import Limits
from vankien.batch.run import extract
from vankien.batch.supervise import Worker
from vankien.errors import OutputError, UsageError

Same = Callable[[Path, Path], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Documents around the bad one."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(6):
        (folder / f"bai-{number}.txt").write_text(article(number), "utf-8")
    return folder


@pytest.mark.usefixtures("bad_readers")
@pytest.mark.parametrize(
    ("name", "code", "words", "workers"),
    [
        ("hang", "V117", "(4 s)", 1),
        ("sleep", "V117", "--time-limit", 2),
        ("die", "V119", "(signal SIGKILL)", 2),
        ("crash", "V119", "(signal SIGSEGV)", 1),
        ("leave", "V119", "(exit code 7)", 1),
    ],
)
def test_a_bad_document_is_one_row(
    folder: Path, tmp_path: Path, name: str, code: str, words: str, workers: int
) -> None:
    # A name that breaks lines, and is longer than a note has room for.
    place = folder / ("bài 2" * 30) / ("\n#" * 100)
    place.mkdir(parents=True)
    bad = bad_document(place / "bai.txt", name)
    log = io.StringIO()
    limits = Limits(seconds=4 if code == "V117" else 60)
    done = extract(folder, out=tmp_path / "out", workers=workers, limits=limits, log=log)
    assert done.rows["documents"] == 6
    (error,) = rows_of(tmp_path / "out", "errors")
    assert (error["source"], error["stage"], error["error"]) == (str(bad), "read", code)
    assert words in error["message"] and str(bad) in error["message"]
    events = [json.loads(line) for line in log.getvalue().splitlines()]
    ended = [e for e in events if e["event"] == "worker_ended"]
    assert len(ended) == 2
    assert all(e["in_hand"].startswith(f"read {folder}/bài 2") for e in ended)
    again = extract(folder, out=tmp_path / "out", workers=workers, limits=limits)
    assert again.new_chunks == 0, "it is not tried again under the same limits"


@pytest.mark.usefixtures("bad_readers")
def test_memory_has_a_limit(folder: Path, tmp_path: Path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux enforces the limit")
    bad = bad_document(folder / "bai-2a.txt", "eat")
    done = extract(folder, out=tmp_path / "out", limits=Limits(megabytes=3072))
    assert done.rows["documents"] == 6
    (error,) = rows_of(tmp_path / "out", "errors")
    assert (error["source"], error["error"]) == (str(bad), "V118")
    assert "(3072 MB)" in error["message"] and "--memory-limit" in error["message"]


@pytest.mark.usefixtures("bad_readers")
def test_other_limits_are_another_chance(folder: Path, tmp_path: Path) -> None:
    bad = bad_document(folder / "bai-2a.txt", "leave")
    extract(folder, out=tmp_path / "out")
    bad.write_bytes(b"%CHATTER")
    bad_document(folder / "bai-2b.txt", "leave")
    more = extract(folder, out=tmp_path / "out", limits=Limits(seconds=601))
    assert more.rows["documents"] == 7
    (error,) = rows_of(tmp_path / "out", "errors")
    assert error["source"] == str(folder / "bai-2b.txt")
    third = extract(folder, out=tmp_path / "out", limits=Limits(seconds=602))
    assert third.new_chunks == 1 and third.errors == {"V119": 1}


@pytest.mark.usefixtures("bad_readers")
def test_what_a_library_prints_does_no_harm(folder: Path, tmp_path: Path) -> None:
    bad_document(folder / "bai-2a.txt", "chatter")
    done = extract(folder, out=tmp_path / "out")
    assert done.rows["documents"] == 7 and not done.errors


@pytest.mark.usefixtures("bad_readers")
def test_many_bad_documents_among_good_ones(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(80):
        (folder / f"{number:02d}.txt").write_text(article(number, 2), "utf-8")
    for place, name in ((3, "die"), (4, "leave"), (40, "crash"), (79, "die")):
        bad_document(folder / f"{place:02d}a.txt", name)
    done = extract(folder, out=tmp_path / "out", workers=2)
    assert done.rows["documents"] == 80 and done.errors == {"V119": 4}
    assert len({d["source"] for d in rows_of(tmp_path / "out", "documents")}) == 80


def patched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Have every worker run some code when it starts."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", f"{site}{os.pathsep}{os.pathsep.join(sys.path)}")


def test_a_row_that_ends_its_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The step is noted before the row is read, and the other rows of the file stand."""
    rows = write_rows(tmp_path / "a.jsonl", [{"id": f"{n}", "text": article(n)} for n in range(5)])
    patched(
        tmp_path,
        monkeypatch,
        "from vankien.analysis import Analysis\n"
        "original = Analysis.rows\n"
        "def rows(self):\n"
        "    if self.document.doc_id == '3':\n"
        "        import os; os._exit(9)\n"
        "    return original(self)\n"
        "Analysis.rows = rows\n",
    )
    done = extract(rows, out=tmp_path / "out")
    assert done.errors == {"V119": 1} and done.rows["documents"] == 5
    (error,) = rows_of(tmp_path / "out", "errors")
    assert (error["source"], error["stage"]) == (f"{rows}#4", "analyse")
    assert {s["doc_id"] for s in rows_of(tmp_path / "out", "sentences")} == set("0124")


@pytest.mark.parametrize("end", ["import os; os._exit(9)", "raise MemoryError", "time.sleep(99)"])
def test_documents_that_cannot_be_scored_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, same_folders: Same
) -> None:
    """Each is then scored by itself, and nothing is lost."""
    rows = write_rows(tmp_path / "a.jsonl", [{"id": f"{n}", "text": article(n)} for n in range(5)])
    extract(rows, out=tmp_path / "undisturbed")
    patched(
        tmp_path,
        monkeypatch,
        "import time\n"
        "import vankien.analysis as analysis\n"
        "def score_together(analyses):\n"
        f"    {end}\n"
        "analysis.score_together = score_together\n",
    )
    limits = Limits(seconds=4 if "sleep" in end else 60)
    done = extract(rows, out=tmp_path / "out", limits=limits)
    assert done.errors == {}
    same_folders(tmp_path / "undisturbed", tmp_path / "out")


def test_workers_killed_from_outside(corpus: Path, tmp_path: Path, same_folders: Same) -> None:
    """Kill the worker now and then: the same folder as that of an undisturbed run."""
    for number in range(300, 500):
        (corpus / f"them-{number}.txt").write_text(article(number, 4), "utf-8")
    extract(corpus, out=tmp_path / "calm")
    started: list[int] = []
    start = Worker.start

    def noting(worker: Worker) -> None:
        fresh = worker.pid is None
        start(worker)
        if fresh and worker.pid is not None:
            started.append(worker.pid)

    ended = threading.Event()

    def kill() -> None:
        # Later and later after each start, so that all moments are met and the run ends.
        for number in range(12):
            if ended.wait(0.15 + 0.08 * number):
                return
            if started:
                try:
                    os.kill(started[-1], signal.SIGKILL)
                except ProcessLookupError:
                    continue

    killer = threading.Thread(target=kill)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Worker, "start", noting)
        patch.setattr("vankien.batch.supervise.DEATHS", 20)
        killer.start()
        try:
            extract(corpus, out=tmp_path / "out")
        finally:
            ended.set()
            killer.join()
    assert len(started) > 3, "no worker was killed"
    same_folders(tmp_path / "calm", tmp_path / "out")


def test_a_worker_that_cannot_start_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text(article(1), "utf-8")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "absent"))
    with pytest.raises(UsageError) as caught:
        extract(tmp_path / "a.txt", out=tmp_path / "out")
    assert caught.value.code == "V208"
    monkeypatch.undo()
    monkeypatch.setattr("vankien.batch.supervise._START", "import sys; sys.exit(3)")
    with pytest.raises(UsageError) as caught:
        extract(tmp_path / "a.txt", out=tmp_path / "out")
    assert caught.value.code == "V208" and "exit code 3" in str(caught.value)


def test_a_full_disk_ends_the_run_and_the_next_one_goes_on(
    corpus: Path, tmp_path: Path, same_folders: Same
) -> None:
    out = tmp_path / "out"
    code = (
        "import resource, sys, vankien\n"
        # No file may grow beyond this: the same error that a full disk gives, for parts.
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from vankien.cli import main\n"
        "sys.argv = ['vankien', 'extract', sys.argv[1], '--out', sys.argv[2], '--workers', '0']\n"
        "main()\n"
    )
    for size in ("2000", "9000", "20000"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(corpus), str(out), size],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 2 or size != "2000"
        if done.returncode:
            assert done.returncode == 2, done.stderr
            assert done.stderr.startswith(f"vankien: [V202] The output folder {out}")
            assert "Traceback" not in done.stderr and done.stderr.count("\n") == 1
    extract(corpus, out=out)
    extract(corpus, out=tmp_path / "calm")
    same_folders(out, tmp_path / "calm")


def test_read_only_parts_end_the_run(corpus: Path, tmp_path: Path) -> None:
    """The worker, too, says which folder it could not write to."""
    out = tmp_path / "out"
    extract(corpus / "tin.jsonl", out=out)
    (out / ".store" / "chunks").rmdir()
    (out / ".store" / "chunks").write_text("in the way")
    with pytest.raises(OutputError) as caught:
        extract(corpus, out=out)
    assert caught.value.code == "V202"


@pytest.mark.parametrize(
    "source", ["a.txt", "x" * 3000, "ệ" * 300, "bài\nviết.txt", "b\udce1o", ""]
)
def test_notes_are_of_one_size(tmp_path: Path, source: str) -> None:
    path = tmp_path / "note"
    path.write_bytes(b"\0" * NOTE_BYTES)
    note = Note(str(path))
    for _ in range(3):
        note.write(step_key("read", source))
        assert path.stat().st_size == NOTE_BYTES
    assert noted_key(path.read_bytes()) == step_key("read", source)
    assert step_key("read", source) != step_key("read", source + "x")
    note.clear()
    assert noted_key(path.read_bytes()) == ""
    Note().write(step_key("read", source))


@pytest.mark.parametrize(
    ("options", "name"),
    [({"seconds": 0}, "time limit"), ({"megabytes": 100}, "memory limit")],
)
def test_limits_must_make_sense(options: dict[str, int], name: str) -> None:
    with pytest.raises(UsageError) as caught:
        Limits(**options)
    assert caught.value.code == "V401" and name in str(caught.value)


def test_contents_compares_what_it_should(corpus: Path, tmp_path: Path) -> None:
    """The comparison of these tests sees one changed byte."""
    extract(corpus / "xa", out=tmp_path / "out", workers=0)
    before = contents(tmp_path / "out")
    part = next((tmp_path / "out" / "themes").glob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-1] + b"X")
    assert contents(tmp_path / "out") != before
