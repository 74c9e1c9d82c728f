"""Renew docs/lanes.md: six lanes in full, and the atlas held against cited distances and known through prices.

python docs/make_lanes.py    rewrite docs/lanes.md; tests/docs/test_lanes.py holds the file to what this makes
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path

import karvan
from karvan import atlas
from karvan.cli import main as command
from karvan.cli import output
from karvan.cli.bill import show_bill
from karvan.cli.sources import Sources
from karvan.model.chain import Movement
from karvan.model.dataset import Dataset
from karvan.model.quote import Alternative, Quote
from karvan.model.tariff import ThroughPrice
from karvan.quotes.checks import ThroughCheck, through_check
from karvan.quotes.distances import TOLERANCE, DistanceCheck, distance_checks, section_checks
from karvan.reports.grades import GRADES, shares
from karvan.reports.words import Words

PAGE = Path(__file__).parent / "lanes.md"
READY = date(2025, 3, 3)
RATES_FROM = date(2020, 1, 1)  # our rates of earlier days make no whole way
WIDTH = 120
_BETTER = ("published", "quoted", "inferred")  # than an analogy


@dataclass(frozen=True, slots=True)
class Lane:
    """What is asked of `karvan quote`."""

    origin: str
    destination: str
    cargo: str
    commodity: str
    tonnes: float

    @property
    def title(self) -> str:
        return f"{self.origin} to {self.destination}: {self.cargo}, {self.commodity}, {self.tonnes:g} t"

    @property
    def arguments(self) -> list[str]:
        return ["quote", self.origin, self.destination, "--ready", str(READY), "--cargo", self.cargo,
                "--commodity", self.commodity, "--tonnes", f"{self.tonnes:g}", "--top", "50"]  # fmt: skip

    @property
    def command(self) -> str:
        return " ".join(
            ["karvan", *(f'"{a}"' if shlex.quote(a) != a and not a.isalpha() else a for a in self.arguments)]
        )

    def quote(self, dataset: Dataset) -> Quote:
        return karvan.quote(
            self.origin,
            self.destination,
            ready=READY,
            cargo=self.cargo,
            commodity=self.commodity,
            tonnes=self.tonnes,
            data=dataset,
        )


LANES = (
    Lane("Xi'an", "Constanța", "1x40HC", "household appliances", 14.0),
    Lane("Aksu", "Mersin", "wagons", "ferroalloys", 1200.0),
    Lane("Aksu", "Mersin", "any", "ferroalloys", 1200.0),
    Lane("Tashkent", "Istanbul", "1x40HC", "textiles", 18.0),
    Lane("Yerevan", "Almaty", "trucks", "cognac", 20.0),
    Lane("Almaty", "Duisburg", "1x20DC", "copper cathode", 24.0),
    Lane("Shanghai", "Poti", "1x40HC", "electronics", 12.0),
)

INTRODUCTION = f"""# Six lanes

What Karvan answers on six lanes for cargo that is ready on {READY:%-d %B %Y}, charge by charge, and how far the atlas
can be trusted: its distances against cited ones, its prices against known through prices, and the share of the dollars
by how their rates are known. `python docs/make_lanes.py` makes this page and a test holds it to the code and the data.
"""

GRADES_SAID = """## How the dollars are known

Shares of dollars by the grade of their rates: of the cheapest alternative, and the mean over all alternatives.
"Better" is what is published, quoted or inferred from a through price; the aim is 60 %.
"""

DISTANCES_SAID = """## Distances against cited ones

For each cited distance the shortest way in our network by its mode and through its places; what is not open is counted
2.5 times in the choice of the way, so that it is taken only where it is needed. Errors over {tolerance:.0%} are bold;
the note is that of the citation, which may explain it.

{over} of {count} are over {tolerance:.0%}; the median error is {median:.1%}.
"""

PRICES_SAID = """## Prices against known through prices

