"""Documents that hang, kill or exhaust whoever reads them, through a reader of their own.

The readers are those of another package, found by its entry point, so that nothing in
vankien is changed for the test.
"""

from __future__ import annotations

from pathlib import Path

import pytest

READERS = '''
"""Readers that misbehave."""
import ctypes, os, re, signal, time
from vankien.documents import Document
from vankien.reading.registry import Reader


def hang(data, source, sha256):
    # The engine of regular expressions holds the interpreter's lock all the while.
    re.match(r"(a|a)*b", "a" * 64)


def sleep(data, source, sha256):
    time.sleep(3600)


def die(data, source, sha256):
    os.kill(os.getpid(), signal.SIGKILL)


def crash(data, source, sha256):
    ctypes.string_at(0)


def leave(data, source, sha256):
    os._exit(7)


def eat(data, source, sha256):
    # To the last bytes, so that nothing is left to whoever reports it.
    held = []
    for size in (1 << 24, 1 << 20, 1 << 16, 1 << 12, 1 << 9):
        try:
            while True:
                held.append(bytearray(size))
        except MemoryError:
            pass
    raise MemoryError


def chatter(data, source, sha256):
    print("{this is no report}", flush=True)
    os.write(1, b"nor is this\\n")
    return Document("chatter", source, "Chi bộ thôn họp thường kỳ.")


READERS = {
    name: Reader(name, globals()[name], magic=(b"%" + name.upper().encode(),))
    for name in ("hang", "sleep", "die", "crash", "leave", "eat", "chatter")
}
globals().update({f"reader_{name}": reader for name, reader in READERS.items()})
'''
NAMES = ("hang", "sleep", "die", "crash", "leave", "eat", "chatter")


def install_readers(folder: Path) -> Path:
    """Write the readers, as an installed package, into a folder for ``sys.path``."""
    info = folder / "bad_readers-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "bad_readers.py").write_text(READERS, "utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bad-readers\nVersion: 1.0\n")
    points = "".join(f"{name} = bad_readers:reader_{name}\n" for name in NAMES)
    (info / "entry_points.txt").write_text(f"[vankien_readers]\n{points}")
    return folder


@pytest.fixture
def bad_readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the readers known to processes that start from here; return their folder."""
    folder = install_readers(tmp_path / "plugin")
    monkeypatch.syspath_prepend(str(folder))
    return folder


def bad_document(path: Path, name: str) -> Path:
    path.write_bytes(f"%{name.upper()} of {path.name}".encode())
    return path


from tests.batch.conftest import corpus, same_folders, small_chunks  # noqa: E402, F401
