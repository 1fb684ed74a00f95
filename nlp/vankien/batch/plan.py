"""Inputs -> ordered chunks.

A chunk is a short list of items: whole files, or ranges of rows of one file.  Chunks are
cut by bytes and do not depend on the number of workers.  The name of a chunk is the digest
of what is in it (content hashes and ranges) and of the options, so that the same input
gives the same parts anywhere.  What earlier runs in the same folder have finished is taken
out before the cutting: new files make new chunks and never move old ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import fsspec

from vankien.errors import OutputError, ReadError, UsageError
from vankien.reading.rows import is_row_file, row_ranges

__all__ = ["Chunk", "Item", "expand", "hash_file", "make_chunks"]

CHUNK_BYTES = 1_500_000
"""Target size of a chunk: large enough to amortise a part, small enough to redo."""

CHUNK_ITEMS = 64
"""Most files in one chunk."""


@dataclass(frozen=True, slots=True)
class Item:
    """One file, or the rows of one file from ``start`` to ``stop`` (reader's own units).

    ``first_row`` is the 1-based number of the first row, for naming sources.
    """

    path: str
    size: int
    sha256: str
    start: int | None = None
    stop: int | None = None
    first_row: int = 1

    @property
    def key(self) -> str:
        """What makes this item the same in another run: content, range and path."""
        return f"{self.path}\x1f{self.sha256}\x1f{self.start}\x1f{self.stop}"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A named list of items, processed and stored as one."""

    name: str
    items: tuple[Item, ...]

    @property
    def size(self) -> int:
        """Bytes to read, as planned."""
        return sum(item.size for item in self.items)

    def to_json(self) -> list[dict[str, Any]]:
        """Return the items as plain values."""
        return [asdict(item) for item in self.items]


def expand(inputs: Sequence[str | Path], *, out: str | None = None) -> list[str]:
    """Return the files behind files, folders and fsspec addresses, sorted, each once.

    Folders are walked; hidden files and the output folder are left out.  Raises UsageError
    (V206) for an input that does not exist and (V201) when nothing is left.
    """
    found: dict[str, None] = {}
    inside = str(Path(out).resolve()) if out and "://" not in out else None
    for given in inputs:
        name = str(given)
        if "://" in name:
            fs, path = fsspec.core.url_to_fs(name)
            if not fs.exists(path):
                raise UsageError("V206", name)
            paths = sorted(fs.find(path)) if fs.isdir(path) else [path]
            found.update((fs.unstrip_protocol(p), None) for p in paths if not _hidden(p))
            continue
        root = Path(name)
        if not root.exists():
            raise UsageError("V206", name)
        if root.is_dir():
            if inside is not None and inside == str(root.resolve()):
                raise OutputError("V207", name)
            for path in sorted(root.rglob("*")):
                if not path.is_file() or _hidden(path.relative_to(root).as_posix()):
                    continue
                if inside is not None and str(path.resolve()).startswith(inside + "/"):
                    continue
                found[str(path)] = None
        else:
            found[str(root)] = None
    if not found:
        raise UsageError("V201", ", ".join(str(i) for i in inputs) or "the command")
    return list(found)


def _hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/") if part not in (".", ".."))


def hash_file(path: str) -> tuple[str, int]:
    """Return SHA-256 (hex) and size of a file.  Raises ReadError (V109)."""
    digest = hashlib.sha256()
    size = 0
    try:
        with fsspec.open(path, "rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
                size += len(block)
    except OSError as error:
        raise ReadError("V109", path, detail=error.strerror or str(error)) from error
    return digest.hexdigest(), size


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
    key = json.dumps([[item.key for item in items], options], sort_keys=True)
    name = hashlib.blake2b(key.encode(), digest_size=8).hexdigest()
    return Chunk(name, tuple(items))


def split_rows(path: str, sha256: str, size: int) -> list[Item]:
    """Return the items of one file: one for a document, several for a large row file.

    Raises ReadError where a row file cannot be read at all.
    """
    if not is_row_file(path):
        return [Item(path, size, sha256)]
    ranges = row_ranges(path, CHUNK_BYTES)
    return [
        Item(path, r.size, sha256, start=r.start, stop=r.stop, first_row=r.first_row)
        for r in ranges
    ]
