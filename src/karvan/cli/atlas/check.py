"""`karvan atlas check`: every fault of a data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from karvan.cli.data import chosen
from karvan.cli.text import plain


def command(
    context: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Argument(help="A folder of tables as CSV files. Default: the atlas.", show_default=False),
    ] = None,
) -> None:
    """List every fault of the data with file, line, field, value and remedy; exit code 1 if any."""
    from karvan import atlas

    given = chosen(context, folder)
    given.refuse("The check is of all rows, whenever they were known, and of every project.")
    at = given.folder
    found = atlas.problems(atlas.folder() if at is None else at)
    for problem in found:
        print(plain(problem))
    print(f"{len(found)} fault(s)." if found else "No faults.")
    if found:
        raise typer.Exit(1)
