"""The reported figures of an indicator, and how two of them that differ are told apart.

Where to start reading: :func:`classify`.  Two figures of one indicator, measure, scope and
period that differ are, tried in this order:

``other scope``   the words narrow one of them ("doanh nghiệp", "trong đó nữ"; see
                  ``corpus/codebook/restrictions.yaml``), or one divides another figure
``factor slip``   one is the other times 10, 100 or 1,000: a lost point or nought
``later update``  one was an estimate or aim and the other is what came of it
``rounding``      the coarser is the finer, rounded to its own last figure that is not
                  nought, or bounded by its "hơn", "gần" (see :func:`is_rounding`)
``later update``  also: the later document, published at least 28 days after, moved it by
                  at most a fifth
``true conflict`` anything else
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from vankien.codebook import load_codebook, load_yaml
from vankien.errors import UsageError
from vankien.language.cues import PhraseIndex
from vankien.resources import codebook_dir

if TYPE_CHECKING:
    from vankien.results.tables import Tables

__all__ = [
    "CLASSES",
    "STATUSES",
    "Reported",
    "checked_indicator",
    "classify",
    "grain",
    "gravest",
    "is_rounding",
    "load_figures",
    "restrictions",
    "slip_factor",
]

CLASSES = ("true conflict", "factor slip", "other scope", "later update", "rounding")
"""Kinds of difference, the gravest first."""

STATUSES = ("actual", "estimate", "target")
"""Statuses of figures, the preferred first."""

FACTORS = (10, 100, 1000)
FACTOR_TOLERANCE = 0.0005
"""Relative difference up to which a ratio counts as a factor: half the last figure of a
number of four figures, the usual length of those in reports."""

PLAIN_ROUNDING = 0.05
HEDGED_ROUNDING = 0.10
"""Relative difference up to which a rounder figure may stand for a finer one, without and
with a word of approximation: writers round 2.053 to 2.000 or "hơn 2.000", not 1.620 to 2.000."""

UPDATE_DAYS = 28
UPDATE_SHARE = 0.20
"""A later document updates a figure where it appeared at least so many days after and moved
it by at most this share; a bigger or a simultaneous difference is a conflict."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A figure as a document reports it, with what is needed to compare and to cite it.

    ``story`` is the document, or the one that it repeats.  ``within`` is the indicator of
    the figure that this one divides.  ``held`` is the day by which its place names are read:
    publication, else the end of its period.
    """

    record_id: str
    doc_id: str
    story: str
    published: date | None
    source: str | None
    sentence: int | None
    start: int
    surface: str
    value: float
    unit: str | None
    indicator: str
    label: str | None
    measure: str
    status: str
    approx: str
    period_start: date | None
    period_end: date | None
    scope: str | None
    scope_code: str | None
    baseline: str | None
    within: str | None
    score: float
    text: str | None
    sentence_start: int | None
    duplicate: bool

    @property
    def held(self) -> date | None:
        """The day by which the words of the scope are to be read."""
        return self.published or self.period_end


def checked_indicator(results: Tables, indicator: str) -> str:
    """Return an indicator's code.  Raises UsageError (V401) where neither codebook nor data
    know it."""
    if indicator not in load_codebook().indicators:
        known = results.sql("select 1 from indicators where indicator = ? limit 1", [indicator])
        if not known.fetchall():
            detail = f"{indicator!r} is no indicator of the codebook"
            raise UsageError("V401", "indicator", detail=detail)
    return indicator


def load_figures(
    results: Tables,
    *,
    indicator: str | None = None,
    measure: str | None = None,
    places: bool = True,
) -> list[Reported]:
    """Return the figures with a value, by date of publication, document and position.

    Only the columns that are needed are read; ``places`` leaves out those without a code
    of scope.
    """
    conditions = ["i.indicator is not null", "i.value is not null"]
    values: list[Any] = []
    if indicator is not None:
        conditions.append("i.indicator = ?")
        values.append(checked_indicator(results, indicator))
    if measure is not None:
        conditions.append("i.measure = ?")
        values.append(measure)
    if places:
        conditions.append("i.scope_code is not null")
    rows = results.sql(
        f"""
        select i.record_id, i.doc_id, coalesce(d.duplicate_of, d.doc_id) as story, d.published,
               coalesce(d.publisher, d.issuer) as source, i.sentence, i.start, i.surface,
               i.value, i.unit, i.indicator, i.label, i.measure, i.status, i.approx,
               i.period_start, i.period_end, i.scope, i.scope_code, i.baseline,
               p.indicator as within, i.score, s.text, s.start as sentence_start,
               d.duplicate_of is not null as duplicate
        from indicators i
        join (select doc_id, duplicate_of, published, publisher, issuer from documents) d
          using (doc_id)
        left join (select doc_id, record_id, min(indicator) as indicator from indicators
                   group by all) p
          on p.doc_id = i.doc_id and p.record_id = i.part_of
        left join (select doc_id, sentence, start, text from sentences) s
          on s.doc_id = i.doc_id and s.sentence = i.sentence
        where {" and ".join(conditions)}
        order by d.published nulls first, i.doc_id, i.start, i.record_id
        """,
        values,
    ).fetchall()
    return [Reported(*row) for row in rows]


def grain(value: float) -> float:
    """Return the weight of a number's last figure that is not nought: 2.050 -> 10, 1,5 -> 0.1."""
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    assert isinstance(exponent, int), "figures are finite"
    return 10.0**exponent if value else 1.0


