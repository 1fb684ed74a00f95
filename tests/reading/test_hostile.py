"""Hostile files end in bounded time as an error or a document with a warning."""

from __future__ import annotations

import base64
import io
import tracemalloc
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.reading.pdf_files import drawn, write
from tests.reading.word_files import WORD, docx_of, docx_with_body, paragraph, run
from vankien.documents import Document
from vankien.errors import ReadError
from vankien.reading import from_text, ocr, pdf_pages, pdf_streams, read, read_bytes
from vankien.reading.conservation import digits_in, lost_digits
from vankien.reading.pdf import _remarks
from vankien.reading.placed_lines import Line

pytestmark = pytest.mark.timeout(60)


def outcome(data: bytes, source: str) -> Document | ReadError:
    try:
        return read_bytes(data, source=source)
    except ReadError as error:
        assert source in str(error)
        return error


def docx_with(xml: str) -> bytes:
    plain = docx_of(lambda document: None)
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(plain)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in source.namelist():
            out.writestr(name, xml if name == "word/document.xml" else source.read(name))
    return stream.getvalue()


def word(body: str, doctype: str = "") -> str:
    inside = f"<w:body>{body}</w:body>"
    return f'<?xml version="1.0"?>{doctype}<w:document xmlns:w="{WORD}">{inside}</w:document>'


