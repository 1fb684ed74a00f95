"""keyness(): what one part of a collection says more often than another.

For a term with O1 and O2 occurrences among the N1 and N2 tokens of the two parts:

* log-likelihood G2 = 2 (O1 ln(O1/E1) + O2 ln(O2/E2)) with Ei = Ni (O1 + O2) / (N1 + N2)
  (Rayson and Garside 2000, "Comparing corpora using frequency profiling"), by
  ``scipy.stats.power_divergence``: how sure the difference is;
* log ratio log2((O1/N1) / (O2/N2)), 0.5 in place of a nought (Hardie 2014, "Log Ratio"):
  how big it is;
* DP, half the sum of absolute differences between the documents' shares of the term and of
  all tokens (Gries 2008, "Dispersions and adjusted frequencies in corpora"): 0 where it is
  spread evenly, near 1 where one document has it all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from vankien.errors import UsageError
from vankien.language.words import words as word_spans
from vankien.normalise import fold
from vankien.results.tidy import TidyTable, tidy

if TYPE_CHECKING:
    from vankien.results.tables import Tables

__all__ = ["deviation_of_proportions", "keyness"]

CRITICAL = 10.83
"""Chi square of one degree of freedom at p = 0.001."""

COLUMNS: dict[str, Any] = {
    "term": str,
    "key_in": str,
    "n_target": int,
    "n_reference": int,
    "per_million_target": float,
    "per_million_reference": float,
    "log_likelihood": float,
    "p_value": float,
    "log_ratio": float,
    "dispersion_target": float,
    "dispersion_reference": float,
    "n_documents_target": int,
    "n_documents_reference": int,
}
_SYLLABLE = re.compile(r"\w+")


def keyness(
    target: Tables,
    reference: Tables,
    *,
    unit: str = "syllables",
    ngrams: tuple[int, int] = (1, 3),
    min_count: int = 5,
    min_documents: int = 2,
    min_log_likelihood: float = CRITICAL,
    limit: int | None = 200,
) -> TidyTable:
    """Return one row a term whose frequency differs between two parts of a collection.

    Columns: term, key_in ("target" or "reference"), n_target, n_reference,
    per_million_target, per_million_reference, log_likelihood, p_value (not corrected for
    the number of terms), log_ratio (of target to reference), dispersion_target,
    dispersion_reference (DP; null where it does not occur), n_documents_target,
    n_documents_reference.  By log-likelihood, the highest first.

    The parts are results or filtered results.  Terms are sequences of syllables within a
    sentence (``ngrams`` from and to), or of words with ``unit="words"``, which underthesea
    cuts at some 150,000 characters a second.  Sequences of figures are left out, and terms
    rarer than ``min_count`` in both parts together or in fewer than ``min_documents``.
    Repeated stories count once in each part.  Raises UsageError (V401) for wrong options
    and for a part without text.
    """
    if unit not in ("syllables", "words"):
        raise UsageError("V401", "unit", detail=f"{unit!r} is neither syllables nor words")
    first, last = ngrams
    if not 1 <= first <= last:
        raise UsageError("V401", "ngrams", detail=f"{ngrams!r} is no range of lengths")
    import numpy as np
    from scipy.stats import power_divergence
    from sklearn.feature_extraction.text import CountVectorizer

    parts = [list(_documents(part, unit)) for part in (target, reference)]
    for name, part in zip(("target", "reference"), parts, strict=True):
        if not part:
            raise UsageError("V401", name, detail="it holds no sentence")
    sizes = [np.array([sum(map(len, d)) for d in part], dtype=float) for part in parts]

    def analyse(sentences: list[list[str]]) -> Iterator[str]:
        for tokens in sentences:
            for size in range(first, last + 1):
                for place in range(len(tokens) - size + 1):
                    yield " ".join(tokens[place : place + size])

    vectorizer = CountVectorizer(analyzer=analyse, min_df=min_documents, dtype=np.int64)
    try:
        counts = vectorizer.fit_transform([*parts[0], *parts[1]])
    except ValueError:  # scikit-learn's word for an empty vocabulary
        return _table([], parts, unit, ngrams)
    one, two = counts[: len(parts[0])], counts[len(parts[0]) :]
    terms = vectorizer.get_feature_names_out()
    o1, o2 = np.asarray(one.sum(axis=0)).ravel(), np.asarray(two.sum(axis=0)).ravel()
    n1, n2 = sizes[0].sum(), sizes[1].sum()
    share = (o1 + o2) / (n1 + n2)
    statistic, p_value = power_divergence(
        np.stack([o1, o2]), np.stack([n1 * share, n2 * share]), lambda_="log-likelihood"
    )
    ratio = np.log2((np.where(o1 == 0, 0.5, o1) / n1) / (np.where(o2 == 0, 0.5, o2) / n2))
    kept = (o1 + o2 >= min_count) & (statistic >= min_log_likelihood)
    spread = [
        deviation_of_proportions(m, s) for m, s in zip((one, two), sizes, strict=True)
    ]  # fmt: skip
    held = [np.asarray((m > 0).sum(axis=0)).ravel() for m in (one, two)]
    order = sorted(np.flatnonzero(kept), key=lambda t: (-statistic[t], terms[t]))
    rows = [
        {
            "term": str(terms[t]),
            "key_in": "target" if ratio[t] > 0 else "reference",
            "n_target": int(o1[t]),
            "n_reference": int(o2[t]),
            "per_million_target": float(1e6 * o1[t] / n1),
            "per_million_reference": float(1e6 * o2[t] / n2),
            "log_likelihood": float(statistic[t]),
            "p_value": float(p_value[t]),
            "log_ratio": float(ratio[t]),
            "dispersion_target": float(spread[0][t]) if o1[t] else None,
            "dispersion_reference": float(spread[1][t]) if o2[t] else None,
            "n_documents_target": int(held[0][t]),
            "n_documents_reference": int(held[1][t]),
        }
        for t in order[:limit]
    ]
    return _table(rows, parts, unit, ngrams)


def _table(
    rows: list[dict[str, Any]], parts: list[list[Any]], unit: str, ngrams: tuple[int, int]
) -> TidyTable:
    return tidy(
        rows,
        COLUMNS,
        title="Key terms of target against reference",
        rule=f"Sequences of {ngrams[0]} to {ngrams[1]} {unit} within sentences; "
        "log-likelihood (Rayson and Garside 2000), log ratio (Hardie 2014), DP (Gries 2008); "
        "repeated stories once.",
        n={"documents of the target": len(parts[0]), "of the reference": len(parts[1])},
    )


def _documents(part: Tables, unit: str) -> Iterator[list[list[str]]]:
    """Yield the sentences of each document as lists of folded tokens."""
    part.need_texts("keyness")
    current: str | None = None
    sentences: list[list[str]] = []
    for batch in part.batches(
        'select doc_id, "text" from sentences where doc_id in '
        "(select doc_id from stories where first) order by doc_id, sentence"
    ):
        for doc_id, text in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            if doc_id != current and sentences:
                yield sentences
                sentences = []
            current = doc_id
            if tokens := _tokens(text, unit):
                sentences.append(tokens)
    if sentences:
        yield sentences


def _tokens(text: str, unit: str) -> list[str]:
    folded = fold(text).text
    if unit == "syllables":
        return [s for s in _SYLLABLE.findall(folded) if not s[0].isdigit()]
    found = []
    for start, end in word_spans(text):
        syllables = _SYLLABLE.findall(fold(text[start:end]).text)
        if syllables and not syllables[0][0].isdigit():
            found.append("_".join(syllables))
    return found


def deviation_of_proportions(counts: Any, sizes: Any) -> Any:
    """Return Gries' DP of every column of a sparse matrix of documents by terms.

    ``sizes`` are the tokens of the documents.  A term that does not occur has 0.5.
    """
    import numpy as np

    shares = sizes / sizes.sum()
    matrix = counts.tocoo()
    totals = np.asarray(counts.sum(axis=0)).ravel()
    observed = matrix.data / totals[matrix.col]
    # Documents without the term add their own share; those with it are put right.
    change = np.abs(observed - shares[matrix.row]) - shares[matrix.row]
    return 0.5 * (1 + np.bincount(matrix.col, weights=change, minlength=counts.shape[1]))
