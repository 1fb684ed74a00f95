"""Find the mentions of documents in a text.

Where to start reading: :func:`find_mentions`.  At each anchor (see ``anchors.py``) the forms
are tried in a fixed order (plenum, congress, full, short, back); a row ("Chỉ thị 03, 05",
"khóa XI, khóa XII") gives one mention for each member.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vankien.language.cues import Hit
from vankien.tagging.references.anchors import Anchor, anchors_of
from vankien.tagging.references.grammar import (
    Grammar,
    date_of,
    grammar,
    ordinal,
    term_of,
    to_roman,
)
from vankien.tagging.references.issuers import PLENUM_SYMBOL, issuer_after, issuers
from vankien.tagging.references.knowledge import knowledge
from vankien.tagging.references.mention import Mention

__all__ = ["find_mentions"]

CONGRESS_SYMBOL = "NQ-ĐH-"
"""Before the roman number of a national congress in the knowledge base's numbers."""

_CENTRE = re.compile(r"T[WƯ]\Z")
"""The end of an abbreviation that names the plenum's body too ("NQTW 4")."""


def find_mentions(text: str, hits: list[Hit]) -> list[Mention]:
    """Return the mentions of a text in order, none overlapping, not yet resolved."""
    anchors = anchors_of(text, hits)
    if not anchors:
        return []
    found: list[Mention] = []
    position = 0
    finder = _Finder(text, grammar())
    for start, end, anchor in anchors:
        if start < position:
            continue
        mentions = finder.at(start, end, anchor)
        if mentions:
            found.extend(mentions)
            position = mentions[-1].end
    return found


