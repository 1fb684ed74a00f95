"""What the runs of a DOCX mean: fonts of legacy encodings, capitals, hidden and deleted text.

Where to start reading: :func:`settle` rewrites the tree once, in place, so that the reader
sees Unicode text as the page shows it and no tracked change.  Rules: ECMA-376 Part 1,
17.3.2 (run properties), 17.13.5 (revisions), 17.7.2 (how styles add up).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from vankien.reading.encodings import repair_lines
from vankien.reading.legacy_fonts import LegacyFont, legacy_font
from vankien.reading.word_numbering import MAX_BASES, attribute, child, local_name

__all__ = ["RunStyles", "settle"]

_OFF = frozenset({"0", "false", "off", "none"})
_BREAKS = frozenset({"p", "tc", "tab", "br", "cr", "ptab"})
_DELETED = frozenset({"del", "moveFrom", "cellDel"})


@dataclass(frozen=True, slots=True)
class _Run:
    """Font and switches of a run; None where it does not say."""

    font: str | None = None
    caps: bool | None = None
    hidden: bool | None = None

    def over(self, other: _Run) -> _Run:
        """Return these properties, completed by those of what lies below."""
        return _Run(
            self.font if self.font is not None else other.font,
            self.caps if self.caps is not None else other.caps,
            self.hidden if self.hidden is not None else other.hidden,
        )


class RunStyles:
    """Fonts of styles.  Not a dataclass: it indexes the part once and remembers answers."""

    def __init__(self, root: Any) -> None:
        self._styles = {attribute(s, "styleId"): s for s in root if local_name(s) == "style"}
        self._default: dict[str, str | None] = {}
        for key, style in self._styles.items():
            if attribute(style, "default"):
                self._default.setdefault(attribute(style, "type") or "", key)
        defaults = child(child(child(root, "docDefaults"), "rPrDefault"), "rPr")
        self._base = _read(defaults)
        self._known: dict[str | None, _Run] = {}

    def run(self, run: Any, paragraph: Any) -> _Run:
        """Return the effective properties of a run of a paragraph."""
        own = child(run, "rPr")
        style = attribute(child(child(paragraph, "pPr"), "pStyle"), "val")
        return (
            _read(own)
            .over(self._style(attribute(child(own, "rStyle"), "val")))
            .over(self._style(style or self._default.get("paragraph")))
            .over(self._base)
        )

    def _style(self, key: str | None) -> _Run:
        if key is None:
            return _Run()
        if key not in self._known:
            found = _Run()
            current: str | None = key
            for _ in range(MAX_BASES):
                style = self._styles.get(current)
                if style is None:
                    break
                found = found.over(_read(child(style, "rPr")))
                current = attribute(child(style, "basedOn"), "val")
            self._known[key] = found
        return self._known[key]


def _read(properties: Any) -> _Run:
    fonts = child(properties, "rFonts")
    font = attribute(fonts, "hAnsi") or attribute(fonts, "ascii")
    return _Run(font, _switch(properties, "caps"), _switch(properties, "vanish"))


def _switch(properties: Any, name: str) -> bool | None:
    element = child(properties, name)
    if element is None:
        return None
    return (attribute(element, "val") or "true").lower() not in _OFF


def settle(root: Any, styles: RunStyles) -> list[str]:
    """Rewrite a part in place; return what had to be done, for the warnings."""
    _join_paragraphs(root)
    for element in list(root.iter()):
        if local_name(element) == "tr" and _is_deleted(child(element, "trPr")):
            element.getparent().remove(element)
    names: set[str] = set()
    for paragraph in root.iter():
        if local_name(paragraph) == "p":
            names |= _settle_paragraph(paragraph, styles)
    notes = [f"text in fonts of {name} was decoded" for name in sorted(names)]
    groups = list(_stretches(root))
    repaired, note = repair_lines(["".join(node.text or "" for node in group) for group in groups])
    if note is not None:
        notes.append(note)
        for group, text in zip(groups, repaired, strict=True):
            group[0].text = text
            for node in group[1:]:
                node.text = ""
    return notes


def _stretches(root: Any) -> Iterator[list[Any]]:
    """Yield the text nodes that stand side by side, with no break or tab between them."""
    group: list[Any] = []
    for node in root.iter():
        name = local_name(node)
        if name == "t" and node.text:
            group.append(node)
        elif name in _BREAKS and group:
            yield group
            group = []
    if group:
        yield group


def _is_deleted(properties: Any) -> bool:
    return properties is not None and any(local_name(p) in _DELETED for p in properties)


def _join_paragraphs(root: Any) -> None:
    """Join paragraphs whose mark between them was deleted: accepted, they are one."""
    for paragraph in list(root.iter()):
        if local_name(paragraph) != "p":
            continue
        while _is_deleted(child(child(paragraph, "pPr"), "rPr")):
            following = paragraph.getnext()
            if following is None or local_name(following) != "p":
                break
            # The joined paragraph keeps the properties of the last one.
            properties, last = child(paragraph, "pPr"), child(following, "pPr")
            paragraph.remove(properties)
            if last is not None:
                paragraph.insert(0, last)
            for node in list(following):
                paragraph.append(node)
            following.getparent().remove(following)


def _settle_paragraph(paragraph: Any, styles: RunStyles) -> set[str]:
    """Decode the text of a paragraph by the fonts of its runs; return the encodings."""
    names: set[str] = set()
    group: list[Any] = []
    current: LegacyFont | None = None
    for run in _runs(paragraph):
        properties = styles.run(run, paragraph)
        nodes = [node for node in run if local_name(node) in ("t", "sym")]
        if properties.hidden:
            for node in nodes:
                run.remove(node)
            continue
        for node in nodes:
            font = legacy_font(properties.font or "")
            if local_name(node) == "sym":
                font = legacy_font(attribute(node, "font") or "")
                _symbol(node, font)
            if font != current:
                names |= _decode(group, current)
                group, current = [], font
            group.append(node)
            if properties.caps and font is None:
                node.text = (node.text or "").upper()
    names |= _decode(group, current)
    return names


def _symbol(node: Any, font: LegacyFont | None) -> None:
    """Turn a symbol into text where its font is one of letters; others say nothing."""
    code = attribute(node, "char") or ""
    if font is not None and len(code) <= 4 and all(c in "0123456789abcdefABCDEF" for c in code):
        node.text = chr(int(code or "20", 16))
        node.tag = node.tag.rsplit("}", 1)[0] + "}t"


def _decode(group: list[Any], font: LegacyFont | None) -> set[str]:
    """Decode nodes of one font together: a letter and its mark may stand in two runs."""
    if font is None or not group:
        return set()
    whole = "".join(node.text or "" for node in group)
    decoded = font.decode(whole)
    if decoded == whole:
        return set()
    group[0].text = decoded
    for node in group[1:]:
        node.text = ""
    return {font.label}


def _runs(paragraph: Any) -> Iterator[Any]:
    """Yield the runs of a paragraph itself; text boxes have paragraphs of their own."""
    stack = [paragraph]
    while stack:
        element = stack.pop()
        name = local_name(element)
        if name == "r":
            yield element
        elif element is paragraph or name not in ("p", "txbxContent", "del", "moveFrom"):
            stack.extend(reversed(element))
