"""News articles: every line of the cases has its part; the user's sample where present."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from vankien.documents import BlockKind, Kind, Part
from vankien.normalise import clean
from vankien.reading import from_text, read

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "news.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_parts(case: dict[str, Any], offsets_hold: Any) -> None:
    document = from_text(case["text"])
    assert [block.part.value for block in document.blocks] == case["parts"]
    assert document.text == case["text"]
    offsets_hold(document)
    if "published" in case:
        assert document.metadata.published == case["published"]
    assert list(document.metadata.authors) == case.get("authors", [])
    headings = [
        document.text[b.start : b.end]
        for b in document.blocks
        if b.kind is BlockKind.HEADING and b.part is Part.BODY
    ]
    assert headings == case.get("headings", [])


def test_sections_follow_the_headings() -> None:
    case = next(case for case in CASES if "headings" in case)
    document = from_text(case["text"])
    assert [block.section for block in document.blocks] == [
        (), (), (), ("Việc khó làm trước",), (), ("Bước tiếp theo",),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "Lễ trao Huy hiệu Đảng tại phường Cầu Gỗ. (Ảnh: TTXVN).",
        "Ảnh: Bùi Thế Hiển",
        "Nguồn: Cục Thống kê tỉnh",
        "Đoàn giám sát làm việc tại xã Lũng Vài. Ảnh: CTV",
        "Bộ đội giúp dân gặt lúa (Ảnh tư liệu)",
        "Ảnh minh hoạ.",
    ],
)
def test_captions(line: str) -> None:
    body = "Chiều cùng ngày, đoàn công tác tới thăm các gia đình chính sách trên địa bàn xã. " * 3
    document = from_text(f"Đoàn công tác thăm xã Lũng Vài\n{body}\n{line}\n{body}")
    assert document.blocks[2].part is Part.CAPTION


@pytest.mark.parametrize(
    "line",
    [
        "Theo ông Bình, nguồn vốn năm nay ít hơn mọi năm.",
        "Hình ảnh người đảng viên cầm cờ đi đầu khiến ai cũng xúc động.",
        "Cơ quan điều tra đang xác minh nguồn gốc số tiền (hơn 2 tỷ đồng).",
    ],
)
def test_no_captions(line: str) -> None:
    body = "Chiều cùng ngày, đoàn công tác tới thăm các gia đình chính sách trên địa bàn xã. " * 3
    document = from_text(f"Đoàn công tác thăm xã Lũng Vài\n{body}\n{line}\n{body}")
    assert document.blocks[2].part is Part.BODY


def test_an_article_that_names_the_party_is_no_party_document() -> None:
    text = (
        "ĐẢNG CỘNG SẢN VIỆT NAM TRÒN 91 TUỔI\n"
        "Nhân dịp này, nhiều địa phương tổ chức dâng hương, ôn lại truyền thống vẻ vang.\n"
        "Tại Hà Nội, ngày 3 tháng 2 năm 2021, hơn một nghìn đại biểu đã tới dự lễ kỷ niệm, nghe "
        "diễn văn ôn lại chặng đường chín mươi mốt năm xây dựng và trưởng thành."
    )
    assert from_text(text).kind is Kind.NEWS_ARTICLE


@pytest.mark.skipif("VANKIEN_SAMPLE" not in os.environ, reason="VANKIEN_SAMPLE names no article")
def test_sample_article(offsets_hold: Any) -> None:
    path = Path(os.environ["VANKIEN_SAMPLE"])
    document = read(path)
    assert document.text == clean(path.read_text("utf-8"))
    assert document.metadata.title == "Thi đua làm tốt công tác tổ chức xây dựng Đảng"
    parts = [block.part for block in document.blocks]
    assert parts.count(Part.CAPTION) == 2
    assert parts.count(Part.BOILERPLATE) == 4
    offsets_hold(document)
