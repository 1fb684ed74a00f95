"""Collocations, keyness and citations, against hand-made numbers and plain formulas."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from tests.results.made import document, results, row
from vankien.errors import UsageError
from vankien.results.citations import successors
from vankien.results.collocations import log_likelihood_2x2
from vankien.results.keyness import deviation_of_proportions
from vankien.results.results import Results


def texts(out: Path, given: dict[str, list[str]], **documents: Any) -> Results:
    return results(
        out,
        documents=[document(doc_id, **documents.get(doc_id, {})) for doc_id in given],
        sentences=[
            row("sentences", doc_id=doc_id, sentence=number, text=text)
            for doc_id, lines in given.items()
            for number, text in enumerate(lines)
        ],
    )


def test_collocations_of_syllables(tmp_path: Path) -> None:
    made = texts(tmp_path / "out", {
        "a": ["Chi bộ còn nể nang khi phê bình.", "Phê bình thẳng thắn thì tốt."],
        "b": ["Nể nang khi phê bình là điều đáng tiếc.", "Trời hôm nay nắng."],
        "c": ["Họ nể nang nhau, phê bình chiếu lệ."],
        "copy": ["Họ nể nang nhau, phê bình chiếu lệ."],
    }, copy={"duplicate_of": "c"})  # fmt: skip
    table = made.collocations("nể nang", unit="syllables", window=3, min_count=2)
    found = {r["collocate"]: r for r in table.rows()}
    phe = found["phê"]
    assert (phe["n"], phe["n_left"], phe["n_right"], phe["n_documents"]) == (3, 0, 3, 3)
    assert phe["frequency"] == 4, "the repeated story counts once"
    total, near = 8 + 6 + 9 + 4 + 8, (3 + 3) + (0 + 3) + (1 + 3)
    expected = near * 4 / total
    assert phe["expected"] == pytest.approx(expected)
    assert phe["pmi"] == pytest.approx(math.log2(3 / expected))
    assert phe["log_likelihood"] == pytest.approx(plain_g2(3, near, 4, total))
    assert "trời" not in found
    with pytest.raises(UsageError):
        made.collocations("nể nang", unit="letters")
    assert made.collocations("không có ở đây").rows() == []


def plain_g2(o11: float, r1: float, c1: float, n: float) -> float:
    """Dunning's ratio, written out."""
    total = 0.0
    for observed, expected in (
        (o11, r1 * c1 / n), (r1 - o11, r1 * (n - c1) / n),
        (c1 - o11, (n - r1) * c1 / n), (n - r1 - c1 + o11, (n - r1) * (n - c1) / n),
    ):  # fmt: skip
        if observed:
            total += observed * math.log(observed / expected)
    return 2 * total


@settings(deadline=None)
@given(st.integers(1, 50), st.integers(0, 200), st.integers(0, 200), st.integers(1, 10_000))
def test_the_log_likelihood_is_dunnings(o11: int, more_r: int, more_c: int, rest: int) -> None:
    r1, c1 = o11 + more_r, o11 + more_c
    n = r1 + more_c + rest
    statistic, p_value, expected = log_likelihood_2x2([o11], r1, [c1], n)
    assert statistic[0] == pytest.approx(plain_g2(o11, r1, c1, n), abs=1e-6)
    assert expected[0] == pytest.approx(r1 * c1 / n) and 0 <= p_value[0] <= 1


def test_collocates_are_words(tmp_path: Path) -> None:
    made = texts(tmp_path / "out", {
        "a": ["Chi bộ kết nạp đảng viên mới.", "Chi bộ họp bàn kết nạp đảng viên."],
        "b": ["Huyện kết nạp đảng viên trẻ.", "Mưa lớn gây ngập đường phố nhiều nơi."],
    })  # fmt: skip
    found = {r["collocate"]: r for r in made.collocations("kết nạp", min_count=2).rows()}
    assert found["đảng viên"]["n"] == 3 and "đảng" not in found


