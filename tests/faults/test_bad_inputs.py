"""Every kind of bad input in one batch: one row each, and no other document suffers."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.batch.conftest import article, rows_of
from vankien.batch.run import extract

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
