"""Paths out of flows by origin, and who uses which links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from karvan.assignment import kernels
from karvan.assignment.result import Paths, Result
from karvan.errors import InputError
from karvan.model.problem import Floats, Ints

if TYPE_CHECKING:
    from karvan.assignment.engine import Engine

# Less than this part of an origin's volume is rounding.
_CRUMB = 1e-13


def paths(result: Result) -> Paths:
    """The used paths of a result, taken from the flows of each origin, the largest first.

    Flows of origins are many ways sums of paths; this is one of them. Demand from a place to itself uses none. Raises
    InputError if the algorithm kept no flows by origin.
    """
    if result.state is None:
        raise InputError("Frank-Wolfe keeps no paths. Assign with the algorithm bush to have them.")
    engine: Engine = result.state
    found = _Found(engine)
    for r in range(engine.prepared.roots.shape[0]):
        _decompose(engine, r, found)
    _add_direct(engine, found)
    return found.frozen()


class _Found:
    """Paths as they are found: class and pair, flow, links in order."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.class_: list[int] = []
        self.pair: list[int] = []
        self.flow: list[float] = []
        self.links: list[Ints] = []

    def add(self, k: int, pair: int, flow: float, way: Any) -> None:
        """Add a path over links of the kernels as one over the problem's, unless it is a refusal."""
        p = self.engine.prepared
        links = p.link_of[way]
        real = links[links >= 0]
        if links.size and not real.size:
            return
        d = p.problem.classes[k].demand
        ends = (p.way_out[d.origin[pair]], p.way_in[d.destination[pair]])
        first, last = ([a] if a >= 0 else [] for a in ends)
        self.class_.append(k)
        self.pair.append(pair)
        self.flow.append(flow)
        self.links.append(np.concatenate([first, real, last]).astype(np.int32))

    def frozen(self) -> Paths:
        """All of them as arrays."""
        demands = [c.demand for c in self.engine.prepared.problem.classes]
        which = list(zip(self.class_, self.pair, strict=True))
        flow = np.array(self.flow)
        total: dict[tuple[int, int, int], float] = {}  # a pair may stand in several entries
        for k, d in enumerate(demands):
            for o, to, volume in zip(d.origin.tolist(), d.destination.tolist(), d.volume.tolist(), strict=True):
                total[k, o, to] = total.get((k, o, to), 0.0) + volume
        start = np.zeros(len(self.links) + 1, dtype=np.int32)
        np.cumsum([way.shape[0] for way in self.links], out=start[1:])
        return Paths(
            class_=np.array(self.class_, dtype=np.int32),
            origin=np.array([demands[k].origin[i] for k, i in which], dtype=np.int32),
            destination=np.array([demands[k].destination[i] for k, i in which], dtype=np.int32),
            flow=flow,
            share=flow / np.array([total[k, demands[k].origin[i], demands[k].destination[i]] for k, i in which]),
            start=start,
            links=np.concatenate([np.zeros(0, dtype=np.int32), *self.links]),
        )


def _decompose(engine: Engine, r: int, found: _Found) -> None:
    """Add the paths of a row."""
    p, rows = engine.prepared, engine.rows
    pairs = int(p.start[r + 1] - p.start[r])
    room = pairs + int((rows.flow[r] > 0).sum()) + 1
    width = 4 * p.nodes + 16 * room
    while True:
        pair, flow, end = np.empty(room, dtype=np.int32), np.empty(room), np.empty(room, dtype=np.int64)
        links, seen = np.empty(width, dtype=np.uint32), np.empty(p.nodes, dtype=np.int64)
        crumb = _CRUMB * float(rows.volume[p.start[r] : p.start[r + 1]].sum())
        left = rows.flow[r : r + 1].copy()
        count = kernels.decompose(p.net, rows, r, left, crumb, seen, pair, flow, end, links)
        if count >= 0:
            break
        room, width = 2 * room, 2 * width
    first = 0
    for i in range(count):
        found.add(int(p.class_[r]), int(p.pair[pair[i]]), float(flow[i]), links[first : end[i]][::-1])
        first = int(end[i])


def _add_direct(engine: Engine, found: _Found) -> None:
    """Add paths whose only links are those the kernels do not see."""
    p = engine.prepared
    for k, c in enumerate(p.problem.classes):
        d = c.demand
        rest = (d.volume > 0) & (d.origin != d.destination)
        rest[p.barred[k]] = False
        for first, end in ((f, e) for kk, f, e in engine.spans if kk == k):
            rest[p.pair[p.start[first] : p.start[end]]] = False
        for pair in np.flatnonzero(rest):
            found.add(k, int(pair), float(d.volume[pair]), np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Selected:
    """Pairs whose paths use some links: by entry the class, the origin and destination, and the flow that does."""

    class_: Ints
    origin: Ints
    destination: Ints
    flow: Floats


def select_links(result: Result, links: Iterable[int]) -> Selected:
    """Who uses any of these links (positions), by class, origin and destination, the largest flow first.

    From the stored paths; each path counts once, however many of the links it uses. Raises InputError for what is no
    link.
    """
    count = result.problem.links.count
    chosen = np.zeros(count, dtype=bool)
    for a in links:
        if isinstance(a, bool | np.bool_) or not 0 <= a < count:
            raise InputError(f"{a} is no link. Name links by their position, 0 to {count - 1}.")
        chosen[a] = True
    found = result.paths
    hits = np.concatenate([[0], np.cumsum(chosen[found.links])])
    uses = hits[found.start[1:]] > hits[found.start[:-1]]
    keys = np.stack([found.class_[uses], found.origin[uses], found.destination[uses]])
    groups, place = np.unique(keys, axis=1, return_inverse=True)
    flow = np.bincount(place.ravel(), found.flow[uses], groups.shape[1]).astype(np.float64)
    order = np.argsort(-flow, kind="stable")
    ends = [row[order].astype(np.int32) for row in groups]
    return Selected(ends[0], ends[1], ends[2], flow[order])
