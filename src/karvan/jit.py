"""numba's kernels, loaded late and with a cache folder of their own.

Importing numba takes half a second, so nothing imports it before an engine runs. Kernels that call each other stand in
one module or one package, or in `karvan.heap`, and the cache folder is keyed by all that source and the versions that
compiled it: numba itself does not see that a callee in another file was edited. Where the folder cannot be written the
kernels are compiled in memory.
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
def kernels(name: str) -> ModuleType:
    """A module of kernels by its full name, such as `karvan.routing.kernels`."""
    use_cache_of(name)
    return import_module(name)


def use_cache_of(name: str) -> None:
    """Let what numba decorates from now on be cached in the folder of a module or package of kernels."""
    folder = _cache_folder(name)
    if folder is not None and "NUMBA_CACHE_DIR" not in os.environ:
        import numba

        numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]


def _cache_folder(name: str) -> Path | None:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin)
    files = sorted(source.parent.glob("*.py")) if spec.submodule_search_locations else [source]
    files.append(Path(__file__).with_name("heap.py"))
    versions = f"{metadata.version('numba')} {metadata.version('numpy')} {platform.python_version()}"
    key = hashlib.sha256(b"".join(f.read_bytes() for f in files) + versions.encode()).hexdigest()[:16]
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
