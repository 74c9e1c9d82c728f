"""From a problem to what the kernels work on: a smaller network, rows of demand, laws of cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from karvan.assignment.kernels.records import (
    BASE,
    EXPONENT,
    FACTOR,
    FIXED,
    FOURTH,
    LINEAR,
    MARGINAL_WAIT,
    NONE,
    POWER,
    SCALE,
    WAIT,
    WEIGHT,
    Net,
)
from karvan.assignment.kernels.rows import Rows
from karvan.errors import InputError
from karvan.model.problem import BPR, QUEUE, Floats, Ints, Problem


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A problem in the kernels' terms.

    Of the problem's links those stay that some choice depends on: link_of (links of net) says which each is, -1 for
    the links of refusal, which lead from every origin to every destination past the network. A node whose paths may
    only begin or end is two nodes, and an end with one link is its neighbour: `fixed` (classes, links of the problem)
    is the flow on the links left out, which is known before.

    roots and class_ (rows) are the origins of each class; pairs of row r are start[r] .. start[r + 1] - 1: each goes
    to node `to`, has a volume, and is pair number `pair` of the class's demand.
    """

    problem: Problem
    net: Net
    nodes: int
    link_of: Ints
    forms: Floats
    kinds: Any
    scale: Floats
    fixed: Floats
    roots: Ints
    class_: Ints
    start: Ints
    to: Ints
    volume: Floats
    pair: Ints

    @property
    def links(self) -> int:
        """How many links the kernels see."""
        return int(self.link_of.shape[0])


def prepare(problem: Problem, objective: str, refusal_cost: float | None = None) -> Prepared:
    """Bring a problem into the kernels' terms; refusal_cost, if given, adds the links of refusal."""
    links = problem.links
    n = links.ids.shape[0]
    closed = np.flatnonzero(~links.through)
    start_of = np.arange(n, dtype=np.int32)
    start_of[closed] = n + np.arange(closed.shape[0], dtype=np.int32)
    n += closed.shape[0]
    tail, head = start_of[links.tail], links.head
    end_of = np.arange(n, dtype=np.int32)
    kept = np.arange(links.count, dtype=np.int32)
    leaf_out = leaf_in = np.full(n, -1, dtype=np.int32)
    if refusal_cost is None:
        leaf, leaf_out, leaf_in = _leaves(tail, head, n)
        move = leaf & (leaf_out >= 0)
        start = start_of.copy()
        at = np.flatnonzero(move[start_of])
        start[at] = head[leaf_out[start_of[at]]]
        leaf_out = np.where(move, leaf_out, -1)
        ends = np.flatnonzero(leaf & (leaf_in >= 0))
        end_of[ends] = tail[leaf_in[ends]]
        leaf_in = np.where(leaf, leaf_in, -1)
        kept = np.flatnonzero(~(leaf[tail] | leaf[head])).astype(np.int32)
    else:
        start = start_of
    rows, fixed = _rows(problem, start_of, start, end_of, leaf_out, leaf_in)
    tail, head, link_of = tail[kept], head[kept], kept
    if refusal_cost is not None:
        refusal = n
        n += 1
        into, out = np.unique(rows[0]), np.unique(rows[3])
        tail = np.concatenate([tail, into, np.full(out.shape[0], refusal)])
        head = np.concatenate([head, np.full(into.shape[0], refusal), out])
        link_of = np.concatenate([link_of, np.full(into.shape[0] + out.shape[0], -1)])
    # Nodes that are left, in the old order.
    used = np.zeros(n, dtype=bool)
    for some in (tail, head, rows[0], rows[3]):
        used[some] = True
    place = np.cumsum(used, dtype=np.int32) - 1
    n = int(place[-1]) + 1
    tail, head = place[tail], place[head]
    rows = (place[rows[0]], rows[1], rows[2], place[rows[3]], *rows[4:])
    order = np.argsort(head, kind="stable")
    link_of = link_of[order].astype(np.int32)
    net = _net(tail[order], head[order], n)
    kinds, forms = _laws(problem, link_of, objective)
    if refusal_cost is not None:
        forms[:, (link_of < 0) & (net.head == place[refusal]), BASE] = refusal_cost
    scale = np.array([np.mean(np.asarray(c.load) / np.asarray(c.time_cost)) for c in problem.classes])
    return Prepared(problem, net, n, link_of, forms, kinds, scale, fixed, *rows)


def _leaves(tail: Ints, head: Ints, n: int) -> tuple[Any, Ints, Ints]:
    """Nodes no path can lead through: (whether it is one, its only link out or -1, its only link in or -1)."""
    outs, ins = np.bincount(tail, minlength=n), np.bincount(head, minlength=n)
    out = np.full(n, -1, dtype=np.int32)
    out[tail] = np.arange(tail.shape[0], dtype=np.int32)
    into = np.full(n, -1, dtype=np.int32)
    into[head] = np.arange(tail.shape[0], dtype=np.int32)
    leaf = (outs <= 1) & (ins <= 1)
    ahead = np.where(out >= 0, head[out], -1)
    behind = np.where(into >= 0, tail[into], -1)
    leaf &= (ahead == behind) | (ahead < 0) | (behind < 0)
    # Of two leaves that only have each other one stays.
    other = np.where(ahead >= 0, ahead, behind)
    leaf &= (other >= 0) & ~(leaf[other] & (other < np.arange(n)))
    return leaf, out, into


