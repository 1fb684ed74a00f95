"""The plan: what is found, how it is cut, what a chunk is called."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vankien.batch import plan
from vankien.batch.plan import CHUNK_BYTES, CHUNK_ITEMS, Item, examine, expand, make_chunks
from vankien.errors import OutputError, ReadError, UsageError

items = st.builds(
    Item,
    path=st.text("abcđ/. #", min_size=1, max_size=12),
    size=st.integers(0, 2 * CHUNK_BYTES),
    sha256=st.text("0123456789abcdef", min_size=4, max_size=4),
    start=st.none() | st.integers(0, 10**9),
)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(items, max_size=200))
def test_chunks_hold_every_item_once_in_order(found: list[Item]) -> None:
    chunks = make_chunks(found, options={"a": 1})
    assert [item for chunk in chunks for item in chunk.items] == found
    for chunk in chunks:
        assert 1 <= len(chunk.items) <= CHUNK_ITEMS
        assert chunk.size <= CHUNK_BYTES or len(chunk.items) == 1


@settings(deadline=None, derandomize=True, max_examples=40)
@given(items, items)
def test_names_are_of_content_and_options(one: Item, other: Item) -> None:
    name = make_chunks([one], options={"a": 1})[0].name
    assert make_chunks([one], options={"a": 1})[0].name == name
    assert make_chunks([one], options={"a": 2})[0].name != name
    assert (make_chunks([other], options={"a": 1})[0].name == name) == (one.key == other.key)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(items, st.none() | st.just(("read", "V109", "gone")))
def test_items_survive_as_plain_values(item: Item, error: tuple[str, str, str] | None) -> None:
    item = Item(**{**item.to_json(), "error": error})
    assert Item.from_json({**item.to_json(), "documents": 3}) == item


def test_folders_are_walked_sorted_and_once(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.txt", "a.txt", ".hidden.txt", ".git/x.txt", "b/.x/y.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    found = expand([tmp_path / "b", tmp_path, tmp_path / "a.txt"])
    assert [Path(p).relative_to(tmp_path).as_posix() for p in found] == [
        "a.txt", "b/1.txt", "b/2.txt",
    ]  # fmt: skip


def test_the_output_folder_is_no_input(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x.txt").write_text("x")
    (tmp_path / "a.txt").write_text("x")
    assert expand([tmp_path], out=str(tmp_path / "out")) == [str(tmp_path / "a.txt")]
    with pytest.raises(OutputError) as caught:
        expand([tmp_path / "out"], out=str(tmp_path / "out"))
    assert caught.value.code == "V207"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("absent.txt", "V206"), ("empty", "V201"), ("no-such-protocol://x/y", "V401"),
        ("memory://absent/folder", "V206"),
    ],
)  # fmt: skip
def test_nothing_to_do_is_an_error(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "empty").mkdir()
    given_ = name if "://" in name else tmp_path / name
    with pytest.raises(UsageError) as caught:
        expand([given_])
    assert caught.value.code == code
    assert str(given_) in str(caught.value)


def test_a_row_file_is_cut_into_ranges(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"".join(b'{"text": "%d %s"}\n' % (n, b"x" * 200) for n in range(100)))
    found = examine(str(path), 2_000)
    assert len(found) > 5
    assert found[0].start == 0 and found[-1].stop == path.stat().st_size
    assert all(a.stop == b.start for a, b in pairwise(found))
    assert sum(item.size for item in found) == path.stat().st_size
    assert [item.order for item in found] == sorted(item.order for item in found)


def test_a_file_that_cannot_be_cut_is_an_item_with_its_error(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 but nothing else")
    (item,) = examine(str(path), 2_000)
    assert item.error is not None and item.error[1] == "V113"
    assert str(path) in item.error[2]
    with pytest.raises(ReadError):
        examine(str(tmp_path / "absent.txt"), 2_000)


def test_the_work_is_estimated_by_the_sizes_of_files(tmp_path: Path) -> None:
    rows = tmp_path / "a.jsonl"
    rows.write_bytes(b"x" * (3 * plan.CHUNK_BYTES + 1))
    assert plan.estimate([str(rows)]) == 3
    assert plan.estimate([str(rows), str(tmp_path / "absent"), "memory://a.jsonl"]) == 3
    assert plan.estimate(["absent"] * 2 * plan.CHUNK_ITEMS) == 2
    assert plan.estimate([]) == 0
