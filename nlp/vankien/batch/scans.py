"""Scans of many pages, shared out among the workers by pages.

A document of hundreds of pages that tesseract must read would hold one core for half an hour
while others have nothing to do, and more than its limit on time.  So a chunk that meets one
is put back; its pages are read by whoever is idle, a few at a time, into files of the
results folder; and the chunk, done again, finds them there.  A run that is broken off loses
a few pages.  Each page is read by itself, so the text is the same either way.

    .store/scans/<digest>-<first page>.json     pages of one document, until the next merge
"""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

import vankien
from vankien.batch.guard import Note, guarded, step_key
from vankien.batch.options import digest_of
from vankien.batch.store import SCANS, Store

__all__ = ["INLINE", "PutBackError", "known_scans", "perform_scan", "scan_tasks"]

Plain = dict[str, Any]

INLINE = 24
"""Most pages of a document that its own worker reads: about a minute's work."""

PAGES_A_TASK = 8
"""Pages that are read, and stored, together."""


class PutBackError(Exception):
    """A chunk holds a document with more scans than its worker is to read alone."""

    def __init__(self, path: str, sha256: str, pages: tuple[int, ...]) -> None:
        self.report: Plain = {"path": path, "sha256": sha256, "pages": list(pages)}
        super().__init__(f"{path}: {len(pages)} pages")


def scan_tasks(put_back: list[Plain]) -> list[Plain]:
    """Return the tasks for the pages of documents, those with the most pages first."""
    return [
        {"kind": "scan", **document, "pages": document["pages"][i : i + PAGES_A_TASK]}
        for document in sorted(put_back, key=lambda d: (-len(d["pages"]), d["path"]))
        for i in range(0, len(document["pages"]), PAGES_A_TASK)
    ]


def _name(sha256: str) -> str:
    # Another version may read another text.
    return digest_of([sha256, vankien.__version__])


def perform_scan(task: Plain, note: Note, store: Store) -> Plain:
    """Read pages of a document and store them; what goes wrong stands in place of a page."""
    clock = time.perf_counter()
    path, pages, skip = task["path"], task["pages"], task.get("skip", {})
    keys = {number: step_key("scan", f"{path} page {number + 1}") for number in pages}
    left = [number for number in pages if keys[number] not in skip]
    found: dict[str, Any] = {str(n): "it ended its worker twice" for n in keys if n not in left}

    def read() -> None:
        import pypdfium2 as pdfium

        from vankien.reading.ocr import read_scans
        from vankien.reading.streams import open_bytes

        note.write(keys[left[0]])
        with open_bytes(path) as stream:
            pdf = pdfium.PdfDocument(stream.read())
        try:
            for place, (number, scan) in enumerate(read_scans(pdf, left), 1):
                found[str(number)] = scan if isinstance(scan, str) else asdict(scan)
                if place < len(left):
                    note.write(keys[left[place]])
        finally:
            pdf.close()

    # A document that cannot be opened any more is for its chunk to report.
    if left:
        guarded(path, "read", read, memory=task.get("memory", ""))
    note.clear()
    if found:
        store.write_json(f"{SCANS}/{_name(task['sha256'])}-{min(map(int, found)):05d}.json", found)
    return {"pages": len(found), "seconds": round(time.perf_counter() - clock, 3)}


def known_scans(store: Store, sha256: str) -> dict[int, Any]:
    """Return what is stored of a document's pages: scans, or what went wrong."""
    from vankien.reading.ocr import Scan
    from vankien.reading.placed_lines import Line

    found: dict[int, Any] = {}
    for page in store.json_files(SCANS, f"{_name(sha256)}-"):
        for number, scan in page.items():
            if isinstance(scan, dict):
                rows = [[Line(**line) for line in row] for row in scan["rows"]]
                scan = Scan(rows, scan["confidence"])
            found[int(number)] = scan
    return found
