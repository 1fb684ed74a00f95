"""A model's folder never runs code: planted pickles are refused, and nothing in them runs."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np
import pytest

import vankien
from vankien.errors import ModelError, VankienError
from vankien.tagging.model_files import ARRAYS, INFO, load_model, save_model
from vankien.tagging.roles import role_model
from vankien.tagging.schemes import load_schemes
from vankien.tagging.themes.model import ThemeModel, theme_model


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, ...]:
        return (open, (str(self.marker), "w"))


def npz(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return stream.getvalue()


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def joblib_dump(trap: Trap, **options: object) -> bytes:
    stream = io.BytesIO()
    joblib.dump({"coef": np.zeros(3), "trap": trap}, stream, **options)
    return stream.getvalue()


PLANTS: dict[str, Callable[[Trap], bytes]] = {
    "object array in an npz": lambda trap: npz(coef__npy=npy(np.array([trap], dtype=object))),
    "structured object array": lambda trap: npz(
        coef__npy=npy(np.array([(1, trap)], dtype=[("a", "i4"), ("b", "O")]))
    ),
    "pickle named model.npz": pickle.dumps,
    "old pickle": lambda trap: pickle.dumps(trap, protocol=0),
    "object array as npy": lambda trap: npy(np.array([trap], dtype=object)),
    "plain array as npy": lambda trap: npy(np.zeros(3)),
    "joblib": joblib_dump,
    "joblib, compressed": lambda trap: joblib_dump(trap, compress=("zlib", 3)),
    "pickle as a member": lambda trap: npz(coef=pickle.dumps(trap)),
    "pickle as an npy member": lambda trap: npz(coef__npy=pickle.dumps(trap)),
    "nothing": lambda trap: b"",
}


@pytest.mark.parametrize("name", PLANTS)
@pytest.mark.parametrize("kind", ["themes", "roles"])
def test_planted_pickles_are_refused(name: str, kind: str, tmp_path: Path) -> None:
    marker = tmp_path / "executed"
    folder = tmp_path / f"{kind}-9.9.9"
    save_model(folder, {"coef": np.zeros(3)}, kind=kind, version="9.9.9", labels=("A",))
    data = PLANTS[name](Trap(marker))
    (folder / ARRAYS).write_bytes(data)
    info = json.loads((folder / INFO).read_text("utf-8"))
    info["sha256"] = hashlib.sha256(data).hexdigest()  # whoever plants it can count, too
    (folder / INFO).write_text(json.dumps(info), "utf-8")
    load = theme_model if kind == "themes" else role_model
    with pytest.raises(ModelError) as found:
        load(folder)
    assert str(found.value).startswith("[V501] ") and folder.name in str(found.value)
    assert "\n" not in str(found.value)
    assert not marker.exists(), "the pickle was executed"


def test_the_trap_works(tmp_path: Path) -> None:
    marker = tmp_path / "executed"
    pickle.loads(pickle.dumps(Trap(marker))).close()  # noqa: S301 - that is what is tested
    assert marker.exists()


def test_a_pickle_beside_the_model_is_nothing(land_model: Path, tmp_path: Path) -> None:
    """Files that are not part of a model are never opened."""
    marker = tmp_path / "executed"
    for name in ("model.pkl", "model.joblib", "model.skops"):
        (land_model / name).write_bytes(pickle.dumps(Trap(marker)))
    assert isinstance(load_schemes([land_model])[1].model, ThemeModel)
    assert not marker.exists()


def test_objects_are_not_saved(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds objects"):
        save_model(tmp_path, {"a": np.array([None])}, kind="themes", version="1.0.0", labels=())


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = {"coef": np.zeros(100_000)}
    save_model(tmp_path, arrays, kind="themes", version="1.0.0", labels=("A",))
    assert load_model(tmp_path, kind="themes").arrays["coef"].size == 100_000
    monkeypatch.setattr("vankien.tagging.model_files.MAX_ARRAYS", 100_000)
    with pytest.raises(ModelError, match="larger than a gigabyte"):
        load_model(tmp_path, kind="themes")


def test_errors_of_a_call_name_the_folder(tmp_path: Path) -> None:
    with pytest.raises(VankienError, match="V501"):
        vankien.load(model=tmp_path)
