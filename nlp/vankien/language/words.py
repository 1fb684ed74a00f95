"""Words by underthesea, on demand, aligned to the text.

underthesea returns strings, collapses spaces and may rewrite a spelling ("hoà" to "hòa");
so its words are counted off against the text's own syllables and never copied.
"""

from __future__ import annotations

from vankien.language.tokens import syllables

__all__ = ["words"]


def words(text: str) -> list[tuple[int, int]]:
    """Return the spans of the words of one sentence, in order.

    Every non-space character belongs to exactly one word.  underthesea's CRF model ships
    with its package; nothing is downloaded.
    """
    from underthesea import word_tokenize

    # Positions of the characters that both sides must agree on: all but white space.
    places = [i for i, c in enumerate(text) if not c.isspace()]
    if not places:
        return []
    found = word_tokenize(text)
    sizes = [sum(not c.isspace() for c in word) for word in found]
    if sum(sizes) != len(places):
        # A rewriting changed the number of characters: fall back on syllables' own spans.
        return _syllable_spans(text)
    spans: list[tuple[int, int]] = []
    used = 0
    for size in sizes:
        if size:
            spans.append((places[used], places[used + size - 1] + 1))
            used += size
    return spans


def _syllable_spans(text: str) -> list[tuple[int, int]]:
    spans = []
    position = 0
    pieces, spaces = syllables(text)
    for piece, space in zip(pieces, spaces, strict=True):
        if not piece.isspace():
            spans.append((position, position + len(piece)))
        position += len(piece) + space
    return spans
