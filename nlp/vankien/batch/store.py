"""The output folder, written so that a kill at any moment loses nothing.

    run.json                            versions, options, counts, timings
    <table>/part-00000-<digest>.parquet the finished tables, in document order
    .store/manifest.json                which parts are the finished tables; the commit point
    .store/items-, index-<digest>       which inputs and documents are in them
    .store/chunks/<name>.<table>.parquet, <name>.json
                                        parts of finished chunks that are not yet merged
    .store/scans/<digest>-<page>.json   pages of long scans whose document is not yet done

A chunk's marker (``<name>.json``) is written last and holds sizes and digests of its parts:
a part without its marker, or unlike its marker says, does not exist.  The finished tables
are replaced as a whole: new parts beside the old ones, then the manifest, then the old
parts go.  Whatever a kill leaves behind is put right when the next run begins.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vankien.batch.folder import open_folder
from vankien.batch.options import digest_of
from vankien.errors import OutputError
from vankien.records import SCHEMA_VERSION, TABLES, rows_to_table

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["COUNTED", "INDEX", "SCANS", "Manifest", "Store", "index_schema"]

RUN_FILE = "run.json"
HIDDEN = ".store"
CHUNKS = f"{HIDDEN}/chunks"
SCANS = f"{HIDDEN}/scans"
MANIFEST = f"{HIDDEN}/manifest.json"

INDEX = "index"
"""The hidden table of documents: item, id, signature, rows in each other table."""

COUNTED = ("sentences", "themes", "indicators", "references", "tables")
"""Tables whose rows belong to a document, in the order of the index's columns."""


@cache
def index_schema() -> pa.Schema:
    """Return the schema of the hidden index of documents."""
    import pyarrow as pa

    from vankien.batch.duplicates import SIGNATURE_BYTES

    return pa.schema(
        [
            ("item", pa.int32()),
            ("doc_id", pa.string()),
            ("signature", pa.binary(SIGNATURE_BYTES)),
            *((table, pa.int32()) for table in COUNTED),
        ]
    )


@dataclass(frozen=True, slots=True)
class Manifest:
    """The finished tables: names and sizes of their parts, and what is in them."""

    settings: dict[str, Any]
    digest: str
    parts: dict[str, list[tuple[str, int]]]
    """Table -> (file, bytes) in order; also of the hidden tables ``index`` and ``items``."""
    chunks: list[str]
    counts: dict[str, int]
    errors: dict[str, int]
    repeated: int
    duplicates: int

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Manifest:
        """Return the manifest of plain values."""
        parts = {table: [(str(n), int(s)) for n, s in p] for table, p in plain["parts"].items()}
        return cls(**{**plain, "parts": parts})


