"""Every rule of the grammar finds its examples exactly and leaves its counterexamples."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.tagging.references.marked import read_marked
from vankien.codebook import load_yaml
from vankien.resources import codebook_dir
from vankien.tagging.references import find_references
from vankien.tagging.references.grammar import grammar, ordinal, roman, to_roman

DATA: dict[str, Any] = load_yaml(codebook_dir() / "references" / "grammar.yaml")
RULES = DATA["rules"]


def test_marks_are_read_strictly() -> None:
    marked = read_marked("Học [Chỉ thị 05|chỉ thị] nay.")
    assert marked.text == "Học Chỉ thị 05 nay."
    assert [marked.text[a:b] for a, b, _ in marked.marks] == ["Chỉ thị 05"]
    for broken in ("Học [Chỉ thị 05", "Học [Chỉ thị 05] nay", "Học Chỉ thị 05|x]"):
        with pytest.raises(ValueError, match="unclosed"):
            read_marked(broken)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["name"])
def test_examples(rule: dict[str, Any]) -> None:
    for line in rule["match"]:
        marked = read_marked(line)
        assert marked.marks, line
        found = [(r.start, r.end, r.canonical or r.type) for r in find_references(marked.text)]
        assert found == list(marked.marks), line


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["name"])
def test_counterexamples(rule: dict[str, Any]) -> None:
    assert rule["reject"]
    for line in rule["reject"]:
        assert [r.surface for r in find_references(line)] == []


def test_each_form_has_a_rule() -> None:
    forms = {
        "full",
        "symbol",
        "short",
        "abbreviation",
        "plenum",
        "congress",
        "named",
        "law",
        "back",
    }
    assert {rule["name"] for rule in RULES} == forms


@pytest.mark.parametrize("entry", grammar().types, ids=lambda entry: entry["type"])
def test_each_type_is_found_by_name_and_symbol(entry: dict[str, Any]) -> None:
    symbol = entry["symbols"][0] if entry["symbols"] else "NQ"
    tail = "QH14" if entry.get("law") else f"{symbol}-UBND"
    for name in entry["names"]:
        text = f"Theo {name.capitalize()} số 123/2018/{tail} thì phải làm."
        found = [(r.surface, r.type) for r in find_references(text)]
        assert found == [(f"{name.capitalize()} số 123/2018/{tail}", entry["type"])]
        assert find_references(f"Họ bàn về {name} hay và dở, {name} nào cũng được.") == []
    for code in entry["symbols"]:
        (found_bare,) = find_references(f"Xem 123-{code}/TU kèm theo.")
        assert found_bare.surface == f"123-{code}/TU"
        assert code in "".join(
            "|".join(e["symbols"]) for e in grammar().types if e["type"] == found_bare.type
        )


@pytest.mark.parametrize("word", DATA["words"]["back"])
def test_each_pointing_word(word: str) -> None:
    text = f"Ban hành Chỉ thị số 28-CT/TW ngày 21/01/2019. Chỉ thị {word}, theo đó, là mới."
    references = find_references(text)
    assert [r.surface for r in references][1:] == [f"Chỉ thị {word}"]
    assert references[1].canonical == "28-CT/TW@2019-01-21"


@pytest.mark.parametrize("word", DATA["words"]["centre"])
def test_each_name_of_the_centre(word: str) -> None:
    (reference,) = find_references(f"theo Nghị quyết {word} 4 khóa XII")
    assert reference.canonical == "04-NQ/TW@2016-10-30"


@pytest.mark.parametrize("noun", DATA["counted"])
def test_a_counted_noun_ends_the_reading(noun: str) -> None:
    assert find_references(f"Họ quyết định 12 {noun} ấy.") == []


@pytest.mark.parametrize("word", DATA["not_after"])
def test_abbreviations_of_other_things(word: str) -> None:
    assert find_references(f"Nối {word} CT05 với phố.") == []
    assert find_references("Nối CT05 với chi bộ.") != []


@pytest.mark.parametrize("country", DATA["countries"])
def test_constitutions_of_other_countries(country: str) -> None:
    assert find_references(f"Quốc hội sửa Hiến pháp {country} rồi.") == []
    assert find_references(f"Báo {country} viết về Hiến pháp mới.") == []


@pytest.mark.parametrize("number", DATA["programmes"])
def test_programmes_are_no_documents(number: str) -> None:
    assert find_references(f"Vốn Chương trình {number}, năm nay.") == []


def test_roman_numerals_exhaustively() -> None:
    for number in range(1, 40):
        written = to_roman(number)
        assert roman(written) == number
        assert ordinal(written) == ordinal(str(number)) == number
    assert ordinal("mười  một") == 11
    assert ordinal("thường kỳ") is None


def test_patterns_match_nothing_empty() -> None:
    for name in ("full", "short", "more", "plenum", "congress", "back", "date", "term", "year"):
        assert grammar().tails[name].match("") is None, name


def test_every_word_list_is_used() -> None:
    patterns = " ".join(DATA["patterns"].values()) + " ".join(
        rule["tail"] + rule["stop"] for rule in DATA["named"]
    )
    used = set(re.findall(r"<([a-z_]+)>", patterns)) | {"about", "month"}
    assert set(DATA["words"]) <= used
