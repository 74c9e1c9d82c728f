"""`karvan atlas gaps`: the assumptions that matter most, which is what to research next."""

from __future__ import annotations

from typing import Annotated

import typer

from karvan.cli import output
from karvan.cli.data import chosen
from karvan.cli.text import bar
from karvan.errors import InputError

_BAR = 16


def command(
    context: typer.Context,
    top: Annotated[int, typer.Option(help="How many to measure by quoting again and to list.", metavar="N")] = 10,
) -> None:
    """Rank the assumptions by how much the ten reference quotes change when each moves by 20 %."""
    if top < 1:
        raise InputError(f"{top} assumptions cannot be listed. Give --top one or more.")
    with output.progress() as progress, output.console() as console:
        from rich.table import Table
        from rich.text import Text

        from karvan.quotes.gaps import gaps
        from karvan.quotes.lanes import REFERENCE

        found = gaps(chosen(context).load(), most=top, progress=progress)
        table = Table("", "price", "time", "row", "moved", "lanes", box=None, padding=(0, 2, 0, 0), header_style="bold")
        most = max((g.score for g in found[:top]), default=0.0)
        for g in found[:top]:
            price, time = (f"{v:.2%}" if v is not None else "" for v in (g.price, g.time))
            lanes = ", ".join(g.lanes) if len(g.lanes) < 3 else f"{len(g.lanes)} lanes"
            table.add_row(bar(g.score, most, _BAR), price, time, Text(f"{g.table}: {g.row}", overflow="fold"),
                          ", ".join(g.columns), lanes)  # fmt: skip
        console.print(table)
        more = max(len(found) - top, 0)
        console.print(
            f"Mean change of the cheapest price and of the quickest median over {len(REFERENCE)} lanes when a row "
            f"moves by 20 %, quoted again.\n{more} more assumptions bear on these ways. A row: karvan atlas show KEY"
        )
