"""A small collection with known findings, places, repeats and hostile documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.batch.conftest import article, write_rows
from vankien.batch.run import extract

ROOT = Path(__file__).resolve().parents[2]

HOSTILE_TITLE = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>"
HOSTILE_TEXT = (
    '<svg onload="window.hacked=1"> Năm 2020, Đảng bộ tỉnh Lạng Sơn kết nạp 77 đảng viên. '
    "]]> --> </style></textarea> &lt;b&gt; Một số cán bộ còn nể nang, né tránh, ngại va chạm "
    '<a href="javascript:window.hacked=1">trong phê bình</a>.'
)
FORMULA_TITLE = '=HYPERLINK("http://a.example";"bấm vào đây")'

PLACES = ("Lạng Sơn", "Nghệ An", "Bắc Ninh", "Hà Nam")


def collection() -> list[dict[str, Any]]:
    """Rows of news: years 2018 to 2025, four provinces, one repeat, one hostile, one formula."""
    rows: list[dict[str, Any]] = []
    for n in range(32):
        year, place = 2018 + n % 8, PLACES[n % 4]
        rows.append(
            {
                "id": f"tin-{n:02d}",
                "title": f"Công tác đảng viên ở {place} năm {year}",
                "published": f"{year}-11-{1 + n % 28:02d}",
                "url": f"https://tin.example/{n}",
                "authors": ["Người Viết Bài"],
                "text": (
                    f"Năm {year}, Đảng bộ tỉnh {place} kết nạp {1200 + 7 * n} đảng viên, "
                    f"đạt {95 + n}% chỉ tiêu.\n\nTuy nhiên, một số cấp ủy ở {place} còn nể nang, "
                    "né tránh, ngại va chạm trong tự phê bình và phê bình. Việc này được nêu trong "
                    "Nghị quyết số 04-NQ/TW ngày 30/10/2016 của Ban Chấp hành Trung ương.\n\n"
                    f"Trời {place} hôm ấy nắng nhẹ, chợ phiên đông người.\n\n{article(n, 16)}"
                ),
            }
        )
    rows.append({**rows[3], "id": "lap-lai"})
    rows.append({"id": '"><svg onload=window.hacked=1>', "title": HOSTILE_TITLE,
                 "published": "2020-05-05", "text": HOSTILE_TEXT})  # fmt: skip
    rows.append({"id": "cong-thuc", "title": FORMULA_TITLE, "published": "2021-02-03",
                 "text": "😀😀 Năm 2021, toàn Đảng bộ tỉnh Nghệ An kết nạp 1.500 đảng viên. "
                 "Chi bộ vui 😀 vì kết nạp thêm 12 đảng viên."})  # fmt: skip
    return rows


@pytest.fixture(scope="session")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run over the collection, a DOCX with tables and an empty file."""
    folder = tmp_path_factory.mktemp("display")
    rows = write_rows(folder / "tin <b>&'.jsonl", collection())
    (folder / "rong.txt").write_bytes(b"")
    extract(
        [rows, folder / "rong.txt", ROOT / "corpus" / "documents" / "phu-luc-so-lieu.docx"],
        out=folder / "out",
        workers=0,
    )
    return folder / "out"
