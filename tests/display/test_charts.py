"""Pictures: what they draw is what the tables say, and each says its n."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import vankien
from vankien.display.charts import (
    _place_labels,
    _point,
    indicator_panel,
    manifestations,
    province_map,
    reference_network,
    theme_trend,
)
from vankien.display.pictures import COLOURS, Picture, altair, picture
from vankien.errors import OutputError, UsageError

PICTURES = {
    "trend": lambda results, **o: theme_trend(results, "SUYTHOAI-TT", **o),
    "heat": lambda results, **o: manifestations(results, **o),
    "places": lambda results, **o: manifestations(results, by="province", **o),
    "panel": lambda results, **o: indicator_panel(results, "members.admitted", **o),
    "map": lambda results, **o: province_map(results, "members.admitted", period="2019", **o),
    "map of a theme": lambda results, **o: province_map(results, "SUYTHOAI-TT.5", units=34, **o),
    "network": lambda results, **o: reference_network(results, by="place", **o),
}


@pytest.fixture(scope="module")
def results(out: Path) -> Any:
    return vankien.open(out)


@pytest.mark.parametrize("name", PICTURES)
def test_one_call_and_a_caption_with_n(results: Any, name: str) -> None:
    for lang, word in (("en", "documents"), ("vi", "văn bản")):
        one = PICTURES[name](results, lang=lang)
        assert isinstance(one, Picture) and one.rows
        assert re.match(rf"n = [\d.,]+ .*\b{word}", one.caption), one.caption
        assert all(count > 0 for count in one.n.values())
    bundle = PICTURES[name](results)._repr_mimebundle_()
    svg = bundle["image/svg+xml"]
    assert svg.startswith("<svg") and "n = " in svg
    assert "reported" in svg or name == "network"
    assert "n = " in bundle["text/plain"]


@pytest.mark.parametrize("name", ["map", "panel"])
def test_forms_need_no_network(results: Any, tmp_path: Path, name: str) -> None:
    one = PICTURES[name](results)
    assert one.save(tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert one.save(tmp_path / "a.svg").read_text("utf-8").startswith("<svg")
    assert json.loads(one.save(tmp_path / "a.json").read_text("utf-8"))["config"]
    page = one.save(tmp_path / "a.html").read_text("utf-8")
    assert not re.search(r"<(script|link)[^>]+(src|href)=", page)
    with pytest.raises(UsageError, match=r"\.png, \.svg"):
        one.save(tmp_path / "a.gif")
    with pytest.raises(OutputError):
        one.save(tmp_path / "a.png" / "b.png")


def test_a_trend_draws_the_shares(results: Any) -> None:
    one = theme_trend(results, ["SUYTHOAI-TT.5", "DANGVIEN"])
    table = {(r["theme"], r["period"]): r for r in
             results.theme_trend(["SUYTHOAI-TT.5", "DANGVIEN"]).rows()}  # fmt: skip
    assert len(one.rows) == len(table)
    for row in one.rows:
        assert row["share"] == table[row["code"], row["period"]]["share"]
    many = theme_trend(results)
    drawn = {row["code"] for row in many.rows}
    found = {row["theme"] for row in results.theme_trend().rows() if row["n"]}
    assert len(drawn) == min(8, len(found)) and drawn <= found
    assert ("most frequent" in many.caption) == (len(found) > 8)


def test_a_zero_is_no_absence(results: Any) -> None:
    one = manifestations(results)
    cells = {(row["code"], row["column"]): row["n"] for row in one.rows}
    years = {year for _, year in cells}
    assert len({code for code, _ in cells}) == 30 and years == {str(y) for y in range(2018, 2026)}
    assert cells["SUYTHOAI-TT.5", "2020"] > 0 and cells["TUDIENBIEN.7", "2020"] == 0
    marked = results.sql(
        "select count(distinct (t.doc_id, sentence)) from themes t join documents using (doc_id) "
        "where theme = 'SUYTHOAI-TT.5' and sentence is not null and not negated and "
        "duplicate_of is null and year(published) = 2020"
    ).fetchall()[0][0]
    assert cells["SUYTHOAI-TT.5", "2020"] == marked
    places = {row["column"] for row in manifestations(results, by="province").rows}
    assert places == {"Lạng Sơn", "Nghệ An", "Bắc Ninh", "Hà Nam"}
    assert "Ninh Bình" in {r["column"] for r in
                           manifestations(results, by="province", units=34).rows}  # fmt: skip


def test_a_panel_draws_the_values_and_their_sources(results: Any) -> None:
    one = indicator_panel(results, "members.admitted")
    table = {
        (row["place_name"], row["period"]): row
        for row in results.panel("members.admitted").rows()
        if row["value_reported"] is not None
    }
    assert {(row["place"], row["period"]) for row in one.rows} == set(table)
    for row in one.rows:
        cell = table[row["place"], row["period"]]
        assert (row["value"], row["sources"]) == (cell["value_reported"], cell["n_sources"])
    only = indicator_panel(results, "members.admitted", places=["40"])
    assert {row["place"] for row in only.rows} == {"Nghệ An"}
    slip = {**results.panel("members.admitted").rows()[0], "max_reported": 9e9, "place": "x",
            "place_name": None}  # fmt: skip
    point = _point(slip, {("x", None): "x"}, [slip])
    assert point["beyond"] and point["high"] < 9e9 == point["highest"]
    assert _place_labels([("24", "Bắc Ninh"), ("27", "Bắc Ninh"), ("40", "Nghệ An")]) == {
        ("24", "Bắc Ninh"): "Bắc Ninh (24)", ("27", "Bắc Ninh"): "Bắc Ninh (27)",
        ("40", "Nghệ An"): "Nghệ An",
    }  # fmt: skip
    few = indicator_panel(results, "members.admitted", most=2)
    assert len({row["place"] for row in few.rows}) == 2 and "2 places" in few.caption


def test_a_map_puts_values_on_squares(results: Any) -> None:
    one = province_map(results, "members.admitted", period="2019")
    assert len(one.rows) == 63
    values = {row["province"]: row["value"] for row in one.rows if row["known"]}
    table = results.panel("members.admitted", units=63).rows()
    assert values == {
        row["place_name"]: row["value_reported"]
        for row in table
        if row["period"] == "2019" and row["value_reported"] is not None
    }
    assert len(province_map(results, "SUYTHOAI-TT.5", units=34).rows) == 34


def test_a_network_keeps_the_mentions(results: Any) -> None:
    one = reference_network(results, by="kind")
    lines = [row for row in one.rows if "mentions" in row]
    asked = results.sql(
        "select count(*) from refs where canonical is not null "
        "and doc_id in (select doc_id from stories where first)"
    ).fetchall()[0][0]
    assert sum(row["mentions"] for row in lines) == asked == one.n["references"]
    assert any(row["to"].startswith("04-NQ/TW") for row in lines)


def test_what_cannot_be_drawn(results: Any) -> None:
    for words, call in (
        ("nothing of it", lambda: theme_trend(results, "TUDIENBIEN.7")),
        ("no indicator and no theme", lambda: province_map(results, "nonsense")),
        ("63 or 34", lambda: province_map(results, "members.admitted", units=60)),
        ("63 or 34", lambda: manifestations(results, by="province", units=60)),
        ("no axis", lambda: manifestations(results, by="week")),
        ("nothing of it", lambda: indicator_panel(results, "corruption.damage")),
        ("vi, en", lambda: theme_trend(results, lang="fr")),  # type: ignore[arg-type]
    ):
        with pytest.raises(UsageError, match=words):
            call()


def test_words_of_documents_are_no_markup(tmp_path: Path) -> None:
    alt = altair()
    label = "</script><script>window.hacked=1</script>"
    rows = [{"x": 1, "label": label}]
    chart = alt.Chart(alt.Data(values=rows)).mark_text().encode(x="x:Q", text="label:N")
    one = picture(chart, title=label, caption=label, n={"documents": 1}, rows=rows)
    assert "<script" not in one.svg() and "hacked" in one.svg()
    page = one.save(tmp_path / "a.html").read_text("utf-8")
    assert "<script>window.hacked" not in page


def test_without_altair_the_error_names_the_extra() -> None:
    code = (
        "import sys; sys.modules['altair'] = None\n"
        "from vankien.display.pictures import altair\n"
        "from vankien.errors import UsageError\n"
        "try: altair()\n"
        "except UsageError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "vankien[notebook]" in done.stdout and "altair" in done.stdout


def _seen(colour: str) -> tuple[float, ...]:
    """A colour as a deuteranope sees it (Machado, Oliveira and Fernandes 2009, severity 1)."""
    r, g, b = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (r, g, b)]
    matrix = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
              (-0.011820, 0.042940, 0.968881))  # fmt: skip
    return tuple(sum(m * c for m, c in zip(row, linear, strict=True)) for row in matrix)


def test_lines_are_told_apart_by_the_colour_blind() -> None:
    seen = [_seen(colour) for colour in COLOURS[:6]]
    for i, one in enumerate(seen):
        for other in seen[:i]:
            apart = sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5
            assert apart > 0.05
