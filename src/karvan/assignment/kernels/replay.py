"""Bringing known pairs to rest between two sweeps."""

from __future__ import annotations

from typing import Any

from karvan.assignment.kernels.delay import refresh_all
from karvan.assignment.kernels.equalise import equalise_each
from karvan.assignment.kernels.groups import GROUPS, keep_used
from karvan.assignment.kernels.joint import newton_step
from karvan.assignment.kernels.records import jit


@jit
def replay(
    law: Any, groups: Any, flows: Any, rounds: int, passes: int, until: float, products: int, repeats: int
) -> float:
    """Equalise all groups together; returns how far the first pass over them found costs apart.

    A round is some passes from one group to another, which heed that no flow may be negative, and a joint step. A
    pass that finds less than `until` times what the first did is the last. products and repeats: see `newton_step`.
    """
    start, worth = 0.0, 0.0
    several = law.cost.shape[0] > 1
    for i in range(rounds):
        for j in range(passes):
            apart = 0.0
            for k in range(law.cost.shape[0]):
                if several:
                    refresh_all(law, k)
                apart += equalise_each(law, k, groups, flows, worth)
            if i == 0 and j == 0:
                start = apart
                worth = 0.1 * until * start / max(groups.size[GROUPS], 1)
            if apart <= until * start:
                return start
        if i + 1 < rounds:
            newton_step(law, groups, flows, products, repeats)
    return start


@jit
def replay_used(
    law: Any,
    groups: Any,
    into: Any,
    seen: Any,
    flows: Any,
    rounds: int,
    passes: int,
    until: float,
    products: int,
    repeats: int,
) -> float:
    """Copy the pairs that are used to `into`, and replay these; see `groups.keep_used` and `replay`."""
    keep_used(groups, flows, into, seen)
    return replay(law, into, flows, rounds, passes, until, products, repeats)
