"""`karvan atlas observations`: what was counted, as a chart, and the claims held against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from karvan.cli import output
from karvan.cli.data import chosen
from karvan.cli.text import bar, plain
from karvan.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from karvan.model.dataset import Dataset
    from karvan.model.observation import Observation, Series

_BAR, _LEAST_BAR = 30, 8
_CITED = 16  # columns of the numbers of sources, beyond which they are folded


def command(
    context: typer.Context,
    series: Annotated[
        str | None, typer.Argument(help="A series by key or glob; without one, all are listed.", show_default=False)
    ] = None,
    claims: Annotated[bool, typer.Option("--claims", help="Hold the claims against the series.")] = False,
) -> None:
    """List the series, draw one by period, or hold the claims against what was counted."""
    dataset = chosen(context).load()
    with output.console() as console:
        if claims and series is not None:
            raise InputError("--claims holds all claims against all series. Leave the series or --claims out.")
        if claims:
            _claims(console, dataset)
        elif series is None:
            _list(console, dataset)
        else:
            _charts(console, dataset, plain(series))


def _list(console: Console, dataset: Dataset) -> None:
    from rich.table import Table
    from rich.text import Text

    counts: dict[str, list[Observation]] = {}
    for o in dataset.observations:
        counts.setdefault(o.series, []).append(o)
    table = Table("series", "what", "unit", "n", "periods", box=None, padding=(0, 2, 0, 0), header_style="bold")
    for s in dataset.series:
        of = counts.get(s.series, [])
        span = f"{min(o.period_from.year for o in of)}-{max(o.period_to.year for o in of)}" if of else ""
        table.add_row(Text(s.series, overflow="fold"), Text(s.name, overflow="fold"), s.quantity, str(len(of)), span)
    console.print(table)
    count = f"{len(dataset.series)} series, {len(dataset.observations)} observations"
    console.print(f"{count}. A chart: karvan atlas observations KEY")


def _charts(console: Console, dataset: Dataset, asked: str) -> None:
    from difflib import get_close_matches

    from karvan.keys import matches

    found = [s for s in dataset.series if matches(asked, s.series)]
    if not found:
        near = get_close_matches(asked, [s.series for s in dataset.series], 3)
        hint = f"Near to it are: {', '.join(near)}." if near else "List them: karvan atlas observations."
        raise InputError(f"There is no series '{asked}'. {hint}")
    for i, series in enumerate(found):
        if i:
            console.print()
        _chart(console, dataset, series)


def _chart(console: Console, dataset: Dataset, series: Series) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from karvan.cli.sources import Sources

    of = sorted(
        (o for o in dataset.observations if o.series == series.series), key=lambda o: (o.period_to, o.period_from)
    )
    screenlines = {s.screenline: s.name for s in dataset.screenlines}
    where = f" at {screenlines[series.screenline]}" if series.screenline in screenlines else ""
    console.print(Text(series.name, "bold"))
    console.print(
        Text(
            f"{series.series}: {series.quantity}, {series.cargo}, {series.direction}{where}. {series.publisher}.", "dim"
        )
    )
    console.print(Text(f"Definition: {series.definition}"))
    sources = Sources(dataset)
    most = max((o.value_high or o.value for o in of), default=0.0)
    rows = [_said(o, of, sources.numbers(o.source)) for o in of]
    beside = sum(
        min(max(map(len, column)), _CITED if n == 4 else 99) + 2 for n, column in enumerate(zip(*rows, strict=True))
    )
    wide = max(_LEAST_BAR, min(_BAR, console.width - beside - 4))
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(overflow="fold")
    for _ in range(4):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold", min_width=_LEAST_BAR)
    for o, (period, value, growth, state, cited) in zip(of, rows, strict=True):
        drawn = bar(o.value, most, wide) if most > 0 and o.value >= 0 else ""
        table.add_row(period, Text(value, justify="right"), drawn, growth, state, Text(cited))
    console.print(Padding(table, (0, 0, 0, 2)))
    sources.show(console)


def _said(o: Observation, of: list[Observation], cited: str) -> tuple[str, str, str, str, str]:
    """Period, value, growth, state and citation of an observation."""
    value = _number(o.value) + (f" to {_number(o.value_high)}" if o.value_high is not None else "")
    return _period(o), value, _growth(o, of), "" if o.state == "actual" else o.state, f"[{cited}]"


def _period(o: Observation) -> str:
    a, b = o.period_from, o.period_to
    if (a.month, a.day, b.month, b.day) == (1, 1, 12, 31) and a.year == b.year:
        return str(a.year)
    if a == b:
        return a.isoformat()
    if a.year == b.year and a.day == 1:
        return f"{a.year}-{a.month:02d} to {b.month:02d}" if a.month != b.month else f"{a.year}-{a.month:02d}"
    return f"{a} to {b}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"


def _growth(o: Observation, of: list[Observation]) -> str:
    """Growth on the same period a year earlier: by our counts, else as stated."""
    for b in of:
        same = (b.period_from.month, b.period_to.month) == (o.period_from.month, o.period_to.month)
        if (
            same
            and b.period_from.year == o.period_from.year - 1
            and b.period_to.year == o.period_to.year - 1
            and b.value > 0
        ):
            return f"{o.value / b.value - 1:+.0%}"
    return f"{o.growth:+.0%} stated" if o.growth is not None else ""


def _claims(console: Console, dataset: Dataset) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from karvan.atlas.claims import all_findings
    from karvan.cli.sources import Sources

    sources = Sources(dataset)
    if not dataset.claims:
        console.print("No claims are in the data, or none that was known on the day asked for.")
    for claim, found in all_findings(dataset):
        console.print(Text(f"{claim.statement} [{sources.numbers(claim.source)}]", "bold"))
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for f in found:
            value = f"{f.value:+.0%}" if claim.measure == "growth" else _number(f.value)
            how = f"stated in {f.counted.series}" if f.stated else f.counted.series
            if f.base is not None and f.mixed:
                how = f"{f.counted.series} over {f.base.series}: two definitions in one rate"
            cited = ";".join(
                dict.fromkeys([*f.counted.source.split(";"), *(f.base.source.split(";") if f.base else ())])
            )
            verdict = "agrees" if f.agrees else "does not agree"
            table.add_row(
                Text(value, justify="right"), verdict, Text(how, overflow="fold"), f"[{sources.numbers(cited)}]"
            )
        console.print(Padding(table if found else Text("No series has these periods."), (0, 0, 0, 2)))
    sources.show(console)
