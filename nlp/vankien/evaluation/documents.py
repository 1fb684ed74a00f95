"""Score themes and roles on whole documents, against documents coded sentence by sentence.

Each sentence is read in its document, with its headings and neighbours, as in a batch.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from vankien.analysis import Analysis
from vankien.documents import Block, BlockKind, Document, Kind, Metadata, Part
from vankien.evaluation.gold import CodedDocument, load_gold
from vankien.evaluation.metrics import Count, Score, score

__all__ = ["coded_document", "score_documents"]


def coded_document(entry: CodedDocument) -> tuple[Document, list[tuple[int, int]]]:
    """Return a document of a coded one and the offsets of its sentences.

    Sentences of one heading and part make one paragraph.
    """
    text = ""
    blocks: list[Block] = []
    spans: list[tuple[int, int]] = []
    before: tuple[str, str | None] | None = None
    heading: str | None = None
    for sentence in entry.sentences:
        here = (sentence.part, sentence.heading)
        if sentence.heading and sentence.heading != heading:
            start = len(text) + 2 * bool(text)
            text += "\n\n" * bool(text) + sentence.heading
            blocks.append(Block(start, len(text), kind=BlockKind.HEADING, level=1))
        heading = sentence.heading or heading
        joined = here == before and sentence.part == "body"
        text += "" if not text else (" " if joined else "\n\n")
        spans.append((len(text), len(text) + len(sentence.text)))
        text += sentence.text
        section = (sentence.heading,) if sentence.heading else ()
        start = blocks.pop().start if joined else spans[-1][0]
        blocks.append(Block(start, len(text), part=Part(sentence.part), section=section))
        before = here
    document = Document(
        doc_id=entry.id,
        source="gold",
        text=text,
        blocks=tuple(blocks),
        kind=Kind(entry.kind),
        metadata=Metadata(title=entry.title, published=entry.published),
    )
    return document, spans


def _counts(predicted: set[str], gold: set[str]) -> Count:
    return Count(len(predicted & gold), len(predicted - gold), len(gold - predicted))


def score_documents(
    split: str, folder: Path | None, resamples: int
) -> tuple[list[Score], list[Score]]:
    """Return document themes, themes of sentences in context and roles in context."""
    whole: list[Count] = []
    themes: list[Count] = []
    roles: list[Count] = []
    by_code: dict[str, list[Count]] = {}
    entry: CodedDocument
    for entry in load_gold("documents", split, folder):
        document, spans = coded_document(entry)
        analysis = Analysis(document)
        found = {row["theme"] for row in analysis.document_themes}
        gold = set(entry.themes)
        whole.append(_counts(found, gold))
        for code in found | gold:
            by_code.setdefault(code, []).append(_counts(found & {code}, gold & {code}))
        starts = [row["start"] for row in analysis.sentence_rows]
        for (start, end), sentence in zip(spans, entry.sentences, strict=True):
            inside = {n for n, place in enumerate(starts) if start <= place < end}
            coded = {r["theme"] for r in analysis.sentence_themes if r["sentence"] in inside}
            themes.append(_counts(coded, set(sentence.themes)))
            # A gold sentence that the splitter cuts has the role of most of its pieces.
            votes = Counter(analysis.sentence_rows[n]["role"] for n in sorted(inside))
            right = bool(votes) and votes.most_common(1)[0][0] == sentence.role
            roles.append(Count(tp=int(right), fp=int(not right), fn=int(not right)))
    return [
        score("documents", "document themes", whole, resamples=resamples),
        score("documents", "themes of sentences", themes, resamples=resamples),
        score("documents", "roles (accuracy)", roles, resamples=resamples),
    ], [
        score("documents", code, counts, resamples=resamples)
        for code, counts in sorted(by_code.items())
    ]
