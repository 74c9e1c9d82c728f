"""A GMNS folder as a network to assign demand to, and out again with what the links then carry.

Times are in minutes. Of node.csv: `node_id`, `x_coord`, `y_coord`, and `zone_id` where the demand of a zone begins and
ends; no path passes a node whose `node_type` has the word centroid. Of link.csv, by any case:

- `link_id`, `from_node_id`, `to_node_id`, `directed` (false: a link each way), `allowed_uses`, `toll` or `vdf_toll`
- `length` and `free_speed`, in the units that config.csv names, else km and km/h
- `capacity`, a lane and hour, times `lanes`; or `vdf_cap1`, of all lanes. Without one a link takes its time at any load
- `vdf_fftt` or `vdf_fftt1`, minutes without load; else by `vdf_length_mi` and `vdf_free_speed_mph` if both are there;
  else by length and speed
- `vdf_alpha` and `vdf_beta` or `vdf_alpha1` and `vdf_beta1` of the BPR curve, else 0.15 and 4
- two columns of ours: `departures` a minute, of which each takes `capacity` of a load that is a minute's too; and
  `most`, the load that a link can carry at all
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karvan.errors import DataError
from karvan.formats._gmns_cells import Cells, load
from karvan.formats._gmns_centroids import with_centroids
from karvan.formats._gmns_links import units
from karvan.formats._gmns_out import performance, write
from karvan.formats.assignment import LARGEST_ID, Matrix, Network, Read, joined
from karvan.model.problem import BPR, CONSTANT, QUEUE, Delays, Floats, Links, frozen

DEMAND = "demand.csv"
_B, _POWER = 0.15, 4.0
_MINUTES = 60.0
_BACK = " back"
_NO = ("false", "0", "no", "f")


def recognises(path: Path) -> bool:
    """Whether a path is a folder with a table of nodes and one of links."""
    return (path / "node.csv").is_file() and (path / "link.csv").is_file()


def read(
    folder: Path,
    matrices: Sequence[Matrix] | None = None,
    *,
    toll_weight: float = 0.0,
    distance_weight: float = 0.0,
) -> Read:
    """The problem of a folder, with its own demand unless matrices are given.

    Raises DataError once with every fault of all files.
    """
    faults: list[str] = []
    network, given = None, matrices
    try:
        network = read_network(folder)
    except DataError as fault:
        faults += fault.problems
    try:
        given = read_demands(folder) if matrices is None else matrices
    except DataError as fault:
        faults += fault.problems
    if network is None or given is None:
        raise DataError(faults)
    return joined(network, given, toll_weight=toll_weight, distance_weight=distance_weight)


def read_demands(folder: Path) -> tuple[Matrix, ...]:
    """The demand of a folder: its demand.csv, else a class for each demand_CLASS.csv. Raises DataError."""
    several = [] if (folder / DEMAND).exists() else sorted(folder.glob("demand_*.csv"))
    if not several:
        return (read_demand(folder / DEMAND),)
    made: list[Matrix] = []
    faults: list[str] = []
    for path in several:
        try:
            made.append(read_demand(path, path.stem.removeprefix("demand_")))
        except DataError as fault:
            faults += fault.problems
    if faults:
        raise DataError(faults)
    return tuple(made)


def read_demand(path: Path, name: str = "auto") -> Matrix:
    """Demand of one class from a table with o_zone_id, d_zone_id and volume. Raises DataError with every fault."""
    faults: list[str] = []
    cells = load(path, ("o_zone_id", "d_zone_id", "volume"), faults)
    if cells is None:
        raise DataError(faults)
    origin, destination = cells.ids("o_zone_id"), cells.ids("d_zone_id")
    volume = cells.numbers("volume", needed=True)
    kept = volume > 0
    if faults:
        raise DataError(faults)
    return Matrix(
        file=path.name,
        name=name,
        origin=frozen(origin[kept], np.int64),
        destination=frozen(destination[kept], np.int64),
        volume=frozen(volume[kept], np.float64),
        lines=frozen(cells.lines[kept], np.int32),
    )


def read_network(folder: Path) -> Network:
    """A folder's nodes and links. Raises DataError with every fault of all its files."""
    faults: list[str] = []
    nodes = load(folder / "node.csv", ("node_id", "zone_id"), faults)
    links = load(folder / "link.csv", ("link_id", "from_node_id", "to_node_id"), faults)
    km, kmh = _units(folder, faults)
    if nodes is None or links is None:
        raise DataError(faults)
    about = _nodes(nodes)
    ends = _ends(links, nodes)
    made = _links(links, km, kmh)
    if faults:
        raise DataError(faults)
    return with_centroids(_network(folder.resolve().name, links, about, ends, made), about["members"])


