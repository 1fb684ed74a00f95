"""Find the codebook's phrases in a text: one automaton, one scan, exact offsets.

Start reading at :class:`PhraseIndex`.  Every tagger registers its phrases under a family
name; the text is folded (see :mod:`vankien.normalise`) and scanned once; each tagger then
picks the hits of its families.  Hits stand at syllable boundaries only and overlap freely:
what voids what is the tagger's business.  ``tests/language`` proves the automaton equal to
the plain loop over all phrases.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from vankien.codebook import Codebook, load_yaml
from vankien.normalise import Folded, fold, fold_phrase
from vankien.resources import codebook_dir

__all__ = ["Hit", "Hits", "PhraseIndex", "codebook_entries", "naive_scan"]


class Hit(NamedTuple):
    """One phrase in the text; offsets index the text, ``value`` is what was registered."""

    start: int
    end: int
    value: Any


@dataclass(frozen=True, slots=True)
class Hits:
    """The hits of one text by family, each sorted by start."""

    families: dict[str, list[Hit]]

    def of(self, family: str) -> list[Hit]:
        """Return all hits of a family in order."""
        return self.families.get(family, [])

    def within(self, family: str, start: int, end: int) -> list[Hit]:
        """Return the hits of a family that lie in ``text[start:end]``."""
        hits = self.families.get(family)
        if not hits or hits[-1].start < start or hits[0].start >= end:
            return []
        first = bisect_left(hits, (start,))
        found = []
        for hit in hits[first:]:
            if hit.start >= end:
                break
            if hit.end <= end:
                found.append(hit)
        return found


class PhraseIndex:
    """An immutable automaton over phrases, each registered under a family with a value."""

    def __init__(self, entries: Iterable[tuple[str, str, Any]]) -> None:
        from ahocorasick_rs import AhoCorasick, Implementation

        by_phrase: dict[str, list[tuple[str, Any]]] = {}
        for family, phrase, value in entries:
            folded = fold_phrase(phrase)
            if not folded:
                raise ValueError(f"the phrase {phrase!r} of {family} is empty when folded")
            by_phrase.setdefault(folded, []).append((family, value))
        self.phrases = list(by_phrase)
        self.values = list(by_phrase.values())
        self._automaton = AhoCorasick(self.phrases, implementation=Implementation.ContiguousNFA)

    def scan(self, text: str, folded: Folded | None = None) -> Hits:
        """Return every registered phrase in ``text``; ``folded`` saves folding it again."""
        if folded is None:
            folded = fold(text)
        return self.scan_part(folded, 0, len(folded.text))

    def scan_part(self, folded: Folded, begin: int, stop: int, shift: int = 0) -> Hits:
        """Return the phrases in ``folded.text[begin:stop]``; ``shift`` is taken from offsets."""
        form, to_text = folded.text[begin:stop], folded.map
        size = len(form)
        families: dict[str, list[Hit]] = {}
        values = self.values
        identity = not to_text.targets
        for pattern, start, end in self._automaton.find_matches_as_indexes(form, overlapping=True):
            # A phrase that begins or ends with a mark (";") needs no boundary there.
            if start and form[start - 1].isalnum() and form[start].isalnum():
                continue
            if end < size and form[end].isalnum() and form[end - 1].isalnum():
                continue
            if not identity:
                start, end = to_text.span(start + begin, end + begin)
            elif begin:
                start, end = start + begin, end + begin
            for family, value in values[pattern]:
                hits = families.get(family)
                if hits is None:
                    hits = families[family] = []
                hits.append(Hit(start - shift, end - shift, value))
        for hits in families.values():
            hits.sort(key=_order)
        return Hits(families)


def _order(hit: Hit) -> tuple[int, int]:
    return hit.start, hit.end


def naive_scan(entries: Iterable[tuple[str, str, Any]], text: str) -> Hits:
    """Return what :meth:`PhraseIndex.scan` must return, by the plain loop (the oracle)."""
    folded = fold(text)
    form = folded.text
    families: dict[str, list[Hit]] = {}
    for family, phrase, value in entries:
        needle = fold_phrase(phrase)
        start = form.find(needle)
        while start >= 0:
            end = start + len(needle)
            before = start > 0 and form[start - 1].isalnum() and form[start].isalnum()
            after = end < len(form) and form[end].isalnum() and form[end - 1].isalnum()
            if not before and not after:
                a, b = folded.map.span(start, end)
                families.setdefault(family, []).append(Hit(a, b, value))
            start = form.find(needle, start + 1)
    for hits in families.values():
        hits.sort(key=_order)
    return Hits(families)


def codebook_entries(codebook: Codebook) -> list[tuple[str, str, Any]]:
    """Return the phrases of themes, roles and indicators with their families.

    Families: ``theme`` (code, cue), ``theme.not`` and ``theme.veto`` (code), ``party``
    and ``official`` (None), ``role`` and ``role.not`` (code), ``negation``, ``negation.not``
    and ``negation.until`` (None); those of the indicators are made by their tagger.
    """
    entries: list[tuple[str, str, Any]] = []
    for theme in codebook.themes.values():
        entries.extend(("theme", cue.text, (theme.code, cue)) for cue in theme.cues)
        entries.extend(("theme.not", phrase, theme.code) for phrase in theme.not_)
        entries.extend(("theme.veto", phrase, theme.code) for phrase in theme.veto)
    entries.extend(("party", phrase, None) for phrase in codebook.party_context)
    entries.extend(("official", phrase, None) for phrase in codebook.official_context)
    for role in codebook.roles.values():
        entries.extend(("role", phrase, role.code) for phrase in role.cues)
        entries.extend(("role.not", phrase, role.code) for phrase in role.not_)
    negation = load_yaml(codebook_dir() / "cues" / "negation.yaml")
    entries.extend(("negation", phrase, None) for phrase in negation["before"])
    entries.extend(("negation.not", phrase, None) for phrase in negation["not"])
    entries.extend(("negation.until", phrase, None) for phrase in negation["until"])
    return entries
