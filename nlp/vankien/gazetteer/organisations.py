"""The organisation or place that a figure holds for, as written, with its province code.

Forms are data (``corpus/gazetteer/organisations.yaml``): *named* forms take a proper name
("Đảng bộ tỉnh Lạng Sơn", "Huyện ủy Bắc Sơn"), *fixed* ones are names themselves ("cả
nước"), *relative* ones point to what was named before ("toàn tỉnh").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from vankien.codebook import load_yaml
from vankien.gazetteer.places import district_provinces, province_code, provinces
from vankien.normalise import UPPER
from vankien.resources import corpus_dir

__all__ = ["ScopeMention", "find_scopes"]


@dataclass(frozen=True, slots=True)
class ScopeMention:
    """A scope in a text; ``code`` is the code of its province where the words tell it."""

    start: int
    end: int
    text: str
    level: str
    code: str | None
    relative: bool


_NAME = rf"[{UPPER}]\w*(?:\s(?:[-–]\s)?[{UPPER}]\w*){{0,4}}"
# Names of bodies hold small words: "Cục Quản lý thị trường tỉnh Lạng Sơn".
_BODY = rf"{_NAME}(?:(?:\s\w+){{1,6}}?\s(?:tỉnh|thành phố|huyện)\s{_NAME})?"


def _alternation(forms: list[str]) -> str:
    def loose(form: str) -> str:
        # The first letter may be a capital at the start of a sentence, "ủy" may be "uỷ".
        words = re.escape(form).replace("ủy", "(?:ủy|uỷ)").replace("Ủy", "(?:Ủy|Uỷ)")
        first = form[0]
        if first.isalpha():
            words = f"[{first.lower()}{first.upper()}]" + words[1:] if words[0] == first else words
        return words.replace(r"\ ", r"\s+").replace("Đảng", "[Đđ]ảng")

    return "|".join(loose(form) for form in sorted(forms, key=len, reverse=True))


@cache
def _patterns() -> tuple[re.Pattern[str], dict[str, str], frozenset[str]]:
    data = load_yaml(corpus_dir() / "gazetteer" / "organisations.yaml")
    parts: list[str] = []
    levels: dict[str, str] = {}
    for number, entry in enumerate(data["fixed"]):
        levels[f"f{number}"] = entry["level"]
        # "toàn Đảng bộ" is not "toàn Đảng".
        parts.append(f"(?P<f{number}>(?:{_alternation(entry['forms'])})(?!\\w|\\s+bộ))")
    for number, entry in enumerate(data["named"]):
        levels[f"n{number}"] = entry["level"]
        name = _BODY if entry["level"] == "organisation" else _NAME
        parts.append(
            f"(?P<n{number}>(?:{_alternation(entry['forms'])})\\s*(?P<n{number}name>{name}))"
        )
    for number, entry in enumerate(data["relative"]):
        levels[f"r{number}"] = entry["level"]
        parts.append(f"(?P<r{number}>(?:{_alternation(entry['forms'])})(?!\\w))")
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})"), levels, frozenset(data["not_names"])


@cache
def _bare_provinces() -> re.Pattern[str]:
    names = {n for p in provinces() for n in (p.name, *p.variants)}
    alternatives = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")


CHEAP = re.compile(
    r"[Đđ]ảng|[Tt]ỉnh|[Tt]hành|[Hh]uyện|[Qq]uận|[Tt]hị|[Xx]ã|[Pp]hường|[Tt]oàn|[Cc]ả nước|"
    r"[Cc]hi bộ|[Nn]gành|TP|UBKT|Ủy ban|Quân ủy|[Kk]hối|Ban "
)


def find_scopes(text: str) -> list[ScopeMention]:
    """Return the scopes of a sentence in order, none overlapping.

    A text without any of the words that begin one costs one search.
    """
    if not CHEAP.search(text):
        return []
    pattern, levels, not_names = _patterns()
    found: list[ScopeMention] = []
    position = 0
    while match := pattern.search(text, position):
        group = match.lastgroup or ""
        kind = next(key for key in levels if match.group(key) is not None)
        level = levels[kind]
        start, end = match.span()
        position = end
        del group
        if kind[0] == "n":
            name = match.group(f"{kind}name")
            if level in ("province", "district") and name.split()[0] in not_names:
                position = match.start(f"{kind}name")
                mention = _as_relative(text, start, position, levels, pattern)
                if mention is not None:
                    found.append(mention)
                continue
            start, end, level, code = _resolve(text, match, kind, level)
            position = end
            found.append(ScopeMention(start, end, text[start:end], level, code, False))
        elif kind[0] == "f":
            found.append(ScopeMention(start, end, text[start:end], level, None, False))
        else:
            found.append(ScopeMention(start, end, text[start:end], level, None, True))
    return found


def _as_relative(
    text: str, start: int, end: int, levels: dict[str, str], pattern: re.Pattern[str]
) -> ScopeMention | None:
    head = text[start:end].rstrip()
    match = pattern.fullmatch(head)
    if match is None:
        return None
    kind = next(key for key in levels if match.group(key) is not None)
    return ScopeMention(start, start + len(head), head, levels[kind], None, kind[0] == "r")


def _resolve(
    text: str, match: re.Match[str], kind: str, level: str
) -> tuple[int, int, str, str | None]:
    """Fit the proper name: the longest beginning that is a known unit, else as written."""
    start, end = match.span()
    name_start = match.start(f"{kind}name")
    words = match.group(f"{kind}name").split()
    for size in range(len(words), 0, -1):
        name = " ".join(words[:size])
        stop = _end_of(text, name_start, words[:size])
        if level == "province":
            code = province_code(name)
            if code is not None:
                return start, stop, level, code
            owners = district_provinces(name)
            if owners and re.search(r"[Tt]hành|TP", text[start:name_start]):
                return start, stop, "district", owners[0] if len(owners) == 1 else None
        elif level == "district":
            owners = district_provinces(name)
            if owners:
                return start, stop, level, owners[0] if len(owners) == 1 else None
    # A body or commune: its province may follow ("... tỉnh Lạng Sơn").
    tail = re.compile(
        r"(?:,?\s+(?:huyện|quận|thị xã|thành phố)\s+"
        + _NAME
        + r")?,?\s+(?:tỉnh|thành phố)\s+("
        + _NAME
        + ")"
    )
    further = tail.match(text, end)
    inner = re.search(r"tỉnh\s+(" + _NAME + r")\Z", text[start:end])
    if further:
        code = province_code(further.group(1))
        if code is not None:
            return start, further.end(), level, code
    found = _bare_provinces().search(text, name_start, end)
    code = province_code(found.group()) if found else None
    if inner and code is None:
        code = province_code(inner.group(1))
    return start, end, level, code


def _end_of(text: str, start: int, words: list[str]) -> int:
    position = start
    for word in words:
        position = text.index(word, position) + len(word)
    return position
