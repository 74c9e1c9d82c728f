"""A network as a GMNS folder: node.csv, link.csv, config.csv, demand and what links carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from karvan.formats import _tables
from karvan.formats.assignment import Matrix, Network, number
from karvan.model.problem import BPR, QUEUE, Floats

_LINK = ("link_id", "from_node_id", "to_node_id", "directed", "length", "free_speed", "capacity", "facility_type",
         "allowed_uses", "toll", "vdf_fftt", "vdf_alpha", "vdf_beta", "departures", "most")  # fmt: skip


def write(folder: Path, network: Network, matrices: Sequence[Matrix] = ()) -> None:
    """A network as a folder, with the demand of each class: demand.csv, of several classes demand_CLASS.csv.

    Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"node": _node_text(network), "link": _link_text(network)}
    config = {"long_length": "km", "speed": "km/h", "version_number": "0.96"}
    tables["config"] = _tables.csv_text(tuple(config), [tuple(config.values())])
    for matrix in matrices:
        rows = zip(matrix.origin.tolist(), matrix.destination.tolist(), matrix.volume.tolist(), strict=True)
        name = "demand" if len(matrices) == 1 else f"demand_{matrix.name}"
        tables[name] = _tables.csv_text(
            ("o_zone_id", "d_zone_id", "volume"), ((str(a), str(b), number(v)) for a, b, v in rows)
        )
    for name, content in tables.items():
        _tables.write_text(folder / f"{name}.csv", content)


def performance(network: Network, columns: Mapping[str, Floats]) -> str:
    """The text of link_performance.csv: a row a link, its id and ends, then numbers by column.

    A number that is not finite is an empty cell.
    """
    cells = [_cells(values) for values in columns.values()]
    rows = zip(_ids(network), *_end_names(network), *cells, strict=True)
    return _tables.csv_text(("link_id", "from_node_id", "to_node_id", *columns), rows)


def _node_text(network: Network) -> str:
    n = network.links.ids.shape[0]
    zone = [""] * n
    for at, zone_id in zip(network.at.tolist(), network.zones.tolist(), strict=True):
        zone[at] = str(zone_id)
    places = [["NaN"] * n if v is None else [c or "NaN" for c in _cells(v)] for v in (network.x, network.y)]
    kind = ["" if through else "centroid" for through in network.links.through.tolist()]
    rows = zip([network.node(i) for i in range(n)], *places, kind, zone, strict=True)
    return _tables.csv_text(("node_id", "x_coord", "y_coord", "node_type", "zone_id"), rows)


def _link_text(network: Network) -> str:
    links, delays = network.links, network.links.delays
    bpr, queue = delays.kind == BPR, delays.kind == QUEUE
    columns = [
        _cells(network.length),
        _cells(np.where(network.speed > 0, network.speed, np.nan)),
        _cells(np.where(bpr | queue, delays.capacity, np.nan)),
        network.kind.tolist(),
        [""] * links.count if network.uses is None else network.uses.tolist(),
        _cells(network.toll),
        _cells(delays.free_time),
        _cells(np.where(bpr, delays.b, np.nan)),
        _cells(np.where(bpr, delays.power, np.nan)),
        _cells(np.where(queue, delays.departures, np.nan)),
        _cells(links.most),
    ]
    return _tables.csv_text(
        _LINK, zip(_ids(network), *_end_names(network), ["true"] * links.count, *columns, strict=True)
    )


def _ids(network: Network) -> list[str]:
    """Ids of links, one's own for each: parallel links without names are numbered."""
    names = [network.link(a) for a in range(network.links.count)]
    return names if len(set(names)) == len(names) else [str(a + 1) for a in range(len(names))]


def _end_names(network: Network) -> tuple[list[str], list[str]]:
    made = [[network.node(i) for i in at.tolist()] for at in (network.links.tail, network.links.head)]
    return made[0], made[1]


def _cells(values: Floats) -> list[str]:
    return [number(v) if np.isfinite(v) else "" for v in values.tolist()]
