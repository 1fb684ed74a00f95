"""What a DOCX keeps outside the text: styles, outline levels, and numbers of lists.

Rules: ECMA-376 Part 1, 17.9 (numbering) and 17.7 (styles).  Pictures as bullets and
numbering of languages other than Vietnamese and English give a dash or plain figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from vankien.reading.wording import page_words

__all__ = ["Numbering", "ParagraphProperties", "Styles", "attribute", "child", "local_name"]

MAX_BASES = 20
"""Longest chain of styles based on one another; a longer one is a loop."""

MAX_DEPTH = 9
_PLACE = re.compile(r"%(\d)")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
          (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def local_name(element: Any) -> str:
    """Return an element's name without its namespace ('' for comments)."""
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def child(element: Any, name: str) -> Any:
    """Return the first child of a name, or None (also of None)."""
    if element is None:
        return None
    return next((node for node in element if local_name(node) == name), None)


def attribute(element: Any, name: str) -> str | None:
    """Return an attribute by its name without namespace, or None (also of None)."""
    if element is None:
        return None
    for key, value in element.attrib.items():
        if key.rsplit("}", 1)[-1] == name:
            return str(value)
    return None


@dataclass(frozen=True, slots=True)
class ParagraphProperties:
    """Heading level (1 is the outermost), list number and depth; None where there is none."""

    level: int | None = None
    number: str | None = None
    depth: int = 0


class Styles:
    """The styles of a document.

    Not a dataclass: it indexes the part once and remembers what styles inherit.
    """

    def __init__(self, root: Any) -> None:
        self._styles = {attribute(s, "styleId"): s for s in root if local_name(s) == "style"}
        self._default = next(
            (
                key
                for key, style in self._styles.items()
                if attribute(style, "type") == "paragraph" and attribute(style, "default")
            ),
            None,
        )
        self._known: dict[str | None, ParagraphProperties] = {}

    def paragraph(self, element: Any) -> ParagraphProperties:
        """Return the properties of a paragraph: its own, else those of its style."""
        own = child(element, "pPr")
        style = self._style(attribute(child(own, "pStyle"), "val") or self._default)
        if own is None:
            return style
        level, number, depth = _read(own)
        return ParagraphProperties(
            level if level is not None else style.level,
            number if number is not None else style.number,
            depth if depth is not None else style.depth,
        )

    def _style(self, key: str | None) -> ParagraphProperties:
        if key in self._known:
            return self._known[key]
        words = page_words()
        level: int | None = None
        number: str | None = None
        depth: int | None = None
        current = key
        for _ in range(MAX_BASES):
            style = self._styles.get(current)
            if style is None:
                break
            name = (attribute(child(style, "name"), "val") or "").lower()
            heading = words.heading_style.match(name)
            found = _read(child(style, "pPr"))
            if level is None:
                level = int(heading.group(1)) if heading else found[0]
                if level is None and name in words.title_styles:
                    level = 1
            number = found[1] if number is None else number
            depth = found[2] if depth is None else depth
            current = attribute(child(style, "basedOn"), "val")
        self._known[key] = ParagraphProperties(level, number, depth or 0)
        return self._known[key]


def _read(properties: Any) -> tuple[int | None, str | None, int | None]:
    """Return outline level from 1, list number and depth of a paragraph's properties."""
    outline = attribute(child(properties, "outlineLvl"), "val")
    level = int(outline) + 1 if outline is not None and outline.isdigit() else None
    if level is not None and level > MAX_DEPTH:
        level = None  # level 10 is body text
    numbers = child(properties, "numPr")
    number = attribute(child(numbers, "numId"), "val")
    depth = attribute(child(numbers, "ilvl"), "val")
    return level, number, int(depth) if depth is not None and depth.isdigit() else None


@dataclass(frozen=True, slots=True)
class _Level:
    form: str = "decimal"
    text: str = "%1."
    start: int = 1


class Numbering:
    """Counts list items as a word processor does.

    Not a dataclass: it holds the counters, which go on through the document.
    """

    def __init__(self, root: Any) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._abstract: dict[str, str] = {}
        self._overrides: dict[tuple[str, int], int] = {}
        self._counters: dict[str, list[int | None]] = {}
        self._started: set[tuple[str, int]] = set()
        for element in root if root is not None else ():
            if local_name(element) == "abstractNum":
                self._levels[attribute(element, "abstractNumId") or ""] = _levels(element)
            elif local_name(element) == "num":
                self._add_number(element)

    def _add_number(self, element: Any) -> None:
        number = attribute(element, "numId") or ""
        self._abstract[number] = attribute(child(element, "abstractNumId"), "val") or ""
        for override in element:
            start = attribute(child(override, "startOverride"), "val")
            if start is not None and start.isdigit():
                self._overrides[number, int(attribute(override, "ilvl") or 0)] = int(start)

    def label(self, number: str | None, depth: int) -> str:
        """Count one item and return its label ("1.", "a)", "-"), '' where it has none."""
        abstract = self._abstract.get(number or "")
        levels = self._levels.get(abstract or "")
        if number is None or abstract is None or not levels or depth not in levels:
            return ""
        counters = self._counters.setdefault(abstract, [None] * (MAX_DEPTH + 1))
        first = (number, depth) in self._overrides and (number, depth) not in self._started
        if first:
            self._started.add((number, depth))
            counters[depth] = self._overrides[number, depth]
        else:
            before = counters[depth]
            counters[depth] = levels[depth].start if before is None else before + 1
        counters[depth + 1 :] = [None] * (MAX_DEPTH - depth)
        level = levels[depth]
        if level.form == "none":
            return ""
        if level.form == "bullet":
            return level.text if level.text in ("-", "–", "+", "*", "•") else "-"

        def value(match: re.Match[str]) -> str:
            place = int(match.group(1)) - 1
            count = counters[place] if place <= depth else None
            found = levels.get(place, _Level())
            return _written(count if count is not None else found.start, found.form)

        return _PLACE.sub(value, level.text).strip()


def _levels(element: Any) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for node in element:
        if local_name(node) != "lvl":
            continue
        start = attribute(child(node, "start"), "val") or "1"
        levels[int(attribute(node, "ilvl") or 0)] = _Level(
            attribute(child(node, "numFmt"), "val") or "decimal",
            attribute(child(node, "lvlText"), "val") or "",
            int(start) if start.isdigit() else 1,
        )
    return levels


def _written(count: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter") and count > 0:
        # After z come aa, bb.
        letters = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letters.upper() if form == "upperLetter" else letters
    if form in ("lowerRoman", "upperRoman") and 0 < count < 4000:
        roman = ""
        for value, letters in _ROMAN:
            while count >= value:
                roman += letters
                count -= value
        return roman.upper() if form == "upperRoman" else roman
    return f"{count:02d}" if form == "decimalZero" else str(count)
