"""Every list of context words: a sentence where a word of it counts, and one without it.

The two sentences hold figures that the word tells apart: their records differ.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from vankien.analysis import Analysis
from vankien.codebook import load_yaml
from vankien.normalise import fold_phrase
from vankien.reading import from_text
from vankien.resources import codebook_dir

CASES: dict[str, Any] = load_yaml(Path(__file__).parent / "cases" / "context.yaml")
LISTS: dict[str, Any] = load_yaml(codebook_dir() / "context.yaml")
FIELDS = ("surface", "indicator", "measure", "value", "status", "approx", "baseline", "part_of")


def _records(text: str) -> list[list[Any]]:
    rows = Analysis(from_text(text, doc_id="case")).indicators
    place = {row["record_id"]: number for number, row in enumerate(rows)}
    return [
        [
            row["surface"],
            row["indicator"],
            row["measure"],
            None if row["value"] is None else float(row["value"]),
            row["status"],
            row["approx"],
            row["baseline"],
            place.get(row["part_of"]),
        ]
        for row in rows
    ]


def test_every_list_has_a_case() -> None:
    assert set(CASES) == set(LISTS)


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_word_of_the_list_counts(name: str) -> None:
    case = CASES[name]
    word = fold_phrase(case["word"])
    assert word in {fold_phrase(phrase) for phrase in LISTS[name]}
    assert re.search(rf"(?<!\w){re.escape(word)}(?!\w)", fold_phrase(case["with"]["text"]))
    assert _records(case["with"]["text"]) == case["with"]["records"]
    assert _records(case["without"]["text"]) == case["without"]["records"]
    known = [dict(zip(FIELDS, r, strict=True)) for r in case["with"]["records"]]
    other = [dict(zip(FIELDS, r, strict=True)) for r in case["without"]["records"]]
    assert [{**r, "surface": ""} for r in known] != [{**r, "surface": ""} for r in other]
