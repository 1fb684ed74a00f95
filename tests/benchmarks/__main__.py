"""Print one table of what vankien costs: ``python -m tests.benchmarks [--quick]``.

Every figure is a ratio within one run or a peak, measured in processes of their own; wall
time beside processor time, which says more on a machine that is shared.  Nothing is
asserted: a benchmark informs.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEWS = ROOT.parent / "shared" / "data" / "news.jsonl.gz"
DOCUMENTS = ROOT / "corpus" / "documents"

PEER = (
    "import json, sys, underthesea as u\n"
    "for line in open(sys.argv[1], encoding='utf-8'):\n"
    "    for sentence in u.sent_tokenize(json.loads(line)['text']): u.word_tokenize(sentence)\n"
)
PDF = (
    "import pdfplumber, statistics, sys, time, vankien\n"
    "def peer():\n"
    "    with pdfplumber.open(sys.argv[1]) as pdf: [page.extract_text() for page in pdf.pages]\n"
    "def own(): vankien.read(sys.argv[1])\n"
    "def took(action):\n"
    "    began = time.process_time(); action(); return time.process_time() - began\n"
    "own()\n"
    "print(statistics.median(took(peer) / took(own) for _ in range(int(sys.argv[2]))))\n"
)
STAGES = (
    "import itertools, json, sys, time\n"
    "from vankien.batch.work import settle\n"
    "from vankien.tagging.roles import role_model\n"
    "from vankien.tagging.themes.model import theme_model\n"
    "clock = time.process_time\n"
    "began = clock(); theme_model(); role_model(); models = clock() - began\n"
    "settle()\n"
    "from vankien.analysis import Analysis, score_together\n"
    "from vankien.language.sentences import split_document\n"
    "from vankien.language.tokens import syllables\n"
    "from vankien.reading.rows import iter_rows\n"
    "documents = list(iter_rows(sys.argv[1]))\n"
    "names = ('sentences', 'tokens', 'phrases', 'models', 'themes', 'roles', 'indicators',\n"
    "         'references')\n"
    "spent = dict.fromkeys(names, 0.0)\n"
    "def timed(name, action):\n"
    "    began = clock(); result = action(); spent[name] += clock() - began; return result\n"
    "for _ in range(2):\n"  # what is loaded on first use is loaded in the first round
    "    spent = dict.fromkeys(names, 0.0)\n"
    "    count = 0\n"
    "    for first in range(0, len(documents), 64):\n"
    "        group = [Analysis(document) for document in documents[first : first + 64]]\n"
    "        for one in group:\n"
    "            timed('sentences', lambda: one.sentences)\n"
    "            timed('tokens', lambda: syllables(one.document.text))\n"
    "            timed('phrases', lambda: one.content)\n"
    "        timed('models', lambda: score_together(group))\n"
    "        for one in group:\n"
    "            timed('themes', lambda: one.sentence_themes)\n"
    "            timed('roles', lambda: one.sentence_rows)\n"
    "            timed('indicators', lambda: one.indicators)\n"
    "            timed('references', lambda: one.references)\n"
    "            count += len(one.content.sentences)\n"
    "print(json.dumps([models, count, spent]))\n"
)
VANKIEN = "from vankien.cli import main; main()"
READY = "from vankien.batch.supervise import _warm_up; _warm_up(bare=False)"
MEASURE = (
    "import json, resource, subprocess, sys, time\n"
    "began = time.perf_counter()\n"
    "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode\n"
    "wall = time.perf_counter() - began\n"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
    "print(json.dumps([code, wall, used.ru_utime + used.ru_stime, used.ru_maxrss]))\n"
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took: seconds by the clock and of processors, peak of one process."""

    wall: float
    processor: float
    megabytes: float


