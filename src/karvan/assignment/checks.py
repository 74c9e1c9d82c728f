"""What is wrong with a problem before it is solved: every fault as a sentence with place, value and remedy.

Legal are parallel links, links that cost nothing (cycles of them too), a free time of 0, and demand from a node to
itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karvan.assignment import sentences
from karvan.assignment.distances import reached
from karvan.assignment.verify_delays import times
from karvan.model.problem import BPR, CONSTANT, QUEUE, Floats, Links, Problem, UserClass

# So many faults of one kind are named; of the rest it is said how many they are.
NAMED = 20

LinkName = Callable[[int], str]
PairName = Callable[[int], str]
Mask = NDArray[np.bool_]


def faults(
    problem: Problem,
    *,
    link_name: Callable[[int], str] | None = None,
    demand_name: Callable[[int, int], str] | None = None,
) -> list[str]:
    """Every fault of a problem, none if it can be solved.

    link_name(link) and demand_name(class, pair) say where a value stands, as in 'net.tntp, line 34'. Values are looked
    at where all lengths are right, paths where all values are.
    """
    links = problem.links
    name = link_name or partial(sentences.link, links)
    pairs = [
        partial(demand_name, k) if demand_name else partial(sentences.pair, links, user)
        for k, user in enumerate(problem.classes)
    ]
    found = [*_link_lengths(links)]
    for user in problem.classes:
        found += _class_lengths(links, user)
    if found:
        return found
    found = [*_nodes(links), *_ends(links, name), *_delays(links, name)]
    for user, pair in zip(problem.classes, pairs, strict=True):
        found += [*_class_values(links, user, name), *_volumes(links, user, pair)]
    if found:
        return found
    for user, pair in zip(problem.classes, pairs, strict=True):
        found += [*_negative_costs(links, user, name), *_paths(links, user, pair)]
    return found


def unreachable(problem: Problem) -> tuple[Mask, ...]:
    """By class, which of its pairs have no path over links that the class may use."""
    return tuple(~reached(problem.links, _usable(problem.links, user), user.demand) for user in problem.classes)


def _usable(links: Links, user: UserClass) -> Mask:
    return np.ones(links.count, dtype=np.bool_) if user.allowed is None else user.allowed


def _link_lengths(links: Links) -> Iterator[str]:
    """Arrays that ought to have one entry a node or a link and have not."""
    delays = links.delays
    yield from _lengths("nodes", links.ids.shape[0], {"through": links.through})
    each_link = {
        "head": links.head,
        "most": links.most,
        "kind": delays.kind,
        "free_time": delays.free_time,
        "capacity": delays.capacity,
        "b": delays.b,
        "power": delays.power,
        "departures": delays.departures,
    }
    yield from _lengths("links", links.count, each_link)


def _class_lengths(links: Links, user: UserClass) -> Iterator[str]:
    of = f" of class {user.name}"
    each_link = {"time_cost": user.time_cost, "load": user.load, "fixed_cost": user.fixed_cost, "allowed": user.allowed}
    arrays = {name + of: value for name, value in each_link.items() if value is not None and np.ndim(value)}
    yield from _lengths("links", links.count, arrays)
    demand = user.demand
    ends = {"destination" + of: demand.destination, "volume" + of: demand.volume}
    yield from _lengths("pairs (entries of origin)", demand.origin.shape[0], ends)


def _lengths(what: str, count: int, arrays: dict[str, Any]) -> Iterator[str]:
    for name, values in arrays.items():
        if np.shape(values) != (count,):
            shape = " x ".join(map(str, np.shape(values)))
            yield f"{name} has {shape} entries where there are {count} {what}. Give one for each."


def _nodes(links: Links) -> Iterator[str]:
    ids, times_ = np.unique(links.ids, return_counts=True)
    twice = np.flatnonzero(times_ > 1)
    yield from sentences.listed(
        twice, lambda i: f"Node {ids[i]} is there {times_[i]} times. Give each node an id of its own.", NAMED
    )


def _ends(links: Links, name: LinkName) -> Iterator[str]:
    nodes = links.ids.shape[0]
    for end, values in (("tail", links.tail), ("head", links.head)):
        outside = (values < 0) | (values >= nodes)
        yield from _each(
            outside, values, name, end, f"is no position among {nodes} nodes. Take one from 0 to {nodes - 1}"
        )
    loop = links.tail == links.head
    yield from sentences.listed(
        np.flatnonzero(loop), lambda a: f"{name(a)}: leads from a node to itself. Remove it or correct an end.", NAMED
    )


def _delays(links: Links, name: LinkName) -> Iterator[str]:
    """Entries that a link's kind of delay reads, and hard capacities."""
    d = links.delays
    bpr, queue = d.kind == BPR, d.kind == QUEUE
    known = f"is no kind of delay. Take {CONSTANT} (constant), {BPR} (BPR) or {QUEUE} (queue)"
    yield from _each(~(bpr | queue | (d.kind == CONSTANT)), d.kind, name, "kind", known)
    yield from _each(~_from(d.free_time, 0), d.free_time, name, "free_time", "is no time. Give a number of at least 0")
    above = "cannot slow a link by its load. Give a number above 0, or make the delay constant"
    yield from _each(bpr & ~_above(d.capacity, 0), d.capacity, name, "capacity", above)
    yield from _each(bpr & ~_from(d.b, 0), d.b, name, "b", "would make a delay fall. Give a number of at least 0")
    power = "would make a delay fall. Give a number of at least 0"
    yield from _each(bpr & ~_from(d.power, 0), d.power, name, "power", power)
    batch = "is no number that a departure can take. Give a number of at least 1"
    yield from _each(queue & ~_from(d.capacity, 1), d.capacity, name, "capacity", batch)
    rate = "is no rate of departures. Give a number above 0, or remove the link"
    yield from _each(queue & ~_above(d.departures, 0), d.departures, name, "departures", rate)
    most = "is no hard capacity. Give a number of at least 0, or inf if there is no limit"
    yield from _each(~(links.most >= 0), links.most, name, "most", most)


