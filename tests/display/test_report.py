"""The report as a file: what is in it, and what must never be."""

from __future__ import annotations

import base64
import gzip
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import vankien
from tests.display.conftest import HOSTILE_TITLE
from vankien.cli import app
from vankien.display.places import named_province, province_of, tiles
from vankien.display.report import report
from vankien.display.report_data import collect
from vankien.display.wording import words
from vankien.errors import OutputError, UsageError
from vankien.results.provinces import system_codes

ASSETS = Path(vankien.__file__).parent / "display" / "assets"


def unpacked(page: Path, name: str) -> list[Any]:
    """The data of a page, as the browser unpacks them."""
    blocks = re.findall(rf'<script type="text/plain" (?:id|class)="{name}"[^>]*>([^<]*)<',
                        page.read_text("utf-8"))  # fmt: skip
    data = [json.loads(gzip.decompress(base64.b64decode(block))) for block in blocks]
    for core in data if name == "core" else ():
        for table in ("docs", "sentences", "themes", "figures", "refs"):
            for column, values in core[table].items():
                if isinstance(values, dict):
                    core[table][column] = [
                        None if n < 0 else values["names"][n] for n in values["of"]
                    ]
    return data


@pytest.fixture(scope="module")
def page(out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("page") / "report.html"
    report(out, to=target)
    return target


def test_offsets_of_the_page_are_those_of_the_texts(out: Path, page: Path) -> None:
    (core,) = unpacked(page, "core")
    texts = [text for block in unpacked(page, "texts") for text, _ in block]
    docs, sentences = core["docs"], core["sentences"]
    assert texts == [
        row[0]
        for row in vankien.open(out)
        .sql("select text from documents order by published desc nulls last, source, doc_id")
        .fetchall()
    ]
    checked = 0
    for kind in ("themes", "figures", "refs"):
        table = core[kind]
        for s, start, length in zip(table["s"], table["start"], table["length"], strict=True):
            text, at = texts[sentences["doc"][s]], sentences["start"][s]
            assert text[at : at + len(sentences["text"][s])] == sentences["text"][s]
            if start is not None:
                assert length > 0 and start + length <= len(sentences["text"][s])
                checked += 1
    surfaces = dict(vankien.open(out).sql("select record_id, surface from indicators").fetchall())
    for s, start, length, record in zip(
        *(core["figures"][name] for name in ("s", "start", "length", "id")), strict=True
    ):
        assert sentences["text"][s][start : start + length] == surfaces[record]
    assert checked > 100 and len(docs["id"]) == 36


def test_counts_are_those_of_the_tables(out: Path, page: Path) -> None:
    (core,) = unpacked(page, "core")
    results = vankien.open(out)
    one = results.sql(
        "select (select count(*) from documents), (select count(*) from documents where "
        "duplicate_of is not null), (select count(*) from sentences), (select count(*) from "
        "indicators), (select count(*) from themes where sentence is not null), (select count(*) "
        "from indicators where indicator is not null), (select count(*) from refs)"
    ).fetchall()[0]
    run = core["run"]
    found = [len(core[table]["s"]) for table in ("themes", "figures", "refs")]
    assert list(one) == [
        *(run[name] for name in ("documents", "repeated", "sentences", "figures")),
        *found,
    ]
    assert run["repeated"] == 1 and sum(core["docs"]["repeated"]) == 1
    assert run["errors"][0][:2] == ["V101", 1]


def test_figures_of_tables_have_their_row_as_evidence(page: Path) -> None:
    (core,) = unpacked(page, "core")
    rows = [i for i, table in enumerate(core["figures"]["table"]) if table is not None]
    assert len(rows) > 20
    texts = {core["sentences"]["text"][core["figures"]["s"][i]] for i in rows}
    assert all("\n" not in text for text in texts)


def test_places_of_sentences(page: Path) -> None:
    (core,) = unpacked(page, "core")
    names = core["names"]["provinces"]
    seen = {
        (core["docs"]["date"][doc][:4], names[province]["name"], names[province]["63"])
        for doc, province in zip(
            core["sentences"]["doc"], core["sentences"]["province"], strict=True
        )
        if province >= 0 and core["docs"]["date"][doc]
    }
    assert ("2018", "Lạng Sơn", "20") in seen
    assert ("2024", "Bắc Ninh", "27") in seen, "before the merger Bắc Ninh is 27"


def test_no_names_of_persons_but_in_the_texts(page: Path) -> None:
    (core,) = unpacked(page, "core")
    assert "Người Viết Bài" not in json.dumps(core, ensure_ascii=False)


def test_a_document_is_never_markup(page: Path) -> None:
    html = page.read_text("utf-8")
    assert HOSTILE_TITLE not in html and "window.hacked" not in html
    assert html.count("<script>") == 1 and html.count("</script>") == html.count("<script")


def test_a_title_is_escaped(out: Path, tmp_path: Path) -> None:
    report(out, to=tmp_path / "r.html", title=HOSTILE_TITLE)
    assert "window.hacked=1</script>" not in (tmp_path / "r.html").read_text("utf-8")


def test_the_same_run_gives_the_same_page(out: Path, page: Path, tmp_path: Path) -> None:
    report(out, to=tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == page.read_bytes()


def test_the_page_reaches_for_nothing() -> None:
    for path in sorted(ASSETS.iterdir()):
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://\w|url\(|@import|<link[^>]+stylesheet|src=", text), path
    for path in ASSETS.glob("*.js"):
        found = re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function"
            r"|fetch\(|XMLHttpRequest|WebSocket|sendBeacon|localStorage|cookie",
            path.read_text("utf-8"),
        )
        assert found is None, f"{path.name}: {found}"


def test_words_have_two_languages_and_the_same_holes() -> None:
    for key, pair in words().items():
        assert len(pair) == 2 and all(isinstance(text, str) for text in pair), key
        first, second = (set(re.findall(r"\{\w+\}", text)) for text in pair)
        assert first == second, key


def test_words_that_the_scripts_say_exist() -> None:
    said = {
        key
        for path in ASSETS.glob("*.js")
        for key in re.findall(r'\bsay\("(\w+)"', path.read_text("utf-8"))
    }
    assert len(said) > 60 and said <= words().keys()


def test_without_texts(out: Path, page: Path, tmp_path: Path) -> None:
    report(out, to=tmp_path / "r.html", with_text=False)
    assert unpacked(tmp_path / "r.html", "texts") == []
    assert "chợ phiên" not in json.dumps(unpacked(tmp_path / "r.html", "core"), ensure_ascii=False)
    assert collect(vankien.open(out), with_text=False).texts == []


def test_a_filtered_run_has_its_report(out: Path, tmp_path: Path) -> None:
    results = vankien.open(out).filter(years=(2019, 2020))
    done = report(results, to=tmp_path / "r.html", title="2019 - 2020")
    (core,) = unpacked(tmp_path / "r.html", "core")
    assert {day[:4] for day in core["docs"]["date"]} == {"2019", "2020"}
    assert core["run"]["documents"] == done.documents == len(results.documents.fetchall())


def test_command_and_its_errors(out: Path, tmp_path: Path) -> None:
    target = tmp_path / "sub" / "r.html"
    done = CliRunner().invoke(app, ["report", str(out), "--to", str(target), "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert "36 documents" in done.output and target.read_text("utf-8").count('lang="en"') >= 1
    for code, call in (
        ("V213", lambda: report(out, to=target)),
        ("V205", lambda: report(tmp_path, to=tmp_path / "x.html")),
        ("V202", lambda: report(out, to=target / "x.html")),
    ):
        with pytest.raises(OutputError) as caught:
            call()
        assert caught.value.code == code
    with pytest.raises(UsageError) as wrong:
        report(out, to=tmp_path / "x.html", lang="fr")  # type: ignore[arg-type]
    assert "fr" in str(wrong.value)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["r.html", "sub"]


def test_every_province_has_one_square() -> None:
    for number in (63, 34):
        found = tiles(number)
        assert {t.code for t in found} == set(system_codes(number))
        assert len(found) == len({t.code for t in found}) == number
        assert len({(t.x, t.y) for t in found}) == number


@pytest.mark.parametrize(
    ("west", "east", "north", "south"),
    [
        ("Điện Biên", "Quảng Ninh", "Hà Giang", "Cà Mau"),
        ("Kon Tum", "Quảng Ngãi", "Thanh Hóa", "Nghệ An"),
        ("Tây Ninh", "Đồng Nai", "Quảng Trị", "Khánh Hòa"),
        ("An Giang", "Bến Tre", "Hà Nội", "Ninh Bình"),
    ],
)
def test_squares_lie_roughly_right(west: str, east: str, north: str, south: str) -> None:
    at = {tile.name: tile for tile in tiles(63)}
    assert at[west].x < at[east].x and at[north].y < at[south].y


def test_the_province_that_words_name() -> None:
    before = date(2020, 1, 1)
    one = named_province(["TỈNH ỦY LẠNG SƠN", None, "Lạng Sơn, ngày 3"], on=before)
    assert one is not None and (one.code, one.name) == ("20", "Lạng Sơn")
    assert named_province(["Hà Nội và Nghệ An"], on=before) is None
    merged = province_of("24.213", on=date(2026, 1, 1))
    assert merged is not None and merged.name == "Bắc Ninh"
    former = province_of("24.213", on=before)
    assert former is not None and former.name == "Bắc Giang"
    assert province_of("TW", on=before) is None and province_of(None, on=before) is None
