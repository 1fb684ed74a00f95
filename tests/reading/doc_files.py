"""Word files of 1997 to 2003 and RTF files written for the tests, byte by byte.

The first hold the least that [MS-DOC] asks for: a compound file ([MS-CFB], sectors of 512
bytes) with the streams "WordDocument" (FIB and text in UTF-16) and "1Table" (piece table).
"""

from __future__ import annotations

import struct

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SMALLEST = 4096
"""A shorter stream would stand in the mini stream."""

TEXT_AT = 0x600


def doc_of(text: str) -> bytes:
    """Return a Word 97 document; a line is a paragraph."""
    body = text.replace("\n", "\r") + "\r"
    encoded = body.encode("utf-16-le")
    fib = bytearray(TEXT_AT)
    struct.pack_into("<HHHHHH", fib, 0, 0xA5EC, 0x00C1, 0, 0x0409, 0, 0x1200)
    struct.pack_into("<H", fib, 0x0C, 0x00BF)
    struct.pack_into("<II", fib, 0x18, TEXT_AT, TEXT_AT + len(encoded))
    struct.pack_into("<H", fib, 0x20, 14)
    struct.pack_into("<H", fib, 0x3E, 22)
    struct.pack_into("<I", fib, 0x40, TEXT_AT + len(encoded))
    struct.pack_into("<I", fib, 0x4C, len(body))
    struct.pack_into("<H", fib, 0x98, 0x5D)
    # One piece: all characters, two bytes each, from TEXT_AT on.
    pieces = struct.pack("<II", 0, len(body)) + struct.pack("<HIH", 0, TEXT_AT, 0)
    table = struct.pack("<BI", 2, len(pieces)) + pieces
    struct.pack_into("<II", fib, 0x1A2, 0, len(table))
    return _compound({"WordDocument": bytes(fib) + encoded, "1Table": table})


def _compound(streams: dict[str, bytes]) -> bytes:
    """Return a compound file of the given streams, each of at least 4,096 bytes."""
    content: list[bytes] = []
    chain: list[int] = []
    places: dict[str, tuple[int, int]] = {}
    for name, data in streams.items():
        data = data.ljust(SMALLEST, b"\0")
        count = -(-len(data) // SECTOR)
        first = len(content)
        places[name] = (first, len(data))
        content += [data[i * SECTOR : (i + 1) * SECTOR].ljust(SECTOR, b"\0") for i in range(count)]
        chain += [*range(first + 1, first + count), END]
    names = sorted(streams, key=lambda name: (len(name), name.upper()))
    entries = [_entry("Root Entry", 5, child=1, start=END, size=0)]
    for number, name in enumerate(names, 1):
        right = number + 1 if number < len(names) else FREE
        entries.append(_entry(name, 2, right=right, start=places[name][0], size=places[name][1]))
    entries += [_entry("", 0)] * (-len(entries) % 4)
    directory = b"".join(entries)
    first_directory = len(content)
    count = len(directory) // SECTOR
    content += [directory[i * SECTOR : (i + 1) * SECTOR] for i in range(count)]
    chain += [*range(first_directory + 1, first_directory + count), END]
    tables = 1
    while (len(chain) + tables) * 4 > tables * SECTOR:
        tables += 1
    first_fat = len(content)
    chain += [FAT] * tables
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(tables * SECTOR, b"\xff")
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, tables,
        first_directory, 0, SMALLEST, END, 0, END, 0,
    )  # fmt: skip
    places_of_fat = [*range(first_fat, first_fat + tables)]
    header += struct.pack("<109I", *places_of_fat, *[FREE] * (109 - tables))
    return header + b"".join(content) + fat


def _entry(
    name: str, kind: int, *, child: int = FREE, right: int = FREE, start: int = 0, size: int = 0
) -> bytes:
    encoded = (name + "\0").encode("utf-16-le") if name else b""
    return struct.pack(
        "<64sHBBIII16sIQQIQ",
        encoded, len(encoded), kind, 1, FREE, right, child, b"", 0, 0, 0, start, size,
    )  # fmt: skip


def rtf_of(text: str) -> bytes:
    """Return an RTF document; letters beyond ASCII are escaped, a line is a paragraph."""
    pieces = []
    for char in text:
        if char == "\n":
            pieces.append("\\par\n")
        elif ord(char) < 128:
            pieces.append(f"\\{char}" if char in "\\{}" else char)
        else:
            code = ord(char) if ord(char) < 0x8000 else ord(char) - 0x10000
            pieces.append(f"\\u{code}?")
    head = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Times New Roman;}}\uc1\f0\fs28 "
    return (head + "".join(pieces) + "\\par}").encode("ascii")
