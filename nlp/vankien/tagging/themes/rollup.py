"""From the themes of sentences to the themes of the document (CODES.md, rule 7).

Title and lead weigh more than the body; one passing mention is not a theme.  The weighted
support of a theme is the sum over its sentences of part weight times score; negated
mentions do not count.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vankien.documents import Part
from vankien.tagging.themes.cues import ThemeMention

__all__ = ["DocumentTheme", "roll_up"]

PART_WEIGHTS: Mapping[Part, float] = {
    Part.TITLE: 2.0,
    Part.LEAD: 1.5,
    Part.BODY: 1.0,
    Part.CAPTION: 0.5,
}
"""How much a sentence of a part speaks for the whole document."""

SUPPORT_NEEDED = 1.6
"""A title, a lead with one more sentence, or two sentences of the body."""

SHARE_NEEDED = 0.02
"""In long documents a theme needs this share of the weighted sentences as well."""

SHORT_DOCUMENT = 6
"""Up to so many sentences one clear mention is enough."""


@dataclass(frozen=True, slots=True)
class DocumentTheme:
    """A theme of a document with its best mention; ``score`` is between 0 and 1."""

    theme: str
    score: float
    support: float
    best: ThemeMention


def roll_up(sentences: Iterable[tuple[Part, list[ThemeMention]]]) -> list[DocumentTheme]:
    """Return the themes of a document from (part, mentions) of its content sentences."""
    support: dict[str, float] = {}
    best: dict[str, tuple[float, ThemeMention]] = {}
    total = 0.0
    count = 0
    for part, mentions in sentences:
        weight = PART_WEIGHTS.get(part, 0.0)
        total += weight
        count += weight > 0
        for mention in mentions:
            if mention.negated:
                continue
            value = weight * mention.score
            support[mention.theme] = support.get(mention.theme, 0.0) + value
            if mention.theme not in best or value > best[mention.theme][0]:
                best[mention.theme] = (value, mention)
    needed = 0.6 if count <= SHORT_DOCUMENT else max(SUPPORT_NEEDED, SHARE_NEEDED * total)
    return [
        DocumentTheme(
            theme=theme,
            score=round(1.0 - math.exp(-value / needed), 4),
            support=value,
            best=best[theme][1],
        )
        for theme, value in support.items()
        if value >= needed
    ]
