"""Whether an assignment is what it says it is: all of it computed anew from the flows alone.

Nothing here is shared with the solver: delays are other formulas, the wait of a queue is found by bisection, shortest
paths are scipy's. What can be seen in flows that are summed over origins is seen; a flow that carries the right number
of units to the wrong places may show as a gap below zero, for it can cost less than the cheapest paths of the demand.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from karvan.assignment import verify_checks as checks
from karvan.model.problem import Floats, Problem

if TYPE_CHECKING:
    from karvan.assignment.result import Result

# No gap is asked to be smaller, whatever the target. Costs and flows are rounded to 53 bits, u = 1.1e-16 each. The cost
# of a path of n links is off by up to n * u, the flow of a link that m paths share by up to m * u; with n and m in the
# hundreds, and errors of either sign, the gap of a perfect equilibrium may come out anywhere within this.
FLOOR = 1e-13
# A hard capacity may be exceeded by this share of it, and prices may be paid for free places up to this share of the
# cost; or by as much as the gap may be, if that is more.
TOLERANCE = 1e-9


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the check found. It holds if there is no problem.

    - gap: (cost paid - cost of the best alternatives) / cost paid; limit: the largest that is let pass
    - conservation: largest error of what comes and goes at a node; negative: the most negative flow; barred: the most
      flow where its class is not allowed; each as a share of the demand of its class
    - excess: largest share of a hard capacity by which it is exceeded
    - complementarity: price times free places, over all links, as a share of the cost paid
    - unserved: volume that was not carried
    """

    gap: float = math.nan
    limit: float
    conservation: float = math.nan
    negative: float = math.nan
    barred: float = math.nan
    excess: float = math.nan
    complementarity: float = math.nan
    unserved: float = math.nan
    problems: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the flows are what they are said to be."""
        return not self.problems

    @property
    def sentence(self) -> str:
        """One line."""
        if self.problems:
            more = f" ({len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
            return f"Does not hold: {self.problems[0]}{more}"
        left = f"; {self.unserved:.6g} units are not served" if self.unserved else ""
        return (
            f"Verified: the relative gap is {self.gap:.1e} (at most {self.limit:.1e}), nodes balance to "
            f"{self.conservation:.1e} of demand, capacities are kept{left}."
        )

    def __str__(self) -> str:
        return self.sentence


def verify(result: Result) -> Verdict:
    """The check of a result. One that did not reach its target does not hold, however small its gap."""
    verdict = verify_flows(
        result.problem,
        result.flows,
        result.prices,
        result.unserved,
        target=result.target,
        objective=result.objective,
        refusal_cost=result.refusal_cost,
    )
    if result.converged:
        return verdict
    gap, asked = f"{verdict.gap:.2e}", f"{result.target:.1e}"
    stopped = f"The solver stopped ({result.outcome}) at a relative gap of {gap}; {asked} was asked for."
    others = (p for p in verdict.problems if p not in _gap_problems(verdict.gap, verdict.limit))
    return replace(verdict, problems=(stopped, *others))


def verify_flows(
    problem: Problem,
    flows: Floats,
    prices: Floats,
    unserved: Sequence[Floats],
    *,
    target: float,
    objective: str = "user",
    refusal_cost: float = math.inf,
    tolerance: float = TOLERANCE,
) -> Verdict:
    """The check of flows (classes, links), prices (links) and unserved volumes (by class, in the order of its demand).

    `target` is the largest relative gap allowed, `tolerance` that of capacities and prices; see the constants above.
    """
    limit, loose = max(target, FLOOR), max(target, tolerance)
    if not all(np.isfinite(values).all() for values in (flows, prices, *unserved)):
        return Verdict(limit=limit, problems=("Flows, prices and unserved volumes are not all finite numbers.",))
    claim = checks.Claim(
        problem=problem,
        flows=flows,
        prices=prices,
        unserved=tuple(unserved),
        objective=objective,
        refusal_cost=refusal_cost,
    )
    gap, paid, choices = checks.gap(claim)
    found = {
        "conservation": checks.over_classes(checks.balance, claim),
        "negative": checks.over_classes(checks.below_zero, claim),
        "barred": checks.over_classes(checks.barred, claim),
        "excess": checks.excess(claim, loose),
        "complementarity": checks.complementarity(claim, paid, loose),
    }
    return Verdict(
        gap=gap,
        limit=limit,
        unserved=math.fsum(float(u.sum()) for u in unserved),
        problems=(*_gap_problems(gap, limit), *choices, *(p for _, problems in found.values() for p in problems)),
        **{name: worst for name, (worst, _) in found.items()},
    )


def _gap_problems(gap: float, limit: float) -> tuple[str, ...]:
    """What is wrong with a gap: a tuple of one sentence, or of none."""
    if not gap <= limit:
        return (f"The relative gap is {gap:.2e}; at most {limit:.1e} is allowed.",)
    if gap < -max(limit, checks.ROUNDING):
        return (f"The relative gap is {gap:.2e}: no flows that carry the demand to where it goes cost so little.",)
    return ()
