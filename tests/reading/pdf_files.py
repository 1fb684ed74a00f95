"""PDF files drawn line by line for the tests."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

WIDTH, HEIGHT = 595.0, 842.0


def drawn(draw: Callable[[Any, int], None], pages: int = 1, size: Any = (WIDTH, HEIGHT)) -> bytes:
    """Return a PDF; ``draw`` is called with the canvas and the page number from 1."""
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=size, invariant=1)
    for number in range(1, pages + 1):
        draw(canvas, number)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def write(canvas: Any, font: str, lines: list[tuple[float, float, str]], size: float = 12) -> None:
    """Write (x, y, text); a text centred on x begins with a stroke "|"."""
    canvas.setFont(font, size)
    for x, y, text in lines:
        if text.startswith("|"):
            canvas.drawCentredString(x, y, text[1:])
        else:
            canvas.drawString(x, y, text)


def column(
    x: float, y: float, texts: list[str], leading: float = 18
) -> list[tuple[float, float, str]]:
    return [(x, y - i * leading, text) for i, text in enumerate(texts)]


def as_scan(data: bytes, *, dpi: int = 300, angle: float = 0.0) -> bytes:
    """Return a PDF whose pages are pictures of the given pages."""
    import pypdfium2 as pdfium
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    pdf = pdfium.PdfDocument(data)
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(WIDTH, HEIGHT))
    for number in range(len(pdf)):
        image = pdf[number].render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
        if angle:
            image = image.rotate(angle, fillcolor=255, resample=2)
        canvas.drawImage(ImageReader(image), 0, 0, WIDTH, HEIGHT)
        canvas.showPage()
    canvas.save()
    pdf.close()
    return stream.getvalue()
