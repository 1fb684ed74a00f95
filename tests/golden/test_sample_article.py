"""The user's article, and ours on the same facts, come out exactly right.

Written from the texts: offsets, values and codes, no sentence of the user's article.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.golden.conftest import DOCUMENTS
from vankien.analysis import analyse
from vankien.documents import Document, Part
from vankien.reading import read

LANG_SON = "20"
"""Official code of the province."""

FIGURES = [
    ("744", "orgs.grassroots", "level", 744.0, "2020-12-31", "2020-12-31"),
    ("3.280", "orgs.subordinate", "level", 3280.0, "2020-12-31", "2020-12-31"),
    ("2.053", "members.admitted", "level", 2053.0, "2020-01-01", "2020-12-31"),
    ("102", "members.admitted", "target_ratio", 102.0, "2020-01-01", "2020-12-31"),
    ("66.024", "members.total", "level", 66024.0, "2020-12-31", "2020-12-31"),
]
CENTRAL = {
    "12-NQ/TW@2012-01-16", "04-NQ/TW@2016-10-30", "05-CT/TW@2016-05-15", "18-NQ/TW@2017-10-25",
    "NQ-ĐH-XIII@2021-02-01",
}  # fmt: skip


@pytest.fixture(scope="module", params=["ours.txt", "ours.html", "theirs"])
def article(request: pytest.FixtureRequest) -> Document:
    if request.param == "theirs":
        return read(request.getfixturevalue("sample_article"))
    return read(DOCUMENTS / f"bai-bao-lang-son{Path(request.param).suffix}")


@pytest.fixture(scope="module")
def rows(article: Document) -> dict[str, list[dict[str, Any]]]:
    return analyse(article)


def test_parts(article: Document) -> None:
    parts = [(b.part, article.text[b.start : b.end]) for b in article.blocks]
    captions = [text for part, text in parts if part is Part.CAPTION]
    assert len(captions) == 2
    assert len(set(captions)) == 2
    assert all("(Ảnh: " in text for text in captions)
    boilerplate = [text for part, text in parts if part is Part.BOILERPLATE]
    assert {"Phản hồi", "Các tin khác"} <= set(boilerplate)
    assert sum(part is Part.TITLE for part, _ in parts) == 1
    body = " ".join(text for part, text in parts if part in (Part.BODY, Part.LEAD))
    assert "(Ảnh:" not in body
    for slip in ("chức chức", "đánh gia ", "sâu sát,công tác"):
        assert slip in article.text


def test_exactly_five_indicators(article: Document, rows: dict[str, list[Any]]) -> None:
    found = [
        (r["number"].rstrip("%"), r["indicator"], r["measure"], float(r["value"]),
         r["period_start"], r["period_end"])
        for r in rows["indicators"]
    ]  # fmt: skip
    assert found == FIGURES
    for row in rows["indicators"]:
        assert article.text[row["start"] : row["end"]] == row["surface"]
        # Our own article names the organisation in short at its last figure.
        assert row["scope"].removeprefix("toàn ") in ("Đảng bộ tỉnh Lạng Sơn", "Đảng bộ tỉnh")
        assert "theirs" not in article.source or "Lạng Sơn" in row["scope"]
        assert row["scope_code"] == LANG_SON
        assert (row["status"], row["approx"]) == ("actual", "exact")


def test_references(rows: dict[str, list[Any]]) -> None:
    canonical = {r["canonical"] for r in rows["references"] if r["canonical"]}
    assert canonical == CENTRAL
    programme = [r for r in rows["references"] if r["number"] == "04-CTr/TU"]
    assert len(programme) == 1
    assert programme[0]["date"] in ("2020-11-06", date(2020, 11, 6))
    assert programme[0]["issuer"]
    assert programme[0]["canonical"] is None
    local = [r for r in rows["references"] if "Lạng Sơn lần thứ XVII" in r["surface"]]
    assert len(local) >= 2
    assert {r["canonical"] for r in local} == {None}


def _sentence(rows: dict[str, list[Any]], words: str) -> tuple[set[str], str]:
    sentence = next(
        s for s in rows["sentences"] if words in s["text"] and s["part"] in ("body", "lead")
    )
    themes = {t["theme"] for t in rows["themes"] if t["sentence"] == sentence["sentence"]}
    return themes, sentence["role"]


@pytest.mark.parametrize(
    ("words", "codes", "role"),
    [
        ("27 biểu hiện", {"SUYTHOAI-TT", "SUYTHOAI-DD", "TUDIENBIEN"}, "KETQUA"),
        ("bệnh thành tích", {"CANBO", "DANHGIA", "SUYTHOAI-TT.5", "SUYTHOAI-DD.4"}, "HANCHE"),
        ("Nghị quyết Trung ương 4 khóa XI", {"NQ4", "CHITHI05"}, "NHIEMVU"),
    ],
)
def test_themes_and_roles(
    rows: dict[str, list[Any]], words: str, codes: set[str], role: str
) -> None:
    themes, found = _sentence(rows, words)
    assert codes <= themes
    assert found == role
