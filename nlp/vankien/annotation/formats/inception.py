"""INCEpTION: UIMA CAS XMI, one file a document, in a zip with the type system.

The codes are spans of the layer ``webanno.custom.VankienTheme`` (feature ``theme``); tokens
and sentences are DKPro's, which INCEpTION wants.  In a project: import ``TypeSystem.xml``
under Layers, ``tagset.json`` under Tagsets, the XMI files under Documents.  On return the
export of a document or of a project is read (zips in a zip too); INCEpTION renames what the
files say of themselves, so id and digest stand in the file's name.  UIMA counts UTF-16
units; dkpro-cassis translates them.
"""

from __future__ import annotations

import io
import json
import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, cast
from urllib.parse import quote, unquote

from vankien.annotation.formats.files import parse_xml, read_bytes, unzip, xml_text, zip_bytes
from vankien.annotation.formats.registry import Format, register_format
from vankien.annotation.items import CodeEntry, Item, Mark, Project, Returned
from vankien.errors import AnnotationError, UsageError
from vankien.language.sentences import split_block
from vankien.language.tokens import syllables

__all__ = ["read_inception", "write_inception"]

LAYER = "webanno.custom.VankienTheme"
FEATURE = "theme"
SEGMENTATION = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type."
METADATA = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"

_NAME = re.compile(r"([^/]+)\.([0-9a-f]{16})\.xmi")
"""Quoted id and digest, as this module names its files."""

DEPTH = 2
"""Zips in a zip: a project holds one for each document and coder."""


def _cassis() -> ModuleType:
    try:
        import cassis  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        detail = "inception needs the package dkpro-cassis; install the extra 'annotation'"
        raise UsageError("V401", "format", detail=detail) from error
    return cast(ModuleType, cassis)


def _typesystem(cassis: ModuleType) -> Any:
    """Return the types that are used: three of DKPro's, and the layer of themes."""
    types = cassis.TypeSystem()
    metadata = types.create_type(name=METADATA, supertypeName="uima.tcas.DocumentAnnotation")
    for name in ("documentTitle", "documentId"):
        types.create_feature(domainType=metadata, name=name, rangeType="uima.cas.String")
    for name in ("Token", "Sentence"):
        types.create_type(name=SEGMENTATION + name, supertypeName="uima.tcas.Annotation")
    layer = types.create_type(name=LAYER, supertypeName="uima.tcas.Annotation")
    types.create_feature(domainType=layer, name=FEATURE, rangeType="uima.cas.String")
    return types


def write_inception(project: Project, path: Path) -> list[Path]:
    """Write the zip: ``TypeSystem.xml``, ``tagset.json`` and ``documents/*.xmi``."""
    cassis = _cassis()
    types = _typesystem(cassis)
    files = {
        "TypeSystem.xml": types.to_xml().encode("utf-8"),
        "tagset.json": _tagset(project).encode("utf-8"),
    }
    for item in project.items:
        name = f"{quote(item.id, safe='')}.{item.digest}.xmi"
        files[f"documents/{name}"] = _xmi(cassis, types, item, name)
    path.write_bytes(zip_bytes(files))
    return [path]


def _tagset(project: Project) -> str:
    tags = [
        {"tag_name": entry.code, "tag_description": entry.name_vi or entry.name_en}
        for entry in project.codes
    ]
    value = {"name": f"{project.name} themes", "description": "", "language": "vi",
             "type": "custom", "typeName": "custom", "typeUiName": "custom", "tags": tags,
             "create_tag": False}  # fmt: skip
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _xmi(cassis: ModuleType, types: Any, item: Item, name: str) -> bytes:
    cas = cassis.Cas(typesystem=types)
    cas.sofa_string = xml_text(item.text, item.id)
    cas.sofa_mime = "text/plain"
    found = [types.get_type(METADATA)(begin=0, end=len(item.text), documentTitle=name,
                                      documentId=item.id, language="vi")]  # fmt: skip
    token = types.get_type(f"{SEGMENTATION}Token")
    place = 0
    words, spaces = syllables(item.text)
    for word, space in zip(words, spaces, strict=True):
        if not word.isspace():
            found.append(token(begin=place, end=place + len(word)))
        place += len(word) + space
    sentence = types.get_type(f"{SEGMENTATION}Sentence")
    found += [sentence(begin=start, end=end) for start, end in _sentences(item)]
    layer = types.get_type(LAYER)
    found += [layer(begin=m.start, end=m.end, theme=m.code) for m in item.marks]
    cas.add_all(found)
    return str(cas.to_xmi()).encode("utf-8")


