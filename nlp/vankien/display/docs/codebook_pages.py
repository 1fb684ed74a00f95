"""Pages of the codebook, generated from its YAML: definition, source, cues, examples.

The coding guide that people read and the rules that the program runs are the same files, so
they cannot drift.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vankien.codebook import (
    Cue,
    Exclusion,
    Frame,
    Indicator,
    Role,
    Theme,
    load_codebook,
    load_examples,
)
from vankien.errors import CodebookError
from vankien.markup import Element, element, grid
from vankien.resources import codebook_dir

__all__ = ["codebook_index", "entry_pages"]

Entry = Theme | Role | Indicator


def entry_pages() -> dict[str, tuple[str, Element]]:
    """Return a page for each code: code -> (title, body), themes first."""
    examples = _examples()
    return {
        entry.code: (f"{entry.code}: {entry.name_en}", _page(entry, examples.get(entry.code, {})))
        for entry in _entries()
    }


def codebook_index() -> Element:
    """Return the list of all codes, by kind, each with a link to its page."""
    book = load_codebook()
    parts: list[Element] = [
        element("h1", f"Codebook {book.version}"),
        element("p", "Codes describe what a document says; none describes a person. The "
                     "manifestations follow the content and order of Resolution 04-NQ/TW of "
                     "30 October 2016."),
    ]  # fmt: skip
    for title, family in (
        ("Themes", book.themes), ("Roles", book.roles), ("Indicators", book.indicators),
    ):  # fmt: skip
        entries: Iterable[Any] = family.values()
        rows = [
            (element("a", e.code, href=f"{e.code}.html"), e.name_vi, e.name_en) for e in entries
        ]
        parts += [element("h2", f"{title} ({len(rows)})"),
                  grid(("code", "Vietnamese", "English"), rows)]  # fmt: skip
    return element("div", *parts)


def _entries() -> list[Entry]:
    book = load_codebook()
    return [*book.themes.values(), *book.roles.values(), *book.indicators.values()]


def _examples() -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    folder = codebook_dir()
    for path in (*sorted(folder.glob("themes/*.yaml")), *sorted(folder.glob("indicators/*.yaml")),
                 folder / "roles.yaml"):  # fmt: skip
        try:
            found.update(load_examples(path))
        except CodebookError as error:
            # A family file without a second document has no examples to show.
            if "has no document" not in error.detail:
                raise
    return found


def _page(entry: Entry, examples: Mapping[str, Any]) -> Element:
    parts: list[Element] = [
        element("h1", element("code", entry.code), " ", entry.name_en),
        element("p", entry.name_vi, class_="vietnamese", lang="vi"),
        element("h2", "Definition"),
        element("p", entry.definition_en),
        element("p", entry.definition_vi, lang="vi"),
    ]
    if isinstance(entry, Theme):
        parts += _theme(entry)
    elif isinstance(entry, Indicator):
        parts += _indicator(entry)
    else:
        parts += [*_words("Headings", entry.headings), *_words("Openings", entry.openings),
                  *_words("Cues", entry.cues), *_words("Not", entry.not_),
                  *_exclusions("Easily confused", entry.confusions)]  # fmt: skip
    parts += _shown("Examples", examples.get("positive", examples.get("examples", ())))
    parts += _shown(
        "Counterexamples", examples.get("negative", examples.get("counterexamples", ()))
    )
    return element("article", *parts)


def _theme(theme: Theme) -> list[Element]:
    book = load_codebook()
    members = [code for code, other in book.themes.items() if other.parent == theme.code]
    strong = [cue for cue in theme.cues if cue.strong]
    weak = [cue for cue in theme.cues if not cue.strong]
    return [
        *_source(theme.source),
        *(_codes("Group", [theme.parent]) if theme.parent else []),
        *_codes("Codes of this group", members),
        *_words("Includes", theme.includes),
        *_exclusions("Excludes", theme.excludes),
        *_cues("Strong cues (alone they nearly always give the code)", strong),
        *_cues("Weak cues (the context decides)", weak),
        *_words("Phrases that void a cue", theme.not_),
        *_words("Phrases that void the code in their sentence", theme.veto),
        *_codes("Weak cues count only beside", theme.ties),
    ]


def _indicator(indicator: Indicator) -> list[Element]:
    kind = {"stock": "stock: a number at a point in time", "flow": "flow: a number of a period"}
    return [
        *_source(indicator.source),
        element("h2", "Figure"),
        grid(
            ("unit", "kind", "measures", "dimensions"),
            [(indicator.unit, kind[indicator.kind], indicator.measures, indicator.dimensions)],
        ),
        element("h2", "How documents write it"),
        *(_frame(number, frame) for number, frame in enumerate(indicator.frames, 1)),
        *_words("Phrases that exclude it", indicator.not_),
        *_exclusions("Easily confused", indicator.confusions),
        *_codes("Divides the figures of", indicator.within),
    ]


def _frame(number: int, frame: Frame) -> Element:
    names = (("counted noun", frame.heads), ("governing words", frame.triggers),
             ("words beside the noun", frame.qualifiers), ("subjects", frame.subjects),
             ("not", frame.not_))  # fmt: skip
    # An element is shown whole, where a plain text would be cut.
    rows = [(name, element("span", ", ".join(words), lang="vi")) for name, words in names if words]
    return element("div", element("h3", f"Form {number}"), grid(("part", "words"), rows))


def _source(source: str) -> list[Element]:
    return [element("p", "Source: ", element("span", source, lang="vi"), class_="source")]


def _words(title: str, words: Iterable[str]) -> list[Element]:
    items = [element("li", word) for word in words]
    return [element("h2", title), element("ul", *items, lang="vi")] if items else []


def _cues(title: str, cues: Iterable[Cue]) -> list[Element]:
    items = [
        element("li", cue.text, f" (also {', '.join(cue.also)})" if cue.also else "")
        for cue in cues
    ]
    return [element("h2", title), element("ul", *items, class_="cues", lang="vi")] if items else []


def _codes(title: str, codes: Iterable[str]) -> list[Element]:
    items = [element("li", element("a", code, href=f"{code}.html")) for code in codes]
    return [element("h2", title), element("ul", *items)] if items else []


def _exclusions(title: str, exclusions: Iterable[Exclusion]) -> list[Element]:
    items = []
    for one in exclusions:
        see = [" → ", element("a", one.see, href=f"{one.see}.html")] if one.see else []
        items.append(element("li", one.text, *see))
    return [element("h2", title), element("ul", *items, lang="vi")] if items else []


def _shown(title: str, examples: Iterable[Any]) -> list[Element]:
    """Return examples as quotations; marks of indicators become highlights with their values."""
    items = []
    for example in examples:
        if isinstance(example, str):
            items.append(element("li", *_marks(example)))
            continue
        codes = ", ".join(example.get("themes", ()))
        why = example.get("why")
        notes = [element("small", f" {note}") for note in (codes, why) if note]
        items.append(element("li", example["text"], *notes))
    return (
        [element("h2", title), element("ul", *items, class_="examples", lang="vi")] if items else []
    )


def _marks(text: str) -> list[Element | str]:
    pieces: list[Element | str] = []
    rest = text
    while "[" in rest:
        before, _, after = rest.partition("[")
        inside, _, rest = after.partition("]")
        surface, _, record = inside.partition("|")
        pieces += [before, element("mark", surface), element("small", f" {record}")]
    return [*pieces, rest]
