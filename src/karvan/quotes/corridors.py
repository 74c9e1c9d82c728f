"""A corridor in figures: length, time, price and emissions of one box from end to end, and where it is tightest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from karvan.errors import BadCargo, NoRate
from karvan.model.chain import Chain, Movement
from karvan.model.dataset import Dataset
from karvan.model.network import Corridor, Link, Node
from karvan.model.quote import ChainTime
from karvan.model.tariff import Bill
from karvan.overrides import state_on
from karvan.quotes.capacities import Capacity, capacities
from karvan.quotes.cargo import consignments, find_commodity
from karvan.quotes.compiled import compile_dataset
from karvan.quotes.evaluate import Evaluator
from karvan.quotes.quote import check_day
from karvan.quotes.search import Problem, problem
from karvan.routing.graph import Bools, Path, shortest
from karvan.routing.ways import not_open, way

# What is sent from end to end, the first that can go all the way: cargo, goods, tonnes.
SENT = (("1x40HC", "household appliances", 14.0), ("trucks", "household appliances", 14.0), ("wagons", "wheat", 65.0))
_TIGHTEST = 3
# A way is taken for its price first and a quarter for its time, as a shipper by land takes it.
_TIME_WEIGHT = 0.25
# What is paid beyond the two ends, and not for the corridor.
_BEYOND = ("first_mile", "last_mile", "insurance")


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


def figures(dataset: Dataset, corridor: Corridor, on: date) -> CorridorFigures:
    """A corridor on a day. Its route must name nodes and modes that exist (`karvan atlas check` says so).

    Raises NoRate for a day far after all that is known of prices.
    """
    check_day(dataset, on)
    dataset = state_on(dataset, on)
    links = tuple(way(dataset, mode, a, b) or () for mode, a, b in corridor.legs)
    flat = [link for leg in links for link in leg]
    tightest = tuple(sorted(capacities(dataset, corridor.legs, flat, on), key=lambda c: c.teu_year)[:_TIGHTEST])
    bare = CorridorFigures(corridor, on, links, not_open(flat), tightest)
    if not flat:
        return bare
    said = []
    for cargo, goods, tonnes in SENT:
        try:
            found = _followed(dataset, bare, (cargo, goods, tonnes))
        except (BadCargo, NoRate) as fault:
            said.append(str(fault))
            continue
        if isinstance(found, str):
            said.append(found)
            continue
        boxed = cargo[0].isdigit()
        sent = f"{cargo} with {tonnes:g} t of {goods}" if boxed else f"{tonnes:g} t of {goods} in {cargo}"
        chain, barred, bill, time, co2e_kg = found
        return replace(bare, sent=sent, chain=chain, barred=barred, bill=bill, time=time, co2e_kg=co2e_kg)
    return replace(bare, why_not=said[0])


_Followed = tuple[Chain, tuple[str, ...], Bill, ChainTime, float]


def _followed(dataset: Dataset, f: CorridorFigures, sent: tuple[str, str, float]) -> _Followed | str:
    """The best chain along a corridor, open ways first; or where it breaks off."""
    cargo, goods, tonnes = sent
    corridor, on = f.corridor, f.on
    by_key = {n.node: n for n in dataset.nodes}
    start, end = by_key[corridor.route[0]], by_key[corridor.legs[-1][2]]
    commodity = find_commodity(dataset, goods)
    booked = on - timedelta(days=30)
    load = consignments(dataset, start, end, cargo, commodity, tonnes, on, booked, "railway", "carrier", None)[0]
    compiled = compile_dataset(dataset, on)
    p = problem(compiled, load)
    usable = _along(p, f, _lines(dataset, f))
    for arcs in (usable & p.open, usable & p.allowed):
        path = _best(p, arcs, start.node, end.node)
        if path is None:
            continue
        evaluator = Evaluator(p)
        e = evaluator.evaluate(evaluator.chain(path))
        closed = (compiled.graph.network.arcs[a].closed_by for a in path.arcs)
        barred = tuple(dict.fromkeys(c for c in closed if c))
        paid = tuple(c for c in e.bill.charges if c.charge not in _BEYOND)
        return e.chain, barred, replace(e.bill, charges=paid), e.time, e.criteria[3]
    return _break(p, usable & p.allowed, corridor, load.start_forms[0], by_key)


def _lines(dataset: Dataset, f: CorridorFigures) -> frozenset[str]:
    """Services that call at both ends of a leg by a mode that needs them; they may call elsewhere on the way."""
    needs = {m.mode for m in dataset.modes if m.needs_service}
    calls: dict[str, set[str]] = defaultdict(set)
    for call in dataset.service_calls:
        calls[call.service].add(call.node)
    ends = [{a, b} for mode, a, b in f.corridor.legs if mode in needs]
    return frozenset(service for service, called in calls.items() if any(pair <= called for pair in ends))


def _along(p: Problem, f: CorridorFigures, lines: frozenset[str]) -> Bools:
    """Arcs whose movements run over the corridor's links or on its lines, and whose operations are at its places."""
    links = {link.link for leg in f.links for link in leg}
    nodes = {n for leg in f.links for link in leg for n in (link.from_node, link.to_node)}
    c = p.compiled
    good = np.zeros(len(c.mean_h), np.bool_)
    for position, i in enumerate(c.graph.order.tolist()):
        good[position] = all(
            (links.issuperset(e.links) if isinstance(e, Movement) else e.node in nodes)
            or getattr(e, "service", "") in lines
            for e in c.graph.network.arcs[i].elements
        )
    return good


def _best(p: Problem, arcs: Bools, start: str, end: str) -> Path | None:
    """The way of least price with a quarter of its time, each relative to the least possible; None if there is none."""
    c = p.compiled
    sources, targets = c.states_at.get(start, ()), c.states_at.get(end, ())
    least = []
    for criterion in (0, 1):
        cost = np.where(arcs, p.costs[:, criterion] + 1e-6, np.inf)
        path = shortest(c.graph, cost, sources, targets) if sources and targets else None
        if path is None or not path.arcs:
            return None
        least.append(path.cost[0])
    cost = p.costs[:, 0] / least[0] + _TIME_WEIGHT * p.costs[:, 1] / least[1] + 1e-9
    return shortest(c.graph, np.where(arcs, cost, np.inf), sources, targets)


def _break(p: Problem, arcs: Bools, corridor: Corridor, form: str, nodes: Mapping[str, Node]) -> str:
    """The first leg of a corridor that the cargo cannot be followed over, in words."""
    c = p.compiled
    cost = np.where(arcs, p.costs[:, 1] + 1e-6, np.inf)
    sources = c.states_at.get(corridor.route[0], ())
    for mode, a, b in corridor.legs:
        targets = c.states_at.get(b, ())
        if not sources or not targets or shortest(c.graph, cost, sources, targets) is None:
            what = f"no {form} can be followed from {nodes[a].name} by {mode} to {nodes[b].name}"
            return f"{what}: an operation or a service is missing there in the data, or does not run on the day"
    return "its legs can be followed one by one and not as a whole: an operation is missing where they meet"
