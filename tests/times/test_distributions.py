"""Distributions on the grid keep their means, and their spread up to the width of a step."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karvan.errors import DataError
from karvan.times.distributions import STEP_H, exponential, lognormal, residual_life, uniform
from karvan.times.waits import departure_hours, next_departure

hours = st.floats(0.5, 2000)


def moments(masses: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation of masses on the grid."""
    at = np.arange(len(masses)) * STEP_H
    mean = float(masses @ at)
    return mean, math.sqrt(max(float(masses @ (at - mean) ** 2), 0.0))


@given(hours, st.just(0.0) | st.floats(0.01, 0.6))
def test_a_lognormal_keeps_its_mean_and_nearly_its_spread(mean: float, cv: float) -> None:
    """A wider one loses a little of its tail: 5.2 sigmas are kept."""
    found, sd = moments(lognormal(mean, cv * mean))
    assert found == pytest.approx(mean, rel=2e-4)
    assert cv * mean * 0.985 <= sd <= math.hypot(cv * mean, STEP_H / 2) + 1e-6


@given(hours)
def test_exponentials_and_uniforms_keep_their_means(width: float) -> None:
    """Local moment matching shares each mass between its two neighbours on the grid."""
    assert moments(exponential(width))[0] == pytest.approx(width, rel=1e-4)
    assert moments(uniform(width))[0] == pytest.approx(width / 2, rel=1e-9)


@given(st.floats(5, 700), st.floats(0.0, 2.0))
def test_the_wait_for_a_renewal_process_has_the_mean_of_theory(headway: float, cv: float) -> None:
    """H (1 + c^2) / 2 (Cox 1962, Renewal Theory, 5.4)."""
    masses = residual_life(headway, cv)
    assert masses.sum() == pytest.approx(1.0)
    assert masses.min() >= 0
    assert moments(masses)[0] == pytest.approx(headway * (1 + cv * cv) / 2, rel=0.01)


@given(hours, st.floats(0, 3))
def test_masses_are_a_probability(mean: float, cv: float) -> None:
    """Not negative, and one in sum."""
    masses = lognormal(mean, cv * mean)
    assert masses.sum() == pytest.approx(1.0)
    assert masses.min() >= 0


@given(st.lists(st.integers(0, 10_079), min_size=1, max_size=6, unique=True), st.floats(0, 167))
def test_the_next_departure_is_the_first_that_has_not_left(minutes: list[int], start: float) -> None:
    """Against a search by eye over three weeks; departures fall on the next point of the grid."""
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    timetable = tuple(f"{days[m // 1440]} {m % 1440 // 60:02d}:{m % 60:02d}" for m in minutes)
    found = next_departure(timetable, start, 100)
    for point in range(0, 100, 7):
        now = start + point * STEP_H
        left = min(m / 60 + 168 * k - now for m in minutes for k in range(5) if m / 60 + 168 * k >= now - 1e-9)
        assert found[point] == point + math.ceil(left / STEP_H - 1e-9)


@pytest.mark.parametrize("text", ["Tuesday 08:00", "Tue", "Tue 8", "Tue aa:00", "", "Tue 25:00", "Tue 08:60"])
def test_a_departure_written_otherwise_is_a_fault_that_shows_the_form(text: str) -> None:
    """A timetable is typed by hand."""
    with pytest.raises(DataError, match="Tue 08:00"):
        departure_hours((text,))
