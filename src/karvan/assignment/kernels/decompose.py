"""Flows of one origin taken apart into paths."""

from __future__ import annotations

from typing import Any

from karvan.assignment.kernels.pairs import largest_inflow, least_flow
from karvan.assignment.kernels.records import NONE, jit


@jit
def _take(net: Any, left: Any, links: Any, first: int, end: int, amount: float, seen: Any) -> None:
    """Take an amount from links[first:end] and forget that their tails were seen."""
    for j in range(first, end):
        left[0, links[j]] -= amount
        seen[net.tail[links[j]]] = -1


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
                    _take(net, left, links, ring, at, least_flow(left, 0, links, ring, at), seen)
                    at = ring
                seen[node] = at
            part = min(wanted, least_flow(left, 0, links, size, at)) if whole and at > size else 0.0
            _take(net, left, links, size, at, part, seen)
            seen[rows.to[i]] = -1
            if part == 0.0:
                break
            wanted -= part
            pair[count] = i
            flow[count] = part
            end[count] = at
            size = at
            count += 1
    return count
