"""Sentence boundaries, aware of how Party documents and the press are written.

Where to start reading: :func:`split_block` walks over the places of one paragraph where a
sentence may end; :func:`_ends` decides about one of them; :func:`split_document` applies
this to the blocks of a document.  Words are data (``corpus/codebook/sentences.yaml``).

A mark (. ! ? …), with the quotation marks and brackets that close behind it, ends a
sentence unless a rule says no:

* inside numbers ("2.053", the slip "66. 024", "30. 10. 2016"), symbols, internet addresses;
* after an abbreviation or an initial ("TP.", "PGS. TS.", "Nguyễn V. A."), unless a word
  follows that opens sentences; after "T.Ư" it may end;
* after the number of a heading or list item at the start ("1.2.", "I.", "Điều 4.");
* before a small letter, except that of a list item ("b) ...");
* before the credit of a picture, which belongs to its caption ("... XVII. (Ảnh: HP)");
* between a quotation and who said it ("... được không?” – Chủ tịch xã hỏi").

A full stop without a space ("được giao.Công tác") ends a sentence too.  Where the mark is
lost, a sentence still ends at a line break (unless a small letter follows), behind the
credit of a picture and before beginnings as plain as "Tuy nhiên".  Not recognised: captions
without credit that run into a text which begins with any other word.  Headings and captions
are one sentence each.
"""

from __future__ import annotations

import re

from vankien.documents import BlockKind, Document, Part, Sentence
from vankien.language.sentence_rules import CLOSERS, SentenceRules, sentence_rules
from vankien.normalise import UPPER

__all__ = ["split_block", "split_document"]

_OPENERS = "“\"'‘«([{-–—•+*…"
_DASHES = "-–—"
_QUOTES = frozenset("\"'”’»")
_ITEM = re.compile(r"[a-zđ]{1,2}\)(?!\w)")
_GROUP = re.compile(r"\d{3}(?!\d)")
_SOURCE = re.compile(r"\([^()\n]{1,120}\)")
_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")
_MONTH_YEAR = re.compile(r"\d{1,2}\.\s?(?:19|20)\d\d(?!\d)")
_DAY_MONTH = re.compile(r"(?<!\d)\d{1,2}\.\s?\d{1,2}\Z")
_COUNT = re.compile(r"\d{1,9}(?:[.,]\d{1,9}){0,4}%?\s")
_LOWER_CASE_AFTER_COUNT = re.compile(r"\d{1,3}%?\s[^\W\d_]")
_NUMBERING = 24
"""The number of a heading at the start of a sentence, with its noun, is shorter."""
_REACH = 60
"""No word that matters is longer; looking back stops there, so that no text is slow."""


