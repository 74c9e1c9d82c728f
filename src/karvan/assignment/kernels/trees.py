"""Least-cost trees from one origin: made by Dijkstra's algorithm, then kept up as costs change."""

from __future__ import annotations

from typing import Any

import numpy as np

from karvan.assignment.kernels.records import NONE, jit
from karvan.heap import pop, push

# Two labels closer than this, relatively, are one: sums of the same costs in another order differ by so much.
SAME = 1e-14
# A correction leaves differences below SAME at each node; where these add up along a path another one mends them.
_MOST_CORRECTIONS = 20
_NEW, _WAITING, _PASSED = range(3)


@jit
def grow(net: Any, cost: Any, root: int, row: Any, scratch: Any) -> int:
    """Dijkstra's tree from a root into row.pred and row.order; returns how many nodes are in reach.

    cost (links) >= 0, inf where barred. scratch.label holds the costs to each node, inf out of reach.
    """
    label, keys, items, settled = scratch.label, scratch.keys, scratch.items, scratch.child
    label[:] = np.inf
    settled[:] = 0
    row.pred[:] = NONE
    label[root] = 0.0
    keys[0] = 0.0
    items[0] = root
    size = 1
    count = 0
    while size > 0:
        key, node = keys[0], items[0]
        size = pop(keys, items, size)
        if settled[node]:
            continue
        settled[node] = 1
        row.order[count] = node
        count += 1
        for i in range(net.out_start[node], net.out_start[node + 1]):
            a = net.out_link[i]
            further = key + cost[a]
            if further < label[net.head[a]]:
                label[net.head[a]] = further
                row.pred[net.head[a]] = a
                size = push(keys, items, size, further, net.head[a])
    return count


@jit
def relabel(net: Any, cost: Any, row: Any, count: int, label: Any) -> None:
    """Costs along the row's tree into label, inf out of reach."""
    label[:] = np.inf
    label[row.order[0]] = 0.0
    for i in range(1, count):
        node = row.order[i]
        a = row.pred[node]
        label[node] = label[net.tail[a]] + cost[a]


@jit
def correct(net: Any, cost: Any, row: Any, scratch: Any) -> bool:
    """Make the row's labels and links least again by label correction (Pape 1974); returns whether any changed.

    scratch.label must hold the costs along the tree. The order of the tree is not kept: see `reorder`.
    """
    label, queue, waiting = scratch.label, scratch.items, scratch.child
    n = label.shape[0]
    first, size = 0, 0
    for a in range(cost.shape[0]):
        at = net.head[a]
        further = label[net.tail[a]] + cost[a]
        if further < label[at] * (1.0 - SAME):
            if size == 0:
                waiting[:] = _NEW
            label[at] = further
            row.pred[at] = a
            if waiting[at] == _NEW:
                waiting[at] = _WAITING
                queue[size] = at
                size += 1
    if size == 0:
        return False
    while size > 0:
        node = queue[first]
        first = first + 1 if first + 1 < n else 0
        size -= 1
        waiting[node] = _PASSED
        for i in range(net.out_start[node], net.out_start[node + 1]):
            a = net.out_link[i]
            at = net.head[a]
            further = label[node] + cost[a]
            if further < label[at] * (1.0 - SAME):
                label[at] = further
                row.pred[at] = a
                if waiting[at] == _NEW:
                    queue[first + size if first + size < n else first + size - n] = at
                    size += 1
                elif waiting[at] == _PASSED:
                    first = first - 1 if first > 0 else n - 1
                    queue[first] = at
                    size += 1
                waiting[at] = _WAITING
    return True


@jit
def reorder(net: Any, row: Any, root: int, scratch: Any) -> int:
    """Nodes of the row's tree into row.order, parents first; returns how many."""
    child, sibling = scratch.child, scratch.sibling
    child[:] = NONE
    for node in range(row.pred.shape[0]):
        a = row.pred[node]
        if a != NONE:
            parent = net.tail[a]
            sibling[node] = child[parent]
            child[parent] = node
    row.order[0] = root
    count = 1
    i = 0
    while i < count:
        node = child[row.order[i]]
        while node != NONE:
            row.order[count] = node
            count += 1
            node = sibling[node]
        i += 1
    return count


@jit
def settle(net: Any, cost: Any, row: Any, count: int, scratch: Any) -> int:
    """Bring the row's tree and scratch.label up to the costs; returns how many nodes are in reach."""
    relabel(net, cost, row, count, scratch.label)
    for _ in range(_MOST_CORRECTIONS):
        if not correct(net, cost, row, scratch):
            break
        count = reorder(net, row, row.order[0], scratch)
        relabel(net, cost, row, count, scratch.label)
    return count
