"""Who cites which document, as a picture in two columns with the succession of the cited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vankien.display.pictures import COLOURS, Picture, altair, picture
from vankien.display.wording import Language, checked_language, say
from vankien.errors import UsageError
from vankien.results.citations import citation_network

if TYPE_CHECKING:
    from vankien.results.tables import Tables

__all__ = ["reference_network"]

MOST_CITING = 30
"""Citing bodies that the picture holds; those with most citing documents."""

SWEEPS = 8
"""Passes of the ordering; the crossings hardly fall after that."""


def reference_network(
    results: Tables,
    *,
    by: str = "source",
    min_documents: int = 1,
    most: int = 30,
    lang: Language = "en",
) -> Picture:
    """Draw who cites which central document, and which document replaced which.

    ``by``: the citing side, as in ``results.citation_network`` (source, place, kind,
    document).  ``min_documents``: cited documents that fewer documents cite are left out;
    ``most`` of the rest are drawn, those cited by most documents.  Lines are as wide as
    documents are many.  Raises UsageError (V401) as that does, and where no reference is
    resolved.
    """
    alt, lang = altair(), checked_language(lang)
    network = citation_network(results, by=by, min_documents=min_documents)
    nodes = {row["node"]: row for row in network.nodes.rows()}
    ranked = sorted(nodes.values(), key=lambda row: (-row["n_documents"], row["node"]))
    cited = [row["node"] for row in ranked if row["kind"] == "cited"][:most]
    edges = network.edges.rows()
    cites = [e for e in edges if e["kind"] == "cites" and e["to_node"] in cited]
    reached = {edge["from_node"] for edge in cites}
    citing = [row["node"] for row in ranked
              if row["kind"] == "citing" and row["node"] in reached][:MOST_CITING]  # fmt: skip
    cites = [edge for edge in cites if edge["from_node"] in citing]
    if not cites:
        raise UsageError("V401", "references", detail="no resolved reference in these documents")
    cited = [node for node in cited if any(edge["to_node"] == node for edge in cites)]
    citing, cited = _ordered(citing, cited, cites)
    high = max(len(citing), len(cited))
    place = {node: (i + 0.5) * high / len(citing) for i, node in enumerate(citing)}
    place |= {node: (i + 0.5) * high / len(cited) for i, node in enumerate(cited)}
    lines = [
        {"x": 0, "x2": 1, "y": place[e["from_node"]], "y2": place[e["to_node"]],
         "from": nodes[e["from_node"]]["label"], "to": e["to_node"],
         "documents": e["n_documents"], "mentions": e["n_mentions"]}
        for e in cites
    ]  # fmt: skip
    points = [
        {"x": int(nodes[node]["kind"] == "cited"), "y": place[node],
         "label": _label(nodes[node]), "kind": nodes[node]["kind"],
         "documents": nodes[node]["n_documents"]}
        for node in [*citing, *cited]
    ]  # fmt: skip
    chart = _drawn(alt, lines, points, _arcs(edges, cited, place), high, lang)
    documents = results.sql(
        "select count(distinct doc_id) from refs where canonical is not null and doc_id in "
        "(select doc_id from stories where first)"
    ).fetchall()[0][0]
    n = {"references": sum(e["n_mentions"] for e in cites), "documents": int(documents)}
    caption = f"{say('numbersReferences', lang, **n)}. {say('networkRule', lang, n=min_documents)}"
    return picture(
        chart, title=say("networkPicture", lang), caption=caption, n=n, rows=[*lines, *points]
    )


def _label(node: dict[str, Any], length: int = 60) -> str:
    text = str(node["label"])
    if node["kind"] == "cited":
        number = node["node"].partition("@")[0]
        text = number if text == number else f"{number}  {text}"
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _ordered(
    citing: list[str], cited: list[str], cites: list[dict[str, Any]]
) -> tuple[list[str], list[str]]:
    """Order both columns by the mean place of what each is tied to (barycentre method).

    Sugiyama, Tagawa and Toda 1981, "Methods for visual understanding of hierarchical system
    structures", section IV.
    """
    for _ in range(SWEEPS):
        for mine, other, own, its in (
            (cited, citing, "to_node", "from_node"), (citing, cited, "from_node", "to_node"),
        ):  # fmt: skip
            at = {node: i / len(other) for i, node in enumerate(other)}
            mean = {
                node: [at[e[its]] for e in cites if e[own] == node and e[its] in at]
                for node in mine
            }
            rank = {node: sum(at) / max(1, len(at)) for node, at in mean.items()}
            mine.sort(key=lambda node, rank=rank: (rank[node], node))  # type: ignore[misc]
    return citing, cited


def _arcs(
    edges: list[dict[str, Any]], cited: list[str], place: dict[str, float]
) -> list[dict[str, Any]]:
    """Return the steps from a document to the one that replaced it, beside the right column."""
    rows = []
    pairs = [e for e in edges if e["kind"] == "replaced by"
             and e["from_node"] in cited and e["to_node"] in cited]  # fmt: skip
    for number, edge in enumerate(pairs):
        out = 0.975 - 0.012 * (number % 4)
        for step, (x, node) in enumerate(
            ((1.0, edge["from_node"]), (out, edge["from_node"]), (out, edge["to_node"]),
             (1.0, edge["to_node"]))
        ):  # fmt: skip
            rows.append({"x": x, "y": place[node], "step": step, "pair": number,
                         "old": edge["from_node"], "new": edge["to_node"]})  # fmt: skip
    return rows


def _drawn(
    alt: Any, lines: list[dict[str, Any]], points: list[dict[str, Any]],
    arcs: list[dict[str, Any]], high: int, lang: Language,
) -> Any:  # fmt: skip
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.9, 2.2]))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[high, -1]))
    rules = alt.Chart(alt.Data(values=lines)).mark_rule(color="#7f93a8", opacity=0.55).encode(
        x=x, x2="x2:Q", y=y, y2="y2:Q",
        strokeWidth=alt.StrokeWidth("documents:Q", scale=alt.Scale(range=[0.7, 5]), legend=None),
        tooltip=["from:N", "to:N", "documents:Q", "mentions:Q"],
    )  # fmt: skip
    nodes = alt.Chart(alt.Data(values=points))
    dots = nodes.mark_circle(opacity=1).encode(
        x=x, y=y,
        size=alt.Size("documents:Q", scale=alt.Scale(range=[40, 260]), legend=None),
        color=alt.Color("kind:N", legend=None,
                        scale=alt.Scale(domain=["citing", "cited"], range=list(COLOURS[1::-1]))),
        tooltip=["label:N", "documents:Q"],
    )  # fmt: skip
    left = nodes.transform_filter("datum.x == 0").mark_text(align="right", dx=-12, fontSize=10)
    right = nodes.transform_filter("datum.x == 1").mark_text(align="left", dx=12, fontSize=10)
    heads = alt.Chart(
        alt.Data(values=[{"x": 0, "y": -0.6, "label": say("citing", lang)},
                         {"x": 1, "y": -0.6, "label": say("cited", lang)}])
    )  # fmt: skip
    layers = [rules]
    if arcs:
        layers.append(
            alt.Chart(alt.Data(values=arcs))
            .mark_line(strokeDash=[4, 3], color=COLOURS[3], strokeWidth=1.5)
            .encode(x=x, y=y, order="step:O", detail="pair:N", tooltip=["old:N", "new:N"])
        )
    layers += [
        dots,
        left.encode(x=x, y=y, text="label:N"),
        right.encode(x=x, y=y, text="label:N"),
        heads.mark_text(fontWeight="bold", fontSize=11).encode(x=x, y=y, text="label:N"),
    ]
    return alt.layer(*layers).properties(width=900, height=max(160, 24 * high))
