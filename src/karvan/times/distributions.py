"""Distributions on a fixed grid of hours, each an array of probabilities that sums to one.

Every one is put on the grid so that its mean is kept exactly: the mass between two grid points is shared by local
moment matching (Gerber 1982, "On the numerical evaluation of the distribution of aggregate claims and its
stop-loss premiums", Insurance: Mathematics and Economics 1, 13-18), from the limited expected value E[min(X, d)].
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Spectrum = np.ndarray[Any, np.dtype[np.complex128]]

STEP_H = 2.0
MOST_H = 32_768.0  # longest time on a grid, almost four years
_TAIL = 1e-7


def on_grid(limited_mean: Callable[[Floats], Floats], reach_h: float) -> Floats:
    """Masses at 0, STEP_H, 2 STEP_H ... from d -> E[min(X, d)], up to about `reach_h`."""
    points = max(math.ceil(min(reach_h, MOST_H) / STEP_H) + 1, 2)
    limited = limited_mean(np.arange(points + 1, dtype=np.float64) * STEP_H)
    masses: Floats = np.empty(points)
    masses[0] = 1.0 - limited[1] / STEP_H
    masses[1:] = (2 * limited[1:points] - limited[: points - 1] - limited[2 : points + 1]) / STEP_H
    masses = np.maximum(masses, 0.0)
    masses /= masses.sum()
    return masses


@lru_cache(maxsize=20_000)
def lognormal(mean_h: float, sd_h: float) -> Floats:
    """A lognormal of this mean and standard deviation; a fixed time if the deviation is zero."""
    if mean_h <= 0:
        return np.ones(1)
    if sd_h <= 1e-9 * mean_h:
        return on_grid(lambda d: np.minimum(d, mean_h), mean_h + STEP_H)
    s2 = math.log1p((sd_h / mean_h) ** 2)
    s = math.sqrt(s2)
    mu = math.log(mean_h) - s2 / 2

    def limited(d: Floats) -> Floats:
        z = (np.log(np.maximum(d, 1e-12)) - mu) / s
        return mean_h * _phi(z - s) + d * _phi(-z)

    return on_grid(limited, math.exp(mu + 5.2 * s) + STEP_H)


@lru_cache(maxsize=1_000)
def exponential(mean_h: float) -> Floats:
    """An exponential of this mean."""
    if mean_h <= 0:
        return np.ones(1)
    return on_grid(lambda d: mean_h * -np.expm1(-d / mean_h), -mean_h * math.log(_TAIL))


@lru_cache(maxsize=2_000)
def uniform(width_h: float) -> Floats:
    """Uniform between zero and a width."""
    if width_h <= 0:
        return np.ones(1)
    return on_grid(lambda d: np.minimum(d, width_h) * (1 - np.minimum(d, width_h) / (2 * width_h)), width_h + STEP_H)


@lru_cache(maxsize=2_000)
def residual_life(headway_h: float, cv: float) -> Floats:
    """The wait of somebody who comes at random for gamma headways of this mean and coefficient of variation.

    Its density is the survival function of the headway divided by the mean headway (renewal theory; Cox 1962).
    """
    if cv < 1e-6:
        return uniform(headway_h)
    if abs(cv - 1.0) < 1e-6:
        return exponential(headway_h)
    shape, scale = 1 / cv**2, headway_h * cv**2

    def limited(d: Floats) -> Floats:
        # E[min(R, d)] = E[min(X, d)^2] / 2H + d E[(X - d)+] / H for the residual life R of a headway X of mean H.
        x = d / scale
        p0 = np.array([_gamma_p(shape, v) for v in x.tolist()])
        step = np.exp(shape * np.log(np.maximum(x, 1e-300)) - x - math.lgamma(shape + 1))
        p1 = p0 - step
        p2 = p1 - step * x / (shape + 1)
        square = shape * (shape + 1) * scale**2 * p2 + d * d * (1 - p0)
        beyond = headway_h * (1 - p1) - d * (1 - p0)
        found: Floats = square / (2 * headway_h) + d * beyond / headway_h
        return found

    return on_grid(limited, headway_h * (1 + 12 * cv * max(cv, 1.0)))


def _gamma_p(a: float, x: float) -> float:
    """The regularized lower incomplete gamma function (series and continued fraction: Abramowitz and Stegun 6.5)."""
    if x <= 0:
        return 0.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        n = a
        while term > total * 1e-15:
            n += 1
            term *= x / n
            total += term
        return total * front
    b = x + 1 - a
    c, d = 1e300, 1 / b
    h = d
    for i in range(1, 500):
        an = -i * (i - a)
        b += 2
        d = 1 / (an * d + b)
        c = b + an / c
        h *= d * c
        if abs(d * c - 1) < 1e-14:
            break
    return 1 - front * h


_erfc = np.frompyfunc(math.erfc, 1, 1)  # numpy has none, and scipy would cost a tenth of a second to import


def _phi(z: Floats) -> Floats:
    """The standard normal distribution function."""
    values: Floats = np.asarray(_erfc(-z / math.sqrt(2.0)), np.float64) / 2.0
    return values
