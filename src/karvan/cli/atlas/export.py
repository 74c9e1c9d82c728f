"""`karvan atlas export`: the data as files of another program."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from karvan.cli.atlas.placing import placed
from karvan.cli.data import chosen
from karvan.cli.text import plain
from karvan.errors import InputError

if TYPE_CHECKING:
    from karvan.formats import Format
    from karvan.model.dataset import Dataset


def command(
    context: typer.Context,
    format: Annotated[str, typer.Argument(help="gmns, csv, geopackage or geojson.", metavar="FORMAT")],  # noqa: A002
    path: Annotated[str, typer.Argument(help="Folder (gmns, csv) or file to write.", metavar="PATH")],
    force: Annotated[bool, typer.Option("--force", help="Replace what an earlier export wrote there.")] = False,
) -> None:
    """Write all tables as GMNS, CSV, GeoPackage or GeoJSON; `karvan atlas import` reads each back without loss."""
    named(format)
    dataset = chosen(context).load()
    for line in export(dataset, format, path, force=force):
        print(line)


def export(dataset: Dataset, format: str, path: str, *, force: bool = False) -> list[str]:  # noqa: A002
    """Write a dataset, whole or not at all, and say what was written. Raises InputError and OutputError."""
    to = named(format)
    with placed(path, is_folder=not to.SUFFIX, force=force) as beside:
        to.write(beside, dataset)
    return [f"Written: {plain(path)} ({to.NAME})", *counted(dataset)]


def named(name: str) -> Format:
    """A format by its name. Raises InputError."""
    from karvan.formats import FORMATS

    by_name = {f.NAME: f for f in FORMATS}
    if name not in by_name:
        near = get_close_matches(name, by_name, 1)
        hint = f"Did you mean '{near[0]}'?" if near else f"Choose one of {', '.join(by_name)}."
        raise InputError(f"There is no format '{plain(name)}'. {hint}")
    return by_name[name]


def counted(dataset: Dataset) -> list[str]:
    """A line for each table that has rows."""
    from karvan.schema import tables

    return [counts(table, len(rows)) for table in tables() if (rows := getattr(dataset, table))]


def counts(table: str, rows: int) -> str:
    """As in '  nodes                 1,035'."""
    return f"  {table:<18}{rows:>9,}"