def pdf_of(stream: bytes, words: bytes, *, length: int | None = None) -> bytes:
    """A PDF of one page with the given content, its dictionary as given."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        b"<< /Length %d %s >>\nstream\n%s\nendstream"
        % (len(stream) if length is None else length, words, stream),
    ]
    data = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(data)
    data += b"xref\n0 5\n0000000000 65535 f \n"
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table


def test_streams_that_unpack_to_far_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_streams, "MAX_STREAM", 4_000_000)
    once = zlib.compress(b"q Q " * 1_100_000, 9)
    twice = zlib.compress(once, 9)
    flate, both = b"/Filter /FlateDecode", b"/Filter [/FlateDecode /FlateDecode]"
    ascii_ = base64.a85encode(once) + b"~>"
    for data in (
        pdf_of(once, flate),
        pdf_of(once, flate, length=10),  # what the file says of itself is not believed
        pdf_of(twice, both),
        pdf_of(ascii_, b"/Filter [/ASCII85Decode /FlateDecode]"),
    ):
        tracemalloc.start()
        result = outcome(data, "bom.pdf")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert isinstance(result, ReadError) and result.code == "V111", result
        assert "a stream of it" in str(result) and peak < 4_000_000
    # Just below the limit the page is read: there is nothing on it.
    below = outcome(pdf_of(zlib.compress(b"q Q " * 900_000, 9), flate), "trang.pdf")
    assert isinstance(below, ReadError) and below.code == "V101"


def test_a_small_file_takes_little_room(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Chi bộ họp thường kỳ.", "utf-8")
    read(path)
    tracemalloc.start()
    read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16_000_000


def test_entities_that_expand() -> None:
    levels = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10))
    doctype = f'<!DOCTYPE w:document [<!ENTITY e0 "{"x" * 100}">{levels}]>'
    result = outcome(
        docx_with(word(paragraph(run("").replace("></w:t>", ">&e9;</w:t>")), doctype)), "a.docx"
    )
    assert isinstance(result, ReadError) and result.code in ("V101", "V105")
    body = "Chi bộ họp &e9; " * 20
    html = f"<!DOCTYPE html [<!ENTITY e0 'xx'>{levels}]><html><body><p>{body}</p></body></html>"
    page = outcome(html.encode(), "a.html")
    assert isinstance(page, ReadError) or len(page.text) < 5000


def test_external_entities_are_not_read(tmp_path: Any) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("bí mật 7788", "utf-8")
    doctype = f'<!DOCTYPE w:document [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    xml = word("<w:p><w:r><w:t>Chi bộ &x; họp</w:t></w:r></w:p>", doctype)
    result = outcome(docx_with(xml), "a.docx")
    assert isinstance(result, ReadError) or "7788" not in result.text


@pytest.mark.parametrize("depth", [100, 5000])
def test_deep_nesting_in_word(depth: int) -> None:
    opened, closed = "<w:sdt><w:sdtContent>" * depth, "</w:sdtContent></w:sdt>" * depth
    result = outcome(docx_with(word(f"{opened}{paragraph(run('x'))}{closed}")), "a.docx")
    assert isinstance(result, Document) if depth == 100 else isinstance(result, ReadError)


def test_deep_nesting_in_pages() -> None:
    page = "<html><body>" + "<div>" * 50_000 + "Chi bộ họp. " * 20
    outcome(page.encode(), "a.html")
    tables = "<html><body>" + "<table><tr><td>" * 2000 + "Chi bộ họp. " * 20
    outcome(tables.encode(), "a.html")


def test_a_document_that_unpacks_to_a_bomb() -> None:
    result = outcome(docx_with("<w:document>" + " " * 70_000_000), "a.docx")
    assert isinstance(result, ReadError) and result.code == "V111"


def test_spans_that_claim_millions_of_columns() -> None:
    span = '<w:tcPr><w:gridSpan w:val="900000000"/></w:tcPr>'
    cell = f"<w:tc>{span}<w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc>"
    assert isinstance(
        outcome(docx_with_body(f"<w:tbl><w:tr>{cell}{cell}</w:tr></w:tbl>"), "a.docx"), Document
    )
    row = f"<tr>{'<td rowspan=9999 colspan=9999>1</td>' * 20}</tr>"
    page = f"<html><body><p>{'Chi bộ họp. ' * 20}</p><table>{row * 20}</table></body></html>"
    assert isinstance(outcome(page.encode(), "a.html"), Document)


def test_a_tag_without_end() -> None:
    attributes = " ".join(f"a{i}=1" for i in range(20_000))
    result = outcome(
        f"<html><body><p {attributes}>Chi bộ họp.</p></body></html>".encode(), "a.html"
    )
    assert isinstance(result, ReadError) and result.code == "V106"


def test_parts_in_parts() -> None:
    data = b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b0"\n\n' + b"".join(
        b'--b%d\nContent-Type: multipart/related; boundary="b%d"\n\n' % (i, i + 1)
        for i in range(900)
    )
    result = outcome(data, "a.mht")
    assert isinstance(result, ReadError) and result.code == "V106"


def test_ten_thousand_empty_pages() -> None:
    result = outcome(drawn(lambda canvas, number: None, 10_000), "a.pdf")
    assert isinstance(result, ReadError) and result.code == "V101"


def test_a_page_of_countless_letters(font: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_pages, "MAX_CHARS", 2_000)
    lines = [(20.0, 800.0 - 6 * i, f"{i} " + "chi bộ họp " * 20) for i in range(60)]
    document = read_bytes(
        drawn(lambda canvas, number: write(canvas, font, lines, 3)), source="a.pdf"
    )
    assert len(document.text) < 3_000
    assert any("were left out" in warning for warning in document.warnings)


def pdf_of_objects(objects: list[bytes]) -> bytes:
    out = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (size, table, size, len(out))
    )


@pytest.mark.skipif(ocr.available() is not None, reason="tesseract is not installed")
def test_a_picture_of_50_000_pixels_a_side() -> None:
    side = 50_000
    packed = zlib.compress(b"\xff" * (side // 8) * 200)  # the rest of the rows is missing
    stream = b"<</Length %d%s>>stream\n%s\nendstream"
    image = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray" % (side, side)
    content = b"q 595 0 0 842 0 0 cm /I Do Q"
    data = pdf_of_objects([
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</I 4 0 R>>>>"
        b"/Contents 5 0 R>>",
        stream % (len(packed), image + b"/BitsPerComponent 1/Filter/FlateDecode", packed),
        stream % (len(content), b"", content),
    ])  # fmt: skip
    result = outcome(data, "a.pdf")
    assert isinstance(result, ReadError) and "pixels" in str(result)


def test_countless_lines_are_not_analysed() -> None:
    document = from_text("x\n" * 100_001)
    assert "100,001 paragraphs" in document.warnings[0]


@pytest.mark.parametrize(
    "text",
    [
        "Chi bộ" + " ," * 20_000,
        "ĐẢNG" + " " * 50_000 + "x\nSố " + " " * 20_000,
        "Hà Nội, ngày " + "." * 20_000,
        "Số " + "1-A/" * 10_000,
        "Nguyễn " * 20_000,
        "ĐẢNG CỘNG SẢN VIỆT NAM " * 5_000,
        "Ã¡ áº¡ " * 5_000,
        "a^'e.o+u`" * 20_000,
    ],
)
def test_lines_made_to_stall_expressions(text: str) -> None:
    assert from_text(text).text


def test_lost_digits_are_named() -> None:
    assert digits_in("Năm 2020 có 12 chi bộ") == 6
    assert lost_digits(6, 6) is None and lost_digits(6, 7) is None
    page = pdf_pages.lay_out([[Line("có 12 chi bộ", 0, 10, 700, 1)]])
    page.size = 10
    assert page.digits == 2
    page.notes.append(lost_digits(6, page.digits) or "")
    assert _remarks([page]) == ["page 1: 4 of its 6 digits are not in the text"]


def test_notes_that_nothing_refers_to_are_named() -> None:
    note = f'<w:footnote w:id="2">{paragraph(run("Bỏ quên 55."))}</w:footnote>'
    data = docx_with_body(paragraph(run("Chi bộ họp.")), footnotes=note)
    document = read_bytes(data, source="a.docx")
    assert document.warnings == ("notes that nothing refers to were left out: 1",)
