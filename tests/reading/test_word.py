"""DOCX: revisions, text boxes, notes, headers, merged cells, legacy fonts; old formats."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.reading.doc_files import doc_of, rtf_of
from tests.reading.word_files import docx_of, docx_with_body, font, paragraph, run
from vankien.documents import Document, Part
from vankien.errors import ReadError
from vankien.reading import read_bytes, word_old
from vankien.reading.encodings import encode_as
from vankien.reading.legacy_fonts import legacy_font

LONG = "Đảng bộ xã có 12 chi bộ với 317 đảng viên, tăng 9 đồng chí so với đầu nhiệm kỳ."


def texts(document: Document) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks]


def legacy(text: str, name: str) -> str:
    return encode_as(text, name).decode("cp1252")


def body(xml: str, **options: str) -> Document:
    return read_bytes(docx_with_body(xml, **options), source="thu.docx")


def test_tracked_changes_count_as_accepted() -> None:
    document = body(
        paragraph(
            run("Có "),
            f"<w:del>{run('12').replace('w:t', 'w:delText')}</w:del>",
            f"<w:ins>{run('13')}</w:ins>",
            run(" chi bộ."),
        )
        + paragraph(f"<w:moveFrom>{run('Chuyển đi 77.')}</w:moveFrom>", run("Câu hai."))
        + paragraph(f"<w:moveTo>{run('Câu ba.')}</w:moveTo>")
    )
    assert texts(document) == ["Có 13 chi bộ.", "Câu hai.", "Câu ba."]


def test_a_deleted_paragraph_mark_joins() -> None:
    document = body(
        paragraph(run("Chi bộ họp "), properties="<w:rPr><w:del/></w:rPr>")
        + paragraph(run("ngày 3 hằng tháng."))
        + paragraph(run("Hết."))
    )
    assert texts(document) == ["Chi bộ họp ngày 3 hằng tháng.", "Hết."]


def test_deleted_rows_are_gone() -> None:
    def row(*cells: str, properties: str = "") -> str:
        inner = "".join(f"<w:tc>{paragraph(run(cell))}</w:tc>" for cell in cells)
        return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"

    document = body(
        "<w:tbl>"
        + row("Xã", "Chi bộ")
        + row("Nà Pán", "8")
        + row("Bản Cái", "99", properties="<w:del/>")
        + "</w:tbl>"
    )
    assert document.text == "Xã\tChi bộ\nNà Pán\t8"


def test_text_boxes_stand_once_after_their_paragraph() -> None:
    inner = f"<w:txbxContent>{paragraph(run('TRONG KHUNG: 45 đảng viên'))}</w:txbxContent>"
    box = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><wps:txbx>"
        f"{inner}</wps:txbx></mc:Choice><mc:Fallback><w:pict><v:textbox>{inner}</v:textbox>"
        "</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    document = body(paragraph(run("Trước khung, "), box, run("sau khung.")) + paragraph(run(LONG)))
    assert texts(document) == ["Trước khung, sau khung.", "TRONG KHUNG: 45 đảng viên", LONG]


def test_notes_follow_paragraph_and_table() -> None:
    notes = "".join(
        f'<w:footnote w:id="{n}">{paragraph(run(text))}</w:footnote>'
        for n, text in ((2, "Trong đó nữ 140."), (3, "Không kể dự bị."))
    )
    reference = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    cell = f"<w:tc>{paragraph(run('317'), reference.format(3))}</w:tc>"
    label = f"<w:tc>{paragraph(run('Đảng viên'))}</w:tc>"
    document = body(
        paragraph(run(LONG), reference.format(2))
        + f"<w:tbl><w:tr>{label}{cell}</w:tr><w:tr>{label}{cell}</w:tr></w:tbl>"
        + paragraph(run("Hết.")),
        footnotes=notes,
    )
    assert texts(document) == [
        LONG, "Trong đó nữ 140.", "Đảng viên\t317\nĐảng viên\t317", "Không kể dự bị.", "Hết.",
    ]  # fmt: skip


def test_headers_and_footers_are_parts() -> None:
    def build(document: Any) -> None:
        section = document.sections[0]
        section.header.paragraphs[0].text = "Báo cáo năm 2020"
        section.footer.paragraphs[0].text = "Trang 1"
        document.add_paragraph(LONG)

    document = read_bytes(docx_of(build), source="thu.docx")
    parts = [(b.part, document.text[b.start : b.end]) for b in document.blocks]
    assert parts == [
        (Part.BODY, LONG), (Part.HEADER, "Báo cáo năm 2020"), (Part.FOOTER, "Trang 1"),
    ]  # fmt: skip


def test_merged_cells() -> None:
    def build(document: Any) -> None:
        table = document.add_table(rows=4, cols=4)
        for (r, c), text in {
            (0, 0): "Đơn vị", (0, 1): "Tổ chức đảng", (0, 3): "Ghi chú", (1, 1): "Đảng bộ",
            (1, 2): "Chi bộ", (2, 0): "Xã Nà Pán", (2, 1): "1", (2, 2): "8",
            (3, 0): "Xã Bản Cái", (3, 1): "2", (3, 2): "11",
        }.items():  # fmt: skip
            table.cell(r, c).text = text
        table.cell(0, 1).merge(table.cell(0, 2))
        table.cell(0, 0).merge(table.cell(1, 0))
        table.cell(0, 3).merge(table.cell(1, 3))

    table = read_bytes(docx_of(build), source="thu.docx").tables[0]
    cells = {(c.row, c.column): c for c in table.cells}
    assert cells[2, 2].column_header == ("Tổ chức đảng", "Chi bộ")
    assert cells[3, 1].row_header == ("Xã Bản Cái",)
    assert cells[3, 1].column_header == ("Tổ chức đảng", "Đảng bộ")
    assert sum(cell.text == "Tổ chức đảng" for cell in table.cells) == 1


def test_nested_tables_and_frames() -> None:
    def cell(inner: str) -> str:
        return f"<w:tc>{inner}{paragraph()}</w:tc>"

    def table(*rows: tuple[str, ...]) -> str:
        lines = "".join(f"<w:tr>{''.join(cell(c) for c in row)}</w:tr>" for row in rows)
        return f"<w:tbl>{lines}</w:tbl>"

    small = table(
        (paragraph(run("Năm")), paragraph(run("Kết nạp"))),
        (paragraph(run("2019")), paragraph(run("14"))),
    )
    framed = body(table((paragraph(run(LONG)) + small,)))
    assert texts(framed) == [LONG, "Năm\tKết nạp\n2019\t14"]
    nested = body(table((paragraph(run("Trái")), small), (paragraph(run("Dưới")), paragraph())))
    assert [t.cells[0].text for t in nested.tables] == ["Trái", "Năm"]
    assert nested.text.count("Kết nạp") == 1


@pytest.mark.parametrize(
    ("name", "encoding", "capitals"),
    [
        (".VnTime", "tcvn3", False),
        (".VnTimeH", "tcvn3", True),
        (".VnArial NarrowH", "tcvn3", True),
        ("ABCDEF+.VnTime,Bold", "tcvn3", False),
        ("VnTimeH,Bold", "tcvn3", True),
        ("VNI-Times", "vni", False),
        ("VNI-Helve", "vni", False),
        ("Times New Roman", None, False),
        ("Vnexpress Sans", None, False),
    ],
)
def test_legacy_fonts(name: str, encoding: str | None, capitals: bool) -> None:
    found = legacy_font(name)
    assert (found.encoding if found else None) == encoding
    assert bool(found and found.capitals) is capitals


def test_runs_are_decoded_by_their_fonts() -> None:
    vni = legacy("đảng viên", "vni")
    document = body(
        paragraph(run(legacy("đảng bộ huyện", "tcvn3"), font(".VnTimeH")))
        + paragraph(
            run("Toàn "), run(legacy("huyện", "tcvn3"), font(".VnTime")), run(" có 9 xã, 317 "),
            run(vni[:2], font("VNI-Times")), run(vni[2:], font("VNI-Times")), run(" và 5 µm."),
        )
    )  # fmt: skip
    assert texts(document) == ["ĐẢNG BỘ HUYỆN", "Toàn huyện có 9 xã, 317 đảng viên và 5 µm."]
    assert document.warnings == (
        "text in fonts of TCVN3 (ABC) was decoded", "text in fonts of VNI was decoded",
    )  # fmt: skip


def test_private_area_and_symbols_of_legacy_fonts() -> None:
    moved = "".join(chr(0xF000 + b) for b in encode_as("huyện", "tcvn3"))
    symbol = '<w:r><w:sym w:font=".VnTime" w:char="F0AE"/></w:r>'
    document = body(paragraph(run(moved, font(".VnTime")), run(" "), symbol, run("i")))
    assert document.text == "huyện đi"


def test_fonts_of_styles_count() -> None:
    def build(document: Any) -> None:
        document.styles["Normal"].font.name = ".VnTime"
        document.add_paragraph(legacy(LONG, "tcvn3"))

    assert read_bytes(docx_of(build), source="thu.docx").text == LONG


def test_legacy_text_without_a_font_name_is_known_by_statistics() -> None:
    words = legacy(LONG, "vni").split(" ")
    document = body("".join(paragraph(*(run(w + " ") for w in words)) for _ in range(2)))
    assert texts(document) == [LONG, LONG]


def test_capitals_and_hidden_text() -> None:
    document = body(
        paragraph(run("Báo cáo", "<w:caps/>"), run(" bí mật 55", "<w:vanish/>"), run(" năm"))
    )
    assert document.text == "BÁO CÁO năm"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "WordDocument".encode("utf-16-le")


def install(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.parametrize(("name", "data"), [("cu.doc", OLE), ("cu.rtf", rb"{\rtf1 Xin ch\'e0o}")])
def test_old_formats_without_a_converter(
    name: str, data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReadError) as caught:
        read_bytes(data, source=name)
    assert caught.value.code == "V120"
    assert name in str(caught.value) and "LibreOffice" in str(caught.value)


@pytest.mark.skipif(os.name == "nt", reason="the converter of this test is a shell script")
def test_old_formats_through_converters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    made = tmp_path / "made.docx"
    made.write_bytes(docx_of(lambda document: document.add_paragraph(LONG)))
    plain = tmp_path / "plain.txt"
    plain.write_text(LONG, "utf-8")
    install(tmp_path, "catdoc", f"cat {plain}")
    by_text = read_bytes(OLE, source="cu.doc")
    assert by_text.text.strip() == LONG and "catdoc" in by_text.warnings[0]
    # LibreOffice is preferred; it writes into the folder after --outdir.
    install(
        tmp_path,
        "soffice",
        f'while [ "$1" != --outdir ]; do shift; done; cp {made} "$2/document.docx"',
    )
    by_office = read_bytes(OLE, source="cu.doc")
    assert by_office.text == LONG and not by_office.warnings
    install(tmp_path, "soffice", "echo khong duoc >&2; exit 3")
    with pytest.raises(ReadError) as caught:
        read_bytes(OLE, source="cu.doc")
    assert caught.value.code == "V105" and "khong duoc" in str(caught.value)


@pytest.mark.skipif(os.name == "nt", reason="the converter of this test is a shell script")
def test_a_converter_that_never_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin{os.pathsep}/usr/bin")
    monkeypatch.setattr(word_old, "PLAIN_TIMEOUT", 0.3)
    monkeypatch.setattr(word_old, "MAX_OUTPUT", 1_000_000)
    install(tmp_path, "antiword", "exec sleep 30")
    install(tmp_path, "catdoc", "exit 1")
    with pytest.raises(ReadError) as caught:
        read_bytes(OLE, source="cu.doc")
    assert caught.value.code == "V105" and "took over 0.3 seconds" in str(caught.value)
    monkeypatch.setattr(word_old, "PLAIN_TIMEOUT", 20)
    install(tmp_path, "antiword", "exec yes dang vien")
    with pytest.raises(ReadError) as endless:
        read_bytes(OLE, source="cu.doc")
    assert endless.value.code == "V111"


TYPED = """TỈNH ỦY HÀ LÂM
*
Số 12-NQ/TU
ĐẢNG CỘNG SẢN VIỆT NAM
Hà Lâm, ngày 15 tháng 7 năm 2019
NGHỊ QUYẾT
về xây dựng tổ chức cơ sở đảng vùng biên giới
Những năm qua, tổ chức cơ sở đảng vùng biên giới được củng cố, kết nạp 2.053 đảng viên.
Ban Thường vụ Tỉnh ủy yêu cầu các huyện ủy tiếp tục thực hiện {nghiêm túc} nghị quyết này.
T/M BAN THƯỜNG VỤ
BÍ THƯ
Chẩu Văn Páo"""


@pytest.mark.parametrize(
    ("make", "name", "programs"),
    [(doc_of, "cu.doc", ("antiword", "catdoc")), (rtf_of, "cu.rtf", ("catdoc",))],
)
def test_old_formats_through_the_converters_of_this_machine(
    make: Callable[[str], bytes], name: str, programs: tuple[str, ...]
) -> None:
    if not any(map(shutil.which, programs)):
        pytest.skip("antiword or catdoc is not installed")
    document = read_bytes(make(TYPED), source=name)
    assert [line for line in document.text.split("\n") if line] == TYPED.split("\n")
    found = document.metadata
    assert (found.number, found.issuer, found.place) == ("12-NQ/TU", "TỈNH ỦY HÀ LÂM", "Hà Lâm")
    assert (found.signer, found.signed) == ("Chẩu Văn Páo", "T/M BAN THƯỜNG VỤ")


@pytest.mark.skipif(os.name == "nt", reason="the converter of this test is a shell script")
def test_a_converter_that_breaks_is_followed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    plain = tmp_path / "plain.txt"
    plain.write_text(LONG, "utf-8")
    install(tmp_path, "antiword", "echo hong >&2; exit 11")
    install(tmp_path, "catdoc", f"/bin/cat {plain}")
    assert read_bytes(OLE, source="cu.doc").text.strip() == LONG
    install(tmp_path, "catdoc", "exit 12")
    with pytest.raises(ReadError) as caught:
        read_bytes(OLE, source="cu.doc")
    assert caught.value.code == "V105" and "hong" in str(caught.value)


def test_old_spreadsheets_are_refused() -> None:
    with pytest.raises(ReadError) as caught:
        read_bytes(OLE.replace("WordDocument".encode("utf-16-le"), b"x" * 24), source="bang.xls")
    assert caught.value.code == "V102"
