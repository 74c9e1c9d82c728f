"""What the search of a quote misses, against an enumeration of ways at their true prices and times, on six lanes.

    python benchmarks/miss_rate.py [LANE ...] [--most 20000] [--steps 30000000]

A quote searches over additive criteria that bound or stand for the true ones, and thins what it finds. Here all
ways near the best are listed instead, each is priced and timed exactly, and the true front over price, P50, lateness
and CO2e is held against the quote's answer.

A way is listed if it enters no place again that it has left, if no way is better by more than a `band` both in
lower-bound price and in mean time, and if no way known before can be better than it in all four true criteria. The
last is judged by the lower-bound price and by CO2e, which bound the true ones, and by P50 and lateness being at least
`BOUNDS` times the mean and the standard deviation; the report says how many of the ways listed fall below that. A way
waits for no more departures than the way with most of those that the quote evaluates: trains may be changed at every
station, which adds little but ways. The band is the widest of `BANDS` within --most ways and --steps of the listing.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numba
import numpy as np

from karvan import atlas
from karvan.model.chain import Chain, Movement, Wait
from karvan.model.dataset import Dataset
from karvan.quotes import quote
from karvan.quotes.cargo import consignments, find_commodity
from karvan.quotes.compiled import Compiled, compile_dataset
from karvan.quotes.evaluate import Evaluator
from karvan.quotes.search import Problem, problem, survivors
from karvan.quotes.select import Criteria, matched
from karvan.routing.graph import Path, lower_bounds

LANES = {
    "xian-constanta": ("Xi'an", "Constanța", "1x40HC", "household appliances", 14.0),
    "aksu-mersin": ("Aksu", "Mersin", "wagons", "ferroalloys", 1200.0),
    "tashkent-istanbul": ("Tashkent", "Istanbul", "1x40HC", "textiles", 18.0),
    "yerevan-almaty": ("Yerevan", "Almaty", "trucks", "cognac", 20.0),
    "almaty-duisburg": ("Almaty", "Duisburg", "1x20DC", "copper cathode", 24.0),
    "shanghai-poti": ("Shanghai", "Poti", "1x40HC", "electronics", 12.0),
}
READY = date(2025, 3, 3)
EPSILON = 0.02
BANDS = (0.6, 0.4, 0.3, 0.2, 0.15, 0.1, 0.05, 0.02, 0.0)
NAMES = ("price", "P50", "lateness", "CO2e")
BOUNDS = np.array([1.0, 0.7, 1.5, 1.0])  # of lower-bound price, mean time, standard deviation and CO2e
_AFRESH = 400  # ways evaluated before what is kept for their shared beginnings is let go, for the memory's sake

_jit = numba.njit(cache=False, nogil=True)


@dataclass(frozen=True)
class Report:
    """What was found for one lane. Criteria are price in USD, P50 and lateness in hours, CO2e in kg."""

    lane: str
    band: float
    waits: int
    ways: int
    chains: int
    unpriced: int
    below: int
    front: tuple[Criteria, ...]
    ours: tuple[Criteria, ...]
    seconds: float

    @property
    def shown(self) -> int:
        """Members of the true front that are in the answer."""
        return sum(any(np.allclose(a, b, rtol=1e-9) for b in self.ours) for a in self.front)

    @property
    def matched(self) -> int:
        """Members of the true front that an alternative matches within EPSILON in all four criteria."""
        return sum(any(matched(a, b, EPSILON) for b in self.ours) for a in self.front)

    @property
    def slower(self) -> int:
        """Members of the true front that are missed and gain nothing by P95: late less often for being usually late."""
        mine = [_by_p95(b) for b in self.ours]
        missed = [a for a in self.front if not any(matched(a, b, EPSILON) for b in self.ours)]
        return sum(any(matched(_by_p95(a), b, EPSILON) for b in mine) for a in missed)

    @property
    def worst(self) -> float:
        """The epsilon at which the answer would match every member of the true front."""
        return max((min(_needed(a, b) for b in self.ours) for a in self.front), default=0.0)

    @property
    def regrets(self) -> tuple[float, ...]:
        """By which share the best of the true front is better than the best of the answer, criterion by criterion."""
        best = [min(row[k] for row in self.front) for k in range(4)]
        mine = [min(row[k] for row in self.ours) for k in range(4)]
        return tuple(1.0 - b / m if m else 0.0 for b, m in zip(best, mine, strict=True))

    def __str__(self) -> str:
        missed = len(self.front) - self.matched
        regrets = ", ".join(f"{name} {share:.2%}" for name, share in zip(NAMES, self.regrets, strict=True))
        share = missed / max(len(self.front), 1)
        lines = (
            f"{self.lane}: band {self.band:.0%}, up to {self.waits} departures, {self.ways:,} ways,",
            f"{self.chains:,} chains ({self.unpriced:,} lack a rate, {self.below:,} below the bounds assumed).",
            f"True front {len(self.front)}, answer {len(self.ours)}: of the front {self.shown} in the answer,",
            f"{self.matched} matched within {EPSILON:.0%}, {missed} missed ({share:.1%}),",
            f"{self.slower} of them matched by P95 in place of lateness; all within {self.worst:.1%}.",
            f"The best of the front is better than the best of the answer by: {regrets}. {self.seconds:.0f} s",
        )
        return "\n  ".join(lines)


def main() -> None:
    """Measure the lanes that are named, or all."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("lanes", nargs="*", default=list(LANES), metavar="LANE", help=", ".join(LANES))
    options.add_argument("--most", type=int, default=20_000, help="ways listed at most")
    options.add_argument("--steps", type=int, default=30_000_000, help="steps of the listing at most")
    given = options.parse_args()
    dataset = atlas.load()
    reports = []
    for lane in given.lanes:
        reports.append(measure(dataset, lane, given.most, given.steps))
        print(reports[-1], flush=True)
    front, held = sum(len(r.front) for r in reports), sum(r.matched for r in reports)
    slower = sum(r.slower for r in reports)
    print(f"in all: {front - held} of {front} missed ({1 - held / front:.1%}), {slower} of them matched by P95")


