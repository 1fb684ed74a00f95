"""Compare the installed wheel with the checkout: same documents in, same records out.

Usage: python tests/wheel_check.py FOLDER COMMAND, where FOLDER/env holds an environment in
which only the wheel is installed and COMMAND is the checkout's ``vankien``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq

TABLES = ("documents", "sentences", "themes", "indicators", "references", "tables", "errors")
DOCUMENTS = Path(__file__).resolve().parents[1] / "corpus" / "documents"
MEMBERS = ("corpus/codebook/roles.yaml", "models/README.md")


def _run(command: Path, out: Path, folder: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL"))}
    inputs = sorted(str(p) for p in DOCUMENTS.glob("*") if p.suffix in {".txt", ".html", ".docx"})
    if not inputs:
        raise SystemExit("there are no documents to compare with")
    subprocess.run(
        [str(command), "extract", *inputs, "--out", str(out), "--quiet"],
        check=True,
        cwd=folder,
        env=environment,
        capture_output=True,
    )


def main() -> None:
    """Run both, compare every table, and say so in one line."""
    away, here = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    python = away / "env" / "bin" / "python"
    place = subprocess.run(
        [str(python), "-c", "import vankien; print(vankien.__file__)"],
        check=True,
        cwd=away,
        capture_output=True,
        text=True,
    ).stdout.strip()
    if not Path(place).is_relative_to(away):
        raise SystemExit(f"the wheel's environment imports vankien from {place}")
    for member in MEMBERS:
        if not (Path(place).parent / "_data" / member).is_file():
            raise SystemExit(f"the wheel does not hold {member}")
    _run(away / "env" / "bin" / "vankien", away / "wheel", away)
    _run(here, away / "checkout", away)
    rows = 0
    for table in TABLES:
        first, second = (pq.read_table(away / run / table) for run in ("wheel", "checkout"))
        if not first.equals(second):
            raise SystemExit(f"the wheel and the checkout differ in the table {table}")
        rows += first.num_rows
    print(f"the wheel gives the {rows:,} rows that the checkout gives")


if __name__ == "__main__":
    main()
