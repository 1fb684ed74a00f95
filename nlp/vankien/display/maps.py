"""The provinces as squares: an indicator or a theme on the map of 63 or of 34."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vankien.codebook import Measure, load_codebook
from vankien.display.pictures import SHADES, Picture, altair, picture
from vankien.display.places import tiles
from vankien.display.wording import Language, checked_language, number, say
from vankien.errors import UsageError
from vankien.results.panel import panel
from vankien.results.provinces import SYSTEMS, part_of_map, reported_part
from vankien.results.trends import theme_trend

if TYPE_CHECKING:
    from vankien.results.tables import Tables

__all__ = ["province_map"]

SIDE = {63: 46, 34: 54}
"""Pixels of a square on each map."""


def province_map(
    results: Tables,
    code: str,
    *,
    period: str | None = None,
    units: int = 63,
    measure: Measure = "level",
    lang: Language = "en",
) -> Picture:
    """Draw an indicator, or the sentences of a theme, on a grid of the provinces.

    ``code``: of an indicator (its values as ``results.panel`` settles them for the year
    ``period``, the last one reported if None) or of a theme (sentences of documents about
    each province, of the year ``period`` or of all).  ``units``: the map of 63 (before July
    2025) or 34 provinces.  Grey squares have nothing reported.  Raises UsageError (V401) for
    an unknown code or map, and where nothing is found.
    """
    alt, lang = altair(), checked_language(lang)
    if units not in SYSTEMS:
        raise UsageError("V401", "units", detail=f"{units!r}: the maps have 63 or 34 units")
    codebook = load_codebook()
    if code in codebook.indicators:
        values, period, n, left = _indicator(results, code, period, units, measure)
        entry: Any = codebook.indicators[code]
        numbers = say("numbersFigures", lang, **n)
        unit = entry.unit if measure == "level" else "%"
        legend = say("valueAxis", lang, unit=unit)
        key = "mapPicture"
    elif code in codebook.themes:
        values, n, left = _theme(results, code, period, units)
        entry = codebook.themes[code]
        numbers = say("numbers", lang, **n)
        legend, key = say("countAxis", lang), "mapThemePicture"
    else:
        raise UsageError("V401", "code", detail=f"{code!r} is no indicator and no theme")
    if not values:
        raise UsageError("V401", code, detail="nothing of it is found for any province")
    drawn = [
        {"province": tile.name, "code": tile.code, "x": tile.x, "y": tile.y,
         "value": values.get(tile.code), "known": tile.code in values,
         "shade": values.get(tile.code, 0), "label": tile.label.replace(" - ", "-").split(" "),
         "text": number(values[tile.code], lang) if tile.code in values else ""}
        for tile in tiles(units)
    ]  # fmt: skip
    name = entry.name_vi if lang == "vi" else entry.name_en
    title = say(key, lang, name=name, period=period or "")
    caption = [numbers + ".", say("mapRule", lang)]
    if left:
        caption.append(say("mapLeft", lang, n=left))
    return picture(
        _grid(alt, drawn, legend, SIDE[units]), title=title, caption=" ".join(caption), n=n,
        rows=drawn,
    )  # fmt: skip


def _grid(alt: Any, drawn: list[dict[str, Any]], legend: str, side: int) -> Any:
    wide = max(row["x"] for row in drawn) + 1
    high = max(row["y"] for row in drawn) + 1
    known = [row["value"] for row in drawn if row["value"] is not None]
    low, most = min(0, *known), max(known)
    base = alt.Chart(alt.Data(values=drawn)).encode(
        x=alt.X("x:O", axis=None, scale=alt.Scale(domain=list(range(wide)), padding=0.04)),
        y=alt.Y("y:O", axis=None, scale=alt.Scale(domain=list(range(high)), padding=0.04)),
    )
    dark = f"datum.known && datum.shade > {low + (most - low) * 0.55}"
    ink = alt.condition(dark, alt.value("#fff"), alt.value("#2b333d"))
    squares = base.mark_rect(cornerRadius=4).encode(
        color=alt.condition(
            "!datum.known", alt.value("#efede6"),
            alt.Color("shade:Q", title=legend,
                      scale=alt.Scale(domain=[low, most], range=list(SHADES)),
                      legend=alt.Legend(orient="right", gradientLength=160)),
        ),
        tooltip=["province:N", "code:N", "value:Q"],
    )  # fmt: skip
    names = base.mark_text(fontSize=8.5, dy=-13, lineHeight=9.5, baseline="top").encode(
        text="label:N", color=ink
    )
    numbers = base.mark_text(fontSize=9, dy=14, fontWeight="bold").encode(text="text:N", color=ink)
    return (squares + names + numbers).properties(width=wide * side, height=high * side)


def _indicator(
    results: Tables, code: str, period: str | None, units: int, measure: Measure
) -> tuple[dict[str, float], str | None, dict[str, int], int]:
    rows = [
        row for row in panel(results, code, units=units, measure=measure).rows()
        if row["within_reported"] is None and row["baseline_reported"] is None
    ]  # fmt: skip
    if period is None:
        period = max((row["period"] for row in rows if row["value_reported"] is not None),
                     default=None)  # fmt: skip
    chosen = [row for row in rows if row["period"] == period]
    values = {row["place"]: row["value_reported"] for row in chosen
              if row["value_reported"] is not None}  # fmt: skip
    used = [row for row in chosen if row["place"] in values]
    n = {
        "figures": sum(row["n_figures"] for row in used),
        "documents": len({doc for row in used for doc in row["doc_ids"]}),
    }
    return values, period, n, len(chosen) - len(used)


def _theme(
    results: Tables, code: str, period: str | None, units: int
) -> tuple[dict[str, float], dict[str, int], int]:
    """Sum sentences by square; halves of years never straddle the merger of July 2025."""
    values: dict[str, float] = {}
    documents = left = 0
    for row in theme_trend(results, [code], freq="half", by="place").rows():
        if row["n"] == 0 or (period is not None and row["period"][:4] != period):
            continue
        part = reported_part(row["group"], row["period_end"], "")
        unit = None if part is None else part_of_map(part, units)
        if unit is None:
            left += row["n"]
            continue
        values[unit] = values.get(unit, 0) + row["n"]
        documents += row["n_documents"]
    return values, {"documents": documents, "sentences": int(sum(values.values()))}, left
