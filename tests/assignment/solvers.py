"""Equilibria by other means than Karvan's: paths listed one by one, optima by scipy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog, minimize
from scipy.sparse import block_diag, csr_matrix, hstack, vstack

from karvan.model.problem import BPR, Links, Problem, UserClass


@dataclass(frozen=True)
class Listed:
    """All simple paths of all pairs: the class and pair of each, and which links it takes (paths, links)."""

    class_: np.ndarray
    pair: np.ndarray
    takes: np.ndarray


def paths_between(links: Links, usable: np.ndarray, origin: int, destination: int) -> list[list[int]]:
    """Every path that meets no node twice and passes no closed one."""
    found: list[list[int]] = []

    def go(at: int, seen: set[int], taken: list[int]) -> None:
        if at == destination:
            found.append(taken)
            return
        if at != origin and not links.through[at]:
            return
        for a in np.flatnonzero((links.tail == at) & usable).tolist():
            if int(links.head[a]) not in seen:
                go(int(links.head[a]), seen | {int(links.head[a])}, [*taken, a])

    go(origin, {origin}, [])
    return found


def usable_by(links: Links, user: UserClass) -> np.ndarray:
    """Which links a class may use."""
    return np.ones(links.count, bool) if user.allowed is None else user.allowed


def list_paths(problem: Problem) -> Listed:
    """The paths of a small problem."""
    class_, pair, takes = [], [], []
    for k, user in enumerate(problem.classes):
        for i, (o, d) in enumerate(zip(user.demand.origin.tolist(), user.demand.destination.tolist(), strict=True)):
            for path in paths_between(problem.links, usable_by(problem.links, user), o, d):
                class_.append(k)
                pair.append(i)
                takes.append(np.bincount(path, minlength=problem.links.count))
    return Listed(np.array(class_), np.array(pair), np.array(takes, float))


def least(problem: Problem, *, system: bool) -> float:
    """The least total cost, or the least of Beckmann's objective, over flows on all simple paths.

    For constant delays and BPR curves, time costs and loads that are one number a class, in one ratio for the system.
    """
    listed, users = list_paths(problem), problem.classes
    weight = np.array([users[k].load for k in listed.class_])
    # Beckmann's objective counts fixed costs in time that a unit of load takes, total cost as they are.
    scale = np.array([1.0 if system else u.load / u.time_cost for u in users])[listed.class_]
    fixed = np.array([listed.takes[p] @ users[k].fixed_cost for p, k in enumerate(listed.class_)]) * scale
    delays = problem.links.delays
    b = np.where(delays.kind == BPR, delays.b, 0.0)
    power = np.where(delays.kind == BPR, delays.power, 0.0)
    worth = float(users[0].time_cost / users[0].load) if system else 1.0

    def objective(x: np.ndarray) -> tuple[float, np.ndarray]:
        v = listed.takes.T @ (weight * x)
        share = 1.0 if system else 1 / (power + 1)
        curve = delays.free_time * b * (v / delays.capacity) ** power
        slope = delays.free_time + curve * (power + 1) * share
        value = worth * (delays.free_time @ v + (curve * share) @ v) + fixed @ x
        return value, worth * weight * (listed.takes @ slope) + fixed

    groups = list(zip(listed.class_.tolist(), listed.pair.tolist(), strict=True))
    wanted = sorted(set(groups))
    sums = np.array([[float(g == w) for g in groups] for w in wanted])
    volume = np.array([users[k].demand.volume[i] for k, i in wanted])
    start = sums.T @ (volume / sums.sum(axis=1))
    found = minimize(
        objective,
        start,
        jac=True,
        method="SLSQP",
        bounds=[(0, None)] * len(start),
        constraints={"type": "eq", "fun": lambda x: sums @ x - volume, "jac": lambda _x: sums},
        options={"ftol": 1e-13, "maxiter": 500},
    )
    return float(found.fun)


@dataclass(frozen=True)
class Programme:
    """The optimum of a linear programme: cost with refusals, cost of a place more on each link, volume refused."""

    cost: float
    prices: np.ndarray
    refused: float


def linear_programme(problem: Problem, refusal_cost: float) -> Programme:
    """The least cost of flows at constant delays within hard capacities, by HiGHS over links and pairs.

    A pair's flow balances at each node; what of it is refused jumps from origin to destination.
    """
    links, nodes = problem.links, problem.links.ids.shape[0]
    incidence = np.zeros((nodes, links.count))
    np.add.at(incidence, (links.head, np.arange(links.count)), 1.0)
    np.add.at(incidence, (links.tail, np.arange(links.count)), -1.0)
    costs, blocks, right, loads, bounds = [], [], [], [], []
    for user in problem.classes:
        cost = user.time_cost * links.delays.free_time + (0.0 if user.fixed_cost is None else user.fixed_cost)
        demand = user.demand
        for o, d, volume in zip(demand.origin, demand.destination, demand.volume, strict=True):
            ends = np.zeros((nodes, 1))
            ends[o], ends[d] = -1.0, 1.0
            blocks.append(np.hstack([incidence, ends]))
            right.append(volume * ends[:, 0])
            costs.append(np.append(cost, refusal_cost))
            loads.append(
                hstack([csr_matrix(np.diag(np.broadcast_to(user.load, links.count))), np.zeros((links.count, 1))])
            )
            bounds += [(0.0, None if u else 0.0) for u in usable_by(links, user)] + [(0.0, None)]
    limited = np.flatnonzero(np.isfinite(links.most))
    found = linprog(
        np.concatenate(costs),
        A_ub=vstack([hstack(loads)]).tocsr()[limited],
        b_ub=links.most[limited],
        A_eq=block_diag(blocks),
        b_eq=np.concatenate(right),
        bounds=bounds,
        method="highs",
    )
    assert found.success, found.message
    prices = np.zeros(links.count)
    prices[limited] = -found.ineqlin.marginals
    refused = found.x.reshape(-1, links.count + 1)[:, -1].sum()
    return Programme(float(found.fun), prices, float(refused))
