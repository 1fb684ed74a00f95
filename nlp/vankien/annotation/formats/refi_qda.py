"""REFI-QDA 1.0: a project (``.qdpx``) and its codebook (``.qdc``), for NVivo, MAXQDA, ATLAS.ti.

The project is a zip of ``project.qde`` and one plain text a document under ``sources/``; the
format is the Rotterdam Exchange Format Initiative's (REFI-QDA standard 1.0, 2019).  Positions
are Unicode code points, the end behind the last character; texts are UTF-8 with LF.  Id and
digest travel as variables of the source, which the programs keep as document attributes.
Some programs write their texts with CR LF: then positions may count a line end as two or as
one, and the words that a selection carries in its name decide.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lxml import etree

from vankien.annotation.formats.files import parse_xml, read_bytes, unzip, xml_text, zip_bytes
from vankien.annotation.formats.registry import Format, register_format
from vankien.annotation.items import (
    CodeEntry,
    Item,
    Mark,
    Project,
    Returned,
    digest_of_text,
)
from vankien.annotation.offsets import locate, one_line_end
from vankien.errors import AnnotationError

__all__ = ["codebook_xml", "read_refi_qda", "write_refi_qda"]

PROJECT_NS = "urn:QDA-XML:project:1.0"
CODEBOOK_NS = "urn:QDA-XML:codebook:1.0"
ORIGIN = "vankien"
ID, DIGEST = "vankien_id", "vankien_digest"

SNIPPET = 80
"""Characters of the words of a selection that its name repeats."""

_ROOT = uuid.uuid5(uuid.NAMESPACE_URL, "urn:vankien:refi-qda")


def _guid(*parts: str) -> str:
    """Return a GUID that depends on the parts alone, so that two exports agree."""
    return str(uuid.uuid5(_ROOT, "\x1f".join(parts))).upper()


def _colour(number: int) -> str:
    """Return one of 36 colours, neighbours far apart on the wheel."""
    import colorsys

    red, green, blue = colorsys.hls_to_rgb((number * 137 % 360) / 360, 0.5, 0.6)
    return f"#{int(red * 255):02X}{int(green * 255):02X}{int(blue * 255):02X}"


def _add_codes(parent: etree._Element, codes: Sequence[CodeEntry], namespace: str) -> None:
    """Add the tree of codes below ``parent`` (an element ``Codes``)."""
    elements: dict[str, etree._Element] = {}
    known = {entry.code for entry in codes}
    pending = [entry for entry in codes if entry.parent not in known]
    children: dict[str, list[CodeEntry]] = {}
    for entry in codes:
        if entry.parent in known:
            children.setdefault(str(entry.parent), []).append(entry)
    number = {entry.code: place for place, entry in enumerate(codes)}

    def add(above: etree._Element, entry: CodeEntry) -> None:
        name = f"{entry.code} {entry.name_vi or entry.name_en}".strip()
        element = etree.SubElement(
            above, f"{{{namespace}}}Code", guid=_guid("code", entry.code), name=name,
            isCodable="true", color=_colour(number[entry.code]),
        )  # fmt: skip
        elements[entry.code] = element
        if entry.definition:
            etree.SubElement(element, f"{{{namespace}}}Description").text = entry.definition
        for child in children.get(entry.code, []):
            add(element, child)

    for entry in pending:
        add(parent, entry)


def codebook_xml(codes: Sequence[CodeEntry]) -> bytes:
    """Return the codebook as the standard's ``.qdc`` file."""
    root = etree.Element(f"{{{CODEBOOK_NS}}}CodeBook", nsmap={None: CODEBOOK_NS}, origin=ORIGIN)
    _add_codes(etree.SubElement(root, f"{{{CODEBOOK_NS}}}Codes"), codes, CODEBOOK_NS)
    return _xml(root)


def _xml(root: etree._Element) -> bytes:
    found: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return found


