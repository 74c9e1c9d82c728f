"""The virtual network as arrays, and searches over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from karvan.errors import DataError
from karvan.jit import kernels
from karvan.routing.expand import VirtualNetwork

MOST_LABELS = 2_000_000
KERNELS = "karvan.routing.kernels"

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """A virtual network in compressed rows, forwards and backwards.

    `order` (arcs) gives the arc of the virtual network at each position of the forward rows; `back_order` likewise
    gives positions of the forward rows in the backward ones.
    """

    network: VirtualNetwork
    indptr: Ints
    heads: Ints
    tails: Ints
    order: Ints
    back_indptr: Ints
    back_heads: Ints
    back_order: Ints


@dataclass(frozen=True, slots=True)
class Path:
    """Arcs in order, by their place in what the graph was made from, with their sum over the criteria."""

    arcs: tuple[int, ...]
    cost: tuple[float, ...]


def compile_graph(network: VirtualNetwork) -> Graph:
    """The arrays of a virtual network. Parallel arcs stay apart."""
    return graph_of_arcs(network, [a.tail for a in network.arcs], [a.head for a in network.arcs])


def graph_of_arcs(network: VirtualNetwork, tails: Sequence[int], heads: Sequence[int]) -> Graph:
    """The arrays of arcs between states of a virtual network, in the order given by `order`."""
    n = len(network.states)
    all_tails, all_heads = np.array(tails, np.int64), np.array(heads, np.int64)
    order = np.argsort(all_tails, kind="stable")
    sorted_heads = all_heads[order]
    back = np.argsort(sorted_heads, kind="stable")
    return Graph(
        network=network,
        indptr=_indptr(all_tails, n),
        heads=sorted_heads,
        tails=all_tails[order],
        order=order,
        back_indptr=_indptr(all_heads, n),
        back_heads=all_tails[order][back],
        back_order=back,
    )


def lower_bounds(graph: Graph, costs: Floats, targets: Sequence[int]) -> Floats:
    """Least cost from each state to a target by each criterion, (states, criteria); inf where out of reach."""
    ends = np.asarray(targets, np.int64)
    came = np.empty(len(graph.network.states), np.int64)
    starts = np.zeros(len(ends))
    return np.stack(
        [
            kernels(KERNELS).dijkstra(
                graph.back_indptr,
                graph.back_heads,
                np.ascontiguousarray(costs[graph.back_order, k]),
                ends,
                starts,
                came,
            )
            for k in range(costs.shape[1])
        ],
        axis=1,
    )


def from_sources(graph: Graph, cost: Floats, sources: Sequence[int]) -> Floats:
    """Least cost from any source to each state by one criterion; inf where out of reach."""
    came = np.empty(len(graph.network.states), np.int64)
    starts = np.asarray(sources, np.int64)
    best: Floats = kernels(KERNELS).dijkstra(graph.indptr, graph.heads, cost, starts, np.zeros(len(starts)), came)
    return best


def shortest(
    graph: Graph,
    cost: Floats,
    sources: Sequence[int],
    targets: Sequence[int],
    via: Sequence[Sequence[int]] = (),
) -> Path | None:
    """The way of least cost by one criterion through one state of each group of `via` in order, or None.

    cost (arcs in the order of `graph.order`) >= 0, inf for a barred arc.
    """
    starts = np.asarray(sources, np.int64)
    offsets = np.zeros(len(starts))
    stages: list[Ints] = []
    best = offsets
    for group in (*via, targets):
        came = np.full(len(graph.network.states), -1, np.int64)
        best = kernels(KERNELS).dijkstra(graph.indptr, graph.heads, cost, starts, offsets, came)
        stages.append(came)
        starts = np.asarray(group, np.int64)
        if not len(starts) or not np.isfinite(best[starts]).any():
            return None
        offsets = best[starts]
    state = int(starts[np.argmin(offsets)])
    total = float(best[state])
    arcs: list[int] = []
    for came in reversed(stages):
        while came[state] >= 0:
            arcs.append(int(graph.order[came[state]]))
            state = int(graph.tails[came[state]])
    return Path(tuple(reversed(arcs)), (total,))


def pareto_paths(
    graph: Graph,
    costs: Floats,
    sources: Sequence[int],
    targets: Sequence[int],
    epsilon: float,
    weights: Sequence[float] = (),
) -> tuple[list[Path], bool]:
    """Ways such that every other is matched by one that costs at most 1 + epsilon times as much in each criterion.

    costs (arcs in the order of `graph.order`, criteria) >= 0, inf for a barred arc. At epsilon 0 the exact front, one
    way for each vector of costs. `weights` multiply epsilon criterion by criterion. Only against finished ways is a
    way given up within epsilon, so that nothing adds up along it. Also returns whether the search was cut short, so
    that ways may be missing.
    """
    if np.isnan(costs).any() or (costs < 0).any():
        raise DataError(["A price, time or emission comes to less than zero or to no number. Run `karvan check`."])
    least = lower_bounds(graph, costs, targets)
    slack = epsilon * (np.asarray(weights, np.float64) if weights else np.ones(costs.shape[1]))
    is_target = np.zeros(len(graph.network.states), np.bool_)
    is_target[np.asarray(targets, np.int64)] = True
    state, arc, parent, cost, alive, cut = kernels(KERNELS).pareto(
        graph.indptr,
        graph.heads,
        costs,
        np.asarray(sources, np.int64),
        is_target,
        least,
        slack,
        MOST_LABELS,
    )
    paths = []
    for label in np.flatnonzero(is_target[state] & alive):
        arcs: list[int] = []
        at = int(label)
        while parent[at] >= 0:
            arcs.append(int(graph.order[arc[at]]))
            at = int(parent[at])
        paths.append(Path(tuple(reversed(arcs)), tuple(float(c) for c in cost[label])))
    return sorted(paths, key=lambda p: (p.cost, p.arcs)), bool(cut)


def _indptr(rows: Ints, n: int) -> Ints:
    return np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=n)))).astype(np.int64)
