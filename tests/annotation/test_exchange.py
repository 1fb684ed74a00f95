"""From a run to a tool and back: nothing is lost, and what cannot be trusted is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import vankien
from tests.annotation.conftest import accept
from vankien.annotation.formats import known_formats
from vankien.annotation.from_run import run_documents, run_items, run_project
from vankien.annotation.items import CodeEntry, Item, Mark, Returned
from vankien.annotation.labelled import by_one_coder, labelled_rows, spread_marks
from vankien.cli import app
from vankien.codebook import load_codebook
from vankien.errors import AnnotationError, VankienError
from vankien.evaluation.gold import ThemeSentence

BY_UNIT = [(n, u) for n in sorted(known_formats()) for u in known_formats()[n].units]


def vankien_(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def done(*arguments: object) -> str:
    result = vankien_(*arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def failed(*arguments: object) -> str:
    result = vankien_(*arguments)
    assert isinstance(result.exception, VankienError), (result.output, result.exception)
    return str(result.exception)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def expected(run_folder: Path) -> dict[str, set[str]]:
    """Sentence id -> codes, straight from the tables."""
    results = vankien.open(run_folder)
    found = results.sql(
        """select s.doc_id || '#' || s.sentence, list(t.theme) from sentences s
        join documents d using (doc_id)
        left join themes t on t.doc_id = s.doc_id and t.sentence = s.sentence
        where d.duplicate_of is null group by all"""
    ).fetchall()
    return {key: {code for code in codes if code} for key, codes in found}


@pytest.mark.parametrize(("form", "unit"), BY_UNIT)
def test_there_and_back(form: str, unit: str, run_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / f"out{known_formats()[form].suffix}"
    done("annotate", "export", run_folder, "--format", form, "--unit", unit, "--to", path)
    accept(form, path)
    labelled = tmp_path / "labelled.jsonl"
    done("annotate", "import", path, "--format", form, "--to", labelled, "--run", run_folder)
    rows = lines(labelled)
    wanted = expected(run_folder)
    assert {row["id"]: set(row["themes"]) for row in rows} == wanted
    assert any(wanted.values())
    for row in rows:
        entry = ThemeSentence.model_validate(row)
        assert entry.family == row["id"].rpartition("#")[0]


def test_sentences_need_no_run(run_folder: Path, tmp_path: Path) -> None:
    path, labelled = tmp_path / "x.csv", tmp_path / "y.jsonl"
    done("annotate", "export", run_folder, "--format", "csv", "--to", path)
    accept("csv", path)
    done("annotate", "import", path, "--format", "csv", "--to", labelled)
    assert {row["id"]: set(row["themes"]) for row in lines(labelled)} == expected(run_folder)


def test_documents_need_the_run(run_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.qdpx"
    done("annotate", "export", run_folder, "--format", "refi-qda", "--to", path)
    message = failed("annotate", "import", path, "--format", "refi-qda", "--to", tmp_path / "y")
    assert "[V303]" in message and "--run" in message


def test_marks_are_the_words(run_folder: Path) -> None:
    results = vankien.open(run_folder)
    project = run_project(results, unit="sentence", codebook=load_codebook())
    evidence = {
        (f"{d}#{s}", t, e)
        for d, s, t, e in results.sql(
            "select doc_id, sentence, theme, evidence from themes where sentence is not null"
        ).fetchall()
    }
    found = {
        (item.id, m.code, item.text[m.start : m.end]) for item in project.items for m in item.marks
    }
    assert found and found <= evidence
    ids = [item.id for item in project.items]
    assert run_items(results, "sentence", ids[:3]).keys() == set(ids[:3])
    assert all(not item.startswith("t0-again") for item in ids), "duplicates are left out"


def test_a_sample_depends_on_the_seed_alone(run_folder: Path) -> None:
    results = vankien.open(run_folder)
    book = load_codebook()

    def ids(seed: int, number: int = 10) -> list[str]:
        project = run_project(results, unit="sentence", codebook=book, number=number, seed=seed)
        return [item.id for item in project.items]

    assert len(ids(1)) == 10
    assert ids(1) == ids(1) != ids(2)
    assert set(ids(1, 5)) <= set(ids(1)), "a smaller sample is part of a larger one"


def test_only_what_has_a_code(run_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    wanted = {key for key, codes in expected(run_folder).items() if "DANGVIEN" in codes}
    done("annotate", "export", run_folder, "--format", "jsonl", "--theme", "DANGVIEN", "--to", path)
    assert wanted and {row["id"] for row in lines(path)} == wanted


def test_blind_export_proposes_nothing(run_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    done("annotate", "export", run_folder, "--format", "jsonl", "--blind", "--to", path)
    assert {tuple(row["predicted"]) for row in lines(path)} == {()}


def test_several_coders(tmp_path: Path) -> None:
    codes = (CodeEntry("A"), CodeEntry("B"))
    item = Item("d#0", "Câu này.", doc_id="d", sentence=0)
    two = [
        Returned(Item("d#0", item.text, ("A",), doc_id="d", sentence=0), "p", annotator="lan"),
        Returned(Item("d#0", item.text, ("B",), doc_id="d", sentence=0), "q", annotator="minh"),
    ]
    with pytest.raises(AnnotationError, match="--annotator"):
        by_one_coder(two, None)
    with pytest.raises(AnnotationError, match="'lan', 'minh'"):
        by_one_coder(two, "hoa")
    (row,) = labelled_rows(by_one_coder(two, "minh"), codes=codes)
    assert row == {"id": "d#0", "family": "d", "text": "Câu này.", "part": "body",
                   "themes": ["B"]}  # fmt: skip
    assert len(by_one_coder([two[0]], None)) == 1


SPANS = [(0, 10), (11, 21), (22, 60)]


@pytest.mark.parametrize(
    ("mark", "numbers"),
    [((2, 5), [0]), ((0, 10), [0]), ((0, 13), [0]), ((8, 21), [1]), ((0, 60), [0, 1, 2]),
     ((30, 33), [2]), ((9, 13), [1]), ((10, 11), [])],
)  # fmt: skip
def test_marks_are_dealt_to_sentences(mark: tuple[int, int], numbers: list[int]) -> None:
    dealt = spread_marks([Mark(*mark, "A")], SPANS)
    assert dealt == {number: {"A"} for number in numbers}


def test_a_document_coded_as_a_whole_is_refused(run_folder: Path) -> None:
    documents = run_documents(vankien.open(run_folder), ["t1"])
    item = Item("t1", documents["t1"][0].text, codes=("PCTN",))
    with pytest.raises(AnnotationError, match="code its sentences"):
        labelled_rows([Returned(item, "p")], codes=(CodeEntry("PCTN"),), documents=documents)


def test_wrong_calls(run_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    export = ("annotate", "export", run_folder, "--to", path, "--format")
    assert "they are csv, doccano, inception" in failed(*export, "excel")
    assert "not sentences" in failed(*export, "refi-qda", "--unit", "sentence")
    assert "is no unit" in failed(*export, "csv", "--unit", "word")
    assert "no code 'LA'" in failed(*export, "csv", "--theme", "LA")
    assert "[V205]" in failed("annotate", "export", tmp_path, "--to", path, "--format", "csv")
    done(*export, "csv")
    assert "[V213]" in failed(*export, "csv")
    done(*export, "csv", "--force")
    nothing = failed("annotate", "import", path, "--format", "csv", "--to", tmp_path / "y")
    assert "nothing that a coder has finished" in nothing
    accept("csv", path)
    text = path.read_text("utf-8")
    path.write_text(text.replace("xã", "huyện"), "utf-8")
    changed = ("annotate", "import", path, "--format", "csv", "--to", tmp_path / "y")
    assert "not the one that was exported" in failed(*changed)
    assert "not that of the run" in failed(*changed, "--run", run_folder)
    path.write_text(text.replace("DANGVIEN", "DANGVIENN"), "utf-8")
    assert "did you mean DANGVIEN?" in failed(*changed)
    assert not (tmp_path / "y").exists()
