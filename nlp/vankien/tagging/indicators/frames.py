"""Which indicator a figure measures: candidate frames are scored, the best one wins.

A frame names phrases for up to three places (see :class:`vankien.codebook.Frame`):

* the *head*, the counted noun: in the noun phrase after the figure ("2.053 đảng viên"), in
  its label ("đảng viên trẻ chỉ 29 đồng chí") or, for a percentage or a bare number, before
  it ("tỷ lệ đảng viên nữ đạt 40%");
* the *trigger*, the word that governs the figure: the nearest one to the left of the
  figure's chain ("kỷ luật 87 tổ chức đảng và 6.098 đảng viên"), or one in its own noun
  phrase ("12 đồng chí bị khiển trách");
* the *qualifier*, beside the noun or in the label ("là người dân tộc thiểu số").

Each place that is met adds to the score; distance, semicolons and figures between take
away.  A figure whose best score stays under :data:`THRESHOLD` has no indicator.
"""

from __future__ import annotations

import re

from vankien.codebook import Indicator
from vankien.language.cues import Hit
from vankien.quantities.mentions import Quantity
from vankien.tagging.indicators.candidate import Candidate, Scene, nearer, tells_event
from vankien.tagging.indicators.lexicon import lexicon
from vankien.tagging.indicators.phrases import CompiledFrame, SentencePhrases, frames
from vankien.tagging.indicators.structure import Place

__all__ = ["Candidate", "Scene", "best_frame", "is_labelled"]

THRESHOLD = 1.7
"""Lowest score of an accepted frame (set on the development gold)."""

HEAD_FIRST = 2.0
HEAD_LATER = 0.9
HEAD_LABEL = 1.7
HEAD_BEFORE = 1.4
PER_SYLLABLE = 0.12
TRIGGER_NEAR = 1.9
TRIGGER_AFTER = 1.6
TRIGGER_LABEL = 0.8
"""Added where the trigger is the figure's own label ("khai trừ 2")."""
QUALIFIER = 1.5
SUBJECT = 0.9
SUBJECT_CARRIED = 0.5
PER_CHARACTER = 0.008
PER_SEMICOLON = 1.1
PER_FIGURE = 0.12
BEFORE_WHOLE = 0.8
"""Taken from a trigger that governs the whole which the figure is a part of."""
ADJACENT = 0.8
"""Added where the qualifier follows the figure or its noun directly."""
BESIDE_LABEL = 0.9
"""Taken from what stands left of a label that is itself a phrase of the codebook."""
GENERAL_REACH = 75
"""Farthest trigger of a figure whose noun is as broad as "người"."""
LONG = 5
"""Syllables of a trigger that says all by itself what a broad noun counts."""
EVENT_MARGIN = 2.2
"""By how much a frame of a flow may score less than one of a stock and still be chosen."""
_NEXT = re.compile(r" (?:được |mới )?\d")
LEFT_REACH = 70
"""Farthest distance of a head that stands before its figure."""


def is_labelled(sentence: str, quantity: Quantity, place: Place, phrases: SentencePhrases) -> bool:
    """Say whether a phrase of the codebook is the figure's own label ("khai trừ 2")."""
    if (
        not _open_to_label(quantity)
        or not sentence[place.label_start : quantity.number_start].strip()
    ):
        return False
    changes = {
        (hit.start, hit.end)
        for name in ("increase", "decrease", "level_after")
        for hit in phrases.context.get(name, ())
    }
    return any(
        (hit.start, hit.end) not in changes and _is_label(sentence, quantity, place, hit)
        for table in (phrases.triggers, phrases.qualifiers, phrases.heads)
        for hits in table.values()
        for hit in hits
    )


def best_frame(
    sentence: str, quantity: Quantity, place: Place, phrases: SentencePhrases, scene: Scene
) -> Candidate | None:
    """Return the best frame for a figure, or None where none reaches the threshold."""
    table = frames()
    numbers = set(phrases.heads) | set(phrases.triggers) | set(phrases.qualifiers)
    best: Candidate | None = None
    event: Candidate | None = None
    for number in sorted(numbers):
        candidate = _score(sentence, quantity, place, phrases, scene, table[number])
        if candidate is None or candidate.score < THRESHOLD:
            continue
        if best is None or candidate.score > best.score:
            best = candidate
        if tells_event(candidate, phrases, quantity) and (
            event is None or candidate.score > event.score
        ):
            event = candidate
    if (
        best is not None
        and event is not None
        and best.indicator.kind == "stock"
        and (
            best.qualifier is None
            or event.evidence_end() > best.evidence_end()
            or (event.trigger is not None and event.trigger.end <= quantity.number_start)
        )
        and not best.indicator.within
        and not nearer(best, event, quantity)
        and event.score >= best.score - EVENT_MARGIN
        and set(best.indicator.dimensions) & set(event.indicator.dimensions)
    ):
        return event
    return best


