"""Small corpora, and what a results folder holds, to compare runs with."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from vankien.records import TABLES

PLACES = ("Nà Pán", "Bản Chu", "Đồng Bục", "Yên Khoái", "Tú Đoạn", "Mẫu Sơn", "Khuất Xá")
WORK = ("làm đường", "quỹ khuyến học", "trồng rừng", "nước sạch", "thi đua", "cải cách hành chính")


def sentence(random_: random.Random) -> str:
    """A sentence that gives records: a figure, and now and then a reference or a theme."""
    place, work = random_.choice(PLACES), random_.choice(WORK)
    forms = (
        f"Năm {random_.randint(2012, 2020)}, Đảng bộ xã {place} kết nạp "
        f"{random_.randint(2, 99)} đảng viên.",
        f"Chi bộ thôn {place} họp thường kỳ, bàn việc {work} với {random_.randint(10, 90)} hộ.",
        f"Một số cán bộ xã {place} còn nể nang, né tránh, ngại va chạm khi bàn việc {work}.",
        f"Thực hiện Chỉ thị 05-CT/TW của Bộ Chính trị, xã {place} phát động {work}.",
    )
    return random_.choice(forms)


def article(seed: int, sentences: int = 12) -> str:
    """An article that no other seed gives."""
    random_ = random.Random(seed)
    lines = [sentence(random_) for _ in range(sentences)]
    return f"Bài số {seed} của xã {random_.choice(PLACES)}.\n\n" + " ".join(lines)


def write_rows(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    return path


def rows_of(out: Path, table: str) -> list[dict[str, Any]]:
    """The rows of a table as any reader of Parquet folders sees them, in order."""
    parts = sorted(p for p in (out / table).iterdir() if not p.name.startswith("."))
    return [row for part in parts for row in pq.read_table(part).to_pylist()]


def contents(out: Path) -> dict[str, Any]:
    """All that must be the same in two runs: every visible file's bytes, and the counts."""
    files = {
        str(path.relative_to(out)): path.read_bytes()
        for table in TABLES
        for path in sorted((out / table).iterdir())
    }
    run = json.loads((out / "run.json").read_text("utf-8"))
    chosen = ("options", "inputs", "identical", "counts", "errors", "repeated", "duplicates",
              "finished", "chunks")  # fmt: skip
    return {**files, "run.json": {name: run[name] for name in chosen}}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Text files and a file of rows: 30 documents, and one row that is no JSON."""
    folder = tmp_path / "corpus"
    (folder / "xa").mkdir(parents=True)
    for number in range(10):
        (folder / "xa" / f"bai-{number:02d}.txt").write_text(article(number), "utf-8")
    rows = [{"id": f"tin-{n}", "title": f"Tin {n}", "text": article(n)} for n in range(100, 120)]
    path = write_rows(folder / "tin.jsonl", rows)
    with path.open("a", encoding="utf-8") as stream:
        stream.write('{"id": "hỏng", \n')
    return folder


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut chunks small, so that a small corpus has many (in this process)."""
    monkeypatch.setattr("vankien.batch.plan.CHUNK_BYTES", 6_000)


@pytest.fixture
def same_folders() -> Callable[[Path, Path], None]:
    """Two results folders hold the same, byte for byte."""

    def check(first: Path, second: Path) -> None:
        one, other = contents(first), contents(second)
        assert one.keys() == other.keys()
        different = [name for name in one if one[name] != other[name]]
        assert different == []

    return check
