"""The spaCy pipeline: language, tokenizer, six components, ``load`` and ``blank``.

Where to start reading: :func:`load`.  Each component calls one tagger of a lower floor and
keeps its rows as plain values in ``doc.user_data["vankien"]``; spans in ``doc.spans`` carry
the row's id, and ``span._.record`` looks it up.  Plain values survive ``to_bytes``,
``DocBin`` and ``nlp.pipe(n_process=2)``, and several records may hang on one span (spaCy
keys custom attributes by offsets alone; ids do not collide).

Components, each usable alone: ``vankien_sentences``, ``vankien_references``,
``vankien_quantities``, ``vankien_indicators``, ``vankien_themes``, ``vankien_roles``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import spacy
from spacy.language import BaseDefaults, Language
from spacy.tokens import Doc, Span

from vankien import records
from vankien.codebook import load_codebook
from vankien.documents import CONTENT_PARTS, Document, Sentence
from vankien.errors import UsageError
from vankien.language.cues import Hits, codebook_index
from vankien.language.sentences import split_document
from vankien.language.tokens import SyllableTokenizer, syllables
from vankien.quantities.mentions import find_quantities
from vankien.reading import from_text
from vankien.tagging.indicators import extract_figures
from vankien.tagging.references import find_references
from vankien.tagging.roles import tag_roles
from vankien.tagging.themes import roll_up, tag_sentence

__all__ = ["COMPONENTS", "VankienLanguage", "blank", "load", "rows"]

KEY = "vankien"
"""Key of ``doc.user_data`` under which every row of the analysis is kept."""

COMPONENTS = (
    "vankien_sentences",
    "vankien_references",
    "vankien_quantities",
    "vankien_indicators",
    "vankien_themes",
    "vankien_roles",
)
"""Names of the components, in order."""

_ROW_TYPES = {
    "references": records.ReferenceRecord,
    "indicators": records.IndicatorRecord,
    "themes": records.ThemeRecord,
}


class VankienDefaults(BaseDefaults):
    """Defaults of the language: the syllable tokenizer."""

    config = {"nlp": {"tokenizer": {"@tokenizers": "vankien.syllables.v1"}}}  # noqa: RUF012


@spacy.registry.languages("vankien")
class VankienLanguage(Language):
    """A spaCy Language for Vietnamese documents; also takes :class:`Document` objects."""

    lang = "vankien"
    Defaults = VankienDefaults

    def _ensure_doc(self, doc_like: str | Doc | bytes | Document) -> Doc:
        if isinstance(doc_like, Document):
            return make_doc(self, doc_like)
        if isinstance(doc_like, str):
            return make_doc(self, from_text(doc_like))
        return super()._ensure_doc(doc_like)


def make_doc(nlp: Language, document: Document) -> Doc:
    """Return a Doc of syllable tokens whose text is the document's clean text."""
    words, spaces = syllables(document.text)
    doc = Doc(nlp.vocab, words=words, spaces=spaces)
    doc.user_data[KEY] = {"document": document.to_dict()}
    # The object itself serves the components of this process; it is dropped at the end.
    doc.user_data[_TRANSIENT] = {"document": document}
    return doc


_TRANSIENT = "vankien.transient"


@spacy.registry.tokenizers("vankien.syllables.v1")
def make_tokenizer() -> Any:
    """Return the maker of the syllable tokenizer (registered with spaCy)."""

    def make(nlp: Language) -> SyllableTokenizer:
        return SyllableTokenizer(nlp.vocab)

    return make


def _state(doc: Doc) -> dict[str, Any]:
    """Return the objects that components of this process share about a doc."""
    state: dict[str, Any] = doc.user_data.setdefault(_TRANSIENT, {})
    if "document" not in state:
        plain = doc.user_data.setdefault(KEY, {})
        if "document" not in plain:
            plain["document"] = from_text(doc.text).to_dict()
        state["document"] = Document.from_dict(plain["document"])
    return state


def _document(doc: Doc) -> Document:
    document: Document = _state(doc)["document"]
    return document


def _sentences(doc: Doc) -> list[Sentence]:
    state = _state(doc)
    if "sentences" not in state:
        state["sentences"] = split_document(_document(doc))
    sentences: list[Sentence] = state["sentences"]
    return sentences


def _hits(doc: Doc) -> Hits:
    state = _state(doc)
    if "hits" not in state:
        state["hits"] = codebook_index().scan(doc.text)
    hits: Hits = state["hits"]
    return hits


def _put(doc: Doc, table: str, rows: list[dict[str, Any]]) -> None:
    doc.user_data.setdefault(KEY, {})[table] = rows


def _token_starts(doc: Doc) -> np.ndarray[Any, Any]:
    state = _state(doc)
    if "starts" not in state:
        state["starts"] = doc.to_array("IDX") if len(doc) else np.zeros(0, dtype="uint64")
    starts: np.ndarray[Any, Any] = state["starts"]
    return starts


