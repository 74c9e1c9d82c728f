"""Compiled kernels of the search.

Kernels that call each other stand in this file or in `karvan.heap`, so that numba's cache of one cannot outlive an
edit of another.
Import this module through `karvan.jit.kernels`.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from karvan.heap import pop, push

_jit = numba.njit(cache=True, nogil=True)


@_jit
def dijkstra(indptr: Any, heads: Any, cost: Any, sources: Any, offsets: Any, came: Any) -> Any:
    """Least cost from any source to each state, each source starting at its offset.

    `came` receives the position of the arc last used, or -1. indptr (states + 1), heads (arcs) and cost (arcs, >= 0,
    inf for a barred arc) are one CSR graph. Returns float64 (states), inf where out of reach.
    """
    n = indptr.shape[0] - 1
    best = np.full(n, np.inf)
    keys = np.empty(heads.shape[0] + sources.shape[0] + 1)
    items = np.empty(heads.shape[0] + sources.shape[0] + 1, np.int64)
    size = 0
    for i in range(sources.shape[0]):
        s = sources[i]
        if offsets[i] < best[s]:
            best[s] = offsets[i]
            came[s] = -1
            size = push(keys, items, size, offsets[i], s)
    while size > 0:
        key, state = keys[0], items[0]
        size = pop(keys, items, size)
        if key > best[state]:
            continue
        for a in range(indptr[state], indptr[state + 1]):
            further = key + cost[a]
            if further < best[heads[a]]:
                best[heads[a]] = further
                came[heads[a]] = a
                size = push(keys, items, size, further, heads[a])
    return best


@_jit
def _dominated(labels: Any, after: Any, first: int, new: Any, least: Any, slack: Any) -> bool:
    """Whether a label of the list from `first` is no worse than `new` in every criterion of the total, within slack."""
    other = first
    while other >= 0:
        worse = False
        for k in range(new.shape[0]):
            if labels[other, k] + least[k] > (1.0 + slack[k]) * (new[k] + least[k]):
                worse = True
                break
        if not worse:
            return True
        other = after[other]
    return False


@_jit
def _drop_beaten(labels: Any, after: Any, first: Any, state: int, new: Any, alive: Any) -> None:
    """Take from the list of a state the labels that a new one equals or beats in every criterion."""
    before = -1
    other = first[state]
    while other >= 0:
        beaten = True
        for k in range(new.shape[0]):
            if new[k] > labels[other, k]:
                beaten = False
                break
        following = after[other]
        if beaten:
            alive[other] = False
            if before < 0:
                first[state] = following
            else:
                after[before] = following
        else:
            before = other
        other = following


@_jit
def pareto(  # noqa: C901 - one label-setting loop; numba passes no struct that could hold its state
    indptr: Any,
    heads: Any,
    costs: Any,
    sources: Any,
    is_target: Any,
    least: Any,
    slack: Any,
    most: int,
) -> Any:
    """Labels of the epsilon-Pareto search from sources to targets.

    costs (arcs, criteria) >= 0 with inf for a barred arc; least (states, criteria) are lower bounds to a target, inf
    where none is in reach; slack is (criteria). A label is dropped if one at the same state is no worse in every
    criterion, or a finished one is no worse than its lower bound within `slack`; at zero slack the result is the exact
    front. Labels are expanded in the order of their total relative to the least possible.

    Returns (state, arc, parent, cost, alive) of all labels, finished labels being those of alive targets, and whether
    `most` labels were exceeded (the result is then incomplete).
    """
    n = indptr.shape[0] - 1
    m = costs.shape[1]
    room = 4096
    labels = np.empty((room, m))
    state = np.empty(room, np.int64)
    arc = np.empty(room, np.int64)
    parent = np.empty(room, np.int64)
    after = np.full(room, -1, np.int64)
    alive = np.ones(room, np.bool_)
    heap_keys = np.empty(room)
    heap_items = np.empty(room, np.int64)
    first = np.full(n, -1, np.int64)
    first_done = -1
    after_done = np.full(room, -1, np.int64)
    zero = np.zeros(m)
    scale = np.full(m, np.inf)
    for s in sources:
        for k in range(m):
            if least[s, k] < scale[k]:
                scale[k] = least[s, k]
    for k in range(m):
        if not scale[k] > 1e-9 or scale[k] == np.inf:
            scale[k] = 1.0
    count = 0
    size = 0
    new = np.empty(m)
    for s in sources:
        if least[s, 0] == np.inf:
            continue
        key = 0.0
        for k in range(m):
            labels[count, k] = 0.0
            key += least[s, k] / scale[k]
        state[count] = s
        arc[count] = -1
        parent[count] = -1
        after[count] = first[s]
        first[s] = count
        size = push(heap_keys, heap_items, size, key, count)
        count += 1
    while size > 0:
        label = heap_items[0]
        size = pop(heap_keys, heap_items, size)
        if not alive[label]:
            continue
        here = state[label]
        if is_target[here]:
            continue
        if _dominated(labels, after_done, first_done, labels[label] + least[here], zero, slack):
            alive[label] = False
            continue
        for a in range(indptr[here], indptr[here + 1]):
            there = heads[a]
            if costs[a, 0] == np.inf or least[there, 0] == np.inf:
                continue
            key = 0.0
            for k in range(m):
                new[k] = labels[label, k] + costs[a, k]
                key += (new[k] + least[there, k]) / scale[k]
            if _dominated(labels, after, first[there], new, least[there], zero):
                continue
            if _dominated(labels, after_done, first_done, new + least[there], zero, slack):
                continue
            _drop_beaten(labels, after, first, there, new, alive)
            if count == room:
                if room >= most:
                    return state[:count], arc[:count], parent[:count], labels[:count], alive[:count], True
                room *= 2
                labels = _grown2(labels, room)
                state = _grown(state, room)
                arc = _grown(arc, room)
                parent = _grown(parent, room)
                after = _grown(after, room)
                after_done = _grown(after_done, room)
                wider = np.ones(room, np.bool_)
                wider[:count] = alive
                alive = wider
                keys = np.empty(room)
                keys[:size] = heap_keys[:size]
                heap_keys = keys
                heap_items = _grown(heap_items, room)
            labels[count] = new
            state[count] = there
            arc[count] = a
            parent[count] = label
            after[count] = first[there]
            first[there] = count
            if is_target[there]:
                # Finished labels that the new one beats stay in the list of bounds: they are beaten by it anyway.
                after_done[count] = first_done
                first_done = count
            size = push(heap_keys, heap_items, size, key, count)
            count += 1
    return state[:count], arc[:count], parent[:count], labels[:count], alive[:count], False


@_jit
def _grown(array: Any, room: int) -> Any:
    wider = np.full(room, -1, np.int64)
    wider[: array.shape[0]] = array
    return wider


@_jit
def _grown2(array: Any, room: int) -> Any:
    wider = np.empty((room, array.shape[1]))
    wider[: array.shape[0]] = array
    return wider
