"""Nothing is lost: runs that are killed, folders that are copied or cut at any byte."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import vankien
from tests.batch.conftest import article, contents, rows_of, write_rows
from vankien.batch.run import extract
from vankien.errors import OutputError
from vankien.records import SCHEMA_VERSION

Same = Callable[[Path, Path], None]

SMALL = 20_000
"""Bytes of a chunk here: a dozen chunks in a second's work."""

CHILD = (
    f"import sys; import vankien.batch.plan as plan; plan.CHUNK_BYTES = {SMALL}\n"
    "from vankien.batch.run import extract\n"
    "print('ready', flush=True)\n"
    "extract(sys.argv[1], out=sys.argv[2], workers=int(sys.argv[3]))\n"
)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Enough documents that a run takes a second or two, in a dozen chunks."""
    folder = tmp_path / "in"
    folder.mkdir()
    rows = [{"id": f"r{n}", "text": article(n, 25)} for n in range(60)]
    rows[47]["id"] = "r5"  # V115 has to come out the same, too
    write_rows(folder / "tin.jsonl", rows)
    for number in range(200, 220):
        (folder / f"bai-{number}.txt").write_text(article(number, 25), "utf-8")
    return folder


def calm(folder: Path, out: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vankien.batch.plan.CHUNK_BYTES", SMALL)
        extract(folder, out=out, workers=0)


def killed(folder: Path, out: Path, workers: int, seconds: float) -> bool:
    """Run, kill after some time; say whether the run was still going on."""
    if not workers:
        return _killed_fork(folder, out, seconds)
    command = [sys.executable, "-c", CHILD, str(folder), str(out), str(workers)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return True
        assert process.returncode == 0
        return False


def _killed_fork(folder: Path, out: Path, seconds: float) -> bool:
    """The same with a fork of this process, which has its libraries loaded."""
    pid = os.fork()
    if not pid:
        try:
            calm(folder, out)
            os._exit(0)
        finally:
            os._exit(1)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            assert status == 0
            return False
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return True


@pytest.mark.slow
@pytest.mark.parametrize(
    ("workers", "kills", "longest", "seed"), [(0, 50, 0.6, 1), (1, 6, 1.6, 2), (2, 4, 1.6, 3)]
)
def test_kill_the_main_process(
    many: Path,
    tmp_path: Path,
    same_folders: Same,
    workers: int,
    kills: int,
    longest: float,
    seed: int,
) -> None:
    """Fifty and more kills at random moments; after each, the next run goes on."""
    calm(many, tmp_path / "calm")
    random_ = random.Random(seed)
    number = struck = 0
    while struck < kills and number < 5 * kills:
        out = tmp_path / f"out-{number}"
        for _ in range(3):
            number += 1
            if not killed(many, out, workers, random_.uniform(0.01, longest)):
                break
            struck += 1
            try:  # whatever can be read in between is whole and of the right corpus
                results = vankien.open(out)
            except OutputError:
                continue
            found = [row[0] for row in results.sql("select doc_id from documents").fetchall()]
            assert len(found) in range(81)
        assert not killed(many, out, workers, 120)
        same_folders(tmp_path / "calm", out)
        shutil.rmtree(out)
    assert struck >= kills


@pytest.mark.slow
def test_kill_a_run_that_extends(many: Path, tmp_path: Path) -> None:
    """A finished folder that is being extended, with changed files, when it is killed."""
    base = tmp_path / "base"
    calm(many, base)
    (many / "bai-200.txt").write_text(article(900), "utf-8")
    for number in range(300, 330):
        (many / f"bai-{number}.txt").write_text(article(number, 25), "utf-8")
    calm(many, tmp_path / "calm")
    expected = contents(tmp_path / "calm")
    expected["run.json"].pop("chunks")
    random_ = random.Random(4)
    for number in range(6):
        out = tmp_path / f"out-{number}"
        shutil.copytree(base, out)
        killed(many, out, 0, random_.uniform(0.01, 0.6))
        ids = {row["doc_id"] for row in rows_of(out, "documents")}
        assert len(ids) == len(rows_of(out, "documents")) >= 79, "readers see a whole state"
        assert not killed(many, out, 0, 120)
        found = contents(out)
        found["run.json"].pop("chunks")
        assert found == expected


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c(many: Path, tmp_path: Path, same_folders: Same, workers: int) -> None:
    """The run ends at once, its workers too, and the next run goes on."""
    code = CHILD.replace("import sys;", "import sys, threading, os, signal, time;").replace(
        "print('ready', flush=True)\n",
        "from vankien.batch.progress import Shown\n"
        "Shown.done = lambda self, report: os.kill(os.getpid(), signal.SIGINT)\n",
    )
    out = tmp_path / "out"
    command = [sys.executable, "-c", code, str(many), str(out), str(workers)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode and done.stderr.rstrip().endswith("KeyboardInterrupt")
    assert list((out / ".store" / "chunks").glob("*.json"))
    calm(many, tmp_path / "calm")
    calm(many, out)
    same_folders(tmp_path / "calm", out)


def test_a_worker_does_not_outlive_its_supervisor(many: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from vankien.batch.supervise import Worker\n"
        "worker = Worker(); worker.start(); print(worker.pid, flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        process.kill()
    for _ in range(1500):
        if not _alive(worker):
            return
        time.sleep(0.02)
    os.kill(worker, signal.SIGKILL)
    pytest.fail("the worker was still there after half a minute")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or ") Z" not in stat.read_text()


# --- folders that are not whole ---------------------------------------------------------


@pytest.fixture
def halfway(corpus: Path, tmp_path: Path, small_chunks: None) -> Path:
    """A folder with finished tables and, from a run that broke off, unmerged chunks."""
    out = tmp_path / "halfway"
    extract(corpus / "xa", out=out, workers=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vankien.batch.merge.merge", _break_off)
        with pytest.raises(KeyboardInterrupt):
            extract(corpus, out=out, workers=0)
    assert len(list((out / ".store" / "chunks").glob("*.json"))) > 2
    return out


def _break_off(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def damages(path: Path, random_: random.Random) -> list[Callable[[Path], None]]:
    size = path.stat().st_size

    def cut(at: int) -> Callable[[Path], None]:
        return lambda p: os.truncate(p, at)

    def zero(p: Path) -> None:
        p.write_bytes(bytes(p.stat().st_size))

    found: list[Callable[[Path], None]] = [Path.unlink, cut(0)]
    if size:
        found += [cut(random_.randrange(size)), cut(size - 1)]
        if ".store/chunks" in path.as_posix() or path.suffix == ".json":
            found.append(zero)
    return found


def test_any_file_cut_or_missing(
    corpus: Path, halfway: Path, tmp_path: Path, small_chunks: None
) -> None:
    """Whatever file of the folder a copy or a power cut spoils: the next run puts it right."""
    extract(corpus, out=tmp_path / "fresh", workers=0)
    expected = contents(tmp_path / "fresh")
    expected["run.json"].pop("chunks")
    names = sorted(p.relative_to(halfway) for p in halfway.rglob("*") if p.is_file())
    assert len(names) > 15
    random_ = random.Random(5)
    for name in names:
        damage = random_.choice(damages(halfway / name, random_))
        out = tmp_path / "out"
        shutil.copytree(halfway, out)
        damage(out / name)
        extract(corpus, out=out, workers=0)
        found = contents(out)
        found["run.json"].pop("chunks")
        assert found == expected, f"{name} was damaged"
        shutil.rmtree(out)


def test_damaged_parts_are_not_read(corpus: Path, halfway: Path, tmp_path: Path) -> None:
    """Before it is put right, too: what cannot be read whole is not opened."""
    for part in (halfway / "documents").glob("*.parquet"):
        os.truncate(part, part.stat().st_size // 2)
    found = [row[0] for row in vankien.open(halfway).sql("select source from documents").fetchall()]
    assert found and all("tin.jsonl" in source for source in found)


@pytest.mark.parametrize("place", ["documents", ".store", ".store/chunks"])
def test_left_over_files_are_swept(corpus: Path, tmp_path: Path, place: str) -> None:
    out = tmp_path / "out"
    extract(corpus, out=out, workers=0)
    before = contents(out)
    part = next((out / "documents").glob("*.parquet"))
    for name in ("part-99999-0123.parquet", ".part-00000-0123.parquet.new", ".x.1.tmp"):
        shutil.copy(part, out / place / name)
    extract(corpus, out=out, workers=0)
    assert contents(out) == before
    assert not list((out / place).glob("*0123*"))


@pytest.mark.parametrize("version", ["0", "99"])
def test_folders_of_another_version_of_the_tables(
    corpus: Path, tmp_path: Path, version: str
) -> None:
    """One sentence says what to do, nothing is touched, and --force does it."""
    out = tmp_path / "out"
    extract(corpus, out=out, workers=0)
    for name in ("run.json", ".store/manifest.json"):
        text = (out / name).read_text("utf-8")
        assert f'"schema": "{SCHEMA_VERSION}"' in text
        text = text.replace(f'"schema": "{SCHEMA_VERSION}"', f'"schema": "{version}"')
        (out / name).write_text(text.replace('"repeated"', '"of_another_version"'), "utf-8")
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file() and p.name != "lock"}
    for action in (vankien.open, lambda place: extract(corpus, out=place, workers=0)):
        with pytest.raises(OutputError) as caught:
            action(out)
        assert caught.value.code == "V210" and "--force" in str(caught.value)
        assert f"schema {version}, this version reads {SCHEMA_VERSION}" in str(caught.value)
    assert {p: p.read_bytes() for p in before} == before
    assert extract(corpus, out=out, workers=0, force=True).rows["documents"] == 30


OWNER = """
import sys, time
from vankien.batch.supervise import Worker
worker = Worker(bare=True)
worker.start()
print(worker.pid, flush=True)
time.sleep(60)
"""


def test_a_worker_ends_with_its_supervisor() -> None:
    """Wherever it is: a merge that goes on would write over that of the next run."""
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        time.sleep(1.0)  # it is up, and waits for a task
        owner.kill()
    until = time.monotonic() + 20
    while _lives(pid):
        assert time.monotonic() < until, "the worker outlives its supervisor"
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat")
        return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
