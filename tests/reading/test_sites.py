"""Pages of sites as these are typically built: parts, metadata, what is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from vankien.documents import BlockKind, Kind, Part
from vankien.reading import read

FOLDER = Path(__file__).parent / "cases" / "sites"
CASES: list[dict[str, Any]] = yaml.safe_load((FOLDER.parent / "sites.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_site(case: dict[str, Any], offsets_hold: Any) -> None:
    document = read(str(FOLDER / case["file"]))
    text = document.text
    offsets_hold(document)
    assert document.kind is Kind.NEWS_ARTICLE
    found = document.metadata
    assert (found.title, found.published) == (case["title"], case["published"])
    assert list(found.authors) == case["authors"]
    for name in ("publisher", "url"):
        if name in case:
            assert getattr(found, name) == case[name]
    blocks = [(block.part, text[block.start : block.end]) for block in document.blocks]
    position = 0
    for wanted in case["parts"]:
        part, beginning = wanted.split(" ", 1)
        place = next(
            (i for i in range(position, len(blocks)) if blocks[i][1].startswith(beginning)), None
        )
        assert place is not None, f"{beginning!r} is not there, or not in order: {blocks}"
        assert blocks[place][0] == part, blocks[place]
        skipped = [b for b in blocks[position:place] if b[0] is not Part.BOILERPLATE]
        assert not skipped, skipped
        position = place + 1
    assert all(part is Part.BOILERPLATE for part, _ in blocks[position:]), blocks[position:]
    for words in case["tail"]:
        holders = [part for part, line in blocks if words in line]
        assert holders and set(holders) == {Part.BOILERPLATE}, (words, holders)
    for words in case["absent"]:
        assert words not in text
    headings = [
        text[b.start : b.end]
        for b in document.blocks
        if b.kind is BlockKind.HEADING and b.part is Part.BODY
    ]
    assert headings == case.get("headings", [])
    assert len(document.tables) == case.get("tables", 0)
    assert not document.warnings
