"""YAML of plain lists, mappings and scalars, read in half the time.

The codebook is sixty files, which every worker reads when it starts.  :func:`load` goes
through the events of libyaml's parser itself; what these files do not use (anchors, tags,
merged keys) it leaves to PyYAML, whose values it gives in every case.
"""

from __future__ import annotations

from typing import Any

import yaml

__all__ = ["load"]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NO_KEY = object()


class _UnusualError(Exception):
    """The file uses more of YAML than plain values."""


def load(text: str) -> Any:
    """Return the value of a YAML text of one document.  Raises yaml.YAMLError."""
    try:
        return _plain(_Loader(text))
    except _UnusualError:
        return yaml.load(text, _Loader)  # noqa: S506 - the C safe loader


def _plain(parser: Any) -> Any:
    known: dict[str, Any] = {}
    stack: list[tuple[Any, Any]] = []  # what is open above, and the key that waits in it
    holder: Any = None
    key: Any = _NO_KEY
    root: Any = None
    documents = 0
    while True:
        event = parser.get_event()
        kind = type(event)
        if kind is yaml.ScalarEvent:
            if event.anchor is not None or event.tag is not None:
                raise _UnusualError
            value = event.value
            if event.implicit[0]:
                if value not in known:
                    known[value] = _scalar(parser, value)
                value = known[value]
        elif kind is yaml.SequenceStartEvent or kind is yaml.MappingStartEvent:
            if event.anchor is not None or event.tag is not None:
                raise _UnusualError
            stack.append((holder, key))
            holder = [] if kind is yaml.SequenceStartEvent else {}
            key = _NO_KEY
            continue
        elif kind is yaml.SequenceEndEvent or kind is yaml.MappingEndEvent:
            value = holder
            holder, key = stack.pop()
        elif kind is yaml.StreamEndEvent:
            return root
        elif kind is yaml.DocumentStartEvent:
            documents += 1
            if documents > 1:
                raise _UnusualError
            continue
        elif kind is yaml.AliasEvent:
            raise _UnusualError
        else:
            continue
        if holder is None:
            root = value
        elif type(holder) is list:
            holder.append(value)
        elif key is _NO_KEY:
            if type(value) is list or type(value) is dict:
                raise _UnusualError
            key = value
        else:
            holder[key] = value
            key = _NO_KEY


def _scalar(parser: Any, text: str) -> Any:
    """Return the value of a scalar without quotation marks."""
    tag = parser.resolve(yaml.ScalarNode, text, (True, False))
    if tag == "tag:yaml.org,2002:str":
        return text
    if tag in ("tag:yaml.org,2002:merge", "tag:yaml.org,2002:value"):
        raise _UnusualError
    return parser.construct_object(yaml.ScalarNode(tag, text))
