"""Every notebook is as its source and runs, in a kernel of its own, in the order of the cells."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.collection.made import Made

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
NAMES = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
CELL_SECONDS = 120
"""A cell that hangs fails the test; the notebooks as a whole take seconds to half a minute."""


def test_notebooks_are_as_their_sources() -> None:
    assert len(NAMES) == 5
    assert NAMES == sorted(path.stem for path in (NOTEBOOKS / "sources").glob("*.py"))
    done = subprocess.run(
        [sys.executable, str(NOTEBOOKS / "build.py"), "--check"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs(
    name: str, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The kernel imports the package under test; it works beside the collection made once.
    package = Path(__file__).resolve().parents[2] / "nlp"
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(package), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    (tmp_path / "collection").symlink_to(made.folder, target_is_directory=True)
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "kept without outputs"
    NotebookClient(
        notebook, timeout=CELL_SECONDS, kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    ).execute()  # fmt: skip
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    shown = [output for cell in code for output in cell.outputs]
    assert len(shown) > 5
    assert not [o for o in shown if o.output_type == "stream" and o.name == "stderr"], "warnings"
    if name[:2] in ("02", "03"):
        assert sum("image/svg+xml" in o.get("data", {}) for o in shown) >= 3
