"""Readers: every format becomes the same Document."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vankien.reading.row_fields import RowFields
    from vankien.reading.rows import iter_rows
    from vankien.reading.sniff import read, read_bytes
    from vankien.reading.text import from_text

__all__ = ["RowFields", "from_text", "iter_rows", "read", "read_bytes"]

_HOMES = {
    "RowFields": "row_fields",
    "from_text": "text",
    "iter_rows": "rows",
    "read": "sniff",
    "read_bytes": "sniff",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)
