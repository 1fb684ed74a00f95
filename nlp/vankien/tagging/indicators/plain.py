"""The figures of a sentence in which no frame is tried: most figures of ordinary text.

They have no indicator, so that only how each is meant is read, and that only where a word of
context stands beside it (:func:`vankien.tagging.indicators.context.read_context`).
"""

from __future__ import annotations

from vankien.documents import Sentence
from vankien.normalise import Folded
from vankien.quantities.mentions import Quantity
from vankien.tagging.indicators.context import Reading, plain_reading, read_context
from vankien.tagging.indicators.figure import UNCODED, Figure
from vankien.tagging.indicators.lexicon import lexicon
from vankien.tagging.indicators.phrases import is_governed, scan_context
from vankien.tagging.indicators.setting import NO_SETTING
from vankien.tagging.indicators.structure import plain_end, plain_place

__all__ = ["plain_figures", "says_by_how_much"]


def plain_figures(
    sentence: Sentence, surface: str, quantities: list[Quantity], folded: Folded
) -> list[Figure]:
    """Return the figures of a sentence in which no frame is tried.

    The quantities are moved to offsets of the document.
    """
    start = sentence.start
    phrases = None
    if _needs_context(sentence, quantities, folded):
        phrases = scan_context(folded, start, sentence.end)
    figures: list[Figure] = []
    last = len(quantities) - 1
    previous_end = 0
    for i, quantity in enumerate(quantities):
        following = quantities[i + 1].number_start if i < last else len(surface)
        end = plain_end(surface, quantity, following)
        if phrases is None:
            reading = plain_reading(quantity)
        else:
            place = plain_place(surface, quantity, previous_end, end)
            reading = read_context(surface, quantity, place, following, phrases)
        label = surface[quantity.number_end : end].strip(" ,;:.()%") or None
        if says_by_how_much(surface, quantity, reading):
            quantity.approx = "exact"
        previous_end = quantity.end
        quantity.move(start)
        unit = "%" if quantity.multiple else quantity.unit
        figures.append(
            Figure(sentence.index, quantity, reading, None, unit, label, NO_SETTING, None, UNCODED)
        )
    return figures


def _needs_context(sentence: Sentence, quantities: list[Quantity], folded: Folded) -> bool:
    """Say whether a figure of a sentence may be meant otherwise than it stands."""
    ratios = bounds = False
    points = lexicon().points
    for quantity in quantities:
        if quantity.unit == "%":
            ratios = True
        if quantity.multiple or (quantity.unit_text and quantity.unit_text.lower() in points):
            return True
        if quantity.approx in ("min", "max"):
            bounds = True
    return is_governed(folded, sentence.start, sentence.end, ratios=ratios, bounds=bounds)


def says_by_how_much(surface: str, quantity: Quantity, reading: Reading) -> bool:
    """Say whether "vượt" tells by how much ("vượt 5% kế hoạch"), and does not approximate."""
    return (
        quantity.approx == "over"
        and (reading.measure == "target_ratio" or reading.surplus)
        and surface[: quantity.number_start].rstrip().lower().endswith(lexicon().exceeding)
    )
