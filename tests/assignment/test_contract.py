"""What every algorithm keeps to, each at a gap it can reach: closed forms, published flows, invariants."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from assignment.networks import around, braess, random_problem, sioux_falls, sioux_falls_flows, two_links
from karvan.assignment import ALGORITHMS, assign
from karvan.assignment.result import Outcome, Result
from karvan.model.problem import Delays, Demand, Links, Problem, UserClass

# Frank-Wolfe takes ever smaller steps: what it can be asked for, and how near flows then are.
GAPS = {"fw": 1e-4, "bfw": 1e-6}
NEAR = {"fw": 0.02, "bfw": 0.01}
# Beckmann's objective of Sioux Falls in the literature (Bar-Gera, Transportation Networks for Research).
SIOUX_FALLS = 42.31335287107440e5

each_algorithm = pytest.mark.parametrize("algorithm", ALGORITHMS)
each_objective = pytest.mark.parametrize("objective", ["user", "system"])


def solve(problem: Problem, algorithm: str, **options: Any) -> Result:
    """A result that converged and holds."""
    result = assign(problem, algorithm=algorithm, **{"gap": GAPS.get(algorithm, 1e-12), **options})
    assert result.converged, result.outcome
    assert result.verdict.holds, result.verdict.problems
    return result


def near(algorithm: str, expected: Any) -> Any:
    """As near to a flow as the algorithm's gap makes it."""
    return pytest.approx(expected, rel=NEAR.get(algorithm, 1e-5), abs=NEAR.get(algorithm, 1e-6))


@each_algorithm
@pytest.mark.parametrize(("objective", "first"), [("user", 1.0), ("system", 0.5)])
def test_two_links_share_as_the_closed_form_says(algorithm: str, objective: str, first: float) -> None:
    """10 + 10 v = 20 in equilibrium; 10 + 20 v = 20 where total time is least."""
    result = solve(two_links(), algorithm, objective=objective)
    assert result.flows[0] == near(algorithm, [first, 4 - first])


@each_algorithm
@pytest.mark.parametrize(("bridge", "each"), [(True, 92.0), (False, 83.0)])
def test_a_new_road_makes_all_of_braess_worse_off(algorithm: str, bridge: bool, each: float) -> None:
    """Braess (1968): six users pay 92 each with the bridge, 83 without."""
    result = solve(braess(bridge=bridge), algorithm)
    assert result.total_cost / 6 == pytest.approx(each, rel=1e-3 if algorithm in GAPS else 1e-9)
    assert result.flows[0] == near(algorithm, [4, 2, 2, 4, 2] if bridge else [3, 3, 3, 3])


@each_algorithm
def test_the_least_total_time_of_braess_leaves_the_bridge_empty(algorithm: str) -> None:
    """A planner gains nothing from it: 83 each, as without it."""
    result = solve(braess(bridge=True), algorithm, objective="system", gap=1e-3 if algorithm in GAPS else 1e-12)
    assert result.total_cost / 6 == pytest.approx(83, rel=1e-3)
    assert result.flows[0, 4] == pytest.approx(0.0, abs=0.05 if algorithm in GAPS else 1e-6)


@each_algorithm
def test_sioux_falls_has_its_published_flows_and_objective(algorithm: str) -> None:
    """See `networks.sioux_falls`."""
    result = solve(sioux_falls(), algorithm, gap={"fw": 1e-4, "bfw": 1e-5}.get(algorithm, 1e-13))
    # The excess of the objective is at most the gap times what all pay, 1.77 times the objective.
    assert result.beckmann == pytest.approx(SIOUX_FALLS, rel=1.77 * result.target)
    error = np.abs(result.flows[0] - sioux_falls_flows()) / sioux_falls_flows()
    assert error.max() < {"fw": 0.2, "bfw": 0.05}.get(algorithm, 1e-6)


@each_algorithm
def test_least_total_cost_is_an_equilibrium_with_tolls_and_cheaper_than_one_without(algorithm: str) -> None:
    """Each who pays what he costs others chooses as a planner would (Pigou 1920)."""
    gap = {"fw": 1e-4, "bfw": 1e-5}.get(algorithm, 1e-11)
    problem = sioux_falls()
    system = solve(problem, algorithm, objective="system", gap=gap)
    d = problem.links.delays
    toll = d.power * d.b * d.free_time * (system.loads / d.capacity) ** d.power
    tolled = solve(replace(problem, classes=(replace(problem.classes[0], fixed_cost=toll),)), algorithm, gap=gap)
    assert (tolled.times @ tolled.loads) == pytest.approx(system.total_cost, rel=30 * gap**0.5)
    assert system.total_cost < 0.97 * solve(problem, algorithm, gap=gap).total_cost


@each_algorithm
@each_objective
@pytest.mark.parametrize("seed", range(4))
def test_random_networks_are_solved(algorithm: str, objective: str, seed: int) -> None:
    """Flows balance, none is negative and nobody gains by another path, as the verdict finds."""
    gap = {"fw": 1e-4, "bfw": 1e-4}.get(algorithm, 1e-10)
    problem = random_problem(seed, nodes=12, extra=20, pairs=15)
    result = solve(problem, algorithm, objective=objective, gap=gap)
    assert not any(u.any() for u in result.unserved)
    assert result.flows.min() >= 0


