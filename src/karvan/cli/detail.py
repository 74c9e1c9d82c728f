"""One way in full: element by element, charge by charge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from karvan.cli import text as say
from karvan.cli.answer import show_header
from karvan.cli.bill import short, show_bill
from karvan.cli.footnotes import STYLES
from karvan.cli.sources import Sources
from karvan.cli.way import way
from karvan.model.chain import Element, Movement, Wait
from karvan.model.dataset import Dataset
from karvan.model.quote import Alternative, Quote
from karvan.reports.words import Words, first_load, load_in_words

SCOPE_STYLES = {"included": "green", "excluded": "dim", "unpriced": "yellow"}


def show_detail(console: Console, quote: Quote, dataset: Dataset, a: Alternative) -> None:
    """Print one alternative: chain, charges, missing rates, scope, restrictions, emissions and sources."""
    words = Words(dataset)
    show_header(console, quote, words)
    _show_summary(console, a, words)
    _show_chain(console, a, words)
    sources = Sources(dataset)
    show_bill(console, a, words, sources)
    _show_scope(console, a)
    _show_findings(console, a, sources)
    _show_emissions(console, a, words)
    sources.show(console)


def heading(console: Console, title: str) -> None:
    """Print the title of a section."""
    console.print()
    console.print(Text(title, "bold"))


def grid(*headers: tuple[str, bool]) -> Table:
    """A table without lines; numbers (True) are to the right and never broken."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", show_edge=False)
    for name, number in headers:
        if number:
            table.add_column(name, justify="right", no_wrap=True)
        else:
            table.add_column(name, overflow="fold")
    return table


def _show_summary(console: Console, a: Alternative, words: Words) -> None:
    heading(console, f"No. {a.number}")
    console.print(way(a.chain, words))
    load = first_load(a.consignment, a.chain)
    price, least = float(a.price_usd), "" if a.complete else "from "
    corridors = "; ".join(words.corridors.get(c, c) for c in a.corridors) or "no named corridor"
    carried = f"{load_in_words(load)}, {load.unit_t:.1f} t each"
    console.print(Text(f"{corridors} | {carried} | {say.whole(a.chain.length_km)} km"))
    intensity = 1000.0 * a.co2e_kg / max(a.consignment.tonnes * a.chain.length_km, 1.0)
    console.print(
        Text(
            f"{least}{a.price_usd:,.2f} USD, {price / load.units:,.2f} a unit, "
            f"{price / a.consignment.tonnes:,.2f} a tonne | "
            f"CO2e {say.tonnes(a.co2e_kg)} t, {intensity:.1f} g a t-km",
            "bold",
        )
    )
    t = a.time
    for name, hours in (("P50", t.p50_h), ("P80", t.p80_h), ("P95", t.p95_h)):
        console.print(Text(f"{name} {say.days(hours):>5} days: {_local(_after(a, hours))}"))


def _after(a: Alternative, hours: float) -> datetime:
    """The local time at the destination some hours after readiness; `delivered` is that of P50."""
    there = a.delivered.tzinfo
    return (a.delivered.astimezone(UTC) + timedelta(hours=hours - a.time.p50_h)).astimezone(there)


def _local(then: datetime) -> str:
    """As in 'Mon 03 Mar 2025 06:25 +04:00'."""
    return f"{then:%a %d %b %Y %H:%M} {then.isoformat()[-6:]}"


def _show_chain(console: Console, a: Alternative, words: Words) -> None:
    heading(console, "Chain (local times by the mean of all before)")
    table = grid(("begins", False), ("place", False), ("what and who", False), ("km", True), ("h", True), ("day", True))
    table.columns[0].no_wrap = True
    starts = (*a.time.starts_h, a.time.mean_h)
    for i, (element, line) in enumerate(zip(a.chain.elements, a.schedule, strict=True)):
        table.add_row(
            f"{line.begins:%d %b %H:%M} {line.begins.isoformat()[-6:]}",
            Text(words.place(line.node)),
            _what(element, words),
            say.whole(element.length_km) if isinstance(element, Movement) else "",
            f"{starts[i + 1] - starts[i]:,.1f}",
            say.days(starts[i + 1]),
        )
    km, hours = say.whole(a.chain.length_km), f"{a.time.mean_h:,.1f}"
    table.add_row("", "", Text("in all", "bold"), km, hours, say.days(a.time.mean_h))
    console.print(Padding(table, (0, 0, 0, 2)))


def _what(element: Element, words: Words) -> Text:
    """What happens, then the operator, and the service if it has a name."""
    said = Text(words.element(element))
    if isinstance(element, Wait):
        return said
    who = [short(words.payee(element.operator))] if element.operator else []
    if isinstance(element, Movement):
        if element.carrier != element.operator:
            who = [short(words.payee(element.carrier))]
        who += [words.service(element.service)] if element.service else []
    return said.append(f", {', '.join(who)}" if who else "", "dim")


def _show_scope(console: Console, a: Alternative) -> None:
    heading(console, "Scope")
    table = grid(("item", False), ("is", False), ("USD", True), ("because", False))
    table.columns[1].no_wrap = True
    for item in a.scope:
        usd = f"{item.usd:,.2f}" if item.usd else ""
        table.add_row(Text(item.item), Text(item.status, SCOPE_STYLES.get(item.status, "")), usd, Text(item.reason))
    console.print(Padding(table, (0, 0, 0, 2)))


def _show_findings(console: Console, a: Alternative, sources: Sources) -> None:
    if not a.findings:
        return
    heading(console, "Restrictions")
    for f in a.findings:
        said = Text(f"{f.effect}: ", STYLES.get(f.effect, ""))
        said.append(f"{f.name}. {f.condition} [{sources.numbers(f.source)}]", "default")
        console.print(Padding(said, (0, 0, 0, 2)))


def _show_emissions(console: Console, a: Alternative, words: Words) -> None:
    heading(console, "Emissions, kg CO2e (ISO 14083 elements)")
    table = grid(
        ("element", False),
        ("well-to-wheel", True),
        ("tank-to-wheel", True),
        ("data", False),
        ("factors", False),
    )
    for e in a.emissions:
        element = a.chain.elements[e.element]
        at = words.place(element.from_node if isinstance(element, Movement) else element.node)
        table.add_row(
            Text(f"{at}: {words.element(element)}"),
            f"{e.wtw_kg:,.1f}",
            f"{e.ttw_kg:,.1f}",
            e.kind,
            Text("; ".join(e.factors)),
        )
    ttw = sum(e.ttw_kg for e in a.emissions)
    table.add_row(Text("in all", "bold"), f"{a.co2e_kg:,.1f}", f"{ttw:,.1f}", "", "")
    console.print(Padding(table, (0, 0, 0, 2)))
