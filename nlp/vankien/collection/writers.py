"""The documents of the generated collection, by kind: reports, articles, notices."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from vankien.collection.forms import Composed, Heading
from vankien.collection.sentences import Coded, Dealer
from vankien.collection.statements import Stated, choose, fill
from vankien.collection.world import Place, World, data, place_on

__all__ = ["Writer"]

WORK = {
    "ideology": ("TUYENGIAO", "NENTANG", "CHITHI05", "NEUGUONG"),
    "organisation": ("DANGVIEN", "CHIBO", "CANBO", "TOCHUC", "DANHGIA"),
    "inspection": ("KIEMTRA", "PCTN", "BVCTNB"),
}
"""Themes of Party-building work in each section of a report."""

REFERENCES_FROM = {
    "21-KL/TW": date(2021, 10, 25), "37-QĐ/TW": date(2021, 10, 25), "22-QĐ/TW": date(2021, 7, 28),
    "08-QĐi/TW": date(2018, 10, 25), "35-NQ/TW": date(2018, 10, 22),
    "18-NQ/TW": date(2017, 10, 25), "39-NQ/TW": date(2015, 4, 17),
    "30-QĐ/TW": date(2016, 7, 26), "04-NQ/TW": date(2016, 10, 30),
}  # fmt: skip
REFERENCES_UNTIL = {"30-QĐ/TW": date(2021, 7, 28), "47-QĐ/TW": date(2021, 10, 25)}


def in_force(sentence: str, day: date) -> bool:
    """Return whether the documents that a sentence names were in force on a day."""
    return all(day >= since for name, since in REFERENCES_FROM.items() if name in sentence) and all(
        day < until for name, until in REFERENCES_UNTIL.items() if name in sentence
    )


class Writer:
    """Writes documents of one world; the same seed writes the same."""

    def __init__(self, random: Random, world: World) -> None:
        self.random = random
        self.world = world
        self.dealer = Dealer(random)
        self.figures: list[dict[str, Any]] = data("figures")["groups"]
        self.frames: dict[str, Any] = data("frames")
        self._number = 0

    def day(self, first: date, last: date) -> date:
        """Draw a day."""
        return first + timedelta(days=self.random.randint(0, (last - first).days))

    def name(self, kind: str) -> str:
        """Return a name that no other document has."""
        self._number += 1
        return f"{kind}-{self._number:04d}"

    # --- themes -------------------------------------------------------------------------

    def _group(self, year: int) -> str:
        """Draw a group of themes as often as the year has it."""
        first, last = data("world")["years"]
        place = min(max(year, first), last) - first
        weights: dict[str, int] = {g: row[place] for g, row in data("world")["themes"].items()}
        return self.random.choices(list(weights), weights=list(weights.values()))[0]

    def themed(self, year: int, role: str | None, number: int) -> list[Coded]:
        """Deal sentences on themes, as the year has them; none without a theme in a role."""
        found: list[Coded] = []
        while len(found) < number:
            group = self._group(year)
            if role is None or group != "none":
                found.append(self.dealer.of_group(group, role))
        return found

    def worked(self, section: str, number: int) -> list[Coded]:
        """Deal results of Party-building work that belong into a section."""
        codes = set(WORK[section])
        return [
            self.dealer.deal(
                section, lambda s: s.role == "KETQUA" and not s.press and bool(codes & {*s.themes})
            )
            for _ in range(number)
        ]

    # --- reports ------------------------------------------------------------------------

    def report(self, code: str, year: int) -> Composed:
        """Write the report of a province on a year: results, limits, causes, tasks."""
        random = self.random
        published = self.day(date(year, 12, 14), date(year + 1, 1, 20))
        place = place_on(code, published)
        frame = self.frames["report"]
        slots = {**place.forms(), "nam": year, "nam_sau": year + 1}
        stated: list[Stated] = []
        coded: list[Coded] = []
        body: list[Heading | str] = [random.choice(frame["openings"]).format(**slots)]
        body.append(Heading(random.choice(frame["results"]), 1))
        for section, names in frame["sections"].items():
            body.append(Heading(random.choice(names), 2))
            told = self._section(section, place, year, stated)
            work = self.worked(section, random.randint(1, 2))
            coded += work
            pieces = [*told, *(sentence.text for sentence in work)]
            known = [s for s in frame["references"] if in_force(s, published)]
            if section != "organisation" and random.random() < 0.7:
                pieces.insert(0, random.choice(known).format(**slots))
            body += self._paragraphs(pieces)
        for heading, role, low, high in (
            ("limits", "HANCHE", 3, 6), ("causes", "NGUYENNHAN", 1, 2), ("tasks", "NHIEMVU", 3, 4),
        ):  # fmt: skip
            body.append(Heading(random.choice(frame[heading]).format(**slots), 1))
            sentences = self.themed(year, role, random.randint(low, high))
            coded += sentences
            body += [sentence.text for sentence in sentences]
        if (aim := self._aim(place, year)) is not None:
            body.append(aim[0])
            stated += aim[1]
        return Composed(
            name=self.name("bao-cao"),
            title=random.choice(frame["titles"]).format(**slots),
            published=published,
            body=body,
            stated=stated,
            coded=coded,
            issuer=place.forms()["uy_ten"].upper(),
            owner=place.forms()["uy_ten"],
            number=f"{random.randint(100, 480)}-BC/TU",
            place_line=place.name,
            signer=random.choice(self.frames["people"]),
            host="congdang.example",
        )

    def _section(self, section: str, place: Place, year: int, stated: list[Stated]) -> list[str]:
        told = []
        for group in self.figures:
            if group["section"] != section:
                continue
            main = group["states"][0]
            zero = self.world.value(main, place.code, year) == 0
            templates = group["zero"] if zero and "zero" in group else group["report"]
            found = choose(self.random, templates, self.world, place, year)
            if found is None:
                continue
            sentence, states = found
            if zero and not states:
                day = date(year, 1, 1), date(year, 12, 31)
                states = [Stated(main, "level", None, place, *day, 0.0)]
            told.append(sentence)
            stated += states
        self.random.shuffle(told)
        return told

    def _paragraphs(self, sentences: list[str]) -> list[str]:
        """Put sentences into paragraphs of one to three."""
        paragraphs = []
        while sentences:
            size = self.random.randint(1, 3)
            paragraphs.append(" ".join(sentences[:size]))
            sentences = sentences[size:]
        return paragraphs

    def _aim(self, place: Place, year: int) -> tuple[str, list[Stated]] | None:
        target = self.world.value("members.admitted#target", place.code, year + 1)
        if target is None:
            return None
        plans = next(group["plan"] for group in self.figures if "plan" in group)
        return fill(
            self.random.choice(plans), self.world, place, year,
            start=date(year + 1, 1, 1), end=date(year + 1, 12, 31), status="target",
            instead={"members.admitted": target},
        )  # fmt: skip

    # --- articles -----------------------------------------------------------------------

    def article(
        self,
        place: Place,
        published: date,
        told: list[tuple[str, list[Stated]]],
        *,
        titles: list[str] | None = None,
        sentences: int = 6,
    ) -> Composed:
        """Write an article on a province that states figures among sentences on themes."""
        random = self.random
        frame = self.frames["news"]
        slots = place.forms()
        publisher = random.choice(self.frames["publishers"])
        coded = self.themed(published.year, None, sentences)
        pieces = [sentence.text for sentence in coded]
        for sentence, _ in told:
            pieces.insert(random.randint(0, len(pieces)), sentence)
        return Composed(
            name=self.name("tin"),
            title=random.choice(titles or frame["titles"]).format(**slots),
            published=published,
            lead=random.choice(frame["leads"]).format(**slots),
            body=list(self._paragraphs(pieces)),
            stated=[state for _, states in told for state in states],
            coded=coded,
            publisher=publisher["name"],
            host=publisher["host"],
            signer=random.choice(self.frames["people"]),
        )

    def news(self, code: str, year: int) -> Composed:
        """Write an article of the new year on a province's figures of the year before."""
        published = self.day(date(year + 1, 1, 21), date(year + 1, 3, 25))
        place = place_on(code, published)
        groups = [group for group in self.figures if "news" in group]
        told = []
        for group in self.random.sample(groups, k=self.random.randint(1, 3)):
            found = choose(self.random, group["news"], self.world, place, year)
            if found is not None:
                told.append(found)
        return self.article(place, published, told, sentences=self.random.randint(4, 8))

    def half_year(self, code: str, year: int) -> Composed:
        """Write an article of July on the first six months."""
        published = self.day(date(year, 7, 2), date(year, 7, 28))
        place = place_on(code, published)
        told = []
        for group in self.figures:
            if "half" in group and (
                found := choose(
                    self.random, group["half"], self.world, place, year,
                    start=date(year, 1, 1), end=date(year, 6, 30),
                    scale=self.random.uniform(0.36, 0.52),
                )
            ) is not None:  # fmt: skip
                told.append(found)
        titles = self.frames["news"]["half_titles"]
        return self.article(place, published, told, titles=titles, sentences=5)

    def notice(self, code: str, year: int, quarter: int) -> Composed:
        """Write a notice of an inspection commission on the discipline of a quarter."""
        start = date(year, quarter * 3 - 2, 1)
        after = date(year + (quarter == 4), quarter * 3 % 12 + 1, 1)
        published = self.day(after + timedelta(days=3), after + timedelta(days=24))
        place = place_on(code, published)
        frame = self.frames["notice"]
        more = {"ky": self.random.randint(8, 48), "quy": ("I", "II", "III", "IV")[quarter - 1]}
        slots = {**place.forms(), **more}
        found = choose(
            self.random, frame["figures"], self.world, place, year,
            start=start, end=after - timedelta(days=1),
            scale=self.random.uniform(0.18, 0.3), more=more,
        )  # fmt: skip
        assert found is not None
        sentence, states = found
        coded = [
            self.dealer.deal(
                ("notice", "KIEMTRA"), lambda s: "KIEMTRA" in s.themes and s.role != "NHIEMVU"
            )
            for _ in range(self.random.randint(3, 5))
        ]
        pieces = [s.text for s in coded]
        pieces.insert(self.random.randint(0, len(pieces)), sentence)
        return Composed(
            name=self.name("ky-hop"),
            title=self.random.choice(frame["titles"]).format(**slots),
            published=published,
            lead=self.random.choice(frame["leads"]).format(**slots),
            body=list(self._paragraphs(pieces)),
            stated=states,
            coded=coded,
            publisher=f"Cổng thông tin {slots['uy_ten']}",
            host="congdang.example",
        )

    def plain(self, year: int) -> Composed:
        """Write an article that has nothing to do with the Party."""
        published = self.day(date(year, 1, 5), date(year, 12, 20))
        coded = [
            self.dealer.deal("plain", lambda s: not s.themes and s.press)
            for _ in range(self.random.randint(5, 9))
        ]
        publisher = self.random.choice(self.frames["publishers"])
        return Composed(
            name=self.name("tin"),
            title=self.random.choice(self.frames["news"]["plain_titles"]),
            published=published,
            body=list(self._paragraphs([sentence.text for sentence in coded])),
            coded=coded,
            publisher=publisher["name"],
            host=publisher["host"],
        )
