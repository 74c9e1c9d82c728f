"""The algorithm of pairs from a problem to its result."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from karvan.assignment import capacity
from karvan.assignment.engine import Engine
from karvan.assignment.kernels.records import MOST, MULTIPLIER, PENALTY
from karvan.assignment.prepare import prepare
from karvan.assignment.result import Outcome, Result, Step
from karvan.model.problem import Floats, Problem

# How far the equilibrium without capacities is found, of which only the dearest path is asked.
_ROUGH = 1e-3
_ROUGH_ITERATIONS = 20


def solve(
    problem: Problem,
    objective: str,
    gap: float,
    *,
    most_iterations: int,
    deadline: float,
    report: Callable[[Step], None] | None,
    threads: int = 1,
    start: Result | None = None,
    seed: int = 0,
    refusal_cost: float | None = None,
) -> Result:
    """See `karvan.assignment.assign`."""
    started = time.perf_counter()
    limits = {"most_iterations": most_iterations, "deadline": deadline, "started": started, "report": report}
    if not np.isfinite(problem.links.most).any():
        engine = Engine(prepare(problem, objective), threads=threads, seed=seed)
        engine.begin(start)
        outcome, history = engine.run(gap, **limits)  # type: ignore[arg-type]
        engine.rest()
        return _result(problem, objective, gap, engine, outcome, history, np.inf)
    free = Engine(prepare(problem, objective), threads=threads, seed=seed)
    free.load_first()
    # Who has no path at all is not refused but left out, and pays nothing.
    left_out = tuple(np.flatnonzero(u > 0) for u in free.unserved())
    if refusal_cost is None:
        outcome, _ = free.run(_ROUGH, most_iterations=_ROUGH_ITERATIONS, deadline=deadline, started=started)
        if outcome is Outcome.INTERRUPTED:
            raise KeyboardInterrupt
        refusal_cost = capacity.refusal_cost(free)
    free.rest()
    prepared = prepare(problem, objective, refusal_cost, left_out)
    engine = Engine(prepared, threads=threads, seed=seed, caps=capacity.caps(prepared, 0.1 * refusal_cost))
    engine.begin(start)
    outcome, history = capacity.run(engine, gap, **limits)  # type: ignore[arg-type]
    engine.rest()
    return _result(problem, objective, gap, engine, outcome, history, refusal_cost)


def _result(
    problem: Problem,
    objective: str,
    gap: float,
    engine: Engine,
    outcome: Outcome,
    history: list[Step],
    refusal_cost: float,
) -> Result:
    return Result(
        problem=problem,
        algorithm="bush",
        objective=objective,
        flows=engine.flows(),
        prices=_prices(problem, engine),
        unserved=engine.unserved(),
        gap=history[-1].gap if history else 0.0,
        target=gap,
        outcome=outcome,
        history=tuple(history),
        refusal_cost=refusal_cost,
        state=engine,
    )


def _prices(problem: Problem, engine: Engine) -> Floats:
    """Price of a unit of load on each link of the problem."""
    made = np.zeros(problem.links.count)
    cap, link_of = engine.law.cap, engine.prepared.link_of
    if cap.shape[0]:
        bound = np.isfinite(cap[:, MOST])
        load = engine.law.load[bound]
        made[link_of[bound]] = np.maximum(0.0, cap[bound, MULTIPLIER] + cap[bound, PENALTY] * (load - cap[bound, MOST]))
    return made
