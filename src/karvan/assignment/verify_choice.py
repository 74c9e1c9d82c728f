"""Path choice by the definition of its models, and the walk for paths left out: a part of `verify_stochastic`."""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from karvan.assignment.logit import Model, Nested, PathSize
from karvan.model.problem import Floats

if TYPE_CHECKING:
    from karvan.assignment.stochastic_equilibrium import StochasticResult

# The walk takes so many steps for one pair, and in all, at most. Pairs come in an order that spreads them evenly.
MOST_STEPS = 100_000
MOST_STEPS_IN_ALL = 4_000_000

Path = tuple[int, ...]
Key = tuple[int, int, int]
Sets = dict[Key, dict[Path, float]]


def _scale(value: object, class_: int) -> float:
    values = np.asarray(value, float)
    return float(values if values.ndim == 0 or values.size == 1 else values[class_])


def probabilities(model: Model, class_: int, paths: list[Path], cost: Floats, length: Floats) -> list[float]:
    """The probability of each path by the definition of the model."""
    total = [math.fsum(cost[a] for a in p) for p in paths]
    least = min(total)
    theta = _scale(model.scale, class_)
    if isinstance(model, Nested):
        mu = _scale(model.nest_scale, class_)
        nest = [_nest(model, p) for p in paths]
        best = {m: min(t for t, n in zip(total, nest, strict=True) if n == m) for m in set(nest)}
        e = [math.exp(-mu * (t - best[m])) for t, m in zip(total, nest, strict=True)]
        sums = {m: math.fsum(x for x, n in zip(e, nest, strict=True) if n == m) for m in best}
        value = {m: math.exp(-theta * (best[m] - least)) * sums[m] ** (theta / mu) for m in best}
        whole = math.fsum(value.values())
        return [x / sums[m] * value[m] / whole for x, m in zip(e, nest, strict=True)]
    weight = [math.exp(-theta * (t - least)) for t in total]
    if isinstance(model, PathSize):
        users = Counter(a for p in paths for a in p)
        weight = [w * _size(p, length, users) ** model.weight for w, p in zip(weight, paths, strict=True)]
    whole = math.fsum(weight)
    return [w / whole for w in weight]


def _nest(model: Nested, path: Path) -> int:
    labels = [int(np.asarray(model.nest)[a]) for a in path]
    return next((m for m in labels if m), 0)


def _size(path: Path, length: Floats, users: Counter[int]) -> float:
    whole = math.fsum(length[a] for a in path)
    return math.fsum(length[a] / (users[a] or 1) for a in path) / whole if whole > 0 else 1.0


class _OutOfSteps(Exception):
    pass


def spread(keys: list[Key]) -> list[Key]:
    """The same keys so that any number of the first are spread over all: by the golden ratio."""
    return [key for _, key in sorted((i * 0.6180339887498949 % 1, key) for i, key in enumerate(keys))]


class _Known:
    """Sums over the paths known of a pair, and what they say of any other."""

    def __init__(self, model: Model, class_: int, held: list[Path], cost: list[float], length: Floats) -> None:
        self.model, self.cost, self.length = model, cost, length
        self.theta = _scale(model.scale, class_)
        self.mu = _scale(model.nest_scale, class_) if isinstance(model, Nested) else self.theta
        total = [math.fsum(cost[a] for a in p) for p in held]
        self.least = min(total)
        self.users = Counter({a: n + 1 for a, n in Counter(a for p in held for a in p).items()})
        self.sums: dict[int, float] = defaultdict(float)
        for t, path in zip(total, held, strict=True):
            self.sums[self._nest(path)] += math.exp(-self.mu * (t - self.least)) * self._size(path)
        self.whole = math.fsum(s ** (self.theta / self.mu) for s in self.sums.values())

    def _nest(self, path: Path) -> int:
        return _nest(self.model, path) if isinstance(self.model, Nested) else 0

    def _size(self, path: Path) -> float:
        """The weight that a path's size gives it when one more joins and shares all its links."""
        if not isinstance(self.model, PathSize):
            return 1.0
        weight: float = _size(path, self.length, self.users) ** self.model.weight
        return weight

    def dearest(self, share: float) -> float:
        """What a path may cost at most to be worth a share: P <= exp(-theta * (cost - least)) / the sum over nests."""
        return self.least - math.log(share * self.whole) / self.theta

    def worth(self, path: Path) -> float:
        """A bound of the probability of a path that joins: within its nest, times that of the nest with it."""
        gap = math.fsum(self.cost[a] for a in path) - self.least
        nest = self.sums.get(self._nest(path), 0.0)
        if self.mu * gap < -700:
            return 1.0
        total = nest + math.exp(-self.mu * gap) * self._size(path)
        if total == 0:
            return math.exp(-self.theta * gap) / self.whole
        probability: float = (total - nest) / total * min(1.0, total ** (self.theta / self.mu) / self.whole)
        return probability


