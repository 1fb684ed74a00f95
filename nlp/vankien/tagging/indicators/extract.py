"""From sentences to figures with their indicator: the pass over a document.

Where to start reading: :func:`extract_figures`.  Sentence by sentence,

1. :mod:`vankien.quantities.mentions` finds the figures (a sentence without a digit or a
   number word costs next to nothing); those of a sentence in which no frame is tried are
   read by :mod:`plain`;
2. :mod:`structure` reads how they hang together (labels, chains, brackets, parts);
3. :mod:`context` reads how each is meant (measure, status, baseline);
4. :mod:`frames` chooses what it counts, :mod:`sharing` what it takes from others;
5. :mod:`periods and scope <vankien.tagging.indicators.setting>` are read or inherited, in
   documents that name the Party or hold a figure with an indicator;
6. :mod:`checks` compares figures that must agree.

The rules are those of CODES.md, 9 to 13.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache

from vankien.codebook import load_codebook
from vankien.documents import CONTENT_PARTS, Document, Sentence
from vankien.normalise import Folded, fold
from vankien.quantities.mentions import Quantity, quantities_of
from vankien.quantities.number_gate import lower
from vankien.tagging.indicators.bodies import is_act_of_state
from vankien.tagging.indicators.calibration import calibrated
from vankien.tagging.indicators.checks import check_figures
from vankien.tagging.indicators.context import CHANGES, Reading, read_context
from vankien.tagging.indicators.earlier import Before, is_general
from vankien.tagging.indicators.figure import Figure, confidence
from vankien.tagging.indicators.frames import Candidate, Scene, best_frame, is_labelled
from vankien.tagging.indicators.lexicon import lexicon, names_party, passes_gate
from vankien.tagging.indicators.listed import divide_by_sum, share_after
from vankien.tagging.indicators.lists import read_lists
from vankien.tagging.indicators.parts import Wholes, assessed_family, is_part
from vankien.tagging.indicators.pending import Pending
from vankien.tagging.indicators.phrases import SentencePhrases, scan_sentence
from vankien.tagging.indicators.plain import plain_figures, says_by_how_much
from vankien.tagging.indicators.respective import spread_scales
from vankien.tagging.indicators.setting import NO_SETTING, SettingReader
from vankien.tagging.indicators.sharing import as_fall_of_stock, is_of_others, share
from vankien.tagging.indicators.structure import is_size, read_structure
from vankien.tagging.indicators.tables import in_table, table_figures
from vankien.tagging.indicators.zones import whole_of

__all__ = ["Figure", "extract_figures"]


@dataclass(slots=True)
class _Memory:
    """What the sentences before leave behind: a topic, subjects, recent figures."""

    section: tuple[str, ...] | None = None
    sentence: int = -2
    before: Before = field(default_factory=Before)
    subjects: frozenset[int] = frozenset()
    graded: str | None = None

    def enter(self, sentence: Sentence) -> None:
        """Forget what a new section or a gap of a sentence makes stale."""
        if sentence.section != self.section or sentence.index > self.sentence + 2:
            self.before = Before()
            self.graded = None
            self.subjects = frozenset()
        elif sentence.index > self.sentence + 1:
            self.before = Before()
        self.section = sentence.section


def extract_figures(
    document: Document, sentences: list[Sentence], folded: Folded | None = None
) -> list[Figure]:
    """Return every figure of the running text in order, with or without an indicator.

    ``folded`` saves folding the text again.
    """
    text = document.text
    lowered = lower(text)
    if folded is None:
        folded = fold(text)
    whole = names_party(text)
    holds = _holder(lowered)
    tabled = in_table(document) if document.tables else None
    content = [
        sentence
        for sentence in sentences
        if sentence.part in CONTENT_PARTS and not (tabled and tabled(sentence.start))
    ]
    found = _read_sentences(text, lowered, folded, content, whole, holds)
    # Period and scope are read where the document speaks of the Party or a figure has an
    # indicator.
    settings = None
    if whole or any(item.candidate is not None for read in found for item in read.pending):
        settings = SettingReader(document)
    figures: list[Figure] = []
    wholes = Wholes(figures)
    entered = 0
    for read in found:
        if settings is not None:
            for sentence in content[entered : read.position + 1]:
                settings.enter(sentence, text[sentence.start : sentence.end])
            entered = read.position + 1
        figures += read.plain
        _add_figures(content[read.position], read, figures, wholes, settings)
    if document.tables:
        figures += table_figures(document, sentences, holds, len(figures))
    return [calibrated(figure) for figure in check_figures(figures)]


@dataclass(slots=True)
class _Read:
    """A sentence with figures: those of the catalogue's reading, or as they stand."""

    position: int
    surface: str
    pending: list[Pending]
    plain: list[Figure]


