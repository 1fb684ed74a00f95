"""Concordance, trends, filters and tidy tables, on rows made by hand."""

from __future__ import annotations

import csv
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.results.made import document, results, row
from vankien.errors import OutputError, UsageError
from vankien.results.axes import AXES, intervals
from vankien.results.results import Results
from vankien.results.tidy import TidyTable, tidy
from vankien.tagging.references.knowledge import TERMS

SENTENCES = [
    ("a", "Một số chi bộ còn nể nang, né tránh, ngại va chạm.", "HANCHE", ["SUYTHOAI-TT.5"]),
    ("a", "Việc Nể  Nang trong phê bình chưa được khắc phục.", "HANCHE",
     ["SUYTHOAI-TT.5", "CHIBO"]),
    ("b", "Năm nay huyện kết nạp mới 12 đảng viên, hoá giải khó khăn.", "KETQUA", ["DANGVIEN"]),
    ("c", "Cán bộ cần học tập, đừng né nang.", "NHIEMVU", []),
    ("c", "Tình trạng nể nangs không phải từ này.", "KHAC", []),
    ("d", "Một số chi bộ còn nể nang, né tránh, ngại va chạm.", "HANCHE", ["SUYTHOAI-TT.5"]),
]  # fmt: skip


@pytest.fixture
def made(tmp_path: Path) -> Results:
    texts: dict[str, str] = {}
    sentences, themes = [], []
    for doc, text, role, codes in SENTENCES:
        start = len(texts.get(doc, ""))
        number = sum(s.doc_id == doc for s in sentences)
        sentences.append(row("sentences", doc_id=doc, sentence=number, start=start,
                             end=start + len(text), text=text, role=role))  # fmt: skip
        texts[doc] = texts.get(doc, "") + text + " "
        for code in codes:
            # two cues of one theme in a sentence count once
            themes += [row("themes", doc_id=doc, sentence=number, theme=code, score=0.9,
                           start=start, end=start + 5)] * 2  # fmt: skip
    themes.append(row("themes", doc_id="c", sentence=0, theme="CANBO", score=0.9, negated=True))
    themes.append(row("themes", doc_id="a", sentence=None, theme="SUYTHOAI-TT.5", score=0.9))
    return results(
        tmp_path / "out",
        documents=[
            document("a", "2016-10-20", text=texts["a"], issuer="TỈNH ỦY LẠNG SƠN",
                     kind="party_document"),
            document("b", "2017-02-01", text=texts["b"], publisher="Báo B", title="Cao Bằng"),
            document("c", "2017-11-01", text=texts["c"], publisher="Báo C"),
            document("d", "2016-10-21", text=texts["d"], publisher="Báo D", duplicate_of="a"),
        ],
        sentences=sentences,
        themes=themes,
    )  # fmt: skip


def test_key_words_in_context(made: Results) -> None:
    found = made.kwic("nể nang", window=3)
    texts = {r[0]: r[1] for r in made.sql("select doc_id, text from documents").fetchall()}
    assert [(r["doc_id"], r["sentence"]) for r in found.rows()] == [("a", 0), ("a", 1), ("d", 0)]
    for line in found.rows():
        assert texts[line["doc_id"]][line["start"] : line["end"]] == line["keyword"]
    first, second, third = found.rows()
    assert (first["left"], first["keyword"], first["right"]) == (
        "chi bộ còn", "nể nang", ", né tránh, ngại")  # fmt: skip
    assert second["keyword"] == "Nể  Nang" and second["themes"] == ["CHIBO", "SUYTHOAI-TT.5"]
    assert third["duplicate_of"] == "a" and found.n == {"occurrences": 3, "documents": 2}


