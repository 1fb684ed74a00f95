"""Gold files: read and checked before anything is scored.

Formats (JSONL, one passage a line) are described in ``corpus/gold/README.md``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from vankien.codebook import Codebook, load_codebook
from vankien.errors import GoldError
from vankien.resources import corpus_dir

__all__ = [
    "FAMILIES",
    "CodedDocument",
    "CodedSentence",
    "IndicatorPassage",
    "ReferencePassage",
    "SentencePassage",
    "SettingPassage",
    "TablePassage",
    "ThemeSentence",
    "gold_dir",
    "load_gold",
]


class _Gold(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: str = Field(min_length=1)
    family: str = Field(min_length=1, description="near-copies share one family, and one split")


def _check_codes(
    themes: list[str], negated: list[str], role: str | None, codebook: Codebook | None = None
) -> None:
    known = (codebook or load_codebook()).themes
    for code in (*themes, *negated):
        if code not in known:
            raise ValueError(f"unknown theme {code}")
    if role is not None and role not in load_codebook().roles:
        raise ValueError(f"unknown role {role}")
    if not set(negated) <= set(themes):
        raise ValueError("negated themes must be among the themes")


class ThemeSentence(_Gold):
    """A sentence with its themes and role; context as far as a coder saw it.

    Themes are those of vankien's codebook, or of the one in the validation's context.
    """

    text: str = Field(min_length=5)
    previous: str | None = None
    heading: str | None = None
    part: str = "body"
    themes: list[str]
    negated: list[str] = []
    role: str | None = None
    implicit: bool = False
    register_: str | None = Field(default=None, alias="register")

    @model_validator(mode="after")
    def _known(self, info: ValidationInfo) -> ThemeSentence:
        codebook = (info.context or {}).get("codebook")
        _check_codes(self.themes, self.negated, self.role, codebook)
        return self


class CodedSentence(BaseModel):
    """A sentence of a coded document, with the heading in force."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=2)
    part: Literal["title", "lead", "body", "caption"] = "body"
    heading: str | None = None
    themes: list[str] = []
    negated: list[str] = []
    role: str

    @model_validator(mode="after")
    def _known(self) -> CodedSentence:
        _check_codes(self.themes, self.negated, self.role)
        return self


class CodedDocument(_Gold):
    """A whole document coded sentence by sentence; ``themes`` are the document's own."""

    kind: Literal["party_document", "state_document", "news_article"]
    genre: str
    title: str
    published: dt.date
    themes: list[str]
    sentences: list[CodedSentence] = Field(min_length=1)

    @model_validator(mode="after")
    def _known(self) -> CodedDocument:
        _check_codes(self.themes, [], None)
        return self


class GoldRecord(BaseModel):
    """One figure of a passage; ``at`` says which occurrence of the surface is meant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    surface: str
    at: int = 0
    number: str
    value: float | None
    value_high: float | None = None
    unit: str | None
    indicator: str | None
    measure: str = "level"
    status: str = "actual"
    approx: str = "exact"
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    scope: str | None = None
    baseline: str | None = None
    part_of: int | None = None


class IndicatorPassage(_Gold):
    """A passage with all its figures."""

    text: str
    title: str | None = None
    published: dt.date | None = None
    records: list[GoldRecord]

    @model_validator(mode="after")
    def _found(self) -> IndicatorPassage:
        codebook = load_codebook()
        for record in self.records:
            if self.text.count(record.surface) <= record.at:
                raise ValueError(f"the text does not hold {record.surface!r} ({record.at})")
            if record.number not in record.surface:
                raise ValueError(f"{record.surface!r} does not hold {record.number!r}")
            if record.indicator is not None and record.indicator not in codebook.indicators:
                raise ValueError(f"unknown indicator {record.indicator}")
        return self


class GoldCell(BaseModel):
    """One figure of a table; ``part_of`` is the (row, column) of the figure it divides."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: int
    column: int
    value: float
    indicator: str
    measure: str = "level"
    status: str = "actual"
    part_of: tuple[int, int] | None = None


