"""One composed official document in the layouts in which such documents come."""

from __future__ import annotations

import html
import io
from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from reportlab.lib.utils import simpleSplit

from tests.reading.pdf_files import drawn, write
from tests.reading.word_files import docx_of
from vankien.documents import BlockKind, Document, Part
from vankien.reading import from_text, read_bytes

FILLER = (
    "Các cơ quan, đơn vị phối hợp chặt chẽ trong quá trình thực hiện, kịp thời phản ánh khó khăn, "
    "vướng mắc để cấp có thẩm quyền xem xét, không để công việc ách tắc kéo dài."
)


def in_lines(case: dict[str, Any]) -> str:
    """The parts one below the other."""
    groups = [case["left"], case["right"], case["title"], case["body"], case["recipients"],
              case["signature"], case.get("after", [])]  # fmt: skip
    return "\n\n".join("\n".join(line for line in group if line) for group in groups if group)


def side_by_side(case: dict[str, Any]) -> str:
    """The columns beside one another, as text copied from a page has them."""

    def rows(left: list[str], right: list[str]) -> list[str]:
        # The columns may be of one kind alone: then there is no gap.
        return [f"{a or '':<44}{b or ''}".rstrip() for a, b in zip_longest(left, right)]

    close = rows(case["recipients"], case["signature"]) if case["recipients"] else case["signature"]
    groups = [rows(case["left"], case["right"]), [f"{' ' * 20}{line}" for line in case["title"]],
              case["body"], close, case.get("after", [])]  # fmt: skip
    return "\n\n".join("\n".join(group) for group in groups if group)


def as_docx(case: dict[str, Any]) -> bytes:
    def build(document: Any) -> None:
        def columns(left: list[str], right: list[str]) -> None:
            cells = document.add_table(rows=1, cols=2).rows[0].cells
            for cell, lines in zip(cells, (left, right), strict=True):
                cell.text = lines[0] if lines else ""
                for line in lines[1:]:
                    cell.add_paragraph(line)

        columns(case["left"], case["right"])
        for line in [*case["title"], *case["body"]]:
            document.add_paragraph(line)
        columns(case["recipients"], case["signature"])
        for line in case.get("after", []):
            document.add_paragraph(line)

    return docx_of(build)


def as_pdf(case: dict[str, Any], font: str) -> bytes:
    """Columns drawn row by row, as word processors do; the body wrapped and justified."""

    def draw(canvas: Any, number: int) -> None:
        y = 790.0

        def rows(left: list[str], right: list[str], *, centred: bool) -> None:
            nonlocal y
            for a, b in zip_longest(left, right):
                line = []
                if a:
                    line.append((165.0 if centred else 70.0, y, f"|{a}" if centred else a))
                if b:
                    line.append((430.0, y, f"|{b}"))
                write(canvas, font, line, 9)
                y -= 13

        rows(case["left"], case["right"], centred=True)
        y -= 20
        for text in case["title"]:
            for line in simpleSplit(text, font, 11, 380):
                write(canvas, font, [(297, y, f"|{line}")], 11)
                y -= 16
        y -= 8
        for text in case["body"]:
            bare = text.isupper() or text.startswith(("Chương", "Phần thứ"))
            lines = simpleSplit(text, font, 11, 430 if not bare else 400)
            for line in lines:
                at = (297, y, f"|{line}") if bare else (70, y, line)
                write(canvas, font, [at], 11)
                y -= 15
            y -= 4
        y -= 14
        rows(case["recipients"], case["signature"], centred=False)
        y -= 30
        for text in case.get("after", []):
            bare = text.isupper() or len(text) < 45
            for line in simpleSplit(text, font, 11, 440):
                write(canvas, font, [(297, y, f"|{line}") if bare else (70, y, line)], 11)
                y -= 15

    return drawn(draw)


