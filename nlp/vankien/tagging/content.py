"""The sentences of one text as themes and roles are read off them.

Models score the sentences of many texts at once: what an array operation costs, it costs
once for all of them.  No result depends on which texts are scored together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vankien.documents import CONTENT_PARTS, Sentence
from vankien.language.cues import Hits
from vankien.normalise import Folded
from vankien.tagging.marks import marks_of
from vankien.tagging.syllabary import Encoded, Syllabary

__all__ = ["Content", "bounds_of", "content_of", "encode_contents", "heading_of"]


@dataclass(frozen=True, slots=True)
class Content:
    """The sentences of a text's content parts; ``hits`` are the codebook's in the whole text.

    ``places`` are the offsets of the sentences in the folded text; ``news`` says that the
    text is a news article.
    """

    text: str
    folded: Folded
    hits: Hits
    sentences: list[Sentence]
    places: list[tuple[int, int]]
    news: bool = False

    @property
    def headings(self) -> list[str]:
        """The heading in force for each sentence, "" where there is none."""
        return [heading_of(s) for s in self.sentences]


def heading_of(sentence: Sentence) -> str:
    """Return the heading in force for a sentence, "" where there is none."""
    return sentence.section[-1] if sentence.section else ""


def content_of(
    text: str, folded: Folded, hits: Hits, sentences: Iterable[Sentence], *, news: bool = False
) -> Content:
    """Return the content of a text, of all its sentences in order."""
    chosen = [s for s in sentences if s.part in CONTENT_PARTS]
    places = folded.map.spans_from_source([(s.start, s.end) for s in chosen])
    return Content(text, folded, hits, chosen, places, news)


def bounds_of(contents: Sequence[Content]) -> list[tuple[int, int]]:
    """Return the rows of each text among the sentences of all, as (first, end)."""
    bounds = []
    first = 0
    for content in contents:
        bounds.append((first, first + len(content.sentences)))
        first += len(content.sentences)
    return bounds


def encode_contents(syllabary: Syllabary, contents: Sequence[Content]) -> Encoded:
    """Return the sentences of texts as one run of syllable numbers, with their marks."""
    encoded = syllabary.encode_stretches(
        [(content.folded.text, *place) for content in contents for place in content.places]
    )
    written = [(content.text, s.start, s.end) for content in contents for s in content.sentences]
    return replace(encoded, marks=marks_of(written))
