"""Streams of a PDF that unpack to far more than they are: found before pdfium unpacks them.

pdfium unpacks a stream whole, up to a gigabyte.  Deflate makes at most 1,032 bytes of one
(RFC 1951), so that only streams which could pass the limit are tried, piece by piece and
without keeping what comes out.

Where to start reading: :func:`check_streams`.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator

from vankien.errors import ReadError

__all__ = ["MAX_IMAGE", "MAX_STREAM", "check_streams"]

MAX_STREAM = 32 * 1024 * 1024
"""Unpacked bytes of a stream of text, fonts or objects: pages have some kilobytes, fonts some
megabytes.  pdfium makes twenty bytes of one in the worst case."""

MAX_IMAGE = 512 * 1024 * 1024
"""Unpacked bytes of a picture: an A3 page in colour at 800 dpi has 370 million."""

RATIO = 1032
"""Bytes that deflate makes of one at most."""

DICTIONARY = 4096
"""The dictionary of a stream is looked for in so many bytes before it."""

_PIECE = 1 << 16
_STREAM = re.compile(rb"\bstream\r?\n")
_LENGTH = re.compile(rb"/Length\s+(\d+)(\s+\d+\s+R)?")


def check_streams(data: bytes, source: str) -> None:
    """Raise ReadError (V111) where a stream unpacks to more than the limit.

    Streams that are encrypted cannot be looked into; the memory limit of the batch holds
    for these.
    """
    for match in _STREAM.finditer(data):
        before = data[max(0, match.start() - DICTIONARY) : match.start()]
        start = max(before.rfind(b" obj"), before.rfind(b"\nobj"), 0)
        words = before[start:]
        flate = words.count(b"FlateDecode") + words.count(b"/Fl ") + words.count(b"/Fl]")
        if not flate:
            continue
        limit = MAX_IMAGE if b"/Image" in words else MAX_STREAM
        size = _packed_size(data, match.end(), words)
        if size * RATIO**flate <= limit:
            continue
        if _unpacks_beyond(data, match.end(), size, words, flate, limit):
            raise ReadError(
                "V111", source, detail=f"a stream of it unpacks to over {limit:,} bytes"
            )


def _packed_size(data: bytes, start: int, words: bytes) -> int:
    """Return how many bytes a stream may have: its mark of the end or what it says, the more."""
    end = data.find(b"endstream", start)
    size = (end if end >= 0 else len(data)) - start
    said = _LENGTH.search(words)
    if said is None or said.group(2):  # the length stands elsewhere
        return size if said is None else len(data) - start
    return min(max(size, int(said.group(1)[:12])), len(data) - start)


def _unpacks_beyond(
    data: bytes, start: int, size: int, words: bytes, flate: int, limit: int
) -> bool:
    packed: Iterator[bytes] = (
        data[at : min(at + _PIECE, start + size)] for at in range(start, start + size, _PIECE)
    )
    if b"ASCII85Decode" in words or b"/A85" in words:
        packed = _from_ascii(data[start : start + size])
    for _ in range(flate):
        packed = _inflated(packed, limit)
    total = 0
    for piece in packed:
        total += len(piece)
        if total > limit:
            return True
    return False


def _from_ascii(data: bytes) -> Iterator[bytes]:
    try:
        yield base64.a85decode(data.partition(b"~>")[0])
    except ValueError:  # pdfium will say what is wrong
        return


def _inflated(packed: Iterator[bytes], limit: int) -> Iterator[bytes]:
    """Yield what deflate unpacks, piece by piece, up to a little more than the limit."""
    stream = zlib.decompressobj()
    total = 0
    for piece in packed:
        rest = piece
        while rest and not stream.eof:
            try:
                out = stream.decompress(rest, _PIECE)
            except zlib.error:  # damaged or no deflate: pdfium unpacks no more than this
                return
            rest = stream.unconsumed_tail
            total += len(out)
            yield out
            if total > limit:
                return
        if stream.eof:
            return
