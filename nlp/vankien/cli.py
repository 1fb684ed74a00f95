"""The command line: arguments in, calls below, exit codes out.

Exit codes: 0 done (documents that could not be read are rows of the table errors and are
named in the summary), 1 no document could be read, 2 the call or the output folder is
wrong.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

import vankien
from vankien.errors import VankienError

__all__ = ["app", "main"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Clean text, themes, references and numeric indicators from Vietnamese Party "
    "documents and news.",
)

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
    out: Annotated[Path, typer.Option("--out", help="Folder for the Parquet tables.")],
    workers: Annotated[int, typer.Option(help="Local processes to use.", min=1)] = 1,
    force: Annotated[
        bool, typer.Option("--force", help="Start afresh, whatever the folder holds of a run.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar.")] = False,
    text_field: Annotated[str, typer.Option(help="Field of a row that holds the text.")] = "text",
    id_field: Annotated[str, typer.Option(help="Field that holds the id.")] = "id",
    title_field: Annotated[str, typer.Option(help="Field that holds the title.")] = "title",
    date_field: Annotated[str, typer.Option(help="Field that holds the date.")] = "published",
) -> None:
    """Extract everything from documents into Parquet tables.

    A run is resumed after a break and extended with new files; a document that cannot be
    read becomes a row of the table errors and the run goes on.
    """
    from vankien.batch.run import Options
    from vankien.batch.run import extract as run_extract

    run = run_extract(
        list(inputs),
        out=out,
        workers=workers,
        force=force,
        progress=not quiet and sys.stderr.isatty(),
        options=Options(
            text_field=text_field,
            id_field=id_field,
            title_field=title_field,
            date_field=date_field,
        ),
    )
    from vankien.display.terminal import print_run

    print_run(run)
    if run.rows["documents"] == 0:
        raise typer.Exit(1)


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
    out: Annotated[Path, typer.Argument(help="The output folder of a run.")],
    tables: Annotated[bool, typer.Option("--tables", help="Show what was found as well.")] = False,
) -> None:
    """Say what a finished run holds: counts, errors by kind, timings."""
    from vankien.display.terminal import print_info

    print_info(vankien.open(out), tables=tables)


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
) -> None:
    """Score vankien against gold annotations, with sample sizes and intervals."""
    from vankien.display.terminal import print_scores

    scores = vankien.evaluate(split=split, family=family, gold=gold, resamples=resamples)
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
