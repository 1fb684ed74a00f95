"""The commands panel, conflicts, coverage and kwic."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.results.made import document, figure, folder, row
from vankien.cli import app
from vankien.errors import OutputError, UsageError

RUNNER = CliRunner()


@pytest.fixture
def out(tmp_path: Path) -> str:
    text = "Năm 2020, tỉnh Lạng Sơn kết nạp 2.053 đảng viên, có nơi còn nể nang."
    return str(folder(
        tmp_path / "out",
        documents=[document("a", "2021-01-10", publisher="Báo A", issuer="TỈNH ỦY LẠNG SƠN"),
                   document("b", "2021-01-12", publisher="Báo B")],
        sentences=[row("sentences", doc_id="a", text=text)],
        indicators=[figure("a", 2053, "20", "2020"), figure("b", 1711, "20", "2020")],
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["panel", "members.admitted"], ["Lạng Sơn", "1,711", "true conflict", "n = 1 cells"]),
        (["panel", "members.admitted", "--units", "34", "--freq", "year"], ["Lạng Sơn"]),
        (["conflicts"], ["true conflict", "2,053", "1,711"]),
        (["conflicts", "members.admitted", "--class", "rounding"], ["n = 0 pairs"]),
        (["coverage", "members.admitted", "--by", "source"], ["Báo A"]),
        (["kwic", "nể nang", "--since", "2021", "--sort", "left"], ["nể nang", "có nơi còn"]),
        (["kwic", "nể nang", "--until", "2020"], ["n = 0 occurrences"]),
    ],
)
def test_commands_show(
    out: str, arguments: list[str], shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    command, *rest = arguments
    result = RUNNER.invoke(app, [command, out, *rest])
    assert result.exit_code == 0, result.output
    for text in shown:
        assert text in result.output


def test_commands_write(out: str, tmp_path: Path) -> None:
    target = tmp_path / "panel.csv"
    arguments = ["panel", out, "members.admitted", "--to", str(target)]
    assert RUNNER.invoke(app, arguments).exit_code == 0
    with target.open(encoding="utf-8-sig") as stream:
        (line,) = csv.DictReader(stream)
    assert line["place_name"] == "Lạng Sơn" and line["value_reported"] == "1711"
    assert isinstance(RUNNER.invoke(app, arguments).exception, OutputError)
    assert RUNNER.invoke(app, [*arguments, "--force"]).exit_code == 0


def test_commands_that_are_wrong(out: str) -> None:
    for arguments in (["panel", out, "no.such"], ["kwic", out, "x", "--sort", "up"],
                      ["coverage", out, "--by", "moon"]):  # fmt: skip
        assert isinstance(RUNNER.invoke(app, arguments).exception, UsageError)
