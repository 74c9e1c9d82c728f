"""TNTP files, the text format of the Transportation Networks for Research collection: network, trips, flows.

Numbers have the units of whoever wrote the file. Nodes are numbered from 1, zones are the first of them; where a file
has other numbers, and exactly as many nodes as it says, they are taken as ids.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from karvan.errors import DataError, InputError
from karvan.formats._tntp_text import Faults, Rows, Text, counted, load, rows
from karvan.formats._tntp_trips import read_trips
from karvan.formats.assignment import LARGEST_ID, Ids, Matrix, Network, Read, joined, number
from karvan.model.problem import BPR, CONSTANT, Delays, Floats, Ints, Links, frozen

# Columns in their usual order; None where a link must have the number.
_COLUMNS: tuple[tuple[str, float | None], ...] = (
    ("init_node", None), ("term_node", None), ("capacity", None), ("length", 0.0), ("free_flow_time", None),
    ("b", None), ("power", None), ("speed", 0.0), ("toll", 0.0), ("link_type", 0.0),
)  # fmt: skip
_DEFAULTS = dict(_COLUMNS)
_ALIASES = {
    "init": "init_node", "from": "init_node", "tail": "init_node",
    "term": "term_node", "to": "term_node", "head": "term_node",
    "from_node": "init_node", "tail_node": "init_node", "to_node": "term_node", "head_node": "term_node",
    "speed_limit": "speed", "alpha": "b", "beta": "power",
    "fft": "free_flow_time", "fftt": "free_flow_time", "ftime": "free_flow_time", "type": "link_type",
}  # fmt: skip
_IN_WORDS = ("init node", "term node", "from node", "to node", "tail node", "head node", "free flow time",
             "speed limit", "link type")  # fmt: skip
_FLOW_COLUMNS = (("from", None), ("to", None), ("volume", None), ("cost", 0.0))


@dataclass(frozen=True, kw_only=True, eq=False)
class Flows:
    """Published flows: a link's ends by the ids of their nodes, its volume and its cost."""

    file: str
    tail: Ids
    head: Ids
    volume: Floats
    cost: Floats
    lines: Ints


def read(network: Path, trips: Path, *, toll_weight: float = 0.0, distance_weight: float = 0.0) -> Read:
    """The problem of two files. Raises DataError once with every fault of both."""
    faults: list[str] = []
    links, matrix = None, None
    try:
        links = read_network(network)
    except DataError as fault:
        faults += fault.problems
    try:
        matrix = read_trips(trips)
    except DataError as fault:
        faults += fault.problems
    if links is None or matrix is None:
        raise DataError(faults)
    return joined(links, [matrix], toll_weight=toll_weight, distance_weight=distance_weight)


def read_network(path: Path) -> Network:
    """A `_net.tntp`. Raises DataError with every fault."""
    text = load(path)
    faults = Faults(text.name)
    zones, nodes, count = (counted(text, f"NUMBER OF {what}", faults) for what in ("ZONES", "NODES", "LINKS"))
    if nodes is None and count is None:
        faults.stop()  # it is no network, and what is wrong with its rows says nothing
    first = counted(text, "FIRST THRU NODE", faults, 1) or 1
    columns = _header(text, faults)
    got = rows(text, columns, faults) if columns else None
    if got is None or zones is None or nodes is None or count is None:
        faults.stop()
    assert got is not None
    assert zones is not None
    assert nodes is not None
    if got.count != count:
        line = text.metadata["NUMBER OF LINKS"][0]
        faults.add(line, f"NUMBER OF LINKS is {count}, but {got.count} follow. Correct it, or add the rest.")
    if zones > nodes:
        faults.add(
            text.metadata["NUMBER OF ZONES"][0], f"{zones} zones are more than {nodes} nodes. Correct one of them."
        )
    _check_links(got, faults)
    ids = _ids(got, nodes, faults) if not faults else np.zeros(0, np.int64)
    faults.stop()
    return _network(text, got, ids, zones, first)


