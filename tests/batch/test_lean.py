"""A worker does not load what it never uses, and can load it all the same."""

from __future__ import annotations

import subprocess
import sys

_UNUSED = ("pandas", "unittest", "numpy.f2py.crackfortran")

_WORK = """
import sys
from vankien.batch.supervise import _warm_up
from vankien.records import rows_to_table

_warm_up(bare=False)
rows_to_table("errors", [{"source": "a", "stage": "read", "error": "V101", "message": "b"}])
print([name for name in %r if name in sys.modules])
"""

_USE = """
from vankien.batch.lean import keep_lean

keep_lean()
import numpy
import pyarrow

print(pyarrow.table({"a": [1, 2]}).to_pandas()["a"].sum())
import pandas

print(pyarrow.array(pandas.Series([3])).to_pylist())
numpy.testing.assert_equal(1, 1)
print(numpy.f2py.__name__, callable(numpy.f2py.get_include))
"""


def _printed(program: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_a_worker_loads_nothing_that_it_never_uses() -> None:
    assert _printed(_WORK % (_UNUSED,)) == ["[]"]


def test_what_is_left_out_is_there_when_it_is_used() -> None:
    assert _printed(_USE) == ["3", "[3]", "numpy.f2py True"]
