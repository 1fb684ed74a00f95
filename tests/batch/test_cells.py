"""Rows of the table of cells."""

from __future__ import annotations

from vankien.batch.work import _cells
from vankien.documents import Document, DocumentBuilder


def test_cells_of_a_table_over_pages_have_their_own_page() -> None:
    builder = DocumentBuilder()
    builder.add("Biểu 1. Kết nạp đảng viên", page=2)
    cells = [(row, 0, f"Xã số {row}", (), ()) for row in range(6)]
    builder.add_table(cells, page=2, turns=[(3, 3), (5, 4)])
    document = Document("a", "a.pdf", builder.text, blocks=tuple(builder.blocks),
                        tables=tuple(builder.tables), n_pages=4)  # fmt: skip
    assert [cell.page for cell in _cells(document)] == [2, 2, 2, 3, 3, 4]
