"""Ways over links alone, without services, prices or operations: for distances, corridors and maps."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from heapq import heappop, heappush
from itertools import pairwise

from karvan.model.dataset import Dataset
from karvan.model.network import Link

# Times the length of a link that is not open, in the choice of a way: it is taken only where it is needed.
_NOT_OPEN = 2.5


# The links at each node, each with the node at its other end.
Graph = Mapping[str, Sequence[tuple[str, Link]]]


def way_km(dataset: Dataset, mode: str, places: Sequence[str]) -> tuple[float, tuple[str, ...]] | None:
    """Kilometres of the shortest way by one mode (any, if empty) through places in order.

    Also its links that are not open. None if even all links together do not join the places.
    """
    links: list[Link] = []
    for a, b in pairwise(places):
        leg = way(dataset, mode, a, b)
        if leg is None:
            return None
        links += leg
    return sum(link.length_km for link in links), not_open(links)


def not_open(links: Iterable[Link]) -> tuple[str, ...]:
    """Keys of the links that are not open, each once."""
    return tuple(dict.fromkeys(link.link for link in links if link.status != "open"))


def way(dataset: Dataset, mode: str, a: str, b: str) -> tuple[Link, ...] | None:
    """Links of the shortest way by a mode (any, if empty), those that are not open counted 2.5 times; None if none."""
    return shortest(
        _by_mode(dataset, mode),
        a,
        b,
        lambda link: link.length_km * (1.0 if link.status == "open" else _NOT_OPEN),
    )


def shortest(graph: Graph, a: str, b: str, length: Callable[[Link], float]) -> tuple[Link, ...] | None:
    """Links of the shortest way over a graph by a length of at least 0 (Dijkstra, 1959); None if there is none."""
    best, came = {a: 0.0}, dict[str, tuple[str, Link]]()
    heap = [(0.0, a)]
    while heap:
        far, node = heappop(heap)
        if node == b:
            break
        if far > best[node]:
            continue
        for other, link in graph.get(node, ()):
            further = far + length(link)
            if further < best.get(other, math.inf):
                best[other], came[other] = further, (node, link)
                heappush(heap, (further, other))
    if b not in best:
        return None
    found: list[Link] = []
    while b != a:
        b, link = came[b]
        found.append(link)
    return tuple(reversed(found))


@lru_cache(maxsize=16)
def _by_mode(dataset: Dataset, mode: str) -> dict[str, list[tuple[str, Link]]]:
    graph: dict[str, list[tuple[str, Link]]] = defaultdict(list)
    for link in dataset.links:
        if mode in ("", link.mode):
            graph[link.from_node].append((link.to_node, link))
            graph[link.to_node].append((link.from_node, link))
    return graph
