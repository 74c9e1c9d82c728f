"""The charges of one way, and the rates that are missing."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from karvan.cli import text as say
from karvan.model.quote import Alternative
from karvan.model.tariff import Charge
from karvan.reports.words import Words

GRADE_STYLES = {"published": "green", "quoted": "green", "inferred": "cyan", "analogy": "yellow", "placeholder": "red"}


def show_bill(console: Console, a: Alternative, words: Words) -> None:
    """Print every charge, the total, and each rate that is missing."""
    console.print()
    console.print(Text("Charges", "bold"))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", show_edge=False)
    for name in ("payee", "what for"):
        table.add_column(name, overflow="fold", min_width=12)
    for name in ("quantity", "rate", "amount", "USD"):
        table.add_column(name, justify="right", no_wrap=name == "USD")
    table.add_column("grade", no_wrap=True)
    table.add_column("source", overflow="fold")
    for charge in a.bill.charges:
        _add(table, charge, words)
    total = f"{a.price_usd:,.2f}"
    table.add_row(Text("in all" if a.bill.complete else "at least", "bold"), "", "", "", "", Text(total, "bold"), "", "")
    console.print(Padding(table, (0, 0, 0, 2)))
    if a.bill.missing:
        console.print()
        console.print(Text("Rates that are missing", "bold yellow"))
        for missing in a.bill.missing:
            console.print(Padding(Text(words.text(str(missing))), (0, 0, 0, 2)))


def _add(table: Table, c: Charge, words: Words) -> None:
    """One line; a charge that a through rate replaces is shown in brackets and does not count."""
    style = "dim" if c.replaced_by else ""
    usd = f"({c.usd:,.2f})" if c.replaced_by else f"{c.usd:,.2f}"
    what = f"{words.text(c.what)}, inside {c.replaced_by}" if c.replaced_by else words.text(c.what)
    table.add_row(
        Text(words.payee(c.payee).split(" (")[0], style),
        Text(what, style),
        Text(f"{say.tidy(c.quantity)} {c.unit.replace('_', ' ')}", style),
        Text(f"{say.tidy(c.value)} {c.currency}", style),
        Text(f"{c.amount:,.2f} {c.currency}", style),
        Text(usd, style),
        Text(c.grade, style or GRADE_STYLES.get(c.grade, "")),
        Text(c.source.replace(";", "; "), style or "dim"),
    )
