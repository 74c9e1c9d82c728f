"""The network as a whole: lengths, speeds, what meets at a node, and whether every terminal can be reached and left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from karvan.keys import matches
from karvan.model.dataset import Dataset
from karvan.model.geometry import great_circle_km
from karvan.model.network import Link
from karvan.routing.expand import END, START, expand

# A link may be shorter than the great circle by what rounded coordinates cost.
_SHORTER, _SHORTER_KM = 0.98, 2.0
# And no longer than this: mountains double a road, hardly more over a distance.
_LONGER, _LONGER_KM = 3.0, 30.0
# On land the drawn line must follow the railway or the road.
_FARTHEST_KM = 130.0
# Commercial speeds that freight has, in km/h, by medium.
_SPEEDS = {"land": (3.0, 100.0), "water": (5.0, 50.0)}


def problems(dataset: Dataset) -> Iterator[str]:
    """Faults of links, of the places where they meet, and of reach."""
    yield from _lengths_and_speeds(dataset)
    yield from _gauges(dataset)
    yield from _borders(dataset)
    yield from _reach(dataset)


def _lengths_and_speeds(d: Dataset) -> Iterator[str]:
    at = {n.node: n for n in d.nodes}
    medium = {m.mode: m.medium for m in d.modes}
    gauged = {m.mode for m in d.modes if m.has_gauge}
    for link in d.links:
        direct = great_circle_km(at[link.from_node], at[link.to_node])
        said = f"links.csv, {link.link}, length_km = '{link.length_km:g}'"
        if link.length_km < _SHORTER * direct - _SHORTER_KM:
            yield f"{said}: is shorter than the great circle of {direct:.1f} km. Correct it or a coordinate."
        if link.length_km > _LONGER * direct + _LONGER_KM:
            times = link.length_km / max(direct, 0.1)
            yield f"{said}: is {times:.1f} times the great circle of {direct:.1f} km. Correct it or a coordinate."
        if medium[link.mode] == "land" and direct > _FARTHEST_KM:
            yield f"{said}: its ends are {direct:.0f} km apart. Put a node in between, so that a map can draw it."
        slow, fast = _SPEEDS[medium[link.mode]]
        if not slow <= link.speed_kmh <= fast:
            yield (
                f"links.csv, {link.link}, speed_kmh = '{link.speed_kmh:g}': freight by {link.mode} runs at {slow:g} to "
                f"{fast:g} km/h. Correct it."
            )
        if (link.mode in gauged) != (link.gauge_mm is not None):
            remedy = "Give it its gauge." if link.mode in gauged else "Leave it empty."
            gauge = link.gauge_mm or ""
            yield f"links.csv, {link.link}, gauge_mm = '{gauge}': does not go with mode {link.mode}. {remedy}"


def _gauges(d: Dataset) -> Iterator[str]:
    """Where open links of two gauges meet, an operation must change it, or cargo could never go on."""
    meet: dict[tuple[str, str], set[int]] = defaultdict(set)
    for link in d.links:
        if link.gauge_mm and link.status == "open":
            for node in (link.from_node, link.to_node):
                meet[node, link.mode].add(link.gauge_mm)
    changes = {(o.node, o.mode_from) for o in d.operations if o.kind == "gauge_change"}
    for (node, mode), gauges in sorted(meet.items()):
        if len(gauges) > 1 and (node, mode) not in changes:
            both = " and ".join(str(g) for g in sorted(gauges))
            yield (
                f"operations.csv: tracks of {both} mm meet at {node} and no operation changes the gauge there. "
                "Add one of kind gauge_change."
            )


def _borders(d: Dataset) -> Iterator[str]:
    """Where links of two operators of two countries meet on land, an operation must cross the border."""
    land = {m.mode for m in d.modes if m.medium == "land"}
    ends: dict[tuple[str, str], list[Link]] = defaultdict(list)
    for link in d.links:
        if link.mode in land:
            for node in (link.from_node, link.to_node):
                ends[node, link.mode].append(link)
    seats = {o.operator: o.country for o in d.operators}
    crossings: dict[str, set[str]] = defaultdict(set)
    for o in d.operations:
        if o.kind in ("border", "gauge_change"):
            crossings[o.mode_from].add(o.node)
    for (node, mode), links in sorted(ends.items()):
        countries = {seats.get(link.operator) or link.country for link in links}
        if len(countries) > 1 and not any(matches(c, node) for c in crossings[mode]):
            yield (
                f"operations.csv: {mode} of {' and '.join(sorted(countries))} meets at {node} and no operation crosses "
                "the border there. Add one of kind border."
            )


def _reach(d: Dataset) -> Iterator[str]:
    """Every place with an open link that handles cargo can be reached from the rest and left for it."""
    if not d.links:
        return
    last = max([link.status_on for link in d.links] + [s.valid_from for s in d.services])
    net = expand(d, last)
    ways: list[list[int]] = [[] for _ in net.states]
    back: list[list[int]] = [[] for _ in net.states]
    for arc in net.arcs:
        if not arc.closed_by:
            ways[arc.tail].append(arc.head)
            back[arc.head].append(arc.tail)
    starts = [i for i, s in enumerate(net.states) if s.service == START]
    ends = [i for i, s in enumerate(net.states) if s.service == END]
    open_nodes = {n for link in d.links if link.status == "open" for n in (link.from_node, link.to_node)}
    hub = max(starts, key=lambda i: len(ways[i]), default=None)
    body = _spread(ways, set() if hub is None else {hub})
    from_hub, to_hub = body, _spread(back, body)
    for states, reached, said in ((ends, from_hub, "reached from"), (starts, to_hub, "left for")):
        good = {net.states[i].node for i in states if i in reached}
        for node in sorted({net.states[i].node for i in states} & open_nodes - good):
            yield (
                f"nodes.csv, {node}: cannot be {said} the rest of the network over open links. Join it by a link, an "
                "operation or a service, or let it handle nothing."
            )


def _spread(ways: list[list[int]], begin: set[int]) -> set[int]:
    seen, todo = set(begin), list(begin)
    while todo:
        for n in ways[todo.pop()]:
            if n not in seen:
                seen.add(n)
                todo.append(n)
    return seen
