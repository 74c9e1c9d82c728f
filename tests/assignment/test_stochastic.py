"""Stochastic equilibrium against closed forms, and against Fisk's objective made least by another method."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize

from choice_worlds import World, grid, worlds
from karvan.assignment import delays
from karvan.assignment.fixed_point import Loading
from karvan.assignment.logit import Form
from karvan.assignment.path_sets import Pairs, PathSet, Search
from karvan.assignment.stochastic_equilibrium import (
    Multinomial,
    Nested,
    PathSize,
    StochasticResult,
    class_costs,
    stochastic,
)
from karvan.model.problem import Delays, Demand, Links, Problem, UserClass


def parallel(delay: Delays, volume: float) -> Problem:
    """All links from one node to another."""
    n = len(delay.free_time)
    return Problem.single(Links.of([1, 2], [0] * n, [1] * n, delay), Demand.of([0], [1], [volume]))


def shares(result: StochasticResult) -> dict[tuple[int, ...], float]:
    """The share of each path by its links."""
    return {tuple(result.paths.of(i).tolist()): float(result.paths.share[i]) for i in range(len(result.paths))}


@given(st.floats(0.01, 30), st.floats(0.1, 20), st.floats(0.5, 4))
def test_two_links_split_as_the_root_of_binary_logit(scale: float, volume: float, power: float) -> None:
    """The load v of the first is volume * P(it seems cheaper at v): one equation in one unknown."""
    delay = Delays.bpr([1.0, 1.5], [3.0, 4.0], [0.3, 0.8], power)

    def excess(v: float) -> float:
        t = delays.times(delay, np.array([v, volume - v]))
        return v - volume * 0.5 * (1 - np.tanh(0.5 * scale * (t[0] - t[1])))

    result = stochastic(parallel(delay, volume), Multinomial(scale), least_share=1e-12)
    assert result.converged
    expected = brentq(excess, 0.0, volume, xtol=1e-14 * volume, rtol=1e-14)
    assert result.loads[0] == pytest.approx(expected, rel=1e-8, abs=1e-10 * volume)


@settings(max_examples=25)
@given(worlds(), st.floats(0.2, 2.0))
def test_multinomial_flows_make_fisks_objective_least(world: World, scale: float) -> None:
    """The sum of integrals of time, and of x * log(x) / scale over path flows x (Fisk 1980).

    Quasi-Newton steps leave small flows inexact, so loads are compared roughly and the objective closely.
    """
    problem = world.problem(b=0.5)
    paths = world.paths()
    result = stochastic(problem, Multinomial(scale), least_share=1e-13)
    used = np.array([[a in p for a in range(problem.links.count)] for p in paths], float)

    def objective(x: np.ndarray) -> tuple[float, np.ndarray]:
        x = np.maximum(x, 1e-300)
        times = delays.times(problem.links.delays, x @ used)
        value = delays.integrals(problem.links.delays, x @ used).sum() + (x * np.log(x)).sum() / scale
        return value, used @ times + (np.log(x) + 1) / scale

    def by_logarithms(u: np.ndarray) -> tuple[float, np.ndarray]:
        part = np.exp(u - u.max())
        part /= part.sum()
        value, slope = objective(10 * part)
        return value, 10 * part * (slope - part @ slope)

    found = minimize(by_logarithms, np.zeros(len(paths)), jac=True, method="BFGS", options={"gtol": 1e-9})
    part = np.exp(found.x - found.x.max())
    assert result.loads == pytest.approx(10 * part / part.sum() @ used, abs=0.02)
    mine = [10 * shares(result).get(p, 0.0) for p in paths]
    assert objective(np.array(mine))[0] <= found.fun + 1e-9 * (1 + abs(found.fun))


@pytest.mark.parametrize("scale", [0.5, 5.0])
def test_nests_as_loose_as_the_whole_are_multinomial(scale: float) -> None:
    """With theta = mu the sum of a nest enters the choice between nests unchanged."""
    problem = grid(3)
    nested = stochastic(problem, Nested(scale, scale, np.arange(24) % 4), least_share=1e-12)
    plain = stochastic(problem, Multinomial(scale), least_share=1e-12)
    assert nested.loads == pytest.approx(plain.loads, rel=1e-8)


def test_path_sizes_change_nothing_where_nothing_overlaps() -> None:
    """Every size is then 1."""
    problem = parallel(Delays.bpr([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]), 9.0)
    plain = stochastic(problem, Multinomial(0.7))
    assert stochastic(problem, PathSize(0.7)).loads == pytest.approx(plain.loads, rel=1e-9)


@pytest.mark.parametrize("own", [0.0, 0.25, 0.5, 1.0])
def test_path_size_counts_two_paths_of_a_common_trunk_as_the_more_the_less_they_share(own: float) -> None:
    """Of three paths of the same cost two share all but `own` of their length: their size is (1 - own) / 2 + own."""
    links = Links.of([0, 1, 2], [0, 0, 2, 2], [1, 2, 1, 1], Delays.constant([1.0, 1.0 - own, own, own]))
    result = stochastic(Problem.single(links, Demand.of([0], [1], [1.0])), PathSize(2.0))
    size = (1 - own) / 2 + own
    assert shares(result)[(1, 2)] == pytest.approx(size / (1 + 2 * size))
    assert shares(result)[(0,)] == pytest.approx(1 / (1 + 2 * size))


@pytest.mark.parametrize("tightness", [1.0, 2.0, 10.0, 1000.0])
def test_a_blue_bus_takes_its_riders_from_the_red_bus(tightness: float) -> None:
    """Where nothing tells the buses apart they share what one of them had: the car keeps 1 / (1 + 2 ** (1 / m))."""
    problem = parallel(Delays.constant([1.0, 1.0, 1.0]), 1.0)
    result = stochastic(problem, Nested(1.3, 1.3 * tightness, [0, 1, 1]))
    assert result.loads[0] == pytest.approx(1 / (1 + 2 ** (1 / tightness)))
    assert result.loads[1] == pytest.approx(result.loads[2])


def test_the_surer_the_choice_the_closer_to_user_equilibrium() -> None:
    """With 4 units, times 1 + v and 2 + v / 2 are equal at 2 on each link; the distance falls as 1 / scale."""
    problem = parallel(Delays.bpr([1.0, 2.0], [1.0, 4.0], 1.0, 1.0), 4.0)
    off = [abs(stochastic(problem, Multinomial(s), least_share=1e-12).loads[0] - 2.0) for s in (1e1, 1e2, 1e3, 1e4)]
    assert off[-1] < 1e-3
    assert all(after == pytest.approx(before / 10, rel=0.2) for before, after in pairwise(off[1:]))


def two_classes() -> Problem:
    """Cars and lorries on a grid: other values of time, loads, tolls and a ban."""
    problem = grid(4)
    demand, n = problem.classes[0].demand, problem.links.count
    toll = np.where(np.arange(n) % 3 == 0, 0.5, 0.0)
    ban = np.arange(n) % 5 != 0
    cars = UserClass(name="cars", demand=demand, time_cost=0.8, fixed_cost=toll)
    lorries = UserClass(name="lorries", demand=demand.scaled(0.3), time_cost=1.7, load=2.5, allowed=ban)
    return Problem(links=problem.links, classes=(cars, lorries))


MODELS = {
    "multinomial": Multinomial([1.0, 2.0]),
    "path size": PathSize([1.0, 2.0], weight=0.8),
    "nested": Nested([1.0, 2.0], 3.0, np.arange(48) % 7 % 3),
}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_classes_that_meet_on_links_are_in_equilibrium_together(model: Multinomial | PathSize | Nested) -> None:
    """The independent check recomputes everything from path flows; a banned link carries no lorry."""
    result = stochastic(two_classes(), model)
    assert result.converged
    assert result.residual <= 1e-10
    assert result.verdict.holds, str(result.verdict)
    assert result.verdict.searched == result.verdict.pairs == 24
    assert result.flows[1, ::5].max() == 0
    assert result.missing_share < 1e-3


@pytest.mark.parametrize(("scale", "volume"), [(0.3, 8.0), (30.0, 8.0), (1.0, 80.0), (30.0, 40.0)])
def test_strong_congestion_and_sure_choice_are_solved_to_the_target(scale: float, volume: float) -> None:
    """At the last two a step of Newton's method from free flow leads nowhere: choice must be softened first."""
    result = stochastic(grid(4, volume), Multinomial(scale), least_share=1e-2)
    assert result.converged
    assert result.verdict.holds, str(result.verdict)


