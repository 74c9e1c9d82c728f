"""numba's kernels, loaded late and with a cache folder of their own.

Importing numba takes half a second, so nothing imports it before a search runs. The cache folder is keyed by the
kernels' source and the versions that compiled them; where it cannot be written the kernels are compiled in memory.
"""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
from functools import cache
from importlib import metadata
from pathlib import Path
from types import ModuleType


@cache
def kernels() -> ModuleType:
    """The module of compiled kernels."""
    folder = _cache_folder()
    if folder is not None and "NUMBA_CACHE_DIR" not in os.environ:
        import numba

        numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    from karvan.routing import kernels as module

    return module


def _cache_folder() -> Path | None:
    source = Path(__file__).with_name("kernels.py").read_bytes()
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
