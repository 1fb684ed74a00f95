"""The output folder: parts, markers and run.json, written so that a kill loses nothing.

Each chunk gives one Parquet part a table that has rows.  Parts are written under a
temporary name and renamed; the chunk's marker (``.chunks/<name>.json``) comes last.  A
part without its marker does not exist: it is removed when the next run starts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vankien.errors import OutputError
from vankien.records import TABLES, rows_to_table, schema

__all__ = ["Store"]

RUN_FILE = "run.json"
MARKERS = ".chunks"
EMPTY_PART = "empty.parquet"
"""A part without rows, so that every table can be opened even when nothing was found."""


class Store:
    """The results folder of one run.  All paths are local; see the batch guide."""

    def __init__(self, out: str | Path) -> None:
        self.root = Path(out)

    # --- opening ------------------------------------------------------------------

    def prepare(self, options: dict[str, Any], *, force: bool) -> None:
        """Make the folder ready for a run with these options.

        A folder of the same options is resumed or extended.  Raises OutputError where the
        folder cannot be written (V202), holds other files (V203) or a run with other
        options (V204).
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            probe = self.root / f".write-{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise OutputError("V202", str(self.root), detail=error.strerror or "") from error
        state = self.read_run()
        if state is None:
            foreign = [
                p.name for p in self.root.iterdir() if p.name not in TABLES and p.name != MARKERS
            ]
            if foreign:
                raise OutputError("V203", str(self.root))
        elif not force:
            changed = sorted(
                key
                for key in {*state["options"], *options}
                if state["options"].get(key) != options.get(key)
            )
            if changed:
                detail = ", ".join(
                    f"{key}: {state['options'].get(key)!r} then, {options.get(key)!r} now"
                    for key in changed
                )
                raise OutputError("V204", str(self.root), detail=detail)
        if force:
            self._clear()
        for table in TABLES:
            folder = self.root / table
            folder.mkdir(exist_ok=True)
            if not (folder / EMPTY_PART).exists():
                self._write_part(folder / EMPTY_PART, table, [])
        (self.root / MARKERS).mkdir(exist_ok=True)
        self._sweep()

    def _clear(self) -> None:
        for table in TABLES:
            for part in (self.root / table).glob("*.parquet"):
                part.unlink()
        for marker in (self.root / MARKERS).glob("*.json"):
            marker.unlink()
        (self.root / RUN_FILE).unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Remove parts whose chunk was not finished, and temporary files."""
        done = set(self.done())
        for table in TABLES:
            for part in (self.root / table).iterdir():
                if part.name != EMPTY_PART and part.stem not in done:
                    part.unlink()
        for left in (self.root / MARKERS).glob(".*.tmp"):
            left.unlink()

    # --- chunks -------------------------------------------------------------------

    def done(self) -> dict[str, dict[str, Any]]:
        """Return the markers of finished chunks by name."""
        markers = {}
        for path in sorted((self.root / MARKERS).glob("*.json")):
            markers[path.stem] = json.loads(path.read_text(encoding="utf-8"))
        return markers

    def write_chunk(self, name: str, tables: dict[str, list[Any]], marker: dict[str, Any]) -> int:
        """Write the parts of one chunk, then its marker; return the bytes written."""
        written = 0
        for table, rows in tables.items():
            if rows:
                path = self.root / table / f"{name}.parquet"
                self._write_part(path, table, rows)
                written += path.stat().st_size
        self._write_json(self.root / MARKERS / f"{name}.json", marker)
        return written

    def drop_chunk(self, name: str) -> None:
        """Forget one chunk: first its marker, then its parts."""
        (self.root / MARKERS / f"{name}.json").unlink(missing_ok=True)
        for table in TABLES:
            (self.root / table / f"{name}.parquet").unlink(missing_ok=True)

    @staticmethod
    def _write_part(path: Path, table: str, rows: Iterable[Any]) -> None:
        import pyarrow.parquet as pq

        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        data = rows_to_table(table, rows) if rows else schema(table).empty_table()
        pq.write_table(data, temporary, compression="zstd", write_statistics=True)
        os.replace(temporary, path)  # noqa: PTH105 - atomic on one file system

    @staticmethod
    def _write_json(path: Path, data: dict[str, Any]) -> None:
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        with temporary.open("w", encoding="utf-8") as stream:
            json.dump(data, stream, ensure_ascii=False, indent=1, sort_keys=True)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)  # noqa: PTH105

    # --- run.json -----------------------------------------------------------------

    def read_run(self) -> dict[str, Any] | None:
        """Return run.json, or None where there is none."""
        path = self.root / RUN_FILE
        if not path.is_file():
            return None
        try:
            data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise OutputError("V205", str(self.root), detail="run.json is damaged") from error
        return data

    def write_run(self, data: dict[str, Any]) -> None:
        """Write run.json atomically."""
        self._write_json(self.root / RUN_FILE, data)
