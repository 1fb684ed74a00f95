"""Units: the 63, the 34, districts and former provinces, each valid on its days."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
import underthesea.address

from vankien.gazetteer.places import (
    MERGER,
    district_code,
    districts,
    province_code,
    provinces,
    units_named,
)

EVE = MERGER - timedelta(days=1)


def test_sixty_three_until_june_and_thirty_four_since() -> None:
    before = [u for u in provinces() if u.on(EVE)]
    since = [u for u in provinces() if u.on(MERGER)]
    assert len(before) == len({u.code for u in before}) == 63
    assert len(since) == len({u.code for u in since}) == 34
    assert {u.code for u in since} <= {u.code for u in before}
    assert not [u for u in districts() if u.on(MERGER)]


def test_provinces_are_those_of_the_official_mapping() -> None:
    """Names, codes and mergers equal the table of the merger that underthesea ships."""
    folder = Path(underthesea.address.__file__).parent / "data" / "mapping.json"
    table = json.loads(folder.read_text(encoding="utf-8"))
    old, new = table["old_province_names"], table["province_names"]
    for key, unit in old.items():
        assert province_code(unit["short"], on=EVE) == unit["code"]
        assert province_code(new[table["province_mapping"][key]]["short"], on=MERGER) is not None
    for unit in new.values():
        assert province_code(unit["short"], on=MERGER) == unit["code"]


def test_every_district_of_the_mapping_is_known() -> None:
    folder = Path(underthesea.address.__file__).parent / "data" / "mapping.json"
    table = json.loads(folder.read_text(encoding="utf-8"))
    pairs = {(r["old_province_key"], r["old_district"]) for r in table["ward_mapping"]}
    for key, full in sorted(pairs):
        code = table["old_province_names"][key]["code"]
        kind = next(k for k in ("Thành phố", "Thị xã", "Huyện", "Quận")
                    if full.lower().startswith(k.lower()))  # fmt: skip
        name = full[len(kind) :].strip()
        found = units_named(name, level="district", kind=kind.lower(), province=code, on=EVE)
        assert len(found) == 1, (full, code)


def test_codes_are_two_and_three_digits() -> None:
    for unit in provinces():
        assert unit.code.isdigit() or unit.code.startswith("H."), unit
        assert len(unit.code) == (5 if unit.code.startswith("H.") else 2)
    for unit in districts():
        province, _, number = unit.code.partition(".")
        assert len(province) == 2 and len(number) == 3 and unit.code.replace(".", "").isdigit()
        assert unit.province == province


@pytest.mark.parametrize(
    ("name", "on", "code"),
    [
        ("Lạng Sơn", None, "20"), ("lạng sơn", None, "20"), ("TPHCM", None, "79"),
        ("Đăk Lăk", None, "66"), ("Hoà Bình", None, "17"), ("Bà Rịa – Vũng Tàu", None, "77"),
        ("Bắc Ninh", EVE, "27"), ("Bắc Ninh", MERGER, "24"), ("Lào Cai", MERGER, "15"),
        ("Hà Giang", MERGER, "02"), ("Hà Tây", date(2005, 1, 1), "28"), ("Hà Tây", None, "28"),
        ("Lai Châu", date(2003, 12, 31), "H.LCH"), ("Lai Châu", date(2004, 1, 1), "12"),
        ("Hậu Giang", date(1990, 1, 1), "H.HGI"), ("Hậu Giang", date(2010, 1, 1), "93"),
        ("Huế", date(2024, 12, 31), None), ("Huế", date(2025, 1, 1), "46"),
        ("Thừa Thiên Huế", date(2024, 1, 1), "46"), ("Thừa Thiên Huế", MERGER, "46"),
        ("Hữu Lũng", None, None), ("Atlantis", None, None),
    ],
)  # fmt: skip
def test_province_codes(name: str, on: date | None, code: str | None) -> None:
    assert province_code(name, on=on) == code


@pytest.mark.parametrize(
    ("name", "kind", "province", "code"),
    [
        ("Hữu Lũng", None, None, "20.186"), ("Châu Thành", None, None, None),
        ("Châu Thành", None, "83", "83.831"), ("1", "quận", None, "79.760"),
        ("Kỳ Anh", "thị xã", None, "42.449"), ("Kỳ Anh", "huyện", None, "42.447"),
        ("Kỳ Anh", None, None, None), ("Thủ Đức", "thành phố", None, "79.769"),
        ("Thủ Đức", "quận", None, "79.762"), ("Mộc Châu", "huyện", None, "14.123"),
        ("Nam Đông", None, None, "46.483"), ("Qui Nhơn", None, None, "52.540"),
        ("Ea Hleo", None, None, "66.645"), ("Lạng Sơn", "thành phố", None, "20.178"),
    ],
)  # fmt: skip
def test_district_codes(
    name: str, kind: str | None, province: str | None, code: str | None
) -> None:
    assert district_code(name, kind=kind, province=province) == code