def _net(tail: Any, head: Any, n: int) -> Net:
    """Rows of a network whose links are sorted by head."""
    into = np.zeros(n + 1, dtype=np.uint32)
    np.cumsum(np.bincount(head, minlength=n), out=into[1:])
    out = np.zeros(n + 1, dtype=np.uint32)
    np.cumsum(np.bincount(tail, minlength=n), out=out[1:])
    by_tail = np.argsort(tail, kind="stable").astype(np.uint32)
    return Net(tail.astype(np.uint32), head.astype(np.uint32), into, out, by_tail)


def _rows(
    problem: Problem, start_of: Ints, start: Ints, end_of: Ints, leaf_out: Ints, leaf_in: Ints
) -> tuple[tuple[Any, ...], Floats]:
    """Demand by class and root, and what it puts on the links of leaves."""
    fixed = np.zeros((len(problem.classes), problem.links.count))
    parts = []
    for k, c in enumerate(problem.classes):
        d = c.demand
        pair = np.flatnonzero((d.volume > 0) & (d.origin != d.destination))
        origin, to, volume = d.origin[pair], d.destination[pair], d.volume[pair]
        for link in (leaf_out[start_of[origin]], leaf_in[to]):
            at = link >= 0
            fixed[k] += np.bincount(link[at], weights=volume[at], minlength=problem.links.count)
        root, to = start[origin], end_of[to]
        elsewhere = root != to
        if not elsewhere.all():
            root, to, volume, pair = root[elsewhere], to[elsewhere], volume[elsewhere], pair[elsewhere]
        if (np.diff(root) < 0).any():
            order = np.argsort(root, kind="stable")
            root, to, volume, pair = root[order], to[order], volume[order], pair[order]
        first = np.flatnonzero(np.concatenate([[True], root[1:] != root[:-1]])) if root.size else np.zeros(0, int)
        parts.append((root[first], np.full(first.shape[0], k), first, to, volume, pair))
    ends = np.cumsum([0, *(p[3].shape[0] for p in parts)])
    starts = np.concatenate([*(p[2] + e for p, e in zip(parts, ends, strict=False)), ends[-1:]])
    joined = [np.concatenate([p[i] for p in parts]) for i in (0, 1, 3, 4, 5)]
    ints = np.int32
    return (
        joined[0].astype(ints),
        joined[1].astype(ints),
        starts.astype(np.int64),
        joined[2].astype(ints),
        joined[3].astype(np.float64),
        joined[4].astype(ints),
    ), fixed


def _laws(problem: Problem, link_of: Ints, objective: str) -> tuple[Any, Floats]:
    """How each class's cost follows from the load: (kind by link, form by class and link), see `Law`."""
    d = problem.links.delays
    real = np.where(link_of >= 0, link_of, 0)
    kind, b, power = d.kind[real], d.b[real], d.power[real]
    kinds = np.full(real.shape[0], FIXED, dtype=np.uint8)
    curved = (kind == BPR) & (b > 0) & (power > 0) & (d.free_time[real] > 0)
    kinds[curved] = POWER
    kinds[curved & (power == 1)] = LINEAR
    kinds[curved & (power == 4)] = FOURTH
    kinds[kind == QUEUE] = WAIT if objective == "user" else MARGINAL_WAIT
    kinds[link_of < 0] = FIXED
    form = np.zeros((len(problem.classes), real.shape[0], 5))
    form[:, :, SCALE] = np.where(kind == QUEUE, d.departures[real], 1 / np.where(curved, d.capacity[real], 1.0))
    form[:, :, EXPONENT] = np.where(kind == QUEUE, d.capacity[real], power)
    factor = np.where(curved, d.free_time[real] * b, np.where(kind == QUEUE, 1.0, 0.0))
    if objective == "system":
        factor[curved] *= power[curved] + 1
    flat = np.where((kind == BPR) & (power == 0), d.free_time[real] * (1 + b), d.free_time[real])
    for k, c in enumerate(problem.classes):
        time_cost, load = _at(c.time_cost, real), _at(c.load, real)
        form[k, :, BASE] = flat * time_cost
        form[k, :, FACTOR] = factor * time_cost
        form[k, :, WEIGHT] = load
        if c.fixed_cost is not None:
            form[k, :, BASE] += c.fixed_cost[real]
        if c.allowed is not None:
            form[k, ~c.allowed[real], BASE] = np.inf
        form[k, link_of < 0, BASE] = 0.0
    if objective == "system":
        _check_system(problem)
    return kinds, form


def _at(value: float | Floats, links: Ints) -> Any:
    return value if np.ndim(value) == 0 else np.asarray(value)[links]


def _check_system(problem: Problem) -> None:
    """The marginal cost of a class is a delay of its own only if all classes weigh time as they weigh load."""
    ratios = [np.asarray(c.time_cost) / np.asarray(c.load) for c in problem.classes]
    if any(not np.allclose(r, ratios[0].ravel()[0], rtol=1e-12) for r in ratios):
        raise InputError(
            "The system optimum of classes whose time_cost and load are not in one ratio has no unique prices. "
            "Give all classes time_cost in proportion to load, or ask for the user equilibrium."
        )


def rows_of(prepared: Prepared) -> Rows:
    """Rows without flow or trees."""
    n = prepared.roots.shape[0]
    return Rows(
        flow=np.zeros((n, prepared.links)),
        pred=np.full((n, prepared.nodes), NONE),
        order=np.zeros((n, prepared.nodes), dtype=np.uint32),
        count=np.zeros(n, dtype=np.int32),
        class_=prepared.class_,
        start=prepared.start,
        to=prepared.to,
        volume=prepared.volume.copy(),
    )

