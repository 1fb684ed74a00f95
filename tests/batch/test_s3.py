"""Inputs and outputs on an S3 server, which runs in a process of its own."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

import vankien
from tests.batch.conftest import article, rows_of
from vankien.batch import lock
from vankien.batch.folder import open_folder
from vankien.batch.lock import locked
from vankien.batch.run import extract
from vankien.errors import OutputError, UsageError, VankienError
from vankien.records import TABLES

pytest.importorskip("moto.server", reason="moto's server is not installed")
s3fs = pytest.importorskip("s3fs")

SERVER = (
    "import sys; from moto.server import ThreadedMotoServer\n"
    "server = ThreadedMotoServer('127.0.0.1', int(sys.argv[1])); server.start()\n"
    "print('ready', flush=True); sys.stdin.read()\n"
)
SMALL = 3_000
CHILD = (
    f"import sys; import vankien.batch.plan as plan; plan.CHUNK_BYTES = {SMALL}\n"
    "from vankien.batch.run import extract\n"
    "print('ready', flush=True)\n"
    "extract(sys.argv[1], out=sys.argv[2], workers=int(sys.argv[3]))\n"
)


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    """The server, and credentials for it in the environment, as a user would give them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (
        pytest.MonkeyPatch.context() as patch,
        subprocess.Popen(
            [sys.executable, "-c", SERVER, str(port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        ) as server,
    ):  # fmt: skip
        assert server.stdout is not None
        assert any(line == b"ready\n" for line in server.stdout), "the server did not start"
        for name, value in {
            "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():  # fmt: skip
            patch.setenv(name, value)
        s3fs.S3FileSystem.clear_instance_cache()
        yield fsspec.filesystem("s3")
        s3fs.S3FileSystem.clear_instance_cache()
        server.kill()


@pytest.fixture
def bucket(s3: Any, request: pytest.FixtureRequest) -> str:
    """A bucket of this test."""
    name = f"b{abs(hash(request.node.name)) % 10**9}"
    s3.mkdir(name)
    return name


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vankien.batch.plan.CHUNK_BYTES", SMALL)


def fill(s3: Any, bucket: str, numbers: range) -> None:
    for number in numbers:
        s3.pipe_file(f"{bucket}/in/bai-{number:02d}.txt", article(number).encode())


def objects(s3: Any, folder: str) -> dict[str, bytes]:
    """What a reader sees of the tables."""
    s3.invalidate_cache()
    return {
        path.removeprefix(folder): s3.cat_file(path)
        for table in TABLES
        for path in s3.find(f"{folder}/{table}")
    }


@pytest.mark.parametrize("workers", [0, 2])
def test_in_and_out(s3: Any, bucket: str, tmp_path: Path, workers: int) -> None:
    fill(s3, bucket, range(8))
    rows = '{"id": "a", "text": "Chi bộ họp."}\n{\n'
    s3.pipe_file(f"{bucket}/in/tin.jsonl", rows.encode())
    done = extract(f"s3://{bucket}/in", out=f"s3://{bucket}/out", workers=workers)
    assert done.rows["documents"] == 9 and done.errors == {"V107": 1} and done.new_chunks > 2
    results = vankien.open(f"s3://{bucket}/out")
    assert results.run["finished"] is True and results.run["counts"]["documents"] == 9
    assert len(results.documents.fetchall()) == 9
    # The same as in a folder of this machine, but for the names of the sources.
    for path in s3.find(f"{bucket}/in"):
        local = tmp_path / "in" / path.rsplit("/", 1)[1]
        local.parent.mkdir(exist_ok=True)
        local.write_bytes(s3.cat_file(path))
    extract(tmp_path / "in", out=tmp_path / "out", workers=0)
    for table in TABLES:
        here = rows_of(tmp_path / "out", table)
        there = getattr(results, table).fetchall()
        names = getattr(results, table).columns
        skip = [i for i, name in enumerate(names) if name in ("source", "message")]
        keep = [i for i in range(len(names)) if i not in skip]
        assert [[row[i] for i in keep] for row in there] == [
            [list(row.values())[i] for i in keep] for row in here
        ]
    # Again is nothing to do; a new object extends; a changed one replaces its rows.
    assert extract(f"s3://{bucket}/in", out=f"s3://{bucket}/out", workers=0).new_chunks == 0
    s3.pipe_file(f"{bucket}/in/bai-03.txt", article(77).encode())
    s3.pipe_file(f"{bucket}/in/z.txt", article(78).encode())
    assert extract(f"s3://{bucket}/in", out=f"s3://{bucket}/out", workers=0).rows["documents"] == 10
    extract(f"s3://{bucket}/in", out=f"s3://{bucket}/fresh", workers=0)
    assert objects(s3, f"{bucket}/out") == objects(s3, f"{bucket}/fresh")
    texts = vankien.open(f"s3://{bucket}/out").sql("select text from documents").fetchall()
    assert any("Bài số 77 " in text for (text,) in texts)


@pytest.mark.slow
def test_kills(s3: Any, bucket: str) -> None:
    """Main process killed at random moments, its lease left behind: the next run goes on."""
    fill(s3, bucket, range(25))
    extract(f"s3://{bucket}/in", out=f"s3://{bucket}/calm", workers=0)
    random_ = random.Random(8)
    struck = 0
    out = f"s3://{bucket}/out"
    for _ in range(4):
        command = [sys.executable, "-c", CHILD, f"s3://{bucket}/in", out, "0"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(random_.uniform(1.0, 5.0))
            struck += process.poll() is None
            process.send_signal(signal.SIGKILL)
    assert struck
    extract(f"s3://{bucket}/in", out=out, workers=0)
    assert objects(s3, f"{bucket}/out") == objects(s3, f"{bucket}/calm")


def test_a_lease_on_an_object_store(s3: Any, bucket: str) -> None:
    folder = open_folder(f"s3://{bucket}/out")
    with locked(folder), pytest.raises(OutputError) as caught, locked(folder):
        pass
    assert caught.value.code == "V209" and f"process {os.getpid()}" in str(caught.value)
    assert not s3.exists(f"{bucket}/out/{lock.LOCK}.lease"), "a lease ends with its run"


def test_objects_cut_or_missing(s3: Any, bucket: str) -> None:
    """A copy of the output that is not whole: the next run puts it right."""
    fill(s3, bucket, range(4))
    out = f"{bucket}/out"
    extract(f"s3://{bucket}/in", out=f"s3://{out}", workers=0)
    expected = objects(s3, out)
    for table in ("documents", "indicators", ".store"):
        name = max(s3.find(f"{out}/{table}"))
        s3.pipe_file(name, s3.cat_file(name)[:-7])
        extract(f"s3://{bucket}/in", out=f"s3://{out}", workers=0)
        assert objects(s3, out) == expected, f"{name} was cut"


def test_what_cannot_be_reached(s3: Any, bucket: str) -> None:
    with pytest.raises(UsageError) as caught:
        extract(f"s3://{bucket}/absent", out=f"s3://{bucket}/out")
    assert caught.value.code == "V206"


@pytest.mark.parametrize("missing", ["credentials", "server"])
def test_stores_that_do_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """One sentence each, for inputs, outputs and finished runs."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "absent"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        if missing == "credentials":
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    words = "credentials" if missing == "credentials" else "127.0.0.1:9"
    (tmp_path / "a.txt").write_text(article(1), "utf-8")
    s3fs.S3FileSystem.clear_instance_cache()
    try:
        for code, action in {
            "V401": lambda: extract("s3://b/in", out=tmp_path / "out", workers=0),
            "V202": lambda: extract(tmp_path / "a.txt", out="s3://b/out", workers=0),
            "V205": lambda: vankien.open("s3://b/out"),
        }.items():
            with pytest.raises(VankienError) as caught:
                action()
            assert caught.value.code == code and words in str(caught.value)
            assert "s3://b/" in str(caught.value) and "\n" not in str(caught.value)
    finally:
        s3fs.S3FileSystem.clear_instance_cache()
