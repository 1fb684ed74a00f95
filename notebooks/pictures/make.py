"""Make the pictures of the README from the generated collection.

    python notebooks/pictures/make.py

Charts need the extra ``notebook``, the two views of pages a Chromium that Playwright can drive.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

import vankien
from vankien.collection import compose
from vankien.display import charts
from vankien.display.report import report

HERE = Path(__file__).resolve().parent
COLOURS = 96
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip


def keep(name: str, png: bytes) -> None:
    """Write a picture with few colours, so that the repository stays small."""
    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(HERE / f"{name}.png", optimize=True)
    print(f"{name}.png: {(HERE / f'{name}.png').stat().st_size / 1000:.0f} kB")


def main() -> None:
    """Compose, extract, draw, open in the browser."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        os.chdir(place)  # sources are named as they are given
        compose("collection")
        vankien.extract("collection/documents", out="results", workers=0, progress=False)
        results = vankien.open("results")
        keep("map", charts.province_map(results, "members.admitted", period="2019").png(scale=1))
        keep("panel", charts.indicator_panel(results, "members.admitted", most=8).png(scale=1))
        keep("manifestations", charts.manifestations(results).png(scale=1))
        report(results, to=place / "report.html", lang="en", title="A generated collection")
        record = results.sql(
            "select record_id from indicators join sentences using (doc_id, sentence) where "
            "indicator = 'members.admitted' and len(section) > 1 order by score desc, record_id"
        ).fetchall()[0][0]
        vankien.show(results, record).save(place / "document.html")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=ARGUMENTS
            )
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.goto((place / "report.html").as_uri())
            page.wait_for_selector("#app[aria-busy=false]")
            keep("report", page.screenshot())
            page.goto((place / "report.html").as_uri() + "#lang=en&tab=evidence&theme=SUYTHOAI-TT.5")
            page.wait_for_selector(".card")
            keep("report-sentences", page.screenshot())
            page.set_viewport_size({"width": 860, "height": 720})
            page.goto((place / "document.html").as_uri())
            keep("document", page.screenshot())
            browser.close()


if __name__ == "__main__":
    main()
