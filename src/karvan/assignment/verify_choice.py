"""Path choice by the definition of its models, and the walk for paths left out: a part of `verify_stochastic`."""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from karvan.assignment.logit import Model, Nested, PathSize
from karvan.model.problem import Floats

if TYPE_CHECKING:
    from karvan.assignment.stochastic import StochasticResult

# Missing paths are looked for between so many pairs, evenly spread, and with so much work for each.
MOST_PAIRS = 2000
MOST_WORK = 200_000

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
    return math.fsum(length[a] / users[a] for a in path) / whole if whole > 0 else 1.0


class _OutOfWork(Exception):
    pass


class Missing:
    """The walk for missing paths."""

    def __init__(self, result: StochasticResult, sets: Sets, costs: Floats, lengths: Floats) -> None:
        self.result, self.sets, self.costs, self.lengths = result, sets, costs, lengths
        links = result.problem.links
        self.into: dict[int, list[int]] = defaultdict(list)
        self.out: dict[int, list[int]] = defaultdict(list)
        for a in range(links.count):
            self.into[int(links.head[a])].append(a)
            self.out[int(links.tail[a])].append(a)

    def among(self, keys: list[Key]) -> tuple[float, int]:
        """The largest probability of a missing path, and how many pairs were searched to the end."""
        worst, searched = 0.0, 0
        for key in keys[:: 1 + max(len(keys) - 1, 0) // MOST_PAIRS]:
            self.work = 0
            try:
                worst = max(worst, self._of(key))
                searched += 1
            except _OutOfWork:
                continue
        return worst, searched

    def _of(self, key: Key) -> float:
        k, origin, destination = key
        cost, length, model = self.costs[k], self.lengths[k], self.result.model
        held = list(self.sets[key])
        ahead = self._ahead(cost, destination)
        worst = 0.0
        for path in self._within(origin, destination, cost, ahead, self._most(key, held)):
            if path in self.sets[key]:
                continue
            self.work += len(held) * (10 if isinstance(model, PathSize) else 1)
            share = probabilities(model, k, [*held, path], cost, length)[-1]
            if share >= self.result.least_share * (1 + 1e-9):
                worst = max(worst, share)
        return worst

    def _most(self, key: Key, held: list[Path]) -> float:
        """No path that costs more can be worth least_share: exp(-theta * cost) by the held sum is no less than it."""
        cost, length, model = self.costs[key[0]], self.lengths[key[0]], self.result.model
        theta = _scale(model.scale, key[0])
        total = [math.fsum(cost[a] for a in p) for p in held]
        least = min(total)
        if isinstance(model, Nested):
            first = total.index(least)
            # P(first) = P(nest) * P(first | nest), of which the nest's sum is 1 / P(first | nest) relative to it.
            mu = _scale(model.nest_scale, key[0])
            mine = [t for t, p in zip(total, held, strict=True) if _nest(model, p) == _nest(model, held[first])]
            own = math.fsum(math.exp(-mu * (t - least)) for t in mine)
            whole_of_first = probabilities(model, key[0], held, cost, length)[first]
            whole = own ** (theta / mu - 1) / whole_of_first
        else:
            weight = [math.exp(-theta * (t - least)) for t in total]
            if isinstance(model, PathSize):
                users = Counter(a for p in held for a in p)
                more = Counter({a: n + 1 for a, n in users.items()})
                weight = [w * _size(p, length, more) ** model.weight for w, p in zip(weight, held, strict=True)]
            whole = math.fsum(weight)
        return least - math.log(self.result.least_share * whole) / theta

    def _ahead(self, cost: Floats, destination: int) -> dict[int, float]:
        """Least cost from each node to the destination, by Dijkstra's method."""
        links = self.result.problem.links
        made: dict[int, float] = {}
        heap = [(0.0, destination)]
        while heap:
            key, node = heapq.heappop(heap)
            if node in made:
                continue
            made[node] = key
            if node == destination or links.through[node]:
                for a in self.into[node]:
                    if cost[a] < math.inf:
                        heapq.heappush(heap, (key + float(cost[a]), int(links.tail[a])))
        return made

    def _within(self, origin: int, destination: int, cost: Floats, ahead: dict[int, float], most: float) -> list[Path]:
        """All loopless paths that cost no more, by a walk that turns back where the rest must cost too much."""
        links = self.result.problem.links
        found: list[Path] = []
        stack: list[tuple[Path, float, frozenset[int]]] = [((), 0.0, frozenset({origin}))]
        while stack:
            path, spent, seen = stack.pop()
            node = int(links.head[path[-1]]) if path else origin
            if node == destination:
                found.append(path)
                continue
            self.work += 1
            if self.work > MOST_WORK:
                raise _OutOfWork
            for a in self.out[node]:
                there = int(links.head[a])
                if there in seen or (there != destination and not links.through[there]):
                    continue
                if spent + cost[a] + ahead.get(there, math.inf) <= most:
                    stack.append(((*path, a), spent + float(cost[a]), seen | {there}))
        return found
