"""The instances of `assignment.py`: TNTP folders as problems, and what is known of their best flows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from karvan.assignment import delays
from karvan.formats import tntp
from karvan.model.problem import BPR, Floats, Problem

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden" / "siouxfalls"
USUAL = ("SiouxFalls", "Anaheim", "Barcelona", "Chicago-Sketch")
# Cost of a unit of length and of toll, where these count.
WEIGHTS = {"Chicago-Sketch": (0.04, 0.02)}
# Objectives that the authors of instances give; of the others that of their *_flow.tntp is computed.
BEST_KNOWN = {"Chicago-Sketch": 17313018.7387477, "Barcelona": 1265654.92203176, "SiouxFalls": 4231335.28710744}


@dataclass(frozen=True)
class Instance:
    """A problem with its name and the objective of the best flows known."""

    name: str
    problem: Problem
    best_known: float | None


def folders(tntp_folder: Path | None, wanted: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """Names and folders of instances: the usual ones first, then whatever else has links and trips."""
    found = {p.name: p for p in sorted(tntp_folder.iterdir()) if p.is_dir()} if tntp_folder is not None else {}
    if _file(GOLDEN, "net"):
        found["SiouxFalls"] = GOLDEN
    for name in wanted or dict.fromkeys([*USUAL, *found]):
        if name in found and _file(found[name], "net") and _file(found[name], "trips"):
            yield name, found[name]
        elif name in wanted or name in USUAL:
            print(f"{name}: no folder with *_net.tntp and *_trips.tntp\n")


def _file(folder: Path, kind: str) -> Path | None:
    return next(iter(sorted(folder.glob(f"*_{kind}.tntp"))), None)


def read(name: str, folder: Path) -> Instance:
    """An instance from its folder. Raises DataError."""
    net, trips, flow = (_file(folder, kind) for kind in ("net", "trips", "flow"))
    assert net is not None
    assert trips is not None
    distance, toll = WEIGHTS.get(name, (0.0, 0.0))
    problem = tntp.read(net, trips, toll_weight=toll, distance_weight=distance).problem
    best = BEST_KNOWN.get(name)
    if best is None and flow is not None:
        best = objective(problem, published(problem, flow))
    return Instance(name, problem, best)


def published(problem: Problem, path: Path) -> Floats:
    """Published flows in the order of a problem's links."""
    flows, links = tntp.read_flow(path), problem.links
    ours = np.lexsort((links.ids[links.head], links.ids[links.tail]))
    theirs = np.lexsort((flows.head, flows.tail))
    assert np.array_equal(links.ids[links.tail][ours], flows.tail[theirs])
    assert np.array_equal(links.ids[links.head][ours], flows.head[theirs])
    made = np.empty(links.count)
    made[ours] = flows.volume[theirs]
    return made


def objective(problem: Problem, flows: Floats) -> float:
    """Beckmann's objective of flows by link."""
    fixed = problem.classes[0].fixed_cost
    total = float(delays.integrals(problem.links.delays, flows).sum())
    return total if fixed is None else total + float(np.dot(fixed, flows))


def arrays(problem: Problem) -> dict[str, np.ndarray]:
    """A problem of one class as what `assignment_solvers.py` reads."""
    links, users = problem.links, problem.classes[0]
    slows = links.delays.kind == BPR
    curve = {
        "free_time": links.delays.free_time,
        "capacity": np.where(slows, links.delays.capacity, 1.0),
        "b": np.where(slows, links.delays.b, 0.0),
        "power": np.where(slows, links.delays.power, 1.0),
    }
    pairs = {name: getattr(users.demand, name) for name in ("origin", "destination", "volume")}
    ends = {name: getattr(links, name) for name in ("ids", "through", "tail", "head")}
    fixed = np.zeros(links.count) if users.fixed_cost is None else users.fixed_cost
    return {**ends, **curve, **pairs, "fixed_cost": fixed}
