"""What a run shows: a bar with rate and time left, on a terminal."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from vankien.batch import progress
from vankien.batch.progress import Bar, JsonLog, Shown


class Clock:
    """A clock that goes when it is told to."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr("vankien.batch.progress.time", found)
    return found


def report(size: int, documents: int) -> dict[str, Any]:
    return {
        "name": "x",
        "size": size,
        "rows": {"documents": documents},
        "seconds": {"read": 0.12345},
    }


def test_rate_and_time_left(clock: Clock) -> None:
    stream = io.StringIO()
    bar, log = Bar(), JsonLog(stream)
    shown = Shown([bar, log])
    try:
        shown.stage("examine")
        clock.now += 50  # what the examination took is not of the rate
        shown.planned(size=10_000, chunks=4, kept=2)
        assert bar._bar.tasks[0].fields["text"] == "4 chunks to do, 2 kept"
        clock.now += 10
        shown.done(report(2_500, 30))
        task = bar._bar.tasks[0]
        assert task.fields["text"] == "30 documents, 3/s, 30 s left" and task.percentage == 25
        clock.now += 3_000
        shown.done(report(2_500, 0))
        assert bar._bar.tasks[0].fields["text"] == "30 documents, 0/s, 50 min left"
        shown.stage("scan")
        shown.scanned(pages=8, of=40)
        assert bar._bar.tasks[0].fields["text"] == "8 of 40 pages of long scans"
        shown.stage("merge")
        assert bar._bar.tasks[0].description == "merging"
    finally:
        shown.close()
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    chunks = [event for event in events if event["event"] == "chunk"]
    assert [chunk["seconds_left"] for chunk in chunks] == [30.0, 3010.0]
    assert [chunk["documents_per_second"] for chunk in chunks] == [3.0, 0.01]
    assert chunks[0]["seconds"] == {"read": 0.123} and chunks[1]["bytes_done"] == 5_000


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (89, "89 s"), (95, "2 min"), (3600, "60 min"),
                          (5400, "1 h 30 min"), (36_300, "10 h 05 min")],
)  # fmt: skip
def test_spans_of_time(seconds: float, said: str) -> None:
    assert progress._span(seconds) == said