def write_refi_qda(project: Project, path: Path) -> list[Path]:
    """Write the project, and its codebook alone to ``<name>.qdc`` beside it."""
    user = _guid("user", project.model if project.predicted else "coder")
    root = etree.Element(
        _tag("Project"), nsmap={None: PROJECT_NS}, name=project.name, origin=ORIGIN,
        creatingUserGUID=user,
    )  # fmt: skip
    users = etree.SubElement(root, _tag("Users"))
    name = project.model if project.predicted else "coder"
    etree.SubElement(users, _tag("User"), guid=user, name=name)
    book = etree.SubElement(root, _tag("CodeBook"))
    _add_codes(etree.SubElement(book, _tag("Codes")), project.codes, PROJECT_NS)
    variables = etree.SubElement(root, _tag("Variables"))
    for variable in (ID, DIGEST):
        etree.SubElement(
            variables, _tag("Variable"), guid=_guid("variable", variable), name=variable,
            typeOfVariable="Text",
        )  # fmt: skip
    files: dict[str, bytes] = {}
    if project.items:
        sources = etree.SubElement(root, _tag("Sources"))
        for item in project.items:
            guid = _guid("source", item.id)
            files[f"sources/{guid}.txt"] = xml_text(item.text, item.id).encode("utf-8")
            _add_source(sources, item, guid, user)
    path.write_bytes(zip_bytes({"project.qde": _xml(root), **files}))
    book_path = path.with_suffix(".qdc")
    book_path.write_bytes(codebook_xml(project.codes))
    return [path, book_path]


def _tag(name: str) -> str:
    return f"{{{PROJECT_NS}}}{name}"


def _add_source(sources: etree._Element, item: Item, guid: str, user: str) -> None:
    label = f"{item.title} [{item.id}]" if item.title else item.id
    source = etree.SubElement(
        sources, _tag("TextSource"), guid=guid, name=xml_text(label, item.id),
        plainTextPath=f"internal://{guid}.txt", creatingUser=user,
    )  # fmt: skip
    for number, mark in enumerate(item.marks):
        words = item.text[mark.start : mark.end]
        selection = etree.SubElement(
            source, _tag("PlainTextSelection"), guid=_guid("selection", item.id, str(number)),
            name=words[:SNIPPET], startPosition=str(mark.start), endPosition=str(mark.end),
            creatingUser=user,
        )  # fmt: skip
        coding = etree.SubElement(
            selection, _tag("Coding"), guid=_guid("coding", item.id, str(number)),
            creatingUser=user,
        )  # fmt: skip
        etree.SubElement(coding, _tag("CodeRef"), targetGUID=_guid("code", mark.code))
    for code in item.codes:
        coding = etree.SubElement(
            source, _tag("Coding"), guid=_guid("coding", item.id, code), creatingUser=user
        )
        etree.SubElement(coding, _tag("CodeRef"), targetGUID=_guid("code", code))
    for variable, value in ((ID, item.id), (DIGEST, item.digest)):
        held = etree.SubElement(source, _tag("VariableValue"))
        etree.SubElement(held, _tag("VariableRef"), targetGUID=_guid("variable", variable))
        etree.SubElement(held, _tag("TextValue")).text = value


def read_refi_qda(path: Path, codes: Sequence[CodeEntry]) -> list[Returned]:
    """Read a project: every coding of a plain text by every coder."""
    files = unzip(read_bytes(path), str(path))
    names = [name for name in files if name.lower().endswith(".qde")]
    if len(names) != 1:
        raise AnnotationError("V303", str(path), detail="it does not hold one project.qde")
    root = parse_xml(files[names[0]], f"{path}!/{names[0]}")
    if root.tag != _tag("Project"):
        raise AnnotationError("V303", str(path), detail="it is no REFI-QDA project 1.0")
    reader = _Reader(str(path), root, files, codes)
    return [one for source in root.iter(_tag("TextSource")) for one in reader.source(source)]


