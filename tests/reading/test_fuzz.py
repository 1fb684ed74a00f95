"""Files damaged at random: each ends as a document or as an error of the catalogue.

VANKIEN_FUZZ sets the number of mutations of all formats together.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.reading.pdf_files import column, drawn, write
from tests.reading.test_archives import FILES, page, tarred, zipped
from tests.reading.test_tables import CASES as TABLES
from tests.reading.test_tables import as_docx, as_html, as_ruled
from vankien.documents import Document
from vankien.errors import ReadError, VankienError
from vankien.reading import iter_rows, read
from vankien.reading.encodings import encode_as
from vankien.reading.streams import members_of

COUNT = int(os.environ.get("VANKIEN_FUZZ", "200"))
TEXTS: list[str] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "paragraphs.yaml").read_text("utf-8")
)


def rows() -> bytes:
    return "".join(f'{{"id": "{i}", "text": "{t}"}}\n' for i, t in enumerate(TEXTS[2:])).encode()


def comma_separated() -> bytes:
    lines = [f'{i},"{text[:60]}"\n' for i, text in enumerate(TEXTS[2:])]
    return ("id,text\n" + "".join(lines)).encode()


SEEDS: dict[str, Callable[[str], bytes]] = {
    "a.txt": lambda font: "\n".join(TEXTS).encode(),
    "b.txt": lambda font: encode_as("\n".join(TEXTS), "tcvn3"),
    "c.txt": lambda font: "\n".join(TEXTS).encode("utf-16"),
    "a.html": lambda font: as_html(TABLES[1], font),
    "a.mht": lambda font: page(),
    "a.docx": lambda font: as_docx(TABLES[0], font),
    "a.pdf": lambda font: as_ruled(TABLES[1], font),
    "b.pdf": lambda font: drawn(lambda c, n: write(c, font, column(60, 800, TEXTS)), 2),
    "a.jsonl": lambda font: rows(),
    "a.csv": lambda font: comma_separated(),
    "a.zip": lambda font: zipped(FILES),
    "a.tar.gz": lambda font: tarred(FILES, "w:gz"),
    "a.rtf": lambda font: rb"{\rtf1\ansi Chi b\u7897? h\u7885?p.}",
}  # fmt: skip


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Change, drop, repeat or cut some bytes."""
    result = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(result) or 1)
        size = chance.choice((1, 1, 2, 4, 16, 200))
        match chance.randrange(6):
            case 0:
                result[at : at + size] = chance.randbytes(size)
            case 1:
                del result[at : at + size]
            case 2:
                result[at:at] = result[at : at + size] * chance.randint(1, 40)
            case 3:
                result[at : at + 1] = bytes([chance.choice((0, 10, 34, 60, 62, 255))])
            case 4:
                digits = [i for i in range(at, min(at + 400, len(result))) if 48 <= result[i] < 58]
                if digits:
                    result[digits[0]] = chance.choice(b"0123456789")
            case _:
                if chance.random() < 0.1:
                    del result[at:]
    return bytes(result)


def read_all(path: str) -> list[Any]:
    """Read a file as the batch does: members of archives, rows, or the document."""
    members = members_of(path)
    if members is not None:
        return [m if isinstance(m, ReadError) else read_all(m.address) for m in members]
    if path.endswith((".jsonl", ".csv")):
        return list(iter_rows(path))
    return [read(path)]


@pytest.mark.timeout(0 if COUNT > 1000 else 240)
def test_damaged_files(tmp_path: Path, font: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no tesseract, no converters
    seeds = {name: make(font) for name, make in SEEDS.items()}
    outcomes = {"read": 0, "refused": 0}
    for number in range(COUNT):
        name = list(seeds)[number % len(seeds)]
        data = mutated(seeds[name], random.Random(number))
        path = tmp_path / name
        path.write_bytes(data)
        try:
            found = read_all(str(path))
        except VankienError as error:
            assert str(path) in str(error) and "\n" not in str(error)
            outcomes["refused"] += 1
            continue
        outcomes["read"] += 1
        for document in found:
            if isinstance(document, Document):
                assert 0 <= document.quality <= 1
                for block in document.blocks:
                    assert 0 <= block.start < block.end <= len(document.text)
    assert min(outcomes.values()) > COUNT // 20, outcomes