@each_algorithm
def test_the_same_seed_gives_the_same_bits(algorithm: str) -> None:
    """A result can be found again."""
    first, again = (solve(random_problem(3, pairs=8, classes=2), algorithm, gap=1e-4, seed=7) for _ in range(2))
    assert first.flows.tobytes() == again.flows.tobytes()
    assert (first.gap, [s.gap for s in first.history]) == (again.gap, [s.gap for s in again.history])


@each_algorithm
def test_a_class_that_comes_twice_is_one_of_double_demand(algorithm: str) -> None:
    """And two of half the demand are the whole: classes that see the same costs differ only by name."""
    whole = random_problem(5, pairs=6)
    user = whole.classes[0]
    half = replace(user, demand=user.demand.scaled(0.5))
    one = solve(whole, algorithm)
    two = solve(replace(whole, classes=(half, replace(half, name="twin"))), algorithm)
    assert two.loads == near(algorithm, one.loads)
    doubled = solve(whole.scaled(2.0), algorithm)
    twice = solve(replace(whole, classes=(user, replace(user, name="twin"))), algorithm)
    assert twice.loads == near(algorithm, doubled.loads)


@each_algorithm
def test_pairs_that_come_twice_are_added_up(algorithm: str) -> None:
    """A table may have a pair in several rows."""
    problem = two_links()
    split = replace(problem.classes[0], demand=Demand.of([0, 0, 0], [1, 1, 1], [1.0, 2.5, 0.5]))
    result = solve(replace(problem, classes=(split,)), algorithm)
    assert result.flows[0] == near(algorithm, [1.0, 3.0])
    assert [u.tolist() for u in result.unserved] == [[0.0, 0.0, 0.0]]


@each_algorithm
@pytest.mark.parametrize(("through", "flows"), [(True, [5.0, 4.0, 0.0, 0.0]), (False, [2.0, 1.0, 3.0, 3.0])])
def test_no_path_passes_a_closed_zone(algorithm: str, through: bool, flows: list[float]) -> None:
    """It may still begin and end there."""
    assert solve(around(through=through), algorithm).flows[0] == near(algorithm, flows)


@each_algorithm
@pytest.mark.parametrize("demand", [Demand.of([0, 0], [1, 1], [0.0, 0.0]), Demand.of([], [], [])])
def test_nothing_to_carry_is_carried_at_once(algorithm: str, demand: Demand) -> None:
    """Zero volumes, and no pairs at all."""
    problem = two_links()
    result = solve(replace(problem, classes=(replace(problem.classes[0], demand=demand),)), algorithm)
    assert result.flows.tolist() == [[0.0, 0.0]]
    assert result.gap == 0


@each_algorithm
def test_demand_from_a_zone_to_itself_uses_no_link(algorithm: str) -> None:
    """Tables have a diagonal; it is served where it is."""
    problem = around(through=False)
    demand = Demand.of([0, 1, 0], [0, 1, 2], [7.0, 9.0, 3.0])
    result = solve(replace(problem, classes=(replace(problem.classes[0], demand=demand),)), algorithm)
    assert result.flows[0] == near(algorithm, [0.0, 0.0, 3.0, 3.0])
    assert result.unserved[0].tolist() == [0.0, 0.0, 0.0]


@each_algorithm
def test_demand_without_a_path_is_unserved_and_the_rest_carried(algorithm: str) -> None:
    """From 2 nothing leads back to 1; class by class and pair by pair."""
    problem = two_links()
    user = replace(problem.classes[0], demand=Demand.of([1, 0], [0, 1], [2.0, 4.0]))
    barred = replace(user, name="barred", allowed=np.array([False, False]))
    result = solve(replace(problem, classes=(user, barred)), algorithm)
    assert [u.tolist() for u in result.unserved] == [[2.0, 0.0], [2.0, 4.0]]
    assert result.flows == near(algorithm, np.array([[1.0, 3.0], [0.0, 0.0]]))


@each_algorithm
def test_who_cannot_arrive_does_not_set_out(algorithm: str) -> None:
    """Not even on the only link of a zone, which all from there would take: lorries may not enter 4, none can go back.

    .      1 <── 5 ──> 2 ══ two_links ══> 3 <── 5 ──> 4      demand 1 -> 4 of cars and lorries, 4 -> 1
    """
    middle = two_links().links.delays
    delays = Delays.bpr([5.0, 5.0, *middle.free_time, 5.0, 5.0], 1.0, b=[0.0, 0.0, *middle.b, 0.0, 0.0], power=1.0)
    links = Links.of([1, 2, 3, 4], [0, 1, 1, 1, 2, 3], [1, 0, 2, 2, 3, 2], delays)
    cars = UserClass(name="cars", demand=Demand.of([0, 3], [3, 0], [4.0, 2.0]))
    lorries = UserClass(name="lorries", demand=Demand.of([0], [3], [7.0]), allowed=np.arange(6) != 4)
    result = solve(Problem(links=links, classes=(cars, lorries)), algorithm)
    assert result.flows[0] == near(algorithm, [4.0, 0.0, 1.0, 3.0, 4.0, 0.0])
    assert result.flows[1].tolist() == [0.0] * 6
    assert [u.tolist() for u in result.unserved] == [[0.0, 2.0], [7.0]]


