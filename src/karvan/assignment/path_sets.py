"""Sets of paths by pair, and the search for those that are worth adding."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from karvan.errors import InputError
from karvan.jit import kernels
from karvan.model.problem import Floats, Ints, Problem

if TYPE_CHECKING:
    from karvan.assignment.logit import Choice, Form

KERNELS = "karvan.assignment.path_kernels"
# 48 bytes each.
MOST_PARTIAL = 1 << 23


@dataclass(frozen=True, eq=False)
class Pairs:
    """Who travels from where to where, each class, origin and destination once, in the order of class, destination."""

    class_: Ints
    origin: Ints
    destination: Ints
    volume: Floats

    @classmethod
    def of(cls, problem: Problem) -> Pairs:
        """The pairs of all classes that have a volume and two ends."""
        nodes = np.int64(problem.links.ids.shape[0])
        keys, volumes = [], []
        for k, c in enumerate(problem.classes):
            d = c.demand
            travels = (d.volume > 0) & (d.origin != d.destination)
            keys.append(((k * nodes + d.destination) * nodes + d.origin)[travels])
            volumes.append(d.volume[travels])
        key, place = np.unique(np.concatenate(keys), return_inverse=True)
        volume = np.bincount(place, weights=np.concatenate(volumes), minlength=len(key)).astype(np.float64)
        rest, origin = np.divmod(key, nodes)
        class_, destination = np.divmod(rest, nodes)
        return cls(class_.astype(np.int32), origin.astype(np.int32), destination.astype(np.int32), volume)

    def __len__(self) -> int:
        return int(self.volume.shape[0])


@dataclass(frozen=True, eq=False)
class PathSet:
    """Paths sorted by pair and nest: path i goes over links[start[i]:start[i + 1]] and is of nest[i] (a label)."""

    pairs: Pairs
    pair: Ints
    nest: Ints
    start: NDArray[np.int64]
    links: Ints

    @classmethod
    def none(cls, pairs: Pairs) -> PathSet:
        """No path at all."""
        nothing = np.zeros(0, np.int32)
        return cls(pairs, nothing, nothing, np.zeros(1, np.int64), nothing)

    def __len__(self) -> int:
        return int(self.pair.shape[0])

    def joined(self, pair: Ints, nest: Ints, start: NDArray[np.int64], links: Ints) -> tuple[PathSet, Ints]:
        """The set with further paths, and for each of all its paths its former place, those new counted on."""
        pairs, nests = np.r_[self.pair, pair], np.r_[self.nest, nest]
        order = np.lexsort((nests, pairs)).astype(np.int32)
        begins, every = np.r_[self.start[:-1], start[:-1] + self.start[-1]], np.r_[self.links, links]
        length = np.diff(np.r_[self.start, start[1:] + self.start[-1]])[order]
        starts = np.r_[0, np.cumsum(length)]
        place = np.arange(starts[-1]) - np.repeat(starts[:-1] - begins[order], length)
        made = PathSet(self.pairs, pairs[order], nests[order], starts.astype(np.int64), every[place])
        return made, order


class Search:
    """Finds the paths that a set lacks; see `path_kernels.missing_paths` for what a path is worth."""

    def __init__(self, problem: Problem, form: Form, lengths: Floats, least_share: float) -> None:
        links = problem.links
        nodes = links.ids.shape[0]
        self.links, self.form, self.lengths, self.least_share = links, form, lengths, least_share
        self.first_in, self.into = _by_node(links.head, nodes)
        self.first_out, self.out = _by_node(links.tail, nodes)
        self.nests = np.union1d([0], form.label).astype(np.int64)

    def enlarged(
        self, paths: PathSet, choice: Choice | None, costs: Floats, pause: Callable[[], None]
    ) -> tuple[PathSet, Ints, float]:
        """A set with all paths that are worth `least_share` at costs (classes, links), inf where barred.

        choice is that between the paths of the set, None if it has none; pause is called now and then and may raise.
        Also returns the former place of each path and the largest probability of any path left out. Raises InputError
        if a pair has no path, or too many to list.
        """
        held = _Held(self, paths, choice, costs)
        pairs = paths.pairs
        edges = np.flatnonzero(np.r_[True, (np.diff(pairs.class_) != 0) | (np.diff(pairs.destination) != 0)])
        for first, end in zip(edges, np.r_[edges[1:], len(pairs)], strict=True):
            pause()
            class_, destination = int(pairs.class_[first]), int(pairs.destination[first])
            ahead = [self._ahead(costs[class_], nest, destination) for nest in self.nests]
            for pair in range(first, end):
                held.search(pair, ahead)
        return (*held.joined(), held.left)

    def _ahead(self, cost: Floats, nest: int, destination: int) -> Floats:
        made: Floats = kernels(KERNELS).costs_ahead(
            self.links.tail, self.first_in, self.into, self.links.through, cost, self.form.label, nest, destination
        )
        return made


class _Held:
    """The paths held and found in one pass over the pairs."""

    def __init__(self, search: Search, paths: PathSet, choice: Choice | None, costs: Floats) -> None:
        self.of, self.paths, self.costs = search, paths, costs
        self.left = 0.0
        self.found: list[tuple[int, int, NDArray[np.int64], Ints]] = []
        nests = len(search.nests)
        place = paths.pair.astype(np.int64) * nests + np.searchsorted(search.nests, paths.nest)
        self.edges = np.searchsorted(place, np.arange(len(paths.pairs) * nests + 1))
        self.values = np.full((len(paths.pairs), nests), -np.inf)
        if choice is not None and nests > 1:
            value, _ = choice.nest_values(path_costs(paths, costs))
            self.values.flat[place[choice.nest_starts]] = value

    def search(self, pair: int, ahead: list[Floats]) -> None:
        """Find the missing paths of a pair, the cheapest nest first."""
        origin = self.paths.pairs.origin[pair]
        least = [a[0, origin] for a in ahead]
        if min(least) == np.inf:
            ids = self.of.links.ids
            raise InputError(
                f"No path leads from node {ids[origin]} to {ids[self.paths.pairs.destination[pair]]} for the class "
                f"at place {self.paths.pairs.class_[pair]}. Take the pair out of its demand or open a link."
            )
        for m in np.argsort(least, kind="stable"):
            if least[m] < np.inf:
                self.left = max(self.left, self._search_nest(pair, int(m), ahead[m]))

    def _search_nest(self, pair: int, m: int, ahead: Floats) -> float:
        of, pairs, paths = self.of, self.paths.pairs, self.paths
        class_, origin, destination = int(pairs.class_[pair]), pairs.origin[pair], pairs.destination[pair]
        theta, mu = float(of.form.theta[class_]), float(of.form.mu[class_])
        least = float(ahead[0, origin])
        outside = self._outside(pair, m, theta * least)
        first, end = self.edges[pair * len(of.nests) + m : pair * len(of.nests) + m + 2]
        known_start = paths.start[first : end + 1]
        known_links = paths.links[known_start[0] : known_start[-1]].astype(np.int64)
        start, links, left, value, overflow = kernels(KERNELS).missing_paths(
            of.links.head, of.first_out, of.out, of.links.through, self.costs[class_], of.form.label, of.nests[m],
            ahead, origin, destination, known_start - known_start[0], known_links, mu, theta / mu, outside,
            of.lengths[class_], of.form.beta, of.least_share, MOST_PARTIAL,
        )  # fmt: skip
        if overflow:
            raise InputError(
                f"From node {of.links.ids[origin]} to {of.links.ids[destination]} the search for paths met more than "
                f"{MOST_PARTIAL} beginnings. Raise least_share or the scale, or leave out links that nobody uses."
            )
        if len(start) > len(known_start):
            new = start[len(known_start) - 1 :]
            self.found.append((pair, int(of.nests[m]), new - new[0], links[new[0] :].astype(np.int32)))
        # A search that stops before the cheapest path of the nest knows no sum of its own.
        if value > -np.inf:
            self.values[pair, m] = value
        return float(left)

    def _outside(self, pair: int, m: int, shift: float) -> float:
        """The sum of S ** (theta / mu) over the other nests of a pair, relative to exp(-shift)."""
        others = np.delete(self.values[pair], m)
        top = float(others.max(initial=-np.inf))
        if top == -np.inf:
            return 0.0
        return math.exp(min(top + shift + math.log(np.exp(others - top).sum()), 700.0))

    def joined(self) -> tuple[PathSet, Ints]:
        """The set with all found."""
        if not self.found:
            return self.paths, np.arange(len(self.paths), dtype=np.int32)
        counts = [len(start) - 1 for _, _, start, _ in self.found]
        pair = np.repeat([f[0] for f in self.found], counts).astype(np.int32)
        nest = np.repeat([f[1] for f in self.found], counts).astype(np.int32)
        lengths = np.concatenate([np.diff(start) for _, _, start, _ in self.found])
        start = np.r_[0, np.cumsum(lengths)]
        return self.paths.joined(pair, nest, start, np.concatenate([links for *_, links in self.found]))


def path_costs(paths: PathSet, costs: Floats) -> Floats:
    """The cost of each path at costs (classes, links)."""
    class_ = np.repeat(paths.pairs.class_[paths.pair], np.diff(paths.start))
    made: Floats = np.add.reduceat(costs[class_, paths.links], paths.start[:-1])
    return made


def _by_node(ends: Ints, nodes: int) -> tuple[Ints, Ints]:
    """The links at each node, in CSR form."""
    first = np.r_[0, np.cumsum(np.bincount(ends, minlength=nodes))].astype(np.int32)
    return first, np.argsort(ends, kind="stable").astype(np.int32)
