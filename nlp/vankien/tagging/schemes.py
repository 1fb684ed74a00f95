"""Coding schemes: a codebook with the model that was trained for it.

A scheme of a researcher is a folder that ``vankien train --codebook`` has written: the model
with its codebook, which cannot drift apart, since the model holds the codebook's digest.  Its
codes stand in the table of themes beside vankien's.  A folder without a codebook is a model
of vankien's own themes (trained on further sentences, say), and takes the place of the one
that comes with vankien.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vankien.codebook import VERSION, Codebook, load_codebook
from vankien.errors import ModelError
from vankien.language.cues import PhraseIndex, codebook_entries
from vankien.own_codebook import read_own_codebook
from vankien.tagging.model_files import load_model
from vankien.tagging.themes.model import ThemeModel, theme_model

__all__ = ["CODEBOOK_FILE", "Scheme", "load_scheme", "load_schemes", "own_scheme"]

CODEBOOK_FILE = "codebook.yaml"
"""Name of a researcher's codebook in the folder of its model."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A codebook and its model.

    ``index`` finds the codebook's phrases; None where they are vankien's own, which every
    text is scanned for anyway.  ``name`` is that of the model, with its codebook, and
    ``digest`` tells the model from others of that name.
    """

    name: str
    codebook: Codebook
    model: ThemeModel
    index: PhraseIndex | None = None
    digest: str = ""


def own_scheme() -> Scheme:
    """Return vankien's own scheme; codebook and model are loaded once a process."""
    return Scheme("themes", load_codebook(), theme_model())


@cache
def load_scheme(folder: Path) -> Scheme:
    """Load the scheme of a folder, once a process.

    Raises ModelError (V501) where the model is missing or damaged, or its codebook is not
    the one that it was trained with; CodebookError (V301) where that is malformed.
    """
    path = folder / CODEBOOK_FILE
    codebook = read_own_codebook(path) if path.is_file() else load_codebook()
    file = load_model(folder, kind="themes", codebook=codebook.version)
    if file.info.labels != tuple(codebook.themes):
        raise ModelError("V501", str(folder), detail="its codes are not those of its codebook")
    if codebook.version == VERSION:
        model = ThemeModel.from_file(file)
        return Scheme(file.info.name, codebook, model, digest=file.info.sha256[:12])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != file.info.codebook_sha256:
        detail = f"its {CODEBOOK_FILE} is not the file that it was trained with"
        raise ModelError("V501", str(folder), detail=detail)
    name = f"{codebook.version.replace(' ', '-')}/{file.info.name}"
    index = PhraseIndex(codebook_entries(codebook))
    return Scheme(name, codebook, ThemeModel.from_file(file), index, file.info.sha256[:12])


def load_schemes(folders: Sequence[str | Path]) -> tuple[Scheme, ...]:
    """Return vankien's scheme (or what takes its place) and those of the folders.

    Raises ModelError (V501) where two of them have a code in common.
    """
    own = own_scheme()
    others: list[Scheme] = []
    owners: dict[str, Path] = {}
    for folder in map(Path, folders):
        scheme = load_scheme(folder.resolve())
        for code in scheme.codebook.themes:
            if code in owners:
                detail = f"its code {code} is one of {owners[code]} too"
                raise ModelError("V501", str(folder), detail=detail)
            owners[code] = folder
        if scheme.index is None:
            own = scheme
        else:
            others.append(scheme)
    return (own, *others)
