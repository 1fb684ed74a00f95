"""One archive held open at a time, so that its files are read without beginning anew.

A compressed tar can only be read from its start: it is unpacked once into a temporary file
without a name, from which every member is read in its turn.  A zip keeps its table of
contents.  The archive that was read last stays open in every thread until another is asked
for, or its file has changed.

Where to start reading: :func:`member_bytes`.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import tarfile
import tempfile
import threading
import zipfile
from collections.abc import Callable
from typing import IO

from vankien.errors import ReadError
from vankien.reading.archives import (
    DEFAULT,
    INSIDE,
    ArchiveLimits,
    archive_errors,
    archive_form,
    bounded,
)

__all__ = ["OpenArchive", "close_archives", "member_bytes"]

IN_MEMORY = 16 * 1024 * 1024
"""A compressed tar that unpacks to more goes through a temporary file."""

_BLOCK = 1 << 20
_COMPRESSED: dict[bytes, Callable[[IO[bytes]], IO[bytes]]] = {
    b"\x1f\x8b": lambda stream: gzip.GzipFile(fileobj=stream),  # type: ignore[dict-item,return-value]
    b"BZh": lambda stream: bz2.BZ2File(stream),
    b"\xfd7zXZ": lambda stream: lzma.LZMAFile(stream),  # noqa: SIM115
}


class OpenArchive:
    """An open zip or tar; ``source`` names it in messages.

    Raises ReadError: V111 beyond the limits, V121 damaged or no archive.
    """

    def __init__(self, stream: IO[bytes], source: str, *, limits: ArchiveLimits = DEFAULT) -> None:
        self.source = source
        self.limits = limits
        self._stream = stream
        self._zip: zipfile.ZipFile | None = None
        self._tar: tarfile.TarFile | None = None
        self._entries: dict[str, tarfile.TarInfo] = {}
        form = archive_form(stream)
        if form is None:
            raise ReadError("V121", source, detail="it is damaged or no archive")
        with archive_errors(source):
            if form == "zip":
                self._zip = zipfile.ZipFile(stream)
            else:
                self._open_tar()

    def _open_tar(self) -> None:
        head = self._stream.read(6)
        self._stream.seek(-len(head), os.SEEK_CUR)
        opened = next((o for mark, o in _COMPRESSED.items() if head.startswith(mark)), None)
        if opened is not None:
            with opened(self._stream) as inner, self._stream:
                self._stream = self._unpacked(inner)
        self._tar = tarfile.open(fileobj=self._stream, mode="r:")  # noqa: SIM115
        for entry in self._tar:
            if len(self._entries) >= self.limits.members:
                raise ReadError(
                    "V111", self.source, detail=f"more than {self.limits.members:,} files"
                )
            if entry.isfile():
                self._entries.setdefault(entry.name, entry)

    def _unpacked(self, inner: IO[bytes]) -> IO[bytes]:
        spool = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        size = 0
        while block := inner.read(_BLOCK):
            size += len(block)
            if size > self.limits.total_bytes:
                spool.close()
                detail = f"it unpacks to over {self.limits.total_bytes:,} bytes"
                raise ReadError("V111", self.source, detail=detail)
            spool.write(block)
        spool.seek(0)
        return spool

    def read(self, name: str) -> bytes:
        """Return what a member holds.

        Raises ReadError: V104 protected, V109 not there, V111 too large, V121 damaged.
        """
        address = f"{self.source}{INSIDE}{name}"
        with archive_errors(address):
            if self._zip is not None:
                try:
                    info = self._zip.getinfo(name)
                except KeyError as error:
                    raise ReadError("V109", address, detail="no such file inside") from error
                with self._zip.open(info) as member:
                    return bounded(member, address, self.limits)
            entry = self._entries.get(name)
            found = self._tar.extractfile(entry) if self._tar and entry is not None else None
            if found is None:
                raise ReadError("V109", address, detail="no such file inside")
            with found:
                return bounded(found, address, self.limits)

    def close(self) -> None:
        """Close the archive and what was unpacked of it."""
        for opened in (self._zip, self._tar, self._stream):
            if opened is not None:
                opened.close()


class _Held(threading.local):
    """The archives that lead to the member read last, outermost first."""

    def __init__(self) -> None:
        self.key: tuple[str, str] | None = None
        self.chain: list[OpenArchive] = []


_held = _Held()


def close_archives(keep: int = 0) -> None:
    """Close what this thread holds open, but for the ``keep`` outermost."""
    while len(_held.chain) > keep:
        _held.chain.pop().close()
    if not _held.chain:
        _held.key = None


def member_bytes(
    path: str,
    state: str,
    names: list[str],
    opened: Callable[[], IO[bytes]],
    *,
    limits: ArchiveLimits = DEFAULT,
) -> bytes:
    """Return the bytes of a member; ``names`` leads to it through archives in archives.

    ``state`` changes whenever the file does; ``opened`` opens it.  Raises ReadError as
    :class:`OpenArchive` does.
    """
    if _held.key != (path, state):
        close_archives()
    held = _held.chain
    try:
        if not held:
            stream = opened()
            try:
                held.append(OpenArchive(stream, path, limits=limits))
            except BaseException:
                stream.close()
                raise
            _held.key = (path, state)
        source = path
        for depth, name in enumerate(names[:-1], 1):
            source = f"{source}{INSIDE}{name}"
            if depth >= limits.depth:
                detail = f"more than {limits.depth} archives in archives"
                raise ReadError("V111", source, detail=detail)
            if depth < len(held) and held[depth].source == source:
                continue
            close_archives(depth)
            inner = io.BytesIO(held[-1].read(name))
            held.append(OpenArchive(inner, source, limits=limits))
        close_archives(len(names))
        return held[-1].read(names[-1])
    except BaseException:
        close_archives()
        raise