@pytest.mark.parametrize(
    ("query", "options", "places"),
    [
        ("hóa giải", {}, [("b", 0)]),
        ("kết nạp * 12", {}, [("b", 0)]),
        ("* nang", {"role": "NHIEMVU"}, [("c", 0)]),
        (["học tập", "va chạm"], {}, [("a", 0), ("d", 0), ("c", 0)]),
        ("nang", {"theme": "SUYTHOAI-TT", "years": 2017}, []),
        ("nang", {"theme": "SUYTHOAI-TT"}, [("a", 0), ("a", 1), ("d", 0)]),
        ("nang", {"theme": "CHIBO"}, [("a", 1)]),
        ("nang", {"years": (2017, 2018)}, [("c", 0)]),
        ("nang", {"part": "title"}, []),
        ("tập", {}, [("c", 0)]),
        ("tập", {"words": True}, []),
        ("học tập", {"words": True}, [("c", 0)]),
    ],
)
def test_what_a_query_finds(made: Results, query: Any, options: Any, places: Any) -> None:
    found = made.kwic(query, **options).rows()
    assert [(line["doc_id"], line["sentence"]) for line in found] == places


def test_orders_and_limits(made: Results) -> None:
    lefts = [r["left"] for r in made.kwic("nang", sort="left").rows()]
    assert [left.split()[-1].lower() for left in lefts] == ["né", "nể", "nể", "nể"]
    rights = [r["right"] for r in made.kwic("nể nang", sort="right").rows()]
    assert rights[0].startswith(", né") and rights[-1].startswith("trong")
    some = made.kwic("nang", limit=2)
    assert len(some) == 2 and some.n["occurrences"] == 4
    for wrong in ({"sort": "up"}, {"role": "X"}, {"theme": "X"}):
        with pytest.raises(UsageError):
            made.kwic("nang", **wrong)
    with pytest.raises(UsageError, match="no word"):
        made.kwic(" ")


def test_theme_trends(made: Results) -> None:
    rows = made.theme_trend("SUYTHOAI-TT.5").rows()
    counted = [(r["period"], r["n"], r["total"], r["share"]) for r in rows]
    assert counted == [("2016", 2, 2, 100.0), ("2017", 0, 3, 0.0)], "a story repeated counts once"
    group = made.theme_trend("SUYTHOAI-TT").df()
    assert set(group["theme"]) == {"SUYTHOAI-TT", *(f"SUYTHOAI-TT.{n}" for n in range(1, 10))}
    assert list(dict.fromkeys(group["theme"]))[-1] == "SUYTHOAI-TT.9"
    whole = made.theme_trend("SUYTHOAI-TT.5", unit="document").rows()
    assert [(r["n"], r["total"]) for r in whole] == [(1, 1), (0, 2)]
    places = {(r["group"], r["theme"]): r["n"] for r in made.theme_trend(by="place").rows()}
    assert places["20", "CHIBO"] == 1 and places["04", "DANGVIEN"] == 1
    assert "CANBO" not in {theme for _, theme in places}, "negated"
    terms = made.theme_trend("CHIBO", freq="plenum").rows()
    assert [(r["period"], r["n"]) for r in terms] == [("XII.4", 1), ("XII.6", 0)]


def test_other_trends(made: Results) -> None:
    rows = {(r["phrase"], r["period"]): r for r in made.ngram_trend(["nể nang", "kết nạp"]).rows()}
    assert rows["nể nang", "2016"]["n"] == 2 and rows["nể nang", "2017"]["n"] == 0
    hit = rows["kết nạp", "2017"]
    assert hit["per_million"] == pytest.approx(1e6 / hit["total"]) and hit["n_documents"] == 1
    (pair,) = made.theme_cooccurrence().rows()
    assert (pair["theme_1"], pair["theme_2"], pair["n"], pair["n_1"], pair["n_2"]) == (
        "CHIBO", "SUYTHOAI-TT.5", 1, 1, 2)  # fmt: skip
    assert pair["total"] == 5 and pair["jaccard"] == 0.5
    roles = {(r["theme"], r["role"]): (r["n"], r["share"]) for r in made.role_by_theme().rows()}
    assert roles["SUYTHOAI-TT.5", "HANCHE"] == (2, 100.0)


