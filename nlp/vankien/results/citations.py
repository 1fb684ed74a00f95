"""Who cites which document: references by citing body, with what became of the cited.

Cited documents are those that the knowledge base knows (column ``canonical``, number@date);
its ``replaces`` gives their succession.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from vankien.errors import UsageError
from vankien.results.document_places import document_places
from vankien.results.provinces import province_name
from vankien.results.tidy import TidyTable, tidy
from vankien.tagging.references.knowledge import CentralDocument, knowledge

if TYPE_CHECKING:
    from vankien.results.tables import Tables

__all__ = ["CITING", "Network", "citation_network", "citations", "successors"]

CITING = ("source", "place", "kind", "document")
"""What the citing side of a network may be."""

_CITATIONS: dict[str, Any] = {
    "doc_id": str, "title": str, "published": date, "source": str, "place": str,
    "canonical": str, "number": str, "cited_date": date, "type": str, "cited_issuer": str,
    "subject": str, "n_mentions": int, "replaced_on": date, "still_in_force": bool,
    "successor": str, "cited_doc_id": str,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Network:
    """A network as two tidy tables.

    ``nodes``: node, kind ("citing" or "cited"), label, date, n_documents (citing or cited
    by), n_mentions.  ``edges``: from_node, to_node, kind ("cites", or "replaced by" between
    two cited documents), n_documents, n_mentions, first, last (dates of publication).
    """

    nodes: TidyTable
    edges: TidyTable


def successors(canonical: str) -> list[CentralDocument]:
    """Return what took the place of a document, one after the other, the last in force.

    The chain stops where a document was replaced by several or by none that is known.
    """
    known = knowledge()
    heirs: dict[str, list[CentralDocument]] = {}
    for document in known.documents:
        for former in document.replaces:
            heirs.setdefault(former, []).append(document)
    for document in known.documents:
        for later in document.replaced_by:
            heir = known.by_canonical.get(later)
            if heir is not None and heir not in heirs.get(document.canonical, []):
                heirs.setdefault(document.canonical, []).append(heir)
    chain: list[CentralDocument] = []
    current = canonical
    while len(found := heirs.get(current, [])) == 1 and found[0] not in chain:
        chain.append(found[0])
        current = found[0].canonical
    return chain


def citations(results: Tables, canonical: str | Sequence[str] | None = None) -> TidyTable:
    """Return one row a document and a document that it cites.

    Columns: doc_id, title, published, source, place (province code, or TW), canonical,
    number, cited_date, type, cited_issuer, subject, n_mentions, replaced_on (when its
    successor was issued), still_in_force (on the day of publication; null without dates),
    successor (the document in its place today), cited_doc_id (where the collection holds
    it).  ``canonical`` keeps some cited documents.  Repeated stories count once.  References
    that are not resolved are left out.
    """
    known = knowledge()
    wanted = None if canonical is None else (
        {canonical} if isinstance(canonical, str) else set(canonical)
    )  # fmt: skip
    places = document_places(results)
    held = {
        f"{number}@{published.isoformat()}": doc_id
        for doc_id, number, published in results.sql(
            "select doc_id, number, published from documents where number is not null "
            "and published is not null"
        ).fetchall()
    }
    rows = []
    for doc_id, title, published, source, cited, mentions in results.sql(
        """
        select d.doc_id, d.title, d.published, coalesce(d.publisher, d.issuer), r.canonical,
               count(*)
        from refs r join (select doc_id, title, published, publisher, issuer from documents) d
            using (doc_id)
        where r.canonical is not null and d.doc_id in (select doc_id from stories where first)
        group by all order by 3 nulls first, 1, 5
        """
    ).fetchall():
        if wanted is not None and cited not in wanted:
            continue
        entry = known.by_canonical.get(cited)
        chain = successors(cited)
        number, _, day = cited.partition("@")
        replaced = chain[0].date if chain else None
        rows.append(
            {
                "doc_id": doc_id, "title": title, "published": published, "source": source,
                "place": places.get(doc_id), "canonical": cited, "number": number,
                "cited_date": date.fromisoformat(day) if day else None,
                "type": entry.type if entry else None,
                "cited_issuer": entry.issuer if entry else None,
                "subject": entry.subject if entry else None,
                "n_mentions": mentions, "replaced_on": replaced,
                "still_in_force": None if published is None else (
                    replaced is None or published < replaced),
                "successor": chain[-1].canonical if chain else None,
                "cited_doc_id": held.get(cited),
            }
        )  # fmt: skip
    return tidy(
        rows,
        _CITATIONS,
        title="Documents cited",
        rule="Resolved references, a row a citing and a cited document; repeated stories once; "
        "succession by the knowledge base.",
        n={"citing documents": len({row["doc_id"] for row in rows}),
           "cited documents": len({row["canonical"] for row in rows})},
    )  # fmt: skip


def citation_network(
    results: Tables, *, by: str = "source", min_documents: int = 1, succession: bool = True
) -> Network:
    """Return who cites which document, as nodes and edges.

    ``by``: the citing side is a "source" (publisher or issuer), a "place" (province), a
    "kind" of document, or each "document".  ``min_documents``: cited documents that fewer
    documents cite are left out.  ``succession`` adds an edge "replaced by" between two
    cited documents of which the second took the place of the first, directly or through
    documents that nobody cites here.  Raises UsageError (V401) for an unknown ``by``.
    """
    if by not in CITING:
        raise UsageError("V401", "by", detail=f"{by!r} is none of {', '.join(CITING)}")
    kinds = dict(results.sql("select doc_id, kind from documents").fetchall())
    rows = citations(results).rows()
    cited_by: dict[str, set[str]] = {}
    for row in rows:
        cited_by.setdefault(row["canonical"], set()).add(row["doc_id"])
    edges: dict[tuple[str, str], dict[str, Any]] = {}
    nodes: dict[str, dict[str, Any]] = {}
    for row in rows:
        if len(cited_by[row["canonical"]]) < min_documents:
            continue
        who = kinds[row["doc_id"]] if by == "kind" else row["doc_id" if by == "document" else by]
        if who is None:
            continue
        label = who
        if by == "place":
            label = "Trung ương" if who == "TW" else province_name(who, row["published"]) or who
        elif by == "document":
            label = row["title"] or who
        edge = edges.setdefault(
            (who, row["canonical"]),
            {"documents": set(), "n_mentions": 0, "days": []},
        )
        edge["documents"].add(row["doc_id"])
        edge["n_mentions"] += row["n_mentions"]
        if row["published"] is not None:
            edge["days"].append(row["published"])
        for node, kind, text, day in (
            (who, "citing", label, None),
            (row["canonical"], "cited", row["subject"] or row["number"], row["cited_date"]),
        ):
            entry = nodes.setdefault(
                node, {"node": node, "kind": kind, "label": text, "date": day,
                       "documents": set(), "n_mentions": 0}
            )  # fmt: skip
            entry["documents"].add(row["doc_id"])
            entry["n_mentions"] += row["n_mentions"]
    listed = [
        {"from_node": who, "to_node": cited, "kind": "cites",
         "n_documents": len(edge["documents"]), "n_mentions": edge["n_mentions"],
         "first": min(edge["days"], default=None), "last": max(edge["days"], default=None)}
        for (who, cited), edge in sorted(edges.items())
    ]  # fmt: skip
    if succession:
        for node in sorted(name for name, entry in nodes.items() if entry["kind"] == "cited"):
            heir = next((h for h in successors(node) if h.canonical in nodes), None)
            if heir is not None:
                listed.append(
                    {"from_node": node, "to_node": heir.canonical, "kind": "replaced by",
                     "n_documents": 0, "n_mentions": 0, "first": heir.date, "last": heir.date}
                )  # fmt: skip
    n = {"citing documents": len({row["doc_id"] for row in rows}), "edges": len(listed)}
    rule = (
        f"Resolved references by {by}; cited documents with at least {min_documents} citing "
        "documents; repeated stories once."
    )
    return Network(
        nodes=tidy(
            [{**{k: v for k, v in entry.items() if k != "documents"},
              "n_documents": len(entry["documents"])} for _, entry in sorted(nodes.items())],
            {"node": str, "kind": str, "label": str, "date": date, "n_documents": int,
             "n_mentions": int},
            title="Nodes of the network of references", rule=rule, n=n,
        ),
        edges=tidy(
            listed,
            {"from_node": str, "to_node": str, "kind": str, "n_documents": int,
             "n_mentions": int, "first": date, "last": date},
            title="Edges of the network of references", rule=rule, n=n,
        ),
    )  # fmt: skip
