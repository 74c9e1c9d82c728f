"""Files that `karvan assign` writes: flows, skims, a GMNS folder, paths."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from karvan.cli import output
from karvan.cli.atlas.placing import checked, placed
from karvan.cli.text import plain
from karvan.errors import InputError, OutputError
from karvan.formats import gmns_network, omx, tntp
from karvan.formats.assignment import Read, number
from karvan.model.problem import Demand, Floats

if TYPE_CHECKING:
    from karvan.assignment.result import Result

_FILES = (".tntp", ".csv", ".omx")
PERFORMANCE = "link_performance.csv"


def check(path: str) -> None:
    """Raise at once if the answer could not be written there. Raises InputError and OutputError."""
    suffix = Path(path).suffix.lower()
    if path == output.STDOUT or (suffix and suffix not in _FILES and not Path(path).is_dir()):
        raise InputError(f"'{plain(path)}' is no .tntp, .csv or .omx file and no folder. Name one of these for --out.")
    if suffix == ".omx":
        omx.required()
    if _is_folder(path):
        checked(path, True, False)
    else:
        output.check_writable(path)


def write(path: str, read: Read, result: Result) -> None:
    """The answer, whole or not at all, in the format that the name says. Raises OutputError."""
    if _is_folder(path):
        with placed(path, is_folder=True, force=False) as folder:
            gmns_network.write(folder, read.network, read.matrices)
            (folder / PERFORMANCE).write_text(_table(read, result), encoding="utf-8", newline="")
        return
    suffix = Path(path).suffix.lower()
    with _whole(path) as beside:
        if suffix == ".tntp":
            single = len(result.problem.classes) == 1
            cost = result.costs[0] if single else result.times
            tntp.write_flow(beside, result.problem.links, result.flows[0] if single else result.loads, cost)
        elif suffix == ".csv":
            beside.write_text(_table(read, result), encoding="utf-8", newline="")
        else:
            omx.write(beside, skims(read, result), read.network.zones)


def _is_folder(path: str) -> bool:
    return Path(path).is_dir() or not Path(path).suffix


def _table(read: Read, result: Result) -> str:
    """link_performance.csv: load, time and price of each link, and flow and cost of each class."""
    columns: dict[str, Floats] = {"volume": result.loads, "travel_time": result.times, "price": result.prices}
    for k, user in enumerate(result.problem.classes):
        columns |= {f"volume_{user.name}": result.flows[k], f"cost_{user.name}": result.costs[k]}
    return gmns_network.performance(read.network, columns)


def skims(read: Read, result: Result) -> dict[str, Floats]:
    """By class the cost of the cheapest path between all zones, in their order; NaN where there is none."""
    from karvan.assignment.distances import distances

    at = read.network.at
    n = at.shape[0]
    pairs = Demand.of(np.repeat(at, n), np.tile(at, n), np.ones(n * n))
    made = {}
    for user, cost in zip(result.problem.classes, result.costs, strict=True):
        usable = np.isfinite(cost)
        found = distances(result.problem.links, usable, np.where(usable, cost, 0.0), pairs)
        made[f"cost_{user.name}"] = np.where(np.isfinite(found), found, np.nan).reshape(n, n)
    return made


def paths_text(read: Read, result: Result) -> str:
    """A row a path: class, zones, flow, share of the pair, cost of a unit, and the nodes on the way."""
    from karvan.cli.flows import zone_names

    paths, links = result.paths, result.problem.links
    zones = zone_names(read)
    out = StringIO()
    out.write("class,origin,destination,flow,share,cost,nodes\n")
    for i in range(len(paths)):
        k, way = int(paths.class_[i]), paths.of(i)
        nodes = [int(links.tail[way[0]]), *links.head[way].tolist()] if way.shape[0] else []
        cells = [number(float(v)) for v in (paths.flow[i], paths.share[i], result.costs[k][way].sum())]
        ends = zones[int(paths.origin[i])], zones[int(paths.destination[i])]
        stops = " ".join(read.network.node(n) for n in nodes)
        out.write(
            ",".join([_quoted(result.problem.classes[k].name), *map(_quoted, ends), *cells, _quoted(stops)]) + "\n"
        )
    return out.getvalue()


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in ',"\n\r') else cell


@contextmanager
def _whole(path: str) -> Iterator[Path]:
    """A name beside a file to write to, which takes its place at the end. Raises OutputError."""
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".{target.stem[:200]}.{os.getpid()}.part{target.suffix}")
    try:
        yield beside
        beside.replace(target)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise OutputError(
            f"'{plain(path)}' cannot be written: {reason}. Name a file in a folder of your own."
        ) from None
    finally:
        with suppress(OSError):
            beside.unlink()
