"""Cost and slope of a link at its load."""

from __future__ import annotations

from math import exp, expm1, log, log1p
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
def delay(kind: int, form: Any, load: float) -> tuple[float, float]:
    """Cost of a link and its derivative by load, without prices; form is a row of `Law.form`."""
    if kind == FIXED:
        return form[BASE], 0.0
    if kind >= WAIT:
        if kind == WAIT:
            wait, slope = queue_wait(load, form[SCALE], form[EXPONENT])
        else:
            wait, slope = marginal_wait(load, form[SCALE], form[EXPONENT])
        return form[BASE] + form[FACTOR] * wait, form[FACTOR] * slope
    if load <= 0.0:
        return form[BASE], (form[FACTOR] * form[SCALE] if kind == LINEAR else 0.0)
    z = load * form[SCALE]
    if kind == LINEAR:
        return form[BASE] + form[FACTOR] * z, form[FACTOR] * form[SCALE]
    less = z * z * z if kind == FOURTH else z ** (form[EXPONENT] - 1.0)
    return form[BASE] + form[FACTOR] * less * z, form[FACTOR] * form[SCALE] * form[EXPONENT] * less


@jit
def price(cap: Any, load: float) -> float:
    """Price of a unit of load where a hard capacity binds; cap is a row of `Law.cap`."""
    return max(0.0, cap[MULTIPLIER] + cap[PENALTY] * (load - cap[MOST]))


@jit
def refresh(law: Any, a: int) -> None:
    """Bring cost and slope of a link up to its load."""
    load = law.load[a]
    weight = law.form[a, WEIGHT]
    cost, slope = delay(law.kind[a], law.form[a], load)
    slope *= weight
    if law.cap.shape[0] > 0:
        toll = price(law.cap[a], load)
        if toll > 0.0:
            cost += weight * toll
            slope += weight * weight * law.cap[a, PENALTY]
    law.cost[a] = cost
    law.slope[a] = slope


@jit
def refresh_all(law: Any) -> None:
    """Bring cost and slope of all links up to their load."""
    for a in range(law.load.shape[0]):
        refresh(law, a)


@jit
def extrapolate(law: Any, part: float) -> None:
    """Costs as if `part` of all load was there and the rest would follow in proportion."""
    for a in range(law.load.shape[0]):
        cost, _ = delay(law.kind[a], law.form[a], law.load[a] / part)
        law.cost[a] = cost
        if law.cap.shape[0] > 0:
            law.cost[a] += law.form[a, WEIGHT] * price(law.cap[a], law.load[a] / part)
