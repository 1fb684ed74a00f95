"""What the report holds: the tables of a run as columns, joined and numbered for the browser.

Where to start reading: :func:`collect`.  Rows are numbered, names are kept once in lists and
meant by their number, so that a report of 5,000 documents stays a few megabytes.  A sentence
is *evidence* when it carries a theme, a figure of the catalogue or a reference; only these
are in the columns.  The full texts stand apart, in blocks that the browser unpacks when a
document is opened.  Names of persons (authors, signers) are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from vankien.codebook import MANIFESTATION_GROUPS, load_codebook
from vankien.display.places import named_province, province_of, tiles
from vankien.results.document_places import document_places
from vankien.results.provinces import Part, part_of_map
from vankien.results.results import Results

__all__ = ["ReportData", "collect"]

TEXTS_A_BLOCK = 40
"""Documents whose texts are packed together: a block unpacks in a few milliseconds."""

Columns = dict[str, list[Any]]


class _Names:
    """Numbers for names, in the order in which they first appear."""

    def __init__(self) -> None:
        self.all: list[Any] = []
        self._numbers: dict[Any, int] = {}

    def __call__(self, name: Any) -> int:
        if name is None:
            return -1
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = len(self.all)
            self.all.append(name)
        return number


@dataclass(frozen=True, slots=True)
class ReportData:
    """``core`` is needed to open the report, ``texts`` yields the blocks of full texts."""

    core: dict[str, Any]
    texts: list[list[Any]]


@dataclass(slots=True)
class _Evidence:
    """Sentences with findings, numbered as they are met."""

    columns: Columns = field(
        default_factory=lambda: {
            name: []
            for name in ("doc", "n", "start", "page", "section", "part", "role", "roleScore",
                         "province", "text")
        }
    )  # fmt: skip
    numbers: dict[tuple[str, Any], int] = field(default_factory=dict)

    def add(self, key: tuple[str, Any], **values: Any) -> None:
        self.numbers[key] = len(self.columns["doc"])
        for name, column in self.columns.items():
            column.append(values[name])

    def in_order(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Give each row the number of its sentence (``s``) and sort by it."""
        for row in rows:
            key = row["sentence"] if row["sentence"] is not None else ("line", row["line"])
            row["s"] = self.numbers[row["doc_id"], key]
        rows.sort(key=lambda row: row["s"])
        return rows


def collect(results: Results, *, with_text: bool = True) -> ReportData:
    """Gather what the report of a run shows.

    ``with_text`` packs the full text of every document; without it only sentences that
    carry evidence are in the report.
    """
    sections, roles, parts, provinces = _Names(), _Names(), _Names(), _Names()
    documents = _rows(
        results,
        "select doc_id, source, kind, title, published, doc_type, number, issuer, place, "
        "publisher, url, n_pages, extraction, quality, duplicate_of, themes, warnings "
        "from documents order by published desc nulls last, source, doc_id",
    )
    places = {row["doc_id"]: number for number, row in enumerate(documents)}
    figures = _rows(
        results,
        "select * from indicators where indicator is not null order by doc_id, start, record_id",
    )
    evidence = _evidence(results, places, figures, sections, roles, parts)
    data = {
        "docs": _documents(documents, places),
        "sentences": evidence.columns,
        "themes": _themes(results, evidence),
        "figures": _figures(figures, documents, places, evidence, provinces),
        "refs": _references(results, evidence),
    }
    _place_sentences(results, data, documents, evidence, provinces)
    texts = list(_texts(results, documents, roles, parts)) if with_text else []
    core = {
        **{name: _coded(columns) for name, columns in data.items()},
        "names": {
            "sections": sections.all,
            "roles": roles.all,
            "parts": parts.all,
            "provinces": [dict(zip(_PROVINCE, row, strict=True)) for row in provinces.all],
        },
        "codebook": _codebook(),
        "tiles": {
            str(system): [[t.code, t.name, t.label, t.x, t.y] for t in tiles(system)]
            for system in (63, 34)
        },
        "run": _run(results),
    }
    return ReportData(core, texts)


def _rows(results: Results, query: str) -> list[dict[str, Any]]:
    relation = results.sql(query)
    names = relation.columns
    return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]


_UNCODED = {"id", "title", "url", "source", "text", "themes", "warnings"}


def _coded(columns: Columns) -> dict[str, Any]:
    """Write columns of words that come again and again as their names and numbers."""
    coded: dict[str, Any] = {}
    for column, values in columns.items():
        words = [value for value in values if value is not None]
        if column in _UNCODED or not words or not isinstance(words[0], str | list):
            coded[column] = values
            continue
        names = _Names()
        numbers = [names(tuple(v) if isinstance(v, list) else v) for v in values]
        coded[column] = {"names": names.all, "of": numbers}
    return coded


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _thousandths(score: float | None) -> int | None:
    return None if score is None else round(score * 1000)


def _plain(value: float | None) -> float | int | None:
    if value is None or value != int(value):
        return value
    return int(value)