def _score(
    sentence: str,
    quantity: Quantity,
    place: Place,
    phrases: SentencePhrases,
    scene: Scene,
    compiled: CompiledFrame,
) -> Candidate | None:
    frame, indicator = compiled.frame, compiled.indicator
    if not _dimension_fits(quantity, indicator):
        return None
    if frame.measures and scene.measure not in frame.measures:
        return None
    reduced = indicator.reduction and scene.measure == (
        "change_rel" if quantity.unit == "%" else "change_abs"
    )
    if scene.measure not in (*indicator.measures, "rank") and not reduced:
        return None
    if indicator.reduction and quantity.origin is not None:
        return None  # "giảm từ 2.300 xuống 2.071" states a stock
    if frame.part and scene.topic != indicator.code.partition(".")[0]:
        return None
    number = compiled.number
    score = frame.weight
    head = trigger = qualifier = None
    if frame.heads:
        head, value = _head(sentence, quantity, place, scene, phrases.heads.get(number, []))
        if head is None:
            return None
        score += value
    if scene.graded is not None and _takes_grade(quantity, head, scene.graded):
        family, _, name = indicator.code.partition(".")
        if name.startswith("graded") and family != scene.graded:
            return None
    if frame.triggers:
        trigger, value = _trigger(
            sentence,
            quantity,
            place,
            scene,
            phrases.triggers.get(number, []),
            frame.reach,
            event=indicator.kind == "flow",
        )
        if trigger is None:
            return None
        score += value
    if frame.qualifiers:
        qualifier = _qualifier(sentence, quantity, place, phrases.qualifiers.get(number, []))
        if qualifier is None:
            return None
        score += QUALIFIER + PER_SYLLABLE * _syllables(sentence, qualifier)
        if qualifier.start >= quantity.number_end:
            begin = max(quantity.end, head.end if head else 0)
            if not sentence[begin : qualifier.start].strip(" )%"):
                score += ADJACENT
        elif scene.labelled and qualifier.start < place.label_start:
            score -= BESIDE_LABEL
    if not frame.heads and not frame.qualifiers and _foreign_noun(quantity, indicator):
        return None
    if not frame.qualifiers and (quantity.unit_text or "").lower() in indicator.not_nouns:
        return None
    if place.uncounted and not _adjacent(sentence, quantity, head, qualifier):
        told = frame.any_noun and trigger is not None
        if not (told and trigger and _is_label(sentence, quantity, place, trigger)):
            return None
    if frame.subjects and quantity.unit in (None, "%"):
        score += _subject(quantity, phrases.subjects.get(number, []), number in scene.carried)
    if score < THRESHOLD:
        return None
    if _blocked(quantity, place, phrases.blocks.get(number, []), trigger, head):
        return None
    if quantity.total is not None and _only_states(quantity, indicator, frame.part, qualifier):
        return None  # "21.850/23.400 đảng viên cài đặt ứng dụng" counts what they did
    if indicator.domain and not any(scene.holds(phrase) for phrase in indicator.domain):
        return None
    return Candidate(indicator, score, head, trigger, qualifier, number)


def _only_states(
    quantity: Quantity, indicator: Indicator, part: bool, qualifier: Hit | None
) -> bool:
    """Say whether a frame names a stock of persons or places and no property of them."""
    return (
        indicator.kind == "stock"
        and quantity.dimension in ("person", "place")
        and qualifier is None
        and not part
        and not indicator.within
    )


def _takes_grade(quantity: Quantity, head: Hit | None, family: str) -> bool:
    """Say whether a figure has no noun that tells whose grade it is ("22 đồng chí")."""
    if quantity.unit not in (None, "%"):
        persons = quantity.dimension == "person"
        return (
            persons is (family != "orgs")
            and (quantity.unit_text or "").lower() in lexicon().open_nouns
        )
    return head is None or head.start < quantity.number_end


