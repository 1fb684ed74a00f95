"""The role of a sentence: result, limitation, cause, task, background, other.

Evidence is added up in the codebook's order: the heading in force, the opening words, the
cues of the sentence, the role of the sentence before in the same paragraph.  The weights
below were set on ``corpus/gold/dev``; ``role_score`` is the share that the winner has of
all evidence (softmax), not yet a calibrated probability.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache, lru_cache

from vankien.codebook import Codebook, load_codebook
from vankien.documents import CONTENT_PARTS, Part, Sentence
from vankien.language.cues import Hit, Hits
from vankien.normalise import fold_phrase

__all__ = ["SentenceRole", "heading_roles", "tag_roles"]

HEADING_WEIGHT = 2.2
OUTER_HEADING_WEIGHT = 1.1
OPENING_WEIGHT = 1.6
CUE_WEIGHT = 0.8
REPEATED_CUE_WEIGHT = 0.3
PREVIOUS_WEIGHT = 0.7
FIGURE_WEIGHT = 0.7
PRIOR = {"KETQUA": 0.3, "KHAC": 0.55}

_NUMBERING = re.compile(r"^\s*(?:[-–+*•]|(?:\d+(?:\.\d+)*|[ivxlc]+|[a-zđ])[.)\-/:]+)\s*")


@dataclass(frozen=True, slots=True)
class SentenceRole:
    """The role code of a sentence and its share of the evidence (0 to 1)."""

    role: str
    score: float


@cache
def _tables() -> tuple[dict[str, str], dict[str, list[tuple[str, str]]]]:
    codebook = load_codebook()
    headings: dict[str, str] = {}
    openings: dict[str, list[tuple[str, str]]] = {}
    for role in codebook.roles.values():
        for phrase in role.headings:
            headings[fold_phrase(phrase)] = role.code
        for phrase in role.openings:
            form = fold_phrase(phrase)
            openings.setdefault(form.split()[0].rstrip(",:"), []).append((form, role.code))
    for forms in openings.values():
        forms.sort(key=lambda pair: -len(pair[0]))
    return headings, openings


@cache
def heading_roles(heading: str) -> frozenset[str]:
    """Return the roles that a heading announces: none, one, or several (then it is open)."""
    form = fold_phrase(heading).rstrip(" :.;")
    while True:
        shorter = _NUMBERING.sub("", form)
        if shorter == form:
            break
        form = shorter
    headings, _ = _tables()
    if form in headings:
        return frozenset({headings[form]})
    found: dict[str, str] = {}
    for phrase, role in headings.items():
        if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", form):
            found[phrase] = role
    # A phrase inside a longer one that was found says nothing of its own.
    return frozenset(
        role
        for phrase, role in found.items()
        if not any(phrase != other and phrase in other for other in found)
    )


@lru_cache(maxsize=4096)
def _folded_word(word: str) -> str:
    return fold_phrase(word).rstrip(",:")


def _opening(words: str) -> str | None:
    """Return the role of the longest opening phrase of the codebook, or None."""
    _, openings = _tables()
    first = words.split(maxsplit=1)[0] if words.strip() else ""
    if _folded_word(first) not in openings:
        return None
    form = fold_phrase(words)
    first = form.split(maxsplit=1)[0].rstrip(",:") if form else ""
    for phrase, role in openings.get(first, ()):
        if form.startswith(phrase) and not form[len(phrase) : len(phrase) + 1].isalnum():
            return role
    return None


def tag_roles(
    codebook: Codebook,
    text: str,
    hits: Hits,
    sentences: list[Sentence],
    *,
    figures: frozenset[int] = frozenset(),
) -> list[SentenceRole]:
    """Return one role for every sentence of a document.

    ``figures`` are the sentences that report an actual figure of the catalogue: plain
    actual figures are results (codebook, KETQUA).
    """
    result: list[SentenceRole] = []
    previous: str | None = None
    last_end = -1
    for sentence in sentences:
        if sentence.part not in CONTENT_PARTS or sentence.part is Part.CAPTION:
            result.append(SentenceRole("KHAC", 1.0))
            previous = None
            continue
        same_paragraph = last_end >= 0 and "\n" not in text[last_end : sentence.start]
        role = _role(
            codebook,
            text,
            hits,
            sentence,
            previous if same_paragraph else None,
            reports=sentence.index in figures,
        )
        result.append(role)
        previous, last_end = role.role, sentence.end
    return result


def _role(
    codebook: Codebook,
    text: str,
    hits: Hits,
    sentence: Sentence,
    previous: str | None,
    *,
    reports: bool,
) -> SentenceRole:
    scores = dict.fromkeys(codebook.roles, 0.0)
    for role, prior in PRIOR.items():
        scores[role] += prior
    if reports:
        scores["KETQUA"] += FIGURE_WEIGHT
    weight = HEADING_WEIGHT
    for heading in reversed(sentence.section):
        roles = heading_roles(heading)
        for role in roles:
            scores[role] += weight / len(roles)
        if len(roles) == 1:
            break
        weight = OUTER_HEADING_WEIGHT
    opening = _opening(text[sentence.start : min(sentence.end, sentence.start + 80)])
    if opening is not None:
        scores[opening] += OPENING_WEIGHT
    cues = hits.within("role", sentence.start, sentence.end)
    blocked = hits.within("role.not", sentence.start, sentence.end) if cues else []
    seen: dict[str, int] = {}
    for hit in cues:
        if blocked and any(b.value == hit.value and _covers(b, hit) for b in blocked):
            continue
        count = seen.get(hit.value, 0)
        seen[hit.value] = count + 1
        scores[hit.value] += CUE_WEIGHT if count == 0 else REPEATED_CUE_WEIGHT
    if previous is not None and previous != "KHAC":
        scores[previous] += PREVIOUS_WEIGHT
    best = max(scores, key=lambda role: scores[role])
    total = sum(math.exp(2.0 * (score - scores[best])) for score in scores.values())
    return SentenceRole(best, round(1.0 / total, 4))


def _covers(outer: Hit, inner: Hit) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