def _documents(rows: list[dict[str, Any]], places: dict[str, int]) -> Columns:
    columns: Columns = {
        name: [row[name] for row in rows]
        for name in ("kind", "title", "number", "issuer", "place", "publisher", "url",
                     "extraction", "themes", "warnings")
    }  # fmt: skip
    columns["id"] = [row["doc_id"] for row in rows]
    columns["source"] = [row["source"] for row in rows]
    columns["type"] = [row["doc_type"] for row in rows]
    columns["pages"] = [row["n_pages"] for row in rows]
    columns["quality"] = [round(row["quality"], 2) for row in rows]
    columns["date"] = [_iso(row["published"]) for row in rows]
    columns["repeats"] = [
        -1 if row["duplicate_of"] is None else places.get(row["duplicate_of"], -1) for row in rows
    ]
    columns["repeated"] = [int(row["duplicate_of"] is not None) for row in rows]
    return columns


def _evidence(
    results: Results,
    places: dict[str, int],
    figures: list[dict[str, Any]],
    sections: _Names,
    roles: _Names,
    parts: _Names,
) -> _Evidence:
    """Number the sentences that carry something, and the rows of tables that hold figures."""
    evidence = _Evidence()
    waiting: dict[int, list[dict[str, Any]]] = {}
    for row in _rows(
        results,
        "select s.* from sentences s semi join ("
        "select doc_id, sentence from themes where sentence is not null union "
        "select doc_id, sentence from indicators where indicator is not null union "
        "select doc_id, sentence from refs where sentence is not null) e "
        "using (doc_id, sentence)",
    ):
        row["key"] = row["sentence"]
        waiting.setdefault(places[row["doc_id"]], []).append(row)
    for place, rows in _table_rows(results, places, figures).items():
        waiting.setdefault(place, []).extend(rows)
    for place in sorted(waiting):
        for row in sorted(waiting[place], key=lambda row: (row["start"], row["end"])):
            evidence.add(
                (row["doc_id"], row["key"]),
                doc=place,
                n=row["sentence"],
                start=row["start"],
                page=row["page"],
                section=sections(" › ".join(row["section"]) or None),
                part=parts(row["part"]),
                role=roles(row["role"]),
                roleScore=_thousandths(row["role_score"]),
                province=-1,
                text=row["text"],
            )
    return evidence


def _table_rows(
    results: Results,
    places: dict[str, int],
    figures: list[dict[str, Any]],
) -> dict[int, list[dict[str, Any]]]:
    """Return the lines of tables that hold figures; a figure of a table has no sentence."""
    texts = dict(
        results.sql(
            "select doc_id, text from documents semi join (select doc_id from indicators "
            "where indicator is not null and sentence is null) using (doc_id)"
        ).fetchall()
    )
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for row in figures:
        if row["sentence"] is not None:
            continue
        text = texts[row["doc_id"]]
        start = text.rfind("\n", 0, row["start"]) + 1
        end = text.find("\n", row["end"])
        end = len(text) if end < 0 else end
        row["line"] = start
        found.setdefault(
            (row["doc_id"], start),
            {
                "doc_id": row["doc_id"], "key": ("line", start), "sentence": None, "start": start,
                "end": end, "page": row["page"], "section": (), "part": "table", "role": None,
                "role_score": None, "text": text[start:end],
            },
        )  # fmt: skip
    lines: dict[int, list[dict[str, Any]]] = {}
    for (doc_id, _), line in found.items():
        lines.setdefault(places[doc_id], []).append(line)
    return lines


def _themes(results: Results, evidence: _Evidence) -> Columns:
    names = ("s", "code", "score", "method", "negated", "start", "length")
    columns: Columns = {name: [] for name in names}
    rows = _rows(results, "select * from themes where sentence is not null order by theme, start")
    for row in evidence.in_order(rows):
        start = row["start"]
        columns["s"].append(row["s"])
        columns["code"].append(row["theme"])
        columns["score"].append(_thousandths(row["score"]))
        columns["method"].append(row["method"])
        columns["negated"].append(int(row["negated"]))
        columns["start"].append(
            None if start is None else start - evidence.columns["start"][row["s"]]
        )
        columns["length"].append(None if start is None else row["end"] - start)
    return columns


def _figures(
    rows: list[dict[str, Any]],
    documents: list[dict[str, Any]],
    places: dict[str, int],
    evidence: _Evidence,
    provinces: _Names,
) -> Columns:
    plain = ("indicator", "measure", "status", "approx", "unit", "scope", "baseline", "table",
             "row", "column", "label", "checks", "s")  # fmt: skip
    evidence.in_order(rows)
    columns: Columns = {name: [row[name] for row in rows] for name in plain}
    numbers = {row["record_id"]: number for number, row in enumerate(rows)}
    columns["id"] = [row["record_id"] for row in rows]
    starts = evidence.columns["start"]
    columns["start"] = [row["start"] - starts[s] for row, s in zip(rows, columns["s"], strict=True)]
    columns["length"] = [row["end"] - row["start"] for row in rows]
    columns["value"] = [_plain(row["value"]) for row in rows]
    columns["high"] = [_plain(row["value_high"]) for row in rows]
    columns["from"] = [_iso(row["period_start"]) for row in rows]
    columns["to"] = [_iso(row["period_end"]) for row in rows]
    columns["period"] = [row["period_text"] for row in rows]
    columns["scopeCode"] = [row["scope_code"] for row in rows]
    columns["partOf"] = [numbers.get(row["part_of"], -1) for row in rows]
    columns["score"] = [_thousandths(row["score"]) for row in rows]
    columns["province"] = []
    for row in rows:
        day = documents[places[row["doc_id"]]]["published"]
        part = province_of(row["scope_code"], on=day, words=row["scope"] or "")
        columns["province"].append(_number(provinces, part))
    return columns


