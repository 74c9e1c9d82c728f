"""Flows of one origin taken apart into paths."""

from __future__ import annotations

from typing import Any

from karvan.assignment.kernels.pairs import largest_inflow
from karvan.assignment.kernels.records import NONE, jit


@jit
def decompose(
    net: Any, rows: Any, r: int, left: Any, crumb: float, seen: Any, pair: Any, flow: Any, end: Any, links: Any
) -> int:
    """Paths of row r: back from each destination by the largest flow, until its demand is there.

    left (1, links) is a copy of the row's flow and is used up; seen (nodes) is working space. Path i belongs to pair[i]
    of the row, carries flow[i] and goes backwards over links[end[i - 1] : end[i]]. Amounts below crumb are rounding.
    Returns how many paths there are, or -1 if they do not fit.
    """
    count, size = 0, 0
    root = rows.order[r, 0]
    seen[:] = -1
    for i in range(rows.start[r], rows.start[r + 1]):
        wanted = rows.volume[i]
        while wanted > crumb:
            if count >= pair.shape[0] or size + seen.shape[0] > links.shape[0]:
                return -1
            node, at = rows.to[i], size
            seen[node] = at
            whole = True
            while node != root:
                a = largest_inflow(net, left, 0, node)
                if a == NONE:
                    whole = False
                    break
                links[at] = a
                at += 1
                node = net.tail[a]
                if seen[node] >= size:  # a ring of flow that carries nobody
                    ring = seen[node]
                    least = left[0, links[ring]]
                    for j in range(ring, at):
                        least = min(least, left[0, links[j]])
                    for j in range(ring, at):
                        left[0, links[j]] -= least
                        seen[net.tail[links[j]]] = -1
                    at = ring
                seen[node] = at
            part = wanted
            for j in range(size, at):
                part = min(part, left[0, links[j]])
            for j in range(size, at):
                seen[net.tail[links[j]]] = -1
            seen[rows.to[i]] = -1
            if not whole or at == size:
                break
            for j in range(size, at):
                left[0, links[j]] -= part
            wanted -= part
            pair[count] = i
            flow[count] = part
            end[count] = at
            size = at
            count += 1
    return count
