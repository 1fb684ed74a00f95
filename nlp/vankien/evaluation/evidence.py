"""Check evidence by deletion: without the words that are said to carry it, a theme scores less.

For every theme that is given to a sentence of the gold, its evidence is cut out of the
sentence and the sentence is scored anew in the same context; the evidence holds where the
probability of the theme falls (erasure: Li, Monroe & Jurafsky 2016, Understanding neural
networks through representation erasure; DeYoung et al. 2020, ERASER).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vankien.analysis import Analysis
from vankien.evaluation.gold import ThemeSentence, load_gold
from vankien.evaluation.metrics import Count, Score, score
from vankien.evaluation.theme_context import theme_document

__all__ = ["Deletion", "deletions", "score_evidence"]


@dataclass(frozen=True, slots=True)
class Deletion:
    """A theme of a gold sentence, its evidence, and its probability with and without it."""

    id: str
    theme: str
    method: str
    evidence: str
    before: float
    after: float

    @property
    def holds(self) -> bool:
        """Whether the score fell."""
        return self.after < self.before


def deletions(split: str, folder: Path | None = None) -> list[Deletion]:
    """Return the deletion test of every theme given to a sentence of a split."""
    found: list[Deletion] = []
    entry: ThemeSentence
    for entry in load_gold("themes", split, folder):
        document, offset = theme_document(entry)
        analysis = Analysis(document)
        inside = {s.index for s in analysis.sentences if s.start >= offset}
        for row in analysis.sentence_themes:
            if row["sentence"] not in inside:
                continue
            start, end = row["start"] - offset, row["end"] - offset
            rest = " ".join((entry.text[:start] + " " + entry.text[end:]).split())
            found.append(
                Deletion(
                    id=entry.id,
                    theme=row["theme"],
                    method=row["method"],
                    evidence=row["evidence"],
                    before=_probability(analysis, row["theme"], inside),
                    after=_without(entry, rest, row["theme"]),
                )
            )
    return found


def _without(entry: ThemeSentence, rest: str, theme: str) -> float:
    """Return the best probability of a theme in what is left of a sentence (0 of nothing)."""
    if not any(c.isalnum() for c in rest):
        return 0.0
    document, offset = theme_document(entry.model_copy(update={"text": rest}))
    analysis = Analysis(document)
    return _probability(analysis, theme, {s.index for s in analysis.sentences if s.start >= offset})


def _probability(analysis: Analysis, theme: str, inside: set[int]) -> float:
    column = analysis.schemes[0].model.place[theme]
    rows = zip(analysis.content.sentences, analysis.scored[0].probabilities, strict=True)
    return max((float(row[column]) for s, row in rows if s.index in inside), default=0.0)


def score_evidence(
    split: str, folder: Path | None, resamples: int
) -> tuple[list[Score], list[Score]]:
    """Return the share of themes whose evidence holds: over all, and by who spoke."""
    by_method: dict[str, list[Count]] = {}
    for one in deletions(split, folder):
        count = Count(tp=int(one.holds), fp=int(not one.holds), fn=int(not one.holds))
        for name in ("deletion lowers the score", f"evidence by {one.method}"):
            by_method.setdefault(name, []).append(count)
    return [
        score("evidence", name, counts, resamples=resamples)
        for name, counts in sorted(by_method.items())
    ], []
