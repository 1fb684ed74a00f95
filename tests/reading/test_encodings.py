"""Legacy encodings: tables, round trips, detection; text that was decoded wrongly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from vankien.errors import ReadError
from vankien.reading import from_text, iter_rows, read, read_bytes
from vankien.reading.encodings import (
    capitals_of,
    decode_as,
    detect,
    encode_as,
    encodings,
    repair,
)
from vankien.reading.syllables import is_possible, possible_share

NAMES = ["tcvn3", "viqr", "viscii", "vni", "windows1258"]
SMALL = "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđ"
LETTERS = SMALL + SMALL.upper()
PARAGRAPHS: list[str] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "paragraphs.yaml").read_text("utf-8")
)


def as_windows_1252(data: bytes) -> str:
    """Read bytes as windows-1252, with C1 controls where it has no character."""
    undefined = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
    return "".join(chr(b) if b in undefined else bytes([b]).decode("cp1252") for b in data)


def test_all_tables_are_there() -> None:
    assert list(encodings()) == NAMES
    for table in encodings().values():
        assert set(table.letters) == set(LETTERS)


@pytest.mark.parametrize("name", NAMES)
def test_every_letter_round_trips(name: str) -> None:
    for letter in LETTERS:
        assert decode_as(encode_as(letter, name), name) == letter
    assert decode_as(encode_as(LETTERS, name), name) == LETTERS


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("tcvn3", bytes.fromhex("5669d6742 04e616d".replace(" ", "")), "Việt Nam"),
        ("tcvn3", b"\xa7\xb6NG B\xe9", "ĐẢNG Bộ"),
        ("vni", b"Vie\xe4t Nam, \xf1a\xfbng vie\xe2n", "Việt Nam, đảng viên"),
        ("vni", b"\xd1A\xdbNG BO\xc4", "ĐẢNG BỘ"),
        ("viscii", b"Vi\xaet Nam", "Việt Nam"),
        ("viqr", b"Vie^.t Nam, DDa?ng bo^. tha`nh pho^' Hue^'", "Việt Nam, Đảng bộ thành phố Huế"),
        ("viqr", rb"Co\' ma\`y kho^ng\?", "Co' ma`y không?"),
        ("windows1258", b"Vi\xea\xf2t Nam", "Việt Nam"),
        ("tcvn3", b"\x93t\xed\x94 \x96 nguy\xd4n", "“tớ” – nguyễn"),
    ],
)  # fmt: skip
def test_known_bytes(name: str, data: bytes, text: str) -> None:
    assert decode_as(data, name) == text


@pytest.mark.parametrize("name", NAMES)
@given(text=st.text(alphabet=LETTERS + "abcdeghiklmnopqrstuvxyzD '`?~.^(+\\,;\n0123456789"))
@settings(deadline=None, derandomize=True, max_examples=150)
def test_texts_round_trip(name: str, text: str) -> None:
    # A capital with tones beside small ones is what capitals_of may change in TCVN3.
    expected = capitals_of(text) if name == "tcvn3" else text
    assert decode_as(encode_as(text, name), name) == expected


def test_a_byte_of_another_letter_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        encode_as("ü", "tcvn3")
    with pytest.raises(UnicodeDecodeError):
        decode_as(b"Vi\xea^.t", "viqr")


@pytest.mark.parametrize("name", NAMES)
def test_detection(name: str) -> None:
    for text in PARAGRAPHS:
        assert detect(encode_as(text, name)) == name, text


def test_other_bytes_are_not_guessed() -> None:
    assert detect("Le préfet a été élu à Besançon, après délibération.".encode("cp1252")) is None
    assert detect(b"Plain English text. See item a. or (b).") is None
    assert detect("Привет, как дела".encode("koi8-r")) is None
    assert detect(b"Hop chi bo thang 3. Ra nghi quyet. Ket qua?") is None


@pytest.mark.parametrize("name", ["tcvn3", "vni", "viscii", "windows1258"])
def test_bytes_taken_for_windows_1252(name: str) -> None:
    text = "\n".join(PARAGRAPHS)
    repaired, note = repair(as_windows_1252(encode_as(text, name)))
    assert repaired == text
    assert note is not None and encodings()[name].label in note


def test_utf8_taken_for_windows_1252() -> None:
    text = "\n".join(PARAGRAPHS)
    for broken in (as_windows_1252(text.encode()), text.encode().decode("latin-1")):
        repaired, note = repair(broken)
        assert repaired == text and note is not None
    twice = as_windows_1252(as_windows_1252(text.encode()).encode())
    assert repair(twice)[0] == text


def test_clean_text_is_left_alone() -> None:
    for text in (*PARAGRAPHS, "XÃ HỘI CHỦ NGHĨA", "Müller, Señor, 5 µm, 30 °C, «cá»…", "Ä", ""):
        assert repair(text) == (text, None)


def test_only_the_broken_lines_change() -> None:
    good, bad = PARAGRAPHS[0], as_windows_1252(PARAGRAPHS[1].encode())
    assert repair(f"{good}\n{bad}")[0] == f"{good}\n{PARAGRAPHS[1]}"


@pytest.mark.parametrize("name", NAMES)
def test_text_files(name: str, tmp_path: Path) -> None:
    text = "\n\n".join(PARAGRAPHS)
    path = tmp_path / "bai.txt"
    path.write_bytes(encode_as(text, name))
    document = read(path)
    assert document.text.replace("\n\n", "\n") == text.replace("\n\n", "\n")
    assert document.warnings == (f"the text is in {encodings()[name].label}",)
    assert document.quality > 0.95


@pytest.mark.parametrize("name", ["tcvn3", "vni", "windows1258"])
@pytest.mark.parametrize("entities", [False, True])
def test_pages(name: str, entities: bool) -> None:
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    page = f"<html><head><title>Trang</title></head><body><h1>Trang</h1>{body}</body></html>"
    data = encode_as(page, name)
    if entities:  # an editor wrote the legacy bytes as entities
        data = as_windows_1252(data).encode("ascii", "xmlcharrefreplace")
    document = read_bytes(data, source="trang.html")
    for text in PARAGRAPHS:
        assert text in document.text
    assert any(encodings()[name].label in warning for warning in document.warnings)


def test_rows(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "a", "title": "Họp", "text": PARAGRAPHS[0]}, ensure_ascii=False).encode(),
        encode_as(json.dumps({"id": "b", "text": PARAGRAPHS[1]}, ensure_ascii=False), "tcvn3"),
        json.dumps({"id": "c", "text": as_windows_1252(PARAGRAPHS[2].encode())}).encode(),
        b'{"id": "d", "text": "\xff\xfe\xfd"}',
    ]
    path = tmp_path / "bai.jsonl"
    path.write_bytes(b"\n".join(lines))
    first, second, third, fourth = iter_rows(str(path))
    assert not isinstance(first, ReadError) and first.text.endswith(PARAGRAPHS[0])
    assert not first.warnings
    assert not isinstance(second, ReadError) and second.text == PARAGRAPHS[1]
    assert second.warnings == ("the row is in TCVN3 (ABC)",)
    assert not isinstance(third, ReadError) and third.text == PARAGRAPHS[2]
    assert "repaired" in third.warnings[0]
    assert isinstance(fourth, ReadError) and fourth.code == "V110"


def test_csv_rows(tmp_path: Path) -> None:
    path = tmp_path / "bai.csv"
    table = f'id,text\na,"{PARAGRAPHS[0]}"\nb,"{PARAGRAPHS[3]}"\n'
    path.write_bytes(encode_as(table, "windows1258"))
    rows = list(iter_rows(str(path)))
    texts = [row.text for row in rows if not isinstance(row, ReadError)]
    assert texts == [PARAGRAPHS[0], PARAGRAPHS[3]]


def test_a_wrong_title_is_repaired_with_its_text() -> None:
    title = "Đảng bộ xã Phú Lâm"
    document = from_text(
        as_windows_1252(PARAGRAPHS[0].encode()), title=as_windows_1252(title.encode())
    )
    assert document.text == f"{title}\n\n{PARAGRAPHS[0]}"


def test_damaged_utf8_is_read_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "bai.txt"
    text = "\n".join(PARAGRAPHS)
    path.write_bytes(text.encode()[:-1] + b"\xc3")
    document = read(path)
    assert document.text.startswith(PARAGRAPHS[0])
    assert document.warnings == ("places that are not UTF-8, kept as U+FFFD: 1",)


def test_possible_syllables() -> None:
    good = "nghiêng khuỷu quyết giếng gìn yêu ưỡn xoong quốc oai thuở Đắk ườn uống ích"
    bad = "ngiêng kua ghông cên bàt tich nghanh điề ẩưn strong qan baát zô"
    assert [word for word in good.split() if not is_possible(word)] == []
    assert [word for word in bad.split() if is_possible(word)] == []
    assert possible_share("UBND tỉnh và HĐND 2020") == 1.0
    assert possible_share("1234 --") == 1.0
