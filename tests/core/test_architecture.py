"""The house rules that a reader of the code relies on: floors, sizes, no hidden loads."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "nlp" / "vankien"
MODULES = sorted(PACKAGE.rglob("*.py"))

FLOORS = {
    "errors": 0, "markup": 0, "resources": 0.1, "normalise": 0.1, "documents": 0.1,
    "strict_yaml": 0.1, "plain_yaml": 0.1, "gates": 0.1, "records": 0.2, "codebook": 0.2,
    "own_codebook": 0.3,
    "quantities": 1, "gazetteer": 1,
    "reading": 2, "language": 2, "collection": 2.5,
    "tagging": 3, "analysis": 3.5, "evaluation": 3.7, "training": 3.8, "annotation": 3.9,
    "pipeline": 4,
    "batch": 5, "results": 5.5, "export": 5.6,
    "display": 6, "commands": 6.5, "cli": 7,
}  # fmt: skip
"""Floor of each module or package of ``vankien``; an import may only go down or stay."""

MAX_LINES = 500


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: Path) -> set[str]:
    """Rooms of vankien that a module imports at run time (not under TYPE_CHECKING)."""
    tree = ast.parse(path.read_text("utf-8"))
    hidden: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            hidden.update(id(inner) for inner in ast.walk(node))
    rooms: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        for name in names:
            parts = name.split(".")
            if parts[0] == "vankien" and len(parts) > 1:
                rooms.add(parts[1])
    return rooms


def test_every_room_has_a_floor() -> None:
    rooms = {_room(path) for path in MODULES} - {"__init__", "__main__"}
    assert rooms <= FLOORS.keys()


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_go_down(path: Path) -> None:
    room = _room(path)
    if room in ("__init__", "__main__"):
        return
    for other in _imports(path) - {room}:
        assert FLOORS[other] < FLOORS[room], f"{room} imports {other}, which is not below it"


def test_the_import_reader_sees_an_upward_arrow(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("def f():\n    from vankien.batch.run import extract\n    return extract\n")
    assert _imports(bad) == {"batch"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_a_module_has_one_job(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    assert not re.search(r"\b(pickle|marshal|shelve)\b(?!\W*(?:is|are|no|of))\.\w", text)
    assert not re.search(r"(?<![\w.])(?:eval|exec)\(", text)


def test_import_of_the_package_is_cheap() -> None:
    heavy = ("spacy", "numpy", "pandas", "pyarrow", "sklearn", "underthesea", "duckdb", "rich")
    code = f"import sys, vankien\nprint([m for m in {heavy!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