Each known price against the sum of our sections for the same equipment on the same day. "All" is our whole bill,
"between" is without loading, unloading, first and last mile, insurance and guarantees, which a carrier's price often
leaves out. The residual is against the nearer end of the cited range and 0 inside it. Before {first} and where the
rates of a day are not known the sum is that of {ready}, and the day is in brackets: a residual then holds the years
between as well. "from": a rate is missing at an end. Some observations were used to infer rates; the note says which.
"""


def page(dataset: Dataset) -> str:
    """The text of docs/lanes.md."""
    quotes = [lane.quote(dataset) for lane in LANES]
    parts = [INTRODUCTION]
    parts += [_contents()]
    parts += [_lane(lane, q, dataset) for lane, q in zip(LANES, quotes, strict=True)]
    parts += [_grades(quotes), _distances(dataset), _prices(dataset)]
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _contents() -> str:
    titles = [*(lane.title for lane in LANES), "How the dollars are known", "Distances against cited ones",
              "Prices against known through prices"]  # fmt: skip
    return "\n".join(f"- [{title}](#{_anchor(title)})" for title in titles)


def _anchor(title: str) -> str:
    return "".join(c for c in title.lower().replace(" ", "-") if c.isalnum() or c == "-")


@contextmanager
def _terminal() -> Iterator[StringIO]:
    """Standard output as it is in a pipe, of one width and without colour."""
    before = dict(os.environ)
    os.environ.update(COLUMNS=str(WIDTH), NO_COLOR="1")
    os.environ.pop("FORCE_COLOR", None)
    try:
        with redirect_stdout(StringIO()) as printed:
            yield printed
    finally:
        os.environ.clear()
        os.environ.update(before)


def _fenced(text: str) -> str:
    return f"```text\n{text.strip(chr(10)).rstrip()}\n```\n"


def _lane(lane: Lane, q: Quote, dataset: Dataset) -> str:
    with _terminal() as printed:
        code = command(lane.arguments)
    if code:
        raise RuntimeError(f"{lane.title}: the command ended with {code}")
    parts = [f"## {lane.title}\n", _fenced(f"$ {lane.command}\n\n{printed.getvalue()}")]
    cheapest: dict[int, list[str]] = {}
    for corridor in dataset.corridors:
        ways = [a for a in q.alternatives if corridor.corridor in a.corridors]
        if ways:
            best = min(ways, key=lambda a: (not a.bill.complete, a.price_usd, a.number))
            cheapest.setdefault(best.number, []).append(corridor.name)
    sources = Sources(dataset)
    for number, names in cheapest.items():
        parts.append(f"### {', '.join(names)}: no. {number}, the cheapest\n")
        parts.append(_itemised(q.alternatives[number - 1], dataset, sources))
    with _terminal() as printed, output.console() as console:
        sources.show(console)
    parts += ["### Sources of the charges\n", _fenced(printed.getvalue())]
    parts.append(_sections([q.alternatives[number - 1] for number in cheapest], dataset))
    return "\n".join(parts)


def _itemised(a: Alternative, dataset: Dataset, sources: Sources) -> str:
    """A chain element by element, then its charges."""
    words = Words(dataset)
    elements = []
    for element, line in zip(a.chain.elements, a.schedule, strict=True):
        km = f"{element.length_km:,.0f}" if isinstance(element, Movement) else ""
        place = words.place(line.node)
        elements.append(f"{line.begins:%d %b %H:%M}  {place:<26.26} {words.element(element):<64.64} {km:>7}")
    t = a.time
    said = (
        f"{a.price_usd:,.2f} USD{'' if a.bill.complete else ' at least'}; P50 {t.p50_h / 24:.1f}, "
        f"P80 {t.p80_h / 24:.1f}, P95 {t.p95_h / 24:.1f} days; {a.co2e_kg / 1000:,.2f} t CO2e; "
        f"{a.chain.length_km:,.0f} km\n"
    )
    with _terminal() as printed, output.console() as console:
        show_bill(console, a, words, sources)
    return f"{said}\n{_fenced(chr(10).join(elements) + chr(10) + printed.getvalue())}"


def _sections(ways: Sequence[Alternative], dataset: Dataset) -> str:
    """Cited distances that the chains run over."""
    found = {d.cited.observation: d for a in ways for d in section_checks(dataset, a.chain)}
    if not found:
        return "No cited distance lies on these chains."
    rows = [_distance_row(d, dataset, note=False) for d in sorted(found.values(), key=lambda d: d.cited.observation)]
    head = ["from", "to", "mode", "cited km", "chain km", "error"]
    return f"### Cited sections of these chains\n\n{_table(head, rows, 3)}"


def _grades(quotes: Sequence[Quote]) -> str:
    rows = []
    for lane, q in zip(LANES, quotes, strict=True):
        first = shares(min(q.alternatives, key=lambda a: (not a.bill.complete, a.price_usd)).bill.by_grade())
        every = [shares(a.bill.by_grade()) for a in q.alternatives]
        mean = {g: sum(s.get(g, 0.0) for s in every) / len(every) for g in GRADES}
        name = f"{lane.origin} to {lane.destination}, {lane.cargo}"
        for what, found in (("cheapest", first), (f"mean of {len(every)}", mean)):
            better = sum(found.get(g, 0.0) for g in _BETTER)
            rows.append([name, what, *(f"{found.get(g, 0.0):.0%}" for g in GRADES), f"{better:.0%}"])
    return GRADES_SAID + "\n" + _table(["lane", "of", *GRADES, "better"], rows, 2)


def _distances(dataset: Dataset) -> str:
    checks = distance_checks(dataset)
    errors = sorted(abs(d.error) for d in checks if d.error is not None)
    over = sum(d.error is None or abs(d.error) > TOLERANCE for d in checks)
    said = DISTANCES_SAID.format(tolerance=TOLERANCE, over=over, count=len(checks), median=errors[len(errors) // 2])
    head = ["from", "to", "mode", "cited km", "our km", "error", "through", "note"]
    return said + "\n" + _table(head, [_distance_row(d, dataset, note=True) for d in checks], 3, 6)


def _distance_row(d: DistanceCheck, dataset: Dataset, note: bool) -> list[str]:
    words = Words(dataset)
    row = d.cited
    error = "no way" if d.error is None else f"{d.error:+.1%}"
    if d.error is None or abs(d.error) > TOLERANCE:
        error = f"**{error}**"
    ours = "" if d.length_km is None else f"{d.length_km:,.0f}"
    cells = [
        words.place(row.from_node),
        words.place(row.to_node),
        row.mode or "any",
        f"{row.length_km:,.0f}",
        ours,
        error,
    ]
    if note:
        shut = f" Not open: {', '.join(words.closed(key) for key in d.not_open)}." if d.not_open else ""
        cells += [", ".join(map(words.place, row.via)), f"{row.note}{shut}".strip()]
    return cells


def _prices(dataset: Dataset) -> str:
    rows = [_price_row(_on_best_day(dataset, known), dataset) for known in dataset.through_prices]
    head = [
        "observation",
        "day",
        "unit",
        "cited USD",
        "all",
        "residual",
        "between",
        "residual",
        "our way",
        "scope and note",
    ]
    return PRICES_SAID.format(ready=READY, first=RATES_FROM.year) + "\n" + _table(head, rows, 3, 8)


def _on_best_day(dataset: Dataset, known: ThroughPrice) -> ThroughCheck:
    """A check on its own day, or on that of the lanes where its own has no way or no rates between the ends."""
    if known.on >= RATES_FROM:
        check = through_check(dataset, known)
        if check.chain and check.carried_complete:
            return check
    return through_check(dataset, known, READY)


def _price_row(c: ThroughCheck, dataset: Dataset) -> list[str]:
    words = Words(dataset)
    known = c.known
    cited = f"{c.low_usd:,.0f}" + (f"-{c.high_usd:,.0f}" if c.high_usd > c.low_usd else "")
    day = str(known.on) if c.on == known.on else f"{known.on} ({c.on})"
    ends = f"{words.place(known.from_node)} to {words.place(known.to_node)}"
    if c.chain is None or c.usd is None or c.carried_usd is None:
        ours, way = ["", "", "", ""], f"{ends}: no way"
    else:

        def said(usd: float, residual: float | None, complete: bool) -> list[str]:
            return [f"{'' if complete else 'from '}{usd:,.0f}", "" if residual is None else f"{residual:+.0%}"]

        ours = [*said(c.usd, c.residual, c.complete), *said(c.carried_usd, c.carried_residual, c.carried_complete)]
        way = words.in_words(c.chain)
        if c.barred:
            way += f" (over what is closed or forbidden: {', '.join(words.closed(key) for key in c.barred)})"
    unit = f"{known.equipment}, {known.load_t:g} t" if known.per != "t" else f"t, {known.equipment}"
    return [known.observation, day, unit, cited, *ours, way, f"{known.scope}. {known.note}".strip()]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], first_number: int, after_numbers: int = 99) -> str:
    """A Markdown table, numbers to the right."""
    rule = ["---:" if first_number <= i < after_numbers else "---" for i in range(len(head))]
    lines = [head, rule, *([cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(atlas.load()), encoding="utf-8")


if __name__ == "__main__":
    main()