def split_block(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences of one paragraph, without outer white space.

    Every character but white space lies in exactly one span, and each sentence alone is one
    sentence again.
    """
    rules = sentence_rules()
    cuts = _cuts(text, rules)
    spans: list[tuple[int, int]] = []
    quotes = counted = 0
    start = begin = _skip(text, 0)
    size = len(text)
    for match in rules.place.finditer(text):
        mark, stop = match.span()
        if mark < begin:  # inside the credit of a picture, or white space already read
            continue
        while cuts and cuts[-1] <= mark:
            cut = cuts.pop()
            if cut > start:
                _add(spans, text, start, cut)
                start = cut
        after = stop + 1
        if (
            after < size
            and text[stop] == " "
            and stop - mark == 1
            and text[after].isupper()
            and text[mark] == "."
            and text[mark - 1].islower()
            and mark - start > _NUMBERING
            and text[mark - 2].islower()
        ):
            # Most sentences end so; the rules below say the same, but slowly.
            word = text[text.rfind(" ", max(start, mark - _REACH), mark) + 1 : mark]
            if (
                word.isalpha()
                and word not in rules.titles
                and (text[after] not in rules.credit_heads or not rules.credit.match(text, after))
            ):
                spans.append((start, stop))
                start = after
                continue
        found = text[mark]
        bracket = _bracket(text, mark, stop, rules)
        if bracket is not None:
            begin = stop = bracket
            while cuts and cuts[-1] < stop:
                cuts.pop()
            after = begin = _skip(text, stop)
            if after == stop or after >= size or not _capital(text, after):
                continue
        elif found == "(":
            continue
        elif found == "\n":
            after = begin = _skip(text, stop)
            if after < size and text[after].islower() and not _ITEM.match(text, after):
                continue
        else:
            after = begin = _skip(text, stop)
            if after == stop < size and text[stop].isalnum() and '"' in match.group():
                # Without a space, a straight quotation mark may open or close.
                quotes += text.count('"', counted, mark)
                counted = mark
                first = text.index('"', mark, stop)
                if _ends(text, start, mark, first, stop, rules):
                    end = stop if quotes % 2 else first
                    _add(spans, text, start, end)
                    start = end
                continue
            if not _ends(text, start, mark, stop, after, rules):
                continue
        _add(spans, text, start, stop)
        start = after
    for cut in reversed(cuts):
        if cut > start:
            _add(spans, text, start, cut)
            start = cut
    _add(spans, text, start, size)
    return spans


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))


def _skip(text: str, place: int) -> int:
    """Return the next place that is not white space."""
    size = len(text)
    while place < size and text[place].isspace():
        place += 1
    return place


def _capital(text: str, place: int) -> bool:
    """Tell whether a sentence may begin here: a capital, perhaps behind a quotation mark."""
    if text[place] in "“\"'‘«" and place + 1 < len(text):
        place += 1
    return text[place].isupper()


def _bracket(text: str, mark: int, stop: int, rules: SentenceRules) -> int | None:
    """Return where the credit of a picture ends that begins here in brackets.

    The source of a quotation ("... trong sạch.” (Toàn tập, tập 5)") is read alike.
    """
    if text[mark] == "(":
        found = rules.bracket_credit.match(text, mark)
    elif text[stop - 1] in _QUOTES and text.startswith(" (", stop):
        found = _SOURCE.match(text, stop + 1)
    else:
        return None
    return found.end() if found else None


def _cuts(text: str, rules: SentenceRules) -> list[int]:
    """Return, last first, the places where a sentence begins without a mark before it."""
    cuts = []
    for match in rules.run_in.finditer(text):
        space = match.start()
        if match["opening"] is not None:
            if not space or not text[space - 1].islower():
                continue
            word = text[text.rfind(" ", max(0, space - _REACH), space) + 1 : space]
            # One letter is an item, a unit or a slip; and "phim Tuy nhiên" is a title.
            if len(word) > 1 and word.isalpha() and word not in rules.naming:
                cuts.append(space + 1)
        elif match["plain"] is not None:
            end = match.end()
            if text.startswith(" ", end) and end + 1 < len(text) and text[end + 1].isupper():
                cuts.append(end + 1)
        else:
            cut = _after_names(text, match.end(), rules)
            if cut is not None:
                cuts.append(cut)
    return sorted(set(cuts), reverse=True)


def _after_names(text: str, place: int, rules: SentenceRules) -> int | None:
    """Return where the text begins behind the names of a credit, if it runs on.

    "Ảnh: Hoàng Vương Ông Chài bảo": the first word that opens sentences, or that follows a
    name all in capitals ("Ảnh: LÊ MAI Phó Bí thư"); else, before a small letter, the last
    capitalised word ("Ảnh: La Mai Năm nay").
    """
    names = rules.names.match(text, place)
    if names is None:
        return None
    last, loud = -1, True
    previous = place
    for space in re.finditer(rf" (?=[{UPPER}])", names.group()):
        word = place + space.end()
        if text[word - 2].isalnum() or text[word - 2] == ".":
            opening = rules.subject.match(text, word)
            if opening and text[opening.end() : opening.end() + 2].strip(".") not in ("", " "):
                return word
            loud = loud and word - previous > 2 and text[previous:word].isupper()
            if loud and text[word + 1 : word + 2].islower() and text.startswith(" ", names.end()):
                return word
            last = previous = word
    end = names.end()
    if last > 0 and text.startswith(" ", end) and text[end + 1 : end + 2].islower():
        return last
    return None


def _ends(text: str, start: int, mark: int, stop: int, after: int, rules: SentenceRules) -> bool:
    """Tell whether the marks ``text[mark:stop]`` end the sentence that begins at ``start``.

    ``after`` is where the text goes on behind white space (or behind a quotation mark).
    """
    if after >= len(text):
        return True
    following = text[after]
    gap = after > stop and text[stop].isspace()
    if following.islower():
        return gap and _ITEM.match(text, after) is not None and mark > start + 1
    if rules.credit.match(text, after):
        return False
    if "\n" in text[stop:after]:
        return True
    if following in ",;:.!?/)]}…%”’»":
        return False
    closed = text[stop - 1]
    if closed in _QUOTES and following in _DASHES:
        # A speaker's name follows ("?” – Chủ tịch xã hỏi") unless another speech does.
        return text[after + 1 : after + 3].strip()[:1] in ("“", '"', "‘", "«")
    if closed in _QUOTES and gap and _SOURCE.match(text, after):
        return False
    if mark > start and text[mark - 1] in "[(" and closed in "])":
        return False  # "[...]"
    marks = text[mark:stop].rstrip(CLOSERS)
    if marks != ".":
        if not gap and following.isdigit():
            return False
        return following.isupper() or following.isdigit() or following in _OPENERS
    return _stop_ends(text, start, mark, after, gap, rules)


def _stop_ends(
    text: str, start: int, mark: int, after: int, gap: bool, rules: SentenceRules
) -> bool:
    """Decide about one full stop before a capital, a digit or an opening mark."""
    following = text[after]
    floor = max(start, mark - _REACH)
    head = max(text.rfind(" ", floor, mark), text.rfind("\n", floor, mark)) + 1
    word = text[max(head, floor) : mark]
    if mark - start <= 2 * _NUMBERING and rules.numbering.match(text, start, mark):
        return False
    if following.isdigit() and word[-1:].isdigit():
        return _number_ends(text, floor, mark, after, gap, rules)
    if mark - head <= 2 and word.isdigit() and text[max(floor, head - 2) : head] in (": ", "; "):
        return False  # ": 1. Phát triển ..."
    word = word.lstrip("“\"'‘«([{")
    last = word.rsplit(".", 1)[-1]
    if word in rules.wholes:
        return gap
    if len(last) == 1 and last.isupper():
        return gap and _letter_ends(text, floor, head, word, after, rules)
    if word in rules.titles or last in rules.titles:
        return gap and rules.opening.match(text, after) is not None
    return gap or _joined_ends(text, word, last, after, rules)


def _letter_ends(
    text: str, floor: int, head: int, word: str, after: int, rules: SentenceRules
) -> bool:
    """Decide about a stop behind one capital letter: a label ends, an initial does not."""
    before = text[floor : max(head - 1, floor)].rsplit(maxsplit=1)
    previous = before[-1].lstrip("“\"'‘«([{") if before else ""
    small = previous.lower()
    if len(word) > 1:  # "N.Đ."
        return rules.subject.match(text, after) is not None
    if small in rules.labels:
        return True
    if previous.endswith("."):
        return rules.subject.match(text, after) is not None
    if word in rules.titles and small not in rules.persons:
        return rules.opening.match(text, after) is not None
    if small in rules.persons:
        return rules.subject.match(text, after) is not None
    if not previous or previous[0].isupper():
        return rules.opening.match(text, after) is not None
    # A lone letter behind a common word is a label unless more initials follow.
    return text[after + 1 : after + 2] != "."


def _number_ends(
    text: str, floor: int, mark: int, after: int, gap: bool, rules: SentenceRules
) -> bool:
    """Decide about a stop between digits."""
    if not gap:
        # "năm 2020.15 phòng": a year, then a count.
        year = mark - 4 >= floor and _YEAR.match(text, mark - 4, mark)
        lone = mark - 5 < floor or text[mark - 5] not in "0123456789.,/"
        return bool(year and lone and _LOWER_CASE_AFTER_COUNT.match(text, after))
    digits = mark
    while digits > floor and text[digits - 1].isdigit():
        digits -= 1
    long = mark - digits
    previous = text[floor:digits].rsplit(maxsplit=1)[-1:]
    label = previous[0].lower() if previous and text[digits - 1 : digits].isspace() else ""
    if long <= 2:
        if _MONTH_YEAR.match(text, after):
            return False
        if _YEAR.match(text, after) and (
            label in rules.months or _DAY_MONTH.search(text[max(floor, mark - 7) : mark])
        ):
            return False
    return not (long <= 3 and label not in rules.labels and _GROUP.match(text, after))


def _joined_ends(text: str, word: str, last: str, after: int, rules: SentenceRules) -> bool:
    """Decide about a stop without a space behind it ("được giao.Công tác")."""
    following = text[after]
    if "@" in word or "www" in word or "://" in word:
        return False
    if following.isdigit():
        return (
            len(last) > 1
            and last[-1].islower()
            and last.isalpha()
            and _COUNT.match(text, after) is not None
        )
    if not following.isupper():
        return following in "“‘«("
    end = after + 1
    while end < len(text) and end < after + _REACH and text[end].isalnum():
        end += 1
    first = text[after:end]
    if first.lower() in rules.domains or not first.isalpha():
        return False
    if "." in word and any(part[:1].isalpha() for part in word.split(".")[:-1]):
        return False  # "Trojan.Win32.Generic"
    if text[end : end + 1] and not (text[end].isspace() or text[end] in ",:"):
        return False  # "(LB.Car)"
    small = len(first) > 1 and first[1:].islower()
    if not small and not (len(first) == 1 and last[-1:].islower() and text[end : end + 1] == " "):
        return False
    if not last or not last[-1].isalpha():
        return True
    return len(last) > 1


def split_document(document: Document) -> list[Sentence]:
    """Return the sentences of a document in order; tables have none."""
    text = document.text
    sentences: list[Sentence] = []
    for block in document.blocks:
        if block.kind is BlockKind.TABLE:
            continue
        body = text[block.start : block.end]
        heading = block.kind is BlockKind.HEADING
        spans: list[tuple[int, int]] = []
        if heading or block.part in (Part.CAPTION, Part.HEADER, Part.FOOTER):
            _add(spans, body, 0, len(body))
        else:
            spans = split_block(body)
        sentences.extend(
            Sentence(
                index=index,
                start=block.start + start,
                end=block.start + end,
                part=block.part,
                page=block.page,
                section=block.section,
                heading=heading,
            )
            for index, (start, end) in enumerate(spans, start=len(sentences))
        )
    return sentences
