"""Sentence boundaries, aware of how Party documents and the press are written.

Where to start reading: :func:`split_block` finds the ends inside one paragraph;
:func:`split_document` applies it to the blocks of a document.  A mark (. ! ? …) ends a
sentence unless a rule says no:

* inside numbers ("2.053", the slip "66. 024"), document symbols, addresses of pages;
* after an abbreviation or an initial ("TP.", "T.Ư", "PGS. TS.", "Nguyễn Văn A.");
* after the number of a heading or list item at the start ("1.", "I.", "a.");
* before a lower-case letter;
* before the credit of a photo ("... lần thứ XVII. (Ảnh: HP).").

A full stop without a space ("được giao.Công tác") ends a sentence when a capitalised
syllable follows a lower-case one.  Headings and captions are one sentence each.
"""

from __future__ import annotations

import re
from functools import cache

from vankien.codebook import load_yaml
from vankien.documents import BlockKind, Document, Part, Sentence
from vankien.normalise import UPPER
from vankien.resources import codebook_dir

__all__ = ["split_block", "split_document"]

_CLOSERS = "\"'”’»)]}"
_END = re.compile(rf"(?:[.!?…]+)[{re.escape(_CLOSERS)}]*(?P<gap>\s+|(?=[{UPPER}“\"(])|\Z)")
_NEWLINE = re.compile(r"\s*\n\s*")
_NUMBERING = re.compile(r"\s*(?:[-–+*•]\s*)?\(?(?:\d{1,2}(?:\.\d{1,2})*|[IVXLC]{1,6}|[A-Za-zđĐ])\Z")
_LAST_WORD = re.compile(r"[\w./-]+\Z")
_CREDIT = re.compile(r"\(\s*(?:ảnh|nguồn|tư liệu|photo)\b", re.IGNORECASE)


@cache
def _abbreviations() -> frozenset[str]:
    data = load_yaml(codebook_dir() / "sentences.yaml")
    return frozenset(str(word).lower() for word in data["abbreviations"])


def split_block(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences of one paragraph, without outer white space."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if _is_end(text, start, match):
            spans.append((start, match.end() - len(match.group("gap"))))
            start = match.end()
    if start < len(text):
        spans.append((start, len(text)))
    return [span for span in (_strip(text, *span) for span in spans) if span[0] < span[1]]


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _is_end(text: str, start: int, match: re.Match[str]) -> bool:
    after = match.end()
    if after >= len(text):
        return True
    mark = match.start()
    marks = match.group().strip()
    following = text[after]
    gap = match.group("gap")
    if "\n" in gap:
        return True
    single = marks[0] == "." and (len(marks) == 1 or marks[1] != ".")
    if following.islower():
        return False
    if single and mark and text[mark - 1].isdigit() and following.isdigit():
        return not (mark + 1 < len(text) and _grouped(text, after))
    if _CREDIT.match(text, after):
        return False
    if not single:
        # "..." or "?" inside a quotation goes on when no capital follows.
        return following.isupper() or following.isdigit() or following in "“\"'‘(-–•"
    before = text[start:mark]
    if _NUMBERING.match(before):
        return False
    word_match = _LAST_WORD.search(before)
    word = word_match.group() if word_match else ""
    last = word.rsplit(".", 1)[-1]
    if word.lower() in _abbreviations() or last.lower() in _abbreviations():
        return False
    if len(last) == 1 and last.isupper():
        # An initial ("Nguyễn Văn A. Trần") unless a new clause plainly begins; a roman
        # numeral I, V, X may end a sentence ("quý I. Trong").
        return last in "IVX" and bool(gap)
    if not gap:
        # Missing space: "được giao.Công tác" but not "Vnexpress.Net" or "T.Ư".
        return (
            len(last) > 1
            and last.islower()
            and following.isupper()
            and after + 1 < len(text)
            and text[after + 1].islower()
            and "/" not in word
            and "@" not in before[-40:].rsplit(" ", 1)[-1]
            and not before.rsplit(" ", 1)[-1].startswith("www")
        )
    return True


_GROUP = re.compile(r"\d{3}(?!\d)")


def _grouped(text: str, after: int) -> bool:
    # "66. 024": a thousands point with a stray space.
    return _GROUP.match(text, after) is not None


def split_document(document: Document) -> list[Sentence]:
    """Return the sentences of a document in order; tables have none."""
    text = document.text
    sentences: list[Sentence] = []
    for block in document.blocks:
        if block.kind is BlockKind.TABLE:
            continue
        body = text[block.start : block.end]
        heading = block.kind is BlockKind.HEADING
        if heading or block.part in (Part.CAPTION, Part.HEADER, Part.FOOTER):
            spans = [_strip(body, 0, len(body))]
        else:
            spans = split_block(body)
        for start, end in spans:
            if start < end:
                sentences.append(
                    Sentence(
                        index=len(sentences),
                        start=block.start + start,
                        end=block.start + end,
                        part=block.part,
                        page=block.page,
                        section=block.section,
                        heading=heading,
                    )
                )
    return sentences
