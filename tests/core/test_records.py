"""Records and schemas are the contract: exact columns, round trips, stable ids."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from vankien import records

CONTRACT = {
    "documents": "doc_id source sha256 kind title published doc_type number issuer place signer "
    "authors publisher url language text n_pages n_chars extraction quality secrecy duplicate_of "
    "themes warnings vankien_version model_version",
    "sentences": "doc_id sentence start end text page section part role role_score",
    "themes": "doc_id sentence theme score start end evidence method negated",
    "indicators": "record_id doc_id sentence start end surface number value value_high unit "
    "indicator label measure status approx period_start period_end period_text scope scope_code "
    "baseline part_of page table row column checks score",
    "references": "doc_id sentence start end surface type number date issuer canonical",
    "tables": "doc_id table page row column text row_header column_header",
    "errors": "source stage error message",
}
"""The tables of the design, written from the design."""


@pytest.mark.parametrize("table", CONTRACT)
def test_columns_are_those_of_the_design(table: str) -> None:
    assert records.schema(table).names == CONTRACT[table].split()
    assert [f.name for f in fields(records.TABLES[table])] == CONTRACT[table].split()


def test_types_of_columns() -> None:
    schema = records.schema("indicators")
    assert schema.field("value").type == pa.float64()
    assert schema.field("period_start").type == pa.date32()
    assert schema.field("checks").type == pa.list_(pa.string())
    assert schema.field("table").type == pa.int32()
    assert records.schema("tables").field("text").type == pa.string()
    assert records.schema("themes").field("negated").type == pa.bool_()


def _indicator() -> records.IndicatorRecord:
    return records.IndicatorRecord(
        record_id="r", doc_id="d", sentence=0, start=1, end=5, surface="2.053", number="2.053",
        value=Decimal(2053), value_high=None, unit="đảng viên", indicator="members.admitted",
        label=None, measure="level", status="actual", approx="exact",
        period_start=date(2020, 1, 1), period_end=date(2020, 12, 31), period_text="năm 2020",
        scope=None, scope_code=None, baseline=None, part_of=None, page=None, table=None, row=None,
        column=None, checks=("sum",), score=0.9,
    )  # fmt: skip


def test_records_become_arrow_and_back() -> None:
    table = records.rows_to_table("indicators", [_indicator()])
    assert table.schema == records.schema("indicators")
    row = table.to_pylist()[0]
    assert row["value"] == 2053.0
    assert row["period_end"] == date(2020, 12, 31)
    assert row["checks"] == ["sum"]


def test_plain_rows_give_the_same_table() -> None:
    record = _indicator()
    plain = {f.name: getattr(record, f.name) for f in fields(record)}
    plain |= {"value": "2053", "period_start": "2020-01-01", "period_end": "2020-12-31",
              "checks": ["sum"]}  # fmt: skip
    both = [records.rows_to_table("indicators", [r]) for r in (record, plain)]
    assert both[0].equals(both[1])
    assert records.from_plain(records.IndicatorRecord, plain) == record


def test_record_ids_are_stable_and_distinct() -> None:
    first = records.record_id("d", "indicator", 1, 5, "members.admitted:level")
    assert first == records.record_id("d", "indicator", 1, 5, "members.admitted:level")
    others = {
        records.record_id("d", "indicator", 1, 6, "members.admitted:level"),
        records.record_id("d2", "indicator", 1, 5, "members.admitted:level"),
        records.record_id("d", "indicator", 1, 5, "members.admitted:share"),
    }
    assert first not in others
    assert len(others) == 3
