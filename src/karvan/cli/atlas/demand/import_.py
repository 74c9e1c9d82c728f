"""`karvan atlas demand import`: a file of BACI or Comtrade as demand in a data folder."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karvan.cli import output
from karvan.cli.data import chosen
from karvan.cli.text import plain, whole
from karvan.errors import InputError, OutputError

if TYPE_CHECKING:
    from karvan.model.tariff import Source

# A year is first in BACI's release of January two years on, and in Comtrade by the end of the next year.
_KNOWN = {"baci": (2, 1, 31), "comtrade": (1, 12, 31)}
_ABOUT = {
    "baci": ("BACI, reconciled trade by HS6 product", "CEPII (Etalab 2.0)", "https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37"),
    "comtrade": ("UN Comtrade", "United Nations Statistics Division", "https://comtradeplus.un.org"),
}  # fmt: skip


def command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A CSV file of BACI (t,i,j,k,v,q) or Comtrade, also as .gz.")],
    to: Annotated[Path, typer.Option(help="Data folder to write demand.csv and sources.csv to.", metavar="FOLDER")],
    years: Annotated[
        str | None, typer.Option(help="Years to take, as in 2019,2020.", metavar="YEARS", show_default="all")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace tables that are there.")] = False,
) -> None:
    """Bring trade statistics in as demand: sums by segment and pair of countries, in a folder for --data."""
    from karvan.atlas.trade import demand_rows, in_place_of, take
    from karvan.formats import trade
    from karvan.formats.datapackage import table_text
    from karvan.model.tariff import Source

    wanted = _years(years)
    there = [n for n in ("demand.csv", "sources.csv") if (to / n).exists()]
    if there and not force:
        raise InputError(
            f"'{plain(str(to))}' already has {there[0]}. Name another folder, or add --force to replace it."
        )
    dataset = chosen(context).load()
    kind = trade.layout(file)
    with output.progress() as progress:
        taken = take(dataset, trade.read(file), wanted, progress)
    if not taken.cells:
        raise InputError(
            f"'{plain(file.name)}' has no flow between two countries of the data with a segment and a weight"
            f"{' in ' + plain(years) if years else ''}. Check its years and countries."
        )
    key = f"import-{kind}"
    ahead, month, day = _KNOWN[kind]
    rows = demand_rows(taken, key, lambda year: date(year + ahead, month, day))
    title, publisher, address = _ABOUT[kind]
    last = max(cell[3] for cell in taken.cells)
    read = datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
    source = Source(source=key, title=f"{title}: {plain(file.name)}", publisher=publisher, address=address,
                    published="n.d.", accessed=max(read, date(last + ahead, month, day)),
                    known_on=date(min(c[3] for c in taken.cells) + ahead, month, day))  # fmt: skip
    try:
        to.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise OutputError(f"'{plain(str(to))}' cannot be written: {fault.strerror}. Name another folder.") from None
    output.write(str(to / "demand.csv"), in_place_of(dataset, rows))
    output.write(str(to / "sources.csv"), table_text("sources", (*_others(to, key), source)))
    counted = f"{len(rows):,} cells, {whole(taken.tonnes)} t, of {taken.rows:,} rows of {kind.upper()}"
    print(f"{counted}. Written: {plain(str(to))}")
    print(f"Left out: {taken.elsewhere:,} rows of other countries, {taken.no_weight:,} without weight "
          f"({whole(taken.no_weight_usd / 1e6)} million USD).")  # fmt: skip
    if taken.no_segment:
        worst = sorted(taken.no_segment.items(), key=lambda i: -i[1])[:5]
        print("No segment takes: " + ", ".join(f"HS {hs} ({whole(t)} t)" for hs, t in worst) + ".")
    print("In the folder they take the place of all cells of the same segments and years.")
    print(f"Use it: karvan --data {plain(str(to))} atlas demand totals")


def _others(folder: Path, key: str) -> tuple[Source, ...]:
    """The sources that a folder has already, but for the one of that key."""
    from karvan.formats import datapackage

    if not (folder / "sources.csv").exists():
        return ()
    from karvan import atlas

    known = {s.source for s in atlas.load().sources}
    read = datapackage.read(folder, atlas.folder()).sources
    return tuple(s for s in read if s.source not in known and s.source != key)


def _years(text: str | None) -> frozenset[int]:
    try:
        return frozenset(int(y) for y in text.split(",")) if text else frozenset()
    except ValueError:
        raise InputError(f"'{plain(text or '')}' is no list of years. Write them as in 2019,2020.") from None
