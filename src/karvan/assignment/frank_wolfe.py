"""Frank-Wolfe and its bi-conjugate form: plain, slow near the end, and there to compare others with.

Frank and Wolfe (1956) for assignment as in LeBlanc, Morlok and Pierskalla (1975); directions made conjugate to the
last two as in Mitradjieva and Lindberg (2013). Of several classes the direction is found class by class and one step
is taken for all, along which costs, weighed to be comparable, balance. Where classes see different costs by link this
is a heuristic; `Result.gap` is right all the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from karvan.assignment import kernels
from karvan.assignment.engine import Engine
from karvan.assignment.prepare import fixed_flows, prepare
from karvan.assignment.result import Outcome, Result, Step
from karvan.model.problem import Floats, Problem

# The step is found to this part of the whole, and a direction keeps at least this part of the newest.
_STEP, _NEWEST = 1e-10, 0.01
# A gap that has found no new low in so many iterations will find none.
_PATIENCE = 500


def solve(
    problem: Problem,
    objective: str,
    gap: float,
    *,
    algorithm: str,
    most_iterations: int,
    deadline: float,
    report: Callable[[Step], None] | None,
    threads: int = 1,
    start: Result | None = None,
) -> Result:
    """See `karvan.assignment.assign`."""
    started = time.perf_counter()
    loader = _Loader(problem, objective, threads)
    flow = loader.first(start)
    directions = _Directions(loader, conjugate=algorithm == "bfw")
    history: list[Step] = []
    outcome, best, since = Outcome.OUT_OF_ITERATIONS, np.inf, 0
    try:
        while True:
            target, least, paid = loader.all_or_nothing(flow)
            found = max(paid - least, 0.0) / paid if paid > 0 else 0.0
            history.append(Step(len(history), time.perf_counter() - started, found))
            if report:
                report(history[-1])
            best, since = (found, 0) if found < best else (best, since + 1)
            if found <= gap:
                outcome = Outcome.CONVERGED
            elif since >= _PATIENCE:
                outcome = Outcome.STALLED
            elif time.perf_counter() > deadline:
                outcome = Outcome.OUT_OF_TIME
            elif len(history) <= most_iterations:
                flow = directions.step(flow, target)
                continue
            break
    except KeyboardInterrupt:
        outcome = Outcome.INTERRUPTED
    return loader.result(flow, algorithm, gap, outcome, history)


class _Loader:
    """Costs and all-or-nothing flows (classes, links the kernels see) of one problem."""

    def __init__(self, problem: Problem, objective: str, threads: int) -> None:
        self.problem, self.objective = problem, objective
        self.prepared = prepare(problem, objective)
        # Rows are wanted for their demand only: no flows by row are kept.
        self.engine = Engine(self.prepared, threads=threads, with_flows=False)
        self.law, self.rows, self.spans = self.engine.law, self.engine.rows, self.engine.spans
        n = self.prepared.nodes
        self.trees = [
            kernels.Row(np.zeros(0), np.empty(n, dtype=np.uint32), np.empty(n, dtype=np.uint32)) for _ in range(threads)
        ]
        self.fixed_cost = 0.0
        self.weight = np.ascontiguousarray(self.prepared.forms[:, :, kernels.WEIGHT])

    def first(self, start: Result | None) -> Floats:
        """Flows to begin with: all or nothing, at the times of an earlier result or of an empty network."""
        self.set_load(np.zeros(self.prepared.links))
        if start is not None and start.problem.links.count == self.problem.links.count:
            self.set_load(start.loads[self.prepared.link_of])
        flow, _ = self._direct()
        self.fixed_cost = self.engine.fixed_cost()
        return flow

    def set_load(self, load: Floats) -> None:
        """Bring costs of all classes up to a load."""
        self.law.load[:] = load
        for k in range(self.law.cost.shape[0]):
            kernels.refresh_all(self.law, k)

    def all_or_nothing(self, flow: Floats) -> tuple[Floats, float, float]:
        """(flows on best paths at the costs of flows, what they pay, what the flows pay)."""
        self.set_load((self.weight * flow).sum(axis=0))
        target, least = self._direct()
        used = flow > 0
        return target, least + self.fixed_cost, float(np.dot(self.law.cost[used], flow[used])) + self.fixed_cost

    def _direct(self) -> tuple[Floats, float]:
        made = np.zeros_like(self.law.cost)
        p, least = self.prepared, 0.0
        for k, first, end in self.spans:
            cuts = np.linspace(first, end, len(self.trees) + 1).astype(int)
            parts = np.zeros((len(self.trees), p.links))
            work = [
                (p.net, self.law, k, self.rows, p.roots, cuts[i], cuts[i + 1], self.engine.scratch[i], tree, parts[i])
                for i, tree in enumerate(self.trees)
            ]
            if self.engine.pool:
                least += sum(self.engine.pool.map(lambda job: float(kernels.direct(*job)), work))
            else:
                least += kernels.direct(*work[0])
            made[k] = parts.sum(axis=0)
        return made, least

    def slopes(self) -> Floats:
        """How cost, made comparable between classes, grows with load on each link, at the costs of now."""
        by_class = self.law.slope * self.law.scale[:, None] / np.maximum(self.weight, 1e-300) ** 2
        most: Floats = by_class.max(axis=0)
        return most

    def along(self, flow: Floats, direction: Floats, step: float) -> float:
        """How cost, made comparable, changes along a direction at a step from the flows."""
        self.set_load((self.weight * (flow + step * direction)).sum(axis=0))
        moved = direction != 0
        cost = self.law.cost * self.law.scale[:, None]
        return float(np.dot(cost[moved], direction[moved]))

    def result(self, flow: Floats, algorithm: str, gap: float, outcome: Outcome, history: list[Step]) -> Result:
        """The result of these flows."""
        self.engine.rest()
        unserved = self.engine.unserved()
        flows = fixed_flows(self.prepared, unserved)
        flows[:, self.prepared.link_of] += flow
        return Result(
            problem=self.problem,
            algorithm=algorithm,
            objective=self.objective,
            flows=flows,
            prices=np.zeros(self.problem.links.count),
            unserved=unserved,
            gap=history[-1].gap if history else np.inf,
            target=gap,
            outcome=outcome,
            history=tuple(history),
        )


class _Directions:
    """Where to go next, and how far."""

    def __init__(self, loader: _Loader, *, conjugate: bool) -> None:
        self.loader, self.conjugate = loader, conjugate
        self.last: list[Floats] = []
        self.length = 1.0

    def step(self, flow: Floats, target: Floats) -> Floats:
        """The flows after one step."""
        goal = self._goal(flow, target) if self.conjugate else target
        direction = goal - flow
        if self.conjugate and self.loader.along(flow, direction, 0.0) >= 0:
            goal, self.last = target, []
            direction = goal - flow
        self.length = self._length(flow, direction)
        self.last = [goal, *self.last][:2] if self.length < 1 - 1e-9 else []
        made: Floats = flow + self.length * direction
        return made

    def _length(self, flow: Floats, direction: Floats) -> float:
        """The step at which costs along the direction balance, by bisection."""
        low, high = 0.0, 1.0
        if self.loader.along(flow, direction, 1.0) <= 0:
            return 1.0
        while high - low > _STEP * high:
            middle = 0.5 * (low + high)
            if middle in (low, high):
                break
            if self.loader.along(flow, direction, middle) > 0:
                high = middle
            else:
                low = middle
        return low if low > 0 else high

    def _goal(self, flow: Floats, target: Floats) -> Floats:
        """The target mixed with the last one or two goals, so that the direction is conjugate to the last."""
        if not self.last:
            return target
        slope, weight = self.loader.slopes(), self.loader.weight

        def product(a: Floats, b: Floats) -> float:
            return float(np.dot((weight * a).sum(axis=0) * slope, (weight * b).sum(axis=0)))

        newest = target - flow
        before = self.last[0] - flow
        if len(self.last) == 1:
            ahead, own = product(before, newest), product(before, before)
            part = ahead / (ahead - own) if ahead - own != 0 else 0.0
            part = min(max(part, 0.0), 1 - _NEWEST)
            return part * self.last[0] + (1 - part) * target
        mixed = self.length * self.last[0] - flow + (1 - self.length) * self.last[1]
        mu, nu = _mixture(product, newest, before, mixed, self.last, self.length)
        made: Floats = (target + nu * self.last[0] + mu * self.last[1]) / (1 + mu + nu)
        return made


def _mixture(product: Any, newest: Floats, before: Floats, mixed: Floats, last: list[Floats], length: float) -> Any:
    """How much of the last goal but one, and of the last, goes with one part of the target."""
    below = product(mixed, last[1] - last[0])
    mu = max(0.0, -product(mixed, newest) / below) if below != 0 else 0.0
    own = product(before, before)
    nu = max(0.0, -product(before, newest) / own + mu * length / (1 - length)) if own > 0 else 0.0
    most = (1 - _NEWEST) / _NEWEST
    return min(mu, most), min(nu, most)
