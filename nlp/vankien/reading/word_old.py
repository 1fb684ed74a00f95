"""Word files before DOCX, and RTF: through a converter that is installed.

LibreOffice keeps tables, headings and fonts and is asked first; antiword and catdoc give
plain text.  A converter runs in a folder of its own, without a shell, for a bounded time.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from vankien.documents import Document
from vankien.errors import ReadError
from vankien.normalise import clean
from vankien.reading.encodings import repair
from vankien.reading.paragraphs import join_wrapped
from vankien.reading.registry import reader
from vankien.reading.text import decode, from_text
from vankien.reading.word import read_docx

__all__ = ["read_doc", "read_rtf"]

TIMEOUT = 120
"""Seconds that a converter may take for one file."""

MAX_OUTPUT = 64 * 1024 * 1024
"""Most bytes of plain text that a converter may give."""

_UNICODE = re.compile(rb"(\\u-?\d+) ?(?:\\'[0-9a-fA-F]{2}|[^\\{}])")
_NO_SUBSTITUTES = re.compile(rb"\\uc(?!1\b)\d")
_OFFICE = ("soffice", "libreoffice")
_PLAIN = {
    "antiword": ["-m", "UTF-8.txt", "-w", "0"],
    "catdoc": ["-d", "utf-8", "-w"],
}


@reader("doc", extensions=(".doc", ".dot"))
def read_doc(data: bytes, source: str, sha256: str) -> Document:
    """Read a Word file of 1997 to 2003.

    Raises ReadError: V105 where the converter fails, V120 where none is installed.
    """
    return _converted(data, source, sha256, ".doc", ("antiword", "catdoc"))


@reader("rtf", magic=(b"{\\rtf",), extensions=(".rtf",))
def read_rtf(data: bytes, source: str, sha256: str) -> Document:
    """Read an RTF file.

    Raises ReadError: V105 where the converter fails, V120 where none is installed.
    """
    return _converted(data, source, sha256, ".rtf", ("catdoc",))


def _converted(
    data: bytes, source: str, sha256: str, suffix: str, plain: tuple[str, ...]
) -> Document:
    for name in _OFFICE:
        program = shutil.which(name)
        if program is not None:
            return replace(_by_office(program, data, source, suffix, sha256), source=source)
    failed: ReadError | None = None
    for name in plain:
        program = shutil.which(name)
        if program is None:
            continue
        try:
            return _by_text(program, _PLAIN[name], data, source, suffix, sha256)
        except ReadError as error:
            # antiword breaks on files that catdoc reads; the first says what was wrong.
            failed = failed or error
    raise failed or ReadError("V120", source)


def _by_office(program: str, data: bytes, source: str, suffix: str, sha256: str) -> Document:
    with tempfile.TemporaryDirectory(prefix="vankien-") as folder:
        given = Path(folder) / f"document{suffix}"
        given.write_bytes(data)
        # A profile of its own: two conversions at once would lock each other's.
        profile = (Path(folder) / "profile").as_uri()
        _run(
            [program, f"-env:UserInstallation={profile}", "--headless", "--norestore",
             "--convert-to", "docx", "--outdir", folder, str(given)],
            source,
        )  # fmt: skip
        made = given.with_suffix(".docx")
        if not made.is_file():
            raise ReadError("V105", source, detail=f"{Path(program).name} could not convert it")
        converted = made.read_bytes()
    return read_docx(converted, source, sha256)


def _by_text(
    program: str, options: list[str], data: bytes, source: str, suffix: str, sha256: str
) -> Document:
    with tempfile.TemporaryDirectory(prefix="vankien-") as folder:
        given = Path(folder) / f"document{suffix}"
        given.write_bytes(_without_substitutes(data) if suffix == ".rtf" else data)
        output = _run([program, *options, str(given)], source)
    if len(output) > MAX_OUTPUT:
        raise ReadError("V111", source, detail=f"it holds {len(output):,} bytes of text")
    decoded = decode(output, source)
    text, note = repair(decoded.text)
    text = clean(text)
    if not text.strip():
        raise ReadError("V101", source)
    name = Path(program).name
    warnings = [f"read by {name} as plain text: tables and fonts are lost", *decoded.warnings]
    if note is not None:
        warnings.append(note)
    return from_text(
        join_wrapped(text),
        doc_id=sha256[:16],
        source=source,
        sha256=sha256,
        warnings=tuple(warnings),
    )


def _without_substitutes(data: bytes) -> bytes:
    """Drop the letters that RTF gives beside Unicode ones for old programs.

    catdoc writes both: "\\u7889?" comes out as "ố?"; it loses escaped brackets.
    """
    data = data.replace(b"\\{", b"\\'7b").replace(b"\\}", b"\\'7d")
    if _NO_SUBSTITUTES.search(data):
        return data
    return _UNICODE.sub(rb"\1 ", data).replace(b"\\uc1", b"\\uc0")


def _run(command: list[str], source: str) -> bytes:
    name = Path(command[0]).name
    try:
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ReadError("V105", source, detail=f"{name} took over {TIMEOUT} seconds") from error
    except OSError as error:
        raise ReadError("V105", source, detail=f"{name} does not start") from error
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:100]
        raise ReadError("V105", source, detail=f"{name} failed: {said or done.returncode}")
    return done.stdout
