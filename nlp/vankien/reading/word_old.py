"""Word files before DOCX, and RTF: through a converter that is installed.

LibreOffice keeps tables, headings and fonts and is asked first; antiword and catdoc give
plain text.  A converter runs in a folder of its own, without a shell, for a bounded time.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import threading
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
"""Seconds that LibreOffice may take for one file."""

PLAIN_TIMEOUT = 20
"""Seconds that antiword or catdoc may take, which need less than one; a damaged file can
keep antiword for ever."""

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
        output = _run([program, *options, str(given)], source, seconds=PLAIN_TIMEOUT)
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


def _run(command: list[str], source: str, *, seconds: float = TIMEOUT) -> bytes:
    """Return what a converter writes, within a time and an amount."""
    name = Path(command[0]).name
    late = threading.Event()
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said
            )
        except OSError as error:
            raise ReadError("V105", source, detail=f"{name} does not start") from error

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, stop)
        timer.start()
        try:
            assert process.stdout is not None
            with process.stdout as stream:
                output = stream.read(MAX_OUTPUT + 1)
            if len(output) > MAX_OUTPUT:
                process.kill()
            code = process.wait()
        finally:
            timer.cancel()
            if process.poll() is None:
                process.kill()
                process.wait()
        if late.is_set():
            raise ReadError("V105", source, detail=f"{name} took over {seconds:g} seconds")
        if len(output) > MAX_OUTPUT:
            raise ReadError("V111", source, detail=f"over {MAX_OUTPUT:,} bytes of text")
        if code:
            said.seek(0)
            line = " ".join(said.read(4096).decode("utf-8", "replace").split())[:100]
            raise ReadError("V105", source, detail=f"{name} failed: {line or code}")
    return output
