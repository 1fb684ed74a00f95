"""Every kind of bad input in one batch: one row each, and no other document suffers."""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.batch.conftest import article, contents, rows_of
from vankien.batch.run import extract
from vankien.documents import Document
from vankien.errors import ReadError

BINARY = bytes(range(256)) * 8

EXPECTED = {
    "rong.txt": ("V101", "empty"),
    "rong.pdf": ("V101", "empty"),
    "rong.jsonl": ("V101", "empty"),
    "trang.txt": ("V101", "empty"),
    "la.xyz": ("V102", "convert it to PDF"),
    "anh.png": ("V102", "an image"),
    "cat.pdf": ("V103", "download or export it again"),
    "khoa.pdf": ("V104", "save a copy without the password"),
    "cat.docx": ("V105", "save it again as DOCX"),
    "hong.docx": ("V105", "save it again as DOCX"),
    "tin.jsonl#2": ("V107", "every line must hold one JSON object"),
    "tin.jsonl#3": ("V108", "--text-field"),
    "tin.jsonl#4": ("V108", "--text-field"),
    "tin.jsonl#5": ("V107", "every line must hold one JSON object"),
    "tin.jsonl#7": ("V115", "give every row its own id"),
    "hong.parquet": ("V113", "check the file"),
}
"""What of the folder below ends in ``errors``: code, and words of the remedy."""


