"""Stochastic user equilibrium over generated sets of paths (Daganzo and Sheffi 1977).

Nobody thinks to gain by another path, but all see costs with an error, so that every path has a probability. The set of
paths of a pair is part of the answer: it holds all loopless ones whose probability at the costs of the equilibrium is
at least `least_share`. Paths are generated as in column generation: equilibrium over a set, a search at its costs for
those that are missing, and again until none is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from karvan.assignment import delays
from karvan.assignment.fixed_point import Loading, solve
from karvan.assignment.logit import Form, Model, Multinomial, Nested, PathSize
from karvan.assignment.path_sets import Pairs, PathSet, Search
from karvan.assignment.result import Outcome, Paths, Step
from karvan.errors import InputError
from karvan.model.problem import Floats, Problem

if TYPE_CHECKING:
    from karvan.assignment.verify_stochastic import StochasticVerdict

__all__ = ["Multinomial", "Nested", "PathSize", "StochasticResult", "stochastic"]


@dataclass(frozen=True, kw_only=True, eq=False)
class StochasticResult:
    """Flows that path choice makes again of their own costs, as far as `residual` says.

    - flows (classes, links): units of each class; paths: all of the sets, with flows and shares
    - residual: the sum over links of |F(v) - v| by that of F(v), where v are loads and F(v) those that choice makes of
      the costs at v; target: what was asked for; history: one step an iteration, with the residual as its gap
    - missing_share: no path left out would have a larger probability beside those of its pair at these costs; nan if
      the run stopped before it knew. Of path-size logit it is a bound from above
    """

    problem: Problem
    model: Model
    least_share: float
    flows: Floats
    paths: Paths
    history: tuple[Step, ...]
    residual: float
    target: float
    outcome: Outcome
    missing_share: float

    @property
    def converged(self) -> bool:
        """Whether the target was reached and no path is missing; nothing else is called so."""
        return self.outcome is Outcome.CONVERGED

    @cached_property
    def loads(self) -> Floats:
        """Load of each link by all classes."""
        return np.asarray(sum(c.load * f for c, f in zip(self.problem.classes, self.flows, strict=True)))

    @cached_property
    def times(self) -> Floats:
        """Delay of each link at its load."""
        return delays.times(self.problem.links.delays, self.loads)

    @cached_property
    def verdict(self) -> StochasticVerdict:
        """What a check that shares no code with the solver finds in the path flows alone."""
        from karvan.assignment.verify_stochastic import verify_stochastic

        return verify_stochastic(self)


def stochastic(
    problem: Problem,
    model: Model,
    *,
    least_share: float = 1e-3,
    residual: float = 1e-10,
    most_rounds: int = 100,
    most_iterations: int = 10_000,
    most_seconds: float | None = None,
    progress: Callable[[Step], None] | None = None,
) -> StochasticResult:
    """The stochastic user equilibrium by a model of path choice; see `StochasticResult` for what it holds.

    least_share, between 0 and 1, is the probability that makes a path worth listing; residual the target. At most
    most_rounds sets of paths and most_iterations steps of Newton's method are made; most_seconds does not cut the first
    search for paths short. An interruption by the user returns the best answer once there is one. Raises InputError if
    a pair has no path or too many, a cost is negative, a link has a limit (`Links.most`), or an option has no meaning.
    """
    if not 0 < least_share < 1:
        raise InputError(f"least_share is {least_share:g}; give a probability between 0 and 1.")
    if np.isfinite(problem.links.most).any():
        raise InputError("Stochastic equilibrium knows no limits of links (most): give these links a queue instead.")
    form = Form.of(model, problem)
    run = _Run(problem, form, least_share, residual, most_iterations, most_seconds, progress)
    outcome = run.outcome(most_rounds)
    result = StochasticResult(
        problem=problem,
        model=model,
        least_share=least_share,
        flows=_link_flows(problem, run.paths, run.best),
        paths=_record(run.paths, run.best),
        history=tuple(run.history),
        residual=run.residual,
        target=residual,
        outcome=outcome,
        missing_share=run.missing_share,
    )
    if result.converged and delays.overloaded(problem.links.delays, result.loads):
        return replace(result, outcome=Outcome.OVERLOADED)
    return result


class _Stop(Exception):
    """The run is at a limit."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(outcome)