def _read_sentences(
    text: str,
    lowered: str,
    folded: Folded,
    content: list[Sentence],
    whole: bool,
    holds: Callable[[str], bool],
) -> list[_Read]:
    """Read the sentences that hold figures, but not when and where these hold."""
    memory = _Memory()
    found: list[_Read] = []
    spans = [(sentence.start, sentence.end) for sentence in content]
    for position, quantities in enumerate(quantities_of(text, spans, weak=whole, lowered=lowered)):
        if not quantities:
            continue
        sentence = content[position]
        start, end = spans[position]
        surface = text[start:end]
        memory.enter(sentence)
        # Frames are tried where the document speaks of the Party, or the sentence of what
        # they count, or goes on from one that does; other figures have no indicator.
        goes_on = memory.before.topic is not None
        if whole or goes_on or passes_gate(lowered[start:end]):
            pending = _read_sentence(surface, quantities, memory, holds)
            found.append(_Read(position, surface, pending, []))
        else:
            memory.before = Before()
            plain = plain_figures(sentence, surface, quantities, folded)
            found.append(_Read(position, surface, [], plain))
        memory.sentence = sentence.index
    return found


def _add_figures(
    sentence: Sentence,
    read: _Read,
    figures: list[Figure],
    wholes: Wholes,
    settings: SettingReader | None,
) -> None:
    """Add the figures of a sentence read by the catalogue, with period, scope and whole."""
    surface, pending = read.surface, read.pending
    base = len(figures)
    for item in pending:
        figure = _figure(sentence, surface, item, base, settings, _kind(item, pending))
        if (
            figure.part_of is None
            and item.inherited_from is not None
            and figure.reading.measure == "share"
            and not item.part
        ):
            # The share of a part is of the same whole ("kết nạp 12 nữ, đạt 40%").
            figure = replace(figure, part_of=figures[base + item.inherited_from].part_of)
        elif figure.part_of is None and item.candidate is not None:
            divided = wholes.whole_of(figure, item, sentence)
            if divided is None and item.carried and figure.reading.measure == "share":
                divided = wholes.whole_of_last(figure)
            if divided is not None:
                figure = replace(figure, part_of=divided)
                if settings is not None and _is_flow(figures[divided].indicator):
                    # The parts of a flow ("trong đó nữ 71") are of its interval.
                    figure = replace(
                        figure,
                        setting=settings.read(
                            surface, item.quantity.number_start, kind="flow", nth=_nth(item)
                        ),
                    )
        figures.append(figure)
        wholes.note(item)


def _holder(lowered: str) -> Callable[[str], bool]:
    """Return a test whether the text holds a phrase, in any case; each is looked up once."""
    known: dict[str, bool] = {}

    def holds(phrase: str) -> bool:
        if phrase not in known:
            known[phrase] = phrase.lower() in lowered
        return known[phrase]

    return holds


def _read_sentence(
    surface: str,
    quantities: list[Quantity],
    memory: _Memory,
    holds: Callable[[str], bool],
) -> list[Pending]:
    phrases = scan_sentence(surface)
    while True:
        pending = _read_figures(surface, quantities, phrases, memory, holds)
        # "một" and "không có ... nào" count only where a word of their own says so.
        articles = [p.quantity for p in pending if p.quantity.weak and not _counted(p, pending)]
        if not articles:
            break
        quantities = [q for q in quantities if q not in articles]
        if not quantities:
            return []
    memory.graded = next((p.assessed for p in reversed(pending) if p.assessed), None)
    memory.subjects = frozenset(phrases.subjects) or memory.subjects
    last = next((p for p in reversed(pending) if p.candidate is not None), None)
    if last is not None:
        memory.before = Before(
            _topic(pending, last, memory.before.topic),
            last.candidate,
            tuple(p for p in pending if p.candidate is not None),
        )
    elif pending:
        memory.before = Before()
    return pending


def _topic(pending: list[Pending], last: Pending, before: Candidate | None) -> Candidate | None:
    """Return what a sentence hands on: the whole of which its last figure is a part."""
    indicator = last.indicator
    if indicator is None or not indicator.within:
        return last.candidate
    for item in reversed(pending):
        if item.indicator is not None and item.indicator.code in indicator.within:
            return item.candidate
    if before is not None and before.indicator.code in indicator.within:
        return before
    return last.candidate


