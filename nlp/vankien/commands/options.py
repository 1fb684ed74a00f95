"""What several commands share: targets that are not overwritten, the codebook that counts."""

from __future__ import annotations

from pathlib import Path

from vankien.codebook import Codebook, load_codebook
from vankien.errors import OutputError
from vankien.own_codebook import read_own_codebook

__all__ = ["chosen_codebook", "free_target"]


def free_target(path: Path, *, force: bool) -> Path:
    """Return a target whose folder is there.

    Raises OutputError where it exists (V213, unless ``force``) or has no place (V202).
    """
    if path.exists() and not force:
        raise OutputError("V213", str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        detail = error.strerror or str(error)
        raise OutputError("V202", str(path), detail=detail) from error
    return path


def chosen_codebook(path: Path | None) -> Codebook:
    """Return a researcher's codebook, or vankien's own where none is named."""
    return load_codebook() if path is None else read_own_codebook(path)