def test_queues_of_the_check_are_those_of_the_solver() -> None:
    """The check finds the wait of a bulk queue by bisection."""
    delay = Delays.of([2, 2, 1], [1.0, 0.5, 3.0], capacity=[20.0, 1.0, 5.0], b=1.0, departures=[0.5, 9.0, 1.0])
    result = stochastic(parallel(delay, 18.0), Multinomial(1.0))
    assert result.converged
    assert result.verdict.holds, str(result.verdict)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_newtons_direction_is_the_derivative_of_choice(model: Multinomial | PathSize | Nested) -> None:
    """Against differences: a wrong Jacobian would still converge, but slowly."""
    problem = two_classes()
    form, lengths = Form.of(model, problem), class_costs(problem, np.zeros(48))
    paths, _, _ = Search(problem, form, lengths, 1e-2).enlarged(PathSet.none(Pairs.of(problem)), None, lengths, list)
    choice = Loading(problem, form, paths, lengths).choice
    rng = np.random.default_rng(0)
    cost, change = rng.uniform(3, 6, len(paths)), rng.normal(size=len(paths))
    ahead, behind = (choice.shares(cost + h * change).whole for h in (1e-6, -1e-6))
    assert choice.change(choice.shares(cost), change) == pytest.approx((ahead - behind) / 2e-6, abs=1e-8)
