"""The one place where any exception of one document becomes a value.

Below this module errors are raised and never swallowed; here they end as a row of the
``errors`` table, so that one bad document costs one row and not the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from vankien.errors import CATALOGUE, VankienError
from vankien.records import ErrorRecord

__all__ = ["guarded"]

T = TypeVar("T")


def guarded(source: str, stage: str, action: Callable[[], T]) -> T | ErrorRecord:
    """Run ``action`` for one document; return its result or the error as a record."""
    try:
        return action()
    except VankienError as error:
        return ErrorRecord(source, stage, error.code, str(error))
    except RecursionError:
        return _unforeseen(source, stage, "it is nested too deeply")
    except MemoryError:
        return _unforeseen(source, stage, "it needs more memory than there is")
    except Exception as error:  # noqa: BLE001 - the boundary of the batch, see above
        return _unforeseen(source, stage, f"{type(error).__name__}: {error}"[:300])


def _unforeseen(source: str, stage: str, detail: str) -> ErrorRecord:
    message = CATALOGUE["V116"].format(source=source, detail=detail)
    return ErrorRecord(source, stage, "V116", f"[V116] {message}")
