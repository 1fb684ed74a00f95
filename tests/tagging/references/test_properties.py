"""Properties that hold for any text: offsets, order, and the quick way equal to the plain one."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from vankien.language.cues import naive_scan
from vankien.normalise import clean
from vankien.tagging.references import find_references, guard_entries

PIECES = [
    "Nghị quyết", "nghị quyết", "NGHỊ QUYẾT", "các Nghị quyết", "Chỉ thị", "Quy định", "quyết định",
    "Kết luận", "Kế hoạch", "Luật Đất đai", "luật", "Bộ luật Hình sự", "Hiến pháp", "Điều lệ Đảng",
    "NQ", "CT", "QĐ", "NQTW", "số", "04-NQ/TW", "35/NQ-CP", "05", "18", "19", "4", "2016", "35a",
    "Trung ương", "T.Ư", "Hội nghị lần thứ tư", "Ban Chấp hành Trung ương", "khóa XII", "(khóa XI,",
    "XII)", "Đại hội", "lần thứ XIII", "Đảng bộ tỉnh", "của Đảng", "nhiệm kỳ 2020 - 2025",
    "ngày 30/10/2016", "ngày 3 tháng 2 năm 2030", "năm 1951", "của Bộ Chính trị", "của Chính phủ",
    "này", "nêu trên", "trên", ",", ".", ";", "và", "về", "(", ")", "-", "–", "\n", "đảng viên",
    "12 đảng viên", "tham nhũng", "“", "”", "  ",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map(" ".join) | st.text(
    alphabet=st.sampled_from("NQCTĐKLuậtố 0123456789-/.,()XIVkhóaTWƯ\n"), max_size=60
)
QUICK = settings(max_examples=150, deadline=None, derandomize=True)


@QUICK
@given(TEXTS, st.sampled_from([None, date(2017, 1, 1), date(2024, 1, 1)]))
def test_offsets_and_order(text: str, published: date | None) -> None:
    text = clean(text)
    end = 0
    for reference in find_references(text, published=published):
        assert text[reference.start : reference.end] == reference.surface
        assert reference.surface == reference.surface.strip() != ""
        assert reference.start >= end, "none overlaps"
        end = reference.end
        assert bool(reference.canonical) != bool(reference.note)
        if reference.canonical and published:
            day = reference.canonical.split("@")[1]
            assert day <= published.isoformat() or reference.date == date.fromisoformat(day)


@QUICK
@given(TEXTS)
def test_the_shared_scan_equals_the_plain_one(text: str) -> None:
    text = clean(text)
    hits = naive_scan(guard_entries(), text).of("reference")
    assert find_references(text, hits=hits) == find_references(text)


@QUICK
@given(TEXTS)
def test_surroundings_of_another_paragraph_change_no_span(text: str) -> None:
    text = clean(text)
    alone = [(r.start, r.end, r.type) for r in find_references(text) if r.surface]
    moved = find_references("Trời hôm nay đẹp.\n\n" + text)
    shift = len("Trời hôm nay đẹp.\n\n")
    assert [(r.start - shift, r.end - shift, r.type) for r in moved] == alone


def test_long_hostile_texts_end() -> None:
    for piece in ("Nghị quyết ", "18-", "NQ/", "khóa XII, ", "Đại hội Đảng bộ ", "05, ", "(", "I"):
        text = "Nghị quyết Đại hội " + piece * 4000
        assert all(text[r.start : r.end] == r.surface for r in find_references(text))
