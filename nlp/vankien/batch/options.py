"""What a run is told: options that change its result, limits that guard it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

import vankien
from vankien.errors import UsageError
from vankien.reading.row_fields import RowFields
from vankien.records import SCHEMA_VERSION
from vankien.resources import CODEBOOK_VERSION, find_model

__all__ = ["Limits", "Options", "digest_of"]


def digest_of(value: Any) -> str:
    """Return a short digest of plain values, the same everywhere."""
    key = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


_FIELDS = RowFields()


@dataclass(frozen=True, slots=True)
class Options:
    """What changes the result of a run; a folder holds runs of one set of options.

    ``model`` names folders that ``vankien train`` wrote, whose codes are given as well.
    """

    fields: RowFields = _FIELDS
    """Names of the fields of rows; ``--text-field`` and the like on the command line."""

    model: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain values, with the versions that a result depends on."""
        models = [find_model(kind).name.replace("-", "@", 1) for kind in ("roles", "themes")]
        if self.model:
            from vankien.tagging.schemes import load_schemes

            # A run is the same wherever the models are; it is another with other models.
            models += [f"{one.name}#{one.digest}" for one in load_schemes(self.model) if one.digest]
        return {
            **{f"{name}_field": field for name, field in asdict(self.fields).items()},
            "vankien": vankien.__version__,
            "codebook": CODEBOOK_VERSION,
            "model": ", ".join(models),
            "schema": SCHEMA_VERSION,
        }


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost before it becomes a row of ``errors``.

    ``seconds`` is for reading one document, or one row, and again for its analysis;
    ``megabytes`` (of 1024 × 1024 bytes) is for the data of the worker process that holds it,
    enforced where the system can (Linux).  Both are generous: the slowest honest documents,
    scans of hundreds of pages, need some minutes and about a gigabyte.
    """

    seconds: float = 600.0
    megabytes: int = 4096

    def __post_init__(self) -> None:
        if self.seconds <= 0:
            raise UsageError("V401", "time limit", detail="give a number of seconds above 0")
        if self.megabytes < MIN_MEGABYTES:
            detail = f"give at least {MIN_MEGABYTES} megabytes"
            raise UsageError("V401", "memory limit", detail=detail)

    def __str__(self) -> str:
        return f"{self.seconds:g} s, {self.megabytes} MB"


MIN_MEGABYTES = 1024
"""What a worker needs before it holds any document: its libraries and models (about 320),
and the room that a reader asks for at once for the largest file it takes (512)."""
