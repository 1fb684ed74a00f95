"""From sentences to figures with their indicator: the pass over a document.

Where to start reading: :func:`extract_figures`.  Sentence by sentence,

1. :mod:`vankien.quantities.mentions` finds the figures (a sentence without a digit or a
   number word costs one search);
2. :mod:`context` reads how each is meant (measure, status, baseline);
3. :mod:`frames` chooses what it counts; a percentage, a change or a general noun without
   a frame of its own takes the indicator of the figure before it in the sentence;
4. "trong đó", "gồm" or a bracket make a figure a part of the one before;
5. :mod:`periods and scope <vankien.tagging.indicators.setting>` are read or inherited.

The rules are those of CODES.md, 9 to 13.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from vankien.documents import CONTENT_PARTS, Document, Sentence
from vankien.quantities.mentions import Quantity, find_quantities
from vankien.tagging.indicators.context import (
    Reading,
    clause_start,
    noun_phrase_end,
    read_context,
)
from vankien.tagging.indicators.frames import Candidate, Place, best_frame
from vankien.tagging.indicators.phrases import SentencePhrases, scan_sentence
from vankien.tagging.indicators.setting import NO_SETTING, Setting, SettingReader

__all__ = ["Figure", "extract_figures"]

INHERITED = 2.1
"""Score of an indicator taken over from the figure before."""

# The closed set of words without which no frame of the catalogue can fit; a lint over the
# codebook's examples keeps it honest.
DOCUMENT_GATE = (
    "đảng viên", "Đảng viên", "đảng bộ", "Đảng bộ", "đảng ủy", "Đảng ủy", "đảng uỷ", "Đảng uỷ",
    "chi bộ", "Chi bộ", "cấp ủy", "Cấp ủy", "cấp uỷ", "Tỉnh ủy", "Thành ủy", "Huyện ủy",
    "Quận ủy", "Thị ủy", "Tỉnh uỷ", "Thành uỷ", "Huyện uỷ", "ĐẢNG", "của Đảng", "vào Đảng",
    "khỏi Đảng", "dựng Đảng", "trong Đảng", "tổ chức đảng", "tổ chức Đảng", "cơ sở đảng",
    "kỷ luật đảng", "cảm tình Đảng", "toàn Đảng", "TCCSĐ", "TCĐ", "UBKT", " ĐV",
)  # fmt: skip
SENTENCE_GATE = re.compile(
    r"tham nhũng|tham ô|biên chế|kỷ luật|bị can|bị cáo|khen thưởng|[Bb]ằng khen|[Gg]iấy khen|"
    r"biểu dương|dân vận|"
    r"tuyên truyền|quy hoạch|luân chuyển|bổ nhiệm|phiếu tín nhiệm|kê khai|đầu mối|khiển trách|"
    r"cách chức|"
    r"khai trừ|đơn thư|tố cáo|học tập|quán triệt|cán bộ, công chức|đại hội|Huy hiệu|thu hồi|"
    r"tinh giản|sáp nhập"
)

CHANGE_MEASURES = ("change_abs", "change_rel", "target_ratio", "share")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of running text; offsets index the document's text.

    ``part_of`` is the position in the list of figures of the figure that it divides.
    """

    sentence: int
    quantity: Quantity
    reading: Reading
    indicator: str | None
    unit: str | None
    label: str | None
    setting: Setting
    part_of: int | None
    score: float
    checks: tuple[str, ...] = ()


@dataclass(slots=True)
class _Pending:
    """A figure of the sentence at hand, with offsets in the sentence."""

    quantity: Quantity
    reading: Reading
    candidate: Candidate | None
    phrase_end: int
    inherited_from: int | None = None
    part_of: int | None = None


