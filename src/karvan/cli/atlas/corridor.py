"""`karvan atlas corridor`: a corridor from end to end, with length, time, price and where it is tightest."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from karvan.cli import output
from karvan.cli.data import chosen, day
from karvan.cli.text import bar, days, plain, tonnes, whole
from karvan.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from karvan.model.dataset import Dataset
    from karvan.model.network import Corridor
    from karvan.quotes.corridors import CorridorFigures

_BAR = 24


def command(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="A corridor by key or name; without one, all are listed.", show_default=False)
    ] = None,
    on: Annotated[
        str | None, typer.Option(help="Day of prices and states.", metavar="DATE", show_default="the last day of rates")
    ] = None,
) -> None:
    """List the corridors, or draw one: places, kilometres, time, price of one box and the tightest places."""
    picked = chosen(context)
    asked = None if on is None else day(on, "on")
    with output.progress() as progress, output.console() as console:
        dataset = picked.load()
        if name is None:
            _list(console, dataset)
            return
        from karvan.quotes.corridors import figures

        corridor = _find(dataset, plain(name))
        progress("following the corridor")
        _draw(console, dataset, figures(dataset, corridor, asked or picked.as_of or date(2025, 3, 3)))


def _find(dataset: Dataset, name: str) -> Corridor:
    from difflib import get_close_matches

    found = next((c for c in dataset.corridors if name in (c.corridor, c.name)), None)
    if found is None:
        names = {n.lower(): n for c in dataset.corridors for n in (c.corridor, c.name)}
        near = get_close_matches(name.lower(), names, 3)
        hint = f"Did you mean {', '.join(names[n] for n in near)}?" if near else "List them: karvan atlas corridor."
        raise InputError(f"There is no corridor '{name}'. {hint}")
    if not found.route:
        raise InputError(
            f"Corridor {found.corridor} has no route from end to end: it only sorts quotes. "
            "Take another: karvan atlas corridor."
        )
    return found


def _list(console: Console, dataset: Dataset) -> None:
    from rich.table import Table
    from rich.text import Text

    from karvan.routing.ways import not_open, way

    table = Table("corridor", "name", "km", "not open", box=None, padding=(0, 2, 0, 0), header_style="bold")
    for family in dict.fromkeys(c.family for c in sorted(dataset.corridors, key=lambda c: c.family)):
        table.add_row(Text(family.replace("_", " "), "bold"))
        for c in (c for c in dataset.corridors if c.family == family):
            links = [link for mode, a, b in c.legs for link in way(dataset, mode, a, b) or ()]
            km = whole(sum(link.length_km for link in links)) if links else ""
            shut = sum(link.length_km for link in links if link.status != "open")
            table.add_row(f"  {c.corridor}", Text(c.name, overflow="fold"), Text(km, justify="right"),
                          f"{whole(shut)} km" if not_open(links) else "")  # fmt: skip
    console.print(table)
    console.print("One of them from end to end: karvan atlas corridor KEY")


def _draw(console: Console, dataset: Dataset, f: CorridorFigures) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from karvan.cli.sources import Sources

    sources = Sources(dataset)
    console.print(Text(f.corridor.name, "bold"))
    console.print(Text(f"{f.corridor.description} [{sources.numbers(f.corridor.source)}]"))
    _strip(console, dataset, f)
    by_mode: dict[str, float] = {}
    for leg in f.links:
        for link in leg:
            by_mode[link.mode] = by_mode.get(link.mode, 0.0) + link.length_km
    parts = ", ".join(f"{mode} {whole(km)}" for mode, km in by_mode.items())
    console.print(Text(f"Length       {whole(f.length_km)} km: {parts}"))
    _box(console, f)
    for i, c in enumerate(f.tightest):
        said = f"{plain(c.where)}: {c.value:,.0f} {c.unit}, about {whole(c.teu_year)} TEU a year"
        said += f" [{sources.numbers(c.source)}]"
        console.print(Text(f"{'Tightest' if i == 0 else '':<13}{said}", overflow="fold"))
    if not f.tightest:
        console.print(Text("Tightest     no capacity along it is in the data"))
    if f.not_open:
        console.print(Text(f"Not open     {len(f.not_open)} link(s):"))
        rows = {link.link: link for link in dataset.links}
        for key in f.not_open:
            link = rows[key]
            said = f"{key}: {link.status.replace('_', ' ')} since {link.status_on}, {link.length_km:g} km"
            console.print(Padding(Text(f"{said} [{sources.numbers(link.source)}]", overflow="fold"), (0, 0, 0, 13)))
    sources.show(console)


def _box(console: Console, f: CorridorFigures) -> None:
    """What one box costs and takes."""
    from rich.text import Text

    if f.bill is None or f.time is None:
        console.print(Text(f"Time, price  {f.why_not or 'not known'}"))
        return
    barred = " if it were open" if f.barred else ""
    console.print(Text(f"Sent         {f.sent} on {f.on}, without loading and unloading at the ends{barred}"))
    console.print(
        Text(f"Time         P50 {days(f.time.p50_h)}, P80 {days(f.time.p80_h)}, P95 {days(f.time.p95_h)} days")
    )
    grades = f.bill.by_grade()
    total = f.bill.total_usd
    ranked = sorted(grades.items(), key=lambda i: -i[1])
    known = ", ".join(f"{g} {float(v / total):.0%}" for g, v in ranked) if total else ""
    price = whole(total) if f.bill.complete else f"from {whole(total)} (unpriced: {len(f.bill.missing)})"
    console.print(Text(f"Price        {price} USD; {known}"))
    console.print(Text(f"Emissions    {tonnes(f.co2e_kg)} t CO2e"))


def _strip(console: Console, dataset: Dataset, f: CorridorFigures) -> None:
    """The places in order, with kilometres so far and a bar for each stage as long as it is."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    names = {n.node: n.name for n in dataset.nodes}
    symbols = {m.mode: m.symbol for m in dataset.modes}
    stages = [(mode, b, leg) for (mode, _, b), leg in zip(f.corridor.legs, f.links, strict=True)]
    longest = max((sum(link.length_km for link in leg) for _, _, leg in stages), default=0.0)
    table = Table(box=None, padding=(0, 1, 0, 0), show_header=False)
    table.add_row(Text("0", justify="right"), "●", Text(names[f.corridor.route[0]], "bold"), "")
    km = 0.0
    for mode, node, leg in stages:
        length = sum(link.length_km for link in leg)
        km += length
        shut = sum(link.length_km for link in leg if link.status != "open")
        drawn = bar(length, longest, _BAR).rstrip() or "▏"
        said = f"{symbols[mode]} {mode} {whole(length)} km" + (f", {whole(shut)} km not open" if shut else "")
        table.add_row("", "│", Text(f"{drawn} {said}", "red" if shut else "dim"))
        table.add_row(Text(whole(km), justify="right"), "●", Text(names[node], "bold"))
    console.print(Padding(table, (1, 0, 1, 2)))
