"""Small networks whose answers are known, and random ones by seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from karvan.assignment.result import Outcome, Result
from karvan.formats import tntp
from karvan.model.problem import Delays, Demand, Links, Problem, UserClass

GOLDEN = Path(__file__).parents[1] / "golden" / "siouxfalls"


def linear(constant: list[float], slope: list[float]) -> Delays:
    """Times constant + slope * v. A BPR curve has no slope without a free time, so 0 becomes 1e-13."""
    free = np.maximum(constant, 1e-13)
    return Delays.bpr(free, 1.0, b=np.asarray(slope) / free, power=1.0)


def two_links(volume: float = 4.0) -> Problem:
    """A road that jams and one that does not; 1 of 4 takes the first, 0.5 where total time is least.

    .      ┌── 10 + 10 v ──┐
    .      1               2
    .      └── 20 ─────────┘
    """
    links = Links.of([1, 2], [0, 0], [1, 1], linear([10.0, 20.0], [10.0, 0.0]))
    return Problem.single(links, Demand.of([0], [1], [volume]))


def braess(*, bridge: bool) -> Problem:
    """Six users to whom a new road does harm: 92 each with the bridge, 83 without (Braess 1968).

    .            ┌─── 3 ───┐
    .       10 v │    │    │ 50 + v
    .            1    │    2           bridge: 10 + v, downwards
    .     50 + v │    ↓    │ 10 v
    .            └─── 4 ───┘
    """
    kept = slice(None) if bridge else slice(4)
    tail, head = [0, 0, 2, 3, 2][kept], [2, 3, 1, 1, 3][kept]
    delays = linear([0.0, 50.0, 50.0, 0.0, 10.0][kept], [10.0, 1.0, 1.0, 10.0, 1.0][kept])
    return Problem.single(Links.of([1, 2, 3, 4], tail, head, delays), Demand.of([0], [1], [6.0]))


def around(*, through: bool) -> Problem:
    """A short way over zone 2, which may be closed to all who neither begin nor end there.

    .      1 ── 1 ──> 2 ── 1 ──> 3
    .      └─ 5 ─> 4 ─── 5 ──────┘
    """
    delays = Delays.constant([1.0, 1.0, 5.0, 5.0])
    links = Links.of([1, 2, 3, 4], [0, 1, 0, 3], [1, 2, 3, 2], delays, through=[True, through, True, True])
    return Problem.single(links, Demand.of([0, 0, 1], [2, 1, 2], [3.0, 2.0, 1.0]))


def ferry(volume: float = 10.0, places: float = 4.0) -> Problem:
    """A ferry with few places, and a long way round.

    .      ┌── ferry: 2, for at most 4 ──┐
    .      1                             2
    .      └── road: 5 ──────────────────┘
    """
    links = Links.of([1, 2], [0, 0], [1, 1], Delays.constant([2.0, 5.0]), most=[places, np.inf])
    return Problem.single(links, Demand.of([0], [1], [volume]))


def sioux_falls() -> Problem:
    """The network of LeBlanc, Morlok and Pierskalla (1975), Transportation Research 9, 309-318, tables 1 and 2.

    As distributed by Transportation Networks for Research (https://github.com/bstabler/TransportationNetworks), in
    tenths of the published thousands of vehicles; nodes are 1 to 24, each of them a zone.
    """
    return tntp.read(GOLDEN / "SiouxFalls_net.tntp", GOLDEN / "SiouxFalls_trips.tntp").problem


def sioux_falls_flows() -> np.ndarray:
    """The best known flows of Sioux Falls, from the same distribution; their gap is 4e-15."""
    return tntp.read_flow(GOLDEN / "SiouxFalls_flow.tntp").volume


def random_links(random: np.random.Generator, nodes: int, extra: int, *, kinds: tuple[int, ...], most: float) -> Links:
    """A ring, so that each node reaches each other one, and links across it, some of them parallel.

    With `most` above 0 every third link across can carry no more than about that.
    """
    ring = np.arange(nodes)
    tail = np.append(ring, random.integers(0, nodes, extra))
    head = np.append((ring + 1) % nodes, (tail[nodes:] + random.integers(1, nodes, extra)) % nodes)
    count = nodes + extra
    delays = Delays.of(
        random.choice(kinds, count),
        random.uniform(1, 10, count),
        capacity=random.uniform(2, 10, count).round(),
        b=random.uniform(0.1, 1, count),
        power=random.choice([1.0, 2.0, 4.0], count),
        departures=random.uniform(5, 20, count),
    )
    limits = np.full(count, np.inf)
    if most:
        limits[nodes::3] = most * random.uniform(0.5, 1.5, limits[nodes::3].shape[0])
    return Links.of(100 + 10 * ring, tail, head, delays, most=limits)


def random_demand(random: np.random.Generator, nodes: int, pairs: int) -> Demand:
    """Pairs of different nodes, 1 to 5 units each."""
    origin = random.integers(0, nodes, pairs)
    return Demand.of(origin, (origin + random.integers(1, nodes, pairs)) % nodes, random.uniform(1, 5, pairs))


def random_problem(
    seed: int,
    *,
    nodes: int = 6,
    extra: int = 8,
    pairs: int = 4,
    classes: int = 1,
    kinds: tuple[int, ...] = (0, 1),
    most: float = 0.0,
) -> Problem:
    """A random network with classes that pay and weigh differently and have fixed costs."""
    random = np.random.default_rng(seed)
    links = random_links(random, nodes, extra, kinds=kinds, most=most)
    users = tuple(
        UserClass(
            name=f"class {k}",
            demand=random_demand(random, nodes, pairs),
            time_cost=float(random.uniform(0.5, 2)),
            load=float(random.uniform(0.5, 2)),
            fixed_cost=random.uniform(0, 3, links.count),
        )
        for k in range(classes)
    )
    return Problem(links=links, classes=users)


def result_of(
    problem: Problem,
    flows: np.ndarray,
    *,
    prices: np.ndarray | None = None,
    unserved: tuple[np.ndarray, ...] | None = None,
    outcome: Outcome = Outcome.CONVERGED,
    refusal_cost: float = np.inf,
) -> Result:
    """A result that claims these flows, as a solver would hand it over."""
    return Result(
        problem=problem,
        algorithm="by hand",
        objective="user",
        flows=np.atleast_2d(flows),
        prices=np.zeros(problem.links.count) if prices is None else prices,
        unserved=unserved or tuple(np.zeros_like(c.demand.volume) for c in problem.classes),
        gap=0.0,
        target=1e-8,
        outcome=outcome,
        history=(),
        refusal_cost=refusal_cost,
    )
