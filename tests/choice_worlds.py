"""Networks for tests of path choice: drawn small ones with all their paths listed, and a grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from karvan.model.problem import Delays, Demand, Links, Problem, UserClass


@dataclass(frozen=True)
class World:
    """One pair, from node 0 to 1, on a network of links (tail, head, time, label, open to all)."""

    through: tuple[bool, ...]
    links: tuple[tuple[int, int, float, int, bool], ...]

    def problem(self, b: float = 0.0, volume: float = 10.0) -> Problem:
        """Links with the curve time * (1 + b * (load / 5) ** 2)."""
        tail, head, time, _, allowed = (np.array(x) for x in zip(*self.links, strict=True))
        links = Links.of(
            np.arange(len(self.through)), tail, head, Delays.bpr(time, 5.0, b, 2.0), through=np.array(self.through)
        )
        user = UserClass(name="all", demand=Demand.of([0], [1], [volume]), allowed=allowed.astype(bool))
        return Problem(links=links, classes=(user,))

    @property
    def labels(self) -> list[int]:
        return [link[3] for link in self.links]

    def paths(self) -> list[tuple[int, ...]]:
        """All loopless paths, by recursion."""
        found = []

        def go(at: int, seen: frozenset[int], path: tuple[int, ...]) -> None:
            if at == 1:
                found.append(path)
                return
            if path and not self.through[at]:
                return
            for a, (tail, head, _, _, allowed) in enumerate(self.links):
                if tail == at and head not in seen and allowed:
                    go(head, seen | {head}, (*path, a))

        go(0, frozenset({0}), ())
        return found


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Up to six nodes and sixteen links, parallel ones and loops among them; node 1 can always be reached."""
    size = draw(st.integers(2, 6))
    node = st.integers(0, size - 1)
    link = st.tuples(node, node, st.floats(0.1, 9.0), st.integers(0, 2), st.sampled_from([True, True, True, False]))
    through = draw(st.lists(st.sampled_from([True, True, True, False]), min_size=size, max_size=size))
    links = draw(st.lists(link, min_size=4, max_size=15))
    return World(tuple(through), ((0, 1, draw(st.floats(0.1, 9.0)), 0, True), *links))


def grid(side: int, volume: float = 8.0, seed: int = 0) -> Problem:
    """A square grid with links both ways, of drawn times and capacities, and demand between its corners."""
    rng = np.random.default_rng(seed)
    place = np.arange(side * side).reshape(side, side)
    one = np.r_[place[:, :-1].ravel(), place[:-1].ravel()]
    other = np.r_[place[:, 1:].ravel(), place[1:].ravel()]
    n = 2 * len(one)
    delays = Delays.bpr(rng.uniform(1, 2, n), rng.uniform(5, 15, n), 0.5, 4.0)
    corners = place[[0, 0, -1, -1], [0, -1, 0, -1]]
    origin, destination = (x.ravel() for x in np.meshgrid(corners, corners))
    links = Links.of(np.arange(side * side) + 100, np.r_[one, other], np.r_[other, one], delays)
    return Problem.single(links, Demand.of(origin, destination, np.full(16, volume)))
