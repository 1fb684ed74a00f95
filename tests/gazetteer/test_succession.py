"""Succession: every row has its act and known codes; chains lead to the units of today."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vankien.codebook import load_yaml
from vankien.gazetteer.organisations import organisation_data
from vankien.gazetteer.places import EVE, MERGER, districts, provinces
from vankien.gazetteer.succession import KINDS, code_on, code_today, events, valid_on
from vankien.resources import corpus_dir

CENTRE = {entry["code"] for entry in organisation_data()["central"]}
UNITS = {unit.code for unit in (*provinces(), *districts())}
TODAY = {unit.code for unit in provinces() if unit.on(MERGER)}


def test_rows_cite_acts_and_known_codes() -> None:
    data = load_yaml(corpus_dir() / "gazetteer" / "succession.yaml")
    assert {row["act"] for row in data["events"]} == set(data["acts"])
    assert all(act.strip() for act in data["acts"].values())
    for event in events():
        assert event.kind in KINDS
        assert event.source
        for code in (*event.before, *event.since):
            assert code.startswith("*") or code in UNITS or code in CENTRE, code


def test_units_begin_and_end_with_their_events() -> None:
    """A former province ends on the eve of an event that names it, its heirs begin then."""
    for unit in provinces():
        if unit.last is None or unit.last == EVE or not unit.code.startswith(("H.", "28")):
            continue
        (event,) = [e for e in events() if unit.code in e.before]
        assert (event.day - unit.last).days == 1, unit
        for heir in event.since:
            born = [u.first for u in provinces() if u.code == heir]
            assert event.day in born or heir == "01", (unit.code, heir)


def test_the_merger_is_that_of_the_gazetteer() -> None:
    data = load_yaml(corpus_dir() / "gazetteer" / "provinces.yaml")
    merged = {e.since[0]: set(e.before) for e in events() if e.act == "202/2025/QH15"}
    assert merged == {u["code"]: set(u["of"]) for u in data["since_2025_07_01"] if len(u["of"]) > 1}
    assert len(merged) == 23
    for row in data["until_2025_06_30"]:
        assert code_on(row["code"], MERGER, held=EVE) == (row["merged_into"],)


def test_every_unit_has_an_heir_among_the_thirty_four() -> None:
    for unit in (*provinces(), *districts()):
        held = unit.last or MERGER
        heirs = code_today(unit.code, held=held)
        assert heirs and set(heirs) <= TODAY, (unit, heirs)


@pytest.mark.parametrize(
    ("code", "held", "today"),
    [
        ("28", None, ("01",)), ("02", None, ("08",)), ("20", None, ("20",)),
        ("24", EVE, ("24",)), ("27", EVE, ("24",)), ("26", EVE, ("25",)),
        ("H.MHI", None, ("96",)), ("H.HSB", None, ("01", "25")), ("H.HNN", None, ("37",)),
        ("H.VPU", None, ("25",)), ("H.LCH", None, ("12", "11")), ("H.SBE", None, ("79", "75")),
        ("20.186", None, ("20",)), ("04.046", None, ("04",)), ("77.752", None, ("79",)),
        ("79.762", None, ("79",)), ("64.CA", None, ("52.CA",)),
        ("17.KCQ", None, ("25.CQD", "25.UBND")), ("75.KDN", None, ("75.UBND",)),
        ("20.182+xa-tan-thanh", None, ("20+xa-tan-thanh",)),
        ("TW.BDV", None, ("TW.BTGDV",)), ("TW.BKT", None, ("TW.BCSCL",)),
        ("TW.KCQ", None, ("TW.CQD", "TW.CP", "TW.QH", "TW.MT")), ("TW.KDN", None, ("TW.CP",)),
        ("TW.BDN", None, ()), ("TW.UBKT", None, ("TW.UBKT",)), ("VN", None, ("VN",)),
    ],
)  # fmt: skip
def test_code_today(code: str, held: date | None, today: tuple[str, ...]) -> None:
    assert code_today(code, held=held) == today


def test_code_on_a_day_between() -> None:
    assert code_on("H.HNN", date(1995, 1, 1), held=date(1990, 1, 1)) == ("H.NHA", "37")
    assert code_on("H.HNN", date(2000, 1, 1), held=date(1990, 1, 1)) == ("35", "36", "37")
    assert code_on("H.HSB", date(2000, 1, 1), held=date(1990, 1, 1)) == ("28", "17")
    assert code_on("79.763", date(2022, 1, 1), held=date(2020, 1, 1)) == ("79.769",)
    assert code_on("17.151", date(2021, 1, 1), held=date(2019, 1, 1)) == ("17.148",)


@pytest.mark.parametrize(
    ("code", "day", "valid"),
    [
        ("28", date(2008, 7, 31), True), ("28", date(2008, 8, 1), False),
        ("02", EVE, True), ("02", MERGER, False), ("08", MERGER, True),
        ("20.186", EVE, True), ("20.186", MERGER, False),
        ("92", date(2003, 12, 31), False), ("92", date(2004, 1, 1), True),
        ("H.MHI", date(1996, 12, 31), True), ("H.MHI", date(1997, 1, 1), False),
        ("TW.CP", date(2025, 1, 23), False), ("TW.CP", date(2025, 1, 24), True),
        ("TW.KDN", date(2025, 1, 23), True), ("TW.KDN", date(2025, 1, 24), False),
        ("TW.UBKT", date(1990, 1, 1), True), ("VN", date(1990, 1, 1), True),
    ],
)  # fmt: skip
def test_valid_on(code: str, day: date, valid: bool) -> None:
    assert valid_on(code, day) is valid


@settings(deadline=None, derandomize=True, max_examples=100)
@given(
    unit=st.sampled_from([*provinces(), *districts()]),
    days=st.lists(st.dates(date(1976, 1, 1), date(2030, 1, 1)), min_size=2, max_size=2).map(sorted),
)
def test_steps_compose(unit: object, days: list[date]) -> None:
    """Going to a day by way of an earlier one changes nothing."""
    code: str = unit.code  # type: ignore[attr-defined]
    start = date(1976, 1, 1)
    by_way = [
        new
        for middle in code_on(code, days[0], held=start)
        for new in code_on(middle, days[1], held=days[0])
    ]
    assert tuple(dict.fromkeys(by_way)) == code_on(code, days[1], held=start)
