"""Active learning picks what the model does not know, no copies, and always the same."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import vankien
from tests.batch.conftest import write_rows
from vankien.annotation.suggest import suggest, uncertainties
from vankien.cli import app
from vankien.errors import UsageError, VankienError
from vankien.evaluation.near_copies import near_copies
from vankien.results.results import Results
from vankien.tagging.schemes import own_scheme


@pytest.fixture(scope="module")
def results(run_folder: Path) -> Results:
    return vankien.open(run_folder)


def test_uncertainty() -> None:
    found = uncertainties(np.array([[0.0, 0.4, 0.7, 1.0]]), np.array([0.4, 0.4, 0.4, 0.4]))
    assert found.tolist() == [[pytest.approx(v) for v in (0.0, 1.0, 0.5, 0.0)]]


def test_suggestions_are_uncertain_and_unlike(results: Results) -> None:
    scheme = own_scheme()
    project = suggest(results, scheme, number=12)
    assert 2 <= len(project.items) <= 12
    texts = [item.text for item in project.items]
    assert near_copies(texts) == []
    ids = [item.id for item in project.items]
    assert len(set(ids)) == len(ids)
    assert not [one for one in ids if one.startswith("t0-again")], "never from duplicates"
    everything = suggest(results, scheme, number=10_000)
    assert len(everything.items) < 8 * 12, "near-copies were passed over"
    again = suggest(results, scheme, number=12)
    assert again == project


def test_the_least_sure_comes_first(results: Results) -> None:
    scheme = own_scheme()
    project = suggest(results, scheme, number=1)
    (best,) = project.items
    doubts: dict[str, float] = {}
    nlp = vankien.load()
    for doc_id, text in results.sql("select doc_id, text from documents").fetchall():
        if doc_id == "t0-again":
            continue
        from vankien.analysis import Analysis

        analysis = Analysis(nlp(text)._.document)
        rows = zip(analysis.content.sentences, analysis.scored[0].probabilities, strict=True)
        for sentence, row in rows:
            doubt = float(uncertainties(row[None, :], scheme.model.thresholds).max())
            words = text[sentence.start : sentence.end]
            doubts[words] = max(doubt, doubts.get(words, 0.0))
    assert doubts[best.text] == pytest.approx(max(doubts.values()), abs=0.02)


def test_labelled_sentences_are_passed_over(results: Results) -> None:
    scheme = own_scheme()
    first = suggest(results, scheme, number=3)
    known = [item.text for item in first.items]
    second = suggest(results, scheme, number=3, labelled=known)
    texts = known + [item.text for item in second.items]
    assert near_copies(texts) == []
    everything = [t for (t,) in results.sql("select text from sentences").fetchall()]
    with pytest.raises(UsageError, match="near-copy of a labelled one"):
        suggest(results, scheme, number=3, labelled=everything)


def test_one_code_alone(results: Results) -> None:
    scheme = own_scheme()
    column = scheme.model.place["DANGVIEN"]
    project = suggest(results, scheme, number=1, themes=["DANGVIEN"])
    analysis_text = project.items[0].text
    content = vankien.load()(analysis_text)
    assert content.text == analysis_text
    assert scheme.model.labels[column] == "DANGVIEN"
    assert project != suggest(results, scheme, number=1)


def test_the_command(run_folder: Path, tmp_path: Path) -> None:
    def run(*arguments: object) -> Any:
        return CliRunner().invoke(app, ["annotate", "suggest", str(run_folder),
                                        *map(str, arguments)])  # fmt: skip

    path = tmp_path / "todo.jsonl"
    result = run("--n", 5, "--to", path)
    assert result.exit_code == 0, result.exception
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len(lines) == 5 and all(line["codes"] is None for line in lines)
    assert {"id", "text", "predicted", "heading", "previous", "digest"} <= lines[0].keys()
    first = path.read_bytes()
    assert run("--n", 5, "--to", path, "--force").exit_code == 0
    assert path.read_bytes() == first, "reproducible"
    done = write_rows(tmp_path / "done.jsonl", [
        {"id": line["id"], "text": line["text"], "themes": []} for line in lines
    ])  # fmt: skip
    more = tmp_path / "more.csv"
    assert run("--n", 5, "--to", more, "--format", "csv", "--labelled", done).exit_code == 0
    rows = list(csv.DictReader(more.read_text("utf-8-sig").splitlines()))
    assert rows and not {line["text"] for line in lines} & {row["text"] for row in rows}
    for arguments, word in (
        (("--to", path), "V213"),
        (("--to", tmp_path / "x", "--format", "refi-qda"), "no single sentences"),
        (("--to", tmp_path / "x", "--theme", "LA"), "no code 'LA'"),
        (("--to", tmp_path / "x", "--model", tmp_path), "V501"),
    ):
        found = run(*arguments)
        assert isinstance(found.exception, VankienError) and word in str(found.exception)
