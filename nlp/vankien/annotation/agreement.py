"""How well coders agree: Cohen's kappa and Krippendorff's alpha, with intervals.

* Cohen's kappa of two coders over the presence of one code: (Po - Pe) / (1 - Pe) (Cohen 1960,
  A coefficient of agreement for nominal scales).
* Krippendorff's alpha of any number of coders, items that some did not code included:
  1 - Do / De over all pairs of values (Krippendorff 2011, Computing Krippendorff's
  alpha-reliability).  The distance is nominal for the presence of a code, and MASI for the
  set of codes of a group: 1 - J · M, where J is the Jaccard similarity of the two sets and M is
  1 where they are equal, 2/3 where one holds the other, 1/3 where they overlap, 0 where they
  do not (Passonneau 2006, Measuring agreement on set-valued items).

Intervals are percentiles of resampled items (Efron & Tibshirani 1993, ch. 13).  A coefficient
is None where it is undefined: nobody gave the code, or all gave it always.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from vankien.codebook import Codebook

__all__ = ["Agreement", "agreement", "cohen_kappa", "krippendorff_alpha", "masi_distance",
           "nominal_distance"]  # fmt: skip

Value = Hashable
Distance = Callable[[Any, Any], float]

ALL = "all codes"


def nominal_distance(one: Value, other: Value) -> float:
    """Return 0 for equal values, 1 for others."""
    return float(one != other)


def masi_distance(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the MASI distance of two sets of codes (0 to 1; two empty sets are equal)."""
    if one == other:
        return 0.0
    shared = len(one & other)
    if not shared:
        return 1.0
    monotonicity = 2 / 3 if one <= other or other <= one else 1 / 3
    return 1.0 - shared / len(one | other) * monotonicity


def cohen_kappa(pairs: Sequence[tuple[Value, Value]]) -> float | None:
    """Return Cohen's kappa of two coders; None where chance alone would agree always."""
    n = len(pairs)
    if not n:
        return None
    observed = sum(one == other for one, other in pairs) / n
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    chance = sum(first[value] * second[value] for value in first) / (n * n)
    if chance == 1.0:
        return None
    return (observed - chance) / (1.0 - chance)


def krippendorff_alpha(
    units: Sequence[Sequence[Value]], distance: Distance = nominal_distance
) -> float | None:
    """Return Krippendorff's alpha; ``units`` holds the values that each item was given.

    Items with fewer than two values say nothing.  None where all values are alike.
    """
    return _alpha([_pairable(unit) for unit in units if len(unit) > 1], _cached(distance))


def _pairable(unit: Sequence[Value]) -> Counter[Value]:
    return Counter(unit)


def _cached(distance: Distance) -> Distance:
    known: dict[tuple[Value, Value], float] = {}

    def measured(one: Value, other: Value) -> float:
        found = known.get((one, other))
        if found is None:
            found = known[one, other] = known[other, one] = distance(one, other)
        return found

    return measured


def _spread(values: Mapping[Value, int], distance: Distance) -> float:
    """Return the sum of the distances of all ordered pairs of different values."""
    return 2.0 * sum(
        n * m * distance(one, other) for (one, n), (other, m) in combinations(values.items(), 2)
    )


def _alpha(units: Sequence[Counter[Value]], distance: Distance) -> float | None:
    total: Counter[Value] = Counter()
    observed = 0.0
    for values in units:
        total.update(values)
        observed += _spread(values, distance) / (values.total() - 1)
    n = total.total()
    expected = _spread(total, distance)
    if n < 2 or expected == 0.0:
        return None
    return 1.0 - (n - 1) * observed / expected


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on a code or a group of codes.

    ``n`` items were coded by two coders at least; ``given`` says how many of them each coder
    gave the code (or any of the group).  ``kappa`` is of two coders only; ``low`` and ``high``
    bound alpha at 95 %.
    """

    name: str
    kind: str
    n: int
    given: tuple[int, ...]
    kappa: float | None
    alpha: float | None
    low: float | None
    high: float | None


def agreement(
    coders: Sequence[Mapping[str, Sequence[str]]],
    codebook: Codebook,
    *,
    resamples: int = 1000,
    seed: int = 20161030,
) -> list[Agreement]:
    """Return the agreement of coders on all codes, on each group, and on each code given.

    A coder is a mapping of item id to codes; what fewer than two coders coded is left out.
    """
    seen = Counter(item for coder in coders for item in coder)
    items = sorted(item for item, n in seen.items() if n > 1)
    coded = [[frozenset(c[item]) if item in c else None for c in coders] for item in items]
    generator = np.random.default_rng(seed)
    drawn = generator.integers(0, max(len(items), 1), size=(resamples, len(items)))
    groups: dict[str, frozenset[str]] = {ALL: frozenset(codebook.themes)}
    for code, theme in codebook.themes.items():
        if theme.parent is not None:
            group = groups.get(theme.parent, frozenset({theme.parent}))
            groups[theme.parent] = group | {code}
    found = []
    for name, members in groups.items():
        sets = [[None if v is None else v & members for v in row] for row in coded]
        found.append(_measure(name, "group", sets, masi_distance, drawn))
    for code in codebook.themes:
        # Presence as the set {code} or the empty one: the distance is then nominal.
        sets = [[None if v is None else v & {code} for v in row] for row in coded]
        one = _measure(code, "code", sets, nominal_distance, drawn)
        if any(one.given):
            found.append(one)
    return found


def _measure(
    name: str,
    kind: str,
    rows: Sequence[Sequence[frozenset[str] | None]],
    distance: Distance,
    drawn: np.ndarray[Any, Any],
) -> Agreement:
    units = [Counter[Value](v for v in row if v is not None) for row in rows]
    measured = _cached(distance)
    alpha = _alpha(units, measured)
    low = high = None
    if alpha is not None:
        values = [_alpha([units[i] for i in draw], measured) for draw in drawn.tolist()]
        known = [value for value in values if value is not None]
        if known:
            low, high = (float(v) for v in np.percentile(known, [2.5, 97.5]))
    kappa = None
    if rows and len(rows[0]) == 2:
        kappa = cohen_kappa([(row[0], row[1]) for row in rows])
    given = tuple(
        sum(bool(row[coder]) for row in rows) for coder in range(len(rows[0]) if rows else 0)
    )
    return Agreement(name, kind, len(rows), given, kappa, alpha, low, high)