def _units(folder: Path, faults: list[str]) -> tuple[float, float]:
    if not (folder / "config.csv").is_file():
        return 1.0, 1.0
    config = load(folder / "config.csv", (), faults)
    return units({c: (config.text(c) or [""])[0] for c in ("long_length", "speed")} if config else {}, faults)


def _nodes(nodes: Cells) -> dict[str, Any]:
    """What a network needs of its nodes."""
    labels = nodes.text("node_id")
    nodes.check_unique("node_id", labels)
    for i in [i for i, label in enumerate(labels) if not label]:
        nodes.fault(i, "node_id", "is missing. Give the node one.")
    numbered = all(label.removeprefix("-").isdecimal() and len(label) < 19 for label in labels)
    # A zone of 0 or below is how programs say that a node has none.
    zones = [cell if cell.lstrip("+-0") and not cell.startswith("-") else "" for cell in nodes.text("zone_id")]
    members: dict[int, list[int]] = {}
    words: set[str] = set()
    for i in [i for i, zone in enumerate(zones) if zone]:
        if zones[i].isdecimal() and int(zones[i]) < LARGEST_ID:
            members.setdefault(int(zones[i]), []).append(i)
        elif zones[i] not in words:
            words.add(zones[i])
            nodes.fault(i, "zone_id", f"'{zones[i][:40]}' is not a whole number. Number the zones.")
    single = {zone: at[0] for zone, at in members.items() if len(at) == 1}
    if not any(zones):
        nodes.faults.append(
            "node.csv: no node has a zone_id. Give it to the node where a zone's demand begins and ends."
        )
    x, y = (nodes.numbers(c, above=-np.inf) for c in ("x_coord", "y_coord"))
    ids = [int(label) for label in labels] if numbered else range(1, len(labels) + 1)
    return {
        "ids": frozen(list(ids), np.int64),
        "labels": None if numbered else frozen(labels, np.str_),
        "zones": frozen(list(single), np.int64),
        "at": frozen(list(single.values()), np.int32),
        "members": {zone: at for zone, at in members.items() if len(at) > 1},
        "through": frozen(["centroid" not in cell.lower() for cell in nodes.text("node_type")], np.bool_),
        "x": frozen(x, np.float64),
        "y": frozen(y, np.float64),
    }


