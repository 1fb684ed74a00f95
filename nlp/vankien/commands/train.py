"""``vankien train``: a model from a recipe, or from a researcher's codebook and table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from vankien.errors import UsageError

__all__ = ["train"]


def train(
    recipe: Annotated[
        Path | None,
        typer.Argument(help="A recipe (models/themes-0.1.0/recipe.yaml), or its folder."),
    ] = None,
    codebook: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your own codebook (YAML).")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Labelled sentences: JSONL or CSV with text, themes."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the model; that of the recipe if absent."),
    ] = None,
    gold: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Another folder of gold files.")
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--verify", help="Train anew, write nothing, compare byte by byte."),
    ] = False,
) -> None:
    """Train a model: from a recipe of vankien, or from your own codebook and labelled table.

    With a recipe and --data, the table is trained on beside vankien's own sentences.
    """
    from vankien.training.train import train as run_train
    from vankien.training.train import train_own, verify

    path = recipe / "recipe.yaml" if recipe is not None and recipe.is_dir() else recipe
    if check:
        if path is None or codebook or data or out:
            raise UsageError("V401", "--verify", detail="give a recipe and nothing else")
        typer.echo(f"{path.parent.name}: the same bytes ({verify(path, gold=gold)[:12]})")
        return
    if codebook is not None:
        if data is None or out is None or gold is not None:
            detail = "it goes with --data FILE and --out DIR"
            raise UsageError("V401", "--codebook", detail=detail)
        metrics = train_own(codebook, data, out, recipe=path)
        folder = out
    elif path is not None:
        metrics = run_train(path, gold=gold, out=out, data=data)
        folder = out or path.parent
    else:
        raise UsageError("V401", "train", detail="give a recipe, or --codebook, --data and --out")
    _print(metrics, folder)


def _print(metrics: dict[str, Any], folder: Path) -> None:
    sizes = ", ".join(f"{name} {n:,}" for name, n in metrics["sentences"].items())
    typer.echo(f"{metrics['model']} ({metrics['codebook']}), sentences: {sizes}")
    for one in metrics["summary"]:
        typer.echo(
            f"  {one['name']}: F1 {one['f1']:.3f} ({one['low']:.3f} to {one['high']:.3f}), "
            f"n {one['n']:,}"
        )
    if missing := metrics.get("without_training_sentences"):
        typer.echo(f"note: no training sentence carries {', '.join(missing)}", err=True)
    typer.echo(f"Model: {folder}")


def register(main: Any) -> None:
    """Take the command into the command line."""
    main.command()(train)
