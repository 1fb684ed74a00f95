"""The network is closed for the whole suite; shared paths."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


class NetworkClosedError(Exception):
    """A test tried to reach another machine."""


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Any:
    """Refuse every connection that leaves this machine."""
    original = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> Any:
        host = address[0] if isinstance(address, tuple) else None
        if self.family == socket.AF_UNIX or host in ("127.0.0.1", "::1", "localhost"):
            return original(self, address)
        raise NetworkClosedError(f"a test tried to connect to {address!r}")

    socket.socket.connect = connect  # type: ignore[method-assign]
    yield
    socket.socket.connect = original  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def sample_article() -> Path:
    """The user's own article; it lies outside the project and is not always there."""
    path = Path(os.environ.get("VANKIEN_SAMPLE", SHARED / "data" / "sample-article.txt"))
    if not path.is_file():
        pytest.skip("the user's sample article is not on this machine")
    return path


@pytest.fixture(scope="session")
def nlp() -> Any:
    """The full pipeline, loaded once."""
    import vankien

    return vankien.load()
