"""What the headers of a table say of the numbers under them.

Where to start reading: :func:`read_headers`.  A pair of headers is said as a label before a
bare number and read by the frames of running text, in the ways in which a clerk may mean it
(the column alone, the row and the column, the caption; with the noun of the unit column).
Words of ``corpus/codebook/tables.yaml`` tell a total, a share, a change, a plan.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache, lru_cache

from vankien.codebook import load_yaml
from vankien.documents import Cell, Table
from vankien.gazetteer.organisations import find_scopes, organisation_data
from vankien.normalise import UPPER
from vankien.quantities.mentions import Quantity
from vankien.quantities.units import unit_after
from vankien.resources import codebook_dir
from vankien.tagging.indicators.frames import Candidate, Scene, best_frame, is_labelled
from vankien.tagging.indicators.lexicon import lexicon
from vankien.tagging.indicators.phrases import frames, scan_sentence
from vankien.tagging.indicators.structure import read_structure

__all__ = [
    "Meaning",
    "TableContext",
    "header_path",
    "money_factor",
    "naming_parts",
    "read_headers",
    "table_context",
    "table_words",
]

_CAPTION_NUMBER = re.compile(r"\A\s*\w+(?:\s+\w+){0,2}\s*\d+\s*[.:]\s*")
_NEUTRAL = re.compile(
    r"(?:huy hiệu )?\d\d năm(?: tuổi đảng)?(?: trở lên)?"
    r"|(?:\w+\s+)?(?:(?:19|20)\d\d|[ivx]+)(?:\s*[-–]\s*(?:19|20)\d\d)?"
)
CLOSER = 8
"""Characters by which a phrase of the caption must be longer to overrule a header's."""
BOTH = 2.5
"""Added where the frame takes words from the row and from the column."""
_BARE = "100"
"""The number that stands for the cell's own while its headers are read."""


@dataclass(frozen=True, slots=True)
class TableWords:
    """The closed lists of ``tables.yaml``; every phrase in lower case."""

    order: frozenset[str]
    units: frozenset[str]
    totals: frozenset[str]
    parts: tuple[str, ...]
    shares: tuple[str, ...]
    ratios: tuple[str, ...]
    reached: tuple[str, ...]
    plain: frozenset[str]
    changes: tuple[str, ...]
    targets: tuple[str, ...]
    estimates: tuple[str, ...]
    done: tuple[str, ...]
    prefixes: tuple[str, ...]
    wholes: tuple[str, ...]
    neutral: frozenset[str]
    money: tuple[tuple[str, int], ...]
    leads: re.Pattern[str]
    tails: re.Pattern[str]


