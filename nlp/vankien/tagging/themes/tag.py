"""Themes of the sentences of one text: the model's codes, and what the cues demand.

A code holds where its calibrated probability reaches its threshold.  Cues take part in the
probability; beside it, the codebook's rules for cues give a code that the model does not all
but exclude, and a cue marked ``always`` ("27 biểu hiện") gives its codes whatever the model
says, since the coding rules do (CODES.md, rule 5).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vankien.codebook import Codebook
from vankien.tagging.content import Content
from vankien.tagging.themes.cues import ThemeMention, is_negated, tag_sentence
from vankien.tagging.themes.model import Scored, ThemeModel, theme_model

__all__ = ["tag_sentences"]

ENOUGH_SENTENCES = 6
"""Sentences from which the absence of a word of public office says something."""

NO_OFFICE_DISCOUNT = 0.5
"""Factor on all probabilities of a document that never names a public office, a cadre or a
Party body: its sentences tell of other people (CODES.md, rule 2)."""

CUE_FLOOR = 0.1
"""Least probability with which a cue gives its code (dev: 0.880 of F1 against 0.877 with 0.1)."""


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
    result: list[list[ThemeMention]] = [[] for _ in sentences]
    for number, sentence in enumerate(sentences) if cued else [(n, sentences[n]) for n in reached]:
        cues = {m.theme: m for m in tag_sentence(codebook, hits, sentence.start, sentence.end)}
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
            negated = is_negated(hits, sentence.start, start, end)
            mentions[code] = ThemeMention(code, score, start, end, method, negated)
        for code, cue in cues.items():
            score = float(probabilities[number, model.place[code]])
            if code not in mentions and (cue.method == "always" or score >= CUE_FLOOR):
                mentions[code] = replace(cue, method="cue", score=round(score, 4))
        if mentions:
            result[number] = [mentions[code] for code in codebook.themes if code in mentions]
    return result
