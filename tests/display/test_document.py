"""One document in a notebook: offsets kept, overlaps drawn, records that lead to sentences."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import lxml.html
import pytest

import vankien
from tests.display.conftest import HOSTILE_TITLE
from vankien.codebook import load_codebook
from vankien.display.document import _lanes, _marked, _Span, show
from vankien.errors import OutputError, UsageError
from vankien.pipeline import rows

HOSTILE_ID = '"><svg onload=window.hacked=1>'


def bare(page: str) -> str:
    """The text of the document as a reader sees it: without tags, pages, breaks of lines."""
    tree = lxml.html.fromstring(page)
    (text,) = tree.xpath("//div[@class='text']")
    for extra in text.xpath(".//*[contains(@class,'tag') or @class='whole' or @class='page']"):
        extra.drop_tree()
    return re.sub(r"\s+", "", str(text.text_content()))


def test_the_text_is_kept_to_the_character(out: Path) -> None:
    results = vankien.open(out)
    for doc_id, text in results.sql("select doc_id, text from documents").fetchall():
        assert bare(show(results, doc_id).page) == re.sub(r"\s+", "", text), doc_id


def test_spans_that_overlap_have_lanes_of_their_own() -> None:
    text = "kết nạp 1.500 đảng viên"
    spans = [
        _Span(0, 23, "theme", "DANGVIEN", ""),
        _Span(8, 23, "indicator", "members.admitted", ""),
        _Span(8, 13, "reference", "05-CT/TW", ""),
    ]
    assert sorted(_lanes(spans).values()) == [0, 1, 2]
    assert _lanes([spans[0], _Span(23, 30, "theme", "CANBO", "")])[spans[0]] == 0
    drawn = "".join(map(str, _marked(text, 0, len(text), spans)))
    inner = lxml.html.fromstring(f"<p>{drawn}</p>")
    tags = inner.xpath("//span[starts-with(@class,'tag')]/text()")
    assert tags == ["DANGVIEN", "members.admitted", "05-CT/TW"]
    pieces = [e.text for e in inner.xpath("//span[starts-with(@class,'span')]")]
    assert pieces == ["kết nạp ", "1.500", " đảng viên"]
    lines = [
        e.get("style").count("#fff") for e in inner.xpath("//span[starts-with(@class,'span')]")
    ]
    assert lines == [1, 3, 2], "as many lines as spans run there"


def test_a_record_leads_to_its_sentence(out: Path) -> None:
    results = vankien.open(out)
    rows = results.sql(
        "select * from indicators where indicator is not null and sentence is not null "
        "and doc_id = 'tin-03' order by start"
    ).df()
    for view in (
        show(results, rows["record_id"][0]),
        show(results, rows.iloc[0]),
        show(results, rows.iloc[0].to_dict()),
    ):
        assert view.at == f"s{rows['sentence'][0]}"
        tree = lxml.html.fromstring(view.page)
        (here,) = tree.xpath(f"//*[@id='{view.at}']")
        assert rows["surface"][0] in here.text_content() and "here" in here.get("class")
        assert rows["surface"][0] in tree.xpath("//blockquote")[0].text_content()


def test_every_link_has_its_place(out: Path) -> None:
    results = vankien.open(out)
    links = 0
    for (doc_id,) in results.sql("select doc_id from documents").fetchall():
        tree = lxml.html.fromstring(show(results, doc_id).page)
        for href in tree.xpath("//a/@href"):
            assert tree.xpath("//*[@id=$one]", one=href.removeprefix("#")), (doc_id, href)
            links += 1
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids))
    assert links > 300


def test_a_figure_of_a_table_leads_to_its_cell(out: Path) -> None:
    results = vankien.open(out)
    row = results.sql(
        "select * from indicators where sentence is null and indicator is not null "
        "order by doc_id, start limit 1"
    ).df()
    view = show(results, row.iloc[0])
    assert view.at == f"c{row['start'][0]}"
    quoted = lxml.html.fromstring(view.page).xpath("//blockquote")[0].text_content()
    assert row["number"][0] in quoted


def test_a_doc_and_a_document(nlp: Any, tmp_path: Path) -> None:
    document = vankien.read(Path("corpus/documents/bien-ban-chi-bo.txt").resolve())
    doc = nlp(document)
    view = show(doc)
    assert view.counts == show(document).counts and view.counts["figures"] > 0
    assert bare(view.page) == re.sub(r"\s+", "", document.text)
    shown = lxml.html.fromstring(view.page)
    for tag in shown.xpath("//*[starts-with(@class,'tag')]"):
        tag.drop_tree()
    pair = next(
        (one["end"], two["start"])
        for one, two in pairwise(rows(doc)["sentences"])
        if document.text[one["end"] : two["start"]] == " "
    )
    words = document.text[pair[0] - 12 : pair[1] + 12]
    assert words in str(shown.text_content()), "the space between sentences stays"
    record = next(span._.record for span in doc.spans["indicators"] if span._.record.indicator)
    assert show(doc, record).at == f"s{record.sentence}"
    saved = view.save(tmp_path / "x.html")
    assert saved.read_text("utf-8") == view.page
    with pytest.raises(OutputError) as caught:
        view.save(tmp_path / "x.html" / "y.html")
    assert caught.value.code == "V202"
    assert "figures" in repr(view) and repr(view).startswith("<BIÊN BẢN")


def test_a_hostile_document_is_text(out: Path) -> None:
    results = vankien.open(out)
    view = show(results, HOSTILE_ID)
    assert view.title == HOSTILE_TITLE
    for page in (view.page, view._repr_html_()):
        tree = lxml.html.fromstring(page)
        assert not tree.xpath("//script | //img | //svg | //*[@onload]")
    assert 'sandbox=""' in view._repr_html_()
    assert '<svgonload="window.hacked=1">' in bare(view.page)


def test_what_does_not_exist(out: Path) -> None:
    results = vankien.open(out)
    for wrong, words in (("nowhere", "no document or figure"), (None, "name the document"),
                         ({"doc_id": "nowhere"}, "no document 'nowhere'"), (3, "int is no id"),
                         ({"text": "x"}, "no doc_id")):  # fmt: skip
        with pytest.raises(UsageError, match=words):
            show(results, wrong)


def test_objects_show_themselves(nlp: Any) -> None:
    document = vankien.read(Path("corpus/documents/bai-bao-lang-son.txt").resolve())
    shown = document._repr_html_()
    tree = lxml.html.fromstring(shown)
    assert document.doc_id in tree.text_content()
    assert document.text[:40] in tree.text_content()
    doc = nlp(document)
    assert repr(document).startswith(f"<Document {document.doc_id} news_article: ")
    assert len(repr(document)) < 300
    record = doc.spans["indicators"][0]._.record
    cells = lxml.html.fromstring(record._repr_html_()).xpath("//td/text()")
    assert record.surface in cells and record.doc_id in cells
    book = load_codebook()
    theme = book.themes["SUYTHOAI-TT.5"]._repr_html_()
    assert "nể nang" in theme and "Resolution" not in theme[:20]
    assert "members.admitted" in book.indicators["members.admitted"]._repr_html_()
    assert "KETQUA" in book.roles["KETQUA"]._repr_html_()
    assert repr(book.roles["KETQUA"]).startswith("<Role KETQUA: ")
    assert f"{len(book.themes)} themes" in repr(book)
    whole = lxml.html.fromstring(book._repr_html_()).xpath("//tbody/tr")
    assert len(whole) == len(book.themes) + len(book.roles) + len(book.indicators)


def test_markup_in_a_document_is_escaped() -> None:
    from vankien.documents import Block, Document, Metadata

    text = "<script>window.hacked=1</script>"
    document = Document("a", "<b>.txt", text, metadata=Metadata(title="<img src=x>"),
                        blocks=(Block(0, len(text)),))  # fmt: skip
    tree = lxml.html.fromstring(document._repr_html_())
    assert not tree.xpath("//script | //img | //td//b")
    assert text in tree.text_content()
