"""Inputs -> ordered chunks.

A chunk is a short list of items: whole files, or ranges of rows of one file.  Chunks are
cut by bytes and do not depend on the number of workers.  The name of a chunk is the digest
of what is in it (content hashes and ranges) and of the options, so that the same input
gives the same parts anywhere.  What earlier runs in the same folder have finished is taken
out before the cutting: new files make new chunks and never move old ones.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vankien.batch.folder import told_as_oserror
from vankien.batch.options import digest_of
from vankien.errors import OutputError, ReadError, UsageError
from vankien.reading.archives import INSIDE
from vankien.records import ErrorRecord

__all__ = ["Chunk", "Item", "estimate", "examine", "expand", "hash_file", "make_chunks"]

CHUNK_BYTES = 1_500_000
"""Target size of a chunk: large enough to amortise a part, small enough to redo."""

CHUNK_ITEMS = 64
"""Most files in one chunk."""


@dataclass(frozen=True, slots=True)
class Item:
    """One file, or the rows of one file from ``start`` to ``stop`` (reader's own units).

    ``first_row`` is the 1-based number of the first row, for naming sources.  ``error`` is
    stage, code and message of a file that could not even be opened.
    """

    path: str
    size: int
    sha256: str
    start: int | None = None
    stop: int | None = None
    first_row: int = 1
    error: tuple[str, str, str] | None = None

    @property
    def given(self) -> str:
        """The file that was given: of a file in an archive, the archive."""
        if INSIDE not in self.path or Path(self.path).exists():
            return self.path
        return self.path.partition(INSIDE)[0]

    @property
    def key(self) -> str:
        """What makes this item the same in another run: path, content and range."""
        return f"{self.path}\x1f{self.sha256}\x1f{self.start}\x1f{self.stop}"

    @property
    def order(self) -> tuple[str, int]:
        """Where the item stands in every table: by path, then by place in the file."""
        return (self.path, self.start or 0)

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Item:
        """Return the item of plain values; what else they hold is left out."""
        own = {name: plain[name] for name in cls.__slots__}
        return cls(**{**own, "error": tuple(own["error"]) if own["error"] else None})


@dataclass(frozen=True, slots=True)
class Chunk:
    """A named list of items, processed and stored as one."""

    name: str
    items: tuple[Item, ...]

    @property
    def size(self) -> int:
        """Bytes to read, as planned."""
        return sum(item.size for item in self.items)


def expand(inputs: Sequence[str | Path], *, out: str | None = None) -> list[str]:
    """Return the files behind files, folders and fsspec addresses, sorted, each once.

    Folders are walked, links to folders not; archives are files here (:func:`examine` walks
    them).  Hidden files and the output folder are left out.  Raises UsageError (V206) for an
    input that does not exist and (V201) when nothing is left.
    """
    found: set[str] = set()
    inside = str(Path(out).resolve()) if out and "://" not in out else None
    for given in inputs:
        name = str(given)
        if "://" in name:
            found.update(_expand_address(name, out))
            continue
        root = Path(name)
        if not root.exists():
            raise UsageError("V206", name)
        if root.is_dir():
            if inside is not None and inside == str(root.resolve()):
                raise OutputError("V207", name)
            for path in root.rglob("*"):
                if not path.is_file() or _hidden(path.relative_to(root).as_posix()):
                    continue
                if inside is not None and str(path.resolve()).startswith(inside + "/"):
                    continue
                found.add(str(path))
        else:
            found.add(str(root))
    if not found:
        raise UsageError("V201", ", ".join(str(i) for i in inputs) or "the command")
    return sorted(found)


def estimate(paths: Sequence[str]) -> int:
    """Return about how many chunks the files of this machine make, by their sizes alone."""
    size = 0
    for path in paths:
        with contextlib.suppress(OSError, ValueError):  # what cannot be read is an error later
            size += Path(path).stat().st_size if "://" not in path else 0
    return max(size // CHUNK_BYTES, len(paths) // CHUNK_ITEMS)


def _expand_address(name: str, out: str | None) -> list[str]:
    import fsspec

    try:
        with told_as_oserror():
            fs, path = fsspec.core.url_to_fs(name)
            there = fs.exists(path)
            inner = fs.find(path) if there and fs.isdir(path) else None
    # Unknown protocol, missing driver; no credentials, no answer.
    except (ValueError, ImportError, OSError) as error:
        detail = " ".join(str(error).split()).rstrip(".")
        raise UsageError("V401", name, detail=f"the address cannot be used, {detail}") from error
    if not there:
        raise UsageError("V206", name)
    if inner is None:
        return [str(fs.unstrip_protocol(path))]
    inside = None
    if out and "://" in out:
        inside = str(fs.unstrip_protocol(fs._strip_protocol(out))).rstrip("/")
        if inside == str(fs.unstrip_protocol(path)).rstrip("/"):
            raise OutputError("V207", name)
    paths = []
    for found in inner:
        full = str(fs.unstrip_protocol(found))
        if _hidden(found[len(path) :]) or (inside and full.startswith(inside + "/")):
            continue
        paths.append(full)
    return paths


def _hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/") if part not in (".", ".."))


def hash_file(path: str) -> tuple[str, int]:
    """Return SHA-256 (hex) and size of a file or address.  Raises ReadError (V109, V113)."""
    from vankien.reading.streams import open_bytes, stream_errors

    digest = hashlib.sha256()
    size = 0
    with open_bytes(path) as stream, stream_errors(path):
        while block := stream.read(1 << 20):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def examine(path: str, target: int) -> list[Item]:
    """Return the items of one file: one for a document, several for a large row file.

    An archive gives the items of its files, by address (``a.zip!/b.docx``); what of it cannot
    be read is an item with its error.  ``target`` is the size of a range of rows in bytes,
    usually CHUNK_BYTES.  A row file that cannot be cut is one item with its error.  Raises
    ReadError where the file cannot be opened, or the archive is damaged or beyond its bounds
    (:class:`vankien.reading.archives.ArchiveLimits`).
    """
    from vankien.reading.streams import members_of

    members = members_of(path)
    if members is None:
        return _examine_file(path, target)
    if not members:
        raise ReadError("V101", path)
    items: list[Item] = []
    for member in members:
        if isinstance(member, ReadError):
            items.append(_failed(member, "read"))
            continue
        try:
            items += _examine_file(member.address, target)
        except ReadError as error:
            items.append(_failed(error, "read"))
    return sorted(items, key=lambda item: item.order)


def _failed(error: ReadError, stage: str) -> Item:
    return Item(error.source, 0, "", error=(stage, error.code, str(error)))


def _examine_file(path: str, target: int) -> list[Item]:
    from vankien.reading.rows import is_row_file, row_ranges

    sha256, size = hash_file(path)
    if not is_row_file(path):
        return [Item(path, size, sha256)]
    try:
        ranges = row_ranges(path, target)
    except ReadError as error:
        return [Item(path, size, sha256, error=("read", error.code, str(error)))]
    return [
        Item(path, r.size, sha256, start=r.start, stop=r.stop, first_row=r.first_row)
        for r in ranges
    ]


def unreadable(record: ErrorRecord) -> Item:
    """Return the item of a file that could not be examined; its row of ``errors`` is known."""
    return Item(record.source, 0, "", error=(record.stage, record.error, record.message))


def make_chunks(items: Iterable[Item], *, options: dict[str, Any]) -> list[Chunk]:
    """Cut items, in order, into chunks by bytes and number."""
    chunks: list[Chunk] = []
    current: list[Item] = []
    size = 0
    for item in items:
        if current and (size + item.size > CHUNK_BYTES or len(current) >= CHUNK_ITEMS):
            chunks.append(_chunk(current, options))
            current, size = [], 0
        current.append(item)
        size += item.size
    if current:
        chunks.append(_chunk(current, options))
    return chunks


def _chunk(items: list[Item], options: dict[str, Any]) -> Chunk:
    return Chunk(digest_of([[item.key for item in items], options]), tuple(items))
