"""numba's kernels, loaded late and with a cache folder of their own.

Importing numba takes half a second, so nothing imports it before an engine runs. The cache folder of a module is keyed
by its source and the versions that compiled it; where it cannot be written the kernels are compiled in memory.
"""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
from functools import cache
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType


@cache
def kernels(module: str) -> ModuleType:
    """A module of kernels by its full name, such as `karvan.routing.kernels`."""
    folder = _cache_folder(module)
    if folder is not None and "NUMBA_CACHE_DIR" not in os.environ:
        import numba

        numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    return import_module(module)


def _cache_folder(module: str) -> Path | None:
    found = find_spec(module)
    assert found is not None
    assert found.origin is not None
    source = Path(found.origin).read_bytes()
    versions = f"{metadata.version('numba')} {metadata.version('numpy')} {platform.python_version()}"
    key = hashlib.sha256(source + versions.encode()).hexdigest()[:16]
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    for root in (Path(base) / "karvan", Path(tempfile.gettempdir()) / f"karvan-{os.getuid()}"):
        folder = root / f"numba-{key}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / f".probe-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError:
            continue
        return folder
    return None
