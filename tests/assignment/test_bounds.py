"""No kernel reads or writes beside its arrays, or loses a number on the way: numba itself looks at neither."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
# Codes of groups wrap around on purpose, which numpy calls an overflow.
STRICT = ["-W", "error::RuntimeWarning", "-W", "ignore:overflow encountered in scalar multiply:RuntimeWarning"]


def run(folder: Path, **environment: str) -> None:
    """The core of the assignment, see `bounds`, in a process and a cache folder of its own."""
    places = os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])
    done = subprocess.run(
        [sys.executable, *STRICT, "-m", "assignment.bounds"],
        env={**os.environ, "PYTHONPATH": places, "NUMBA_CACHE_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_kernels_run_as_plain_python_find_all_indices_and_no_number_out_of_range(tmp_path: Path) -> None:
    """Where numpy looks at every index, divisor and power, and a warning of its is an error."""
    run(tmp_path, NUMBA_DISABLE_JIT="1")


@pytest.mark.skipif("KARVAN_BOUNDSCHECK" not in os.environ, reason="compiles all anew: KARVAN_BOUNDSCHECK=1 runs it")
def test_kernels_as_compiled_find_all_indices(tmp_path: Path) -> None:
    """Where numba looks at every index, those below zero among them."""
    run(tmp_path, NUMBA_BOUNDSCHECK="1", NUMBA_OPT="0")