def test_keyness(tmp_path: Path) -> None:
    made = texts(tmp_path / "out", {
        "a": ["suy thoái tư tưởng là nguy cơ"] * 8, "b": ["suy thoái tư tưởng phải ngăn"] * 8,
        "c": ["thu ngân sách tăng khá"] * 10, "d": ["thu ngân sách giảm nhẹ"] * 10,
        "copy": ["suy thoái tư tưởng là nguy cơ"] * 8,
    }, copy={"duplicate_of": "a", "published": "2016-01-01"},
       a={"published": "2016-01-01"}, b={"published": "2016-01-01"})  # fmt: skip
    part = made.filter(years=2016)
    found = {r["term"]: r for r in part.keyness(ngrams=(1, 2)).rows()}
    term = found["suy thoái"]
    assert (term["n_target"], term["n_reference"], term["key_in"]) == (16, 0, "target")
    n1, n2 = 8 * 7 + 8 * 6, 20 * 5
    e1 = n1 * 16 / (n1 + n2)
    assert term["log_likelihood"] == pytest.approx(2 * 16 * math.log(16 / e1))
    assert term["log_ratio"] == pytest.approx(math.log2((16 / n1) / (0.5 / n2)))
    assert term["per_million_target"] == pytest.approx(1e6 * 16 / n1)
    assert term["dispersion_target"] == pytest.approx(
        (abs(0.5 - 28 / 52) + abs(0.5 - 24 / 52)) / 2)  # fmt: skip
    assert term["dispersion_reference"] is None and term["n_documents_target"] == 2
    assert found["thu ngân"]["key_in"] == "reference"
    assert "thoái tư" in found and "nguy cơ" not in found, "in one document only"
    same = {r["term"] for r in part.keyness(part.complement(), ngrams=(1, 2)).rows()}
    assert same == set(found)
    words = {r["term"] for r in part.keyness(unit="words", ngrams=(1, 1)).rows()}
    assert "ngân_sách" in words
    with pytest.raises(UsageError, match="nothing is left out"):
        made.keyness()
    with pytest.raises(UsageError, match="no sentence"):
        made.filter(years=1999).keyness(made)
    with pytest.raises(UsageError):
        part.keyness(ngrams=(3, 1))


@settings(deadline=None)
@given(
    st.integers(1, 6).flatmap(
        lambda k: st.tuples(
            st.lists(st.integers(0, 9), min_size=k, max_size=k),
            st.lists(st.integers(10, 99), min_size=k, max_size=k),
        )
    )
)
def test_dispersion_is_gries(given: tuple[list[int], list[int]]) -> None:
    counts, sizes = given
    counts[0] += 1
    plain = 0.5 * sum(
        abs(c / sum(counts) - s / sum(sizes)) for c, s in zip(counts, sizes, strict=True)
    )
    found = deviation_of_proportions(
        csr_matrix(np.array(counts).reshape(-1, 1)), np.array(sizes, dtype=float)
    )
    assert found[0] == pytest.approx(plain)


OLD, NEW = "30-QĐ/TW@2016-07-26", "22-QĐ/TW@2021-07-28"


@pytest.fixture
def citing(tmp_path: Path) -> Results:
    cited = [("a", OLD), ("a", OLD), ("b", OLD), ("b", NEW), ("c", NEW), ("copy", OLD), ("a", None)]
    return results(
        tmp_path / "out",
        documents=[
            document("a", "2018-05-01", issuer="TỈNH ỦY LẠNG SƠN", kind="party_document"),
            document("b", "2022-05-01", issuer="TỈNH ỦY LẠNG SƠN", kind="party_document"),
            document("c", "2023-05-01", publisher="Báo C", title="Cao Bằng"),
            document("copy", "2018-05-02", publisher="Báo D", duplicate_of="a"),
            document("k", "2021-07-28", number="22-QĐ/TW"),
        ],
        references=[row("references", doc_id=d, canonical=c) for d, c in cited],
    )  # fmt: skip


def test_citations(citing: Results) -> None:
    found = {(r["doc_id"], r["canonical"]): r for r in citing.citations().rows()}
    assert set(found) == {("a", OLD), ("b", OLD), ("b", NEW), ("c", NEW)}
    old = found["a", OLD]
    assert (old["n_mentions"], old["place"], old["number"]) == (2, "20", "30-QĐ/TW")
    assert old["successor"] == successors(OLD)[-1].canonical
    assert old["replaced_on"] == date(2021, 7, 28)
    assert old["still_in_force"] is True and found["b", OLD]["still_in_force"] is False
    assert old["subject"] and found["c", NEW]["cited_doc_id"] == "k"
    assert {r["doc_id"] for r in citing.citations(NEW).rows()} == {"b", "c"}


def test_the_network_of_references(citing: Results) -> None:
    network = citing.citation_network(by="place")
    edges = {(r["from_node"], r["to_node"], r["kind"]): r for r in network.edges.rows()}
    assert edges["20", OLD, "cites"]["n_documents"] == 2
    assert edges["20", OLD, "cites"]["n_mentions"] == 3
    assert edges["20", OLD, "cites"]["last"] == date(2022, 5, 1)
    assert (OLD, NEW, "replaced by") in edges and ("04", NEW, "cites") in edges
    nodes = {r["node"]: r for r in network.nodes.rows()}
    assert nodes["20"]["label"] == "Lạng Sơn" and nodes[NEW]["kind"] == "cited"
    assert {node for edge in edges for node in edge[:2]} == set(nodes)
    plain = citing.citation_network(by="document", succession=False, min_documents=3)
    assert len(plain.edges) == 0
    with pytest.raises(UsageError):
        citing.citation_network(by="nonsense")


def test_succession_goes_through_the_chain() -> None:
    chain = [document.canonical for document in successors("46-QĐ/TW@2011-11-01")]
    assert chain[:2] == [OLD, NEW]
    assert successors("1-XX@1900-01-01") == []
