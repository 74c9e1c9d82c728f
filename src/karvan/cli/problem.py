"""What `karvan assign` is given: a network and demand from files, made into a problem without faults."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from karvan.cli.text import plain
from karvan.errors import DataError, InputError
from karvan.formats import gmns_network, omx, tntp
from karvan.formats.assignment import Matrix, Network, Read, joined
from karvan.model.problem import Demand, frozen

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Given:
    """A network and the demand of each class, as their files have them."""

    network: Network
    matrices: tuple[Matrix, ...]


def reading(net: Path, trips: Path | None, names: Sequence[str] | None, mapping: str | None) -> Given:
    """Both files. Raises DataError once with the faults of both, and InputError if demand is named by nothing."""
    is_folder = net.is_dir()
    if is_folder and not gmns_network.recognises(net):
        raise InputError(f"'{plain(str(net))}' has no node.csv and link.csv. Name a GMNS folder or a _net.tntp file.")
    if trips is None and not is_folder:
        raise InputError("No demand was named. Name a _trips.tntp, .omx or .csv file after the network.")
    if (names or mapping) and (trips is None or trips.suffix != ".omx"):
        raise InputError("--matrix and --mapping are for an .omx file. Name one, or leave them out.")
    faults: list[str] = []
    network = _tried(lambda: (gmns_network if is_folder else tntp).read_network(net), faults)
    matrices = _tried(lambda: _matrices(net, trips, names, mapping), faults)
    if network is None or matrices is None:
        raise DataError(faults)
    return Given(network, matrices)


def _tried(read: Callable[[], _T], faults: list[str]) -> _T | None:
    try:
        return read()
    except DataError as fault:
        faults += fault.problems
        return None


def _matrices(net: Path, trips: Path | None, names: Sequence[str] | None, mapping: str | None) -> tuple[Matrix, ...]:
    if trips is None:
        return gmns_network.read_demands(net)
    if trips.suffix == ".omx":
        return omx.read(trips, names or None, mapping)
    return (gmns_network.read_demand(trips) if trips.suffix == ".csv" else tntp.read_trips(trips),)


def prepared(
    given: Given, *, scale: float, toll_weight: float, distance_weight: float, drop: bool
) -> tuple[Read, float]:
    """The problem, and the volume that was left out for want of a path. Raises DataError with every fault."""
    from karvan.assignment.checks import faults

    matrices = [replace(m, volume=frozen(m.volume * scale, np.float64)) for m in given.matrices]
    read = joined(given.network, matrices, toll_weight=toll_weight, distance_weight=distance_weight)
    dropped = 0.0
    if drop:
        read, dropped = _reachable(read)
    found = faults(read.problem, link_name=read.link_name, demand_name=read.demand_name)
    if found:
        raise DataError(found)
    return read, dropped


def _reachable(read: Read) -> tuple[Read, float]:
    from karvan.assignment.checks import unreachable

    classes, entries, dropped = [], [], 0.0
    for user, entry, lost in zip(read.problem.classes, read.entries, unreachable(read.problem), strict=True):
        d = user.demand
        dropped += float(d.volume[lost].sum())
        classes.append(replace(user, demand=Demand.of(d.origin[~lost], d.destination[~lost], d.volume[~lost])))
        entries.append(frozen(entry[~lost], np.int32))
    problem = replace(read.problem, classes=tuple(classes))
    return replace(read, problem=problem, entries=tuple(entries)), dropped


def selected(read: Read, name: str) -> list[int]:
    """Links by the ids of their nodes, as '3-12', or by their own. Raises InputError."""
    network, links = read.network, read.network.links
    if network.names is not None and (own := np.flatnonzero(network.names == name)).shape[0]:
        return [int(a) for a in own]
    words = links.ids.astype(np.str_) if network.labels is None else network.labels
    at = {str(word): i for i, word in enumerate(words.tolist())}
    for i, letter in enumerate(name):
        tail, head = at.get(name[:i]), at.get(name[i + 1 :])
        if letter == "-" and tail is not None and head is not None:
            found = np.flatnonzero((links.tail == tail) & (links.head == head))
            if found.shape[0]:
                return [int(a) for a in found]
    raise InputError(f"There is no link '{plain(name)}'. Name it by its nodes, as {network.link(0)}.")
