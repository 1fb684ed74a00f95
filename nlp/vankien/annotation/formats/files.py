"""Reading of files that people and tools wrote: bounded, and with errors that name the place."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from lxml import etree

from vankien.errors import AnnotationError

__all__ = ["json_lines", "json_list", "parse_xml", "read_bytes", "required", "text_list", "unzip",
           "xml_text", "zip_bytes"]  # fmt: skip

MAX_BYTES = 1 << 30
"""Largest file, and largest sum of the files of an archive, that is read."""

MAX_MEMBERS = 100_000

T = TypeVar("T")


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes.  Raises AnnotationError (V303) where it cannot be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise AnnotationError("V303", str(path), detail="it is larger than a gigabyte")
        return path.read_bytes()
    except OSError as error:
        detail = error.strerror or str(error)
        raise AnnotationError("V303", str(path), detail=detail) from error


def _decoded(path: Path) -> str:
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AnnotationError("V303", str(path), detail="it is not in UTF-8") from error


def json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the place ("FILE line 3") and the object of each line that is not empty."""
    # Not splitlines(): U+2028 and its like may stand inside a JSON text.
    for number, line in enumerate(_decoded(path).split("\n"), start=1):
        if not line.strip():
            continue
        place = f"{path} line {number}"
        try:
            value = json.loads(line)
        except ValueError as error:
            raise AnnotationError("V303", place, detail=f"no JSON ({error})") from error
        if not isinstance(value, dict):
            raise AnnotationError("V303", place, detail="it holds no object")
        yield place, value


def json_list(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return place and object of each member of a file that is one JSON list."""
    try:
        value = json.loads(_decoded(path))
    except ValueError as error:
        raise AnnotationError("V303", str(path), detail=f"no JSON ({error})") from error
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise AnnotationError("V303", str(path), detail="it is no list of objects")
    return [(f"{path} item {number}", one) for number, one in enumerate(value, start=1)]


def required(line: dict[str, Any], key: str, kind: type[T], place: str) -> T:
    """Return the value of a key that must be there.  Raises AnnotationError (V303)."""
    value = line.get(key)
    if not isinstance(value, kind):
        detail = f"{key} is missing" if value is None else f"{key} is not {kind.__name__}"
        raise AnnotationError("V303", place, detail=detail)
    return value


def text_list(value: Any, key: str, place: str) -> list[str]:
    """Return a list of texts.  Raises AnnotationError (V303) where it is none."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise AnnotationError("V303", place, detail=f"{key} is no list of texts")
    return value


def parse_xml(data: bytes, place: str) -> etree._Element:
    """Parse XML without entities, document types or the network (AnnotationError, V303)."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise AnnotationError("V303", place, detail=f"no XML ({error.msg})") from error
    if root.getroottree().docinfo.doctype:
        raise AnnotationError("V303", place, detail="it has a document type, which is refused")
    return root


def xml_text(text: str, place: str) -> str:
    """Return a text that XML 1.0 can hold.  Raises AnnotationError (V303) where it cannot."""
    for number, c in enumerate(text):
        if (c < " " and c not in "\t\n\r") or c in "\ufffe\uffff" or "\ud800" <= c <= "\udfff":
            detail = f"character {number} (U+{ord(c):04X}) cannot stand in XML"
            raise AnnotationError("V303", place, detail=detail)
    return text


def unzip(data: bytes, place: str) -> dict[str, bytes]:
    """Return the files of a zip archive by name, within bounds (AnnotationError, V303)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            size = sum(entry.file_size for entry in entries)
            if size > MAX_BYTES or len(entries) > MAX_MEMBERS:
                raise AnnotationError("V303", place, detail="its files are larger than the bounds")
            return {entry.filename: archive.read(entry) for entry in entries}
    except (
        zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError
    ) as error:  # fmt: skip
        raise AnnotationError("V303", place, detail=f"no zip archive ({error})") from error


def zip_bytes(files: dict[str, bytes]) -> bytes:
    """Return a zip archive of files, the same bytes for the same files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return stream.getvalue()
