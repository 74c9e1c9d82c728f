"""Least total cost, what selfishness costs, and who uses a link."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignment.networks import around, braess, ferry, random_problem, sioux_falls, two_links
from karvan.assignment import assign, price_of_anarchy, select_links
from karvan.errors import InputError
from karvan.model.problem import Delays, Demand, Links, Problem, UserClass


def pigou(power: float) -> Problem:
    """One unit, a road that always takes 1 and one that takes v ** power (Pigou 1920).

    .      ┌──── 1 ────┐
    .      1           2
    .      └─ v ** p ──┘
    """
    delays = Delays.bpr([1.0, 1e-13], 1.0, b=[0.0, 1e13], power=power)
    return Problem.single(Links.of([1, 2], [0, 0], [1, 1], delays), Demand.of([0], [1], [1.0]))


@pytest.mark.parametrize("power", [1.0, 2.0, 4.0])
def test_selfish_users_of_pigous_roads_pay_the_known_multiple(power: float) -> None:
    """4/3 where time is linear; in general all take the road that grows, and (p + 1) ** (-1 / p) ought to."""
    user, system, price = price_of_anarchy(pigou(power), gap=1e-12)
    best = (power + 1) ** (-1 / power)
    assert user.flows[0] == pytest.approx([0.0, 1.0], abs=1e-6)
    assert system.flows[0] == pytest.approx([1 - best, best], abs=1e-6)
    assert price == pytest.approx(1 / (1 - best + best ** (power + 1)))
    assert (user.objective, system.objective) == ("user", "system")
    if power == 1:
        assert price == pytest.approx(4 / 3)


def test_the_bridge_of_braess_costs_92_in_83() -> None:
    """And nothing without it."""
    assert price_of_anarchy(braess(bridge=True), gap=1e-12)[2] == pytest.approx(92 / 83)
    assert price_of_anarchy(braess(bridge=False), gap=1e-12)[2] == pytest.approx(1.0)


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.integers(1, 2))
def test_where_times_are_linear_anarchy_costs_at_most_a_third(seed: int, classes: int) -> None:
    """Roughgarden and Tardos (2002), for classes whose costs of time and loads are in one ratio."""
    problem = random_problem(seed, pairs=5, classes=classes, kinds=(1,))
    d = problem.links.delays
    links = replace(problem.links, delays=Delays.bpr(d.free_time, d.capacity, d.b, 1.0))
    users = tuple(replace(c, time_cost=1.5 * float(c.load), fixed_cost=None) for c in problem.classes)
    price = price_of_anarchy(Problem(links=links, classes=users), gap=1e-10)[2]
    assert 1 - 1e-9 <= price <= 4 / 3 + 1e-9


def test_nothing_to_carry_has_a_price_of_anarchy_of_one() -> None:
    """Nought is as good as nought."""
    assert price_of_anarchy(two_links(volume=0.0))[2] == 1.0


def test_least_total_cost_needs_one_ratio_of_time_and_load() -> None:
    """Else a unit of load would have no one price. The sentence says what to do."""
    cars = two_links().classes[0]
    lorries = UserClass(name="lorries", demand=cars.demand, time_cost=3.0, load=2.0)
    with pytest.raises(InputError, match="time_cost in proportion to load"):
        assign(Problem(links=two_links().links, classes=(cars, lorries)), objective="system")


def test_a_full_ferry_costs_the_same_in_both_senses() -> None:
    """Where no time grows the prices of places are all that is needed."""
    assert price_of_anarchy(ferry())[2] == pytest.approx(1.0)


# --- Select link -----------------------------------------------------------------------------------------------------


def test_the_users_of_links_are_told_once_and_the_largest_first() -> None:
    """Three go from 1 to 3 over both links, two from 1 to 2 over the first, one from 2 to 3 over the second.

    .      1 ── 0 ──> 2 ── 1 ──> 3
    """
    result = assign(around(through=True), gap=1e-12)
    found = select_links(result, [0, 1])
    assert found.flow == pytest.approx([3.0, 2.0, 1.0])
    assert list(zip(found.origin.tolist(), found.destination.tolist(), strict=True)) == [(0, 2), (0, 1), (1, 2)]
    assert select_links(result, [1]).flow == pytest.approx([3.0, 1.0])
    assert select_links(result, [2]).flow.shape == (0,)
    assert select_links(result, []).flow.shape == (0,)


def test_users_of_links_are_those_whose_paths_meet_one() -> None:
    """Path by path, by class and pair."""
    for problem in (sioux_falls(), random_problem(7, pairs=12, classes=3, nodes=10, extra=20)):
        result = assign(problem, gap=1e-8)
        paths = result.paths
        for chosen in ({3}, {0, 5, 9}):
            wanted: dict[tuple[int, int, int], float] = {}
            for p in range(len(paths)):
                if chosen & set(paths.of(p).tolist()):
                    key = (int(paths.class_[p]), int(paths.origin[p]), int(paths.destination[p]))
                    wanted[key] = wanted.get(key, 0.0) + float(paths.flow[p])
            found = select_links(result, chosen)
            keys = zip(found.class_.tolist(), found.origin.tolist(), found.destination.tolist(), strict=True)
            assert dict(zip(keys, found.flow.tolist(), strict=True)) == pytest.approx(wanted)
            assert (np.diff(found.flow) <= 0).all()


def test_the_users_of_one_link_add_up_to_its_flow() -> None:
    """Every link of Sioux Falls."""
    result = assign(sioux_falls(), gap=1e-6)
    for a in range(0, 76, 5):
        assert select_links(result, [a]).flow.sum() == pytest.approx(result.flows[0, a])


def test_frank_wolfe_has_no_paths_to_select_from() -> None:
    """It says which algorithm has."""
    with pytest.raises(InputError, match="algorithm bush"):
        select_links(assign(two_links(), algorithm="fw", gap=1e-3), [0])
