"""What stands between one bad document and the batch.

:func:`guarded` is the one place where any exception of one document becomes a value: below
it errors are raised and never swallowed; here they end as a row of the ``errors`` table, so
that one bad document costs one row and not the batch.  :class:`Note` says which document
is in hand, for whoever watches this process from outside; :func:`limit_memory` makes the
system refuse what a document asks for beyond its limit.
"""

from __future__ import annotations

import hashlib
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable
from typing import TypeVar

from vankien.errors import CATALOGUE, VankienError
from vankien.records import ErrorRecord

__all__ = [
    "NOTE_BYTES",
    "ORPHAN_SECONDS",
    "Note",
    "guarded",
    "limit_memory",
    "noted_key",
    "refused",
    "step_key",
]

T = TypeVar("T")

NOTE_BYTES = 1024
"""Size of a note."""

MAX_KEY = 400
"""Longest key in bytes; a longer one is cut and ends in its digest."""

ORPHAN_SECONDS = 0.2
"""How often a process that belongs to a supervisor sees whether that still lives."""

ORPHAN_FACTOR = 3
"""A worker whose supervisor was killed may be in a document that never ends."""


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
    except MemoryError as error:
        # What the document holds has to go before there is room for a message.
        traceback.clear_frames(error.__traceback__)
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
    that does not end.  Without a file the note is kept nowhere.  A process with a file
    belongs to its supervisor: it ends when that is gone, at once (it looks every
    ``ORPHAN_SECONDS``) or, where something holds up the whole interpreter, after
    ``ORPHAN_FACTOR`` times the limit on time.
    """

    def __init__(self, path: str | None = None) -> None:
        self._handle = os.open(path, os.O_RDWR) if path is not None else None
        self._parent = os.getppid()
        self._step = 0
        self.seconds = 0.0
        """Limit on time; 0 for none."""
        if path is not None:
            threading.Thread(target=self._end_with_parent, daemon=True).start()

    def _end_with_parent(self) -> None:
        while os.getppid() == self._parent:
            time.sleep(ORPHAN_SECONDS)
        os._exit(1)

    def write(self, key: str) -> None:
        """Say that a step begins, by the key of what it works on (see :func:`step_key`)."""
        if self._handle is None:
            return
        if os.getppid() != self._parent:
            os._exit(1)
        if self.seconds and hasattr(signal, "setitimer"):
            # The system's own alarm, which no lock of the interpreter holds up.
            signal.setitimer(signal.ITIMER_REAL, ORPHAN_FACTOR * self.seconds if key else 0)
        self._step += 1
        note = f"{self._step}\n{key}".encode()
        os.lseek(self._handle, 0, os.SEEK_SET)
        os.write(self._handle, note.ljust(NOTE_BYTES, b"\0"))

    def clear(self) -> None:
        """Say that no document is in hand."""
        self.write("")


def step_key(stage: str, source: str) -> str:
    """Return the key of a step, as it is noted and skipped: one line that fits a note."""
    key = f"{stage} {source}".encode("utf-8", "backslashreplace")
    if len(key) > MAX_KEY:
        key = key[: MAX_KEY // 2] + hashlib.blake2b(key, digest_size=8).hexdigest().encode()
    return key.decode("utf-8", "ignore").replace("\n", "\\n").replace("\0", "\\0")


def noted_key(note: bytes) -> str:
    """Return the key that a note holds; "" where no document is in hand."""
    return note.rstrip(b"\0").decode("utf-8", "replace").partition("\n")[2]


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
