"""Plain HTML for notebooks: escaped text, small tables, lists of what is known.

Objects show themselves with these (``_repr_html_``); nothing of a document is ever markup.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["Element", "element", "facts", "grid", "shown"]

LONG = 400
"""Characters of a value that a table of facts shows."""


class Element(str):
    """Text that is HTML already; everything else is escaped."""

    __slots__ = ()


def element(tag: str, *children: object, **attributes: str) -> Element:
    """Return an HTML element; children that are no :class:`Element` are escaped.

    >>> element("b", "a < b")
    '<b>a &lt; b</b>'
    """
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(value)}"'
        for name, value in attributes.items()
    )
    return Element(f"<{tag}{given}>{''.join(map(_inner, children))}</{tag}>")


def _inner(child: object) -> str:
    return child if isinstance(child, Element) else html.escape(str(child))


def shown(value: object) -> str:
    """Return a value as a reader sees it: lists joined, nothing for None, long texts cut."""
    if value is None:
        return ""
    if isinstance(value, Element):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return "; ".join(shown(part) for part in value)
    text = str(value)
    return text if len(text) <= LONG else text[: LONG - 1] + "…"


def facts(title: object, values: Mapping[str, Any], *more: object) -> Element:
    """Return a titled table of names and values; what is empty is left out."""
    rows = [
        element("tr", element("th", name, style="text-align:left"),
                element("td", value if isinstance(value, Element) else shown(value),
                        style="text-align:left"))
        for name, value in values.items()
        if value not in (None, "", (), [], {})
    ]  # fmt: skip
    return element("div", element("p", element("b", title)), element("table", *rows), *more)


def grid(head: Sequence[object], rows: Iterable[Sequence[object]]) -> Element:
    """Return a table with a line of headings."""
    return element(
        "table",
        element("thead", element("tr", *(element("th", name) for name in head))),
        element(
            "tbody",
            *(
                element(
                    "tr",
                    *(
                        element(
                            "td",
                            value if isinstance(value, Element) else shown(value),
                            style="text-align:left",
                        )
                        for value in row
                    ),
                )
                for row in rows
            ),
        ),
    )
