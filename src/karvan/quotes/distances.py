"""Cited distances against the network. They are no input of a quote, so they are a check."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappop, heappush
from itertools import pairwise

from karvan.model.chain import Chain
from karvan.model.dataset import Dataset
from karvan.model.network import CitedDistance, Link

TOLERANCE = 0.05  # of a cited distance
_NOT_OPEN = 2.5  # times the length of a link that is not open, in the choice of a way


@dataclass(frozen=True, slots=True)
class DistanceCheck:
    """A cited distance and ours; `length_km` is None where the network does not join the places by that mode.

    `not_open` are keys of links of our way that are not open.
    """

    cited: CitedDistance
    length_km: float | None
    not_open: tuple[str, ...]

    @property
    def error(self) -> float | None:
        """Ours over the cited distance, less one."""
        return None if self.length_km is None else self.length_km / self.cited.length_km - 1.0


def way_km(dataset: Dataset, mode: str, places: Sequence[str]) -> tuple[float, tuple[str, ...]] | None:
    """Kilometres of the shortest way by one mode (any, if empty) through places in order.

    Also its links that are not open: those are counted 2.5 times in the choice of the way, so that they are taken only
    where they are needed. None if even all links together do not join the places.
    """
    graph = _by_mode(dataset, mode)
    km, not_open = 0.0, []
    for a, b in pairwise(places):
        leg = _shortest(graph, a, b)
        if leg is None:
            return None
        km += sum(link.length_km for link in leg)
        not_open += [link.link for link in leg if link.status != "open"]
    return km, tuple(dict.fromkeys(not_open))


def distance_checks(dataset: Dataset) -> tuple[DistanceCheck, ...]:
    """Every cited distance against the network, in the order of the table."""
    made = []
    for row in dataset.cited_distances:
        found = way_km(dataset, row.mode, (row.from_node, *row.via, row.to_node))
        made.append(DistanceCheck(row, found[0], found[1]) if found else DistanceCheck(row, None, ()))
    return tuple(made)


def section_checks(dataset: Dataset, chain: Chain) -> tuple[DistanceCheck, ...]:
    """The cited distances between places that a chain passes by the cited mode, against the chain's own kilometres."""
    lengths = _lengths(dataset)
    at: dict[str, tuple[int, float]] = {}
    modes: list[str] = []
    km = 0.0
    for movement in chain.movements:
        at.setdefault(movement.from_node, (len(modes), km))
        for link, node in zip(movement.links, movement.nodes[1:], strict=True):
            km += lengths[link]
            modes.append(movement.mode)
            at[node] = (len(modes), km)
    found = []
    for row in dataset.cited_distances:
        passed = [at.get(node) for node in (row.from_node, *row.via, row.to_node)]
        stops = [p for p in passed if p is not None]
        if len(stops) < len(passed) or stops not in (sorted(stops), sorted(stops, reverse=True)):
            continue
        (first, start), (last, end) = min(stops), max(stops)
        if not row.mode or set(modes[first:last]) == {row.mode}:
            found.append(DistanceCheck(row, end - start, ()))
    return tuple(found)


@lru_cache(maxsize=16)
def _by_mode(dataset: Dataset, mode: str) -> dict[str, list[tuple[str, Link]]]:
    graph: dict[str, list[tuple[str, Link]]] = defaultdict(list)
    for link in dataset.links:
        if mode in ("", link.mode):
            graph[link.from_node].append((link.to_node, link))
            graph[link.to_node].append((link.from_node, link))
    return graph


@lru_cache(maxsize=4)
def _lengths(dataset: Dataset) -> dict[str, float]:
    return {link.link: link.length_km for link in dataset.links}


def _shortest(graph: dict[str, list[tuple[str, Link]]], a: str, b: str) -> list[Link] | None:
    """Links of the shortest way, those that are not open counted for more than they are."""
    best, came = {a: 0.0}, dict[str, tuple[str, Link]]()
    heap = [(0.0, a)]
    while heap:
        km, node = heappop(heap)
        if node == b:
            break
        if km > best[node]:
            continue
        for other, link in graph.get(node, ()):
            further = km + link.length_km * (1.0 if link.status == "open" else _NOT_OPEN)
            if further < best.get(other, math.inf):
                best[other], came[other] = further, (node, link)
                heappush(heap, (further, other))
    if b not in best:
        return None
    way: list[Link] = []
    while b != a:
        b, link = came[b]
        way.append(link)
    return way
