"""`karvan atlas corridor`: a corridor from end to end, with length, time, price and where it is tightest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from karvan.cli import output
from karvan.cli.data import chosen, day
from karvan.cli.text import bar, days, plain, tonnes, whole
from karvan.errors import DataError, InputError

if TYPE_CHECKING:
    from rich.console import Console

    from karvan.cli.sources import Sources
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
        str | None, typer.Option(help="Day of prices and states.", metavar="DATE", show_default="2025-03-03")
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
        from karvan.quotes.lanes import READY

        corridor = _find(dataset, plain(name))
        progress("following the corridor")
        _draw(console, dataset, figures(dataset, corridor, asked or picked.as_of or READY))


def _find(dataset: Dataset, name: str) -> Corridor:
    from difflib import get_close_matches

    from karvan.atlas.checks.routes import strangers
    from karvan.atlas.places import folded

    wanted = folded(name)
    said = {c.corridor: (folded(c.corridor), folded(c.name), folded(c.description)) for c in dataset.corridors}
    named = [c for c in dataset.corridors if wanted in said[c.corridor][:2]]
    named = named or [c for c in dataset.corridors if any(f" {wanted} " in f" {s} " for s in said[c.corridor])]
    if len(named) > 1:
        raise InputError(
            f"'{name}' is in {len(named)} corridors: {', '.join(c.corridor for c in named)}. Give one of them."
        )
    if not named:
        near = get_close_matches(wanted, [s for of in said.values() for s in of[:2]], 3)
        keys = [k for k, of in said.items() if any(n in of for n in near)]
        hint = f"Did you mean {', '.join(keys)}?" if keys else "List them: karvan atlas corridor."
        raise InputError(f"There is no corridor '{name}'. {hint}")
    found = named[0]
    if not found.route:
        raise InputError(
            f"Corridor {found.corridor} has no route from end to end: it only sorts quotes. "
            "Take another: karvan atlas corridor."
        )
    faults = strangers(dataset, found)
    if faults:
        raise DataError(faults)
    return found


def _list(console: Console, dataset: Dataset) -> None:
    from rich.table import Table
    from rich.text import Text

    from karvan.routing.ways import not_open, way

    table = Table("corridor", "name", "km", "not open", box=None, padding=(0, 2, 0, 0), header_style="bold")
    for family in dict.fromkeys(c.family for c in sorted(dataset.corridors, key=lambda c: c.family)):
        table.add_row(Text(family.replace("_", " "), "bold"))
        for c in (c for c in dataset.corridors if c.family == family):
            legs = [way(dataset, mode, a, b) for mode, a, b in c.legs]
            links = [link for leg in legs for link in leg or ()]
            km = whole(sum(link.length_km for link in links)) if links else ""
            km = f"over {km}" if km and None in legs else km
            shut = sum(link.length_km for link in links if link.status != "open")
            table.add_row(f"  {c.corridor}", Text(c.name, overflow="fold"), Text(km, justify="right"),
                          f"{whole(shut)} km" if not_open(links) else "")  # fmt: skip
    console.print(table)
    console.print("One of them from end to end: karvan atlas corridor KEY")


def _draw(console: Console, dataset: Dataset, f: CorridorFigures) -> None:
    from rich.table import Table
    from rich.text import Text

    from karvan.cli.sources import Sources

    sources = Sources(dataset)
    console.print(Text(f.corridor.name, "bold"))
    if dataset.premises:
        console.print(Text(f"Supposed: {plain('; '.join(dataset.premises))}", "yellow"))
    console.print(Text(f"{f.corridor.description} [{sources.numbers(f.corridor.source)}]"))
    _strip(console, dataset, f)
    facts = Table.grid(padding=(0, 2, 0, 0))
    for label, said in [*_length(f), *_box(f), *_capacities(f, sources), *_shut(f, dataset, sources)]:
        facts.add_row(Text(label, "cyan"), Text(said, overflow="fold"))
    console.print(facts)
    sources.show(console)


_Facts = Iterator[tuple[str, str]]


def _length(f: CorridorFigures) -> _Facts:
    by_mode: dict[str, float] = {}
    for leg in f.links:
        for link in leg:
            by_mode[link.mode] = by_mode.get(link.mode, 0.0) + link.length_km
    over = "over " if f.not_joined else ""
    yield "Length", f"{over}{whole(f.length_km)} km: " + ", ".join(f"{m} {whole(km)}" for m, km in by_mode.items())
    for i, (mode, a, b) in enumerate(f.not_joined):
        yield "No links" if i == 0 else "", f"{mode} {a} to {b}: none is known"


def _box(f: CorridorFigures) -> _Facts:
    """What one box costs and takes."""
    if f.bill is None or f.time is None:
        yield "Time, price", f.why_not or "not known"
        return
    barred = " if it were open" if f.barred else ""
    ends = "without loading, first and last mile and insurance"
    yield "Sent", f"{f.sent} on {f.on}, {ends}{barred}"
    yield "Time", f"P50 {days(f.time.p50_h)}, P80 {days(f.time.p80_h)}, P95 {days(f.time.p95_h)} days"
    total = f.bill.total_usd
    ranked = sorted(f.bill.by_grade().items(), key=lambda i: -i[1])
    known = ", ".join(f"{g} {float(v / total):.0%}" for g, v in ranked) if total else ""
    unpriced = ", ".join(dict.fromkeys(m.charge.replace("_", " ") for m in f.bill.missing))
    price = whole(total) if f.bill.complete else f"from {whole(total)} (unpriced: {unpriced})"
    yield "Price", f"{price} USD; {known}"
    yield "Emissions", f"{tonnes(f.co2e_kg)} t CO2e"


def _capacities(f: CorridorFigures, sources: Sources) -> _Facts:
    if not f.tightest:
        yield "Tightest", "no capacity along it is in the data"
    for i, c in enumerate(f.tightest):
        own = "" if c.unit == "TEU/year" else f"{c.value:,.0f} {c.unit}, about "
        said = f"{plain(c.where)}: {own}{whole(c.teu_year)} TEU a year [{sources.numbers(c.source)}]"
        yield "Tightest" if i == 0 else "", said


def _shut(f: CorridorFigures, dataset: Dataset, sources: Sources) -> _Facts:
    rows = {link.link: link for link in dataset.links}
    for i, key in enumerate(f.not_open):
        link = rows[key]
        said = f"{key}: {link.status.replace('_', ' ')} since {link.status_on}, {link.length_km:g} km"
        yield "Not open" if i == 0 else "", f"{said} [{sources.numbers(link.source)}]"


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
        said = said if leg else f"{symbols[mode]} {mode}, no links known"
        table.add_row("", "│", Text(f"{drawn} {said}", "dim" if leg and not shut else "red"))
        table.add_row(Text(whole(km), justify="right"), "●", Text(names[node], "bold"))
    console.print(Padding(table, (1, 0, 1, 2)))
