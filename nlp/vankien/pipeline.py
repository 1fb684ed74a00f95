"""The spaCy pipeline: language, tokenizer, six components, ``load`` and ``blank``.

Where to start reading: :func:`load`.  Each component takes the rows of one step of
:mod:`vankien.analysis` and keeps them as plain values in ``doc.user_data["vankien"]``;
spans in ``doc.spans`` carry the row's place, and ``span._.record`` looks it up.  Plain
values survive ``to_bytes``, ``DocBin`` and ``nlp.pipe(n_process=2)``, and several records
may hang on one span (spaCy keys custom attributes by offsets alone; ids do not collide).

Components, each usable alone: ``vankien_sentences``, ``vankien_references``,
``vankien_quantities``, ``vankien_indicators``, ``vankien_themes``, ``vankien_roles``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import BaseDefaults, Language
from spacy.tokens import Doc, Span
from spacy.util import registry

from vankien import records
from vankien.analysis import Analysis, Row
from vankien.documents import Document
from vankien.errors import UsageError
from vankien.language.tokens import SyllableTokenizer, syllables
from vankien.reading import from_text
from vankien.tagging.schemes import load_schemes

__all__ = ["COMPONENTS", "VankienLanguage", "blank", "load", "rows"]

KEY = "vankien"
"""Key of ``doc.user_data`` under which every row of the analysis is kept."""

_TRANSIENT = "vankien.analysis"
"""Key of the objects that components share within one process; dropped at the end."""

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

Component = Callable[[Doc], Doc]


class VankienDefaults(BaseDefaults):
    """Defaults of the language: the syllable tokenizer."""

    config: Any = {"nlp": {"tokenizer": {"@tokenizers": "vankien.syllables.v1"}}}  # noqa: RUF012


@registry.languages("vankien")
class VankienLanguage(Language):  # type: ignore[no-untyped-call]
    """A spaCy Language for Vietnamese documents; also takes :class:`Document` objects."""

    lang = "vankien"
    Defaults = VankienDefaults

    def __call__(self, text: str | Doc | Document, **options: Any) -> Doc:
        """Process a text, a Doc, or a :class:`Document`, whose parts and dates then count."""
        if isinstance(text, Document):
            text = make_doc(self, text)
        return super().__call__(text, **options)

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
    doc.user_data[_TRANSIENT] = Analysis(document)
    return doc


@registry.tokenizers("vankien.syllables.v1")  # type: ignore[untyped-decorator]
def make_tokenizer() -> Callable[[Language], SyllableTokenizer]:
    """Return the maker of the syllable tokenizer (registered with spaCy)."""

    def make(nlp: Language) -> SyllableTokenizer:
        return SyllableTokenizer(nlp.vocab)

    return make


def _analysis(doc: Doc) -> Analysis:
    """Return the analysis that the components of this process share about a doc."""
    analysis = doc.user_data.get(_TRANSIENT)
    if not isinstance(analysis, Analysis):
        plain = doc.user_data.setdefault(KEY, {})
        if "document" not in plain:
            document = from_text(doc.text)
            if document.text != doc.text:
                # Offsets would not be those of the doc: null before a guess.
                raise UsageError(
                    "V401",
                    "the text of the doc",
                    detail="it is not clean (NFC, no control characters); pass it through "
                    "vankien.normalise.clean first",
                )
            plain["document"] = document.to_dict()
        analysis = Analysis(Document.from_dict(plain["document"]))
        doc.user_data[_TRANSIENT] = analysis
    return analysis


def _put(doc: Doc, table: str, rows: list[Row]) -> None:
    doc.user_data.setdefault(KEY, {})[table] = rows


def _spans(doc: Doc, group: str, rows: list[Row], code: str) -> None:
    """Hang rows on spans: whole tokens that cover the characters of each row."""
    starts = doc.to_array("IDX") if len(doc) else np.zeros(0, dtype="uint64")
    spans = []
    for number, row in enumerate(rows):
        first = int(np.searchsorted(starts, row["start"], side="right")) - 1
        last = int(np.searchsorted(starts, row["end"], side="left"))
        key = f"{group}:{number}"
        spans.append(Span(doc, max(first, 0), last, label=row[code] or "", span_id=key))
    doc.spans[group] = spans


@Language.factory("vankien_sentences")
def make_sentences(nlp: Language, name: str) -> Component:  # noqa: ARG001 - spaCy's signature
    """Return the component that sets sentence boundaries (``doc.sents``)."""
    _register_attributes()

    def component(doc: Doc) -> Doc:
        sentences = _analysis(doc).sentences
        if len(doc):
            flags = np.full(len(doc), -1, dtype="int64")
            flags[0] = 1
            places = np.searchsorted(doc.to_array("IDX"), [s.start for s in sentences])
            flags[places[places < len(doc)]] = 1
            doc.from_array(["SENT_START"], flags.reshape(-1, 1).astype("uint64"))  # type: ignore[arg-type]
        return doc

    return component


@Language.factory("vankien_references")
def make_references(nlp: Language, name: str) -> Component:  # noqa: ARG001
    """Return the component that finds and resolves references (``doc.spans``)."""
    _register_attributes()

    def component(doc: Doc) -> Doc:
        found = _analysis(doc).references
        _put(doc, "references", found)
        _spans(doc, "references", found, "type")
        return doc

    return component


@Language.factory("vankien_quantities")
def make_quantities(nlp: Language, name: str) -> Component:  # noqa: ARG001
    """Return the component that marks every quantity (``doc.spans["quantities"]``)."""
    _register_attributes()

    def component(doc: Doc) -> Doc:
        found = _analysis(doc).quantities
        _put(doc, "quantities", found)
        _spans(doc, "quantities", found, "unit")
        return doc

    return component


@Language.factory("vankien_indicators")
def make_indicators(nlp: Language, name: str) -> Component:  # noqa: ARG001
    """Return the component that makes indicator records (``doc.spans["indicators"]``)."""
    _register_attributes()

    def component(doc: Doc) -> Doc:
        found = _analysis(doc).indicators
        _put(doc, "indicators", found)
        _spans(doc, "indicators", found, "indicator")
        return doc

    return component


@Language.factory("vankien_themes", default_config={"models": []})
def make_themes(nlp: Language, name: str, models: list[str]) -> Component:  # noqa: ARG001
    """Return the component that codes themes of sentences and of the document.

    ``models`` are folders that ``vankien train`` wrote (see :func:`load`).
    """
    _register_attributes()
    schemes = load_schemes(models) if models else ()

    def component(doc: Doc) -> Doc:
        analysis = _analysis(doc)
        if schemes:
            analysis.use(schemes)
        _spans(doc, "themes", analysis.sentence_themes, "theme")
        _put(doc, "themes", analysis.sentence_themes + analysis.document_themes)
        return doc

    return component


@Language.factory("vankien_roles")
def make_roles(nlp: Language, name: str) -> Component:  # noqa: ARG001
    """Return the component that gives every sentence its role (and writes its row)."""
    _register_attributes()

    def component(doc: Doc) -> Doc:
        _put(doc, "sentences", _analysis(doc).sentence_rows)
        return doc

    return component


def _register_attributes() -> None:
    """Register ``doc._.document``, ``doc._.words`` and ``span._.record`` once.

    Raises UsageError where another package registered one of the names differently.
    """
    attributes: tuple[tuple[Any, str, Callable[[Any], Any]], ...] = (
        (Doc, "document", _get_document),
        (Doc, "words", _get_words),
        (Span, "record", _get_record),
    )
    for owner, name, getter in attributes:
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
    return _analysis(doc).document


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


def rows(doc: Doc) -> dict[str, list[Row]]:
    """Return the plain rows of a processed doc by table (see ``records.TABLES``)."""
    plain: dict[str, list[Row]] = doc.user_data[KEY]
    return plain


@Language.factory("vankien_release")
def make_release(nlp: Language, name: str) -> Component:  # noqa: ARG001
    """Return the component that makes a doc serialisable; stands last."""

    def component(doc: Doc) -> Doc:
        doc.user_data.pop(_TRANSIENT, None)
        return doc

    return component


def blank() -> VankienLanguage:
    """Return a bare pipeline: the syllable tokenizer, no components."""
    return VankienLanguage()


def load(
    *, disable: Iterable[str] = (), model: str | Path | Sequence[str | Path] = ()
) -> VankienLanguage:
    """Return the full pipeline.

    ``disable`` names components to leave out.  ``model`` is a folder that ``vankien train``
    wrote, or several: the codes of a researcher's codebook stand among the themes beside
    vankien's, and a model of vankien's own codes takes the place of the one it comes with.
    ``nlp(text)``, ``nlp(document)`` and ``nlp.pipe(documents)`` return Docs with ``doc.spans``
    "references", "quantities", "indicators" and "themes".  Raises UsageError for an unknown
    name in ``disable``, ModelError for a folder that cannot be used.
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
    folders = [str(one) for one in ([model] if isinstance(model, str | Path) else model)]
    nlp = blank()
    for name in COMPONENTS:
        if name not in off:
            chosen = {"models": folders} if name == "vankien_themes" else {}
            nlp.add_pipe(name, config=chosen)
    nlp.add_pipe("vankien_release")
    return nlp