def _syllables(sentence: str, hit: Hit) -> int:
    return sentence.count(" ", hit.start, hit.end) + 1


def _dimension_fits(quantity: Quantity, indicator: Indicator) -> bool:
    if quantity.unit is None or quantity.unit in ("%", "lần"):
        if indicator.dimensions == ["money"] and quantity.unit is None:
            return False
        return quantity.unit != "lần" or quantity.multiple
    return quantity.dimension in indicator.dimensions


def _foreign_noun(quantity: Quantity, indicator: Indicator) -> bool:
    """A frame without head may not claim a figure that counts a noun of its own kind."""
    if quantity.unit is None or quantity.unit == "%":
        return False
    return quantity.dimension not in indicator.dimensions


def _adjacent(sentence: str, quantity: Quantity, head: Hit | None, qualifier: Hit | None) -> bool:
    """Say whether a phrase of the frame follows the bare number directly."""
    return any(
        hit is not None
        and hit.start >= quantity.number_end
        and not sentence[quantity.number_end : hit.start].strip()
        for hit in (head, qualifier)
    )


def _is_label(sentence: str, quantity: Quantity, place: Place, hit: Hit) -> bool:
    return (
        place.label_start <= hit.start
        and hit.end <= quantity.number_start
        and lexicon().filler.fullmatch(sentence[hit.end : quantity.number_start]) is not None
    )


def _head(
    sentence: str, quantity: Quantity, place: Place, scene: Scene, hits: list[Hit]
) -> tuple[Hit | None, float]:
    best: Hit | None = None
    value = 0.0
    for hit in hits:
        if hit.end <= quantity.number_start and (
            lexicon().locative.search(sentence, max(0, hit.start - 16), hit.start)
            or _names_one(sentence, hit)
        ):
            continue
        if quantity.number_end <= hit.start <= place.phrase_end:
            between = sentence[quantity.number_end : hit.start].strip(" %")
            first = between.lower() in lexicon().transparent or hit.start <= quantity.end
            gained = HEAD_FIRST if first else HEAD_LATER
        elif _is_label(sentence, quantity, place, hit) and _open_to_label(quantity):
            gained = HEAD_LABEL
        elif (
            place.clause <= hit.start
            and hit.end <= quantity.number_start
            and place.anchor - hit.end <= LEFT_REACH
            and _open_to_left(quantity, place, scene, hit)
        ):
            gained = HEAD_BEFORE - PER_CHARACTER * max(0, place.anchor - hit.end)
            gained -= PER_FIGURE * sum(1 for f in place.figures_before if hit.end <= f)
            if scene.labelled and hit.start < place.label_start:
                gained -= BESIDE_LABEL
        else:
            continue
        gained += PER_SYLLABLE * _syllables(sentence, hit)
        if best is None or gained > value:
            best, value = hit, gained
    return best, value


def _names_one(sentence: str, hit: Hit) -> bool:
    """Say whether a noun opens the name of one organisation ("của Chi bộ thôn Phú Hạ")."""
    return (
        sentence[hit.start].isupper()
        and sentence[max(0, hit.start - 2) : hit.start].strip().isalpha()
        and sentence[hit.start : hit.end].lower().startswith(lexicon().bodies)
    )


def _open_to_left(quantity: Quantity, place: Place, scene: Scene, hit: Hit) -> bool:
    """Say whether a noun that stands before a figure, and not as its label, may be its noun.

    So for a share, a change, a ratio or money; for a general noun ("người") only in the
    figure's own stretch; never for a bare number or a figure with a noun of its own.
    """
    if quantity.unit == "%" or quantity.multiple or quantity.dimension == "money" or quantity.rank:
        return True
    if quantity.unit is None and scene.measure == "level":
        return hit.start >= place.label_start and not place.uncounted
    return _open_to_label(quantity) and (scene.changed or hit.start >= place.label_start)


def _open_to_label(quantity: Quantity) -> bool:
    text = (quantity.unit_text or "").lower()
    return quantity.unit in (None, "%") or quantity.multiple or text in lexicon().open_nouns


def _general(quantity: Quantity) -> bool:
    return (quantity.unit_text or "").lower() in lexicon().broad


