"""Themes of the sentences of one text: the model's codes, and what the cues demand.

A code holds where its calibrated probability reaches its threshold.  Cues take part in the
probability; beside it, a cue marked ``always`` ("27 biểu hiện") gives its codes whatever the
model says, since the coding rules do (CODES.md, rule 5), and where a model has learned from
few sentences, the codebook's rules for cues give a code that it does not all but exclude.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from vankien.codebook import MANIFESTATION_GROUPS, VERSION, Codebook
from vankien.language.cues import Hits
from vankien.tagging.content import Content
from vankien.tagging.themes.cues import ThemeMention, is_negated, is_shielded, tag_sentence
from vankien.tagging.themes.model import LONG_SENTENCE, Scored, ThemeModel, theme_model

__all__ = ["tag_sentences"]

ENOUGH_SENTENCES = 6
"""Sentences from which the absence of a word of public office says something."""

NO_OFFICE_DISCOUNT = 0.5
"""Factor on all probabilities of a document that never names a public office, a cadre or a
Party body: its sentences tell of other people (CODES.md, rule 2)."""

CUE_FLOOR = 0.1
"""Least probability with which a cue gives its code in a model of few sentences."""

STRONG_FLOOR = 0.25
"""The same for a strong cue where the arbiter has weighed the cues, and for any cue of a long
sentence: where five faults are listed, one named in two words has little weight.  (If every
cue did so with 0.1, F1 on dev would be 0.890 instead of 0.898.)"""

ABSENT, ABSENT_WITH_WORDS = 0.4, 0.1
"""Probability from which a sentence speaks of something absent, and the same where a negating
phrase stands before the evidence (out of fold, of 548 such sentences among 10,144 with a
manifestation: F1 0.81; by the phrases alone about 0.5)."""


def tag_sentences(
    codebook: Codebook, content: Content, scored: Scored, *, model: ThemeModel | None = None
) -> list[list[ThemeMention]]:
    """Return the themes of each sentence, at most one mention a code, in the codebook's order.

    ``scored`` is what ``model`` (the one that comes with vankien unless given) scored.
    """
    model = model or theme_model()
    sentences, hits = content.sentences, content.hits
    probabilities = scored.probabilities
    # A codebook without such words (of another subject) asks for none.
    public = bool(codebook.official_context)
    if public and len(sentences) >= ENOUGH_SENTENCES and not hits.of("official"):
        probabilities = probabilities * NO_OFFICE_DISCOUNT
    reached: dict[int, list[int]] = {}
    for number, label in np.argwhere(probabilities >= model.thresholds).tolist():
        reached.setdefault(number, []).append(label)
    cued = bool(hits.of("theme"))
    weighed = model.arbiter is not None
    result: list[list[ThemeMention]] = [[] for _ in sentences]
    for number, sentence in enumerate(sentences) if cued else [(n, sentences[n]) for n in reached]:
        cues = {m.theme: m for m in tag_sentence(codebook, hits, sentence.start, sentence.end)}
        absent = float(scored.absent[number])
        mentions: dict[str, ThemeMention] = {}
        for label in reached.get(number, ()):
            code = model.labels[label]
            score = round(float(probabilities[number, label]), 4)
            cue = cues.get(code)
            if cue is not None:
                start, end, method = cue.start, cue.end, "both"
            else:
                span = model.evidence(scored, number, label, content)
                start, end = span or (sentence.start, sentence.end)
                method = "model"
            negated = _is_negated(codebook, code, absent, hits, (sentence.start, start, end))
            mentions[code] = ThemeMention(code, score, start, end, method, negated)
        for code, cue in cues.items():
            score = float(probabilities[number, model.place[code]])
            floor = CUE_FLOOR
            if weighed:
                long = sentence.end - sentence.start >= LONG_SENTENCE
                floor = STRONG_FLOOR if cue.strong or long else math.inf
            if code not in mentions and (cue.method == "always" or score >= floor):
                place = (sentence.start, cue.start, cue.end)
                negated = _is_negated(codebook, code, absent, hits, place)
                mentions[code] = replace(cue, method="cue", score=round(score, 4), negated=negated)
        if mentions:
            result[number] = [mentions[code] for code in codebook.themes if code in mentions]
    return result


def _is_negated(
    codebook: Codebook, code: str, absent: float, hits: Hits, place: tuple[int, int, int]
) -> bool:
    """Say whether a code is said to be absent; ``place`` is sentence, evidence and its end.

    Of vankien's codes only a manifestation can be absent: "không có đơn tố cáo" still tells of
    the work.  ``absent`` is what the model says of the sentence; a researcher's model, which
    seldom knows of such sentences, follows the words alone.
    """
    words = is_negated(hits, *place)
    if codebook.version != VERSION:
        return words
    if code.partition(".")[0] not in MANIFESTATION_GROUPS or is_shielded(hits, *place[:2]):
        return False
    return absent >= (ABSENT_WITH_WORDS if words else ABSENT)