class TablePassage(_Gold):
    """A table with the figures of the catalogue in it.

    In ``rows`` the text "<" repeats the cell to its left and "^" the one above (merged).
    """

    caption: str | None = None
    unit: str | None = None
    title: str | None = None
    published: dt.date | None = None
    rows: list[list[str]] = Field(min_length=2)
    records: list[GoldCell]

    @model_validator(mode="after")
    def _placed(self) -> TablePassage:
        codebook = load_codebook()
        width = len(self.rows[0])
        if any(len(row) != width for row in self.rows):
            raise ValueError("the rows are not of one width")
        for record in self.records:
            if not (0 <= record.row < len(self.rows) and 0 <= record.column < width):
                raise ValueError(f"no cell at {record.row}, {record.column}")
            if record.indicator not in codebook.indicators:
                raise ValueError(f"unknown indicator {record.indicator}")
        return self


class GoldReference(BaseModel):
    """One mention of a document."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    surface: str
    at: int = 0
    type: str
    number: str | None = None
    date: dt.date | None = None
    canonical: str | None = None


class ReferencePassage(_Gold):
    """A passage with all its references."""

    text: str
    published: dt.date | None = None
    references: list[GoldReference]

    @model_validator(mode="after")
    def _found(self) -> ReferencePassage:
        for reference in self.references:
            if self.text.count(reference.surface) <= reference.at:
                raise ValueError(f"the text does not hold {reference.surface!r}")
        return self


class SentencePassage(_Gold):
    """A paragraph as the list of its sentences, in order."""

    text: str
    sentences: list[str]

    @model_validator(mode="after")
    def _joined(self) -> SentencePassage:
        joined = "".join("".join(self.sentences).split())
        if joined != "".join(self.text.split()):
            raise ValueError("the sentences do not join to the text")
        return self


class GoldSetting(BaseModel):
    """A figure with its period and scope; ``indicator`` says whether it is stock or flow."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    surface: str
    at: int = 0
    indicator: str | None = None
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    scope: str | None = None
    scope_code: str | None = None


class SettingPassage(_Gold):
    """A passage with figures whose period and scope the text, title or issuer tell."""

    text: str
    title: str | None = None
    published: dt.date | None = None
    issuer: str | None = None
    figures: list[GoldSetting] = Field(min_length=1)

    @model_validator(mode="after")
    def _found(self) -> SettingPassage:
        indicators = load_codebook().indicators
        for figure in self.figures:
            if self.text.count(figure.surface) <= figure.at:
                raise ValueError(f"the text does not hold {figure.surface!r} ({figure.at})")
            if figure.indicator is not None and figure.indicator not in indicators:
                raise ValueError(f"unknown indicator {figure.indicator}")
            start, end = figure.period_start, figure.period_end
            if start is not None and end is not None and end < start:
                raise ValueError(f"{figure.surface!r} ends before it begins")
        return self


Family = Literal[
    "themes", "documents", "indicators", "tables", "references", "sentences", "settings"
]
FAMILIES: dict[str, type[_Gold]] = {
    "themes": ThemeSentence,
    "documents": CodedDocument,
    "indicators": IndicatorPassage,
    "tables": TablePassage,
    "references": ReferencePassage,
    "sentences": SentencePassage,
    "settings": SettingPassage,
}
"""Gold families and the model of a line of their files (roles are part of themes)."""


def gold_dir() -> Path:
    """Return the folder of the gold that comes with vankien."""
    return corpus_dir() / "gold"


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield number, line
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError("V302", str(path), detail=str(error)) from error


def load_gold(
    family: str, split: str, folder: Path | None = None, *, codebook: Codebook | None = None
) -> list[Any]:
    """Return the checked gold lines of a family and split; ids must be unique.

    ``codebook`` is another than vankien's, whose themes the lines carry.  Raises GoldError
    with file, line and reason.
    """
    path = (folder or gold_dir()) / split / f"{family}.jsonl"
    found: list[Any] = []
    seen: set[str] = set()
    for number, line in _lines(path):
        try:
            entry = FAMILIES[family].model_validate_json(line, context={"codebook": codebook})
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise GoldError(
                "V302", f"{path.name} line {number}", detail=f"{place}: {first['msg']}"
            ) from error
        if entry.id in seen:
            raise GoldError("V302", f"{path.name} line {number}", detail=f"id {entry.id} repeats")
        seen.add(entry.id)
        found.append(entry)
    return found
