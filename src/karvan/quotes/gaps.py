"""Which assumptions matter: how much the reference quotes change when each of them moves by a fifth.

Every row marked `assumption`, and every rate that is somebody else's price or a placeholder, that a cheapest or
quickest way of a reference lane uses is estimated to first order from that way's bill and hours; the first of the list
are then moved up and down in the data and the lanes quoted again, with search and all, which is what is reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from karvan.errors import KarvanError
from karvan.model.chain import Handling, Movement, Wait
from karvan.model.dataset import Dataset
from karvan.model.quote import Alternative, Quote
from karvan.model.scenario import Override
from karvan.overrides import apply, state_on
from karvan.quotes.lanes import READY, REFERENCE, Lane
from karvan.schema import ASSUMPTION, fields, key, text

STEP = 0.2
# What is moved in a row, by table: all its assumed quantities of one kind together.
MOVED = {
    "links": ("length_km", "speed_kmh"),
    "operations": ("time_p50_h", "time_p95_h"),
    "services": ("departures_week",),
    "service_calls": ("leg_p50_h", "leg_p95_h"),
    "rates": ("value",),
}
_EACH_ALONE = ("links",)  # tables whose columns mean different things
_OF_PLANS = ("plan_window_days", "plan_refusal")  # what a service that leaves by a plan is waited for by
_SUPPOSED = ("analogy", "placeholder")  # grades of rates that nobody quoted for the thing itself


@dataclass(frozen=True, slots=True)
class Gap:
    """One assumption: the row, the columns moved, and what that does.

    `estimate` is the first-order change, the mean over all lanes of the relative change of the cheapest price plus that
    of the quickest median time, for a move by 20 %. `price` and `time` are the same two measured by quoting again
    (mean of the moves up and down, in absolute value); None where the row was not among those quoted again.
    """

    table: str
    row: str
    columns: tuple[str, ...]
    lanes: tuple[str, ...]
    estimate: float
    price: float | None = None
    time: float | None = None

    @property
    def score(self) -> float:
        """What the list is ranked by."""
        return self.estimate if self.price is None or self.time is None else self.price + self.time


def gaps(
    dataset: Dataset,
    on: date = READY,
    most: int = 10,
    lanes: Sequence[Lane] = REFERENCE,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Gap, ...]:
    """The assumptions in order of weight; the first `most` are measured by quoting again, the rest are estimates."""
    dataset = state_on(dataset, on)  # or a row that has changed since would be put back after it is moved
    quotes = {}
    for lane in lanes:
        progress(f"quoting {lane.name}")
        quotes[lane] = lane.quote(dataset, on)
    found = _estimated(dataset, quotes)
    measured = []
    for i, gap in enumerate(found[:most], 1):
        progress(f"moving {gap.row} ({i} of {min(most, len(found))})")
        measured.append(_measured(dataset, gap, quotes, on))
    return (*sorted(measured, key=lambda g: -g.score), *found[most:])


def headline(q: Quote) -> tuple[float, float]:
    """The cheapest price in USD and the quickest median in hours of a quote."""
    return min(float(a.price_usd) for a in q.alternatives), min(a.time.p50_h for a in q.alternatives)


def _estimated(dataset: Dataset, quotes: dict[Lane, Quote]) -> list[Gap]:
    assumed = {
        (t, key(t, row))
        for t in MOVED
        for row in getattr(dataset, t)
        if row.confidence == ASSUMPTION or getattr(row, "grade", "") in _SUPPOSED
    }
    by_plan = {s.service for s in dataset.services if s.rule == "plan"}
    weights: dict[tuple[str, str, tuple[str, ...]], float] = defaultdict(float)
    used: dict[tuple[str, str, tuple[str, ...]], list[str]] = defaultdict(list)
    lengths = {link.link: (link.length_km, link.speed_kmh) for link in dataset.links}
    for lane, q in quotes.items():
        cheapest = min(q.alternatives, key=lambda a: a.price_usd)
        quickest = min(q.alternatives, key=lambda a: a.time.p50_h)
        parts = [*_of_price(cheapest, lengths), *_of_time(quickest, lengths, by_plan)]
        for table, row, columns, share in parts:
            if (table, row) in assumed:
                for alone in [(c,) for c in columns] if table in _EACH_ALONE else [columns]:
                    weights[table, row, alone] += STEP * share / len(quotes)
                    if lane.name not in used[table, row, alone]:
                        used[table, row, alone].append(lane.name)
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return [Gap(t, row, columns, tuple(used[t, row, columns]), weight) for (t, row, columns), weight in ranked]


_Part = tuple[str, str, tuple[str, ...], float]


def _of_price(a: Alternative, lengths: dict[str, tuple[float, float]]) -> Iterator[_Part]:
    """Shares of a way's price by rate, and by the length of links that it is multiplied with."""
    total = float(a.price_usd) or 1.0
    for c in a.bill.charges:
        if c.replaced_by:
            continue
        share = abs(float(c.usd)) / total
        yield "rates", c.rate, MOVED["rates"], share
        element = a.chain.elements[c.element] if c.element is not None else None
        if c.unit.endswith("_km") and isinstance(element, Movement):
            for link in element.links:
                yield "links", link, ("length_km",), share * lengths[link][0] / max(element.length_km, 1e-9)


def _of_time(a: Alternative, lengths: dict[str, tuple[float, float]], by_plan: set[str]) -> Iterator[_Part]:
    """Shares of a way's mean time by link, operation and service."""
    total = a.chain.mean_h or 1.0
    for e in a.chain.elements:
        share = e.mean_h / total
        if isinstance(e, Handling):
            yield "operations", e.operation, MOVED["operations"], share
        elif isinstance(e, Wait):
            yield "services", e.service, _OF_PLANS if e.service in by_plan else MOVED["services"], share
        else:
            km = sum(lengths[link][0] for link in e.links) or 1.0
            for link in e.links:
                yield "links", link, MOVED["links"], share * lengths[link][0] / km


def _measured(dataset: Dataset, gap: Gap, quotes: dict[Lane, Quote], on: date) -> Gap:
    """Quote the lanes that use the row again, with it moved up and down."""
    prices, times = [], []
    for lane, q in quotes.items():
        factors = (1 + STEP, 1 - STEP) if lane.name in gap.lanes else ()
        after = [headline(again) for factor in factors if (again := _again(dataset, gap, lane, factor, on))]
        if not after:
            prices.append(0.0)
            times.append(0.0)
            continue
        before = headline(q)
        prices.append(fmean(abs(p / before[0] - 1) for p, _ in after))
        times.append(fmean(abs(t / before[1] - 1) for _, t in after))
    return Gap(gap.table, gap.row, gap.columns, gap.lanes, gap.estimate, fmean(prices), fmean(times))


def _again(dataset: Dataset, gap: Gap, lane: Lane, factor: float, on: date) -> Quote | None:
    try:
        return lane.quote(moved(dataset, gap, factor), on)
    except KarvanError:
        return None  # the moved row leaves no way: it cannot be told by how much the quote changes


def moved(dataset: Dataset, gap: Gap, factor: float) -> Dataset:
    """The dataset with the columns of a gap's row multiplied."""
    row = next(r for r in getattr(dataset, gap.table) if key(gap.table, r) == gap.row)
    changes = []
    for field in fields(gap.table):
        value = getattr(row, field.name)
        if field.name in gap.columns and value is not None:
            changes.append(Override(gap.table, gap.row, field.name, text(field, type(value)(float(value) * factor))))
    return apply(dataset, changes)
