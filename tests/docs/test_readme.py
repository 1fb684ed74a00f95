"""What the README shows works: its Python runs, its commands exist."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import vankien

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def _blocks(heading: str) -> str:
    """The indented code of one section of the README."""
    section = README.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line[4:] for line in section.splitlines() if line.startswith("    ") or not line]
    return "\n".join(lines).strip()


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "corpus").symlink_to(ROOT / "corpus")
    monkeypatch.chdir(tmp_path)
    code = _blocks("Python")
    assert "vankien.extract" in code
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)  # noqa: S102 - our own page
    assert len(names["doc"].spans["indicators"]) >= 5  # type: ignore[attr-defined]
    assert (tmp_path / "results" / "run.json").is_file()


def test_the_commands_of_the_readme_exist() -> None:
    commands = re.findall(r"^ {4}vankien (\w+)", README, re.MULTILINE)
    assert {"extract", "info", "read", "evaluate"} <= set(commands)
    for command in sorted(set(commands)):
        shown = subprocess.run(
            [sys.executable, "-m", "vankien", command, "--help"], capture_output=True, text=True
        )
        assert shown.returncode == 0, shown.stderr
        assert len(shown.stdout.splitlines()) > 4


def test_the_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^ {4}make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def _modules() -> list[str]:
    return [
        m.name
        for m in pkgutil.walk_packages(vankien.__path__, "vankien.")
        if m.name != "vankien.__main__"
    ]


@pytest.mark.parametrize("name", _modules())
def test_examples_in_docstrings(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0
    assert module.__doc__, "a module says what it is for"
