"""The tables of a model card, made of the metrics; the words around them are a person's.

The tables stand between the lines ``<!-- metrics -->`` and ``<!-- /metrics -->``; training
rewrites what is between, and leaves the rest as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vankien.codebook import Codebook
from vankien.training.recipe import Recipe

__all__ = ["metrics_tables", "new_card", "write_tables"]

BEGIN, END = "<!-- metrics -->", "<!-- /metrics -->"


def metrics_tables(metrics: Mapping[str, Any]) -> str:
    """Return the metrics as Markdown: a table of the whole, one of every code, calibration."""
    sizes = ", ".join(f"{name} {n:,}" for name, n in metrics["sentences"].items())
    lines = [
        f"Split `{metrics['split']}` of the gold, scored through the whole pipeline; intervals "
        "are 95 % of bootstrap",
        f"resamples of sentences. Sentences: {sizes}. Expected calibration error "
        f"{metrics['calibration_error']:.3f}.",
        "",
        *_table("measure", metrics["summary"]),
        "",
        *_table("code", metrics["codes"]),
    ]
    return "\n".join(lines) + "\n"


def _table(name: str, scores: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = [f"| {name} | n | precision | recall | F1 | interval |", "|---|--:|--:|--:|--:|---|"]
    for one in scores:
        lines.append(
            f"| {one['name']} | {one['n']:,} | {one['precision']:.3f} | {one['recall']:.3f} "
            f"| {one['f1']:.3f} | {one['low']:.3f} to {one['high']:.3f} |"
        )
    return lines


def write_tables(path: Path, metrics: Mapping[str, Any]) -> None:
    """Put the tables into a card; a card without the two lines gets them at its end."""
    text = path.read_text("utf-8")
    block = f"{BEGIN}\n{metrics_tables(metrics)}{END}\n"
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    text = before + block + after.removeprefix("\n") if begin and end else f"{text}\n{block}"
    path.write_text(text, encoding="utf-8", newline="\n")


def new_card(path: Path, recipe: Recipe, codebook: Codebook, missing: Sequence[str]) -> None:
    """Write the card of a researcher's model, with what only the researcher knows left to fill.

    ``missing`` are codes that no training sentence carries.
    """
    codes = "\n".join(
        f"- `{theme.code}` {theme.name_en or theme.name_vi}: "
        f"{theme.definition_en or theme.definition_vi}"
        for theme in codebook.themes.values()
    )
    never = f"\nNever given, for want of training sentences: {', '.join(missing)}.\n"
    path.write_text(
        f"""# {codebook.version}: themes {recipe.version}

{recipe.description}

One linear support vector machine a code over syllable n-grams, the heading and the codebook's
cues; probabilities by Platt's sigmoid on scores out of fold; a threshold a code chosen on dev.

## Codes
{codes}
{never if missing else ""}
## Use
- **Intended use**: coding sentences of documents by what they speak of.
- **Out of scope**: scoring or profiling persons, moderation of citizens' speech, any judgement
  of whether what a text says is true.
- **Data**: `gold/` in this folder. Who wrote and coded the sentences, from which sources, under
  which licence, and how well two coders agree, is for the makers of the codebook to state here.

## Scores
""",
        encoding="utf-8",
        newline="\n",
    )
