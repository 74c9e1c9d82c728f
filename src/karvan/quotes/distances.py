"""Cited distances against the network. They are no input of a quote, so they are a check."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from karvan.model.chain import Chain
from karvan.model.dataset import Dataset
from karvan.model.network import CitedDistance
from karvan.routing.ways import way_km

TOLERANCE = 0.05  # of a cited distance


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


@lru_cache(maxsize=4)
def _lengths(dataset: Dataset) -> dict[str, float]:
    return {link.link: link.length_km for link in dataset.links}
