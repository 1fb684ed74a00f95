"""Build the notebooks from ``sources/*.py``; ``--check`` exits 1 where one differs.

A source is a Python file in the percent format: ``# %%`` begins a cell of code, ``# %% [markdown]``
one of text, whose lines are comments.  Notebooks are kept without outputs: the tests run them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import nbformat

FOLDER = Path(__file__).resolve().parent


def built(source: Path) -> str:
    """Return the notebook of a source, as JSON."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(source.read_text("utf-8").split("# %%")[1:]):
        kind, _, body = cell.partition("\n")
        if kind.strip() == "[markdown]":
            lines = [line.removeprefix("#").removeprefix(" ") for line in body.strip().split("\n")]
            made = nbformat.v4.new_markdown_cell("\n".join(lines))
        else:
            made = nbformat.v4.new_code_cell(body.strip())
        made.id = f"{source.stem[:2]}-{number:02d}"  # the same source gives the same bytes
        notebook.cells.append(made)
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def main() -> int:
    """Build or check every notebook."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    differing = []
    for source in sorted((FOLDER / "sources").glob("*.py")):
        target, text = FOLDER / f"{source.stem}.ipynb", built(source)
        if check and (not target.exists() or target.read_text("utf-8") != text):
            differing.append(target.name)
        elif not check:
            target.write_text(text, "utf-8")
    if differing:
        print("not as their sources:", ", ".join(differing))
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
