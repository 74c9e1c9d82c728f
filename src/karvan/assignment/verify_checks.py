"""The single checks of `verify`: each gives the size of the worst error and a sentence for each that is too large."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from karvan.assignment import sentences
from karvan.assignment.distances import distances
from karvan.assignment.verify_delays import overloaded, times
from karvan.model.problem import Floats, Problem, UserClass

# Flows that ought to balance or be nothing may be off by this share of the demand of their class: one unit in ten
# thousand million, far above what adding up a million rounded numbers loses and far below what a traveller could see.
ROUNDING = 1e-10
# So many links, nodes or pairs are named for each kind of problem.
NAMED = 5

Found = tuple[float, list[str]]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Flows (classes, links), prices (links) and volumes not served (by class) that are said to solve a problem."""

    problem: Problem
    flows: Floats
    prices: Floats
    unserved: tuple[Floats, ...]
    objective: str
    refusal_cost: float

    @property
    def by_class(self) -> Iterable[tuple[UserClass, Floats, Floats]]:
        """Each class with its flows and its unserved volumes."""
        return zip(self.problem.classes, self.flows, self.unserved, strict=True)

    @property
    def load(self) -> Floats:
        """Load of each link."""
        made = np.zeros(self.problem.links.count)
        for user, flow, _ in self.by_class:
            made += user.load * flow
        return made

    def usable(self, user: UserClass) -> NDArray[np.bool_]:
        """Which links a class may use."""
        return np.ones(self.problem.links.count, np.bool_) if user.allowed is None else user.allowed

    def named(self, where: NDArray[np.bool_], say: Callable[[str, int], str]) -> Iterator[str]:
        """Sentences for the first links of many."""
        links = self.problem.links
        return sentences.listed(np.flatnonzero(where), lambda a: say(sentences.link(links, a), a), NAMED)


def gap(claim: Claim) -> tuple[float, float, list[str]]:
    """The relative gap, the cost paid, and what is wrong with costs and with what is said not to be served.

    Demand without a path has no choice and stands on neither side.
    """
    time, growth = times(claim.problem.links.delays, claim.load)
    paid: list[float] = []
    best: list[float] = []
    found: list[str] = []
    for user, flow, left in claim.by_class:
        usable = claim.usable(user)
        cost = user.time_cost * (time + growth if claim.objective == "system" else time) + user.load * claim.prices
        cost = cost if user.fixed_cost is None else cost + user.fixed_cost
        found += _costs_below_zero(claim, user, np.where(usable, cost, 0.0))
        path = distances(claim.problem.links, usable, np.maximum(cost, 0.0), user.demand)
        found += _refusals(claim, user, path, left)
        choice = np.isfinite(path)
        if math.isfinite(claim.refusal_cost):
            paid += (claim.refusal_cost * left[choice]).tolist()
            best += (np.minimum(path, claim.refusal_cost) * user.demand.volume)[choice].tolist()
        else:
            best += (path[choice] * (user.demand.volume - left)[choice]).tolist()
        paid += (cost * flow)[usable].tolist()
    # Both are nearly the same: added up in one go, their difference is exact but for the rounding of each term.
    total, over = math.fsum(paid), math.fsum(paid + [-b for b in best])
    if total > 0:
        return over / total, total, found
    return (0.0 if over == 0 else math.copysign(math.inf, over)), total, found


def _costs_below_zero(claim: Claim, user: UserClass, cost: Floats) -> Iterator[str]:
    return claim.named(
        cost < 0, lambda at, a: f"The cost of class {user.name} on {at} is {cost[a]:.6g}; none may be below 0."
    )


def _refusals(claim: Claim, user: UserClass, path: Floats, left: Floats) -> Iterator[str]:
    """Volumes not served that cannot be: more than there is, with a path and no price, or less than has no path."""
    volume = user.demand.volume
    slack = ROUNDING * volume.sum()

    def named(where: NDArray[np.bool_], expected: str) -> Iterator[str]:
        def say(i: int) -> str:
            at = sentences.pair(claim.problem.links, user, i)
            return f"{left[i]:.6g} of {volume[i]:.6g} units of {at} are said not to be served; {expected}."

        return sentences.listed(np.flatnonzero(where), say, NAMED)

    yield from named((left < -slack) | (left > volume + slack), "no less than none and no more than all can be")
    yield from named(np.isinf(path) & (left < volume - slack), "there is no path for any")
    if math.isinf(claim.refusal_cost):
        yield from named(np.isfinite(path) & (left > slack), "there is a path for all, and no cost of refusal")