def test_filters(made: Results) -> None:
    def kept(**options: Any) -> set[str]:
        found = made.filter(**options)
        ids = {r[0] for r in found.sql("select doc_id from documents").fetchall()}
        for table in ("sentences", "themes"):
            inner = {r[0] for r in found.sql(f"select doc_id from {table}").fetchall()}
            assert inner <= ids
        return ids

    assert kept(years=2016) == {"a", "d"} and kept(years=(2017, 2020)) == {"b", "c"}
    assert kept(duplicates=False) == {"a", "b", "c"}
    assert kept(kind="party_document") == {"a"} and kept(source=["Báo B", "Báo C"]) == {"b", "c"}
    assert kept(province="Lạng Sơn") == {"a"} and kept(province="04") == {"b"}
    assert kept(theme="SUYTHOAI-TT", years=2016) == {"a", "d"}
    assert kept(where="title is not null") == {"b"} and kept(doc_ids=["a", "zz"]) == {"a"}
    inner = made.filter(years=2016).filter(duplicates=False, source="Báo D")
    assert inner.counts["documents"] == 1 and inner.counts["sentences"] == 1
    assert "years=2016" in repr(inner) and "filter" in inner._repr_html_()
    assert made.filter(years=1999).theme_trend("CHIBO").rows() == []
    assert made.filter(years=1999).kwic("nang").rows() == []
    for wrong in ({"province": "Atlantis"}, {"theme": "X"}, {"years": (2020, 2016)},
                  {"where": "no such"}):  # fmt: skip
        with pytest.raises(UsageError):
            made.filter(**wrong)


def test_tidy_tables(tmp_path: Path) -> None:
    rows = [{"name": "<b>", "n": 3, "codes": ["x", "y"], "day": date(2020, 1, 1)},
            {"name": None, "n": 1, "codes": [], "day": None}]  # fmt: skip
    columns: dict[str, Any] = {"name": str, "n": int, "codes": [str], "day": date}
    table = tidy(rows, columns, title="Things", rule="All of them.", n={"rows": 2})
    assert table.rows() == rows and len(table) == 2 and table.columns == list(columns)
    assert table.df()["n"].sum() == 4 and table.pl()["n"].to_list() == [3, 1]
    assert pl.DataFrame(table).height == 2, "the Arrow stream"
    assert duckdb.from_arrow(table.arrow()).fetchall()[0][1] == 3
    assert table.caption() == "Things. n = 2 rows. All of them."
    assert "&lt;b&gt;" in table._repr_html_() and "<b>&lt;" not in table._repr_html_()
    assert "All of them." in repr(table)
    with table.csv(tmp_path / "x.csv").open(encoding="utf-8-sig") as stream:
        assert next(iter(csv.DictReader(stream))) == {
            "name": "<b>", "n": "3", "codes": "x; y", "day": "2020-01-01"}  # fmt: skip
    with pytest.raises(OutputError):
        table.csv(tmp_path / "absent" / "x.csv")
    assert "(no rows)" in repr(tidy([], columns, title="None", rule=""))


def test_axes_cover_every_day_once() -> None:
    first, last = date(2011, 3, 1), date(2026, 1, 1)
    for axis in AXES:
        found = intervals(axis, first, last)
        assert found[0].start <= first and found[-1].end >= last
        for one, other in pairwise(found):
            assert one.end.toordinal() + 1 == other.start.toordinal(), (axis, one, other)
        assert len({i.label for i in found}) == len(found)
    terms = {i.label: i for i in intervals("term", date(1987, 1, 1), date(2026, 1, 1))}
    for label, (opened, closed) in TERMS.items():
        assert terms[label].start.toordinal() == opened.toordinal() + 1
        assert terms[label].end == closed
    assert [i.label for i in intervals("quarter", date(2020, 2, 1), date(2020, 7, 1))] == [
        "2020-Q1", "2020-Q2", "2020-Q3"]  # fmt: skip
    assert intervals("half", date(2020, 7, 1), date(2020, 7, 1))[0].label == "2020-H2"


def test_a_whole_table(made: Results) -> None:
    table = made.table("sentences")
    assert isinstance(table, TidyTable) and len(table) == len(SENTENCES)
    with pytest.raises(UsageError):
        made.table("nonsense")
    assert "documents" in made._repr_html_()
