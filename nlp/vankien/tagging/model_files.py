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
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, ValidationError

from vankien.errors import ModelError
from vankien.resources import CODEBOOK_VERSION, MODEL_INFO, find_model

__all__ = ["ModelFile", "ModelInfo", "find_model", "load_model", "model_kind", "save_model"]

ARRAYS = "model.npz"
INFO = MODEL_INFO

MAX_ARRAYS = 1 << 30
"""Most bytes that the arrays of a model unpack to."""

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
    codebook_sha256: str = ""

    @property
    def name(self) -> str:
        """Kind and version, as written into results ("themes@1.0.0")."""
        return f"{self.kind}@{self.version}"


class ModelFile(BaseModel):
    """A loaded model: its arrays and what is known of them."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    info: ModelInfo
    arrays: dict[str, Any]


def model_kind(folder: Path) -> str:
    """Return what a folder holds a model of.  Raises ModelError (V501) where it holds none."""
    return _read_info(folder).kind


def _read_info(folder: Path) -> ModelInfo:
    try:
        return ModelInfo.model_validate_json((folder / INFO).read_bytes())
    except (OSError, ValidationError) as error:
        detail = " ".join(str(error).split())[:200]
        raise ModelError("V501", str(folder), detail=detail) from error


def load_model(folder: Path, *, kind: str, codebook: str = CODEBOOK_VERSION) -> ModelFile:
    """Load a model of a kind, trained for a version of a codebook.

    Raises ModelError (V501) where a file is missing or damaged, holds anything but plain
    arrays, or was trained for another kind or another version of the codebook.
    """
    source = folder.name
    info = _read_info(folder)
    try:
        data = (folder / ARRAYS).read_bytes()
    except OSError as error:
        raise ModelError("V501", source, detail=" ".join(str(error).split())[:200]) from error
    if info.kind != kind:
        raise ModelError("V501", source, detail=f"it is a model of {info.kind}, not of {kind}")
    if info.codebook != codebook:
        raise ModelError(
            "V501",
            source,
            detail=f"it was trained for codebook {info.codebook}, this is {codebook}",
        )
    if hashlib.sha256(data).hexdigest() != info.sha256:
        raise ModelError("V501", source, detail=f"{ARRAYS} is not the file that was trained")
    return ModelFile(info=info, arrays=read_arrays(data, source))


def read_arrays(data: bytes, source: str) -> Arrays:
    """Read plain arrays; anything that would need unpickling is refused (V501).

    Nothing but a zip of ``.npy`` members is looked at, so that numpy never comes to the
    question whether a file is a pickle; objects inside a member are refused by their type.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            strange = [entry.filename for entry in entries if not entry.filename.endswith(".npy")]
            if strange:
                raise ValueError(f"{strange[0]!r} in it is no plain array")
            if sum(entry.file_size for entry in entries) > MAX_ARRAYS:
                raise ValueError("its arrays are larger than a gigabyte")
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
        # numpy gives a member that does not begin as an array does as its bytes.
        strange = [name for name, array in found.items() if not isinstance(array, np.ndarray)]
        if strange:
            raise ValueError(f"{strange[0]!r} in it is no plain array")
        return found
    except zipfile.BadZipFile as error:
        detail = f"{ARRAYS} holds no plain arrays; pickles and other files are never loaded"
        raise ModelError("V501", source, detail=detail) from error
    except (ValueError, OSError, EOFError, KeyError, MemoryError, zlib.error) as error:
        raise ModelError("V501", source, detail=" ".join(str(error).split())[:200]) from error


def save_model(
    folder: Path,
    arrays: Mapping[str, npt.NDArray[Any]],
    *,
    kind: str,
    version: str,
    labels: tuple[str, ...],
    thresholds: tuple[float, ...] = (),
    codebook: str = CODEBOOK_VERSION,
    codebook_sha256: str = "",
) -> ModelInfo:
    """Write ``model.npz`` and ``labels.json``; the same arrays give the same bytes.

    ``codebook`` is the version that the labels are of; a codebook other than vankien's stands
    beside the model, and ``codebook_sha256`` ties the two together.
    """
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
        codebook=codebook,
        labels=labels,
        thresholds=thresholds,
        sha256=hashlib.sha256(data).hexdigest(),
        codebook_sha256=codebook_sha256,
    )
    plain = info.model_dump(exclude=None if codebook_sha256 else {"codebook_sha256"})
    text = json.dumps(plain, ensure_ascii=False, indent=1)
    (folder / INFO).write_text(text + "\n", encoding="utf-8")
    return info
