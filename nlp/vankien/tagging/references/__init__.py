"""References to Party and State documents: found first, resolved afterwards.

Where to start reading: :func:`find_references`, then ``mentions.py`` (finding) and
``resolve.py`` (resolving).  The recognisers are expanded from the codebook
(``document_types.yaml``, ``issuers.yaml``, ``references/grammar.yaml``); the documents and
their succession are ``references/documents/`` and ``references/laws.yaml``.  Found are

* full forms ("Nghị quyết số 04-NQ/TW, ngày 30/10/2016 của ...") and bare symbols ("18-NQ/TW");
* short forms ("Chỉ thị 05", "Quy định số 37"), abbreviations ("CT05", "NQ 35");
* by plenum ("Nghị quyết Trung ương 4 khóa XII", "NQTW4 (khóa XII)");
* by congress ("Nghị quyết Đại hội Đảng bộ tỉnh ... lần thứ XVII");
* rows of these ("Chỉ thị 03, 05"; "khóa XI, khóa XII"): one mention for each member;
* the Charter, the Constitution, laws and codes by name;
* back references ("Nghị quyết này", "Quy định trên") to a document named before.

A mention runs from its type to its number, with the date, year or term that follows at
once; the body ("của Bộ Chính trị") and articles ("khoản 2 Điều 5") stay outside.  In a row
each member begins at its own number or term.  Not found, on purpose: resolutions without
number or congress, congresses in the plural ("đại hội các cấp"), programmes named by a
figure ("Chương trình 135"), laws and constitutions of other countries, "nghị quyết này"
with nothing before it.
"""

from __future__ import annotations

from datetime import date

from vankien.language.cues import Hit
from vankien.tagging.references.anchors import guard_entries, scan
from vankien.tagging.references.knowledge import CentralDocument, knowledge_base
from vankien.tagging.references.mention import Reference
from vankien.tagging.references.mentions import find_mentions
from vankien.tagging.references.resolve import resolve

__all__ = ["CentralDocument", "Reference", "find_references", "guard_entries", "knowledge_base"]


def find_references(
    text: str, *, published: date | None = None, hits: list[Hit] | None = None
) -> list[Reference]:
    """Return the mentions of documents in a text in order, none overlapping.

    ``published`` is the document's own date; ``hits`` are those of :func:`guard_entries`
    where the text has been scanned already.  A text with none costs next to nothing.

    >>> [r.canonical for r in find_references("Chi bộ học Nghị quyết số 35-NQ/TW.")]
    ['35-NQ/TW@2018-10-22']
    """
    mentions = find_mentions(text, scan(text) if hits is None else hits)
    return resolve(text, mentions, published) if mentions else []
