"""Inputs and outputs on fsspec filesystems, tested on memory://."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pyarrow.parquet as pq
import pytest

import vankien
from tests.batch.conftest import article, rows_of
from vankien.batch import lock
from vankien.batch.folder import open_folder
from vankien.batch.lock import locked
from vankien.batch.run import extract
from vankien.errors import OutputError
from vankien.records import TABLES


@pytest.fixture
def memory() -> Iterator[Any]:
    """The filesystem in memory, empty before and after."""
    fs = fsspec.filesystem("memory")
    fs.store.clear()
    fs.pseudo_dirs[:] = [""]
    yield fs
    fs.store.clear()


def rows_there(fs: Any, folder: str, table: str) -> list[dict[str, Any]]:
    parts = sorted(fs.find(f"{folder}/{table}"))
    return [row for p in parts for row in pq.read_table(io.BytesIO(fs.cat_file(p))).to_pylist()]


def test_inputs_and_outputs_in_memory(corpus: Path, tmp_path: Path, memory: Any) -> None:
    for path in corpus.rglob("*"):
        if path.is_file():
            memory.pipe_file(f"/in/{path.relative_to(corpus).as_posix()}", path.read_bytes())
    memory.pipe_file("/in/.hidden.txt", b"hidden")
    run = extract("memory://in", out="memory://out")
    extract(corpus, out=tmp_path / "out", workers=0)
    assert run.rows["documents"] == 30 and run.errors == {"V107": 1}
    for table in TABLES:
        there, here = rows_there(memory, "/out", table), rows_of(tmp_path / "out", table)
        for row in (*there, *here):
            row.pop("source", None), row.pop("message", None)
        assert there == here
    results = vankien.open("memory://out")
    assert len(results.documents.fetchall()) == 30
    assert results.sql("select count(*) from errors").fetchall() == [(1,)]


def test_a_run_in_memory_is_extended(memory: Any) -> None:
    memory.pipe_file("/in/a.txt", article(1).encode())
    extract("memory://in", out="memory://out")
    memory.pipe_file("/in/b.txt", article(2).encode())
    memory.pipe_file("/in/a.txt", article(3).encode())
    run = extract("memory://in/", out="memory://out/")
    assert run.rows["documents"] == 2
    texts = [row["text"] for row in rows_there(memory, "/out", "documents")]
    assert ["Bài số 3 " in texts[0], "Bài số 2 " in texts[1]] == [True, True]
    assert len(memory.find("/out/documents")) == 1, "parts that were replaced are gone"


def test_the_output_inside_the_input(memory: Any) -> None:
    memory.pipe_file("/in/a.txt", article(1).encode())
    extract("memory://in", out="memory://in/out")
    assert extract("memory://in", out="memory://in/out").rows["documents"] == 1
    with pytest.raises(OutputError) as caught:
        extract("memory://in/out", out="memory://in/out")
    assert caught.value.code == "V207"


def test_foreign_objects(memory: Any) -> None:
    memory.pipe_file("/in/a.txt", article(1).encode())
    memory.pipe_file("/out/other.csv", b"a,b")
    with pytest.raises(OutputError) as caught:
        extract("memory://in", out="memory://out")
    assert caught.value.code == "V203"


def test_unknown_protocol_of_the_output(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(article(1), "utf-8")
    with pytest.raises(OutputError) as caught:
        extract(tmp_path, out="no-such-protocol://x")
    assert caught.value.code == "V202"


def test_a_lease_keeps_others_out(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = open_folder("memory://out")
    with locked(folder), pytest.raises(OutputError) as caught, locked(folder):
        pass
    assert caught.value.code == "V209"
    assert not memory.exists(f"/out/{lock.LOCK}.lease"), "a lease ends with its run"


@pytest.mark.parametrize(
    ("content", "free"),
    [
        (b'{"host": "elsewhere", "pid": 1, "token": "a", "renewed": 1000.0}', True),
        (b'{"host": "elsewhere", "pid": 1, "token": "a", "renewed": 99999999999.0}', False),
        (b'{"host": "HERE", "pid": 99999999, "token": "a", "renewed": 99999999999.0}', True),
        (b'{"host": "elsewhere", "pid"', True),
        (b"[]", True),
    ],
    ids=["old", "fresh", "dead process", "half written", "no object"],
)
def test_stale_leases_are_taken_over(memory: Any, content: bytes, free: bool) -> None:
    import socket

    memory.pipe_file(
        f"/out/{lock.LOCK}.lease", content.replace(b"HERE", socket.gethostname().encode())
    )
    folder = open_folder("memory://out")
    if free:
        with locked(folder):
            pass
        return
    with pytest.raises(OutputError) as caught, locked(folder):
        pass
    assert caught.value.code == "V209" and "elsewhere" in str(caught.value)


def test_a_lease_is_renewed(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import json
    import time

    monkeypatch.setattr(lock, "RENEW_SECONDS", 0.01)
    folder = open_folder("memory://out")
    with locked(folder):
        name = f"/out/{lock.LOCK}.lease"
        first = json.loads(memory.cat_file(name))["renewed"]
        for _ in range(500):
            if json.loads(memory.cat_file(name))["renewed"] > first:
                break
            time.sleep(0.01)
        else:
            pytest.fail("the lease was not renewed")
