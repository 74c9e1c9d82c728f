"""Costs and slopes of the kernels against the numpy module and differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assignment.kernel_worlds import World, road
from karvan.assignment import delays
from karvan.assignment.kernels.delay import delay, extrapolate, marginal_wait, queue_wait, refresh
from karvan.assignment.prepare import laws
from karvan.model.problem import Delays, Demand, Links, Problem

rates = st.floats(0.1, 50)
batches = st.integers(1, 60).map(float) | st.floats(1, 60)


def slope_of(time: object, load: float, step: float) -> float:
    """A central difference."""
    below, above = (time(load + s) for s in (-step, step))  # type: ignore[operator]
    return (above - below) / (2 * step)


@given(rates, batches, st.just(0.0) | st.floats(1e-4, 1.3))
def test_a_wait_and_its_slope_are_those_of_the_numpy_module(departures: float, batch: float, share: float) -> None:
    """One formula, two notations; beyond saturation too."""
    load = share * departures * batch
    expected = delays.wait_and_slope(load, departures, batch)
    assert queue_wait(load, departures, batch) == pytest.approx(expected, rel=1e-8, abs=1e-14)


@given(rates, batches, st.floats(0.02, 0.95))
def test_one_more_in_the_queue_costs_all_what_their_waits_grow_by(
    departures: float, batch: float, share: float
) -> None:
    """The slope of load x wait, by a difference; and its growth by a difference of that."""
    load = share * departures * batch
    step = 1e-4 * load * (1 - share)
    here, growth = marginal_wait(load, departures, batch)
    assert here == pytest.approx(slope_of(lambda v: v * queue_wait(v, departures, batch)[0], load, step), rel=1e-5)
    expected = slope_of(lambda v: marginal_wait(v, departures, batch)[0], load, step)
    assert growth == pytest.approx(expected, rel=0.01, abs=1e-4 * here / load)


@pytest.mark.parametrize("objective", ["user", "system"])
@pytest.mark.parametrize("load", [0.0, 0.3, 3.0, 40.0])
def test_costs_of_all_kinds_are_times_and_slopes_are_their_differences(objective: str, load: float) -> None:
    """Constant, power 0, 1, 2.5, 4 and a ferry; of the system optimum, what one more costs all."""
    kinds, power = [0, 1, 1, 1, 1, 2], [1.0, 0.0, 1.0, 2.5, 4.0, 1.0]
    times = Delays.of(kinds, [3.0, 4.0, 5.0, 6.0, 7.0, 1.0], capacity=9.0, b=0.5, power=power, departures=6.0)
    problem = Problem.single(Links.of([1, 2], [0] * 6, [1] * 6, times), Demand.of([0], [1], [1.0]))
    kind, form = laws(problem, objective)

    def total(v: float) -> np.ndarray:
        made = delays.times(times, np.full(6, v))
        return made * v if objective == "system" else made

    for a in range(6):
        cost, slope = delay(kind[a], form, 0, a, load)
        step = 1e-5 * max(load, 1.0)
        if objective == "user":
            assert cost == pytest.approx(total(load)[a], rel=1e-12)
        elif load > 0:
            assert cost == pytest.approx(slope_of(lambda v, a=a: total(v)[a], load, step), rel=1e-6)
        if load > 0:
            difference = slope_of(lambda v, a=a: delay(kind[a], form, 0, a, v)[0], load, step)
            assert slope == pytest.approx(difference, rel=1e-4, abs=1e-9)


def test_a_price_grows_by_its_penalty_once_the_load_is_above_what_fits() -> None:
    """Multiplier 1, penalty 10, room for 2: a lorry that weighs 3 pays 3 (1 + 10 x (3 - 2)) on top.

    .      0 ── 4 + v ──> 1
    """
    world = World({"a": road(0, 1, 4.0, 1.0)}, classes=[(1.0, 3.0)])
    law = world.law._replace(cap=np.array([[2.0, 1.0, 10.0]]))
    law.load[0] = 3.0
    refresh(law, 0, 0)
    assert (law.cost[0, 0], law.slope[0, 0]) == (4 + 3 + 3 * 11, 3 * 1 + 9 * 10)
    law.load[0] = 1.0
    refresh(law, 0, 0)
    assert (law.cost[0, 0], law.slope[0, 0]) == (4 + 1, 3)
    law.load[0] = 1.5
    extrapolate(law, 0, 0.5)
    assert law.cost[0, 0] == 4 + 3 + 3 * 11
