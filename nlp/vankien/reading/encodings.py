"""The encodings of Vietnamese before Unicode, and Unicode text that was read wrongly.

Where to start reading: a table per encoding stands in ``corpus/lexicon/encodings``;
:func:`decode_as` and :func:`encode_as` apply one; :func:`detect` chooses among them by the
text's own statistics, the share of possible syllables among the words that the tables
differ in; :func:`repair` finds, line by line, text whose bytes were taken for windows-1252.

What is not guessed: bytes that no encoding turns into mostly possible syllables stay
undecided (None), whatever the reason.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from vankien.codebook import load_yaml
from vankien.reading.syllables import is_possible, toneless
from vankien.resources import corpus_dir

__all__ = [
    "Encoding",
    "capitals_of",
    "decode_as",
    "decode_characters",
    "detect",
    "encode_as",
    "encoding",
    "encodings",
    "has_legacy_signs",
    "repair",
    "repair_lines",
]

MIN_SCORE = 0.7
"""Least share of possible syllables; right decodings of press score 0.95, wrong ones 0.3."""

MIN_LETTERS = 2
"""Fewer letters than this that are no Vietnamese ones say nothing of a line."""

DENSITY = 100
"""A line in a legacy encoding has such a letter in so many characters at least."""

MARGIN = 0.2
"""A repaired line has so much larger a share of possible syllables."""

SAMPLE = 20_000
"""Bytes by which an encoding is chosen."""

SAMPLE_LINES = 400

_WORD = re.compile(r"[^\W\d_]+")
_FINE = frozenset("“”‘’–—…•«»°§±²³½×€₫ \xa0©®™‑−′″")
_FOREIGN = re.compile("[¡-§¨-¬\xad®-¿ÄÅÆÇËÎÏÐÑÖ×ØÛÜÞßäåæçëîïðñö÷øûüþÿŒœŠšŽžŸƒˆ˜†‡‰]")
_MIXED_CAPITALS = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Encoding:
    """A table: ``letters`` gives each letter's bytes, as characters U+0000 to U+00FF.

    ``reading`` is the way back, with forms that are read but never written; ``rest`` names
    Python's codec of the bytes that the table leaves out.
    """

    name: str
    label: str
    rest: str
    letters: dict[str, str]
    reading: dict[str, str]
    pattern: re.Pattern[str]


def _bytes(code: str) -> str:
    return bytes.fromhex(code).decode("latin-1")


@cache
def encodings() -> dict[str, Encoding]:
    """Return the legacy encodings by name."""
    found: dict[str, Encoding] = {}
    for path in sorted((corpus_dir() / "lexicon" / "encodings").glob("*.yaml")):
        data = load_yaml(path)
        ascii_marks = data["rest"] == "ascii_marks"
        letters = {k: v if ascii_marks else _bytes(v) for k, v in data["letters"].items()}
        reading = {code: letter for letter, code in letters.items()}
        reading |= {_bytes(code): letter for code, letter in data.get("also_read", {}).items()}
        if ascii_marks:
            reading |= {v[0] + v[1:].lower(): k for k, v in letters.items()}
        either = "|".join(re.escape(k) for k in sorted(reading, key=lambda k: (-len(k), k)))
        pattern = re.compile(
            rf"\\.|{either}" if ascii_marks else f"{either}|[\x80-\xff]", re.DOTALL
        )
        found[data["name"]] = Encoding(
            data["name"], data["label"], data["rest"], letters, reading, pattern
        )
    return found


def encoding(name: str) -> Encoding:
    """Return a legacy encoding: tcvn3, vni, viscii, viqr or windows1258."""
    return encodings()[name]


def decode_as(data: bytes, name: str) -> str:
    """Decode bytes by a table to NFC.

    Raises UnicodeDecodeError for a byte that the encoding does not have.
    """
    return _decode_characters(data.decode("latin-1"), encoding(name))


def decode_characters(text: str, name: str) -> str:
    """Decode text whose bytes were taken for windows-1252; what is no such text stays.

    Soft hyphens and spaces that do not break are bytes here, too.
    """
    table = encoding(name)
    pieces: list[str] = []
    for byte, run in groupby(text, key=lambda c: c.isascii() or c in _TO_BYTE):
        letters = "".join(run)
        if byte:
            data = b"".join(_TO_BYTE.get(c) or c.encode() for c in letters)
            with suppress(UnicodeDecodeError):  # the fonts have no letter there either
                letters = _decode_characters(data.decode("latin-1"), table)
        pieces.append(letters)
    return "".join(pieces)


def _decode_characters(text: str, table: Encoding) -> str:
    reading = table.reading
    if table.rest == "ascii_marks":
        text.encode("latin-1").decode("ascii")
        return table.pattern.sub(lambda m: reading.get(m[0]) or m[0][1:] or m[0], text)

    def character(match: re.Match[str]) -> str:
        found = reading.get(match[0])
        return found if found is not None else match[0].encode("latin-1").decode(table.rest)

    decoded = unicodedata.normalize("NFC", table.pattern.sub(character, text))
    return capitals_of(decoded) if table.name == "tcvn3" else decoded


def encode_as(text: str, name: str) -> bytes:
    """Encode text by a table; decoding gives the text back in NFC.

    Raises UnicodeEncodeError for a character that the encoding does not have.
    """
    table = encoding(name)
    text = unicodedata.normalize("NFC", text)
    if table.rest == "ascii_marks":
        return _encode_marks(text, table)
    pieces: list[bytes] = []
    for place, c in enumerate(text):
        code = table.letters.get(c)
        piece = code.encode("latin-1") if code is not None else c.encode(table.rest)
        if code is None and piece.decode("latin-1") in table.reading:
            raise UnicodeEncodeError(name, text, place, place + 1, "its byte is another letter's")
        pieces.append(piece)
    return b"".join(pieces)


_MARKS = frozenset("'`?~.^(+")
_VOWELS = frozenset("aeiouyAEIOUY")
_STROKED = frozenset("dD")


def _encode_marks(text: str, table: Encoding) -> bytes:
    """Write VIQR; a backslash stands before what would be taken for a mark."""
    pieces: list[str] = []
    last = ""  # the last character where it may take a mark, else nothing
    for c in text:
        code = table.letters.get(c)
        if code is not None:
            if code[0] in _STROKED and pieces and pieces[-1] in _STROKED:
                pieces[-1] = f"\\{pieces[-1]}"
            pieces.append(code)
            last = code[-1]
        elif c == "\\" or (
            (c in _MARKS and (last in _MARKS or last in _VOWELS))
            or (c in _STROKED and last in _STROKED)
        ):
            pieces.append(f"\\{c}")
            last = ""
        else:
            pieces.append(c)
            last = c
    return "".join(pieces).encode("ascii")


def capitals_of(text: str) -> str:
    """Raise the toned small letters of words that are otherwise in capitals.

    TCVN3 has no capitals with tones, so that a heading typed in a plain font has small ones
    between capitals.

    >>> capitals_of("ĐảNG Bộ Đà Lạt")
    'ĐẢNG Bộ Đà Lạt'
    """

    def word(match: re.Match[str]) -> str:
        found = match[0]
        small = [c for c in found if c.islower()]
        capitals = len(found) - len(small)
        if small and capitals >= 2 and all(toneless(c)[1] for c in small):
            return found.upper()
        return found

    return _MIXED_CAPITALS.sub(word, text)


def _score(text: str) -> float:
    """Return the share of possible syllables among words with letters beyond ASCII."""
    good = bad = 0
    for word in _WORD.findall(text):
        if word.isascii():
            continue
        if is_possible(word):
            good += 1
        else:
            bad += 1
    bad += sum(1 for c in set(text) if ord(c) > 127 and not c.isalpha() and c not in _FINE)
    bad += sum(1 for c in set(text) if ord(c) < 32 and c not in "\t\n\r\x0b\x0c")
    return good / (good + bad) if good else 0.0


def detect(data: bytes) -> str | None:
    """Return the name of the legacy encoding of bytes, or None where none fits.

    VIQR is looked for in ASCII, the others where there are bytes beyond ASCII.
    """
    sample = data[:SAMPLE]
    if data.isascii():
        return "viqr" if _is_viqr(sample) else None
    scores: list[tuple[float, str]] = []
    for name, table in encodings().items():
        if table.rest == "ascii_marks":
            continue
        try:
            scores.append((_score(decode_as(sample, name)), name))
        except UnicodeDecodeError:
            continue
    best = max(scores, default=(0.0, ""))
    return best[1] if best[0] >= MIN_SCORE else None


_HATS = re.compile(r"[aeoAEO]\^|[aA]\(|[ouOU]\+|dd|DD|Dd")


def _is_viqr(sample: bytes) -> bool:
    text = sample.decode("ascii")
    found = len(_HATS.findall(text))
    # Vietnamese has a letter with hat, breve, horn or stroke in two words of five.
    if found < MIN_LETTERS or found * 8 < len(text.split()):
        return False
    return _score(decode_as(sample, "viqr")) >= MIN_SCORE


# --- text that was decoded wrongly -------------------------------------------------------

_TO_BYTE = {bytes([b]).decode("latin-1"): bytes([b]) for b in range(0x80, 0x100)} | {
    bytes([b]).decode("cp1252"): bytes([b])
    for b in range(0x80, 0xA0)
    if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_LATER = "".join(re.escape(c) for c, b in _TO_BYTE.items() if 0x80 <= b[0] < 0xC0)
_MOJIBAKE = re.compile(f"[Â-ß][{_LATER}]|[à-ï][{_LATER}]{{2}}")
_SIGNS = ("Ã", "Ä", "Æ", "Å", "á»", "áº", "â€", "Â")
_LEGACY_SIGNS = "µ¶·¸¹®¬ª©¨ñøöäåæûüëïÑØÖÄÅÆÛÜËÏþßð×¾½¼"


def has_legacy_signs(text: str) -> bool:
    """Say whether a text holds letters that legacy bytes, taken for windows-1252, show."""
    return any(sign in text for sign in _LEGACY_SIGNS)


def repair(text: str) -> tuple[str, str | None]:
    """Return text whose bytes were taken for windows-1252 as what it was, and what was done.

    Two mistakes are known: UTF-8 read as windows-1252 or latin-1, and TCVN3, VNI, VISCII or
    windows-1258 so read.  Each line is judged alone, because pages mix them, and is changed
    only where that makes more of its words possible syllables.  The second value is None
    where nothing was changed.  (ftfy repairs the first mistake only, and for all languages;
    one table of bytes does it here.)
    """
    wrong = any(sign in text for sign in _SIGNS) and _MOJIBAKE.search(text) is not None
    if not wrong and not has_legacy_signs(text):
        return text, None
    lines, note = repair_lines(text.split("\n"))
    return "\n".join(lines), note


def repair_lines(lines: list[str]) -> tuple[list[str], str | None]:
    """Repair the texts of a document as :func:`repair` does, one by one."""
    notes: list[str] = []
    changed = [_from_mojibake(line) for line in lines]
    if changed != lines:
        lines = changed
        notes.append("UTF-8 that had been read as windows-1252 was repaired")
    name = _legacy_of(lines)
    if name is not None:
        table = encoding(name)
        changed = [_from_legacy(line, table) for line in lines]
        if changed != lines:
            lines = changed
            notes.append(f"text in {table.label} that had been read as windows-1252 was decoded")
    return lines, "; ".join(notes) or None


def _from_mojibake(line: str) -> str:
    def character(match: re.Match[str]) -> str:
        try:
            return b"".join(_TO_BYTE[c] for c in match[0]).decode("utf-8")
        except UnicodeDecodeError:
            return match[0]

    if not any(sign in line for sign in _SIGNS):
        return line
    best, score = line, _score(line) + MARGIN
    changed = line
    for _ in range(2):  # some texts went through the mistake twice
        changed = _MOJIBAKE.sub(character, changed)
        if (found := _score(changed)) > score:
            best, score = changed, found
    return best


def _is_legacy(line: str) -> bool:
    found = len(_FOREIGN.findall(line))
    return found >= MIN_LETTERS and found * DENSITY >= len(line)


def _legacy_of(lines: list[str]) -> str | None:
    marked = [line for line in lines if _is_legacy(line)]
    if not marked:
        return None
    data = b"\n".join(filter(None, map(_as_bytes, marked[:SAMPLE_LINES])))
    return detect(data) if data else None


def _as_bytes(text: str) -> bytes | None:
    pieces = [_TO_BYTE.get(c) or (c.encode() if c.isascii() else None) for c in text]
    known = [piece for piece in pieces if piece is not None]
    # A line that holds letters of Unicode's Vietnamese was not read from bytes.
    return b"".join(known) if len(known) == len(pieces) else None


def _from_legacy(line: str, table: Encoding) -> str:
    data = _as_bytes(line)
    if data is None or line.isascii():
        return line
    try:
        changed = _decode_characters(data.decode("latin-1"), table)
    except UnicodeDecodeError:
        return line
    return changed if _score(changed) > _score(line) + MARGIN else line
