"""One way in for all algorithms."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from karvan.assignment.result import Result, Step
from karvan.errors import InputError
from karvan.model.problem import Problem

ALGORITHMS = ("bush", "fw", "bfw")
OBJECTIVES = ("user", "system")
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
    limits: dict[str, Any] = {
        "most_iterations": _MOST_ITERATIONS[algorithm] if most_iterations is None else most_iterations,
        "deadline": time.perf_counter() + (math.inf if most_seconds is None else most_seconds),
        "report": progress,
    }
    if algorithm == "bush":
        from karvan.assignment.bush import solve

        return solve(
            problem, objective, gap, threads=threads, start=start, seed=seed, refusal_cost=refusal_cost, **limits
        )
    from karvan.assignment.frank_wolfe import solve as frank_wolfe

    return frank_wolfe(problem, objective, gap, algorithm=algorithm, threads=threads, start=start, **limits)


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
