"""The words of ``corpus/codebook/sentences.yaml``, compiled to patterns for the splitter.

Nothing here decides where a sentence ends; :mod:`vankien.language.sentences` does.  Every
pattern is anchored by its caller or begins with one character, and looks a bounded way
ahead, so that no text is slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vankien.codebook import load_yaml
from vankien.errors import CodebookError
from vankien.normalise import UPPER
from vankien.resources import codebook_dir

__all__ = ["CLOSERS", "SentenceRules", "Words", "sentence_rules"]

CLOSERS = "\"'”’»)]}"
"""Marks that close behind the mark that ends a sentence and belong to it."""

_Words = Field(min_length=1)


class Words(BaseModel):
    """The lists of the file; its comments say what each is for."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    titles: list[str] = _Words
    wholes: list[str] = _Words
    numbered: list[str] = _Words
    labels: list[str] = _Words
    months: list[str] = _Words
    persons: list[str] = _Words
    subjects: list[str] = _Words
    openings: list[str] = _Words
    run_in: list[str] = _Words
    naming: list[str] = _Words
    credits: list[str] = _Words
    plain_credits: list[str] = _Words
    domains: list[str] = _Words


def _any(words: Iterable[str]) -> str:
    """Return alternatives, longest first; each ends where a word ends."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    # A space of the list is any one white space: a line may break there.
    escaped = (re.escape(word).replace(r"\ ", r"\s") for word in ordered)
    return "|".join(f"{word}(?!\\w)" if word[-1].isalnum() else word for word in escaped)


class SentenceRules:
    """Compiled lists: sets for single words, patterns for phrases."""

    def __init__(self, words: Words) -> None:
        self.titles = frozenset(words.titles)
        self.wholes = frozenset(words.wholes)
        self.labels = frozenset(words.labels)
        self.months = frozenset(words.months)
        self.persons = frozenset(words.persons)
        self.naming = frozenset(words.naming)
        self.domains = frozenset(words.domains)
        number = r"\d{1,3}(?:\.\d{1,3})*"
        bullet = r"\s*(?:[-–—+*•#]\s*)?"
        self.numbering = re.compile(
            rf"{bullet}(?:\(?(?:\d{{1,2}}(?:\.\d{{1,2}})*|[IVXLC]{{1,6}}|[A-Za-zđĐ])"
            rf"|(?:{_any(words.numbered)})\s+(?:{number}|[IVXLC]{{1,6}}|[A-ZĐ]))\Z"
        )
        self.opening = re.compile(_any(words.openings))
        self.subject = re.compile(_any([*words.openings, *words.subjects]))
        credit = _any(words.credits)
        plain = _any(words.plain_credits)
        self.credit = re.compile(rf"\(\s?(?:{credit})|(?:{credit})\s?:|(?:{plain})")
        self.bracket_credit = re.compile(rf"\(\s?(?:{credit})[^()\n]{{0,80}}\)")
        # One pattern for what begins a sentence, or ends a caption, without a mark: each
        # alternative begins with a space, which the engine finds quickly.
        self.credit_heads = frozenset(word[0] for word in (*words.credits, *words.plain_credits))
        heads = "".join(sorted(self.credit_heads))
        # Marks with what closes behind them; a line break; the credit of a picture.
        self.place = re.compile(rf"[.!?…]+[{re.escape(CLOSERS)}]*|\n|\((?=\s?[{heads}])")
        initials = "".join(sorted({phrase[0] for phrase in words.run_in}))
        self.run_in = re.compile(
            rf" (?:(?=[{initials}])(?P<opening>{_any(words.run_in)})"
            rf"|(?=[{heads}])(?:(?P<plain>{plain})|(?P<credit>(?:{credit})\s?:\s?)))"
        )
        # "Ảnh: V. Mai/TTXVN": capitalised words, initials, addresses, marks between names.
        name = rf"[{UPPER}](?:\.|[\w+]*(?:[./]\w+)*)"
        self.names = re.compile(rf"{name}(?:(?: ?[-–/,&] ?| ){name}){{0,11}}")


@cache
def sentence_rules() -> SentenceRules:
    """Return the compiled rules; read once.  Raises CodebookError for a malformed file."""
    path = codebook_dir() / "sentences.yaml"
    try:
        return SentenceRules(Words.model_validate(load_yaml(path)))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CodebookError("V301", path.name, detail=f"{place}: {first['msg']}") from error
