"""Scopes: every form of organisation with its code, ambiguous names, what is no scope."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from vankien.gazetteer.organisations import find_scopes, organisation_data
from vankien.gazetteer.places import districts, provinces
from vankien.gazetteer.scope_codes import scope_code, slug

CASES: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "scopes.yaml").read_text(encoding="utf-8")
)
PROVINCES = [unit for unit in provinces() if unit.on(date(2025, 6, 30))]


@pytest.mark.parametrize(("text", "on", "wanted"), CASES["cases"])
def test_forms(text: str, on: str | None, wanted: list[list[str | None]]) -> None:
    day = date.fromisoformat(on) if on else None
    found = [[m.text, m.level, scope_code(m, on=day)] for m in find_scopes(text)]
    assert found == wanted


@pytest.mark.parametrize("text", CASES["none"])
def test_what_is_no_scope(text: str) -> None:
    assert [m.text for m in find_scopes(text)] == []


def test_every_province_by_every_committee() -> None:
    for unit in PROVINCES:
        committee = "Tỉnh ủy" if unit.kind == "tỉnh" else "Thành ủy"
        for name in unit.names:
            for form in (f"{committee} {name}", f"Đảng bộ {unit.kind} {name}",
                         f"Ban Thường vụ {committee} {name}"):  # fmt: skip
                (mention,) = find_scopes(f"{form} kết nạp 12 đảng viên")
                assert mention.text == form
                assert scope_code(mention) == unit.code, form


def test_every_district_within_its_province() -> None:
    for unit in districts():
        (mention,) = find_scopes(f"Đảng bộ {unit.kind} {unit.name} có 12 chi bộ")
        assert mention.place == unit.name
        assert scope_code(mention, on=unit.last, within=unit.province) == unit.code, unit


def test_every_form_of_the_centre() -> None:
    for entry in organisation_data()["central"]:
        for form in entry["forms"]:
            words = f"Đảng bộ {form}" if entry.get("party") else form
            (mention,) = find_scopes(f"Năm 2019, {words} có 12 người")
            assert mention.text == words
            assert scope_code(mention) == entry["code"]


def test_relative_forms_point_to_the_place_before() -> None:
    def code(text: str, within: str | None) -> str | None:
        (mention,) = find_scopes(text)
        assert mention.relative
        return scope_code(mention, within=within)

    assert code("Toàn tỉnh kết nạp 12", "20.186") == "20"
    assert code("toàn huyện kết nạp 12", "20.186") == "20.186"
    assert code("toàn huyện kết nạp 12", "20") is None
    assert code("Toàn Đảng bộ có 12 chi bộ", "17.KCQ") == "17.KCQ"
    assert code("Đảng bộ Công an tỉnh có 9 chi bộ", "20.186") == "20.CA"
    assert code("Toàn tỉnh kết nạp 12", None) is None
    assert code("Toàn tỉnh kết nạp 12", "TW.UBKT") is None
    assert code("toàn tỉnh kết nạp 12", "H.MHI") == "H.MHI"


def test_slug_is_plain_letters() -> None:
    assert slug("Đảng bộ xã Tân Thanh") == "dang-bo-xa-tan-thanh"
    assert slug("Ea H'leo") == "ea-h-leo"


@settings(deadline=None, derandomize=True, max_examples=80)
@given(
    st.lists(
        st.sampled_from(
            ["Đảng bộ", "tỉnh", "Lạng Sơn", "huyện", "Châu Thành", "toàn", "Khối", "Công an", ",",
             "Tỉnh ủy", "kết nạp", "12", "đảng viên", "(Bến Tre)", "cả nước", ":", "thành phố",
             "Hồ Chí Minh", "Chi bộ", "thôn", "Ban Thường vụ", "-", "Nguyễn Văn A", ";"]
        ),
        max_size=12,
    )
)  # fmt: skip
def test_mentions_are_ordered_and_as_written(words: list[str]) -> None:
    text = " ".join(words)
    found = find_scopes(text)
    assert all(text[m.start : m.end] == m.text and m.text.strip() == m.text for m in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    for mention in found:
        code = scope_code(mention, on=date(2020, 1, 1), within="20")
        assert code is None or code.strip() == code != ""
