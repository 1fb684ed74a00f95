"""open(): a finished run, and the questions to ask of it.

    results = vankien.open("results/")
    results.indicators.df()                          a table, as pandas (.pl(), .arrow())
    results.sql("select kind, count(*) from documents group by kind")
    results.panel("members.admitted")                one row a province and year
    results.conflicts(); results.coverage()          where figures differ, or are missing
    results.kwic("nể nang"); results.theme_trend("SUYTHOAI-TT")
    results.filter(years=(2016, 2020), province="Lạng Sơn").panel("members.admitted")

Every question gives a :class:`~vankien.results.tidy.TidyTable` (``.df()``, ``.pl()``,
``.arrow()``, ``.csv(path)``, ``.caption()``), whose ``rule`` says what was counted; its
columns are listed with the function that it comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vankien.results.tables import Tables

if TYPE_CHECKING:
    from vankien.codebook import Measure
    from vankien.results.citations import Network
    from vankien.results.tidy import TidyTable

__all__ = ["Results", "open"]


class Results(Tables):
    """The tables of one results folder, and the questions to ask of them."""

    def panel(
        self,
        indicator: str,
        *,
        by: str = "province",
        freq: str = "year",
        measure: Measure = "level",
        units: int | None = None,
        status: Iterable[str] = ("actual", "estimate", "target"),
    ) -> TidyTable:
        """Return one row a place and period in which an indicator is reported.

        Columns: place, place_name, period, period_start, period_end, indicator, measure,
        value_reported, unit, status_reported, approx_reported, as_of_reported, n_sources,
        n_figures, min_reported, max_reported, conflict, derivation, missing,
        baseline_reported, within_reported, scope_reported, record_ids, doc_ids.  All rules:
        :func:`vankien.results.panel.panel`.
        """
        from vankien.results.panel import panel

        return panel(self, indicator, by=by, freq=freq, measure=measure, units=units, status=status)

    def conflicts(
        self,
        indicator: str | None = None,
        *,
        measure: str | None = None,
        classes: Iterable[str] | None = None,
    ) -> TidyTable:
        """Return one row a pair of figures that differ though they report the same.

        Columns: class (true conflict, factor slip, other scope, later update, rounding),
        factor, indicator, measure, scope_code, scope_reported, period_start, period_end,
        unit, value_1, value_2, difference, relative_difference, and for each side surface,
        status, n_sources, sentence, published, source, doc_id, record_id.  All rules:
        :func:`vankien.results.conflicts.conflicts`.
        """
        from vankien.results.conflicts import conflicts

        return conflicts(self, indicator, measure=measure, classes=classes)

    def coverage(
        self,
        indicator: str | None = None,
        *,
        by: str = "place",
        freq: str = "year",
        units: int | None = None,
    ) -> TidyTable:
        """Return one row a cell of the grid of places (or sources) and periods.

        Columns: place, place_name, source, period, period_start, period_end, n_documents,
        n_reporting, n_figures, n_zero, state (figure, zero, documents without a figure, no
        document).  All rules: :func:`vankien.results.coverage.coverage`.
        """
        from vankien.results.coverage import coverage

        return coverage(self, indicator, by=by, freq=freq, units=units)

    def kwic(
        self,
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
        """Return one row an occurrence of a fragment, in its context.

        Columns: left, keyword, right, doc_id, sentence, start, end, published, source,
        title, page, part, role, themes, duplicate_of.  All rules:
        :func:`vankien.results.concordance.kwic`.
        """
        from vankien.results.concordance import kwic

        return kwic(
            self, query, window=window, words=words, theme=theme, role=role, part=part,
            years=years, sort=sort, limit=limit,
        )  # fmt: skip

    def theme_trend(
        self,
        themes: str | Sequence[str] | None = None,
        *,
        freq: str = "year",
        by: str | None = None,
        unit: str = "sentence",
    ) -> TidyTable:
        """Return one row a theme and period (and group).

        Columns: period, period_start, period_end, group, theme, n, n_documents, total,
        total_documents, share (per cent).  All rules:
        :func:`vankien.results.trends.theme_trend`.
        """
        from vankien.results.trends import theme_trend

        return theme_trend(self, themes, freq=freq, by=by, unit=unit)

    def ngram_trend(
        self, phrases: str | Sequence[str], *, freq: str = "year", words: bool = False
    ) -> TidyTable:
        """Return one row a phrase and period.

        Columns: period, period_start, period_end, phrase, n, n_documents, total (syllables),
        total_documents, per_million.  See :func:`vankien.results.trends.ngram_trend`.
        """
        from vankien.results.trends import ngram_trend

        return ngram_trend(self, phrases, freq=freq, words=words)

    def theme_cooccurrence(
        self, themes: str | Sequence[str] | None = None, *, unit: str = "sentence"
    ) -> TidyTable:
        """Return one row a pair of themes: theme_1, theme_2, n, n_1, n_2, total, jaccard, npmi.

        See :func:`vankien.results.trends.theme_cooccurrence`.
        """
        from vankien.results.trends import theme_cooccurrence

        return theme_cooccurrence(self, themes, unit=unit)

    def role_by_theme(self, themes: str | Sequence[str] | None = None) -> TidyTable:
        """Return one row a theme and role: theme, role, n, total, share (per cent).

        See :func:`vankien.results.trends.role_by_theme`.
        """
        from vankien.results.trends import role_by_theme

        return role_by_theme(self, themes)

    def collocations(
        self,
        node: str | Sequence[str],
        *,
        window: int = 5,
        unit: str = "words",
        min_count: int = 3,
        limit: int | None = 100,
    ) -> TidyTable:
        """Return one row a word that keeps company with a fragment.

        Columns: collocate, n, n_left, n_right, n_documents, frequency, expected,
        log_likelihood, p_value, pmi.  See
        :func:`vankien.results.collocations.collocations`.
        """
        from vankien.results.collocations import collocations

        return collocations(self, node, window=window, unit=unit, min_count=min_count, limit=limit)

    def keyness(
        self,
        reference: Results | None = None,
        *,
        unit: str = "syllables",
        ngrams: tuple[int, int] = (1, 3),
        min_count: int = 5,
        limit: int | None = 200,
    ) -> TidyTable:
        """Return one row a term that these results use more, or less, than others.

        ``reference``: other results, or other filtered ones of the same run; without it,
        the documents of the run that the filter of these left out.  Columns: term, key_in,
        n_target, n_reference, per_million_target, per_million_reference, log_likelihood,
        p_value, log_ratio, dispersion_target, dispersion_reference, n_documents_target,
        n_documents_reference.  See :func:`vankien.results.keyness.keyness`.
        """
        from vankien.results.keyness import keyness

        other = self.complement() if reference is None else reference
        return keyness(self, other, unit=unit, ngrams=ngrams, min_count=min_count, limit=limit)

    def dictionary(self, dictionary: str | Path | Mapping[str, list[str]]) -> TidyTable:
        """Return one row a document and key of a dictionary of one's own.

        ``dictionary``: a file in quanteda's YAML, or keys and their patterns.  Columns:
        doc_id, published, source, key, n, n_sentences.  See
        :func:`vankien.results.interchange.dictionary_counts`.
        """
        from vankien.results.interchange import dictionary_counts, read_dictionary

        if isinstance(dictionary, str | Path):
            dictionary = read_dictionary(dictionary)
        return dictionary_counts(self, dictionary)

    def citations(self, canonical: str | Sequence[str] | None = None) -> TidyTable:
        """Return one row a document and a document that it cites.

        Columns: doc_id, title, published, source, place, canonical, number, cited_date,
        type, cited_issuer, subject, n_mentions, replaced_on, still_in_force, successor,
        cited_doc_id.  See :func:`vankien.results.citations.citations`.
        """
        from vankien.results.citations import citations

        return citations(self, canonical)

    def citation_network(
        self, *, by: str = "source", min_documents: int = 1, succession: bool = True
    ) -> Network:
        """Return who cites which document: ``.nodes`` and ``.edges``, tidy tables.

        Nodes: node, kind, label, date, n_documents, n_mentions.  Edges: from_node, to_node,
        kind (cites, replaced by), n_documents, n_mentions, first, last.  See
        :func:`vankien.results.citations.citation_network`.
        """
        from vankien.results.citations import citation_network

        return citation_network(self, by=by, min_documents=min_documents, succession=succession)


def open(out: str | Path) -> Results:
    """Open the results folder of a run.  Raises OutputError (V205) where there is none."""
    return Results(out)
