"""Which named corridors a chain runs in."""

from __future__ import annotations

from karvan.keys import matches
from karvan.model.chain import Chain
from karvan.model.dataset import Dataset


class Corridors:
    """The corridors of a dataset, with the nodes that each gateway's key or pattern names."""

    def __init__(self, dataset: Dataset) -> None:
        keys = frozenset(n.node for n in dataset.nodes)

        def named(pattern: str) -> frozenset[str]:
            if pattern in keys:
                return frozenset((pattern,))
            return frozenset(key for key in keys if matches(pattern, key))

        sorting = [c for c in dataset.corridors if c.via]  # the others are only drawn
        self._via = {c.corridor: tuple(named(gateway) for gateway in c.via) for c in sorting}
        self._avoids = {c.corridor: frozenset().union(*map(named, c.avoids)) for c in sorting}

    def of(self, chain: Chain) -> tuple[str, ...]:
        """Keys of the corridors that a chain runs in, in the order of the table."""
        return tuple(corridor for corridor in self._via if self.runs_in(chain, corridor))

    def runs_in(self, chain: Chain, corridor: str) -> bool:
        """Whether a chain passes a corridor's gateways in their order or the reverse, and no node that it avoids."""
        gateways = self._via.get(corridor)
        if gateways is None or any(chain.node_set.isdisjoint(g) for g in gateways):
            return False
        if not chain.node_set.isdisjoint(self._avoids[corridor]):
            return False
        places = [[i for i, node in enumerate(chain.nodes) if node in g] for g in gateways]
        return _rising(places) or _rising(places[::-1])


def _rising(places: list[list[int]]) -> bool:
    """Whether one position can be taken from each list so that they rise."""
    at = -1
    for options in places:
        further = [i for i in options if i > at]
        if not further:
            return False
        at = min(further)
    return True
