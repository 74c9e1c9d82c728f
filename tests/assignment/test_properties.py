"""Random networks against scipy: the optimum over all simple paths, listed one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignment.networks import random_problem
from assignment.solvers import least
from karvan.assignment import assign
from karvan.model.problem import Delays, Demand, Links, Problem, UserClass

seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=25)
@given(seeds, st.integers(1, 2))
def test_an_equilibrium_makes_beckmanns_objective_least(seed: int, classes: int) -> None:
    """Beckmann, McGuire and Winsten (1956): parallel links, fixed costs, classes that pay and weigh differently."""
    problem = random_problem(seed, nodes=5, extra=5, pairs=3, classes=classes)
    result = assign(problem, gap=1e-11)
    assert result.verdict.holds, result.verdict.problems
    assert result.beckmann == pytest.approx(least(problem, system=False), rel=1e-7)


@settings(max_examples=25)
@given(seeds)
def test_the_objective_system_makes_total_cost_least(seed: int) -> None:
    """By the same paths, with what all pay added up."""
    problem = random_problem(seed, nodes=5, extra=5, pairs=3)
    result = assign(problem, objective="system", gap=1e-11)
    assert result.verdict.holds, result.verdict.problems
    assert result.total_cost == pytest.approx(least(problem, system=True), rel=1e-7)


@settings(max_examples=30)
@given(seeds, st.integers(1, 3), st.booleans())
def test_networks_with_closed_zones_barred_links_and_queues_are_solved(seed: int, classes: int, queues: bool) -> None:
    """What has no path is left, all else finds its equilibrium, however the parts meet; see `assignment.verify`."""
    random = np.random.default_rng(seed)
    drawn = random_problem(seed, nodes=8, extra=16, pairs=6, classes=classes, kinds=(0, 1, 2) if queues else (0, 1))
    d = drawn.links.delays
    # Ferries large enough for all: beyond their departures a wait has no end.
    delays = Delays.of(d.kind, d.free_time, capacity=d.capacity + 5, b=d.b, power=d.power, departures=d.departures + 20)
    links = Links.of(drawn.links.ids, drawn.links.tail, drawn.links.head, delays, through=random.random(8) < 0.8)
    users = tuple(
        UserClass(
            name=user.name,
            demand=user.demand,
            time_cost=user.time_cost,
            load=user.load,
            fixed_cost=user.fixed_cost,
            allowed=random.random(links.count) < 0.85,
        )
        for user in drawn.classes
    )
    result = assign(Problem(links=links, classes=users), gap=1e-9)
    assert result.converged
    assert result.verdict.holds, result.verdict.problems


@settings(max_examples=20)
@given(seeds, st.floats(0.01, 100), st.floats(0.01, 100))
def test_units_of_time_and_of_volume_do_not_matter(seed: int, time: float, volume: float) -> None:
    """Minutes or hours, wagons or trains: the same shares of the same links."""
    problem = random_problem(seed, kinds=(1,))
    user, d = problem.classes[0], problem.links.delays
    links = Links.of(
        problem.links.ids,
        problem.links.tail,
        problem.links.head,
        Delays.bpr(d.free_time * time, d.capacity * volume, d.b, d.power),
    )
    other = UserClass(
        name=user.name,
        demand=user.demand.scaled(volume),
        time_cost=user.time_cost / time,
        load=user.load,
        fixed_cost=user.fixed_cost,
    )
    first = assign(problem, gap=1e-11).loads
    second = assign(Problem(links=links, classes=(other,)), gap=1e-11).loads
    assert second / volume == pytest.approx(first, rel=1e-4, abs=1e-3)


@settings(max_examples=20)
@given(seeds)
def test_used_paths_cost_no_more_than_any_other(seed: int) -> None:
    """Wardrop's first principle (1952), path by path, where the algorithm keeps paths."""
    problem = random_problem(seed, pairs=3)
    result = assign(problem, gap=1e-11)
    paths, costs = result.paths, result.costs[0]
    cheapest: dict[tuple[int, int], float] = {}
    for p in range(len(paths)):
        ends = int(paths.origin[p]), int(paths.destination[p])
        cheapest[ends] = min(cheapest.get(ends, np.inf), costs[paths.of(p)].sum())
    demand: Demand = problem.classes[0].demand
    for ends in zip(demand.origin.tolist(), demand.destination.tolist(), strict=True):
        of = [p for p in range(len(paths)) if (int(paths.origin[p]), int(paths.destination[p])) == ends]
        volume = demand.volume[(demand.origin == ends[0]) & (demand.destination == ends[1])].sum()
        assert paths.flow[of].sum() == pytest.approx(volume)
        assert paths.share[of].sum() == pytest.approx(1.0)
        for p in of:
            if paths.share[p] > 1e-3:
                assert costs[paths.of(p)].sum() == pytest.approx(cheapest[ends], rel=1e-5)
    total = np.zeros(problem.links.count)
    for p in range(len(paths)):
        np.add.at(total, paths.of(p), paths.flow[p])
    assert total == pytest.approx(result.flows[0], abs=1e-8)


@pytest.mark.parametrize("classes", [1, 2, 3])
@pytest.mark.parametrize("volume", [0.2, 1.0, 5.0])
def test_hundreds_of_small_networks_converge_empty_or_jammed(classes: int, volume: float) -> None:
    """A solver that fails on one network in fifty would pass a test of ten."""
    for seed in range(60):
        nodes = 3 + seed % 7
        problem = random_problem(seed, nodes=nodes, extra=nodes, pairs=nodes, classes=classes).scaled(volume)
        result = assign(problem, gap=1e-9)
        assert result.verdict.holds, (seed, result.outcome, result.verdict.problems)


@pytest.mark.parametrize("classes", [2, 3])
def test_classes_that_weigh_links_differently_are_solved_to_the_gap(classes: int) -> None:
    """Costs are asymmetric where time_cost and load differ by link: no objective falls, but the gap of all does."""
    random = np.random.default_rng(classes)
    for seed in range(30):
        problem = random_problem(seed, nodes=3 + seed % 9, extra=8, pairs=8, classes=classes, kinds=(0, 1))
        n = problem.links.count
        users = tuple(
            replace(c, time_cost=c.time_cost * random.uniform(0.7, 1.4, n), load=c.load * random.uniform(0.7, 1.4, n))
            for c in problem.classes
        )
        result = assign(replace(problem, classes=users), gap=1e-9)
        assert result.verdict.holds, (seed, result.verdict.problems)
