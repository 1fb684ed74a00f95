"""Readable tables in the terminal."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from vankien.documents import Document, Part
from vankien.records import TABLES

if TYPE_CHECKING:
    from vankien.annotation.agreement import Agreement
    from vankien.batch.run import Run
    from vankien.evaluation.evaluate import Scores
    from vankien.results.results import Results
    from vankien.results.tidy import TidyTable

__all__ = ["print_agreement", "print_document", "print_info", "print_run", "print_scores"]

PART_STYLES = {
    Part.TITLE: "bold cyan",
    Part.LEAD: "bold",
    Part.BODY: "",
    Part.CAPTION: "magenta",
    Part.BOILERPLATE: "dim",
    Part.HEADER: "yellow",
    Part.FOOTER: "dim yellow",
    Part.SIGNATURE: "green",
    Part.RECIPIENTS: "dim green",
}
MAX_WIDTH = 60
STAGES = ("wall", "plan", "read", "scan", "analyse", "compare", "write", "merge")
"""Timings of run.json in the order of the work; wall is the whole run by the clock."""

PIPE_WIDTH = 1_000
"""Columns of what is no terminal: tables are as wide as their contents, no line is broken."""


def _console() -> Console:
    """Return the console; what goes into a file or a pipe keeps its lines and its paths whole."""
    console = Console(soft_wrap=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPE_WIDTH
    return console


def _table(title: str, *columns: str, right: tuple[str, ...] = ()) -> Table:
    table = Table(title=title, title_justify="left", show_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left")
    return table


def _short(value: object, width: int = MAX_WIDTH) -> str:
    text = "" if value is None else " ".join(str(value).split())
    return text if len(text) <= width else text[: width - 1] + "…"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _print_place(console: Console, out: str) -> None:
    # A path is copied: it must not be broken, nor taken for markup.
    line = f"Parquet tables: {out.rstrip('/')}/"
    console.print(line, highlight=False, markup=False, soft_wrap=True)


def _joined(lines: dict[str, Any], order: tuple[str, ...]) -> str:
    known = [name for name in order if name in lines]
    rest = [name for name in lines if name not in order]
    return ", ".join(f"{name} {lines[name]:.1f}" for name in (*known, *rest))


TERMINAL_ROWS = 60
"""Rows of a tidy table that the terminal shows."""

SHOWN_COLUMNS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("place", "value_reported"): (
        "place", "place_name", "period", "value_reported", "unit", "status_reported",
        "n_sources", "min_reported", "max_reported", "conflict", "derivation",
    ),
    ("class", "value_1"): (
        "class", "indicator", "scope_reported", "period_end", "value_1", "value_2",
        "sentence_1", "sentence_2",
    ),
    ("left", "keyword"): ("published", "source", "left", "keyword", "right"),
}  # fmt: skip
"""Columns shown of tables that hold the first ones; the others are in the file."""


def print_tidy(table: TidyTable) -> None:
    """Print the first rows of a tidy table, its main columns, and its caption."""
    console = _console()
    names = next(
        (shown for held, shown in SHOWN_COLUMNS.items() if set(held) <= set(table.columns)),
        tuple(table.columns),
    )
    rows = table.rows()
    numbers = tuple(
        name for name in names if any(isinstance(row[name], int | float) for row in rows)
    )
    body = _table(table.title, *names, right=(*numbers, *(("left",) if "left" in names else ())))
    for row in rows[:TERMINAL_ROWS]:
        body.add_row(*(_cell(row[name]) for name in names))
    console.print(body)
    if len(rows) > TERMINAL_ROWS:
        console.print(f"… {len(rows) - TERMINAL_ROWS:,} more rows; write them with --to FILE.csv")
    console.print(table.caption(), markup=False, highlight=False)


def _cell(value: object) -> Text:
    if isinstance(value, list):
        value = "; ".join(str(part) for part in value)
    if isinstance(value, float):
        return Text(_number(value))
    return Text(_short(value, 120))


def print_run(run: Run) -> None:
    """Print the closing summary of a run."""
    console = _console()
    rows = run.rows
    console.print(
        f"{rows['documents']:,} documents, {rows['sentences']:,} sentences, "
        f"{rows['themes']:,} themes, {rows['indicators']:,} figures, "
        f"{rows['references']:,} references, {rows['tables']:,} table cells "
        f"in {run.seconds:.1f} s"
    )
    if run.kept_chunks:
        console.print(f"{run.kept_chunks} chunks of an earlier run were kept")
    if run.identical:
        console.print(f"{len(run.identical)} files are identical to others and were read once")
    if run.duplicates:
        console.print(f"{run.duplicates:,} documents repeat others (column duplicate_of)")
    if run.errors:
        kinds = ", ".join(f"{code} × {count}" for code, count in sorted(run.errors.items()))
        console.print(
            f"[bold red]{sum(run.errors.values())} could not be read[/]: {kinds} "
            f"(see the table errors)"
        )
    _print_place(console, run.out)


def print_info(results: Results, *, tables: bool) -> None:
    """Print what a results folder holds; with ``tables`` also samples of what was found."""
    console = _console()
    state = results.run
    status = "finished" if state["finished"] else "not finished: run the same command again"
    head = Text(results.path, style="bold")
    head.append(f"  ({status}, vankien {state['options']['vankien']})", style="not bold")
    console.print(head, soft_wrap=True)
    counts = _table("Tables", "table", "rows", right=("rows",))
    for name in TABLES:
        # Of a first run that was broken off, what is done can be read already.
        done = state["finished"] or state["counts"][name]
        rows = state["counts"][name] if done else getattr(results, name).shape[0]
        counts.add_row(name, f"{rows:,}")
    console.print(counts)
    if state["errors"]:
        kinds = _table("Errors by kind", "code", "documents", "for example", right=("documents",))
        for code, number, message in results.sql(
            "select error, count(*), min(message) from errors group by error order by 2 desc, 1"
        ).fetchall():
            kinds.add_row(code, f"{number:,}", _short(message, 120))
        console.print(kinds)
    if state.get("duplicates"):
        console.print(f"{state['duplicates']:,} documents repeat others (column duplicate_of)")
    if state.get("slowest"):
        slowest = _table("Slowest documents", "seconds", "source", right=("seconds",))
        for row in state["slowest"][:5]:
            slowest.add_row(f"{row['seconds']:.2f}", Text(row["source"], overflow="fold"))
        console.print(slowest)
    if "timings" in state:
        console.print(f"Seconds: {_joined(state['timings'], STAGES)}", highlight=False)
    if tables:
        _print_findings(console, results)
    _print_place(console, results.path)


def _print_findings(console: Console, results: Results) -> None:
    documents = _table("Documents", "kind", "published", "number", "title", "themes")
    for row in results.sql(
        "select kind, published, number, title, themes from documents order by source limit 40"
    ).fetchall():
        kind, published, number, title, themes = row
        documents.add_row(kind, _short(published), _short(number), _short(title, 50),
                          _short(", ".join(themes), 40))  # fmt: skip
    console.print(documents)
    themes_table = _table("Themes of sentences", "theme", "sentences", "documents", "for example",
                          right=("sentences", "documents"))  # fmt: skip
    for code, sentences, number, evidence in results.sql(
        "select theme, count(*), count(distinct doc_id), min(evidence) from themes "
        "where sentence is not null and not negated group by theme order by 2 desc, 1 limit 25"
    ).fetchall():
        themes_table.add_row(code, str(sentences), str(number), _short(evidence, 50))
    console.print(themes_table)
    figures = _table("Indicators", "indicator", "measure", "value", "unit", "period", "scope",
                     "as written", right=("value",))  # fmt: skip
    for row in results.sql(
        "select indicator, measure, value, unit, period_text, scope, surface from indicators "
        "where indicator is not null order by indicator, doc_id, start limit 60"
    ).fetchall():
        code, measure, value, unit, period, scope, surface = row
        figures.add_row(code, measure, _number(value), _short(unit, 20), _short(period, 22),
                        _short(scope, 28), _short(surface, 30))  # fmt: skip
    console.print(figures)
    references = _table("References", "canonical", "mentions", "as written", right=("mentions",))
    for canonical, mentions, surface in results.sql(
        "select canonical, count(*), min(surface) from refs where canonical is not null "
        "group by canonical order by 2 desc, 1 limit 25"
    ).fetchall():
        references.add_row(canonical, str(mentions), _short(surface, 50))
    console.print(references)


def print_document(document: Document, doc: Any) -> None:
    """Print one document with its parts in colour, and what was found in it."""
    from vankien.pipeline import rows

    console = _console()
    meta = document.metadata
    console.print(f"[bold]{document.source or document.doc_id}[/]  {document.kind.value}")
    for name in ("doc_type", "number", "issuer", "place", "published", "signer", "publisher",
                 "url", "secrecy"):  # fmt: skip
        value = getattr(meta, name)
        if value:
            console.print(f"  {name}: {value}", highlight=False, markup=False)
    for block in document.blocks:
        label = f"{block.part.value:>11} "
        line = Text(label, style="dim")
        line.append(document.text[block.start : block.end], style=PART_STYLES[block.part])
        console.print(line)
    found = rows(doc)
    figures = _table("Indicators", "indicator", "measure", "value", "unit", "period", "scope",
                     "as written", right=("value",))  # fmt: skip
    for row in found["indicators"]:
        value = float(row["value"]) if row["value"] is not None else None
        figures.add_row(row["indicator"] or "", row["measure"], _number(value),
                        _short(row["unit"], 20), _short(row["period_text"], 22),
                        _short(row["scope"], 28), _short(row["surface"], 30))  # fmt: skip
    if found["indicators"]:
        console.print(figures)
    themes = _table("Themes", "theme", "role", "sentence")
    roles = {row["sentence"]: row for row in found["sentences"]}
    for row in found["themes"]:
        if row["sentence"] is not None:
            sentence = roles[row["sentence"]]
            mark = " (negated)" if row["negated"] else ""
            themes.add_row(row["theme"] + mark, sentence["role"], _short(sentence["text"], 80))
    if found["themes"]:
        console.print(themes)
    references = _table("References", "as written", "type", "number", "date", "canonical")
    for row in found["references"]:
        references.add_row(_short(row["surface"]), row["type"], _short(row["number"]),
                           _short(row["date"]), _short(row["canonical"]))  # fmt: skip
    if found["references"]:
        console.print(references)
    for warning in document.warnings:
        console.print(f"warning: {warning}", style="yellow")


def print_scores(scores: Scores, *, codes: bool) -> None:
    """Print precision, recall and F1 with sample sizes and 95 % bootstrap intervals."""
    console = _console()
    table = _table(f"Gold split {scores.split}", "family", "measure", "n", "precision", "recall",
                   "F1", "95 % interval", right=("n", "precision", "recall", "F1"))  # fmt: skip
    for score in scores.summary:
        table.add_row(score.family, score.name, f"{score.n:,}", f"{score.precision:.3f}",
                      f"{score.recall:.3f}", f"{score.f1:.3f}",
                      f"{score.low:.3f} to {score.high:.3f}")  # fmt: skip
    console.print(table)
    if codes:
        detail = _table("By code", "family", "code", "n", "precision", "recall", "F1",
                        "95 % interval", right=("n", "precision", "recall", "F1"))  # fmt: skip
        for score in scores.codes:
            detail.add_row(score.family, score.name, f"{score.n:,}", f"{score.precision:.3f}",
                           f"{score.recall:.3f}", f"{score.f1:.3f}",
                           f"{score.low:.3f} to {score.high:.3f}")  # fmt: skip
        console.print(detail)


def print_agreement(found: Sequence[Agreement], coders: Sequence[str]) -> None:
    """Print kappa and alpha by group and by code, with sample sizes and intervals."""
    console = _console()
    title = f"Agreement on {found[0].n:,} sentences: {', '.join(coders)}"
    table = _table(title, "kind", "name", "given", "kappa", "alpha", "95 % interval",
                   right=("given", "kappa", "alpha"))  # fmt: skip
    for one in found:
        interval = "" if one.low is None else f"{one.low:.2f} to {one.high:.2f}"
        table.add_row(one.kind, one.name, " / ".join(map(str, one.given)), _coefficient(one.kappa),
                      _coefficient(one.alpha), interval)  # fmt: skip
    console.print(table)


def _coefficient(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