def _spans(doc: Doc, group: str, rows: Iterable[dict[str, Any]], code: str) -> None:
    """Hang rows on spans: whole tokens that cover the characters of each row."""
    starts = _token_starts(doc)
    spans = []
    for number, row in enumerate(rows):
        if row["start"] is None:
            continue
        first = int(np.searchsorted(starts, row["start"], side="right")) - 1
        last = int(np.searchsorted(starts, row["end"], side="left"))
        key = f"{group}:{number}"
        spans.append(Span(doc, max(first, 0), last, label=row[code] or "", span_id=key))
    doc.spans[group] = spans


@Language.factory("vankien_sentences")
def make_sentences(nlp: Language, name: str) -> Any:  # noqa: ARG001 - spaCy's signature
    """Return the component that sets sentence boundaries (``doc.sents``)."""
    _register_attributes()

    def component(doc: Doc) -> Doc:
        sentences = _sentences(doc)
        if len(doc):
            starts = _token_starts(doc)
            flags = np.full(len(doc), -1, dtype="int64")
            flags[0] = 1
            places = np.searchsorted(starts, [s.start for s in sentences])
            flags[places[places < len(doc)]] = 1
            doc.from_array([spacy.attrs.SENT_START], flags.reshape(-1, 1).astype("uint64"))
        return doc

    return component


@Language.factory("vankien_references")
def make_references(nlp: Language, name: str) -> Any:  # noqa: ARG001
    """Return the component that finds and resolves references (``doc.spans``)."""
    _register_attributes()

    def component(doc: Doc) -> Doc:
        document = _document(doc)
        found = find_references(
            document.text,
            published=document.metadata.published,
            issuer=document.metadata.issuer,
        )
        finder = _SentenceFinder(_sentences(doc))
        rows = [
            {
                "doc_id": document.doc_id,
                "sentence": finder.index(mention.start),
                "start": mention.start,
                "end": mention.end,
                "surface": mention.surface,
                "type": mention.type,
                "number": mention.number,
                "date": mention.date.isoformat() if mention.date else None,
                "issuer": mention.issuer,
                "canonical": mention.canonical,
            }
            for mention in found
        ]
        _put(doc, "references", rows)
        _spans(doc, "references", rows, "type")
        return doc

    return component


@Language.factory("vankien_quantities")
def make_quantities(nlp: Language, name: str) -> Any:  # noqa: ARG001
    """Return the component that marks every quantity (``doc.spans["quantities"]``)."""
    _register_attributes()

    def component(doc: Doc) -> Doc:
        rows = []
        text = doc.text
        for sentence in _sentences(doc):
            for q in find_quantities(text[sentence.start : sentence.end]):
                rows.append(
                    {
                        "start": q.start + sentence.start,
                        "end": q.end + sentence.start,
                        "number": q.number,
                        "value": None if q.value is None else str(q.value),
                        "unit": q.unit,
                        "approx": q.approx,
                    }
                )
        _put(doc, "quantities", rows)
        _spans(doc, "quantities", rows, "unit")
        return doc

    return component


@Language.factory("vankien_indicators")
def make_indicators(nlp: Language, name: str) -> Any:  # noqa: ARG001
    """Return the component that makes indicator records (``doc.spans["indicators"]``)."""
    _register_attributes()

    def component(doc: Doc) -> Doc:
        from vankien.tagging.indicators.records import indicator_rows

        document = _document(doc)
        figures = extract_figures(document, _sentences(doc))
        rows = indicator_rows(document, figures)
        _put(doc, "indicators", rows)
        _spans(doc, "indicators", rows, "indicator")
        return doc

    return component


@Language.factory("vankien_themes")
def make_themes(nlp: Language, name: str) -> Any:  # noqa: ARG001
    """Return the component that codes themes of sentences and of the document."""
    _register_attributes()

    def component(doc: Doc) -> Doc:
        document = _document(doc)
        codebook = load_codebook()
        hits = _hits(doc)
        rows: list[dict[str, Any]] = []
        coded = []
        for sentence in _sentences(doc):
            if sentence.part not in CONTENT_PARTS:
                continue
            mentions = tag_sentence(codebook, hits, sentence.start, sentence.end)
            coded.append((sentence.part, mentions))
            rows.extend(
                {
                    "doc_id": document.doc_id,
                    "sentence": sentence.index,
                    "theme": m.theme,
                    "score": m.score,
                    "start": m.start,
                    "end": m.end,
                    "evidence": document.text[m.start : m.end],
                    "method": m.method,
                    "negated": m.negated,
                }
                for m in mentions
            )
        whole = [
            {
                "doc_id": document.doc_id,
                "sentence": None,
                "theme": theme.theme,
                "score": theme.score,
                "start": theme.best.start,
                "end": theme.best.end,
                "evidence": document.text[theme.best.start : theme.best.end],
                "method": theme.best.method,
                "negated": False,
            }
            for theme in roll_up(coded)
        ]
        _spans(doc, "themes", rows, "theme")
        _put(doc, "themes", rows + whole)
        return doc

    return component


