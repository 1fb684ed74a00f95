"""Questions to a run's results (``panel``, ``conflicts``, ``coverage``, ``kwic``), and its
replication ``package``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

import vankien
from vankien.errors import OutputError, UsageError

if TYPE_CHECKING:
    from vankien.codebook import Measure
    from vankien.results.tidy import TidyTable

__all__ = ["register"]

Out = Annotated[str, typer.Argument(help="The output folder of a run.", metavar="OUT")]
To = Annotated[Path | None, typer.Option("--to", help="CSV file to write, in place of showing.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that exists.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (panel, conflicts, coverage, kwic, package):
        app.command()(command)


def _give(table: TidyTable, to: Path | None, *, force: bool) -> None:
    """Show a table in the terminal, or write it whole as CSV."""
    if to is None:
        from vankien.display.terminal import print_tidy

        print_tidy(table)
        return
    if to.exists() and not force:
        raise OutputError("V213", str(to))
    table.csv(to)
    typer.echo(f"{to}: {len(table):,} rows; {table.caption()}")


def panel(
    out: Out,
    indicator: Annotated[str, typer.Argument(help="Its code, for example members.admitted.")],
    by: Annotated[str, typer.Option(help="province, district, nation or scope.")] = "province",
    freq: Annotated[
        str, typer.Option(help="year, half, quarter, month, or reported (as it stands).")
    ] = "year",
    measure: Annotated[
        str, typer.Option(help="level, share, change_abs, change_rel, target_ratio or rank.")
    ] = "level",
    units: Annotated[
        int | None, typer.Option(help="Bring provinces to the map of the 63, or of the 34.")
    ] = None,
    to: To = None,
    force: Force = False,
) -> None:
    """An indicator by place and period, as reported, with sources and spread."""
    results = vankien.open(out)
    table = results.panel(
        indicator, by=by, freq=freq, measure=cast("Measure", measure), units=units
    )
    _give(table, to, force=force)


def conflicts(
    out: Out,
    indicator: Annotated[str | None, typer.Argument(help="Its code; all if absent.")] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--class", help="true conflict, factor slip, other scope, later update, "
                     "rounding; all if absent."),
    ] = None,
    to: To = None,
    force: Force = False,
) -> None:  # fmt: skip
    """Figures that differ though they report the same, classified, with their sentences."""
    _give(vankien.open(out).conflicts(indicator, classes=kind or None), to, force=force)


def coverage(
    out: Out,
    indicator: Annotated[str | None, typer.Argument(help="Its code; all if absent.")] = None,
    by: Annotated[str, typer.Option(help="place, source or both.")] = "place",
    freq: Annotated[
        str, typer.Option(help="year, half, quarter, month, term or plenum.")
    ] = "year",
    units: Annotated[
        int | None, typer.Option(help="All provinces of the map of the 63, or of the 34.")
    ] = None,
    to: To = None,
    force: Force = False,
) -> None:  # fmt: skip
    """Where figures are, where they are nought, where documents are silent or absent."""
    table = vankien.open(out).coverage(indicator, by=by, freq=freq, units=units)
    _give(table, to, force=force)


def kwic(
    out: Out,
    query: Annotated[list[str], typer.Argument(help='Fragments: "nể nang", "kết nạp * đảng".')],
    window: Annotated[int, typer.Option(help="Syllables on either side.", min=0)] = 10,
    words: Annotated[bool, typer.Option("--words", help="On the borders of words only.")] = False,
    theme: Annotated[list[str] | None, typer.Option(help="Sentences of this theme.")] = None,
    role: Annotated[list[str] | None, typer.Option(help="Sentences of this role.")] = None,
    since: Annotated[int | None, typer.Option(help="First year of publication.")] = None,
    until: Annotated[int | None, typer.Option(help="Last year of publication.")] = None,
    sort: Annotated[str, typer.Option(help="date, left, right or document.")] = "date",
    limit: Annotated[int | None, typer.Option(help="Most lines.", min=1)] = None,
    to: To = None,
    force: Force = False,
) -> None:
    """A concordance: every occurrence of a fragment in its context."""
    years = None if since is None and until is None else (since or 1, until or 9999)
    table = vankien.open(out).kwic(
        query, window=window, words=words, theme=theme or None, role=role or None, years=years,
        sort=sort, limit=limit,
    )  # fmt: skip
    _give(table, to, force=force)


def package(
    out: Annotated[str, typer.Argument(help="The output folder of a run; with --check a package.")],
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder, or archive (.zip), to write.")
    ] = None,
    with_text: Annotated[
        bool, typer.Option("--with-text", help="Include the texts; you must hold the rights.")
    ] = False,
    panel: Annotated[
        list[str] | None, typer.Option(help="An indicator whose panel goes with it.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Title of the README.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Compare the files of a package with its checksums.")
    ] = False,
    against: Annotated[
        str | None,
        typer.Option(metavar="RESULTS", help="With --check: compare its texts with these."),
    ] = None,
    force: Force = False,
) -> None:
    """Write a replication package (tables, codebook, versions, checksums, README), or check one."""
    if check:
        _check(out, against)
        return
    if to is None:
        raise UsageError("V401", "--to", detail="say which folder or .zip to write")
    from vankien.results.package import package as write

    done = write(out, to=to, with_text=with_text, panels=panel or (), title=title, overwrite=force)
    texts = "with texts" if done.with_text else "texts as hashes and offsets"
    typer.echo(f"{done.to}: {done.files} files, {texts}; complete the [brackets] of its README")


def _check(place: str, against: str | None) -> None:
    from vankien.results.package import check_texts, verify

    found = verify(place)
    for kind, names in (("changed", found.changed), ("missing", found.missing),
                        ("not of the package", found.added)):  # fmt: skip
        for name in names:
            typer.echo(f"{kind}: {name}")
    typer.echo(f"{found.same} files are as packaged")
    texts = {} if against is None else check_texts(place, vankien.open(against))
    if texts:
        typer.echo("texts: " + ", ".join(f"{n:,} {kind}" for kind, n in texts.items()))
    if not found.whole or texts.get("different"):
        raise typer.Exit(1)
