"""Pages without a text layer: pdfium draws them, the tesseract program reads them.

Where to start reading: :func:`read_scans` draws one page after the other (pdfium is not for
threads) and lets two tesseract processes read at a time.  A page that fails or takes too
long is given up alone.  The places of the words become lines like those of a text layer, so
that paragraphs, headers and columns are found in the same way.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any

from vankien.normalise import clean
from vankien.reading.placed_lines import Line

__all__ = ["ManyScansError", "Scan", "available", "read_elsewhere", "read_scans", "skew"]

DPI = 300
MAX_PIXELS = 40_000_000
"""Larger pages are drawn smaller: A4 has 8.7 million at 300 dpi, A2 has 35."""

MAX_PICTURE = 200_000_000
"""Pixels of the pictures of one page: A0 at 300 dpi has 140 million."""

TIMEOUT = 90
"""Seconds that tesseract may take for one page."""

AT_ONCE = 2
"""Pages that are read at the same time, each by one thread."""

GAP = 2.5
"""A gap between columns is wider than so many letters."""

LOW = 55.0
"""Below this mean confidence a page may stand upside down or on its side."""

NOISE = 30.0
"""A mark without letter or figure that is less certain is dirt."""

MAX_ANGLE = 5.0
MIN_ANGLE = 0.2
"""Degrees of skew that are looked for, and that are worth turning the page."""

_ROTATE = re.compile(r"Rotate:\s*(\d+)")


@dataclass(slots=True)
class Scan:
    """What tesseract read: rows of line pieces, and its mean confidence, 0 to 1."""

    rows: list[list[Line]] = field(default_factory=list)
    confidence: float = 0.0


def available() -> str | None:
    """Return what is missing for reading scans, or None where all is there."""
    program = shutil.which("tesseract")
    if program is None:
        return "tesseract is not installed"
    listed = subprocess.run(
        [program, "--list-langs"], capture_output=True, stdin=subprocess.DEVNULL, check=False
    )
    if "vie" not in listed.stdout.decode("utf-8", "replace").split():
        return "tesseract lacks the language 'vie'"
    return None


class ManyScansError(Exception):
    """A document has more pages to read than are to be read here; ``pages`` are from 0."""

    def __init__(self, pages: tuple[int, ...]) -> None:
        self.pages = pages
        super().__init__(f"{len(pages)} pages")


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    known: Callable[[], dict[int, Scan | str]]
    at_most: int | None


_elsewhere: ContextVar[_Elsewhere | None] = ContextVar("elsewhere", default=None)


@contextmanager
def read_elsewhere(
    known: Callable[[], dict[int, Scan | str]], at_most: int | None
) -> Iterator[None]:
    """Let pages be read elsewhere: those of ``known`` are read no more inside.

    A document with more than ``at_most`` others raises ManyScansError there; None for any
    number.
    """
    token = _elsewhere.set(_Elsewhere(known, at_most))
    try:
        yield
    finally:
        _elsewhere.reset(token)


def read_scans(pdf: Any, numbers: Sequence[int]) -> Iterator[tuple[int, Scan | str]]:
    """Yield (page from 0, scan) for pages of an open PDF, in order.

    What went wrong with a page stands in place of its scan.
    """
    elsewhere = _elsewhere.get()
    if elsewhere is None or (elsewhere.at_most is not None and len(numbers) <= elsewhere.at_most):
        yield from _read_pages(pdf, numbers)
        return
    found = elsewhere.known()
    missing = tuple(number for number in numbers if number not in found)
    if elsewhere.at_most is not None and len(missing) > elsewhere.at_most:
        raise ManyScansError(missing)
    found = {**found, **dict(_read_pages(pdf, missing))}
    yield from ((number, found[number]) for number in numbers)


def _read_pages(pdf: Any, numbers: Sequence[int]) -> Iterator[tuple[int, Scan | str]]:
    with ThreadPoolExecutor(max_workers=AT_ONCE) as threads:
        waiting: deque[tuple[int, Future[Scan | str]]] = deque()
        for number in numbers:
            drawn = _draw(pdf, number)
            if isinstance(drawn, str):
                refused: Future[Scan | str] = Future()
                refused.set_result(drawn)
                waiting.append((number, refused))
            else:
                waiting.append((number, threads.submit(_read, *drawn, number + 1)))
            # One drawn page waits while two are read; more would only fill the memory.
            if len(waiting) > AT_ONCE:
                first, future = waiting.popleft()
                yield first, future.result()
        for first, future in waiting:
            yield first, future.result()


def _draw(pdf: Any, number: int) -> tuple[Any, float, float] | str:
    """Return the page in grey, points per pixel, and its height in points; or why not."""
    import pypdfium2.raw as raw

    page = pdf[number]
    try:
        width, height = page.get_size()
        pixels = 0
        for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
            across, down = item.get_px_size()
            pixels += across * down
            if pixels > MAX_PICTURE:
                return f"its pictures have more than {MAX_PICTURE:,} pixels"
        scale = min(DPI / 72, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
        bitmap = page.render(scale=scale, grayscale=True)
        image = bitmap.to_pil().convert("L")
        bitmap.close()
    finally:
        page.close()
    return image, 1 / scale, height


def _read(image: Any, scale: float, height: float, page: int) -> Scan | str:
    angle = skew(image)
    if abs(angle) >= MIN_ANGLE:
        image = image.rotate(angle, fillcolor=255, expand=False, resample=2)
    dpi = str(max(round(72 / scale), 70))
    try:
        words = _words(_tesseract(image, ["--psm", "3", "--dpi", dpi, "-l", "vie", "tsv"]))
        if _confidence(words) < LOW:
            turn = _ROTATE.search(_tesseract(image, ["--psm", "0", "--dpi", dpi]))
            if turn and turn[1] in ("90", "180", "270"):
                image = image.rotate(-int(turn[1]), expand=True)
                height = image.height * scale
                again = _tesseract(image, ["--psm", "3", "--dpi", dpi, "-l", "vie", "tsv"])
                words = max(words, _words(again), key=_confidence)
    except subprocess.TimeoutExpired:
        return f"tesseract took over {TIMEOUT} seconds"
    except (OSError, ValueError) as error:
        return f"tesseract failed: {' '.join(str(error).split())[:100]}"
    return Scan(_rows(words, page, scale, height), round(_confidence(words) / 100, 4))


def _tesseract(image: Any, options: list[str]) -> str:
    """Run tesseract on an image.  Raises OSError, TimeoutExpired, ValueError (it failed)."""
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=1)
    done = subprocess.run(
        [shutil.which("tesseract") or "tesseract", "stdin", "stdout", *options],
        input=stream.getvalue(),
        capture_output=True,
        timeout=TIMEOUT,
        check=False,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    # Finding the orientation of a page with few letters fails; that is an answer too.
    if done.returncode and "0" not in options:
        raise ValueError(done.stderr.decode("utf-8", "replace") or str(done.returncode))
    return done.stdout.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    line: tuple[str, str, str]
    left: int
    top: int
    width: int
    height: int
    confidence: float


def _words(table: str) -> list[_Word]:
    words = []
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = clean(row.get("text") or "").strip()
        if row.get("level") != "5" or not text:
            continue
        confidence = float(row["conf"])
        if confidence < NOISE and not any(c.isalnum() for c in text):
            continue
        line = (row["block_num"], row["par_num"], row["line_num"])
        left, top, width, height = (int(row[n]) for n in ("left", "top", "width", "height"))
        words.append(_Word(text, line, left, top, width, height, confidence))
    return words


def _confidence(words: list[_Word]) -> float:
    """Return the mean confidence of the letters, 0 to 100."""
    letters = sum(len(word.text) for word in words)
    return sum(w.confidence * len(w.text) for w in words) / letters if letters else 0.0


def _rows(words: list[_Word], page: int, scale: float, height: float) -> list[list[Line]]:
    """Return the lines, cut at the gaps between columns, in PDF points."""
    if not words:
        return []
    usual = median(word.width / len(word.text) for word in words)
    lines: dict[tuple[str, str, str], list[_Word]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    rows: list[list[Line]] = []
    for line in lines.values():
        pieces: list[list[_Word]] = [[line[0]]]
        for before, word in pairwise(line):
            if word.left - before.left - before.width > GAP * usual:
                pieces.append([])
            pieces[-1].append(word)
        bottom = median(word.top + word.height for word in line)
        size = median(word.height for word in line) * scale
        rows.append(
            [
                Line(
                    " ".join(word.text for word in piece),
                    piece[0].left * scale,
                    (piece[-1].left + piece[-1].width) * scale,
                    height - bottom * scale,
                    page,
                    size,
                )
                for piece in pieces
            ]
        )
    return rows


def skew(image: Any) -> float:
    """Return the degrees by which to turn a page so that its lines lie level.

    The sums of dark points along lines of the right angle vary most.
    """
    import numpy as np

    small = image.reduce(max(1, image.width // 800))
    dark = np.asarray(small) < 128
    ys, xs = np.nonzero(dark)
    if len(xs) < 200:
        return 0.0

    def spread(angle: float) -> float:
        shifted = ys - np.round(xs * np.tan(np.radians(angle))).astype(int)
        counts = np.bincount(shifted - shifted.min())
        return float((counts.astype(float) ** 2).sum())

    steps = np.arange(-MAX_ANGLE, MAX_ANGLE + 0.01, 0.5)
    coarse = float(max(steps, key=spread))
    fine = max(np.arange(coarse - 0.5, coarse + 0.51, 0.1), key=spread)
    return round(float(fine), 2)
