"""One solver on one problem, in a process of its own: what `assignment.py` starts for Karvan and for each peer.

    python benchmarks/assignment_solvers.py SOLVER PROBLEM.npz FLOWS.npy --gap 1e-6 [--repeats 5] [--limit 120]

PROBLEM.npz holds the arrays that `assignment.py` writes; FLOWS.npy gets the flow of each link. Prints one line of
JSON. Of the solvers only the one that is named is imported, so a peer's interpreter needs no Karvan.

Seconds run from these arrays to flows by link: every solver builds its own network within them. Memory is the peak
resident size during the first solve above the resident size before it, when all is imported and a problem of two links
has been solved.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

Arrays = dict[str, np.ndarray]

TWO_LINKS: Arrays = {
    "ids": np.array([1, 2, 3]),
    "through": np.array([True, True, True]),
    "tail": np.array([0, 0, 2], dtype=np.int32),
    "head": np.array([1, 2, 1], dtype=np.int32),
    "free_time": np.array([10.0, 10.0, 10.0]),
    "capacity": np.array([1.0, 1.0, 1.0]),
    "b": np.array([1.0, 0.5, 0.0]),
    "power": np.array([1.0, 4.0, 1.0]),
    "fixed_cost": np.array([0.0, 1.0, 0.0]),
    "origin": np.array([0], dtype=np.int32),
    "destination": np.array([1], dtype=np.int32),
    "volume": np.array([4.0]),
}


class Solved(NamedTuple):
    """Flows by link, the gap as the solver reports it, and the seconds by its own clock, without its preparations."""

    flows: np.ndarray
    gap: float
    seconds: float


Solver = Callable[[Arrays, float, float, int], Solved]


def main() -> None:
    """Solve, repeat, print."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("solver", choices=sorted(SOLVERS))
    options.add_argument("problem", type=Path)
    options.add_argument("flows", type=Path)
    options.add_argument("--gap", type=float, required=True)
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--limit", type=float, default=120.0, help="seconds of one solve, and of all repeats")
    options.add_argument("--threads", type=int, default=1)
    given = options.parse_args()
    start = time.perf_counter()
    try:
        solve = SOLVERS[given.solver]()
    except ImportError as problem:
        print(json.dumps({"missing": str(problem)}))
        return
    imported = time.perf_counter() - start
    start = time.perf_counter()
    solve(TWO_LINKS, 1e-6, 10.0, given.threads)
    warm = time.perf_counter() - start
    with np.load(given.problem) as file:
        arrays = {name: file[name] for name in file.files}
    before = resident()
    forget_peak()
    solved, seconds = run(solve, arrays, given.gap, given.limit, given.threads)
    peak = peak_resident()
    taken, inside = [seconds], [solved.seconds]
    while solved.gap <= given.gap and more(taken, given.repeats, given.limit):
        solved, seconds = run(solve, arrays, given.gap, given.limit, given.threads)
        taken.append(seconds)
        inside.append(solved.seconds)
    np.save(given.flows, solved.flows)
    report = {
        "gap": float(solved.gap),
        "best": min(taken),
        "median": statistics.median(taken),
        "runs": len(taken),
        "inside": min(inside),
        "memory": max(0, peak - before),
        "imported": imported,
        "warm": warm,
        "base": before,
    }
    print(json.dumps(report))


def more(taken: Sequence[float], repeats: int, limit: float) -> bool:
    """Whether to solve once more: for so many repeats and half a second at least, but no longer than the limit."""
    if sum(taken) + taken[-1] > limit:
        return False
    return len(taken) < repeats or (sum(taken) < 0.5 and len(taken) < 100)


def run(solve: Solver, arrays: Arrays, gap: float, limit: float, threads: int) -> tuple[Solved, float]:
    """What a solver makes of the arrays, and the wall time of it."""
    start = time.perf_counter()
    solved = solve(arrays, gap, limit, threads)
    return solved, time.perf_counter() - start


# --- memory -----------------------------------------------------------------------------------------------------------


def resident() -> int:
    """Bytes of this process that are in memory now, or the peak so far where the system does not tell."""
    return _status("VmRSS") or _maxrss()


def peak_resident() -> int:
    """The most bytes in memory since `forget_peak`, or since the start where the system cannot forget."""
    return _status("VmHWM") or _maxrss()


def forget_peak() -> None:
    """Let the peak begin anew from what is in memory now. Linux counts a parent's size into ru_maxrss otherwise."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def _status(field: str) -> int:
    try:
        text = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith(field + ":")), 0)


def _maxrss() -> int:
    """Kilobytes on Linux, bytes on macOS."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


# --- the solvers: each imports on the first call and gives a function of arrays, gap, limit and threads ---------------


def karvan(algorithm: str) -> Solver:
    """Karvan, from Problem to Result."""
    from karvan.assignment import assign

    def solve(arrays: Arrays, gap: float, limit: float, threads: int) -> Solved:
        problem = karvan_problem(arrays)
        result = assign(problem, algorithm=algorithm, gap=gap, most_seconds=limit, threads=threads)
        return Solved(result.flows[0], result.gap, result.history[-1].seconds if result.history else np.nan)

    return solve


