"""Score period, scope and scope code of figures against the gold passages of settings.

The figures are given, so that the score is of the settings alone.  A period is right when
both dates are; a scope when it names the same organisation (:func:`same_scope`).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from vankien.analysis import Analysis
from vankien.codebook import load_codebook
from vankien.documents import CONTENT_PARTS, Metadata
from vankien.evaluation.gold import SettingPassage, load_gold
from vankien.evaluation.metrics import Count, Score, score
from vankien.gazetteer.organisations import organisation_data
from vankien.reading import from_text
from vankien.tagging.indicators.setting import NO_SETTING, Setting, SettingReader

__all__ = ["read_settings", "same_scope", "score_settings"]


@cache
def _lead() -> re.Pattern[str]:
    data = organisation_data()
    words = sorted((*data["spans"], *data["whole"]), key=len, reverse=True)
    return re.compile(rf"(?:(?:{'|'.join(re.escape(w) for w in words)})\s+)+", re.IGNORECASE)


def same_scope(found: str | None, gold: str | None) -> bool:
    """Whether two scopes name one organisation.

    Case, words of extent ("toàn") and an organ that stands for the whole of an
    organisation ("Ban Thường vụ") make no difference.
    """
    if found is None or gold is None:
        return found is gold

    def plain(scope: str) -> str:
        return _lead().sub("", " ".join(scope.split()).lower(), count=1)

    return plain(found) == plain(gold)


def read_settings(entry: SettingPassage) -> list[Setting]:
    """Return the settings that the program reads for a passage's figures, in their order."""
    document = from_text(
        entry.text,
        doc_id=entry.id,
        title=entry.title,
        metadata=Metadata(title=entry.title, published=entry.published, issuer=entry.issuer),
    )
    shift = document.text.index(entry.text)
    places: list[int] = []
    for figure in entry.figures:
        place = -1
        for _ in range(figure.at + 1):
            place = entry.text.index(figure.surface, place + 1)
        places.append(place + shift)
    indicators = load_codebook().indicators
    reader = SettingReader(document)
    found: dict[int, Setting] = {}
    for sentence in Analysis(document).sentences:
        if sentence.part not in CONTENT_PARTS:
            continue
        surface = document.text[sentence.start : sentence.end]
        reader.enter(sentence, surface)
        for number, (place, figure) in enumerate(zip(places, entry.figures, strict=True)):
            if sentence.start <= place < sentence.end:
                kind = indicators[figure.indicator].kind if figure.indicator else None
                found[number] = reader.read(surface, place - sentence.start, kind=kind)
    # What stands in no sentence of the text proper has no setting.
    return [found.get(number, NO_SETTING) for number in range(len(entry.figures))]


def score_settings(
    split: str, folder: Path | None, resamples: int
) -> tuple[list[Score], list[Score]]:
    """Return the accuracies of period, scope and scope code on a split."""
    counts: dict[str, list[Count]] = {"period": [], "scope": [], "scope_code": []}
    entry: SettingPassage
    for entry in load_gold("settings", split, folder):
        for setting, gold in zip(read_settings(entry), entry.figures, strict=True):
            right = {
                "period": (setting.period_start, setting.period_end)
                == (gold.period_start, gold.period_end),
                "scope": same_scope(setting.scope, gold.scope),
                "scope_code": setting.scope_code == gold.scope_code,
            }
            for name, hit in right.items():
                counts[name].append(Count(tp=int(hit), fp=int(not hit), fn=int(not hit)))
    return [
        score("settings", name, found, resamples=resamples) for name, found in counts.items()
    ], []