def _ends(links: Cells, nodes: Cells) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Positions of the first and last node of each link."""
    links.check_unique("link_id", links.text("link_id"))
    at = {label: i for i, label in enumerate(nodes.text("node_id"))}
    made = []
    for column in ("from_node_id", "to_node_id"):
        cells = links.text(column)
        for i in [i for i, cell in enumerate(cells) if cell not in at]:
            links.fault(i, column, f"'{cells[i][:40]}' is not in node.csv. Add it or correct it.")
        made.append(np.array([at.get(cell, 0) for cell in cells], np.int32))
    return made[0], made[1]


def _links(links: Cells, km: float, kmh: float) -> tuple[NDArray[Any], ...]:
    """Kind, time, capacity, b, power, departures, most, length, toll, speed of each row."""
    length, speed = links.numbers("length") * km, links.numbers("free_speed", strictly=True) * kmh
    miles, mph = links.numbers("vdf_length_mi"), links.numbers("vdf_free_speed_mph", strictly=True)
    time = links.numbers("vdf_fftt", "vdf_fftt1")
    for by in (miles / mph, length / speed):
        time = np.where(np.isnan(time), _MINUTES * by, time)
    for i in np.flatnonzero(np.isnan(time)).tolist():
        links.fault(i, "vdf_fftt", "is missing, and so are length and free_speed. Give the minutes, or both of these.")
    lanes = links.numbers("lanes", strictly=True)
    capacity = links.numbers("capacity", strictly=True) * np.where(np.isnan(lanes), 1.0, lanes)
    total = links.numbers("vdf_cap", "vdf_cap1", strictly=True)
    capacity = np.where(np.isnan(total), capacity, total)
    b, power = links.numbers("vdf_alpha", "vdf_alpha1"), links.numbers("vdf_beta", "vdf_beta1")
    b, power = np.where(np.isnan(b), _B, b), np.where(np.isnan(power), _POWER, power)
    departures = links.numbers("departures", strictly=True)
    kind = np.where(np.isnan(capacity) | (b == 0) | (time == 0), CONSTANT, BPR)
    kind[~np.isnan(departures)] = QUEUE
    for i in np.flatnonzero((kind == QUEUE) & np.isnan(capacity)).tolist():
        links.fault(i, "capacity", "is missing where departures are given. Give what one of them takes.")
    # A power of 0 makes of the curve the same delay at every load but none.
    flat = (kind == BPR) & (power == 0)
    time, kind = np.where(flat, time * (1 + b), time), np.where(flat, CONSTANT, kind)
    most, toll = links.numbers("most"), links.numbers("toll", "vdf_toll", above=-np.inf)
    return (kind, time, _or(capacity, 1.0), b, power, _or(departures, 1.0), _or(most, np.inf), _or(length, 0.0),
            _or(toll, 0.0), _or(speed, 0.0))  # fmt: skip


def _network(
    title: str,
    links: Cells,
    about: dict[str, Any],
    ends: tuple[NDArray[np.int32], NDArray[np.int32]],
    made: tuple[NDArray[Any], ...],
) -> Network:
    tail, head = ends
    both = np.array([cell.lower() in _NO for cell in links.text("directed")], bool)
    # A link that may be travelled from either end is two, of which the second is named for the first.
    order = np.concatenate([np.arange(len(links)), np.flatnonzero(both)])
    names = [*links.text("link_id"), *(f"{n}{_BACK}" for n, b in zip(links.text("link_id"), both, strict=True) if b)]
    kind, time, capacity, b, power, departures, most, length, toll, speed = (column[order] for column in made)
    delays = Delays.of(kind, time, capacity=capacity, b=b, power=power, departures=departures)
    uses = frozen(np.array(links.text("allowed_uses"), np.str_)[order], np.str_)
    return Network(
        title=title,
        file="link.csv",
        links=Links.of(
            about["ids"],
            np.concatenate([tail, head[both]]),
            np.concatenate([head, tail[both]]),
            delays,
            through=about["through"],
            most=most,
        ),
        zones=about["zones"],
        at=about["at"],
        lines=frozen(links.lines[order], np.int32),
        length=frozen(length, np.float64),
        toll=frozen(toll, np.float64),
        speed=frozen(speed, np.float64),
        kind=frozen(np.array(links.text("facility_type", "link_type"), np.str_)[order], np.str_),
        names=frozen(names, np.str_),
        uses=uses if (uses != "").any() else None,
        x=about["x"],
        y=about["y"],
        labels=about["labels"],
    )


def _or(values: Floats, otherwise: float) -> Floats:
    made: Floats = np.where(np.isnan(values), otherwise, values)
    return made


__all__ = ["DEMAND", "performance", "read", "read_demand", "read_demands", "read_network", "recognises", "write"]
