"""A plugin of pytest that counts the kills of a test run (``-p tests.benchmarks.kills``)."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import Any

import pytest

_count = {"kills": 0}


def pytest_configure() -> None:
    """Count every SIGKILL that the tests send."""
    kill, end = os.kill, subprocess.Popen.kill

    def counted_kill(pid: int, number: int) -> None:
        _count["kills"] += number == signal.SIGKILL
        kill(pid, number)

    def counted_end(process: subprocess.Popen[Any]) -> None:
        _count["kills"] += process.poll() is None
        end(process)

    os.kill = counted_kill
    subprocess.Popen.kill = counted_end  # type: ignore[method-assign]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many there were, and how many tests of them passed."""
    passed = len(terminalreporter.stats.get("passed", []))
    failed = len(terminalreporter.stats.get("failed", []))
    terminalreporter.write_line(f"KILLS {_count['kills']} {passed} {failed}")
