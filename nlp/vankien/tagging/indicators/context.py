"""What stands around a figure: clause, noun phrase, measure, status, baseline.

Everything works on offsets of one sentence.  The words are data
(``corpus/codebook/context.yaml``); this module only knows where to look:

* the *clause* runs between semicolons (and the sentence's ends);
* the *noun phrase* runs from the figure to the first boundary after it: a mark, another
  figure, or a word that begins something else ("đạt", "so với", "trong đó");
* a word of change governs a figure that follows it directly ("tăng (hơn) 35 đồng chí").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from vankien.language.cues import Hit
from vankien.quantities.mentions import Quantity
from vankien.tagging.indicators.phrases import SentencePhrases

__all__ = ["Reading", "clause_start", "noun_phrase_end", "read_context"]

GAP = 14
"""Characters that may stand between a governing word and its figure ("tăng hơn 35")."""

AFTER = 40
"""How far after the figure its comparison may begin."""

_PHRASE_MARK = re.compile(r"[,;:.!?()\[\]…]|\s[-–—]\s|\s(?:và|hoặc)\s+(?=[\d])")
_OPEN_GAP = re.compile(r"[^,;:.()]*\Z")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a figure is meant: its measure, value with sign, status and baseline."""

    measure: str
    value: Decimal | None
    value_high: Decimal | None
    status: str
    baseline: str | None


def clause_start(sentence: str, offset: int) -> int:
    """Return where the clause that holds ``offset`` begins (after the last semicolon)."""
    return sentence.rfind(";", 0, offset) + 1


def noun_phrase_end(
    sentence: str, quantity: Quantity, following: int, phrases: SentencePhrases
) -> int:
    """Return the end of the noun phrase that the figure counts.

    ``following`` is the start of the next figure (or the sentence's length).
    """
    end = min(following, len(sentence))
    begin = quantity.end
    match = _PHRASE_MARK.search(sentence, begin, end)
    if match:
        # "cán bộ, đảng viên" is one noun: a comma inside a counted noun ends nothing.
        end = match.start()
    for hit in phrases.context.get("noun_phrase_end", ()):
        if begin <= hit.start < end:
            end = hit.start
            break
    return end


def _governs(sentence: str, hits: list[Hit], figure: int) -> Hit | None:
    """Return the last hit that ends directly before a figure, with no mark between."""
    best: Hit | None = None
    for hit in hits:
        if hit.end <= figure and figure - hit.end <= GAP:
            between = sentence[hit.end : figure]
            if _OPEN_GAP.fullmatch(between) and not any(c.isdigit() for c in between):
                best = hit
    return best


def _within(hits: list[Hit], start: int, end: int) -> list[Hit]:
    return [hit for hit in hits if start <= hit.start and hit.end <= end]


def read_context(
    sentence: str,
    quantity: Quantity,
    previous_end: int,
    following: int,
    phrases: SentencePhrases,
) -> Reading:
    """Read measure, signed value, status and baseline of a figure from its context.

    ``previous_end`` and ``following`` bound what belongs to this figure alone.
    """
    context = phrases.context
    figure = quantity.number_start
    ratio = quantity.unit == "%"
    value, high = quantity.value, quantity.value_high
    increase = _governs(sentence, context.get("increase", []), figure)
    decrease = _governs(sentence, context.get("decrease", []), figure)
    level_after = _governs(sentence, context.get("level_after", []), figure)
    change = max((h for h in (increase, decrease) if h), key=lambda h: h.end, default=None)
    if change is not None and level_after is not None and level_after.end > change.start:
        change = None
    sign = -1 if change is not None and change is decrease else 1
    after_end = min(following, quantity.end + AFTER)
    targets = _target_words(context, quantity.end, after_end)
    if quantity.multiple:
        measure = "change_rel"
    elif ratio and targets:
        measure = "target_ratio"
        if _governs(sentence, context.get("exceed", []), figure) and value is not None:
            value += 100  # "vượt 5% kế hoạch" is 105
    elif change is not None:
        measure = "change_rel" if ratio else "change_abs"
        value = None if value is None else sign * value
        high = None if high is None else sign * high
    elif ratio:
        measure = "share"
    elif _governs(sentence, context.get("rank", []), figure):
        measure = "rank"
    else:
        measure = "level"
    return Reading(
        measure=measure,
        value=value,
        value_high=high,
        status=_status(sentence, quantity, previous_end, measure, context),
        baseline=_baseline(sentence, quantity, following, measure, targets, context),
    )


def _target_words(context: dict[str, list[Hit]], start: int, end: int) -> list[Hit]:
    blocked = context.get("target_not", [])
    return [
        hit
        for hit in context.get("target_words", [])
        if start <= hit.start < end
        and not any(b.start <= hit.start and hit.end <= b.end for b in blocked)
    ]


def _status(
    sentence: str,
    quantity: Quantity,
    previous_end: int,
    measure: str,
    context: dict[str, list[Hit]],
) -> str:
    figure = quantity.number_start
    begin = clause_start(sentence, figure)
    estimates = _within(context.get("estimate_status", []), max(begin, previous_end), figure)
    if estimates and figure - estimates[-1].end < 40:
        return "estimate"
    if measure == "target_ratio":
        return "actual"
    strong = _within(context.get("target_status_strong", []), begin, figure)
    if not strong:
        return "actual"
    last = strong[-1].end
    done = [h for h in _within(context.get("actual_status", []), last, figure) if h.start >= last]
    # "phấn đấu ... đạt 90%" stays a target; "mục tiêu ..., đã đạt 90%" does not.
    if any(sentence[h.start : h.end].lower() in {"đã", "vượt"} for h in done):
        return "actual"
    return "target"


def _baseline(
    sentence: str,
    quantity: Quantity,
    following: int,
    measure: str,
    targets: list[Hit],
    context: dict[str, list[Hit]],
) -> str | None:
    if quantity.total is not None:
        return quantity.number.rsplit("/", 1)[-1].strip()
    if measure == "target_ratio" and targets:
        hit = max(
            (t for t in targets if t.start == targets[0].start), key=lambda t: t.end - t.start
        )
        return sentence[hit.start : hit.end]
    if measure not in ("change_abs", "change_rel"):
        return None
    # The comparison may stand after a coordinated figure ("61% tổ chức và 16% số đảng viên
    # so với cùng kỳ"), so it is looked for up to the end of the clause.
    stop = sentence.find(";", quantity.end)
    stop = len(sentence) if stop < 0 else stop
    for hit in context.get("baseline_words", []):
        if quantity.end <= hit.start < stop:
            tail = re.split(r"[,;.()]|\s(?:và|trong đó)\s", sentence[hit.end : stop], maxsplit=1)[0]
            return tail.strip() or None
    for hit in context.get("baseline_bare", []):
        if quantity.end <= hit.start < min(stop, quantity.end + AFTER):
            return sentence[hit.start : hit.end]
    if quantity.multiple:
        tail = sentence[quantity.end : following]
        match = re.match(r"\s*(?:so với\s+)?(năm \d{4})", tail)
        return match.group(1) if match else None
    return None
