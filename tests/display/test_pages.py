"""Pages drawn with their blocks and tables."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest

import vankien
from tests.reading.conftest import font, font_file  # noqa: F401
from tests.reading.pdf_files import as_scan, column, drawn, write
from tests.reading.test_tables import CASES, as_ruled, as_unruled
from vankien.display.pages import TABLE
from vankien.documents import BlockKind, Document, Part
from vankien.errors import ReadError, UsageError
from vankien.reading.page_places import page_places

TEXTS = [
    "Chi bộ thôn Nà Pán họp thường kỳ, bàn việc làm đường liên thôn.",
    "Đảng bộ xã kết nạp 12 đảng viên, đạt 102% chỉ tiêu của cả năm.",
]


def saved(path: Path, data: bytes) -> Document:
    path.write_bytes(data)
    return vankien.read(str(path))


def placed(document: Document, page: int = 1) -> tuple[list[Any], list[Any]]:
    data = Path(document.source).read_bytes()
    pdf = pdfium.PdfDocument(data)
    try:
        return page_places(document, pdf, data, page)
    finally:
        pdf.close()


def count(image: Any, colour: tuple[int, int, int]) -> int:
    return sum(n for n, found in image.getcolors(1 << 24) if found == colour)


@pytest.mark.parametrize("make", [as_ruled, as_unruled])
def test_a_page_with_a_table(make: Any, font: str, tmp_path: Path) -> None:  # noqa: F811
    document = saved(tmp_path / "bang.pdf", make(CASES[1], font))
    assert len(document.tables) == 1
    blocks, tables = placed(document)
    assert len(tables) == 1
    table = tables[0]
    filled = [cell for cell in document.tables[0].cells if cell.text]
    assert len(table.cells) >= len({c.text for c in filled})
    for left, bottom, right, top in table.cells:
        assert table.box[0] - 1 <= left < right <= table.box[2] + 1
        assert table.box[1] - 1 <= bottom < top <= table.box[3] + 1
    # Text and table stand apart, and each block of text has its box.
    running = [b for b in document.blocks if b.kind is not BlockKind.TABLE]
    assert [p.block for p in blocks] == running
    for one in blocks:
        assert one.box[1] > table.box[3] - 2 or one.box[3] < table.box[1] + 2
    image = document.show()
    assert image.mode == "RGB" and image.width > 800
    assert count(image, TABLE) > 2 * (table.box[2] - table.box[0])


def test_every_page_and_part(font: str, tmp_path: Path) -> None:  # noqa: F811
    def draw(canvas: Any, number: int) -> None:
        write(canvas, font, [(297, 810, f"|{number}"), *column(60, 760, TEXTS)])

    document = saved(tmp_path / "trang.pdf", drawn(draw, 3))
    for page in (1, 2, 3):
        blocks, tables = placed(document, page)
        assert not tables
        assert {p.block.page for p in blocks} == {page}
        assert Part.HEADER in {p.block.part for p in blocks}
        tops = [p.box[3] for p in blocks]
        assert tops == sorted(tops, reverse=True) and max(tops) > 800
    small, large = document.show(2, dpi=36), document.show(2, dpi=72)
    assert large.width == pytest.approx(2 * small.width, abs=2)


def test_a_turned_page(font: str, tmp_path: Path) -> None:  # noqa: F811
    pdf = pdfium.PdfDocument(drawn(lambda c, n: write(c, font, column(60, 760, TEXTS))))
    pdf[0].set_rotation(90)
    stream = io.BytesIO()
    pdf.save(stream)
    pdf.close()
    image = saved(tmp_path / "xoay.pdf", stream.getvalue()).show()
    assert image.width > image.height


def test_a_document_in_an_archive(font: str, tmp_path: Path) -> None:  # noqa: F811
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("trong/a.pdf", drawn(lambda c, n: write(c, font, column(60, 700, TEXTS))))
    assert vankien.read(f"{tmp_path}/a.zip!/trong/a.pdf").show().width > 800


def test_a_scan(font: str, tmp_path: Path) -> None:  # noqa: F811
    from vankien.reading import ocr

    if ocr.available() is not None:
        pytest.skip("tesseract is not installed")
    plain = drawn(lambda c, n: write(c, font, column(60, 700, TEXTS), 14))
    document = saved(tmp_path / "quet.pdf", as_scan(plain, dpi=200))
    blocks, _ = placed(document)
    assert blocks and blocks[0].box[3] == pytest.approx(711, abs=12)


def test_what_cannot_be_shown(font: str, tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "a.txt"
    path.write_text(TEXTS[0], "utf-8")
    with pytest.raises(UsageError) as caught:
        vankien.read(str(path)).show()
    assert str(path) in str(caught.value) and "only a PDF has" in str(caught.value)
    document = saved(tmp_path / "a.pdf", drawn(lambda c, n: write(c, font, column(60, 700, TEXTS))))
    for page in (0, 2):
        with pytest.raises(UsageError) as caught:
            document.show(page)
        assert "from 1 to 1" in str(caught.value)
    Path(document.source).write_bytes(drawn(lambda c, n: write(c, font, column(60, 99, TEXTS))))
    with pytest.raises(ReadError) as changed:
        document.show()
    assert changed.value.code == "V114"
    Path(document.source).unlink()
    with pytest.raises(ReadError) as gone:
        document.show()
    assert gone.value.code == "V109"
