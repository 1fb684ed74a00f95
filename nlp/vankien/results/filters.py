"""Which documents a filter keeps: the conditions of ``results.filter(...)``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vankien.codebook import load_codebook
from vankien.errors import UsageError
from vankien.gazetteer.places import provinces, units_named
from vankien.results.document_places import SOURCE_COLUMN, place_rows

if TYPE_CHECKING:
    import pyarrow as pa

    from vankien.results.tables import Tables

__all__ = ["as_list", "province_codes", "selection", "theme_codes"]


def as_list(value: str | Sequence[str]) -> list[str]:
    """Return one text, or several, as a list."""
    return [value] if isinstance(value, str) else list(value)


def theme_codes(results: Tables, wanted: str | Sequence[str]) -> list[str]:
    """Return theme codes with the manifestations of the groups among them.

    A code counts as known where the codebook or the results have it (results made with a
    codebook of one's own).  Raises UsageError (V401) for others.
    """
    known = load_codebook().themes
    present = {code for (code,) in results.sql("select distinct theme from themes").fetchall()}
    codes: list[str] = []
    for code in as_list(wanted):
        inner = sorted({c for c in {*known, *present} if c.startswith(f"{code}.")}, key=_order)
        if code not in known and code not in present and not inner:
            raise UsageError("V401", "theme", detail=f"{code!r} is no theme of the codebook")
        codes.extend([code, *inner])
    return list(dict.fromkeys(codes))


def _order(code: str) -> tuple[str, int]:
    head, _, tail = code.rpartition(".")
    return (head, int(tail)) if tail.isdigit() else (code, 0)


def province_codes(wanted: str | Sequence[str]) -> list[str]:
    """Return the codes of provinces given by code or by name; "TW" is the centre.

    A name that stands for several units over time gives all their codes.  Raises
    UsageError (V401) for a name that no unit bears.
    """
    known = {unit.code for unit in provinces()} | {"TW"}
    codes: list[str] = []
    for name in as_list(wanted):
        found = [name] if name in known else [
            unit.code for unit in units_named(name, level="province")
        ]  # fmt: skip
        if not found:
            raise UsageError("V401", "province", detail=f"{name!r} is no province's name or code")
        codes.extend(found)
    return list(dict.fromkeys(codes))


def _years(years: int | tuple[int, int]) -> tuple[int, int]:
    first, last = (years, years) if isinstance(years, int) else years
    if first > last:
        raise UsageError("V401", "years", detail=f"{first} is after {last}")
    return first, last


def selection(results: Tables, asked: Mapping[str, Any]) -> pa.Table:
    """Return an Arrow table of the ``doc_id`` of the documents that meet all conditions."""
    conditions: list[str] = []
    values: list[Any] = []

    def listed(expression: str, items: Sequence[str]) -> None:
        conditions.append(f"{expression} in ({', '.join('?' * len(items)) or 'null'})")
        values.extend(items)

    if "years" in asked:
        conditions.append("year(published) between ? and ?")
        values.extend(_years(asked["years"]))
    for column in ("kind", "doc_type"):
        if column in asked:
            listed(column, as_list(asked[column]))
    if "source" in asked:
        listed(SOURCE_COLUMN, as_list(asked["source"]))
    if "doc_ids" in asked:
        conditions.append("list_contains(?, doc_id)")
        values.append(list(asked["doc_ids"]))
    if "theme" in asked:
        codes = theme_codes(results, asked["theme"])
        conditions.append(
            "doc_id in (select doc_id from themes where sentence is not null and not negated "
            f"and theme in ({', '.join('?' * len(codes))}))"
        )
        values.extend(codes)
    if "where" in asked:
        conditions.append(f"({asked['where']})")
    condition = " and ".join(conditions) or "true"
    found = results.sql(f"select doc_id from documents where {condition}", values).to_arrow_table()
    if "province" in asked:
        import pyarrow as pa
        import pyarrow.compute as pc

        rows = place_rows(results)
        wanted = province_codes(asked["province"])
        there = rows.filter(pc.is_in(rows["place"], value_set=pa.array(wanted)))
        ids = there["doc_id"].combine_chunks()
        found = found.filter(pc.is_in(found["doc_id"], value_set=ids))
    if "duplicates" in asked:
        found = _one_a_story(results, found)
    return found


def _one_a_story(results: Tables, found: pa.Table) -> pa.Table:
    """Keep one document a story among those found: the original if it is there."""
    import pyarrow as pa

    kept = set(found["doc_id"].to_pylist())
    leaders: dict[str, str] = {}
    for doc_id, story in results.sql(
        "select doc_id, coalesce(duplicate_of, doc_id) from documents "
        "order by duplicate_of is not null, doc_id"
    ).fetchall():
        if doc_id in kept:
            leaders.setdefault(story, doc_id)
    return pa.table({"doc_id": pa.array(sorted(leaders.values()), pa.string())})