def _trigger(
    sentence: str,
    quantity: Quantity,
    place: Place,
    scene: Scene,
    hits: list[Hit],
    reach: int,
    *,
    event: bool,
) -> tuple[Hit | None, float]:
    best: Hit | None = None
    value = 0.0
    for hit in hits:
        if hit.end <= quantity.number_start:
            if event and _bracketed_off(sentence, hit, quantity.number_start):
                continue
            distance = max(0, place.anchor - hit.end)
            if hit.start >= place.anchor:
                distance = quantity.number_start - hit.end
            broad = _general(quantity) and _syllables(sentence, hit) < LONG
            if distance > (min(reach, GENERAL_REACH) if broad else reach):
                continue
            figures = sum(1 for f in place.figures_before if hit.end <= f < place.anchor)
            gained = (
                TRIGGER_NEAR
                - PER_CHARACTER * distance
                - PER_SEMICOLON * sentence.count(";", hit.end, quantity.number_start)
                - PER_FIGURE * figures
            )
            if _is_label(sentence, quantity, place, hit):
                gained += TRIGGER_LABEL
            elif hit.end <= scene.whole:
                gained -= BEFORE_WHOLE
            elif scene.labelled and hit.start < place.label_start:
                gained -= BESIDE_LABEL
        elif (
            quantity.number_end
            <= hit.start
            < (place.right_end if place.open_end else place.phrase_end)
        ):
            if quantity.dimension == "organisation" and _NEXT.match(sentence, hit.end):
                continue  # "ba đảng bộ khai trừ 2, cảnh cáo 5": what they did
            gained = TRIGGER_AFTER - PER_CHARACTER * max(
                0, hit.start - max(quantity.end, min(place.phrase_end, hit.start))
            )
            if hit.start >= place.phrase_end:
                gained -= PER_FIGURE
        else:
            continue
        gained += PER_SYLLABLE * _syllables(sentence, hit)
        if gained > 0 and (best is None or gained > value):
            best, value = hit, gained
    return best, value


def _bracketed_off(sentence: str, hit: Hit, figure: int) -> bool:
    """Say whether a word stands in a bracket that closed before the figure."""
    closing = sentence.find(")", hit.end, figure)
    if closing < 0:
        return False
    opening = sentence.rfind("(", 0, hit.start)
    return opening > sentence.rfind(")", 0, hit.start)


def _qualifier(sentence: str, quantity: Quantity, place: Place, hits: list[Hit]) -> Hit | None:
    if quantity.dimension == "organisation":
        hits = [
            h for h in hits if h.start < quantity.number_end or not _NEXT.match(sentence, h.end)
        ]
    inside = [h for h in hits if quantity.number_end <= h.start < place.phrase_end]
    if not inside and place.open_end and (quantity.unit == "%" or place.mixed):
        inside = [h for h in hits if quantity.number_end <= h.start < place.right_end]
    if inside:
        return max(inside, key=lambda hit: hit.end - hit.start)
    labels = [h for h in hits if _is_label(sentence, quantity, place, h)]
    if labels and _open_to_label(quantity):
        return max(labels, key=lambda hit: hit.end - hit.start)
    if quantity.unit in (None, "%"):
        # "tỷ lệ tổ chức cơ sở đảng hoàn thành tốt nhiệm vụ đạt 90%"
        before = [
            h
            for h in hits
            if max(place.clause, place.previous_end) <= h.start
            and h.end <= quantity.number_start
            and quantity.number_start - h.end <= LEFT_REACH
        ]
        if before:
            return max(before, key=lambda hit: hit.end - hit.start)
    return None


def _subject(quantity: Quantity, hits: list[Hit], carried: bool) -> float:
    before = [h for h in hits if h.end <= quantity.number_start]
    if before:
        return SUBJECT - PER_CHARACTER * min(60, quantity.number_start - before[-1].end)
    if any(h.start >= quantity.number_end for h in hits[:1]):
        return 0.0
    return SUBJECT_CARRIED - 0.2 if carried else 0.0


def _blocked(
    quantity: Quantity, place: Place, hits: list[Hit], trigger: Hit | None, head: Hit | None
) -> bool:
    begin = min(
        [place.label_start] + ([trigger.start] if trigger else []) + ([head.start] if head else [])
    )
    return any(begin < hit.end and hit.start < max(place.phrase_end, quantity.end) for hit in hits)
