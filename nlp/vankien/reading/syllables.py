"""Which strings may be Vietnamese syllables, and how much of a text is made of them.

The measure tells a text from one that was decoded or recognised wrongly.  It knows spelling,
not words: the rules are in ``corpus/lexicon/syllables.yaml``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import filterfalse

from vankien.codebook import load_yaml
from vankien.resources import corpus_dir

__all__ = ["foreign_share", "graded", "is_possible", "possible_share", "toneless"]

LONGEST = 7
"""No syllable has more letters ("nghiêng")."""

SHORT = 6
"""A word of capitals so long that is no syllable is an abbreviation."""

SAMPLE = 500
"""Characters of the beginning and of the middle that :func:`possible_share` looks at."""

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_STOP_TONES = "\u0301\u0323"
_WORD = re.compile(r"[^\W\d_]+")


@cache
def _known() -> tuple[frozenset[str], frozenset[str], tuple[str, ...]]:
    """Return syllables without tone, whole exceptions, and the codas that are stops."""
    data = load_yaml(corpus_dir() / "lexicon" / "syllables.yaml")
    rhymes = [rhyme for line in data["rhymes"] for rhyme in line.split()]
    only, never = data["only_before"], data["never_before"]
    found = {
        onset + rhyme
        for onset in data["onsets"]
        for rhyme in rhymes
        if rhyme[0] in only.get(onset, rhyme[0]) and rhyme[0] not in never.get(onset, "")
    }
    also = frozenset(unicodedata.normalize("NFC", word) for word in data["also"])
    return frozenset(found), also, tuple(data["stops"])


@lru_cache(maxsize=65536)
def toneless(word: str) -> tuple[str, str]:
    """Return a word in NFC without its tone marks, and the marks.

    >>> toneless("thiếu")[0]
    'thiêu'
    """
    parts = unicodedata.normalize("NFD", word)
    tones = "".join(c for c in parts if c in _TONES)
    return unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES)), tones


@lru_cache(maxsize=65536)
def is_possible(word: str) -> bool:
    """Say whether a word may be a Vietnamese syllable; case does not matter.

    >>> is_possible("nghiêng"), is_possible("ngiêng"), is_possible("bàt")
    (True, False, False)
    """
    if len(word) > LONGEST:
        return False
    lower = word.lower()
    syllables, also, stops = _known()
    bare, tones = toneless(lower)
    if bare not in syllables:
        return lower in also
    if len(tones) > 1:
        return False
    return not bare.endswith(stops) or (tones in _STOP_TONES if tones else False)


_accepted: set[str] = set()
"""Possible syllables that were met, as written; there are not many more than 20,000."""


def _accept(word: str) -> bool:
    """Say whether a word is possible, and remember it if it is."""
    possible = is_possible(word)
    if possible:
        _accepted.add(word)
    return possible


def possible_share(text: str) -> float:
    """Return the share (0 to 1) of a text's words that are possible syllables.

    Foreign names count against it; plain press has 0.9 and more.  Long texts are judged by
    two samples.  Abbreviations in capitals do not count; a text without words gives 1.
    """
    if len(text) > 4 * SAMPLE:
        middle = len(text) // 2
        text = text[:SAMPLE] + " " + text[middle : middle + SAMPLE]
    words = _WORD.findall(text)
    strange = [word for word in filterfalse(_accepted.__contains__, words) if not _accept(word)]
    possible = len(words) - len(strange)
    other = sum(not (len(word) <= SHORT and word.isupper()) for word in strange)
    return possible / (possible + other) if possible + other else 1.0


@cache
def _foreign() -> frozenset[str]:
    return frozenset(load_yaml(corpus_dir() / "lexicon" / "syllables.yaml")["foreign"])


def foreign_share(text: str) -> float:
    """Return the share (0 to 1) of the commonest words of other languages in a text."""
    words = _WORD.findall(text)
    return sum(word.lower() in _foreign() for word in words) / len(words) if words else 0.0


def graded(text: str) -> float:
    """Return the quality of a text for ``documents.quality``, with four decimals."""
    return round(possible_share(text), 4)
