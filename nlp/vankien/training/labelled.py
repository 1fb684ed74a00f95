"""Labelled tables of researchers: read, checked, and dealt into training, dev and test.

A table is JSONL or CSV, a sentence a row: ``text`` and ``themes`` (a list; in CSV codes with
"; " between them), and where known ``id``, ``family``, ``previous``, ``heading``, ``part``,
``split`` (train, dev, test).  Sentences of one document, and near-copies, belong to one
family; a family is never dealt to two splits.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from vankien.codebook import Codebook
from vankien.documents import Part
from vankien.errors import AnnotationError
from vankien.evaluation.gold import ThemeSentence
from vankien.evaluation.near_copies import families_of

__all__ = ["SPLITS", "Labelled", "deal", "read_labelled", "write_gold"]

SPLITS = ("train", "dev", "test")
SHARES = {"train": 0.7, "dev": 0.15, "test": 0.15}
"""Share of the sentences of each code that a split aims at."""

KEYS = frozenset(ThemeSentence.model_fields) - {"register_"} | {"register", "split"}
MAX_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled sentence with its place in the table, and its split where the table says."""

    sentence: ThemeSentence
    place: str
    split: str | None = None


def read_labelled(path: str | Path, codebook: Codebook) -> list[Labelled]:
    """Read and check a labelled table (``.csv``, else JSONL); ids must be unique.

    Raises AnnotationError (V303) with file, line, key and reason for the first defect.
    """
    source = Path(path)
    rows = _csv_rows(source) if source.suffix.lower() == ".csv" else _json_rows(source)
    found: list[Labelled] = []
    seen: dict[str, str] = {}
    for place, row in rows:
        one = _labelled(row, place, codebook, f"{source.stem}-{len(found) + 1}")
        other = seen.setdefault(one.sentence.id, place)
        if other is not place:
            detail = f"id: {one.sentence.id} stands at {other} already"
            raise AnnotationError("V303", place, detail=detail)
        found.append(one)
    if not found:
        raise AnnotationError("V303", str(source), detail="it has no row")
    named = [one for one in found if one.split is not None]
    if named and len(named) < len(found):
        place = next(one.place for one in found if one.split is None)
        raise AnnotationError("V303", place, detail="split: other rows name one, this does not")
    return found


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise AnnotationError("V303", str(path), detail="it is larger than a gigabyte")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        detail = error.strerror or str(error)
        raise AnnotationError("V303", str(path), detail=detail) from error
    except UnicodeDecodeError as error:
        raise AnnotationError("V303", str(path), detail="it is not in UTF-8") from error


def _json_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        place = f"{path} line {number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise AnnotationError("V303", place, detail=f"no JSON ({error})") from error
        if not isinstance(row, dict):
            raise AnnotationError("V303", place, detail="it holds no object")
        yield place, row


def _csv_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    text = _text(path)
    head = text.split("\n", 1)[0]
    reader = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True
    )
    csv.field_size_limit(1 << 30)
    try:
        for raw in reader:
            place = f"{path} line {reader.line_num}"
            if None in raw or None in raw.values():
                raise AnnotationError("V303", place, detail="it has not as many cells as the head")
            row: dict[str, Any] = {key: value for key, value in raw.items() if value}
            row["themes"] = _codes(raw.get("themes", "")) if "themes" in raw else None
            if "negated" in row:
                row["negated"] = _codes(row["negated"])
            if "implicit" in row:
                row["implicit"] = row["implicit"].lower() in ("1", "true", "x")
            yield place, row
    except csv.Error as error:
        raise AnnotationError(
            "V303", f"{path} line {reader.line_num}", detail=str(error)
        ) from error


def _codes(cell: str) -> list[str]:
    return [code for code in re.split(r"[;,\s]+", cell) if code]


def _labelled(row: dict[str, Any], place: str, codebook: Codebook, fallback: str) -> Labelled:
    unknown = sorted(row.keys() - KEYS)
    if unknown:
        detail = f"{unknown[0]}: no such key; they are {', '.join(sorted(KEYS))}"
        raise AnnotationError("V303", place, detail=detail)
    plain = {key: value for key, value in row.items() if value is not None}
    split = plain.pop("split", None)
    if split is not None and split not in SPLITS:
        detail = f"split: {split!r} is none of {', '.join(SPLITS)}"
        raise AnnotationError("V303", place, detail=detail)
    plain.setdefault("id", fallback)
    plain.setdefault("family", plain["id"])
    if "part" in plain and plain["part"] not in {part.value for part in Part}:
        raise AnnotationError("V303", place, detail=f"part: {plain['part']!r} is no part")
    try:
        sentence = ThemeSentence.model_validate(plain, context={"codebook": codebook})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "themes"
        reason = first["msg"].removeprefix("Value error, ")
        raise AnnotationError("V303", place, detail=f"{key}: {reason}") from error
    return Labelled(sentence, place, split)


