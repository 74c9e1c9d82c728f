"""Seconds and memory to an equilibrium, gap by gap: Karvan and the peers that pip can install, one run, one core.

    python benchmarks/assignment.py --tntp FOLDER [--instances Anaheim,Barcelona] [--gaps 1e-4,1e-6,1e-8,1e-10,1e-12]
        [--scale 1,2,4] [--threads 1] [--algorithms bush] [--peers] [--peer-python PYTHON] [--limit 120] [--repeats 5]

FOLDER holds a folder for each instance, and in it *_net.tntp and *_trips.tntp, as the Transportation Networks for
Research keep them; Sioux Falls comes with Karvan's tests. --peers adds the peers, which --peer-python has installed
(the dependency group `peers`: 1.8 GB, so better an environment of its own). Weights of distance and toll are those that
the instances' authors give.

Each solver runs in a process of its own on the same arrays, one gap after the other until one is not reached within
--limit seconds. Columns:

- best, median: seconds from the arrays to flows by link, kernels and imports warm, over `runs`; inside: the seconds by
  the solver's own clock, without its making of the network
- x: as many times as long as Karvan takes to the same gap (its first algorithm), and as many times the memory
- MiB: peak memory of the first solve, above what the process held when it had imported all and solved two links
- its gap: the relative gap as the solver reports it; checked: by an independent check of the flows by link, which took
  so many seconds; lost: the largest error of what comes and goes at a node, as a share of demand (AequilibraE 1.7
  leaves nodes that have no way out by a link taken the wrong way: on Barcelona its gap and objective are too low)
- objective: Beckmann's, and its excess over that of the best flows known
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from assignment_instances import Instance, arrays, folders, objective, read

from karvan.assignment.verify import Verdict, verify_flows
from karvan.errors import DataError
from karvan.model.problem import Floats, Problem

HERE = Path(__file__).resolve().parent
SOLVERS = HERE / "assignment_solvers.py"
PEERS = {"aequilibrae": "AequilibraE", "pytraf": "pytraf"}
LABELS = {"bush": "Karvan", "fw": "Karvan, Frank-Wolfe", "aequilibrae": "AequilibraE bfw", "pytraf": "pytraf"}
MIB = 1 << 20


@dataclass(frozen=True)
class Run:
    """How and where solvers are run."""

    folder: Path
    gaps: tuple[float, ...]
    limit: float
    repeats: int
    threads: int
    peer_python: str


def main() -> None:
    """Measure what is asked for."""
    given = _options()
    pin(given.threads)
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder), given.gaps, given.limit, given.repeats, given.threads, given.peer_python)
        solvers = [*given.algorithms, *(PEERS if given.peers else ())]
        first = None
        for name, place in folders(given.tntp, given.instances):
            try:
                instance = read(name, place)
            except DataError as fault:
                print(f"{name}: {fault.problems[0]}\n")
                continue
            if first is None:
                first = instance
                compiling(run, instance, given.algorithms)
            for scale in given.scale:
                measure(run, instance, scale, solvers)


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    numbers = {"type": lambda text: tuple(float(part) for part in text.split(","))}
    names = {"type": lambda text: tuple(text.split(","))}
    options.add_argument("--tntp", type=Path, help="folder of folders with *_net.tntp and *_trips.tntp")
    options.add_argument("--instances", **names, default=(), help="names of folders; all if not given")
    options.add_argument("--gaps", **numbers, default=(1e-4, 1e-6, 1e-8, 1e-10, 1e-12))
    options.add_argument("--scale", **numbers, default=(1.0,), help="demand is multiplied by each")
    options.add_argument("--algorithms", **names, default=("bush",), help="of Karvan: bush, fw")
    options.add_argument("--peers", action="store_true")
    options.add_argument("--peer-python", default=sys.executable, help="an interpreter that has the peers")
    options.add_argument("--limit", type=float, default=120.0, help="seconds for a solver to reach a gap")
    options.add_argument("--repeats", type=int, default=5, help="at least, where there is time; quick ones have more")
    options.add_argument("--threads", type=int, default=1)
    given = options.parse_args()
    given.gaps = tuple(sorted(given.gaps, reverse=True))
    return given


def pin(threads: int) -> None:
    """Keep this process and those it starts to one core, or libraries to so many threads."""
    for library in ("OMP", "OPENBLAS", "MKL", "NUMBA", "NUMEXPR", "RAYON"):
        os.environ[f"{library}_NUM_THREADS"] = str(threads)
    if threads == 1 and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


# --- runs -------------------------------------------------------------------------------------------------------------


def start(run: Run, solver: str, gap: float, repeats: int, **environment: str) -> dict[str, Any]:
    """The report of one solver to one gap: "missing", "never" or what `assignment_solvers.py` prints."""
    python = run.peer_python if solver in PEERS else sys.executable
    files = [str(run.folder / "problem.npz"), str(run.folder / "flows.npy")]
    settings = ["--gap", repr(gap), "--repeats", str(repeats), "--limit", str(run.limit), "--threads", str(run.threads)]
    command = [python, str(SOLVERS), solver, *files, *settings]
    # Time for imports and for kernels that must be compiled comes on top; repeats are within the limit by themselves.
    most = 2 * run.limit + 120
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, text=True, timeout=most, env={**os.environ, **environment}
        )
    except subprocess.TimeoutExpired:
        return {"never": True}
    if done.returncode == -signal.SIGALRM:
        return {"never": True}
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["no message"])[-1]}
    report: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return report


def compiling(run: Run, instance: Instance, algorithms: Sequence[str]) -> None:
    """Seconds of the first solves in a process, with an empty cache of kernels and with a full one."""
    np.savez(run.folder / "problem.npz", **arrays(instance.problem))
    check(instance.problem, np.zeros(instance.problem.links.count), 1.0)  # so that its imports are not measured below
    for solver in algorithms:
        with tempfile.TemporaryDirectory() as empty:
            cold = start(run, solver, run.gaps[-1], 1, XDG_CACHE_HOME=empty, NUMBA_CACHE_DIR=empty)
        start(run, solver, run.gaps[-1], 1)
        warm = start(run, solver, run.gaps[-1], 1)
        if "best" not in cold or "best" not in warm:
            print(f"{LABELS[solver]}: {_why_not(run, warm if 'best' in cold else cold)}\n")
            continue
        took = [report["imported"] + report["warm"] + report["best"] for report in (cold, warm)]
        print(
            f"{LABELS[solver]}: the first solves in a process, of two links and of {instance.name}, take "
            f"{took[0]:.2f} s with an empty cache of kernels, {took[1]:.2f} s with a full one; "
            f"{warm['base'] / MIB:.0f} MiB are held before the second\n"
        )


def measure(run: Run, instance: Instance, scale: float, solvers: Sequence[str]) -> None:
    """A table for one instance at one scale of demand."""
    best = instance.best_known if scale == 1 else None
    at = Instance(instance.name, instance.problem.scaled(scale), best)
    np.savez(run.folder / "problem.npz", **arrays(at.problem))
    print(_title(at, scale))
    print("  ".join(head.rjust(width) for head, width in COLUMNS))
    for solver in solvers:
        if solver not in PEERS:
            start(run, solver, run.gaps[-1], 1)  # what only this instance makes it compile is in the cache then
    failed: set[str] = set()
    for gap in run.gaps:
        ours: dict[str, Any] = {}
        for solver in solvers:
            if solver in failed:
                continue
            report = start(run, solver, gap, run.repeats)
            reached = "best" in report and report["gap"] <= gap
            if not reached:
                failed.add(solver)
            elif solver == solvers[0]:
                ours = report
            print(_row(run, at, gap, solver, report, ours), flush=True)
    print()


def _title(instance: Instance, scale: float) -> str:
    links, demand = instance.problem.links, instance.problem.classes[0].demand
    at = "" if scale == 1 else f", demand x {scale:g}"
    known = "" if instance.best_known is None else f"; best objective known {instance.best_known:.7f}"
    return (
        f"{instance.name}{at}: {links.ids.size} nodes, {links.count} links, {demand.volume.size} pairs, "
        f"volume {demand.volume.sum():.1f}{known}"
    )


COLUMNS = (
    ("gap", 6), ("solver", 19), ("best", 9), ("median", 9), ("runs", 4), ("inside", 9), ("x", 7), ("MiB", 8), ("x", 6),
    ("its gap", 8), ("checked", 8), ("in s", 6), ("lost", 8), ("objective", 18), ("excess", 9),
)  # fmt: skip


def _row(run: Run, instance: Instance, gap: float, solver: str, report: dict[str, Any], ours: dict[str, Any]) -> str:
    cells = [f"{gap:.0e}", LABELS[solver]]
    if "best" not in report:
        return _line(cells) + "  " + _why_not(run, report)
    reached = report["gap"] <= gap
    times = (
        [f"{report[name]:.4f}" for name in ("best", "median")] if reached else ["stopped", f"at {report['gap']:.0e}"]
    )
    cells += [*times, str(report["runs"]), f"{report['inside']:.4f}"]
    cells += [_ratio(report, ours, "best") if reached else "", f"{report['memory'] / MIB:.1f}"]
    cells += [_ratio(report, ours, "memory"), f"{report['gap']:.1e}"]
    flows = np.load(run.folder / "flows.npy")
    begun = time.perf_counter()
    verdict = check(instance.problem, flows, gap)
    cells += [f"{verdict.gap:.1e}", f"{time.perf_counter() - begun:.2f}", f"{verdict.conservation:.1e}"]
    value, best = objective(instance.problem, flows), instance.best_known
    cells += [f"{value:.7f}", "" if best is None else f"{value / best - 1:.1e}"]
    return _line(cells)


def check(problem: Problem, flows: Floats, gap: float) -> Verdict:
    """The independent check of flows by link."""
    none = np.zeros(problem.classes[0].demand.volume.size)
    return verify_flows(problem, flows[None, :], np.zeros(problem.links.count), (none,), target=gap)


def _why_not(run: Run, report: dict[str, Any]) -> str:
    if "missing" in report:
        return f"not installed ({report['missing']}): uv pip install --group peers, and --peer-python if elsewhere"
    if "failed" in report:
        return f"failed: {report['failed']}"
    return f"never (> {run.limit:g} s)"


def _ratio(report: dict[str, Any], ours: dict[str, Any], name: str) -> str:
    return f"{report[name] / ours[name]:.2f}" if ours.get(name) else ""


def _line(cells: Sequence[str]) -> str:
    return "  ".join(cell.rjust(width) for cell, (_, width) in zip(cells, COLUMNS, strict=False))


if __name__ == "__main__":
    main()
