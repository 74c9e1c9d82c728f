"""`karvan atlas demand totals`: tonnes by segment and year."""

from __future__ import annotations

from typing import Annotated

import typer

from karvan.cli import output
from karvan.cli.data import chosen
from karvan.cli.text import whole


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
    sums: dict[tuple[str, ...], dict[int, float]] = {}
    for cell in dataset.demand:
        keys: tuple[str, ...] = (cell.segment,)
        if segment is not None:
            keys = (cell.origin, cell.destination, cell.split)
        if segment in (None, cell.segment):
            of = sums.setdefault(keys, dict.fromkeys(years, 0.0))
            of[cell.year] += cell.tonnes / 1000.0
    head = ("segment", "what") if segment is None else ("from", "to")
    with output.console() as console:
        table = Table(*head, *map(str, years), *(() if segment is None else ("how",)), box=None, padding=(0, 2, 0, 0),
                      header_style="bold")  # fmt: skip
        for keys, of in sorted(
            sums.items(), key=lambda i: (i[0][0] in names and names[i[0][0]].background, -max(i[1].values()))
        ):
            values = [
                Text(whole(of[y]) if of[y] >= 10 or of[y] == 0 else f"{of[y]:.1f}", justify="right") for y in years
            ]
            if segment is None:
                s = names[keys[0]]
                said = s.name + (" (background)" if s.background else "")
                table.add_row(Text(s.segment, overflow="fold"), Text(said, overflow="fold"), *values)
            else:
                table.add_row(keys[0], keys[1], *values, Text(keys[2], overflow="fold"))
        console.print(table)
        console.print("Thousand tonnes a year." + ("" if segment else " One segment: karvan atlas demand totals KEY"))