def measure(dataset: Dataset, lane: str, most: int, steps: int, bands: Sequence[float] = BANDS) -> Report:
    """Enumerate one lane and hold the quote's answer against what is found."""
    began = time.perf_counter()
    origin, destination, cargo, commodity, tonnes = LANES[lane]
    start, end = atlas.find_place(dataset, origin), atlas.find_place(dataset, destination)
    compiled = compile_dataset(dataset, READY)
    goods, booked = find_commodity(dataset, commodity), READY - timedelta(days=30)
    (load,) = consignments(dataset, start, end, cargo, goods, tonnes, READY, booked, "railway", "carrier", None)
    p = problem(compiled, load)
    answer = quote(origin, destination, ready=READY, cargo=cargo, commodity=commodity, tonnes=tonnes, data=dataset)
    ours = tuple(a.criteria for a in answer.alternatives if a.bill.complete)
    evaluator = Evaluator(p)
    paths = survivors(p, EPSILON)[0]
    evaluated = [evaluator.evaluate(evaluator.chain(path)) for path in paths]
    known = np.array([e.criteria for e in evaluated if e.bill.complete])
    waits = max(sum(isinstance(x, Wait) for x in e.chain.elements) for e in evaluated)
    band, found, costs = _widest(p, known, waits, most, steps, bands)
    _say(f"{lane}: band {band:.0%}, {len(found):,} ways listed after {time.perf_counter() - began:.0f} s")
    true: dict[Criteria, None] = dict.fromkeys(tuple(row) for row in known.tolist())
    below = unpriced = 0
    seen: set[tuple[int, ...]] = set()
    kept: list[Chain] = []  # so that no identity of an element is used twice
    for i, path in enumerate(found):
        if i % _AFRESH == 0:
            evaluator = Evaluator(p)
            _say(f"{lane}: {i:,} of {len(found):,} ways priced after {time.perf_counter() - began:.0f} s")
        chain = evaluator.chain(path)
        key = tuple(map(id, chain.elements))
        if key in seen:
            continue
        seen.add(key)
        kept.append(chain)
        e = evaluator.evaluate(chain)
        if not e.bill.complete:
            unpriced += 1
            continue
        bound = costs[i] * BOUNDS
        below += bool((np.array(e.criteria) < bound * (1 - 1e-9)).any())
        true[e.criteria] = None
    front = _front([*true, *ours])
    seconds = time.perf_counter() - began
    return Report(lane, band, waits, len(found), len(seen), unpriced, below, front, ours, seconds)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _needed(a: Criteria, b: Criteria) -> float:
    """The epsilon at which b matches a."""
    return max(0.0, *(y / x - 1.0 if x else 0.0 for x, y in zip(a, b, strict=True)))


