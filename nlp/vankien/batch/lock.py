"""One run at a time in a folder.

On local disks the operating system keeps the lock (``flock``): it ends with its process,
however that dies, so a lock that is left behind holds nobody up.  On object stores, and on
disks without ``flock``, the lock is a lease: a file that its run renews; a lease whose
process is dead, or that was not renewed for some time, is taken over.  A lock that names its
process is of a run that was broken off.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from vankien.batch.folder import Folder, LocalFolder
from vankien.batch.guard import ORPHAN_SECONDS
from vankien.errors import OutputError

__all__ = ["LOCK", "locked"]

LOCK = ".store/lock"

RENEW_SECONDS = 20.0
"""How often a lease is renewed."""

ORPHANS_SECONDS = 3 * ORPHAN_SECONDS
"""How long a run waits where the one before did not come to its end: a worker of that one,
killed alone, sees it so late, and must not put its tables over those of the next run."""

DYING_SECONDS = 5.0
"""How long a lock is waited for whose process is dead."""

STALE_SECONDS = 120.0
"""A lease of another machine that is older than this is taken over."""


@contextmanager
def locked(folder: Folder) -> Iterator[None]:
    """Hold the lock of a results folder.  Raises OutputError (V209) where another run does."""
    if isinstance(folder, LocalFolder):
        try:
            import fcntl
        except ImportError:  # no flock on this system
            with _lease(folder):
                yield
            return
        try:
            handle = os.open(Path(folder.root) / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise OutputError("V202", folder.root, detail=error.strerror or "") from error
        try:
            try:
                _grasp(handle, partial(fcntl.flock, handle, fcntl.LOCK_EX | fcntl.LOCK_NB))
            except BlockingIOError as error:
                raise _in_use(folder, _parse(os.pread(handle, 4096, 0))) from error
            except OSError:  # a disk without flock
                with _lease(folder):
                    yield
                return
            if os.pread(handle, 1, 0):
                time.sleep(ORPHANS_SECONDS)
            os.ftruncate(handle, 0)
            os.pwrite(handle, _content(), 0)
            yield
            os.ftruncate(handle, 0)
        finally:
            os.close(handle)
        return
    with _lease(folder):
        yield


def _grasp(handle: int, take: Callable[[], None]) -> None:
    """Take the lock; one whose process is dead already is waited for until it is let go.

    A process that is killed while it starts another leaves the lock to that one for a moment.
    Raises BlockingIOError where another run holds it.
    """
    until = time.monotonic() + DYING_SECONDS
    while True:
        try:
            take()
        except BlockingIOError:
            holder = _parse(os.pread(handle, 4096, 0))
            if _alive(holder) or time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def _content(token: str = "") -> bytes:
    return json.dumps(
        {"host": socket.gethostname(), "pid": os.getpid(), "token": token, "renewed": time.time()}
    ).encode()


def _parse(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except ValueError:  # half written: nobody's
        return {}
    return found if isinstance(found, dict) else {}


def _in_use(folder: Folder, holder: dict[str, Any]) -> OutputError:
    detail = f"process {holder.get('pid', 'unknown')} on {holder.get('host', 'unknown')}"
    return OutputError("V209", folder.root, detail=detail)


@contextmanager
def _lease(folder: Folder) -> Iterator[None]:
    name = f"{LOCK}.lease"
    token = secrets.token_hex(8)
    if (holder := _holder(folder, name)) and _alive(holder):
        raise _in_use(folder, holder)
    if holder:
        time.sleep(ORPHANS_SECONDS)
    folder.write(name, _content(token))
    # Two runs may take over the same stale lease: the last writer has it, the other sees that.
    holder = _holder(folder, name)
    if holder.get("token") != token:
        raise _in_use(folder, holder)
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(RENEW_SECONDS):
            with suppress(OSError):  # the next round tries again; the lease outlives some
                folder.write(name, _content(token))

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        if _holder(folder, name).get("token") == token:
            folder.remove(name)


def _holder(folder: Folder, name: str) -> dict[str, Any]:
    try:
        return _parse(folder.read(name))
    except FileNotFoundError:
        return {}


def _alive(holder: dict[str, Any]) -> bool:
    """Say whether the run that holds a lease still runs, as far as can be known."""
    if holder.get("host") == socket.gethostname():
        try:
            os.kill(int(holder["pid"]), 0)
        except ProcessLookupError:
            return False
        except (PermissionError, KeyError, ValueError):
            pass
    renewed = holder.get("renewed")
    return isinstance(renewed, int | float) and time.time() - renewed < STALE_SECONDS