_PROVINCE = ("code", "name", "63", "34", "merged")


def _number(provinces: _Names, part: Part | None) -> int:
    """Number a province as reported, with its square on each map (null: it has none)."""
    if part is None:
        return -1
    before, since = part_of_map(part, 63), part_of_map(part, 34)
    merged = int(before is None and since == part.code)
    return provinces((part.code, part.name, before, since, merged))


def _place_sentences(
    results: Results,
    data: dict[str, Any],
    documents: list[dict[str, Any]],
    evidence: _Evidence,
    provinces: _Names,
) -> None:
    """Give each sentence a province: of its figures, else named in it, else the document's.

    Where words name several provinces the sentence has none: null before a guess.
    """
    column = evidence.columns["province"]
    of_figures: dict[int, set[int]] = {}
    for number, province in zip(data["figures"]["s"], data["figures"]["province"], strict=True):
        if province >= 0:
            of_figures.setdefault(number, set()).add(province)
    own = document_places(results)
    for number, place in enumerate(evidence.columns["doc"]):
        row = documents[place]
        day = row["published"]
        if number in of_figures:
            codes = of_figures[number]
            column[number] = next(iter(codes)) if len(codes) == 1 else -1
            continue
        part = named_province((evidence.columns["text"][number],), on=day)
        if part is None:
            part = province_of(own.get(row["doc_id"]), on=day)
        column[number] = _number(provinces, part)


def _references(results: Results, evidence: _Evidence) -> Columns:
    names = ("s", "type", "number", "issuer", "canonical", "date", "start", "length")
    columns: Columns = {name: [] for name in names}
    rows = _rows(results, "select * from refs where sentence is not null order by start, surface")
    for row in evidence.in_order(rows):
        for name in ("s", "type", "number", "issuer", "canonical"):
            columns[name].append(row[name])
        columns["date"].append(_iso(row["date"]))
        columns["start"].append(row["start"] - evidence.columns["start"][row["s"]])
        columns["length"].append(row["end"] - row["start"])
    return columns


def _codebook() -> dict[str, Any]:
    codebook = load_codebook()
    entries: dict[str, Any] = {
        "version": codebook.version,
        "groups": list(MANIFESTATION_GROUPS),
        "themes": {}, "indicators": {}, "roles": {},
    }  # fmt: skip
    for kind, source in (("themes", codebook.themes), ("indicators", codebook.indicators),
                         ("roles", codebook.roles)):  # fmt: skip
        for code, entry in source.items():
            entries[kind][code] = {
                "vi": entry.name_vi,
                "en": entry.name_en,
                "defVi": entry.definition_vi,
                "defEn": entry.definition_en,
                "parent": getattr(entry, "parent", None),
            }
    return entries


def _run(results: Results) -> dict[str, Any]:
    """Return the counts of the whole run, which the report opens with."""
    one = results.sql(
        "select (select count(*) from documents), "
        "(select count(*) from documents where duplicate_of is not null), "
        "(select count(*) from sentences), (select count(*) from indicators), "
        "(select coalesce(sum(n_pages), 0) from documents)"
    ).fetchall()[0]
    errors = results.sql(
        "select error, count(*), min(message) from errors group by error order by 2 desc, 1"
    ).fetchall()
    options = results.run["options"]
    return {
        "documents": one[0],
        "repeated": one[1],
        "sentences": one[2],
        "figures": one[3],
        "pages": int(one[4]),
        "errors": [list(row) for row in errors],
        "finished": int(results.run["finished"]),
        "vankien": options["vankien"],
        "model": options["model"],
    }


def _texts(
    results: Results, documents: list[dict[str, Any]], roles: _Names, parts: _Names
) -> Iterator[list[Any]]:
    """Yield blocks of documents: text, and five numbers for each sentence of it."""
    texts = dict(results.sql("select doc_id, text from documents").fetchall())
    marks: dict[str, list[int]] = {doc_id: [] for doc_id in texts}
    for batch in results.batches(
        'select doc_id, start, "end", page, part, role from sentences order by doc_id, sentence'
    ):
        for doc_id, start, end, page, part, role in zip(
            *(column.to_pylist() for column in batch.columns), strict=True
        ):
            marks[doc_id].extend((start, end - start, page or 0, parts(part), roles(role)))
    ids = [row["doc_id"] for row in documents]
    for first in range(0, len(ids), TEXTS_A_BLOCK):
        yield [[texts[one], marks[one]] for one in ids[first : first + TEXTS_A_BLOCK]]