class Store:
    """The results folder of one run, on a local disk or any fsspec filesystem."""

    def __init__(self, out: str | Path) -> None:
        self.folder = open_folder(out)
        self.root = self.folder.root

    # --- opening ------------------------------------------------------------------

    def create(self) -> None:
        """Make the folder, and see that it can be written.

        Raises OutputError where it cannot (V202) or holds other files (V203).
        """
        folder = self.folder
        try:
            names = set(folder.names())
            foreign = HIDDEN not in names and not self._made_by_vankien()
            # Nothing here may be swept away: it is somebody's.
            if foreign and any(not name.startswith(".") for name in names):
                raise OutputError("V203", self.root)
            for place in (CHUNKS, SCANS):
                folder.make(place)
            folder.write(f"{HIDDEN}/probe", b"0")
            folder.remove(f"{HIDDEN}/probe")
        except OSError as error:
            raise self.unwritable(error) from error

    def _made_by_vankien(self) -> bool:
        options = (self.read_run() or {}).get("options")
        return isinstance(options, dict) and "vankien" in options

    def prepare(self, settings: dict[str, Any], *, force: bool) -> None:
        """Make the folder ready for a run with these settings; call with the lock held.

        A folder of the same settings is resumed or extended; with ``force`` it is emptied.
        Raises OutputError where it was made with other settings (V204) or with tables of
        another version (V210), or cannot be written (V202).
        """
        try:
            if force:
                self._clear()
            manifest = self.manifest()
            known = manifest.settings if manifest else (self.read_run() or {}).get("options")
            if known is not None:
                self.check_schema({"options": known})
            if known is not None and known != settings:
                raise OutputError("V204", self.root, detail=_difference(known, settings))
            for table in TABLES:
                self.folder.make(table)
            self._sweep(manifest, digest_of(settings))
        except OSError as error:
            raise self.unwritable(error) from error

    def unwritable(self, error: OSError) -> OutputError:
        """Return the error (V202) for a folder that cannot be written."""
        detail = error.strerror or " ".join(str(error).split()) or type(error).__name__
        return OutputError("V202", self.root, detail=detail)

    def _clear(self) -> None:
        # What says that the tables are there goes first, then the tables.
        for name in (MANIFEST, RUN_FILE):
            self.folder.remove(name)
        for place in (CHUNKS, SCANS, *TABLES, HIDDEN):
            for name in self.folder.names(place):
                if name.endswith((".parquet", ".json", ".new", ".tmp")):
                    self.folder.remove(f"{place}/{name}")

    def _sweep(self, manifest: Manifest | None, settings: str) -> None:
        """Publish the parts that are committed; remove all that belongs to nothing."""
        wanted = {name for parts in manifest.parts.values() for name, _ in parts if parts} \
            if manifest else set()  # fmt: skip
        for name in wanted:
            self.folder.publish(name)
        for place in (*TABLES, HIDDEN):
            for name in self.folder.names(place):
                if name.endswith((".parquet", ".new", ".tmp")) and f"{place}/{name}" not in wanted:
                    self.folder.remove(f"{place}/{name}")
        merged = set(manifest.chunks) if manifest else set()
        markers = self.markers(settings, without=merged)
        kept = {f"{n}.json" for n in markers}
        for chunk, marker in markers.items():
            kept.update(f"{chunk}.{table}.parquet" for table in marker["parts"])
        for name in self.folder.names(CHUNKS):
            if name not in kept:
                self.folder.remove(f"{CHUNKS}/{name}")

    # --- chunks -------------------------------------------------------------------

    def markers(
        self, settings: str | None = None, *, without: Collection[str] = ()
    ) -> dict[str, dict[str, Any]]:
        """Return the markers of finished, unmerged chunks by name, ``without`` some.

        ``settings`` is the digest of the settings they must have been made with; the parts
        are then compared with their digests as well, not with their sizes alone.
        """
        found = {}
        for name in self.folder.names(CHUNKS):
            chunk, dot, ending = name.partition(".")
            if not chunk or dot + ending != ".json" or chunk in without:
                continue
            marker = self._json(f"{CHUNKS}/{name}")
            if marker is None or marker.get("settings") != (settings or marker.get("settings")):
                continue
            if self._whole(chunk, marker, read=settings is not None):
                found[chunk] = marker
        return found

    def _whole(self, chunk: str, marker: dict[str, Any], *, read: bool) -> bool:
        for table, (size, digest) in marker["parts"].items():
            name = self.chunk_part(chunk, table)
            if self.folder.size(name) != size:
                return False
            if read and _digest(self.folder.read(name)) != digest:
                return False
        return True

    @staticmethod
    def chunk_part(chunk: str, table: str) -> str:
        """Return the name of a part of a chunk."""
        return f"{CHUNKS}/{chunk}.{table}.parquet"

    def write_chunk(self, name: str, tables: dict[str, list[Any]], marker: dict[str, Any]) -> int:
        """Write the parts of one chunk, then its marker; return the bytes written.

        Raises OSError where the disk is full or failing.
        """
        import pyarrow.parquet as pq

        parts = {}
        for table, rows in tables.items():
            if not rows:
                continue
            try:
                data = _arrow(table, rows)
            except UnicodeEncodeError:
                # Half characters in a name or a text: one sign for one, so that offsets hold.
                data = _arrow(table, [_encodable(row) for row in rows])
            buffer = io.BytesIO()
            # These parts are read once, when they are merged: quick to write counts.
            pq.write_table(
                data, buffer, compression="lz4", use_dictionary=False, write_statistics=False
            )
            content = buffer.getvalue()
            parts[table] = (len(content), _digest(content))
            self.folder.write(self.chunk_part(name, table), content)
        self.write_json(f"{CHUNKS}/{name}.json", {**marker, "parts": parts})
        return sum(size for size, _ in parts.values())

    def drop_chunks(self, names: list[str]) -> None:
        """Remove chunks that are merged: first their markers, then their parts."""
        for name in names:
            self.folder.remove(f"{CHUNKS}/{name}.json")
        gone = set(names)
        for name in self.folder.names(CHUNKS):
            if name.partition(".")[0] in gone:
                self.folder.remove(f"{CHUNKS}/{name}")

    # --- finished tables ------------------------------------------------------------

    def manifest(self) -> Manifest | None:
        """Return the manifest of the finished tables; None where any part is not whole."""
        plain = self._json(MANIFEST)
        if plain is None:
            return None
        try:
            manifest = Manifest.from_json(plain)
        except (KeyError, TypeError, ValueError, AttributeError):  # of another version
            return None
        for parts in manifest.parts.values():
            for name, size in parts:
                if size not in (self.folder.size(name), self.folder.size(self.folder.staged(name))):
                    return None
        return manifest

    def commit(self, manifest: Manifest) -> None:
        """Make staged parts the finished tables, and remove what they replace."""
        for place in (*TABLES, HIDDEN):
            self.folder.sync(place)
        self.write_json(MANIFEST, manifest.to_json())
        self.folder.sync(HIDDEN)
        self._sweep(manifest, digest_of(manifest.settings))
        for name in self.folder.names(SCANS):
            self.folder.remove(f"{SCANS}/{name}")

    def tables(self) -> dict[str, list[str]]:
        """Return the full addresses of the parts that can be read, by table.

        These are the finished tables; in a first run that is not finished, the chunks that
        are done.
        """
        manifest = self.manifest()
        if manifest is not None:
            found = {}
            for table in TABLES:
                names = [name for name, _ in manifest.parts[table]]
                found[table] = [
                    self.folder.address(
                        name if self.folder.exists(name) else self.folder.staged(name)
                    )
                    for name in names
                ]
            return found
        parts: dict[str, list[str]] = {table: [] for table in TABLES}
        for chunk, marker in self.markers().items():
            for table in TABLES:
                if table in marker["parts"]:
                    parts[table].append(self.folder.address(self.chunk_part(chunk, table)))
        return parts

    # --- run.json and JSON ------------------------------------------------------------

    def read_run(self) -> dict[str, Any] | None:
        """Return run.json, or None where there is none that can be read."""
        return self._json(RUN_FILE)

    def write_run(self, data: dict[str, Any]) -> None:
        """Write run.json whole.  Raises OutputError (V202)."""
        try:
            self.write_json(RUN_FILE, data)
        except OSError as error:
            raise self.unwritable(error) from error

    def check_schema(self, run: dict[str, Any]) -> None:
        """Raise OutputError (V210) where a run's tables are of another schema version."""
        version = run.get("options", {}).get("schema")
        if version != SCHEMA_VERSION:
            detail = f"schema {version}, this version reads {SCHEMA_VERSION}"
            raise OutputError("V210", self.root, detail=detail)

    def _json(self, name: str) -> dict[str, Any] | None:
        # A file that breaks off is none: a copy or a power cut may leave such.
        try:
            found = json.loads(self.folder.read(name).decode("utf-8"))
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def json_files(self, place: str, prefix: str) -> Iterator[dict[str, Any]]:
        """Yield the whole JSON files of a folder whose names begin so."""
        for name in self.folder.names(place):
            if name.startswith(prefix) and (found := self._json(f"{place}/{name}")) is not None:
                yield found

    def write_json(self, name: str, data: dict[str, Any]) -> None:
        """Write a JSON file whole.  Raises OSError."""
        try:
            text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True).encode()
        except UnicodeEncodeError:  # the name of a file that is no text
            text = json.dumps(data, indent=1, sort_keys=True).encode()
        self.folder.write(name, text, durable=True)


def _arrow(table: str, rows: list[Any]) -> pa.Table:
    if table != INDEX:
        return rows_to_table(table, rows)
    import pyarrow as pa

    return pa.Table.from_pylist(rows, schema=index_schema())


def _encodable(row: Any) -> dict[str, Any]:
    plain = row if isinstance(row, dict) else {f.name: getattr(row, f.name) for f in fields(row)}
    return {name: encodable(value) for name, value in plain.items()}


def encodable(value: Any) -> Any:
    """Return a text, or texts, whose half characters (lone surrogates) are replaced."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list | tuple):
        return [encodable(part) for part in value]
    return value


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _difference(then: dict[str, Any], now: dict[str, Any]) -> str:
    return ", ".join(
        f"{key}: {then.get(key)!r} then, {now.get(key)!r} now"
        for key in sorted({*then, *now})
        if then.get(key) != now.get(key)
    )
