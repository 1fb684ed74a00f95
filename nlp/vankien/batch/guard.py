"""What stands between one bad document and the batch.

:func:`guarded` is the one place where any exception of one document becomes a value: below
it errors are raised and never swallowed; here they end as a row of the ``errors`` table, so
that one bad document costs one row and not the batch.  :class:`Note` says which document
is in hand, for whoever watches this process from outside; :func:`limit_memory` makes the
system refuse what a document asks for beyond its limit.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

from vankien.errors import CATALOGUE, VankienError
from vankien.records import ErrorRecord

__all__ = ["NOTE_BYTES", "Note", "guarded", "limit_memory", "refused"]

T = TypeVar("T")

NOTE_BYTES = 1024
"""Size of a note; longer sources are cut."""


def guarded(
    source: str, stage: str, action: Callable[[], T], *, memory: str = ""
) -> T | ErrorRecord:
    """Run ``action`` for one document; return its result or the error as a record.

    ``memory`` names the limit on memory, where there is one.
    """
    try:
        return action()
    except VankienError as error:
        return ErrorRecord(source, stage, error.code, str(error))
    except RecursionError:
        return _unforeseen(source, stage, "it is nested too deeply")
    except MemoryError:
        if memory:
            return refused(source, stage, "V118", memory)
        return _unforeseen(source, stage, "it needs more memory than there is")
    except Exception as error:  # noqa: BLE001 - the boundary of the batch, see above
        return _unforeseen(source, stage, f"{type(error).__name__}: {error}"[:300])


def _unforeseen(source: str, stage: str, detail: str) -> ErrorRecord:
    return refused(source, stage, "V116", " ".join(detail.split()))


def refused(source: str, stage: str, code: str, detail: str) -> ErrorRecord:
    """Return the row of ``errors`` for a document that is given up."""
    message = CATALOGUE[code].format(source=source, detail=detail, field="")
    return ErrorRecord(source, stage, code, f"[{code}] {message}")


class Note:
    """Which document is in hand: a small file that outlives the process that writes it.

    Each step has another number, so that a note that does not change for long is a step
    that does not end.  Without a file the note is kept nowhere.
    """

    def __init__(self, path: str | None = None) -> None:
        self._handle = os.open(path, os.O_RDWR) if path is not None else None
        self._step = 0

    def write(self, stage: str, key: str) -> None:
        """Say that a step begins: ``stage`` and the key of what it works on."""
        if self._handle is not None:
            self._step += 1
            note = f"{self._step}\n{stage}\n{key}".encode("utf-8", "replace")[:NOTE_BYTES]
            os.lseek(self._handle, 0, os.SEEK_SET)
            os.write(self._handle, note.ljust(NOTE_BYTES, b"\0"))

    def clear(self) -> None:
        """Say that no document is in hand."""
        self.write("", "")


def limit_memory(megabytes: int) -> bool:
    """Limit the data of this process, for good; say whether the system does so (Linux)."""
    try:
        import resource
    except ImportError:  # a system without such limits
        return False
    if not hasattr(resource, "RLIMIT_DATA"):
        return False
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = megabytes << 20
    if most != resource.RLIM_INFINITY:
        wanted = min(wanted, most)
    resource.setrlimit(resource.RLIMIT_DATA, (wanted, most))
    return True
