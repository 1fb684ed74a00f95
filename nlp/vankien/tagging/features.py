"""What the estimators of themes and roles see of a sentence, as one sparse matrix.

Blocks, side by side: n-grams of the sentence (presence times inverse document frequency, rows
of length one); n-grams of the heading in force (likewise, times ``heading_weight``); flags
that the caller computes, such as the codebook's cues (times ``flag_weight``); the marks of its
writing (:mod:`~vankien.tagging.marks`, times ``mark_weight``); n-grams of its first clause, where
there are several (times ``clause_weight``).  The last two are left out where they have no weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from vankien.tagging.marks import N_MARKS, marks_of
from vankien.tagging.ngrams import Located, NgramSpace
from vankien.tagging.syllabary import Encoded, Syllabary

__all__ = ["SentenceFeatures", "SentenceInput", "WeightedSpace"]

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SentenceInput:
    """A sentence as an estimator sees it: its text, and the heading in force ("" if none)."""

    text: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class WeightedSpace:
    """N-grams with their inverse document frequencies."""

    space: NgramSpace
    idf: Floats

    @classmethod
    def of_texts(
        cls, texts: Sequence[str], syllabary: Syllabary, *, max_order: int, minimum: int
    ) -> WeightedSpace:
        """Learn the n-grams that stand in ``minimum`` texts, and their frequencies."""
        space = NgramSpace.of_texts(texts, syllabary, max_order=max_order, minimum=minimum)
        counts = np.asarray(space.matrix(syllabary.encode(texts)).sum(axis=0)).ravel()
        # The smoothed form of scikit-learn's TfidfTransformer.
        idf = np.log((1 + len(texts)) / (1 + counts)) + 1
        return cls(space, idf.astype(np.float32))

    def matrix(
        self, encoded: Encoded, located: Located | None = None, *, opening: bool = False
    ) -> sparse.csr_matrix:
        """Return the weighted n-grams, rows of length one (or zero).

        ``located`` saves looking them up again; ``opening`` asks for those of first clauses.
        """
        columns, places, orders = (located or self.space.locate(encoded)).joined()
        rows = encoded.rows()[places]
        if opening:
            ends = encoded.bounds[:-1] + encoded.openings
            inside = places + orders <= ends[rows]
            rows, columns = rows[inside], columns[inside]
        # A repeated n-gram counts once.
        width = len(self.space)
        keys = np.sort(rows * width + columns)
        keys = keys[np.diff(keys, prepend=-1) > 0]
        rows, columns = np.divmod(keys, width)
        weights = self.idf[columns]
        lengths = np.sqrt(np.bincount(rows, weights**2, minlength=len(encoded)))
        data = (weights / np.maximum(lengths, 1e-9)[rows]).astype(np.float32)
        bounds = np.searchsorted(rows, np.arange(len(encoded) + 1))
        return sparse.csr_matrix((data, columns, bounds), shape=(len(encoded), width))


class SentenceFeatures:
    """The feature blocks with what they learned; immutable once fitted or loaded."""

    def __init__(
        self,
        text: WeightedSpace,
        heading: WeightedSpace,
        *,
        heading_weight: float,
        flag_weight: float,
        n_flags: int,
        mark_weight: float = 0.0,
        clause_weight: float = 0.0,
    ) -> None:
        self.text = text
        self.heading = heading
        self.heading_weight = heading_weight
        self.flag_weight = flag_weight
        self.n_flags = n_flags
        self.mark_weight = mark_weight
        self.clause_weight = clause_weight

    @classmethod
    def of_sentences(
        cls,
        sentences: Sequence[SentenceInput],
        *,
        n_flags: int,
        max_order: int = 2,
        minimum: int = 2,
        heading_weight: float = 0.3,
        flag_weight: float = 0.3,
        mark_weight: float = 0.0,
        clause_weight: float = 0.0,
        syllabary: Syllabary | None = None,
    ) -> SentenceFeatures:
        """Learn the n-grams of texts and headings from training sentences.

        Models that share a ``syllabary`` share the encoding of a text.
        """
        texts = [s.text for s in sentences]
        headings = sorted({s.heading for s in sentences if s.heading}) or ["-"]
        if syllabary is None:
            syllabary = Syllabary.of_texts([*texts, *headings])
        return cls(
            WeightedSpace.of_texts(texts, syllabary, max_order=max_order, minimum=minimum),
            WeightedSpace.of_texts(headings, syllabary, max_order=2, minimum=1),
            heading_weight=heading_weight,
            flag_weight=flag_weight,
            n_flags=n_flags,
            mark_weight=mark_weight,
            clause_weight=clause_weight,
        )

    @property
    def syllabary(self) -> Syllabary:
        """The syllables that text and headings share."""
        return self.text.space.syllabary

    @property
    def n_features(self) -> int:
        """Number of columns of all blocks."""
        return self._bounds[-1]

    @cached_property
    def _bounds(self) -> tuple[int, ...]:
        """Where the columns of each block end."""
        n_text = len(self.text.space)
        sizes = (
            n_text, len(self.heading.space), self.n_flags,
            N_MARKS if self.mark_weight else 0, n_text if self.clause_weight else 0,
        )  # fmt: skip
        return tuple(np.cumsum(sizes).tolist())

    def matrix(
        self, encoded: Encoded, headings: Sequence[str], flags: sparse.csr_matrix
    ) -> sparse.csr_matrix:
        """Return the feature matrix of sentences: rows as in ``encoded``.

        ``headings`` has the heading of each sentence, ``flags`` a row of flags each.
        """
        blocks = [
            self.text.matrix(encoded),
            self._headings(headings) * self.heading_weight,
            flags * self.flag_weight,
        ]
        if self.mark_weight:
            blocks.append(_marks(encoded) * self.mark_weight)
        if self.clause_weight:
            blocks.append(self.text.matrix(encoded, opening=True) * self.clause_weight)
        return sparse.hstack(blocks, format="csr", dtype=np.float32)

    def scores(
        self,
        encoded: Encoded,
        headings: Sequence[str],
        flags: sparse.csr_matrix,
        coefficients: npt.NDArray[Any],
        located: Located | None = None,
    ) -> npt.NDArray[Any]:
        """Return :meth:`matrix` times ``coefficients`` without building the matrix.

        The batch scores every sentence here: blocks are multiplied one by one, and those
        without an entry, which is most of them, are left out.  No heading counts for nothing.
        ``located`` saves looking up the n-grams of the sentences again.
        """
        n_text, n_heading, n_flags, n_marks, _ = self._bounds
        if located is None:
            located = self.text.space.locate(encoded)
        scores: npt.NDArray[Any] = self.text.matrix(encoded, located) @ coefficients[:n_text]
        below = [number for number, heading in enumerate(headings) if heading]
        if below:
            # Neighbouring sentences share their heading: each is multiplied once.
            given = [heading for heading in headings if heading]
            distinct = {heading: n for n, heading in enumerate(dict.fromkeys(given))}
            rows_ = self.heading.matrix(self.syllabary.encode(list(distinct)))
            products = rows_ @ coefficients[n_text:n_heading]
            scores[below] += products[[distinct[h] for h in given]] * self.heading_weight
        if flags.nnz:
            scores += (flags @ coefficients[n_heading:n_flags]) * self.flag_weight
        if self.mark_weight:
            scores += (_marks(encoded) @ coefficients[n_flags:n_marks]) * self.mark_weight
        if self.clause_weight:
            clauses = self.text.matrix(encoded, located, opening=True)
            scores += (clauses @ coefficients[n_marks:]) * self.clause_weight
        return scores

    def _headings(self, headings: Sequence[str]) -> sparse.csr_matrix:
        """Return a row for each heading; that of no heading is empty."""
        distinct = {heading: n for n, heading in enumerate(dict.fromkeys(headings))}
        rows = self.heading.matrix(self.syllabary.encode([*distinct]))
        # The encoding of nothing is the mark at its beginning, which is no heading either.
        given = sparse.diags([float(bool(h)) for h in distinct], format="csr", dtype=np.float32)
        return (given @ rows)[[distinct[heading] for heading in headings]]

    def transform(
        self,
        sentences: Sequence[SentenceInput],
        flags: sparse.csr_matrix,
        *,
        marks: sparse.csr_matrix | None = None,
    ) -> sparse.csr_matrix:
        """Return the feature matrix of sentences given as texts (training, evaluation).

        ``marks`` stand for those of texts that nobody wrote as sentences.
        """
        texts = [s.text for s in sentences]
        if marks is None:
            marks = marks_of([(text, 0, len(text)) for text in texts])
        encoded = replace(self.syllabary.encode(texts), marks=marks)
        return self.matrix(encoded, [s.heading for s in sentences], flags)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return everything as plain arrays (see :meth:`from_arrays`)."""
        arrays: dict[str, npt.NDArray[Any]] = {
            "syllables": np.array("\n".join(self.syllabary.syllables).encode("utf-8")),
            "settings": np.array(
                [
                    self.heading_weight,
                    self.flag_weight,
                    float(self.n_flags),
                    self.mark_weight,
                    self.clause_weight,
                ],
                dtype=np.float64,
            ),
        }
        for name, block in (("text", self.text), ("heading", self.heading)):
            arrays[f"{name}_idf"] = block.idf
            for order, keys in enumerate(block.space.keys, start=1):
                arrays[f"{name}_keys{order}"] = keys
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> SentenceFeatures:
        """Rebuild the features from :meth:`to_arrays`.  Raises KeyError or ValueError."""
        syllabary = Syllabary(bytes(arrays["syllables"]).decode("utf-8").split("\n"))

        def block(name: str) -> WeightedSpace:
            orders = sorted(key for key in arrays if key.startswith(f"{name}_keys"))
            space = NgramSpace(syllabary, [arrays[key] for key in orders])
            idf = arrays[f"{name}_idf"]
            if len(idf) != len(space):
                raise ValueError(f"{name}: {len(space)} n-grams, {len(idf)} frequencies")
            return WeightedSpace(space, idf)

        # A model of one's own may be older than marks and clauses.
        settings = [*map(float, arrays["settings"]), 0.0, 0.0][:5]
        heading_weight, flag_weight, n_flags, mark_weight, clause_weight = settings
        return cls(
            block("text"),
            block("heading"),
            heading_weight=heading_weight,
            flag_weight=flag_weight,
            n_flags=int(n_flags),
            mark_weight=mark_weight,
            clause_weight=clause_weight,
        )


def _marks(encoded: Encoded) -> sparse.csr_matrix:
    """Return the marks of sentences.  Raises ValueError where they were not asked for."""
    if encoded.marks is None:
        raise ValueError("the sentences were encoded without their marks")
    return encoded.marks
