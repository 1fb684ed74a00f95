"""One document with its parts, themes, indicators and references in place.

    vankien.show(nlp(document))                 a processed Doc
    vankien.show(results, "bao-cao-01")         a document of a finished run
    vankien.show(results, record)               the document of a record, at its sentence

Where to start reading: :func:`show`.  Spans are drawn as displaCy draws overlapping spans: a
tag where a span begins, a line under all of it, one lane for each span that runs beside
another.  Unlike displaCy this keeps the text to the character.  The page has no script; in a
notebook it stands in a frame of its own, where its links lead from a record to its sentence.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vankien.codebook import load_codebook
from vankien.display.wording import LANGUAGES, asset, say
from vankien.documents import Document
from vankien.errors import OutputError, UsageError
from vankien.markup import Element, element
from vankien.results.tables import Tables

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["DocumentView", "show"]

Row = Mapping[str, Any]

COLOURS = {"theme": "#0b4f8a", "indicator": "#c06000", "reference": "#0a7d60"}
"""Colours of the lines; they differ in brightness too, for print and for the colour-blind."""

LANE = 4
"""Pixels from one lane of lines to the next."""

_METADATA = ("kind", "doc_type", "number", "issuer", "place", "published", "source")


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document as an HTML page; a notebook shows it, :meth:`save` writes it.

    ``at`` is the anchor that it opens at, ``counts`` what was found.
    """

    title: str
    page: str
    counts: Mapping[str, int]
    at: str | None = None
    height: int = 640

    def save(self, to: str | Path) -> Path:
        """Write the page as an HTML file.  Raises OutputError (V202) where that fails."""
        target = Path(to)
        try:
            target.write_text(self.page, encoding="utf-8")
        except OSError as error:
            raise OutputError("V202", str(to), detail=error.strerror or str(error)) from error
        return target

    def _repr_html_(self) -> str:
        # Scripts and everything else are off.  Without a base of its own a link within the frame
        # would be one to the notebook.
        page = self.page.replace("<head>", '<head><base href="about:srcdoc">', 1)
        frame = html.escape(page)
        return (
            f'<iframe srcdoc="{frame}" sandbox="" title="{html.escape(self.title)}" '
            f'style="width:100%;height:{self.height}px;border:1px solid #e2ded3"></iframe>'
        )

    def __repr__(self) -> str:
        found = ", ".join(f"{name} {n}" for name, n in self.counts.items())
        return f"<{self.title}: {found}>"


def show(
    subject: Doc | Document | Tables, record: object = None, *, height: int = 640
) -> DocumentView:
    """Show one document with everything found in it.

    ``subject`` is a processed Doc, a Document (it is processed first), or a results folder;
    then ``record`` names the document: its ``doc_id``, the ``record_id`` of a figure, or any
    record or row with a ``doc_id``.  With a record the page opens at its sentence.
    ``height`` is that of the frame in a notebook, in pixels.  Raises UsageError (V401) where
    no such document or record exists.
    """
    if isinstance(subject, Document):
        from vankien.pipeline import load

        subject = load()(subject)
    if isinstance(subject, Tables):
        named = _found(subject, record)
        meta, text, tables = _of_results(subject, named["doc_id"])
        here: Row | None = named
    else:
        here = _row(record) if record is not None else None
        meta, text, tables = _of_doc(subject)
    return _view(meta, text, tables, here, height)


def _of_doc(doc: Doc) -> tuple[Row, str, dict[str, Sequence[Row]]]:
    from vankien.pipeline import rows

    document: Document = doc._.document
    metadata = document.metadata
    meta = {name: getattr(metadata, name, None) for name in _METADATA}
    meta |= {"title": metadata.title, "doc_id": document.doc_id, "source": document.source}
    meta["kind"] = document.kind.value
    plain = rows(doc)
    names = ("sentences", "themes", "indicators", "references")
    return meta, document.text, {name: plain.get(name, []) for name in names}


