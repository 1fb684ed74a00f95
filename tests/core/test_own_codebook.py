"""A researcher's codebook: what is read, and how each defect is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from vankien.errors import CodebookError
from vankien.own_codebook import read_own_codebook

GOOD = """\
name: dat-dai
version: "1.0"
context: [thu hồi đất]
themes:
- code: BOITHUONG
  name_vi: Bồi thường
  definition_vi: Tiền hoặc đất trả cho người bị thu hồi đất.
  cues:
  - tiền bồi thường
  - {text: đơn giá, strong: false}
- code: BOITHUONG.CHAM
  parent: BOITHUONG
  name_en: Late payment
  definition_en: Payment that comes late.
  not: [chậm rãi]
  excludes: [chậm tiến độ thi công, {text: bồi thường, see: BOITHUONG}]
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(text, "utf-8")
    return path


def test_good(tmp_path: Path) -> None:
    book = read_own_codebook(write(tmp_path, GOOD))
    assert (book.version, list(book.themes)) == ("dat-dai 1.0", ["BOITHUONG", "BOITHUONG.CHAM"])
    group, single = book.themes.values()
    assert (group.level, single.level) == ("group", "single")
    assert [(c.text, c.strong) for c in group.cues] == [("tiền bồi thường", True),
                                                        ("đơn giá", False)]  # fmt: skip
    assert single.not_ == ["chậm rãi"]
    assert [e.see for e in single.excludes] == [None, "BOITHUONG"]
    assert book.party_context == ["thu hồi đất"] and not book.roles and not book.indicators


BAD = [
    ("name: dat-dai", "name: Đất đai", 1, "name: String should match"),
    ('version: "1.0"', "version: 1.0", 2, "version: Input should be a valid string"),
    ("  name_vi: Bồi thường\n", "", 5, "themes.0: give name_vi or name_en"),
    ("  definition_en: Payment that comes late.\n", "", 11, "give definition_vi or"),
    ("code: BOITHUONG.CHAM", "code: BỒI THƯỜNG", 11, "themes.1.code: String should match"),
    ("code: BOITHUONG.CHAM", "code: BOITHUONG", 1, "the code BOITHUONG stands twice"),
    ("code: BOITHUONG.CHAM", "code: PCTN", 1, "PCTN is a code of vankien's own codebook"),
    ("parent: BOITHUONG", "parent: BOI", 1, "parent names BOI, which is no code"),
    ("see: BOITHUONG", "see: KHAC", 1, "excludes see names KHAC"),
    ("strong: false", "strong: no way", 10, "themes.0.cues.1.strong: Input should be a valid"),
    ("not: [chậm rãi]", "nots: [chậm rãi]", 15, "themes.1.nots: Extra inputs"),
    ("not: [chậm rãi]", 'not: ["?!"]', 11, "the phrase '?!' holds no word"),
    ("parent: BOITHUONG", "code: X", 12, "code: the key stands twice"),
    ("cues:", "cues: [", None, "line"),
]


@pytest.mark.parametrize(("old", "new", "line", "word"), BAD)
def test_bad(old: str, new: str, line: int | None, word: str, tmp_path: Path) -> None:
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(CodebookError) as found:
        read_own_codebook(path)
    message = str(found.value)
    assert message.startswith("[V301] ") and "\n" not in message
    assert str(path) in message and word in message, message
    if line is not None:
        assert f"{path} line {line} " in message, message


@pytest.mark.parametrize("data", [b"", b"- 1\n", b"\xff\xfe\x00", b"name: [\n", b"a: &x [*x]\n"])
def test_no_codebook_at_all(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(data)
    with pytest.raises(CodebookError, match="V301"):
        read_own_codebook(path)
    with pytest.raises(CodebookError, match="No such file"):
        read_own_codebook(tmp_path / "none.yaml")


def test_a_tag_makes_no_object(tmp_path: Path) -> None:
    text = GOOD.replace("version:", "version: !!python/object/apply:os.getcwd []\nx:", 1)
    with pytest.raises(CodebookError, match="python/object"):
        read_own_codebook(write(tmp_path, text))
