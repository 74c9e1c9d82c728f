"""The answer in the terminal: a line of numbers with bars and the way under it, then why the others lost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from karvan.cli import text as say
from karvan.cli.footnotes import Footnotes
from karvan.cli.way import legend, services, way
from karvan.model.dataset import Dataset
from karvan.model.quote import Alternative, Lost, Quote
from karvan.reports.words import Words, first_load, load_in_words

GRADES = ("published", "quoted", "inferred", "analogy", "placeholder")
_FIXED = 72  # columns of the line of numbers without its bars
_INDENT = 5
_CRITERIA = {"price": "cheaper", "time": "quicker"}


def show(console: Console, quote: Quote, dataset: Dataset, top: int) -> None:
    """Print a quote: header, the first `top` ways, lost and closed ways, advice and restrictions."""
    words = Words(dataset)
    shown = quote.alternatives[:top]
    notes = Footnotes(shown)
    show_header(console, quote, words)
    _show_ways(console, quote, shown, words, notes)
    _show_lost(console, quote.lost)
    _show_closed(console, quote, words)
    if quote.advice:
        _heading(console, "Advice")
        for advice in quote.advice:
            console.print(Padding(Text(say.plain(advice)), (0, 0, 0, 2)))
    notes.show(console)
    console.print()
    console.print(
        Text("--detail N shows one way charge by charge, --html FILE writes a page with chart and map.", "dim")
    )


def show_header(console: Console, quote: Quote, words: Words) -> None:
    """Print what was asked and what the answer rests on."""
    goods = quote.alternatives[0].consignment
    loads = dict.fromkeys(load_in_words(first_load(b.consignment, b.chain)) for b in quote.alternatives)
    tonnes = say.tidy(Decimal(repr(quote.tonnes)))
    asked = (
        f"{' or '.join(loads)}, {tonnes} t of {say.inside(goods.commodity.name)} "
        f"worth {say.whole(goods.value_usd)} USD, ready {quote.ready:%A %d %B %Y}"
    )
    count = len(quote.alternatives)
    rests_on = (
        f"{count} way{'s' * (count > 1)}; rates of {quote.priced_on}, valid until {quote.valid_until}; "
        f"{goods.wagon_owner} wagons, {goods.box_owner}'s boxes; data {quote.digest[:8]}"
    )
    console.print(Text(f"{words.place(quote.origin)} to {words.place(quote.destination)}", "bold"))
    console.print(Text(asked))
    console.print(Text(rests_on))
    if quote.premises:
        console.print(Text(f"Supposed: {say.plain('; '.join(quote.premises))}", "yellow"))
    console.print(Text(f"Dollars by grade of rate: {_grades(quote.alternatives)}"))
    if not quote.complete:
        console.print(Text("The search was cut short: a raised --epsilon finds fewer ways and all of them.", "yellow"))


def _grades(alternatives: Sequence[Alternative]) -> str:
    sums = dict.fromkeys(GRADES, Decimal(0))
    for a in alternatives:
        for grade, usd in a.bill.by_grade().items():
            sums[grade] = sums.get(grade, Decimal(0)) + usd
    total = sum(sums.values()) or Decimal(1)
    return ", ".join(f"{grade} {usd / total:.0%}" for grade, usd in sums.items())


def _show_ways(console: Console, quote: Quote, shown: Sequence[Alternative], words: Words, notes: Footnotes) -> None:
    spare = max(console.width - _FIXED, 16)
    widths = (min(spare * 2 // 5, 24), min(spare - spare * 2 // 5, 40))
    dearest = max(float(a.price_usd) for a in shown)
    latest = max(a.time.p95_h for a in shown)
    console.print()
    console.print(Text(_head(widths), "bold"))
    for a in shown:
        console.print(_numbers(a, dearest, latest, widths))
        for line in _lines(a, quote, words, notes):
            console.print(Padding(line, (0, 0, 0, _INDENT)))
    if len(shown) < len(quote.alternatives):
        console.print(
            Text(
                f"     and {len(quote.alternatives) - len(shown)} more: --top {len(quote.alternatives)}",
                "dim",
            )
        )
    console.print(
        Text(
            f"Days: █ to P50, ▓ to P80, ░ to P95; late is P95 - P50; CO2e well-to-wheel. {legend(words)}.",
            "dim",
        )
    )


def _head(widths: tuple[int, int]) -> str:
    return (
        f"{'no.':>3}  {'price USD':>14} {'':<{widths[0]}} {'P50':>5} {'P80':>5} {'P95':>5} "
        f"{'days':<{widths[1]}} {'late d':>6} {'CO2e t':>7} {'km':>8}"
    )


def _numbers(a: Alternative, dearest: float, latest: float, widths: tuple[int, int]) -> Text:
    """The line of numbers of one way. A price that lacks a rate is marked 'from'."""
    t = a.time
    price = f"{'' if a.complete else 'from '}{say.whole(a.price_usd)}" if a.price_usd else "unpriced"
    line = Text(no_wrap=True, overflow="ignore")
    line.append(f"{a.number:>3}  ", "bold")
    line.append(f"{price:>14} ", "bold" if a.complete else "bold yellow")
    line.append(say.bar(float(a.price_usd), dearest, widths[0]), "cyan")
    line.append(f" {say.days(t.p50_h):>5} {say.days(t.p80_h):>5} {say.days(t.p95_h):>5} ")
    line.append(say.spread(t.p50_h, t.p80_h, t.p95_h, latest, widths[1]), "magenta")
    line.append(f" {say.days(t.lateness_h):>6} {say.tonnes(a.co2e_kg):>7} {say.whole(a.chain.length_km):>8}")
    return line


def _lines(a: Alternative, quote: Quote, words: Words, notes: Footnotes) -> list[Text]:
    """The way, and the corridors, services and marks of an alternative."""
    said = Text()
    said.append("; ".join(words.corridors.get(c, c) for c in a.corridors) or "no named corridor", "cyan")
    loads = {load_in_words(first_load(b.consignment, b.chain)) for b in quote.alternatives}
    if len(loads) > 1:
        said.append(f" | {load_in_words(first_load(a.consignment, a.chain))}")
    said.append(f" | {', '.join(services(a.chain, words)) or 'ordinary traffic'}")
    if not a.complete:
        lacking = f"unpriced: {', '.join(a.unpriced)}" if a.unpriced else f"{len(a.bill.missing)} rate(s) missing"
        said.append(f" | {lacking}", "yellow")
    marks = notes.marks(a)
    if marks:
        said.append(f" | {marks}", "yellow")
    return [way(a.chain, words), said]


def _show_lost(console: Console, lost: Sequence[Lost]) -> None:
    if not lost:
        return
    _heading(console, "Why others lost")
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=24, max_width=36)
    for _ in range(2):
        table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for row in lost:
        table.add_row(
            Text(row.name),
            Text(f"{say.whole(row.price_usd)} USD" if row.price_usd is not None else "unpriced"),
            Text(f"{say.days(row.p50_h)} d" if row.p50_h is not None else ""),
            Text(row.reason),
        )
    console.print(Padding(table, (0, 0, 0, 2)))


def _show_closed(console: Console, quote: Quote, words: Words) -> None:
    _heading(console, "Closed today")
    if not quote.closed:
        console.print(Text("  Nothing that is closed today would give a cheaper or quicker way."))
    for c in quote.closed:
        said = Text(f"{'; '.join(words.closed(key) for key in c.closed)}: ", "bold")
        better = _CRITERIA.get(c.wins_on, f"better in {c.wins_on}")
        said.append(
            f"would be about {c.saving:.0%} {better}. " if c.saving < 1 else "would be the only way. ",
            "not bold",
        )
        said.append(f"What opens it: {c.opens}", "not bold")
        console.print(Padding(said, (0, 0, 0, 2)))


def _heading(console: Console, title: str) -> None:
    console.print()
    console.print(Text(title, "bold"))
