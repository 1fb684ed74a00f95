"""PDF: columns of official documents, running lines, notes, broken text layers, scans."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from reportlab.lib.utils import simpleSplit

from tests.reading.pdf_files import as_scan, column, drawn, write
from vankien.documents import Document, Extraction, Kind, Part
from vankien.errors import ReadError
from vankien.reading import ocr, read_bytes
from vankien.reading.encodings import encode_as

PARAGRAPHS: list[str] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "paragraphs.yaml").read_text("utf-8")
)
LINES = [line for text in PARAGRAPHS for line in textwrap.wrap(text, 78)]
needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="tesseract is not installed"
)

HEAD_LEFT = ["|TỈNH ỦY NẬM KHAO", "|*", "|Số 04-CTr/TU"]
HEAD_RIGHT = ["|ĐẢNG CỘNG SẢN VIỆT NAM", "|Nậm Khao, ngày 06 tháng 11 năm 2020"]
TITLE = ["|CHƯƠNG TRÌNH HÀNH ĐỘNG", "|thực hiện Nghị quyết Đại hội XIII của Đảng"]
BODY = [
    "Căn cứ Nghị quyết Đại hội đại biểu toàn quốc, Ban Chấp hành Đảng bộ tỉnh",
    "xây dựng chương trình hành động với những nội dung sau đây, giao các cấp ủy",
    "trực thuộc cụ thể hóa và tổ chức thực hiện nghiêm túc trong quý I năm 2021.",
]
CLOSE_LEFT = ["Nơi nhận:", "- Ban Bí thư (để báo cáo),", "- Các huyện ủy, thị ủy,", "- Lưu."]
CLOSE_RIGHT = ["|T/M TỈNH ỦY", "|BÍ THƯ", "|Lò Văn Hặc"]


def flat(document: Document) -> str:
    return " ".join(document.text.split())


def parts(document: Document) -> list[tuple[Part, str]]:
    return [(b.part, document.text[b.start : b.end]) for b in document.blocks]


def official(font: str, *, by_rows: bool, shift: float) -> bytes:
    def draw(canvas: Any, number: int) -> None:
        head = [*column(170, 780, HEAD_LEFT), *column(420, 780 + shift, HEAD_RIGHT)]
        close = [*column(85, 560, CLOSE_LEFT), *column(430, 560 + shift, CLOSE_RIGHT)]
        if by_rows:
            head.sort(key=lambda line: -line[1])
            close.sort(key=lambda line: -line[1])
        middle = [*column(300, 700, TITLE), *column(85, 650, BODY)]
        write(canvas, font, [*head, *middle, *close])

    return drawn(draw)


@pytest.mark.parametrize("by_rows", [False, True], ids=["by columns", "by rows"])
@pytest.mark.parametrize("shift", [0.0, 7.0], ids=["level", "shifted"])
def test_two_columns_of_head_and_close(font: str, by_rows: bool, shift: float) -> None:
    document = read_bytes(official(font, by_rows=by_rows, shift=shift), source="thu.pdf")
    wanted = [
        *((Part.HEADER, text.strip("|")) for text in (*HEAD_LEFT, *HEAD_RIGHT)),
        *((Part.TITLE, text.strip("|")) for text in TITLE),
        (Part.BODY, " ".join(BODY)),
        *((Part.RECIPIENTS, text) for text in CLOSE_LEFT),
        *((Part.SIGNATURE, text.strip("|")) for text in CLOSE_RIGHT),
    ]
    assert parts(document) == wanted
    assert document.kind is Kind.PARTY_DOCUMENT
    metadata = document.metadata
    assert metadata.issuer == "TỈNH ỦY NẬM KHAO"
    assert (metadata.number, metadata.place) == ("04-CTr/TU", "Nậm Khao")
    assert str(metadata.published) == "2020-11-06" and metadata.signer == "Lò Văn Hặc"


def test_running_lines_and_paragraphs_over_pages(font: str) -> None:
    sentence = "Chi bộ bàn việc chung của bản và giao từng đảng viên giúp đỡ một hộ nghèo, "
    lines = simpleSplit(sentence * 30, font, 12, 470)

    def draw(canvas: Any, number: int) -> None:
        body = lines[(number - 1) * 10 : number * 10]
        write(canvas, font, [(200, 810, "|Báo cáo tổng kết năm"), *column(60, 770, body)])
        write(canvas, font, [(297, 40, f"|{number}")], 10)

    document = read_bytes(drawn(draw, 3), source="thu.pdf")
    body = [text for part, text in parts(document) if part is Part.BODY]
    assert body == [" ".join(lines[:30])]
    assert [text for part, text in parts(document) if part is Part.FOOTER] == ["1", "2", "3"]
    assert document.n_pages == 3


def test_footnotes_do_not_break_a_paragraph(font: str) -> None:
    lines = simpleSplit(f"{PARAGRAPHS[0][:-1]}, " * 9, font, 12, 470)
    notes = ["1. Trong đó có 14 chi bộ sinh hoạt ghép.", "2. Không tính đảng viên dự bị, gồm",
             "cả người đi làm ăn xa."]  # fmt: skip

    def draw(canvas: Any, number: int) -> None:
        write(canvas, font, column(60, 770, lines[(number - 1) * 6 : number * 6]))
        if number == 1:
            write(canvas, font, column(60, 100, notes, 12), 9)

    document = read_bytes(drawn(draw, 2), source="thu.pdf")
    texts = [text for _, text in parts(document)]
    assert texts == [" ".join(lines[:12]), notes[0], f"{notes[1]} {notes[2]}"]


@pytest.mark.parametrize(
    ("face", "encoding"), [(".VnTime", "tcvn3"), ("VNI-Times", "vni"), ("Thu", "tcvn3"),
                           ("Thu", "vni"), ("Thu", "windows1258")],
)  # fmt: skip
def test_legacy_fonts(named_font: Callable[[str], str], face: str, encoding: str) -> None:
    font = named_font(face)
    lines = [encode_as(line, encoding).decode("cp1252") for line in LINES]
    document = read_bytes(
        drawn(lambda canvas, number: write(canvas, font, column(60, 800, lines))), source="thu.pdf"
    )
    assert flat(document) == " ".join(LINES)
    assert document.extraction is Extraction.TEXT and document.quality > 0.95
    assert any("decoded" in warning for warning in document.warnings)


def test_a_legacy_font_of_capitals_beside_unicode(
    font: str, named_font: Callable[[str], str]
) -> None:
    capitals = named_font(".VnTimeH")
    heading = encode_as("đảng bộ huyện Nậm Khao", "tcvn3").decode("cp1252")

    def draw(canvas: Any, number: int) -> None:
        write(canvas, capitals, [(60, 800, heading)])
        write(canvas, font, column(60, 760, LINES))

    text = flat(read_bytes(drawn(draw), source="thu.pdf"))
    assert text == "ĐẢNG BỘ HUYỆN NẬM KHAO " + " ".join(LINES)


def test_torn_syllables_are_joined(font: str) -> None:
    torn = [
        "ĐIỀ U KHO ẢN THI HÀNH",
        "Khu ngh ỉ dưỡ ng ở Sầ m Sơ n đượ c đầ u tư xây dự ng t ừ năm 2015.",
        "Chính quy ền địa phươ ng ch ị u trách nhi ệm th ực hi ện ngh ị quy ết này.",
    ]
    document = read_bytes(
        drawn(lambda canvas, number: write(canvas, font, column(60, 800, torn))), source="thu.pdf"
    )
    assert flat(document) == (
        "ĐIỀU KHOẢN THI HÀNH Khu nghỉ dưỡng ở Sầm Sơn được đầu tư xây dựng từ năm 2015. "
        "Chính quyền địa phương chịu trách nhiệm thực hiện nghị quyết này."
    )
    assert "joined" in document.warnings[0]


def errors_between(first: str, second: str) -> int:
    """Levenshtein's distance."""
    before = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        row = [i]
        for j, b in enumerate(second, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b)))
        before = row
    return before[-1]


