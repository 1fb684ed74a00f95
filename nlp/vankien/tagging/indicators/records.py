"""Figures of a document as plain rows of the table ``indicators``."""

from __future__ import annotations

from typing import Any

from vankien.documents import Document
from vankien.records import record_id
from vankien.tagging.indicators.extract import Figure

__all__ = ["indicator_rows"]


def indicator_rows(document: Document, figures: list[Figure]) -> list[dict[str, Any]]:
    """Return one row a figure: decimals as text, dates in ISO form, lists for tuples."""
    paged = any(block.page is not None for block in document.blocks)
    ids = [
        record_id(
            document.doc_id,
            "indicator",
            figure.quantity.start,
            figure.quantity.end,
            f"{figure.indicator}:{figure.reading.measure}",
        )
        for figure in figures
    ]
    return [
        {
            "record_id": ids[position],
            "doc_id": document.doc_id,
            "sentence": figure.sentence,
            "start": figure.quantity.start,
            "end": figure.quantity.end,
            "surface": document.text[figure.quantity.start : figure.quantity.end],
            "number": figure.quantity.number,
            "value": _plain(figure.reading.value),
            "value_high": _plain(figure.reading.value_high),
            "unit": figure.unit,
            "indicator": figure.indicator,
            "label": figure.label,
            "measure": figure.reading.measure,
            "status": figure.reading.status,
            "approx": figure.quantity.approx,
            "period_start": _plain(figure.setting.period_start),
            "period_end": _plain(figure.setting.period_end),
            "period_text": figure.setting.period_text,
            "scope": figure.setting.scope,
            "scope_code": figure.setting.scope_code,
            "baseline": figure.reading.baseline,
            "part_of": None if figure.part_of is None else ids[figure.part_of],
            "page": document.page_at(figure.quantity.start) if paged else None,
            "table": figure.table,
            "row": figure.row,
            "column": figure.column,
            "checks": list(figure.checks),
            "score": figure.score,
        }
        for position, figure in enumerate(figures)
    ]


def _plain(value: object) -> str | None:
    return None if value is None else str(value)
