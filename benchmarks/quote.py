"""How quick a quote is: 200 random pairs in process, a cold command, and one criterion against other libraries.

    python benchmarks/quote.py [--pairs 200] [--seed 1]

Prints seconds of this machine and, for the single-criterion search, ratios against networkx and scipy on the same
graph in the same run.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date

import networkx
import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra as scipy_dijkstra

import karvan
from karvan import atlas
from karvan.errors import KarvanError
from karvan.quotes.cargo import consignments, find_commodity
from karvan.quotes.compiled import compile_dataset
from karvan.quotes.search import problem
from karvan.routing.graph import lower_bounds, shortest

READY = date(2025, 3, 3)
CARGO = {"ready": READY, "cargo": "1x40HC", "commodity": "household appliances", "tonnes": 14}
COLD = ["quote", "Xi'an", "Constanța", "--ready", "2025-03-03", "--cargo", "1x40HC", "--commodity",
        "household appliances", "--tonnes", "14"]  # fmt: skip


def main() -> None:
    """Run all three."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--pairs", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    machine()
    in_process(given.pairs, given.seed)
    cold()
    one_criterion()


def machine() -> None:
    """How quick this machine is just now, so that the seconds below can be read on another."""
    start = time.perf_counter()
    total = 0
    for i in range(10_000_000):
        total += i
    print(
        f"this machine adds ten million integers in {time.perf_counter() - start:.2f} s (about 0.5 s where it is idle)"
    )


def in_process(pairs: int, seed: int) -> None:
    """Wall time of quotes between random places that load boxes, kernels and network warm."""
    places = sorted(n.node for n in atlas.load().nodes if any(h.endswith(":container") for h in n.handles))
    pick = random.Random(seed)
    chosen = [pick.sample(places, 2) for _ in range(pairs)]
    karvan.quote("Xi'an", "Constanța", **CARGO)
    seconds, shown, none = [], [], 0
    for a, b in chosen:
        start = time.perf_counter()
        try:
            shown.append(len(karvan.quote(a, b, **CARGO).alternatives))
        except KarvanError:
            none += 1
        seconds.append(time.perf_counter() - start)
    cuts = statistics.quantiles(seconds, n=100)
    print(
        f"in process, {pairs} random pairs of {len(places)} places: p50 {cuts[49] * 1e3:.1f} ms, "
        f"p95 {cuts[94] * 1e3:.1f} ms, worst {max(seconds) * 1e3:.1f} ms; "
        f"{statistics.mean(shown):.1f} alternatives on average, {none} pairs without a way"
    )


def cold() -> None:
    """Wall time of the command in a new process with a warm kernel cache."""
    seconds = []
    for _ in range(6):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "karvan", *COLD], check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)
    print(
        f"cold `karvan quote`, new process: first {seconds[0]:.2f} s, "
        f"then median {statistics.median(seconds[1:]):.2f} s"
    )


def one_criterion() -> None:
    """The least-time way by our kernel, by scipy and by networkx, on the same open graph with parallel arcs reduced."""
    dataset = atlas.load()
    start, end = atlas.find_place(dataset, "Xi'an"), atlas.find_place(dataset, "Constanța")
    goods = find_commodity(dataset, "household appliances")
    cargo = consignments(dataset, start, end, "1x40HC", goods, 14.0, READY, READY, "railway", "carrier", None)[0]
    p = problem(compile_dataset(dataset, READY), cargo)
    graph, n = p.compiled.graph, len(p.compiled.graph.network.states)
    cost = np.where(p.open, p.costs[:, 1] + 1e-9, np.inf)
    least: dict[tuple[int, int], float] = {}
    for tail, head, hours in zip(graph.tails.tolist(), graph.heads.tolist(), cost.tolist(), strict=True):
        if hours < least.get((tail, head), np.inf):
            least[tail, head] = hours
    rows, columns = zip(*least, strict=True)
    matrix = csr_matrix((list(least.values()), (rows, columns)), shape=(n, n))
    other = networkx.DiGraph()
    other.add_weighted_edges_from((a, b, hours) for (a, b), hours in least.items())
    source, targets = p.sources[0], p.targets
    path = shortest(graph, cost, p.sources, p.targets)
    assert path is not None
    by_scipy = scipy_dijkstra(matrix, indices=source)[list(targets)].min()
    by_networkx = min(networkx.single_source_dijkstra_path_length(other, source).get(t, np.inf) for t in targets)
    assert np.allclose([by_scipy, by_networkx], path.cost[0])
    ours = _best(lambda: shortest(graph, cost, p.sources, p.targets))
    four = _best(lambda: lower_bounds(graph, np.where(p.open[:, None], p.costs, np.inf), targets))
    scipy_s = _best(lambda: scipy_dijkstra(matrix, indices=source))
    networkx_s = _best(lambda: networkx.single_source_dijkstra_path_length(other, source))
    print(
        f"one criterion, {n} states, {len(least)} arcs: karvan {ours * 1e3:.2f} ms; scipy {scipy_s * 1e3:.2f} ms "
        f"({scipy_s / ours:.1f} x); networkx {networkx_s * 1e3:.2f} ms ({networkx_s / ours:.1f} x); "
        f"all four lower bounds {four * 1e3:.2f} ms"
    )


def _best(run: Callable[[], object], times: int = 20) -> float:
    """The least of several wall times of a call."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


if __name__ == "__main__":
    main()
