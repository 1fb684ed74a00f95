"""Recipes: what a model is trained from and how, as a strict YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from vankien.errors import UsageError
from vankien.strict_yaml import YamlError, read_model

__all__ = ["OWN_RECIPE", "Features", "Recipe", "read_recipe", "write_recipe"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Features(_Strict):
    """The n-grams and the weights of the blocks beside them."""

    max_order: int = Field(default=2, ge=1, le=3)
    minimum: int = Field(default=2, ge=1)
    heading_weight: float = 0.3
    flag_weight: float = 0.3
    mark_weight: float = Field(default=0.1, ge=0)
    clause_weight: float = Field(default=0.0, ge=0)


class Background(_Strict):
    """Pseudo-sentences of the press as negative rows, and the weight of each."""

    sentences: int = Field(default=0, ge=0)
    weight: float = Field(default=1.0, gt=0)


class Recipe(_Strict):
    """A model's recipe (``models/<kind>-<version>/recipe.yaml``).

    ``document_weight`` is that of a sentence of a coded document, whose codes are not always
    to be read off the sentence alone.
    """

    kind: Literal["themes", "roles"]
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    description: str
    features: Features = Features()
    c: float = Field(default=1.0, gt=0)
    seed: int = 20161030
    paraphrase_weight: float = Field(default=0.3, ge=0)
    document_weight: float = Field(default=1.0, gt=0)
    background: Background = Background()


OWN_RECIPE = Recipe(
    kind="themes",
    version="1.0.0",
    description="Themes of a researcher's own codebook.",
    features=Features(max_order=2, minimum=1),
    paraphrase_weight=0.0,
    background=Background(sentences=2000, weight=0.3),
)
"""How a researcher's codebook is trained where no recipe is named.

There are few sentences, so that n-grams of one of them count.  A labelled table holds far more
sentences with a code than a newspaper does, and nothing of what newspapers write of; the
pseudo-sentences of the press put that right.  With the example of land policy, 42 of 100
sentences of a sample of press (3,172) were given a code without them, and one or two with
them; of the example's own ordinary sentences a third and seven of nine were left alone."""


def read_recipe(path: Path) -> Recipe:
    """Read and check a recipe.  Raises UsageError (V401) with file, line, key and reason."""
    try:
        return read_model(path, Recipe)
    except YamlError as error:
        raise UsageError("V401", error.place, detail=error.detail) from error


def write_recipe(recipe: Recipe, path: Path) -> None:
    """Write a recipe as YAML."""
    text = yaml.safe_dump(recipe.model_dump(), allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8", newline="\n")
