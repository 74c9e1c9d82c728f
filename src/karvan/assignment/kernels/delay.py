"""Cost and slope of a link at its load."""

from __future__ import annotations

from math import exp, expm1, inf, log1p
from typing import Any

from karvan.assignment.kernels.records import (
    BASE,
    EXPONENT,
    FACTOR,
    FIXED,
    FOURTH,
    LINEAR,
    MOST,
    MULTIPLIER,
    PENALTY,
    POWER,
    SCALE,
    WAIT,
    WEIGHT,
    jit,
)

# As `karvan.assignment.delays.SATURATION`.
_SATURATION = 0.999


@jit
def queue_root(load: float, departures: float, batch: float) -> float:
    """1 - r, where load = departures * (r + ... + r**batch): see `karvan.assignment.delays.root`."""
    ratio = 1.0 + load / departures
    s = 1.0 / ratio
    if s == 1.0:
        return 1.0
    for _ in range(200):
        logarithm = (batch + 1.0) * log1p(-s)
        step = (-expm1(logarithm) - ratio * s) / ((batch + 1.0) * exp(logarithm - log1p(-s)) - ratio)
        s -= step
        if abs(step) <= 1e-15 * s:
            break
    return s


@jit
def queue_wait(load: float, departures: float, batch: float) -> tuple[float, float]:
    """Mean wait for a departure and its derivative by load."""
    edge = _SATURATION * departures * batch
    at = min(load, edge)
    s = queue_root(at, departures, batch) if at > 0.0 else 1.0
    if s >= 1.0:
        return 1.0 / departures, (1.0 / departures**2 if batch == 1.0 else 0.0)
    r = 1.0 - s
    power = exp(batch * log1p(-s))
    free = -expm1(batch * log1p(-s))
    by_root = batch * power / (r * departures * free * free)
    slope = by_root / (departures * (1.0 - (batch + 1.0) * power + batch * power * r) / (s * s))
    return 1.0 / (departures * free) + max(load - edge, 0.0) * slope, slope


@jit
def marginal_wait(load: float, departures: float, batch: float) -> tuple[float, float]:
    """What one more in the queue costs all in it, d(load * wait)/d load, and the derivative of that by load.

    The derivative is a difference of the exact first over a small step: it only guides Newton's method.
    """
    wait, slope = queue_wait(load, departures, batch)
    step = 1e-6 * departures * batch
    further, steeper = queue_wait(load + step, departures, batch)
    here = wait + load * slope
    return here, max((further + (load + step) * steeper - here) / step, 0.0)


@jit
def delay(kind: int, form: Any, k: int, a: int, load: float) -> tuple[float, float]:
    """Cost of link a to class k and its derivative by load, without prices; kind is the link's in `Law.kind`."""
    base = form[k, a, BASE]
    if kind == FIXED:
        return base, 0.0
    factor, scale = form[k, a, FACTOR], form[k, a, SCALE]
    if kind <= POWER:
        if load <= 0.0:
            return base, (factor * scale if kind == LINEAR else 0.0)
        z = load * scale
        if kind == FOURTH:
            less = factor * z * z * z
            return base + less * z, 4.0 * scale * less
        if kind == LINEAR:
            return base + factor * z, factor * scale
        power = form[k, a, EXPONENT]
        less = factor * z ** (power - 1.0)
        return base + less * z, scale * power * less
    if kind == WAIT:
        wait, slope = queue_wait(load, scale, form[k, a, EXPONENT])
    else:
        wait, slope = marginal_wait(load, scale, form[k, a, EXPONENT])
    return base + factor * wait, factor * slope


@jit
def price(cap: Any, a: int, load: float) -> Any:
    """Price of a unit of load where the hard capacity of link a binds; cap as in `Law`."""
    return max(0.0, cap[a, MULTIPLIER] + cap[a, PENALTY] * (load - cap[a, MOST])) if cap[a, MOST] < inf else 0.0


@jit
def refresh(law: Any, k: int, a: int) -> None:
    """Bring cost and slope of a link to class k up to its load."""
    load = law.load[a]
    weight = law.form[k, a, WEIGHT]
    cost, slope = delay(law.kind[a], law.form, k, a, load)
    slope *= weight
    if law.cap.shape[0] > 0:
        toll = price(law.cap, a, load)
        if toll > 0.0:
            cost += weight * toll
            slope += weight * weight * law.cap[a, PENALTY]
    law.cost[k, a] = cost
    law.slope[k, a] = slope


@jit
def refresh_all(law: Any, k: int) -> None:
    """Bring cost and slope of all links to class k up to their load."""
    for a in range(law.load.shape[0]):
        refresh(law, k, a)


@jit
def extrapolate(law: Any, k: int, part: float) -> None:
    """Costs to class k as if `part` of all load was there and the rest would follow in proportion."""
    for a in range(law.load.shape[0]):
        law.cost[k, a], _ = delay(law.kind[a], law.form, k, a, law.load[a] / part)
        if law.cap.shape[0] > 0:
            law.cost[k, a] += law.form[k, a, WEIGHT] * price(law.cap, a, law.load[a] / part)
