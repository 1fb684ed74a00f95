"""Training rows: coded sentences of the gold, and the paraphrases of the lexicon."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from vankien.codebook import Codebook
from vankien.errors import GoldError
from vankien.evaluation.gold import ThemeSentence, load_gold
from vankien.language.cues import Hits, PhraseIndex, codebook_entries
from vankien.resources import corpus_dir
from vankien.tagging.features import SentenceInput
from vankien.tagging.syllabary import Syllabary
from vankien.tagging.themes.flags import cue_flags

__all__ = [
    "Paraphrase",
    "ThemeRows",
    "family_numbers",
    "load_paraphrases",
    "theme_rows",
    "training_syllabary",
]


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
    targets: npt.NDArray[np.bool_]


def _hits(codebook: Codebook, texts: Iterable[str]) -> list[tuple[Hits, int, int]]:
    index = PhraseIndex(codebook_entries(codebook))
    return [(index.scan(text), 0, len(text)) for text in texts]


def theme_rows(
    codebook: Codebook, items: list[ThemeSentence] | list[Paraphrase], labels: tuple[str, ...]
) -> ThemeRows:
    """Return the rows of coded sentences or paraphrases."""
    inputs = [SentenceInput(i.text, getattr(i, "heading", None) or "") for i in items]
    flags = cue_flags(labels, _hits(codebook, [i.text for i in items]))
    targets = np.array([[code in i.themes for code in labels] for i in items], dtype=np.bool_)
    return ThemeRows(inputs, flags, targets.reshape(len(items), len(labels)))


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
    sentences = [*load_gold("themes", "train", gold, codebook=codebook), *(extra or ())]
    texts = [s.text for s in sentences] + [s.heading for s in sentences if s.heading]
    paraphrases = load_paraphrases(codebook) if lexicon else []
    return Syllabary.of_texts([*texts, *(p.text for p in paraphrases)])