def as_long_pdf(case: dict[str, Any], font: str) -> bytes:
    """Flowed over pages: a longer body, page numbers from the second on, annexes apart."""
    from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import KeepTogether, PageBreak, Paragraph, SimpleDocTemplate, Table

    plain = {"fontName": font, "fontSize": 12.5, "leading": 17}
    running = ParagraphStyle(
        "running", alignment=TA_JUSTIFY, firstLineIndent=30, spaceAfter=5, **plain
    )
    centred = ParagraphStyle("centred", alignment=TA_CENTER, **plain)
    small = ParagraphStyle("small", fontName=font, fontSize=10, leading=13)
    small_centred = ParagraphStyle("small centred", parent=small, alignment=TA_CENTER)

    def cell(lines: list[str], style: Any) -> list[Any]:
        return [Paragraph(html.escape(line) or "<br/>", style) for line in lines]

    def columns(left: list[Any], right: list[Any]) -> Any:
        table = Table([[left, right]], colWidths=[215, 255])
        table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP")])
        return table

    body = list(case["body"])
    ends = [i for i, line in enumerate(body) if line.endswith(".") and not line.startswith("-")]
    # What is added stands behind the last full sentence, so that the outline stays.
    body[ends[-1] + 1 : ends[-1] + 1] = [FILLER] * 16
    story: list[Any] = [
        columns(cell(case["left"], small_centred), cell(case["right"], small_centred))
    ]
    story += [*cell(["", *case["title"], ""], centred)]
    for text in body:
        bare = text.isupper() or text.startswith(("Chương", "Phần thứ"))
        story.append(Paragraph(html.escape(text), centred if bare else running))
    story.append(
        KeepTogether(
            [columns(cell(case["recipients"], small), cell(case["signature"], small_centred))]
        )
    )
    for text in case.get("after", []):
        if text.startswith("PHỤ LỤC"):
            story.append(PageBreak())
        bare = text.isupper() or len(text) < 45
        story.append(Paragraph(html.escape(text), centred if bare else running))

    def number(canvas: Any, template: Any) -> None:
        canvas.setFont(font, 11)
        canvas.drawCentredString(297, 800, str(template.page))

    stream = io.BytesIO()
    template = SimpleDocTemplate(stream, pagesize=(595, 842), invariant=1)
    template.build(story, onLaterPages=number)
    return stream.getvalue()


def as_html(case: dict[str, Any]) -> bytes:
    """As legal databases publish: columns in a table without rules, lines by <br>."""

    def columns(left: list[str], right: list[str]) -> str:
        cells = "".join(
            f'<td width="50%" valign="top"><p align="center">{"<br>".join(map(html.escape, side))}'
            "</p></td>"
            for side in (left, right)
        )
        return f'<table border="0" width="100%"><tr>{cells}</tr></table>'

    title = "<br>".join(f"<b>{html.escape(line)}</b>" for line in case["title"])
    close = columns(case["recipients"], case["signature"])
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in case["body"])
    after = "".join(f"<p>{html.escape(line)}</p>" for line in case.get("after", []))
    head = columns(case["left"], case["right"])
    page = (
        '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Văn bản</title></head>'
        f'<body><div class="noi-dung">{head}<p align="center">{title}</p>{paragraphs}{close}{after}'
        "</div></body></html>"
    )
    return page.encode()


def as_tabbed_docx(case: dict[str, Any]) -> bytes:
    """Typed without tables, as in the 1990s: the columns set apart by tabs."""

    def build(document: Any) -> None:
        def columns(left: list[str], right: list[str]) -> None:
            for a, b in zip_longest(left, right):
                document.add_paragraph(f"{a or ''}\t\t{b}" if b else (a or ""))

        columns(case["left"], case["right"])
        for line in ["", *case["title"], "", *case["body"], ""]:
            document.add_paragraph(line)
        columns(case["recipients"], case["signature"])
        for line in case.get("after", []):
            document.add_paragraph(line)

    return docx_of(build)


def headings(document: Document) -> list[str]:
    return [
        f"{block.level} {document.text[block.start : block.end]}"
        for block in document.blocks
        if block.kind is BlockKind.HEADING and block.part is Part.BODY
    ]


LAYOUTS: dict[str, Callable[[dict[str, Any], str], Document]] = {
    "lines": lambda case, font: from_text(in_lines(case)),
    "columns": lambda case, font: from_text(side_by_side(case)),
    "docx": lambda case, font: read_bytes(as_docx(case), source="van-ban.docx"),
    "pdf": lambda case, font: read_bytes(as_pdf(case, font), source="van-ban.pdf"),
    "long pdf": lambda case, font: read_bytes(as_long_pdf(case, font), source="dai.pdf"),
    "html": lambda case, font: read_bytes(as_html(case), source="van-ban.html"),
    "tabs": lambda case, font: read_bytes(as_tabbed_docx(case), source="danh-may.docx"),
}