def karvan_problem(arrays: Arrays) -> Any:
    """A Problem from the arrays."""
    from karvan.model.problem import BPR, CONSTANT, Delays, Demand, Links, Problem

    kind = np.where(arrays["b"] > 0, BPR, CONSTANT)
    curve = {name: arrays[name] for name in ("capacity", "b", "power")}
    delays = Delays.of(kind, arrays["free_time"], **curve)
    links = Links.of(arrays["ids"], arrays["tail"], arrays["head"], delays, through=arrays["through"])
    demand = Demand.of(arrays["origin"], arrays["destination"], arrays["volume"])
    return Problem.single(links, demand, arrays["fixed_cost"] if arrays["fixed_cost"].any() else None)


def pytraf() -> Solver:
    """Gradient projection over paths. It has no limit of time of its own: an alarm ends the process."""
    import pytraf as peer

    def solve(arrays: Arrays, gap: float, limit: float, threads: int) -> Solved:
        signal.setitimer(signal.ITIMER_REAL, limit)
        nodes = len(arrays["ids"])
        ends = [arrays[name].astype(np.int64) for name in ("tail", "head")]
        curve = [arrays[name] for name in ("free_time", "capacity", "b", "power")]
        network = peer.Network(nodes, *ends, *curve, is_centroid=~arrays["through"], allow_u_turns=True)
        pairs = [arrays[name].astype(np.int64) for name in ("origin", "destination")]
        demand = peer.Demand(nodes, *pairs, arrays["volume"])
        users = peer.TrafficClass(demand, extra_link_cost=arrays["fixed_cost"])
        start = time.perf_counter()
        result = network.assign([users], gap=gap, max_iter=1_000_000, threads=threads)
        seconds = time.perf_counter() - start
        signal.setitimer(signal.ITIMER_REAL, 0)
        return Solved(np.array(result.links.flow), result.relative_gap, seconds)

    return solve


def aequilibrae() -> Solver:
    """AequilibraE's bi-conjugate Frank-Wolfe, its progress bars and log switched off."""
    os.environ["AEQ_SHOW_PROGRESS"] = "FALSE"
    import logging
    import warnings

    import aequilibrae.paths

    warnings.simplefilter("ignore")
    logging.getLogger("aequilibrae").setLevel(logging.CRITICAL + 1)

    def solve(arrays: Arrays, gap: float, limit: float, threads: int) -> Solved:
        end = time.perf_counter() + limit
        graph, matrix = _aequilibrae_graph(arrays)
        users = aequilibrae.paths.TrafficClass("all", graph, matrix)
        if arrays["fixed_cost"].any():
            users.set_fixed_cost("fixed_cost")
        work = aequilibrae.paths.TrafficAssignment()
        work.add_class(users)
        work.set_vdf("BPR")
        work.set_vdf_parameters({"alpha": "b", "beta": "power"})
        work.set_capacity_field("capacity")
        work.set_time_field("free_time")
        work.set_cores(threads)
        work.max_iter, work.rgap_target = 1_000_000, gap
        work.set_algorithm("bfw")
        converged = work.assignment.check_convergence
        work.assignment.check_convergence = lambda: converged() or time.perf_counter() > end
        start = time.perf_counter()
        work.execute()
        seconds = time.perf_counter() - start
        flows = work.results()["PCE_tot"].to_numpy(dtype=np.float64)
        return Solved(flows, float(work.assignment.rgap), seconds)

    return solve


def _aequilibrae_graph(arrays: Arrays) -> tuple[Any, Any]:
    """Its graph and matrix. It takes no time of 0 (1e-9 instead) and no power below 1 (where b is 0 here)."""
    import pandas as pd
    from aequilibrae.matrix import AequilibraeMatrix
    from aequilibrae.paths import Graph

    count = len(arrays["tail"])
    columns = {name: arrays[name] for name in ("capacity", "b", "fixed_cost")}
    columns["link_id"] = np.arange(1, count + 1)
    columns["direction"] = np.ones(count, dtype=np.int8)
    columns["a_node"], columns["b_node"] = (arrays[end].astype(np.int64) + 1 for end in ("tail", "head"))
    columns["free_time"] = np.maximum(arrays["free_time"], 1e-9)
    columns["power"] = np.where(arrays["b"] == 0, 1.0, arrays["power"])
    origin, destination = arrays["origin"] + 1, arrays["destination"] + 1
    closed = np.flatnonzero(~arrays["through"])
    zones = np.unique(np.concatenate([origin, destination, closed + 1])).astype(np.int64)
    graph = Graph()
    graph.network = pd.DataFrame(columns)
    graph.prepare_graph(zones)
    graph.set_graph("free_time")
    graph.set_blocked_centroid_flows(bool(closed.size))
    matrix = AequilibraeMatrix()
    matrix.create_empty(zones=len(zones), matrix_names=["all"], memory_only=True)
    matrix.index[:] = zones
    cells = np.zeros((len(zones), len(zones)))
    np.add.at(cells, (np.searchsorted(zones, origin), np.searchsorted(zones, destination)), arrays["volume"])
    matrix.matrix["all"][:, :] = cells
    matrix.computational_view(["all"])
    return graph, matrix


SOLVERS: dict[str, Callable[[], Solver]] = {
    "bush": lambda: karvan("bush"),
    "fw": lambda: karvan("fw"),
    "pytraf": pytraf,
    "aequilibrae": aequilibrae,
}

if __name__ == "__main__":
    main()
