"""Pictures of a results folder: each one call, each with a caption that states n.

    theme_trend(results, "SUYTHOAI-TT").save("trend.png")
    manifestations(results); manifestations(results, by="province")
    indicator_panel(results, "members.admitted")
    province_map(results, "members.admitted", period="2020")
    reference_network(results)

The maps and the network are in :mod:`vankien.display.maps` and
:mod:`vankien.display.network`.  All numbers are what documents report; repeated stories
count once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from vankien.codebook import MANIFESTATION_GROUPS, Measure, load_codebook
from vankien.display.maps import province_map
from vankien.display.network import reference_network
from vankien.display.pictures import COLOURS, SHADES, Picture, altair, picture
from vankien.display.wording import Language, checked_language, say
from vankien.errors import UsageError
from vankien.results.panel import panel
from vankien.results.provinces import SYSTEMS, part_of_map, province_name, reported_part
from vankien.results.trends import theme_trend as trend_table

if TYPE_CHECKING:
    from vankien.results.tables import Tables

__all__ = [
    "indicator_panel",
    "manifestations",
    "province_map",
    "reference_network",
    "theme_trend",
]

MOST_LINES = 8
"""Lines that one chart tells apart."""

_AXES = {"year": "yearAxis", "term": "termAxis", "plenum": "plenumAxis"}


def theme_trend(
    results: Tables,
    themes: str | Sequence[str] | None = None,
    *,
    freq: str = "year",
    unit: str = "sentence",
    lang: Language = "en",
) -> Picture:
    """Draw the share of sentences (or documents) with each theme over time.

    ``themes``: codes, a group brings its manifestations; all if None.  The eight most
    frequent are drawn.  ``freq`` and ``unit`` as in ``results.theme_trend``.  A period
    without documents has no point.  Raises UsageError (V401) as that does, and where
    nothing is found.
    """
    alt, lang = altair(), checked_language(lang)
    table = trend_table(results, themes, freq=freq, unit=unit)
    rows = table.rows()
    totals: Counter[str] = Counter()
    for row in rows:
        totals[row["theme"]] += row["n"]
    chosen = [code for code, count in totals.most_common() if count][:MOST_LINES]
    _something(chosen, "themes")
    drawn = [
        {"period": row["period"], "theme": _name(row["theme"], lang), "code": row["theme"],
         "share": row["share"], "n": row["n"], "documents": row["n_documents"],
         "total": row["total"]}
        for row in rows if row["theme"] in chosen
    ]  # fmt: skip
    order = [_name(code, lang) for code in chosen]
    x = alt.X("period:N", sort=_periods(rows), title=say(_AXES.get(freq, "periodAxis"), lang),
              axis=alt.Axis(labelAngle=0, labelOverlap=True))  # fmt: skip
    axis = "shareAxis" if unit == "sentence" else "shareDocumentsAxis"
    base = alt.Chart(alt.Data(values=drawn)).encode(
        x=x,
        y=alt.Y("share:Q", title=say(axis, lang), scale=alt.Scale(zero=True)),
        color=alt.Color("theme:N", sort=order, title=None,
                        scale=alt.Scale(domain=order, range=list(COLOURS[: len(order)])),
                        legend=alt.Legend(orient="bottom", columns=1)),
        tooltip=["code:N", "theme:N", "period:N", "share:Q", "n:Q", "documents:Q", "total:Q"],
    )  # fmt: skip
    shapes = alt.Shape("theme:N", sort=order, title=None, scale=alt.Scale(domain=order))
    lines = base.mark_line(strokeWidth=2)
    points = base.mark_point(filled=True, size=70, opacity=1).encode(shape=shapes)
    caption = [
        say("numbers", lang, documents=table.n["documents"],
            sentences=_sentences(results)) + ".",
        say("onceRule", lang),
    ]  # fmt: skip
    if len(chosen) < len(totals):
        caption.append(say("mostRule", lang, n=len(chosen), all=len(totals)))
    title = "trendPicture" if unit == "sentence" else "trendPictureDocuments"
    return picture(
        (lines + points).properties(width=620, height=300),
        title=say(title, lang), caption=" ".join(caption), n=dict(table.n), rows=drawn,
    )  # fmt: skip


def manifestations(
    results: Tables, *, by: str = "year", units: int = 63, lang: Language = "en"
) -> Picture:
    """Draw the 27 manifestations (and their groups) by time or province as a heat map.

    ``by``: "province" (of the map of ``units``, 63 or 34), or an axis of time (year, term,
    plenum ...).  A square says how many sentences carry the code; no square says that there
    is no document.  Raises UsageError (V401) for an unknown axis or map, or where nothing is
    found.
    """
    alt, lang = altair(), checked_language(lang)
    codes = [code for code in load_codebook().themes
             if code.partition(".")[0] in MANIFESTATION_GROUPS]  # fmt: skip
    codes.sort(key=lambda c: (MANIFESTATION_GROUPS.index(c.partition(".")[0]), _number(c)))
    if by == "province":
        cells, order, n = _by_province(results, codes, units)
    else:
        table = trend_table(results, codes, freq=by)
        cells = {(row["theme"], row["period"]): row["n"] for row in table.rows()}
        order = _periods(table.rows())
        n = {"documents": table.n["documents"], "sentences": sum(cells.values())}
    _something(any(cells.values()), "manifestations")
    drawn = [
        {"code": code, "label": f"{code}  {_short(_name(code, lang))}", "column": column,
         "n": count, "text": str(count), "zero": count == 0}
        for (code, column), count in cells.items()
    ]  # fmt: skip
    labels = [f"{code}  {_short(_name(code, lang))}" for code in codes]
    most = max(cells.values())
    wide = by == "province"
    base = alt.Chart(alt.Data(values=drawn)).encode(
        x=alt.X("column:N", sort=order, title=say(
                    "provinceAxis" if wide else _AXES.get(by, "periodAxis"), lang),
                axis=alt.Axis(orient="top", labelAngle=-60 if wide else 0, labelPadding=4)),
        y=alt.Y("label:N", sort=labels, title=None, scale=alt.Scale(domain=labels),
                axis=alt.Axis(labelLimit=380, labelPadding=6)),
    )  # fmt: skip
    squares = base.mark_rect(stroke="#fff", strokeWidth=1.5, cornerRadius=2).encode(
        color=alt.condition(
            "datum.zero", alt.value("#f4f2ec"),
            alt.Color("n:Q", title=say("countAxis", lang),
                      scale=alt.Scale(type="sqrt", domain=[0, most], range=list(SHADES)),
                      legend=alt.Legend(orient="right", tickMinStep=1, format="d")),
        ),
        tooltip=["code:N", "column:N", "text:N"],
    )  # fmt: skip
    texts = base.mark_text(fontSize=10).encode(
        text="text:N",
        color=alt.condition(f"datum.n > {most * 0.35}", alt.value("#fff"), alt.value("#3f4753")),
    )
    caption = (
        f"{say('numbersCodings', lang, **n)}. {say('onceRule', lang)} {say('absentRule', lang)}"
    )
    chart = (squares + texts).properties(width=max(160, 34 * len(order)), height=21 * len(labels))
    return picture(chart, title=say("heatPicture", lang), caption=caption, n=n, rows=drawn)


def indicator_panel(
    results: Tables,
    indicator: str,
    *,
    by: str = "province",
    freq: str = "year",
    measure: Measure = "level",
    units: int | None = None,
    places: Sequence[str] | None = None,
    most: int = 12,
    lang: Language = "en",
) -> Picture:
    """Draw an indicator over time, a small chart for each place, with its numbers of sources.

    Values are those of ``results.panel`` with the same options.  ``places``: codes to draw;
    otherwise the ``most`` places with most figures.  The grey bar is the spread of what
    sources report, the figure above a point the number of sources; hollow points are
    estimates or targets.  Raises UsageError (V401) as the panel does, and where nothing is
    found.
    """
    alt, lang = altair(), checked_language(lang)
    table = panel(results, indicator, by=by, freq=freq, measure=measure, units=units)
    rows = [row for row in table.rows() if row["value_reported"] is not None
            and row["within_reported"] is None]  # fmt: skip
    # A code means another province since a merger, so a place is its code and its name.
    counts = Counter((row["place"], row["place_name"]) for row in rows)
    known = sorted(counts, key=lambda place: (-counts[place], place[0], place[1] or ""))
    chosen = known[:most] if places is None else [p for p in known if p[0] in places]
    labels = _place_labels(chosen)
    kept = [row for row in rows if (row["place"], row["place_name"]) in labels]
    drawn = [_point(row, labels, kept) for row in kept]
    _something(drawn, indicator)
    periods = _periods(rows)
    unit = next((row["unit"] for row in rows if row["unit"]), "")
    base = alt.Chart(alt.Data(values=drawn)).encode(
        x=alt.X("period:N", sort=periods, scale=alt.Scale(domain=periods), title=None,
                axis=alt.Axis(labelAngle=0 if len(periods) < 6 else -60, labelOverlap=True)),
        tooltip=["place:N", "period:N", "value:Q", "lowest:Q", "highest:Q", "sources:Q",
                 "conflict:N"],
    )  # fmt: skip
    y = alt.Y("value:Q", title=say("valueShortAxis", lang, unit=unit), scale=alt.Scale(zero=False))
    spread = base.mark_rule(strokeWidth=7, color="#d9dde3").encode(y="low:Q", y2="high:Q")
    beyond = (
        base.transform_filter("datum.beyond")
        .mark_point(
            shape="triangle-up", size=40, filled=True, color="#9aa2ad", opacity=1, yOffset=-4
        )
        .encode(y="high:Q")
    )
    line = base.mark_line(color=COLOURS[0], strokeWidth=1.5).encode(y=y)
    point = base.mark_point(size=45, opacity=1, color=COLOURS[0], strokeWidth=1.5).encode(
        y=y, fill=alt.condition("datum.firm", alt.value(COLOURS[0]), alt.value("#fff"))
    )
    source = base.mark_text(dy=-11, fontSize=9, color="#56606e").encode(y=y, text="sources:Q")
    columns = min(4, len({row["place"] for row in drawn}))
    chart = (
        alt.layer(spread, beyond, line, point, source)
        .properties(width=170, height=110)
        .facet(facet=alt.Facet("place:N", title=None, header=alt.Header(labelFontSize=11)),
               columns=columns)
        .resolve_scale(y="independent")
    )  # fmt: skip
    n = {"figures": sum(row["figures"] for row in drawn),
         "documents": len({doc for row in kept for doc in row["doc_ids"]})}  # fmt: skip
    caption = [say("numbersFigures", lang, **n) + ".", say("panelRule", lang)]
    if places is None and len(chosen) < len(known):
        caption.append(say("mostPlacesRule", lang, n=len(chosen), all=len(known)))
    title = say("panelPicture", lang, name=_indicator(indicator, lang))
    return picture(chart, title=title, caption=" ".join(caption), n=n, rows=drawn)


def _place_labels(places: Sequence[tuple[str, str | None]]) -> dict[tuple[str, str | None], str]:
    """Name places for the heads of small charts; two of one name are told by their codes."""
    names = Counter(name for _, name in places)
    return {
        (code, name): code if name is None else f"{name} ({code})" if names[name] > 1 else name
        for code, name in places
    }


SPREAD = 1.5
"""Times the greatest value of a place up to which the spread of sources is drawn: a slip of a
factor 1,000 would flatten all that is right."""


def _point(
    row: dict[str, Any],
    labels: dict[tuple[str, str | None], str],
    rows: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    place = (row["place"], row["place_name"])
    top = SPREAD * max(
        abs(other["value_reported"]) for other in rows
        if (other["place"], other["place_name"]) == place
    )  # fmt: skip
    return {
        "place": labels[place], "period": row["period"], "value": row["value_reported"],
        "low": max(row["min_reported"], -top), "high": min(row["max_reported"], top),
        "beyond": row["max_reported"] > top, "highest": row["max_reported"],
        "lowest": row["min_reported"], "sources": row["n_sources"], "figures": row["n_figures"],
        "firm": row["status_reported"] == "actual", "conflict": row["conflict"],
    }  # fmt: skip


# ---- shared ------------------------------------------------------------------------------


def _by_province(
    results: Tables, codes: Sequence[str], units: int
) -> tuple[dict[tuple[str, str], int], list[str], dict[str, int]]:
    """Count sentences by code and province; halves of years never straddle July 2025."""
    if units not in SYSTEMS:
        raise UsageError("V401", "units", detail=f"{units!r}: the maps have 63 or 34 units")
    table = trend_table(results, codes, freq="half", by="place")
    cells: dict[tuple[str, str], int] = {}
    documents: dict[tuple[str, str], int] = {}
    for row in table.rows():
        part = reported_part(row["group"], row["period_end"], "")
        unit = None if part is None else part_of_map(part, units)
        if unit is None:
            continue
        name = province_name(unit, SYSTEMS[units]) or unit
        key = (row["theme"], name)
        cells[key] = cells.get(key, 0) + row["n"]
        documents[row["period"], row["group"]] = row["total_documents"]
    n = {"documents": sum(documents.values()), "sentences": sum(cells.values())}
    return cells, sorted({name for _, name in cells}), n


def _number(code: str) -> int:
    return int(code.partition(".")[2] or 0)


def _periods(rows: Sequence[dict[str, Any]]) -> list[str]:
    found = {row["period"]: row["period_start"] for row in rows}
    return sorted(found, key=lambda name: found[name])


def _name(code: str, lang: Language) -> str:
    theme = load_codebook().themes.get(code)
    return code if theme is None else theme.name_vi if lang == "vi" else theme.name_en


def _indicator(code: str, lang: Language) -> str:
    entry = load_codebook().indicators.get(code)
    return code if entry is None else entry.name_vi if lang == "vi" else entry.name_en


def _short(name: str, length: int = 52) -> str:
    return name if len(name) <= length else name[: length - 1].rstrip() + "…"


def _something(found: object, what: str) -> None:
    if not found:
        raise UsageError("V401", what, detail="nothing of it is found in these documents")


def _sentences(results: Tables) -> int:
    query = (
        "select count(*) from sentences where doc_id in (select doc_id from stories where first)"
    )
    return int(results.sql(query).fetchall()[0][0])
