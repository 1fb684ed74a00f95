"""The marks of sentences as written: the same as counted one by one, and what they show."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vankien.tagging import marks
from vankien.tagging.marks import N_MARKS, marks_of
from vankien.tagging.syllabary import Syllabary

WORDS = [
    "Đảng",
    "bộ",
    "UBND",
    "xã",
    "Ea",
    "năm",
    "2020",
    "?",
    "(",
    "…",
    ",",
    ";",
    ":",
    "“",
    "-",
    "5%",
]
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=60).map(" ".join) | st.text(
    st.sampled_from('AaĐđ 1.,;:?!…%-()"“”\u4e00'), min_size=1, max_size=40
)


def plainly(text: str) -> set[int]:
    """Return the columns that hold for a sentence, counted character by character."""
    first = marks._FIRST
    place = {c: n for n, group in enumerate(marks._CLASSES, start=1) for c in group}
    classes = [place.get(c, 0) for c in text]
    counts = [classes.count(n) for n in range(len(marks._CLASSES) + 1)]
    found = {n - 1 for n in range(1, 10) if counts[n]}
    found |= {9 + n - 1 for n in range(1, 10) if counts[n] > 2}
    if classes[0] in (3, 9):
        found.add(first[1])
    if counts[12]:
        found.add(first[2])
    if counts[12] > 4:
        found.add(first[2] + 1)
    small = [c.islower() and ord(c) < 0x30FF for c in text]
    capital = [c.isupper() and ord(c) < 0x30FF for c in text]
    pairs = range(len(text) - 1)
    names = sum(n > 0 and text[n - 1] == " " and capital[n] and small[n + 1] for n in pairs)
    found.add(first[3] + min(names, 8))
    if any(capital[n] and capital[n + 1] for n in pairs):
        found.add(first[4])
    found.add(first[5] + classes[-1])
    found.add(first[6] + min(counts[10], 5))
    found.add(first[7] + min(len(text) // 25, 10))
    found.add(first[8] + min((counts[11] + 1) // 6, 8))
    space = text.find(" ")
    if 0 <= space < len(text) - 1 and capital[space + 1]:
        found.add(first[9])
    return found


@given(st.lists(sentences, min_size=1, max_size=5))
@example(["A"])
@example(["1", "1"])
@example(["Ai ?", "“Tôi, Lê Thị B., UBND xã” - 2.053 lần…"])
def test_marks_are_those_counted_one_by_one(texts: list[str]) -> None:
    alone = marks_of([(text, 0, len(text)) for text in texts])
    assert alone.shape == (len(texts), N_MARKS)
    assert [set(row.indices.tolist()) for row in alone] == [plainly(text) for text in texts]
    # The sentences of one text, one after the other, have the marks that each has alone.
    ends = np.cumsum([len(text) + 1 for text in texts])
    spans = [(int(end) - len(t) - 1, int(end) - 1) for end, t in zip(ends, texts, strict=True)]
    together = marks_of([(whole, *span) for whole in [" ".join(texts)] for span in spans])
    assert (together != alone).nnz == 0


def test_no_sentence_has_no_marks() -> None:
    assert marks_of([]).shape == (0, N_MARKS)


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("Qua kiểm tra, chi bộ A có vi phạm", ["^", "qua", "kiểm", "tra"]),
        ("Chi bộ A có vi phạm", []),
        (", sau đó", ["^"]),
    ],
)
def test_the_first_clause_ends_at_the_first_mark(text: str, opening: list[str]) -> None:
    syllabary = Syllabary.of_texts([text])
    encoded = syllabary.encode([text])
    names = ["", *syllabary.syllables]
    assert [names[n] for n in encoded.ids[: encoded.openings[0]]] == opening
