"""The registry of readers: one decorated function a format.

A reader is a function of (bytes, source, sha256) that returns a Document.  Every module of
this package is scanned; other packages offer theirs under the entry point
``vankien_readers``.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import catalogue  # type: ignore[import-untyped,unused-ignore]

from vankien.documents import Document
from vankien.errors import UsageError

__all__ = ["Read", "Reader", "known_readers", "reader", "readers"]

Read = Callable[[bytes, str, str], Document]
"""A reader's function: bytes, source, SHA-256 in hex -> Document; raises ReadError."""

readers = catalogue.create("vankien", "readers", entry_points=True)
"""Registry of :class:`Reader` by format name."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A format: how its files begin (``magic``), how they are named, what reads them."""

    name: str
    read: Read
    magic: tuple[bytes, ...] = ()
    extensions: tuple[str, ...] = ()


def reader(
    name: str, *, magic: tuple[bytes, ...] = (), extensions: tuple[str, ...] = ()
) -> Callable[[Read], Read]:
    """Register the decorated function as the reader of a format.

    ``magic`` holds the first bytes of such files, ``extensions`` the ends of their names
    with the dot.  Raises UsageError where the name is taken by another function.
    """

    def register(function: Read) -> Read:
        place = f"{function.__module__}.{function.__qualname__}"
        if name in readers:
            other = readers.get(name).read
            taken = f"{other.__module__}.{other.__qualname__}"
            if taken != place:
                raise UsageError("V401", f"reader {name!r}", detail=f"both {taken} and {place}")
        readers.register(name, func=Reader(name, function, magic, extensions))
        return function

    return register


@cache
def known_readers() -> dict[str, Reader]:
    """Return all readers by name, those of this package and of others."""
    package = importlib.import_module("vankien.reading")
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    found: dict[str, Reader] = readers.get_all()
    return dict(sorted(found.items()))
