"""The graph with states that offer no choice taken out, for the search over several criteria.

A station between two others has one way in and one way on in each direction. Such states are removed and the arcs
through them joined, so that a label is made for each decision and not for each station. What is left is exact: every
way of the whole graph between states that remain is a way of the smaller one, but for turning round on the line.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from karvan.routing.graph import Floats, Graph, Ints, graph_of_arcs


@dataclass(frozen=True, slots=True, eq=False)
class Contracted:
    """A smaller graph over the same states. Its arc i joins positions members[starts[i]:starts[i + 1]] of the whole."""

    graph: Graph
    members: Ints
    starts: Ints

    def costs(self, whole: Floats) -> Floats:
        """Costs of the joined arcs from those of the whole graph's, (arcs, criteria)."""
        sums: Floats = np.add.reduceat(whole[self.members], self.starts[:-1], axis=0)
        return sums[self.graph.order]

    def expand(self, arcs: tuple[int, ...]) -> tuple[int, ...]:
        """Positions in the whole graph of a way in the smaller one."""
        return tuple(int(m) for a in arcs for m in self.members[self.starts[a] : self.starts[a + 1]])


def contract(graph: Graph, keep: Collection[int]) -> Contracted:
    """Take out every state that offers no choice, but those to `keep` (where ways may begin or end)."""
    kept = set(keep)
    tails, heads = graph.tails.tolist(), graph.heads.tolist()
    joined: dict[int, tuple[int, int, tuple[int, ...]]] = {
        i: (tails[i], heads[i], (i,)) for i in range(len(heads)) if tails[i] != heads[i]
    }
    into: dict[int, set[int]] = {}
    out: dict[int, set[int]] = {}
    for arc, (tail, head, _) in joined.items():
        out.setdefault(tail, set()).add(arc)
        into.setdefault(head, set()).add(arc)
    fresh = len(heads)
    for state in range(len(graph.network.states)):
        if state in kept:
            continue
        coming, going = into.get(state, set()), out.get(state, set())
        pairs = [(a, b) for a in sorted(coming) for b in sorted(going) if joined[a][0] != joined[b][1]]
        if len(pairs) > max(len(coming), len(going)):
            continue
        removed = coming | going
        for arc in removed:
            tail, head, _ = joined[arc]
            out[tail].discard(arc)
            into[head].discard(arc)
        for a, b in pairs:
            joined[fresh] = (joined[a][0], joined[b][1], joined[a][2] + joined[b][2])
            out[joined[a][0]].add(fresh)
            into[joined[b][1]].add(fresh)
            fresh += 1
        for arc in removed:
            del joined[arc]
    rows = sorted(joined.values())
    small = graph_of_arcs(graph.network, [r[0] for r in rows], [r[1] for r in rows])
    members = np.array([m for row in rows for m in row[2]], np.int64)
    return Contracted(small, members, np.concatenate(([0], np.cumsum([len(r[2]) for r in rows]))).astype(np.int64))
