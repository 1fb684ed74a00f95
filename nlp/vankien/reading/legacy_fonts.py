"""Fonts whose text is TCVN3 or VNI bytes, known by their names.

Such a font draws Vietnamese letters for the codes of windows-1252, so that a file holds
"§¶ng" where the page shows "Đảng".  Names and encodings stand in
``corpus/lexicon/legacy_fonts.yaml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from vankien.codebook import load_yaml
from vankien.reading.encodings import decode_characters, encoding
from vankien.resources import corpus_dir

__all__ = ["LegacyFont", "legacy_font"]

_SUBSET = re.compile(r"\A[A-Z]{6}\+")
_PRIVATE = {0xF000 + code: code for code in range(0x20, 0x100)}


@dataclass(frozen=True, slots=True)
class LegacyFont:
    """What the text of a font is; ``capitals``: it draws capitals for small letters."""

    encoding: str
    capitals: bool = False

    @property
    def label(self) -> str:
        """The name of the encoding for people."""
        return encoding(self.encoding).label

    def decode(self, text: str) -> str:
        """Return the text that the page shows.

        Characters that are no byte of windows-1252 stay as they are; word processors keep
        the codes of such fonts also in the private area U+F020 to U+F0FF.
        """
        decoded = decode_characters(text.translate(_PRIVATE), self.encoding)
        return decoded.upper() if self.capitals else decoded


@cache
def _rules() -> list[tuple[re.Pattern[str], LegacyFont]]:
    data = load_yaml(corpus_dir() / "lexicon" / "legacy_fonts.yaml")
    return [
        (re.compile(rule["name"], re.IGNORECASE), LegacyFont(rule["encoding"], capitals))
        for rule in data["fonts"]
        for capitals in [bool(rule.get("capitals"))]
    ]


@lru_cache(maxsize=1024)
def legacy_font(name: str) -> LegacyFont | None:
    """Return what a font's name says of its text, or None for Unicode fonts.

    >>> legacy_font(".VnTimeH")
    LegacyFont(encoding='tcvn3', capitals=True)
    """
    bare = _SUBSET.sub("", name.strip())
    for pattern, font in _rules():
        if pattern.match(bare):
            return font
    return None