class _Run:
    """The rounds of one run and the best answer over the newest set of paths."""

    def __init__(
        self,
        problem: Problem,
        form: Form,
        least_share: float,
        target: float,
        most_iterations: int,
        most_seconds: float | None,
        progress: Callable[[Step], None] | None,
    ) -> None:
        self.problem, self.form, self.target, self.progress = problem, form, target, progress
        self.begun = time.perf_counter()
        self.end = np.inf if most_seconds is None else self.begun + most_seconds
        self.most_iterations, self.iterations = most_iterations, 0
        self.history: list[Step] = []
        self.lengths = class_costs(problem, np.zeros(problem.links.count))
        if not (self.lengths >= 0).all():
            raise InputError("A link costs less than nothing on the empty network. Give costs of at least 0.")
        self.search = Search(problem, form, self.lengths, least_share)
        self.paths = PathSet.none(Pairs.of(problem))
        self.best = np.zeros(0)
        self.residual, self.missing_share = 0.0, 0.0

    def outcome(self, most_rounds: int) -> Outcome:
        """Run, and say why it stopped."""
        if len(self.paths.pairs) == 0:
            return Outcome.CONVERGED
        try:
            self.paths, _, _ = self.search.enlarged(self.paths, None, self.lengths, lambda: None)
            loading = Loading(self.problem, self.form, self.paths, self.lengths)
            start = loading.at(np.zeros(self.problem.links.count))
            self.best, self.residual, self.missing_share = start.flows, np.inf, np.nan
            return self._rounds(loading, most_rounds)
        except _Stop as stop:
            return stop.outcome
        except KeyboardInterrupt:
            if len(self.best) == 0:
                raise
            return Outcome.INTERRUPTED

    def _rounds(self, loading: Loading, most_rounds: int) -> Outcome:
        for rounds in range(1, most_rounds + 1):
            self.residual = np.inf
            solve(loading, self.best, self.target, self._watch)
            costs = class_costs(self.problem, loading.loads(self.best))
            paths, order, left = self.search.enlarged(self.paths, loading.choice, costs, self._pause)
            if len(paths) == len(self.paths):
                self.missing_share = left
                return Outcome.CONVERGED if self.residual <= self.target else Outcome.STALLED
            if rounds == most_rounds:
                break
            loading = Loading(self.problem, self.form, paths, self.lengths)
            self.best = np.r_[self.best, np.zeros(len(paths) - len(self.paths))][order]
            self.paths = paths
        return Outcome.OUT_OF_ITERATIONS

    def _pause(self) -> None:
        if time.perf_counter() > self.end:
            raise _Stop(Outcome.OUT_OF_TIME)

    def _watch(self, flows: Floats, residual: float | None) -> None:
        """Keep flows that are the best so far, note the step, and stop at a limit."""
        if residual is not None:
            if residual < self.residual and flows.min() >= 0:
                self.best, self.residual = flows, residual
            self.history.append(Step(self.iterations, time.perf_counter() - self.begun, residual))
            if self.progress is not None:
                self.progress(self.history[-1])
        if self.iterations >= self.most_iterations:
            raise _Stop(Outcome.OUT_OF_ITERATIONS)
        self.iterations += 1
        self._pause()


def class_costs(problem: Problem, load: Floats) -> Floats:
    """What one unit of each class pays on each link at link loads, shape (classes, links); inf where not allowed."""
    times = delays.times(problem.links.delays, np.maximum(load, 0.0))
    made = np.empty((len(problem.classes), problem.links.count))
    for k, c in enumerate(problem.classes):
        made[k] = c.time_cost * times + (0.0 if c.fixed_cost is None else c.fixed_cost)
        if c.allowed is not None:
            made[k][~c.allowed] = np.inf
    return made


def _link_flows(problem: Problem, paths: PathSet, flows: Floats) -> Floats:
    made = np.zeros((len(problem.classes), problem.links.count))
    length = np.diff(paths.start)
    np.add.at(made, (np.repeat(paths.pairs.class_[paths.pair], length), paths.links), np.repeat(flows, length))
    return made


def _record(paths: PathSet, flows: Floats) -> Paths:
    pairs = paths.pairs
    return Paths(
        class_=pairs.class_[paths.pair],
        origin=pairs.origin[paths.pair],
        destination=pairs.destination[paths.pair],
        flow=flows,
        share=flows / pairs.volume[paths.pair],
        start=paths.start.astype(np.int32),
        links=paths.links,
    )
