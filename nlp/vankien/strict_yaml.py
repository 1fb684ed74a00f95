"""YAML files written by people, read into strict models; errors name file, line, key, reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

__all__ = ["YamlError", "read_model"]

M = TypeVar("M", bound=BaseModel)


class YamlError(ValueError):
    """A defect of a YAML file; ``place`` is the file and, where known, the line."""

    def __init__(self, place: str, detail: str) -> None:
        super().__init__(f"{place}: {detail}")
        self.place = place
        self.detail = detail


def read_model(path: Path, model: type[M]) -> M:
    """Read a YAML file into a model.  Raises YamlError for the first defect found."""
    try:
        text = path.read_text("utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except UnicodeDecodeError as error:
        raise YamlError(str(path), "it is not in UTF-8") from error
    except OSError as error:
        raise YamlError(str(path), error.strerror or str(error)) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path} line {mark.line + 1}" if mark is not None else str(path)
        detail = str(getattr(error, "problem", None) or error)
        raise YamlError(place, " ".join(detail.split())) from error
    if root is not None:
        _refuse_repeated_keys(path, root)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = tuple(first["loc"])
        key = ".".join(str(part) for part in where)
        # What our own validators raise needs no introduction.
        reason = first["msg"].removeprefix("Value error, ")
        place = f"{path} line {_line(root, where)}" if root is not None else str(path)
        raise YamlError(place, f"{key}: {reason}" if key else reason) from error


def _line(node: yaml.Node, where: tuple[int | str, ...]) -> int:
    """Return the line (from 1) of what ``where`` names, or of the nearest thing above it."""
    line = node.start_mark.line
    for part in where:
        child = _child(node, part)
        if child is None:
            break
        line, node = child
    return int(line) + 1


def _child(node: yaml.Node, part: int | str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line, node.value[part]
    return None


def _refuse_repeated_keys(path: Path, root: yaml.Node) -> None:
    """YAML readers keep the last of two equal keys; a person meant something else."""
    pending = [root]
    seen_nodes: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in seen_nodes:
            continue  # an alias
        seen_nodes.add(id(node))
        children: list[Any] = []
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode):
                    if key.value in seen:
                        place = f"{path} line {key.start_mark.line + 1}"
                        raise YamlError(place, f"{key.value}: the key stands twice")
                    seen.add(key.value)
                children.append(value)
        elif isinstance(node, yaml.SequenceNode):
            children = node.value
        pending += children
