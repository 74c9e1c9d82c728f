"""Zones that a GMNS folder spreads over several nodes: each gets a node of its own, joined to these at no cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karvan.formats.assignment import Network
from karvan.model.problem import CONSTANT, Delays, Links, frozen

KIND = "connector"


def with_centroids(network: Network, members: Mapping[int, Sequence[int]]) -> Network:
    """The network with a node for each zone (id -> positions of its nodes) that paths only begin or end at."""
    if not members:
        return network
    n, links, d = network.links.ids.shape[0], network.links, network.links.delays
    first = max(int(links.ids.max()), 0) + 1
    zone = np.repeat(np.arange(len(members)), [len(nodes) for nodes in members.values()])
    inner = np.array([node for nodes in members.values() for node in nodes], np.int32)
    centroid = (n + zone).astype(np.int32)
    m, k = 2 * inner.shape[0], len(members)
    labels = np.array([network.node(i) for i in range(n)])
    said = [f"zone {z}" for z in members]
    names = [f"{said[z]} to {labels[i]}" for z, i in zip(zone.tolist(), inner.tolist(), strict=True)]
    names += [f"{labels[i]} to {said[z]}" for z, i in zip(zone.tolist(), inner.tolist(), strict=True)]
    delays = {name: _more(getattr(d, name), m, 1.0) for name in ("capacity", "b", "power", "departures")}
    made = Links.of(
        np.append(links.ids, first + np.arange(k)),
        np.concatenate([links.tail, centroid, inner]),
        np.concatenate([links.head, inner, centroid]),
        Delays.of(_more(d.kind, m, CONSTANT), _more(d.free_time, m, 0.0), **delays),
        through=_more(links.through, k, False),
        most=_more(links.most, m, np.inf),
    )
    return replace(
        network,
        links=made,
        zones=frozen([*network.zones.tolist(), *members], np.int64),
        at=frozen([*network.at.tolist(), *range(n, n + k)], np.int32),
        names=frozen([*(network.link(a) for a in range(links.count)), *names], np.str_),
        labels=None if network.labels is None else frozen([*labels.tolist(), *said], np.str_),
        uses=None if network.uses is None else frozen([*network.uses.tolist(), *[""] * m], np.str_),
        kind=frozen([*network.kind.tolist(), *[KIND] * m], np.str_),
        lines=frozen(_more(network.lines, m, 0), np.int32),
        length=frozen(_more(network.length, m, 0.0), np.float64),
        toll=frozen(_more(network.toll, m, 0.0), np.float64),
        speed=frozen(_more(network.speed, m, 0.0), np.float64),
        x=None if network.x is None else frozen(_more(network.x, k, np.nan), np.float64),
        y=None if network.y is None else frozen(_more(network.y, k, np.nan), np.float64),
    )


def _more(values: NDArray[Any], count: int, value: float) -> NDArray[Any]:
    return np.append(values, np.full(count, value, values.dtype))
