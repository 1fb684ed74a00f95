"""The documentation: every code has its page, every link its place, every how-to runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import lxml.html
import pytest

import vankien
from vankien.codebook import load_codebook
from vankien.display.docs.__main__ import main
from vankien.display.docs.build import build, how_to, reference
from vankien.errors import OutputError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("docs") / "docs", api=False).folder


def test_every_link_has_its_place(pages: Path) -> None:
    links = 0
    for page in pages.rglob("*.html"):
        tree = lxml.html.fromstring(page.read_text("utf-8"))
        for href in tree.xpath("//@href | //@src"):
            assert not href.startswith("http"), "the documentation needs no network"
            assert (page.parent / href.partition("#")[0]).is_file(), f"{page.name}: {href}"
            links += 1
    assert links > 800


def test_every_code_has_its_page(pages: Path) -> None:
    book = load_codebook()
    entries = [*book.themes.values(), *book.roles.values(), *book.indicators.values()]
    for entry in entries:
        text = lxml.html.fromstring(
            (pages / "codebook" / f"{entry.code}.html").read_text("utf-8")
        ).text_content()
        assert entry.definition_vi in text and entry.definition_en in text
        assert entry.name_vi in text and entry.name_en in text
        assert "Examples" in text
        for frame in getattr(entry, "frames", ()):
            assert all(word in text for word in (*frame.heads, *frame.triggers, *frame.not_))
        for cue in getattr(entry, "cues", ()):
            assert getattr(cue, "text", cue) in text, "nothing is cut"
        if hasattr(entry, "source"):
            assert entry.source in text
    index = (pages / "codebook" / "index.html").read_text("utf-8")
    assert all(f'href="{entry.code}.html"' in index for entry in entries)


def test_examples_and_cues_stand_on_the_page(pages: Path) -> None:
    theme = (pages / "codebook" / "SUYTHOAI-TT.5.html").read_text("utf-8")
    assert "<li>nể nang</li>" in theme and 'href="SUYTHOAI-TT.html"' in theme
    figure = lxml.html.fromstring((pages / "codebook" / "orgs.cells.html").read_text("utf-8"))
    marks = figure.xpath("//mark/text()")
    assert "6 chi bộ kiểu mẫu" in marks
    assert "Counterexamples" in figure.text_content() and "|" not in "".join(marks)


@pytest.mark.parametrize("name", sorted(how_to()))
def test_a_how_to_runs(
    name: str, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = how_to()[name]
    (tmp_path / "corpus").symlink_to(ROOT / "corpus")
    (tmp_path / "results").symlink_to(out)
    monkeypatch.chdir(tmp_path)
    code = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    exec(compile(code, name, "exec"), {})  # noqa: S102 - our own page
    assert re.match(r"# \w", text)


def test_commands_of_the_how_tos_exist() -> None:
    calls = {
        tuple(words)
        for text in how_to().values()
        for line in re.findall(r"^ {4}vankien (.+)$", text, re.MULTILINE)
        for words in [line.split()[: 2 if line.startswith("annotate") else 1]]
    }
    assert len(calls) >= 9
    for call in sorted(calls):
        shown = subprocess.run(
            [sys.executable, "-m", "vankien", *call, "--help"], capture_output=True, text=True
        )
        assert shown.returncode == 0, shown.stderr
        for text in how_to().values():
            for line in re.findall(rf"^ {{4}}vankien {' '.join(call)} (.+)$", text, re.MULTILINE):
                for option in re.findall(r"--[a-z-]+", line):
                    assert option in shown.stdout, f"{' '.join(call)} has no {option}"


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputError) as caught:
        build(tmp_path, api=False)
    assert caught.value.code == "V203" and (tmp_path / "mine.txt").exists()
    first = build(tmp_path / "docs", api=False)
    assert build(tmp_path / "docs", api=False).pages == first.pages, "it may be written again"


def test_the_reference_says_nothing_of_this_machine(tmp_path: Path) -> None:
    reference(tmp_path, ["vankien.results.panel", "vankien.display.report"])
    panel = (tmp_path / "vankien" / "results" / "panel.html").read_text("utf-8")
    assert "as_of_reported" in panel
    here = str(Path(vankien.__file__).parents[1])
    for page in (*tmp_path.rglob("*.html"), *tmp_path.rglob("*.js")):
        text = page.read_text("utf-8")
        assert here not in text
        assert not re.search(r"<(script|link|img)[^>]+(src|href)=.?https?:", text)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--no-api", str(tmp_path / "docs")]) == 0
    assert "pages" in capsys.readouterr().out
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mine.txt").write_text("mine")
    assert main(["--no-api", str(tmp_path / "mine")]) == 2
    assert "[V203]" in capsys.readouterr().err
    assert main([]) == 2 and "usage" in capsys.readouterr().err
