"""Archives and pages saved as one file: what is in them, and what must not get out."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from tests.reading.word_files import docx_of
from vankien.errors import ReadError, UsageError
from vankien.reading import iter_rows, read, read_bytes
from vankien.reading.archives import ArchiveLimits, archive_members
from vankien.reading.streams import members_of

TEXT = "Chi bộ thôn Nà Pán họp thường kỳ, bàn việc làm đường và quỹ khuyến học của thôn."


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def tarred(files: dict[str, bytes], mode: str = "w", links: dict[str, str] | None = None) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return stream.getvalue()


def saved(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


FILES = {
    "tinh/a.txt": TEXT.encode(),
    "tinh/b.docx": docx_of(lambda document: document.add_paragraph(TEXT)),
    "rows.jsonl": b'{"id": "x", "text": "Chi b\xe1\xbb\x99 h\xe1\xbb\x8dp."}\n',
    ".an": b"hidden", "__MACOSX/a.txt": b"hidden",
}  # fmt: skip


@pytest.mark.parametrize("form", ["zip", "tar", "tar.gz"])
def test_members_are_read_by_their_addresses(form: str, tmp_path: Path) -> None:
    data = zipped(FILES) if form == "zip" else tarred(FILES, "w:gz" if "gz" in form else "w")
    path = saved(tmp_path, f"kho.{form}", data)
    members = members_of(path)
    assert members is not None and not any(isinstance(m, ReadError) for m in members)
    names = [m.address for m in members if not isinstance(m, ReadError)]
    assert names == [f"{path}!/{name}" for name in list(FILES)[:3]]
    assert read(names[0]).text == TEXT and read(names[0]).source == names[0]
    assert read(names[1]).text == TEXT
    rows = list(iter_rows(names[2]))
    assert [row.doc_id for row in rows if not isinstance(row, ReadError)] == ["x"]
    with pytest.raises(UsageError) as caught:
        read(path)
    assert "vankien.extract" in str(caught.value)


def test_archives_in_archives(tmp_path: Path) -> None:
    inner = tarred({"sau/c.txt": TEXT.encode()})
    path = saved(tmp_path, "kho.zip", zipped({"trong.tar": inner, "a.txt": TEXT.encode()}))
    members = members_of(path) or []
    names = [m.address for m in members if not isinstance(m, ReadError)]
    assert names == [f"{path}!/trong.tar!/sau/c.txt", f"{path}!/a.txt"]
    assert read(names[0]).text == TEXT


def test_one_file_alone_is_read(tmp_path: Path) -> None:
    assert read(saved(tmp_path, "mot.zip", zipped({"a.txt": TEXT.encode()}))).text == TEXT


def test_files_that_are_no_archives(tmp_path: Path) -> None:
    assert members_of(saved(tmp_path, "a.txt", TEXT.encode())) is None
    assert members_of(saved(tmp_path, "b.docx", FILES["tinh/b.docx"])) is None
    assert members_of(saved(tmp_path, "r.jsonl.gz", gzip.compress(FILES["rows.jsonl"]))) is None


def errors_of(data: bytes, limits: ArchiveLimits) -> list[str]:
    try:
        members = list(archive_members(io.BytesIO(data), "kho", limits=limits))
    except ReadError as error:
        return [f"{error.code} whole"]
    return [member.code for member in members if isinstance(member, ReadError)]


def test_bounds() -> None:
    small = ArchiveLimits(members=3, member_bytes=5000, total_bytes=20_000, ratio=50, depth=2)
    many = {f"{i}.txt": b"x" for i in range(4)}
    assert errors_of(zipped(many), small) == ["V111 whole"]
    assert errors_of(tarred(many), small) == ["V111 whole"]
    assert errors_of(tarred({"a.txt": b"x" * 6000}), small) == ["V111"]
    assert errors_of(zipped({"a": b"x" * 4500} | {"b": b"y" * 16_000}), small) == ["V111 whole"]
    bomb = zipped({"bomb.txt": b"\0" * 40_000_000})
    assert errors_of(bomb, ArchiveLimits()) == ["V111"]
    deep = b"x"
    for level in range(5):
        deep = zipped({f"{level}.zip" if level else "a.txt": deep})
    assert errors_of(deep, small) == ["V111"]


def test_a_bomb_whose_size_is_a_lie(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": b"\0" * 3_000_000}))
    true, lie = (3_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little")
    assert data.count(true) == 2
    path = saved(tmp_path, "doi.zip", bytes(data).replace(true, lie))
    with pytest.raises(ReadError):
        read(f"{path}!/a.txt")


def test_hostile_names_and_links(tmp_path: Path) -> None:
    names = {"../../thoat.txt": TEXT.encode(), "/etc/thoat.txt": TEXT.encode()}
    path = saved(tmp_path, "thoat.zip", zipped(names))
    before = sorted(tmp_path.rglob("*"))
    for member in members_of(path) or []:
        assert not isinstance(member, ReadError)
        assert read(member.address).text == TEXT
    assert sorted(tmp_path.rglob("*")) == before and not (tmp_path.parent / "thoat.txt").exists()
    linked = saved(tmp_path, "lien.tar", tarred({}, links={"a.txt": "/etc/passwd", "b": "b"}))
    codes = [m.code for m in members_of(linked) or [] if isinstance(m, ReadError)]
    assert codes == ["V102", "V102"]


def test_damaged_archives(tmp_path: Path) -> None:
    whole = zipped({"a.txt": TEXT.encode() * 200, "b.txt": TEXT.encode() * 200})
    cut = saved(tmp_path, "cut.zip", whole[: len(whole) // 2])
    with pytest.raises(ReadError) as caught:
        read(cut)
    assert caught.value.code == "V102" and cut in str(caught.value)
    with pytest.raises(ReadError) as missing:
        read(f"{saved(tmp_path, 'kho.zip', whole)}!/khong-co.txt")
    assert missing.value.code == "V109" and "khong-co.txt" in str(missing.value)


def page(charset: str = "utf-8") -> bytes:
    message = MIMEMultipart("related", type="text/html")
    message["Snapshot-Content-Location"] = "https://example.org/bai.html"
    body = "".join(f"<p>{TEXT} Câu thứ {i}.</p>" for i in range(5))
    html = f"<html><head><title>Nà Pán</title></head><body><h1>Nà Pán</h1>{body}</body></html>"
    message.attach(MIMEText(html, "html", charset))
    message.attach(MIMEText("body { color: red }", "css"))
    return message.as_bytes()


def test_mhtml() -> None:
    document = read_bytes(page(), source="bai.mht")
    assert document.metadata.title == "Nà Pán"
    assert document.text.count(TEXT) == 5 and "color" not in document.text
    assert document.metadata.url == "https://example.org/bai.html"


def test_mhtml_without_a_page() -> None:
    message = MIMEMultipart("related")
    message.attach(MIMEText("p {}", "css"))
    with pytest.raises(ReadError) as caught:
        read_bytes(message.as_bytes(), source="bai.mht")
    assert caught.value.code == "V106" and "bai.mht" in str(caught.value)
