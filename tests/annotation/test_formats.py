"""Every format gives back what went out: ids, texts, codes, and text[start:end] == surface."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from vankien.annotation.formats import Format, known_formats
from vankien.annotation.formats.registry import register_format
from vankien.annotation.items import (
    CodeEntry,
    Item,
    Mark,
    Project,
    Returned,
    check_returned,
    code_entries,
)
from vankien.annotation.offsets import Utf16, locate, one_line_end
from vankien.codebook import load_codebook
from vankien.errors import AnnotationError, UsageError

CODES = (
    CodeEntry("A", "Đất đai", "Land", "Speaks of land & <rights>."),
    CodeEntry("A.1", "Thu hồi đất", "Taking of land", parent="A"),
    CodeEntry("B", "Trường học", "Schools"),
)
FORMATS = sorted(known_formats())
BY_UNIT = [(name, unit) for name in FORMATS for unit in known_formats()[name].units]

PIECES = st.sampled_from(
    ["Chi bộ họp.", "đất", "nể nang", "a\u0306\u0301", "ê\u0323", "đ\u031b", "👩🏽‍🌾", "𠀋", "🇻🇳",
     " ", "\t", "\n", "\n\n", "=1+1", "-", "'", '"', ";", ",", "<b>&amp;</b>", "\u2028", "\u00a0",
     "\ufeff", "{", "|", "\\n", "0"]
)  # fmt: skip
TEXTS = st.lists(PIECES, min_size=1, max_size=12).map("".join)
LINE_ENDS = st.lists(st.one_of(PIECES, st.sampled_from(["\r\n", "\r"])), min_size=1, max_size=12)
IDS = st.text("abcđ#/ .%&~'\"=", min_size=1, max_size=6).filter(str.strip)


@st.composite
def projects(draw: Any, unit: str, texts: st.SearchStrategy[str] = TEXTS) -> Project:
    items = []
    for item_id in draw(st.lists(IDS, min_size=1, max_size=3, unique=True)):
        text = draw(texts)
        marks = []
        for _ in range(draw(st.integers(0, 3))):
            start = draw(st.integers(0, len(text) - 1))
            end = draw(st.integers(start + 1, len(text)))
            marks.append(Mark(start, end, draw(st.sampled_from(["A", "A.1", "B"]))))
        marks = sorted(set(marks), key=lambda m: (m.start, m.end, m.code))
        codes: tuple[str, ...] = ()
        if unit == "sentence":
            codes = tuple(draw(st.lists(st.sampled_from(["A", "A.1", "B"]), unique=True)))
        items.append(
            Item(item_id, text, codes, tuple(marks), doc_id="d1", sentence=3, heading="I. KẾT QUẢ",
                 previous="Trước đó.", part="lead")
        )  # fmt: skip
    return Project("thử", unit, CODES, tuple(items), predicted=False)  # type: ignore[arg-type]


def through(entry: Format, project: Project, folder: Path) -> list[Returned]:
    path = folder / f"x{entry.suffix}"
    assert entry.write(project, path)[0] == path
    return check_returned(entry.read(path, project.codes), codes=project.codes)


def same(project: Project, returned: list[Returned], *, marks: bool) -> None:
    found = {one.item.id: one.item for one in returned}
    assert found.keys() == {item.id for item in project.items}
    for item in project.items:
        back = found[item.id]
        assert back.text == item.text
        if marks:
            assert set(back.marks) == set(item.marks)
            surfaces = sorted(item.text[m.start : m.end] for m in item.marks)
            assert sorted(back.text[m.start : m.end] for m in back.marks) == surfaces
        if project.unit == "sentence":
            assert set(back.codes) == set(item.codes)
            assert back.context() == item.context()


@pytest.mark.parametrize(("name", "unit"), BY_UNIT)
def test_round_trip(name: str, unit: str, tmp_path: Path) -> None:
    entry = known_formats()[name]

    @settings(max_examples=25, deadline=None,
              suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
    @given(projects(unit))
    def run(project: Project) -> None:
        # doccano's projects for sentences hold labels of the whole text only.
        marks = not (name == "doccano" and unit == "sentence")
        same(project, through(entry, project, tmp_path), marks=marks)

    run()


@pytest.mark.parametrize("name", FORMATS)
def test_line_ends_of_two_characters_survive(name: str, tmp_path: Path) -> None:
    entry = known_formats()[name]

    @settings(max_examples=25, deadline=None,
              suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
    @given(projects("document", LINE_ENDS.map("".join)))
    def run(project: Project) -> None:
        same(project, through(entry, project, tmp_path), marks=True)

    run()


@pytest.mark.parametrize(("name", "unit"), BY_UNIT)
def test_same_project_same_bytes(name: str, unit: str, tmp_path: Path) -> None:
    entry = known_formats()[name]
    codes = ("B",) if unit == "sentence" else ()
    item = Item("d1#0", "Trường 🏫 thiếu lớp.", codes, (Mark(7, 8, "B", 0.7),), doc_id="d1")
    project = Project("thử", unit, CODES, (item,))  # type: ignore[arg-type]
    first = [p.read_bytes() for p in entry.write(project, tmp_path / f"a{entry.suffix}")]
    again = [p.read_bytes() for p in entry.write(project, tmp_path / f"a{entry.suffix}")]
    assert first == again


@pytest.mark.parametrize("name", ["label-studio", "csv", "jsonl"])
def test_predictions_are_no_annotations(name: str, tmp_path: Path) -> None:
    entry = known_formats()[name]
    item = Item("d1#0", "Trường thiếu lớp.", ("B",), (Mark(0, 6, "B", 0.7),))
    project = Project("thử", "sentence", CODES, (item,), predicted=True)
    path = tmp_path / f"x{entry.suffix}"
    entry.write(project, path)
    assert entry.read(path, CODES) == []
    assert '"B"' in path.read_text("utf-8") or ",B," in path.read_text("utf-8")


# --- offsets -----------------------------------------------------------------------------


@settings(deadline=None)
@given(TEXTS)
def test_utf16_agrees_with_the_encoding(text: str) -> None:
    units = Utf16(text)
    for place in range(len(text) + 1):
        unit = len(text[:place].encode("utf-16-le")) // 2
        assert units.units(place) == unit
        assert units.point(unit) == place


@pytest.mark.parametrize("place", [-1, 1, 9])
def test_utf16_refuses_what_is_no_place(place: int) -> None:
    with pytest.raises(ValueError, match="place"):
        Utf16("👍ok").point(place)


@settings(deadline=None)
@given(LINE_ENDS.map("".join), st.data())
def test_a_tool_may_count_in_other_ways(text: str, data: Any) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    if text[start - 1 : start + 1] == "\r\n" or text[end - 1 : end + 1] == "\r\n":
        return  # no tool can mark half a line end
    surface = text[start:end]
    units = Utf16(text)
    short = one_line_end(text)
    a, b = len(one_line_end(text[:start])), len(one_line_end(text[:end]))
    short_units = Utf16(short)
    ways = [(start, end), (units.units(start), units.units(end)), (a, b),
            (short_units.units(a), short_units.units(b))]  # fmt: skip
    for first, last in ways:
        found = locate(text, first, last, surface)
        assert one_line_end(text[found[0] : found[1]]) == one_line_end(surface)


def test_locate_does_not_guess() -> None:
    with pytest.raises(ValueError, match="do not stand"):
        locate("Chi bộ họp", 0, 3, "bộ")


# --- what tools return -------------------------------------------------------------------

ITEM = Item("d1#0", "Trường 🏫 thiếu lớp.", doc_id="d1", sentence=0)


def label_studio(path: Path, results: list[dict[str, Any]], **annotation: Any) -> Path:
    data = {"id": ITEM.id, "text": ITEM.text, **ITEM.context()}
    task = {"id": 7, "data": data, "annotations": [{"result": results, **annotation}]}
    path.write_text(json.dumps([task], ensure_ascii=False), "utf-8")
    return path


def choice(*codes: str) -> dict[str, Any]:
    return {"type": "choices", "from_name": "themes", "value": {"choices": list(codes)}}


def test_label_studio_as_it_exports(tmp_path: Path) -> None:
    label = {"type": "labels", "value": {"start": 10, "end": 15, "text": "thiếu", "labels": ["B"]}}
    path = label_studio(tmp_path / "x.json", [choice("A"), label], completed_by={"email": "m@x"})
    (one,) = check_returned(known_formats()["label-studio"].read(path, CODES), codes=CODES)
    assert (one.item.codes, one.annotator, one.item.sentence) == (("A",), "m@x", 0)
    (mark,) = one.item.marks
    assert ITEM.text[mark.start : mark.end] == "thiếu", "offsets in UTF-16 units are found out"


def test_label_studio_skips_what_was_cancelled(tmp_path: Path) -> None:
    path = label_studio(tmp_path / "x.json", [choice("A")], was_cancelled=True)
    assert known_formats()["label-studio"].read(path, CODES) == []


def test_label_studio_configuration_names_every_code(tmp_path: Path) -> None:
    project = Project("x", "sentence", code_entries(load_codebook()), (ITEM,))
    _, config = known_formats()["label-studio"].write(project, tmp_path / "x.json")
    root = etree.fromstring(config.read_bytes())
    found = [element.get("value") for element in root.iter("Choice")]
    assert found == list(load_codebook().themes)


def test_doccano_counts_utf16(tmp_path: Path) -> None:
    project = Project("x", "document", CODES, (Item("d", ITEM.text, marks=(Mark(9, 14, "B"),)),))
    path, labels = known_formats()["doccano"].write(project, tmp_path / "x.jsonl")
    assert json.loads(path.read_text("utf-8"))["label"] == [[10, 15, "B"]]
    assert [entry["text"] for entry in json.loads(labels.read_text("utf-8"))] == ["A", "A.1", "B"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_as_spreadsheets_save_it(delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerow(["id", "text", "codes", "done", "digest"])
        writer.writerow([ITEM.id, ITEM.text, "A; B", "x", ITEM.digest])
        writer.writerow(["d1#1", "Chưa xem.", "A", "", ""])
    (one,) = check_returned(known_formats()["csv"].read(path, CODES), codes=CODES)
    assert one.item.codes == ("A", "B")


def test_csv_holds_no_formula(tmp_path: Path) -> None:
    project = Project("x", "sentence", CODES, (Item("d", "=HYPERLINK(1)"), Item("e", "'đã")))
    (path,) = known_formats()["csv"].write(project, tmp_path / "x.csv")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        assert [row["text"] for row in csv.DictReader(stream)] == ["'=HYPERLINK(1)", "''đã"]


def test_inception_project_export_names_its_coders(tmp_path: Path) -> None:
    entry = known_formats()["inception"]
    document = Item("xã/1 #2", ITEM.text, marks=(Mark(9, 14, "B"),))
    entry.write(Project("x", "document", CODES, (document,)), tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    (name,) = (name for name in files if name.endswith(".xmi"))
    outer = tmp_path / "project.zip"
    with zipfile.ZipFile(outer, "w") as archive:
        for coder in ("lan", "minh"):
            inner = tmp_path / f"{coder}.zip"
            with zipfile.ZipFile(inner, "w") as one:
                one.writestr(f"{coder}.xmi", files[name])
                one.writestr("TypeSystem.xml", files["TypeSystem.xml"])
            folder = name.removeprefix("documents/")
            archive.write(inner, f"annotation/{folder}/{coder}.zip")
    returned = check_returned(entry.read(outer, CODES), codes=CODES)
    assert [(one.item.id, one.annotator) for one in returned] == [
        ("xã/1 #2", "lan"),
        ("xã/1 #2", "minh"),
    ]
    assert {one.item.marks for one in returned} == {(Mark(9, 14, "B"),)}


def refi(tmp_path: Path, text: str = ITEM.text) -> tuple[Path, dict[str, bytes]]:
    item = Item("d1", text, marks=(Mark(9, 14, "B"), Mark(0, 6, "A.1")))
    path, book = known_formats()["refi-qda"].write(
        Project("x", "document", CODES, (item,), predicted=False), tmp_path / "x.qdpx"
    )
    assert book.name == "x.qdc"
    with zipfile.ZipFile(path) as archive:
        return path, {name: archive.read(name) for name in archive.namelist()}


def rezip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


Q = "{urn:QDA-XML:project:1.0}"


def test_refi_qda_has_the_form_of_the_standard(tmp_path: Path) -> None:
    path, files = refi(tmp_path)
    root = etree.fromstring(files["project.qde"])
    order = [child.tag.removeprefix(Q) for child in root]
    assert order == ["Users", "CodeBook", "Variables", "Sources"], "a sequence in the schema"
    source = root.find(f"{Q}Sources/{Q}TextSource")
    assert [c.tag.removeprefix(Q) for c in source] == ["PlainTextSelection"] * 2 + [
        "VariableValue"
    ] * 2
    guids = [element.get("guid") for element in root.iter() if element.get("guid")]
    assert len(guids) == len(set(guids))
    for ref in root.iter(f"{Q}CodeRef"):
        assert ref.get("targetGUID") in guids
    name = source.get("plainTextPath").removeprefix("internal://")
    assert files[f"sources/{name}"].decode("utf-8") == ITEM.text
    book = etree.fromstring(path.with_suffix(".qdc").read_bytes())
    c = "{urn:QDA-XML:codebook:1.0}"
    assert book.tag == f"{c}CodeBook" and [e.tag for e in book] == [f"{c}Codes"]
    parent = book.find(f"{c}Codes/{c}Code")
    assert parent.get("name") == "A Đất đai" and parent.get("isCodable") == "true"
    assert [e.tag.removeprefix(c) for e in parent] == ["Description", "Code"]


def test_refi_qda_with_other_line_ends_and_guids(tmp_path: Path) -> None:
    text = "Dòng một.\nDòng hai 🏫.\nDòng ba thiếu lớp."
    start = text.index("thiếu")
    item = Item("d1", text, marks=(Mark(start, start + 5, "B"),))
    entry = known_formats()["refi-qda"]
    path = tmp_path / "x.qdpx"
    entry.write(Project("x", "document", CODES, (item,), predicted=False), path)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    (source,) = (name for name in files if name.endswith(".txt"))
    files[source] = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode("utf-8")
    for named, shift in ((True, 2), (True, 0), (False, 2)):
        root = etree.fromstring(files["project.qde"])
        selection = next(root.iter(f"{Q}PlainTextSelection"))
        selection.set("startPosition", str(start + shift))
        selection.set("endPosition", str(start + 5 + shift))
        if not named:
            del selection.attrib["name"]
        changed = etree.tostring(root).decode("utf-8")
        for guid in {e.get("guid") for e in root.iter(f"{Q}Code")}:
            changed = changed.replace(guid, "{" + guid.lower() + "}", 1)
        rezip(path, {**files, "project.qde": changed.encode("utf-8")})
        (one,) = check_returned(entry.read(path, CODES), codes=CODES)
        assert one.item.text == text
        assert [text[m.start : m.end] for m in one.item.marks] == ["thiếu"], (named, shift)


# --- what is refused ---------------------------------------------------------------------


def refused(call: Callable[[], Any], *words: str) -> None:
    with pytest.raises(AnnotationError) as found:
        call()
    message = str(found.value)
    assert message.startswith("[V303] ") and message.endswith(".") and "\n" not in message
    for word in words:
        assert word in message, message


def test_unknown_code(tmp_path: Path) -> None:
    path = label_studio(tmp_path / "x.json", [choice("A.2")])
    read = known_formats()["label-studio"].read
    refused(lambda: check_returned(read(path, CODES), codes=CODES), "x.json item 1", "'A.2'",
            "did you mean A.1?")  # fmt: skip


def test_changed_text(tmp_path: Path) -> None:
    one = Returned(ITEM, "p", digest="0" * 16)
    refused(lambda: check_returned([one], codes=CODES), "not the one that was exported")
    other = {ITEM.id: Item(ITEM.id, "khác")}
    good = Returned(ITEM, "p", digest=ITEM.digest)
    refused(lambda: check_returned([good], codes=CODES, originals=other), "not that of the run")
    refused(lambda: check_returned([good], codes=CODES, originals={}), "no item 'd1#0'")
    refused(lambda: check_returned([Returned(ITEM, "p")], codes=CODES), "--run")


@pytest.mark.parametrize("span", [(3, 3), (5, 99), (-1, 2), (7, 2)])
def test_marks_outside_the_text(span: tuple[int, int]) -> None:
    item = Item("d", "Trường.", marks=(Mark(*span, "A"),))
    refused(lambda: check_returned([Returned(item, "p", item.digest)], codes=CODES), "A marks")


def test_an_item_twice() -> None:
    one = Returned(ITEM, "p", ITEM.digest, "lan")
    assert check_returned([one, Returned(ITEM, "q", ITEM.digest, "minh")], codes=CODES)
    refused(lambda: check_returned([one, one], codes=CODES), "twice")


BAD = [
    ("label-studio", b"{}", "list"),
    ("label-studio", b"[1]", "list"),
    ("label-studio", b"[{}]", "data is missing"),
    ("label-studio", b"\xff\xfe", "UTF-8"),
    ("label-studio", b"[", "no JSON"),
    ("doccano", b'{"text": "a"}', "label is no list"),
    ("doccano", b'{"text": "a", "label": [[0, 9, "A"]], "vankien_id": "d"}', "outside the text"),
    ("doccano", '{"text": "👍", "label": [[0, 1, "A"]], "vankien_id": "d"}'.encode(), "inside"),
    ("doccano", b'{"text": "a", "label": ["A"]}', "vankien_id is missing"),
    ("jsonl", b'{"codes": [], "text": 3, "id": "d"}', "text is not str"),
    ("jsonl", b'{"codes": "A", "text": "t", "id": "d"}', "codes is no list"),
    ("csv", b"id,text\n1,2\n", "no column codes, done"),
    ("csv", b'id,text,codes,done,marks\n1,t,A,x,"0-1"\n', "'0-1' is not"),
    ("inception", b"PK", "no zip"),
    ("refi-qda", b"PK", "no zip"),
]


@pytest.mark.parametrize(("name", "data", "word"), BAD)
def test_bad_files(name: str, data: bytes, word: str, tmp_path: Path) -> None:
    path = tmp_path / "bad"
    path.write_bytes(data)
    refused(lambda: known_formats()[name].read(path, CODES), str(path), word)


@pytest.mark.parametrize("name", FORMATS)
def test_absent_file(name: str, tmp_path: Path) -> None:
    refused(lambda: known_formats()[name].read(tmp_path / "none", CODES), "none")


DOCTYPE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'


def test_entities_are_refused(tmp_path: Path) -> None:
    path, files = refi(tmp_path)
    plain = files["project.qde"]
    files["project.qde"] = plain.replace(b"<Project", DOCTYPE + b"<Project", 1)
    assert files["project.qde"] != plain
    refused(lambda: known_formats()["refi-qda"].read(rezip(path, files), CODES), "document type")


def test_what_xml_cannot_hold(tmp_path: Path) -> None:
    for name in ("inception", "refi-qda"):
        item = Item("d", "a\x01b")
        project = Project("x", "document", CODES, (item,))
        refused(lambda p=project, n=name: known_formats()[n].write(p, tmp_path / "y"), "U+0001")


def test_a_name_taken_twice() -> None:
    taken = known_formats()["csv"]

    def write(project: Project, path: Path) -> list[Path]:
        return [path]

    with pytest.raises(UsageError, match="both"):
        register_format(Format("csv", ".csv", ("sentence",), write, taken.read))
    assert known_formats()["csv"] is taken
