"""Units named one after the other behind one plural, and bodies that only a list names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from vankien.gazetteer.organisations import find_scopes
from vankien.gazetteer.place_lists import with_lists
from vankien.gazetteer.scope_codes import scope_code

CASES: list[Any] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "lists.yaml").read_text(encoding="utf-8")
)["cases"]


@pytest.mark.parametrize(("text", "want"), CASES, ids=[case[0] for case in CASES])
def test_lists(text: str, want: list[list[Any]]) -> None:
    alone = find_scopes(text)
    before = list(alone)
    found = with_lists(text, alone)
    assert [[m.text, m.level, m.listed, scope_code(m)] for m in found] == want
    assert all(text[m.start : m.end] == m.text for m in found)
    assert alone == before
