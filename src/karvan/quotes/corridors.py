"""A corridor in figures: length, time, price and emissions of one box from end to end, and where it is tightest."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from karvan.errors import BadCargo, NoRate
from karvan.model.chain import Chain, Movement
from karvan.model.dataset import Dataset
from karvan.model.network import Corridor, Link
from karvan.model.quote import ChainTime
from karvan.model.tariff import Bill
from karvan.overrides import state_on
from karvan.quotes.cargo import consignments, find_commodity
from karvan.quotes.compiled import compile_dataset
from karvan.quotes.evaluate import Evaluator
from karvan.quotes.search import Problem, problem
from karvan.routing.graph import Bools, shortest
from karvan.routing.ways import not_open, way

# What is sent from end to end, the first that can go all the way: cargo, goods, tonnes.
SENT = (("1x40HC", "household appliances", 14.0), ("trucks", "household appliances", 14.0), ("wagons", "wheat", 65.0))
# Twenty-foot units that stand for one of another unit of capacity. A train: 2,077,216 TEU in 19,392 China-Europe trains
# of 2024 (China State Railway, by index1520.com, 22 January 2025). A wagon of 60-odd tonnes and a truck count as two, a
# TEU as twelve tonnes: assumptions, for comparing capacities and nothing else.
TEU = {"teu": 1.0, "train": 107.0, "wagon": 2.0, "truck": 2.0, "t": 1.0 / 12.0}
_DAYS, _WEEKS = 365.0, 52.0
_TIGHTEST = 3


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a place, link or set of services can pass in a year each way, in its own unit and as TEU."""

    where: str
    value: float
    unit: str
    teu_year: float
    source: str


@dataclass(frozen=True, slots=True)
class CorridorFigures:
    """A corridor with its links in order and, where the data allow, what one box costs and takes from end to end.

    `barred` names closed links and operations that the chain uses; `chain`, `bill`, `time` are None where no chain of
    movements and operations follows the route, for the reason in `why_not`.
    """

    corridor: Corridor
    on: date
    links: tuple[tuple[Link, ...], ...]
    not_open: tuple[str, ...]
    tightest: tuple[Capacity, ...]
    sent: str = ""
    chain: Chain | None = None
    barred: tuple[str, ...] = ()
    bill: Bill | None = None
    time: ChainTime | None = None
    co2e_kg: float = 0.0
    why_not: str = ""

    @property
    def not_joined(self) -> tuple[tuple[str, str, str], ...]:
        """Legs (mode, from node, to node) that no links of their mode join."""
        return tuple(leg for leg, links in zip(self.corridor.legs, self.links, strict=True) if not links)

    @property
    def length_km(self) -> float:
        """Kilometres of all links; less than the way has if legs are `not_joined`."""
        return sum(link.length_km for leg in self.links for link in leg)

    @property
    def price_usd(self) -> Decimal | None:
        return None if self.bill is None else self.bill.total_usd


def figures(dataset: Dataset, corridor: Corridor, on: date) -> CorridorFigures:
    """A corridor on a day. Its route must name nodes and modes that exist (`karvan atlas check` says so)."""
    dataset = state_on(dataset, on)
    links = tuple(way(dataset, mode, a, b) or () for mode, a, b in corridor.legs)
    flat = [link for leg in links for link in leg]
    nodes = {n for link in flat for n in (link.from_node, link.to_node)}
    tightest = tuple(sorted(_capacities(dataset, flat, on), key=lambda c: c.teu_year)[:_TIGHTEST])
    bare = CorridorFigures(corridor, on, links, not_open(flat), tightest)
    if not flat:
        return bare
    faults, none = [], "no box, truck or wagon can be followed from end to end: an operation or a service is missing"
    for cargo, goods, tonnes in SENT:
        try:
            found = _followed(dataset, corridor, on, {link.link for link in flat}, nodes, (cargo, goods, tonnes))
        except (BadCargo, NoRate) as fault:
            faults.append(str(fault))
            continue
        if found is not None:
            boxed = cargo[0].isdigit()
            sent = f"{cargo} with {tonnes:g} t of {goods}" if boxed else f"{tonnes:g} t of {goods} in {cargo}"
            return CorridorFigures(corridor, on, links, not_open(flat), tightest, sent, *found)
    return CorridorFigures(
        corridor, on, links, not_open(flat), tightest, why_not=none if len(faults) < len(SENT) else faults[0]
    )


_Followed = tuple[Chain, tuple[str, ...], Bill, ChainTime, float]


