"""Party and State documents: every case in every layout, every field of the metadata.

``official.yaml`` was written beside the parser, ``official_unseen.yaml`` by another hand and
before the parser read it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.reading.official_files import LAYOUTS, headings
from vankien.documents import Document, Part
from vankien.reading import from_text, read_bytes

CASES: list[dict[str, Any]] = [
    case
    for name in ("official.yaml", "official_unseen.yaml")
    for case in yaml.safe_load((Path(__file__).parent / "cases" / name).read_text("utf-8"))
]
FIELDS = ("doc_type", "number", "issuer", "place", "title", "signer", "signed", "secrecy")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_every_field(case: dict[str, Any], layout: str, font: str, offsets_hold: Any) -> None:
    document = LAYOUTS[layout](case, font)
    expect = case["expect"]
    found = {name: getattr(document.metadata, name) for name in FIELDS}
    assert found == {name: expect.get(name) for name in FIELDS}
    assert document.metadata.published == (expect["published"] or None)
    assert isinstance(document.metadata.published, date | None)
    assert document.kind.value == expect["kind"]
    offsets_hold(document)
    assert not document.warnings
    _check_tree(document, expect["headings"])
    parts: dict[Part, list[str]] = {part: [] for part in Part}
    for block in document.blocks:
        parts[block.part].append(document.text[block.start : block.end])
    addressed = [line for line in case["body"] if line.startswith("Kính gửi")]
    close = case["recipients"] + case["signature"]
    if close[:1] == ["THƯ KÝ"]:  # two who sign side by side: no recipients
        assert sorted(_words(parts[Part.SIGNATURE])) == sorted(_words(close))
        return
    assert _words(parts[Part.RECIPIENTS]) == _words(addressed + case["recipients"])
    assert _words(parts[Part.SIGNATURE]) == _words(case["signature"])


def _words(lines: list[str]) -> list[str]:
    # A narrow column of a PDF may wrap a line.
    return " ".join(lines).split()


def _check_tree(document: Document, expected: list[str] | str) -> None:
    if expected == "?":
        return
    tree = headings(document)
    assert len(tree) == len(expected), tree
    for line, beginning in zip(tree, expected, strict=True):
        level, text = beginning.split(" ", 1)
        assert line.startswith(beginning if level != "?" else f"{line[0]} {text}"), tree


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 100
    assert len({case["expect"]["doc_type"] for case in CASES}) >= 35
    assert len(LAYOUTS) >= 7


def test_the_title_of_a_page_is_no_title_of_its_document() -> None:
    page = """<html lang="vi"><head><title>Công báo tỉnh - Chi tiết văn bản</title>
    <meta property="article:published_time" content="2021-01-20"></head><body>
    <table width="100%"><tr><td><p>TỈNH ỦY KHE SANG<br>*<br>Số 04-CTr/TU</p></td>
    <td><p>ĐẢNG CỘNG SẢN VIỆT NAM<br>Khe Sang, ngày 06 tháng 11 năm 2020</p></td></tr></table>
    <p>CHƯƠNG TRÌNH HÀNH ĐỘNG<br>thực hiện Nghị quyết Đại hội Đảng bộ tỉnh lần thứ XVII</p>
    <p>Ban Chấp hành Đảng bộ tỉnh đề ra chương trình hành động gồm 5 nhiệm vụ trọng tâm, giao các
    ban của Tỉnh ủy và Ban cán sự đảng Ủy ban nhân dân tỉnh tổ chức thực hiện từ quý I.</p>
    </body></html>"""
    document = read_bytes(page.encode(), source="van-ban.html")
    assert document.metadata.title == (
        "CHƯƠNG TRÌNH HÀNH ĐỘNG thực hiện Nghị quyết Đại hội Đảng bộ tỉnh lần thứ XVII"
    )
    assert document.metadata.published == date(2020, 11, 6)
    assert "Công báo" not in document.text


def test_the_line_of_a_digital_signature_is_furniture() -> None:
    case = next(c for c in CASES if "digital signature" in c["name"])
    keys = ("left", "right", "title", "body", "signature", "after")
    document = from_text("\n\n".join(line for key in keys for line in case[key]))
    last = document.blocks[-1]
    assert last.part is Part.BOILERPLATE
    assert document.text[last.start :].startswith("Ký bởi")
    assert document.metadata.signer == "Lưu Thế Toản"


def test_articles_whose_stop_or_space_is_forgotten() -> None:
    lines = [
        "QUỐC HỘI", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "LUẬT", "GIỮ RỪNG ĐẦU NGUỒN",
        "Điều 1. Phạm vi điều chỉnh", "Luật này quy định việc giữ rừng đầu nguồn.",
        "Điều 2 Chính sách của Nhà nước", "Nhà nước đầu tư cho xã vùng đầu nguồn.",
        "Điều 2 Luật này áp dụng với mọi hộ nhận khoán rừng.",
        "Điều3. Hiệu lực", "Điều 4 của Luật này do Chính phủ hướng dẫn",
    ]  # fmt: skip
    assert headings(from_text("\n\n".join(lines))) == [
        "1 Điều 1. Phạm vi điều chỉnh", "1 Điều 2 Chính sách của Nhà nước", "1 Điều3. Hiệu lực",
    ]  # fmt: skip


def test_rights_in_capitals_are_no_office() -> None:
    lines = ["QUỐC HỘI", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "BỘ LUẬT", "DÂN SỰ THÔN BẢN"]
    lines += ["Chương I", "QUYỀN SỞ HỮU", "Điều 1. Quyền", "Quyền Sở Hữu"]
    found = headings(from_text("\n\n".join(lines)))
    assert found[:3] == ["1 Chương I", "2 QUYỀN SỞ HỮU", "3 Điều 1. Quyền"]
