"""The estimators: scikit-learn's conventions, arrays and back, and what they are equal to."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy import sparse
from scipy.special import expit, softmax
from sklearn.base import clone

from vankien.tagging.estimators import MultiClassSVM, MultiLabelSVM

ROWS, WIDTH = 60, 8


@pytest.fixture(scope="module")
def features() -> sparse.csr_matrix:
    random = np.random.default_rng(7)
    return sparse.csr_matrix(random.random((ROWS, WIDTH)), dtype=np.float32)


@pytest.fixture(scope="module")
def labels(features: sparse.csr_matrix) -> np.ndarray:
    dense = features.toarray()
    return np.stack([dense[:, 0] > 0.5, dense[:, 1] > dense[:, 2]], axis=1)


@pytest.fixture(scope="module")
def fitted(features: sparse.csr_matrix, labels: np.ndarray) -> MultiLabelSVM:
    return MultiLabelSVM(c=2.0).fit(features, labels, groups=np.arange(ROWS) // 3)


@pytest.fixture(scope="module")
def classes(features: sparse.csr_matrix, labels: np.ndarray) -> MultiClassSVM:
    target = labels[:, 0].astype(int) + labels[:, 1]
    return MultiClassSVM(c=2.0).fit(features, target, groups=np.arange(ROWS) // 3)


def test_several_labels_are_learned(fitted, features, labels) -> None:
    assert (fitted.predict(features) == labels).mean() > 0.85
    logits = fitted.decision_function(features) * fitted.calibration_[:, 0]
    expected = expit(logits + fitted.calibration_[:, 1])
    np.testing.assert_allclose(fitted.predict_proba(features), expected, rtol=1e-5)


def test_one_class_is_learned(classes, features, labels) -> None:
    target = labels[:, 0].astype(int) + labels[:, 1]
    assert (classes.predict(features) == target).mean() > 0.6
    found = classes.predict_proba(features)
    mixed = classes.decision_function(features) @ classes.calibration_[:-1]
    np.testing.assert_allclose(found, softmax(mixed + classes.calibration_[-1], axis=1), rtol=1e-5)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-5)


def test_no_score_overflows(fitted) -> None:
    with np.errstate(all="raise", under="ignore"):
        far = fitted.calibrate(np.array([[1e30, -1e30]], dtype=np.float32))
    assert ((far >= 0) & (far <= 1)).all()


@pytest.mark.parametrize("name", ["fitted", "classes"])
def test_arrays_give_the_same_estimator(name, features, request) -> None:
    estimator = request.getfixturevalue(name)
    again = type(estimator).from_arrays(estimator.to_arrays())
    # Weights are stored in half precision.
    np.testing.assert_allclose(
        again.predict_proba(features), estimator.predict_proba(features), atol=0.02
    )


def test_parameters_follow_the_convention() -> None:
    estimator = MultiLabelSVM(c=3.0, seed=5)
    copy = clone(estimator)
    assert copy is not estimator
    assert copy.get_params() == {"c": 3.0, "seed": 5}
    assert copy.set_params(c=0.5).c == 0.5
    with pytest.raises(ValueError, match="'gamma' is no parameter of MultiLabelSVM"):
        copy.set_params(gamma=1)


def test_a_worker_loads_no_library_that_only_training_needs() -> None:
    heavy = ("sklearn", "scipy.special", "scipy.stats", "pandas", "spacy", "underthesea", "duckdb",
             "polars", "trafilatura", "lxml", "pdfplumber", "docx", "matplotlib")  # fmt: skip
    code = (
        "import sys\n"
        "from vankien.analysis import analyse\n"
        "from vankien.documents import Document\n"
        "analyse(Document('', '', 'Năm 2020, Đảng bộ tỉnh Lạng Sơn kết nạp 5 đảng viên.'))\n"
        f"print([m for m in {heavy!r} if m in sys.modules])\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
