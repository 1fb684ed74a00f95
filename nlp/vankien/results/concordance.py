"""kwic(): key words in context, on whole Vietnamese syllables or words.

Matching is folded: case, placement of tone marks, i/y and kinds of dashes and quotes do not
count ("hoá" = "hóa", "kỷ" = "kỉ"); the marks themselves do, for "nể nang" is not "né nang".
A fragment stands on whole syllables; with ``words=True`` its two ends also fall on the
borders of words, as underthesea cuts them ("nạp" is not found within "kết nạp").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from vankien.codebook import load_codebook
from vankien.errors import UsageError
from vankien.language.words import words as word_spans
from vankien.normalise import fold, fold_phrase
from vankien.results.filters import as_list, theme_codes
from vankien.results.tidy import TidyTable, tidy

if TYPE_CHECKING:
    from vankien.results.tables import Tables

__all__ = ["SORTS", "kwic", "matches", "sentences_with"]

SORTS = ("date", "left", "right", "document")
_SYLLABLE = re.compile(r"\w+", re.UNICODE)
_ANY = "[^\\w]+"

COLUMNS: dict[str, Any] = {
    "left": str,
    "keyword": str,
    "right": str,
    "doc_id": str,
    "sentence": int,
    "start": int,
    "end": int,
    "published": date,
    "source": str,
    "title": str,
    "page": int,
    "part": str,
    "role": str,
    "themes": [str],
    "duplicate_of": str,
}


def kwic(
    results: Tables,
    query: str | Sequence[str],
    *,
    window: int = 10,
    words: bool = False,
    theme: str | Sequence[str] | None = None,
    role: str | Sequence[str] | None = None,
    part: str | Sequence[str] | None = None,
    years: int | tuple[int, int] | None = None,
    sort: str = "date",
    limit: int | None = None,
) -> TidyTable:
    """Return one row an occurrence of a fragment, with ``window`` syllables on either side.

    ``query``: a fragment or several ("nể nang"); "*" stands for any syllable ("kết nạp *
    đảng viên").  ``theme`` and ``role`` keep sentences that carry one of those codes,
    ``part`` those of a part of the document (title, lead, body ...), ``years`` documents
    published then.  ``sort``: by "date"; by the context to the "left" (its nearest syllable
    first) or to the "right"; by "document".  ``text[start:end]`` of the document is the
    keyword.  Context does not leave the sentence.  Every document counts; the column
    ``duplicate_of`` tells those that repeat another.  Raises UsageError (V401) for an empty
    query and unknown codes.
    """
    if sort not in SORTS:
        raise UsageError("V401", "sort", detail=f"{sort!r} is none of {', '.join(SORTS)}")
    patterns = _patterns(query)
    rows = [
        _line(found, start, end, window)
        for found, start, end in _found(results, patterns, words, theme, role, part, years)
    ]
    rows.sort(key=_ORDER[sort])
    shown = rows if limit is None else rows[:limit]
    themes = _themes_of(results, shown)
    for row in shown:
        row["themes"] = themes.get((row["doc_id"], row["sentence"]), [])
    return tidy(
        shown,
        COLUMNS,
        title=f"Concordance of {', '.join(as_list(query))}",
        rule=f"Folded matching on whole {'words' if words else 'syllables'}; context within "
        f"the sentence, {window} syllables a side; documents that repeat others are kept.",
        n={
            "occurrences": len(rows),
            "documents": len({row["doc_id"] for row in rows}),
        },
    )


def matches(
    results: Tables, query: str | Sequence[str], *, words: bool = False
) -> Iterator[tuple[str, int, int, int]]:
    """Yield document, sentence, start and end (in the sentence) of every occurrence."""
    for row, start, end in _found(results, _patterns(query), words, None, None, None, None):
        yield row["doc_id"], row["sentence"], start, end


def sentences_with(
    results: Tables, query: str | Sequence[str]
) -> Iterator[tuple[str, str, list[tuple[int, int]]]]:
    """Yield document, text and spans of the fragment for the sentences that hold it.

    Of documents that tell one story only the first counts.
    """
    first = {row[0] for row in results.sql("select doc_id from stories where first").fetchall()}
    found: dict[tuple[str, int], tuple[str, list[tuple[int, int]]]] = {}
    for row, start, end in _found(results, _patterns(query), False, None, None, None, None):
        if row["doc_id"] in first:
            key = (row["doc_id"], row["sentence"])
            found.setdefault(key, (row["text"], []))[1].append((start, end))
    for (doc_id, _), (text, spans) in found.items():
        yield doc_id, text, spans


def _patterns(query: str | Sequence[str]) -> list[tuple[str, re.Pattern[str]]]:
    """Return for every fragment its longest literal (folded) and the pattern of the whole."""
    found = []
    for fragment in as_list(query):
        literals = [fold_phrase(piece) for piece in fragment.split("*")]
        if not any(literals):
            raise UsageError("V401", "query", detail="it holds no word")
        body = ""
        for position, piece in enumerate(fragment.split("*")):
            escaped = re.escape(fold_phrase(piece)).replace(r"\ ", " ")
            if position:
                body += f"{_ANY if body and not body.endswith(_ANY) else ''}\\w+"
                body += _ANY if escaped else ""
            body += escaped
        start = r"(?<!\w)" if re.match(r"\w|\\w", body) else ""
        found.append((max(literals, key=len), re.compile(rf"{start}{body}(?!\w)")))
    return found


def _found(
    results: Tables,
    patterns: list[tuple[str, re.Pattern[str]]],
    words: bool,
    theme: str | Sequence[str] | None,
    role: str | Sequence[str] | None,
    part: str | Sequence[str] | None,
    years: int | tuple[int, int] | None,
) -> Iterator[tuple[dict[str, Any], int, int]]:
    results.need_texts("kwic")
    conditions, values = _conditions(results, theme, role, part, years)
    # DuckDB drops what cannot match: without marks of tone, y and i, the text must hold
    # the bare literal.  The exact test is the folded one below.
    bare = [_bare(literal) for literal, _ in patterns]
    tests = " or ".join("contains(bare, ?)" for _ in bare)
    query = f"""
        with s as (
            select doc_id, sentence, start, "text", page, part, role,
                   replace(replace(strip_accents(lower("text")), 'đ', 'd'), 'y', 'i') as bare
            from sentences s where {" and ".join(conditions) or "true"}
        )
        select s.* exclude (bare), d.published, coalesce(d.publisher, d.issuer) as source,
               d.title, d.duplicate_of
        from s join (select doc_id, published, publisher, issuer, title, duplicate_of
                     from documents) d using (doc_id)
        where {tests} order by d.published nulls first, s.doc_id, s.sentence
    """
    for batch in results.batches(query, [*values, *bare]):
        for row in batch.to_pylist():
            for start, end in _spans(row["text"], patterns, words):
                yield row, start, end


def _bare(literal: str) -> str:
    """Return the longest run of letters of a literal, bare as the query makes the text."""
    import unicodedata

    plain = unicodedata.normalize("NFD", literal.replace("đ", "d").replace("y", "i"))
    plain = re.sub(r"[\u0300-\u036f]", "", plain).replace("y", "i")
    return max(re.split(r"[^a-z0-9]+", plain), key=len)


def _conditions(
    results: Tables,
    theme: str | Sequence[str] | None,
    role: str | Sequence[str] | None,
    part: str | Sequence[str] | None,
    years: int | tuple[int, int] | None,
) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []
    if theme is not None:
        codes = theme_codes(results, theme)
        marks = ", ".join("?" * len(codes))
        conditions.append(
            "exists (select 1 from themes t where t.doc_id = s.doc_id and not t.negated "
            f"and t.sentence = s.sentence and t.theme in ({marks}))"
        )
        values.extend(codes)
    if role is not None:
        roles = as_list(role)
        if unknown := [code for code in roles if code not in load_codebook().roles]:
            raise UsageError("V401", "role", detail=f"{unknown[0]!r} is no role of the codebook")
        conditions.append(f"role in ({', '.join('?' * len(roles))})")
        values.extend(roles)
    if part is not None:
        parts = as_list(part)
        conditions.append(f"part in ({', '.join('?' * len(parts))})")
        values.extend(parts)
    if years is not None:
        first, last = (years, years) if isinstance(years, int) else years
        conditions.append(
            "doc_id in (select doc_id from documents where year(published) between ? and ?)"
        )
        values.extend([first, last])
    return conditions, values


def _spans(
    text: str, patterns: list[tuple[str, re.Pattern[str]]], words: bool
) -> Iterator[tuple[int, int]]:
    folded = fold(text)
    spans = sorted(
        {
            folded.map.span(*match.span())
            for _, pattern in patterns
            for match in pattern.finditer(folded.text)
        }
    )
    if spans and words:
        borders = word_spans(text)
        starts, ends = {a for a, _ in borders}, {b for _, b in borders}
        spans = [(a, b) for a, b in spans if a in starts and b in ends]
    yield from spans


def _line(row: dict[str, Any], start: int, end: int, window: int) -> dict[str, Any]:
    text: str = row["text"]
    before = [m.start() for m in _SYLLABLE.finditer(text, 0, start)]
    after = [m.end() for m in _SYLLABLE.finditer(text, end)]
    first = (before[-window] if len(before) > window else 0) if window else start
    last = (after[window - 1] if len(after) > window else len(text)) if window else end
    line = {name: row[name] for name in
            ("doc_id", "sentence", "published", "source", "title", "page", "part", "role",
             "duplicate_of")}  # fmt: skip
    line |= {
        "left": " ".join(text[first:start].split()),
        "keyword": text[start:end],
        "right": " ".join(text[end:last].split()),
        "start": row["start"] + start,
        "end": row["start"] + end,
    }
    return line


def _themes_of(results: Tables, rows: list[dict[str, Any]]) -> dict[tuple[str, int], list[str]]:
    found: dict[tuple[str, int], list[str]] = {}
    ids = sorted({row["doc_id"] for row in rows})
    if ids:
        for doc_id, sentence, theme in results.sql(
            "select distinct doc_id, sentence, theme from themes where sentence is not null "
            "and not negated and list_contains(?, doc_id) order by all",
            [ids],
        ).fetchall():
            found.setdefault((doc_id, sentence), []).append(theme)
    return found


def _place(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["doc_id"], row["start"], row["end"]


def _by_date(row: dict[str, Any]) -> tuple[Any, ...]:
    return (row["published"] or date.min, *_place(row))


def _by_left(row: dict[str, Any]) -> tuple[Any, ...]:
    return ([s.lower() for s in reversed(_SYLLABLE.findall(row["left"]))], *_place(row))


def _by_right(row: dict[str, Any]) -> tuple[Any, ...]:
    return ([s.lower() for s in _SYLLABLE.findall(row["right"])], *_place(row))


_ORDER = {"date": _by_date, "left": _by_left, "right": _by_right, "document": _place}
