"""Hard capacities by the method of multipliers (Hestenes 1969; for assignment Larsson and Patriksson 1995).

Each capacity has a multiplier, which its price comes from: max(0, multiplier + penalty * (load - most)). Equilibria at
such prices are found by the engine as any other; the price at one is the multiplier of the next, until no load exceeds
its capacity and no place that is paid for is free. Each starts from the flows of the one before, so few iterations do.
Where costs do not depend on load the multipliers are exact after finitely many.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from karvan.assignment.engine import Engine
from karvan.assignment.kernels.records import MOST, MULTIPLIER, PENALTY
from karvan.assignment.prepare import Prepared
from karvan.assignment.result import Outcome, Step
from karvan.model.problem import Floats

# Capacities are kept, and prices paid for free places, to this relative tolerance or the gap asked for.
TOLERANCE = 1e-9
# A penalty grows by this factor where the excess did not fall to this part in one round.
_GROWTH, _FALL = 4.0, 0.25
_MOST_ROUNDS = 300
# And by no more than this in all: beyond it only rounding grows.
_MOST_GROWTH = 1e9
# Capacities below this part of all demand have the penalty of one of it; loads below that part of it are rounding.
_SMALL, _CRUMB = 1e-3, 1e-13
# Nobody is refused where he could be carried for less than so many times the dearest path without capacities.
_DEAREST = 10.0


def caps(prepared: Prepared, typical_cost: float) -> Floats:
    """Capacities of the links the kernels see (links, 3), with penalties such that all of one costs typically."""
    made = np.zeros((prepared.links, 3))
    made[:, MOST] = np.where(prepared.link_of >= 0, prepared.problem.links.most[prepared.link_of], np.inf)
    bound = np.isfinite(made[:, MOST])
    least = _SMALL * (float(prepared.volume.sum()) or 1.0)
    made[bound, PENALTY] = typical_cost / np.maximum(made[bound, MOST], least)
    return made


def refusal_cost(engine: Engine) -> float:
    """What refusing costs unless the user says: so many times the dearest path there is without capacities."""
    dearest = engine.dearest()
    return _DEAREST * dearest if dearest > 0 else 1.0


def run(
    engine: Engine,
    gap: float,
    *,
    most_iterations: int,
    deadline: float,
    started: float,
    report: Callable[[Step], None] | None,
) -> tuple[Outcome, list[Step]]:
    """Equilibria at changing prices until capacities are kept and prices are right, see `Engine.run`."""
    history: list[Step] = []
    tolerance = max(gap, TOLERANCE)
    cap = engine.law.cap
    bound = np.flatnonzero(np.isfinite(cap[:, MOST]))
    worst = np.full(bound.shape[0], np.inf)
    first = cap[bound, PENALTY].copy()
    volume = float(engine.prepared.volume.sum()) or 1.0
    inner = 1e-4
    for _ in range(_MOST_ROUNDS):
        inner = max(gap, min(inner, 1e-4))
        outcome, steps = engine.run(
            inner, most_iterations=most_iterations - len(history), deadline=deadline, started=started, report=report
        )
        history += [Step(len(history) + i, s.seconds, s.gap, s.exact) for i, s in enumerate(steps)]
        if outcome in (Outcome.INTERRUPTED, Outcome.OUT_OF_TIME, Outcome.OUT_OF_ITERATIONS):
            return outcome, history
        load = engine.law.load[bound]
        most = cap[bound, MOST]
        raised = np.maximum(0.0, cap[bound, MULTIPLIER] + cap[bound, PENALTY] * (load - most))
        far = load - most
        far[np.abs(far) <= _CRUMB * volume] = 0.0
        over = np.maximum(far, 0.0) / np.maximum(most, _CRUMB * volume)
        idle = raised * np.maximum(most - load, 0.0)
        kept = over.max(initial=0.0) <= 0.5 * tolerance and idle.sum() <= 0.5 * tolerance * engine.paid
        if kept and inner <= gap:
            return outcome, history
        off = np.maximum(over, np.where(raised > 0, np.abs(far) / np.maximum(most, _CRUMB * volume), 0.0))
        slow = off > _FALL * worst
        worst = off
        cap[bound, MULTIPLIER] = raised
        grows = slow & (off > 0.1 * tolerance) & (cap[bound, PENALTY] < _MOST_GROWTH * first)
        cap[bound, PENALTY] *= np.where(grows, _GROWTH, 1.0)
        inner = max(gap, 0.1 * inner) if kept or off.max(initial=0.0) < 10 * inner else inner
        if time.perf_counter() > deadline:
            return Outcome.OUT_OF_TIME, history
    return Outcome.STALLED, history
