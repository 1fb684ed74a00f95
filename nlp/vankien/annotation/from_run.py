"""The sentences or documents of a finished run as items to code.

Duplicates of another document are left out, and so is furniture (headers, signatures,
recipients): neither is worth a coder's time.  Which items a sample takes depends on the seed
and their ids alone, not on the order of the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from vankien.annotation.items import Item, Mark, Project, Unit, code_entries
from vankien.codebook import Codebook
from vankien.documents import CONTENT_PARTS

if TYPE_CHECKING:
    from vankien.results.results import Results

__all__ = ["item_id", "run_documents", "run_items", "run_project", "sentences_by_document"]

SHORTEST = 5
"""Characters of the shortest sentence that is coded, as in the gold."""

_PARTS = ", ".join(sorted(f"'{part.value}'" for part in CONTENT_PARTS))


def item_id(doc_id: str, sentence: int | None = None) -> str:
    """Return the id of a document's or a sentence's item."""
    return doc_id if sentence is None else f"{doc_id}#{sentence}"


def run_project(
    results: Results,
    *,
    unit: Unit,
    codebook: Codebook,
    themes: Sequence[str] = (),
    number: int | None = None,
    seed: int = 1,
    predictions: bool = True,
) -> Project:
    """Return the items of a run with its predictions of the codebook's codes.

    ``themes`` keeps items that were given one of these codes, ``number`` a random sample,
    the same for the same ``seed``; ``predictions`` False proposes nothing to the coders.
    """
    wanted = [code for code in codebook.themes if not themes or code in themes]
    items = _query(results, unit, codes=wanted if themes else None, number=number, seed=seed)
    if predictions:
        items = _with_predictions(results, unit, items, set(codebook.themes))
    model = str(results.run["options"].get("model", "vankien"))
    return Project(
        name=f"vankien {codebook.version}",
        unit=unit,
        codes=code_entries(codebook),
        items=tuple(items),
        model=model,
    )


def run_items(results: Results, unit: Unit, ids: Iterable[str]) -> dict[str, Item]:
    """Return the items of these ids as the run has them (absent ids are left out)."""
    wanted = set(ids)
    doc_ids = {one.rpartition("#")[0] if unit == "sentence" else one for one in wanted}
    items = _query(results, unit, doc_ids=doc_ids)
    return {item.id: item for item in items if item.id in wanted}


def sentences_by_document(results: Results, *, at_once: int) -> Iterator[list[list[Item]]]:
    """Yield the sentences worth coding of ``at_once`` documents at a time, by document.

    Duplicates of another document are left out.
    """
    query = "select doc_id from documents where duplicate_of is null order by doc_id"
    names = [doc_id for (doc_id,) in results.sql(query).fetchall()]
    for first in range(0, len(names), at_once):
        found: dict[str, list[Item]] = {}
        for item in _query(results, "sentence", doc_ids=names[first : first + at_once]):
            found.setdefault(item.doc_id, []).append(item)
        yield list(found.values())


def run_documents(results: Results, ids: Iterable[str]) -> dict[str, tuple[Item, list[Item]]]:
    """Return documents of the run by id, each with the sentences that are worth coding."""
    wanted = set(ids)
    found: dict[str, tuple[Item, list[Item]]] = {
        item.id: (item, []) for item in _query(results, "document", doc_ids=wanted)
    }
    for sentence in _query(results, "sentence", doc_ids=wanted):
        found[sentence.doc_id][1].append(sentence)
    return found


def _text(value: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + value.replace("'", "''") + "'"


def _query(
    results: Results,
    unit: Unit,
    *,
    codes: Sequence[str] | None = None,
    doc_ids: Iterable[str] | None = None,
    number: int | None = None,
    seed: int = 1,
) -> list[Item]:
    sentence = unit == "sentence"
    key = "s.doc_id || '#' || s.sentence" if sentence else "d.doc_id"
    conditions = ["d.duplicate_of is null"]
    if doc_ids is not None:
        names = ", ".join(_text(one) for one in sorted(doc_ids)) or "''"
        conditions = [f"d.doc_id in ({names})"]
    if sentence:
        conditions += [f"s.part in ({_PARTS})", f"length(s.text) >= {SHORTEST}"]
    if codes is not None:
        held = ", ".join(_text(code) for code in codes) or "''"
        where = "t.sentence = s.sentence" if sentence else "t.sentence is null"
        conditions.append(
            f"exists (from themes t where t.doc_id = d.doc_id and {where} and t.theme in ({held}))"
        )
    if sentence:
        query = f"""
            with s as (
                select *, lag(text) over (partition by doc_id order by sentence) as previous
                from sentences)
            select {key} as id, s.text, s.doc_id, s.sentence, d.title, s.section, s.part,
                   s.previous
            from s join documents d using (doc_id)"""
    else:
        query = f"select {key} as id, d.text, d.doc_id, d.title from documents d"
    query += f" where {' and '.join(conditions)}"
    if number is not None:
        chosen = f"md5({_text(str(seed))} || ({key}))"
        query += f" qualify row_number() over (order by {chosen}, {key}) <= {int(number)}"
    query += f" order by d.doc_id{', s.sentence' if sentence else ''}"
    rows = _rows(results, query)
    return [_sentence(row) for row in rows] if sentence else _documents(results, rows)


def _rows(results: Results, query: str) -> list[dict[str, Any]]:
    relation = results.sql(query)
    names = relation.columns
    return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]


def _sentence(row: dict[str, Any]) -> Item:
    section = row["section"] or []
    return Item(
        id=row["id"],
        text=row["text"],
        doc_id=row["doc_id"],
        sentence=row["sentence"],
        title=row["title"] or "",
        heading=section[-1] if section else "",
        previous=row["previous"] or "",
        part=row["part"],
    )


def _documents(results: Results, rows: list[dict[str, Any]]) -> list[Item]:
    names = ", ".join(_text(row["doc_id"]) for row in rows) or "''"
    spans: dict[str, list[tuple[int, int]]] = {row["doc_id"]: [] for row in rows}
    query = f'select doc_id, start, "end" as stop from sentences where doc_id in ({names})'
    for row in _rows(results, f"{query} order by doc_id, sentence"):
        spans[row["doc_id"]].append((row["start"], row["stop"]))
    return [
        Item(
            id=row["id"],
            text=row["text"],
            doc_id=row["doc_id"],
            title=row["title"] or "",
            spans=tuple(spans[row["doc_id"]]),
        )
        for row in rows
    ]


def _with_predictions(
    results: Results, unit: Unit, items: list[Item], known: set[str]
) -> list[Item]:
    """Return the items with the run's themes.

    A sentence has them as codes, and their evidence as marks; a document has each sentence
    that was given a code marked with it.
    """
    names = ", ".join(sorted({_text(item.doc_id) for item in items})) or "''"
    query = f"""
        select t.doc_id, t.sentence, t.theme, t.score, t.start, t."end" as stop,
               s.start as first, s."end" as last
        from themes t join sentences s using (doc_id, sentence)
        where t.doc_id in ({names}) order by t.doc_id, t.sentence, t.start, t.theme"""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(results, query):
        if row["theme"] in known:
            number = row["sentence"] if unit == "sentence" else None
            found.setdefault(item_id(row["doc_id"], number), []).append(row)
    return [_predicted(item, unit, found.get(item.id, [])) for item in items]


def _predicted(item: Item, unit: Unit, rows: list[dict[str, Any]]) -> Item:
    marks = []
    for row in rows:
        start, end = (row["start"], row["stop"]) if unit == "sentence" else (
            row["first"], row["last"])  # fmt: skip
        shift = row["first"] if unit == "sentence" else 0
        marks.append(Mark(start - shift, end - shift, row["theme"], round(row["score"], 4)))
    codes = tuple(row["theme"] for row in rows) if unit == "sentence" else ()
    return Item(
        id=item.id, text=item.text, codes=codes, marks=tuple(marks), doc_id=item.doc_id,
        sentence=item.sentence, title=item.title, heading=item.heading, previous=item.previous,
        part=item.part, spans=item.spans,
    )  # fmt: skip
