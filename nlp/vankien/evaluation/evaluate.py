"""Score vankien against the gold annotations, family by family.

What counts as right:

* themes: the code on the sentence (micro over codes; macro is the mean of the codes' F1);
* roles: accuracy over sentences;
* indicators: ``quantities`` the span of the number with its value; ``records`` span, code,
  value and measure; the attributes are accuracies over the matched records with a code;
* tables: cell, code, value and measure of the figures of the catalogue; ``part_of`` and
  ``status`` over the matched ones;
* references: ``mentions`` the span and type; ``canonical`` over matched mentions;
* sentences: the boundary offsets, ours and underthesea's;
* evidence: a theme whose probability falls when its evidence is cut out of the sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vankien.analysis import Analysis
from vankien.documents import Document, DocumentBuilder, Metadata, Part
from vankien.errors import UsageError
from vankien.evaluation.documents import score_documents
from vankien.evaluation.evidence import score_evidence
from vankien.evaluation.gold import (
    IndicatorPassage,
    ReferencePassage,
    TablePassage,
    ThemeSentence,
    load_gold,
)
from vankien.evaluation.metrics import Count, Score, score
from vankien.evaluation.sentences import score_sentences
from vankien.evaluation.settings import same_scope, score_settings
from vankien.evaluation.theme_context import theme_document
from vankien.reading import from_text
from vankien.reading.tables import header_cells, place_cells
from vankien.tagging.model_files import model_kind
from vankien.tagging.roles import RoleModel, role_model
from vankien.tagging.schemes import Scheme, load_scheme, own_scheme

__all__ = ["Scores", "evaluate"]


@dataclass(frozen=True, slots=True)
class Scores:
    """All scores of one split: summaries by family and details by code."""

    split: str
    summary: tuple[Score, ...]
    codes: tuple[Score, ...]


def evaluate(
    *,
    split: str = "test",
    family: str | None = None,
    gold: str | Path | None = None,
    resamples: int = 1000,
    model: str | Path | None = None,
) -> Scores:
    """Score one family, or all, on a split of the gold.

    ``gold`` is another folder of gold files.  ``model`` is a folder that ``vankien train``
    wrote; it alone is scored, on the gold that stands in it unless another is named.
    Raises UsageError for an unknown family or split, GoldError for malformed gold, ModelError
    for a model that cannot be used.
    """
    if split not in ("dev", "test"):
        raise UsageError("V401", "split", detail=f"{split!r} is none of dev, test")
    if family is not None and family not in _SCORERS:
        raise UsageError("V401", "family", detail=f"{family!r} is none of {', '.join(_SCORERS)}")
    folder = Path(gold) if gold is not None else None
    if model is not None:
        return _score_model(Path(model).resolve(), split, family, folder, resamples)
    summary: list[Score] = []
    codes: list[Score] = []
    for name, scorer in _SCORERS.items():
        if family in (None, name):
            found, detail = scorer(split, folder, resamples)
            summary.extend(found)
            codes.extend(detail)
    return Scores(split, tuple(summary), tuple(codes))


Result = tuple[list[Score], list[Score]]


def _score_model(
    model: Path, split: str, family: str | None, gold: Path | None, resamples: int
) -> Scores:
    """Score the model of a folder, whatever it is a model of."""
    kind = model_kind(model)
    if family not in (None, kind):
        raise UsageError("V401", "model", detail=f"it is a model of {kind}, not of {family}")
    if gold is None and (model / "gold").is_dir():
        gold = model / "gold"
    if kind == "roles":
        summary, codes = _score_roles(split, gold, resamples, role_model(model))
    else:
        summary, codes = _score_themes(split, gold, resamples, load_scheme(model))
    return Scores(split, tuple(summary), tuple(codes))


def _sets(predicted: set[Any], gold: set[Any]) -> Count:
    return Count(len(predicted & gold), len(predicted - gold), len(gold - predicted))


def _by_code(
    family: str, pairs: Iterable[tuple[set[str], set[str]]], resamples: int
) -> list[Score]:
    counts: dict[str, list[Count]] = defaultdict(list)
    for predicted, gold in pairs:
        for code in predicted | gold:
            counts[code].append(Count(int(code in predicted and code in gold),
                                      int(code in predicted and code not in gold),
                                      int(code not in predicted and code in gold)))  # fmt: skip
    return [score(family, code, found, resamples=resamples) for code, found in
            sorted(counts.items())]  # fmt: skip


def _macro(family: str, codes: list[Score]) -> list[Score]:
    known = [c for c in codes if c.n]
    if not known:
        return []

    def mean(name: str) -> float:
        return sum(float(getattr(c, name)) for c in known) / len(known)

    return [Score(family, "macro", len(known), mean("precision"), mean("recall"), mean("f1"),
                  mean("low"), mean("high"))]  # fmt: skip


def _themes_and_roles(
    split: str,
    folder: Path | None,
    scheme: Scheme | None = None,
    roles: RoleModel | None = None,
) -> list[tuple[ThemeSentence, set[str], set[str], str]]:
    found = []
    known = scheme.codebook if scheme is not None else None
    schemes = [scheme] if scheme is not None else []
    if scheme is not None and scheme.index is not None:
        schemes = [own_scheme(), scheme]
    for entry in load_gold("themes", split, folder, codebook=known):
        document, offset = theme_document(entry)
        analysis = Analysis(document, schemes=schemes, roles=roles)
        inside = {s.index for s in analysis.sentences if s.start >= offset}
        rows = [
            row
            for row in analysis.sentence_themes
            if row["sentence"] in inside and (known is None or row["theme"] in known.themes)
        ]
        themes = {r["theme"] for r in rows}
        negated = {r["theme"] for r in rows if r["negated"]}
        given = [r["role"] for r in analysis.sentence_rows if r["sentence"] in inside]
        found.append((entry, themes, negated, given[0] if given else "KHAC"))
    return found


def _score_themes(
    split: str, folder: Path | None, resamples: int, scheme: Scheme | None = None
) -> Result:
    coded = _themes_and_roles(split, folder, scheme)
    pairs = [(themes, set(entry.themes)) for entry, themes, _, _ in coded]
    codes = _by_code("themes", pairs, resamples)
    micro = score("themes", "micro", [_sets(*pair) for pair in pairs], resamples=resamples)
    implicit = [
        Count(tp=len(t & set(e.themes)), fn=len(set(e.themes) - t))
        for e, t, _, _ in coded
        if e.implicit
    ]
    negative = [Count(tp=int(not t), fp=int(bool(t)), fn=0) for e, t, _, _ in coded if not e.themes]
    negated = [
        Count(int(bool(set(e.negated)) and bool(n & set(e.negated))),
              int(bool(n) and not set(e.negated)),
              int(bool(set(e.negated)) and not n & set(e.negated)))
        for e, t, n, _ in coded if t & set(e.themes)
    ]  # fmt: skip
    summary = [micro, *_macro("themes", codes)]
    if implicit:
        summary.append(score("themes", "implicit (recall)", implicit, resamples=resamples))
    if negative:
        summary.append(score("themes", "left alone (precision)", negative, resamples=resamples))
    if any(e.negated for e, _, _, _ in coded):
        summary.append(score("themes", "negated", negated, resamples=resamples))
    return summary, codes


def _score_roles(
    split: str, folder: Path | None, resamples: int, model: RoleModel | None = None
) -> Result:
    found = _themes_and_roles(split, folder, roles=model)
    coded = [(entry, role) for entry, _, _, role in found if entry.role]
    pairs = [({role}, {str(e.role)}) for e, role in coded]
    summary = [score("roles", "accuracy", [_sets(*p) for p in pairs], resamples=resamples)]
    return summary, _by_code("roles", pairs, resamples)


def _offset(text: str, surface: str, at: int) -> int:
    position = -1
    for _ in range(at + 1):
        position = text.index(surface, position + 1)
    return position


def _score_indicators(split: str, folder: Path | None, resamples: int) -> Result:
    spans: list[Count] = []
    records: list[Count] = []
    attributes: dict[str, list[Count]] = defaultdict(list)
    pairs: list[tuple[set[str], set[str]]] = []
    entry: IndicatorPassage
    for entry in load_gold("indicators", split, folder):
        document = from_text(
            entry.text,
            doc_id=entry.id,
            title=entry.title,
            metadata=Metadata(title=entry.title, published=entry.published),
        )
        shift = document.text.index(entry.text[:30])
        rows = [r for r in Analysis(document).indicators if r["start"] >= shift]
        gold = {}
        for number, record in enumerate(entry.records):
            start = _offset(entry.text, record.surface, record.at)
            place = start + record.surface.index(record.number) + shift
            gold[place, place + len(record.number)] = (number, record)
        found = {}
        for row in rows:
            place = row["start"] + row["surface"].index(row["number"])
            found[place, place + len(row["number"])] = row

        def value(raw: Any) -> float | None:
            return None if raw is None else round(float(raw), 4)

        spans.append(_sets(set(found), set(gold)))
        predicted_keys = {
            (p, r["indicator"], value(r["value"]), r["measure"])
            for p, r in found.items() if r["indicator"] is not None
        }  # fmt: skip
        gold_keys = {
            (p, r.indicator, value(r.value), r.measure)
            for p, (_, r) in gold.items() if r.indicator is not None
        }  # fmt: skip
        records.append(_sets(predicted_keys, gold_keys))
        pairs.append(({f"{k[1]}" for k in predicted_keys}, {f"{k[1]}" for k in gold_keys}))
        matched = {k[0] for k in predicted_keys & gold_keys}
        ids = {row["record_id"]: place for place, row in found.items()}
        numbers = {number: place for place, (number, _) in gold.items()}
        for spot in matched:
            row, (_, record) = found[spot], gold[spot]
            checks: dict[str, bool] = {
                "status": row["status"] == record.status,
                "approx": row["approx"] == record.approx,
                "unit": row["unit"] == record.unit,
                "period": (row["period_start"], row["period_end"]) == (
                    record.period_start.isoformat() if record.period_start else None,
                    record.period_end.isoformat() if record.period_end else None,
                ),
                "scope": same_scope(row["scope"], record.scope),
                "part_of": ids.get(row["part_of"]) == (
                    None if record.part_of is None else numbers.get(record.part_of)
                ),
            }  # fmt: skip
            for name, right in checks.items():
                attributes[name].append(Count(tp=int(right), fp=int(not right), fn=int(not right)))
    summary = [
        score("indicators", "quantities", spans, resamples=resamples),
        score("indicators", "records", records, resamples=resamples),
    ]
    summary.extend(
        score("indicators", name, counts, resamples=resamples)
        for name, counts in attributes.items()
    )
    return summary, _by_code("indicators", pairs, resamples)


def table_document(entry: TablePassage) -> Document:
    """Return a document that holds one gold table, with the headers the readers would see."""
    cells = []
    for r, row in enumerate(entry.rows):
        for c, text in enumerate(row):
            if text in ("<", "^"):
                continue
            width = height = 1
            while c + width < len(row) and row[c + width] == "<":
                width += 1
            while r + height < len(entry.rows) and entry.rows[r + height][c] == "^":
                height += 1
            cells.append((r, c, height, width, text))
    builder = DocumentBuilder()
    if entry.title:
        builder.add(entry.title, part=Part.TITLE)
    builder.add_table(header_cells(place_cells(cells)), caption=entry.caption, unit=entry.unit)
    return Document(
        entry.id,
        "gold",
        builder.text,
        blocks=tuple(builder.blocks),
        tables=tuple(builder.tables),
        metadata=Metadata(title=entry.title, published=entry.published),
    )


def _score_tables(split: str, folder: Path | None, resamples: int) -> Result:
    records: list[Count] = []
    attributes: dict[str, list[Count]] = defaultdict(list)
    pairs: list[tuple[set[str], set[str]]] = []
    entry: TablePassage
    for entry in load_gold("tables", split, folder):
        rows = [r for r in Analysis(table_document(entry)).indicators if r["table"] is not None]
        places = {row["record_id"]: (row["row"], row["column"]) for row in rows}
        found = {
            (r["row"], r["column"], r["indicator"], round(float(r["value"]), 4), r["measure"]): r
            for r in rows
            if r["indicator"] is not None
        }
        gold = {
            (r.row, r.column, r.indicator, round(r.value, 4), r.measure): r for r in entry.records
        }
        records.append(_sets(set(found), set(gold)))
        pairs.append(({k[2] for k in found}, {k[2] for k in gold}))
        for key in found.keys() & gold.keys():
            row, record = found[key], gold[key]
            for name, right in (
                ("status", row["status"] == record.status),
                ("part_of", places.get(row["part_of"]) == record.part_of),
            ):
                attributes[name].append(Count(tp=int(right), fp=int(not right), fn=int(not right)))
    return [
        score("tables", "records", records, resamples=resamples),
        *(score("tables", name, counts, resamples=resamples)
          for name, counts in attributes.items()),
    ], _by_code("tables", pairs, resamples)  # fmt: skip


def _score_references(split: str, folder: Path | None, resamples: int) -> Result:
    mentions: list[Count] = []
    canonical: list[Count] = []
    pairs: list[tuple[set[str], set[str]]] = []
    entry: ReferencePassage
    for entry in load_gold("references", split, folder):
        document = from_text(
            entry.text, doc_id=entry.id, metadata=Metadata(published=entry.published)
        )
        found = {(r["start"], r["end"], r["type"]): r for r in Analysis(document).references}
        gold = {}
        for reference in entry.references:
            start = _offset(entry.text, reference.surface, reference.at)
            gold[start, start + len(reference.surface), reference.type] = reference
        mentions.append(_sets(set(found), set(gold)))
        pairs.append(({k[2] for k in found}, {k[2] for k in gold}))
        for key in set(found) & set(gold):
            right = found[key]["canonical"] == gold[key].canonical
            canonical.append(Count(tp=int(right), fp=int(not right), fn=int(not right)))
    return [
        score("references", "mentions", mentions, resamples=resamples),
        score("references", "canonical", canonical, resamples=resamples),
    ], _by_code("references", pairs, resamples)


def _score_sentences(split: str, folder: Path | None, resamples: int) -> Result:
    return score_sentences(split, folder, resamples), []


_SCORERS: dict[str, Callable[[str, Path | None, int], Result]] = {
    "themes": _score_themes,
    "roles": _score_roles,
    "indicators": _score_indicators,
    "tables": _score_tables,
    "references": _score_references,
    "sentences": _score_sentences,
    "settings": score_settings,
    "evidence": score_evidence,
    "documents": score_documents,
}
