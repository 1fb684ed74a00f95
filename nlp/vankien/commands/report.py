"""The command ``vankien report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(report)


def report(
    out: Annotated[str, typer.Argument(help="The output folder of a run.")],
    to: Annotated[Path, typer.Option("--to", help="The HTML file to write.")] = Path("report.html"),
    lang: Annotated[str, typer.Option(help="Language that it opens in: vi or en.")] = "vi",
    title: Annotated[
        str | None, typer.Option(help="Name of the collection; the folder's name if absent.")
    ] = None,
    evidence_only: Annotated[
        bool,
        typer.Option("--evidence-only", help="Leave the full texts out of the report."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Write one HTML page of a run: filter, read the evidence, download CSV; no network."""
    from vankien.display.report import report as write
    from vankien.display.wording import checked_language

    done = write(
        out,
        to=to,
        lang=checked_language(lang),
        title=title,
        with_text=not evidence_only,
        overwrite=force,
    )
    typer.echo(
        f"{done.to}: {done.documents:,} documents, {done.sentences:,} sentences with evidence, "
        f"{done.n_bytes / 1e6:.1f} MB; open it in a browser"
    )
