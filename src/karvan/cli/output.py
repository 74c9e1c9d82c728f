"""Where answers go: consoles, and files that are whole or not there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from karvan.errors import OutputError

if TYPE_CHECKING:
    from rich.console import Console

STDOUT = "-"
_PIPED_WIDTH = 100
_LEAST_WIDTH = 80


@contextmanager
def console() -> Iterator[Console]:
    """A console on standard output: as wide as the terminal, 100 columns in a pipe, and never under 80.

    In a pipe it prints all at the end, without the spaces that fill lines.
    """
    from rich.console import Console

    piped = not sys.stdout.isatty()
    held = StringIO() if piped else None
    made = Console(file=held, highlight=False, markup=False, emoji=False)
    asked = os.environ.get("COLUMNS", "").isdigit()
    made.width = max(made.width if asked or not piped else _PIPED_WIDTH, _LEAST_WIDTH)
    yield made
    if held is not None:
        write(STDOUT, "\n".join(line.rstrip() for line in held.getvalue().split("\n")))


@contextmanager
def progress(first: str = "reading the atlas") -> Iterator[Callable[[str], None]]:
    """A function that shows what is being done: a spinner on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        yield _say_nothing
        return
    from rich.console import Console

    with Console(stderr=True, highlight=False).status(first) as status:

        def update(text: str) -> None:
            status.update(text)

        yield update


def _say_nothing(_: str) -> None:
    pass


def check_writable(path: str) -> None:
    """Raise OutputError at once if nothing could be written to a file, before the work is done."""
    if path == STDOUT:
        return
    if not path.strip():
        raise OutputError("No file was named to write to. Name one, or - for standard output.")
    target = Path(os.path.realpath(path))
    try:
        is_folder, has_parent = target.is_dir(), target.parent.is_dir()
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise OutputError(f"'{path[:80]}' cannot be written: {reason}. Use a shorter, plain name.") from None
    if is_folder:
        raise OutputError(f"'{path}' is a folder. Name a file in it.")
    if not has_parent:
        raise OutputError(
            f"'{path}' cannot be written: there is no folder '{target.parent}'. Create it or name another."
        )
    writable = target if target.exists() else target.parent
    if not os.access(writable, os.W_OK) or (target.is_file() and not os.access(target.parent, os.W_OK)):
        raise OutputError(f"'{path}' cannot be written: permission is denied. Name a file in a folder of your own.")


def same(a: str, b: str) -> bool:
    """Whether two names are of one file, or both of standard output."""
    return a == b or (STDOUT not in (a, b) and os.path.realpath(a) == os.path.realpath(b))


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