def small_pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    canvas = Canvas(stream)
    for _ in range(3):
        for line in range(30):
            canvas.drawString(72, 760 - 20 * line, f"Ban Tuyen giao thong bao so {line} ve thi dua")
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def protected_pdf() -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(small_pdf())))
    writer.encrypt("mat-khau", algorithm="AES-256")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def small_docx() -> bytes:
    import docx

    document = docx.Document()
    document.add_paragraph(article(40))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def broken_docx() -> bytes:
    """A whole package whose main part is damaged."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(small_docx())) as source, zipfile.ZipFile(stream, "w") as out:
        for name in source.namelist():
            data = source.read(name)
            out.writestr(name, data[:40] if name == "word/document.xml" else data)
    return stream.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """All of it in one folder, with good documents before, between and after."""
    folder = tmp_path / "in"
    folder.mkdir()
    whole = small_pdf()
    docx = small_docx()
    files = {
        "rong.txt": b"",
        "rong.pdf": b"",
        "rong.jsonl": b"",
        "trang.txt": b" \r\n\t\n",
        "la.xyz": BINARY,
        "anh.png": b"\x89PNG\r\n\x1a\n" + BINARY,
        "cat.pdf": whole[: len(whole) // 2],
        "khoa.pdf": protected_pdf(),
        "cat.docx": docx[: len(docx) // 2],
        "hong.docx": broken_docx(),
        "hong.parquet": b"PAR1" + BINARY,
        "a-tot.txt": article(10).encode(),
        "m-tot.pdf": whole,
        "z-tot.docx": docx,
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    lines = [
        json.dumps({"id": "a", "text": article(20)}),
        '{"id": "b", "text": ',
        '{"id": "c"}',
        '{"id": "d", "text": "   "}',
        '["no", "object"]',
        json.dumps({"id": "e", "text": article(21)}),
        json.dumps({"id": "a", "text": article(22)}),
        json.dumps({"id": "f", "text": article(23)}),
    ]
    (folder / "tin.jsonl").write_text("\n".join(lines), "utf-8")
    return folder


def check(folder: Path, out: Path) -> None:
    errors = rows_of(out, "errors")
    found = {Path(e["source"]).relative_to(folder).as_posix(): e for e in errors}
    assert len(found) == len(errors), "a source has two rows"
    assert {name: e["error"] for name, e in found.items()} == {
        name: code for name, (code, _) in EXPECTED.items()
    }
    for name, error in found.items():
        message = error["message"]
        assert str(folder / name) in message and EXPECTED[name][1] in message
        assert message.startswith(f"[{error['error']}] ") and message.endswith(".")
        assert "\n" not in message and ";" in message, "one sentence, and what to do"
    documents = [Path(d["source"]).name for d in rows_of(out, "documents")]
    assert documents == [
        "a-tot.txt", "m-tot.pdf", "tin.jsonl#1", "tin.jsonl#6", "tin.jsonl#8", "z-tot.docx",
    ]  # fmt: skip


@pytest.mark.parametrize("workers", [0, 1])
def test_all_bad_inputs_in_one_batch(folder: Path, tmp_path: Path, workers: int) -> None:
    out = tmp_path / "out"
    run = extract(folder, out=out, workers=workers)
    check(folder, out)
    assert sum(run.errors.values()) == len(EXPECTED) and run.rows["documents"] == 6
    # Again, and with something new: nothing is lost and nothing is written twice.
    extract(folder, out=out, workers=workers)
    check(folder, out)
    (folder / "rong.txt").write_text(article(30), "utf-8")
    mended = extract(folder, out=out, workers=workers)
    assert mended.rows["documents"] == 7 and sum(mended.errors.values()) == len(EXPECTED) - 1


def test_a_damaged_compressed_file_keeps_its_good_rows(tmp_path: Path) -> None:
    rows = [json.dumps({"id": f"{n}", "text": article(n)}) for n in range(300)]
    data = gzip.compress("\n".join(rows).encode())
    path = tmp_path / "tin.jsonl.gz"
    path.write_bytes(data[: len(data) * 2 // 3])
    run = extract(path, out=tmp_path / "out", workers=0)
    (error,) = rows_of(tmp_path / "out", "errors")
    assert error["error"] == "V113" and str(path) in error["message"]
    assert run.errors == {"V113": 1}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("sau.jsonl", b'{"id": "x", "text": ' + b"[" * 100_000 + b"}\n"),
        ("sau.html", b"<html><body>" + b"<div>" * 50_000 + "Chi bộ họp.".encode()),
        ("rong.csv", b"id,text\n"),
        ("mot-cot.csv", b"text\n"),
        ("zip.docx", b"PK\x03\x04" + BINARY),
        ("dai.txt", b"a" * 5_000_000),
        ("so.jsonl", b'{"id": 1, "text": 5}\n'),
        ("surrogate.jsonl", b'{"id": "\\ud800", "text": "Chi b\\u1ed9 \\udfff h\\u1ecdp."}\n'),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hostile_files_are_one_row_each(tmp_path: Path, name: str, data: bytes) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / name).write_bytes(data)
    (folder / "tot.txt").write_text(article(1), "utf-8")
    run = extract(folder, out=tmp_path / "out", workers=1)
    sources = [d["source"] for d in rows_of(tmp_path / "out", "documents")]
    sources += [e["source"] for e in rows_of(tmp_path / "out", "errors")]
    assert str(folder / "tot.txt") in sources
    assert sum(str(folder / name) in source for source in sources) == 1
    assert run.rows["documents"] + sum(run.errors.values()) == 2


@pytest.mark.parametrize("name", ["b.txt", "c.jsonl"])
def test_a_disk_that_fails_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """An error of the disk at any reading of a file, and in its midst; then the disk is well."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number, bare in enumerate(("a.txt", "b.txt", "d.txt")):
        (folder / bare).write_text(article(number), "utf-8")
    rows = [json.dumps({"id": f"{n}", "text": article(n)}) for n in range(10, 30)]
    (folder / "c.jsonl").write_text("\n".join(rows), "utf-8")
    extract(folder, out=tmp_path / "calm", workers=0)
    opened = Path.open
    failing = struck = 0

    class Failing(io.FileIO):
        """The second block of this file cannot be read."""

        def readinto(self, buffer: Any) -> int:
            if self.tell():
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return super().readinto(memoryview(buffer)[:2_000])  # type: ignore[arg-type]

    def opening(path: Path, *arguments: Any, **options: Any) -> Any:
        nonlocal failing
        if path == folder / name:
            failing -= 1
            if failing == 0:
                return io.BufferedReader(Failing(path), 2_000)
        return opened(path, *arguments, **options)

    for number in range(1, 12):
        out = tmp_path / f"out-{number}"
        failing = number
        with monkeypatch.context() as patch:
            patch.setattr(Path, "open", opening)
            done = extract(folder, out=out, workers=0)
        if failing > 0:
            assert not done.errors
            break
        struck += bool(done.errors)
        assert done.errors in ({}, {"V109": 1}) and done.rows["documents"] >= 3
        extract(folder, out=out, workers=0)
        again = extract(folder, out=out, workers=0)
        assert again.new_chunks == 0 and not again.errors
        one, other = contents(out), contents(tmp_path / "calm")
        one["run.json"].pop("chunks"), other["run.json"].pop("chunks")
        assert one == other, f"reading {number} of {name} failed"
    assert struck >= 2


def test_a_file_is_tried_again_when_its_program_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever installs what the message asks for runs the same command again."""
    path = tmp_path / "cu.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + BINARY)
    calls: list[str] = []

    def read(source: str, **_: Any) -> Any:
        calls.append(source)
        raise ReadError("V120", source)

    monkeypatch.setattr("vankien.reading.read", read, raising=False)
    assert extract(path, out=tmp_path / "out", workers=0).errors == {"V120": 1}
    monkeypatch.setattr(
        "vankien.reading.read", lambda source, **_: Document("x", source, "Chi bộ họp.")
    )
    done = extract(path, out=tmp_path / "out", workers=0)
    assert len(calls) == 1 and done.rows["documents"] == 1 and not done.errors
