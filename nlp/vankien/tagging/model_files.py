"""Models on disk: plain arrays and JSON, never code.

A model is a folder under ``models/``: ``model.npz`` (arrays; object arrays are refused, so
that no pickle is ever loaded), ``labels.json`` (kind, version, labels, codebook version,
thresholds, digest of the arrays), ``recipe.yaml``, ``metrics.json`` and ``MODEL_CARD.md``.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, ValidationError

from vankien.codebook import VERSION as CODEBOOK_VERSION
from vankien.errors import ModelError
from vankien.resources import models_dir

__all__ = ["ModelFile", "ModelInfo", "find_model", "load_model", "save_model"]

ARRAYS = "model.npz"
INFO = "labels.json"

Arrays = dict[str, npt.NDArray[Any]]


class ModelInfo(BaseModel):
    """What ``labels.json`` says of a model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    version: str
    codebook: str
    labels: tuple[str, ...]
    thresholds: tuple[float, ...] = ()
    sha256: str

    @property
    def name(self) -> str:
        """Kind and version, as written into results ("themes@1.0.0")."""
        return f"{self.kind}@{self.version}"


class ModelFile(BaseModel):
    """A loaded model: its arrays and what is known of them."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    info: ModelInfo
    arrays: dict[str, Any]


def find_model(kind: str) -> Path:
    """Return the folder of the newest model of a kind.  Raises ModelError (V501)."""
    folders = sorted(
        (path for path in models_dir().glob(f"{kind}-*") if (path / INFO).is_file()),
        key=lambda path: [int(part) for part in path.name.removeprefix(f"{kind}-").split(".")],
    )
    if not folders:
        raise ModelError("V501", f"models/{kind}", detail="it is missing")
    return folders[-1]


def load_model(folder: Path, *, kind: str) -> ModelFile:
    """Load a model of a kind.

    Raises ModelError (V501) where a file is missing or damaged, holds anything but plain
    arrays, or was trained for another kind or another version of the codebook.
    """
    source = folder.name
    try:
        info = ModelInfo.model_validate_json((folder / INFO).read_bytes())
        data = (folder / ARRAYS).read_bytes()
    except (OSError, ValidationError) as error:
        raise ModelError("V501", source, detail=" ".join(str(error).split())[:200]) from error
    if info.kind != kind:
        raise ModelError("V501", source, detail=f"it is a model of {info.kind}, not of {kind}")
    if info.codebook != CODEBOOK_VERSION:
        raise ModelError(
            "V501",
            source,
            detail=f"it was trained for codebook {info.codebook}, this is {CODEBOOK_VERSION}",
        )
    if hashlib.sha256(data).hexdigest() != info.sha256:
        raise ModelError("V501", source, detail=f"{ARRAYS} is not the file that was trained")
    return ModelFile(info=info, arrays=read_arrays(data, source))


def read_arrays(data: bytes, source: str) -> Arrays:
    """Read plain arrays; anything that would need unpickling is refused (V501)."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, AttributeError) as error:
        raise ModelError("V501", source, detail=" ".join(str(error).split())[:200]) from error


def save_model(
    folder: Path,
    arrays: Mapping[str, npt.NDArray[Any]],
    *,
    kind: str,
    version: str,
    labels: tuple[str, ...],
    thresholds: tuple[float, ...] = (),
) -> ModelInfo:
    """Write ``model.npz`` and ``labels.json``; the same arrays give the same bytes."""
    for name, array in arrays.items():
        if array.dtype.hasobject:
            raise ValueError(f"{name} holds objects; models are plain arrays")
    stream = io.BytesIO()
    np.savez_compressed(stream, **dict(sorted(arrays.items())))  # type: ignore[arg-type]
    data = stream.getvalue()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ARRAYS).write_bytes(data)
    info = ModelInfo(
        kind=kind,
        version=version,
        codebook=CODEBOOK_VERSION,
        labels=labels,
        thresholds=thresholds,
        sha256=hashlib.sha256(data).hexdigest(),
    )
    text = json.dumps(info.model_dump(), ensure_ascii=False, indent=1)
    (folder / INFO).write_text(text + "\n", encoding="utf-8")
    return info