def _counted(item: Pending, pending: list[Pending]) -> bool:
    """Say whether "một" counts, and is no article ("một cán bộ từng công tác ở sở").

    Its indicator must have a word of its own, and be a flow, or stand beside another figure.
    """
    if item.candidate is None or not item.candidate.governed:
        return False
    if item.quantity.value == 0:
        return True
    others = any(p is not item and p.candidate is not None for p in pending)
    indicator = item.candidate.indicator
    return others or (indicator.kind == "flow" and indicator.code.startswith(_ACTS))


_ACTS = ("members.", "discipline.", "inspection.")
"""Families in which "một" alone counts: acts of the Party on its members."""


def _graded(pending: list[Pending], memory: _Memory) -> str | None:
    """Return the family of those that the figures before count as graded."""
    for item in reversed(pending):
        if item.role is not None and item.role.family is not None:
            return item.role.family
        if item.assessed:
            return item.assessed
        if item.indicator is not None and item.indicator.code == _EVALUATED:
            return _EVALUATED.partition(".")[0]
    return memory.graded


_EVALUATED = "cadres.evaluated"
"""The code that holds for every grade of cadres."""


def _next(quantities: list[Quantity], position: int, surface: str) -> int:
    """Return where the figure after a position begins (or the sentence ends)."""
    if position + 1 < len(quantities):
        return quantities[position + 1].number_start
    return len(surface)


def _read_figures(
    surface: str,
    quantities: list[Quantity],
    phrases: SentencePhrases,
    memory: _Memory,
    holds: Callable[[str], bool],
) -> list[Pending]:
    pending: list[Pending] = []
    readings: list[Reading] = []  # as the words have them
    spread_scales(surface, quantities, phrases)
    places = read_structure(surface, quantities, phrases)
    roles = read_lists(
        surface, quantities, places, phrases, memory.before.topic, memory.before.figures, holds
    )
    for position, (quantity, place) in enumerate(zip(quantities, places, strict=True)):
        following = _next(quantities, position, surface)
        governor = readings[place.chained_to] if place.chained_to is not None else None
        if governor is not None and place.chained_to is not None:
            ratios = quantities[place.chained_to].unit == "%"
            if ratios != (quantity.unit == "%"):
                governor = None
        reading = read_context(surface, quantity, place, following, phrases, governor)
        readings.append(reading)
        item = Pending(quantity, reading, place, None)
        whole = whole_of(surface, pending, item)
        before = next((p for p in reversed(pending) if p.candidate is not None), None)
        topic = before.candidate if before else None
        if topic is None and (is_general(quantity) or (quantity.unit == "%" and not pending)):
            topic = memory.before.topic  # "Có 41 lớp với 1.720 học sinh" goes on with nothing
        known = phrases.heads or phrases.triggers or phrases.qualifiers
        if (
            known
            and not is_size(surface, quantities, position)
            and not is_of_others(quantity, place, phrases.context)
        ):
            scene = Scene(
                measure=reading.measure,
                topic=topic.indicator.code.partition(".")[0] if topic else None,
                whole=quantities[whole].number_start if whole is not None else -1,
                carried=memory.subjects,
                labelled=is_labelled(surface, quantity, place, phrases),
                holds=holds,
                graded=_graded(pending, memory),
            )
            item.candidate = best_frame(surface, quantity, place, phrases, scene)
        item.role = roles.get(position)
        share(surface, pending, item, phrases.context, memory.before)
        if is_act_of_state(surface, item, phrases.context):
            item.candidate = item.inherited_from = item.part_of = None
            item.carried = False
        if item.indicator is not None and item.indicator.code in _reductions():
            falls = quantity.unit == "%" and item.reading.measure == "change_rel"
            if falls and item.indicator.fall_of is not None:
                as_fall_of_stock(item)
            else:
                item.reading = _reduction(item.reading)
        others = item.role is not None and item.role.family is not None
        own = item.candidate is not None and item.inherited_from is None and not others
        if item.part_of is None and own:
            item.part_of = whole_of(surface, pending, item)
        item.rate = any(
            place.label_start <= hit.start and hit.end <= quantity.number_start
            for hit in phrases.context.get("share_subject", ())
        )
        item.part = max(item.part, is_part(surface, item, phrases.context))
        chained = pending[place.chained_to] if place.chained_to is not None else None
        if chained and reading.measure == "share" == chained.reading.measure:
            item.part = max(item.part, chained.part)
        item.assessed = assessed_family(surface, item, phrases.context)
        whole_item = pending[item.part_of] if item.part_of is not None else None
        if whole_item is not None and quantity.unit is None:
            item.of_organisations = whole_item.quantity.dimension == "organisation"
        pending.append(item)
    share_after(surface, pending)
    divide_by_sum(surface, pending)
    return pending


