"""How a figure is meant: measure, signed value, status and baseline.

Everything works on offsets of one sentence; the words are data
(``corpus/codebook/context.yaml`` and ``context_words.yaml``).  A word of change governs a
figure that follows it directly ("tăng (hơn) 35 đồng chí"); a comparative may hold its
baseline between ("nhiều hơn năm trước 9 người").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from vankien.language.cues import Hit
from vankien.quantities.mentions import Quantity
from vankien.tagging.indicators.lexicon import lexicon
from vankien.tagging.indicators.phrases import SentencePhrases
from vankien.tagging.indicators.structure import Place, clause_start

__all__ = ["CHANGES", "Reading", "plain_reading", "read_context"]

GAP = 14
"""Characters that may stand between a governing word and its figure ("tăng hơn 35")."""

COMPARED_GAP = 48
"""The same for a comparative, whose baseline may stand between."""

AFTER = 40
"""How far after the figure its comparison may begin."""

CHANGES = ("change_abs", "change_rel")

_COMPARED = re.compile(r"\s*so với\s+", re.IGNORECASE)
_CHANGING = re.compile(r"\s+(?:tăng|giảm|cắt giảm|tinh giản)(?!\w)")
_OPEN_GAP = re.compile(r"[^,;:.()]*\Z")


@dataclass(slots=True)  # frozen, it takes three times as long to make, and there are thousands
class Reading:
    """How a figure is meant; ``governed`` says that a word of its own gave the measure, ``surplus``
    that the figure is by how much a plan was exceeded."""

    measure: str
    value: Decimal | None
    value_high: Decimal | None
    status: str
    baseline: str | None
    governed: bool = False
    surplus: bool = False


def _governs(
    sentence: str, hits: list[Hit], figure: int, *, gap: int = GAP, digits: bool = False
) -> Hit | None:
    """Return the last hit that ends directly before a figure, with no mark between."""
    best: Hit | None = None
    for hit in hits:
        if hit.end <= figure and figure - hit.end <= gap:
            between = sentence[hit.end : figure]
            if _OPEN_GAP.fullmatch(between) and (digits or not any(c.isdigit() for c in between)):
                best = hit
    return best


def _within(hits: list[Hit], start: int, end: int) -> list[Hit]:
    return [hit for hit in hits if start <= hit.start and hit.end <= end]


def read_context(
    sentence: str,
    quantity: Quantity,
    place: Place,
    following: int,
    phrases: SentencePhrases,
    governor: Reading | None = None,
) -> Reading:
    """Read measure, signed value, status and baseline of a figure from its context.

    ``following`` is the start of the next figure; ``governor`` is the reading of the figure
    before it in its chain, whose word of change is shared ("tăng 61% tổ chức và 16% ...").
    """
    context = phrases.context
    if not context and not quantity.multiple and not governor:
        return plain_reading(quantity)
    figure = quantity.number_start
    ratio = quantity.unit == "%"
    points = quantity.unit_text is not None and quantity.unit_text.lower() in lexicon().points
    spelt = points and quantity.unit_text != "%"
    # "tỷ lệ ... giảm 1,2%" is a change of the share in points, "tỷ lệ giảm ... là 1,2%" none.
    points = points or any(
        place.clause <= hit.start
        and hit.end <= figure
        and place.previous_end <= hit.start
        and not _CHANGING.match(sentence, hit.end)
        for hit in context.get("share_subject", ())
    )
    value, high = quantity.value, quantity.value_high
    change, sign = _change(sentence, quantity, place, context)
    shared = (
        governor is not None
        and change is None
        and governor.governed
        and governor.measure in CHANGES
    )
    if shared and governor is not None and governor.value is not None:
        sign = -1 if governor.value < 0 else 1
    after_end = min(following, quantity.end + AFTER)
    targets = _target_words(sentence, context, quantity.end, after_end)
    exceeded = _governs(sentence, context.get("exceed", []), figure)
    governed = False
    if quantity.rank:
        measure = "rank"
    elif quantity.origin is not None:
        measure = "share" if ratio else "level"
    elif ratio and change is None and not targets and _of_plan(sentence, place, context):
        measure = "target_ratio"
    elif (
        ratio
        and change is None
        and value is not None
        and _equals_before(sentence, quantity, context)
    ):
        measure, value, governed = "change_rel", value - 100, True
        high = None if high is None else high - 100
    elif ratio and targets and not spelt and (exceeded or change is None):
        measure = "target_ratio"
        if exceeded and value is not None:
            value += 100  # "vượt 5% kế hoạch" is 105
    elif quantity.multiple or change is not None or shared:
        measure = "change_rel" if (ratio and not points) or quantity.multiple else "change_abs"
        value = None if value is None else sign * value
        high = None if high is None else sign * high
        governed = True
    elif points and quantity.unit_text is not None and quantity.unit_text != "%":
        measure, governed = "change_abs", True
    else:
        measure = "share" if ratio else "level"
    return Reading(
        measure=measure,
        value=value,
        value_high=high,
        status=_status(sentence, quantity, place.previous_end, measure, context),
        baseline=_baseline(sentence, quantity, change, following, measure, targets, context),
        governed=governed,
        surplus=governed and exceeded is not None,
    )


def plain_reading(quantity: Quantity) -> Reading:
    """Return the reading of a figure in a sentence without any word of context."""
    ratio = quantity.unit == "%"
    points = quantity.unit_text is not None and quantity.unit_text.lower() in lexicon().points
    measure, governed = "share" if ratio else "level", False
    if quantity.rank:
        measure = "rank"
    elif quantity.origin is None and points and quantity.unit_text != "%":
        measure, governed = "change_abs", True
    baseline = quantity.origin
    if baseline is None and quantity.total is not None:
        baseline = quantity.number.rsplit("/", 1)[-1].strip()
    return Reading(measure, quantity.value, quantity.value_high, "actual", baseline, governed)


def _change(
    sentence: str, quantity: Quantity, place: Place, context: dict[str, list[Hit]]
) -> tuple[Hit | None, int]:
    """Return the word of change that governs a figure, and its sign."""
    figure = quantity.number_start
    found: list[tuple[Hit, int]] = []
    for name, sign, gap, digits in (
        ("increase", 1, GAP, False),
        ("decrease", -1, GAP, False),
        ("compare_more", 1, COMPARED_GAP, True),
        ("compare_less", -1, COMPARED_GAP, True),
    ):
        words = [hit for hit in context.get(name, []) if not _inside(hit, context)]
        hit = _governs(sentence, words, figure, gap=gap, digits=digits)
        if hit is not None and hit.start >= place.previous_end:
            found.append((hit, sign))
    for name, sign in (("lack", -1), ("surplus", 1)):
        word = _governs(sentence, context.get(name, []), figure)
        if word is not None and quantity.unit != "%":
            stop = sentence.find(";", quantity.end)
            if any(
                quantity.end <= hit.start and (stop < 0 or hit.start < stop)
                for hit in context.get("baseline_words", [])
            ):
                found.append((word, sign))
    if not found:
        return None, 1
    hit, sign = max(found, key=lambda pair: (pair[0].end, pair[0].end - pair[0].start))
    level_after = _governs(sentence, context.get("level_after", []), figure)
    if level_after is not None and level_after.end > hit.start:
        return None, 1
    if quantity.multiple and sign < 0 and hit.end < figure - GAP:
        return None, 1
    return hit, sign


def _equals_before(sentence: str, quantity: Quantity, context: dict[str, list[Hit]]) -> bool:
    """Say whether a percentage is of the same figure of before ("bằng 107% so với cùng kỳ")."""
    if _governs(sentence, context.get("as_much_as", []), quantity.number_start) is None:
        return False
    return any(
        not sentence[quantity.end : hit.start].replace("so với", "").strip()
        for hit in context.get("baseline_bare", ())
        if hit.start >= quantity.end
    )


def _inside(hit: Hit, context: dict[str, list[Hit]]) -> bool:
    """Say whether a word of change is but a part of another word ("tăng" in "tăng cường")."""
    return any(
        other.start <= hit.start and hit.end <= other.end for other in context.get("no_change", ())
    )


def _target_words(sentence: str, context: dict[str, list[Hit]], start: int, end: int) -> list[Hit]:
    blocked = context.get("target_not", [])
    return [
        hit
        for hit in context.get("target_words", [])
        if start <= hit.start < end
        and not any(b.start <= hit.start and hit.end <= b.end for b in blocked)
        and not re.search(r"[,;:.()]", sentence[start : hit.start].strip(" )"))
    ]


def _of_plan(sentence: str, place: Place, context: dict[str, list[Hit]]) -> bool:
    """Say whether a plan is named before the percentages of a chain ("So với kế hoạch đạt")."""
    return any(
        _COMPARED.fullmatch(sentence, place.clause, hit.start) is not None
        and all(f < hit.start or f >= place.anchor for f in place.figures_before)
        for hit in context.get("target_words", ())
        if hit.end <= place.anchor
    )


def _status(
    sentence: str,
    quantity: Quantity,
    previous_end: int,
    measure: str,
    context: dict[str, list[Hit]],
) -> str:
    figure = quantity.number_start
    begin = clause_start(sentence, figure)
    done = [
        hit.start
        for hit in _within(context.get("actual_status", []), 0, figure)
        if sentence[hit.start : hit.end].lower() in lexicon().done
    ]
    estimates = _within(context.get("estimate_status", []), begin, figure)
    near = [h for h in estimates if h.start >= previous_end and figure - h.end < AFTER]
    if near or (
        # "Ước cả năm tổ chức 350 buổi, khoảng 30 nghìn lượt người": the estimate goes on.
        estimates
        and measure not in CHANGES
        and not any(place > estimates[-1].end for place in done)
    ):
        return "estimate"
    if measure == "target_ratio":
        return "actual"
    opening = [
        hit
        for hit in context.get("target_opening", [])
        # "5 mục tiêu được đề ra": the five themselves are none.
        if hit.end <= figure and not sentence[: hit.start].strip(" 0123456789.-–+*")
    ]
    strong = [*opening, *_within(context.get("target_status_strong", []), 0, figure)]
    if strong:
        last = max(hit.end for hit in strong)
        # "phấn đấu ... đạt 90%" stays a target; "mục tiêu ..., đã đạt 90%" does not.
        return "actual" if any(place >= last for place in done) else "target"
    each = _within(context.get("each", []), begin, figure)
    if each and quantity.approx in ("min", "max") and not done:
        return "target"
    return "actual"


def _baseline(
    sentence: str,
    quantity: Quantity,
    change: Hit | None,
    following: int,
    measure: str,
    targets: list[Hit],
    context: dict[str, list[Hit]],
) -> str | None:
    if quantity.origin is not None:
        return quantity.origin
    if quantity.total is not None:
        return quantity.number.rsplit("/", 1)[-1].strip()
    if measure == "target_ratio" and targets:
        hit = max(
            (t for t in targets if t.start == targets[0].start), key=lambda t: t.end - t.start
        )
        return sentence[hit.start : hit.end]
    if measure not in CHANGES:
        return None
    if change is not None and quantity.number_start - change.end > GAP:
        return sentence[change.end : quantity.number_start].strip() or None
    # The comparison may stand after a coordinated figure ("61% tổ chức và 16% số đảng viên
    # so với cùng kỳ"), so it is looked for up to the end of the clause.
    stop = sentence.find(";", quantity.end)
    stop = len(sentence) if stop < 0 else stop
    begin = clause_start(sentence, quantity.number_start)
    for hit in context.get("baseline_words", []):
        if quantity.end <= hit.start < stop or begin <= hit.start < quantity.number_start:
            tail = lexicon().tail.split(sentence[hit.end : stop], maxsplit=1)[0]
            return tail.strip() or None
    for hit in context.get("baseline_bare", []):
        if quantity.end <= hit.start < min(stop, quantity.end + AFTER):
            return sentence[hit.start : hit.end]
    if quantity.multiple:
        tail = lexicon().tail.split(sentence[quantity.end : following], maxsplit=1)[0]
        return tail.strip() or None
    return None
