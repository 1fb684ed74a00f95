"""Everything that is found in one document, as plain rows; the steps behind the pipeline.

:class:`Analysis` holds a document and what the steps share (sentences, phrase hits), each
computed once.  The functions give the rows of one table each; the spaCy components and the
batch call the same ones, so that both give the same records.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache, cached_property
from typing import Any

from vankien.codebook import load_codebook
from vankien.documents import Document, Sentence
from vankien.language.cues import Hits, PhraseIndex, codebook_entries
from vankien.language.sentences import split_document
from vankien.normalise import Folded, fold
from vankien.quantities.mentions import find_quantities
from vankien.tagging.content import Content, content_of, encode_contents
from vankien.tagging.indicators import extract_figures
from vankien.tagging.indicators.records import indicator_rows
from vankien.tagging.references import find_references, guard_entries
from vankien.tagging.roles import NO_ROLE, SentenceRole, role_model, tag_roles
from vankien.tagging.themes import roll_up, tag_sentences
from vankien.tagging.themes.model import Scored, theme_model

__all__ = ["Analysis", "Row", "analyse", "score_together"]

Row = dict[str, Any]
"""One row of a table as plain values: decimals as text, dates in ISO form, lists."""


@cache
def text_index() -> PhraseIndex:
    """Return the automaton that scans each text once, for all taggers."""
    return PhraseIndex([*codebook_entries(load_codebook()), *guard_entries()])


class Analysis:
    """A document with its sentences and phrase hits; rows of each table on request."""

    def __init__(self, document: Document) -> None:
        self.document = document

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
        return content_of(self.document.text, self.folded, self.hits, self.sentences)

    @cached_property
    def scored(self) -> tuple[Scored, list[SentenceRole]]:
        """What the models say of the sentences of content parts: themes and roles."""
        return _scores([self.content])[0]

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
        return indicator_rows(self.document, extract_figures(self.document, self.sentences))

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
        document, codebook = self.document, load_codebook()
        text, doc_id = document.text, document.doc_id
        rows: list[Row] = []
        coded = []
        content = self.content
        found = tag_sentences(codebook, content, self.scored[0])
        for sentence, mentions in zip(content.sentences, found, strict=True):
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


def analyse(document: Document) -> dict[str, list[Row]]:
    """Return the rows of a document by table: sentences, themes, indicators, references."""
    return Analysis(document).rows()


def score_together(analyses: Sequence[Analysis]) -> None:
    """Score the sentences of several documents at once, which costs a fraction of one by one.

    The scores are those that each document has alone.
    """
    for analysis, scored in zip(analyses, _scores([a.content for a in analyses]), strict=True):
        analysis.scored = scored


def _scores(contents: list[Content]) -> list[tuple[Scored, list[SentenceRole]]]:
    themes = theme_model()
    encoded = encode_contents(themes.features.syllabary, contents)
    scored = themes.score(contents, encoded=encoded)
    roles = tag_roles(contents, encoded=encoded if _one_syllabary() else None)
    return list(zip(scored, roles, strict=True))


@cache
def _one_syllabary() -> bool:
    return theme_model().features.syllabary == role_model().features.syllabary


def _index(sentence: Sentence) -> int:
    return sentence.index
