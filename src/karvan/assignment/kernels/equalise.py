"""Bringing the two segments of one group after another to one cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from karvan.assignment.kernels.delay import refresh
from karvan.assignment.kernels.groups import END, FIRST, GROUPS, HEAD, KLASS, MIDDLE
from karvan.assignment.kernels.pairs import difference, least_flow, without
from karvan.assignment.kernels.records import WEIGHT, jit

_MOST_STEPS = 4
# A step that leaves less than this of the difference in cost is good enough.
_GOOD = 0.3


@jit
def transfer(groups: Any, g: int, flows: Any, amount: float) -> Any:
    """Move up to an amount of the members' flow from the second segment to the first, or back if it is negative.

    Loads and costs stay as they are. Returns what was moved, with the sign of amount.
    """
    first, middle, end = groups.of[g, FIRST], groups.of[g, MIDDLE], groups.of[g, END]
    links = groups.links
    here, here_end, there, there_end = (first, middle, middle, end) if amount < 0.0 else (middle, end, first, middle)
    left = abs(amount)
    member = groups.of[g, HEAD]
    while member >= 0 and left > 0.0:
        r = groups.row[member]
        part = min(left, least_flow(flows, r, links, here, here_end))
        if part > 0.0:
            for i in range(here, here_end):
                flows[r, links[i]] = without(flows[r, links[i]], part)
            for i in range(there, there_end):
                flows[r, links[i]] += part
            left -= part
        member = groups.following[member]
    return np.copysign(abs(amount) - max(left, 0.0), amount)


@jit
def available(groups: Any, g: int, flows: Any, back: bool, enough: float) -> float:
    """Flow that members could move from the second segment (back: from the first); counted until it is enough."""
    first, middle, end = groups.of[g, FIRST], groups.of[g, MIDDLE], groups.of[g, END]
    here, here_end = (first, middle) if back else (middle, end)
    amount = 0.0
    member = groups.of[g, HEAD]
    while member >= 0 and amount < enough:
        amount += least_flow(flows, groups.row[member], groups.links, here, here_end)
        member = groups.following[member]
    return amount


@jit
def equalise(law: Any, k: int, groups: Any, g: int, flows: Any, worth: float) -> float:
    """Bring both segments of a group of class k to one cost as far as its members' flows allow.

    Returns how far costs were apart, 0 if nothing was done: that is so where they were by less than `worth`. Newton's
    method on the difference of costs; a step too far is taken back by the rule of false position.
    """
    first, middle, end = groups.of[g, FIRST], groups.of[g, MIDDLE], groups.of[g, END]
    links = groups.links
    excess, slope = difference(law, k, links, first, middle, end)
    apart = abs(excess)
    if apart <= worth:
        return 0.0
    wanted = excess / slope if slope > 0.0 else np.copysign(np.inf, excess)
    for _ in range(_MOST_STEPS):
        if abs(wanted) == np.inf:  # no cost here depends on load: all goes
            wanted = np.copysign(available(groups, g, flows, wanted < 0.0, np.inf), wanted)
        moved = transfer(groups, g, flows, wanted)
        if moved == 0.0:
            return 0.0
        for i in range(first, end):
            a = links[i]
            law.load[a] += (moved if i < middle else -moved) * law.form[k, a, WEIGHT]
            refresh(law, k, a)
        before = excess
        excess, slope = difference(law, k, links, first, middle, end)
        if abs(excess) <= _GOOD * abs(before) or (excess < 0.0) == (before < 0.0):
            break
        wanted = np.copysign(abs(moved) * abs(excess) / (abs(excess) + abs(before)), excess)
    return apart


@jit
def equalise_each(law: Any, k: int, groups: Any, flows: Any, worth: float) -> float:
    """Equalise each group of class k once where it is worth it; returns how far costs were apart, in all."""
    apart = 0.0
    for g in range(groups.size[GROUPS]):
        if groups.of[g, KLASS] == k:
            apart += equalise(law, k, groups, g, flows, worth)
    return apart