def _by_p95(row: Criteria) -> Criteria:
    """Price, P50, P95 and CO2e."""
    return row[0], row[1], row[1] + row[2], row[3]


def _front(rows: Sequence[Criteria]) -> tuple[Criteria, ...]:
    """The rows that no other is at least as good as in all four criteria."""
    kept: list[Criteria] = []
    for row in sorted(set(rows)):
        if not any(all(k <= r for k, r in zip(other, row, strict=True)) for other in kept):
            kept.append(row)
    return tuple(kept)


def _widest(
    p: Problem, known: Any, waits: int, most: int, steps: int, bands: Sequence[float]
) -> tuple[float, list[Path], Any]:
    """The widest band that is listed within the limits, its ways, and their additive costs (ways, criteria)."""
    small = p.compiled.contracted
    g = small.graph
    costs = small.costs(np.where(p.open[:, None], p.costs, np.inf))
    least = lower_bounds(g, costs, p.targets)
    onward = _onward(p, costs)
    front = np.concatenate([onward[1][onward[0][s] : onward[0][s + 1]] for s in p.sources])
    front = front[np.argsort(front[:, 0], kind="stable")]
    sources, targets = np.array(p.sources, np.int64), np.zeros(len(least), np.bool_)
    targets[list(p.targets)] = True
    passed_at, passed, at, count = _places(p.compiled)
    departures = _departures(p.compiled)
    fewest = lower_bounds(g, np.where(np.isfinite(costs[:, :1]), departures[:, None], np.inf), p.targets)[:, 0]
    for band in bands:
        arcs, ends, ended, done = _listed(
            g.indptr, g.heads, costs, least, *onward, passed_at, passed, at, count, sources, targets, front, band,
            known, departures, fewest, waits, BOUNDS, most, steps
        )  # fmt: skip
        _say(f"band {band:.0%}: {'all' if done else 'over'} {len(ends) - 1:,} ways in {ended:,} steps")
        if done:
            break
    order = p.compiled.graph.order
    paths, sums = [], np.zeros((len(ends) - 1, 4))
    for i in range(len(ends) - 1):
        way = arcs[ends[i] : ends[i + 1]]
        sums[i] = costs[way].sum(axis=0)
        paths.append(Path(tuple(order[list(small.expand(tuple(way.tolist())))].tolist()), tuple(sums[i])))
    sums[:, 2] = np.sqrt(sums[:, 2])
    return band, paths, sums


