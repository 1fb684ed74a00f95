"""The two columns at the head and at the close of an official document, on a page.

The head has issuer, number (left) beside national line, place and date (right); the close
has the recipients (left) beside the signature (right): Hướng dẫn 36-HD/VPTW, Nghị định
30/2020/NĐ-CP, annex I.  Read across, their lines would mix; :func:`take_bands` reads them
column by column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vankien.documents import Part
from vankien.normalise import fold_phrase
from vankien.reading.placed_lines import Line
from vankien.reading.wording import official_words, page_words

__all__ = ["Band", "cut_zone", "take_bands"]

TOP_LINES = 16
"""The head stands within so many first lines of a page."""

SHORT = 60
"""A national line, or the words that begin the recipients, are shorter."""

HEIGHT = 170.0
"""Points that a head reaches below its national line at most."""

SIGNATURE_ABOVE = 70.0
"""Points by which a signature may begin above the recipients."""

BESIDE = 30.0
"""Two lines this near in height stand side by side."""

ASTRIDE = 40.0
"""A line that reaches so far to both sides of the gap belongs to no column."""


@dataclass(frozen=True, slots=True)
class Band:
    """Two columns of lines with their parts; ``top`` is None at the head of the page."""

    columns: tuple[tuple[Part, tuple[str, ...]], ...]
    top: float | None = None


def cut_zone(lines: Sequence[str]) -> set[int]:
    """Return the lines that may hold two columns of a head or close, to be cut at gaps."""
    words = official_words()
    zone: set[int] = set()
    for line in lines[:TOP_LINES]:
        if line.isupper() and len(line) > 15:
            form = fold_phrase(line)
            if any(phrase in form for phrase in (*words.party, *words.state)):
                zone.update(range(min(TOP_LINES, len(lines))))
                break
    for index, line in enumerate(lines):
        # Recipients and signature in one line: the words may stand anywhere in it.
        if len(line) < 2 * SHORT and line[:1] in "NnTK*" and _begins(line, words.recipients):
            zone.update(range(max(0, index - 6), len(lines)))
            break
    return zone


def _begins(line: str, phrases: tuple[str, ...]) -> bool:
    return fold_phrase(line[:SHORT]).strip(" *").startswith(phrases) or any(
        phrase in fold_phrase(line) for phrase in phrases
    )


def take_bands(rows: list[list[Line]]) -> tuple[list[list[Line]], list[Band]]:
    """Return the rows without the head and the close, and these."""
    pieces = [piece for row in rows for piece in row]
    bands: list[Band] = []
    taken: set[int] = set()
    for find in (_head, _close):
        found = find(pieces)
        if found is not None:
            band, members = found
            bands.append(band)
            taken |= members
    if not bands:
        return rows, bands
    left = [[piece for piece in row if id(piece) not in taken] for row in rows]
    return [row for row in left if row], bands


_Found = tuple[Band, set[int]]


def _texts(pieces: Sequence[Line]) -> tuple[str, ...]:
    return tuple(piece.text for piece in pieces)


def _head(pieces: list[Line]) -> _Found | None:
    words = official_words()
    top = sorted(pieces, key=lambda piece: -piece.y)[: 2 * TOP_LINES]
    national = next(
        (
            piece
            for piece in top
            if len(piece.text) < SHORT
            and piece.text.isupper()
            and fold_phrase(piece.text).strip(" *") in (*words.party, *words.state)
        ),
        None,
    )
    if national is None:
        return None
    beside = [
        piece
        for piece in top
        if piece.right <= national.left + 5 and abs(piece.y - national.y) <= BESIDE
    ]
    if not beside:
        return None
    split = (max(piece.right for piece in beside) + national.left) / 2
    columns: tuple[list[Line], list[Line]] = ([], [])
    for piece in top:
        form = fold_phrase(piece.text).strip(" :")
        if piece.y > national.y + BESIDE:
            continue  # a stamp or a running header above
        if (
            piece.y < national.y - HEIGHT
            or (piece.left < split - ASTRIDE and piece.right > split + ASTRIDE)
            or form in words.types
            or form.startswith(words.addressee)
        ):
            break
        columns[(piece.left + piece.right) / 2 > split].append(piece)
    band = Band(tuple((Part.HEADER, _texts(column)) for column in columns))
    return band, {id(piece) for column in columns for piece in column}


def _close(pieces: list[Line]) -> _Found | None:
    words = official_words()
    first = next(
        (
            piece
            for piece in reversed(pieces)
            if len(piece.text) < SHORT
            and piece.text[:1] in "Nn*"
            and fold_phrase(piece.text).strip(" *").startswith(words.recipients)
        ),
        None,
    )
    if first is None:
        return None
    middle = (min(p.left for p in pieces) + max(p.right for p in pieces)) / 2 - BESIDE
    split = max(middle, first.right)
    # Above the recipients the signature reaches up to the running text, not into it.
    numbers = page_words().number
    reach = first.y + SIGNATURE_ABOVE
    above = min((p.y for p in pieces if p.y > first.y + 1 and p.left <= split), default=reach)
    columns: tuple[list[Line], list[Line]] = ([], [])
    for piece in sorted(pieces, key=lambda piece: -piece.y):
        right = piece.left > split
        if piece.y > first.y + 1 and not (
            right and piece.y <= reach and piece.y < above and not numbers.fullmatch(piece.text)
        ):
            continue
        form = fold_phrase(piece.text[:SHORT])
        if piece.y <= first.y and (
            (piece.left < middle - ASTRIDE and piece.right > middle + 2 * ASTRIDE)
            or (piece.text.isupper() and form.startswith(words.annex))
        ):
            break
        columns[right].append(piece)
    if not columns[1]:
        return None
    band = Band(
        ((Part.RECIPIENTS, _texts(columns[0])), (Part.SIGNATURE, _texts(columns[1]))),
        top=max(first.y, columns[1][0].y),
    )
    return band, {id(piece) for column in columns for piece in column}
