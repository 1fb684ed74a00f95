"""The replication package: what it holds, and that another can open and check it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import vankien
from tests.batch.conftest import article, write_rows
from vankien.batch.run import extract
from vankien.cli import app
from vankien.errors import OutputError, ReadError, UsageError
from vankien.records import TABLES
from vankien.results.package import check_texts, package, verify
from vankien.results.readme import HEADINGS

SECRET = "Câu này chỉ có trong văn bản gốc, không nơi nào khác."


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("run")
    rows: list[dict[str, Any]] = [
        {"id": f"t{n}", "title": f"Tin {n}", "published": f"2020-01-{n + 1:02d}",
         "publisher": "Báo | A", "text": article(n) + f"\n\n{SECRET}"}
        for n in range(4)
    ]  # fmt: skip
    extract([write_rows(place / "tin.jsonl", rows)], out=place / "out", workers=0)
    return place / "out"


def test_another_opens_it(out: Path, tmp_path: Path) -> None:
    made = package(out, to=tmp_path / "package", panels=["members.admitted"])
    place = tmp_path / "package"
    assert made.files == sum(path.is_file() for path in place.rglob("*"))
    results, before = vankien.open(place / "results"), vankien.open(out)
    for table in TABLES:
        relation, whole = getattr(results, table), getattr(before, table)
        assert relation.columns == whole.columns
        assert len(relation.fetchall()) == before.run["counts"][table]
    key = 'select record_id, value, indicator, start, "end" from indicators order by all'
    assert results.sql(key).fetchall() == before.sql(key).fetchall()
    panel = before.panel("members.admitted", by="scope").rows()
    assert results.panel("members.admitted", by="scope").rows() == panel
    assert results.theme_trend().rows() == before.theme_trend().rows()
    headings = (place / "README.md").read_text("utf-8")
    for heading in HEADINGS:
        assert f"\n## {heading}\n" in headings
    assert "Báo \\| A" in headings and "4 documents" in headings
    run = json.loads((place / "results" / "run.json").read_text("utf-8"))
    assert run["package"] == {"with_text": False}
    with (place / "codebook" / "codes.csv").open(encoding="utf-8-sig") as stream:
        codes = {row["code"]: row["kind"] for row in csv.DictReader(stream)}
    assert codes["SUYTHOAI-TT.5"] == "theme" and codes["members.admitted"] == "indicator"
    assert (place / "panels" / "members.admitted.csv").is_file()
    needed = (place / "environment" / "requirements.txt").read_text("utf-8")
    assert "duckdb==" in needed and "spacy==" in needed


def test_texts_stay_out(out: Path, tmp_path: Path) -> None:
    package(out, to=tmp_path / "without")
    package(out, to=tmp_path / "with", with_text=True)

    def held(place: Path) -> bool:
        texts = vankien.open(place / "results")
        found = [str(row) for table in TABLES for row in getattr(texts, table).fetchall()]
        plain = [path.read_bytes() for path in place.rglob("*.csv")]
        return SECRET in "".join(found) or any(SECRET.encode() in content for content in plain)

    assert held(tmp_path / "with") and not held(tmp_path / "without")
    closed = vankien.open(tmp_path / "without" / "results")
    for ask in (lambda: closed.kwic("chi bộ"), lambda: closed.collocations("chi bộ"),
                lambda: closed.keyness(closed)):  # fmt: skip
        with pytest.raises(UsageError, match="holds no texts"):
            ask()
    assert len(vankien.open(tmp_path / "with" / "results").kwic("gốc")) == 4
    # Whoever has the documents sees that the offsets hold.
    again = check_texts(tmp_path / "without", vankien.open(out))
    assert again == {"same": 4, "different": 0, "absent": 0}
    with pytest.raises(UsageError):
        check_texts(tmp_path / "with", closed)


def test_damage_is_found(out: Path, tmp_path: Path) -> None:
    place = tmp_path / "package"
    package(out, to=place)
    assert verify(place).whole and verify(place).same > 20
    script = [sys.executable, str(place / "code" / "verify.py")]
    assert subprocess.run(script, capture_output=True, check=False).returncode == 0
    (place / "csv" / "themes.csv").write_text("x")
    (place / "texts.csv").unlink()
    (place / "mine.txt").write_text("x")
    found = verify(place)
    assert found.changed == ("csv/themes.csv",) and found.missing == ("texts.csv",)
    assert found.added == ("mine.txt",) and not found.whole
    run = subprocess.run(script, capture_output=True, text=True, check=False)
    assert run.returncode == 1 and "changed: csv/themes.csv" in run.stdout
    for nothing in (tmp_path / "absent.zip", tmp_path):
        with pytest.raises(ReadError):
            verify(nothing / "deeper")


def test_an_archive_is_the_same_twice(out: Path, tmp_path: Path) -> None:
    package(out, to=tmp_path / "one.zip")
    package(out, to=tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert verify(tmp_path / "one.zip").whole
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        archive.extractall(tmp_path / "opened")
    assert verify(tmp_path / "opened").whole
    assert vankien.open(tmp_path / "opened" / "results").counts["documents"] == 4
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.zip", "opened", "two.zip"]
    with pytest.raises(OutputError) as caught:
        package(out, to=tmp_path / "one.zip")
    assert caught.value.code == "V213"
    with pytest.raises(OutputError):
        package(tmp_path, to=tmp_path / "x")
    with pytest.raises(UsageError):
        package(out, to=tmp_path / "x", panels=["no.such"])
    assert not list(tmp_path.glob("*x*"))


def test_the_command(out: Path, tmp_path: Path) -> None:
    runner, place = CliRunner(), tmp_path / "p"
    done = runner.invoke(app, ["package", str(out), "--to", str(place)])
    assert done.exit_code == 0 and "hashes and offsets" in done.output
    done = runner.invoke(app, ["package", str(place), "--check", "--against", str(out)])
    assert done.exit_code == 0 and "4 same" in done.output
    (place / "README.md").write_text("x")
    done = runner.invoke(app, ["package", str(place), "--check"])
    assert done.exit_code == 1 and "changed: README.md" in done.output
    assert isinstance(runner.invoke(app, ["package", str(out)]).exception, UsageError)
