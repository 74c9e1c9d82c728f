"""The search against enumeration: every simple path of a small graph, added up by plain Python."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karvan.routing.contract import contract
from karvan.routing.expand import Arc, State, VirtualNetwork
from karvan.routing.graph import Graph, compile_graph, lower_bounds, pareto_paths, shortest

CRITERIA = 3


@dataclass(frozen=True)
class Small:
    """A directed multigraph: arcs as (tail, head, costs); the way sought leads from 0 to 1."""

    size: int
    arcs: tuple[tuple[int, int, tuple[float, ...]], ...]

    def graph(self) -> Graph:
        states = [State(str(i), "", None, "container", "", "") for i in range(self.size)]
        arcs = [Arc(a, b, (), "", 0.0, 0.0) for a, b, _ in self.arcs]
        return compile_graph(VirtualNetwork(states, {s: i for i, s in enumerate(states)}, arcs))

    def costs(self, graph: Graph) -> np.ndarray:
        return np.array([self.arcs[i][2] for i in graph.order], float).reshape(-1, CRITERIA)

    def simple_paths(self) -> list[tuple[float, ...]]:
        """Summed costs of every path from 0 to 1 that meets no state twice."""
        found = []

        def go(at: int, seen: frozenset[int], total: tuple[float, ...]) -> None:
            if at == 1:
                found.append(total)
                return
            for a, b, cost in self.arcs:
                if a == at and b not in seen and math.inf not in cost:
                    go(b, seen | {b}, tuple(x + y for x, y in zip(total, cost, strict=True)))

        go(0, frozenset({0}), (0.0,) * CRITERIA)
        return found


def front(totals: list[tuple[float, ...]]) -> set[tuple[float, ...]]:
    """Vectors that no other one beats."""
    vectors = set(totals)
    return {v for v in vectors if not any(w != v and all(x <= y for x, y in zip(w, v, strict=True)) for w in vectors)}


@st.composite
def worlds(draw: st.DrawFn, most: int = 9, barred: bool = True) -> Small:
    """Up to seven states and parallel arcs; whole costs, so that sums are exact in any order."""
    size = draw(st.integers(2, 7))
    cost = st.integers(0, most).map(float)
    arc = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1), st.tuples(*[cost] * CRITERIA), st.booleans())
    drawn = draw(st.lists(arc, min_size=1, max_size=16))
    return Small(
        size,
        tuple((a, b, (math.inf,) * CRITERIA if barred and shut and a % 3 == 2 else c) for a, b, c, shut in drawn),
    )


@given(worlds())
def test_at_epsilon_zero_the_search_finds_exactly_the_front_of_all_simple_paths(world: Small) -> None:
    """Costs are not negative, so a way with a loop never beats the same way without it."""
    graph = world.graph()
    paths, cut = pareto_paths(graph, world.costs(graph), [0], [1], 0.0)
    assert not cut
    assert sorted(p.cost for p in paths) == sorted(front(world.simple_paths()))


@given(worlds())
def test_the_cost_of_a_path_is_the_sum_of_its_arcs_which_join_up(world: Small) -> None:
    """A path is rebuilt from parents; a wrong parent would give arcs that do not meet."""
    graph = world.graph()
    for path in pareto_paths(graph, world.costs(graph), [0], [1], 0.0)[0]:
        at, total = 0, np.zeros(CRITERIA)
        for position in path.arcs:
            tail, head, cost = world.arcs[position]
            assert tail == at
            at, total = head, total + cost
        assert at == 1
        assert tuple(total) == path.cost


@given(worlds(most=30), st.sampled_from([0.01, 0.05, 0.2, 1.0]))
def test_every_way_is_matched_within_epsilon_by_one_that_is_found(world: Small, epsilon: float) -> None:
    """The promise of the search, on graphs with few states."""
    graph = world.graph()
    found = [p.cost for p in pareto_paths(graph, world.costs(graph), [0], [1], epsilon)[0]]
    for way in world.simple_paths():
        assert any(all(f <= (1 + epsilon) * c + 1e-9 for f, c in zip(cost, way, strict=True)) for cost in found)


@pytest.mark.parametrize("stages", [10, 25, 50, 100, 200])
def test_the_promise_holds_however_long_the_way_is(stages: int) -> None:
    """At each state in a row a near-equal way may take the place of a better one.

        0 ==> 2 ==> 3 ==> ... ==> 1       each ==> two arcs: (1 + slack, 1, 1) before (1, 1, 1)

    The first arc is met first and stands in for the second; if its slack is granted anew at every state,
    the errors add up.
    """
    epsilon = 0.02
    order = [0, *range(2, stages + 1), 1]
    for share in (0.0005, 0.001, 0.002, 0.0039, 0.00399, 0.0079, 0.02, 0.039):
        arcs = []
        for a, b in pairwise(order):
            arcs += [(a, b, (1.0 + share, 1.0, 1.0)), (a, b, (1.0, 1.0, 1.0))]
        world = Small(stages + 1, tuple(arcs))
        graph = world.graph()
        best = min(p.cost[0] for p in pareto_paths(graph, world.costs(graph), [0], [1], epsilon)[0])
        assert best <= (1 + epsilon) * stages + 1e-9, f"{best / stages - 1:.2%} over the least at {share}"


@given(worlds())
def test_lower_bounds_are_those_of_another_dijkstra(world: Small) -> None:
    """Each criterion alone, backwards from the target, by networkx."""
    graph = world.graph()
    bounds = lower_bounds(graph, world.costs(graph), [1])
    for k in range(CRITERIA):
        other = networkx.MultiDiGraph()
        other.add_nodes_from(range(world.size))
        other.add_weighted_edges_from((b, a, c[k]) for a, b, c in world.arcs if c[k] < math.inf)
        length = networkx.single_source_dijkstra_path_length(other, 1)
        assert [length.get(i, math.inf) for i in range(world.size)] == list(bounds[:, k])


@given(worlds(), st.integers(2, 6))
def test_the_shortest_way_through_a_gateway_is_two_shortest_ways(world: Small, gateway: int) -> None:
    """By one criterion, against networkx on either side of the gateway."""
    graph = world.graph()
    other = networkx.MultiDiGraph()
    other.add_nodes_from(range(max(world.size, gateway + 1)))
    other.add_weighted_edges_from((a, b, c[0]) for a, b, c in world.arcs if c[0] < math.inf)
    legs = [networkx.single_source_dijkstra_path_length(other, s) for s in (0, gateway)]
    expected = legs[0].get(gateway, math.inf) + legs[1].get(1, math.inf)
    via = [[gateway]] if gateway < world.size else [[]]
    path = shortest(graph, np.ascontiguousarray(world.costs(graph)[:, 0]), [0], [1], via)
    assert (path.cost[0] if path else math.inf) == expected


@given(worlds())
def test_taking_out_states_without_a_choice_changes_neither_the_front_nor_the_ways(world: Small) -> None:
    """The smaller graph has the same cost vectors, and its ways unfold to ways of the whole that join up."""
    graph = world.graph()
    costs = world.costs(graph)
    small = contract(graph, {0, 1})
    if not len(small.members):
        assert world.size == 2 or front(world.simple_paths()) == set()
        return
    paths, _ = pareto_paths(small.graph, small.costs(costs), [0], [1], 0.0)
    assert sorted(p.cost for p in paths) == sorted(front(world.simple_paths()))
    for path in paths:
        positions = list(small.expand(path.arcs))
        assert [0, *graph.heads[positions].tolist()] == [*graph.tails[positions].tolist(), 1]
        assert tuple(costs[positions].sum(axis=0)) == path.cost


def test_two_sources_and_two_targets_are_searched_at_once() -> None:
    """A consignment of several forms starts and ends in several states.

    0 -> 2 -> 1  (5, 1, 0)      3 -> 4  (1, 5, 0)
    """
    arcs = ((0, 2, (3.0, 1.0, 0.0)), (2, 1, (2.0, 0.0, 0.0)), (3, 4, (1.0, 5.0, 0.0)))
    world = Small(5, arcs)
    graph = world.graph()
    paths, _ = pareto_paths(graph, world.costs(graph), [0, 3], [1, 4], 0.0)
    assert [p.cost for p in paths] == [(1.0, 5.0, 0.0), (5.0, 1.0, 0.0)]


def test_the_search_gives_the_same_paths_each_time() -> None:
    """No clock and no dice: the same call gives the same arcs, ties included."""
    arcs = tuple((i, j, (float(i + j), float(abs(i - j)), 1.0)) for i in range(6) for j in range(6) for _ in (0, 1))
    world = Small(6, arcs)
    graph = world.graph()
    first, again = (pareto_paths(graph, world.costs(graph), [0], [1], 0.02) for _ in range(2))
    assert first == again
