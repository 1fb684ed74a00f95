"""DOCX files built for the tests, with what python-docx does not write by itself."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx_of(build: Callable[[Any], None]) -> bytes:
    """Return the bytes of a document that ``build`` fills."""
    import docx

    document = docx.Document()
    build(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def docx_with_body(xml: str, *, footnotes: str = "") -> bytes:
    """Return a DOCX whose body is the given XML (prefix w); footnotes by number from 2."""
    plain = docx_of(lambda document: None)
    space = (
        f'xmlns:w="{WORD}" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as source, zipfile.ZipFile(stream, "w") as out:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                data = f"{head}<w:document {space}><w:body>{xml}</w:body></w:document>".encode()
            elif name == "[Content_Types].xml" and footnotes:
                kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
                part = (
                    f'<Override PartName="/word/footnotes.xml" ContentType="{kind}.footnotes+xml"/>'
                )
                data = data.replace(b"</Types>", part.encode() + b"</Types>")
            elif name == "word/_rels/document.xml.rels" and footnotes:
                kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
                part = f'<Relationship Id="rN" Type="{kind}/footnotes" Target="footnotes.xml"/>'
                data = data.replace(b"</Relationships>", part.encode() + b"</Relationships>")
            out.writestr(name, data)
        if footnotes:
            separator = '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
            out.writestr(
                "word/footnotes.xml",
                f"{head}<w:footnotes {space}>{separator}{footnotes}</w:footnotes>",
            )
    return stream.getvalue()


def run(text: str, properties: str = "") -> str:
    """One run of WordprocessingML."""
    inner = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inner}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def font(name: str) -> str:
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}"/>'


def paragraph(*runs: str, properties: str = "") -> str:
    inner = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{inner}{''.join(runs)}</w:p>"
