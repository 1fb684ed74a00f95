"""Every error is in the catalogue, is used, names its source, and crosses processes."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

from vankien.errors import CATALOGUE, ReadError, VankienError

PACKAGE = Path(__file__).resolve().parents[2] / "nlp" / "vankien"
SOURCE = "\n".join(p.read_text("utf-8") for p in PACKAGE.rglob("*.py") if p.name != "errors.py")


@pytest.mark.parametrize("code", CATALOGUE)
def test_catalogue_entry(code: str) -> None:
    text = CATALOGUE[code]
    assert "{source" in text, "a message names the file, row or option"
    assert text.endswith("."), "a message is one sentence"
    assert f'"{code}"' in SOURCE, "an error that nothing raises is dead"


def test_codes_in_use_are_in_the_catalogue() -> None:
    used = set(re.findall(r'"(V\d{3})"', SOURCE))
    assert used <= CATALOGUE.keys()
    assert used


def test_message_names_code_file_and_reason() -> None:
    error = ReadError("V103", "bao-cao.pdf", detail="no trailer")
    assert str(error).startswith("[V103] bao-cao.pdf is not a readable PDF (no trailer);")


def test_errors_cross_process_boundaries() -> None:
    error = ReadError("V108", "a.jsonl#3", field="text")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - what process pools do
    assert type(again) is ReadError
    assert isinstance(again, VankienError)
    assert str(again) == str(error)
