"""Lines joined to paragraphs."""

from __future__ import annotations

import pytest

from vankien.reading.paragraphs import join_lines

WIDTH = 60
FULL = "Trong năm, các cấp ủy quan tâm tạo nguồn và phát triển Đảng"


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        # the figure that a colon announces, at the end of a full line
        ("Năm 2021, có 201 tập thể được khen thưởng; kết nạp đảng viên:", "3.041 đồng chí.", True),
        ("Kết nạp đảng viên:", "3.041 đồng chí.", False),
        ("Năm 2021, có 201 tập thể được khen thưởng; nhiệm vụ như sau:", "1. Học tập.", False),
        ("Năm 2021, có 201 tập thể được khen thưởng; nhiệm vụ như sau:", "Một là, học.", False),
        (FULL, "viên mới ở thôn, bản.", True),
        (FULL + ".", "3.041 đồng chí được kết nạp.", False),
    ],
)
def test_two_lines(first: str, second: str, joined: bool) -> None:
    assert join_lines([first, second], width=WIDTH) == (
        [f"{first} {second}"] if joined else [first, second]
    )
