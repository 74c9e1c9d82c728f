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

# Links of refusal: from an origin, and to the end of a destination.
_INTO_REFUSAL, _REFUSED = 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A problem in the kernels' terms.

    Of the problem's links those stay that some choice depends on: link_of (links of net) says which each is, -1 for
    links of refusal, which lead from every origin to every destination past the network. A node whose paths may only
    begin or end is two nodes, and an end with one link is its neighbour: way_out and way_in (nodes of the problem)
    name that link, -1 where there is none; all who begin or end there take it, see `fixed_flows`.

    roots and class_ (rows) are the origins of each class; pairs of row r are start[r] .. start[r + 1] - 1: each goes
    to node `to`, has a volume, and is pair number `pair` of the class's demand. barred are the pairs of each class
    that its one link out or in is closed to, or that are left out; refused (links of net) are the last links of
    refusal, one a destination.
    """

    problem: Problem
    objective: str
    net: Net
    nodes: int
    link_of: Ints
    forms: Floats
    kinds: Any
    scale: Floats
    way_out: Ints
    way_in: Ints
    roots: Ints
    class_: Ints
    start: Ints
    to: Ints
    volume: Floats
    pair: Ints
    barred: tuple[Ints, ...]
    refused: Any

    @property
    def links(self) -> int:
        """How many links the kernels see."""
        return int(self.link_of.shape[0])


def prepare(
    problem: Problem,
    objective: str = "user",
    refusal_cost: float | None = None,
    left_out: tuple[Any, ...] | None = None,
) -> Prepared:
    """Bring a problem into the kernels' terms; refusal_cost, if given, adds the links of refusal.

    left_out are pairs of each class that are to be unserved from the start.

    Raises InputError where the objective has no meaning for the classes.
    """
    links = problem.links
    n = links.ids.shape[0]
    closed = np.flatnonzero(~links.through)
    start_of = np.arange(n, dtype=np.int32)
    start_of[closed] = n + np.arange(closed.shape[0], dtype=np.int32)
    n += closed.shape[0]
    tail, head = start_of[links.tail], links.head
    origin, end = start_of, np.arange(links.ids.shape[0], dtype=np.int32)
    way_out = way_in = np.full(links.ids.shape[0], -1, dtype=np.int32)
    link_of = np.arange(links.count, dtype=np.int32)
    if refusal_cost is None:
        leaf, out, into = _leaves(tail, head, n)
        way_out = np.where(leaf[start_of], out[start_of], -1)
        way_in = np.where(leaf[: end.shape[0]], into[: end.shape[0]], -1)
        origin = np.where(way_out >= 0, head[way_out], start_of)
        end = np.where(way_in >= 0, tail[way_in], end)
        link_of = np.flatnonzero(~(leaf[tail] | leaf[head])).astype(np.int32)
        tail, head = tail[link_of], head[link_of]
    *rows, barred = _rows(problem, origin, end, way_out, way_in, left_out)
    kind_of = np.zeros(link_of.shape[0], dtype=np.int8)
    if refusal_cost is not None:
        tail, head, link_of, rows[3], kind_of = _with_refusal(tail, head, link_of, n, rows[0], rows[3])
    tail, head, (rows[0], rows[3]) = _renumbered(tail, head, (rows[0], rows[3]))
    order = np.argsort(head, kind="stable")
    n = 1 + max((int(x.max()) for x in (tail, head, rows[0], rows[3]) if x.size), default=0)
    net = _net(tail[order], head[order], n)
    link_of, kind_of = link_of[order].astype(np.int32), kind_of[order]
    kinds, forms = laws(problem, objective)
    kinds, forms = kinds[link_of], np.ascontiguousarray(forms[:, link_of])
    kinds[link_of < 0] = FIXED
    forms[:, link_of < 0, BASE] = np.where(kind_of[link_of < 0] == _INTO_REFUSAL, refusal_cost or 0.0, 0.0)
    scale = np.array([float(np.mean(c.load) / max(float(np.mean(c.time_cost)), 1e-300)) for c in problem.classes])
    refused = np.flatnonzero(kind_of == _REFUSED)
    demand: Any = (*rows, barred, refused)
    return Prepared(problem, objective, net, n, link_of, forms, kinds, scale, way_out, way_in, *demand)


def _with_refusal(tail: Any, head: Any, link_of: Any, n: int, roots: Any, to: Any) -> tuple[Any, ...]:
    """Links from every root to a node of refusal and from there to an end of its own for each destination.

    Returns (tail, head, link_of, to, what each link is).
    """
    ends, place = np.unique(to, return_inverse=True)
    refusal, own = n, n + 1 + np.arange(ends.shape[0])
    starts = np.unique(roots)
    tail = np.concatenate([tail, starts, np.full(ends.shape[0], refusal), ends])
    head = np.concatenate([head, np.full(starts.shape[0], refusal), own, own])
    link_of = np.concatenate([link_of, np.full(starts.shape[0] + 2 * ends.shape[0], -1)])
    kind = np.where(head == refusal, _INTO_REFUSAL, np.where(tail == refusal, _REFUSED, 0))
    return tail, head, link_of, own[place], kind


def _renumbered(tail: Any, head: Any, others: tuple[Any, ...]) -> tuple[Any, Any, tuple[Any, ...]]:
    """Node numbers without gaps, in the old order."""
    used = np.zeros(1 + max((int(x.max()) for x in (tail, head, *others) if x.size), default=0), dtype=bool)
    for some in (tail, head, *others):
        used[some] = True
    place = np.cumsum(used, dtype=np.int32) - 1
    return place[tail], place[head], tuple(place[x] for x in others)


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
    problem: Problem, origin: Any, end: Any, way_out: Any, way_in: Any, left_out: tuple[Any, ...] | None
) -> list[Any]:
    """Demand by class and root: roots, class_, start, to, volume, pair and barred as in `Prepared`."""
    parts, barred = [], []
    for k, c in enumerate(problem.classes):
        d = c.demand
        pair = np.flatnonzero((d.volume > 0) & (d.origin != d.destination)).astype(np.int32)
        shut = np.zeros(pair.shape[0], dtype=bool)
        if c.allowed is not None:
            for way in (way_out[d.origin[pair]], way_in[d.destination[pair]]):
                shut |= (way >= 0) & ~c.allowed[way]
        if left_out is not None:
            shut |= np.isin(pair, left_out[k])
        barred.append(pair[shut])
        root, to = origin[d.origin[pair]], end[d.destination[pair]]
        stays = ~shut & (root != to)
        root, to, pair = root[stays], to[stays], pair[stays]
        if (np.diff(root) < 0).any():
            order = np.argsort(root, kind="stable")
            root, to, pair = root[order], to[order], pair[order]
        first = np.flatnonzero(np.diff(root, prepend=-1))
        parts.append((root[first], np.full(first.shape[0], k), first, to, d.volume[pair], pair))
    ends = np.cumsum([0, *(p[3].shape[0] for p in parts)])
    starts = np.concatenate([*(p[2] + e for p, e in zip(parts, ends, strict=False)), ends[-1:]])
    roots, class_, to, volume, pair = (np.concatenate([p[i] for p in parts]) for i in (0, 1, 3, 4, 5))
    ints = np.int32
    return [roots.astype(ints), class_.astype(ints), starts.astype(np.int64), to.astype(ints), volume, pair,
            tuple(barred)]  # fmt: skip


def fixed_flows(prepared: Prepared, unserved: tuple[Floats, ...]) -> Floats:
    """Flows (classes, links of the problem) on the links left out, of all who are served."""
    problem = prepared.problem
    made = np.zeros((len(problem.classes), problem.links.count))
    if (prepared.way_out < 0).all() and (prepared.way_in < 0).all():
        return made
    for k, c in enumerate(problem.classes):
        d = c.demand
        served = np.where(d.origin != d.destination, d.volume - unserved[k], 0.0)
        for way in (prepared.way_out[d.origin], prepared.way_in[d.destination]):
            made[k] += np.bincount(way + 1, weights=served, minlength=problem.links.count + 1)[1:]
    return made


def laws(problem: Problem, objective: str) -> tuple[Any, Floats]:
    """How each class's cost follows from the load: (kind by link, form by class and link), see `Law`."""
    if objective == "system":
        _check_system(problem)
    d = problem.links.delays
    queue = d.kind == QUEUE
    curved = (d.kind == BPR) & (d.b > 0) & (d.power > 0) & (d.free_time > 0)
    kinds = np.full(d.kind.shape[0], FIXED, dtype=np.uint8)
    kinds[curved] = POWER
    kinds[curved & (d.power == 1)] = LINEAR
    kinds[curved & (d.power == 4)] = FOURTH
    kinds[queue] = WAIT if objective == "user" else MARGINAL_WAIT
    factor = np.where(curved, d.free_time * d.b, np.where(queue, 1.0, 0.0))
    if objective == "system":
        factor[curved] *= d.power[curved] + 1
    flat = np.where((d.kind == BPR) & (d.power == 0), d.free_time * (1 + d.b), d.free_time)
    form = np.empty((len(problem.classes), d.kind.shape[0], 5))
    form[:, :, SCALE] = np.where(queue, d.departures, 1 / np.where(curved, d.capacity, 1.0))
    form[:, :, EXPONENT] = np.where(queue, d.capacity, d.power)
    for k, c in enumerate(problem.classes):
        form[k, :, BASE] = flat * c.time_cost
        form[k, :, FACTOR] = factor * c.time_cost
        form[k, :, WEIGHT] = c.load
        if c.fixed_cost is not None:
            form[k, :, BASE] += c.fixed_cost
        if c.allowed is not None:
            form[k, ~c.allowed, BASE] = np.inf
    return kinds, form


def _check_system(problem: Problem) -> None:
    """The marginal cost of a class is a delay of its own only if all classes weigh time as they weigh load."""
    users = [c for c in problem.classes if (c.demand.volume > 0).any()]
    if len(users) < 2:
        return
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.concatenate([np.ravel(np.asarray(c.time_cost) / np.asarray(c.load)) for c in users])
    if not np.ptp(ratios) <= 1e-12 * np.abs(ratios).max():
        raise InputError(
            "The system optimum of classes whose time_cost and load are not in one ratio has no unique prices. "
            "Give all classes time_cost in proportion to load, or ask for the user equilibrium."
        )


def rows_of(prepared: Prepared, with_flows: bool = True) -> Rows:
    """Rows without flow or trees, or with demand only."""
    n = prepared.roots.shape[0] if with_flows else 0
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
