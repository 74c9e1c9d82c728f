"""The charges of one way, and the rates that are missing."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from karvan.cli import text as say
from karvan.cli.sources import Sources
from karvan.model.quote import Alternative
from karvan.model.tariff import Charge
from karvan.reports.words import Words

GRADE_STYLES = {
    "published": "green",
    "quoted": "green",
    "inferred": "cyan",
    "analogy": "yellow",
    "placeholder": "red",
}

_NARROW = 96  # columns
_NOT_TOLD = ("replaces=",)  # the charges it replaces are in the table, in brackets


def show_bill(console: Console, a: Alternative, words: Words, sources: Sources) -> None:
    """Print every charge, the total, and each rate that is missing."""
    console.print()
    console.print(Text("Charges", "bold"))
    narrow = console.width < _NARROW
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", show_edge=False)
    for name in ("payee", "what for", "at rate"):
        table.add_column(name, overflow="fold", min_width=10)
    for name in ("USD",) if narrow else ("amount", "USD"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("grade", no_wrap=True)
    table.add_column("source", overflow="fold", min_width=4)
    params = {r.rate: r.params for r in words.dataset.rates}
    for charge in a.bill.charges:
        table.add_row(*_cells(charge, words, sources, params.get(charge.rate, ()), narrow))
    said = "in all" if a.complete else "at least"
    table.add_row(Text(said, "bold"), *[""] * (2 if narrow else 3), Text(f"{a.price_usd:,.2f}", "bold"), "", "")
    console.print(Padding(table, (0, 0, 0, 2)))
    if a.bill.missing:
        console.print()
        console.print(Text("Rates that are missing", "bold yellow"))
        for missing in a.bill.missing:
            console.print(Padding(Text(words.text(str(missing))), (0, 0, 0, 2)))


def short(name: str) -> str:
    """An operator's name up to a bracket or a comma."""
    return name.split(" (")[0].split(",")[0]


def _cells(c: Charge, words: Words, sources: Sources, params: tuple[str, ...], narrow: bool) -> list[Text]:
    """One line; a charge that a through rate replaces is shown in brackets and does not count.

    Where there is little room the amount stands with the rate.
    """
    style = "dim" if c.replaced_by else ""
    usd = f"({c.usd:,.2f})" if c.replaced_by else f"{c.usd:,.2f}"
    what = f"{words.text(c.what)}, inside {c.replaced_by}" if c.replaced_by else words.text(c.what)
    rate, amount = _at_rate(c, params), f"{c.amount:,.2f} {c.currency}"
    return [
        Text(short(words.payee(c.payee)), style),
        Text(what, style),
        *([Text(f"{rate} = {amount}", style)] if narrow else [Text(rate, style), Text(amount, style)]),
        Text(usd, style),
        Text(c.grade, style or GRADE_STYLES.get(c.grade, "")),
        Text(sources.numbers(c.source), style or "dim"),
    ]


def _at_rate(c: Charge, params: tuple[str, ...]) -> str:
    """As in '3,128 container km at 0.24 USD', with what else the rule was told."""
    unit = c.unit.replace("_", " ")
    if unit.startswith("percent of"):
        said = f"{say.tidy(c.value)} {unit} {say.tidy(c.quantity)} {c.currency}"
    else:
        said = f"{say.tidy(c.quantity)} {unit} at {say.tidy(c.value)} {c.currency}"
    told = [p.replace("=", " ").replace("_", " ") for p in params if not p.startswith(_NOT_TOLD)]
    return f"{said} ({', '.join(told)})" if told else said
