"""A small finished run, and coders who accept what was proposed to them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

import vankien
from tests.batch.conftest import article, write_rows


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight articles, one of them twice."""
    folder = tmp_path_factory.mktemp("annotation")
    rows: list[dict[str, Any]] = [
        {"id": f"t{n}", "title": f"Tin số {n} 🌾", "text": article(n)} for n in range(8)
    ]
    rows.append({**rows[0], "id": "t0-again"})
    path = write_rows(folder / "tin.jsonl", rows)
    vankien.extract(path, out=folder / "out", workers=0)
    return folder / "out"


def accept(form: str, path: Path) -> None:
    """Do in a file what a coder does in the tool: take every proposal as right."""
    if form == "label-studio":
        tasks = json.loads(path.read_text("utf-8"))
        for task in tasks:
            (prediction,) = task.pop("predictions")
            task["annotations"] = [{"completed_by": 1, "result": prediction["result"]}]
        path.write_text(json.dumps(tasks), "utf-8")
    elif form == "csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows({**row, "codes": row["predicted"], "done": "x"} for row in rows)
    elif form == "jsonl":
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for line in lines:
            line["codes"], line["marks"] = line.pop("predicted"), line.pop("predicted_marks")
        write_rows(path, lines)
