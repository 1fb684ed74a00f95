"""Everything that is found in one document, as plain rows; the steps behind the pipeline.

:class:`Analysis` holds a document and what the steps share (sentences, phrase hits), each
computed once.  The functions give the rows of one table each; the spaCy components and the
batch call the same ones, so that both give the same records.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, cached_property
from typing import Any

from vankien.codebook import load_codebook
from vankien.documents import Document, Kind, Sentence
from vankien.language.cues import Hits, PhraseIndex, codebook_entries
from vankien.language.sentences import split_document
from vankien.normalise import Folded, fold
from vankien.quantities.mentions import find_quantities
from vankien.tagging.content import Content, content_of, encode_contents
from vankien.tagging.indicators import extract_figures
from vankien.tagging.indicators.records import indicator_rows
from vankien.tagging.references import find_references, guard_entries
from vankien.tagging.roles import NO_ROLE, RoleModel, SentenceRole, role_model, tag_roles
from vankien.tagging.schemes import Scheme, own_scheme
from vankien.tagging.themes import ThemeMention, roll_up, tag_sentences
from vankien.tagging.themes.model import Scored, ThemeModel

__all__ = ["Analysis", "Row", "analyse", "score_together"]

Row = dict[str, Any]
"""One row of a table as plain values: decimals as text, dates in ISO form, lists."""


@cache
def text_index() -> PhraseIndex:
    """Return the automaton that scans each text once, for all taggers."""
    return PhraseIndex([*codebook_entries(load_codebook()), *guard_entries()])


class Analysis:
    """A document with its sentences and phrase hits; rows of each table on request.

    ``schemes`` are the codebooks and models for themes, vankien's own (or what takes its
    place) first; see :func:`vankien.tagging.schemes.load_schemes`.  ``roles`` is another
    model of roles than vankien's.
    """

    def __init__(
        self,
        document: Document,
        *,
        schemes: Sequence[Scheme] = (),
        roles: RoleModel | None = None,
    ) -> None:
        self.document = document
        self.roles = roles
        if schemes:
            self.schemes = tuple(schemes)

    @cached_property
    def schemes(self) -> tuple[Scheme, ...]:
        """The codebooks and models for themes."""
        return (own_scheme(),)

    def use(self, schemes: Sequence[Scheme]) -> None:
        """Take other schemes for what is computed from here on."""
        self.schemes = tuple(schemes)
        for computed in ("scored", "_themes", "sentence_themes", "document_themes"):
            self.__dict__.pop(computed, None)

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences in order."""
        return split_document(self.document)

    @cached_property
    def folded(self) -> Folded:
        """The text as phrases and n-grams are compared, with offsets kept."""
        return fold(self.document.text)

    @cached_property
    def hits(self) -> Hits:
        """The codebook's phrases in the text."""
        return text_index().scan(self.document.text, self.folded)

    @cached_property
    def content(self) -> Content:
        """The sentences of content parts, as themes and roles are read off them."""
        news = self.document.kind is Kind.NEWS_ARTICLE
        return content_of(self.document.text, self.folded, self.hits, self.sentences, news=news)

    @cached_property
    def scored(self) -> tuple[Scored, list[SentenceRole]]:
        """What the models say of the sentences of content parts: themes and roles."""
        return _scores([self])[0]

    @cached_property
    def references(self) -> list[Row]:
        """Rows of the table references."""
        document = self.document
        starts = [s.start for s in self.sentences]

        def sentence_of(offset: int) -> int | None:
            place = bisect_right(starts, offset) - 1
            if place < 0 or offset >= self.sentences[place].end:
                return None
            return self.sentences[place].index

        return [
            {
                "doc_id": document.doc_id,
                "sentence": sentence_of(mention.start),
                "start": mention.start,
                "end": mention.end,
                "surface": mention.surface,
                "type": mention.type,
                "number": mention.number,
                "date": mention.date.isoformat() if mention.date else None,
                "issuer": mention.issuer,
                "canonical": mention.canonical,
            }
            for mention in find_references(
                document.text,
                published=document.metadata.published,
                hits=self.hits.of("reference"),
            )
        ]

    @cached_property
    def quantities(self) -> list[Row]:
        """Every quantity of the sentences (no table of its own)."""
        text = self.document.text
        return [
            {
                "start": q.start + sentence.start,
                "end": q.end + sentence.start,
                "number": q.number,
                "value": None if q.value is None else str(q.value),
                "unit": q.unit,
                "approx": q.approx,
            }
            for sentence in self.sentences
            for q in find_quantities(text[sentence.start : sentence.end])
        ]

    @cached_property
    def indicators(self) -> list[Row]:
        """Rows of the table indicators."""
        figures = extract_figures(self.document, self.sentences, self.folded)
        return indicator_rows(self.document, figures)

    @cached_property
    def sentence_themes(self) -> list[Row]:
        """Rows of the table themes that belong to sentences."""
        rows, _ = self._themes
        return rows

    @cached_property
    def document_themes(self) -> list[Row]:
        """Rows of the table themes that belong to the document as a whole."""
        _, rows = self._themes
        return rows

    @cached_property
    def _themes(self) -> tuple[list[Row], list[Row]]:
        text, doc_id = self.document.text, self.document.doc_id
        rows: list[Row] = []
        coded = []
        found = self._mentions()
        for sentence, mentions in zip(self.content.sentences, found, strict=True):
            coded.append((sentence.part, mentions))
            for m in mentions:
                rows.append(
                    {
                        "doc_id": doc_id,
                        "sentence": sentence.index,
                        "theme": m.theme,
                        "score": m.score,
                        "start": m.start,
                        "end": m.end,
                        "evidence": text[m.start : m.end],
                        "method": m.method,
                        "negated": m.negated,
                    }
                )
        whole: list[Row] = [
            {
                "doc_id": doc_id,
                "sentence": None,
                "theme": theme.theme,
                "score": theme.score,
                "start": theme.best.start,
                "end": theme.best.end,
                "evidence": text[theme.best.start : theme.best.end],
                "method": theme.best.method,
                "negated": False,
            }
            for theme in roll_up(coded)
        ]
        return rows, whole

    def _mentions(self) -> list[list[ThemeMention]]:
        """Return the themes of each content sentence, scheme by scheme."""
        own, *others = self.schemes
        found = tag_sentences(own.codebook, self.content, self.scored[0], model=own.model)
        for scheme in others:
            content = self.content
            if scheme.index is not None:
                hits = scheme.index.scan(self.document.text, self.folded)
                content = replace(content, hits=hits)
            (scored,) = scheme.model.score([content])
            more = tag_sentences(scheme.codebook, content, scored, model=scheme.model)
            found = [[*one, *other] for one, other in zip(found, more, strict=True)]
        return found

    @cached_property
    def sentence_rows(self) -> list[Row]:
        """Rows of the table sentences, with roles."""
        document = self.document
        roles = dict(zip(map(_index, self.content.sentences), self.scored[1], strict=True))
        text, doc_id = document.text, document.doc_id
        return [
            {
                "doc_id": doc_id,
                "sentence": s.index,
                "start": s.start,
                "end": s.end,
                "text": text[s.start : s.end],
                "page": s.page,
                "section": list(s.section),
                "part": s.part.value,
                "role": (role := roles.get(s.index, NO_ROLE)).role,
                "role_score": role.score,
            }
            for s in self.sentences
        ]

    def rows(self) -> dict[str, list[Row]]:
        """Return the rows by table: sentences, themes, indicators, references."""
        return {
            "sentences": self.sentence_rows,
            "themes": self.sentence_themes + self.document_themes,
            "indicators": self.indicators,
            "references": self.references,
        }


