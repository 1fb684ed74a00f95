"""compose(): a folder of documents and the truth about them, from one seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from vankien.collection.forms import Composed, as_page, as_row, as_text
from vankien.collection.statements import Stated, fill
from vankien.collection.truth import Cell, Planted, Truth
from vankien.collection.world import World, data, make_world, place_on
from vankien.collection.writers import Writer
from vankien.errors import OutputError
from vankien.gazetteer.places import EVE, MERGER

__all__ = ["compose"]

TRUTH = "truth.json"
DOCUMENTS = "documents"


def compose(folder: str | Path, *, seed: int = 7) -> Truth:
    """Write the collection into ``folder/documents`` and what is true of it into truth.json.

    Some 450 dated documents (reports as text and pages, articles as pages and rows of
    JSONL, notices) on 20 provinces over ten years; the same seed writes the same bytes.
    Raises OutputError (V202) where the folder cannot be written, V213 where it holds a
    collection already.
    """
    target = Path(folder) / DOCUMENTS
    if target.exists():
        raise OutputError("V213", str(target))
    random = Random(seed)
    world = make_world(random)
    writer = Writer(random, world)
    documents = _reports(writer)
    documents += _others(writer)
    published = {
        (state.place.code, state.start.year): document.published
        for document in documents if document.issuer for state in document.stated
        if state.status == "actual"
    }  # fmt: skip
    planted, more, changed = _plant(writer, published)
    documents += more
    copies = _copies(writer, documents)
    try:
        _write(target, documents + [copy for _, copy in copies])
        truth = Truth(
            seed=seed,
            n_documents=len(documents) + len(copies),
            cells=_cells(documents, changed),
            planted=tuple(planted),
            copies=tuple((one.title, copy.title) for one, copy in copies),
            silent=tuple(sorted(world.silent)),
            themes=_themes(documents),
        )
        truth.write(Path(folder) / TRUTH)
    except OSError as error:
        raise OutputError("V202", str(folder), detail=error.strerror or str(error)) from error
    return truth


def _reports(writer: Writer) -> list[Composed]:
    world = writer.world
    return [
        writer.report(code, year)
        for year in world.years
        for code in world.places[year]
        if (code, year) not in world.silent
    ]


def _spoken(world: World, *, until: int | None = None) -> list[tuple[str, int]]:
    """Return the province-years of which documents speak."""
    return [
        (code, year) for year in world.years if until is None or year < until
        for code in world.places[year] if (code, year) not in world.silent
    ]  # fmt: skip


def _others(writer: Writer) -> list[Composed]:
    random, world = writer.random, writer.world
    wanted = data("world")["documents"]
    found = [writer.news(*random.choice(_spoken(world))) for _ in range(wanted["news"])]
    # Provinces were merged in the middle of the last year: its parts stay untold.
    before = _spoken(world, until=MERGER.year)
    found += [writer.half_year(*spot) for spot in random.sample(before, k=wanted["half_year"])]
    quarters = [(code, year, quarter) for code, year in before for quarter in (1, 2, 3, 4)]
    found += [writer.notice(*spot) for spot in random.sample(quarters, k=wanted["notices"])]
    found += [writer.plain(random.choice(world.years)) for _ in range(wanted["other_news"])]
    return found


# --- planted differences ------------------------------------------------------------------

Spot = tuple[str, str, int]


def _plant(
    writer: Writer, published: dict[tuple[str, int], date]
) -> tuple[list[Planted], list[Composed], dict[Spot, float]]:
    """Return planted differences, their articles, and cells whose true value they change."""
    random, world = writer.random, writer.world
    templates = data("figures")["planted"]
    planted: list[Planted] = []
    articles: list[Composed] = []
    changed: dict[Spot, float] = {}
    used: set[Spot] = set()
    before = _spoken(world, until=MERGER.year)
    for kind, number in data("world")["planted"].items():
        for turn in range(number):
            key = "estimate" if kind == "later update" and turn % 3 == 2 else kind
            indicator = random.choice(sorted(templates[key]))
            while True:
                code, year = random.choice(before)
                value = world.value(indicator, code, year)
                if (indicator, code, year) not in used and value and value % 10:
                    break
            used.add((indicator, code, year))
            report = published[code, year]
            told, day, hedge = _planted_value(random, key, value, report)
            place = place_on(code, day)
            stated = fill(
                random.choice(templates[key][indicator]), world, place, year,
                more={"x": _dotted(told), "hon": hedge},
            )  # fmt: skip
            assert stated is not None
            titles = data("frames")["news"]["corrections"] if key == "later update" else None
            articles.append(writer.article(place, day, [stated], titles=titles, sentences=5))
            start, end = date(year, 1, 1), date(year, 12, 31)
            if indicator == "members.total":
                start = end
            planted.append(Planted(kind, indicator, code, start, end, float(value), float(told)))
            if key == "later update":
                changed[indicator, code, year] = float(told)
    return planted, articles, changed


def _dotted(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def _planted_value(random: Random, key: str, value: int, report: date) -> tuple[int, date, str]:
    """Return the figure planted, the day of its article, and a word of approximation."""
    # Before the provinces that it names are merged.
    later = min(report + timedelta(days=random.randint(45, 200)), EVE)
    if key == "rounding":
        step = 10 ** (len(str(value)) - 2)
        word = random.choice(("hơn", "trên", "gần"))
        return (value // step + (word == "gần")) * step, later, word
    if key == "later update":
        told = round(value * (1 + random.choice((-1, 1)) * random.uniform(0.012, 0.06)))
        told += (told % 10 == 0) + (told == value)
        return told + (told % 10 == 0), later, ""
    if key == "estimate":
        told = max(10, round(value * random.uniform(0.93, 1.05) / 10) * 10)
        # Told in autumn, before the year has ended.
        year = report.year if report.month > 6 else report.year - 1
        return told, date(year, 11, random.randint(12, 30)), ""
    if key == "other scope":
        return max(3, round(value * random.uniform(0.04, 0.2))), later, ""
    if key == "factor slip":
        return value * random.choice((10, 10, 10, 100, 1000)), later, ""
    told = round(value * (1 + random.choice((-1, 1)) * random.uniform(0.13, 0.4)))
    told += told % 10 == 0
    return told, report - timedelta(days=random.randint(2, 20)), ""


def _copies(writer: Writer, documents: list[Composed]) -> list[tuple[Composed, Composed]]:
    """Return stories and copies of them by other outlets, a day or two later."""
    random = writer.random
    news = [d for d in documents if d.publisher and d.stated and len(d.body) > 2]
    found = []
    for story in random.sample(news, k=data("world")["documents"]["copies"]):
        others = [p for p in data("frames")["publishers"] if p["name"] != story.publisher]
        publisher = random.choice(others)
        copy = replace(
            story,
            name=writer.name("dang-lai"),
            title=f"{story.title} ({publisher['name']})",
            published=story.published + timedelta(days=random.randint(0, 2)),
            publisher=publisher["name"],
            host=publisher["host"],
        )
        found.append((story, copy))
    return found


# --- truth --------------------------------------------------------------------------------


def _cells(documents: list[Composed], changed: dict[Spot, float]) -> tuple[Cell, ...]:
    """Return the true cells that documents state as fact, each once."""
    number: Counter[Stated] = Counter()
    first: dict[Stated, Stated] = {}
    for document in documents:
        for state in document.stated:
            if state.status == "actual":
                stated = replace(state, value=0.0)
                number[stated] += 1
                first.setdefault(stated, state)
    cells = []
    for stated, state in first.items():
        place, value = state.place, state.value
        if state.measure == "level" and state.within is None and _is_year(state):
            value = changed.get((state.indicator, place.code, state.end.year), value)
        cells.append(
            Cell(state.indicator, state.measure, state.within, place.code, place.name,
                 state.start, state.end, value, number[stated])
        )  # fmt: skip
    cells.sort(key=_order)
    return tuple(cells)


def _order(cell: Cell) -> tuple[object, ...]:
    return (cell.indicator, cell.measure, cell.within or "", cell.place, cell.end, cell.start,
            cell.place_name)  # fmt: skip


def _is_year(state: Stated) -> bool:
    return state.start == state.end or (state.start.month, state.end.month) == (1, 12)


def _themes(documents: list[Composed]) -> dict[tuple[int, str], int]:
    counted: Counter[tuple[int, str]] = Counter()
    for document in documents:
        for sentence in document.coded:
            counted.update((document.published.year, code) for code in sentence.themes)
    return dict(counted)


# --- files --------------------------------------------------------------------------------


def _write(target: Path, documents: list[Composed]) -> None:
    """Write every document in one of its forms: every third as it comes."""
    rows: dict[int, list[str]] = {}
    for folder in ("reports", "pages", "rows"):
        (target / folder).mkdir(parents=True)
    for number, document in enumerate(documents):
        if document.issuer is not None and number % 4:
            (target / "reports" / f"{document.name}.txt").write_text(as_text(document), "utf-8")
        elif document.issuer is not None or number % 2:
            (target / "pages" / f"{document.name}.html").write_text(as_page(document), "utf-8")
        else:
            rows.setdefault(document.published.year, []).append(as_row(document))
    for year, lines in sorted(rows.items()):
        (target / "rows" / f"{year}.jsonl").write_text("".join(lines), "utf-8")