def _sentences(item: Item) -> Iterator[tuple[int, int]]:
    """Yield the sentences that the run found, or those of each line where there is no run."""
    if item.spans:
        yield from item.spans
        return
    place = 0
    for line in item.text.split("\n"):
        yield from ((place + start, place + end) for start, end in split_block(line))
        place += len(line) + 1


def read_inception(path: Path, codes: Sequence[CodeEntry]) -> list[Returned]:  # noqa: ARG001
    """Read every XMI file of an export, with the type system beside it."""
    cassis = _cassis()
    returned = [
        _returned(cassis, place, data, types)
        for place, data, types in _documents(read_bytes(path), str(path), DEPTH)
    ]
    if not returned:
        raise AnnotationError("V303", str(path), detail="it holds no XMI file")
    return returned


def _documents(data: bytes, place: str, depth: int) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield place, XMI and type system of each document of a zip, and of zips in it."""
    files = unzip(data, place)
    for name, content in sorted(files.items()):
        if name.endswith(".xmi"):
            folder = name.rpartition("/")[0]
            types = files.get(f"{folder}/TypeSystem.xml", files.get("TypeSystem.xml"))
            if types is None:
                raise AnnotationError("V303", place, detail=f"{name} has no TypeSystem.xml")
            yield f"{place}!/{name}", content, types
        elif name.endswith(".zip") and depth > 1:
            yield from _documents(content, f"{place}!/{name}", depth - 1)


def _returned(cassis: ModuleType, place: str, data: bytes, types: bytes) -> Returned:
    parse_xml(types, place)
    root = parse_xml(data, place)
    try:
        with warnings.catch_warnings():
            # cassis warns of offsets that it cannot translate and leaves them empty.
            warnings.simplefilter("ignore")
            system = cassis.load_typesystem(io.BytesIO(types))
            cas = cassis.load_cas_from_xmi(io.BytesIO(data), typesystem=system, lenient=True)
            spans = [(fs.begin, fs.end, fs.theme) for fs in cas.select(LAYER)]
    except Exception as error:
        raise AnnotationError("V303", place, detail=f"no CAS with {LAYER} ({error})") from error
    text = cas.sofa_string or ""
    titles = [element.get("documentTitle") or "" for element in root]
    name = next((found for part in (place, *titles) if (found := _named(part))), None)
    if name is None:
        detail = "its name is no longer 'id.digest.xmi', which tells the document"
        raise AnnotationError("V303", place, detail=detail)
    marks = []
    for start, end, code in spans:
        if start is None or end is None:
            raise AnnotationError("V303", place, detail=f"{code} stands outside the text")
        if code is None:
            raise AnnotationError("V303", place, detail=f"the span at {start} has no theme")
        marks.append(Mark(start, end, code))
    marks.sort(key=lambda mark: (mark.start, mark.end, mark.code))
    item = Item(id=name[0], text=text, marks=tuple(marks), doc_id=name[0])
    return Returned(item, place, name[1], _annotator(place))


def _named(place: str) -> tuple[str, str] | None:
    """Return id and digest that a path of ours carries, or None."""
    found = None
    for part in re.split(r"!/|/", place):
        if match := _NAME.fullmatch(part.removesuffix(".zip")):
            found = unquote(match[1]), match[2]
    return found


def _annotator(place: str) -> str:
    """Return the coder of ``annotation/DOCUMENT/CODER.zip`` in a project's export."""
    parts = re.split(r"!/|/", place)
    if "annotation" in parts:
        behind = parts[parts.index("annotation") + 1 :]
        if len(behind) > 1:
            return re.sub(r"\.(?:zip|xmi)$", "", behind[1])
    return ""


FORMAT = register_format(
    Format("inception", ".zip", ("document",), write_inception, read_inception)
)
