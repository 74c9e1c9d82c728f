"""The gap as a run brings it down."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from karvan.assignment.result import Step

# A gap that has not fallen by a tenth in so many iterations is as small as the arithmetic lets it be.
_PATIENCE = 30
# What a sweep with its replays takes off the gap at the least, when all goes well.
_LIKELY_FALL = 0.1


class Watch:
    """The gap as it falls: whether it is there, may be there, or falls no more."""

    def __init__(self, target: float, fixed_cost: float, started: float, report: Callable[[Step], None] | None) -> None:
        self.target, self.fixed_cost, self.started, self.report = target, fixed_cost, started, report
        self.history: list[Step] = []
        self.gap = self.best = self.last = np.inf
        self.excess = 0.0
        self.fall = 1.0
        self.since = 0
        self.exact = False
        self.paid = 0.0

    def see(self, excess: float, least: float, *, exact: bool) -> bool:
        """Take note of what was found; whether the target is reached."""
        cost = least + self.fixed_cost + excess
        self.excess, self.exact, self.paid = max(excess, 0.0), exact, cost
        self.gap = self.excess / cost if cost > 0 else 0.0
        if not exact:  # an exact gap is another measure, and often more
            self.fall = self.gap / self.last if self.last < np.inf and self.last > 0 else 1.0
            self.last = self.gap
            self.since = 0 if self.gap < 0.9 * self.best else self.since + 1
            self.best = min(self.best, self.gap)
        self.history.append(Step(len(self.history), time.perf_counter() - self.started, self.gap, exact))
        if self.report:
            self.report(self.history[-1])
        return exact and self.gap <= self.target

    def may_be_there(self) -> bool:
        """Whether the gap may have come down to the target since it was seen, if it falls as it did."""
        return not self.exact and self.gap * min(self.fall, _LIKELY_FALL) <= self.target

    def stalled(self) -> bool:
        """Whether the gap has not fallen for long."""
        return self.since >= _PATIENCE
