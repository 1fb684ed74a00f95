"""Real files made on the spot: PDF by reportlab, DOCX by python-docx."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from vankien.documents import Document

FONT_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
FONT_NAMES = ("DejaVuSerif.ttf", "DejaVuSans.ttf", "times.ttf", "Arial.ttf", "Arial Unicode.ttf")


@pytest.fixture(scope="session")
def font_file() -> str:
    """A font file that has all Vietnamese letters."""
    for name in FONT_NAMES:
        for folder in FONT_FOLDERS:
            for path in sorted(folder.rglob(name)) if folder.is_dir() else []:
                return str(path)
    pytest.skip("no font with Vietnamese letters is installed (fonts-dejavu-core)")


@pytest.fixture(scope="session")
def font(font_file: str) -> str:
    """The name of a registered font that has all Vietnamese letters."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    pdfmetrics.registerFont(TTFont("Vietnamese", font_file))
    return "Vietnamese"


@pytest.fixture(scope="session")
def named_font(font_file: str) -> Callable[[str], str]:
    """Register the font under another name of its own, as legacy fonts have them."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    def register(name: str) -> str:
        found = TTFont(name, font_file)
        found.face.name = name.encode() if isinstance(found.face.name, bytes) else name
        pdfmetrics.registerFont(found)
        return name

    return register


@pytest.fixture(scope="session")
def make_pdf(font: str) -> Callable[..., bytes]:
    """Build a PDF from flowables; strings become justified paragraphs."""
    from reportlab.lib.enums import TA_JUSTIFY
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    style = ParagraphStyle(
        "body", fontName=font, fontSize=12, leading=18, alignment=TA_JUSTIFY, firstLineIndent=28,
        spaceAfter=4,
    )  # fmt: skip

    def build(content: list[object], **options: object) -> bytes:
        stream = io.BytesIO()
        on_page = options.pop("on_page", None)
        story = [Paragraph(c, style) if isinstance(c, str) else c for c in content]
        template = SimpleDocTemplate(stream, **options)
        if on_page is None:
            template.build(story)
        else:
            template.build(story, onFirstPage=on_page, onLaterPages=on_page)
        return stream.getvalue()

    return build


def check_offsets(document: Document) -> None:
    """Blocks and cells hold: in order, apart, and no letter outside of them."""
    text = document.text
    covered = 0
    for block in document.blocks:
        assert 0 <= block.start < block.end <= len(text)
        assert block.start >= covered, "blocks overlap or are out of order"
        assert not text[covered : block.start].strip(), "text between blocks"
        surface = text[block.start : block.end]
        if block.kind != "table":
            assert surface == surface.strip()
        covered = block.end
    assert not text[covered:].strip(), "text after the last block"
    for table in document.tables:
        for cell in table.cells:
            assert text[cell.start : cell.end] == cell.text


@pytest.fixture
def offsets_hold() -> Callable[[Document], None]:
    return check_offsets


@pytest.fixture
def parts_of() -> Callable[[Document], list[tuple[str, str]]]:
    """Part and text of every block."""

    def parts(document: Document) -> list[tuple[str, str]]:
        return [(b.part.value, document.text[b.start : b.end]) for b in document.blocks]

    return parts
