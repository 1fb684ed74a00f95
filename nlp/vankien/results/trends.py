"""Themes and phrases over time, themes together, and what sentences do with them.

Everywhere: duplicates of a story count once, negated themes do not count, documents without
a date are in no period, and a theme of a sentence counts once however many cues it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from vankien.errors import UsageError
from vankien.results.axes import axis_table, checked_axis
from vankien.results.concordance import matches
from vankien.results.document_places import place_rows
from vankien.results.filters import as_list, theme_codes
from vankien.results.tidy import TidyTable

if TYPE_CHECKING:
    from vankien.results.tables import Tables

__all__ = ["ngram_trend", "role_by_theme", "theme_cooccurrence", "theme_trend"]

GROUPINGS = ("source", "kind", "doc_type", "place")
ONCE = "Repeated stories count once; negated themes are left out."

_SENTENCE_THEMES = (
    "select distinct doc_id, sentence, theme from themes where sentence is not null and not negated"
)
_FIRST = "select doc_id from stories where first"


def _period_join(results: Tables, freq: str, name: str) -> str:
    """Register the axis of the collection; return the SQL of dated first documents."""
    checked_axis(freq)
    first, last = results.sql("select min(published), max(published) from documents").fetchall()[0]
    days = (first, last) if first else (date(1, 1, 1), date(1, 1, 1))
    results.register(name, axis_table(freq, *days))
    return (
        f"select s.doc_id, s.source, a.period, a.period_start, a.period_end from stories s "
        f"join {name} a on s.published between a.period_start and a.period_end where s.first"
    )


def theme_trend(
    results: Tables,
    themes: str | Sequence[str] | None = None,
    *,
    freq: str = "year",
    by: str | None = None,
    unit: str = "sentence",
) -> TidyTable:
    """Return one row a theme and period (and group): how much is written on it.

    Columns: period, period_start, period_end, group (null without ``by``), theme, n (units
    with the theme), n_documents (documents with it), total (units of the period and group),
    total_documents, share (n / total, per cent).

    ``themes``: codes; a group's code brings its manifestations; all that occur if None.
    ``freq``: an axis of :mod:`vankien.results.axes`.  ``by``: source, kind, doc_type or
    place (the province a document is about).  ``unit``: "sentence", or "document" for the
    themes that the document as a whole carries (its roll-up).  Every theme asked has a row
    in every period that has documents: n is nought where nothing was found.
    Raises UsageError (V401) for unknown options or codes.
    """
    if by is not None and by not in GROUPINGS:
        raise UsageError("V401", "by", detail=f"{by!r} is none of {', '.join(GROUPINGS)}")
    if unit not in ("sentence", "document"):
        raise UsageError("V401", "unit", detail=f"{unit!r} is neither sentence nor document")
    wanted = (
        theme_codes(results, themes) if themes is not None
        else [code for (code,) in results.sql(
            "select distinct theme from themes where not negated order by 1").fetchall()]
    )  # fmt: skip
    dated = _period_join(results, freq, "trend_axis")
    if by == "place":
        results.register("trend_places", place_rows(results))
    group = {
        None: "null::varchar", "source": "d.source", "kind": "m.kind",
        "doc_type": "m.doc_type", "place": "p.place",
    }[by]  # fmt: skip
    joined = f"select d.*, {group} as grp from ({dated}) d "
    if by in ("kind", "doc_type"):
        joined += "join (select doc_id, kind, doc_type from documents) m using (doc_id) "
    if by == "place":
        joined += "join trend_places p using (doc_id) "
    if by is not None:
        joined += f"where {group} is not null"
    units = (
        "select doc_id, sentence from sentences" if unit == "sentence"
        else "select doc_id, 0 as sentence from documents"
    )  # fmt: skip
    carried = (
        _SENTENCE_THEMES if unit == "sentence"
        else "select distinct doc_id, 0 as sentence, theme from themes "
        "where sentence is null and not negated"
    )  # fmt: skip
    import pyarrow as pa

    results.register("trend_themes", pa.table({
        "theme": pa.array(wanted, pa.string()),
        "theme_order": pa.array(range(len(wanted)), pa.int64()),
    }))  # fmt: skip
    found = results.sql(
        f"""
        with docs as ({joined}),
        totals as (
            select period, period_start, period_end, grp, count(*) as total,
                   count(distinct doc_id) as total_documents
            from docs join ({units}) using (doc_id) group by all
        ),
        hits as (
            select period_start, grp, theme, count(*) as n, count(distinct doc_id) as n_documents
            from docs join ({carried}) using (doc_id) group by all
        )
        select period, t.period_start, period_end, t.grp as "group", w.theme,
               coalesce(n, 0) as n, coalesce(n_documents, 0) as n_documents, total,
               total_documents, 100.0 * coalesce(n, 0) / total as share
        from totals t cross join trend_themes w
        left join hits h on h.period_start = t.period_start and h.theme = w.theme
            and h.grp is not distinct from t.grp
        order by w.theme_order, t.period_start, t.grp nulls first
        """
    ).to_arrow_table()
    documents = _total(results, f"select count(distinct doc_id) from ({joined})")
    return TidyTable(
        found,
        title=f"Themes by {freq}{f' and {by}' if by else ''}",
        rule=f"Share of {unit}s that carry the theme, per cent, by date of publication. {ONCE}",
        n={"documents": documents, f"{unit}s": _total(
            results, f"select count(*) from ({joined}) join ({units}) using (doc_id)")},
    )  # fmt: skip


def ngram_trend(
    results: Tables, phrases: str | Sequence[str], *, freq: str = "year", words: bool = False
) -> TidyTable:
    """Return one row a phrase and period: how often it is written.

    Columns: period, period_start, period_end, phrase, n (occurrences), n_documents, total
    (syllables of the period), total_documents, per_million (occurrences a million
    syllables).  Phrases are fragments as :func:`~vankien.results.concordance.kwic` takes
    them.  A period without documents has no row; a phrase not found has n nought.
    """
    import pyarrow as pa

    wanted = as_list(phrases)
    rows = [(phrase, doc_id) for phrase in wanted for doc_id, *_ in
            matches(results, phrase, words=words)]  # fmt: skip
    results.register("phrase_hits", pa.table({
        "phrase": pa.array([phrase for phrase, _ in rows], pa.string()),
        "doc_id": pa.array([doc_id for _, doc_id in rows], pa.string()),
    }))  # fmt: skip
    results.register("phrases", pa.table({
        "phrase": pa.array(wanted, pa.string()),
        "phrase_order": pa.array(range(len(wanted)), pa.int64()),
    }))  # fmt: skip
    dated = _period_join(results, freq, "trend_axis")
    found = results.sql(
        f"""
        with docs as ({dated}),
        totals as (
            select period, period_start, period_end, count(distinct doc_id) as total_documents,
                   sum(len(regexp_split_to_array(trim("text"), '\\s+')))::bigint as total
            from docs join (select doc_id, "text" from sentences) using (doc_id) group by all
        ),
        hits as (
            select period_start, phrase, count(*) as n, count(distinct doc_id) as n_documents
            from docs join phrase_hits using (doc_id) group by all
        )
        select period, t.period_start, period_end, p.phrase, coalesce(n, 0) as n,
               coalesce(n_documents, 0) as n_documents, total, total_documents,
               1e6 * coalesce(n, 0) / total as per_million
        from totals t cross join phrases p
        left join hits h on h.period_start = t.period_start and h.phrase = p.phrase
        order by p.phrase_order, t.period_start
        """
    ).to_arrow_table()
    return TidyTable(
        found,
        title=f"Phrases by {freq}",
        rule="Occurrences a million syllables, by date of publication. Repeated stories count "
        "once; matching is folded, on whole " + ("words." if words else "syllables."),
        n={"occurrences": int(sum(found["n"].to_pylist())),
           "documents": _total(results, f"select count(*) from ({dated})")},
    )  # fmt: skip


def theme_cooccurrence(
    results: Tables, themes: str | Sequence[str] | None = None, *, unit: str = "sentence"
) -> TidyTable:
    """Return one row a pair of themes that stand together in a sentence or document.

    Columns: theme_1, theme_2 (in the order of their codes), n (units with both), n_1, n_2
    (with each), total (units), jaccard (n over units with either), npmi (normalised
    pointwise mutual information, -1 to 1: Bouma 2009, "Normalized (pointwise) mutual
    information in collocation extraction").
    """
    if unit not in ("sentence", "document"):
        raise UsageError("V401", "unit", detail=f"{unit!r} is neither sentence nor document")
    key = "doc_id, sentence" if unit == "sentence" else "doc_id"
    chosen = "true"
    values: list[Any] = []
    if themes is not None:
        codes = theme_codes(results, themes)
        chosen, values = f"theme in ({', '.join('?' * len(codes))})", list(codes)
    found = results.sql(
        f"""
        with carried as materialized (
            select distinct {key}, theme from ({_SENTENCE_THEMES})
            where doc_id in ({_FIRST}) and {chosen}
        ),
        size as (select count(*) as total from (
            select distinct {key} from sentences where doc_id in ({_FIRST}))),
        each as (select theme, count(*) as n from carried group by theme),
        pairs as (
            select a.theme as theme_1, b.theme as theme_2, count(*) as n
            from carried a join carried b using ({key}) where a.theme < b.theme group by all
        )
        select theme_1, theme_2, pairs.n, e.n as n_1, f.n as n_2, total,
               pairs.n / (e.n + f.n - pairs.n) as jaccard,
               case when pairs.n = total then 1.0 else
                   ln(pairs.n * total / (e.n * f.n)) / -ln(pairs.n / total) end as npmi
        from pairs join each e on e.theme = theme_1 join each f on f.theme = theme_2, size
        order by pairs.n desc, theme_1, theme_2
        """,
        values,
    ).to_arrow_table()
    return TidyTable(
        found,
        title=f"Themes together in a {unit}",
        rule=f"Pairs of themes of sentences in one {unit}. {ONCE}",
        n={"pairs": found.num_rows,
           f"{unit}s": _total(results, f"select count(*) from (select distinct {key} from "
                              f"sentences where doc_id in ({_FIRST}))")},
    )  # fmt: skip


def role_by_theme(results: Tables, themes: str | Sequence[str] | None = None) -> TidyTable:
    """Return one row a theme and role: what its sentences do.

    Columns: theme, role (a code of the codebook: KETQUA, HANCHE ...), n (sentences),
    total (sentences of the theme), share (n / total, per cent).
    """
    chosen = "true"
    values: list[Any] = []
    if themes is not None:
        codes = theme_codes(results, themes)
        chosen, values = f"theme in ({', '.join('?' * len(codes))})", list(codes)
    found = results.sql(
        f"""
        select theme, role, count(*) as n, sum(count(*)) over (partition by theme)::bigint as total,
               100.0 * count(*) / sum(count(*)) over (partition by theme) as share
        from ({_SENTENCE_THEMES}) join (select doc_id, sentence, role from sentences)
            using (doc_id, sentence)
        where doc_id in ({_FIRST}) and {chosen} group by theme, role
        order by theme, n desc, role
        """,
        values,
    ).to_arrow_table()
    return TidyTable(
        found,
        title="Roles of sentences by theme",
        rule=f"Share of the theme's sentences, per cent. {ONCE}",
        n={"sentences with a theme": int(sum(found["n"].to_pylist()))},
    )


def _total(results: Tables, query: str) -> int:
    return int(results.sql(query).fetchall()[0][0])
