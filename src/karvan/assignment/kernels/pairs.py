"""Pairs of alternative segments: two ways between two nodes that share no link (Bar-Gera 2010).

A pair of one origin is found at a used link that is not of least cost: the tree's way to the link's head, against the
used way into the link followed backwards by the largest flow (Xie and Xie 2016), to the node where the two part. The
largest flow, not the largest cost: near ties the latter finds ways that hardly carry anything, and shifts crumbs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from karvan.assignment.kernels.delay import refresh
from karvan.assignment.kernels.records import NONE, WEIGHT, jit

# Newton steps on one pair at a time; bracketed, so more would only polish what the next pair disturbs.
_MOST_STEPS = 8
# A step that leaves less than this of the difference in cost is good enough.
_GOOD = 0.3
# Of a flow that leaves a link, what remains below this part is rounding.
CRUMB = 1e-13


@jit
def move(law: Any, k: int, flows: Any, r: int, links: Any, first: int, end: int, amount: float) -> None:
    """Add an amount of class k to the flow of row r and to the load on links[first:end], and refresh these."""
    for i in range(first, end):
        a = links[i]
        flows[r, a] = flows[r, a] + amount if amount >= 0.0 else without(flows[r, a], -amount)
        law.load[a] += amount * law.form[k, a, WEIGHT]
        refresh(law, k, a)


@jit
def without(flow: float, amount: float) -> float:
    """What is left of a flow; what only rounding leaves is nothing."""
    left = flow - amount
    return left if left > CRUMB * flow else 0.0


@jit
def _cut_cycle(law: Any, k: int, flows: Any, r: int, scratch: Any, first: int, end: int) -> None:
    """Take the least flow of a cycle, segment[first:end], from all of it: it carries nobody anywhere."""
    move(law, k, flows, r, scratch.segment, first, end, -least_flow(flows, r, scratch.segment, first, end))


@jit
def largest_inflow(net: Any, flows: Any, r: int, node: int) -> Any:
    """The link into a node with the largest flow, or NONE if there is none."""
    most, best = 0.0, NONE
    for a in range(net.in_start[node], net.in_start[node + 1]):
        if flows[r, a] > most:
            most = flows[r, a]
            best = np.uint32(a)
    return best


@jit
def trace(net: Any, law: Any, k: int, rows: Any, r: int, link: int, scratch: Any) -> tuple[int, int]:
    """The pair at a used link: scratch.segment[:n1] is the tree's segment, [n1:n2] the used one, both backwards.

    Returns (n1, n2), or (0, 0) where the flow on the link comes from nowhere (a crumb of rounding).
    """
    mark, stamp, segment = scratch.mark, scratch.stamp, scratch.segment
    n = mark.shape[0]
    flows, pred = rows.flow, rows.pred
    root = rows.order[r, 0]
    while True:
        stamp[0] += 2
        on_tree = stamp[0]
        node = net.head[link]
        # The head itself stays unmarked: a way back through it is a cycle.
        while node != root:
            node = net.tail[pred[r, node]]
            mark[node] = on_tree
        segment[n] = link
        end = n + 1
        node = net.tail[link]
        mark[net.head[link]] = on_tree + 1
        while mark[node] != on_tree and mark[node] != on_tree + 1:
            mark[node] = on_tree + 1
            a = largest_inflow(net, flows, r, node)
            if a == NONE:
                return 0, 0
            segment[end] = a
            end += 1
            node = net.tail[a]
        if mark[node] == on_tree:
            break
        first = end - 1
        while net.head[segment[first]] != node:
            first -= 1
        _cut_cycle(law, k, flows, r, scratch, first, end)
        if flows[r, link] <= 0.0:
            return 0, 0
    parted = node
    n1 = 0
    node = net.head[link]
    while node != parted:
        segment[n1] = pred[r, node]
        n1 += 1
        node = net.tail[pred[r, node]]
    for i in range(n, end):
        segment[n1 + i - n] = segment[i]
    return n1, n1 + end - n


@jit
def difference(law: Any, k: int, links: Any, first: int, middle: int, end: int) -> tuple[float, float]:
    """Cost to class k of links[middle:end] less that of links[first:middle], and the sum of all slopes."""
    cost, slope = 0.0, 0.0
    for i in range(first, middle):
        cost -= law.cost[k, links[i]]
        slope += law.slope[k, links[i]]
    for i in range(middle, end):
        cost += law.cost[k, links[i]]
        slope += law.slope[k, links[i]]
    return cost, slope


@jit
def least_flow(flows: Any, r: int, links: Any, first: int, end: int) -> Any:
    """The least flow of row r on links[first:end], which is what can leave them."""
    least = flows[r, links[first]]
    for i in range(first + 1, end):
        least = min(least, flows[r, links[i]])
    return least


@jit
def shift(law: Any, k: int, flows: Any, r: int, links: Any, first: int, middle: int, end: int) -> float:
    """Move flow of row r of class k from links[middle:end] to links[first:middle] until these cost the same.

    Newton's method on the difference of costs, in a bracket; does nothing if the first are not cheaper. Returns the
    flow moved.
    """
    excess, slope = difference(law, k, links, first, middle, end)
    if excess <= 0.0:
        return 0.0
    start, low, high, done = excess, 0.0, least_flow(flows, r, links, middle, end), 0.0
    too_far = False
    for _ in range(_MOST_STEPS):
        at = done + excess / slope if slope > 0.0 else (high if excess > 0.0 else low)
        if excess > 0.0 and at >= high and not too_far:
            at = high
        elif at <= low or at >= high:
            at = 0.5 * (low + high)
        move(law, k, flows, r, links, first, middle, at - done)
        move(law, k, flows, r, links, middle, end, done - at)
        done = at
        excess, slope = difference(law, k, links, first, middle, end)
        if abs(excess) <= _GOOD * start or (excess > 0.0 and done >= high):
            break
        if excess > 0.0:
            low = done
        else:
            high = done
            too_far = True
    return done
