"""Bad input: one clear sentence that names the file and the remedy, with a code."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from vankien.errors import ReadError
from vankien.reading import iter_rows, read

TEXT = "Chi bộ thôn Nà Pán họp thường kỳ, bàn việc làm đường và quỹ khuyến học. " * 40


def protected_pdf(plain: bytes) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(plain)))
    writer.encrypt("mat-khau", algorithm="AES-256")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def small_docx() -> bytes:
    import docx

    document = docx.Document()
    document.add_paragraph(TEXT)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def broken_docx(part: str, content: bytes) -> bytes:
    """A DOCX whose package is whole but one of whose parts is damaged."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(small_docx())) as source, zipfile.ZipFile(stream, "w") as out:
        for name in source.namelist():
            out.writestr(name, content if name == part else source.read(name))
    return stream.getvalue()


def failure(path: Path, code: str, *words: str) -> ReadError:
    """Read a file that must fail; the message is one sentence with file and remedy."""
    with pytest.raises(ReadError) as caught:
        read(path)
    error = caught.value
    message = str(error)
    assert error.code == code, message
    assert str(path) in message
    assert message.startswith(f"[{code}] ") and message.endswith(".") and "\n" not in message
    assert ";" in message, "the remedy follows a semicolon"
    for word in words:
        assert word in message
    return error


@pytest.mark.parametrize(
    ("name", "data", "code", "words"),
    [
        ("rong.txt", b"", "V101", ["empty"]),
        ("trang.txt", b" \r\n\t\n", "V101", ["empty"]),
        ("rong.pdf", b"", "V101", ["empty"]),
        ("bom.txt", b"\xef\xbb\xbf\r\n", "V101", ["empty"]),
        ("anh.xyz", bytes(range(256)) * 8, "V102", [".xyz", "convert"]),
        ("trang.html", b"<html><body><script>1</script></body></html>", "V106", ["save the page"]),
        ("khong.docx", b"PK\x03\x04" + b"\x00" * 200, "V105", ["save it again as DOCX"]),
        ("xml.xml", b"<?xml version='1.0'?><a><b>c</b></a>", "V102", ["XML"]),
    ],
    ids=["empty", "blank", "empty PDF", "only a mark", "unknown", "no text", "not a DOCX", "XML"],
)
def test_one_file(tmp_path: Path, name: str, data: bytes, code: str, words: list[str]) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    failure(path, code, *words)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_truncated_pdf(tmp_path: Path, make_pdf: Callable[..., bytes], share: float) -> None:
    whole = make_pdf([TEXT] * 3)
    path = tmp_path / "thieu.pdf"
    path.write_bytes(whole[: int(len(whole) * share)])
    failure(path, "V103", "download or export it again")


def test_protected_pdf(tmp_path: Path, make_pdf: Callable[..., bytes]) -> None:
    path = tmp_path / "khoa.pdf"
    path.write_bytes(protected_pdf(make_pdf([TEXT])))
    failure(path, "V104", "password")


def test_broken_docx(tmp_path: Path) -> None:
    path = tmp_path / "hong.docx"
    whole = small_docx()
    path.write_bytes(whole[: len(whole) // 2])
    failure(path, "V105", "save it again as DOCX")
    path.write_bytes(broken_docx("word/document.xml", b"<w:document><w:body>"))
    failure(path, "V105", "save it again as DOCX")


def test_file_that_vanishes(tmp_path: Path) -> None:
    path = tmp_path / "mat.txt"
    path.write_text(TEXT, "utf-8")
    path.unlink()
    failure(path, "V109", "check that it exists")


def test_file_that_changes(tmp_path: Path) -> None:
    path = tmp_path / "doi.txt"
    path.write_text(TEXT, "utf-8")
    with pytest.raises(ReadError) as caught:
        read(path, sha256="0" * 64)
    assert caught.value.code == "V114"
    assert str(path) in str(caught.value)


def test_rows_go_on_after_bad_ones(tmp_path: Path) -> None:
    path = tmp_path / "bai.jsonl"
    path.write_text(
        '{"id": "a", "text": "Chi bộ họp."}\n'
        '{"id": "b", "text": \n'
        '{"id": "c"}\n'
        '{"id": "d", "text": "   "}\n'
        '["không phải đối tượng"]\n'
        '{"id": "e", "text": "Đảng bộ xã có 12 chi bộ."}\n',
        "utf-8",
    )
    rows = list(iter_rows(str(path)))
    assert [row.code if isinstance(row, ReadError) else row.doc_id for row in rows] == [
        "a", "V107", "V108", "V108", "V107", "e",
    ]  # fmt: skip
    for row in rows:
        if isinstance(row, ReadError):
            assert "bai.jsonl" in str(row) and str(row).endswith(".")
    assert "line 2" in str(rows[1]) and "--text-field" in str(rows[2])


def test_damaged_gzip_rows(tmp_path: Path) -> None:
    path = tmp_path / "bai.jsonl.gz"
    data = gzip.compress(
        b"".join(b'{"id": "%d", "text": "abc %d"}\n' % (i, i) for i in range(9000))
    )
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(ReadError) as caught:
        list(iter_rows(str(path)))
    assert caught.value.code == "V113" and str(path) in str(caught.value)
