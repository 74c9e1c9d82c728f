"""What formats of assignment share: a network and demand as read, and the place in a file of each link and pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from karvan.errors import DataError
from karvan.model.problem import Demand, Floats, Ints, Links, Problem, UserClass, frozen

Ids = NDArray[np.int64]
Words = NDArray[np.str_]

# A number in a file is read as binary floating point, which holds whole numbers up to here.
LARGEST_ID = 2**53


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """Links as a file has them, with what it says beyond their delays; each array has an entry a link unless said.

    title is what was read, file where its links stand. zones (zones) are the ids by which demand names a zone, at
    (zones) their nodes as positions in `links.ids`. lines are those of the file; names are ids of links where they have
    any; uses who may go there, in words with `;` or `,`. Of nodes: x and y, and labels where ids are no numbers.
    """

    title: str
    file: str
    links: Links
    zones: Ids
    at: Ints
    lines: Ints
    length: Floats
    toll: Floats
    speed: Floats
    kind: Words
    names: Words | None = None
    uses: Words | None = None
    x: Floats | None = None
    y: Floats | None = None
    labels: Words | None = None

    def node(self, position: int) -> str:
        """A node as the file names it."""
        return str(self.links.ids[position] if self.labels is None else self.labels[position])

    def link(self, a: int) -> str:
        """A link as the file names it, else by its ends: '1-2'."""
        if self.names is not None:
            return str(self.names[a])
        return f"{self.node(self.links.tail[a])}-{self.node(self.links.head[a])}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Matrix:
    """Volumes of one class between zones by their ids, an entry a pair; pairs without volume are left out."""

    file: str
    name: str
    origin: Ids
    destination: Ids
    volume: Floats
    lines: Ints | None = None

    def place(self, i: int) -> str:
        """Where an entry stands."""
        return f"{self.file}, {f'matrix {self.name}' if self.lines is None else f'line {self.lines[i]}'}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Read:
    """A problem as it was read: what its files say beyond it, and names for its links and pairs.

    `entries` has for each class the entry of its matrix that a pair of its demand is; `within` is the volume that
    stays in its zone and so takes no link.
    """

    problem: Problem
    network: Network
    matrices: tuple[Matrix, ...]
    entries: tuple[Ints, ...]
    within: float

    def link_name(self, a: int) -> str:
        """As in 'SiouxFalls_net.tntp, line 12: link 1-2'."""
        return f"{self.network.file}, line {self.network.lines[a]}: link {self.network.link(a)}"

    def demand_name(self, k: int, i: int) -> str:
        """As in 'SiouxFalls_trips.tntp, line 7: 1 to 2'."""
        matrix, entry = self.matrices[k], int(self.entries[k][i])
        return f"{matrix.place(entry)}: {matrix.origin[entry]} to {matrix.destination[entry]}"


def joined(
    network: Network, matrices: Sequence[Matrix], *, toll_weight: float = 0.0, distance_weight: float = 0.0
) -> Read:
    """The problem of a network and a matrix a class. Raises DataError with every zone that is not in the network.

    Cost is time + toll_weight * toll + distance_weight * length. Where some link names a class among its uses, the
    class takes only links that name it, or nobody, or all.
    """
    faults: list[str] = []
    classes: list[UserClass] = []
    entries: list[Ints] = []
    within = 0.0
    fixed = toll_weight * network.toll + distance_weight * network.length
    for matrix in matrices:
        origin, lost = _positions(network, matrix, matrix.origin, "from")
        destination, more = _positions(network, matrix, matrix.destination, "to")
        faults += lost + more
        if lost or more:
            continue
        kept = np.flatnonzero(origin != destination).astype(np.int32)
        within += float(matrix.volume.sum() - matrix.volume[kept].sum())
        entries.append(frozen(kept, np.int32))
        classes.append(
            UserClass(
                name=matrix.name,
                demand=Demand.of(origin[kept], destination[kept], matrix.volume[kept]),
                fixed_cost=frozen(fixed, np.float64) if fixed.any() else None,
                allowed=_allowed(network, matrix.name),
            )
        )
    if not matrices:
        faults.append("No matrix of demand was given. Name at least one.")
    if faults:
        raise DataError(faults)
    problem = Problem(links=network.links, classes=tuple(classes))
    return Read(problem=problem, network=network, matrices=tuple(matrices), entries=tuple(entries), within=within)


def _positions(network: Network, matrix: Matrix, ids: Ids, way: str) -> tuple[Ints, list[str]]:
    """The nodes of zones, and a fault for each zone that is not there, at the place where it is first named."""
    order = np.argsort(network.zones, kind="stable")
    found = np.searchsorted(network.zones, ids, sorter=order)
    found = order[np.minimum(found, max(order.shape[0] - 1, 0))] if order.shape[0] else np.zeros_like(found)
    known = network.zones[found] == ids if order.shape[0] else np.zeros(ids.shape, bool)
    lost, first = np.unique(ids[~known], return_index=True)
    at = np.flatnonzero(~known)[first]
    faults = [
        f"{matrix.place(int(i))}: demand {way} zone {zone}, which is not in {network.file}. Add or remove it."
        for zone, i in zip(lost.tolist(), at.tolist(), strict=True)
    ]
    return (network.at[found] if not faults else np.zeros(0, np.int32)), faults


def _allowed(network: Network, name: str) -> NDArray[np.bool_] | None:
    if network.uses is None:
        return None
    words = {cell: {w.strip() for w in cell.replace(",", ";").split(";")} - {""} for cell in set(network.uses.tolist())}
    if not any(name in found for found in words.values()):
        return None
    open_to = {cell: not found or bool({name, "all"} & found) for cell, found in words.items()}
    made = np.array([open_to[cell] for cell in network.uses.tolist()], bool)
    return None if made.all() else frozen(made, np.bool_)


def number(value: float) -> str:
    """A number as text that reads back equal, whole numbers without a point."""
    return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