def _places(compiled: Compiled) -> tuple[Any, Any, Any, int]:
    """The places that each joined arc moves to, as rows of one array, and the place of each state."""
    numbers = {n.node: i for i, n in enumerate(compiled.dataset.nodes)}
    small, order, arcs = compiled.contracted, compiled.graph.order, compiled.graph.network.arcs
    rows = [
        [
            numbers[node]
            for m in small.members[small.starts[a] : small.starts[a + 1]]
            for e in arcs[order[m]].elements
            if isinstance(e, Movement)
            for node in e.nodes[1:]
        ]
        for a in range(len(small.graph.heads))
    ]
    starts = np.concatenate(([0], np.cumsum([len(r) for r in rows]))).astype(np.int64)
    flat = np.array([n for r in rows for n in r], np.int64)
    at = np.array([numbers[s.node] for s in compiled.graph.network.states], np.int64)
    return starts, flat, at, len(numbers)


def _departures(compiled: Compiled) -> Any:
    """How many departures each joined arc waits for."""
    small, order, arcs = compiled.contracted, compiled.graph.order, compiled.graph.network.arcs
    whole = np.array([sum(isinstance(e, Wait) for e in arcs[a].elements) for a in order.tolist()], float)
    return np.add.reduceat(whole[small.members], small.starts[:-1])


def _onward(p: Problem, costs: Any) -> tuple[Any, Any]:
    """The exact front of price and time from each state to a target: rows of one array, by rising price."""
    g = p.compiled.contracted.graph
    two = np.ascontiguousarray(costs[g.back_order][:, :2])
    state, label = _two_criteria(g.back_indptr, g.back_heads, two, np.array(p.targets, np.int64))
    order = np.argsort(state, kind="stable")  # labels are found by rising price
    counts = np.bincount(state, minlength=len(g.indptr) - 1)
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64), label[order]


@_jit
def _two_criteria(indptr: Any, heads: Any, costs: Any, sources: Any) -> Any:  # noqa: C901
    """All Pareto labels of two criteria from sources, by rising first criterion (Martins 1984, with two criteria)."""
    n = indptr.shape[0] - 1
    best = np.full(n, np.inf)
    room = 1 << 16
    keys = np.empty(room)
    second = np.empty(room)
    place = np.empty(room, np.int64)
    size = 0
    out_state = np.empty(room, np.int64)
    out = np.empty((room, 2))
    count = 0
    for s in sources:
        keys[size], second[size], place[size] = 0.0, 0.0, s
        size += 1
    while size > 0:
        price, hours, here = keys[0], second[0], place[0]
        size -= 1
        key, sec, item = keys[size], second[size], place[size]
        i = 0
        while True:
            child = 2 * i + 1
            if child >= size:
                break
            right = child + 1
            if right < size and (keys[right], second[right]) < (keys[child], second[child]):
                child = right
            if (keys[child], second[child]) >= (key, sec):
                break
            keys[i], second[i], place[i] = keys[child], second[child], place[child]
            i = child
        keys[i], second[i], place[i] = key, sec, item
        if hours >= best[here]:
            continue
        best[here] = hours
        if count == out_state.shape[0]:
            wider_state = np.empty(2 * count, np.int64)
            wider_state[:count] = out_state
            out_state = wider_state
            wider = np.empty((2 * count, 2))
            wider[:count] = out
            out = wider
        out_state[count] = here
        out[count, 0], out[count, 1] = price, hours
        count += 1
        for a in range(indptr[here], indptr[here + 1]):
            p, h, there = price + costs[a, 0], hours + costs[a, 1], heads[a]
            if p == np.inf or h >= best[there]:
                continue
            if size == keys.shape[0]:
                keys = np.append(keys, np.empty(size))
                second = np.append(second, np.empty(size))
                place = np.append(place, np.empty(size, np.int64))
            i = size
            size += 1
            while i > 0:
                up = (i - 1) >> 1
                if (keys[up], second[up]) <= (p, h):
                    break
                keys[i], second[i], place[i] = keys[up], second[up], place[up]
                i = up
            keys[i], second[i], place[i] = p, h, there
    return out_state[:count], out[:count]


@_jit
def _in_band(front: Any, band: float, price: float, hours: float) -> bool:
    """Whether no point of the front is better by more than the band in both; the front is by rising price."""
    for i in range(front.shape[0]):
        if front[i, 0] * (1.0 + band) >= price:
            return True
        if front[i, 1] * (1.0 + band) < hours:
            return False
    return True


