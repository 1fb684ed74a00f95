"""The registry of annotation formats: one module a format.

A format is a pair of functions: ``write`` puts a project into a file (and says which files it
wrote), ``read`` gives back what coders left there.  Every module of this package is scanned;
other packages offer theirs under the entry point ``vankien_annotation_formats``.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import catalogue  # type: ignore[import-untyped,unused-ignore]

from vankien.annotation.items import CodeEntry, Project, Returned, Unit
from vankien.errors import UsageError

__all__ = ["Format", "format_named", "formats", "known_formats", "register_format"]

Write = Callable[[Project, Path], list[Path]]
"""Writes a project to a path; returns every file written, the main one first."""

Read = Callable[[Path, Sequence[CodeEntry]], list[Returned]]
"""Reads a file of a tool; ``codes`` helps where a tool changes the names of codes."""

formats = catalogue.create("vankien", "annotation_formats", entry_points=True)
"""Registry of :class:`Format` by name."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, the end of its files' names, the units it can hold."""

    name: str
    suffix: str
    units: tuple[Unit, ...]
    write: Write
    read: Read


def register_format(entry: Format) -> Format:
    """Register a format.  Raises UsageError where another module has taken the name."""
    place = entry.write.__module__
    if entry.name in formats:
        taken = formats.get(entry.name).write.__module__
        if taken != place:
            raise UsageError("V401", f"format {entry.name!r}", detail=f"both {taken} and {place}")
    formats.register(entry.name, func=entry)
    return entry


@cache
def known_formats() -> dict[str, Format]:
    """Return all formats by name, those of this package and of others."""
    package = importlib.import_module("vankien.annotation.formats")
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    found: dict[str, Format] = formats.get_all()
    return dict(sorted(found.items()))


def format_named(name: str) -> Format:
    """Return a format.  Raises UsageError (V401) that names those there are."""
    known = known_formats()
    if name not in known:
        detail = f"{name!r} is no annotation format; they are {', '.join(known)}"
        raise UsageError("V401", "format", detail=detail)
    return known[name]
