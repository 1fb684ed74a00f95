"""Tables: every composed table in DOCX, HTML and PDF (ruled, unruled, over pages)."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.reading.pdf_files import drawn, write
from tests.reading.word_files import docx_of
from vankien.documents import BlockKind, Document, Table
from vankien.reading import read_bytes
from vankien.reading.tables import Grid, header_cells, place_cells, total_rows

CASES: list[dict[str, Any]] = [
    case
    for name in ("tables.yaml", "tables_unseen.yaml")
    for case in yaml.safe_load((Path(__file__).parent / "cases" / name).read_text("utf-8"))
]
ABOVE = "Số liệu cụ thể của các đơn vị được tổng hợp trong bảng dưới đây của báo cáo này."
BELOW = "Số liệu trên do các đảng bộ trực thuộc báo cáo và đã được Ban Tổ chức rà soát lại."

Place = tuple[int, int, int, int, str]


def places(case: dict[str, Any]) -> list[Place]:
    """Row, column, rows and columns covered, text of every cell."""
    taken: set[tuple[int, int]] = set()
    cells: list[Place] = []
    for r, row in enumerate(case["rows"]):
        column = 0
        for cell in row:
            while (r, column) in taken:
                column += 1
            given = cell if isinstance(cell, dict) else {"t": cell}
            height, width = given.get("h", 1), given.get("w", 1)
            taken |= {(r + i, column + j) for i in range(height) for j in range(width)}
            cells.append((r, column, height, width, given["t"]))
            column += width
    return cells


def as_docx(case: dict[str, Any], font: str) -> bytes:
    cells = places(case)

    def build(document: Any) -> None:
        for line in (ABOVE, *case.get("above", [])):
            document.add_paragraph(line)
        height = len(case["rows"])
        width = max(c + w for _, c, _, w, _ in cells)
        table = document.add_table(rows=height, cols=width)
        for r, c, h, w, text in cells:
            table.cell(r, c).text = text
            if (h, w) != (1, 1):
                table.cell(r, c).merge(table.cell(r + h - 1, c + w - 1))
        document.add_paragraph(BELOW)

    return docx_of(build)


def as_html(case: dict[str, Any], font: str) -> bytes:
    rows: dict[int, list[str]] = {}
    for r, _, h, w, text in places(case):
        rows.setdefault(r, []).append(f'<td rowspan="{h}" colspan="{w}">{text}</td>')
    table = "".join(f"<tr>{''.join(row)}</tr>" for row in rows.values())
    above = "".join(f"<p>{line}</p>" for line in (ABOVE, *case.get("above", [])))
    body = f"{above}<table>{table}</table><p>{BELOW}</p>"
    return f"<html><body><article><h1>Báo cáo</h1>{body}</article></body></html>".encode()


def as_ruled(case: dict[str, Any], font: str) -> bytes:
    """A ruled PDF; a case that repeats is set on low pages, its header on each."""
    from reportlab.lib import colors
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, SimpleDocTemplate
    from reportlab.platypus import Table as Flowable

    cells = places(case)
    width = max(c + w for _, c, _, w, _ in cells)
    texts = [[""] * width for _ in case["rows"]]
    style: list[Any] = [("GRID", (0, 0), (-1, -1), 0.5, colors.black),
                        ("FONT", (0, 0), (-1, -1), font, 9)]  # fmt: skip
    for r, c, h, w, text in cells:
        texts[r][c] = text
        if (h, w) != (1, 1):
            style.append(("SPAN", (c, r), (c + w - 1, r + h - 1)))
    plain = ParagraphStyle("p", fontName=font, fontSize=10, leading=14)
    story: list[Any] = [Paragraph(line, plain) for line in (ABOVE, *case.get("above", []))]
    story.append(Flowable(texts, style=style, repeatRows=1 if "repeat" in case else 0))
    story.append(Paragraph(BELOW, plain))
    stream = io.BytesIO()
    size = (595, 240) if "repeat" in case else (595, 842)
    SimpleDocTemplate(stream, pagesize=size, invariant=1).build(story)
    return stream.getvalue()


def as_unruled(case: dict[str, Any], font: str) -> bytes:
    """A PDF without rules: labels left, the rest centred; low pages where the case repeats."""
    cells = places(case)
    width = max(c + w for _, c, _, w, _ in cells)
    step = 380 / max(width - 1, 1)
    ordered = case["rows"][0][0] in ("STT", "TT")
    lefts = [60.0, 100.0] if ordered else [60.0]

    def centre(c: int, w: int) -> float:
        first = 230 + (c - len(lefts)) * step * 0.8
        return first + (w - 1) * step * 0.4

    rows: dict[int, list[tuple[float, str]]] = {}
    for r, c, _, w, text in cells:
        if text:
            at = (lefts[c], text) if c < len(lefts) else (centre(c, w), f"|{text}")
            rows.setdefault(r, []).append(at)
    per_page = 4 if "repeat" in case else 100
    body = [row for r, row in sorted(rows.items()) if r]
    pages = [body[i : i + per_page] for i in range(0, len(body), per_page)]

    def draw(canvas: Any, number: int) -> None:
        y = 800.0
        if number == 1:
            for line in (ABOVE, *case.get("above", [])):
                write(canvas, font, [(60, y, line)], 10)
                y -= 16
        for row in [rows[0], *pages[number - 1]]:
            write(canvas, font, [(x, y, text) for x, text in row], 10)
            y -= 16
        if number == len(pages):
            write(canvas, font, [(60, y - 6, BELOW)], 10)

    return drawn(draw, len(pages))


LAYOUTS: dict[str, Callable[[dict[str, Any], str], bytes]] = {
    "docx": as_docx, "html": as_html, "ruled": as_ruled, "unruled": as_unruled,
}  # fmt: skip
SUFFIX = {"docx": ".docx", "html": ".html", "ruled": ".pdf", "unruled": ".pdf"}

Key = tuple[tuple[str, ...], tuple[str, ...], str]


def expected_cells(case: dict[str, Any]) -> list[Key]:
    return [
        (tuple(row[0]), tuple(column), value)
        for row in case["expect"]
        for column, value in zip(case["columns"], row[1:], strict=True)
    ]


def found_cells(table: Table) -> list[Key]:
    return [
        (cell.row_header, cell.column_header, cell.text)
        for cell in table.cells
        if cell.text and cell.row_header and cell.column_header
    ]


def read_case(case: dict[str, Any], layout: str, font: str) -> Document:
    return read_bytes(LAYOUTS[layout](case, font), source=f"bang{SUFFIX[layout]}")


PAIRS = [(case, layout) for case in CASES for layout in case.get("layouts", LAYOUTS)]


@pytest.mark.parametrize(
    ("case", "layout"), PAIRS, ids=[f"{case['name']}-{layout}" for case, layout in PAIRS]
)
def test_tables(case: dict[str, Any], layout: str, font: str, offsets_hold: Any) -> None:
    document = read_case(case, layout, font)
    offsets_hold(document)
    assert not document.warnings
    assert len(document.tables) == 1, [t.cells[0].text for t in document.tables]
    table = document.tables[0]
    assert sorted(found_cells(table)) == sorted(expected_cells(case))
    assert table.unit == case.get("unit")
    assert table.caption == case.get("caption")
    assert list(table.totals) == case.get("totals", [])
    texts = [document.text[b.start : b.end] for b in document.blocks]
    assert ABOVE in texts and BELOW in texts


@pytest.mark.parametrize("layout", ["ruled", "unruled"])
def test_the_page_of_a_cell_is_known_where_a_table_goes_on(layout: str, font: str) -> None:
    case = next(case for case in CASES if "repeat" in case)
    document = read_case(case, layout, font)
    pages = [document.page_at(cell.start) for cell in document.tables[0].cells if cell.text]
    assert pages[0] == 1 and pages[-1] == document.n_pages and document.n_pages > 1
    assert pages == sorted(pages, key=lambda page: page or 0)
    blocks = [block for block in document.blocks if block.kind is BlockKind.TABLE]
    assert len(blocks) == document.n_pages


def test_prose_is_no_table(font: str) -> None:
    lines = [
        "Năm 2019 toàn đảng bộ kết nạp 120 đảng viên, năm 2020 kết nạp 131 đảng viên,",
        "năm 2021 kết nạp 140 đảng viên, trong đó nữ là 61, dân tộc thiểu số là 33 và",
        "đoàn viên thanh niên là 102 đồng chí; 12 chi bộ đạt trong sạch, vững mạnh.",
    ]
    data = drawn(
        lambda canvas, number: write(
            canvas, font, [(60, 800 - 16 * i, line) for i, line in enumerate(lines)]
        )
    )
    assert not read_bytes(data, source="van.pdf").tables


def test_wrapped_labels_and_headers_without_rules(font: str) -> None:
    lines = [
        (230, 800, "|Tổ chức"), (340, 800, "|Đảng viên"), (450, 800, "|Tỷ lệ"),
        (60, 784, "Loại hình"), (230, 784, "|cơ sở đảng"), (340, 784, "|nữ"), (450, 784, "|(%)"),
        (60, 768, "Xã, phường"), (230, 768, "|101"), (340, 768, "|2.315"), (450, 768, "|31,2"),
        (60, 752, "Cơ quan hành chính"), (230, 752, "|87"), (340, 752, "|1.207"),
        (450, 752, "|44,0"),
        (60, 736, "và đơn vị sự nghiệp"),
        (60, 720, "Doanh nghiệp"), (230, 720, "|19"), (340, 720, "|402"), (450, 720, "|28,8"),
    ]  # fmt: skip
    data = drawn(lambda canvas, number: write(canvas, font, lines, 10))
    table = read_bytes(data, source="bang.pdf").tables[0]
    found = set(found_cells(table))
    assert (("Xã, phường",), ("Tổ chức cơ sở đảng",), "101") in found
    assert (
        ("Cơ quan hành chính và đơn vị sự nghiệp",), ("Đảng viên nữ",), "1.207",
    ) in found  # fmt: skip
    assert (("Doanh nghiệp",), ("Tỷ lệ (%)",), "28,8") in found


def test_a_table_of_words_has_one_header_row() -> None:
    grid = Grid((("Việc", "Người làm"), ("Soạn báo cáo", "Văn phòng"), ("Duyệt", "Bí thư")))
    cells = {(r, c): (rows, columns) for r, c, _, rows, columns in header_cells(grid)}
    assert cells[1, 1] == (("Soạn báo cáo",), ("Người làm",))
    assert cells[0, 1] == ((), ())


def test_an_indicator_that_begins_like_a_total_is_none() -> None:
    rows = (("Chỉ tiêu", "Số"), ("Tổng số đảng viên", "317"), ("Tổng số", "400"))
    assert total_rows(Grid(rows)) == (2,)


def test_merged_text_stands_once() -> None:
    grid = place_cells([(0, 0, 2, 1, "A"), (0, 1, 1, 2, "B"), (1, 1, 1, 1, "1"), (1, 2, 1, 1, "2")])
    assert grid.rows == (("A", "B", "B"), ("A", "1", "2"))
    assert [text for _, _, text, _, _ in header_cells(grid)] == ["A", "B", "1", "2"]
