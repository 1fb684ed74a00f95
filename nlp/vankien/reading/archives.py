"""Archives of documents: zip and tar, walked in memory and within bounds.

A member has an address of its own, ``archive.zip!/folder/report.docx``, and archives in
archives ``a.zip!/b.tar!/c.txt``; :func:`vankien.reading.streams.open_bytes` opens such an
address like a file.  No member is ever written under its name, so that names with ``..`` or
a leading stroke can do no harm; links and devices are refused.

Where to start reading: :func:`archive_members` lists the addresses,
:mod:`vankien.reading.open_archives` gives what one of them holds.
"""

from __future__ import annotations

import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import IO

from vankien.errors import ReadError

__all__ = [
    "INSIDE",
    "ArchiveLimits",
    "ArchiveMember",
    "archive_errors",
    "archive_form",
    "archive_members",
    "bounded",
]

INSIDE = "!/"
"""Stands between an archive and the name of its member."""

_PLAIN_BLOCK = 1 << 20
_TAR_MARK = slice(257, 262)
_OFFICE = frozenset({"[Content_Types].xml", "mimetype", "META-INF/manifest.xml"})
_OFFICE_NAMES = (".docx", ".docm", ".xlsx", ".pptx", ".odt", ".ods", ".epub")
_ARCHIVE_NAMES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2")
_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_FAILURES = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Bounds of one archive.

    ``members`` files in all; ``member_bytes`` unpacked bytes of a file; ``total_bytes`` of all
    files together; ``ratio`` of unpacked to packed bytes, looked at from one megabyte on;
    ``depth`` of archives in archives.
    """

    members: int = 10_000
    member_bytes: int = 512 * 1024 * 1024
    total_bytes: int = 8 * 1024 * 1024 * 1024
    ratio: int = 250
    depth: int = 3


DEFAULT = ArchiveLimits()


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """A file in an archive: its address and its unpacked size in bytes."""

    address: str
    size: int


def archive_form(stream: IO[bytes]) -> str | None:
    """Return zip or tar where a stream holds an archive of files, else None.

    Office files are zip archives too, and none of these.  The stream must be seekable; its
    position is kept.
    """
    place = stream.tell()
    try:
        head = stream.read(512)
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            stream.seek(place)
            with zipfile.ZipFile(stream) as archive:
                return None if _OFFICE & set(archive.namelist()) else "zip"
        if head[_TAR_MARK] == b"ustar":
            return "tar"
        if head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ")):
            stream.seek(place)
            with tarfile.open(fileobj=stream, mode="r:*") as packed:
                return "tar" if packed.next() is not None else None
    except _FAILURES:
        return None
    finally:
        stream.seek(place)
    return None


@contextmanager
def archive_errors(source: str) -> Iterator[None]:
    try:
        yield
    except ReadError:
        raise
    except _FAILURES as error:
        if isinstance(error, RuntimeError) and "password" in str(error).lower():
            raise ReadError("V104", source) from error
        detail = " ".join(str(error).split())[:120] or type(error).__name__
        raise ReadError("V121", source, detail=detail) from error


def archive_members(
    stream: IO[bytes], source: str, *, limits: ArchiveLimits = DEFAULT
) -> Iterator[ArchiveMember | ReadError]:
    """Yield the files of an archive, and of the archives in it, in the order of the archive.

    Hidden files and those of file managers ("__MACOSX") are left out.  What cannot be a
    document comes as the error that names it: links, devices, files beyond ``limits``.
    Raises ReadError: V104 protected by a password, V111 beyond the limits as a whole, V121
    damaged.
    """
    yield from _walk(stream, source, limits, _Count(), 1)


@dataclass(slots=True)
class _Count:
    members: int = 0
    size: int = 0


def _walk(
    stream: IO[bytes], source: str, limits: ArchiveLimits, count: _Count, depth: int
) -> Iterator[ArchiveMember | ReadError]:
    form = archive_form(stream)
    if form is None:
        raise ReadError("V121", source, detail="it is damaged or no archive")
    with archive_errors(source):
        if form == "zip":
            with zipfile.ZipFile(stream) as archive:
                for info in archive.infolist():
                    if info.is_dir() or _hidden(info.filename):
                        continue
                    address = f"{source}{INSIDE}{info.filename}"
                    if info.flag_bits & 1:
                        yield ReadError("V104", address)
                        continue
                    bomb = info.file_size > max(info.compress_size, 4096) * limits.ratio
                    if bomb and info.file_size > _PLAIN_BLOCK:
                        yield ReadError("V111", address, detail="it unpacks to far more")
                        continue
                    yield from _member(
                        partial(archive.open, info),
                        address, info.file_size, limits, count, depth,
                    )  # fmt: skip
        else:
            with tarfile.open(fileobj=stream, mode="r:*") as packed:
                for entry in packed:
                    if entry.isdir() or _hidden(entry.name):
                        continue
                    address = f"{source}{INSIDE}{entry.name}"
                    if not entry.isfile():
                        yield ReadError("V102", address, detail="a link or device, no file")
                        continue
                    yield from _member(
                        partial(packed.extractfile, entry),
                        address, entry.size, limits, count, depth,
                    )  # fmt: skip


def _member(
    opened: Callable[[], IO[bytes] | None],
    address: str,
    size: int,
    limits: ArchiveLimits,
    count: _Count,
    depth: int,
) -> Iterator[ArchiveMember | ReadError]:
    count.members += 1
    count.size += size
    archive = address.partition(INSIDE)[0]
    if count.members > limits.members:
        raise ReadError("V111", archive, detail=f"more than {limits.members:,} files")
    if count.size > limits.total_bytes:
        raise ReadError("V111", archive, detail=f"it unpacks to over {limits.total_bytes:,} bytes")
    if size > limits.member_bytes:
        yield ReadError("V111", address, detail=f"{size:,} bytes")
        return
    inner = None
    if not address.lower().endswith(_OFFICE_NAMES):
        stream = opened()
        if stream is None:
            return
        with stream:
            inner = _inner_archive(stream, address, limits)
    if inner is None:
        yield ArchiveMember(address, size)
        return
    if depth >= limits.depth:
        yield ReadError("V111", address, detail=f"more than {limits.depth} archives in archives")
        return
    try:
        yield from _walk(inner, address, limits, count, depth + 1)
    except ReadError as error:
        if error.source == archive:  # the bounds of the whole
            raise
        yield error


def _inner_archive(stream: IO[bytes], address: str, limits: ArchiveLimits) -> IO[bytes] | None:
    """Return a member that is an archive itself, by its content; None where it is none."""
    head = stream.read(512)
    if not head.startswith(_MARKS) and head[_TAR_MARK] != b"ustar":
        return None
    inner = io.BytesIO(head + bounded(stream, address, limits))
    # What is named an archive and cannot be opened as one is damaged, not a document.
    named = address.lower().endswith(_ARCHIVE_NAMES)
    return inner if named or archive_form(inner) is not None else None


def _hidden(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return any(part.startswith(".") and part not in (".", "..") for part in parts) or (
        "__MACOSX" in parts
    )


def bounded(stream: IO[bytes], address: str, limits: ArchiveLimits) -> bytes:
    """Read a member; what it unpacks to counts, not what the archive says of it."""
    data = stream.read(limits.member_bytes + 1)
    if len(data) > limits.member_bytes:
        raise ReadError("V111", address, detail=f"more than {limits.member_bytes:,} bytes")
    return data
