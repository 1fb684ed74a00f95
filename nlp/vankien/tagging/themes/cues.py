"""Themes of one sentence by the codebook's cue phrases.

Rules, in order (they are the codebook's, see ``corpus/codebook/themes``):

1. A hit that overlaps a ``not`` phrase of its code is void; a ``veto`` phrase anywhere in
   the sentence voids the code.
2. A strong cue gives its code; a weak one needs a second cue of the code that does not
   overlap it, or a word of Party context, in the same sentence; where the code names
   ``ties``, a cue of one of those codes instead of Party context.
3. The cue of a group gives way to a single manifestation of that group which the same
   sentence describes by a strong cue, unless the cue is marked ``always``.
4. A theme is negated when a negating phrase before its evidence governs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from vankien.codebook import MANIFESTATION_GROUPS, Codebook, Cue, load_yaml
from vankien.language.cues import Hit, Hits
from vankien.resources import codebook_dir

__all__ = ["ThemeMention", "is_negated", "is_shielded", "tag_sentence"]

NEGATION_REACH = 70
"""Characters between a negating phrase and the evidence it can govern (development set)."""


@dataclass(frozen=True, slots=True)
class ThemeMention:
    """One theme of a sentence with the words that carried it; offsets index the text.

    ``method`` is "cue", "model" or "both"; of :func:`tag_sentence` alone also "always".
    ``strong`` says that a cue is.
    """

    theme: str
    score: float
    start: int
    end: int
    method: str
    negated: bool
    strong: bool = False


@cache
def _scores() -> tuple[float, float]:
    """Return the precision of strong and of supported weak cues, from the development gold."""
    data = load_yaml(codebook_dir() / "cues" / "scores.yaml")
    return float(data["strong"]), float(data["weak"])


def tag_sentence(codebook: Codebook, hits: Hits, start: int, end: int) -> list[ThemeMention]:
    """Return the themes of ``text[start:end]``, at most one mention a code, by code order.

    ``hits`` are those of the whole text (see :func:`vankien.language.cues.codebook_entries`).
    """
    found = hits.within("theme", start, end)
    if not found:
        return []
    blocked = hits.within("theme.not", start, end)
    vetoed = {hit.value for hit in hits.within("theme.veto", start, end)}
    by_code: dict[str, list[tuple[Hit, Cue]]] = {}
    for hit in found:
        code, cue = hit.value
        if code in vetoed or any(b.value == code and _overlap(b, hit) for b in blocked):
            continue
        by_code.setdefault(code, []).append((hit, cue))
    party = bool(hits.within("party", start, end))
    accepted: dict[str, tuple[Hit, Cue]] = {}
    for code, cues in by_code.items():
        ties = codebook.themes[code].ties
        best = _accept(cues, party=party and not ties)
        if best is None and ties and any(tie in by_code for tie in ties):
            best = max(cues, key=_length)
        if best is not None:
            accepted[code] = best
    for code, pair in list(accepted.items()):
        for further in pair[1].also:
            if further not in vetoed:
                accepted.setdefault(further, pair)
        # A longer cue may carry `also` though a shorter one was chosen as evidence.
        for hit, cue in by_code[code]:
            for further in cue.also if cue.strong else ():
                if further not in vetoed:
                    accepted.setdefault(further, (hit, cue))
    _groups_give_way(codebook, accepted)
    strong, weak = _scores()
    return [
        ThemeMention(
            theme=code,
            score=strong if accepted[code][1].strong else weak,
            start=accepted[code][0].start,
            end=accepted[code][0].end,
            method="always" if accepted[code][1].always else "cue",
            negated=is_negated(hits, start, accepted[code][0].start, accepted[code][0].end),
            strong=accepted[code][1].strong,
        )
        for code in codebook.themes
        if code in accepted
    ]


def _overlap(a: Hit, b: Hit) -> bool:
    return a.start < b.end and b.start < a.end


def _accept(cues: list[tuple[Hit, Cue]], *, party: bool) -> tuple[Hit, Cue] | None:
    """Choose the evidence: the longest strong cue, else a supported weak one."""
    strong = [pair for pair in cues if pair[1].strong]
    if strong:
        return max(strong, key=_length)
    longest = max(cues, key=_length)
    if party or any(not _overlap(pair[0], longest[0]) for pair in cues):
        return longest
    return None


def _length(pair: tuple[Hit, Cue]) -> tuple[bool, int, int]:
    hit, cue = pair
    return cue.always, hit.end - hit.start, -hit.start


def _groups_give_way(codebook: Codebook, accepted: dict[str, tuple[Hit, Cue]]) -> None:
    for group in MANIFESTATION_GROUPS:
        pair = accepted.get(group)
        if pair is None or pair[1].always:
            continue
        if any(
            cue.strong and codebook.group_of(code) == group for code, (_, cue) in accepted.items()
        ):
            del accepted[group]


def is_shielded(hits: Hits, sentence: int, start: int) -> bool:
    """Say whether a word that ends a negation ("tuy nhiên") stands between one and ``start``."""
    return any(
        hits.within("negation.until", negation.end, start)
        for negation in hits.within("negation", sentence, start)
    )


def is_negated(hits: Hits, sentence: int, start: int, end: int) -> bool:
    """Say whether a negating phrase governs the evidence ``start:end``.

    ``sentence`` is where the sentence begins.  A pseudo-negation ("không ngừng") negates
    nothing, and a word that ends the scope ("tuy nhiên") shields what follows it.
    """
    for negation in hits.within("negation", sentence, start):
        if start - negation.end > NEGATION_REACH:
            continue
        if any(_overlap(n, negation) for n in hits.within("negation.not", sentence, end)):
            continue
        if not hits.within("negation.until", negation.end, start):
            return True
    return False
