"""The queue for a departure that takes several at once: by simulation, by closed forms, and by other formulas."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from karvan.assignment import delays, verify_delays
from karvan.model.problem import Delays

rates = st.floats(0.1, 50)
batches = st.integers(1, 60) | st.floats(1, 60)
shares = st.floats(0.0, 1.3)


def simulated(load: float, departures: float, batch: int, seed: int) -> np.ndarray:
    """Waits as they happen: those who come queue; each departure takes the first `batch` of them."""
    random = np.random.default_rng(seed)
    leaving = np.cumsum(random.exponential(1 / departures, 400_000))
    coming = np.cumsum(random.exponential(1 / load, int(1.1 * load * leaving[-1])))
    coming = coming[coming < leaving[-1]]
    there = np.searchsorted(coming, leaving)
    taken, total = np.empty(leaving.shape[0], dtype=int), 0
    for j, n in enumerate(there.tolist()):
        total = min(n, total + batch)
        taken[j] = total
    customers = np.arange(total)
    return leaving[np.searchsorted(taken, customers, side="right")] - coming[:total]


@pytest.mark.parametrize(("batch", "share"), [(1, 0.5), (1, 0.8), (4, 0.1), (4, 0.6), (4, 0.8), (25, 0.3), (25, 0.8)])
def test_the_mean_wait_is_that_of_simulated_departures(batch: int, share: float) -> None:
    """Within four standard errors, from means of 50 long stretches; these must be small enough to tell anything."""
    departures = 2.5
    load = share * departures * batch
    waits = simulated(load, departures, batch, seed=batch)
    means = np.array([part.mean() for part in np.array_split(waits, 50)])
    error = means.std(ddof=1) / np.sqrt(50)
    expected = delays.wait_and_slope(load, departures, batch)[0]
    assert error < 0.02 * expected
    assert abs(means.mean() - expected) < 4 * error


@given(rates, st.floats(0.0, 0.99))
def test_a_departure_for_one_is_the_classic_queue(departures: float, share: float) -> None:
    """M/M/1: the time until one has left with his departure is 1 / (departures - load) (Kleinrock 1975, 3.2)."""
    load = share * departures
    wait, slope = delays.wait_and_slope(load, departures, 1.0)
    assert wait == pytest.approx(1 / (departures - load), rel=1e-10)
    assert slope == pytest.approx(1 / (departures - load) ** 2, rel=1e-9)


@given(rates, batches)
def test_who_finds_nobody_waits_for_one_departure(departures: float, batch: float) -> None:
    """The next one comes after 1 / departures in the mean."""
    assert delays.wait_and_slope(0.0, departures, batch)[0] == pytest.approx(1 / departures)


@given(st.integers(1, 40), st.floats(0.01, 0.95))
def test_the_root_solves_the_balance_of_the_queue(batch: int, share: float) -> None:
    """The sum r + r^2 + ... + r^batch written out: a departure takes on average what has come since the last."""
    r = delays.root(share * batch * 3.0, 3.0, batch)
    assert sum(r**i for i in range(1, batch + 1)) == pytest.approx(share * batch, rel=1e-11)


@given(rates, batches, shares)
def test_two_formulas_and_two_ways_to_the_root_agree(departures: float, batch: float, share: float) -> None:
    """What the solver uses and what the check uses, at any load, beyond saturation too."""
    load = np.array([share * departures * batch])
    queue = Delays.queue([0.5], departures, batch)
    time, growth = verify_delays.times(queue, load)
    assert time == pytest.approx(delays.times(queue, load), rel=1e-8)
    slope = delays.wait_and_slope(load[0], departures, batch)[1]
    assert growth[0] == pytest.approx(load[0] * slope, rel=1e-7, abs=1e-12 / departures)


@given(rates, batches, st.floats(0.05, 1.3))
def test_the_slope_is_that_of_the_wait(departures: float, batch: float, share: float) -> None:
    """By a central difference, away from the kink where the tangent begins."""
    if abs(share - delays.SATURATION) < 1e-3:
        return
    load = share * departures * batch
    step = 1e-4 * load * max(1e-3, abs(1 - share))
    below, above = (delays.wait_and_slope(load + s, departures, batch)[0] for s in (-step, step))
    slope = delays.wait_and_slope(load, departures, batch)[1]
    assert (above - below) / (2 * step) == pytest.approx(slope, rel=1e-4, abs=1e-9 / step / departures)


@settings(max_examples=20)
@given(rates, batches, st.floats(0.0, 1.2))
def test_the_integral_of_a_queue_is_that_of_its_times(departures: float, batch: float, share: float) -> None:
    """By adaptive quadrature, in two parts on either side of the place where the tangent begins."""
    queue, load = Delays.queue([0.5], departures, batch), share * departures * batch
    edge = min(load, delays.SATURATION * departures * batch)

    def time(v: float) -> float:
        return float(delays.times(queue, np.array([v]))[0])

    ends = [*edge * (1 - np.geomspace(1, 1e-4, 6)), edge, load]
    by_hand = sum(quad(time, a, b, epsabs=0, epsrel=1e-10)[0] for a, b in pairwise(ends) if b > a)
    assert delays.integrals(queue, np.array([load]))[0] == pytest.approx(by_hand, rel=1e-8)


@given(st.floats(0, 20), st.floats(0.1, 10), st.floats(0, 5), st.floats(0, 6), st.floats(0, 30))
def test_the_curve_of_the_bureau_of_public_roads(
    free: float, capacity: float, b: float, power: float, load: float
) -> None:
    """Time as in its definition, the check's time, its growth by load, and the integral, by plain arithmetic."""
    road, v = Delays.bpr([free], capacity, b, power), np.array([load])
    expected = free * (1 + b * (load / capacity) ** power)
    assert delays.times(road, v)[0] == pytest.approx(expected, rel=1e-12)
    time, growth = verify_delays.times(road, v)
    assert time[0] == pytest.approx(expected, rel=1e-12)
    assert growth[0] == pytest.approx(power * (expected - free), rel=1e-9, abs=1e-12)
    whole = free * load + free * b * load ** (power + 1) / (power + 1) / capacity**power
    assert delays.integrals(road, v)[0] == pytest.approx(whole, rel=1e-12)
