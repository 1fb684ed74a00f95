"""What libraries load in passing and a worker never uses is left out or put off.

A worker's start is waited for by every run, and what it holds is paid once a worker.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["keep_lean"]

_PUT_OFF = ("numpy.f2py", "numpy.testing")
"""Modules that ``scipy.sparse`` asks numpy for by name, and never looks into."""


def keep_lean() -> None:
    """Keep pandas, a compiler of Fortran and a test framework out of this process.

    Nothing is taken away: each is loaded as soon as somebody uses it.
    """
    _arrow_without_pandas()
    for name in _PUT_OFF:
        _put_off(name)


class _Nowhere(MetaPathFinder):
    """Says of one module that it is not installed."""

    def __init__(self, name: str) -> None:
        self.name = name

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Raise ModuleNotFoundError for the module; leave others to others."""
        if fullname == self.name:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


def _arrow_without_pandas() -> None:
    """Have Arrow convert its first list while there is no pandas: it asks only once.

    It would load pandas (0.3 s, 40 MB) to see whether the list is a series; a conversion to
    pandas looks for it again.
    """
    import pyarrow

    if "pandas" in sys.modules:
        return
    nowhere = _Nowhere("pandas")
    sys.meta_path.insert(0, nowhere)
    try:
        pyarrow.array([0])
    finally:
        sys.meta_path.remove(nowhere)


def _put_off(name: str) -> None:
    """Have a submodule loaded when an attribute of it is first asked for."""
    parent, _, child = name.rpartition(".")
    package = importlib.import_module(parent)
    spec = importlib.util.find_spec(name)
    if name in sys.modules or spec is None or spec.loader is None:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    setattr(package, child, module)
