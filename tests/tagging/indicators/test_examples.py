"""Every example and counterexample of the indicator codebook, and that no frame is dead."""

from __future__ import annotations

from typing import Any

import pytest

from vankien.analysis import Analysis
from vankien.annotation.marked import parse_marked
from vankien.codebook import load_codebook, load_examples
from vankien.reading import from_text
from vankien.resources import codebook_dir
from vankien.tagging.indicators import frames as frame_module
from vankien.tagging.indicators.phrases import frames

FILES = sorted((codebook_dir() / "indicators").glob("*.yaml"))
EXAMPLES = {code: entry for path in FILES for code, entry in load_examples(path).items()}


def _coded(text: str) -> dict[int, tuple[Any, ...]]:
    document = from_text(text, doc_id="example")
    shift = document.text.index(text[:20])
    return {
        row["start"] - shift + row["surface"].index(row["number"]): (
            row["indicator"], float(row["value"]), row["measure"], row["status"], row["approx"],
        )
        for row in Analysis(document).indicators
        if row["indicator"] is not None and row["value"] is not None
    }  # fmt: skip


@pytest.mark.parametrize("code", sorted(load_codebook().indicators))
def test_examples_of_a_code(code: str) -> None:
    entry = EXAMPLES[code]
    assert len(entry["examples"]) >= 5
    assert len(entry["counterexamples"]) >= 3
    for marked in [*entry["examples"], *entry["counterexamples"]]:
        text, marks = parse_marked(marked)
        wanted = {
            mark.start + mark.surface.index(mark.number): (
                mark.indicator, pytest.approx(mark.value, rel=1e-6), mark.measure,
                mark.extra.get("status", "actual"), mark.extra.get("approx", "exact"),
            )
            for mark in marks
            if mark.indicator is not None
        }  # fmt: skip
        assert _coded(text) == wanted, text
    for marked in entry["examples"]:
        assert code in {mark.indicator for mark in parse_marked(marked)[1]}, marked
    for marked in entry["counterexamples"]:
        assert code not in {mark.indicator for mark in parse_marked(marked)[1]}, marked


def test_no_frame_is_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    fired: set[int] = set()
    score = frame_module._score

    def watched(*arguments: Any) -> Any:
        candidate = score(*arguments)
        if candidate is not None:
            fired.add(candidate.frame)
        return candidate

    monkeypatch.setattr(frame_module, "_score", watched)
    for entry in EXAMPLES.values():
        for marked in entry["examples"]:
            _coded(parse_marked(marked)[0])
    dead = [(f.number, f.indicator.code) for f in frames() if f.number not in fired]
    assert dead == []
