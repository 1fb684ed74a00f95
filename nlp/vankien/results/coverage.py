"""coverage(): a reported nought told from the absence of any document."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from vankien.errors import UsageError
from vankien.results.axes import axis_table, checked_axis
from vankien.results.document_places import document_places
from vankien.results.figures import load_figures
from vankien.results.provinces import Part, part_of_map, province_name, reported_part, system_codes
from vankien.results.tidy import TidyTable, tidy

if TYPE_CHECKING:
    from vankien.results.tables import Tables

__all__ = ["STATES", "coverage"]

STATES = ("figure", "zero", "documents without a figure", "no document")
"""What a cell of the grid holds, the most informative first."""

COLUMNS: dict[str, Any] = {
    "place": str,
    "place_name": str,
    "source": str,
    "period": str,
    "period_start": date,
    "period_end": date,
    "n_documents": int,
    "n_reporting": int,
    "n_figures": int,
    "n_zero": int,
    "state": str,
}


def coverage(
    results: Tables,
    indicator: str | None = None,
    *,
    by: str = "place",
    freq: str = "year",
    units: int | None = None,
) -> TidyTable:
    """Return one row a place (or source) and period of the whole grid, empty cells included.

    ``n_documents``: stories published in the period about the place.  ``n_reporting``:
    stories, published whenever, with a figure of the indicator (any if None) for the
    place and a period that ends in this one; ``n_figures`` their figures, ``n_zero`` those
    of nought.  ``state`` is "figure", "zero" (all figures are nought), "documents without
    a figure" (they exist and are silent), or "no document" (nothing is known).

    ``by``: "place" is the province that a document, or a figure's scope, is about; "source"
    the publisher or issuer; "both" each source in each place.  ``units`` (63 or 34) gives
    the grid all provinces of that map, so that those without any document show; without it
    the places that occur.  ``freq`` is an axis of :mod:`vankien.results.axes`.  Documents
    without a date count in no period.  Raises UsageError (V401) for unknown options.
    """
    checked_axis(freq)
    if by not in ("place", "source", "both"):
        raise UsageError("V401", "by", detail=f"{by!r} is none of place, source, both")
    if units is not None and (units not in (63, 34) or by == "source"):
        detail = f"{units!r} by {by}: provinces come in maps of 63 or 34 units"
        raise UsageError("V401", "units", detail=detail)
    by_place, by_source = by in ("place", "both"), by in ("source", "both")
    documents = _documents(results, units, by_place, by_source)
    figures = _figures(results, indicator, units, by_place, by_source)
    days = [day for *_, day in documents] + [day for *_, day, _, _ in figures]
    axis = axis_table(freq, min(days), max(days)).to_pylist() if days else []
    cells: dict[tuple[str | None, str | None], list[dict[str, Any]]] = {}

    def cell(place: str | None, source: str | None, day: date) -> dict[str, Any] | None:
        row = cells.setdefault(
            (place, source),
            [{"documents": set(), "reporting": set(), "n_figures": 0, "n_zero": 0, **period}
             for period in axis],
        )  # fmt: skip
        return next((r for r in row if r["period_start"] <= day <= r["period_end"]), None)

    for story, place, source, day in documents:
        if (found := cell(place, source, day)) is not None:
            found["documents"].add(story)
    for story, place, source, day, value, _ in figures:
        if (found := cell(place, source, day)) is not None:
            found["reporting"].add(story)
            found["n_figures"] += 1
            found["n_zero"] += value == 0
    if units is not None and axis:
        for code in system_codes(units):
            if not any(place == code for place, _ in cells):
                cell(code, None, axis[0]["period_start"])
    rows = [
        _row(place, source, entry, units)
        for (place, source), line in sorted(
            cells.items(), key=lambda item: tuple(part or "" for part in item[0])
        )
        for entry in line
    ]
    return tidy(
        rows,
        COLUMNS,
        title=f"Coverage of {indicator or 'all indicators'} by {by} and {freq}, as reported",
        rule="Documents by the date of their publication, repeated stories once; figures by the "
        "end of the period that they report. A nought that is reported is no absence.",
        n={"documents": len({d[0] for d in documents}), "figures": len(figures)},
    )


def _row(
    place: str | None, source: str | None, entry: dict[str, Any], units: int | None
) -> dict[str, Any]:
    n_figures, n_zero = entry["n_figures"], entry["n_zero"]
    if n_figures:
        state = STATES[1] if n_zero == n_figures else STATES[0]
    else:
        state = STATES[2] if entry["documents"] else STATES[3]
    day = {63: date(2025, 6, 30), 34: date(2025, 7, 1), None: entry["period_end"]}[units]
    name = None
    if place is not None:
        name = "Trung ương" if place == "TW" else province_name(place, day)
    return {
        "place": place,
        "place_name": name or place,
        "source": source,
        "period": entry["period"],
        "period_start": entry["period_start"],
        "period_end": entry["period_end"],
        "n_documents": len(entry["documents"]),
        "n_reporting": len(entry["reporting"]),
        "n_figures": n_figures,
        "n_zero": n_zero,
        "state": state,
    }


def _mapped(part: Part, units: int | None) -> str | None:
    return part.code if units is None else part_of_map(part, units)


def _documents(
    results: Tables, units: int | None, by_place: bool, by_source: bool
) -> list[tuple[str, str | None, str | None, date]]:
    """Return story, place, source and date of every document that has what is asked."""
    places = document_places(results) if by_place else {}
    found = []
    for doc_id, story, source, published in results.sql(
        "select doc_id, story, source, published from stories where published is not null "
        "order by doc_id"
    ).fetchall():
        place = places.get(doc_id)
        if place is not None and place != "TW":
            part = reported_part(place, published, "")
            place = None if part is None else _mapped(part, units)
        if (by_place and place is None) or (by_source and source is None):
            continue
        found.append((story, place, source if by_source else None, published))
    return found


def _figures(
    results: Tables, indicator: str | None, units: int | None, by_place: bool, by_source: bool
) -> list[tuple[str, str | None, str | None, date, float, str]]:
    found = []
    for figure in load_figures(results, indicator=indicator, places=by_place):
        place: str | None = None
        if by_place:
            part = reported_part(figure.scope_code or "", figure.held, figure.scope or "")
            place = None if part is None else _mapped(part, units)
            if figure.scope_code in ("TW", "VN"):
                place = "TW"
            if place is None:
                continue
        if figure.period_end is None or (by_source and figure.source is None):
            continue
        found.append(
            (figure.story, place, figure.source if by_source else None, figure.period_end,
             figure.value, figure.record_id)
        )  # fmt: skip
    return found
