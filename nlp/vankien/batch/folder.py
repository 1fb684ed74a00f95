"""Where a run writes: a local folder, or a folder of any fsspec filesystem.

One small set of operations for both.  A file is whole or absent: local files are written
under a hidden temporary name and renamed; object stores show an object only when all of it
has arrived.  Hidden names (a leading dot) are left out by Parquet readers.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from vankien.errors import OutputError

__all__ = ["Folder", "LocalFolder", "RemoteFolder", "is_remote", "open_folder", "told_as_oserror"]


def is_remote(path: str) -> bool:
    """Say whether a path is an address of fsspec (``s3://...``, ``memory://...``)."""
    return "://" in path


@contextmanager
def told_as_oserror() -> Iterator[None]:
    """Turn errors of a filesystem's driver (no credentials, no answer) into OSError.

    Each driver has its own; those of the language and of Arrow are bugs and pass as they are.
    """
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] in ("builtins", "pyarrow", "vankien"):
            raise
        raise OSError(f"{type(error).__name__}: {error}") from error


class LocalFolder:
    """A folder of this machine, or of a disk it shares."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._path = Path(root)

    def exists(self, name: str = "") -> bool:
        """Say whether a file or folder exists."""
        return (self._path / name).exists()

    def make(self, name: str = "") -> None:
        """Make a folder and those above it.  Raises OSError."""
        (self._path / name).mkdir(parents=True, exist_ok=True)

    def names(self, name: str = "") -> list[str]:
        """Return the names of what a folder holds, sorted; none where it is absent."""
        try:
            return sorted(entry.name for entry in (self._path / name).iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []

    def size(self, name: str) -> int | None:
        """Return the bytes of a file, None where it is absent."""
        try:
            return (self._path / name).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return None

    def read(self, name: str) -> bytes:
        """Return the bytes of a file.  Raises FileNotFoundError."""
        return (self._path / name).read_bytes()

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading."""
        return (self._path / name).open("rb")

    def write(self, name: str, data: bytes, *, durable: bool = False) -> None:
        """Write a file whole; ``durable`` waits until it is on the disk."""
        with self.create(name, durable=durable) as stream:
            stream.write(data)

    @contextmanager
    def create(self, name: str, *, durable: bool = True) -> Iterator[IO[bytes]]:
        """Open a new file for writing; it appears under its name when all went well."""
        path = self._path / name
        # Processes of other machines may have the same number.
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
        try:
            with temporary.open("wb") as stream:
                yield stream
                if durable:
                    stream.flush()
                    os.fsync(stream.fileno())
            os.replace(temporary, path)  # noqa: PTH105 - atomic on one file system
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def staged(self, name: str) -> str:
        """Return the hidden name under which a file waits to be published."""
        head, _, tail = name.rpartition("/")
        return f"{head}/.{tail}.new"

    def publish(self, name: str) -> None:
        """Give a staged file its name."""
        staged = self._path / self.staged(name)
        if staged.exists():
            os.replace(staged, self._path / name)  # noqa: PTH105

    def sync(self, name: str = "") -> None:
        """Wait until the names in a folder are on the disk, where the system can say so."""
        with suppress(OSError):  # a folder cannot be opened on some systems
            handle = os.open(self._path / name, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def remove(self, name: str) -> None:
        """Remove a file; one that is absent is no error."""
        (self._path / name).unlink(missing_ok=True)

    def address(self, name: str = "") -> str:
        """Return the full path of a file."""
        return str(self._path / name)

    def filesystem(self) -> Any | None:
        """Return the fsspec filesystem, None for local files."""
        return None


class RemoteFolder:
    """A folder of an fsspec filesystem.  Objects cannot be renamed: the manifest decides."""

    def __init__(self, root: str) -> None:
        import fsspec

        try:
            self._fs, self._base = fsspec.core.url_to_fs(root.rstrip("/"))
        except (ValueError, ImportError) as error:  # unknown protocol, missing driver
            raise OutputError("V202", root, detail=" ".join(str(error).split())) from error
        self.root = root

    def _full(self, name: str) -> str:
        return f"{self._base}/{name}" if name else self._base

    def exists(self, name: str = "") -> bool:
        """Say whether a file or folder exists."""
        self._fs.invalidate_cache()
        with told_as_oserror():
            return bool(self._fs.exists(self._full(name)))

    def make(self, name: str = "") -> None:
        """Make a folder, where the filesystem has folders.  Raises OSError."""
        with told_as_oserror():
            self._fs.makedirs(self._full(name), exist_ok=True)

    def names(self, name: str = "") -> list[str]:
        """Return the names of what a folder holds, sorted; none where it is absent."""
        self._fs.invalidate_cache()
        try:
            with told_as_oserror():
                found = self._fs.ls(self._full(name), detail=False)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(str(path).rstrip("/").rsplit("/", 1)[-1] for path in found)

    def size(self, name: str) -> int | None:
        """Return the bytes of a file, None where it is absent."""
        self._fs.invalidate_cache()  # another process may have written it
        try:
            with told_as_oserror():
                info = self._fs.info(self._full(name))
        except (FileNotFoundError, NotADirectoryError):
            return None
        return int(info["size"])

    def read(self, name: str) -> bytes:
        """Return the bytes of a file.  Raises FileNotFoundError."""
        with told_as_oserror():
            return bytes(self._fs.cat_file(self._full(name)))

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading."""
        with told_as_oserror():
            stream: IO[bytes] = self._fs.open(self._full(name), "rb")
        return stream

    def write(self, name: str, data: bytes, *, durable: bool = False) -> None:  # noqa: ARG002
        """Write an object whole."""
        with told_as_oserror():
            self._fs.pipe_file(self._full(name), data)

    @contextmanager
    def create(self, name: str, *, durable: bool = True) -> Iterator[IO[bytes]]:  # noqa: ARG002
        """Open a new object for writing; it appears when it is closed."""
        with told_as_oserror(), self._fs.open(self._full(name), "wb") as stream:
            yield stream

    def staged(self, name: str) -> str:
        """Return the name itself: an object cannot be renamed."""
        return name

    def publish(self, name: str) -> None:
        """Do nothing: the object has its name already."""

    def sync(self, name: str = "") -> None:
        """Do nothing: an object that was written is there."""

    def remove(self, name: str) -> None:
        """Remove an object; one that is absent is no error."""
        with suppress(FileNotFoundError), told_as_oserror():
            self._fs.rm_file(self._full(name))

    def address(self, name: str = "") -> str:
        """Return the full address of a file."""
        return str(self._fs.unstrip_protocol(self._full(name)))

    def filesystem(self) -> Any | None:
        """Return the fsspec filesystem."""
        return self._fs


Folder = LocalFolder | RemoteFolder


def open_folder(root: str | Path) -> Folder:
    """Return the folder behind a path or an fsspec address.  Raises OutputError (V202)."""
    name = str(root)
    return RemoteFolder(name) if is_remote(name) else LocalFolder(name)