def _is_flow(code: str | None) -> bool:
    return code is not None and load_codebook().indicators[code].kind == "flow"


def _nth(item: Pending) -> tuple[int, int] | None:
    """Return the place of a figure in a respective list, and the list's length."""
    return item.role.nth if item.role is not None else None


def _kind(item: Pending, pending: list[Pending]) -> str | None:
    """Return whether a figure is of a stock or a flow; the parts of a flow are a flow."""
    if item.part_of is not None:
        whole = pending[item.part_of].indicator
        if whole is not None and whole.kind == "flow":
            return "flow"
    return item.indicator.kind if item.indicator else None


def _figure(
    sentence: Sentence, surface: str, item: Pending, base: int, settings: SettingReader | None,
    kind: str | None,
) -> Figure:  # fmt: skip
    indicator = item.indicator
    shift = sentence.start
    quantity = item.quantity
    setting = NO_SETTING
    if settings is not None:
        setting = settings.read(surface, quantity.number_start, kind=kind, nth=_nth(item))
    reading = item.reading
    if indicator is not None and indicator.code in _reductions():
        reading = _reduction(reading)
    elif indicator is not None and indicator.ended_by and reading.measure == "level":
        reading = _ended(reading, surface[: quantity.number_start], indicator.ended_by)
    if says_by_how_much(surface, quantity, reading):
        quantity = replace(quantity, approx="exact")
    if (
        settings is not None
        and reading.status == "actual"
        and reading.measure not in ("target_ratio", "rank")
        and (settings.planned or settings.is_ahead(setting))
    ):
        # What a plan says, and what lies after the day of the document, is a target.
        reading = replace(reading, status="target")
    return Figure(
        sentence=sentence.index,
        quantity=quantity.moved(shift),
        reading=reading,
        indicator=indicator.code if indicator else None,
        unit=_unit(item),
        label=_label(surface, item),
        setting=setting,
        part_of=None if item.part_of is None else base + item.part_of,
        score=confidence(
            item.candidate,
            slip=quantity.slip,
            inherited=item.inherited_from is not None or item.carried,
        ),
    )


@cache
def _reductions() -> frozenset[str]:
    """The indicators that count a reduction: they have no absolute change of their own."""
    return frozenset(
        code for code, indicator in load_codebook().indicators.items() if indicator.reduction
    )


def _reduction(reading: Reading) -> Reading:
    """The count cut is a positive level for the indicators that count a reduction."""
    if reading.measure not in CHANGES or reading.value is None:
        return reading
    measure = "level" if reading.measure == "change_abs" else "share"
    return replace(reading, measure=measure, value=abs(reading.value), baseline=None)


def _ended(reading: Reading, before: str, words: list[str]) -> Reading:
    """ "Xóa 6 bản trắng đảng viên": so many fewer are left."""
    if reading.value is None or not before.rstrip().lower().endswith(tuple(words)):
        return reading
    return replace(reading, measure="change_abs", value=-reading.value)


@cache
def _organisation_unit() -> str:
    """Return the unit of codes for persons where they count organisations."""
    return load_codebook().indicators["discipline.orgs"].unit


def _unit(item: Pending) -> str | None:
    quantity = item.quantity
    if quantity.multiple:
        return "%"
    if item.candidate is None or quantity.unit in ("%", "đồng", "lượt người"):
        return quantity.unit
    indicator = item.candidate.indicator
    counted = "organisation" if item.of_organisations else quantity.dimension
    if counted == "organisation" and "person" in indicator.dimensions:
        written = indicator.unit_as_written and quantity.unit is not None
        return quantity.unit if written else _organisation_unit()
    if indicator.unit_as_written and quantity.unit is not None:
        words = quantity.unit_text or quantity.unit
        first = words.split(" ", 1)[0].lower()
        return first if first in lexicon().short_units else words
    if item.inherited_from is not None and quantity.unit is None:
        return indicator.unit
    return indicator.unit


def _label(surface: str, item: Pending) -> str | None:
    """Return the noun phrase, with the governing word where it stands just before."""
    quantity = item.quantity
    phrase = surface[quantity.number_end : item.place.phrase_end].strip(" ,;:.()%")
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
