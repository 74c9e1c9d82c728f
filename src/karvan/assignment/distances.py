"""Shortest distances and reach by scipy, for the checks before and after an assignment; the solver has its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karvan.model.problem import Demand, Floats, Links

# Distances of so many origins are in memory at once: 64 of 40,000 nodes take 20 MB.
BATCH = 64


def distances(links: Links, usable: NDArray[np.bool_], cost: Floats, demand: Demand) -> Floats:
    """Cost of the cheapest path of each pair of a demand over usable links; inf where there is none."""
    from scipy.sparse.csgraph import dijkstra  # type: ignore[import-untyped]

    graph, end = _graph(links, usable, cost)
    made = np.full(demand.volume.shape[0], np.inf)
    for origins, pairs, rows in _batches(demand):
        found = dijkstra(graph, directed=True, indices=origins)
        made[pairs] = found[rows, end[demand.destination[pairs]]]
    made[demand.origin == demand.destination] = 0.0
    return made


def reached(links: Links, usable: NDArray[np.bool_], demand: Demand) -> NDArray[np.bool_]:
    """Whether each pair of a demand has a path over usable links."""
    from scipy.sparse.csgraph import breadth_first_order, connected_components

    graph, end = _graph(links, usable, np.ones(links.count))
    count, part = connected_components(graph, directed=True, connection="strong")
    # Most nodes are of one part, so a walk over parts is short; most origins step into the same part. A part of several
    # nodes is among those it steps into.
    coarse = _matrix(part[graph.nonzero()[0]], part[graph.indices], np.ones(graph.nnz), count)

    @lru_cache(maxsize=64)
    def from_part(one: int) -> NDArray[np.bool_]:
        made = np.zeros(count, dtype=np.bool_)
        made[breadth_first_order(coarse, one, return_predecessors=False)] = True
        return made

    made: NDArray[np.bool_] = demand.origin == demand.destination
    order = np.argsort(demand.origin, kind="stable")
    origins, first = np.unique(demand.origin[order], return_index=True)
    # Of no pairs at all there is still one split.
    for origin, pairs in zip(origins, np.split(order, first[1:])[: origins.shape[0]], strict=True):
        one, to = part[origin], part[end[demand.destination[pairs]]]
        for other in coarse.indices[coarse.indptr[one] : coarse.indptr[one + 1]]:
            made[pairs] |= from_part(int(other))[to]
    return made


def _graph(links: Links, usable: NDArray[np.bool_], cost: Floats) -> tuple[Any, NDArray[np.int64]]:
    """Usable links as a sparse matrix, and the place in it where paths to each node end.

    A node that no path may pass is two: links leave its place and lead to a copy of it that none leaves.
    """
    nodes = links.ids.shape[0]
    end = np.arange(nodes)
    closed = np.flatnonzero(~links.through)
    end[closed] = nodes + np.arange(closed.shape[0])
    kept = np.flatnonzero(usable)
    return _matrix(links.tail[kept], end[links.head[kept]], cost[kept], nodes + closed.shape[0]), end


def _matrix(tail: NDArray[Any], head: NDArray[Any], cost: Floats, size: int) -> Any:
    """A sparse matrix of the cheapest of parallel links, which scipy itself would add up; a cost of 0 stays a link."""
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    key = tail.astype(np.int64) * size + head
    order = np.lexsort((cost, key))
    key = key[order]
    cheapest = np.ones(key.shape[0], dtype=np.bool_)
    cheapest[1:] = key[1:] != key[:-1]
    starts = np.zeros(size + 1, dtype=np.int32)
    np.cumsum(np.bincount(key[cheapest] // size, minlength=size), out=starts[1:])
    return csr_matrix((cost[order][cheapest], (key[cheapest] % size).astype(np.int32), starts), shape=(size, size))


def _batches(demand: Demand) -> Iterator[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
    """Batches of origins: these, the positions of their pairs, and the place of each pair's origin in the batch."""
    order = np.argsort(demand.origin, kind="stable")
    origins, first = np.unique(demand.origin[order], return_index=True)
    bounds = np.append(first, order.shape[0])
    for begin in range(0, origins.shape[0], BATCH):
        stop = min(begin + BATCH, origins.shape[0])
        pairs = order[bounds[begin] : bounds[stop]]
        rows = np.repeat(np.arange(stop - begin), np.diff(bounds[begin : stop + 1]))
        yield origins[begin:stop], pairs, rows
