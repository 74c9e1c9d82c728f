"""Delays once more, for the check alone: other formulas than the solver's, and a root by bisection instead of Newton.

With r = exp(-y) the load of a queue is departures * (1 - exp(-C y)) / (exp(y) - 1) and its mean wait
1 / (departures * (1 - exp(-C y))), where C is its batch.
"""

from __future__ import annotations

import numpy as np

from karvan.model.problem import BPR, QUEUE, Delays, Floats

# Of a queue that carries more than this share of what its departures can take, the delay goes on along its tangent.
TANGENT_FROM = 0.999


def times(delays: Delays, load: Floats) -> tuple[Floats, Floats]:
    """Time on each link at a load, and load times the slope of time: what one more unit costs all the others."""
    time, growth = delays.free_time.copy(), np.zeros_like(load)
    at = np.flatnonzero(delays.kind == BPR)
    power = delays.power[at]
    delay = delays.free_time[at] * delays.b[at] * (np.maximum(load[at], 0.0) / delays.capacity[at]) ** power
    time[at] += delay
    growth[at] = power * delay
    at = np.flatnonzero(delays.kind == QUEUE)
    if at.shape[0]:
        wait, slope = _waits(load[at], delays.departures[at], delays.capacity[at])
        time[at] += wait
        growth[at] = slope * load[at]
    return time, growth


def overloaded(delays: Delays, load: Floats) -> Floats:
    """By how much each queue's load reaches beyond what its departures can take; below 0 where a wait has an end."""
    return np.where(delays.kind == QUEUE, load - delays.departures * delays.capacity, -np.inf)


def _waits(load: Floats, departures: Floats, batch: Floats) -> tuple[Floats, Floats]:
    """Mean waits of queues and their slopes."""
    edge = TANGENT_FROM * departures * batch
    inside = np.minimum(load, edge)
    wait, slope = 1 / departures, np.zeros_like(load)
    at = np.flatnonzero(inside > 1e-300 * departures)
    rate, many = departures[at], batch[at]
    y = _bisect(inside[at] / rate, many)
    full, free = np.exp(-many * y), -np.expm1(-many * y)
    wait[at] = 1 / (rate * free)
    slope[at] = many * full * np.expm1(y) / ((rate * free) ** 2 * (free / -np.expm1(-y) - many * full))
    return wait + np.maximum(load - edge, 0.0) * slope, slope


def _bisect(ratio: Floats, batch: Floats) -> Floats:
    """The y at which (1 - exp(-batch y)) / (exp(y) - 1), which falls from batch to 0, is the ratio."""
    low, high = np.zeros_like(ratio), np.log1p(1 / ratio)
    for _ in range(120):
        middle = (low + high) / 2
        small = -np.expm1(-batch * middle) > ratio * np.expm1(middle)
        low, high = np.where(small, middle, low), np.where(small, high, middle)
    return (low + high) / 2
