"""The knowledge base: its schema, its facts, and that each document answers to its names."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from vankien.errors import CodebookError
from vankien.resources import codebook_dir
from vankien.tagging.references import CentralDocument, find_references, knowledge_base
from vankien.tagging.references.knowledge import (
    TERMS,
    Law,
    knowledge,
    number_key,
    read_knowledge,
    short_key,
    term_at,
)

FACTS = yaml.safe_load((Path(__file__).parent / "cases" / "facts.yaml").read_text("utf-8"))
DOCUMENTS = knowledge_base()
NUMBERED = [d for d in DOCUMENTS if not d.number.startswith("NQ-ĐH-")]
ENTRY: dict[str, Any] = {
    "number": "05-CT/TW", "date": "2016-05-15", "type": "chỉ thị", "issuer": "Bộ Chính trị",
    "term": "XII", "subject": "Học tập và làm theo",
}  # fmt: skip


def _canonical(text: str) -> list[str | None]:
    return [reference.canonical for reference in find_references(text)]


def test_there_are_enough_documents_of_each_term() -> None:
    party = [d for d in DOCUMENTS if d.of_party]
    assert len(party) >= 260
    assert set(TERMS) == {d.term for d in party}
    assert len({d.canonical for d in DOCUMENTS}) == len(DOCUMENTS)
    assert len(knowledge().laws) >= 100


@pytest.mark.parametrize("fact", FACTS["facts"], ids=lambda fact: fact["written"])
def test_fact(fact: dict[str, str]) -> None:
    document = knowledge().by_canonical[fact["canonical"]]
    expected = (fact["replaced_by"],) if "replaced_by" in fact else ()
    assert document.replaced_by == expected or "replaced_by" not in fact
    assert _canonical(f"Chi bộ học {fact['written']}.")[0] == fact["canonical"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.canonical)
def test_entry_is_consistent(document: CentralDocument) -> None:
    if document.term is not None:
        first, last = TERMS[document.term]
        assert first <= document.date <= last
    if document.plenum is not None:
        assert document.term is not None
        assert document.issuer == "Ban Chấp hành Trung ương"
    for old in document.replaces:
        assert document.canonical in knowledge().by_canonical[old].replaced_by
        assert knowledge().by_canonical[old].date < document.date
    assert document.canonical == f"{document.number}@{document.date.isoformat()}"
    if document in NUMBERED:
        assert document.keywords, "keywords tell it from others of its number"


@pytest.mark.parametrize("document", NUMBERED, ids=lambda d: d.canonical)
def test_number_and_date_name_it(document: CentralDocument) -> None:
    day, kind = document.date, document.type.capitalize()
    written = f"{day.day}/{day.month}/{day.year}"
    in_words = f"ngày {day.day} tháng {day.month} năm {day.year}"
    short = short_key(document.number)
    for text in (
        f"Thực hiện {kind} số {document.number}, ngày {written} của {document.issuer}.",
        f"Theo {document.number} ({in_words}) thì rõ.",
        f"Theo {kind} số {short} ngày {written} của {document.issuer}.",
    ):
        assert _canonical(text) == [document.canonical], text
    others = {d.date for d in knowledge().by_short[short]}
    wrong = next(d for n in range(1, 400) if (d := day + timedelta(days=n)) not in others)
    text = f"Theo {kind} số {document.number} ngày {wrong.day}/{wrong.month}/{wrong.year}."
    assert _canonical(text) == [None], "a counterexample: the same number on another day"


def test_subjects_name_most_and_mislead_never() -> None:
    outcomes: Counter[str] = Counter()
    for document in NUMBERED:
        kind, short = document.type.capitalize(), document.number.replace("/", "-").split("-")[0]
        for text in (
            f"Quán triệt {kind} số {document.number} của {document.issuer} về {document.subject}.",
            f"Học tập {kind} {short} của {document.issuer} về {document.subject}.",
        ):
            found = _canonical(text)[0]
            assert found in (document.canonical, None), (text, found)
            outcomes["named" if found else "open"] += 1
    assert outcomes["named"] >= 0.97 * outcomes.total()


def test_number_alone_where_it_is_unambiguous() -> None:
    lone = [d for d in NUMBERED if len(knowledge().by_key[number_key(d.number)]) == 1]
    assert len(lone) >= 150
    for document in lone:
        assert _canonical(f"Kèm theo {document.number}.") == [document.canonical]
    shared = [ds for ds in knowledge().by_key.values() if len(ds) > 1]
    assert len(shared) >= 50
    for documents in shared:
        assert _canonical(f"Kèm theo {documents[0].number}.") == [None]


@pytest.mark.parametrize("law", knowledge().laws, ids=lambda law: law.name)
def test_law_by_name_and_year(law: Law) -> None:
    days = [date.fromisoformat(v.split("@")[1]) for v in law.versions]
    assert days == sorted(set(days)), "oldest first"
    for name in (law.name, *law.also):
        for version, day in zip(law.versions, days, strict=True):
            same_year = [v for v in law.versions if f"@{day.year}" in v]
            expected = version if len(same_year) == 1 else None
            assert _canonical(f"Theo {name} năm {day.year}.") == [expected]
            (found,) = find_references(f"Theo {name}, phải nộp.", published=day)
            assert found.canonical == version, "the law of the day"
        assert _canonical(f"Theo {name} năm 1901.") == [None]
    assert find_references("Bàn về lẽ " + law.name.lower().replace("bộ luật ", "").replace(
        "luật ", "") + " nói chung.") == []  # fmt: skip


def test_numbers_are_compared_without_their_slips() -> None:
    key = number_key("08-NQ/TW")
    for slip in ("8-NQ/TW", "08 – NQ/TW", "08/NQ-TW", "08- NQ/ TW", "8-NQ/TƯ", "08-nq/tw"):
        assert number_key(slip) == key
    assert number_key("08-QĐi/TW") == number_key("08-QĐ/TW")
    assert number_key("02-NQ/HNTW") == number_key("02-NQ/TW")
    assert number_key("18-NQ/TW") != number_key("08-NQ/TW") != number_key("80-NQ/TW")
    assert number_key("08-NQ/TU") != key
    assert short_key("100/2019/NĐ-CP") == "100"


def test_terms_meet() -> None:
    bounds = list(TERMS.values())
    assert all(a[1] == b[0] for a, b in pairwise(bounds))
    assert term_at(date(2016, 10, 30)) == "XII"
    assert term_at(date(1950, 1, 1)) is None


def _folder(tmp_path: Path, *entries: dict[str, Any], laws: str = "laws: []") -> Path:
    (tmp_path / "documents").mkdir()
    text = yaml.safe_dump({"documents": list(entries)}, allow_unicode=True)
    (tmp_path / "documents" / "party.yaml").write_text(text, "utf-8")
    (tmp_path / "laws.yaml").write_text(laws, "utf-8")
    return tmp_path


def test_a_sound_folder_is_read(tmp_path: Path) -> None:
    younger = ENTRY | {"number": "06-CT/TW", "date": "2017-05-15",
                       "replaces": ["05-CT/TW@2016-05-15"]}  # fmt: skip
    found = read_knowledge(_folder(tmp_path, ENTRY, younger))
    assert found.by_canonical["05-CT/TW@2016-05-15"].replaced_by == ("06-CT/TW@2017-05-15",)


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([{k: v for k, v in ENTRY.items() if k != "issuer"}], "issuer"),
        ([ENTRY | {"surprise": 1}], "surprise"),
        ([ENTRY | {"date": "2016-13-15"}], "date"),
        ([ENTRY | {"subject": ""}], "subject"),
        ([ENTRY | {"plenum": 99}], "plenum"),
        ([ENTRY, ENTRY], "stands twice"),
        ([ENTRY | {"term": "XI"}], "outside the term XI"),
        ([ENTRY | {"term": "XXX"}], "term XXX is unknown"),
        ([ENTRY | {"replaces": ["01-CT/TW@2011-01-01"]}], "replaces the unknown"),
        ([ENTRY, ENTRY | {"number": "04-CT/TW", "date": "2016-03-01",
                          "replaces": ["05-CT/TW@2016-05-15"]}], "replaces the younger"),
    ],
)  # fmt: skip
def test_a_defect_is_named(tmp_path: Path, entries: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(CodebookError, match=reason) as caught:
        read_knowledge(_folder(tmp_path, *entries))
    assert caught.value.code == "V301"
    assert caught.value.source == "party.yaml"


def test_a_law_without_versions_is_a_defect(tmp_path: Path) -> None:
    laws = "laws:\n- {name: Luật Thử, type: luật, versions: []}\n"
    with pytest.raises(CodebookError, match="versions"):
        read_knowledge(_folder(tmp_path, ENTRY, laws=laws))


def test_every_file_of_the_codebook_is_loaded() -> None:
    folder = codebook_dir() / "references" / "documents"
    for path in folder.glob("*.yaml"):
        for raw in yaml.safe_load(path.read_text("utf-8"))["documents"]:
            assert f"{raw['number']}@{raw['date']}" in knowledge().by_canonical