def _class_values(links: Links, user: UserClass, name: LinkName) -> Iterator[str]:
    """What a class pays and weighs, on links where it is allowed."""
    rules = (
        ("time_cost", _above(user.time_cost, 0), "is no cost of time. Give a number above 0"),
        ("load", _from(user.load, 0), "is no load. Give a number of at least 0"),
        ("fixed_cost", np.isfinite(0.0 if user.fixed_cost is None else user.fixed_cost), "is no cost. Give a number"),
    )
    for field, right, remedy in rules:
        value = getattr(user, field)
        if np.ndim(value):
            yield from _each(~right & _usable(links, user), value, name, f"{field} of class {user.name}", remedy)
        elif not right:
            yield f"Class {user.name}: {field} {value:g} {remedy}."


def _volumes(links: Links, user: UserClass, pair: PairName) -> Iterator[str]:
    demand, nodes = user.demand, links.ids.shape[0]
    for end, values in (("origin", demand.origin), ("destination", demand.destination)):
        outside = (values < 0) | (values >= nodes)
        yield from _each(
            outside, values, pair, end, f"is no position among {nodes} nodes. Take one from 0 to {nodes - 1}"
        )
    volume = demand.volume
    yield from _each(~_from(volume, 0), volume, pair, "volume", "is no demand. Give a number of at least 0")


def _negative_costs(links: Links, user: UserClass, name: LinkName) -> Iterator[str]:
    """Costs only grow with load, so that it is enough to look at empty links."""
    if user.fixed_cost is None:
        return
    cost = user.time_cost * times(links.delays, np.zeros(links.count))[0] + user.fixed_cost
    remedy = "makes the cost of the empty link negative, and going round in circles would pay. Raise it"
    where = (cost < 0) & _usable(links, user)
    yield from _each(where, user.fixed_cost, name, f"fixed_cost of class {user.name}", remedy)


def _paths(links: Links, user: UserClass, pair: PairName) -> Iterator[str]:
    """Demand that cannot go: of zones without links once a zone, of other pairs one by one."""
    demand, usable = user.demand, _usable(links, user)
    volume = np.where(demand.origin == demand.destination, 0.0, demand.volume)
    lost = ~reached(links, usable, demand) & (volume > 0)
    if not lost.any():
        return
    nodes = links.ids.shape[0]
    for ends, of_links, words in (
        (demand.origin, links.tail, "begin at node {}, which no link leaves"),
        (demand.destination, links.head, "end at node {}, to which no link leads"),
    ):
        bare = np.bincount(of_links[usable], minlength=nodes) == 0
        units: Floats = np.bincount(ends, volume, nodes).astype(np.float64)

        def say(n: int, units: Floats = units, words: str = words) -> str:
            place = words.format(links.ids[n])
            return f"Class {user.name}: {units[n]:.6g} units {place} that it may use. Add one or remove the demand."

        yield from sentences.listed(np.flatnonzero(bare & (units > 0)), say, NAMED, units)
        lost &= ~bare[ends]
    yield from sentences.listed(
        np.flatnonzero(lost),
        lambda i: (
            f"{pair(i)}: {volume[i]:.6g} units of class {user.name} have no path. Join the ends or remove the pair."
        ),
        NAMED,
        volume,
    )


def _each(where: Mask, values: NDArray[Any], name: Callable[[int], str], field: str, remedy: str) -> Iterator[str]:
    """A sentence for each entry that is wrong."""
    yield from sentences.listed(np.flatnonzero(where), lambda i: f"{name(i)}: {field} {values[i]:g} {remedy}.", NAMED)


def _above(values: Any, least: float) -> Any:
    """Which values are finite and above a number; NaN is not."""
    return np.isfinite(values) & (np.asarray(values) > least)


def _from(values: Any, least: float) -> Any:
    """Which values are finite and not below a number; NaN is not."""
    return np.isfinite(values) & (np.asarray(values) >= least)
