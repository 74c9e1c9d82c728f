"""A check of stochastic equilibrium from its path flows alone, in plain Python; it shares no code with the solver.

Times come from formulas of its own (the bulk queue by bisection), probabilities from the definition of the model, pair
by pair, and missing paths from a depth-first walk over all loopless paths that could be worth `least_share`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karvan.assignment.verify_choice import Key, Missing, Path, Sets, probabilities
from karvan.model.problem import BPR, QUEUE, Floats, Problem

if TYPE_CHECKING:
    from karvan.assignment.stochastic_equilibrium import StochasticResult

ROUNDING = 1e-12


@dataclass(frozen=True, kw_only=True)
class StochasticVerdict:
    """What a check of a stochastic equilibrium found.

    - residual: of link loads, as `StochasticResult` defines it; path_residual: the sum over paths of the difference
      between flow and volume * probability, by all volume
    - conservation: the largest part of a pair's volume by which its path flows miss it
    - flow_error: the sum over classes and links of the difference between flows and those of the paths, by the latter
    - bad_paths: how many are broken, meet a node twice, pass where they may not, come twice or carry less than nothing
    - missing_share: the largest probability of a path that is worth least_share and left out; 0 if none was found
    - pairs, searched: how many pairs there are, and between how many all paths were looked for
    """

    residual: float
    path_residual: float
    conservation: float
    flow_error: float
    bad_paths: int
    missing_share: float
    pairs: int
    searched: int
    target: float

    @property
    def holds(self) -> bool:
        """Whether the flows are an equilibrium of the whole demand to the target, as far as paths were looked for."""
        exact = max(self.conservation, self.flow_error) <= 1e-9
        return exact and self.residual <= self.target + ROUNDING and self.bad_paths == 0 and self.missing_share == 0

    def __str__(self) -> str:
        missing = f"a path worth {self.missing_share:.2g} is missing" if self.missing_share else "no path is missing"
        return (
            f"{'Holds' if self.holds else 'Does not hold'}: residual {self.residual:.2g} (target {self.target:.2g}), "
            f"demand missed by {self.conservation:.2g}, {self.bad_paths} faulty paths, and {missing} between "
            f"{self.searched} of {self.pairs} pairs looked at."
        )


def verify_stochastic(result: StochasticResult) -> StochasticVerdict:
    """Check a result; see `StochasticVerdict`."""
    problem, paths = result.problem, result.paths
    sets: Sets = defaultdict(dict)
    for i in range(len(paths)):
        key = (int(paths.class_[i]), int(paths.origin[i]), int(paths.destination[i]))
        sets[key][tuple(int(a) for a in paths.of(i))] = float(paths.flow[i])
    volumes = _volumes(problem)
    flows = _link_flows(problem, sets)
    loads = sum(np.asarray(c.load) * f for c, f in zip(problem.classes, flows, strict=True))
    costs = _costs(problem, np.asarray(loads))
    lengths = _costs(problem, np.zeros(problem.links.count))
    chosen: Sets = {}
    for key, held in sets.items():
        part = probabilities(result.model, key[0], list(held), costs[key[0]], lengths[key[0]])
        chosen[key] = {path: volumes.get(key, 0.0) * p for path, p in zip(held, part, strict=True)}
    again = sum(np.asarray(c.load) * f for c, f in zip(problem.classes, _link_flows(problem, chosen), strict=True))
    missing, searched = Missing(result, sets, costs, lengths).among(sorted(sets))
    twice = len(paths) - sum(len(held) for held in sets.values())
    bad = sum(_is_bad(problem, key, path, x) for key, held in sets.items() for path, x in held.items())
    off = sum(abs(x - chosen[key][path]) for key, held in sets.items() for path, x in held.items())
    return StochasticVerdict(
        residual=_relative(np.asarray(again - loads), np.asarray(again)),
        path_residual=off / max(sum(volumes.values()), 1e-300),
        conservation=max((abs(sum(sets[k].values()) / v - 1) for k, v in volumes.items()), default=0.0),
        flow_error=_relative(result.flows - flows, flows),
        bad_paths=twice + bad,
        missing_share=missing,
        pairs=len(volumes),
        searched=searched,
        target=result.target,
    )


def _relative(difference: Floats, whole: Floats) -> float:
    total = float(np.abs(whole).sum())
    return float(np.abs(difference).sum()) / total if total > 0 else 0.0


def _volumes(problem: Problem) -> dict[Key, float]:
    made: dict[Key, float] = defaultdict(float)
    for k, c in enumerate(problem.classes):
        for o, d, v in zip(c.demand.origin, c.demand.destination, c.demand.volume, strict=True):
            if v > 0 and o != d:
                made[k, int(o), int(d)] += float(v)
    return dict(made)


def _link_flows(problem: Problem, sets: Sets) -> Floats:
    made = np.zeros((len(problem.classes), problem.links.count))
    for (k, _, _), held in sets.items():
        for path, flow in held.items():
            made[k, list(path)] += flow
    return made


def _costs(problem: Problem, loads: Floats) -> Floats:
    """Costs (classes, links) at loads; inf where not allowed."""
    d = problem.links.delays
    times = np.array([float(t) for t in d.free_time])
    for a in range(problem.links.count):
        if d.kind[a] == BPR:
            times[a] += float(d.free_time[a] * d.b[a]) * (float(loads[a]) / float(d.capacity[a])) ** float(d.power[a])
        elif d.kind[a] == QUEUE:
            times[a] += _wait(float(loads[a]), float(d.departures[a]), float(d.capacity[a]))
    made = np.empty((len(problem.classes), problem.links.count))
    for k, c in enumerate(problem.classes):
        made[k] = times * np.asarray(c.time_cost) + (0.0 if c.fixed_cost is None else np.asarray(c.fixed_cost))
        if c.allowed is not None:
            made[k, ~np.asarray(c.allowed)] = math.inf
    return made


def _wait(load: float, departures: float, batch: float) -> float:
    """The mean wait of the bulk queue; beyond 0.999 of what departures take it goes on along its tangent."""
    edge = 0.999 * departures * batch
    if load > edge:
        rise = 1e-6 * edge
        before, at = _wait(edge - rise, departures, batch), _wait(edge, departures, batch)
        second = _wait(edge - 2 * rise, departures, batch)
        return at + (load - edge) * (3 * at - 4 * before + second) / (2 * rise)
    low, high = 0.0, 1.0
    for _ in range(2000):
        # s = 1 - r, the chance that none waits, falls as load grows.
        s = (low + high) / 2
        if s in (low, high):
            break
        if departures * (1 - s) * -math.expm1(batch * math.log1p(-s)) / s > load:
            low = s
        else:
            high = s
    return 1 / departures / (-math.expm1(batch * math.log1p(-high)) if high < 1 else 1.0)


def _is_bad(problem: Problem, key: Key, path: Path, flow: float) -> bool:
    k, origin, destination = key
    links, allowed = problem.links, problem.classes[k].allowed
    nodes = [origin, *(int(links.head[a]) for a in path)]
    joined = all(int(links.tail[a]) == node for a, node in zip(path, nodes, strict=False))
    open_ = all(links.through[n] for n in nodes[1:-1]) and (allowed is None or all(allowed[a] for a in path))
    return not (joined and open_ and nodes[-1] == destination and len(set(nodes)) == len(nodes) and flow >= 0)
