"""Training rows: coded sentences of the gold, and the paraphrases of the lexicon."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from vankien.codebook import Codebook, load_codebook, load_examples
from vankien.errors import GoldError
from vankien.evaluation.gold import CodedDocument, ThemeSentence, gold_dir, load_gold
from vankien.language.cues import Hits, PhraseIndex, codebook_entries
from vankien.normalise import fold
from vankien.resources import codebook_dir, corpus_dir
from vankien.tagging.features import SentenceInput
from vankien.tagging.syllabary import Syllabary, split_syllables
from vankien.tagging.themes.arbiter import Circumstances
from vankien.tagging.themes.flags import circumstances_of, cue_flags

__all__ = [
    "Paraphrase",
    "ThemeRows",
    "coded_sentences",
    "document_rows",
    "example_weights",
    "family_numbers",
    "load_paraphrases",
    "theme_rows",
    "training_syllabary",
]


EXAMPLE_WEIGHT = 4.0
"""Weight of an example of the codebook, which defines its code, beside a coded sentence."""

_EXAMPLE = "codebook-"


@dataclass(frozen=True, slots=True)
class Paraphrase:
    """A short expression with the codes that it tells of (none: it is only near)."""

    text: str
    themes: tuple[str, ...]


def load_paraphrases(codebook: Codebook, folder: Path | None = None) -> list[Paraphrase]:
    """Return the paraphrases of ``corpus/lexicon/paraphrases`` in the order of the files.

    A line is codes (comma-separated, or "-"), a tab, and the expression.  Raises GoldError
    (V302) for a malformed line or an unknown code.
    """
    found = []
    for path in sorted((folder or corpus_dir() / "lexicon" / "paraphrases").glob("*.tsv")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            codes, tab, text = line.partition("\t")
            themes = () if codes == "-" else tuple(codes.split(","))
            unknown = [code for code in themes if code not in codebook.themes]
            if not tab or not text.strip() or unknown:
                detail = f"unknown code {unknown[0]}" if unknown else "no code and expression"
                raise GoldError("V302", f"{path.name} line {number}", detail=detail)
            found.append(Paraphrase(text, themes))
    return found


@dataclass(frozen=True, slots=True)
class ThemeRows:
    """Sentences as a theme estimator sees them, with their targets (rows x labels)."""

    inputs: list[SentenceInput]
    flags: sparse.csr_matrix
    circumstances: Circumstances
    targets: npt.NDArray[np.bool_]


def _hits(codebook: Codebook, texts: Iterable[str]) -> list[tuple[Hits, int, int]]:
    index = PhraseIndex(codebook_entries(codebook))
    return [(index.scan(text), 0, len(text)) for text in texts]


def theme_rows(
    codebook: Codebook, items: list[ThemeSentence] | list[Paraphrase], labels: tuple[str, ...]
) -> ThemeRows:
    """Return the rows of coded sentences or paraphrases."""
    inputs = [SentenceInput(i.text, getattr(i, "heading", None) or "") for i in items]
    hits = _hits(codebook, [i.text for i in items])
    flags = cue_flags(labels, hits)
    around = circumstances_of(
        hits,
        [len(split_syllables(fold(i.text).text)) for i in items],
        [bool(i.heading) for i in inputs],
    )
    targets = np.array([[code in i.themes for code in labels] for i in items], dtype=np.bool_)
    return ThemeRows(inputs, flags, around, targets.reshape(len(items), len(labels)))


def codebook_sentences() -> list[ThemeSentence]:
    """Return the codebook's examples and counterexamples of the themes as coded sentences."""
    found = []
    for path in sorted((codebook_dir() / "themes").glob("*.yaml")):
        for code, entry in load_examples(path).items():
            for number, example in enumerate((*entry["positive"], *entry["negative"])):
                found.append(
                    ThemeSentence(
                        id=f"{_EXAMPLE}{code}-{number}",
                        family=f"{_EXAMPLE}{code}",
                        text=example["text"],
                        themes=example["themes"],
                    )
                )
    return found


def coded_sentences(codebook: Codebook, gold: Path | None = None) -> list[ThemeSentence]:
    """Return the training sentences: coded alone, in documents, and in the codebook.

    Documents and examples are those of vankien's own codebook.
    """
    found: list[ThemeSentence] = load_gold("themes", "train", gold, codebook=codebook)
    if codebook is not load_codebook():
        return found
    found += codebook_sentences()
    if not ((gold or gold_dir()) / "train" / "documents.jsonl").exists():
        return found
    document: CodedDocument
    for document in load_gold("documents", "train", gold):
        previous: str | None = None
        for number, sentence in enumerate(document.sentences):
            found.append(
                ThemeSentence(
                    id=f"{document.id}-{number}",
                    family=document.family,
                    previous=previous,
                    **sentence.model_dump(),
                )
            )
            previous = sentence.text
    return found


def document_rows(
    sentences: list[ThemeSentence], gold: Path | None = None
) -> list[tuple[CodedDocument, list[int]]]:
    """Return the coded documents of the training split with the rows of their sentences."""
    if not ((gold or gold_dir()) / "train" / "documents.jsonl").exists():
        return []
    place = {sentence.id: row for row, sentence in enumerate(sentences)}
    return [
        (document, [place[f"{document.id}-{n}"] for n in range(len(document.sentences))])
        for document in load_gold("documents", "train", gold)
        if f"{document.id}-0" in place
    ]


def example_weights(sentences: list[ThemeSentence]) -> npt.NDArray[np.float64]:
    """Return the weight of each sentence: the codebook's own examples count for several."""
    return np.array([EXAMPLE_WEIGHT if s.family.startswith(_EXAMPLE) else 1.0 for s in sentences])


def family_numbers(sentences: list[ThemeSentence]) -> npt.NDArray[np.int64]:
    """Return a stable number for each family, so that folds keep near-copies together."""
    return np.array([zlib.crc32(s.family.encode()) for s in sentences], dtype=np.int64)


def training_syllabary(
    codebook: Codebook,
    gold: Path | None = None,
    *,
    extra: list[ThemeSentence] | None = None,
    lexicon: bool = True,
) -> Syllabary:
    """Return the syllables of all training text, which the models of one release share.

    ``extra`` are further sentences; ``lexicon`` takes in the paraphrases.
    """
    sentences = [*coded_sentences(codebook, gold), *(extra or ())]
    texts = [s.text for s in sentences] + [s.heading for s in sentences if s.heading]
    paraphrases = load_paraphrases(codebook) if lexicon else []
    return Syllabary.of_texts([*texts, *(p.text for p in paraphrases)])
