"""Recipes: what a model is trained from and how, as a strict YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vankien.errors import UsageError

__all__ = ["Features", "Recipe", "read_recipe"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Features(_Strict):
    """The n-grams and the weights of the blocks beside them."""

    max_order: int = Field(default=2, ge=1, le=3)
    minimum: int = Field(default=2, ge=1)
    heading_weight: float = 0.3
    flag_weight: float = 0.3


class Background(_Strict):
    """Pseudo-sentences of the press as negative rows, and the weight of each."""

    sentences: int = Field(default=0, ge=0)
    weight: float = Field(default=1.0, gt=0)


class Recipe(_Strict):
    """A model's recipe (``models/<kind>-<version>/recipe.yaml``)."""

    kind: Literal["themes", "roles"]
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    description: str
    features: Features = Features()
    c: float = Field(default=1.0, gt=0)
    seed: int = 20161030
    paraphrase_weight: float = Field(default=0.3, ge=0)
    background: Background = Background()


def read_recipe(path: Path) -> Recipe:
    """Read and check a recipe.  Raises UsageError (V401) with file, key and reason."""
    try:
        return Recipe.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        detail = " ".join(str(error).split())
        raise UsageError("V401", str(path), detail=detail) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError("V401", str(path), detail=f"{place}: {first['msg']}") from error
