"""Delay functions in numpy: time, slope and integral for all links at once.

The solver's kernels have the first two of these in compiled form (`kernels.delay`); a test holds the two together.
"""

from __future__ import annotations

import numpy as np

from karvan.model.problem import BPR, QUEUE, Delays, Floats

# Beyond this share of what departures can take, the wait of a queue goes on along its tangent: the function must be
# finite everywhere, for a search may pass through loads that no service could carry.
SATURATION = 0.999


def times(delays: Delays, load: Floats) -> Floats:
    """Time on each link at a load (links)."""
    made = delays.free_time.copy()
    at = delays.kind == BPR
    made[at] *= 1 + delays.b[at] * (load[at] / delays.capacity[at]) ** delays.power[at]
    for a in np.flatnonzero(delays.kind == QUEUE):
        made[a] += wait_and_slope(load[a], delays.departures[a], delays.capacity[a])[0]
    return made


def integrals(delays: Delays, load: Floats) -> Floats:
    """The integral of time from no load to a load (links): what Beckmann's objective adds up."""
    made = delays.free_time * load
    at = delays.kind == BPR
    p = delays.power[at]
    made[at] *= 1 + delays.b[at] / (p + 1) * (load[at] / delays.capacity[at]) ** p
    points, weights = np.polynomial.legendre.leggauss(12)
    for a in np.flatnonzero(delays.kind == QUEUE):
        rate, batch = delays.departures[a], delays.capacity[a]
        edge = min(load[a], SATURATION * rate * batch)
        # Over y = -log(1 - r) instead of the load, in panels: the integrand is then smooth up to saturation.
        ends = np.linspace(0.0, -np.log1p(-root(edge, rate, batch)), 65)
        width = ends[1]
        y = (ends[:-1, None] + 0.5 * width * (points + 1)).ravel()
        r = -np.expm1(-y)
        with np.errstate(divide="ignore"):
            wait = 1 / (rate * -np.expm1(batch * np.log(r)))
        panels = (wait * _load_slope(r, rate, batch) * np.exp(-y)).reshape(64, -1)
        made[a] += 0.5 * width * float((panels @ weights).sum())
        if load[a] > edge:
            at_edge, slope = wait_and_slope(edge, rate, batch)
            made[a] += (load[a] - edge) * (at_edge + 0.5 * slope * (load[a] - edge))
    return made


def root(load: float, departures: float, batch: float) -> float:
    """The root r in [0, 1) of load = departures * (r + r**2 + ... + r**batch), continued to batches that are not whole.

    The number waiting is geometric: P(n) = (1 - r) * r**n. load must be below departures * batch.
    """
    if load <= 0:
        return 0.0
    # With s = 1 - r: 1 - (1 - s)**(batch + 1) = s * (1 + load / departures), concave in s, so Newton's method from
    # above comes down to the positive root without a jump.
    ratio = 1 + load / departures
    if ratio == 1:
        return load / departures
    s = 1 / ratio
    for _ in range(200):
        logarithm = (batch + 1) * np.log1p(-s)
        value = -np.expm1(logarithm) - ratio * s
        slope = (batch + 1) * np.exp(logarithm - np.log1p(-s)) - ratio
        step = value / slope
        s -= step
        if abs(step) <= 1e-15 * s:
            break
    return float(1 - s)


def wait_and_slope(load: float, departures: float, batch: float) -> tuple[float, float]:
    """Mean wait of the bulk-service queue and its derivative by load."""
    edge = SATURATION * departures * batch
    r = root(min(load, edge), departures, batch)
    if r == 0:
        # Of those who come one at a time the second finds the boat no fuller: the wait only grows where batch is 1.
        return 1 / departures, 1 / departures**2 if batch == 1 else 0.0
    free = -np.expm1(batch * np.log(r))
    wait = 1 / (departures * free)
    by_root = batch * r ** (batch - 1) / (departures * free**2)
    slope = float(by_root / _load_slope(np.array([r]), departures, batch)[0])
    return float(wait + max(load - edge, 0.0) * slope), slope


def _load_slope(r: Floats, departures: float, batch: float) -> Floats:
    """D load / d r of load = departures * r * (1 - r**batch) / (1 - r)."""
    power = r**batch
    made: Floats = departures * (1 - (batch + 1) * power + batch * power * r) / (1 - r) ** 2
    return made


def overloaded(delays: Delays, load: Floats) -> bool:
    """Whether a queue gets more than its departures can take, so that its true wait would have no end."""
    return bool(((delays.kind == QUEUE) & (load >= SATURATION * delays.departures * delays.capacity)).any())
