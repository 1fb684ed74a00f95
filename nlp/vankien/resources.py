"""Where the codebook, the lexicons and the models are, in a checkout and in a wheel.

No other module knows these paths.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from vankien.errors import ModelError, VankienError

__all__ = [
    "CODEBOOK_VERSION",
    "MODEL_INFO",
    "codebook_dir",
    "corpus_dir",
    "find_model",
    "models_dir",
]

CODEBOOK_VERSION = "1.0"
"""Version of the codebook; written into every results folder."""

MODEL_INFO = "labels.json"
"""The file of a model's folder that says what it is."""

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


def find_model(kind: str) -> Path:
    """Return the folder of the newest model of a kind.  Raises ModelError (V501)."""
    folders = sorted(
        (path for path in models_dir().glob(f"{kind}-*") if (path / MODEL_INFO).is_file()),
        key=lambda path: [int(part) for part in path.name.removeprefix(f"{kind}-").split(".")],
    )
    if not folders:
        raise ModelError("V501", f"models/{kind}", detail="it is missing")
    return folders[-1]
