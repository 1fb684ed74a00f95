"""References to Party and State documents: found first, resolved afterwards.

Where to start reading: :func:`find_references`.  The recognisers are expanded from the
codebook (``document_types.yaml``, ``issuers.yaml``); the documents and their succession are
``references.yaml``.  Found are

* full forms ("Nghị quyết số 04-NQ/TW, ngày 30/10/2016 của ..."), bare symbols ("18-NQ/TW");
* short forms ("Chỉ thị 05", "Quy định số 37"), also in a row ("Chỉ thị 03, 05");
* by plenum ("Nghị quyết Trung ương 4 khóa XII", "NQTW4 (khóa XII)"), also in a row ("khóa
  XI, khóa XII": two mentions);
* by congress ("Nghị quyết Đại hội Đảng bộ tỉnh ... lần thứ XVII");
* back references ("Nghị quyết này") to the one antecedent of their type.

Resolution uses number, type, date, term, issuer, the words of the sentence and the date of
the document (nothing cites a later document).  Where more than one candidate is left,
``canonical`` stays None and ``note`` says why: null before a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from vankien.codebook import load_yaml
from vankien.language.cues import Hit
from vankien.normalise import UPPER, fold_phrase
from vankien.resources import codebook_dir

__all__ = ["Reference", "find_references", "knowledge_base"]


@dataclass(frozen=True, slots=True)
class Reference:
    """One mention; offsets index the text.  ``canonical`` is number@date or None."""

    start: int
    end: int
    surface: str
    type: str
    number: str | None
    date: date | None
    issuer: str | None
    canonical: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CentralDocument:
    """A document of the knowledge base."""

    canonical: str
    number: str
    date: date
    type: str
    issuer: str
    term: str | None
    plenum: int | None
    subject: str
    keywords: tuple[str, ...]


@cache
def knowledge_base() -> tuple[CentralDocument, ...]:
    """Return the central documents in the order of the file."""
    data = load_yaml(codebook_dir() / "references.yaml")
    return tuple(
        CentralDocument(
            canonical=entry["canonical"],
            number=entry["number"],
            date=date.fromisoformat(str(entry["date"])),
            type=entry["type"],
            issuer=entry["issuer"],
            term=entry.get("term"),
            plenum=entry.get("plenum"),
            subject=entry["subject"],
            keywords=tuple(fold_phrase(k) for k in entry.get("keywords", ())),
        )
        for entry in data["documents"]
    )


_ROMAN = r"[IVX]{1,6}"
_DATE = (
    r"(?:ngày\s+)?(?P<{p}d>\d{{1,2}})\s?[-/.]\s?(?P<{p}m>\d{{1,2}})\s?[-/.]\s?(?P<{p}y>\d{{4}})"
    r"|ngày\s+(?P<{p}d2>\d{{1,2}})\s+tháng\s+(?P<{p}m2>\d{{1,2}})\s+năm\s+(?P<{p}y2>\d{{4}})"
)
_SYMBOL = (
    r"\d{1,5}[a-z]?(?:/(?:19|20)\d\d)?\s?[-–/]\s?(?:NQLT|NQ|CT|KL|QĐi|QĐ|QC|HD|KH|CTr|CTHĐ|TB|"
    r"TTr|TTLT|TT|BC|ĐA|CV|"
    r"NĐ|QH\d{1,2}|PL|UBTVQH\d{1,2}|L|GM)(?:\s?[-–/]\s?[A-ZĐ][A-Za-zĐđ&]*\d{0,2})*"
)
_ORDINALS = {
    "nhất": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8,
    "chín": 9, "mười": 10, "mười một": 11, "mười hai": 12, "mười ba": 13, "mười bốn": 14,
    "mười lăm": 15,
}  # fmt: skip
_WORD_ORDINAL = "|".join(sorted(_ORDINALS, key=len, reverse=True))
_CENTRE = (
    r"(?:Trung ương|trung ương|T\.?\s?Ư|TƯ|TW|T\.W|BCHTW|BCH Trung ương|Ban Chấp hành Trung ương)"
)
_TERM = rf"[,\s]*\(?\s?(?:của\s+)?[Kk](?:hóa|hoá)\s+(?P<term>{_ROMAN})(?!\w)\s?\)?"


@cache
def _grammar() -> dict[str, re.Pattern[str]]:
    types = load_yaml(codebook_dir() / "document_types.yaml")["types"]
    names = sorted((n for t in types for n in t["names"]), key=len, reverse=True)
    name = "|".join(_any_case(n) for n in names)
    short = sorted((a for t in types for a in t["abbreviations"]), key=len, reverse=True)
    abbreviation = "|".join(re.escape(a) for a in short)
    head = (
        rf"(?<!\w)(?:[Cc]ác\s+|[Nn]hững\s+|[Hh]ai\s+)?(?P<type>{name}|(?:{abbreviation})(?=\s?"
        rf"(?:số\s)?\d))"
    )
    return {
        "full": re.compile(
            rf"{head}\s*(?:[Ss]ố\s*:?\s*)?(?P<number>{_SYMBOL})(?!\w)"
            rf"(?:[,\s]*\(?(?:{_DATE.format(p='f')})\)?)?"
        ),
        "plenum": re.compile(
            rf"(?<!\w)(?P<type>(?:[Cc]ác\s+)?[Nn]ghị quyết|NQ|[Kk]ết luận|KL)\s*(?:số\s+)?"
            rf"(?:(?:của\s+)?[Hh]ội nghị\s+)?"
            rf"(?:(?:lần thứ|Lần thứ)\s+(?P<word>{_WORD_ORDINAL}|\d{{1,2}}|{_ROMAN})"
            rf"(?:\s*\(khóa\s+{_ROMAN}\))?[,\s]+(?:của\s+)?{_CENTRE}(?:\s+Đảng)?"
            rf"|{_CENTRE}\s*(?:(?:lần thứ|thứ)\s+(?P<word2>{_WORD_ORDINAL}|\d{{1,2}})|"
            rf"(?P<digit>\d{{1,2}}))(?!\w|[-/]))"
            rf"(?:\s+(?:Đảng|của Đảng))?(?:{_TERM})?"
        ),
        "congress": re.compile(
            rf"(?<!\w)(?P<type>[Nn]ghị quyết|NQ)\s+(?:của\s+)?(?P<congress>[Đđ]ại hội(?:\s+(?:"
            rf"(?:đại biểu|Đại biểu|toàn quốc|Đảng bộ|đảng bộ|Đảng|lần thứ nhất|Chi bộ|chi bộ|"
            rf"Đoàn|đảng viên|các cấp)(?!\w)|tỉnh|thành phố|huyện|quận|thị xã|xã|phường|Khối|"
            rf"các|cơ quan|(?!{_ROMAN}(?!\w))[{UPPER}]\w*|Trung ương|và))*)"
            rf"(?:[,\s]+(?:lần\s+thứ[c]?|lần)\s+(?P<ordinal>{_ROMAN}|\d{{1,2}}|"
            rf"{_WORD_ORDINAL})(?!\w)|\s+(?P<bare>{_ROMAN})(?!\w))?"
            rf"(?:\s+của\s+Đảng(?!\w| bộ))?(?:[,\s]*\(?nhiệm\s+kỳ\s+(?P<a>\d{{4}})\s?[-–]\s?"
            rf"(?P<b>\d{{4}})\)?)?"
        ),
        "short": re.compile(
            rf"{head}\s*(?:[Ss]ố\s*)?(?P<number>\d{{1,4}})(?![\w%]|[.,]\d|\s?[-/–]\s?\d)"
            rf"(?:[,\s]*\(?(?:{_DATE.format(p='s')})\)?|\s+(?:năm|/)\s*(?P<year>(?:19|20)\d\d)"
            rf"(?!\d))?(?:{_TERM})?"
        ),
        "symbol": re.compile(
            rf"(?<![\w/])(?P<number>{_SYMBOL})(?!\w)(?:[,\s]*\(?(?:{_DATE.format(p='b')})\)?)?"
        ),
        "charter": re.compile(
            r"(?<!\w)(?:Điều lệ Đảng(?: Cộng sản Việt Nam)?(?! bộ)|Hiến pháp(?:\s+năm\s+\d{4})?)"
        ),
        "law": re.compile(
            rf"(?<!\w)(?P<type>Luật|Bộ luật|Pháp lệnh)\s+(?P<name>[{UPPER}]\w*(?:,?\s(?!năm|số|"
            rf"và\s[{UPPER}]|của|đã|được|có|quy|này|thì|là|về|tại|theo|do|cũng|sẽ|để|trong|khi|"
            rf"với|nhằm)\w+){{0,7}})(?:\s+năm\s+(?P<year>\d{{4}}))?"
        ),
        "back": re.compile(rf"(?<!\w)(?P<type>{name})\s+(?:này|nêu trên|nói trên|trên đây)(?!\w)"),
    }


def _any_case(name: str) -> str:
    return f"[{name[0].upper()}{name[0]}]{re.escape(name[1:])}"


WEAK_TYPES = frozenset(
    {"kế hoạch", "quy định", "quyết định", "báo cáo", "chương trình", "thông báo", "hướng dẫn",
     "đề án", "công văn", "quy chế", "tờ trình", "luật"}
)  # fmt: skip
"""Types whose names are everyday words: a figure or a symbol must follow."""

NUMBERED_TYPES = frozenset(
    {"báo cáo", "chương trình", "kế hoạch", "hướng dẫn", "thông báo", "đề án", "quy chế"}
)
"""Types whose short form needs the word "số" or a capital letter."""

_SYMBOLISH = re.compile(r"\d[a-z]?\s?[-–/]\s?(?:\d{4}\s?[-–/]\s?)?[A-ZĐ]")
_NUMBERED = re.compile(r"\s*(?:[Ss]ố\s*:?\s*)?\d")


def guard_entries() -> list[tuple[str, str, object]]:
    """Return the phrases without which a text can hold no reference (family "reference")."""
    entries: list[tuple[str, str, object]] = []
    for entry in load_types():
        for word in (*entry["names"], *entry["abbreviations"]):
            entries.append(("reference", word, entry["type"] in WEAK_TYPES))
    for known in knowledge_base():
        if known.type in ("luật", "bộ luật"):
            entries.append(("reference", known.subject, False))
    entries.extend(("reference", word, False) for word in ("điều lệ đảng", "hiến pháp"))
    return entries


def may_hold_reference(text: str, hits: list[Hit]) -> bool:
    """Say cheaply whether a text may hold a reference, from the hits of its family."""
    for hit in hits:
        if not hit.value or _NUMBERED.match(text, hit.end):
            return True
    return _SYMBOLISH.search(text) is not None or "NQTW" in text


def find_references(
    text: str, *, published: date | None = None, hits: list[Hit] | None = None
) -> list[Reference]:
    """Return the mentions of documents in a text in order, none overlapping.

    ``published`` is the document's own date; a text without any word that begins a mention
    costs next to nothing when ``hits`` of :func:`guard_entries` are given.
    """
    if hits is not None and not may_hold_reference(text, hits):
        return []
    grammar = _grammar()
    taken: list[tuple[int, int]] = []
    found: list[Reference] = []

    def add(reference: Reference) -> None:
        if any(a < reference.end and reference.start < b for a, b in taken):
            return
        taken.append((reference.start, reference.end))
        found.append(reference)

    for match in grammar["full"].finditer(text):
        add(_full(text, match, "f", published))
    for match in grammar["plenum"].finditer(text):
        for reference in _plenum(text, match, published):
            add(reference)
    for match in grammar["congress"].finditer(text):
        congress = _congress(text, match)
        if congress is not None:
            add(congress)
    for match in grammar["symbol"].finditer(text):
        add(_full(text, match, "b", published))
    for match in grammar["short"].finditer(text):
        for reference in _short(text, match, published):
            add(reference)
    for match in grammar["charter"].finditer(text):
        kind = "điều lệ" if match.group().startswith("Điều") else "hiến pháp"
        add(Reference(*match.span(), match.group(), kind, None, None, None, None))
    for match in grammar["law"].finditer(text):
        # "Luật" with a capital name is often a firm or a faculty: known laws only.
        if _law(match) is None:
            continue
        add(Reference(*match.span(), match.group(), match.group("type").lower(), None, None,
                      "Quốc hội", _law(match)))  # fmt: skip
    found.sort(key=lambda r: r.start)
    _go_back(text, found, grammar["back"])
    found.sort(key=lambda r: r.start)
    return found


def _type_name(word: str) -> str:
    form = re.sub(r"^(?:các|những|hai)\s+", "", word.lower())
    for entry in load_types():
        if form in entry["names"] or word in entry["abbreviations"]:
            return str(entry["type"])
    return form


@cache
def load_types() -> tuple[dict[str, Any], ...]:
    """Return the document types of the codebook."""
    return tuple(load_yaml(codebook_dir() / "document_types.yaml")["types"])


def _type_of_number(number: str) -> str:
    for entry in load_types():
        for symbol in entry["symbols"]:
            if re.search(rf"[-/]{symbol}(?![A-Za-zĐđ])", number):
                if entry["of"] == "party" and re.search(r"NĐ-CP|/QH|UBND|-TTg|HĐND", number):
                    continue
                return str(entry["type"])
    if re.search(r"/QH\d+", number):
        return "luật"
    return "văn bản"


def _date_of(match: re.Match[str], prefix: str) -> date | None:
    groups = match.groupdict()
    for a, b, c in (("d", "m", "y"), ("d2", "m2", "y2")):
        day, month, year = (groups.get(prefix + key) for key in (a, b, c))
        if day and month and year:
            try:
                return date(int(year), int(month), int(day))
            except ValueError:
                return None
    return None


def _issuer_after(text: str, end: int) -> tuple[str | None, bool | None]:
    """Return the issuer named after a mention and whether it is central."""
    central, other = _issuers()
    match = re.match(r"\s*[,(]?\s*(?:[^,.;()\n]{0,3})?(?:do|của)\s+", text[end : end + 12])
    if match is None:
        return None, None
    start = end + match.end()
    for pattern, is_central in ((other, False), (central, True)):
        name = pattern.match(text, start)
        if name is not None:
            return name.group().strip(" ,"), is_central
    return None, None


@cache
def _issuers() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = load_yaml(codebook_dir() / "issuers.yaml")

    def alternatives(names: list[str], tail: str) -> re.Pattern[str]:
        joined = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
        return re.compile(rf"(?:{joined})(?!\w){tail}")

    named = rf"(?:\s+(?:tỉnh|thành phố|huyện|quận|xã|phường|Khối))?(?:\s+[{UPPER}]\w*)*"
    return alternatives(data["central"], ""), alternatives(data["other"], named)


@cache
def _symbols() -> dict[str, str]:
    symbols: dict[str, str] = load_yaml(codebook_dir() / "issuers.yaml")["symbols"]
    return symbols


def _clean_number(number: str) -> str:
    return re.sub(r"\s", "", number).replace("–", "-")


def _full(text: str, match: re.Match[str], prefix: str, published: date | None) -> Reference:
    number = _clean_number(match.group("number"))
    when = _date_of(match, prefix)
    kind = _type_name(match.group("type")) if prefix == "f" else _type_of_number(number)
    start = match.start("type") if prefix == "f" else match.start()
    end = match.end() if when else match.end("number")
    named, _ = _issuer_after(text, end)
    tail = re.split(r"[-/]", number)[-1]
    issuer = named or _symbols().get(tail)
    candidates = [d for d in knowledge_base() if _same_number(d.number, number)]
    canonical, note = _choose(candidates, text, start, end, when, None, published)
    return Reference(start, end, text[start:end], kind, number, when or _kb_date(canonical),
                     issuer, canonical, note)  # fmt: skip


def _same_number(known: str, number: str) -> bool:
    def key(value: str) -> str:
        return value.casefold().replace("qđi", "qđ").lstrip("0").replace("/nq-tw", "-nq/tw")

    return key(known) == key(number)


def _kb_date(canonical: str | None) -> date | None:
    return date.fromisoformat(canonical.split("@")[1]) if canonical else None


def _choose(
    candidates: list[CentralDocument],
    text: str,
    start: int,
    end: int,
    when: date | None,
    term: str | None,
    published: date | None,
) -> tuple[str | None, str]:
    """Choose among documents of one number by date, term, year, words, and the own date."""
    if not candidates:
        return None, ""
    if when is not None:
        exact = [d for d in candidates if d.date == when]
        if exact:
            return exact[0].canonical, ""
        return None, "no document of this number and date is known"
    if term is not None:
        candidates = [d for d in candidates if d.term == term]
    if published is not None:
        candidates = [d for d in candidates if d.date <= published]
    if len(candidates) == 1:
        return candidates[0].canonical, ""
    if not candidates:
        return None, "no document of this number fits term and date"
    window = fold_phrase(_sentence_around(text, start, end))
    scored = [(sum(k in window for k in d.keywords), d) for d in candidates]
    best = max(score for score, _ in scored)
    top = [d for score, d in scored if score == best]
    if best and len(top) == 1:
        return top[0].canonical, ""
    return None, "several documents fit: " + ", ".join(d.canonical for d in candidates)


def _sentence_around(text: str, start: int, end: int) -> str:
    begin = max(text.rfind(". ", 0, start), text.rfind("\n", 0, start), start - 400) + 1
    stops = [p for p in (text.find(". ", end), text.find("\n", end)) if p >= 0]
    return text[begin : min([*stops, end + 300])]


def _plenum(text: str, match: re.Match[str], published: date | None) -> list[Reference]:
    raw = match.group("word") or match.group("word2") or match.group("digit")
    plenum = _ordinal(raw)
    if plenum is None:
        return []
    kind = "kết luận" if match.group("type").lower().startswith(("kết", "kl")) else "nghị quyết"
    term = match.group("term")
    start, end = match.span()
    if term is None:
        end = match.start() + len(match.group().rstrip(" ,("))
    mentions = [_by_plenum(text, start, end, kind, plenum, term, published)]
    # "khóa XI, khóa XII", "khóa XI, XII": one mention each.
    position = match.end()
    while term is not None:
        further = re.compile(
            rf"(?:\s*,\s*|\s+và\s+|\s*;\s*|\s*-\s*)(?:[Kk](?:hóa|hoá)\s+)?(?P<term>{_ROMAN})"
            rf"(?!\w)\)?"
        ).match(text, position)
        if further is None:
            break
        begin = position + len(further.group()) - len(further.group().lstrip(" ,;-"))
        if text.startswith("và ", begin):
            begin += 3
        mentions.append(
            _by_plenum(
                text, begin, further.end("term"), kind, plenum, further.group("term"), published
            )
        )
        position = further.end()
    return mentions


def _ordinal(raw: str | None) -> int | None:
    if raw is None:
        return None
    if raw.isdigit():
        return int(raw)
    if re.fullmatch(_ROMAN, raw):
        return roman(raw)
    return _ORDINALS.get(raw.lower())


def roman(text: str) -> int:
    """Read a roman numeral of I, V and X ("XVII" is 17)."""
    values = {"I": 1, "V": 5, "X": 10}
    total = 0
    for current, following in zip(text, [*text[1:], ""], strict=True):
        value = values[current]
        total += -value if following and values[following] > value else value
    return total


def _by_plenum(
    text: str, start: int, end: int, kind: str, plenum: int, term: str | None,
    published: date | None,
) -> Reference:  # fmt: skip
    candidates = [
        d for d in knowledge_base() if d.plenum == plenum and d.type == kind
        and (term is None or d.term == term)
    ]  # fmt: skip
    canonical, note = _choose(candidates, text, start, end, None, term, published)
    if canonical is None and plenum == 4 and term in ("XI", "XII") and kind == "nghị quyết":
        # Party writing means the resolution on Party building by this name (REFERENCES.md).
        canonical = {"XI": "12-NQ/TW@2012-01-16", "XII": "04-NQ/TW@2016-10-30"}[term]
        note = ""
    known = next((d for d in candidates if d.canonical == canonical), None)
    return Reference(
        start, end, text[start:end], kind, known.number if known else None,
        known.date if known else None, "Ban Chấp hành Trung ương", canonical, note,
    )  # fmt: skip


def _congress(text: str, match: re.Match[str]) -> Reference | None:
    words = match.group("congress")
    raw = match.group("ordinal") or match.group("bare")
    if raw is None and len(words.split()) < 4:
        return None
    local = re.search(r"Đảng bộ|đảng bộ|Chi bộ|chi bộ|Đoàn", words) is not None
    national = not local and (
        "toàn quốc" in words or "của Đảng" in match.group() or match.group("bare") is not None
        or re.search(r"Đại hội Đảng\b|Đại hội (?:đại biểu )?lần", match.group()) is not None
    )  # fmt: skip
    canonical = None
    when = None
    if national and raw is not None:
        number = _ordinal(raw)
        for known in knowledge_base():
            if known.number.startswith("NQ-ĐH-") and number == roman(known.number[6:]):
                canonical, when = known.canonical, known.date
    start, end = match.span()
    end = start + len(match.group().rstrip(" ,("))
    issuer = words if local else "Đại hội đại biểu toàn quốc"
    return Reference(start, end, text[start:end], "nghị quyết", None, when, issuer, canonical)


def _short(text: str, match: re.Match[str], published: date | None) -> list[Reference]:
    kind = _type_name(match.group("type"))
    number = match.group("number")
    if re.match(
        r"\s*(?:đảng viên|đồng chí|người|tổ chức|chi bộ|tỷ|triệu|nghìn|năm|ngày|tháng|lượt|xã|"
        r"huyện|cuộc|buổi|nhóm|nhiệm vụ|hộ|giờ|phút)(?!\w)",
        text[match.end("number") :],
    ):
        return []
    if (
        kind in NUMBERED_TYPES
        and not re.search(r"số\s*\d+\Z", text[match.start() : match.end("number")])
        and not re.match(r"(?:Đề án|Hướng dẫn|Chương trình|Kế hoạch)", match.group("type"))
    ):
        return []
    when = _date_of(match, "s")
    start = match.start("type")
    end = (
        match.end() if (when or match.group("term") or match.group("year")) else match.end("number")
    )
    mentions = [_by_number(text, start, end, kind, number, when, match.group("term"),
                           match.group("year"), published)]  # fmt: skip
    position = match.end("number")
    while True:
        further = re.compile(
            r"(?:\s*,\s*|\s+và\s+)(?:số\s+)?(?P<n>\d{2,3})(?![\w%/-]|[.,]\d|\s+\w*(?:đảng|"
            r"đồng|người|tổ chức|chi bộ|tỷ|triệu))"
        ).match(text, position)
        if further is None:
            return mentions
        mentions.append(_by_number(text, further.start("n"), further.end("n"), kind,
                                   further.group("n"), None, None, None, published))  # fmt: skip
        position = further.end()


def _by_number(
    text: str, start: int, end: int, kind: str, number: str, when: date | None,
    term: str | None, year: str | None, published: date | None,
) -> Reference:  # fmt: skip
    issuer, central = _issuer_after(text, end)
    candidates: list[CentralDocument] = []
    if central is not False:
        candidates = [
            d for d in knowledge_base()
            if d.number.split("-")[0].lstrip("0") == number.lstrip("0") and d.number.endswith("TW")
            and (d.type == kind or {d.type, kind} == {"quy định", "quyết định"})
        ]  # fmt: skip
        exact = [d for d in candidates if d.type == kind]
        candidates = exact or candidates
    if year is not None:
        candidates = [d for d in candidates if d.date.year == int(year)]
    canonical, note = _choose(candidates, text, start, end, when, term, published)
    known = next((d for d in candidates if d.canonical == canonical), None)
    return Reference(
        start, end, text[start:end], kind, known.number if known else number,
        when or (known.date if known else None), issuer or (known.issuer if known else None),
        canonical, note,
    )  # fmt: skip


def _law(match: re.Match[str]) -> str | None:
    form = fold_phrase(match.group().split(" năm ")[0])
    year = match.group("year")
    found = [
        d for d in knowledge_base()
        if fold_phrase(d.subject) == form and (year is None or d.date.year == int(year))
    ]  # fmt: skip
    return found[0].canonical if len(found) == 1 else None


def _go_back(text: str, found: list[Reference], pattern: re.Pattern[str]) -> None:
    """Resolve "Nghị quyết này" to the one document of that type named before it."""
    for match in pattern.finditer(text):
        if any(r.start < match.end() and match.start() < r.end for r in found):
            continue
        kind = _type_name(match.group("type"))
        before = [r for r in found if r.end <= match.start() and r.type == kind]
        known = {r.canonical for r in before if r.canonical}
        last = before[-1] if before else None
        if last is None or not (last.canonical or last.number):
            continue
        if len(known) > 1 and "\n" in text[last.end : match.start()]:
            continue  # more than one antecedent, none of them near
        found.append(replace(last, start=match.start(), end=match.end(), surface=match.group()))
