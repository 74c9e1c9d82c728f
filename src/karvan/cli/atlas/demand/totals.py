"""`karvan atlas demand totals`: tonnes by segment and year."""

from __future__ import annotations

from typing import Annotated

import typer

from karvan.cli import output
from karvan.cli.data import chosen
from karvan.cli.text import plain, whole


def command(
    context: typer.Context,
    segment: Annotated[str | None, typer.Argument(help="A segment: its largest flows.", show_default=False)] = None,
) -> None:
    """Thousand tonnes by market segment and year, or the flows of one segment and how each was made."""
    from rich.table import Table
    from rich.text import Text

    from karvan.errors import InputError

    dataset = chosen(context).load()
    years = sorted({cell.year for cell in dataset.demand})
    names = {s.segment: s for s in dataset.segments}
    if segment is not None and segment not in names:
        raise InputError(f"There is no segment '{segment}'. Give one of {', '.join(names)}.")
    sums: dict[tuple[str, ...], dict[int, float]] = {}  # a year without a cell has no sum, which is not a sum of zero
    made: dict[tuple[str, ...], dict[str, None]] = {}
    for cell in dataset.demand:
        keys: tuple[str, ...] = (cell.segment,) if segment is None else (cell.origin, cell.destination)
        if segment in (None, cell.segment):
            of = sums.setdefault(keys, {})
            of[cell.year] = of.get(cell.year, 0.0) + cell.tonnes / 1000.0
            made.setdefault(keys, {})[cell.split] = None
    head = ("segment", "what") if segment is None else ("from", "to")
    with output.console() as console:
        table = Table(*head, *map(str, years), *(() if segment is None else ("how",)), box=None, padding=(0, 2, 0, 0),
                      header_style="bold")  # fmt: skip
        for keys, of in sorted(
            sums.items(), key=lambda i: (i[0][0] in names and names[i[0][0]].background, -max(i[1].values()))
        ):
            values = [Text(_thousands(of.get(y)), justify="right") for y in years]
            if segment is None:
                s = names[keys[0]]
                said = s.name + (" (background)" if s.background else "")
                table.add_row(Text(s.segment, overflow="fold"), Text(said, overflow="fold"), *values)
            else:
                table.add_row(keys[0], keys[1], *values, Text("\n".join(made[keys]), overflow="fold"))
        console.print(table)
        for premise in dataset.premises:
            console.print(f"Supposed: {plain(premise)}. A sum is of the flows that are in the data.")
        console.print("Thousand tonnes a year." + ("" if segment else " One segment: karvan atlas demand totals KEY"))


def _thousands(value: float | None) -> str:
    if value is None:
        return "-"
    return whole(value) if value >= 10 or value == 0 else f"{value:.1f}"
