"""The phrases of indicator frames and of context words, as one automaton.

Only sentences that hold a figure are scanned with it, so ordinary text pays nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from vankien.codebook import Frame, Indicator, load_codebook, load_yaml
from vankien.language.cues import Hit, Hits, PhraseIndex
from vankien.normalise import Folded, fold_phrase
from vankien.resources import codebook_dir

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

__all__ = [
    "CompiledFrame", "SentencePhrases", "frames", "is_governed", "scan_context", "scan_sentence",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class CompiledFrame:
    """A frame with its indicator and its number among all frames."""

    number: int
    indicator: Indicator
    frame: Frame


@dataclass(frozen=True, slots=True)
class SentencePhrases:
    """The hits of one sentence; offsets index the sentence.

    ``heads``, ``triggers``, ``qualifiers``, ``blocks``, ``subjects`` map frame numbers to
    hits; ``context`` maps a list of ``context.yaml`` to hits.
    """

    heads: dict[int, list[Hit]]
    triggers: dict[int, list[Hit]]
    qualifiers: dict[int, list[Hit]]
    blocks: dict[int, list[Hit]]
    subjects: dict[int, list[Hit]]
    context: dict[str, list[Hit]]


@cache
def frames() -> tuple[CompiledFrame, ...]:
    """Return all frames of the codebook, numbered in order."""
    codebook = load_codebook()
    compiled: list[CompiledFrame] = []
    for indicator in codebook.indicators.values():
        for frame in indicator.frames:
            compiled.append(CompiledFrame(len(compiled), indicator, frame))
    return tuple(compiled)


@cache
def _index() -> PhraseIndex:
    # One phrase serves many frames: the value is the tuple of their numbers.
    shared: dict[tuple[str, str], list[int]] = {}
    for compiled in frames():
        frame = compiled.frame
        blocks = [*frame.not_, *compiled.indicator.not_]
        for family, phrases in (
            ("head", frame.heads),
            ("trigger", frame.triggers),
            ("qualifier", frame.qualifiers),
            ("block", blocks),
            ("subject", frame.subjects),
        ):
            for phrase in dict.fromkeys(phrases):
                shared.setdefault((family, phrase), []).append(compiled.number)
    entries: list[tuple[str, str, object]] = [
        (family, phrase, tuple(numbers)) for (family, phrase), numbers in shared.items()
    ]
    return PhraseIndex([*entries, *_context_entries()])


def _context_entries() -> list[tuple[str, str, object]]:
    return [
        (f"context.{name}", phrase, None)
        for name, phrases in load_yaml(codebook_dir() / "context.yaml").items()
        for phrase in phrases
    ]


def _by_frame(hits: Hits, family: str, names: list[Hit]) -> dict[int, list[Hit]]:
    """Return the hits of a family by frame number.

    A phrase inside a longer phrase of an indicator in contrast says nothing ("hoàn thành" in
    "không hoàn thành"), nor does one inside a name ("kiểm tra" in "ủy ban kiểm tra").
    """
    found = hits.of(family)
    table: dict[int, list[Hit]] = {}
    munch = family in ("trigger", "qualifier")
    owners = _owners()
    for hit in found:
        start, end = hit.start, hit.end
        if any(n.start <= start and end <= n.end and n[:2] != hit[:2] for n in names):
            continue
        longer = [
            other
            for other in found
            if munch and other.start <= start and end <= other.end and other[:2] != hit[:2]
        ]
        for number in hit.value:
            if any(_overruled(owners[number], [owners[n] for n in o.value]) for o in longer):
                continue
            table.setdefault(number, []).append(hit)
    return table


@cache
def _owners() -> tuple[Indicator, ...]:
    return tuple(compiled.indicator for compiled in frames())


def _overruled(indicator: Indicator, others: list[Indicator]) -> bool:
    """Say whether a longer phrase of indicators in contrast voids a phrase."""
    return (
        indicator.contrast is not None
        and all(other is not indicator for other in others)
        and any(other.contrast == indicator.contrast for other in others)
    )


_GOVERNING = (
    "increase", "decrease", "compare_more", "compare_less", "lack", "surplus", "share_subject",
    "estimate_status", "target_opening", "target_status_strong",
)  # fmt: skip
"""Lists of context that may change how a figure is meant."""
_OF_RATIOS = ("target_words",)
"""Those that may do so for a percentage only."""
_OF_BOUNDS = ("each",)
"""Those that may do so for a figure with "ít nhất" or "không quá" only."""
_GUIDING = ("exceed", "level_after", "target_not", "actual_status", "baseline_words",
            "baseline_bare")  # fmt: skip
"""Those that say more of a figure that one of the lists above governs."""


def _entries_of(*lists: str) -> list[tuple[str, str, object]]:
    names = {f"context.{name}" for name in lists}
    return [entry for entry in _context_entries() if entry[0] in names]


@cache
def _context_index() -> PhraseIndex:
    return PhraseIndex(_entries_of(*_GOVERNING, *_OF_RATIOS, *_OF_BOUNDS, *_GUIDING))


@cache
def _governing_index() -> tuple[AhoCorasick, frozenset[int], frozenset[int]]:
    """The phrases that may govern a figure; those of ratios only, those of bounds only."""
    from ahocorasick_rs import AhoCorasick

    always = {fold_phrase(phrase) for _, phrase, _ in _entries_of(*_GOVERNING)}
    ratios = {fold_phrase(phrase) for _, phrase, _ in _entries_of(*_OF_RATIOS)} - always
    bounds = {fold_phrase(phrase) for _, phrase, _ in _entries_of(*_OF_BOUNDS)} - always
    phrases = sorted(always | ratios | bounds)
    return (
        AhoCorasick(phrases),
        frozenset(i for i, phrase in enumerate(phrases) if phrase in ratios),
        frozenset(i for i, phrase in enumerate(phrases) if phrase in bounds),
    )


def is_governed(folded: Folded, start: int, end: int, *, ratios: bool, bounds: bool) -> bool:
    """Say whether a word in ``text[start:end]`` may change how one of its figures is meant.

    ``ratios`` says that a percentage is among them, ``bounds`` one with "ít nhất", "không quá".
    """
    automaton, of_ratios, of_bounds = _governing_index()
    begin, stop = folded.map.from_source_span(start, end)
    form = folded.text[begin:stop]
    size = len(form)
    for phrase, first, last in automaton.find_matches_as_indexes(form, overlapping=True):
        if first and form[first - 1].isalnum() and form[first].isalnum():
            continue
        if last < size and form[last].isalnum() and form[last - 1].isalnum():
            continue
        in_ratios, in_bounds = phrase in of_ratios, phrase in of_bounds
        if not (in_ratios or in_bounds) or (in_ratios and ratios) or (in_bounds and bounds):
            return True
    return False


_NOTHING: dict[int, list[Hit]] = {}


def scan_context(folded: Folded, start: int, end: int) -> SentencePhrases:
    """Return the words of ``text[start:end]`` that say how a figure is meant."""
    place = folded.map.from_source_span(start, end)
    hits = _context_index().scan_part(folded, *place, shift=start)
    return SentencePhrases(_NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING, context=_context(hits))


def _context(hits: Hits) -> dict[str, list[Hit]]:
    return {
        family[len("context.") :]: found
        for family, found in hits.families.items()
        if family.startswith("context.")
    }


def scan_sentence(sentence: str) -> SentencePhrases:
    """Return every frame phrase and context word of one sentence."""
    hits = _index().scan(sentence)
    names = hits.of("context.names")
    return SentencePhrases(
        heads=_by_frame(hits, "head", names),
        triggers=_by_frame(hits, "trigger", names),
        qualifiers=_by_frame(hits, "qualifier", names),
        blocks=_by_frame(hits, "block", names),
        subjects=_by_frame(hits, "subject", names),
        context=_context(hits),
    )
