"""Table of mentions: span, type, number, date, issuer and canonical form of each."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from vankien.tagging.references import Reference, find_references

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "mentions.yaml").read_text("utf-8"))


def _line(reference: Reference) -> str:
    values = (
        reference.surface,
        reference.type,
        reference.number,
        reference.date.isoformat() if reference.date else None,
        reference.issuer,
        reference.canonical,
    )
    return " | ".join(value or "-" for value in values)


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["id"])
def test_case(case: dict[str, Any]) -> None:
    published = date.fromisoformat(case["published"]) if "published" in case else None
    found = find_references(case["text"], published=published)
    assert [_line(reference) for reference in found] == case["expect"]
    for reference in found:
        assert case["text"][reference.start : reference.end] == reference.surface
        assert bool(reference.note) != bool(reference.canonical)
