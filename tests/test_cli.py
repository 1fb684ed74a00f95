"""The command line: help, exit codes, one line of error on standard error."""

from __future__ import annotations

import json
import os
import pstats
import subprocess
import sys
from pathlib import Path

import pytest

import vankien
from tests.batch.conftest import article, write_rows

COMMANDS = ("extract", "read", "info", "export", "evaluate", "train", "annotate", "version")


def vankien_(
    *arguments: object, folder: Path | None = None, columns: str | None = "200"
) -> subprocess.CompletedProcess[str]:
    """Run the command; wide, so that no line breaks depend on the terminal."""
    environment = {k: v for k, v in os.environ.items() if k != "COLUMNS"}
    if columns is not None:
        environment["COLUMNS"] = columns
    return subprocess.run(
        [sys.executable, "-c", "from vankien.cli import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env=environment,
        check=False,
    )


def failed(done: subprocess.CompletedProcess[str], code: str, *words: object) -> None:
    """Exit code 2, one line on standard error, no traceback."""
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"vankien: [{code}] ")
    assert done.stderr.count("\n") == 1 and done.stderr.endswith(".\n")
    for word in words:
        assert str(word) in done.stderr


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    found = [{"id": f"t{n}", "title": f"Tin {n}", "text": article(n)} for n in range(5)]
    return write_rows(tmp_path / "tin.jsonl", found)


@pytest.fixture
def out(rows: Path, tmp_path: Path) -> Path:
    assert vankien_("extract", rows, "--out", tmp_path / "out").returncode == 0
    return tmp_path / "out"


def test_help() -> None:
    done = vankien_("--help")
    assert done.returncode == 0 and not done.stderr
    for command in COMMANDS:
        assert command in done.stdout
    assert vankien_().returncode in (0, 2), "no command: the help"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command(command: str) -> None:
    done = vankien_(command, "--help")
    assert done.returncode == 0 and not done.stderr
    assert f"vankien {command}" in done.stdout or f"main {command}" in done.stdout or (
        command in done.stdout
    )  # fmt: skip
    assert len(done.stdout.splitlines()) > 3


@pytest.mark.parametrize(
    "option",
    ["--out", "--workers", "--cluster", "--force", "--quiet", "--log-json", "--profile",
     "--time-limit", "--memory-limit", "--text-field", "--id-field", "--title-field",
     "--date-field", "--url-field", "--kind-field", "--authors-field", "--publisher-field"],
)  # fmt: skip
def test_options_of_extract_are_explained(option: str) -> None:
    lines = vankien_("extract", "--help").stdout.splitlines()
    found = [line for line in lines if line.strip().startswith(option)]
    assert found and len(found[0].split()) > 3


def test_extract(rows: Path, tmp_path: Path) -> None:
    done = vankien_("extract", rows, "--out", tmp_path / "out", "--workers", 2)
    assert done.returncode == 0 and not done.stderr
    assert done.stdout.startswith("5 documents, ")
    assert f"Parquet tables: {tmp_path / 'out'}/" in done.stdout


def test_lines_into_a_pipe_are_not_broken(tmp_path: Path) -> None:
    """Long paths, and paths that look like markup, come out whole: they are copied."""
    folder = tmp_path / ("thư mục [bold] " * 8).strip() / ("kết quả " * 12).strip()
    folder.mkdir(parents=True)
    path = write_rows(folder / "tin.jsonl", [{"id": "a", "text": article(1)}])
    done = vankien_("extract", path, "--out", folder / "out", columns=None)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[-1] == f"Parquet tables: {folder / 'out'}/" and len(lines) == 2
    lines = vankien_("info", folder / "out", columns=None).stdout.splitlines()
    assert lines[0].startswith(f"{folder / 'out'}  (finished, vankien ")
    assert any(line.rstrip().endswith(f"{path}#1") for line in lines)
    assert lines[-1] == f"Parquet tables: {folder / 'out'}/"


def test_errors_are_counted_and_the_exit_code_is_0(rows: Path, tmp_path: Path) -> None:
    (tmp_path / "rong.txt").write_bytes(b"")
    done = vankien_("extract", rows, tmp_path / "rong.txt", "--out", tmp_path / "out")
    assert done.returncode == 0 and not done.stderr
    assert "1 could not be read: V101 × 1 (see the table errors)" in done.stdout


def test_exit_code_1_where_no_document_could_be_read(tmp_path: Path) -> None:
    (tmp_path / "rong.txt").write_bytes(b"")
    done = vankien_("extract", tmp_path / "rong.txt", "--out", tmp_path / "out")
    assert done.returncode == 1 and not done.stderr
    assert "0 documents" in done.stdout and "V101" in done.stdout


