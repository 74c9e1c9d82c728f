"""Trade statistics to demand: country pairs and HS codes to nodes and market segments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from karvan.formats.datapackage import DELETE, csv_text
from karvan.formats.trade import Trade
from karvan.model.dataset import Dataset
from karvan.model.demand import Demand, Segment
from karvan.schema import fields, key, text

_SAY_EVERY = 200_000


@dataclass(slots=True)
class Taken:
    """What became of the flows of a file: tonnes and rows by what was done with them."""

    cells: dict[tuple[str, str, str, int], float] = field(default_factory=lambda: defaultdict(float))
    rows: int = 0
    tonnes: float = 0.0
    elsewhere: int = 0
    no_weight: int = 0
    no_weight_usd: float = 0.0
    no_segment: dict[str, float] = field(default_factory=lambda: defaultdict(float))


def take(
    dataset: Dataset,
    flows: Iterable[Trade],
    years: Collection[int] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Taken:
    """Sum flows by segment, node of origin, node of destination and year.

    A country stands at its node in `countries`; a product goes to its segment (`segment_of`). Left out and counted:
    pairs with a country that is not in `countries` (or of one node), flows without a weight, products of no segment.
    """
    by_code = {code: c for c in dataset.countries for code in (c.m49, c.baci)}
    segments = [s for s in dataset.segments if not s.background]
    found: dict[tuple[str, str, str], str] = {}
    taken = Taken()
    for n, flow in enumerate(flows, 1):
        if n % _SAY_EVERY == 0:
            progress(f"{n:,} rows read")
        if years and flow.year not in years:
            continue
        origin, destination = by_code.get(flow.exporter), by_code.get(flow.importer)
        taken.rows += 1
        if origin is None or destination is None or origin.node == destination.node:
            taken.elsewhere += 1
            continue
        if flow.tonnes is None:
            taken.no_weight += 1
            taken.no_weight_usd += flow.usd
            continue
        asked = (flow.hs, origin.country, destination.country)
        if asked not in found:
            found[asked] = segment_of(segments, *asked)
        if found[asked]:
            taken.cells[found[asked], origin.node, destination.node, flow.year] += flow.tonnes
            taken.tonnes += flow.tonnes
        else:
            taken.no_segment[flow.hs[:2]] += flow.tonnes
    return taken


def segment_of(segments: Iterable[Segment], hs: str, origin: str, destination: str) -> str:
    """The segment of a product between two countries; '' if none is open to them.

    The longest matching HS prefix wins, of equal ones the segment that names more of the two countries, then the first.
    """
    best, most = "", (0, 0)
    for s in segments:
        if not {origin, "*"} & set(s.origins) or not {destination, "*"} & set(s.destinations):
            continue
        longest = max((len(code) for code in s.hs if hs.startswith(code)), default=0)
        named = (longest, (origin in s.origins) + (destination in s.destinations))
        if longest and named > most:
            best, most = s.segment, named
    return best


def demand_rows(taken: Taken, source: str, known_on: Callable[[int], date]) -> tuple[Demand, ...]:
    """The sums as rows of demand, known from a day that depends on their year."""
    return tuple(
        Demand(
            segment=segment,
            origin=origin,
            destination=destination,
            year=year,
            tonnes=round(tonnes, 3),
            teu=None,
            totals=(),
            split="Sum of the products of the pair of countries that belong to the segment; each country at its node.",
            source=source,
            confidence="medium",
            known_on=known_on(year),
            note="",
        )
        for (segment, origin, destination, year), tonnes in sorted(taken.cells.items())
    )


def in_place_of(dataset: Dataset, rows: Sequence[Demand]) -> str:
    """The text of a demand.csv that puts rows in place of all cells of the same segments and years of a dataset."""
    own = {key("demand", r) for r in rows}
    covered = {(r.segment, r.year) for r in rows}
    gone = [c for c in dataset.demand if (c.segment, c.year) in covered and key("demand", c) not in own]
    columns = fields("demand")
    marked = [*((r, "") for r in rows), *((c, "true") for c in gone)]
    cells = ([*(text(f, getattr(row, f.name)) for f in columns), mark] for row, mark in marked)
    return csv_text([*(f.name for f in columns), DELETE], cells)
