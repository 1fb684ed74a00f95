"""What a run shows while it works: a bar with rate and time left, or events as JSON lines."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import IO, Any

__all__ = ["Bar", "JsonLog", "Shown", "Watcher"]


class Watcher:
    """Hears of every step of a run; this one says nothing."""

    def planned(self, *, size: int, chunks: int, kept: int) -> None:
        """Say what is to do: bytes and chunks, and how many chunks are done already."""

    def done(self, report: dict[str, Any]) -> None:
        """Take the report of a chunk."""

    def died(self, *, source: str, code: str, detail: str) -> None:
        """Take note of a worker that ended, and of what it had in hand."""

    def stage(self, name: str) -> None:
        """Take note of a new stage: examine, extract, scan, merge."""

    def scanned(self, *, pages: int, of: int) -> None:
        """Take note of pages of long scans that are read."""

    def finished(self, state: dict[str, Any]) -> None:
        """Take the contents of run.json."""

    def close(self) -> None:
        """End what is shown."""


class Shown(Watcher):
    """Passes everything on to several watchers."""

    def __init__(self, watchers: Iterable[Watcher]) -> None:
        self._watchers = list(watchers)

    def planned(self, *, size: int, chunks: int, kept: int) -> None:
        for watcher in self._watchers:
            watcher.planned(size=size, chunks=chunks, kept=kept)

    def done(self, report: dict[str, Any]) -> None:
        for watcher in self._watchers:
            watcher.done(report)

    def died(self, *, source: str, code: str, detail: str) -> None:
        for watcher in self._watchers:
            watcher.died(source=source, code=code, detail=detail)

    def stage(self, name: str) -> None:
        for watcher in self._watchers:
            watcher.stage(name)

    def scanned(self, *, pages: int, of: int) -> None:
        for watcher in self._watchers:
            watcher.scanned(pages=pages, of=of)

    def finished(self, state: dict[str, Any]) -> None:
        for watcher in self._watchers:
            watcher.finished(state)

    def close(self) -> None:
        with ExitStack() as stack:
            for watcher in self._watchers:
                stack.callback(watcher.close)


class _Pace:
    """How fast a run is, by all that it has done, and how long it will take."""

    def __init__(self, size: int = 0) -> None:
        self.size = size
        self.done = self.documents = 0
        self._began = time.monotonic()

    def add(self, report: dict[str, Any]) -> None:
        self.done += report["size"]
        self.documents += report["rows"]["documents"]

    @property
    def seconds(self) -> float:
        return max(time.monotonic() - self._began, 0.001)

    @property
    def rate(self) -> float:
        """Documents a second."""
        return self.documents / self.seconds

    @property
    def left(self) -> float:
        """Seconds that the bytes which are left will take."""
        return max(0.0, (self.size - self.done) * self.seconds / max(self.done, 1))


class Bar(Watcher):
    """A bar on standard error: share of the bytes, documents, rate, time left."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%  {task.fields[text]}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("examining", total=None, text="")
        self._pace = _Pace()
        self._bar.start()

    def planned(self, *, size: int, chunks: int, kept: int) -> None:
        self._pace = _Pace(size)
        text = f"{chunks:,} chunks to do" + (f", {kept:,} kept" if kept else "")
        self._bar.update(self._task, description="extracting", total=size, text=text)

    def done(self, report: dict[str, Any]) -> None:
        pace = self._pace
        pace.add(report)
        text = f"{pace.documents:,} documents, {pace.rate:,.0f}/s, {_span(pace.left)} left"
        self._bar.update(self._task, advance=report["size"], text=text)

    def stage(self, name: str) -> None:
        if name == "merge":
            self._bar.update(self._task, description="merging")

    def scanned(self, *, pages: int, of: int) -> None:
        self._bar.update(self._task, text=f"{pages:,} of {of:,} pages of long scans")

    def close(self) -> None:
        self._bar.stop()


def _span(seconds: float) -> str:
    """Return a span of time as people say it: 40 s, 12 min, 3 h 05 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"


class JsonLog(Watcher):
    """One JSON object a line for every event, for machines that watch a run."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._pace = _Pace()

    def _say(self, event: str, **fields: Any) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, "event": event, **fields}, ensure_ascii=False)
        self._stream.write(line + "\n")
        self._stream.flush()

    def planned(self, *, size: int, chunks: int, kept: int) -> None:
        self._pace = _Pace(size)
        self._say("planned", bytes=size, chunks=chunks, kept_chunks=kept)

    def done(self, report: dict[str, Any]) -> None:
        self._pace.add(report)
        seconds = {stage: round(took, 3) for stage, took in report["seconds"].items()}
        self._say(
            "chunk",
            **{**report, "seconds": seconds},
            bytes_done=self._pace.done,
            documents_per_second=round(self._pace.rate, 2),
            seconds_left=round(self._pace.left, 1),
        )

    def died(self, *, source: str, code: str, detail: str) -> None:
        self._say("worker_ended", in_hand=source, code=code, detail=detail)

    def stage(self, name: str) -> None:
        self._say("stage", stage=name)

    def scanned(self, *, pages: int, of: int) -> None:
        self._say("scanned", pages=pages, of=of)

    def finished(self, state: dict[str, Any]) -> None:
        chosen = ("counts", "errors", "timings", "duplicates", "repeated")
        self._say("finished", **{name: state[name] for name in chosen})
