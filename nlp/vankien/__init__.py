"""vankien: clean text, themes, references and indicators from Vietnamese Party documents.

    document = vankien.read("bao-cao.pdf")        one file -> Document
    nlp = vankien.load()                          a spaCy Language
    doc = nlp(document)                           spans: themes, indicators, references
    run = vankien.extract("articles/", out="results/")
    results = vankien.open("results/")            tables as DuckDB relations
    vankien.show(results, "doc-id")               one document, findings in place
    document.show(3)                              a page of a PDF, blocks and tables drawn
    scores = vankien.evaluate(split="test")

Everything is loaded on first use: importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vankien.batch.run import extract as extract
    from vankien.display.document import show
    from vankien.display.pages import show_page as show_page
    from vankien.documents import Document
    from vankien.errors import VankienError
    from vankien.evaluation.evaluate import evaluate
    from vankien.pipeline import blank, load
    from vankien.reading import read
    from vankien.results.results import open as open

__version__ = "0.1.0"

# `open` and `extract` are used with their prefix, so a star import exports neither.
__all__ = ["Document", "VankienError", "__version__", "blank", "evaluate", "load", "read", "show"]

_HOMES = {
    "Document": "vankien.documents",
    "VankienError": "vankien.errors",
    "blank": "vankien.pipeline",
    "evaluate": "vankien.evaluation.evaluate",
    "extract": "vankien.batch.run",
    "load": "vankien.pipeline",
    "open": "vankien.results.results",
    "read": "vankien.reading",
    "show": "vankien.display.document",
    "show_page": "vankien.display.pages",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'vankien' has no attribute {name!r}")
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted([*_HOMES, "__version__"])