def _header(text: Text, faults: Faults) -> list[tuple[str, float | None]]:
    """Columns in the order of the comment that names them, else in the usual order."""
    for line, comment in text.comments:
        words = _column_names(comment)
        if "init_node" in words and "term_node" in words and len(_DEFAULTS.keys() & set(words)) > 4:
            missing = [c for c, default in _COLUMNS if default is None and c not in words]
            for c in missing:
                faults.add(line, f"column {c} is missing. Add it, with its numbers.")
            return [] if missing else [(w, _DEFAULTS.get(w, 0.0)) for w in words]
    return list(_COLUMNS)


def _column_names(comment: str) -> list[str]:
    """Names of columns as we know them, from a comment that may have them in several words, with units in brackets."""
    said = re.sub(r"\([^)]*\)|;", " ", comment.lower())
    for words in _IN_WORDS:
        said = said.replace(words, words.replace(" ", "_"))
    return [_ALIASES.get(word, word) for word in said.split()]


def _check_links(got: Rows, faults: Faults) -> None:
    c = got.columns
    for column in (name for name, _ in _COLUMNS if name in c):
        faults.add_each(~np.isfinite(c[column]), got.lines, column, c[column], "is not a finite number. Give it.")
        if column not in ("toll", "speed", "link_type"):
            negative = (c[column] < 0) & np.isfinite(c[column])
            faults.add_each(negative, got.lines, column, c[column], "is negative. Give a number of zero or more.")
    none = (c["capacity"] == 0) & _slows(got)
    faults.add_each(none, got.lines, "capacity", c["capacity"], "on a link that slows down. Give its capacity.")
    for column in ("init_node", "term_node"):
        value = c[column]
        wrong = (value >= 0) & (value < np.inf) & ((value != np.floor(value)) | (value < 1) | (value >= LARGEST_ID))
        faults.add_each(wrong, got.lines, column, value, "is no number of a node. Give a whole number of 1 or more.")


def _slows(got: Rows) -> NDArray[np.bool_]:
    c = got.columns
    made: NDArray[np.bool_] = (c["b"] > 0) & (c["power"] > 0) & (c["free_flow_time"] > 0)
    return made


def _ids(got: Rows, nodes: int, faults: Faults) -> Ids:
    """Ids of the nodes: 1 to their number, or others if there are exactly so many."""
    found = np.unique(np.concatenate([got.columns["init_node"], got.columns["term_node"]]).astype(np.int64))
    if not found.shape[0] or found[-1] <= nodes:
        return np.arange(1, nodes + 1)
    if found.shape[0] != nodes:
        for column in ("init_node", "term_node"):
            value = got.columns[column]
            why = f"is no node, NUMBER OF NODES is {nodes}. Correct one of them."
            faults.add_each(value > nodes, got.lines, column, value, why)
    return found


def _network(text: Text, got: Rows, ids: Ids, zones: int, first: int) -> Network:
    n, c = got.lines.shape[0], got.columns
    # A power of 0 makes of the curve the same delay at every load but none.
    time = np.where(c["power"] == 0, c["free_flow_time"] * (1 + c["b"]), c["free_flow_time"])
    slows = _slows(got)
    delays = Delays.of(
        np.where(slows, BPR, CONSTANT),
        time,
        capacity=c["capacity"],
        b=np.where(slows, c["b"], 0.0),
        power=np.where(slows, c["power"], 1.0),
    )
    # Only a zone is closed to those who pass: other nodes below the first are none of anybody's.
    through = (ids >= first) | (np.arange(ids.shape[0]) >= zones)
    tail, head = (np.searchsorted(ids, c[e].astype(np.int64)) for e in ("init_node", "term_node"))
    unsaid = np.zeros(n)
    return Network(
        title=text.name,
        file=text.name,
        links=Links.of(ids, tail, head, delays, through=through),
        zones=frozen(ids[:zones], np.int64),
        at=frozen(np.arange(zones), np.int32),
        lines=frozen(got.lines, np.int32),
        length=frozen(c.get("length", unsaid), np.float64),
        toll=frozen(c.get("toll", unsaid), np.float64),
        speed=frozen(c.get("speed", unsaid), np.float64),
        kind=frozen([number(v) for v in c.get("link_type", unsaid).tolist()], np.str_),
    )


