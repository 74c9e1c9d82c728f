"""What is done for all rows of a class in turn: a row is one class from one origin."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from karvan.assignment.kernels.delay import extrapolate
from karvan.assignment.kernels.groups import has_room, join
from karvan.assignment.kernels.pairs import shift, trace
from karvan.assignment.kernels.records import WEIGHT, Row, jit
from karvan.assignment.kernels.trees import SAME, grow, relabel, settle

# Costs are extrapolated anew once the loaded part of demand has grown by this factor.
_GROWN = 1.01


class Rows(NamedTuple):
    """All rows. flow (rows, links), pred and order (rows, nodes), count (rows): see `Row`.

    class_ (rows); demand of row r: volume[start[r] : start[r + 1]] to the nodes `to` there.
    """

    flow: Any
    pred: Any
    order: Any
    count: Any
    class_: Any
    start: Any
    to: Any
    volume: Any


@jit
def row_of(rows: Any, r: int) -> Any:
    """One row as views of the arrays of all."""
    return Row(rows.flow[r], rows.pred[r], rows.order[r])


@jit
def plant(net: Any, cost: Any, rows: Any, r: int, root: int, scratch: Any) -> None:
    """Grow the tree of a row from its root."""
    rows.count[r] = grow(net, cost, root, row_of(rows, r), scratch)


@jit
def load_tree(net: Any, law: Any, k: int, rows: Any, r: int, scratch: Any) -> None:
    """Put all demand of a row on its tree, which must reach it."""
    row = row_of(rows, r)
    below = scratch.label
    below[:] = 0.0
    for i in range(rows.start[r], rows.start[r + 1]):
        below[rows.to[i]] += rows.volume[i]
    for i in range(rows.count[r] - 1, 0, -1):
        node = row.order[i]
        if below[node] > 0.0:
            a = row.pred[node]
            row.flow[a] += below[node]
            law.load[a] += below[node] * law.form[k, a, WEIGHT]
            below[net.tail[a]] += below[node]


@jit
def plant_all(net: Any, law: Any, k: int, rows: Any, roots: Any, turn: Any, scratch: Any) -> None:
    """Grow the trees of the rows in turn, of class k; demand that cannot arrive is set to nothing."""
    for i in range(turn.shape[0]):
        r = turn[i]
        plant(net, law.cost[k], rows, r, roots[r], scratch)
        for j in range(rows.start[r], rows.start[r + 1]):
            if scratch.label[rows.to[j]] == np.inf:
                rows.volume[j] = 0.0


@jit
def load_trees(net: Any, law: Any, k: int, rows: Any, turn: Any, scratch: Any) -> None:
    """Put all demand of the rows in turn on their trees."""
    for i in range(turn.shape[0]):
        load_tree(net, law, k, rows, turn[i], scratch)


@jit
def load_anew(net: Any, law: Any, k: int, rows: Any, r: int, root: int, scratch: Any) -> None:
    """All or nothing for a row of class k at the costs of now; demand that cannot arrive is set to nothing."""
    plant(net, law.cost[k], rows, r, root, scratch)
    for j in range(rows.start[r], rows.start[r + 1]):
        if scratch.label[rows.to[j]] == np.inf:
            rows.volume[j] = 0.0
    load_tree(net, law, k, rows, r, scratch)


@jit
def load_first(net: Any, law: Any, k: int, rows: Any, roots: Any, turn: Any, parts: Any, scratch: Any) -> None:
    """All or nothing for rows of class k in turn, each at costs extrapolated from what the rows before it loaded.

    turn holds their numbers; parts[i] of all demand is loaded once row turn[i] is. Demand that cannot arrive is set to
    nothing.
    """
    known = 0.0
    for i in range(turn.shape[0]):
        r = turn[i]
        if parts[i] > _GROWN * known:  # one row of many changes little
            extrapolate(law, k, parts[i])
            known = parts[i]
        load_anew(net, law, k, rows, r, roots[r], scratch)


@jit
def _least_cost(rows: Any, r: int, label: Any) -> float:
    """What the demand of a row would pay on best paths."""
    least = 0.0
    for i in range(rows.start[r], rows.start[r + 1]):
        if rows.volume[i] > 0.0:
            least += rows.volume[i] * label[rows.to[i]]
    return least


@jit
def measure(net: Any, law: Any, k: int, rows: Any, first: int, end: int, scratch: Any) -> tuple[float, float]:
    """Bring the trees of rows first .. end - 1 up to costs of class k; returns (excess, least) cost of these.

    least is what all would pay on best paths, excess what they pay beyond that. Only the rows' own arrays are
    written, so threads may share the work.
    """
    excess, least = 0.0, 0.0
    label, cost = scratch.label, law.cost[k]
    for r in range(first, end):
        row = row_of(rows, r)
        rows.count[r] = settle(net, cost, row, rows.count[r], scratch)
        least += _least_cost(rows, r, label)
        for a in range(row.flow.shape[0]):
            if row.flow[a] > 0.0:
                excess += row.flow[a] * (label[net.tail[a]] + cost[a] - label[net.head[a]])
    return excess, least


@jit
def _dear_links(net: Any, cost: Any, rows: Any, r: int, smallest: float, label: Any, into: Any) -> tuple[int, float]:
    """Used links of row r that are not of least cost: how many, and what is paid beyond it on all of them.

    Those where that is above `smallest` are counted and go into `into`, as long as there is room.
    """
    found, beyond = 0, 0.0
    for a in range(cost.shape[0]):
        if rows.flow[r, a] > 0.0:
            at = label[net.head[a]]
            more = label[net.tail[a]] + cost[a] - at
            if more > SAME * at:
                beyond += more * rows.flow[r, a]
                if more * rows.flow[r, a] > smallest and found < into.shape[0]:
                    into[found] = a
                    found += 1
    return found, beyond


@jit
def _shift_at(net: Any, law: Any, k: int, rows: Any, groups: Any, r: int, link: int, scratch: Any) -> None:
    """Equalise the pair at a used link of row r and keep it for replays."""
    middle, length = trace(net, law, k, rows, r, link, scratch)
    if length > 0:
        shift(law, k, rows.flow, r, scratch.segment, 0, middle, length)
        join(groups, k, r, scratch.segment, middle, length)


@jit
def sweep(
    net: Any, law: Any, k: int, rows: Any, groups: Any, first: int, end: int, smallest: float, scratch: Any
) -> tuple[int, float, float]:
    """Shift flow at every used link not of least cost, for rows first .. end - 1, all of class k.

    Links where flow times excess cost is below `smallest` are left. Returns (the next row, excess, least) as `measure`
    does, but of each row as it was found, while the rows before it had moved. The next row is before `end` if the
    groups have no room: make some and go on from it.
    """
    excess, least = 0.0, 0.0
    label, candidate, cost = scratch.label, scratch.candidate, law.cost[k]
    for r in range(first, end):
        rows.count[r] = settle(net, cost, row_of(rows, r), rows.count[r], scratch)
        paid = _least_cost(rows, r, label)
        found, beyond = _dear_links(net, cost, rows, r, smallest, label, candidate)
        for i in range(found - 1, -1, -1):
            if not has_room(groups, 1, 2 * label.shape[0]):
                return r, excess, least
            _shift_at(net, law, k, rows, groups, r, candidate[i], scratch)
        excess += beyond
        least += paid
    return end, excess, least


@jit
def find(
    net: Any, law: Any, k: int, rows: Any, first: int, end: int, scratch: Any, smallest: float, of_row: Any, links: Any
) -> tuple[int, float, float]:
    """The first half of a sweep: what `shift_found` will shift goes to of_row and links; for threads to share.

    Only the rows' own trees are written. Returns (how many, excess, least).
    """
    excess, least, count = 0.0, 0.0, 0
    label, cost = scratch.label, law.cost[k]
    for r in range(first, end):
        rows.count[r] = settle(net, cost, row_of(rows, r), rows.count[r], scratch)
        least += _least_cost(rows, r, label)
        found, beyond = _dear_links(net, cost, rows, r, smallest, label, links[count:])
        of_row[count : count + found] = r
        excess += beyond
        count += found
    return count, excess, least


@jit
def shift_found(
    net: Any, law: Any, k: int, rows: Any, groups: Any, of_row: Any, links: Any, first: int, end: int, scratch: Any
) -> int:
    """The second half: shift at links[first:end]. Returns the next, which is before `end` if groups have no room."""
    for i in range(first, end):
        if not has_room(groups, 1, 2 * scratch.label.shape[0]):
            return i
        if rows.flow[of_row[i], links[i]] > 0.0:
            _shift_at(net, law, k, rows, groups, of_row[i], links[i], scratch)
    return end


@jit
def total_load(law: Any, k: int, rows: Any, first: int, end: int) -> None:
    """Add the flows of rows of class k to the load."""
    for r in range(first, end):
        flow = rows.flow[r]
        for a in range(flow.shape[0]):
            law.load[a] += flow[a] * law.form[k, a, WEIGHT]


@jit
def total_flow(rows: Any, first: int, end: int, into: Any) -> None:
    """Add the flows of rows to `into` (links)."""
    for r in range(first, end):
        flow = rows.flow[r]
        for a in range(flow.shape[0]):
            into[a] += flow[a]


@jit
def dearest(net: Any, law: Any, k: int, rows: Any, first: int, end: int, scratch: Any) -> float:
    """The most that a pair of rows first .. end - 1 pays on its best path, trees being up to date with costs."""
    found = 0.0
    for r in range(first, end):
        relabel(net, law.cost[k], row_of(rows, r), rows.count[r], scratch.label)
        for i in range(rows.start[r], rows.start[r + 1]):
            if rows.volume[i] > 0.0:
                found = max(found, scratch.label[rows.to[i]])
    return found


@jit
def direct(
    net: Any, law: Any, k: int, rows: Any, roots: Any, first: int, end: int, scratch: Any, tree: Any, into: Any
) -> float:
    """All or nothing for rows first .. end - 1 of class k: their flow is added to into (links).

    tree is one row of working space. Demand that cannot arrive is set to nothing. Returns what is paid.
    """
    paid = 0.0
    below = scratch.keys
    for r in range(first, end):
        count = grow(net, law.cost[k], roots[r], tree, scratch)
        below[: tree.pred.shape[0]] = 0.0
        for i in range(rows.start[r], rows.start[r + 1]):
            if scratch.label[rows.to[i]] == np.inf:
                rows.volume[i] = 0.0
            elif rows.volume[i] > 0.0:
                below[rows.to[i]] += rows.volume[i]
                paid += rows.volume[i] * scratch.label[rows.to[i]]
        for i in range(count - 1, 0, -1):
            node = tree.order[i]
            if below[node] > 0.0:
                a = tree.pred[node]
                into[a] += below[node]
                below[net.tail[a]] += below[node]
    return paid
