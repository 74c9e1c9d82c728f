"""What an assignment gives: frozen, with the verdict of an independent check."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from karvan.assignment import delays
from karvan.model.problem import Floats, Ints, Problem

if TYPE_CHECKING:
    from karvan.assignment.verify import Verdict


class Outcome(StrEnum):
    """Why a solver stopped. Overloaded is an equilibrium in which some queue gets more than its departures can take."""

    CONVERGED = "converged"
    STALLED = "stalled"
    OUT_OF_ITERATIONS = "out of iterations"
    OUT_OF_TIME = "out of time"
    INTERRUPTED = "interrupted"
    OVERLOADED = "overloaded"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history: seconds since the start and the relative gap then.

    A gap that is not exact was added up while flows moved, row by row; the last of a history is exact.
    """

    iteration: int
    seconds: float
    gap: float
    exact: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Used paths. Path i belongs to class_[i] and goes over links[start[i]:start[i + 1]], in order, with flow[i].

    `share` (paths) is the part of the class's demand from its origin to its destination.
    """

    class_: Ints
    origin: Ints
    destination: Ints
    flow: Floats
    share: Floats
    start: Ints
    links: Ints

    def __len__(self) -> int:
        return int(self.flow.shape[0])

    def of(self, path: int) -> Ints:
        """The links of a path, in order."""
        return self.links[self.start[path] : self.start[path + 1]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Result:
    """Flows at which nobody gains by another path, as far as `gap` says.

    - flows (classes, links): units of each class; loads (links): what they load the links with, together
    - times (links): delays at these loads; costs (classes, links): what one unit pays, prices included
    - prices (links): cost a unit of load pays for a place where `Links.most` binds, 0 elsewhere: the shadow price
    - unserved: by class, the volume of each of its pairs that was not carried, in the order of its demand
    - gap: the relative gap by the solver, (cost paid - cost of best paths) / cost paid; target: what was asked for
    - objective: "user" for equilibrium, "system" for the least total cost (see `system`)
    - state: what a later run can start from, and paths are read from
    """

    problem: Problem
    algorithm: str
    objective: str
    flows: Floats
    prices: Floats
    unserved: tuple[Floats, ...]
    gap: float
    target: float
    outcome: Outcome
    history: tuple[Step, ...]
    refusal_cost: float = np.inf
    state: Any = field(default=None, repr=False)

    @property
    def converged(self) -> bool:
        """Whether the target was reached; nothing else is called so."""
        return self.outcome is Outcome.CONVERGED

    @cached_property
    def loads(self) -> Floats:
        """Load of each link by all classes."""
        made = np.zeros(self.problem.links.count)
        for c, flow in zip(self.problem.classes, self.flows, strict=True):
            made += c.load * flow
        return made

    @cached_property
    def times(self) -> Floats:
        """Delay of each link at its load."""
        return delays.times(self.problem.links.delays, self.loads)

    @cached_property
    def costs(self) -> Floats:
        """What one unit of each class pays on each link, shape (classes, links); inf where it is not allowed."""
        made = np.empty_like(self.flows)
        for k, c in enumerate(self.problem.classes):
            made[k] = c.time_cost * self.times + c.load * self.prices
            if c.fixed_cost is not None:
                made[k] += c.fixed_cost
            if c.allowed is not None:
                made[k][~c.allowed] = np.inf
        return made

    @cached_property
    def total_cost(self) -> float:
        """Time and fixed costs of all users, without prices of capacity."""
        total = 0.0
        for c, flow in zip(self.problem.classes, self.flows, strict=True):
            cost = c.time_cost * self.times + (0.0 if c.fixed_cost is None else c.fixed_cost)
            total += float(np.dot(cost, flow))
        return total

    @cached_property
    def beckmann(self) -> float:
        """Beckmann's objective, which a user equilibrium of one class makes least.

        The integral of time over load, plus fixed costs as time (divided by time_cost and multiplied by load). Of
        several classes it has a meaning only where each class's time_cost and load are the same on every link.
        """
        total = float(delays.integrals(self.problem.links.delays, self.loads).sum())
        for c, flow in zip(self.problem.classes, self.flows, strict=True):
            if c.fixed_cost is not None:
                total += float(np.dot(c.load * c.fixed_cost / c.time_cost, flow))
        return total

    @cached_property
    def paths(self) -> Paths:
        """The paths used, with their shares. Raises InputError if the algorithm keeps none (Frank-Wolfe)."""
        from karvan.assignment.paths import paths

        return paths(self)

    @cached_property
    def verdict(self) -> Verdict:
        """What a check that shares no code with the solver finds in the flows alone."""
        from karvan.assignment.verify import verify

        return verify(self)
