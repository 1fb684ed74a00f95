"""The reference documents against what a careful reader finds in them (expected.yaml).

Metadata must be exact.  Figures, references, themes and roles are scored over all documents
and must not fall below the floors, which were measured and are only ever raised.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.golden.conftest import expectations, result

FLOORS = {"figures": 0.80, "references": 0.93, "themes": 0.60, "roles": 0.80}
"""Lowest acceptable F1 (roles: accuracy) over all reference documents."""

FILES = [e["file"] for e in expectations()]
METADATA = ("title", "number", "issuer", "place", "signer", "doc_type", "publisher", "published")


def _plain(value: Any) -> str | None:
    return None if value is None else " ".join(str(value).split())


@pytest.mark.parametrize("file", FILES)
def test_metadata(file: str) -> None:
    read = result(file)
    meta = read.document.metadata
    found = {name: _plain(getattr(meta, name)) for name in METADATA if name in read.expected}
    expected = {name: _plain(read.expected[name]) for name in METADATA if name in read.expected}
    assert found == expected
    assert read.document.kind.value == read.expected["kind"]
    if "pages" in read.expected:
        assert read.document.n_pages == read.expected["pages"]


def _f1(right: int, found: int, expected: int) -> float:
    return 2 * right / (found + expected) if found + expected else 1.0


def _figure_counts(file: str) -> tuple[int, int, int]:
    """Right, found and expected figures; a figure outside the catalogue counts if listed."""
    read = result(file)
    listed = read.expected.get("indicators", [])
    every = read.expected.get("figures") == "all"
    rows = [r for r in read.rows["indicators"] if every or r["indicator"] is not None]
    if not any("table" in e for e in listed):
        rows = [r for r in rows if r["table"] is None]
    keys = [(float(r["value"]), r["measure"], r["indicator"]) for r in rows if r["value"]]
    right = 0
    for entry in listed:
        for code in (entry["indicator"], entry.get("or", entry["indicator"])):
            key = (float(entry["value"]), entry.get("measure", "level"), code)
            if key in keys:
                keys.remove(key)
                right += 1
                break
    return right, len(rows), len(listed)


def _reference_counts(file: str) -> tuple[int, int, int]:
    read = result(file)
    wanted = [r["canonical"] for r in read.expected.get("references", []) if r.get("canonical")]
    found = {r["canonical"] for r in read.rows["references"] if r["canonical"]}
    return len(found & set(wanted)), len(found), len(set(wanted))


def _coded(file: str) -> list[tuple[set[str], set[str], set[str], bool]]:
    """For each listed sentence: themes found, required, allowed, and whether the role is right."""
    read = result(file)
    coded = []
    for entry in read.expected.get("sentences", []):
        begins = " ".join(entry["begins"].split())
        sentence = next(
            (s for s in read.rows["sentences"] if begins in " ".join(s["text"].split())), None
        )
        assert sentence is not None, f"{file}: no sentence holds {begins!r}"
        themes = {t["theme"] for t in read.rows["themes"] if t["sentence"] == sentence["sentence"]}
        coded.append(
            (themes, set(entry["themes"]), set(entry.get("may", [])),
             sentence["role"] == entry.get("role", sentence["role"]))
        )  # fmt: skip
    return coded


def scores() -> dict[str, float]:
    """Scores over all reference documents."""
    figures = [sum(c) for c in zip(*(_figure_counts(f) for f in FILES), strict=True)]
    references = [sum(c) for c in zip(*(_reference_counts(f) for f in FILES), strict=True)]
    coded = [c for f in FILES for c in _coded(f)]
    right = sum(len(found & must) for found, must, _, _ in coded)
    counted = sum(len(found - may) for found, _, may, _ in coded)
    wanted = sum(len(must) for _, must, _, _ in coded)
    return {
        "figures": _f1(*figures),
        "references": _f1(*references),
        "themes": _f1(right, counted, wanted),
        "roles": sum(role for *_, role in coded) / len(coded),
    }


def test_scores_do_not_fall() -> None:
    found = scores()
    fallen = {k: (round(v, 3), FLOORS[k]) for k, v in found.items() if v < FLOORS[k]}
    assert not fallen


def test_offsets_hold_in_every_row() -> None:
    for file in FILES:
        read = result(file)
        text = read.document.text
        for table in ("indicators", "references"):
            for row in read.rows[table]:
                assert text[row["start"] : row["end"]] == row["surface"], file
        for row in read.rows["themes"]:
            assert text[row["start"] : row["end"]] == row["evidence"], file
        for row in read.rows["sentences"]:
            assert text[row["start"] : row["end"]] == row["text"], file


def test_ordinary_news_has_neither_theme_nor_catalogue_figure() -> None:
    for file in ("tin-kinh-te.txt", "tin-bong-da.html"):
        rows = result(file).rows
        assert [r["theme"] for r in rows["themes"]] == []
        assert [r["surface"] for r in rows["indicators"] if r["indicator"] is not None] == []


if __name__ == "__main__":
    for name, value in scores().items():
        print(f"{name}: {value:.3f}")
