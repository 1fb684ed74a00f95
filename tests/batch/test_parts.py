"""How rows lie in the finished tables: a query by document, theme or indicator reads little."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import vankien
from tests.batch.conftest import article, contents, rows_of, write_rows
from vankien.batch import parts
from vankien.batch.parts import BY_CODE
from vankien.batch.run import extract
from vankien.records import SCHEMA_VERSION, TABLES, schema


@pytest.fixture
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row groups and parts of a few rows, cut in the midst of documents."""
    sizes = {"documents": 7, "themes": 11, "indicators": 13}
    monkeypatch.setattr(parts, "GROUP_ROWS", sizes)
    monkeypatch.setattr(parts, "OTHER_GROUP_ROWS", 17)
    monkeypatch.setattr(parts, "GROUPS", 3)
    monkeypatch.setattr(parts, "CODE_GROUPS", 8)


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """Eighty documents whose ids are in no order."""
    found = [{"id": f"{n * 37 % 80:02d}x", "text": article(n)} for n in range(80)]
    return write_rows(tmp_path / "tin.jsonl", found)


def files(out: Path, table: str) -> list[pq.ParquetFile]:
    return [pq.ParquetFile(path) for path in sorted((out / table).glob("*.parquet"))]


@pytest.mark.usefixtures("small_groups")
@pytest.mark.parametrize("table", list(BY_CODE))
def test_a_query_by_code_reads_few_row_groups(rows: Path, tmp_path: Path, table: str) -> None:
    out = tmp_path / "out"
    extract(rows, out=out, workers=0)
    column = schema(table).get_field_index(BY_CODE[table])
    found = files(out, table)
    assert len(found) > 2 and sum(file.num_row_groups for file in found) > 20
    everything = [row[BY_CODE[table]] for row in rows_of(out, table)]
    for code, number in Counter(c for c in everything if c is not None).most_common():
        read = hits = 0
        for file in found:
            chosen = []
            for group in range(file.num_row_groups):
                statistics = file.metadata.row_group(group).column(column).statistics
                if statistics.has_min_max and statistics.min <= code <= statistics.max:
                    chosen.append(group)
            if chosen:
                part = file.read_row_groups(chosen, columns=[BY_CODE[table]])
                hits += pc.sum(pc.equal(part.column(0), code)).as_py() or 0
                read += len(chosen)
        assert hits == number, "row groups without the code in their statistics have none"
        # The rows of a code fill some groups of a part, and share one at either end.
        assert read <= number // 11 + 2 * len(found)
        assert read < sum(file.num_row_groups for file in found) or number > len(everything) / 2


@pytest.mark.usefixtures("small_groups")
@pytest.mark.parametrize("table", ["documents", "sentences", "references"])
def test_a_query_by_document_reads_few_row_groups(rows: Path, tmp_path: Path, table: str) -> None:
    if not parts._has_filters():
        pytest.skip("this pyarrow writes no Bloom filters")
    out = tmp_path / "out"
    extract(rows, out=out, workers=0)
    for doc_id in ("00x", "41x"):
        kept = groups = 0
        for path in (out / table).glob("*.parquet"):
            probes = duckdb.sql(
                f"select bloom_filter_excludes from parquet_bloom_probe('{path}', 'doc_id', "
                f"'{doc_id}')"
            ).fetchall()
            kept += sum(not excludes for (excludes,) in probes)
            groups += len(probes)
        assert groups > 5 and 1 <= kept <= 3
        count = duckdb.sql(
            f"select count(*) from read_parquet('{out}/{table}/*.parquet') "
            f"where doc_id = '{doc_id}'"
        ).fetchall()
        assert count[0][0] == sum(row["doc_id"] == doc_id for row in rows_of(out, table)) > 0


@pytest.mark.usefixtures("small_groups")
def test_parts_are_the_same_in_how_many_runs_they_came(
    rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of a document that lie in several groups and parts stay in their order."""
    monkeypatch.setattr("vankien.batch.plan.CHUNK_BYTES", 9_000)
    more = [{"id": f"a{n}", "text": article(n)} for n in range(200, 220)]
    before = write_rows(tmp_path / "a.jsonl", more)
    after = write_rows(tmp_path / "u.jsonl", [{**row, "id": f"u{row['id']}"} for row in more])
    for given in (rows, [rows, after], [before], [before, rows, after]):
        extract(given, out=tmp_path / "out", workers=0)
    extract([before, rows, after], out=tmp_path / "fresh", workers=0)
    one, other = contents(tmp_path / "out"), contents(tmp_path / "fresh")
    one["run.json"].pop("chunks"), other["run.json"].pop("chunks")
    assert one == other


def test_parts_are_compact(rows: Path, tmp_path: Path) -> None:
    """One part a table here; zstd, dictionaries, statistics, a page index, the schema's version."""
    out = tmp_path / "out"
    done = extract(rows, out=out, workers=0)
    for table in TABLES:
        (file,) = files(out, table)
        assert file.metadata.num_rows == done.rows[table]
        assert file.schema_arrow == schema(table)
        assert file.schema_arrow.metadata[b"vankien.schema"] == SCHEMA_VERSION.encode()
        if not file.metadata.num_rows:
            continue
        group = file.metadata.row_group(0)
        for place in range(group.num_columns):
            column = group.column(place)
            assert column.compression == "ZSTD"
            assert column.is_stats_set or column.path_in_schema.endswith(".list.element")
        assert group.column(0).has_dictionary_page and group.column(0).has_offset_index
        sorted_by = [c.column_index for c in group.sorting_columns or ()]
        code = BY_CODE.get(table)
        assert sorted_by == ([] if code is None else [schema(table).get_field_index(code)])


def test_one_story_in_many_papers_counts_once_whenever_it_comes(tmp_path: Path) -> None:
    """Near duplicates are marked across chunks, files and runs; the first is the story."""
    story = article(5, 40)
    for number in range(4):
        text = story.replace("xã", "xã", 1) + f"\n\n(Theo báo số {number})"
        rows = [
            {"id": f"p{number}", "text": text},
            {"id": f"o{number}", "text": article(number + 50)},
        ]
        write_rows(tmp_path / f"bao-{number}.jsonl", rows)
        extract(tmp_path / f"bao-{number}.jsonl", out=tmp_path / "out", workers=0)
    results = vankien.open(tmp_path / "out")
    found = results.sql("select doc_id, duplicate_of from documents order by doc_id").fetchall()
    assert dict(found) == {
        "o0": None, "o1": None, "o2": None, "o3": None,
        "p0": None, "p1": "p0", "p2": "p0", "p3": "p0",
    }  # fmt: skip
    assert results.run["duplicates"] == 3
