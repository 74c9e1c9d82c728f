"""Where exports and imports go: a file or folder that is whole or not there."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from karvan.cli import output
from karvan.cli.text import plain
from karvan.errors import OutputError

# What our folders hold. A folder with anything else in it is somebody's, and is never replaced.
_OURS = (".csv", ".json")
_DESCRIPTOR = "datapackage.json"


@contextmanager
def placed(path: str, *, is_folder: bool, force: bool) -> Iterator[Path]:
    """A name beside `path` to write to, which takes its place at the end, and is removed if anything fails.

    What is there already is replaced with `force` only, and a folder only if it holds nothing but tables of ours.
    Raises OutputError.
    """
    target = checked(path, is_folder, force)
    beside = target.with_name(f".{target.name[:200]}.{os.getpid()}.part")
    _remove(beside)
    try:
        yield beside
        _exchange(beside, target)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise OutputError(f"'{plain(path)}' cannot be written: {reason}. Name a place of your own.") from None
    finally:
        _remove(beside)


def checked(path: str, is_folder: bool, force: bool) -> Path:
    """The real path, if it may be written. Raises OutputError."""
    if not path.strip():
        raise OutputError("No place was named to write to. Name a file or folder.")
    if path == output.STDOUT:
        raise OutputError("A whole dataset is not written to standard output. Name a file or folder.")
    target = Path(os.path.realpath(path))
    if is_folder and target.is_dir():
        _check_folder(path, target, force)
    elif is_folder and target.exists():
        raise OutputError(f"'{plain(path)}' is a file. Name a folder.")
    else:
        output.check_writable(path)
        if target.exists() and not force:
            raise OutputError(f"'{plain(path)}' exists already. Name another, or give --force to replace it.")
    if not os.access(target.parent, os.W_OK):
        raise OutputError(f"'{plain(path)}' cannot be written: permission is denied. Name a place of your own.")
    return target


def _check_folder(path: str, target: Path, force: bool) -> None:
    inside = list(target.iterdir())
    if not inside:
        return
    if not _is_ours(target) or not all(p.is_file() and p.suffix in _OURS for p in inside):
        raise OutputError(f"'{plain(path)}' holds files that no export wrote. Name another folder, or an empty one.")
    if not force:
        raise OutputError(f"'{plain(path)}' exists already. Name another, or give --force to replace it.")


def _is_ours(folder: Path) -> bool:
    """Whether a folder says of itself that we wrote it."""
    try:
        said = json.loads((folder / _DESCRIPTOR).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and "karvan" in said


def _exchange(beside: Path, target: Path) -> None:
    """Rename into place; a folder that was there steps aside first, and comes back if that fails."""
    if not target.is_dir():
        beside.replace(target)
        return
    old = target.with_name(f".{target.name[:200]}.{os.getpid()}.old")
    _remove(old)
    target.rename(old)
    try:
        beside.rename(target)
    except OSError:
        old.rename(target)
        raise
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    with suppress(OSError):
        path.unlink(missing_ok=True)
