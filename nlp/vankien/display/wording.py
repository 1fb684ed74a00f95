"""The words of reports and pictures, Vietnamese and English (``assets/words.yaml``)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

from vankien.errors import UsageError

__all__ = ["LANGUAGES", "Language", "asset", "checked_language", "number", "say", "words"]

Language = Literal["vi", "en"]

LANGUAGES: tuple[Language, ...] = ("vi", "en")


def asset(name: str) -> str:
    """Return the text of a file that the displays bring along."""
    return (files("vankien.display") / "assets" / name).read_text(encoding="utf-8")


@cache
def words() -> dict[str, list[str]]:
    """Return the words of the displays: for each key Vietnamese, then English."""
    found: dict[str, list[str]] = yaml.safe_load(asset("words.yaml"))
    return found


def checked_language(lang: str) -> Language:
    """Return a language of the displays.  Raises UsageError (V401) for another."""
    for known in LANGUAGES:
        if lang == known:
            return known
    detail = f"{lang!r} is no language of the displays; they are {', '.join(LANGUAGES)}"
    raise UsageError("V401", "lang", detail=detail)


def number(value: float, lang: Language) -> str:
    """Return a number as the language writes it: 1.234,5 or 1,234.5."""
    text = f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0")
    return text.translate(str.maketrans(",.", ".,")) if lang == "vi" else text


def say(key: str, lang: Language, **values: object) -> str:
    """Return the words of a key, with values filled in; numbers as the language writes them."""
    text = words()[key][LANGUAGES.index(lang)]
    return text.format(
        **{
            name: number(value, lang) if isinstance(value, int | float) else value
            for name, value in values.items()
        }
    )