def test_exit_code_2_where_the_call_is_wrong(rows: Path, tmp_path: Path, out: Path) -> None:
    new = tmp_path / "new"
    failed(vankien_("extract", tmp_path / "absent", "--out", new), "V206", tmp_path / "absent")
    (tmp_path / "empty").mkdir()
    failed(vankien_("extract", tmp_path / "empty", "--out", new), "V201", tmp_path / "empty")
    failed(vankien_("extract", rows, "--out", rows / "out"), "V202", rows / "out")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x").write_text("x")
    failed(vankien_("extract", rows, "--out", tmp_path / "other"), "V203", tmp_path / "other")
    failed(vankien_("extract", rows, "--out", out, "--text-field", "x"), "V204", "--force")
    failed(vankien_("info", new), "V205", new)
    failed(vankien_("export", new, "--to", tmp_path / "x"), "V205", new)
    failed(vankien_("extract", rows, "--out", new, "--time-limit", 0), "V401", "time limit")
    failed(vankien_("read", tmp_path / "absent.txt"), "V109", tmp_path / "absent.txt")
    assert not new.exists() or not list(new.glob("*/*.parquet"))


@pytest.mark.parametrize(
    "arguments",
    [("extract",), ("extract", "x", "--out"), ("extract", "x"), ("nonsense",),
     ("extract", "x", "--out", "y", "--workers", "-1"), ("info",), ("info", "x", "--nonsense")],
    ids=" ".join,
)  # fmt: skip
def test_usage(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = vankien_(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert "Error" in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir()), "nothing was written"


def test_fields(tmp_path: Path) -> None:
    row = {"ma": "m1", "noi_dung": article(1), "tieu_de": "Tin", "ngay": "2020-01-31", "nguon": "u",
           "loai": "news_article", "tac_gia": "A; B", "bao": "Báo tỉnh"}  # fmt: skip
    path = write_rows(tmp_path / "a.jsonl", [row])
    names = {"id": "ma", "text": "noi_dung", "title": "tieu_de", "date": "ngay", "url": "nguon",
             "kind": "loai", "authors": "tac_gia", "publisher": "bao"}  # fmt: skip
    options = [part for name, field in names.items() for part in (f"--{name}-field", field)]
    assert vankien_("extract", path, "--out", tmp_path / "out", *options).returncode == 0
    (document,) = vankien.open(tmp_path / "out").documents.df().to_dict("records")
    assert (document["doc_id"], document["title"], document["url"]) == ("m1", "Tin", "u")
    assert str(document["published"])[:10] == "2020-01-31"
    assert (list(document["authors"]), document["publisher"]) == (["A", "B"], "Báo tỉnh")
    assert document["kind"] == "news_article"


def test_log_json(rows: Path, tmp_path: Path) -> None:
    done = vankien_("extract", rows, "--out", tmp_path / "out", "--log-json")
    events = [json.loads(line) for line in done.stderr.splitlines()]
    names = [event["event"] for event in events]
    assert names == ["stage", "stage", "planned", "chunk", "stage", "finished"]
    assert events[3]["rows"]["documents"] == 5 and events[-1]["counts"]["documents"] == 5
    assert all(event["time"].endswith("+00:00") for event in events)
    assert events[3]["bytes_done"] == events[2]["bytes"] and events[3]["seconds_left"] == 0
    assert events[3]["documents_per_second"] > 0


def test_profile(rows: Path, tmp_path: Path) -> None:
    path = tmp_path / "profile"
    done = vankien_("extract", rows, "--out", tmp_path / "out", "--profile", path)
    assert done.returncode == 0 and "tottime" in done.stderr
    functions = {key[2] for key in pstats.Stats(str(path)).stats}  # type: ignore[attr-defined]
    assert "analyse" in functions


def test_info(out: Path, rows: Path) -> None:
    done = vankien_("info", out)
    assert done.returncode == 0 and not done.stderr
    for words in ("finished", "documents", "Slowest documents", "tin.jsonl#", "Seconds:"):
        assert words in done.stdout
    assert "Errors by kind" not in done.stdout
    rows.write_text(rows.read_text("utf-8") + "{\n" + "[]\n", "utf-8")
    assert vankien_("extract", rows, "--out", out).returncode == 0
    done = vankien_("info", out, "--tables")
    assert "Errors by kind" in done.stdout and "V107" in done.stdout
    assert "members.admitted" in done.stdout


def test_export(out: Path, tmp_path: Path) -> None:
    to = tmp_path / "xuat"
    done = vankien_("export", out, "--format", "csv", "--to", to, "--table", "documents")
    assert done.returncode == 0 and done.stdout == f"documents: {to}\n"
    assert [p.name for p in to.iterdir()] == ["documents.csv"]
    failed(vankien_("export", out, "--to", to), "V213", to, "--force")
    assert vankien_("export", out, "--to", to, "--force").returncode == 0
    assert len(list(to.iterdir())) == 7
    failed(vankien_("export", out, "--to", to, "--format", "pdf"), "V401", "csv, duckdb")
    failed(vankien_("export", out, "--to", to, "--table", "x"), "V401", "documents, sentences")


def test_version() -> None:
    assert vankien_("version").stdout == f"vankien {vankien.__version__}\n"


def test_the_help_loads_nothing_heavy() -> None:
    heavy = ("spacy", "numpy", "pandas", "pyarrow", "sklearn", "underthesea", "duckdb", "rich",
             "joblib", "fsspec", "lxml", "yaml")  # fmt: skip
    code = (
        "import sys; sys.argv = ['vankien', 'extract', '--help']\n"
        "from vankien.cli import main\n"
        "try: main()\n"
        f"except SystemExit: print([m for m in {heavy!r} if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
