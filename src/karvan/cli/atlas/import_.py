"""`karvan atlas import`: files of another program as a data folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karvan.cli.atlas.export import counts, named
from karvan.cli.atlas.placing import placed
from karvan.cli.data import chosen
from karvan.cli.text import plain
from karvan.errors import DataError, InputError

if TYPE_CHECKING:
    from karvan.formats import Format, Found
    from karvan.schema import RawTable


@dataclass(frozen=True, slots=True)
class Imported:
    """What came in: rows by table, and whether the folder stands alone or extends the atlas."""

    format: str
    rows: Mapping[str, int]
    whole: bool


def command(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="A GMNS or data folder, a .gpkg or .geojson file.", metavar="SOURCE")],
    to: Annotated[str, typer.Option(help="The data folder to write.", metavar="FOLDER")],
    format: Annotated[  # noqa: A002
        str | None, typer.Option(help="gmns, csv, geopackage or geojson.", metavar="FORMAT", show_default="by a look")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what an earlier import wrote there.")] = False,
) -> None:
    """Read somebody's network, or an export, into a data folder; list every fault and write nothing if there is one."""
    chosen(context).refuse("An import writes the rows it reads.")
    try:
        done = import_(source, to, format=format, force=force)
    except DataError as fault:
        for problem in fault.problems:
            print(plain(problem))
        print(f"{len(fault.problems)} fault(s). Nothing was written.")
        raise typer.Exit(1) from None
    print(f"Written: {plain(to)} (from {done.format})")
    for table, rows in done.rows.items():
        print(counts(table, rows))
    print("It stands alone." if done.whole else "It extends the atlas.")


def import_(source: str, to: str, *, format: str | None = None, force: bool = False) -> Imported:  # noqa: A002
    """Write a data folder of what is in a file or folder: one that stands alone if the source is a whole dataset.

    Raises DataError with every fault, InputError and OutputError; then nothing was written.
    """
    from karvan import atlas
    from karvan.formats import datapackage, dataset_of

    path = Path(source)
    of = _recognised(source, path) if format is None else named(format)
    found = of.found(path)
    if found.problems:
        raise DataError(found.problems)
    with placed(to, is_folder=True, force=force) as folder:
        raw = found.tables
        if found.whole:
            datapackage.write(folder, dataset_of(found))
        else:
            raw = _without_stand_ins(found)
            datapackage.write_extension(folder, raw)
        problems = datapackage.problems(folder, atlas.folder())
        if problems:
            raise DataError(problems)
    rows = {table: len(content.rows) for table, content in raw.items() if content.rows}
    return Imported(of.NAME, rows, found.whole)


def _recognised(source: str, path: Path) -> Format:
    from karvan.formats import FORMATS

    if not path.exists():
        raise InputError(f"'{plain(source)}': there is no such file or folder. Correct the name.")
    for of in FORMATS:
        if of.recognises(path):
            return of
    names = ", ".join(f.NAME for f in FORMATS)
    raise InputError(f"'{plain(source)}' is in none of the formats {names}. Name the one it is in with --format.")


def _without_stand_ins(found: Found) -> dict[str, RawTable]:
    """Tables to put over the atlas: rows that were made up give way to the atlas's own of the same key."""
    from dataclasses import replace

    from karvan import atlas
    from karvan.schema import key, primary_key

    base = atlas.load()
    made = {}
    for table, content in found.tables.items():
        rows = content.rows
        if table in found.stand_ins:
            known = {key(table, row) for row in getattr(base, table)}
            at = content.header.index(primary_key(table)[0])
            rows = tuple(row for row in rows if row[at] not in known)
        if rows:
            made[table] = replace(content, rows=rows, lines=(), places=())
    return made
