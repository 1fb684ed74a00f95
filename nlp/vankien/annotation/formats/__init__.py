"""Annotation formats, one module each; see :mod:`~vankien.annotation.formats.registry`."""

from vankien.annotation.formats.registry import Format, format_named, known_formats

__all__ = ["Format", "format_named", "known_formats"]
