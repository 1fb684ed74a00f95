"""Build the documentation: how-to pages, codebook pages, API reference."""

from __future__ import annotations

import pkgutil
import shutil
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import vankien
from vankien.display.docs.codebook_pages import codebook_index, entry_pages
from vankien.display.wording import asset
from vankien.errors import OutputError, UsageError
from vankien.markup import Element, element

__all__ = ["Built", "build", "how_to", "reference"]

MARK = ".vankien-docs"
"""File that marks a folder as written by this program, so that it may be written again."""

_INTRODUCTION = (
    "Clean text, themes, references and numeric indicators from Vietnamese Party documents and "
    "news: what a document reports, as tables that a researcher can count, plot and cite."
)


@dataclass(frozen=True, slots=True)
class Built:
    """What was written: where, and how many pages."""

    folder: Path
    pages: int


def how_to() -> dict[str, str]:
    """Return the how-to pages: name of the file without ending -> Markdown, in order."""
    folder = files("vankien.display.docs")
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".md"))
    return {name.removesuffix(".md"): (folder / name).read_text("utf-8") for name in names}


def build(folder: str | Path, *, api: bool = True) -> Built:
    """Write the documentation into a folder, which is made or made anew.

    ``api=False`` leaves the API reference out.  Raises UsageError (V401) where pdoc is not
    installed, OutputError where the folder holds something else (V203) or cannot be written
    (V202).
    """
    render = _markdown()
    target = Path(folder)
    if target.exists() and any(target.iterdir()) and not (target / MARK).is_file():
        raise OutputError("V203", str(folder))
    try:
        if target.exists():
            shutil.rmtree(target)
        for part in ("how-to", "codebook"):
            (target / part).mkdir(parents=True)
        (target / MARK).write_text("", "utf-8")
        (target / "docs.css").write_text(asset("docs.css"), "utf-8")
        links = []
        for name, text in how_to().items():
            title = text.partition("\n")[0].removeprefix("# ")
            body = Element(render(text))
            (target / "how-to" / f"{name}.html").write_text(_page(title, body, depth=1), "utf-8")
            links.append(_link(f"how-to/{name}.html", title))
        for code, (title, body) in entry_pages().items():
            path = target / "codebook" / f"{code}.html"
            path.write_text(_page(title, body, depth=1), "utf-8")
        (target / "codebook" / "index.html").write_text(
            _page("The codebook", codebook_index(), depth=1), "utf-8"
        )
        (target / "index.html").write_text(_index(links, api=api), "utf-8")
        if api:
            reference(target / "api", _modules())
    except OSError as error:
        raise OutputError("V202", str(folder), detail=error.strerror or str(error)) from error
    return Built(target, sum(1 for _ in target.rglob("*.html")))


def _markdown() -> Any:
    """Return the function that turns Markdown into HTML: pdoc's own, as in the reference."""
    try:
        from pdoc.render_helpers import to_html
    except ImportError as error:
        detail = "the package pdoc is not installed; pip install pdoc"
        raise UsageError("V401", "docs", detail=detail) from error
    return to_html


def _link(href: str, words: str) -> Element:
    return element("li", element("a", words, href=href))


def _index(links: list[Element], *, api: bool) -> str:
    parts = [
        element("h1", f"vankien {vankien.__version__}"),
        element("p", _INTRODUCTION),
        element("h2", "How to"),
        element("ul", *links),
        element("h2", "Reference"),
        element(
            "ul",
            _link("codebook/index.html", "The codebook: every theme, role and indicator"),
            *([_link("api/index.html", "The API, from the docstrings")] if api else []),
        ),
    ]
    return _page("vankien", element("div", *parts), depth=0)


def _page(title: str, body: Element, *, depth: int) -> str:
    up = "../" * depth
    home = element("nav", element("a", "vankien", href=f"{up}index.html"), " · ",
                   element("a", "codebook", href=f"{up}codebook/index.html"))  # fmt: skip
    main = element("main", home, body)
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{element('title', title)}"
    )
    return (
        f'<!doctype html><html lang="en"><head>{head}'
        f'<link rel="stylesheet" href="{up}docs.css"></head><body>{main}</body></html>'
    )


def _modules() -> list[str]:
    found = [module.name for module in pkgutil.walk_packages(vankien.__path__, "vankien.")]
    return ["vankien", *(name for name in found if not name.rpartition(".")[2].startswith("_"))]


def reference(folder: Path, names: Sequence[str]) -> None:
    """Write the API reference of modules by pdoc, without the paths of this installation."""
    import pdoc

    pdoc.render.configure(docformat="restructuredtext", search=True, show_source=False)
    with warnings.catch_warnings():
        # A package is named once for itself and once more for each of its modules; the names of
        # the package itself are loaded on first use; an annotation that pdoc cannot evaluate is
        # shown as it is written.
        for known in ("adds a module named", "but it does not resolve", "Error parsing type"):
            warnings.filterwarnings("ignore", message=f".*{known}", category=UserWarning)
        pdoc.pdoc(*names, output_directory=folder)
    for page in (*folder.rglob("*.html"), *folder.rglob("*.js")):
        text = page.read_text("utf-8")
        # Where this installation lies, which a default may show, is nobody's business.
        cleaned = text.replace(str(Path(vankien.__file__).parents[1]), "…")
        if cleaned != text:
            page.write_text(cleaned, "utf-8")
