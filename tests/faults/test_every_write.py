"""The disk is full, or the process dies, at every single step that changes the folder."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.batch.conftest import article, contents, write_rows
from vankien.batch.run import extract
from vankien.errors import OutputError

SMALL = 9_000
"""Bytes of a chunk here."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    write_rows(folder / "tin.jsonl", [{"id": f"r{n}", "text": article(n)} for n in range(8)])
    for number in range(4):
        (folder / f"bai-{number}.txt").write_text(article(number + 50), "utf-8")
    return folder


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vankien.batch.plan.CHUNK_BYTES", SMALL)


@contextmanager
def counted(action: Callable[[int], None]) -> Iterator[list[int]]:
    """Call ``action`` with a count before every rename and removal of a file."""
    steps = [0]
    replace, unlink = os.replace, Path.unlink

    def step() -> None:
        steps[0] += 1
        action(steps[0])

    def replacing(*arguments: Any) -> None:
        step()
        replace(*arguments)

    def unlinking(path: Path, missing_ok: bool = False) -> None:
        step()
        unlink(path, missing_ok)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vankien.batch.folder.os.replace", replacing)
        patch.setattr(Path, "unlink", unlinking)
        yield steps


def ready(folder: Path, base: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Make a finished run, then change the input; return the contents before and after."""
    extract(folder, out=base, workers=0)
    before = contents(base)
    (folder / "bai-1.txt").write_text(article(99), "utf-8")
    (folder / "bai-9.txt").write_text(article(98), "utf-8")
    extract(folder, out=base.with_name("after"), workers=0)
    after = contents(base.with_name("after"))
    after["run.json"].pop("chunks")
    return before, after


def check(folder: Path, out: Path, after: dict[str, Any], when: str) -> None:
    extract(folder, out=out, workers=0)
    found = contents(out)
    found["run.json"].pop("chunks")
    assert found == after, when
    left = [p.name for p in (out / ".store").rglob("*") if p.is_file()]
    assert sorted(name.split("-")[0] for name in left) == [
        "index",
        "items",
        "lock",
        "manifest.json",
    ]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_killed_at_many_steps(folder: Path, tmp_path: Path) -> None:
    """A run that extends a finished one dies before every second rename or removal in turn."""
    import shutil

    base = tmp_path / "base"
    _, after = ready(folder, base)
    number, died = -1, True
    while died:
        number += 2  # renames come in pairs with what is removed: half of the time tells as much
        out = tmp_path / "out"
        shutil.copytree(base, out)

        def kill(step: int, last: int = number) -> None:
            if step == last:
                os.kill(os.getpid(), signal.SIGKILL)

        pid = os.fork()
        if not pid:
            try:
                with counted(kill):
                    extract(folder, out=out, workers=0)
                os._exit(0)
            finally:
                os._exit(1)
        _, status = os.waitpid(pid, 0)
        died = os.WIFSIGNALED(status)
        assert died or status == 0
        check(folder, out, after, f"killed before step {number}")
        shutil.rmtree(out)
    assert number > 30


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device on this system")
def test_the_disk_is_full_at_every_write(folder: Path, tmp_path: Path) -> None:
    """Every file that a run writes meets a full disk in turn; then there is room again."""
    import shutil

    base = tmp_path / "base"
    _, after = ready(folder, base)
    opened = Path.open
    number = 0
    while True:
        number += 1
        left = number
        out = tmp_path / "out"
        shutil.copytree(base, out)

        def opening(path: Path, *arguments: Any, **options: Any) -> Any:
            nonlocal left
            if path.suffix == ".tmp":
                left -= 1
                if not left:
                    return opened(Path("/dev/full"), *arguments, **options)
            return opened(path, *arguments, **options)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Path, "open", opening)
            try:
                extract(folder, out=out, workers=0)
            except OutputError as error:
                assert error.code == "V202" and str(out) in str(error)
                assert "No space left" in str(error), f"write {number}"
        check(folder, out, after, f"write {number} met a full disk")
        shutil.rmtree(out)
        if left > 0:
            break
    assert number > 20
