"""What is quick says what its slow twin says: encoding, n-grams, openings, scoring together."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vankien.analysis import Analysis, score_together
from vankien.normalise import fold
from vankien.reading import read
from vankien.reading.text import from_text
from vankien.tagging.ngrams import Located, NgramSpace, ngram_keys
from vankien.tagging.role_rules import _following, opening_role, plain_opening_role
from vankien.tagging.syllabary import Syllabary
from vankien.tagging.themes.model import theme_model

DOCUMENTS = Path(__file__).resolve().parents[2] / "corpus" / "documents"
# fmt: off
WORDS = ("đảng", "viên", "chi", "bộ", "kết", "nạp", "năm", "2020", "2.053", "05-CT/TW", "Hoà",
         "kỷ luật,", "x_y", "日本", "٣", "e\u0301", "🙂", "nghiêng", "nghiêngg", "^", "\n",
         "0")
# fmt: on
texts = st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join)
SYLLABARY = Syllabary(["^", "0", "2020", "bộ", "chi", "kết", "nghiêng", "nạp", "viên", "đảng"])


@given(st.lists(st.tuples(texts, st.lists(st.integers(0, 200), max_size=6)), max_size=5))
@example([("", [])])
@example([("đảng viên", [0, 2]), ("kết nạp", [0, 3, 4, 7])])
def test_syllables_are_those_of_the_regular_expression(drawn) -> None:
    stretches = []
    for text, cuts in drawn:
        form = fold(text).text
        edges = sorted({min(cut, len(form)) for cut in cuts})
        stretches += [(form, a, b) for a, b in pairwise(edges)]
        stretches.append((form, 0, len(form)))
    quick, plain = SYLLABARY.encode_stretches(stretches), SYLLABARY.encode_plainly(stretches)
    assert quick.ids.tolist() == plain.ids.tolist()
    assert quick.bounds.tolist() == plain.bounds.tolist()


def test_no_two_syllables_of_the_models_share_a_hash() -> None:
    syllabary = theme_model().features.syllabary
    found = syllabary.encode_stretches([(s, 0, len(s)) for s in syllabary.syllables])
    known = [i for i, s in enumerate(syllabary.syllables, start=1) if s.isalnum()]
    assert [n for n in found.ids.tolist() if n != syllabary.encode_plainly([("", 0, 0)]).ids[0]] \
        == known  # fmt: skip


def plain_locate(space: NgramSpace, encoded) -> set[tuple[int, int, int]]:
    found, shift = set(), 0
    for order, known in enumerate(space.keys, start=1):
        keys, places = ngram_keys(encoded, order)
        column = {key: shift + n for n, key in enumerate(known.tolist())}
        found |= {
            (column[key], place, order)
            for key, place in zip(keys.tolist(), places.tolist(), strict=True)
            if key in column
        }
        shift += len(known)
    return found


def triples(located: Located) -> set[tuple[int, int, int]]:
    """Column, place and order of each n-gram."""
    return {
        (column, place, order)
        for order, (columns, places) in enumerate(
            zip(located.columns, located.places, strict=True), start=1
        )
        for column, place in zip(columns.tolist(), places.tolist(), strict=True)
    }


@given(st.lists(texts, min_size=1, max_size=6), st.lists(texts, max_size=6), st.integers(1, 3))
def test_ngrams_are_those_of_the_plain_search(learned, asked, order) -> None:
    space = NgramSpace.of_texts(learned, SYLLABARY, max_order=order)
    encoded = SYLLABARY.encode([*asked, *learned])
    located = space.locate(encoded)
    assert triples(located) == plain_locate(space, encoded)
    for number in range(len(encoded)):
        begin, end = encoded.bounds_of(number)
        inside = {(c, p - begin, o) for c, p, o in triples(located) if begin <= p < end}
        assert triples(located.within(begin, end)) == inside


OPENINGS = sorted({w for f, s in _following().items() for w in (f, *s)})
opening_words = st.lists(
    st.sampled_from([*OPENINGS, "Kết quả", "Tuy nhiên,", "kỳ", "–", '"', "năm 2020", "Trong đó:"]),
    max_size=6,
).map(" ".join)


@given(opening_words | texts)
@example("Kết quả: tốt")
@example("song")
@example('"Tuy nhiên')
@example("tuy – nhiên")
def test_openings_are_those_of_the_plain_comparison(words: str) -> None:
    assert opening_role(words) == plain_opening_role(words)


@given(texts.map(lambda t: t.replace(" ", " - ", 3)), st.lists(st.integers(0, 120), max_size=9))
def test_spans_in_the_folded_text(text: str, cuts: list[int]) -> None:
    folded = fold(text)
    edges = sorted({min(cut, len(text)) for cut in cuts})
    spans = list(zip(edges[0::2], edges[1::2], strict=False))
    expected = [folded.map.from_source_span(a, b) for a, b in spans]
    assert folded.map.spans_from_source(spans) == expected


@pytest.fixture(scope="module")
def documents() -> list:
    files = sorted(p for p in DOCUMENTS.iterdir() if p.suffix in (".txt", ".docx"))
    return [*map(read, files), from_text(""), from_text("Chi bộ họp."), from_text("12 34")]


def test_scored_together_is_scored_alone(documents) -> None:
    together = [Analysis(document) for document in documents]
    score_together(together)
    for analysis, document in zip(together, documents, strict=True):
        alone = Analysis(document)
        scores, own = analysis.scored[0].probabilities, alone.scored[0].probabilities
        assert np.array_equal(scores, own)
        assert analysis.rows() == alone.rows()