class _Finder:
    """The forms tried at the anchors of one text."""

    def __init__(self, text: str, rules: Grammar) -> None:
        self.text = text
        self.rules = rules
        self.tails = rules.tails
        self.group = 0

    def at(self, start: int, end: int, anchor: Anchor | None) -> list[Mention]:
        """Return the mentions that begin at an anchor, one of a row each."""
        self.group += 1
        if anchor is None:
            number = self.text[start:end]
            types = self.rules.types_of(number)
            return [self._numbered(start, end, types, number)] if types else []
        if anchor.kind == "law":
            return self._law(start, end, anchor)
        if anchor.kind == "named":
            return self._named(start, end, anchor)
        if anchor.kind == "abbreviation":
            return self._abbreviated(start, end, anchor)
        return next((found for found in self._forms(start, end, anchor) if found), [])

    def _forms(self, start: int, end: int, anchor: Anchor) -> Iterator[list[Mention]]:
        if anchor.plenum:
            yield self._plenum(start, end, anchor.types)
        if anchor.congress:
            yield self._congress(start, end, anchor.types)
        yield self._full(start, end, anchor.types)
        yield self._short(start, end, anchor)
        yield self._back(start, end, anchor.types)

    def _abbreviated(self, start: int, end: int, anchor: Anchor) -> list[Mention]:
        if self.text[start:end] != anchor.written:
            return []
        types = anchor.types
        centre = _CENTRE.search(anchor.written)
        if anchor.plenum:
            found = self._plenum(start, end - (len(centre.group()) if centre else 0), types)
            if found or centre is not None:
                return found
        if anchor.congress:
            found = self._congress(start, end, types)
            if found:
                return found
        found = self._full(start, end, types)
        if found or anchor.weak:
            return found
        if self.rules.not_after.search(self.text, max(0, start - 30), start):
            return []
        found = self._short(start, end, anchor)
        return [m for m in found if m.number is not None and len(m.number) > 1]

    # -- numbers ---------------------------------------------------------------------------

    def _numbered(self, start: int, end: int, types: tuple[str, ...], number: str) -> Mention:
        """Make a mention with a number and read the date or term that follows."""
        short = re.fullmatch(r"\d+[a-zA-Z]?(?:/\d{4})?", number) is not None
        mention = Mention(
            start, end, "short" if short else "full", types, self.group,
            number=_clean(number),
        )  # fmt: skip
        self._suffixes(mention)
        return mention

    def _suffixes(self, mention: Mention) -> None:
        dated = self.tails["date"].match(self.text, mention.end)
        if dated is not None:
            mention.date = date_of(dated)
            mention.end = dated.end()
        term = self.tails["term"].match(self.text, mention.end)
        if term is not None:
            mention.term = term_of(term.group("term"))
            mention.end = term.end()
        if dated is None:
            year = self.tails["year"].match(self.text, mention.end)
            if year is not None:
                # Whether this is the document's year is settled with its candidates.
                mention.year = int(year.group("year") or year.group("year2"))
                mention.year_end = year.end()

    def _full(self, start: int, end: int, types: tuple[str, ...]) -> list[Mention]:
        match = self.tails["full"].match(self.text, end)
        if match is None:
            return []
        return [
            self._numbered(start, match.end("number"), types, match.group("number"))
        ]  # fmt: skip

    def _short(self, start: int, end: int, anchor: Anchor) -> list[Mention]:
        match = self.tails["short"].match(self.text, end)
        if match is None:
            return []
        number, after = match.group("number"), match.end("number")
        if not match.group("sign") and not self._stands_alone(start, number, after, anchor):
            return []
        if self._counts(after):
            return []
        found = [self._numbered(start, after, anchor.types, number)]
        while True:
            more = self.tails["more"].match(self.text, found[-1].end)
            if more is None or not self._ends_noun(more.end("number")):
                break
            found.append(
                self._numbered(more.start("number"), more.end("number"), anchor.types,
                               more.group("number"))
            )  # fmt: skip
        return found

    def _stands_alone(self, start: int, number: str, after: int, anchor: Anchor) -> bool:
        """Say whether a figure without "số" is the number of a document."""
        capital = self.text[start].isupper()
        year = re.fullmatch(r"(?:19|20)\d\d", number) is not None
        if year and not issuer_after(self.text, after).name:
            return False
        if anchor.kind == "abbreviation":
            return True
        if anchor.signed:
            return False
        if anchor.programme and number in self.rules.programmes:
            return False
        if anchor.weak:
            return capital and len(number) >= 2 and self._ends_noun(after)
        if not capital and (anchor.verb or len(number) < 2):
            return len(number) >= 2 and self._ends_noun(after)
        return len(number) >= 2 or self._ends_noun(after)

    def _counts(self, place: int) -> bool:
        """Say whether the figure that ends at a place counts the noun after it."""
        counted = self.rules.counted.match(self.text, place)
        if counted is None or self.tails["day"].match(self.text, place) is not None:
            return False
        follower = self.rules.followers.match(self.text, place)
        if follower is None or follower.end() < counted.end():
            return True  # "chỉ tiêu", not "chỉ"
        # "12 ban" counts, "12 Ban Bí thư" does not.
        noun = counted.end() - len(counted.group().lstrip())
        return follower.end() == counted.end() and self.text[noun].islower()

    def _ends_noun(self, place: int) -> bool:
        if self._counts(place):
            return False
        return (
            self.rules.followers.match(self.text, place) is not None
            or self.tails["term"].match(self.text, place) is not None
            or self.tails["day"].match(self.text, place) is not None
            or self.tails["date"].match(self.text, place) is not None
        )

    # -- plenums and congresses -------------------------------------------------------------

    def _plenum(self, start: int, end: int, types: tuple[str, ...]) -> list[Mention]:
        match = self.tails["plenum"].match(self.text, end)
        if match is None:
            return []
        number = ordinal(
            next(filter(None, map(match.group, ("word", "word2", "digit", "digit2"))), None)
        )
        if number is None:
            return []
        found = [self._of_plenum(start, match.end(), types, number)]
        found[0].plural = self._plural(start)
        while True:
            place = found[-1].end
            more = self.tails["more_term"].match(self.text, place)
            if more is not None and found[-1].term is not None:
                later = self._of_plenum(
                    more.start("member"), more.end(), types, found[-1].plenum or number
                )
                later.term = more.group("term")
                found.append(later)
                continue
            again = self.tails["more_plenum"].match(self.text, place)
            if again is None:
                break
            begin = again.start("centre") if again.group("centre") else again.start("digit")
            later = self._of_plenum(begin, again.end(), types, int(again.group("digit")))
            if later.term is None and not again.group("centre") and not self._ends_noun(later.end):
                break
            if self._counts(later.end):
                break
            found.append(later)
        # "Trung ương 6, 7 khóa XII": the term stands once, at the end.
        for earlier, later in zip(found[-2::-1], found[:0:-1], strict=False):
            earlier.term = earlier.term or later.term
        return found

    def _plural(self, start: int) -> bool:
        return self.rules.plural.search(self.text, max(0, start - 20), start) is not None

    def _of_plenum(self, start: int, end: int, types: tuple[str, ...], number: int) -> Mention:
        mention = Mention(start, end, "plenum", types, self.group, plenum=number)
        mention.issuer = issuers().symbols[PLENUM_SYMBOL]
        term = self.tails["term"].match(self.text, end)
        if term is not None:
            mention.term = term_of(term.group("term"))
            mention.end = term.end()
        return mention

    def _congress(self, start: int, end: int, types: tuple[str, ...]) -> list[Mention]:
        found: list[Mention] = []
        match = self.tails["congress"].match(self.text, end)
        while match is not None:
            first = not found
            mention = self._of_congress(start if first else match.start("name"), match, types)
            numbered = match.group("ordinal") or match.group("bare") or match.group("years")
            if mention is None or not (first or numbered):
                break
            found.append(mention)
            link = self.tails["link"].match(self.text, mention.end)
            match = self.tails["congress"].match(self.text, link.end()) if link else None
        return found

    def _of_congress(
        self, start: int, match: re.Match[str], types: tuple[str, ...]
    ) -> Mention | None:
        raw = match.group("ordinal") or match.group("bare")
        name = " ".join(filter(None, (match.group("name"), match.group("after")))).strip()
        whose = self.rules.congress.sub("", name, count=1).strip()
        unnamed = len(whose.split()) < 3 or self.rules.generic.search(name) is not None
        if raw is None and not match.group("years") and unnamed:
            return None  # without its number a congress is known by whose it is, if by one
        mention = Mention(start, match.end(), "congress", types, self.group, known=())
        number = ordinal(raw)
        if number is not None and self.rules.national.fullmatch(whose):
            mention.known = tuple(
                d.canonical
                for d in knowledge().documents
                if d.number == f"{CONGRESS_SYMBOL}{to_roman(number)}"
            )
        mention.issuer = " ".join(name.split())
        return mention

    # -- names -------------------------------------------------------------------------------

    def _law(self, start: int, end: int, anchor: Anchor) -> list[Mention]:
        surface = self.text[start:end]
        assert anchor.law is not None
        head = anchor.law.type
        named = surface[len(head) :].lstrip()
        # "luật đất đai" in small letters is a subject; "luật Đất đai" is the law.
        if not surface[0].isupper() and not named[:1].isupper():
            return []
        if self.tails["abroad"].match(self.text, end):
            return []
        mention = Mention(start, end, "law", (head,), self.group)
        match = self.tails["law"].match(self.text, end)
        versions = anchor.law.versions
        if match is not None and match.end() > end:
            mention.end = match.end()
            year = match.group("year") or match.group("year2")
            if match.group("number"):
                mention.number = _clean(match.group("number"))
                self._suffixes(mention)
            elif year:
                mention.year = int(year)
                versions = tuple(v for v in versions if f"@{year}" in v)
        mention.known = versions
        mention.draft = self.rules.drafts.search(self.text, max(0, start - 20), start) is not None
        return [mention]

    def _named(self, start: int, end: int, anchor: Anchor) -> list[Mention]:
        rule = anchor.named
        assert rule is not None
        # "điều lệ Đảng" needs the capital of the Party, "Hiến pháp" its own.
        words = self.text[start:end].split()
        if not words[-1 if rule.capital_last else 0][0].isupper():
            return []
        tail = rule.tail.match(self.text, end)
        finish = tail.end() if tail is not None else end
        if rule.stop.match(self.text, finish):
            return []
        if self.rules.court.search(self.text, max(0, start - 15), start):
            return []
        mention = Mention(start, finish, "named", anchor.types, self.group, known=())
        return [mention]

    def _back(self, start: int, end: int, types: tuple[str, ...]) -> list[Mention]:
        match = self.tails["back"].match(self.text, end)
        draft = self.rules.drafts.search(self.text, max(0, start - 20), start)
        if match is None or draft is not None or self._plural(start):
            return []  # "các nghị quyết này" are several: no single document is meant
        # "quy định trên địa bàn": "trên" points back only at the end of its noun.
        if match.group("back").lower() in self.rules.weak_back and not self.rules.followers.match(
            self.text, match.end()
        ):
            return []
        return [Mention(start, match.end(), "back", types, self.group)]


def _clean(number: str) -> str:
    return re.sub(r"\s", "", number).replace("–", "-").replace("—", "-")