def over_classes(check: Callable[[Claim, UserClass, Floats, Floats], Found], claim: Claim) -> Found:
    """A check of all classes: the worst of its errors, and all it found."""
    single = [check(claim, user, flow, left) for user, flow, left in claim.by_class]
    return max((worst for worst, _ in single), default=0.0), [p for _, problems in single for p in problems]


def balance(claim: Claim, user: UserClass, flow: Floats, left: Floats) -> Found:
    """Whether as much of a class comes and goes at each node as the demand says, and none passes a closed one."""
    links, demand = claim.problem.links, user.demand
    nodes = links.ids.shape[0]
    carried = np.where(demand.origin == demand.destination, 0.0, demand.volume - left)
    comes, goes = np.bincount(links.head, flow, nodes), np.bincount(links.tail, flow, nodes)
    ends, begins = np.bincount(demand.destination, carried, nodes), np.bincount(demand.origin, carried, nodes)
    passing = np.abs((comes - goes) - (ends - begins))
    closed = np.maximum(np.abs(comes - ends), np.abs(goes - begins))
    error = _share(np.where(links.through, passing, closed), user)

    def say(n: int) -> str:
        only = "" if links.through[n] else ", where paths may only begin or end,"
        return (
            f"At node {links.ids[n]}{only} {comes[n]:.8g} units of class {user.name} arrive and {goes[n]:.8g} leave; "
            f"by the demand {ends[n]:.8g} end and {begins[n]:.8g} begin there."
        )

    return float(error.max(initial=0.0)), list(sentences.listed(np.flatnonzero(error > ROUNDING), say, NAMED))


def below_zero(claim: Claim, user: UserClass, flow: Floats, _left: Floats) -> Found:
    """Whether no flow is negative."""
    error = _share(np.maximum(-flow, 0.0), user)

    def say(at: str, a: int) -> str:
        return f"The flow of class {user.name} on {at} is {flow[a]:.6g}; none may be below 0."

    return float(error.max(initial=0.0)), list(claim.named(error > ROUNDING, say))


def barred(claim: Claim, user: UserClass, flow: Floats, _left: Floats) -> Found:
    """Whether a class is nowhere where it is not allowed."""
    error = _share(np.where(claim.usable(user), 0.0, np.abs(flow)), user)

    def say(at: str, a: int) -> str:
        return f"The flow of class {user.name} on {at} is {flow[a]:.6g}; it is not allowed there, so 0 is expected."

    return float(error.max(initial=0.0)), list(claim.named(error > ROUNDING, say))


def excess(claim: Claim, loose: float) -> Found:
    """Whether no link carries more than its hard capacity, and no queue more than its departures can take."""
    most, load = claim.problem.links.most, claim.load
    # Even a capacity of nothing may be exceeded by what rounding leaves of the largest load.
    over = np.where(load - most > 1e-12 * load.max(initial=0.0), load - most, 0.0)
    share = np.divide(over, most, out=np.where(over > 0, np.inf, 0.0), where=most > 0)
    found = list(
        claim.named(share > loose, lambda at, a: f"The load of {at} is {load[a]:.10g}; it can carry {most[a]:.10g}.")
    )
    delays = claim.problem.links.delays
    found += claim.named(
        overloaded(delays, load) >= 0,
        lambda at, a: (
            f"The load of {at} is {load[a]:.6g}; its departures take {delays.departures[a] * delays.capacity[a]:.6g}, "
            "and the wait has no end."
        ),
    )
    return float(share.max(initial=0.0)), found


def complementarity(claim: Claim, paid: float, loose: float) -> Found:
    """Whether a place has a price only where there is none left, and no price is below 0."""
    prices, free = claim.prices, claim.problem.links.most - claim.load
    found = list(claim.named(prices < 0, lambda at, a: f"The price of {at} is {prices[a]:.6g}; none may be below 0."))
    priced = prices != 0
    wasted = np.zeros_like(prices)
    wasted[priced] = np.abs(prices[priced] * free[priced])
    share = math.fsum(wasted.tolist()) / paid if paid > 0 else (np.inf if wasted.any() else 0.0)
    if share > loose:
        a = int(wasted.argmax())
        at = sentences.link(claim.problem.links, a)
        found.append(
            f"Prices of places that are free come to {share:.2e} of the cost; the most is on {at}, where {free[a]:.6g} "
            f"places are free at a price of {prices[a]:.6g}, and 0 is expected."
        )
    return float(share), found


def _share(error: Floats, user: UserClass) -> Floats:
    """Errors as shares of the demand of a class."""
    total = float(user.demand.volume.sum())
    return error / total if total > 0 else np.where(error > 0, np.inf, 0.0)
