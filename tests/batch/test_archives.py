"""Archives through the command: every member once, what is hostile of them in ``errors``."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from typer.testing import CliRunner

import vankien.reading.archives as archives
import vankien.reading.open_archives as open_archives
from tests.batch.conftest import article, rows_of
from tests.reading.word_files import docx_of
from vankien.batch.plan import CHUNK_BYTES, examine
from vankien.cli import app
from vankien.errors import ReadError
from vankien.reading.archives import ArchiveLimits


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def tarred(files: dict[str, bytes], mode: str = "w", links: dict[str, str] | None = None) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return stream.getvalue()


def jsonl(*seeds: int) -> bytes:
    rows = [{"id": f"hang-{seed}", "text": article(seed)} for seed in seeds]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def extracted(inputs: Path, out: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Source -> first line of its text, and source -> code of its error."""
    command = ["extract", str(inputs), "--out", str(out), "--quiet", "--workers", "0"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    folder = f"{inputs}/"
    texts = {
        row["source"].removeprefix(folder): row["text"].split("\n")[0]
        for row in rows_of(out, "documents")
    }
    errors = {row["source"].removeprefix(folder): row["error"] for row in rows_of(out, "errors")}
    return texts, errors


def first(seed: int) -> str:
    return article(seed).split("\n")[0]


def test_archives_of_every_form(tmp_path: Path) -> None:
    inputs = tmp_path / "kho"
    inputs.mkdir()
    word = docx_of(lambda document: [document.add_paragraph(t) for t in article(2).split("\n\n")])
    (inputs / "a.zip").write_bytes(
        zipped(
            {
                "tinh/mot.txt": article(1).encode(),
                "tinh/hai.docx": word,
                "hang.jsonl.gz": gzip.compress(jsonl(3, 4)),
                "hang.jsonl.zst": zstandard.compress(jsonl(5)),
                # By its content, whatever its name.
                "trong.dat": tarred({"sau/sau.txt": article(6).encode()}, "w:gz"),
                ".an.txt": article(90).encode(),
            }
        )
    )
    (inputs / "b.tar.gz").write_bytes(
        tarred({f"bai-{n}.txt": article(n).encode() for n in (12, 10, 11)}, "w:gz")
    )
    (inputs / "c.txt").write_text(article(20), "utf-8")
    texts, errors = extracted(inputs, tmp_path / "out")
    assert not errors
    assert texts == {
        "a.zip!/hang.jsonl.gz#1": first(3), "a.zip!/hang.jsonl.gz#2": first(4),
        "a.zip!/hang.jsonl.zst#1": first(5), "a.zip!/tinh/hai.docx": first(2),
        "a.zip!/tinh/mot.txt": first(1), "a.zip!/trong.dat!/sau/sau.txt": first(6),
        "b.tar.gz!/bai-10.txt": first(10), "b.tar.gz!/bai-11.txt": first(11),
        "b.tar.gz!/bai-12.txt": first(12), "c.txt": first(20),
    }  # fmt: skip


def test_hostile_archives(tmp_path: Path) -> None:
    inputs = tmp_path / "kho"
    inputs.mkdir()
    bomb = zipped({"bom.txt": b"a" * 50_000_000, "lanh.txt": article(1).encode()})
    (inputs / "bom.zip").write_bytes(bomb)
    (inputs / "len.zip").write_bytes(zipped({"../../ra-ngoai.txt": article(2).encode()}))
    (inputs / "vong.tar").write_bytes(
        tarred({"a.txt": article(3).encode()}, links={"vong": "vong", "ra": "/etc/passwd"})
    )
    deep = article(4).encode()
    for level in range(5):
        deep = zipped({f"{level}.zip" if level else "day.txt": deep})
    (inputs / "sau.zip").write_bytes(deep)
    (inputs / "cut.tar.gz").write_bytes(tarred({"a.txt": article(5).encode() * 9}, "w:gz")[:-200])
    (inputs / "rong.zip").write_bytes(zipped({}))
    (inputs / "vong-lap").symlink_to(inputs, target_is_directory=True)
    (inputs / "tu-tro.txt").symlink_to(inputs / "tu-tro.txt")
    texts, errors = extracted(inputs, tmp_path / "out")
    assert texts == {
        "bom.zip!/lanh.txt": first(1),
        "len.zip!/../../ra-ngoai.txt": first(2),
        "vong.tar!/a.txt": first(3),
    }
    assert errors == {
        "bom.zip!/bom.txt": "V111",
        "vong.tar!/vong": "V102",
        "vong.tar!/ra": "V102",
        "sau.zip!/4.zip!/3.zip!/2.zip": "V111",
        "cut.tar.gz": "V121",
        "rong.zip": "V101",
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kho", "out"]


def test_bounds_of_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = ArchiveLimits(members=3, member_bytes=4000, total_bytes=9000)
    monkeypatch.setattr(archives.archive_members, "__kwdefaults__", {"limits": small})
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"a.txt": b"a b " * 500, "b.txt": bytes(range(32, 127)) * 50}))
    found = examine(str(path), CHUNK_BYTES)
    assert [(item.path[-5:], item.error and item.error[1]) for item in found] == [
        ("a.txt", None), ("b.txt", "V111"),
    ]  # fmt: skip
    path.write_bytes(zipped({f"{n}.txt": b"abc" for n in range(4)}))
    with pytest.raises(ReadError) as caught:
        examine(str(path), CHUNK_BYTES)
    assert caught.value.code == "V111" and "more than 3 files" in str(caught.value)


@pytest.mark.parametrize("pack", [zipped, lambda files: tarred(files, "w:gz")])
def test_members_of_a_compressed_archive_are_unpacked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    opened = []
    real = open_archives.OpenArchive._open_tar
    monkeypatch.setattr(
        open_archives.OpenArchive, "_open_tar", lambda self: (opened.append(self), real(self))
    )
    inputs = tmp_path / "kho"
    inputs.mkdir()
    names = [f"{n:03}.txt" for n in range(40)]
    files = {name: article(n, 2).encode() for n, name in enumerate(names)}
    (inputs / "a.tar.gz").write_bytes(pack(files))
    texts, errors = extracted(inputs, tmp_path / "out")
    assert len(texts) == 40 and not errors
    assert len(opened) <= 1


def test_a_changed_archive_is_read_again_and_an_unchanged_one_is_not(tmp_path: Path) -> None:
    inputs, out = tmp_path / "kho", tmp_path / "out"
    inputs.mkdir()
    path = inputs / "a.zip"
    path.write_bytes(zipped({"a.txt": article(1).encode(), "b.txt": article(2).encode()}))
    (inputs / "c.txt").write_text(article(1), "utf-8")  # what the archive holds, once more
    assert extracted(inputs, out)[0] == {"a.zip!/a.txt": first(1), "a.zip!/b.txt": first(2)}
    before = sorted(out.rglob("*.parquet"))
    extracted(inputs, out)
    assert sorted(out.rglob("*.parquet")) == before
    path.write_bytes(zipped({"a.txt": article(1).encode(), "b.txt": article(3).encode()}))
    assert extracted(inputs, out)[0] == {"a.zip!/a.txt": first(1), "a.zip!/b.txt": first(3)}