class Missing:
    """The walk for missing paths."""

    def __init__(self, result: StochasticResult, sets: Sets, costs: Floats, lengths: Floats) -> None:
        self.result, self.sets, self.costs, self.lengths = result, sets, costs, lengths
        links = result.problem.links
        self.tail, self.head, self.through = links.tail.tolist(), links.head.tolist(), links.through.tolist()
        self.into: dict[int, list[int]] = defaultdict(list)
        self.out: dict[int, list[int]] = defaultdict(list)
        for a in range(links.count):
            self.into[self.head[a]].append(a)
            self.out[self.tail[a]].append(a)

    def among(self, keys: list[Key]) -> tuple[float, int]:
        """The largest probability of a missing path, and how many pairs were searched to the end."""
        searched = steps = 0
        self.worst = 0.0
        for key in spread(keys):
            if steps > MOST_STEPS_IN_ALL:
                break
            self.steps = 0
            try:
                self._look(key)
                searched += 1
            except _OutOfSteps:
                pass
            steps += self.steps
        return self.worst, searched

    def _step(self, count: int = 1) -> None:
        self.steps += count
        if self.steps > MOST_STEPS:
            raise _OutOfSteps

    def _look(self, key: Key) -> None:
        """Look for missing paths of a pair."""
        k, origin, destination = key
        model, least_share = self.result.model, self.result.least_share * (1 + 1e-9)
        cost, held = self.costs[k].tolist(), list(self.sets[key])
        known = _Known(model, k, held, cost, self.lengths[k])
        ahead = self._ahead(cost, destination)
        for path in self._within(origin, destination, cost, ahead, known.dearest(least_share)):
            if path not in self.sets[key] and known.worth(path) >= least_share:
                self._step(10 * len(held))
                share = probabilities(model, k, [*held, path], self.costs[k], self.lengths[k])[-1]
                self.worst = max(self.worst, share if share >= least_share else 0.0)

    def _ahead(self, cost: list[float], destination: int) -> dict[int, float]:
        """Least cost from each node to the destination, by Dijkstra's method."""
        made: dict[int, float] = {}
        heap = [(0.0, destination)]
        while heap:
            key, node = heapq.heappop(heap)
            if node in made:
                continue
            made[node] = key
            if node == destination or self.through[node]:
                for a in self.into[node]:
                    if cost[a] < math.inf:
                        heapq.heappush(heap, (key + cost[a], self.tail[a]))
        return made

    def _within(
        self, origin: int, destination: int, cost: list[float], ahead: dict[int, float], most: float
    ) -> Iterator[Path]:
        """All loopless paths that cost no more, by a walk that turns back where the rest must cost too much."""
        path: list[int] = []
        seen, spent = {origin}, [0.0]
        stack = [iter(self.out[origin])]
        while stack:
            a = next(stack[-1], None)
            if a is None:
                stack.pop()
                spent.pop()
                if path:
                    seen.discard(self.head[path.pop()])
                continue
            there = self.head[a]
            if there in seen or spent[-1] + cost[a] + ahead.get(there, math.inf) > most:
                continue
            self._step()
            if there == destination:
                yield (*path, a)
            elif self.through[there]:
                path.append(a)
                seen.add(there)
                spent.append(spent[-1] + cost[a])
                stack.append(iter(self.out[there]))
