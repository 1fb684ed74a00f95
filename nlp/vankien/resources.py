"""Where the codebook, the lexicons and the models are, in a checkout and in a wheel.

No other module knows these paths.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from vankien.errors import VankienError

__all__ = ["codebook_dir", "corpus_dir", "models_dir"]

_PACKAGE = Path(__file__).resolve().parent


@cache
def _folder(name: str) -> Path:
    # In a wheel the folder is package data; in a checkout it stands at the top level.
    for candidate in (_PACKAGE / "_data" / name, _PACKAGE.parent.parent / name):
        if candidate.is_dir():
            return candidate
    raise VankienError("V304", name)


def corpus_dir() -> Path:
    """Return the folder of the reference corpus (``documents``, ``codebook``, ``gold``)."""
    return _folder("corpus")


def codebook_dir() -> Path:
    """Return the folder of the codebook's YAML files."""
    return corpus_dir() / "codebook"


def models_dir() -> Path:
    """Return the folder of the trained models."""
    return _folder("models")
