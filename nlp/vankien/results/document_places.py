"""The province that each document is about, as far as the document says.

A document of office names its place as its issuer or in its date line; news in its title,
and failing that by a province that most of its figures are about.
Nothing is guessed from a publisher: the paper of a province also writes of others.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from vankien.gazetteer.organisations import find_scopes
from vankien.gazetteer.places import units_named
from vankien.gazetteer.scope_codes import scope_code

if TYPE_CHECKING:
    from vankien.results.tables import Tables

__all__ = ["SOURCE_COLUMN", "document_places", "place_of_scope", "place_rows"]

SOURCE_COLUMN = "coalesce(publisher, issuer)"
"""SQL for the source of a document: who published it or, for documents of office, issued it."""

MAJORITY = 0.5
"""Share of a document's located figures above which their province is the document's."""


def place_of_scope(code: str | None) -> str | None:
    """Return the province code (or "TW") of a scope code: "20.182+xa-x" is of "20"."""
    if not code:
        return None
    if code.startswith(("TW", "VN")):
        return "TW"
    head = code.partition("+")[0]
    if head.startswith("H."):
        return ".".join(head.split(".")[:2])
    return head.partition(".")[0]


@lru_cache(maxsize=50_000)
def _place_in(words: str, day: date | None) -> str | None:
    """Return the one province that words name; None where they name none or several."""
    found = set()
    for mention in find_scopes(words):
        place = place_of_scope(scope_code(mention, on=day))
        if place is not None:
            found.add(place)
    provinces = found - {"TW"}
    if not found:
        units = {unit.code for unit in units_named(words, level="province", on=day)}
        return units.pop() if len(units) == 1 else None
    chosen = provinces or found
    return chosen.pop() if len(chosen) == 1 else None


def document_places(results: Tables) -> dict[str, str]:
    """Return ``doc_id`` -> province code, or "TW" for the centre; unplaced ones are absent.

    A document with an issuer: by issuer, else place of the date line, else not placed.
    Others: by the place of the date line, title, then the province of more than half of
    the document's located figures.
    """
    found: dict[str, str] = results.remember("document_places", lambda: _placed(results))
    return found


def _placed(results: Tables) -> dict[str, str]:
    counts: dict[str, Counter[str]] = {}
    for doc_id, code, number in results.sql(
        "select doc_id, scope_code, count(*) from indicators where scope_code is not null "
        "group by all order by all"
    ).fetchall():
        place = place_of_scope(code)
        if place is not None:
            counts.setdefault(doc_id, Counter())[place] += number
    places: dict[str, str] = {}
    for doc_id, published, *words in results.sql(
        "select doc_id, published, issuer, place, title from documents"
    ).fetchall():
        issuer, line, title = words
        issuer = issuer if issuer and find_scopes(issuer) else None  # no body: no issuer
        # A document with an issuer is about the issuer's place, known or not: a title of
        # a province's report may name the centre's resolution.
        texts = (issuer, line) if issuer else (line, title)
        place = next((found for text in texts if text and (found := _place_in(text, published))),
                     None)  # fmt: skip
        if place is None and issuer:
            continue
        place = place or _most(counts.get(doc_id))
        if place is not None:
            places[doc_id] = place
    return places


def _most(counts: Counter[str] | None) -> str | None:
    if not counts:
        return None
    (place, number), *_ = counts.most_common(1)
    return place if number > MAJORITY * counts.total() else None


def place_rows(results: Tables) -> Any:
    """Return ``document_places`` as an Arrow table of doc_id and place, for joins."""
    import pyarrow as pa

    places = document_places(results)
    return pa.table(
        {"doc_id": pa.array(list(places), pa.string()),
         "place": pa.array(list(places.values()), pa.string())}
    )  # fmt: skip
