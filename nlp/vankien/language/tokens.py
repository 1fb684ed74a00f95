"""Syllable tokens: the unit of the spaCy ``Doc``.

A token is a syllable, a number as written ("2.053", "30/10/2016"), a document symbol
("04-NQ/TW") or one punctuation mark.  Text round-trips exactly; no token crosses a space.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

__all__ = ["SyllableTokenizer", "syllables"]

_TOKEN = re.compile(
    r"""
      (?: \d\w* (?: [.,:](?=\d)\w+ | [/-](?=\w)\w+ )*     # numbers, dates, document symbols
        | [^\W\d_]\w*                                      # syllables
        | [^\w\s] | _                                      # one mark
      )[ ]?
    | \s                                                   # any further white space
    """,
    re.VERBOSE,
)


def syllables(text: str) -> tuple[list[str], list[bool]]:
    """Return tokens and, for each, whether one space follows; they join to the text."""
    words: list[str] = []
    spaces: list[bool] = []
    for piece in _TOKEN.findall(text):
        if len(piece) > 1 and piece[-1] == " ":
            words.append(piece[:-1])
            spaces.append(True)
        else:
            words.append(piece)
            spaces.append(False)
    return words, spaces


class SyllableTokenizer:
    """spaCy tokenizer over :func:`syllables`; registered as ``vankien.syllables.v1``."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Return a Doc whose text is exactly ``text``."""
        words, spaces = syllables(text)
        return _doc_class()(self.vocab, words=words, spaces=spaces)

    def to_bytes(self, **_: object) -> bytes:
        """Return nothing: the tokenizer has no state."""
        return b""

    def from_bytes(self, _data: bytes, **_: object) -> SyllableTokenizer:
        """Restore nothing: the tokenizer has no state."""
        return self

    def to_disk(self, _path: object, **_: object) -> None:
        """Write nothing: the tokenizer has no state."""

    def from_disk(self, _path: object, **_: object) -> SyllableTokenizer:
        """Read nothing: the tokenizer has no state."""
        return self


@cache
def _doc_class() -> type[Doc]:
    from spacy.tokens import Doc

    return Doc
