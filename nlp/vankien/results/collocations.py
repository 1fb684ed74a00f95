"""collocations(): which words keep company with a fragment, by log-likelihood and PMI.

A collocate counts where it stands within the window of the fragment, in its sentence.  With
O11 its occurrences there, R1 the tokens of all windows, C1 its occurrences in the collection
and N the tokens of the collection, the 2 x 2 table of window by collocate gives

* the log-likelihood ratio G2 = 2 sum O ln(O/E) (Dunning 1993, "Accurate methods for the
  statistics of surprise and coincidence"), by ``scipy.stats.power_divergence``;
* pointwise mutual information log2(O11 N / (R1 C1)) (Church and Hanks 1990, "Word association
  norms, mutual information, and lexicography").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from vankien.errors import UsageError
from vankien.language.words import words as word_spans
from vankien.normalise import fold
from vankien.results.concordance import sentences_with
from vankien.results.tidy import TidyTable, tidy

if TYPE_CHECKING:
    from vankien.results.tables import Tables

__all__ = ["UNITS", "collocations", "log_likelihood_2x2"]

UNITS = ("words", "syllables")
_SYLLABLE = re.compile(r"\w+")

COLUMNS: dict[str, Any] = {
    "collocate": str,
    "n": int,
    "n_left": int,
    "n_right": int,
    "n_documents": int,
    "frequency": int,
    "expected": float,
    "log_likelihood": float,
    "p_value": float,
    "pmi": float,
}


def collocations(
    results: Tables,
    node: str | Sequence[str],
    *,
    window: int = 5,
    unit: str = "words",
    min_count: int = 3,
    limit: int | None = 100,
) -> TidyTable:
    """Return one row a collocate that is more frequent near the node than elsewhere.

    Columns: collocate (folded), n (in the windows), n_left, n_right, n_documents (with it
    in a window), frequency (in the collection), expected, log_likelihood, p_value (chi
    square, one degree of freedom, not corrected for the number of collocates), pmi.  By
    log-likelihood, the highest first.

    ``node`` is a fragment as :func:`~vankien.results.concordance.kwic` takes it; ``window``
    the tokens on either side; ``min_count`` the least n.  ``unit``: "syllables", or "words",
    as underthesea cuts them in the sentences of the node.  Cutting the whole collection
    would take minutes, so the frequency of a word is that of its sequence of syllables, and
    N is the collection's syllables over the mean length of words near the node.  Repeated
    stories count once.  Raises UsageError (V401) for an unknown unit.
    """
    if unit not in UNITS:
        raise UsageError("V401", "unit", detail=f"{unit!r} is none of {', '.join(UNITS)}")
    left: Counter[str] = Counter()
    right: Counter[str] = Counter()
    documents: dict[str, set[str]] = {}
    near = nodes = tokens_seen = syllables_seen = 0
    for doc_id, text, spans in sentences_with(results, node):
        tokens = _tokens(text, unit)
        tokens_seen += len(tokens)
        syllables_seen += sum(token.count(" ") + 1 for _, _, token in tokens)
        for start, end in spans:
            nodes += 1
            before = [token for _, last, token in tokens if last <= start][-window:]
            after = [token for first, _, token in tokens if first >= end][:window]
            near += len(before) + len(after)
            left.update(before)
            right.update(after)
            for token in {*before, *after}:
                documents.setdefault(token, set()).add(doc_id)
    counted = left + right
    chosen = sorted(token for token, n in counted.items() if n >= min_count)
    frequency, syllables = _frequencies(results, chosen)
    total = syllables * tokens_seen / syllables_seen if syllables_seen else 0.0
    rows: list[dict[str, Any]] = []
    if chosen:
        observed = [counted[token] for token in chosen]
        often = [max(frequency[token], counted[token]) for token in chosen]
        statistic, p_value, expected = log_likelihood_2x2(observed, near, often, total)
        for place, token in enumerate(chosen):
            if observed[place] <= expected[place]:
                continue
            rows.append(
                {
                    "collocate": token, "n": observed[place], "n_left": left[token],
                    "n_right": right[token], "n_documents": len(documents[token]),
                    "frequency": often[place], "expected": float(expected[place]),
                    "log_likelihood": float(statistic[place]), "p_value": float(p_value[place]),
                    "pmi": _pmi(observed[place], float(expected[place])),
                }
            )  # fmt: skip
    rows.sort(key=lambda row: (-row["log_likelihood"], row["collocate"]))
    shown = node if isinstance(node, str) else ", ".join(node)
    return tidy(
        rows[:limit],
        COLUMNS,
        title=f"Collocates of {shown}",
        rule=f"{unit.capitalize()} within {window} of it in its sentence, at least {min_count} "
        "times; log-likelihood (Dunning 1993), PMI (Church and Hanks 1990); repeated stories "
        "once.",
        n={"occurrences": nodes, f"{unit} near it": near},
    )


def _tokens(text: str, unit: str) -> list[tuple[int, int, str]]:
    """Return start, end and folded form of the tokens of a sentence, without punctuation."""
    if unit == "syllables":
        spans: Iterable[tuple[int, int]] = (m.span() for m in _SYLLABLE.finditer(text))
    else:
        spans = word_spans(text)
    found = []
    for start, end in spans:
        syllables = _SYLLABLE.findall(fold(text[start:end]).text)
        if syllables and not all(s.isdigit() for s in syllables):
            found.append((start, end, " ".join(syllables)))
    return found


def _frequencies(results: Tables, wanted: list[str]) -> tuple[Counter[str], int]:
    """Count sequences of syllables in the collection; also return all its syllables."""
    from ahocorasick_rs import AhoCorasick, Implementation

    counted: Counter[int] = Counter()
    total = 0
    automaton = AhoCorasick(
        [f" {token} " for token in wanted] or [" \x00 "],
        implementation=Implementation.ContiguousNFA,
    )
    for batch in results.batches(
        'select "text" from sentences where doc_id in (select doc_id from stories where first)'
    ):
        for text in batch.column(0).to_pylist():
            syllables = _SYLLABLE.findall(fold(text).text)
            total += len(syllables)
            line = f" {' '.join(syllables)} "
            counted.update(
                pattern
                for pattern, _, _ in automaton.find_matches_as_indexes(line, overlapping=True)
            )
    return Counter({token: counted[place] for place, token in enumerate(wanted)}), total


def log_likelihood_2x2(
    observed: Sequence[int], row: float, columns: Sequence[int], total: float
) -> tuple[Any, Any, Any]:
    """Return G2, its p value and the expected O11 for many tables of one row total.

    ``observed`` is O11, ``row`` R1, ``columns`` C1 and ``total`` N of each table.
    """
    import numpy as np
    from scipy.stats import power_divergence

    o11 = np.asarray(observed, dtype=float)
    c1 = np.asarray(columns, dtype=float)
    r1 = np.full_like(o11, float(row))
    # An estimated total is at least what was counted.
    n = max(float(total), float((r1 + c1 - o11).max(initial=1.0)))
    table = np.stack([o11, r1 - o11, c1 - o11, n - r1 - c1 + o11])
    expected = np.stack([r1 * c1, r1 * (n - c1), (n - r1) * c1, (n - r1) * (n - c1)]) / n
    statistic, p_value = power_divergence(table, expected, ddof=2, axis=0, lambda_="log-likelihood")
    return statistic, p_value, expected[0]


def _pmi(observed: float, expected: float) -> float:
    import math

    return math.log2(observed / expected)
