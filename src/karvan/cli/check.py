"""`karvan check`: every fault of a data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from karvan.cli.text import plain


def command(
    folder: Annotated[
        Path | None,
        typer.Argument(help="A folder of tables as CSV files. Default: the built-in atlas.", show_default=False),
    ] = None,
) -> None:
    """List every fault of a data folder with file, line, field, value and remedy; exit code 1 if any."""
    from karvan import atlas
    from karvan.atlas import problems

    found = problems(atlas.folder() if folder is None else folder)
    for problem in found:
        print(plain(problem))
    print(f"{len(found)} fault(s)." if found else "No faults.")
    if found:
        raise typer.Exit(1)
