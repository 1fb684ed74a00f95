"""Every reference document read and analysed once, with what a reader finds in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from vankien.analysis import analyse
from vankien.documents import Document
from vankien.reading import read

DOCUMENTS = Path(__file__).resolve().parents[2] / "corpus" / "documents"


@dataclass(frozen=True)
class Read:
    """A document, its rows, and its entry in expected.yaml."""

    document: Document
    rows: dict[str, list[dict[str, Any]]]
    expected: dict[str, Any]


@cache
def expectations() -> list[dict[str, Any]]:
    """Entries of expected.yaml for files that hold one document."""
    entries = yaml.safe_load((DOCUMENTS / "expected.yaml").read_text("utf-8"))["documents"]
    return [e for e in entries if not e["file"].endswith((".jsonl", ".csv"))]


@cache
def result(file: str) -> Read:
    """Read and analyse one reference document, once for all tests."""
    expected = next(e for e in expectations() if e["file"] == file)
    document = read(DOCUMENTS / file)
    return Read(document, analyse(document), expected)
