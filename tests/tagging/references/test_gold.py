"""The gold of references: its size, its splits, and the floor under its scores."""

from __future__ import annotations

import pytest

from vankien.evaluation.evaluate import evaluate
from vankien.evaluation.gold import ReferencePassage, load_gold
from vankien.tagging.references import knowledge_base
from vankien.tagging.references.grammar import grammar
from vankien.tagging.references.knowledge import knowledge

SPLITS: dict[str, list[ReferencePassage]] = {
    split: load_gold("references", split) for split in ("dev", "test")
}


def test_sizes() -> None:
    assert len(SPLITS["dev"]) >= 120
    assert len(SPLITS["test"]) >= 160
    assert sum(len(p.references) for ps in SPLITS.values() for p in ps) >= 450
    assert sum(not p.references for ps in SPLITS.values() for p in ps) >= 25, "negatives"


def test_families_never_straddle() -> None:
    dev, test = ({p.family for p in SPLITS[split]} for split in ("dev", "test"))
    assert not dev & test
    texts = [p.text for ps in SPLITS.values() for p in ps]
    assert len(set(texts)) == len(texts)


def test_answers_are_known_documents() -> None:
    known = {d.canonical for d in knowledge_base()}
    known |= {version for law in knowledge().laws for version in law.versions}
    types = {entry["type"] for entry in grammar().types} | {r.type for r in grammar().named}
    for passages in SPLITS.values():
        for passage in passages:
            for reference in passage.references:
                assert reference.type in types
                if reference.canonical is not None:
                    assert reference.canonical in known, reference.canonical
                    assert reference.canonical.endswith(f"@{reference.date}")


@pytest.mark.parametrize("split", ["dev", "test"])
def test_floor(split: str) -> None:
    scores = {s.name: s for s in evaluate(split=split, family="references", resamples=10).summary}
    assert scores["mentions"].f1 >= 0.97
    assert scores["canonical"].f1 >= 0.97
