"""The codebook: YAML files of codes, definitions, cues and rules, checked on load.

A file may hold two YAML documents.  The first is what the program runs on; the second
(after a line ``---``) holds the examples, which only the tests and the documentation
read, so that a batch does not pay for parsing them.

Everything is loaded once into immutable models.  To add a theme, an indicator or a role,
add an entry to its family's file; nothing else changes.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vankien import plain_yaml
from vankien.errors import CodebookError
from vankien.markup import facts, grid
from vankien.resources import CODEBOOK_VERSION, codebook_dir

__all__ = [
    "Codebook",
    "Cue",
    "Frame",
    "Indicator",
    "Modifier",
    "Role",
    "Theme",
    "load_codebook",
    "load_examples",
    "load_yaml",
]

VERSION = CODEBOOK_VERSION

MANIFESTATION_GROUPS = ("SUYTHOAI-TT", "SUYTHOAI-DD", "TUDIENBIEN")
"""The three groups of nine manifestations, in the order of Resolution 04-NQ/TW (2016)."""

Measure = Literal["level", "share", "change_abs", "change_rel", "target_ratio", "rank"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class _Entry(_Model):
    """What a code of the codebook has in common with others: names and a definition."""

    code: str
    name_vi: str
    name_en: str
    definition_vi: str
    definition_en: str

    def __repr__(self) -> str:
        kind = type(self).__name__
        return f"<{kind} {self.code}: {self.name_vi} ({self.name_en}). {self.definition_en}>"

    def _repr_html_(self) -> str:
        named = {"code", "name_vi", "name_en"}
        values = {
            name: _words(value)
            for name, value in self.model_dump(by_alias=True).items()
            if name not in named
        }
        return facts(f"{self.code}: {self.name_vi} ({self.name_en})", values)


def _words(value: Any) -> Any:
    """Return the words of a list of cues, exclusions or frames; other values as they are."""
    if not isinstance(value, list):
        return value
    found = []
    for item in value:
        if not isinstance(item, dict):
            found.append(item)
        elif "text" in item:
            weak = " (weak)" if item.get("strong") is False else ""
            see = f" → {item['see']}" if item.get("see") else ""
            found.append(f"{item['text']}{weak}{see}")
        else:
            lists = (f"{key}: {', '.join(words)}" for key, words in item.items()
                     if words and isinstance(words, list))  # fmt: skip
            found.append("[" + " | ".join(lists) + "]")
    return found


class Cue(_Model):
    """A phrase that speaks for a code.

    ``strong``: alone it nearly always gives the code.  ``also``: further codes that the
    phrase gives.  ``always``: a group's cue that stands beside a single manifestation.
    """

    text: str = Field(min_length=2)
    strong: bool = True
    also: list[str] = []
    always: bool = False


class Exclusion(_Model):
    """What is not coded here, and the code that takes it, if any."""

    text: str
    see: str | None = None


class Theme(_Entry):
    """A theme code; unit of coding is one sentence.

    ``not``: phrases that void a cue which they overlap; ``veto``: phrases that void the
    code in their sentence; ``ties``: codes of which one must hold in the sentence before a
    weak cue counts (the work must be tied to Resolution 4, say).
    """

    parent: str | None = None
    level: Literal["group", "single"]
    source: str
    includes: list[str]
    excludes: list[Exclusion]
    not_: list[str] = Field(default=[], alias="not")
    veto: list[str] = []
    ties: list[str] = []
    cues: list[Cue]


class Role(_Entry):
    """A role code: what a sentence does in its document."""

    headings: list[str]
    openings: list[str]
    cues: list[str]
    not_: list[str] = Field(default=[], alias="not")
    confusions: list[Exclusion] = []


class Frame(_Model):
    """One way in which documents write an indicator.

    ``heads``: nouns counted by the figure.  ``triggers``: verbs or nouns that govern it in
    its clause.  ``qualifiers``: words beside the noun.  A frame fits a figure when each
    list that is not empty has a phrase at its place and no phrase of ``not`` is near.
    ``reach`` is the greatest distance in characters between trigger and figure; ``weight``
    settles between frames that fit equally well.  A ``part`` frame holds only for a part of
    a figure of its own family ("trong đó nữ 71").  ``subjects`` are nouns to the left that
    speak for the frame where the figure has none of its own ("đảng viên: xuất sắc 19%").
    ``any_noun``: directly after the trigger, nouns that no unit knows count as well ("kết nạp
    11 thợ lò").
    """

    heads: list[str] = []
    triggers: list[str] = []
    qualifiers: list[str] = []
    not_: list[str] = Field(default=[], alias="not")
    measures: list[Measure] = []
    reach: int = 120
    weight: float = 0.0
    part: bool = False
    subjects: list[str] = []
    any_noun: bool = False


class Indicator(_Entry):
    """An indicator code: what a figure counts.

    ``reduction`` marks a code that counts a reduction, whose count cut is a positive level, and
    ``contrast`` names the codes among which the longer phrase wins ("hoàn thành" in "không
    hoàn thành"), ``fall_of`` the stock to which the percentage of such a reduction belongs;
    ``within`` names the indicators whose figures this one divides ("nữ" within members);
    ``not_nouns`` are counted nouns that it never counts unless words beside them say so
    ("kết nạp 120 đoàn viên", but "kết nạp 12 đoàn viên vào Đảng"); ``ended_by`` are words
    directly before a figure that make it a fall of the stock ("xóa 6 bản trắng");
    ``domain`` are phrases of which the document must hold one.
    """

    unit: str
    kind: Literal["stock", "flow"]
    unit_as_written: bool = False
    source: str
    dimensions: list[str]
    measures: list[Measure]
    frames: list[Frame]
    not_: list[str] = Field(default=[], alias="not")
    confusions: list[Exclusion] = []
    minimum: float | None = None
    integer: bool = True
    reduction: bool = False
    fall_of: str | None = None
    contrast: str | None = None
    within: list[str] = []
    not_nouns: list[str] = []
    ended_by: list[str] = []
    domain: list[str] = []


class Modifier(_Model):
    """Context words that give a value to an attribute (measure, status, approximation)."""

    code: str
    before: list[str] = []
    after: list[str] = []
    not_: list[str] = Field(default=[], alias="not")
    note: str = ""


class Codebook(_Model):
    """All codes, by code, in the order of their files."""

    version: str
    themes: dict[str, Theme]
    roles: dict[str, Role]
    indicators: dict[str, Indicator]
    party_context: list[str]
    official_context: list[str]

    def __repr__(self) -> str:
        return (
            f"<Codebook {self.version}: {len(self.themes)} themes, {len(self.roles)} roles, "
            f"{len(self.indicators)} indicators>"
        )

    def _repr_html_(self) -> str:
        entries = [
            (kind, entry.code, entry.name_vi, entry.name_en, entry.definition_en)
            for kind, family in (("theme", self.themes), ("role", self.roles),
                                 ("indicator", self.indicators))
            for entry in family.values()
        ]  # fmt: skip
        return facts(
            f"Codebook {self.version}",
            {"themes": len(self.themes), "roles": len(self.roles),
             "indicators": len(self.indicators)},
            grid(("kind", "code", "Vietnamese", "English", "definition"), entries),
        )  # fmt: skip

    def group_of(self, code: str) -> str | None:
        """Return the group of a manifestation ("SUYTHOAI-TT.3" -> "SUYTHOAI-TT")."""
        theme = self.themes[code]
        return theme.parent if theme.parent in MANIFESTATION_GROUPS else None


M = TypeVar("M", bound=BaseModel)


def load_yaml(path: Path, *, document: int = 0) -> Any:
    """Load one YAML document of a file; ``document`` 1 is the examples.

    Raises CodebookError where the file is missing or malformed.
    """
    try:
        parts = path.read_text(encoding="utf-8").split("\n---\n")
        if document >= len(parts):
            raise CodebookError("V301", path.name, detail=f"it has no document {document + 1}")
        return plain_yaml.load(parts[document])
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        detail = " ".join(str(error).split())
        raise CodebookError("V301", path.name, detail=detail) from error


def _model(path: Path, model: type[M], data: Any) -> M:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        name = data.get("code", "") if isinstance(data, dict) else ""
        raise CodebookError(
            "V301", path.name, detail=f"{name} {place}: {first['msg']}".strip()
        ) from error


def _family(folder: Path, key: str, model: type[M]) -> dict[str, M]:
    entries: dict[str, M] = {}
    for path in sorted(folder.glob("*.yaml")):
        data = load_yaml(path)
        if not isinstance(data, dict) or key not in data:
            raise CodebookError("V301", path.name, detail=f"it has no list {key!r}")
        for raw in data[key]:
            entry = _model(path, model, raw)
            code = str(getattr(entry, "code"))  # noqa: B009 - every entry model has a code
            if code in entries:
                raise CodebookError("V301", path.name, detail=f"{code} stands twice")
            entries[code] = entry
    return entries


def read_codebook(folder: Path) -> Codebook:
    """Read and check a codebook folder.

    Raises CodebookError with file, code and reason for the first defect found.
    """
    themes = _family(folder / "themes", "themes", Theme)
    roles_path = folder / "roles.yaml"
    roles = {
        role.code: role
        for role in (_model(roles_path, Role, raw) for raw in load_yaml(roles_path)["roles"])
    }
    indicators = _family(folder / "indicators", "indicators", Indicator)
    context_path = folder / "cues" / "party_context.yaml"
    context = load_yaml(context_path)
    _check_links(folder, themes, roles, indicators)
    return Codebook(
        version=VERSION,
        themes=themes,
        roles=roles,
        indicators=indicators,
        party_context=context["phrases"],
        official_context=context["official"],
    )


def _check_links(
    folder: Path,
    themes: dict[str, Theme],
    roles: dict[str, Role],
    indicators: dict[str, Indicator],
) -> None:
    def fail(code: str, detail: str) -> None:
        raise CodebookError("V301", folder.name, detail=f"{code}: {detail}")

    for theme in themes.values():
        if theme.parent is not None and theme.parent not in themes:
            fail(theme.code, f"parent {theme.parent} is no theme")
        for exclusion in theme.excludes:
            if exclusion.see is not None and exclusion.see not in themes:
                fail(theme.code, f"see {exclusion.see} is no theme")
        for code in theme.ties:
            if code not in themes:
                fail(theme.code, f"ties {code} is no theme")
        for cue in theme.cues:
            for code in cue.also:
                if code not in themes:
                    fail(theme.code, f"cue {cue.text!r}: also {code} is no theme")
    for role in roles.values():
        for exclusion in role.confusions:
            if exclusion.see is not None and exclusion.see not in roles:
                fail(role.code, f"see {exclusion.see} is no role")
    for indicator in indicators.values():
        for exclusion in indicator.confusions:
            if exclusion.see is not None and exclusion.see not in indicators:
                fail(indicator.code, f"see {exclusion.see} is no indicator")
        for code in [*indicator.within, *([indicator.fall_of] if indicator.fall_of else [])]:
            if code not in indicators:
                fail(indicator.code, f"within {code} is no indicator")
        for frame in indicator.frames:
            if not (frame.heads or frame.triggers or frame.qualifiers):
                fail(indicator.code, "a frame needs heads, triggers or qualifiers")


@cache
def load_codebook() -> Codebook:
    """Return the codebook that comes with vankien, loaded once a process."""
    return read_codebook(codebook_dir())


def load_examples(path: Path) -> dict[str, Any]:
    """Return the examples of one codebook file (its second YAML document), by code."""
    data = load_yaml(path, document=1)
    if not isinstance(data, dict) or "examples" not in data:
        raise CodebookError("V301", path.name, detail="its second document has no 'examples'")
    examples: dict[str, Any] = data["examples"]
    return examples
