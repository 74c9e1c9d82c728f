"""One way in for all algorithms."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from karvan.assignment.delays import overloaded
from karvan.assignment.result import Outcome, Result, Step
from karvan.errors import InputError
from karvan.model.problem import CONSTANT, QUEUE, Problem

ALGORITHMS = ("bush", "fw", "bfw")
OBJECTIVES = ("user", "system")
# Faults that are told, and numbers that are not calculated with.
_SHOWN, _HUGE = 20, 1e100
# Iterations that are enough for what can be had, by algorithm.
_MOST_ITERATIONS = {"bush": 500, "fw": 20_000, "bfw": 20_000}


def assign(
    problem: Problem,
    *,
    algorithm: str = "bush",
    objective: str = "user",
    gap: float = 1e-8,
    most_iterations: int | None = None,
    most_seconds: float | None = None,
    threads: int = 1,
    start: Result | None = None,
    seed: int = 0,
    refusal_cost: float | None = None,
    progress: Callable[[Step], None] | None = None,
) -> Result:
    """Flows at which nobody gains by another path (user), or which cost all together least (system).

    - algorithm: "bush" shifts flow between pairs of alternative segments of each origin, and alone keeps paths and
      heeds hard capacities; "fw" and "bfw" are Frank-Wolfe's and its bi-conjugate form, kept for comparison
    - gap: relative gap to reach, (cost paid - cost of best paths) / cost paid
    - most_iterations, most_seconds: stop after so many, None for no limit that matters
    - threads: share finding best paths; the same number and seed give the same bits, another number the same
      equilibrium by other steps
    - start: an earlier result on the same network, whose flows or costs this one begins with
    - seed: of the order in which origins are first loaded
    - refusal_cost: cost at which a unit is rather not carried, where links have hard capacities; by default ten times
      the dearest path there would be without them
    - progress: called with each step

    Demand without a path is not carried and stands in `Result.unserved`; whoever wants it to be a fault looks at
    `checks.faults` before. Ctrl-C ends the run with the best answer so far, once all demand is loaded. Raises
    InputError for what cannot be asked.
    """
    _check(algorithm, objective, gap, threads, problem)
    _check_limits(most_iterations, most_seconds, refusal_cost)
    _check_values(problem)
    limits: dict[str, Any] = {
        "most_iterations": _MOST_ITERATIONS[algorithm] if most_iterations is None else most_iterations,
        "deadline": time.perf_counter() + (math.inf if most_seconds is None else most_seconds),
        "report": progress,
    }
    if algorithm == "bush":
        from karvan.assignment.bush import solve

        result = solve(
            problem, objective, gap, threads=threads, start=start, seed=seed, refusal_cost=refusal_cost, **limits
        )
    else:
        from karvan.assignment.frank_wolfe import solve as frank_wolfe

        result = frank_wolfe(problem, objective, gap, algorithm=algorithm, threads=threads, start=start, **limits)
    if result.converged and overloaded(problem.links.delays, result.loads):
        return replace(result, outcome=Outcome.OVERLOADED)
    return result


def price_of_anarchy(problem: Problem, **options: Any) -> tuple[Result, Result, float]:
    """User equilibrium, system optimum, and how many times more the first costs in all; options as for `assign`."""
    user, system = (assign(problem, objective=objective, **options) for objective in OBJECTIVES)
    return user, system, user.total_cost / system.total_cost if system.total_cost > 0 else 1.0


def _check(algorithm: str, objective: str, gap: float, threads: int, problem: Problem) -> None:
    if algorithm not in ALGORITHMS:
        raise InputError(f"'{algorithm}' is no algorithm. Choose one of {', '.join(ALGORITHMS)}.")
    if objective not in OBJECTIVES:
        raise InputError(f"'{objective}' is no objective. Choose one of {', '.join(OBJECTIVES)}.")
    if not gap >= 0:
        raise InputError(f"A gap of {gap} cannot be asked for. Give a number of zero or more, such as 1e-8.")
    if threads < 1:
        raise InputError(f"{threads} threads cannot work. Give one or more.")
    if not problem.classes:
        raise InputError("The problem has no classes of users. Give it at least one.")
    if algorithm != "bush" and np.isfinite(problem.links.most).any():
        raise InputError("Frank-Wolfe knows no hard capacities. Assign with the algorithm bush, or leave them out.")


def _check_limits(most_iterations: int | None, most_seconds: float | None, refusal_cost: float | None) -> None:
    if most_iterations is not None and most_iterations < 0:
        raise InputError(f"{most_iterations} iterations cannot be made. Give most_iterations zero or more.")
    if most_seconds is not None and not most_seconds >= 0:
        raise InputError(f"{most_seconds} seconds cannot be waited for. Give most_seconds zero or more.")
    if refusal_cost is not None and not 0 < refusal_cost < math.inf:
        raise InputError(f"A refusal_cost of {refusal_cost} has no meaning. Give a finite number above zero.")


def _check_values(problem: Problem) -> None:
    """Raise InputError with all that `checks.faults` finds, if a quick look at the values finds anything."""
    links, d = problem.links, problem.links.delays
    slows = d.kind != CONSTANT
    sound = (
        _within(d.free_time)
        and _within(d.capacity[slows], above=0.0)
        and _within(d.b[slows])
        and _within(d.power[slows])
        and _within(d.departures[d.kind == QUEUE], above=0.0)
        and not (np.isnan(links.most) | (links.most < 0)).any()
        and links.tail.shape == links.head.shape == d.kind.shape
        and all(_within(c.demand.volume) for c in problem.classes)
        and (links.count > 0 or not any(c.demand.volume.any() for c in problem.classes))
    )
    if not sound:
        from karvan.assignment.checks import faults

        found = faults(problem) or ["Some number of it is too large to be calculated with."]
        shown = "\n".join(found[:_SHOWN])
        more = f"\n... and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise InputError(f"The problem has {len(found)} fault(s):\n{shown}{more}")


def _within(values: Any, above: float = -1e-300) -> bool:
    """Whether all are numbers above a limit that sums and powers of them may be made of."""
    return bool(((values > above) & (values < _HUGE)).all())