def extract_figures(document: Document, sentences: list[Sentence]) -> list[Figure]:
    """Return every figure of the running text in order, with or without an indicator."""
    text = document.text
    settings = SettingReader(document)
    whole = any(word in text for word in DOCUMENT_GATE)
    figures: list[Figure] = []
    for sentence in sentences:
        if sentence.part not in CONTENT_PARTS:
            continue
        surface = text[sentence.start : sentence.end]
        settings.enter(sentence, surface)
        quantities = find_quantities(surface)
        if not quantities:
            continue
        # Frames are tried where the document speaks of the Party, or the sentence of what
        # they count; the figures of other sentences have no indicator.
        coded = whole or SENTENCE_GATE.search(surface) is not None
        phrases = scan_sentence(surface, frames=coded)
        pending = _read_sentence(surface, quantities, phrases)
        base = len(figures)
        for item in pending:
            # Period and scope are read where the catalogue is in play.
            figures.append(_figure(sentence, surface, item, base, settings if coded else None))
    return figures


def _read_sentence(
    surface: str, quantities: list[Quantity], phrases: SentencePhrases
) -> list[_Pending]:
    pending: list[_Pending] = []
    for position, quantity in enumerate(quantities):
        previous_end = quantities[position - 1].end if position else 0
        following = (
            quantities[position + 1].number_start
            if position + 1 < len(quantities)
            else len(surface)
        )
        reading = read_context(surface, quantity, previous_end, following, phrases)
        end = noun_phrase_end(surface, quantity, following, phrases)
        place = Place(
            clause=clause_start(surface, quantity.number_start),
            previous_end=previous_end,
            phrase_end=end,
            figures_before=tuple(q.number_start for q in quantities[:position]),
            measure=reading.measure,
        )
        candidate = best_frame(surface, quantity, place, phrases)
        item = _Pending(quantity, reading, candidate, end)
        _inherit(surface, pending, item)
        item.part_of = _part_of(surface, pending, item, phrases)
        pending.append(item)
    return pending


def _inherit(surface: str, pending: list[_Pending], item: _Pending) -> None:
    """Let a figure without a noun of its own take the indicator of the one before."""
    if not pending or item.reading.measure not in CHANGE_MEASURES:
        return
    quantity = item.quantity
    bare = quantity.unit in ("%", None) or quantity.multiple
    own_noun = (
        item.candidate is not None
        and item.candidate.head is not None
        and (item.candidate.head.start >= quantity.number_end)
    )
    if own_noun and bare:
        return
    for index in range(len(pending) - 1, -1, -1):
        before = pending[index]
        if before.reading.measure in ("level",) or before.inherited_from is not None:
            source = index if before.inherited_from is None else before.inherited_from
            base = pending[source]
            if base.candidate is None:
                return
            if not bare and base.quantity.dimension != quantity.dimension:
                continue
            between = surface[base.quantity.end : quantity.number_start]
            if ";" in between or (
                item.candidate is not None and item.candidate.score > INHERITED + 1.6 and not bare
            ):
                return
            if not _measure_fits(base.candidate, item.reading.measure):
                return
            left_noun = (
                item.candidate is not None
                and item.candidate.head is not None
                and item.candidate.head.start > base.phrase_end
            )
            if left_noun:
                return
            item.candidate = replace(base.candidate, score=INHERITED)
            item.inherited_from = source
            return


def _measure_fits(candidate: Candidate, measure: str) -> bool:
    return measure in candidate.indicator.measures or measure == "rank"


