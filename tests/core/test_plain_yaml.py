"""Files are read as PyYAML reads them, only faster."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from vankien import plain_yaml

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
FILES = sorted(p for p in CORPUS.rglob("*.yaml") if p.stat().st_size < 60_000)

scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.dates()
scalars |= st.floats(allow_nan=False)
values = st.recursive(
    scalars, lambda v: st.lists(v, max_size=3) | st.dictionaries(scalars, v, max_size=3)
)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(CORPUS).as_posix())
def test_the_files_of_the_corpus(path: Path) -> None:
    for part in path.read_text("utf-8").split("\n---\n"):
        assert plain_yaml.load(part) == yaml.safe_load(part)


@given(values, st.sampled_from([True, False, None]))
def test_whatever_is_plain(value, flow) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    assert plain_yaml.load(text) == yaml.safe_load(text)


@pytest.mark.parametrize(
    "text",
    ["", "# nothing", "a: &x [1]\nb: *x", "a: !!str 1", "<<: {a: 1}\nb: 2", "? [1, 2]\n: 3", "=",
     "a: 1\na: 2", "x: 0x1F\ny: 1_000\nz: 1e3\nt: 2020-11-06 10:00:00\nn: ~", "- yes\n- 'yes'"],
)  # fmt: skip
def test_what_is_rare(text: str) -> None:
    try:
        expected = yaml.load(text, yaml.CSafeLoader)
    except yaml.YAMLError as error:
        with pytest.raises(type(error)):
            plain_yaml.load(text)
    else:
        assert plain_yaml.load(text) == expected


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "\ta: 1", "--- 1\n--- 2", "!!python/none x"])
def test_what_is_wrong(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        plain_yaml.load(text)
