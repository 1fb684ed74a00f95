"""The README of a replication package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from vankien.records import TABLES

__all__ = ["HEADINGS", "PackageFacts", "readme"]

HEADINGS = (
    "Overview",
    "Data availability and provenance",
    "Dataset list",
    "Computational requirements",
    "Description of programs",
    "Instructions to replicators",
    "List of tables",
    "Codebook",
    "References",
)
"""Headings of the template of the Social Science Data Editors, which APSR, AJPS and PS use."""

MEANINGS = {
    "documents": "one row a document: metadata and quality",
    "sentences": "one row a sentence: offsets, part, role",
    "themes": "one row a theme of a sentence or document",
    "indicators": "one row a figure: value, unit, indicator, period, place",
    "references": "one row a mention of a document",
    "tables": "one row a cell of a table",
    "errors": "one row an input that could not be read",
}


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """What the README tells of a package."""

    title: str
    with_text: bool
    counts: dict[str, int]
    first: date | None
    last: date | None
    sources: list[tuple[str, int]]
    run: dict[str, Any]
    versions: dict[str, str]
    panels: tuple[tuple[str, int, str], ...]
    n_bytes: int


def readme(facts: PackageFacts) -> str:
    """Return the README in Markdown; what only the authors know is asked for in brackets."""
    sections = {
        "Overview": _overview(facts),
        "Data availability and provenance": _provenance(facts),
        "Dataset list": _datasets(facts),
        "Computational requirements": _requirements(facts),
        "Description of programs": _programs(),
        "Instructions to replicators": _instructions(facts),
        "List of tables": _tables(facts),
        "Codebook": _codebook(),
        "References": _references(facts),
    }
    body = "\n\n".join(f"## {heading}\n\n{sections[heading]}" for heading in HEADINGS)
    return f"# {facts.title}\n\n{body}\n"


def _overview(facts: PackageFacts) -> str:
    dates = f", published {facts.first} to {facts.last}" if facts.first else ""
    texts = (
        "The clean texts are included."
        if facts.with_text
        else "The texts are not included: `texts.csv` holds their SHA-256 and lengths, and every "
        "record keeps its offsets."
    )
    return (
        f"This package holds what vankien {facts.versions['vankien']} extracted from "
        f"{facts.counts['documents']:,} documents{dates}: {facts.counts['sentences']:,} "
        f"sentences with their roles, {facts.counts['themes']:,} themes, "
        f"{facts.counts['indicators']:,} figures and {facts.counts['references']:,} references. "
        f"{texts}\n\n[Authors, title of the article, journal, and what the package reproduces.]"
    )


def _provenance(facts: PackageFacts) -> str:
    rows = "\n".join(f"| {_cell(name)} | {number:,} |" for name, number in facts.sources)
    rights = (
        "Texts are included; the authors state that they may redistribute them. [Say why.]"
        if facts.with_text
        else "Texts are their authors' and publishers'. They are not redistributed; short "
        "quotations (figures with their units, names of documents, cue phrases) remain."
    )
    return (
        f"Sources of the documents (publisher, or issuer of an official document):\n\n"
        f"| source | documents |\n|---|---:|\n{rows}\n\n"
        f"`texts.csv` names the file or address of each document and the SHA-256 of its bytes. "
        f"[How and when the documents were obtained, and how others can obtain them.]\n\n"
        f"Statement about rights: {rights} Values are as reported by the documents; codes "
        f"describe what a document says and never assess a person."
    )


def _datasets(facts: PackageFacts) -> str:
    rows = [
        f"| `results/{table}/`, `csv/{table}.csv` | {MEANINGS[table]} | "
        f"{facts.counts[table]:,} | yes |"
        for table in TABLES
    ]
    rows.append(
        f"| `texts.csv` | identity, hash and length of each text | "
        f"{facts.counts['documents']:,} | yes |"
    )
    rows += [f"| `panels/{name}.csv` | panel of {name} | {n:,} | yes |" for name, n, _ in
             facts.panels]  # fmt: skip
    table = "\n".join(rows)
    return f"| file | contents | rows | provided |\n|---|---|---:|---|\n{table}"


def _requirements(facts: PackageFacts) -> str:
    timings = facts.run.get("timings", {})
    wall = f"{timings['wall']:,.0f} seconds" if "wall" in timings else "not recorded"
    return (
        f"- Software: Python {facts.versions['Python']}, vankien {facts.versions['vankien']}, "
        f"codebook {facts.versions['codebook']}; all packages with their versions are in "
        "`environment/requirements.txt`, the system in `environment/versions.json`.\n"
        "- Controlled randomness: none. Extraction draws no random numbers; the same documents "
        "and versions give the same records, whatever the number of workers.\n"
        f"- Memory and run time: extraction took {wall} when this run was last worked on "
        "(`results/run.json`); opening the package takes seconds and less than 1 GB.\n"
        f"- Storage: {facts.n_bytes / 1e6:,.1f} MB for this package.\n"
        "- Network: none is needed after installation."
    )


def _programs() -> str:
    return (
        "- `code/verify.py`: compares every file with `SHA256SUMS`; needs Python alone.\n"
        "- `vankien` (Python package): `vankien extract` made the tables, `vankien package` this "
        "package; `vankien.open(\"results\")` opens it.\n"
        "- [Scripts of the article, one line each: what it does, its input, its output.]"
    )  # fmt: skip


def _instructions(facts: PackageFacts) -> str:
    count = 4
    steps = [
        "1. `python code/verify.py` (or `sha256sum -c SHA256SUMS`): all files are as packaged.",
        "2. `pip install -r environment/requirements.txt`",
        "3. In Python: `import vankien; results = vankien.open(\"results\")`, then for example "
        "`results.panel(\"members.admitted\").df()`. In R: `arrow::open_dataset(\"results/"
        "indicators\")` or `read.csv(\"csv/indicators.csv\")`. In Stata: `import delimited "
        "csv/indicators.csv, encoding(utf-8)`.",
    ]  # fmt: skip
    if not facts.with_text:
        steps.append(
            f"{count}. With the documents at hand: `vankien extract DOCUMENTS --out again`, then "
            "`vankien package . --check --against again` says for how many documents the text is "
            "the same, so that all offsets hold."
        )
        count += 1
    steps.append(f"{count}. [Run the article's scripts in this order.]")
    return "\n".join(steps)


def _tables(facts: PackageFacts) -> str:
    rows = [
        f"| panel of {name} | `results.panel({name!r})` | `panels/{name}.csv` | {_cell(caption)} |"
        for name, _, caption in facts.panels
    ]
    rows.append("| [Table 1 of the article] | [script, line] | [file] | [note] |")
    return "| table or figure | program | output | rule |\n|---|---|---|---|\n" + "\n".join(rows)


def _codebook() -> str:
    return (
        "`codebook/codes.csv` lists every theme, role and indicator with names and definitions in "
        "Vietnamese and English, `codebook/columns.csv` every column of every table. "
        "`codebook/codebook/` and `codebook/gazetteer/` hold the rules and the places with which "
        "the documents were coded."
    )


def _references(facts: PackageFacts) -> str:
    return (
        f"- vankien, version {facts.versions['vankien']}, codebook {facts.versions['codebook']} "
        "[software].\n"
        "- Social Science Data Editors, Template README for social science replication packages, "
        "version 1.1, 2022. https://doi.org/10.5281/zenodo.7293838\n"
        "- [Sources of the documents, as your journal cites data.]"
    )


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