def _followed(
    dataset: Dataset, corridor: Corridor, on: date, links: set[str], nodes: set[str], sent: tuple[str, str, float]
) -> _Followed | None:
    """The quickest chain over these links and places, open ways first; without loading and unloading at its ends."""
    cargo, goods, tonnes = sent
    by_key = {n.node: n for n in dataset.nodes}
    start, end = by_key[corridor.route[0]], by_key[corridor.legs[-1][2]]
    commodity = find_commodity(dataset, goods)
    booked = on - timedelta(days=30)
    load = consignments(dataset, start, end, cargo, commodity, tonnes, on, booked, "railway", "carrier", None)[0]
    compiled = compile_dataset(dataset, on)
    p = problem(compiled, load)
    usable = _within(p, links, nodes)
    sources, targets = (compiled.states_at.get(n.node, ()) for n in (start, end))
    for arcs in (usable & p.open, usable & p.allowed):
        cost = np.where(arcs, compiled.mean_h + 1e-6, np.inf)
        path = shortest(compiled.graph, cost, sources, targets) if sources and targets else None
        if path is None or not path.arcs:
            continue
        evaluator = Evaluator(p)
        chain = evaluator.chain(path)
        if not {link for m in chain.movements for link in m.links}:
            continue
        e = evaluator.evaluate(chain)
        closed = (compiled.graph.network.arcs[a].closed_by for a in path.arcs)
        barred = tuple(dict.fromkeys(c for c in closed if c))
        return chain, barred, e.bill, e.time, e.criteria[3]
    return None


def _within(p: Problem, links: set[str], nodes: set[str]) -> Bools:
    """Arcs whose movements run over the links and whose operations and waits are at the nodes."""
    c = p.compiled
    good = np.zeros(len(c.mean_h), np.bool_)
    for position, i in enumerate(c.graph.order.tolist()):
        good[position] = all(
            links.issuperset(e.links) if isinstance(e, Movement) else e.node in nodes
            for e in c.graph.network.arcs[i].elements
        )
    return good


def _capacities(d: Dataset, links: list[Link], on: date) -> list[Capacity]:
    """Capacities a year that the data give along a way: of links, services, operations, and of ports it changes at."""
    modes: dict[str, set[str]] = defaultdict(set)
    for link in links:
        modes[link.from_node].add(link.mode)
        modes[link.to_node].add(link.mode)
    found = [
        Capacity(link.link, link.capacity_trains_day, "train" if link.gauge_mm else "truck", 0.0, link.source)
        for link in links
        if link.capacity_trains_day
    ]
    found += [
        Capacity(o.operation, o.capacity_day, o.capacity_unit, 0.0, o.source)
        for o in d.operations
        if o.capacity_day and o.capacity_unit in TEU and {o.mode_from, o.mode_to} <= modes.get(o.node, set())
    ]
    found = [Capacity(c.where, c.value, f"{c.unit}/day", c.value * TEU[c.unit] * _DAYS, c.source) for c in found]
    return found + _afloat(d, links, on) + _facilities(d, {n for n, of in modes.items() if len(of) > 1}, on)


def _afloat(d: Dataset, links: list[Link], on: date) -> list[Capacity]:
    """All services together, but for those of bulk, that call at both ends of a stretch of a mode that needs them."""
    needs = {m.mode for m in d.modes if m.needs_service}
    ashore = {n.node for n in d.nodes if n.country != "XZ"}
    ends = [n for link in links if link.mode in needs for n in (link.from_node, link.to_node) if n in ashore]
    found = []
    for a, b in zip(ends[::2], ends[1::2], strict=False):
        calls: dict[str, set[str]] = {}
        for call in d.service_calls:
            calls.setdefault(call.service, set()).add(call.node)
        known = [s for s in d.services if s.runs(on) and s.capacity_unit in TEU and set(s.forms) != {"bulk"}]
        running = [s for s in known if {a, b} <= calls.get(s.service, set())]
        total = sum(s.departures_week * s.capacity * TEU[s.capacity_unit] * _WEEKS for s in running)
        if running:
            source = ";".join(dict.fromkeys(k for s in running for k in s.source.split(";")))
            found.append(Capacity(f"{len(running)} service(s) {a} to {b}", total, "TEU/year", total, source))
    return found


def _facilities(d: Dataset, nodes: set[str], on: date) -> list[Capacity]:
    """The newest actual yearly capacity of each kind at a node."""
    newest = {}
    for f in sorted(d.facilities, key=lambda f: f.valid_from):
        unit = _YEARLY.get(f.measure)
        if unit and f.state == "actual" and f.node in nodes and f.valid_from <= on and (f.valid_to or on) >= on:
            newest[f.node, f.measure] = Capacity(f.facility, f.value, f"{unit}/year", f.value * TEU[unit], f.source)
    return list(newest.values())


_YEARLY = {"capacity_teu_year": "teu", "capacity_t_year": "t"}