@pytest.fixture(scope="module")
def printed(font: str) -> bytes:
    return drawn(lambda canvas, number: write(canvas, font, column(60, 800, LINES)))


@needs_tesseract
def test_scans_are_read(printed: bytes) -> None:
    document = read_bytes(as_scan(printed, angle=1.5), source="quet.pdf")
    text = " ".join(LINES)
    assert errors_between(text, flat(document)) < 0.01 * len(text)
    assert document.extraction is Extraction.OCR and 0.8 < document.quality < 1


@needs_tesseract
def test_a_layer_without_its_letters_is_read_as_a_picture(printed: bytes) -> None:
    broken = re.sub(rb"/ToUnicode \d+ 0 R", lambda m: b" " * len(m[0]), printed)
    document = read_bytes(broken, source="hong.pdf")
    text = " ".join(LINES)
    assert errors_between(text, flat(document)) < 0.01 * len(text)
    assert document.extraction is Extraction.OCR


@needs_tesseract
def test_one_failing_page_does_not_block_the_others(
    printed: bytes, font: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    for data in (as_scan(printed, dpi=150), printed, as_scan(printed, dpi=150)):
        import io

        writer.append(PdfReader(io.BytesIO(data)))
    stream = io.BytesIO()
    writer.write(stream)
    calls = iter([ValueError("hết giấy")])
    real = ocr._tesseract

    def failing(image: Any, options: list[str]) -> str:
        error = next(calls, None)
        if error is not None:
            raise error
        return real(image, options)

    monkeypatch.setattr(ocr, "_tesseract", failing)
    monkeypatch.setattr(ocr, "AT_ONCE", 1)
    document = read_bytes(stream.getvalue(), source="hon-hop.pdf")
    assert document.extraction is Extraction.MIXED and document.n_pages == 3
    assert document.warnings[0].startswith("page 1 was not read as a picture: tesseract failed")
    assert {block.page for block in document.blocks} == {2, 3}


def test_scans_without_tesseract(
    printed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReadError) as caught:
        read_bytes(as_scan(printed, dpi=60), source="quet.pdf")
    assert caught.value.code == "V112"
    assert "quet.pdf" in str(caught.value) and "tesseract" in str(caught.value)


def test_a_scan_among_text_without_tesseract(
    printed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    for data in (printed, as_scan(printed, dpi=60)):
        writer.append(PdfReader(io.BytesIO(data)))
    stream = io.BytesIO()
    writer.write(stream)
    monkeypatch.setenv("PATH", str(tmp_path))
    document = read_bytes(stream.getvalue(), source="hon-hop.pdf")
    assert document.n_pages == 2 and flat(document) == " ".join(LINES)
    assert document.warnings == ("page 2 was not read as a picture: tesseract is not installed",)


def test_empty_pages_are_no_scans(font: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_bytes(drawn(lambda canvas, number: None, 50), source="trang.pdf")
    assert caught.value.code == "V101"


def test_skew_is_found() -> None:
    from PIL import Image, ImageDraw

    image = Image.new("L", (1600, 1200), 255)
    pen = ImageDraw.Draw(image)
    for y in range(100, 1100, 40):
        pen.rectangle((200, y, 1400, y + 14), fill=0)
    for angle in (-3.0, 0.0, 2.0):
        turned = image.rotate(-angle, fillcolor=255)
        assert ocr.skew(turned) == pytest.approx(angle, abs=0.25)