@_jit
def _beaten(known: Any, bound: Any, ratios: Any) -> bool:
    """Whether a known way is better in all four true criteria than any whose additive costs are over `bound`."""
    b0, b1, b2, b3 = bound[0] * ratios[0], bound[1] * ratios[1], np.sqrt(bound[2]) * ratios[2], bound[3] * ratios[3]
    for i in range(known.shape[0]):
        if known[i, 0] < b0 and known[i, 1] < b1 and known[i, 2] < b2 and known[i, 3] < b3 - 1e-6:
            return True
    return False


@_jit
def _listed(  # noqa: C901
    indptr: Any, heads: Any, costs: Any, least: Any, onward_at: Any, onward: Any, passed_at: Any, passed: Any, at: Any,
    places: int, sources: Any, targets: Any, front: Any, band: float, known: Any,
    departures: Any, fewest: Any, waits: int, ratios: Any, most: int, steps: int,
) -> Any:  # fmt: skip
    """Depth first, all ways from sources to targets that are in the band, not beaten, and enter no place again.

    Returns their arcs, where each way begins among them, the steps taken, and whether that is all.
    """
    deepest = 4096
    state = np.zeros(deepest, np.int64)
    following = np.zeros(deepest, np.int64)
    arc = np.zeros(deepest, np.int64)
    total = np.zeros((deepest, 4))
    waited = np.zeros(deepest)
    entered = np.zeros(places, np.bool_)
    on_way = np.zeros(indptr.shape[0] - 1, np.bool_)
    arcs = np.zeros(1 << 16, np.int64)
    used = 0
    ends = np.zeros(most + 2, np.int64)
    count = taken = 0
    for s in sources:
        entered[:] = False
        on_way[:] = False
        entered[at[s]] = True
        on_way[s] = True
        d = 0
        state[0], following[0] = s, indptr[s]
        total[0] = 0.0
        while d >= 0:
            here = state[d]
            if targets[here] or following[d] == indptr[here + 1]:
                on_way[here] = False
                if d > 0:
                    for k in range(passed_at[arc[d]], passed_at[arc[d] + 1]):
                        entered[passed[k]] = False
                d -= 1
                continue
            a = following[d]
            following[d] += 1
            there = heads[a]
            if on_way[there] or costs[a, 0] == np.inf or least[there, 0] == np.inf:
                continue
            if waited[d] + departures[a] + fewest[there] > waits:
                continue
            again = False
            for k in range(passed_at[a], passed_at[a + 1]):
                if entered[passed[k]]:
                    again = True
                    break
            if again:
                continue
            new = total[d] + costs[a]
            if _beaten(known, new + least[there], ratios):
                continue
            inside = False
            for k in range(onward_at[there], onward_at[there + 1]):
                if _in_band(front, band, new[0] + onward[k, 0], new[1] + onward[k, 1]):
                    inside = True
                    break
            if not inside:
                continue
            taken += 1
            if taken > steps:
                return arcs[:used], ends[: count + 1], taken, False
            d += 1
            state[d], following[d], arc[d] = there, indptr[there], a
            total[d] = new
            waited[d] = waited[d - 1] + departures[a]
            on_way[there] = True
            for k in range(passed_at[a], passed_at[a + 1]):
                entered[passed[k]] = True
            if targets[there]:
                if count == most:
                    return arcs[:used], ends[: count + 1], taken, False
                if used + d > arcs.shape[0]:
                    arcs = np.append(arcs, np.zeros(arcs.shape[0] + d, np.int64))
                for k in range(1, d + 1):
                    arcs[used] = arc[k]
                    used += 1
                count += 1
                ends[count] = used
    return arcs[:used], ends[: count + 1], taken, True


if __name__ == "__main__":
    main()
