"""The engine of pairs: rows of flow, their trees and groups, and the loop that brings the gap down."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from karvan.assignment import kernels, warm
from karvan.assignment.prepare import Prepared, fixed_flows, laws, rows_of
from karvan.assignment.result import Outcome, Result, Step
from karvan.assignment.watch import Watch
from karvan.assignment.workspace import new_groups, new_scratch
from karvan.model.problem import Floats, Ints

# A replay ends when costs of pairs are apart by this part of what they were, or after so many rounds.
_REPLAY_UNTIL = 1e-3
# Rounds, passes, products and repeats of a replay: little to begin with, and more where the gap falls to no less than
# _SLOW in a sweep.
_EFFORTS = ((1, 4, 0, 0), (2, 2, 30, 2), (2, 2, 100, 3), (2, 2, 200, 4), (2, 3, 300, 4), (2, 3, 300, 8))
_SLOW = 0.3
# Rows that are first loaded before an interruption is heeded.
_AT_ONCE = 500
# Rows that threads deal with before one thread shifts what they found.
_BLOCK = 64
# A link is left in a sweep if it has less than this part of the mean excess of a row.
_WORTH = 1e-4


class Engine:
    """Flows of all rows on one network, and how to improve them.

    `caps` (links of net, 3) holds hard capacities with their multipliers and penalties, or no rows; it may be changed
    between calls of `run`.
    """

    def __init__(
        self,
        prepared: Prepared,
        *,
        threads: int = 1,
        seed: int = 0,
        caps: Floats | None = None,
        with_flows: bool = True,
    ) -> None:
        self.prepared = prepared
        self.threads = threads
        self.rows = rows_of(prepared, with_flows)
        n, a = prepared.nodes, prepared.links
        self.scratch = [new_scratch(n, a) for _ in range(threads)]
        k = len(prepared.problem.classes)
        caps = np.zeros((0, 3)) if caps is None else caps
        self.law = kernels.Law(
            np.zeros(a), np.zeros((k, a)), np.zeros((k, a)), prepared.kinds, prepared.forms, caps, prepared.scale
        )
        self.groups = new_groups(4096, 65536, 8192)
        self.spare = new_groups(4096, 65536, 8192)
        self.seen = np.empty(prepared.roots.shape[0], dtype=np.int32)
        self.spans = _spans(prepared.class_)
        self.seed = seed
        self.pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self.paid = 0.0
        self.effort = 0
        self.fresh = False  # whether costs are those of the load, where there is one class
        self.found: list[tuple[Any, Any]] = []

    # --- Start -------------------------------------------------------------------------------------------------------

    def begin(self, start: Result | None) -> None:
        """Load all demand: as in an earlier result on the same network where there is one, else anew."""
        if start is None or not warm.take(self, start):
            self.load_first()

    def load_first(self) -> None:
        """All or nothing, a row at a time in shuffled order. Demand that cannot arrive is taken out of `rows`."""
        p, rows = self.prepared, self.rows
        order = np.random.default_rng(self.seed).permutation(p.roots.shape[0])
        sums = np.add.reduceat(p.volume, p.start[:-1]) if p.volume.size else np.zeros(0)
        parts = np.cumsum(sums[order]) / max(sums.sum(), 1e-300)
        at_once = _AT_ONCE if self.pool is None else _BLOCK
        for at in range(0, order.shape[0], at_once):
            some, part = order[at : at + at_once], parts[at : at + at_once]
            for k in np.unique(p.class_[some]):
                mine = p.class_[some] == k
                if self.pool is None:
                    kernels.load_first(p.net, self.law, k, rows, p.roots, some[mine], part[mine], self.scratch[0])
                    continue
                kernels.extrapolate(self.law, k, part[mine][-1])
                jobs = zip(np.array_split(some[mine], self.threads), self.scratch, strict=True)
                self._wait(kernels.plant_all, [(p.net, self.law, k, rows, p.roots, *job) for job in jobs])
                kernels.load_trees(p.net, self.law, k, rows, some[mine], self.scratch[0])

    def rebuild_load(self) -> None:
        """Sum the load anew from the flows, so that rounding of many small changes goes."""
        self.law.load[:] = 0.0
        for k, first, end in self.spans:
            kernels.total_load(self.law, k, self.rows, first, end)

    # --- Loop --------------------------------------------------------------------------------------------------------

    def run(
        self,
        gap: float,
        *,
        most_iterations: int,
        deadline: float,
        started: float,
        report: Callable[[Step], None] | None = None,
    ) -> tuple[Outcome, list[Step]]:
        """Improve until the relative gap is reached, or for as long as is allowed."""
        watch = Watch(gap, self.fixed_cost(), started, report)
        self.fresh = False  # prices may have changed
        outcome = Outcome.OUT_OF_ITERATIONS
        try:
            for _ in range(most_iterations):
                if watch.may_be_there() and watch.see(*self.measure(), exact=True):
                    break
                if watch.stalled():
                    outcome = Outcome.STALLED
                    break
                if time.perf_counter() > deadline:
                    outcome = Outcome.OUT_OF_TIME
                    break
                watch.see(*self.improve(watch.excess), exact=False)
                # Where a sweep gains little, known pairs are not at rest: more is done for them from now on.
                if watch.fall > _SLOW:
                    self.effort = min(self.effort + 1, len(_EFFORTS) - 1)
        except KeyboardInterrupt:
            outcome, watch.report = Outcome.INTERRUPTED, None
        if not watch.exact:
            watch.see(*self.measure(), exact=True)
        self.paid = watch.paid
        reached = watch.gap <= gap and outcome is not Outcome.INTERRUPTED
        return (Outcome.CONVERGED if reached else outcome), watch.history

    def measure(self) -> tuple[float, float]:
        """(excess, least) cost over all rows at the costs of now; trees are brought up to date."""
        excess = least = 0.0
        self.rebuild_load()
        self.fresh = True
        for k, first, end in self.spans:
            kernels.refresh_all(self.law, k)
            for e, c in self._shared(kernels.measure, k, first, end):
                excess += e
                least += c
        return excess, least

    def improve(self, excess: float) -> tuple[float, float]:
        """One sweep over all rows, then replays of the pairs that are known; (excess, least) as the sweep saw them.

        excess is that of the last sweep, or nothing: what is far below it is left for later.
        """
        smallest = _WORTH * excess / max(self.prepared.roots.shape[0], 1)
        found = least = 0.0
        for k, first, end in self.spans:
            if len(self.spans) > 1 or not self.fresh:
                kernels.refresh_all(self.law, k)
            sweep = self._sweep if self.pool is None else self._sweep_together
            e, c = sweep(k, first, end, smallest)
            found += e
            least += c
        rounds, passes, products, repeats = _EFFORTS[self.effort]
        kernels.replay_used(
            self.law,
            self.groups,
            self.spare,
            self.seen,
            self.rows.flow,
            rounds,
            passes,
            _REPLAY_UNTIL,
            products,
            repeats,
        )
        self.groups, self.spare = self.spare, self.groups
        self.fresh = True
        return found, least

    def _sweep(self, k: int, first: int, end: int, smallest: float) -> tuple[float, float]:
        """A sweep over rows first .. end - 1 of class k, each at the costs that the one before left."""
        p, at, excess, least = self.prepared, first, 0.0, 0.0
        while at < end:
            at, e, c = kernels.sweep(p.net, self.law, k, self.rows, self.groups, at, end, smallest, self.scratch[0])
            excess += e
            least += c
            if at < end:
                self._make_room()
        return excess, least

    def _sweep_together(self, k: int, first: int, end: int, smallest: float) -> tuple[float, float]:
        """A sweep in blocks: threads find where to shift in a block at the costs before it, then one shifts."""
        p, excess, least = self.prepared, 0.0, 0.0
        if not self.found:
            room = _BLOCK * 8 + p.links
            self.found = [(np.empty(room, np.int64), np.empty(room, np.uint32)) for _ in range(self.threads)]
        for at in range(first, end, _BLOCK):
            for count, e, c, of_row, links in self._found(k, at, min(at + _BLOCK, end), smallest):
                excess += e
                least += c
                i = 0
                while i < count:
                    i = kernels.shift_found(
                        p.net, self.law, k, self.rows, self.groups, of_row, links, i, count, self.scratch[0]
                    )
                    if i < count:
                        self._make_room()
        return excess, least

    def _found(self, k: int, first: int, end: int, smallest: float) -> list[tuple[int, float, float, Any, Any]]:
        """What the threads find, each in its part of rows first .. end - 1."""
        cuts = np.linspace(first, end, self.threads + 1).astype(int)
        jobs = [
            (self.prepared.net, self.law, k, self.rows, cuts[i], cuts[i + 1], self.scratch[i], smallest, *self.found[i])
            for i in range(self.threads)
        ]
        return [(*made, *self.found[i]) for i, made in enumerate(self._wait(kernels.find, jobs))]

    def _wait(self, work: Callable[..., Any], jobs: list[Any]) -> list[Any]:
        """A kernel with each list of arguments, on threads of their own."""
        assert self.pool is not None
        return [f.result() for f in [self.pool.submit(work, *job) for job in jobs]]

    def _shared(self, work: Callable[..., tuple[float, float]], k: int, first: int, end: int) -> list[Any]:
        """A kernel over rows first .. end - 1, by as many threads as there are."""
        p = self.prepared
        if self.pool is None:
            return [work(p.net, self.law, k, self.rows, first, end, self.scratch[0])]
        cuts = np.linspace(first, end, self.threads + 1).astype(int)
        return self._wait(
            work,
            [(p.net, self.law, k, self.rows, cuts[i], cuts[i + 1], self.scratch[i]) for i in range(self.threads)],
        )

    def _make_room(self) -> None:
        """Twice the room for groups, with what is in them."""
        n = 2 * self.groups.of.shape[0]
        wider = new_groups(
            n, max(2 * self.groups.links.shape[0], 16 * self.prepared.nodes), 2 * self.groups.row.shape[0]
        )
        kernels.copy_groups(self.groups, wider)
        self.groups = wider
        self.spare = new_groups(n, wider.links.shape[0], wider.row.shape[0])

    def fixed_cost(self) -> float:
        """What is paid on the links that the kernels do not see, whatever happens on the others."""
        p = self.prepared
        flows = fixed_flows(p, self.unserved())
        if not flows.any():
            return 0.0
        load = np.zeros(flows.shape[1])
        for c, flow in zip(p.problem.classes, flows, strict=True):
            load += c.load * flow
        kinds, forms = laws(p.problem, p.objective)
        law = kernels.Law(load, np.zeros_like(flows), np.zeros_like(flows), kinds, forms, np.zeros((0, 3)), p.scale)
        for k in range(flows.shape[0]):
            kernels.refresh_all(law, k)
        used = flows > 0
        return float(np.dot(law.cost[used], flows[used]))

    def dearest(self) -> float:
        """The dearest path of any pair at the costs of now."""
        found = 0.0
        for k, first, end in self.spans:
            kernels.refresh_all(self.law, k)
            found = max(found, kernels.dearest(self.prepared.net, self.law, k, self.rows, first, end, self.scratch[0]))
        return found

    def rest(self) -> None:
        """Give back threads and working space; flows, trees and prices stay, for paths and for later runs."""
        if self.pool is not None:
            self.pool.shutdown()
            self.pool = None
        self.groups = self.spare = new_groups(1, 1, 1)
        self.found = []

    # --- What came out -----------------------------------------------------------------------------------------------

    def unserved(self) -> tuple[Floats, ...]:
        """By class, the volume of each pair that cannot arrive or is refused."""
        p = self.prepared
        made = tuple(np.zeros(c.demand.volume.shape[0]) for c in p.problem.classes)
        for k, pairs in enumerate(p.barred):
            made[k][pairs] = p.problem.classes[k].demand.volume[pairs]
        for k, first, end in self.spans:
            of = slice(p.start[first], p.start[end])
            made[k][p.pair[of]] = p.volume[of] - self.rows.volume[of]
        if (p.link_of < 0).any():
            self._add_refused(made)
        return made

    def _add_refused(self, made: tuple[Floats, ...]) -> None:
        """Add what took the links of refusal, shared among pairs of one row to one place by their volumes."""
        p = self.prepared
        link_to = np.full(p.nodes, -1)
        link_to[p.net.head[p.refused]] = p.refused
        for r in range(p.roots.shape[0]):
            of = slice(p.start[r], p.start[r + 1])
            flow = self.rows.flow[r, link_to[p.to[of]]]
            if flow.any():
                there = np.zeros(p.nodes)
                np.add.at(there, p.to[of], self.rows.volume[of])
                made[p.class_[r]][p.pair[of]] += flow * self.rows.volume[of] / np.maximum(there[p.to[of]], 1e-300)

    def flows(self) -> Floats:
        """Flow by class on the links of the problem, those left out included."""
        made = fixed_flows(self.prepared, self.unserved())
        real = self.prepared.link_of >= 0
        for k, first, end in self.spans:
            total = np.zeros(self.prepared.links)
            kernels.total_flow(self.rows, first, end, total)
            made[k, self.prepared.link_of[real]] += total[real]
        return made


def _spans(class_: Ints) -> list[tuple[int, int, int]]:
    """(class, first row, end) of each class that has rows."""
    if class_.shape[0] == 0:
        return []
    classes, first = np.unique(class_, return_index=True)
    ends = np.append(first[1:], class_.shape[0])
    return [(int(k), int(f), int(e)) for k, f, e in zip(classes, first, ends, strict=True)]
