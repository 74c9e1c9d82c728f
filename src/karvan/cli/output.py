"""Where answers go: consoles, and files that are whole or not there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from karvan.errors import OutputError

if TYPE_CHECKING:
    from rich.console import Console

STDOUT = "-"
_PIPED_WIDTH = 100
_LEAST_WIDTH = 80


def console() -> Console:
    """A console on standard output: as wide as the terminal, 100 columns in a pipe, and never under 80."""
    from rich.console import Console

    made = Console(highlight=False, markup=False, emoji=False)
    asked = os.environ.get("COLUMNS", "").isdigit()
    made.width = max(made.width if made.is_terminal or asked else _PIPED_WIDTH, _LEAST_WIDTH)
    return made


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A function that shows what is being done: a spinner on standard error if that is a terminal, else nothing."""
    if not sys.stderr.isatty():
        yield lambda text: None
        return
    from rich.console import Console

    with Console(stderr=True, highlight=False).status("reading the atlas") as status:
        yield lambda text: status.update(text)


def check_writable(path: str) -> None:
    """Raise OutputError at once if nothing could be written to a file, before the work is done."""
    if path == STDOUT:
        return
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise OutputError(f"'{path}' is a folder. Name a file in it.")
    if not target.parent.is_dir():
        raise OutputError(f"'{path}' cannot be written: there is no folder '{target.parent}'. Create it or name another.")
    writable = target if target.exists() else target.parent
    if not os.access(writable, os.W_OK) or (target.is_file() and not os.access(target.parent, os.W_OK)):
        raise OutputError(f"'{path}' cannot be written: permission is denied. Name a file in a folder of your own.")


def write(path: str, text: str) -> None:
    """Write a file whole, or leave what was there; `-` is standard output. Raises OutputError."""
    try:
        if path == STDOUT:
            sys.stdout.write(text)
            return
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file():  # a device or a pipe has no other half
            target.write_text(text, encoding="utf-8")
            return
        _replace(target, text)
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise OutputError(f"'{path}' cannot be written: {reason}. Name a file in a folder of your own.") from None


def _replace(target: Path, text: str) -> None:
    """Write beside the target and rename, so that a reader finds the old file or the new one."""
    beside = target.with_name(f".{target.name[:200]}.{os.getpid()}.part")
    try:
        with beside.open("x", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
        beside.replace(target)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
