"""Every example and counterexample of the themes and roles, and of every cue phrase."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from vankien.analysis import Analysis
from vankien.codebook import load_codebook, load_examples
from vankien.documents import Block, Document
from vankien.language.cues import Hits, PhraseIndex, codebook_entries
from vankien.normalise import fold_phrase
from vankien.resources import codebook_dir

CODEBOOK = load_codebook()
EXAMPLES: dict[str, Any] = {
    code: entry
    for path in sorted((codebook_dir() / "themes").glob("*.yaml"))
    for code, entry in load_examples(path).items()
}
CASES = Path(__file__).parent / "cases"


@cache
def _index() -> PhraseIndex:
    return PhraseIndex(codebook_entries(CODEBOOK))


def _themes(text: str) -> set[str]:
    document = Document(doc_id="x", source="x", text=text, blocks=(Block(0, len(text)),))
    return {row["theme"] for row in Analysis(document).sentence_themes}


def test_every_theme_has_examples_and_counterexamples() -> None:
    assert set(EXAMPLES) == set(CODEBOOK.themes)
    for code, entry in EXAMPLES.items():
        assert entry["positive"] and entry["negative"], code
        assert all(code in example["themes"] for example in entry["positive"]), code
        assert all(code not in example["themes"] for example in entry["negative"]), code


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_examples_of_a_theme_are_coded_and_counterexamples_are_not(code: str) -> None:
    for example in EXAMPLES[code]["positive"]:
        assert code in _themes(example["text"]), example["text"]
    for example in EXAMPLES[code]["negative"]:
        assert code not in _themes(example["text"]), example["text"]


@dataclass(frozen=True)
class _Case:
    """A sentence that holds a phrase, and one that is near it and does not count."""

    code: str
    phrase: str
    holds: str
    lacks: str


def _cases(name: str) -> list[_Case]:
    with (CASES / f"{name}.tsv").open(encoding="utf-8", newline="") as stream:
        return [_Case(*row) for row in csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)]


def _counts(hits: Hits, family: str, code: str, phrase: str, text: str) -> bool:
    """Whether a phrase of a code is found in a text and no ``not`` or ``veto`` voids it."""
    form = fold_phrase(phrase)

    def own(value: Any) -> bool:
        return bool((value[0] if isinstance(value, tuple) else value) == code)

    found = [
        hit
        for hit in hits.of(family)
        if own(hit.value) and fold_phrase(text[hit.start : hit.end]) == form
    ]
    if any(own(hit.value) for hit in hits.of(f"{family}.veto")):
        return False
    blocked = [hit for hit in hits.of(f"{family}.not") if own(hit.value)]
    return any(not any(b.start < h.end and h.start < b.end for b in blocked) for h in found)


THEME_CASES = _cases("theme_cues")
ROLE_CASES = _cases("role_cues")


def test_every_cue_has_a_case() -> None:
    themes = {(c.code, cue.text) for c in CODEBOOK.themes.values() for cue in c.cues}
    assert {(case.code, case.phrase) for case in THEME_CASES} == themes
    roles = {(role.code, cue) for role in CODEBOOK.roles.values() for cue in role.cues}
    assert {(case.code, case.phrase) for case in ROLE_CASES} == roles


@pytest.mark.parametrize(
    ("family", "cases"), [("theme", THEME_CASES), ("role", ROLE_CASES)], ids=["themes", "roles"]
)
def test_cues_are_found_and_near_misses_are_not(family: str, cases: list[_Case]) -> None:
    wrong = []
    for case in cases:
        for text, wanted in ((case.holds, True), (case.lacks, False)):
            if _counts(_index().scan(text), family, case.code, case.phrase, text) is not wanted:
                wrong.append((case.code, case.phrase, text))
    assert not wrong, wrong[:20]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", fold_phrase(text)))


def test_near_misses_share_words_with_their_cues() -> None:
    """A counterexample that shares no word with the phrase would prove nothing."""
    cases = [case for case in (*THEME_CASES, *ROLE_CASES) if len(_words(case.phrase)) > 1]
    assert not [case for case in cases if not _words(case.phrase) & _words(case.lacks)]
