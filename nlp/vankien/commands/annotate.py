"""``vankien annotate``: sentences out to coders and back, what to code next, agreement."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, cast

import typer

import vankien
from vankien.errors import UsageError

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Exchange sentences with annotation tools, choose what to code, measure agreement.",
)

FormatName = Annotated[
    str,
    typer.Option(
        "--format", help="csv, doccano, inception, jsonl, label-studio, refi-qda or a plugin's."
    ),
]
CodebookFile = Annotated[
    Path | None,
    typer.Option("--codebook", metavar="FILE", help="Your own codebook (YAML); else vankien's."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace a target that exists.")]


@app.command("export")
def export_(
    out: Annotated[str, typer.Argument(help="The output folder of a run.", metavar="OUT")],
    form: FormatName,
    to: Annotated[Path, typer.Option("--to", help="The file to write.")],
    unit: Annotated[
        str | None,
        typer.Option(help="sentence or document; the first that the format knows if absent."),
    ] = None,
    number: Annotated[
        int | None, typer.Option("--n", help="A random sample of so many.", min=1)
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the sample.")] = 1,
    theme: Annotated[
        list[str] | None, typer.Option(help="Only what was given this code (repeatable).")
    ] = None,
    codebook: CodebookFile = None,
    blind: Annotated[
        bool, typer.Option("--blind", help="Do not show the coders the predictions.")
    ] = False,
    force: Force = False,
) -> None:
    """Write sentences or documents of a run, with its predictions, for an annotation tool."""
    from vankien.annotation.formats import format_named
    from vankien.annotation.from_run import run_project
    from vankien.commands.options import chosen_codebook, free_target

    entry = format_named(form)
    chosen = _unit(unit or entry.units[0])
    if chosen not in entry.units:
        detail = f"the format {form} holds {' and '.join(entry.units)}s, not {chosen}s"
        raise UsageError("V401", "unit", detail=detail)
    book = chosen_codebook(codebook)
    for code in theme or ():
        if code not in book.themes:
            raise UsageError("V401", "theme", detail=f"the codebook has no code {code!r}")
    target = free_target(to, force=force)
    project = run_project(
        vankien.open(out), unit=chosen, codebook=book, themes=theme or (), number=number,
        seed=seed, predictions=not blind,
    )  # fmt: skip
    if not project.items:
        raise UsageError("V401", out, detail=f"it has no {chosen} to export")
    files = entry.write(project, target)
    typer.echo(f"{len(project.items)} {chosen}s: {', '.join(map(str, files))}")


def _unit(name: str) -> Literal["sentence", "document"]:
    if name not in ("sentence", "document"):
        detail = f"{name!r} is no unit; they are sentence, document"
        raise UsageError("V401", "unit", detail=detail)
    return cast(Literal["sentence", "document"], name)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="What the tool exported.", metavar="FILE")],
    form: FormatName,
    to: Annotated[Path, typer.Option("--to", help="JSONL of labelled sentences to write.")],
    run: Annotated[
        str | None,
        typer.Option(metavar="OUT", help="The run that was exported; needed for documents."),
    ] = None,
    codebook: CodebookFile = None,
    annotator: Annotated[
        str | None, typer.Option(help="The coder whose work counts, where several coded.")
    ] = None,
    force: Force = False,
) -> None:
    """Read back what coders did, check it, and write labelled sentences.

    Unknown codes, marks outside their text and texts that changed are refused.
    """
    from vankien.annotation.formats import format_named
    from vankien.annotation.from_run import run_documents, run_items
    from vankien.annotation.items import check_returned, code_entries
    from vankien.annotation.labelled import by_one_coder, labelled_rows, write_labelled
    from vankien.commands.options import chosen_codebook, free_target

    codes = code_entries(chosen_codebook(codebook))
    returned = format_named(form).read(file, codes)
    originals = documents = None
    if run is not None:
        results = vankien.open(run)
        whole = {one.item.id for one in returned if one.item.sentence is None}
        documents = run_documents(results, whole)
        sentences = run_items(
            results, "sentence", (one.item.id for one in returned if one.item.id not in whole)
        )
        originals = {**{key: item for key, (item, _) in documents.items()}, **sentences}
    checked = check_returned(returned, codes=codes, originals=originals)
    rows = labelled_rows(by_one_coder(checked, annotator), codes=codes, documents=documents)
    if not rows:
        raise UsageError("V401", str(file), detail="it holds nothing that a coder has finished")
    write_labelled(rows, free_target(to, force=force))
    coded = sum(bool(row["themes"]) for row in rows)
    typer.echo(f"{len(rows)} sentences, {coded} with a code: {to}")


@app.command("suggest")
def suggest_(
    out: Annotated[str, typer.Argument(help="The output folder of a run.", metavar="OUT")],
    to: Annotated[Path, typer.Option("--to", help="The file to write.")],
    number: Annotated[int, typer.Option("--n", help="Sentences to suggest.", min=1)] = 100,
    form: Annotated[str, typer.Option("--format", help="As of annotate export.")] = "jsonl",
    model: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The model of your own themes that is to learn."),
    ] = None,
    theme: Annotated[
        list[str] | None,
        typer.Option(help="Only the uncertainty about this code counts (repeatable)."),
    ] = None,
    labelled: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Sentences labelled already (repeatable)."),
    ] = None,
    force: Force = False,
) -> None:
    """Choose the sentences of a run that are most worth labelling, and write them for coding.

    Taken are sentences of which the model is least sure, unlike each other and unlike those
    labelled already, never from duplicates (Lewis & Gale 1994; Settles 2009).
    """
    from vankien.annotation.formats import format_named
    from vankien.annotation.suggest import suggest
    from vankien.commands.options import free_target
    from vankien.tagging.schemes import load_scheme, own_scheme
    from vankien.training.labelled import read_labelled

    entry = format_named(form)
    if "sentence" not in entry.units:
        raise UsageError("V401", "format", detail=f"the format {form} holds no single sentences")
    scheme = own_scheme() if model is None else load_scheme(model.resolve())
    for code in theme or ():
        if code not in scheme.codebook.themes:
            raise UsageError("V401", "theme", detail=f"the codebook has no code {code!r}")
    texts = [
        one.sentence.text for path in labelled or () for one in read_labelled(path, scheme.codebook)
    ]
    target = free_target(to, force=force)
    project = suggest(vankien.open(out), scheme, number=number, themes=theme or (), labelled=texts)
    files = entry.write(project, target)
    typer.echo(f"{len(project.items)} sentences: {', '.join(map(str, files))}")


@app.command("agreement")
def agreement_(
    files: Annotated[
        list[Path], typer.Argument(help="Labelled sentences, a file a coder.", metavar="FILE...")
    ],
    codebook: CodebookFile = None,
    resamples: Annotated[int, typer.Option(help="Bootstrap resamples.", min=10)] = 1000,
) -> None:
    """Say how well coders agree: Cohen's kappa and Krippendorff's alpha, by code and group."""
    from vankien.annotation.agreement import agreement
    from vankien.commands.options import chosen_codebook
    from vankien.display.terminal import print_agreement
    from vankien.training.labelled import read_labelled

    if len(files) < 2:
        raise UsageError("V401", "agreement", detail="give two files at least, one a coder")
    book = chosen_codebook(codebook)
    texts: dict[str, tuple[str, Path]] = {}
    coders: list[dict[str, list[str]]] = []
    for path in files:
        coded = {}
        for one in read_labelled(path, book):
            sentence = one.sentence
            text, first = texts.setdefault(sentence.id, (sentence.text, path))
            if text != sentence.text:
                detail = f"{sentence.id} has another text than in {first}"
                raise UsageError("V401", one.place, detail=detail)
            coded[sentence.id] = sentence.themes
        coders.append(coded)
    found = agreement(coders, book, resamples=resamples)
    if not found[0].n:
        detail = "they hold no sentence that two coders coded; ids must be the same"
        raise UsageError("V401", "agreement", detail=detail)
    print_agreement(found, [path.stem for path in files])


def register(main: Any) -> None:
    """Take the group into the command line."""
    main.add_typer(app, name="annotate")