def _of_results(results: Tables, doc_id: str) -> tuple[Row, str, dict[str, Sequence[Row]]]:
    def table(name: str, order: str) -> list[Row]:
        rows = results.sql(
            f'select * from "{name}" where doc_id = ? order by {order}', (doc_id,)
        ).to_arrow_table()
        found: list[Row] = rows.to_pylist()
        return found

    documents = table("documents", "doc_id")
    if not documents:
        raise UsageError("V401", "record", detail=f"there is no document {doc_id!r} in the run")
    return (
        documents[0],
        documents[0]["text"],
        {
            "sentences": table("sentences", "sentence"),
            "themes": table("themes", "sentence, start, theme"),
            "indicators": table("indicators", "start, record_id"),
            "references": table("references", "start, surface"),
        },
    )


def _row(record: object) -> dict[str, Any]:
    """Return a record, a row of a data frame or a mapping as a dictionary."""
    if is_dataclass(record) and not isinstance(record, type):
        # Records are slotted and flat: their fields are their values.
        return {name: getattr(record, name) for name in record.__dataclass_fields__}
    if isinstance(record, Mapping):
        return dict(record)
    if hasattr(record, "to_dict"):
        return dict(record.to_dict())
    detail = f"{type(record).__name__} is no id, record or row with a doc_id"
    raise UsageError("V401", "record", detail=detail)


def _found(results: Tables, record: object) -> dict[str, Any]:
    if record is None:
        detail = "name the document of a results folder: show(results, doc_id)"
        raise UsageError("V401", "record", detail=detail)
    if not isinstance(record, str):
        row = _row(record)
        if not row.get("doc_id"):
            raise UsageError("V401", "record", detail="the record has no doc_id")
        return row
    known = (record,)
    if results.sql("select 1 from documents where doc_id = ?", known).fetchall():
        return {"doc_id": record}
    rows = results.sql("select * from indicators where record_id = ?", known).to_arrow_table()
    if rows.num_rows == 0:
        detail = f"there is no document or figure {record!r} in the run"
        raise UsageError("V401", "record", detail=detail)
    return dict(rows.to_pylist()[0])


def _both(key: str, **values: object) -> str:
    """Return words in both languages: a page of a notebook has no switch."""
    return ", ".join(say(key, lang, **values) for lang in LANGUAGES)


# ---- drawing -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    kind: str
    tag: str
    title: str


def _spans(tables: Mapping[str, Sequence[Row]]) -> list[_Span]:
    codebook = load_codebook()
    spans = []
    for row in tables["themes"]:
        if row["sentence"] is not None and row["start"] is not None:
            theme = codebook.themes.get(row["theme"])
            title = f"{theme.name_vi if theme else ''} ({row['method']}, {row['score']:.2f})"
            tag = f"{say('not', 'vi')} {row['theme']}" if row["negated"] else row["theme"]
            spans.append(_Span(row["start"], row["end"], "theme", tag, title))
    for row in tables["indicators"]:
        if row["indicator"] is not None:
            words = (row["measure"], row["status"], row["period_text"], row["scope"])
            title = ", ".join(str(word) for word in words if word)
            spans.append(_Span(row["start"], row["end"], "indicator", row["indicator"], title))
    for row in tables["references"]:
        tag = row["canonical"] or row["type"]
        spans.append(_Span(row["start"], row["end"], "reference", tag, row["surface"]))
    return sorted(spans, key=lambda span: (span.start, -span.end, span.kind, span.tag))


def _lanes(spans: Iterable[_Span]) -> dict[_Span, int]:
    """Give each span the first lane that no earlier span still runs in."""
    busy: list[int] = []
    lanes: dict[_Span, int] = {}
    for span in spans:
        lane = next((i for i, end in enumerate(busy) if end <= span.start), len(busy))
        if lane == len(busy):
            busy.append(0)
        busy[lane] = span.end
        lanes[span] = lane
    return lanes


