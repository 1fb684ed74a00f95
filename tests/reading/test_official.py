"""Party and State documents: every case in four layouts, every field of the metadata."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
import yaml
from reportlab.lib.utils import simpleSplit

from tests.reading.pdf_files import drawn, write
from tests.reading.word_files import docx_of
from vankien.documents import BlockKind, Document, Part
from vankien.reading import from_text, read_bytes

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "official.yaml").read_text("utf-8")
)
FIELDS = ("doc_type", "number", "issuer", "place", "title", "signer", "signed", "secrecy")


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
}


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
    tree = headings(document)
    assert len(tree) == len(expect["headings"]), tree
    for line, beginning in zip(tree, expect["headings"], strict=True):
        assert line.startswith(beginning), tree
    parts = {part: [] for part in Part}
    for block in document.blocks:
        parts[block.part].append(document.text[block.start : block.end])
    addressed = [line for line in case["body"] if line.startswith("Kính gửi")]
    assert parts[Part.RECIPIENTS] == addressed + case["recipients"]
    assert parts[Part.SIGNATURE] == [line for line in case["signature"] if line]


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 40
    assert len({case["expect"]["doc_type"] for case in CASES}) >= 20
