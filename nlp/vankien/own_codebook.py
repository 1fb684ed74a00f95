"""A researcher's own codebook: one YAML file of codes with definitions, cues and exclusions.

    name: dat-dai
    version: "1.0"
    context: [thu hồi đất, sổ đỏ]
    themes:
    - code: BOITHUONG
      name_vi: Bồi thường, hỗ trợ
      definition_vi: Câu nói về tiền hoặc đất trả cho người bị thu hồi đất.
      cues: [tiền bồi thường, {text: đơn giá, strong: false}]

Cues are phrases; a bare one is strong, a weak one counts only beside a second cue of its code
or a phrase of ``context``.  The rest (``not``, ``veto``, ``ties``, ``parent``) is that of
vankien's own codebook (:class:`vankien.codebook.Theme`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from vankien.codebook import Codebook, Cue, Exclusion, Theme, load_codebook
from vankien.errors import CodebookError
from vankien.strict_yaml import YamlError, read_model

__all__ = ["read_own_codebook"]

CODE = r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}$"
"""A code: letters, digits and ``_ . -``, so that it survives every tool and table."""


class _Own(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class OwnTheme(_Own):
    """A code of a researcher's codebook; names and definitions in at least one language."""

    code: str = Field(pattern=CODE)
    parent: str | None = None
    name_vi: str = ""
    name_en: str = ""
    definition_vi: str = ""
    definition_en: str = ""
    source: str = ""
    includes: list[str] = []
    excludes: list[Exclusion] = []
    not_: list[str] = Field(default=[], alias="not")
    veto: list[str] = []
    ties: list[str] = []
    cues: list[Cue] = []

    @field_validator("excludes", mode="before")
    @classmethod
    def _plain_excludes(cls, value: Any) -> Any:
        return _mappings(value)

    @field_validator("cues", mode="before")
    @classmethod
    def _plain_cues(cls, value: Any) -> Any:
        return _mappings(value)

    @model_validator(mode="after")
    def _described(self) -> OwnTheme:
        if not (self.name_vi or self.name_en):
            raise ValueError("give name_vi or name_en")
        if not (self.definition_vi or self.definition_en):
            raise ValueError("give definition_vi or definition_en")
        for phrase in (*(cue.text for cue in self.cues), *self.not_, *self.veto):
            if not any(c.isalnum() for c in phrase):
                raise ValueError(f"the phrase {phrase!r} holds no word")
        return self


def _mappings(value: Any) -> Any:
    """Let a bare text stand for ``{text: ...}``."""
    if not isinstance(value, list):
        return value
    return [{"text": one} if isinstance(one, str) else one for one in value]


class OwnCodebook(_Own):
    """The file as a whole."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9\-]{0,31}$")
    version: str = Field(pattern=r"^\d+(\.\d+){0,2}$")
    context: list[str] = []
    themes: list[OwnTheme] = Field(min_length=1)

    @model_validator(mode="after")
    def _linked(self) -> OwnCodebook:
        codes = [theme.code for theme in self.themes]
        own = set(load_codebook().themes)
        for number, code in enumerate(codes):
            if code in codes[:number]:
                raise ValueError(f"the code {code} stands twice")
            if code in own:
                raise ValueError(f"{code} is a code of vankien's own codebook; choose another")
        for theme in self.themes:
            named = {
                "parent": [theme.parent] if theme.parent else [],
                "excludes see": [e.see for e in theme.excludes if e.see],
                "ties": theme.ties,
                "cues also": [code for cue in theme.cues for code in cue.also],
            }
            for key, others in named.items():
                for other in others:
                    if other not in codes:
                        raise ValueError(f"{theme.code}: {key} names {other}, which is no code")
        return self


def read_own_codebook(path: str | Path) -> Codebook:
    """Read a researcher's codebook; its ``version`` is "name version".

    The codebook has no roles and no indicators.  Raises CodebookError (V301) with file,
    line, key and reason for the first defect found.
    """
    try:
        own = read_model(Path(path), OwnCodebook)
    except YamlError as error:
        raise CodebookError("V301", error.place, detail=error.detail) from error
    parents = {theme.parent for theme in own.themes}
    themes = {
        theme.code: Theme.model_validate(
            {
                **theme.model_dump(by_alias=True),
                "level": "group" if theme.code in parents else "single",
            }
        )
        for theme in own.themes
    }
    return Codebook(
        version=f"{own.name} {own.version}",
        themes=themes,
        roles={},
        indicators={},
        party_context=own.context,
        official_context=[],
    )
