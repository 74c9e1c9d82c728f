"""Small networks to assign demand to, drawn by hypothesis, and what makes two of them equal."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from karvan.formats.assignment import Matrix, Network
from karvan.model.problem import BPR, CONSTANT, QUEUE, Delays, Links, frozen

NUMBERS = st.floats(0.0, 1e9, allow_subnormal=False)
ABOVE = st.floats(1e-6, 1e9)
IDS = st.integers(1, 2**52)


@st.composite
def networks(draw: st.DrawFn, kinds: tuple[int, ...] = (CONSTANT, BPR), ids: bool = False) -> Network:
    """A network of a few nodes with every node on a link; with `ids` its nodes and zones have numbers of any size."""
    n = draw(st.integers(2, 6))
    zones = draw(st.integers(1, n))
    ends = [(i, (i + 1) % n) for i in range(n)]
    ends += draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=6))
    m = len(ends)
    numbers = sorted(draw(st.sets(IDS, min_size=n, max_size=n))) if ids else list(range(1, n + 1))
    closed = draw(st.integers(0, zones))

    def column(of: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(of, min_size=m, max_size=m))

    kind = np.array(column(st.sampled_from(kinds)))
    return Network(
        title="drawn",
        file="drawn",
        links=Links.of(
            numbers,
            [a for a, _ in ends],
            [b for _, b in ends],
            Delays.of(
                kind,
                column(ABOVE),
                capacity=column(ABOVE),
                b=column(ABOVE),
                power=column(ABOVE),
                departures=column(ABOVE),
            ),
            through=[i >= closed for i in range(n)],
            most=np.where(kind == QUEUE, column(ABOVE), np.inf),
        ),
        zones=frozen(numbers[:zones], np.int64),
        at=frozen(range(zones), np.int32),
        lines=frozen(range(m), np.int32),
        length=frozen(column(NUMBERS), np.float64),
        toll=frozen(column(NUMBERS), np.float64),
        speed=frozen(column(ABOVE), np.float64),
        kind=frozen(column(st.sampled_from(["1", "2", "37"])), np.str_),
    )


@st.composite
def matrices(draw: st.DrawFn, ids: tuple[int, ...] = (1, 2, 3, 4)) -> Matrix:
    """Demand between zones, an entry a pair, in order of origin and destination."""
    zone = st.sampled_from(ids)
    pairs = sorted(draw(st.sets(st.tuples(zone, zone), max_size=8)))
    return Matrix(
        file="drawn",
        name="all",
        origin=frozen([a for a, _ in pairs], np.int64),
        destination=frozen([b for _, b in pairs], np.int64),
        volume=frozen(draw(st.lists(ABOVE, min_size=len(pairs), max_size=len(pairs))), np.float64),
    )


def content(network: Network) -> dict[str, Any]:
    """All that an assignment looks at, by name."""
    links, d = network.links, network.links.delays
    bpr, queue = d.kind == BPR, d.kind == QUEUE
    arrays = {
        "ids": links.ids,
        "through": links.through,
        "tail": links.tail,
        "head": links.head,
        "most": links.most,
        "kind": d.kind,
        "free_time": d.free_time,
        "capacity": d.capacity[bpr | queue],
        "b": d.b[bpr],
        "power": d.power[bpr],
        "departures": d.departures[queue],
        "zones": network.zones,
        "at": network.at,
        "length": network.length,
        "toll": network.toll,
        "speed": network.speed,
        "type": network.kind,
    }
    return {name: values.tolist() for name, values in arrays.items()}


def pairs(matrix: Matrix) -> list[tuple[int, int, float]]:
    """Origin, destination and volume of each entry."""
    return list(zip(matrix.origin.tolist(), matrix.destination.tolist(), matrix.volume.tolist(), strict=True))