def _part_of(
    surface: str, pending: list[_Pending], item: _Pending, phrases: SentencePhrases
) -> int | None:
    """Return the position of the figure that this one divides, or None."""
    if item.inherited_from is not None:
        return pending[item.inherited_from].part_of
    if not pending or item.reading.measure not in ("level", "share"):
        return None
    quantity = item.quantity
    start = clause_start(surface, quantity.number_start)
    markers = [
        hit for hit in phrases.context.get("part_markers", ()) if hit.end <= quantity.number_start
    ]
    opened = surface.rfind("(", 0, quantity.number_start)
    closed = surface.rfind(")", 0, quantity.number_start)
    begin = max((hit.start for hit in markers), default=-1)
    if opened > closed:
        begin = max(begin, opened)
    if begin < 0 or (begin < start and surface[begin:start].count(".") > 0):
        return None
    for index in range(len(pending) - 1, -1, -1):
        parent = pending[index]
        if parent.quantity.end <= begin and parent.reading.measure == "level":
            if parent.candidate is None or parent.part_of is not None:
                continue
            if item.reading.measure == "share" and item.candidate is None:
                return None
            if not _divides(parent, item):
                continue
            return index
    return None


def _divides(parent: _Pending, item: _Pending) -> bool:
    value, whole = item.reading.value, parent.reading.value
    if item.quantity.unit == "%":
        return True
    if value is None or whole is None or value > whole:
        return False
    unit = item.quantity.dimension
    return unit is None or unit == parent.quantity.dimension or parent.quantity.unit is None


def _figure(
    sentence: Sentence, surface: str, item: _Pending, base: int, settings: SettingReader | None
) -> Figure:
    indicator = item.candidate.indicator if item.candidate else None
    shift = sentence.start
    quantity = item.quantity
    setting = NO_SETTING
    if settings is not None:
        setting = settings.read(
            surface, quantity.number_start, kind=indicator.kind if indicator else None
        )
    reading = item.reading
    if indicator is not None and indicator.code in ("staff.cut", "orgs.merged_or_cut"):
        reading = _reduction(reading)
    return Figure(
        sentence=sentence.index,
        quantity=replace(
            quantity,
            start=quantity.start + shift,
            end=quantity.end + shift,
            number_start=quantity.number_start + shift,
            number_end=quantity.number_end + shift,
        ),
        reading=reading,
        indicator=indicator.code if indicator else None,
        unit=_unit(item),
        label=_label(surface, item),
        setting=setting,
        part_of=None if item.part_of is None else base + item.part_of,
        score=_confidence(item),
    )


def _reduction(reading: Reading) -> Reading:
    """The count cut is a positive level for the indicators that count a reduction."""
    if reading.measure != "change_abs" or reading.value is None:
        return reading
    return replace(reading, measure="level", value=abs(reading.value), baseline=None)


def _unit(item: _Pending) -> str | None:
    quantity = item.quantity
    if quantity.multiple:
        return "%"
    if item.candidate is None or quantity.unit in ("%", "đồng", "lượt người"):
        return quantity.unit
    indicator = item.candidate.indicator
    if indicator.unit_as_written and quantity.unit is not None:
        return quantity.unit_text or quantity.unit
    if item.inherited_from is not None and quantity.unit is None:
        return indicator.unit
    return indicator.unit


def _label(surface: str, item: _Pending) -> str | None:
    """Return the noun phrase, with the governing word where it stands just before."""
    quantity = item.quantity
    phrase = surface[quantity.number_end : item.phrase_end].strip(" ,;:.()%")
    trigger = item.candidate.trigger if item.candidate else None
    if phrase:
        if trigger is not None and 0 <= quantity.number_start - trigger.end <= 25:
            words = surface[trigger.start : trigger.end]
            return f"{words} {phrase}"
        return phrase
    head = item.candidate.head if item.candidate else None
    if item.inherited_from is not None:
        return None
    if head is not None and head.end <= quantity.number_start:
        return surface[head.start : quantity.number_start].strip(" ,;:()") or None
    if trigger is not None:
        return surface[trigger.start : trigger.end]
    return None


def _confidence(item: _Pending) -> float:
    if item.candidate is None:
        return 0.5
    score = min(item.candidate.score, 6.0)
    value = 0.55 + 0.075 * (score - 1.0)
    if item.quantity.slip:
        value -= 0.1
    return round(float(Decimal(str(max(0.05, min(value, 0.97))))), 4)
