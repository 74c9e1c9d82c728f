"""Hard capacities: shadow prices against the optimum nearby and against linear programmes; what is not carried."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignment.networks import ferry, linear, random_problem
from assignment.solvers import linear_programme
from karvan.assignment import assign
from karvan.assignment.result import Result
from karvan.model.problem import Delays, Demand, Links, Problem, UserClass

REFUSAL = 40.0


def solve(problem: Problem, **options: object) -> Result:
    """A result that converged and holds."""
    result = assign(problem, **{"gap": 1e-9, **options})  # type: ignore[arg-type]
    assert result.converged, result.outcome
    assert result.verdict.holds, result.verdict.problems
    return result


def with_most(problem: Problem, a: int, more: float) -> Problem:
    """The problem with more room on one link."""
    most = problem.links.most.copy()
    most[a] += more
    return replace(problem, links=replace(problem.links, most=most))


def social_cost(result: Result) -> float:
    """What the optimum makes least: total cost and the cost of all that is refused."""
    return result.total_cost + result.refusal_cost * sum(u.sum() for u in result.unserved)


def test_a_place_on_a_full_ferry_costs_what_it_saves() -> None:
    """2 by ferry, 5 by road: each of four places is worth 3, and the road is for the other six."""
    result = solve(ferry())
    assert result.flows[0] == pytest.approx([4.0, 6.0])
    assert result.prices == pytest.approx([3.0, 0.0])
    assert result.costs[0] == pytest.approx([5.0, 5.0])


def test_a_ferry_with_room_for_all_has_no_price() -> None:
    """Not even a small one: its price is exactly 0."""
    result = solve(ferry(volume=3.0))
    assert result.flows[0] == pytest.approx([3.0, 0.0])
    assert result.prices.tolist() == [0.0, 0.0]


def test_lorries_that_take_two_places_pay_twice() -> None:
    """A place costs a car 3 and a lorry 6: with time worth 2 to it, the lorry would save 6 as well."""
    problem = ferry()
    lorries = replace(problem.classes[0], name="lorries", time_cost=2.0, load=2.0)
    result = solve(replace(problem, classes=(problem.classes[0], lorries)))
    assert result.loads[0] == pytest.approx(4.0)
    assert result.prices[0] == pytest.approx(3.0)


def test_the_price_of_a_link_is_what_one_place_more_would_save() -> None:
    """By a difference of two optima, where delays grow and several links are full.

    .      1 ── 1 + v (most 3) ──> 2 ── 1 + v (most 4) ──> 3
    .      └── 6 + v / 2 ──────────┘└── 12 ────────────────┘
    """
    delays = linear([1.0, 6.0, 1.0, 12.0], [1.0, 0.5, 1.0, 0.0])
    links = Links.of([1, 2, 3], [0, 0, 1, 1], [1, 1, 2, 2], delays, most=[3.0, np.inf, 4.0, np.inf])
    problem = Problem.single(links, Demand.of([0, 1], [2, 2], [5.0, 3.0]))
    result = solve(problem, objective="system", gap=1e-11)
    assert result.prices[[0, 2]].min() > 0.1
    for a in (0, 2):
        more, less = (solve(with_most(problem, a, s), objective="system", gap=1e-11) for s in (1e-3, -1e-3))
        assert result.prices[a] == pytest.approx((less.total_cost - more.total_cost) / 2e-3, rel=1e-3)
    user = solve(problem, gap=1e-11)
    for a in (0, 2):
        more, less = (solve(with_most(problem, a, s), gap=1e-11) for s in (1e-3, -1e-3))
        assert user.prices[a] == pytest.approx((less.beckmann - more.beckmann) / 2e-3, rel=1e-3)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 2))
def test_at_constant_delays_flows_are_the_optimum_of_a_linear_programme(seed: int, classes: int) -> None:
    """Cost, volume refused, and prices by strong duality: they need not be unique, their worth is."""
    problem = random_problem(seed, pairs=5, classes=classes, kinds=(0,), most=3.0)
    expected = linear_programme(problem, REFUSAL)
    result = solve(problem, refusal_cost=REFUSAL, gap=1e-8)
    assert social_cost(result) == pytest.approx(expected.cost, rel=1e-6)
    assert sum(u.sum() for u in result.unserved) == pytest.approx(expected.refused, abs=1e-3)
    limited = np.isfinite(problem.links.most)
    worth = [prices[limited] @ problem.links.most[limited] for prices in (result.prices, expected.prices)]
    assert worth[0] >= -1e-9
    if np.count_nonzero(expected.prices) == 1:
        assert worth[0] == pytest.approx(worth[1], rel=1e-3, abs=1e-3 * expected.cost)


def test_prices_are_the_duals_of_the_linear_programme_where_these_are_unique() -> None:
    """Three ferries in a row of islands, all full, with roads round them of different length."""
    delays = Delays.constant([1.0, 7.0, 2.0, 6.0, 1.5, 9.0])
    links = Links.of(
        [1, 2, 3, 4], [0, 0, 1, 1, 2, 2], [1, 1, 2, 2, 3, 3], delays, most=[3, np.inf, 4, np.inf, 2, np.inf]
    )
    problem = Problem.single(links, Demand.of([0, 1, 0, 2], [3, 2, 1, 3], [2.5, 3.5, 1.25, 0.75]))
    result, expected = solve(problem, refusal_cost=100.0), linear_programme(problem, 100.0)
    assert expected.prices == pytest.approx([6.0, 0.0, 4.0, 0.0, 7.5, 0.0])
    assert result.prices == pytest.approx(expected.prices, rel=1e-5)


def test_what_no_capacity_can_carry_is_reported_and_the_last_place_costs_the_refusal() -> None:
    """The ferry alone, with four places for ten: six stay, and a place is worth what it saves, 40 - 2."""
    problem = ferry()
    only = replace(problem, classes=(replace(problem.classes[0], allowed=np.array([True, False])),))
    result = solve(only, refusal_cost=REFUSAL)
    assert result.flows[0] == pytest.approx([4.0, 0.0])
    assert result.unserved[0] == pytest.approx([6.0])
    assert result.prices[0] == pytest.approx(38.0)
    assert result.refusal_cost == REFUSAL


def test_a_refusal_cost_below_all_paths_leaves_all_at_home() -> None:
    """Nobody pays 2 or 5 to save 1."""
    result = solve(ferry(), refusal_cost=1.0)
    assert result.unserved[0] == pytest.approx([10.0])
    assert result.flows[0] == pytest.approx([0.0, 0.0], abs=1e-9)


def test_without_a_refusal_cost_what_cannot_be_carried_is_still_unserved() -> None:
    """The cost of refusal is then taken so high that nobody is refused who could be carried."""
    problem = ferry()
    only = replace(problem, classes=(replace(problem.classes[0], allowed=np.array([True, False])),))
    result = solve(only)
    assert result.unserved[0] == pytest.approx([6.0], rel=1e-6)
    assert np.isfinite(result.refusal_cost)
    assert solve(ferry()).unserved[0] == pytest.approx([0.0], abs=1e-9)


def test_a_link_without_any_places_is_not_used() -> None:
    """A closed ferry is a road closed."""
    result = solve(ferry(places=0.0))
    assert result.flows[0] == pytest.approx([0.0, 10.0], abs=1e-9)
    assert result.flows[0, 0] <= 1e-9


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.integers(1, 2))
def test_random_networks_with_limits_and_delays_are_solved(seed: int, classes: int) -> None:
    """Prices, refusals and delays at once; see `assignment.verify`."""
    solve(random_problem(seed, pairs=5, classes=classes, kinds=(0, 1), most=3.0), refusal_cost=REFUSAL, gap=1e-8)


def test_a_user_who_weighs_nothing_takes_no_place() -> None:
    """Mail goes on a full ferry."""
    problem = ferry()
    mail = UserClass(name="mail", demand=Demand.of([0], [1], [50.0]), load=0.0)
    result = solve(replace(problem, classes=(*problem.classes, mail)))
    assert result.flows == pytest.approx(np.array([[4.0, 6.0], [50.0, 0.0]]))


def test_a_link_that_may_carry_nothing_carries_nothing() -> None:
    """A closed ferry, and nobody else is refused: what rounding leaves of large loads is not held against it."""
    problem = ferry(volume=1e5)
    closed = replace(problem, links=replace(problem.links, most=np.array([0.0, np.inf])))
    result = solve(closed)
    assert result.flows[0] == pytest.approx([0.0, 1e5])
    assert not any(u.any() for u in result.unserved)
