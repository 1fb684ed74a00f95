"""What is true of a generated collection: cells, planted differences, copies, themes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from vankien.errors import ReadError

__all__ = ["Cell", "Planted", "Truth", "read_truth"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A true value that at least one document states: what a panel ought to hold.

    ``place`` is the code of a province on the day of the documents, ``within`` the
    indicator that the figure divides.  A stock has ``start`` equal to ``end``.
    """

    indicator: str
    measure: str
    within: str | None
    place: str
    place_name: str
    start: date
    end: date
    value: float
    n_documents: int


@dataclass(frozen=True, slots=True)
class Planted:
    """A planted difference: its class, and the two values that documents report."""

    kind: str
    indicator: str
    place: str
    start: date
    end: date
    value: float
    other: float


@dataclass(frozen=True, slots=True)
class Truth:
    """All that is known of a collection; ``themes`` counts sentences by (year, code)."""

    seed: int
    n_documents: int
    cells: tuple[Cell, ...]
    planted: tuple[Planted, ...]
    copies: tuple[tuple[str, str], ...] = ()
    """Titles of a story and of the outlet's copy of it."""
    silent: tuple[tuple[str, int], ...] = ()
    """Provinces and years of which no document speaks."""
    themes: dict[tuple[int, str], int] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Write as JSON."""
        plain = asdict(self)
        plain["themes"] = [[year, code, n] for (year, code), n in sorted(self.themes.items())]
        path.write_text(
            json.dumps(plain, ensure_ascii=False, indent=0, default=str, sort_keys=True), "utf-8"
        )


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "start": date.fromisoformat(row["start"]),
        "end": date.fromisoformat(row["end"]),
    }


def read_truth(path: str | Path) -> Truth:
    """Read what :func:`~vankien.collection.compose.compose` wrote (``truth.json``).

    Raises ReadError (V109) where there is none.
    """
    try:
        plain = json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise ReadError("V109", str(path), detail=error.strerror or str(error)) from error
    return Truth(
        seed=plain["seed"],
        n_documents=plain["n_documents"],
        cells=tuple(Cell(**_dated(row)) for row in plain["cells"]),
        planted=tuple(Planted(**_dated(row)) for row in plain["planted"]),
        copies=tuple((one, other) for one, other in plain["copies"]),
        silent=tuple((place, year) for place, year in plain["silent"]),
        themes={(year, code): n for year, code, n in plain["themes"]},
    )