@cache
def table_words() -> TableWords:
    """Return the words of tables, built once."""
    data = load_yaml(codebook_dir() / "tables.yaml")
    names = ("parts", "shares", "ratios", "reached", "changes", "targets", "estimates", "done",
             "prefixes", "wholes")  # fmt: skip
    leads = "|".join(re.escape(w) for w in sorted(data["caption_leads"], key=len, reverse=True))
    tails = "|".join(re.escape(w) for w in sorted(data["caption_tails"], key=len, reverse=True))
    return TableWords(
        order=frozenset(data["order"]),
        units=frozenset(data["units"]),
        totals=frozenset(data["totals"]),
        plain=frozenset(data["plain"]),
        neutral=frozenset(data["neutral"]),
        money=tuple(sorted(data["money"].items(), key=lambda pair: -len(pair[0]))),
        leads=re.compile(rf"\A(?:(?:{leads})\s+)+", re.IGNORECASE),
        tails=re.compile(rf"[\s,(]+(?:{tails})(?!\w).*\Z", re.IGNORECASE),
        **{name: tuple(data[name]) for name in names},
    )


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a pair of headers says of its cells."""

    candidate: Candidate | None
    measure: str
    status: str


@dataclass(frozen=True, slots=True)
class TableContext:
    """What is the same for all cells of a table.

    ``planned``: a column or row states a plan; ``graded``: the family of those that the table
    grades; ``holds``: whether document or caption hold a phrase (None: no frame is tried);
    ``read``: the headers read so far.
    """

    caption: str
    unit: str
    planned: bool
    graded: str | None
    holds: Callable[[str], bool] | None
    read: dict[tuple[object, ...], Candidate | None] = field(default_factory=dict)


def table_context(table: Table, holds: Callable[[str], bool] | None) -> TableContext:
    """Read what a table says of all its cells."""
    caption = table.caption or ""
    headers = {
        _clean(part).lower()
        for cell in table.cells
        for part in (*cell.column_header, *cell.row_header)
    }
    words = table_words()
    families = {
        family
        for noun, family in lexicon().assessed_nouns
        if noun in caption.lower() and noun != "đồng chí"
    }
    for header in headers:
        if any(word in header for word in words.wholes):
            families |= {f for noun, f in lexicon().assessed_nouns if noun in header}
    if holds is not None:
        known = holds

        def said(phrase: str) -> bool:
            return known(phrase) or phrase.lower() in caption.lower()

        holds = said
    return TableContext(
        caption=caption,
        unit=table.unit or "",
        planned=any(_begins(header, words.targets) for header in headers),
        graded=families.pop() if len(families) == 1 else None,
        holds=holds,
    )


def money_factor(text: str) -> int | None:
    """Return what a figure under a header in money is to be multiplied by, or None."""
    lowered = text.lower()
    return next((factor for name, factor in table_words().money if name in lowered), None)


def _clean(text: str) -> str:
    return " ".join(text.split()).strip(" :.;–-+•*")


def header_path(header: tuple[str, ...]) -> list[str]:
    """Return the parts of a header, cleaned of marks, none empty."""
    return [_clean(part) for part in header if _clean(part)]


def read_headers(context: TableContext, cell: Cell, said_before: str | None, unit: str) -> Meaning:
    """Return what the headers of a cell say of its number.

    ``said_before`` is the family of the figure before it in its row, ``unit`` the text of the
    row's unit column.
    """
    words = table_words()
    column, row = header_path(cell.column_header), header_path(cell.row_header)
    texts = [part.lower() for part in (*column, *row)]
    joined = " | ".join(texts)
    percent = _holds_any(joined, words.shares) or "%" in (context.unit, unit.strip())
    leaf = column[-1].lower() if column else ""
    measure, status = "level", "actual"
    if _holds_any(joined, words.ratios) or (
        context.planned
        and _holds_any(leaf, words.shares)
        and (_begins(leaf, words.reached) or leaf.rstrip(" ()%") in words.plain)
    ):
        measure = "target_ratio"
    elif _holds_any(joined, words.changes):
        measure = "change_rel" if percent else "change_abs"
    else:
        measure = "share" if percent else "level"
        if any(_begins(part, words.estimates) for part in texts):
            status = "estimate"
        elif any(_begins(part, words.targets) for part in texts) and not any(
            _holds_any(part, words.done) for part in texts
        ):
            status = "target"
    candidate = None
    if context.holds is not None:
        candidate = _candidate(context, column, row, measure, said_before, unit)
        candidate = _as_captioned(context, candidate)
    return Meaning(candidate, measure, status)


def _as_captioned(context: TableContext, found: Candidate | None) -> Candidate | None:
    """Let a longer phrase of the caption say more closely what a header's verb says.

    Under "Kết quả kiểm tra khi có dấu hiệu vi phạm" a column "Được kiểm tra" counts those.
    """
    trigger = found.trigger or found.qualifier if found is not None else None
    if found is None or trigger is None or found.indicator.contrast is None or not context.caption:
        return found
    for number, hits in scan_sentence(context.caption).triggers.items():
        other = frames()[number].indicator
        if (
            other is not found.indicator
            and other.contrast == found.indicator.contrast
            and set(other.dimensions) & {"person", "organisation"}
            == set(found.indicator.dimensions) & {"person", "organisation"}
            and any(
                hit.end - hit.start > trigger.end - trigger.start + CLOSER
                and "," not in context.caption[hit.start : hit.end]
                for hit in hits
            )
        ):
            return replace(found, indicator=other)
    return found


def _holds_any(text: str, phrases: tuple[str, ...]) -> bool:
    return any(phrase in text for phrase in phrases)


def _begins(text: str, phrases: tuple[str, ...]) -> bool:
    return any(text == phrase or text.startswith(phrase + " ") for phrase in phrases)


def _candidate(
    context: TableContext,
    column: list[str],
    row: list[str],
    measure: str,
    said_before: str | None,
    unit: str,
) -> Candidate | None:
    """Return the best frame over the ways in which the headers can be said.

    A column that names something decides, with the row's words where they help; a column
    that is a year or a plan leaves it to the row, and a row that is a place to the caption.
    Where no way says anything, the noun of the unit column or of the caption is added to the
    number ("Quy hoạch" with "người").
    """
    columns, rows = naming_parts(column), naming_parts(row)
    # Headers without a word of the codebook say nothing; their rows are read once.
    rows = [part for part in rows if _speaks_of(part)]
    if columns and not rows and not any(map(_speaks_of, columns)):
        return None
    key = (tuple(columns), tuple(rows), measure, said_before, unit)
    if key not in context.read:
        context.read[key] = _read(context, columns, rows, measure, said_before, unit)
    return context.read[key]


def _read(
    context: TableContext,
    columns: list[str],
    rows: list[str],
    measure: str,
    said_before: str | None,
    unit: str,
) -> Candidate | None:
    titles = _titles(context.caption)
    for noun in dict.fromkeys((None, *_nouns(context, unit))):
        best: Candidate | None = None
        for path in [columns, [*rows, *columns]] if columns else [rows]:
            if not path:
                continue
            topic = said_before
            if len(path) > 1:
                parent = _say(context, path[:-1], "level", None, None)
                topic = _family(parent)
            elif titles and topic is None:
                topic = _family(_say(context, titles[:1], "level", None, None, alone=True))
            found = _say(context, path, measure, topic, noun)
            if found is not None and (best is None or found.score > best.score):
                best = found
        if best is None and columns and rows:
            best = _say(context, rows, measure, None, noun)
        if best is None and not columns and (not rows or noun is None):
            for title in titles:
                best = best or _say(context, [title], measure, None, noun, alone=True)
        if best is not None:
            return best
    return None


def _family(candidate: Candidate | None) -> str | None:
    return candidate.indicator.code.partition(".")[0] if candidate else None


def _nouns(context: TableContext, unit: str) -> list[str]:
    """Return the nouns that the number may count, as the table gives them."""
    found = [text for text in (unit, context.unit) if text and unit_after(text.lower(), 0)]
    caption = context.caption.lower()
    found += [noun for noun, _ in lexicon().assessed_nouns if noun in caption]
    return found


def _titles(caption: str) -> list[str]:
    """Return a caption without its number, and its core ("Kết quả kỷ luật ... năm 2020")."""
    title = _CAPTION_NUMBER.sub("", caption).strip()
    core = table_words().leads.sub("", table_words().tails.sub("", title)).strip()
    return [text for text in dict.fromkeys((title, core)) if text]


def naming_parts(path: list[str]) -> list[str]:
    """Return the headers that name something: no total, plan, share, year, quarter, place."""
    words = table_words()
    return [
        part
        for part in path
        if part.lower() not in words.totals
        and part.lower() not in words.parts
        and part.lower() not in words.neutral
        and not _NEUTRAL.fullmatch(part.lower())
        and not any(
            _begins(part.lower(), names)
            for names in (words.targets, words.done, words.estimates, words.ratios, words.changes)
        )
        and not (_begins(part.lower(), words.reached) and _holds_any(part.lower(), words.shares))
        and not (
            part.lower().startswith(words.shares)
            and (_holds_any(part.lower(), words.ratios) or not _says(part))
        )
        and not _is_place(part)
    ]


@cache
def _named() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in organisation_data()["party"])
    return re.compile(rf"(?i:{words})\s+(?:[{UPPER}]|\d)")


def _is_place(part: str) -> bool:
    """Say whether a header is the name of a place or organisation ("Chi bộ Văn phòng")."""
    if not part.isupper() and _named().match(part):
        return True
    return any(
        scope.start == 0
        and (part[scope.end :].lstrip()[:1].isupper() if scope.relative else scope.end >= len(part))
        for scope in find_scopes(part)
    )


@lru_cache(maxsize=2048)
def _speaks_of(part: str) -> bool:
    """Say whether a header holds any word of the codebook."""
    phrases = scan_sentence(part)
    return bool(phrases.heads or phrases.triggers or phrases.qualifiers or phrases.blocks)


@lru_cache(maxsize=2048)
def _says(part: str) -> bool:
    phrases = scan_sentence(part)
    return bool(phrases.heads or phrases.triggers)


def _say(
    context: TableContext,
    path: list[str],
    measure: str,
    topic: str | None,
    noun: str | None,
    *,
    alone: bool = False,
) -> Candidate | None:
    """Return the best frame for a bare number (or one with a noun) that the path labels.

    ``alone``: without the caption before it.
    """
    if context.holds is None:
        return None
    caption = "" if alone else context.caption
    ways = [", ".join(path), " ".join(path), path[-1]]
    ways += [f"{prefix} {path[-1]}" for prefix in table_words().prefixes]
    said = " ".join(path).lower()
    graded = context.graded
    if any(name in said for name, _ in lexicon().assessed_nouns):
        graded = None
    best: Candidate | None = None
    for unit, dimension, text in _units(context, said, measure, noun):
        for lead in dict.fromkeys(("", f"{caption}; " if caption else "")):
            for way in dict.fromkeys(ways):
                surface = f"{lead}{way} {_BARE}{' ' + text if text else ''}"
                start = len(lead) + len(way) + 1
                quantity = Quantity(
                    start, len(surface), start, start + len(_BARE), _BARE, Decimal(100), None,
                    unit, text, dimension, "exact",
                )  # fmt: skip
                phrases = scan_sentence(surface)
                place = read_structure(surface, [quantity], phrases)[0]
                # A header is one label, whatever commas it holds.
                place = replace(place, label_start=len(lead))
                scene = Scene(
                    measure=measure,
                    topic=topic,
                    whole=-1,
                    carried=frozenset(),
                    labelled=len(path) == 1 and is_labelled(surface, quantity, place, phrases),
                    holds=context.holds,
                    graded=graded,
                )
                found = best_frame(surface, quantity, place, phrases, scene)
                if found is not None and len(path) > 1 and way in ways[:2]:
                    last = len(lead) + len(way) - len(path[-1])
                    if found.evidence_start() < last < found.evidence_end():
                        found = replace(found, score=found.score + BOTH)
                # What only the caption says holds for every cell; a header must say something.
                if found is None or not _speaks(found, len(lead), start):
                    continue
                if best is None or found.score > best.score:
                    best = found
    return best


def _speaks(found: Candidate, lead: int, start: int) -> bool:
    """Say whether a phrase of the header itself, not of caption or noun, made the frame."""
    return any(
        lead < hit.end <= start
        for hit in (found.head, found.trigger, found.qualifier)
        if hit is not None
    )


def _units(
    context: TableContext, said: str, measure: str, noun: str | None
) -> list[tuple[str | None, str | None, str | None]]:
    """Return the units to try: name, dimension, and the noun written after the number."""
    if measure in ("share", "target_ratio", "change_rel"):
        return [("%", "ratio", None)]
    if noun is not None:
        unit = unit_after(noun.lower(), 0)
        return [] if unit is None else [(unit.name, unit.dimension, noun.lower()[unit.start :])]
    if money_factor(said) is not None:
        return [("đồng", "money", None)]
    bare: list[tuple[str | None, str | None, str | None]] = [(None, None, None)]
    return [*bare, ("đồng", "money", None)] if money_factor(context.unit) is not None else bare