def cost(*command: object) -> Cost:
    """Run a command with Python in a process of its own."""
    full = [sys.executable, "-c", MEASURE, sys.executable, *map(str, command)]
    done = subprocess.run(full, capture_output=True, text=True, check=True)
    code, wall, processor, peak = json.loads(done.stdout.splitlines()[-1])
    if code:
        raise SystemExit(f"{command} failed:\n{done.stderr}")
    return Cost(wall, processor, peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))


def texts() -> Iterator[str]:
    """Articles, for ever: those at hand, or the project's own documents, again and again."""
    if NEWS.is_file():
        with gzip.open(NEWS, "rt", encoding="utf-8") as stream:
            found = [json.loads(line)["text"] for line in stream]
    else:
        import vankien

        files = sorted(p for p in DOCUMENTS.iterdir() if p.suffix in (".txt", ".html", ".docx"))
        found = [vankien.read(path).text for path in files]
    return cycle(found)


def write_articles(path: Path, number: int) -> Path:
    """Write rows with ids of their own, whatever repeats."""
    with path.open("w", encoding="utf-8") as stream:
        for place, text in enumerate(islice(texts(), number)):
            stream.write(json.dumps({"id": str(place), "text": text}, ensure_ascii=False) + "\n")
    return path


def extraction(rows: Path, folder: Path, workers: int = 1) -> Cost:
    """Run the whole extraction, to Parquet."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    return cost("-c", VANKIEN, "extract", rows, "--out", out, "--workers", workers, "--quiet")


def throughput(folder: Path, number: int, rounds: int) -> Iterator[tuple[str, str]]:
    rows = write_articles(folder / "rows.jsonl", number)
    wall, processor, rates = [], [], []
    for _ in range(rounds):
        peer, own = cost("-c", PEER, rows), extraction(rows, folder)
        wall.append(peer.wall / own.wall)
        processor.append(peer.processor / own.processor)
        rates.append(number / own.wall)
    name = f"whole extraction to underthesea.word_tokenize, {number:,} articles"
    yield name, f"{statistics.median(wall):.2f} times as fast ({min(wall):.2f} to {max(wall):.2f})"
    yield "the same by processor time", f"{statistics.median(processor):.2f} times as fast"
    yield "articles a second, one worker", f"{statistics.median(rates):.0f}"


def stages(folder: Path, number: int) -> Iterator[tuple[str, str]]:
    rows = write_articles(folder / "rows.jsonl", number)
    command = [sys.executable, "-c", STAGES, str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    models, count, spent = json.loads(done.stdout)
    total = sum(seconds for name, seconds in spent.items() if name != "tokens")
    for name, seconds in spent.items():
        share = "" if name == "tokens" else f", {seconds / total:.0%} of the analysis"
        yield f"stage {name}", f"{seconds / number * 1000:.2f} ms an article{share}"
    split = spent["sentences"] + spent["tokens"]
    yield "indicators to sentences and tokens", f"{spent['indicators'] / split:.1f} times as long"
    theme_seconds = spent["models"] + spent["themes"]
    yield "sentences a second, themes and roles scored, one core", f"{count / theme_seconds:,.0f}"
    yield "models loaded", f"{models:.2f} s"


def kills(tests: str) -> Iterator[tuple[str, str]]:
    """Run the tests that kill runs at random moments; count the kills and what came of them."""
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "tests.benchmarks.kills"]
    place = str(ROOT / "tests" / "faults" / "test_kills.py")
    done = subprocess.run(
        [*command, place, "-k", tests], capture_output=True, text=True, cwd=ROOT, check=False
    )
    found = [line.split() for line in done.stdout.splitlines() if line.startswith("KILLS ")]
    if not found:
        raise SystemExit(f"the tests of kills did not run:\n{done.stdout}{done.stderr}")
    _, number, passed, failed = found[-1]
    outcome = "survived" if failed == "0" else f"{failed} TESTS FAILED"
    yield "kills of runs at random moments", f"{number} {outcome} ({passed} tests)"


def memory(folder: Path, numbers: tuple[int, ...]) -> Iterator[tuple[str, str]]:
    for number in numbers:
        rows = write_articles(folder / "rows.jsonl", number)
        peak = extraction(rows, folder).megabytes
        yield f"peak memory of a process, {number:,} articles", f"{peak:.0f} MB"


def scaling(folder: Path, number: int, rounds: int) -> Iterator[tuple[str, str]]:
    rows = write_articles(folder / "rows.jsonl", number)
    gains, costs = [], []
    for _ in range(rounds):
        one, two = extraction(rows, folder), extraction(rows, folder, workers=2)
        gains.append(one.wall / two.wall)
        costs.append(two.processor / one.processor)
    name = f"two workers to one, {number:,} articles"
    yield name, f"{statistics.median(gains):.2f} times as fast"
    yield "processor time of two workers to one", f"{statistics.median(costs):.2f} times as much"


def cold_start(folder: Path, rounds: int) -> Iterator[tuple[str, str]]:
    def median(*command: object) -> float:
        return statistics.median(cost(*command).wall for _ in range(rounds))

    nothing = median("-c", "pass")
    yield "python -c pass", f"{nothing * 1000:.0f} ms"
    for name, command in (
        ("import vankien", ("-c", "import vankien")),
        ("vankien --help", ("-c", VANKIEN, "--help")),
        ("a worker, ready for its first document", ("-c", READY)),
        ("a run over one article", ("-c", VANKIEN, *_run_of(write_articles(folder / "one", 1)))),
    ):
        took = median(*command)
        yield name, f"{took * 1000:.0f} ms ({took / nothing:.1f} times python -c pass)"


def _run_of(rows: Path) -> tuple[object, ...]:
    return ("extract", rows, "--out", rows.with_suffix(".out"), "--force", "--quiet")


def pdf(folder: Path, pages: int, rounds: int) -> Iterator[tuple[str, str]]:
    path = folder / "plain.pdf"
    _write_pdf(path, pages)
    command = [sys.executable, "-c", PDF, str(path), str(rounds)]
    gain = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    name = f"vankien.read to pdfplumber's text, plain PDF of {pages} pages"
    yield name, f"{gain:.1f} times as fast"


def _write_pdf(path: Path, pages: int) -> None:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

    font = "Helvetica"
    for found in sorted(Path("/usr/share/fonts").rglob("DejaVuSerif.ttf")):
        pdfmetrics.registerFont(TTFont("Vietnamese", str(found)))
        font = "Vietnamese"
        break
    style = ParagraphStyle("body", fontName=font, fontSize=11, leading=16)
    story: list[object] = []
    for text in islice(texts(), pages):
        plain = text.replace("&", " ").replace("<", " ")[:2_200]
        story += [Paragraph(plain.replace("\n", " "), style), PageBreak()]
    SimpleDocTemplate(str(path)).build(story)


def machine() -> str:
    """Return the name of the processor, as far as the system tells it."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    return platform.processor() or platform.machine()


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer articles, one round")
    quick = parser.parse_args().quick
    rounds = 1 if quick else 3
    source = "news at hand" if NEWS.is_file() else "the project's documents, repeated"
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(
        f"{machine()}, {os.cpu_count()} cores{load}, Python {platform.python_version()}; {source}"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measurements = (
            throughput(folder, 200 if quick else 1_500, rounds),
            stages(folder, 100 if quick else 600),
            scaling(folder, 600 if quick else 6_000, rounds),
            memory(folder, (200, 800) if quick else (1_000, 8_000, 35_000)),
            pdf(folder, 10 if quick else 60, rounds),
            cold_start(folder, 3 if quick else 7),
            kills("main_process and 0-50" if quick else "kill_the_main or kill_a_run"),
        )
        for measurement in measurements:
            for label, figure in measurement:
                print(f"  {label:<72} {figure}", flush=True)


if __name__ == "__main__":
    main()