def _marked(text: str, start: int, end: int, spans: Sequence[_Span]) -> list[Element | str]:
    """Return a stretch of text cut where spans begin and end; the text itself is unchanged."""
    inside = [span for span in spans if span.start < end and span.end > start]
    lanes = _lanes(inside)
    edges = sorted({start, end, *(max(s.start, start) for s in inside),
                    *(min(s.end, end) for s in inside)})  # fmt: skip
    pieces: list[Element | str] = []
    for left, right in pairwise(edges):
        over = [span for span in inside if span.start <= left and span.end >= right]
        for span in over:
            if span.start == left:
                pieces.append(element("span", span.tag, class_=f"tag {span.kind}"))
        if not over:
            pieces.append(text[left:right])
            continue
        lines: list[str] = []
        for span in sorted(over, key=lambda span: lanes[span]):
            offset = 2 + LANE * lanes[span]
            lines += [f"0 {offset}px 0 {COLOURS[span.kind]}", f"0 {offset + LANE - 2}px 0 #fff"]
        pieces.append(
            element(
                "span",
                text[left:right],
                class_=f"span {over[0].kind}",
                style=f"box-shadow:{','.join(lines)}",
                title="; ".join(f"{span.tag}: {span.title}" for span in over),
            )
        )
    return pieces


def _view(
    meta: Row,
    text: str,
    tables: Mapping[str, Sequence[Row]],
    here: Mapping[str, Any] | None,
    height: int,
) -> DocumentView:
    spans = _spans(tables)
    figures = [row for row in tables["indicators"] if row["indicator"] is not None]
    themes = [row for row in tables["themes"] if row["sentence"] is not None]
    counts = {"sentences": len(tables["sentences"]), "themes": len(themes),
              "figures": len(figures), "references": len(tables["references"])}  # fmt: skip
    at = _anchor(here, tables["sentences"]) if here is not None else None
    title = str(meta["title"] or meta["doc_id"])
    known = [str(meta[name]) for name in _METADATA if meta.get(name)]
    body = element(
        "main",
        element("h1", title),
        element("p", " · ".join([*known, str(meta["doc_id"])]), class_="facts"),
        element(
            "p",
            *(element("span", f"{name} ", class_=f"span {kind}",
                      style=f"box-shadow:0 2px 0 {COLOURS[kind]}")
              for kind, name in (("theme", _both("markTheme")),
                                 ("indicator", _both("markFigure")),
                                 ("reference", _both("markReference")))),
            class_="legend",
        ),
        _evidence(text, tables, spans, at),
        element("div", *_paragraphs(text, tables, spans, at), class_="text", lang="vi"),
        _records(tables["sentences"], themes, figures, tables["references"]),
    )  # fmt: skip
    style = asset("document.css")
    page = (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; form-action 'none'\">"
        f"<title>{html.escape(title)}</title><style>{style}</style></head><body>{body}</body></html>"
    )
    return DocumentView(title, page, counts, at, height)


def _anchor(row: Mapping[str, Any], sentences: Sequence[Row]) -> str | None:
    """Return the anchor of a row's sentence, or of its own place where it has none."""
    sentence, start = row.get("sentence"), row.get("start")
    if sentence is not None and sentence == sentence:  # a data frame's null is not itself
        return f"s{int(sentence)}"
    if start is None:
        return None
    for sentence in sentences:
        if sentence["start"] <= start < sentence["end"]:
            return f"s{sentence['sentence']}"
    return f"c{int(start)}"


def _evidence(
    text: str, tables: Mapping[str, Sequence[Row]], spans: Sequence[_Span], at: str | None
) -> Element:
    """Return the place that a record leads to, quoted above the document."""
    if at is None:
        return Element("")
    number = int(at[1:])
    section: Sequence[str] = ()
    if at.startswith("s"):
        row = next((r for r in tables["sentences"] if r["sentence"] == number), None)
        if row is None:
            return Element("")
        start, end, section = row["start"], row["end"], row["section"]
    else:
        start = text.rfind("\n", 0, number) + 1
        end = text.find("\n", number)
        end = len(text) if end < 0 else end
    return element(
        "blockquote",
        *([element("p", " › ".join(section), class_="facts")] if section else []),
        *_marked(text, start, end, spans), " ",
        element("a", _both("inPlace") + " ↓", href=f"#{at}"),
    )  # fmt: skip