@Language.factory("vankien_roles")
def make_roles(nlp: Language, name: str) -> Any:  # noqa: ARG001
    """Return the component that gives every sentence its role (and writes its row)."""
    _register_attributes()

    def component(doc: Doc) -> Doc:
        document = _document(doc)
        sentences = _sentences(doc)
        figures = frozenset(
            row["sentence"]
            for row in doc.user_data.get(KEY, {}).get("indicators", ())
            if row["indicator"] is not None and row["status"] == "actual"
        )
        roles = tag_roles(load_codebook(), document.text, _hits(doc), sentences, figures=figures)
        text = document.text
        doc_id = document.doc_id
        _put(
            doc,
            "sentences",
            [
                {
                    "doc_id": doc_id,
                    "sentence": s.index,
                    "start": s.start,
                    "end": s.end,
                    "text": text[s.start : s.end],
                    "page": s.page,
                    "section": list(s.section),
                    "part": s.part.value,
                    "role": role.role,
                    "role_score": role.score,
                }
                for s, role in zip(sentences, roles, strict=True)
            ],
        )
        return doc

    return component


class _SentenceFinder:
    """Finds the sentence of an offset; offsets come in ascending order."""

    def __init__(self, sentences: list[Sentence]) -> None:
        self._starts = np.array([s.start for s in sentences], dtype="int64")
        self._sentences = sentences

    def index(self, offset: int) -> int | None:
        place = int(np.searchsorted(self._starts, offset, side="right")) - 1
        if place < 0 or offset >= self._sentences[place].end:
            return None
        return self._sentences[place].index


def _register_attributes() -> None:
    """Register ``doc._.document``, ``doc._.words`` and ``span._.record`` once.

    Raises UsageError where another package registered one of the names differently.
    """
    for owner, name, getter in (
        (Doc, "document", _get_document),
        (Doc, "words", _get_words),
        (Span, "record", _get_record),
    ):
        if owner.has_extension(name):
            if owner.get_extension(name)[2] is not getter:
                raise UsageError(
                    "V401",
                    f"{owner.__name__}._.{name}",
                    detail="another package has registered this attribute; load vankien alone",
                )
        else:
            owner.set_extension(name, getter=getter)


def _get_document(doc: Doc) -> Document:
    return _document(doc)


def _get_words(doc: Doc) -> list[Span]:
    """Words by underthesea, as spans; computed at each call, so keep the result."""
    from vankien.language.words import words

    spans = []
    for sentence in doc.sents:
        for start, end in words(sentence.text):
            offset = sentence.start_char
            span = doc.char_span(offset + start, offset + end, alignment_mode="expand")
            if span is not None:
                spans.append(span)
    return spans


def _get_record(span: Span) -> Any:
    """The record of a span of ``doc.spans``: a dataclass, or a dict for quantities."""
    group, _, number = span.id_.partition(":")
    rows = span.doc.user_data.get(KEY, {}).get(group)
    if not number or rows is None:
        return None
    row = rows[int(number)]
    kind = _ROW_TYPES.get(group)
    return records.from_plain(kind, row) if kind is not None else dict(row)


def rows(doc: Doc) -> dict[str, list[dict[str, Any]]]:
    """Return the plain rows of a processed doc by table (see ``records.TABLES``)."""
    plain: dict[str, list[dict[str, Any]]] = doc.user_data[KEY]
    return plain


def release(doc: Doc) -> None:
    """Drop the objects that only this process shares, keeping plain values."""
    doc.user_data.pop(_TRANSIENT, None)


@Language.factory("vankien_release")
def make_release(nlp: Language, name: str) -> Any:  # noqa: ARG001
    """Return the component that makes a doc serialisable; stands last."""

    def component(doc: Doc) -> Doc:
        release(doc)
        return doc

    return component


def blank() -> VankienLanguage:
    """Return a bare pipeline: the syllable tokenizer, no components."""
    return VankienLanguage()


def load(*, disable: Iterable[str] = ()) -> VankienLanguage:
    """Return the full pipeline.

    ``disable`` names components to leave out.  ``nlp(text)``, ``nlp(document)`` and
    ``nlp.pipe(documents)`` return Docs with ``doc.spans`` "references", "quantities",
    "indicators" and "themes".  Raises UsageError for an unknown name in ``disable``.
    """
    off = set(disable)
    unknown = off - set(COMPONENTS)
    if unknown:
        raise UsageError(
            "V401",
            "disable",
            detail=f"no component is named {', '.join(sorted(unknown))}; "
            f"they are {', '.join(COMPONENTS)}",
        )
    nlp = blank()
    for name in COMPONENTS:
        if name not in off:
            nlp.add_pipe(name)
    nlp.add_pipe("vankien_release")
    return nlp


def analyse(nlp: Language, documents: Iterable[Document]) -> Iterator[Doc]:
    """Run a pipeline over documents, one Doc each, in order."""
    for document in documents:
        yield nlp(document)  # type: ignore[arg-type]
