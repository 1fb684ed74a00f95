"""The closed word lists of ``context.yaml`` that the indicator stage needs as patterns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from vankien.codebook import load_yaml
from vankien.resources import codebook_dir

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

__all__ = ["Lexicon", "lexicon", "names_party", "passes_gate"]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Patterns over the text between phrases.

    ``chain`` is what may join two figures of one chain, ``filler`` what may stand between a
    label and its figure, ``compared`` a plan or a total that a percentage is compared with,
    ``reached`` what may stand between the words for a figure's base and it,
    ``document_gate`` and ``sentence_gate`` the words without which no
    frame is tried.
    """

    chain: re.Pattern[str]
    filler: re.Pattern[str]
    approximate: frozenset[str]
    exceeding: tuple[str, ...]
    bodies: tuple[str, ...]
    locative: re.Pattern[str]
    assessed_nouns: tuple[tuple[str, str], ...]
    joined: re.Pattern[str]
    document_gate: AhoCorasick
    sentence_gate: AhoCorasick
    generic: frozenset[str]
    open_nouns: frozenset[str]
    broad: frozenset[str]
    points: frozenset[str]
    tail: re.Pattern[str]
    done: frozenset[str]
    transparent: frozenset[str]
    compared: re.Pattern[str]
    reached: re.Pattern[str]
    reached_words: frozenset[str]
    short_units: frozenset[str]
    no_subject: tuple[str, ...]


def names_party(text: str) -> bool:
    """Say whether a text holds a word without which a document does not speak of the Party."""
    return bool(lexicon().document_gate.find_matches_as_indexes(text))


def passes_gate(lowered: str) -> bool:
    """Say whether a sentence, in lower case, holds a word without which no frame is tried."""
    return bool(lexicon().sentence_gate.find_matches_as_indexes(lowered))


def _any(phrases: list[str]) -> str:
    return "|".join(re.escape(p) for p in sorted(phrases, key=len, reverse=True))


@cache
def lexicon() -> Lexicon:
    """Return the compiled lists, built once."""
    from ahocorasick_rs import AhoCorasick

    data = load_yaml(codebook_dir() / "context_words.yaml")
    filler = _any([*data["fillers"], *data["approximations"]])
    approx = _any(data["approximations"])
    return Lexicon(
        assessed_nouns=tuple(data["assessed_nouns"].items()),
        locative=re.compile(
            rf"(?<!\w)(?:{_any(data['locatives'])}) (?:(?:các|những) )?\Z", re.IGNORECASE
        ),
        bodies=tuple(data["bodies"]),
        exceeding=tuple(load_yaml(codebook_dir() / "context.yaml")["exceed"]),
        approximate=frozenset(w for phrase in data["approximations"] for w in phrase.split()),
        chain=re.compile(
            rf"[\s,]*(?:(?:{_any(data['joiners'])})\s+)?(?:(?:{approx})\s+)*", re.IGNORECASE
        ),
        filler=re.compile(rf"[\s:]*(?:(?:{filler})[\s:]+)*", re.IGNORECASE),
        joined=re.compile(rf"(?:{_any(data['joiners'])}|{_any(data['after_bare'])})(?!\w)"),
        document_gate=AhoCorasick(data["document_gate"]),
        sentence_gate=AhoCorasick([word.lower() for word in data["sentence_gate"]]),
        generic=frozenset(data["generic_nouns"]),
        open_nouns=frozenset(data["open_nouns"]),
        broad=frozenset(data["broad_nouns"]),
        points=frozenset(data["percentage_points"]),
        tail=re.compile(rf"[,;.()]|\s(?:{_any(data['baseline_stop'])})\s", re.IGNORECASE),
        done=frozenset(data["done"]),
        transparent=frozenset(["", *data["transparent"]]),
        compared=re.compile(
            rf"\s*so với (?:{_any(data['compared_with'])})"
            rf"(?: (?:{_any(data['compared_more'])}|\d+)){{0,6}},? "
            rf"(?:(?:{_any(data['compared_verbs'])}) )*",
            re.IGNORECASE,
        ),
        short_units=frozenset(data["short_units"]),
        reached_words=frozenset(w for phrase in data["reached_verbs"] for w in phrase.split()),
        no_subject=tuple(data["no_subject"]),
        reached=re.compile(rf",?(?:\s+(?:{_any(data['reached_verbs'])})){{0,5}}\s+"),
    )
