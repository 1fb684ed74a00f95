"""The report in a real browser: it opens, filters, shows evidence, downloads, stays silent."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import vankien
from tests.display.conftest import FORMULA_TITLE, HOSTILE_TITLE
from vankien.display.report import report

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("VANKIEN_CHROMIUM") or next(
    (path for path in map(shutil.which, NAMES) if path), None
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="NOT TESTED IN A BROWSER: there is no chromium on this machine"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page_file(out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("browser") / "report.html"
    report(out, to=target, title=HOSTILE_TITLE)
    return target


class Visit:
    """A page under watch: every message and request is kept."""

    def __init__(self, browser: Any, path: Path, address: str = "", **options: Any) -> None:
        script = options.pop("script", None)
        self.context = browser.new_context(accept_downloads=True, **options)
        self.page = self.context.new_page()
        self.messages: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.on("dialog", lambda dialog: self.messages.append("a dialog opened"))
        self.context.on("request", lambda request: self.requests.append(request.url))
        if script:
            self.page.add_init_script(script)
        self.page.goto(f"{path.as_uri()}#{address}")
        self.page.wait_for_selector("#app[aria-busy=false]")

    def found(self) -> list[int]:
        """The numbers of the line that says how many there are."""
        text = self.page.inner_text("#found")
        return [int(n.replace(",", "").replace(".", "")) for n in re.findall(r"\d[\d.,]*", text)]

    def csv(self, button: str = "#csv") -> list[dict[str, str]]:
        with self.page.expect_download() as download:
            self.page.click(button)
        raw = Path(download.value.path()).read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf") and raw.endswith(b"\r\n")
        return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.id"))


@pytest.fixture
def visit(browser: Any, page_file: Path) -> Iterator[Any]:
    """Open the report; afterwards nothing was logged, requested or run."""
    visits: list[Visit] = []

    def open_page(address: str = "", path: Path = page_file, **options: Any) -> Visit:
        visits.append(Visit(browser, path, address, **options))
        return visits[-1]

    yield open_page
    for one in visits:
        assert one.messages == []
        assert [u for u in one.requests if not u.startswith(("file://", "data:", "blob:"))] == []
        assert one.page.evaluate("window.hacked") is None
        one.context.close()


def test_it_opens_with_what_the_collection_holds(out: Path, visit: Any) -> None:
    page = visit("lang=en").page
    opens = page.inner_text(".opens")
    n = vankien.open(out).run["counts"]
    assert f"{n['documents']} documents, {n['sentences']} sentences read" in opens
    assert "Documents that repeat others: 1." in opens
    assert "Inputs that could not be read: 1." in opens
    assert "as reported by the documents" in page.inner_text(".honest")
    assert page.inner_text("#found").endswith("repeats not counted: 1")
    cards = page.locator(".panel h2").all_inner_texts()
    assert len(cards) == 7 and "The 27 manifestations by year" in cards
    notes = page.locator(".panel .note").all_inner_texts()
    assert all(re.search(r"n = \d+", note) for note in notes)
    assert page.locator(".map .tile").count() == 63
    page.click("#map-34")
    assert page.locator(".map .tile").count() == 34


def test_filters_leave_what_the_tables_say(out: Path, visit: Any) -> None:
    results = vankien.open(out)

    def expected(where: str) -> list[int]:
        row = results.sql(
            "select count(distinct (t.doc_id, t.sentence)), count(distinct t.doc_id) from themes t "
            "join documents d using (doc_id) where t.sentence is not null and not negated "
            f"and d.duplicate_of is null and {where}"
        ).fetchall()[0]
        return [int(n) for n in row]

    one = visit("lang=en&tab=evidence")
    page = one.page
    page.fill("#find-theme", "SUYTHOAI-TT.5")
    page.check("#f-theme-SUYTHOAI-TT\\.5")
    assert one.found()[:2] == expected("theme = 'SUYTHOAI-TT.5'")
    page.check("#f-year-2020")
    assert one.found()[:2] == expected("theme = 'SUYTHOAI-TT.5' and year(published) = 2020")
    page.check("#f-year-2021")
    assert one.found()[:2] == expected(
        "theme = 'SUYTHOAI-TT.5' and year(published) in (2020, 2021)"
    )
    assert page.locator(".chip").count() == 3
    page.click("#clear")
    page.fill("#find-theme", "")
    page.fill("#find-theme", "SUYTHOAI-TT")
    page.check("#f-theme-SUYTHOAI-TT")
    assert one.found()[:2] == expected("t.theme like 'SUYTHOAI-TT%'"), "a group holds its nine"
    page.click("#clear")
    page.get_by_label(re.compile("^Nghệ An")).check()
    assert one.found()[0] > 8
    assert all("Nghệ An" in text for text in page.locator(".card").all_inner_texts())
    page.click("#clear")
    page.fill("#q", "NE NANG")
    assert one.found()[0] > 0
    assert all("nể nang" in text for text in page.locator("blockquote").all_inner_texts())
    page.fill("#q", "không có chữ này đâu")
    assert one.found()[0] == 0 and page.inner_text("#view") == "No sentence matches the filters."


def test_repeats_are_counted_only_when_asked(visit: Any) -> None:
    one = visit("lang=en&tab=documents")
    before = one.found()
    one.page.check("#repeats")
    after = one.found()
    assert after[0] == before[0] + 1 and one.page.inner_text("#found").endswith("counted: 1")


def test_least_score(visit: Any) -> None:
    one = visit("lang=en&tab=evidence&minimum=90")
    scores = [
        float(n)
        for text in one.page.locator(".coding.is-theme .how").all_inner_texts()
        for n in re.findall(r"score (\d\.\d+)", text)
    ]
    assert scores and min(scores) >= 0.9


def test_evidence_is_read_in_place(visit: Any) -> None:
    one = visit("lang=en&tab=evidence&document=tin-03")
    page = one.page
    card = page.locator(".card").filter(has_text="kết nạp").first
    marks = card.locator("mark").all_inner_texts()
    assert "1221 đảng viên" in marks and "98%" in marks
    assert "members.admitted" in card.inner_text() and "score" in card.inner_text()
    assert card.locator(".cite").inner_text().startswith("tin-03#")
    card.locator(".open").click()
    page.wait_for_selector(".hit.current")
    hit = page.inner_text(".hit.current")
    assert "1221 đảng viên" in hit and "members.admitted" in hit
    assert "chợ phiên đông người" in page.inner_text("#reader-text"), "the whole text is there"
    assert "tin-03" in page.inner_text(".facts")
    at = page.inner_text("#reader-at")
    page.keyboard.press("n")
    assert page.inner_text("#reader-at") != at
    page.keyboard.press("Escape")
    assert not page.evaluate("document.getElementById('reader').open")
    assert one.focused().startswith("open-"), "the focus goes back to the sentence"


def test_tables_are_read_in_place(visit: Any) -> None:
    page = visit("lang=en&tab=figures&kind=party_document").page
    page.locator("#view .open").first.click()
    page.wait_for_selector(".hit.current")
    assert page.locator("#reader-text .part-table").count() > 5
    assert page.locator(".hit.current mark.is-figure").count() >= 1


def test_what_is_shown_can_be_taken_along(out: Path, visit: Any) -> None:
    texts = dict(vankien.open(out).sql("select doc_id, text from documents").fetchall())
    one = visit("lang=vi&tab=evidence&repeats=1")
    rows = one.csv()
    assert len({(r["doc_id"], r["sentence"], r["text"]) for r in rows}) == one.found()[0]
    spans = [row for row in rows if row["start"]]
    for row in spans:
        surface = texts[row["doc_id"]][int(row["start"]) : int(row["end"])]
        assert surface == row["surface"].removeprefix("'") or surface == row["surface"]
    assert {row["finding"] for row in rows} == {"theme", "indicator", "reference"}
    one.page.click("#tab-figures")
    figures = one.csv()
    n = vankien.open(out).sql("select count(*) from indicators where indicator is not null")
    assert len(figures) == n.fetchall()[0][0] == one.found()[0]
    assert {"value_reported", "scope_code", "period_end", "checks"} <= figures[0].keys()
    assert any(row["value_reported"] == "1221" for row in figures)
    one.page.click("#tab-documents")
    documents = one.csv()
    assert len(documents) == len(texts) and {r["doc_id"] for r in documents} == set(texts)
    titles = [row["title"] for row in documents]
    assert f"'{FORMULA_TITLE}" in titles, "a spreadsheet must not compute a title"
    assert HOSTILE_TITLE in titles
    one.page.click("#tab-overview")
    years = one.csv("#csv-years")
    assert sum(int(row["documents"]) for row in years) == len(texts)
    heat = one.csv("#csv-heat")
    assert len(heat) == 30 and any(row["2020"] not in ("", "0") for row in heat)


def test_pictures_lead_to_the_sentences(visit: Any) -> None:
    one = visit("lang=en")
    cell = one.page.locator("#heat-SUYTHOAI-TT\\.5-2020")
    many = int(cell.inner_text())
    cell.click()
    assert one.found()[0] == many
    one.page.click("#clear")
    one.page.click("#tab-overview")
    tile = one.page.locator("#tile-40")
    many = int(tile.locator("b").inner_text())
    tile.click()
    assert (
        one.found()[0] == many
        and one.page.get_attribute("#tab-evidence", "aria-selected") == "true"
    )


def test_two_languages(visit: Any) -> None:
    one = visit("lang=vi&tab=figures")
    page = one.page
    assert (
        page.inner_text("h1").startswith("Báo cáo") and page.get_attribute("html", "lang") == "vi"
    )
    assert "Đảng viên kết nạp" in page.inner_text("#view")
    page.click("#lang-en")
    assert page.inner_text("h1").startswith("Collection report")
    assert page.get_attribute("html", "lang") == "en" and one.focused() == "lang-en"
    assert "Members admitted" in page.inner_text("#view") and "lang=en" in page.url
    page.click("#lang-vi")
    assert page.inner_text("h1").startswith("Báo cáo")


def test_on_a_phone(visit: Any) -> None:
    one = visit("lang=vi", viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    page = one.page
    assert not page.evaluate("document.getElementById('filters').open")
    for tab in ("overview", "evidence", "figures", "documents"):
        page.tap(f"#tab-{tab}")
        wide = page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{tab} is wider than the phone by {wide} pixels"
    page.tap("#filters-summary")
    page.tap("#f-year-2020")
    assert page.inner_text("#filters-summary").endswith("(1)")
    page.tap("#tab-evidence")
    page.locator(".open").first.tap()
    page.wait_for_selector(".hit.current")
    assert page.evaluate("document.getElementById('reader').getBoundingClientRect().width") == 360
    page.tap("#reader-close")


def test_with_the_keyboard_alone(visit: Any) -> None:
    one = visit("lang=en")
    page = one.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert one.focused() == "results"
    page.keyboard.press("Tab")
    assert one.focused() == "tab-overview"
    page.keyboard.press("ArrowRight")
    assert one.focused() == "tab-evidence" and page.locator(".card").count() > 5
    page.keyboard.press("/")
    assert one.focused() == "q"
    page.keyboard.type("nể nang")
    assert one.focused() == "q" and page.input_value("#q") == "nể nang"
    for _ in range(60):
        page.keyboard.press("Tab")
        if one.focused().startswith("f-year-"):
            break
    chosen = one.focused()
    assert chosen.startswith("f-year-")
    page.keyboard.press("Space")
    assert one.focused() == chosen and page.is_checked(f"#{chosen}")
    for _ in range(90):
        page.keyboard.press("Tab")
        if one.focused().startswith("open-"):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector(".hit.current")
    page.keyboard.press("Escape")
    assert one.focused().startswith("open-")
    page.click("#clear")
    page.click("#tab-overview")
    page.focus(".heat button[tabindex='0']")
    first = one.focused()
    page.keyboard.press("ArrowRight")
    assert one.focused().startswith("heat-") and one.focused() != first


def test_every_control_has_a_name(visit: Any) -> None:
    nameless = """() => [...document.querySelectorAll('button, input, [role=region]')]
        .filter((node) => !node.getAttribute('aria-label') && !node.textContent.trim())
        .filter((node) => !node.labels || !node.labels.length)
        .map((node) => node.outerHTML.slice(0, 80))"""
    page = visit("lang=en").page
    for tab in ("overview", "evidence", "figures", "documents"):
        page.click(f"#tab-{tab}")
        assert page.evaluate(nameless) == []
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map((node) => node.id)")
        assert len(ids) == len(set(ids))
    page.locator(".open").first.click()
    page.wait_for_selector("#reader-text p")
    assert page.evaluate(nameless) == []


def test_hostile_documents_do_nothing(visit: Any) -> None:
    one = visit("lang=en&tab=documents&q=window.hacked")
    page = one.page
    assert page.locator(".card h2").inner_text() == HOSTILE_TITLE
    page.locator(".open").click()
    page.wait_for_selector("#reader-text p")
    page.click("#reader-next")
    text = page.inner_text("#reader-text")
    assert '<svg onload="window.hacked=1">' in text and "&lt;b&gt;" in text
    assert page.locator("#reader svg, #reader img, #reader script, #reader-text a").count() == 0
    page.keyboard.press("Escape")
    assert HOSTILE_TITLE in page.inner_text("h1")
    page.click("#tab-evidence")
    assert page.locator("#view img, #view script, #view svg").count() == 0


def test_letters_beyond_the_basic_plane(visit: Any) -> None:
    page = visit("lang=en&tab=evidence&document=cong-thuc").page
    marks = page.locator("mark.is-figure").all_inner_texts()
    # A theme's evidence ends inside the figure, which is therefore marked in two stretches.
    assert "1.500 đảng viên" in "".join(marks) and "12 đảng viên" in "".join(marks)
    page.locator(".open").first.click()
    page.wait_for_selector(".hit.current")
    marks = page.locator("#reader-text mark.is-figure").all_inner_texts()
    assert "1.500 đảng viên" in "".join(marks)


def test_an_old_browser_unpacks_by_itself(visit: Any) -> None:
    old = "delete window.DecompressionStream"
    plain, own = visit("lang=en&tab=evidence"), visit("lang=en&tab=evidence", script=old)
    assert own.page.evaluate("typeof DecompressionStream") == "undefined"
    assert own.page.inner_text("#view") == plain.page.inner_text("#view")
    own.page.locator(".open").first.click()
    own.page.wait_for_selector(".hit.current")


def test_without_texts_only_evidence_is_read(out: Path, tmp_path: Path, visit: Any) -> None:
    target = tmp_path / "r.html"
    report(out, to=target, with_text=False)
    page = visit("lang=en&tab=evidence", path=target).page
    page.locator(".open").first.click()
    page.wait_for_selector(".hit.current")
    assert "carries only the sentences" in page.inner_text("#reader-text")
    assert "chợ phiên" not in page.inner_text("#reader-text")


def test_a_record_is_followed_in_the_frame_of_a_notebook(
    out: Path, tmp_path: Path, browser: Any
) -> None:
    results = vankien.open(out)
    record = results.sql(
        "select * from indicators where doc_id = 'tin-03' and indicator is not null order by start"
    ).df()
    view = vankien.show(results, record.iloc[-1], height=300)
    notebook = tmp_path / "notebook.html"
    notebook.write_text(f"<!doctype html><meta charset=utf-8>{view._repr_html_()}", "utf-8")
    page = browser.new_page()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.goto(notebook.as_uri())
    frame = page.frame_locator("iframe")
    here = frame.locator(".here")
    before = here.bounding_box()["y"]
    frame.locator("blockquote a").click()
    page.wait_for_timeout(200)
    assert here.bounding_box()["y"] < before, "the frame goes to the sentence"
    frame.locator("summary").first.click()
    frame.locator(".records tr a").first.click()
    # The frame refuses scripts, those of the test's own driver too.
    others = [text for text in messages if not text.startswith("Blocked script execution")]
    assert page.url == notebook.as_uri() and others == []
    page.close()


def test_a_cut_file_says_so(page_file: Path, tmp_path: Path, browser: Any) -> None:
    html = page_file.read_text("utf-8")
    begin = html.index('id="core">') + len('id="core">')
    target = tmp_path / "cut.html"
    target.write_text(html[: begin + 2000] + html[html.index("</script>", begin) :], "utf-8")
    page = browser.new_page()
    page.goto(target.as_uri())
    page.wait_for_selector(".failed")
    assert "make it again" in page.inner_text(".failed")
    page.close()
