"""One long scan does not hold a core alone: its pages go to whoever is idle.

tesseract is a stand-in that reads a page as the checksum of its picture, and notes who
asked, so that the tests count pages and not seconds.
"""

from __future__ import annotations

import io
import json
import os
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

import vankien
from tests.batch.conftest import article, contents, rows_of
from vankien.batch import scans
from vankien.batch.run import extract

PAGES = 40
TESSERACT = """#!/bin/sh
case "$*" in *--list-langs*) echo vie; exit;; esac
sum=$(cksum | cut -d" " -f1)
echo "$PPID $sum" >> "{log}"
printf 'level\\tpage_num\\tblock_num\\tpar_num\\tline_num\\tword_num\\t'
printf 'left\\ttop\\twidth\\theight\\tconf\\ttext\\n'
left=100
for word in Chi bộ thôn họp thường kỳ bàn việc làm đường số $sum; do
printf '5\\t1\\t1\\t1\\t1\\t1\\t%s\\t100\\t40\\t20\\t95\\t%s\\n' $left $word
left=$((left+50))
done
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the stand-in on the path; return where it notes who asked for which page."""
    program = tmp_path / "bin" / "tesseract"
    program.parent.mkdir()
    program.write_text(TESSERACT.format(log=tmp_path / "log"), "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "log"


@pytest.fixture
def uneven(tmp_path: Path) -> Path:
    """A scan of many pages among small texts."""
    folder = tmp_path / "in"
    folder.mkdir()
    pages = []
    for number in range(PAGES):
        page = Image.new("L", (120, 160), 255)
        ImageDraw.Draw(page).rectangle((10, 10, 20 + number, 60), fill=0)
        pages.append(page)
    pages[0].save(folder / "a-quet.pdf", save_all=True, append_images=pages[1:])
    for number in range(6):
        (folder / f"bai-{number}.txt").write_text(article(number), "utf-8")
    return folder


def asked(log: Path) -> list[tuple[str, str]]:
    """(process, page) of every page that was read."""
    lines = log.read_text().splitlines()
    return [(line.split()[0], line.split()[1]) for line in lines]


def test_the_pages_of_a_long_scan_go_to_all_workers(
    uneven: Path, tmp_path: Path, log: Path, same_folders: Callable[[Path, Path], None]
) -> None:
    events = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vankien.batch.plan.CHUNK_ITEMS", 2)
        done = extract(uneven, out=tmp_path / "out", workers=2, log=events)
    assert done.rows["documents"] == 7 and not done.errors
    found = asked(log)
    assert len({page for _, page in found}) == len(found) == PAGES, "every page once"
    shares = Counter(process for process, _ in found)
    assert len(shares) == 2 and min(shares.values()) >= scans.PAGES_A_TASK
    said = [json.loads(line) for line in events.getvalue().splitlines()]
    names = [event["event"] for event in said]
    chunks = [place for place, name in enumerate(names) if name == "chunk"]
    pages = [place for place, name in enumerate(names) if name == "scanned"]
    assert len(pages) == PAGES // scans.PAGES_A_TASK
    # Nothing waits for the scan but the chunk that holds it.
    assert chunks[-2] < pages[0] and chunks[-1] > pages[-1]
    assert said[pages[-1]]["pages"] == said[pages[-1]]["of"] == PAGES
    assert not list((tmp_path / "out" / ".store" / "scans").iterdir())
    assert vankien.open(tmp_path / "out").run["timings"]["scan"] > 0
    # The same as when its worker reads it from the first page to the last.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vankien.batch.plan.CHUNK_ITEMS", 2)
        patch.setattr("vankien.batch.work.INLINE", PAGES)
        extract(uneven, out=tmp_path / "alone", workers=0)
    same_folders(tmp_path / "out", tmp_path / "alone")
    (scan,) = [d for d in rows_of(tmp_path / "out", "documents") if d["extraction"] == "ocr"]
    assert scan["n_pages"] == PAGES and len(re.findall(r"số \d+", scan["text"])) == PAGES


def test_pages_that_are_read_are_kept_when_a_run_is_broken_off(
    uneven: Path, tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(self: Any, *, pages: int, of: int) -> None:
        if pages >= 2 * scans.PAGES_A_TASK:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("vankien.batch.progress.Shown.scanned", stop)
        with pytest.raises(KeyboardInterrupt):
            extract(uneven, out=tmp_path / "out", workers=0)
    assert len(asked(log)) == 2 * scans.PAGES_A_TASK
    kept = sorted((tmp_path / "out" / ".store" / "scans").iterdir())
    os.truncate(kept[0], kept[0].stat().st_size - 3)  # a power cut: these are read again
    extract(uneven, out=tmp_path / "out", workers=0)
    assert len(asked(log)) == PAGES + scans.PAGES_A_TASK
    monkeypatch.setattr("vankien.batch.work.INLINE", PAGES)
    extract(uneven, out=tmp_path / "alone", workers=0)
    assert contents(tmp_path / "out") == contents(tmp_path / "alone")


def test_a_page_that_fails_is_given_up_alone(
    uneven: Path, tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = vankien.reading.ocr._draw  # type: ignore[attr-defined]

    def failing(pdf: Any, number: int) -> Any:
        return "its picture is damaged" if number == 11 else draw(pdf, number)

    monkeypatch.setattr("vankien.reading.ocr._draw", failing)
    done = extract(uneven, out=tmp_path / "out", workers=0)
    assert not done.errors and len(asked(log)) == PAGES - 1
    (scan,) = [d for d in rows_of(tmp_path / "out", "documents") if d["n_pages"] == PAGES]
    assert "page 12 was not read as a picture: its picture is damaged" in scan["warnings"]
