"""What the codebook's rules say of a sentence's role, as flags for the estimator.

Four blocks of one flag a role: the heading in force announces it, an outer heading does, the
opening words do, a cue of the sentence does; and one flag for a caption or title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

import numpy as np
from scipy import sparse

from vankien.codebook import load_codebook
from vankien.language.cues import Hit, Hits
from vankien.normalise import fold_phrase

__all__ = [
    "heading_roles",
    "n_role_flags",
    "opening_role",
    "plain_opening_role",
    "role_flags",
]

OPENING_REACH = 80
"""Characters from the beginning in which opening words are looked for."""

_NUMBERING = re.compile(r"^\s*(?:[-–+*•]|(?:\d+(?:\.\d+)*|[ivxlc]+|[a-zđ])[.)\-/:]+)\s*")


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


@lru_cache(maxsize=2048)
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
    found = {
        phrase: role
        for phrase, role in headings.items()
        if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", form)
    }
    # A phrase inside a longer one that was found says nothing of its own.
    return frozenset(
        role
        for phrase, role in found.items()
        if not any(phrase != other and phrase in other for other in found)
    )


@lru_cache(maxsize=4096)
def _folded_word(word: str) -> str:
    return fold_phrase(word).rstrip(",:")


def opening_role(words: str) -> str | None:
    """Return the role of the longest opening phrase of the codebook, or None."""
    # Two words decide nearly always, and folding the others takes longer than all else.
    begun = words.split(maxsplit=2)[:2]
    following = _following().get(_folded_word(begun[0])) if begun else None
    if following is None or not _folded_word(begun[-1]).startswith(following):
        return None
    return plain_opening_role(words)


@cache
def _following() -> dict[str, tuple[str, ...]]:
    """What the second word of an opening begins with, by its first word; "" for anything."""
    _, openings = _tables()
    return {
        first: tuple({"".join(form.split()[1:2]) for form, _ in forms})
        for first, forms in openings.items()
    }


def plain_opening_role(words: str) -> str | None:
    """Return what :func:`opening_role` returns, without its short cut."""
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


def n_role_flags(labels: Sequence[str]) -> int:
    """Return the number of flags."""
    return 4 * len(labels) + 1


def role_flags(
    labels: Sequence[str],
    sentences: Iterable[tuple[str, Hits, int, int, tuple[str, ...], bool]],
) -> sparse.csr_matrix:
    """Return the flags of sentences.

    A sentence is (text, hits of the text, start, end, headings from the outermost, whether
    it is a title or caption).
    """
    place = {role: n for n, role in enumerate(labels)}
    width = len(labels)
    indptr = [0]
    columns: list[int] = []
    data: list[float] = []
    for text, hits, start, end, section, apart in sentences:
        found: dict[int, float] = {}
        for depth, heading in enumerate(reversed(section[-3:])) if section else ():
            roles = heading_roles(heading)
            block = 0 if depth == 0 else width
            for role in roles:
                found[block + place[role]] = 1.0 / len(roles)
            if len(roles) == 1:
                break
        opening = opening_role(text[start : min(end, start + OPENING_REACH)])
        if opening is not None:
            found[2 * width + place[opening]] = 1.0
        cues = hits.within("role", start, end) if "role" in hits.families else []
        blocked = hits.within("role.not", start, end) if cues else []
        for hit in cues:
            if not any(b.value == hit.value and _covers(b, hit) for b in blocked):
                found[3 * width + place[hit.value]] = 1.0
        if apart:
            found[4 * width] = 1.0
        if found:
            columns.extend(found)
            data.extend(found.values())
        indptr.append(len(columns))
    return sparse.csr_matrix(
        (np.array(data, dtype=np.float32), columns, indptr),
        shape=(len(indptr) - 1, n_role_flags(labels)),
    )


def _covers(outer: Hit, inner: Hit) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
