"""Ways for one consignment: the epsilon-Pareto search, and the best way through named gateways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from karvan.keys import matches
from karvan.model.consignment import Consignment
from karvan.model.network import Corridor
from karvan.quotes.compiled import FORMS, Compiled, arc_costs
from karvan.quotes.restrictions import forbidden_arcs
from karvan.routing.graph import Bools, Floats, Path, from_sources, lower_bounds, pareto_paths, shortest

_TIME_WEIGHT = 0.25  # of a way through gateways: a shipper by land or sea pays first for the price
# Two per cent of a standard deviation is four of the variance, which is what adds up along a way.
_EPSILON_WEIGHTS = (1.0, 1.0, 2.0, 1.0)
_PENALTY = 1e6  # makes a way over something barred worse than any other, and still findable


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """One consignment on the compiled network: costs of arcs as if all were open, and which are barred by what."""

    compiled: Compiled
    consignment: Consignment
    costs: Floats
    allowed: Bools
    forbidden: dict[str, Bools]
    sources: tuple[int, ...]
    targets: tuple[int, ...]

    @property
    def open(self) -> Bools:
        """Arcs that may be used today."""
        usable = self.allowed & self.compiled.open
        for barred in self.forbidden.values():
            usable = usable & ~barred
        return usable


def problem(compiled: Compiled, consignment: Consignment) -> Problem:
    """The search problem of a consignment."""
    forms = np.array([f in consignment.forms for f in FORMS])
    starts = compiled.starts.get(consignment.origin, {})
    ends = compiled.ends.get(consignment.destination, {})
    return Problem(
        compiled=compiled,
        consignment=consignment,
        costs=arc_costs(compiled, consignment),
        allowed=forms[compiled.arc_form] & _onward(compiled, consignment) & _taken(compiled, consignment),
        forbidden=forbidden_arcs(compiled, consignment),
        sources=tuple(starts[f] for f in consignment.start_forms if f in starts),
        targets=tuple(state for f, state in ends.items() if f in consignment.forms),
    )


def _taken(compiled: Compiled, consignment: Consignment) -> Bools:
    """Arcs of services that take the goods: a tanker takes no wheat."""
    goods = consignment.commodity
    names = (goods.commodity, goods.cargo_class, *goods.tags)
    taken = np.ones(len(compiled.mean_h), np.bool_)
    for service in compiled.dataset.services:
        if service.service in compiled.service_arcs and not any(
            matches(c, n) for c in service.commodities for n in names
        ):
            taken[compiled.service_arcs[service.service]] = False
    return taken


def _onward(compiled: Compiled, consignment: Consignment) -> Bools:
    """Arcs that do not come back over a border into the country of origin, nor leave that of destination.

    What is exported is not imported again to save a kilometre's tariff, whatever the rates of a neighbour.
    """
    if consignment.origin_country == consignment.destination_country:
        return np.ones(len(compiled.mean_h), np.bool_)
    at = {c: i for i, c in enumerate(compiled.countries)}
    home, away = at.get(consignment.origin_country, -2), at.get(consignment.destination_country, -2)
    onward: Bools = (compiled.arc_enters != home) & (compiled.arc_leaves != away)
    return onward


def survivors(p: Problem, epsilon: float) -> tuple[list[Path], bool]:
    """Ways of the epsilon-Pareto search over the additive criteria, and whether it was cut short."""
    if not p.sources or not p.targets:
        return [], False
    small = p.compiled.contracted
    costs = small.costs(np.where(p.open[:, None], p.costs, np.inf))
    paths, cut = pareto_paths(small.graph, costs, p.sources, p.targets, epsilon, _EPSILON_WEIGHTS)
    order = p.compiled.graph.order
    return [Path(tuple(order[list(small.expand(path.arcs))].tolist()), path.cost) for path in paths], cut


def best_by(p: Problem, criterion: int, barred_too: bool) -> tuple[Path, tuple[str, ...]] | None:
    """The way of least cost by one criterion; with `barred_too` over closed arcs as well, which are then named.

    What a restriction forbids stays forbidden.
    """
    if not p.sources or not p.targets:
        return None
    usable = p.open
    if barred_too:
        usable = p.allowed.copy()
        for barred in p.forbidden.values():
            usable &= ~barred
    cost = np.where(usable, p.costs[:, criterion] + 1e-9, np.inf)
    path = shortest(p.compiled.graph, cost, p.sources, p.targets)
    if path is None:
        return None
    arcs = p.compiled.graph.network.arcs
    closed = tuple(dict.fromkeys(arcs[a].closed_by for a in path.arcs if arcs[a].closed_by))
    return path, closed


@dataclass(frozen=True, slots=True)
class Way:
    """A way through gateways: its lower-bound price, the closed links or operations it uses, what forbids it."""

    path: Path
    least_usd: float
    closed: tuple[str, ...]
    forbidden: tuple[str, ...]


class Gateways:
    """The best ways of one problem through named gateways, barred arcs used only where there is no other way.

    Best is least price with a quarter of the time, each relative to the least possible. What every corridor needs, the
    costs from the origin and to the destination, is found once.
    """

    def __init__(self, p: Problem) -> None:
        self.p = p
        price, hours = (best[0].cost[0] if (best := best_by(p, k, False)) else 1.0 for k in (0, 1))
        cost = p.costs[:, 0] / price + _TIME_WEIGHT * p.costs[:, 1] / hours + 1e-9
        self.cost = np.where(p.allowed, cost + np.where(p.open, 0.0, _PENALTY), np.inf)
        self.to_target = lower_bounds(p.compiled.graph, self.cost[:, None], p.targets)[:, 0]
        self.from_source = from_sources(p.compiled.graph, self.cost, p.sources)

    def best(self, corridor: Corridor, most: float) -> Way | None:
        """The way through a corridor's gateways, with what bars it.

        None if the gateways cannot be passed, or not for `most` times the least cost.
        """
        c = self.p.compiled
        groups = [_states(c, gateway) for gateway in corridor.via]
        if not all(groups):
            return None
        least = max(float((self.from_source[list(g)] + self.to_target[list(g)]).min()) for g in groups)
        if not np.isfinite(least) or least % _PENALTY > most * (1 + _TIME_WEIGHT):
            return None
        # Gateways are passed from the one that is farther from the destination to the one that is nearer.
        first, last = (float(self.to_target[list(g)].min()) for g in (groups[0], groups[-1]))
        if first < last:
            groups.reverse()
        cost = self.cost
        if corridor.avoids:
            avoided = np.zeros(len(c.graph.network.states), np.bool_)
            avoided[[s for gateway in corridor.avoids for s in _states(c, gateway)]] = True
            cost = np.where(avoided[c.graph.heads], np.inf, cost)
        path = shortest(c.graph, cost, self.p.sources, self.p.targets, groups)
        if path is None:
            return None
        arcs = c.graph.network.arcs
        closed = tuple(dict.fromkeys(arcs[a].closed_by for a in path.arcs if arcs[a].closed_by))
        at = c.positions[np.asarray(path.arcs, np.int64)]
        forbidden = tuple(key for key, barred in self.p.forbidden.items() if barred[at].any())
        price = float(self.p.costs[at, 0].sum())
        return Way(path, price, closed, forbidden)


def _states(c: Compiled, gateway: str) -> tuple[int, ...]:
    """States at the nodes that a gateway's key or pattern names."""
    if gateway not in c.gateways:
        c.gateways[gateway] = tuple(s for node, states in c.states_at.items() if matches(gateway, node) for s in states)
    return c.gateways[gateway]
