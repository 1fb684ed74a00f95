"""Whose act a figure tells of: the Party's, or that of state organs (CODES.md, coding rule 6).

Inspection, complaints and discipline by state organs alone are not in the catalogue ("UBND xã
tiếp nhận 19 đơn", "Công an huyện xử lý 412 trường hợp").  The subject of a clause is the first
body that it names; a clause that names none goes on with that of the clause before.
"""

from __future__ import annotations

from vankien.language.cues import Hit
from vankien.tagging.indicators.pending import Pending

__all__ = ["is_act_of_state"]

ACTS = ("inspection.", "discipline.")


def is_act_of_state(sentence: str, item: Pending, context: dict[str, list[Hit]]) -> bool:
    """Say whether a state organ is the subject of the clause that holds a figure."""
    candidate, figure = item.candidate, item.quantity.number_start
    if candidate is None or not candidate.indicator.code.startswith(ACTS):
        return False
    if candidate.head is not None and "đảng" in _text(sentence, candidate.head):
        return False
    organs = context.get("state_bodies", ())
    if not organs:
        return False
    party = context.get("party_bodies", ())
    subject: tuple[int, bool] | None = None
    end = figure
    while subject is None and end > 0:
        begin = sentence.rfind(";", 0, end) + 1
        named = [(h.start, False) for h in party if begin <= h.start and h.end <= end]
        named += [
            (h.start, True)
            for h in organs
            if begin <= h.start
            and h.end <= end
            and not any(0 <= h.start - p.end <= 1 or p.start <= h.start < p.end for p in party)
        ]
        subject = min(named, default=None)
        end = begin - 1
    return subject is not None and subject[1]


def _text(sentence: str, hit: Hit) -> str:
    return sentence[hit.start : hit.end].lower()