def _paragraphs(
    text: str, tables: Mapping[str, Sequence[Row]], spans: Sequence[_Span], at: str | None
) -> list[Element]:
    """Return the whole text as paragraphs: sentences with findings stand out, pages are told."""
    evidence = {row["sentence"] for name in ("themes", "references") for row in tables[name]}
    evidence |= {row["sentence"] for row in tables["indicators"] if row["indicator"] is not None}
    whole: dict[int, list[str]] = {}
    for row in tables["themes"]:
        if row["sentence"] is not None and row["start"] is None:
            whole.setdefault(row["sentence"], []).append(row["theme"])
    nodes: list[Element] = []
    run: list[Element | str] = []
    part = "body"
    page = None

    def close() -> None:
        if any(not isinstance(piece, str) or piece.strip() for piece in run):
            nodes.append(element("p", *run, class_=part, data_part=part))
        run.clear()

    def plain(start: int, end: int) -> None:
        nonlocal part
        place = start
        for line in text[start:end].splitlines(keepends=True):
            if line.strip():
                if not run:
                    part = "table" if "\t" in line else "body"
                anchors = [s for s in spans if place <= s.start < place + len(line)]
                if anchors:
                    # A figure of a table has no sentence: its own place is the anchor.
                    run.append(element("span", id=f"c{anchors[0].start}", class_="found"))
                    run.extend(element("span", id=f"c{s.start}") for s in anchors[1:])
                run.extend(_marked(text, place, place + len(line.rstrip("\n")), spans))
            elif run:
                run.append(line.rstrip("\n"))
            if line.endswith("\n"):
                close()
            place += len(line)

    end = 0
    for row in tables["sentences"]:
        if row["start"] > end:
            plain(end, row["start"])
        if row["page"] is not None and row["page"] != page:
            close()
            page = row["page"]
            nodes.append(element("p", _both("page", page=str(page)), class_="page"))
        if not run:
            part = row["part"]
        pieces = _marked(text, row["start"], row["end"], spans)
        pieces += [element("span", code, class_="whole") for code in whole.get(row["sentence"], ())]
        anchor = f"s{row['sentence']}"
        found = "found here" if anchor == at else "found" if row["sentence"] in evidence else "said"
        run.append(element("span", *pieces, id=anchor, class_=found, title=row["role"]))
        end = max(end, row["end"])
    plain(end, len(text))
    close()
    return nodes


def _records(
    sentences: Sequence[Row], themes: Sequence[Row], figures: Sequence[Row],
    references: Sequence[Row],
) -> Element:  # fmt: skip
    """Return the lists of what was found; each line leads to its sentence."""

    def link(row: Row, words: object) -> Element:
        return element("a", words, href=f"#{_anchor(row, sentences) or ''}")

    def table(name: str, rows: Sequence[Row], cells: Any) -> Element:
        lines = (element("tr", *(element("td", cell) for cell in cells(row))) for row in rows)
        return element(
            "details", element("summary", f"{name}: n = {len(rows)}"), element("table", *lines)
        )

    def figure(row: Row) -> tuple[object, ...]:
        return (
            link(row, row["surface"]), row["indicator"], row["measure"],
            row["period_text"] or "", row["scope"] or "", f"{row['score']:.2f}",
        )  # fmt: skip

    def theme(row: Row) -> tuple[object, ...]:
        place = {**row, "start": row["start"] or 0}
        words = row["evidence"] or _both("sentenceNumber", n=row["sentence"])
        return (link(place, words), row["theme"], row["method"], f"{row['score']:.2f}")

    def reference(row: Row) -> tuple[object, ...]:
        return (link(row, row["surface"]), row["type"], row["canonical"] or "")

    return element(
        "div",
        table(_both("figuresReported"), figures, figure),
        table(_both("themesList"), themes, theme),
        table(_both("referencesList"), references, reference),
        class_="records",
    )