def deal(rows: Sequence[Labelled], codebook: Codebook) -> dict[str, list[ThemeSentence]]:
    """Return the sentences of each split.

    A table's own splits are kept, and refused where a family or a near-copy straddles.
    Otherwise families are dealt rarest code first to the split that lacks most of its codes
    (after Sechidis, Tsoumakas & Vlahavas 2011, On the stratification of multi-label data),
    ties by the digest of the family's name: the same table is always dealt alike.  Raises
    AnnotationError (V303) where there are too few families to deal.
    """
    families = families_of(
        [one.sentence.text for one in rows], [one.sentence.family for one in rows]
    )
    sentences = [
        one.sentence.model_copy(update={"family": family})
        for one, family in zip(rows, families, strict=True)
    ]
    own = rows[0].split is not None
    sides = _own_sides(rows, families) if own else _sides(sentences)
    dealt: dict[str, list[ThemeSentence]] = {split: [] for split in SPLITS}
    for sentence in sentences:
        dealt[sides[sentence.family]].append(sentence)
    table = rows[0].place.rpartition(" line ")[0]
    least = {split: len({s.family for s in dealt[split]}) for split in SPLITS}
    for split, needed in (("train", LEAST_FAMILIES), ("dev", 1), ("test", 1)):
        if least[split] < needed:
            detail = f"{least[split]} families of near-copies in {split}, at least {needed} needed"
            raise AnnotationError("V303", table, detail=f"{detail}; label more sentences")
    for code in codebook.themes:
        others = {s.family for s in dealt["train"] if code not in s.themes}
        if len(others) < LEAST_FAMILIES:
            detail = f"nearly all training sentences carry {code}; add sentences without it"
            raise AnnotationError("V303", table, detail=detail)
    return dealt


LEAST_FAMILIES = 10
"""Families that training needs: calibration takes five folds of them."""


def _own_sides(rows: Sequence[Labelled], families: Sequence[str]) -> dict[str, str]:
    sides: dict[str, tuple[str, str]] = {}
    for one, family in zip(rows, families, strict=True):
        split, place = sides.setdefault(family, (str(one.split), one.place))
        if split != one.split:
            detail = f"split: a near-copy or its family stands in {split}, at {place}"
            raise AnnotationError("V303", one.place, detail=detail)
    return {family: split for family, (split, _) in sides.items()}


def _sides(sentences: Sequence[ThemeSentence]) -> dict[str, str]:
    """Deal families to splits."""
    held: dict[str, Counter[str]] = {}
    for sentence in sentences:
        # Sentences without a code are dealt evenly, too.
        held.setdefault(sentence.family, Counter()).update(sentence.themes or ["-"])
    total: Counter[str] = Counter()
    for counts in held.values():
        total.update(counts)
    lacking = {
        split: {code: share * n for code, n in total.items()} for split, share in SHARES.items()
    }

    def order(family: str) -> tuple[int, int]:
        return min(total[code] for code in held[family]), zlib.crc32(family.encode())

    sides: dict[str, str] = {}
    for family in sorted(held, key=order):
        counts = held[family]

        def gain(split: str, counts: Mapping[str, int] = counts) -> float:
            return sum(
                min(lacking[split][code], n) / total[code] / SHARES[split]
                for code, n in counts.items()
            )

        best = max(SPLITS, key=lambda split: (gain(split), SHARES[split]))
        sides[family] = best
        for code, n in counts.items():
            lacking[best][code] -= n
    return sides


def write_gold(folder: Path, dealt: Mapping[str, Sequence[ThemeSentence]]) -> None:
    """Write the splits as gold (``<split>/themes.jsonl``), which ``vankien evaluate`` reads."""
    for split in SPLITS:
        path = folder / split / "themes.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            for sentence in dealt[split]:
                plain = sentence.model_dump(by_alias=True, exclude_defaults=True)
                line = {**plain, "part": sentence.part, "themes": sentence.themes}
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")