def is_rounding(one: Reported, other: Reported) -> bool:
    """Return whether one of two figures is the other, rounded or bounded.

    The coarser has the heavier last figure.  "over" means from it up to one step more,
    "under" the reverse, "min" and "max" without end; "about" and no word up to half a step.
    """
    fine, coarse = sorted((one, other), key=lambda figure: grain(figure.value))
    step = grain(coarse.value)
    if fine.approx != "exact" and coarse.approx == "exact" and grain(fine.value) == step:
        fine, coarse = coarse, fine
    above = fine.value - coarse.value
    limit = PLAIN_ROUNDING if coarse.approx == "exact" else HEDGED_ROUNDING
    if abs(above) > limit * max(abs(fine.value), abs(coarse.value)):
        return False
    if coarse.approx in ("over", "min"):
        return 0 <= above < step
    if coarse.approx in ("under", "max"):
        return 0 <= -above < step
    return grain(fine.value) < step and step > 1e-9 and abs(above) <= step / 2


def slip_factor(one: float, other: float) -> int | None:
    """Return the factor (10, 100, 1000) between two numbers, or None.

    >>> slip_factor(2053, 20530)
    10
    """
    low, high = sorted((abs(one), abs(other)))
    if low == 0:
        return None
    ratio = high / low
    return next((f for f in FACTORS if abs(ratio / f - 1) <= FACTOR_TOLERANCE), None)


@cache
def _restriction_index() -> PhraseIndex:
    data = load_yaml(codebook_dir() / "restrictions.yaml")
    return PhraseIndex(
        (dimension, phrase, value)
        for dimension, values in data.items()
        for value, phrases in values.items()
        for phrase in phrases
    )


def restrictions(figure: Reported) -> frozenset[tuple[str, str]]:
    """Return the narrowings that stand in a figure's scope, label and clause.

    The clause is what stands between the last comma, semicolon or colon before the figure
    and the next one after it.
    """
    texts = [figure.scope or "", figure.label or ""]
    if figure.text is not None and figure.sentence_start is not None:
        place = figure.start - figure.sentence_start
        end = place + len(figure.surface)
        before = max(figure.text.rfind(mark, 0, max(place, 0)) for mark in (",", ";", ":", "("))
        after = min(
            (found for mark in (",", ";", ")") if (found := figure.text.find(mark, end)) >= 0),
            default=len(figure.text),
        )
        texts.append(figure.text[before + 1 : after])
    narrowed: set[tuple[str, str]] = set()
    for dimension, hits in _restriction_index().scan(" | ".join(texts)).families.items():
        narrowed.update((dimension, hit.value) for hit in hits)
    # "Cấp ủy, ủy ban kiểm tra các cấp": the comma stands within the phrase.
    whole = _restriction_index().scan(figure.text or "")
    open_ended = {d for d, hits in whole.families.items() if any(h.value == "all" for h in hits)}
    return frozenset(pair for pair in narrowed if pair[0] not in open_ended)


def classify(one: Reported, other: Reported) -> str:
    """Return the class of the difference of two figures of one cell (see the module)."""
    if one.within != other.within or restrictions(one) != restrictions(other):
        return "other scope"
    if slip_factor(one.value, other.value) is not None:
        return "factor slip"
    if one.status != other.status:
        return "later update"
    if is_rounding(one, other):
        return "rounding"
    if one.published is not None and other.published is not None:
        days = abs((other.published - one.published).days)
        size = max(abs(one.value), abs(other.value))
        if days >= UPDATE_DAYS and abs(one.value - other.value) <= UPDATE_SHARE * size:
            return "later update"
    return "true conflict"


def gravest(classes: Sequence[str]) -> str | None:
    """Return the gravest of some classes, None of none."""
    return min(classes, key=CLASSES.index) if classes else None