def read_flow(path: Path) -> Flows:
    """A `_flow.tntp`: published flows. Raises DataError with every fault."""
    text = load(path)
    faults = Faults(text.name)
    lines = text.body.replace(b":", b" ").split(b"\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines[first].split()[:1] and lines[first].split()[0].lower() in (b"from", b"tail", b"init", b"init_node"):
        lines[first] = b""
    got = rows(replace(text, body=b"\n".join(lines)), _FLOW_COLUMNS, faults)
    for column, value in got.columns.items():
        wrong = ~np.isfinite(value)
        if column in ("from", "to"):
            wrong |= (value != np.floor(value)) | (value < 1) | (value >= LARGEST_ID)
        faults.add_each(wrong, got.lines, column, value, "cannot be. Correct it.")
    if not got.count:
        faults.add(1, "no flows follow. Download or write it anew.")
    faults.stop()
    tail, head = (frozen(got.columns[c], np.int64) for c in ("from", "to"))
    volume, cost = (frozen(got.columns[c], np.float64) for c in ("volume", "cost"))
    return Flows(file=text.name, tail=tail, head=head, volume=volume, cost=cost, lines=frozen(got.lines, np.int32))


# --- Writing ---------------------------------------------------------------------------------------------------------


def write_network(path: Path, network: Network) -> None:
    """A network as `_net.tntp`. Raises InputError for what the format has no word for, and OSError."""
    links, delays = network.links, network.links.delays
    closed = np.flatnonzero(~links.through)
    first = 1 if not closed.shape[0] else int(links.ids[closed[-1]]) + 1
    in_order = np.array_equal(links.ids[: network.at.shape[0]], network.zones) and (np.diff(links.ids) > 0).all()
    if not in_order or (links.ids[links.through][:1] < first).any() or closed.shape[0] > network.at.shape[0]:
        raise InputError("In TNTP zones are the first nodes and closed ones the first of these. Write GMNS instead.")
    if (delays.kind > BPR).any() or np.isfinite(links.most).any():
        raise InputError("TNTP has no words for queues and capacities that bind. Write GMNS instead.")
    slows = delays.kind == BPR
    columns = [
        links.ids[links.tail], links.ids[links.head], delays.capacity, network.length, delays.free_time,
        np.where(slows, delays.b, 0.0), np.where(slows, delays.power, 0.0), network.speed, network.toll,
    ]  # fmt: skip
    cells = [[number(float(v)) for v in column.tolist()] for column in columns]
    said = {"ZONES": network.zones.shape[0], "NODES": links.ids.shape[0], "LINKS": links.count}
    head = [f"<NUMBER OF {what}> {n}" for what, n in said.items()]
    head += [f"<FIRST THRU NODE> {first}", "<END OF METADATA>", "", "\t".join(["~", *(c for c, _ in _COLUMNS), ";"])]
    body = ["\t".join(["", *row, ";"]) for row in zip(*cells, network.kind.tolist(), strict=True)]
    path.write_text("\n".join([*head, *body, ""]), encoding="utf-8", newline="")


def write_trips(path: Path, matrix: Matrix, zones: int) -> None:
    """Demand of one class as `_trips.tntp`. Raises OSError."""
    order = np.lexsort((matrix.destination, matrix.origin))
    out = [f"<NUMBER OF ZONES> {zones}", f"<TOTAL OD FLOW> {number(float(matrix.volume.sum()))}", "<END OF METADATA>"]
    last = None
    columns = (matrix.origin[order].tolist(), matrix.destination[order].tolist(), matrix.volume[order].tolist())
    for origin, destination, volume in zip(*columns, strict=True):
        if origin != last:
            out.append(f"\nOrigin {origin}")
            last = origin
        out.append(f"{destination} : {number(volume)};")
    path.write_text("\n".join([*out, ""]), encoding="utf-8", newline="")


def write_flow(path: Path, links: Links, volume: Floats, cost: Floats) -> None:
    """Flows as `_flow.tntp`. Raises OSError."""
    columns = (links.ids[links.tail].tolist(), links.ids[links.head].tolist(), volume.tolist(), cost.tolist())
    out = [f"{a} \t{b} \t{number(v)} \t{number(c)} " for a, b, v, c in zip(*columns, strict=True)]
    path.write_text("\n".join(["From \tTo \tVolume \tCost ", *out, ""]), encoding="utf-8", newline="")


__all__ = ["Flows", "read", "read_flow", "read_network", "read_trips", "write_flow", "write_network", "write_trips"]
