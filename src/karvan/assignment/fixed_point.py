"""The fixed point of stochastic loading over a set of paths, by Newton's method on the link loads.

With F(v) the loads that path choice makes of the costs at loads v, and J its Jacobian, a step d solves (I - J) d =
F(v) - v by GMRES (Saad and Schultz 1986). J is never formed: J d goes from links to paths and back. Steps are halved
until the residual falls (Dennis and Schnabel 1983, ch. 6).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from karvan.assignment import delays
from karvan.assignment.logit import Choice, Form, Shares
from karvan.assignment.path_sets import PathSet
from karvan.model.problem import BPR, QUEUE, Delays, Floats, Problem

# Newton's method is given up for a softer choice after so many steps that do not come NEAR; softer ones are solved only
# so far.
FEW = 20
NEAR = 1e-3
SOFTEST = 1e-12

Watch = Callable[[Floats, float | None], None]


class Point(NamedTuple):
    """What choice makes of loads: shares and flows (paths), loads (links)."""

    shares: Shares
    flows: Floats
    loads: Floats


class Loading:
    """Path choice over a set of paths as a function of link loads.

    `sharpness` of its methods multiplies all costs, and so the scales of the model: the softer the choice, the closer
    is the function to a constant.
    """

    def __init__(self, problem: Problem, form: Form, paths: PathSet, lengths: Floats) -> None:
        from scipy.sparse import csr_array  # type: ignore[import-untyped]

        n = problem.links.count
        self.delays = problem.links.delays
        self.choice = Choice(form, paths, lengths)
        self.volume = paths.pairs.volume[paths.pair]
        place = (np.repeat(paths.pairs.class_[paths.pair], np.diff(paths.start)), paths.links)
        pays = np.stack([np.broadcast_to(c.time_cost, n) for c in problem.classes])
        load = np.stack([np.broadcast_to(c.load, n) for c in problem.classes])
        fixed = np.stack([np.zeros(n) if c.fixed_cost is None else c.fixed_cost for c in problem.classes])
        shape = (len(paths), n)
        self.pays = csr_array((pays[place], paths.links, paths.start), shape=shape)
        self.carries = csr_array((load[place], paths.links, paths.start), shape=shape).T.tocsr()
        self.fixed = np.add.reduceat(fixed[place], paths.start[:-1])

    def loads(self, flows: Floats) -> Floats:
        """Link loads of path flows."""
        made: Floats = self.carries @ flows
        return made

    def at(self, load: Floats, sharpness: float = 1.0) -> Point:
        """What choice makes of the costs at link loads."""
        times = delays.times(self.delays, np.maximum(load, 0.0))
        shares = self.choice.shares(sharpness * (self.pays @ times + self.fixed))
        flows = self.volume * shares.whole
        return Point(shares, flows, self.loads(flows))

    def step(self, load: Floats, at: Point, sharpness: float) -> Floats:
        """The path flows that a full step of Newton's method from a point leads to.

        They are those of the point and the change that they undergo along the step, so they keep to the demand.
        """
        from scipy.sparse.linalg import LinearOperator, gmres  # type: ignore[import-untyped]

        slope = sharpness * slopes(self.delays, load)

        def change(direction: Floats) -> Floats:
            return self.volume * self.choice.change(at.shares, self.pays @ (slope * direction))

        def product(direction: Floats) -> Floats:
            return direction - self.loads(change(direction))

        matrix = LinearOperator((len(load), len(load)), matvec=product, dtype=np.float64)
        direction, _ = gmres(matrix, at.loads - load, rtol=1e-6, atol=0.0, restart=100, maxiter=4)
        return at.flows + change(direction)


def slopes(d: Delays, load: Floats) -> Floats:
    """The derivative of time by load of each link; 0 where there is no load."""
    made = np.zeros_like(load)
    at = (d.kind == BPR) & (load > 0)
    relative, power = load[at] / d.capacity[at], d.power[at]
    made[at] = d.free_time[at] * d.b[at] * power / d.capacity[at] * relative ** (power - 1)
    for a in np.flatnonzero((d.kind == QUEUE) & (load >= 0)):
        made[a] = delays.wait_and_slope(load[a], d.departures[a], d.capacity[a])[1]
    return made


def residual(load: Floats, at: Point) -> float:
    """The sum of |F(v) - v| over links by that of F(v)."""
    total = np.abs(at.loads).sum()
    return float(np.abs(at.loads - load).sum() / total) if total > 0 else 0.0


def solve(loading: Loading, flows: Floats, target: float, watch: Watch) -> None:
    """Bring path flows to the fixed point; `watch` sees all of them on the way, and may raise to stop.

    watch(flows, residual) is called at every step, with None for a residual of a softened choice. Where Newton's method
    does not come near, the choice is softened until it does, and sharpened again from there.
    """
    flows, far = newton(loading, flows, target, watch, most=FEW)
    if far > NEAR:
        flows = ramp(loading, flows, watch)
    if far > target:
        newton(loading, flows, target, watch)


def ramp(loading: Loading, flows: Floats, watch: Watch) -> Floats:
    """Path flows from which Newton's method should come near, by choices ever less soft."""
    sharpness, far = 1.0, np.inf
    start = flows
    while far > NEAR and sharpness > SOFTEST:
        sharpness /= 8
        flows, far = newton(loading, start, NEAR, watch, sharpness=sharpness, most=FEW)
    growth = 4.0
    while sharpness < 1 and growth > 1.01:
        sharper = min(1.0, sharpness * growth)
        tried, far = newton(loading, flows, NEAR, watch, sharpness=sharper, most=FEW)
        if far <= NEAR:
            flows, sharpness, growth = tried, sharper, min(16.0, 1.5 * growth)
        else:
            growth = growth**0.5
    return flows


def newton(
    loading: Loading, flows: Floats, target: float, watch: Watch, *, sharpness: float = 1.0, most: int = 200
) -> tuple[Floats, float]:
    """Steps until the residual is at most the target, none lowers it, or `most` are made: flows and residual."""
    load = loading.loads(flows)
    at = loading.at(load, sharpness)
    for step in range(most + 1):
        far = residual(load, at)
        watch(flows, far if sharpness == 1 else None)
        if (far <= target and flows.min() >= 0) or step == most:
            break
        whole = loading.step(load, at, sharpness) - flows
        norm, part = np.linalg.norm(at.loads - load), 1.0
        while part > 1e-9:
            tried = flows + part * whole
            new_load = loading.loads(tried)
            new_at = loading.at(new_load, sharpness)
            if np.linalg.norm(new_at.loads - new_load) <= (1 - 1e-4 * part) * norm:
                break
            part /= 2
        else:
            break
        flows, load, at = tried, new_load, new_at
    return flows, far
