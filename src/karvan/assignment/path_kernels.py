"""Compiled search for the paths that a logit model must not leave out.

Kernels that call each other stand in this file or in `karvan.heap`, so that numba's cache of one cannot outlive an
edit of another.
Import this module through `karvan.jit.kernels`.

A path is of the nest of its first labelled link. A search looks for the paths of one nest, so it moves in two layers of
the network: 0 before that link, where only links without a label and those of the nest are open, and 1 after it. Paths
of the nest 0, those without any labelled link, stay in layer 0.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from karvan.heap import pop, push

_jit = numba.njit(cache=True, nogil=True)


@_jit
def costs_ahead(
    tail: Any, first_in: Any, into: Any, through: Any, cost: Any, label: Any, nest: int, destination: int
) -> Any:
    """Least cost from each layer and node to the destination by a path of the nest, shape (2, nodes); inf for none.

    Links into node n are into[first_in[n] : first_in[n + 1]]; cost (links) is inf where a link is barred.
    """
    nodes = through.shape[0]
    ahead = np.full((2, nodes), np.inf)
    keys = np.empty(3 * cost.shape[0] + 1)
    items = np.empty(3 * cost.shape[0] + 1, np.int64)
    last = 0 if nest == 0 else 1
    ahead[last, destination] = 0.0
    size = push(keys, items, 0, 0.0, last * nodes + destination)
    while size > 0:
        key = keys[0]
        layer, node = items[0] // nodes, items[0] % nodes
        size = pop(keys, items, size)
        if key > ahead[layer, node] or (node != destination and not through[node]):
            continue
        for i in range(first_in[node], first_in[node + 1]):
            a = into[i]
            further = key + cost[a]
            # Backwards over a link of the nest a path may have come from layer 1 as well as from 0.
            for before in range(layer + 1):
                opens = label[a] == (nest if before < layer else 0) or before == 1
                if opens and tail[a] != destination and further < ahead[before, tail[a]]:
                    ahead[before, tail[a]] = further
                    size = push(keys, items, size, further, before * nodes + tail[a])
    return ahead


@_jit
def _worth(weight: float, own: float, outside: float, ratio: float) -> float:
    """Probability of a path of a weight when it joins a nest of the sum `own`, other nests having `outside`."""
    if weight <= 0.0:
        return 0.0
    total = own + weight
    if outside == 0.0:
        return weight / total
    probability: float = weight / total / (1.0 + outside * total ** (-ratio))
    return probability


@_jit
def _worth_at(cost: float, least: float, scale: float, own: float, outside: float, ratio: float) -> float:
    """The most that a path of a cost could be worth; own < 0 while nothing is known of the nest."""
    if own < 0.0:
        most: float = 1.0 / (1.0 + outside * np.exp(scale * ratio * (cost - least)))
        return most
    return _worth(np.exp(-scale * (cost - least)), own, outside, ratio)


@_jit
def _overlap(links: Any, begin: int, end: int, length: Any, users: Any, more: int) -> float:
    """The path size of links[begin:end] when each of its links counts `more` users than it has."""
    total, size = 0.0, 0.0
    for i in range(begin, end):
        a = links[i]
        total += length[a]
        size += length[a] / (users[a] + more)
    share: float = size / total if total > 0.0 else 1.0
    return share


@_jit
def _sum_of_weights(
    start: Any, links: Any, count: int, cost: Any, least: float, scale: float, length: Any, users: Any, power: float
) -> float:
    """The sum of the weights that `count` paths keep at least when one more joins them."""
    total = 0.0
    for p in range(count):
        path = 0.0
        for i in range(start[p], start[p + 1]):
            path += cost[links[i]]
        weight = np.exp(-scale * (path - least))
        if power > 0.0:
            weight *= _overlap(links, start[p], start[p + 1], length, users, 1) ** power
        total += weight
    return total


@_jit
def _meets_itself(head: Any, came: Any, parent: Any, label: int, origin: int, node: int) -> bool:
    """Whether a partial path has been at a node already."""
    if node == origin:
        return True
    while parent[label] >= 0:
        if head[came[label]] == node:
            return True
        label = parent[label]
    return False


@_jit
def _unwound(came: Any, parent: Any, label: int) -> Any:
    """The links of a partial path in order."""
    count, at = 0, label
    while parent[at] >= 0:
        count += 1
        at = parent[at]
    path = np.empty(count, np.int64)
    while parent[label] >= 0:
        count -= 1
        path[count] = came[label]
        label = parent[label]
    return path


@_jit
def _is_held(start: Any, links: Any, count: int, path: Any) -> bool:
    """Whether a path is among the first `count`."""
    for p in range(count):
        if start[p + 1] - start[p] != path.shape[0]:
            continue
        same = True
        for i in range(path.shape[0] - 1, -1, -1):
            if links[start[p] + i] != path[i]:
                same = False
                break
        if same:
            return True
    return False


@_jit
def missing_paths(  # noqa: C901 - one best-first loop; numba passes no struct that could hold its state
    head: Any, first_out: Any, out: Any, through: Any, cost: Any, label: Any, nest: int, ahead: Any, origin: int,
    destination: int, known_start: Any, known_links: Any, scale: float, ratio: float, outside: float, length: Any,
    power: float, least_share: float, most: int,
) -> Any:  # fmt: skip
    """Loopless paths of a nest that would have a probability of least_share beside those known, by increasing cost.

    Path p of the known ones is known_links[known_start[p] : known_start[p + 1]]. A path of cost c has the weight
    exp(-scale * (c - least)) * size ** power: least is the least cost, size the path size by `length` (links). The
    probability is its part of the nest's sum of weights S, times S ** ratio / (S ** ratio + outside); outside is given
    for the least cost ahead of the origin. Of path sizes a search knows while under way only that they are at most 1,
    and of other paths' sizes what is left of them were the new one to share all their links: probabilities are bounds
    from above where power > 0, and exact otherwise.

    Partial paths stand in a heap by their cost and the least cost ahead (links) of them, so that complete ones come
    out in order. Returns (start, links) of the paths known and then found, the most that any left out could be worth,
    log(S ** ratio) without a shift by `least`, and whether `most` partial paths were exceeded (the rest is then
    incomplete).
    """
    room = 1024
    came, parent, layers = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    items, keys, spent = np.empty(room, np.int64), np.empty(room), np.empty(room)
    held = known_start.shape[0] - 1
    start, links = known_start, known_links
    users = np.zeros(cost.shape[0], np.int32)
    for i in range(known_links.shape[0]):
        users[known_links[i]] += 1
    least = ahead[0, origin]
    left, own = 0.0, -1.0
    labels = size = 0
    if least < np.inf:
        came[0], parent[0], layers[0], spent[0] = -1, -1, 0, 0.0
        size = push(keys, items, 0, least, 0)
        labels = 1
    while size > 0:
        key, here = keys[0], items[0]
        size = pop(keys, items, size)
        worth = _worth_at(key, least, scale, own, outside, ratio)
        if worth < least_share:
            left = max(left, worth)
            break
        node = origin if parent[here] < 0 else head[came[here]]
        if node == destination:
            if own < 0.0:
                # The cheapest of all: weights by any cost below it, such as that of a way with a loop, could be 0.
                outside *= np.exp(scale * ratio * (key - least))
                least = key
                own = _sum_of_weights(start, links, held, cost, least, scale, length, users, power)
            path = _unwound(came, parent, here)
            if _is_held(start, links, held, path):
                continue
            weight = np.exp(-scale * (key - least))
            if power > 0.0:
                weight *= _overlap(path, 0, path.shape[0], length, users, 1) ** power
                worth = _worth(weight, own, outside, ratio)
                if worth < least_share:
                    left = max(left, worth)
                    continue
            end = start[held]
            start, links = _grown(start, held + 1, held + 2), _grown(links, end, end + path.shape[0])
            held += 1
            start[held] = end + path.shape[0]
            for i in range(path.shape[0]):
                links[end + i] = path[i]
            own += weight
            if power > 0.0:
                for a in path:
                    users[a] += 1
                own = _sum_of_weights(start, links, held, cost, least, scale, length, users, power)
            continue
        for i in range(first_out[node], first_out[node + 1]):
            a = out[i]
            if head[a] != destination and not through[head[a]]:
                continue
            layer = layers[here]
            if layer == 0 and label[a] != 0:
                if label[a] != nest:
                    continue
                layer = 1
            key = spent[here] + cost[a] + ahead[layer, head[a]]
            if key == np.inf:
                continue
            worth = _worth_at(key, least, scale, own, outside, ratio)
            if worth < least_share:
                if worth > left and not _meets_itself(head, came, parent, here, origin, head[a]):
                    left = worth
                continue
            if _meets_itself(head, came, parent, here, origin, head[a]):
                continue
            if labels == room:
                if room >= most:
                    return start, links, left, -np.inf, True
                room *= 2
                came, parent = _grown(came, labels, room), _grown(parent, labels, room)
                layers, items = _grown(layers, labels, room), _grown(items, labels, room)
                keys, spent = _grown(keys, labels, room), _grown(spent, labels, room)
            came[labels] = a
            parent[labels] = here
            spent[labels] = spent[here] + cost[a]
            layers[labels] = layer
            size = push(keys, items, size, key, labels)
            labels += 1
    value = ratio * (np.log(own) - scale * least) if own > 0.0 else -np.inf
    return start, links, left, value, False


@_jit
def _grown(array: Any, count: int, room: int) -> Any:
    wider = np.empty(room, array.dtype)
    for i in range(count):
        wider[i] = array[i]
    return wider