@each_algorithm
def test_a_street_of_two_houses_is_solved(algorithm: str) -> None:
    """Two nodes, one link each way: nothing is to be chosen."""
    links = Links.of([1, 2], [0, 1], [1, 0], Delays.bpr([1.0, 2.0], 3.0))
    result = solve(Problem.single(links, Demand.of([0, 1], [1, 0], [6.0, 2.0])), algorithm)
    assert result.flows[0] == near(algorithm, [6.0, 2.0])
    assert result.costs[0] == near(algorithm, [1 + 0.15 * 2**4, 2 * (1 + 0.15 * (2 / 3) ** 4)])


@each_algorithm
def test_links_that_cost_nothing_do_no_harm(algorithm: str) -> None:
    """A ring that is free all round, as connectors often are, between two roads.

    .      1 ── 1 + v ──> 2 <─ 0 ─> 3 <─ 0 ─> 2      3 ── 1 ──> 4
    """
    delays = Delays.bpr([1.0, 0.0, 0.0, 1.0], 1.0, b=[1.0, 0.15, 0.15, 0.0], power=1.0)
    links = Links.of([1, 2, 3, 4], [0, 1, 2, 2], [1, 2, 1, 3], delays)
    result = solve(Problem.single(links, Demand.of([0, 0], [3, 2], [2.0, 1.0])), algorithm)
    assert result.flows[0, [0, 3]] == near(algorithm, [3.0, 2.0])
    assert result.flows[0, 1] - result.flows[0, 2] == near(algorithm, 3.0)


@each_algorithm
def test_classes_choose_by_their_own_costs_and_feel_each_others_loads(algorithm: str) -> None:
    """Cars worth 1 an hour and lorries worth 10 that count twice: lorries pay the toll until the toll road jams.

    .      ┌── toll 6: 1 + v / 10 ──┐      lorries: 10 (1 + v / 10) + 6 = 10 x 3, so v = 14 = 2 x 7 lorries
    .      1                        2      cars: 2.4 + 6 is more than 3
    .      └── free: 3 ─────────────┘
    """
    links = Links.of([1, 2], [0, 0], [1, 1], Delays.bpr([1.0, 3.0], 1.0, b=[0.1, 0.0], power=1.0))
    toll = np.array([6.0, 0.0])
    cars = UserClass(name="cars", demand=Demand.of([0], [1], [20.0]), fixed_cost=toll)
    lorries = UserClass(name="lorries", demand=Demand.of([0], [1], [10.0]), time_cost=10.0, load=2.0, fixed_cost=toll)
    result = solve(Problem(links=links, classes=(cars, lorries)), algorithm)
    assert result.flows == near(algorithm, np.array([[0.0, 20.0], [7.0, 3.0]]))


@each_algorithm
def test_a_start_from_another_result_leads_to_the_same_flows(algorithm: str) -> None:
    """From less demand, and from the answer itself, which needs no work."""
    problem = random_problem(8, pairs=6)
    cold = solve(problem, algorithm)
    warm = solve(problem, algorithm, start=solve(problem.scaled(0.8), algorithm))
    assert warm.loads == near(algorithm, cold.loads)


@each_algorithm
def test_a_run_cut_short_says_so_and_does_not_hold(algorithm: str) -> None:
    """One iteration is not enough for Sioux Falls; the flows it has still carry the demand."""
    result = assign(sioux_falls(), algorithm=algorithm, gap=1e-12, most_iterations=1)
    assert result.outcome is Outcome.OUT_OF_ITERATIONS
    assert not result.verdict.holds
    assert len(result.verdict.problems) == 1
    assert result.verdict.conservation < 1e-12


@each_algorithm
def test_the_gap_of_the_solver_is_that_of_the_check(algorithm: str) -> None:
    """Both divide what could be saved by what is paid."""
    result = assign(sioux_falls(), algorithm=algorithm, gap=1e-3)
    assert result.gap == pytest.approx(result.verdict.gap, rel=1e-6)
    assert result.history[-1].gap == result.gap


def test_all_algorithms_agree_on_a_network_with_several_classes() -> None:
    """Loads of links whose time grows are unique, whoever finds them."""
    problem = random_problem(11, pairs=6, classes=2, kinds=(1,))
    found = [
        solve(problem, algorithm, gap={"fw": 1e-4, "bfw": 1e-6}.get(algorithm, 1e-10)).loads for algorithm in ALGORITHMS
    ]
    for other in found[1:]:
        assert other == pytest.approx(found[0], rel=0.05, abs=0.05)
