"""Ways for one consignment: the epsilon-Pareto search, and the best way through named gateways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from karvan.keys import matches
from karvan.model.consignment import Consignment
from karvan.model.network import Corridor
from karvan.quotes.compiled import FORMS, Compiled, arc_costs
from karvan.quotes.restrictions import forbidden_arcs
from karvan.routing.graph import Bools, Floats, Ints, Path, lower_bounds, pareto_paths, shortest

_TIME_WEIGHT = 0.25  # of a way through gateways: a shipper by land or sea pays first for the price
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
        allowed=forms[compiled.arc_form],
        forbidden=forbidden_arcs(compiled, consignment),
        sources=tuple(starts[f] for f in consignment.start_forms if f in starts),
        targets=tuple(state for f, state in ends.items() if f in consignment.forms),
    )


def survivors(p: Problem, epsilon: float) -> tuple[list[Path], bool]:
    """Ways of the epsilon-Pareto search over the additive criteria, and whether it was cut short."""
    if not p.sources or not p.targets:
        return [], False
    costs = np.where(p.open[:, None], p.costs, np.inf)
    paths, cut = pareto_paths(p.compiled.graph, costs, p.sources, p.targets, epsilon, lower_bounds(
        p.compiled.graph, costs, p.targets))  # fmt: skip
    return paths, cut


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


def best_through(p: Problem, corridor: Corridor) -> tuple[Path, tuple[str, ...], tuple[str, ...]] | None:
    """The best way through a corridor's gateways, barred arcs only where there is no other, with what bars it.

    Best is least price with a quarter of the time, each relative to the least possible. Returns the way, the closed links or operations it
    uses and the restrictions that forbid it; None if the gateways cannot be passed at all.
    """
    if not p.sources or not p.targets:
        return None
    c = p.compiled
    price, hours = (best[0].cost[0] if (best := best_by(p, k, False)) else 1.0 for k in (0, 1))
    cost = p.costs[:, 0] / price + _TIME_WEIGHT * p.costs[:, 1] / hours + 1e-9
    cost = np.where(p.allowed, cost + np.where(p.open, 0.0, _PENALTY), np.inf)
    cost[np.isin(c.graph.heads, [s for gateway in corridor.avoids for s in _states(c, gateway)])] = np.inf
    groups = [_states(c, gateway) for gateway in corridor.via]
    found = [shortest(c.graph, cost, p.sources, p.targets, way) for way in (groups, groups[::-1])]
    paths = [path for path in found if path is not None]
    if not paths:
        return None
    path = min(paths, key=lambda path: path.cost)
    arcs = c.graph.network.arcs
    closed = tuple(dict.fromkeys(arcs[a].closed_by for a in path.arcs if arcs[a].closed_by))
    at = _positions(c)[np.asarray(path.arcs, np.int64)]
    forbidden = tuple(key for key, barred in p.forbidden.items() if barred[at].any())
    return path, closed, forbidden


def _states(c: Compiled, gateway: str) -> tuple[int, ...]:
    """States at the nodes that a gateway's key or pattern names."""
    if gateway not in c.gateways:
        c.gateways[gateway] = tuple(s for node, states in c.states_at.items() if matches(gateway, node) for s in states)
    return c.gateways[gateway]


def _positions(c: Compiled) -> Ints:
    """Position in the order of the graph of each arc of the network."""
    at = np.empty(len(c.graph.order), np.int64)
    at[c.graph.order] = np.arange(len(c.graph.order))
    return at
