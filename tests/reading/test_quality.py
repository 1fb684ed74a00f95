"""Torn syllables, stamps of secrecy and the grade of quality, on texts of another hand."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from tests.reading.official_files import LAYOUTS
from tests.reading.pdf_files import drawn, write
from tests.reading.test_official import CASES
from vankien.reading import from_text, read_bytes
from vankien.reading.split_syllables import is_torn, rejoin

LINES = [line for case in CASES for line in case["body"]]
PAGES = [LINES[at : at + 12] for at in range(0, len(LINES) - 12, 12)]
_MARKED = re.compile(r"[^\W\d_a-zA-Z]")


def torn(line: str, chance: random.Random, before: float, after: float) -> str:
    """Put spaces around letters with marks, as text layers of drawn letters have them."""
    pieces: list[str] = []
    for place, letter in enumerate(line):
        marked = _MARKED.match(letter) is not None
        if marked and place and line[place - 1].isalpha() and chance.random() < before:
            pieces.append(" ")
        pieces.append(letter)
        more = line[place + 1 : place + 2].isalpha()
        if marked and more and chance.random() < after:
            pieces.append(" ")
    return "".join(pieces)


def whole_words(line: str, other: str) -> tuple[int, int]:
    """How many words of a line stand in the other, at the same letters; and how many it has."""

    def places(text: str) -> set[tuple[int, int]]:
        found, at = set(), 0
        for word in text.split():
            found.add((at, at + len(word)))
            at += len(word)
        return found

    return len(places(line) & places(other)), len(line.split())


@pytest.mark.parametrize(
    ("before", "after", "floor"), [(0.5, 0, 0.995), (0, 0.5, 0.995), (0.3, 0.3, 0.98)]
)
def test_torn_syllables_are_whole_again(before: float, after: float, floor: float) -> None:
    chance = random.Random(7)
    right = words = 0
    for page in PAGES:
        broken = [torn(line, chance, before, after) for line in page]
        assert is_torn("\n".join(broken))
        for line, piece in zip(page, broken, strict=True):
            fixed = rejoin(piece)
            assert fixed.replace(" ", "") == line.replace(" ", "")
            found, count = whole_words(line, fixed)
            right, words = right + found, words + count
    assert right >= floor * words, right / words


def test_sound_text_is_left_alone() -> None:
    assert not any(is_torn("\n".join(page)) for page in PAGES)
    assert [rejoin(line) for line in LINES] == LINES


@pytest.mark.parametrize("rate", [0.05, 0.4])
def test_a_torn_page_of_a_pdf(rate: float, font: str) -> None:
    chance = random.Random(3)
    page = [line[:80] for line in LINES if len(line) > 40][:30]
    lines = [torn(line, chance, rate, rate / 2) for line in page]
    data = drawn(
        lambda canvas, number: write(
            canvas, font, [(50, 800 - 20 * i, line) for i, line in enumerate(lines)], 10
        )
    )
    document = read_bytes(data, source="rach.pdf")
    found, count = whole_words(" ".join(page), " ".join(document.text.split()))
    assert found >= 0.98 * count
    assert any("tears apart" in warning for warning in document.warnings)
    assert document.quality > 0.95


@pytest.mark.parametrize(
    ("stamp", "secrecy"),
    [
        ("MẬT", "Mật"), ("Mật", "Mật"), ("(MẬT)", "Mật"), ("[TỐI MẬT]", "Tối mật"),
        ("Độ mật: Mật", "Mật"), ("ĐỘ MẬT: TUYỆT MẬT", "Tuyệt mật"), ("MẬT - KHẨN", "Mật"),
        ("T Ố I  M Ậ T", "Tối mật"), ("Tài liệu mật", "Mật"), ("HỎA TỐC", None),
        ("DỰ THẢO", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("layout", ["lines", "columns", "pdf", "html"])
def test_stamps(stamp: str, secrecy: str | None, layout: str, font: str) -> None:
    case = next(c for c in CASES if c["name"].startswith("conclusion of a provincial"))
    places: list[dict[str, Any]] = [
        {"left": [*case["left"], stamp]}, {"left": [stamp, *case["left"]]},
        {"right": [*case["right"], stamp]}, {"title": [stamp, *case["title"]]},
    ]  # fmt: skip
    for place in places:
        document = LAYOUTS[layout]({**case, **place}, font)
        found = document.metadata
        assert (found.secrecy, found.issuer, found.title, found.number) == (
            secrecy, case["expect"]["issuer"], case["expect"]["title"], case["expect"]["number"],
        )  # fmt: skip


def test_words_of_secrecy_in_a_text_are_no_stamp() -> None:
    document = from_text(
        "ĐẢNG CỘNG SẢN VIỆT NAM\n\nSố 12-CV/TU\n\nV/v bảo vệ bí mật nhà nước\n\n"
        "Kính gửi: Các huyện ủy\n\nĐề nghị các huyện ủy không để lộ tài liệu tối mật, tuyệt mật."
    )
    assert document.metadata.secrecy is None


def test_quality_tells_sound_text_from_broken() -> None:
    sound = from_text("\n\n".join(LINES[:40])).quality
    chance = random.Random(1)
    letters = "\n\n".join(
        "".join(chance.choice("bcdfghklmnpqrstvxaeiou ") for _ in range(80)) for _ in range(40)
    )
    broken = from_text(letters).quality
    half = from_text("\n\n".join([*LINES[:20], letters])).quality
    assert sound > 0.95 and broken < 0.5 and broken < half < sound