def analyse(document: Document, *, schemes: Sequence[Scheme] = ()) -> dict[str, list[Row]]:
    """Return the rows of a document by table: sentences, themes, indicators, references."""
    return Analysis(document, schemes=schemes).rows()


def score_together(analyses: Sequence[Analysis]) -> None:
    """Score the sentences of several documents at once, which costs a fraction of one by one.

    The scores are those that each document has alone; all have the models of the first.
    """
    for analysis, scored in zip(analyses, _scores(analyses), strict=True):
        analysis.scored = scored


def _scores(analyses: Sequence[Analysis]) -> list[tuple[Scored, list[SentenceRole]]]:
    contents = [analysis.content for analysis in analyses]
    themes, roles = analyses[0].schemes[0].model, analyses[0].roles or role_model()
    encoded = encode_contents(themes.features.syllabary, contents)
    scored = themes.score(contents, encoded=encoded)
    shared = encoded if _one_syllabary(themes, roles) else None
    given = tag_roles(contents, model=roles, encoded=shared)
    return list(zip(scored, given, strict=True))


@cache
def _one_syllabary(themes: ThemeModel, roles: RoleModel) -> bool:
    return themes.features.syllabary == roles.features.syllabary


def _index(sentence: Sentence) -> int:
    return sentence.index
