"""Arrays that kernels work in."""

from __future__ import annotations

import numpy as np

from karvan.assignment import kernels


def new_scratch(nodes: int, links: int) -> kernels.Scratch:
    """Working space of one thread on a network of so many nodes and links."""
    return kernels.Scratch(
        label=np.empty(nodes),
        mark=np.zeros(nodes, dtype=np.int64),
        stamp=np.zeros(1, dtype=np.int64),
        keys=np.empty(max(links, nodes) + 1),
        items=np.empty(max(links, nodes) + 1, dtype=np.uint32),
        child=np.empty(nodes, dtype=np.uint32),
        sibling=np.empty(nodes, dtype=np.uint32),
        segment=np.empty(3 * nodes + 3, dtype=np.uint32),
        candidate=np.empty(links, dtype=np.uint32),
    )


def new_groups(count: int, links: int, members: int) -> kernels.Groups:
    """Room for so many groups with so many links and members in all, empty."""
    table = 1 << int(np.ceil(np.log2(2 * count + 2)))
    made = kernels.Groups(
        of=np.empty((count, 5), dtype=np.int32),
        links=np.empty(links, dtype=np.uint32),
        row=np.empty(members, dtype=np.int32),
        following=np.empty(members, dtype=np.int32),
        table=np.empty(table, dtype=np.int32),
        size=np.empty(3, dtype=np.int64),
    )
    kernels.clear(made)
    return made
