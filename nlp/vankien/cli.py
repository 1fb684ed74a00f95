"""The command line: arguments in, calls below, exit codes out.

Exit codes: 0 done (documents that could not be read are rows of the table errors and are
named in the summary), 1 no document could be read, 2 the call or the output folder is
wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

import vankien
from vankien.commands import annotate, report, results, train
from vankien.errors import VankienError

__all__ = ["app", "main"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Clean text, themes, references and numeric indicators from Vietnamese Party "
    "documents and news.",
)

annotate.register(app)
report.register(app)
results.register(app)
train.register(app)

_EPILOG = (
    "Example: vankien extract reports/ news.jsonl --out results/   then   vankien info results/"
)


@app.command(epilog=_EPILOG)
def extract(
    inputs: Annotated[
        list[str],
        typer.Argument(
            help="Files, folders or fsspec addresses: PDF, DOCX, HTML, TXT, JSONL, CSV, Parquet.",
            metavar="INPUT...",
        ),
    ],
    out: Annotated[str, typer.Option("--out", help="Folder or address for the Parquet tables.")],
    workers: Annotated[
        int,
        typer.Option(help="Local processes to use; 0: this one, without limits.", min=0),
    ] = 1,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Cluster instead: tcp://host:8786 (Dask), ray://, spark://."
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(metavar="DIR", help="A model of your own themes to use too (repeatable)."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Start afresh, whatever the folder holds of a run.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar.")] = False,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Events as JSON lines on standard error, no bar.")
    ] = False,
    profile: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Work in this process and write a profile (pstats) of it."
        ),
    ] = None,
    time_limit: Annotated[
        float, typer.Option(help="Seconds that a document may take, read and analysed.")
    ] = 600.0,
    memory_limit: Annotated[
        int, typer.Option(help="Megabytes that a worker may hold for a document.")
    ] = 4096,
    text_field: Annotated[str, typer.Option(help="Field of a row that holds the text.")] = "text",
    id_field: Annotated[str, typer.Option(help="Field that holds the id.")] = "id",
    title_field: Annotated[str, typer.Option(help="Field that holds the title.")] = "title",
    date_field: Annotated[str, typer.Option(help="Field that holds the date.")] = "published",
    url_field: Annotated[str, typer.Option(help="Field that holds the address.")] = "url",
    kind_field: Annotated[str, typer.Option(help="Field that holds the kind.")] = "kind",
    authors_field: Annotated[str, typer.Option(help="Field that holds authors.")] = "authors",
    publisher_field: Annotated[
        str, typer.Option(help="Field that holds the publisher.")
    ] = "publisher",
) -> None:
    """Extract everything from documents into Parquet tables.

    A run is resumed after a break and extended with new files; a document that cannot be
    read, or that exceeds its limits, becomes a row of the table errors and the run goes on.
    """
    from vankien.batch.run import Limits, Options
    from vankien.batch.run import extract as run_extract
    from vankien.reading.row_fields import RowFields

    with _profiled(profile):
        run = run_extract(
            list(inputs),
            out=out,
            workers=0 if profile is not None else workers,
            cluster=cluster,
            force=force,
            progress=not (quiet or log_json) and sys.stderr.isatty(),
            log=sys.stderr if log_json else None,
            options=Options(
                RowFields(
                    text=text_field,
                    id=id_field,
                    title=title_field,
                    published=date_field,
                    url=url_field,
                    kind=kind_field,
                    authors=authors_field,
                    publisher=publisher_field,
                ),
                model=tuple(model or ()),
            ),
            limits=Limits(seconds=time_limit, megabytes=memory_limit),
        )
    from vankien.display.terminal import print_run

    print_run(run)
    if run.rows["documents"] == 0:
        raise typer.Exit(1)


@contextmanager
def _profiled(path: Path | None) -> Iterator[None]:
    """Write a profile of what runs inside to a file, and the most costly functions to stderr."""
    if path is None:
        yield
        return
    import cProfile
    import pstats

    profile = cProfile.Profile()
    try:
        with profile:
            yield
    finally:
        profile.dump_stats(path)
        statistics = pstats.Stats(profile, stream=sys.stderr)
        statistics.sort_stats("tottime").print_stats(25)


@app.command()
def read(
    file: Annotated[Path, typer.Argument(help="One document.")],
    text: Annotated[bool, typer.Option("--text", help="Print the clean text only.")] = False,
) -> None:
    """Show one document as vankien sees it: metadata, parts, tables, findings."""
    document = vankien.read(file)
    if text:
        typer.echo(document.text)
        return
    from vankien.display.terminal import print_document

    print_document(document, vankien.load()(document))


@app.command()
def info(
    out: Annotated[str, typer.Argument(help="The output folder of a run.")],
    tables: Annotated[bool, typer.Option("--tables", help="Show what was found as well.")] = False,
) -> None:
    """Say what a run holds: counts, errors by kind, timings, slowest documents."""
    from vankien.display.terminal import print_info

    print_info(vankien.open(out), tables=tables)


@app.command()
def export(
    out: Annotated[str, typer.Argument(help="The output folder of a run.")],
    to: Annotated[Path, typer.Option("--to", help="The folder, or the file (xlsx, duckdb).")],
    form: Annotated[
        str,
        typer.Option(
            "--format", help="csv, jsonl, xlsx, stata, duckdb, quanteda, huggingface, spacy."
        ),
    ] = "csv",
    table: Annotated[
        list[str] | None, typer.Option("--table", help="A table to export; all if absent.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a target that exists.")] = False,
) -> None:
    """Write the tables of a run for other programs, R, Stata and spaCy among them."""
    from vankien.export import export as run_export

    done = run_export(out, to=to, format=form, tables=table or (), overwrite=force)
    for note in done.notes:
        typer.echo(f"note: {note}", err=True)
    typer.echo(f"{', '.join(done.tables)}: {done.to}")


@app.command()
def evaluate(
    family: Annotated[
        str | None,
        typer.Argument(help="themes, roles, indicators, references or sentences; all if absent."),
    ] = None,
    split: Annotated[str, typer.Option(help="dev or test.")] = "test",
    gold: Annotated[Path | None, typer.Option(help="Another folder of gold files.")] = None,
    codes: Annotated[bool, typer.Option("--codes", help="Scores of every code as well.")] = False,
    resamples: Annotated[int, typer.Option(help="Bootstrap resamples.", min=10)] = 1000,
    model: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Score this model of your own themes instead."),
    ] = None,
) -> None:
    """Score vankien against gold annotations, with sample sizes and intervals."""
    from vankien.display.terminal import print_scores

    scores = vankien.evaluate(
        split=split, family=family, gold=gold, resamples=resamples, model=model
    )
    print_scores(scores, codes=codes)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"vankien {vankien.__version__}")


def main() -> None:
    """Run the command line; errors are one sentence on standard error."""
    try:
        app()
    except VankienError as error:
        typer.echo(f"vankien: {error}", err=True)
        raise SystemExit(2) from None
