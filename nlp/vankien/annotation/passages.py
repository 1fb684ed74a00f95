"""Marked passages -> gold lines with records, and the split by family.

A *raw* passage is what an annotator writes: id, family, published, title and a text in the
mark syntax of :mod:`vankien.annotation.marked`.  :func:`to_gold` gives the line of
``indicators.jsonl`` (``corpus/gold/README.md``); :func:`to_marked` is its inverse, for the
next reader.  :func:`split_families` deals whole families into dev and test, so that
near-copies never straddle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from vankien.annotation.marked import Mark, parse_marked
from vankien.codebook import load_codebook

__all__ = ["split_families", "to_gold", "to_marked"]

DEV_SHARE = 0.45
"""Share of the records of each code that the development set aims at."""


def to_gold(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the gold line of a raw passage.  Raises GoldError for a malformed mark."""
    text, marks = parse_marked(raw["text"])
    line: dict[str, Any] = {"id": raw["id"], "family": raw["family"]}
    for key in ("published", "title"):
        if raw.get(key) is not None:
            line[key] = raw[key]
    line["text"] = text
    line["records"] = [_record(mark, text) for mark in marks]
    return line


def _record(mark: Mark, text: str) -> dict[str, Any]:
    extra = mark.extra
    record: dict[str, Any] = {"surface": mark.surface}
    # `at` counts occurrences by every place where the surface could begin.
    at = sum(text.startswith(mark.surface, place) for place in range(mark.start))
    if at:
        record["at"] = at
    record["number"] = mark.number
    record["value"] = mark.value
    if "high" in extra:
        record["value_high"] = float(extra["high"])
    record["unit"] = _unit(mark)
    record["indicator"] = mark.indicator
    if mark.measure != "level":
        record["measure"] = mark.measure
    for key, name in (("status", "status"), ("approx", "approx"), ("start", "period_start"),
                      ("end", "period_end"), ("scope", "scope"),
                      ("baseline", "baseline")):  # fmt: skip
        if key in extra:
            record[name] = extra[key]
    if "of" in extra:
        record["part_of"] = int(extra["of"])
    return record


def _unit(mark: Mark) -> str | None:
    """Return the unit that the mark names, or the one that follows from code and measure.

    A share, a ratio, a relative change are percent; a figure with a code has the unit of the
    codebook (or, where the codebook says so, the noun as written); any other figure has the
    noun as written.
    """
    if "unit" in mark.extra:
        named = mark.extra["unit"]
        return None if named == "null" else named
    if mark.measure in ("share", "target_ratio", "change_rel"):
        return "%"
    if mark.measure == "rank":
        return None
    written = mark.surface.removeprefix(mark.number).strip() or None
    if mark.indicator is None:
        return written
    indicator = load_codebook().indicators.get(mark.indicator)
    if indicator is None or (indicator.unit_as_written and written):
        return written
    return indicator.unit


def to_marked(line: Mapping[str, Any]) -> str:
    """Return the text of a gold line with its records as marks."""
    text = str(line["text"])
    pieces: list[str] = []
    position = 0
    for record in line["records"]:
        start = -1
        for _ in range(record.get("at", 0) + 1):
            start = text.index(record["surface"], start + 1)
        value = "null" if record["value"] is None else f"{record['value']:.12g}"
        words = [record["indicator"] or "-", value]
        if record.get("measure", "level") != "level":
            words.append(record["measure"])
        words.append(f'number="{record["number"]}"')
        words.append(f'unit="{record["unit"] or "null"}"')
        if record.get("value_high") is not None:
            words.append(f"high={record['value_high']:.12g}")
        for name, key in (("status", "status"), ("approx", "approx"), ("period_start", "start"),
                          ("period_end", "end"), ("scope", "scope"), ("baseline", "baseline"),
                          ("part_of", "of")):  # fmt: skip
            if record.get(name) is not None:
                words.append(f'{key}="{record[name]}"')
        pieces += [text[position:start], f"[{record['surface']}|{' '.join(words)}]"]
        position = start + len(record["surface"])
    return "".join([*pieces, text[position:]])


def split_families(
    lines: Iterable[Mapping[str, Any]],
    *,
    dev_share: float = DEV_SHARE,
    fixed: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the split ("dev" or "test") of each family; ``fixed`` families stay.

    Families are dealt rarest code first to the side that lacks more of their codes; ties
    fall by the digest of the family's name, so that the same families always fall alike.
    """
    families: dict[str, Counter[str]] = {}
    for line in lines:
        codes = families.setdefault(line["family"], Counter())
        codes.update(r["indicator"] or "-" for r in line["records"])
        codes[""] += 1  # passages without figures are dealt evenly, too
    total: Counter[str] = Counter()
    for codes in families.values():
        total.update(codes)

    def order(name: str) -> tuple[int, str]:
        rarest = min(total[code] for code in families[name])
        return rarest, sha256(name.encode()).hexdigest()

    held = {"dev": Counter[str](), "test": Counter[str]()}
    share = {"dev": dev_share, "test": 1 - dev_share}
    side: dict[str, str] = {}
    for name, split in (fixed or {}).items():
        if name in families:
            side[name] = split
            held[split].update(families[name])
    for name in sorted(families.keys() - side.keys(), key=order):
        lacks = {
            split: sum(
                (share[split] * total[code] - held[split][code]) / total[code] * count
                for code, count in families[name].items()
            )
            / share[split]
            for split in held
        }
        best = max(("test", "dev"), key=lambda split: lacks[split])
        side[name] = best
        held[best].update(families[name])
    return side
