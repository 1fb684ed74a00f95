"""The automaton finds what the plain loop over all phrases finds, and nothing else."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vankien.codebook import load_codebook
from vankien.language.cues import Hit, PhraseIndex, codebook_entries, naive_scan
from vankien.normalise import fold, fold_phrase

Entry = tuple[str, str, Any]


@cache
def entries() -> tuple[Entry, ...]:
    """Every seventh phrase of the codebook: enough families, and the loop stays quick."""
    return tuple(codebook_entries(load_codebook())[::7])


@cache
def index() -> PhraseIndex:
    return PhraseIndex(entries())


PHRASES = sorted({phrase for _, phrase, _ in entries()})


def altered(phrase: str, how: int) -> str:
    """Return a spelling that folds to the same form, or a piece that must not be found."""
    return (
        phrase,
        phrase.upper(),
        phrase.replace(" ", "  "),
        f"“{phrase}”",
        f"x{phrase}",
        f"{phrase}a",
        phrase[1:],
        phrase.replace("y", "i"),
    )[how]


INSERTED = st.builds(altered, st.sampled_from(PHRASES), st.integers(0, 7))
NOISE = st.one_of(
    st.text(max_size=12),
    st.sampled_from([" ", " ", ", ", "; ", ".", "\n", "-", " – ", "không ", "Đảng "]),
)
TEXTS = st.lists(st.one_of(INSERTED, NOISE), max_size=9).map("".join)


def ordered(families: dict[str, list[Hit]]) -> dict[str, list[Hit]]:
    return {name: sorted(hits, key=repr) for name, hits in families.items()}


@settings(deadline=None, derandomize=True, max_examples=250)
@given(TEXTS)
def test_scan_equals_the_plain_loop(text: str) -> None:
    fast, slow = index().scan(text), naive_scan(entries(), text)
    assert ordered(fast.families) == ordered(slow.families)
    assert index().scan(text, fold(text)) == fast


@settings(deadline=None, derandomize=True, max_examples=250)
@given(TEXTS)
def test_hits_stand_at_syllable_boundaries(text: str) -> None:
    for hits in index().scan(text).families.values():
        assert [(h.start, h.end) for h in hits] == sorted((h.start, h.end) for h in hits)
        for start, end, _ in hits:
            assert fold_phrase(text[start:end]) in index().phrases
            assert not (start and text[start - 1].isalnum() and text[start].isalnum())
            assert not (end < len(text) and text[end].isalnum() and text[end - 1].isalnum())


@settings(deadline=None, derandomize=True, max_examples=150)
@given(st.sampled_from(PHRASES), st.integers(0, 3), st.sampled_from(["", "a ", "(", "\n"]))
def test_an_inserted_phrase_is_found(phrase: str, how: int, before: str) -> None:
    text = f"{before}{altered(phrase, how)} b"
    found = {h[:2] for hits in index().scan(text).families.values() for h in hits}
    assert any(fold_phrase(text[a:b]) == fold_phrase(phrase) for a, b in found)


def test_overlaps_and_boundaries() -> None:
    small = PhraseIndex(
        [("f", "suy thoái", 1), ("f", "thoái hoá", 2), ("g", "hoá", 3), ("f", "; và", 4)]
    )
    hits = small.scan("Suy thoái hóa; và thoáihoá")
    assert [(h.start, h.end, h.value) for h in hits.of("f")] == [(0, 9, 1), (4, 13, 2), (13, 17, 4)]
    assert [h.value for h in hits.of("g")] == [3]
    assert hits.of("none") == []
    assert [h.value for h in hits.within("f", 4, 17)] == [2, 4]
    assert hits.within("f", 5, 13) == []
    assert hits.within("f", 30, 40) == []
    assert hits.within("none", 0, 9) == []


def test_an_empty_phrase_is_refused() -> None:
    with pytest.raises(ValueError, match="empty when folded"):
        PhraseIndex([("f", "“”", None)])


@pytest.mark.parametrize(
    "text",
    ["Chi bộ – nơi họp. Tự phê bình và phê bình chưa tốt. Kỷ luật nghiêm.",
     "“Nể nang”, né tránh.  Đảng bộ  - xã Mẫu Sơn\tkết nạp 5 đảng viên."],
)  # fmt: skip
def test_a_part_of_a_folded_text_is_scanned_as_a_text_of_its_own(text: str) -> None:
    phrases = ("chi bộ", "phê bình", "nể nang", "đảng bộ", "kết nạp", "kỷ luật", "né tránh", ".")
    index = PhraseIndex([("family", phrase, phrase) for phrase in phrases])
    folded = fold(text)
    words = [m.span() for m in re.finditer(r"\S+", text)]
    for first, (start, _) in enumerate(words):
        for _, end in words[first:]:
            part = index.scan_part(folded, *folded.map.from_source_span(start, end), shift=start)
            assert part.of("family") == index.scan(text[start:end]).of("family")
