"""A page of a PDF as a picture, with what vankien read drawn over it; for notebooks.

document = vankien.read("bao-cao.pdf")
document.show(3)
"""

from __future__ import annotations

import ctypes
import hashlib
from typing import TYPE_CHECKING, Any

from vankien.documents import Document, Part
from vankien.errors import ReadError, UsageError
from vankien.reading.page_places import Box, page_places
from vankien.reading.sniff import sniff
from vankien.reading.streams import open_bytes, stream_errors

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["show_page"]

DPI = 110
"""Dots per inch: a page of A4 is 910 dots wide."""

MAX_SIDE = 4000
"""Dots of the longer side at most, whatever the size of the page."""

COLOURS = {
    Part.TITLE: (0, 139, 139),
    Part.LEAD: (25, 80, 160),
    Part.BODY: (110, 110, 110),
    Part.CAPTION: (150, 40, 150),
    Part.BOILERPLATE: (180, 180, 180),
    Part.HEADER: (190, 140, 0),
    Part.FOOTER: (205, 170, 80),
    Part.SIGNATURE: (0, 130, 50),
    Part.RECIPIENTS: (110, 170, 90),
}
TABLE = (200, 40, 40)
SHADE = 28
"""How opaque a block is filled, of 255."""


def show_page(document: Document, page: int = 1, *, dpi: int = DPI) -> Image:
    """Return a page (from 1) with its blocks and tables drawn over it, as a PIL image.

    Blocks are framed in the colour of their part, which is written beside them; tables and
    their cells in red.  The file must still be where the document was read from.  Raises
    UsageError (V401) for a document without pages, or a page that it does not have;
    ReadError where the file is gone (V109) or has changed (V114).
    """
    import pypdfium2 as pdfium

    if document.n_pages is None:
        raise UsageError("V401", document.source, detail="it has no pages to show; only a PDF has")
    if not 1 <= page <= document.n_pages:
        detail = f"it has no page {page}; give a page from 1 to {document.n_pages}"
        raise UsageError("V401", document.source, detail=detail)
    if dpi < 1:
        raise UsageError("V401", "dpi", detail="give a number of dots from 1 on")
    with open_bytes(document.source) as stream, stream_errors(document.source):
        data = stream.read()
    if hashlib.sha256(data).hexdigest() != document.sha256 or sniff(data) != "pdf":
        raise ReadError("V114", document.source, detail="its content changed")
    pdf = pdfium.PdfDocument(data)
    try:
        return _drawn(document, pdf, data, page, dpi)
    finally:
        pdf.close()


def _drawn(document: Document, pdf: Any, data: bytes, page: int, dpi: int) -> Image:
    from PIL import Image, ImageDraw

    blocks, tables = page_places(document, pdf, data, page)
    opened = pdf[page - 1]
    width, height = opened.get_size()
    scale = min(dpi / 72, MAX_SIDE / max(width, height, 1.0))
    image = opened.render(scale=scale).to_pil().convert("RGBA")
    over = Image.new("RGBA", image.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(over)
    for placed in blocks:
        colour = COLOURS[placed.block.part]
        frame = _on_image(opened, placed.box, image.size)
        pen.rectangle(frame, fill=(*colour, SHADE), outline=(*colour, 255))
        label = f"{placed.block.part} {placed.block.kind}"
        pen.text((frame[0] + 2, max(0, frame[1] - 11)), label, fill=(*colour, 255))
    for number, table in enumerate(tables, 1):
        for cell in table.cells:
            pen.rectangle(_on_image(opened, cell, image.size), outline=(*TABLE, 160))
        frame = _on_image(opened, table.box, image.size)
        pen.rectangle(frame, outline=(*TABLE, 255), width=3)
        pen.text((frame[0] + 2, max(0, frame[1] - 11)), f"table {number}", fill=(*TABLE, 255))
    opened.close()
    return Image.alpha_composite(image, over).convert("RGB")


def _on_image(page: Any, box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return a box in dots of the image; pdfium knows of turned and cropped pages."""
    import pypdfium2.raw as raw

    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for across, up in ((box[0], box[1]), (box[2], box[3])):
        raw.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, across, up, x, y)
        corners.append((x.value, y.value))
    (x0, y0), (x1, y1) = corners
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