class _Reader:
    """One project: its codes, variables and coders by GUID."""

    def __init__(
        self, path: str, root: etree._Element, files: dict[str, bytes], codes: Sequence[CodeEntry]
    ) -> None:
        self.path = path
        self.files = {name.lower(): data for name, data in files.items()}
        known = {entry.code for entry in codes}
        self.codes: dict[str, str] = {}
        for code in root.iter(_tag("Code")):
            name = (code.get("name") or "").strip()
            # Ours are named by code and meaning; a coder's own code keeps its whole name.
            first = name.split(" ", 1)[0]
            self.codes[_key(code.get("guid"))] = first if first in known else name
        self.variables = {_key(v.get("guid")): v.get("name") for v in root.iter(_tag("Variable"))}
        users = list(root.iter(_tag("User")))
        self.users = {_key(u.get("guid")): u.get("name") or u.get("guid") for u in users}

    def source(self, source: etree._Element) -> Iterator[Returned]:
        """Yield a text with its marks, once for each coder (once if nobody coded it)."""
        name = source.get("name") or source.get("guid")
        place = f"{self.path} source {name!r}"
        held = self._variables(source)
        raw = self._text(source, place)
        digest = held.get(DIGEST, "")
        # A program may have put a mark before the text and changed the line ends.
        if digest_of_text(raw) != digest:
            raw = raw.removeprefix("\ufeff")
        text = raw if digest_of_text(raw) == digest else one_line_end(raw)
        marks: dict[str, list[Mark]] = {}
        whole: dict[str, list[str]] = {}
        for selection in source.findall(_tag("PlainTextSelection")):
            span = self._span(selection, raw, text, place)
            for coding in selection.findall(_tag("Coding")):
                by = self._coder(coding, selection)
                marks.setdefault(by, []).append(Mark(*span, self._code(coding, place)))
        for coding in source.findall(_tag("Coding")):
            whole.setdefault(self._coder(coding, source), []).append(self._code(coding, place))
        item_id = held.get(ID) or str(name)
        for by in sorted({*marks, *whole}) or [""]:
            found = sorted(marks.get(by, []), key=lambda m: (m.start, m.end, m.code))
            item = Item(
                id=item_id, text=text, marks=tuple(found), codes=tuple(whole.get(by, ())),
                doc_id=item_id,
            )  # fmt: skip
            yield Returned(item, place, digest, by)

    def _variables(self, source: etree._Element) -> dict[str, str]:
        found = {}
        for value in source.findall(_tag("VariableValue")):
            ref = value.find(_tag("VariableRef"))
            name = self.variables.get(_key(ref.get("targetGUID"))) if ref is not None else None
            if name is not None:
                found[name] = value.findtext(_tag("TextValue")) or ""
        return found

    def _text(self, source: etree._Element, place: str) -> str:
        content = source.findtext(_tag("PlainTextContent"))
        if content is not None:
            return str(content)
        where = source.get("plainTextPath") or ""
        name = f"sources/{where.removeprefix('internal://')}".lower()
        data = self.files.get(name)
        if data is None or not where.startswith("internal://"):
            raise AnnotationError("V303", place, detail=f"its text {where!r} is not in the project")
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise AnnotationError("V303", place, detail="its text is not in UTF-8") from error

    def _span(self, selection: etree._Element, raw: str, text: str, place: str) -> tuple[int, int]:
        """Return the stretch of ``text`` that a selection of ``raw`` means."""
        try:
            start = int(selection.get("startPosition", ""))
            end = int(selection.get("endPosition", ""))
        except ValueError as error:
            raise AnnotationError("V303", place, detail="a selection has no positions") from error
        words = selection.get("name") or ""
        if 0 < len(words) < SNIPPET:
            try:
                return locate(text, start, end, words)
            except ValueError:
                pass  # a program may give a selection another name
        if len(text) == len(raw):
            return start, end
        # The positions are of the file, whose line ends have two characters.
        return len(one_line_end(raw[:start])), len(one_line_end(raw[:end]))

    def _code(self, coding: etree._Element, place: str) -> str:
        ref = coding.find(_tag("CodeRef"))
        guid = _key(ref.get("targetGUID")) if ref is not None else ""
        if guid not in self.codes:
            raise AnnotationError("V303", place, detail=f"a coding has no code ({guid})")
        return self.codes[guid]

    def _coder(self, *elements: Any) -> str:
        for element in elements:
            guid = _key(element.get("creatingUser"))
            if guid in self.users:
                return str(self.users[guid])
        return ""


def _key(guid: str | None) -> str:
    """Return a GUID as it is compared: programs differ in case and braces."""
    return (guid or "").strip("{}").upper()


FORMAT = register_format(Format("refi-qda", ".qdpx", ("document",), write_refi_qda, read_refi_qda))
