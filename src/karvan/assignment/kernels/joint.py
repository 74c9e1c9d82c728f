"""Bringing all groups to equal costs at once: Newton's method by conjugate gradients.

Pairs that share links disturb each other, and one after another they may take thousands of passes to settle.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from karvan.assignment.kernels.delay import refresh_all
from karvan.assignment.kernels.equalise import available, equalise_each, transfer
from karvan.assignment.kernels.groups import END, FIRST, GROUPS, KLASS, MIDDLE
from karvan.assignment.kernels.pairs import difference
from karvan.assignment.kernels.records import WEIGHT, jit

# What conjugate gradients leave of the residual, and how many steps they may take.
_CG_UNTIL = 1e-2
_MOST_CG = 30
# How often groups try to make the shifts of a joint step.
_TRIES = 3
# Where so much of all that groups should shift could not be, those that did less than this part of theirs are left out.
_MISSED, _FEW = 0.01, 0.5
_MOST_ATTEMPTS = 4
# Cost may rise along a step, at its end, by this part of how it fell at the start.
_RISE = 0.3


@jit
def _spread(law: Any, groups: Any, chosen: Any, amount: Any, into: Any) -> None:
    """Changes of load that shifts of the chosen groups would make; positive shifts go to the first segment."""
    into[:] = 0.0
    for i in range(chosen.shape[0]):
        g = chosen[i]
        k = groups.of[g, KLASS]
        for at in range(groups.of[g, FIRST], groups.of[g, END]):
            a = groups.links[at]
            into[a] += (amount[i] if at < groups.of[g, MIDDLE] else -amount[i]) * law.form[k, a, WEIGHT]


@jit
def _gather(law: Any, groups: Any, chosen: Any, cost: Any, into: Any) -> None:
    """What costs by load (links) make of the second segment of each chosen group less what they do of its first."""
    for i in range(chosen.shape[0]):
        g = chosen[i]
        k = groups.of[g, KLASS]
        total = 0.0
        for at in range(groups.of[g, FIRST], groups.of[g, END]):
            a = groups.links[at]
            total += (-cost[a] if at < groups.of[g, MIDDLE] else cost[a]) * law.form[k, a, WEIGHT]
        into[i] = total


@jit
def _excess(law: Any, groups: Any, chosen: Any, into: Any) -> None:
    """Cost of the second segment of each chosen group less that of its first, made comparable between classes."""
    for i in range(chosen.shape[0]):
        g = chosen[i]
        k = groups.of[g, KLASS]
        excess, _ = difference(law, k, groups.links, groups.of[g, FIRST], groups.of[g, MIDDLE], groups.of[g, END])
        into[i] = excess * law.scale[k]


@jit
def _slopes(law: Any, into: Any) -> None:
    """How cost, made comparable, grows with load on each link; classes that disagree are given the steepest."""
    into[:] = 0.0
    for k in range(law.cost.shape[0]):
        for a in range(into.shape[0]):
            if law.slope[k, a] > 0.0:
                weight = law.form[k, a, WEIGHT]
                into[a] = max(into[a], law.slope[k, a] * law.scale[k] / (weight * weight))


@jit
def _own_slope(law: Any, groups: Any, g: int, slope: Any) -> float:
    """How the difference in cost of a group grows with its own shift."""
    k = groups.of[g, KLASS]
    total = 0.0
    for at in range(groups.of[g, FIRST], groups.of[g, END]):
        a = groups.links[at]
        total += slope[a] * law.form[k, a, WEIGHT] ** 2
    return total


@jit
def _choose(law: Any, groups: Any, slope: Any) -> Any:
    """Groups whose costs depend on load."""
    chosen = np.empty(groups.size[GROUPS], np.int32)
    count = 0
    for g in range(groups.size[GROUPS]):
        if _own_slope(law, groups, g, slope) > 0.0:
            chosen[count] = g
            count += 1
    return chosen[:count]


@jit
def _bounds(groups: Any, flows: Any, chosen: Any) -> tuple[Any, Any]:
    """The least and the most that members of each chosen group could shift."""
    low, high = np.empty(chosen.shape[0]), np.empty(chosen.shape[0])
    for i in range(chosen.shape[0]):
        low[i] = -available(groups, chosen[i], flows, True, np.inf)
        high[i] = available(groups, chosen[i], flows, False, np.inf)
    return low, high


@jit
def _product(law: Any, groups: Any, chosen: Any, slope: Any, shift: Any, on_links: Any, into: Any) -> None:
    """How shifts of the chosen groups would change their excess: the matrix D' diag(slope) D times shift.

    D has a column for each group with its +-WEIGHT on its links.
    """
    _spread(law, groups, chosen, shift, on_links)
    on_links *= slope
    _gather(law, groups, chosen, on_links, into)
    into *= -1.0


@jit
def _free_residual(residual: Any, shift: Any, low: Any, high: Any, into: Any) -> None:
    """The residual where a shift may still follow it, else 0."""
    for i in range(residual.shape[0]):
        stuck = (residual[i] > 0.0 and shift[i] >= high[i]) or (residual[i] < 0.0 and shift[i] <= low[i])
        into[i] = 0.0 if stuck else residual[i]


@jit
def _scale(free: Any, direction: Any, fresh: bool, diagonal: Any, scaled: Any) -> float:
    """The free residual scaled by the diagonal, and their product; in a run of directions no other shifts join in."""
    size = 0.0
    for i in range(free.shape[0]):
        if not fresh and direction[i] == 0.0:
            free[i] = 0.0
        scaled[i] = free[i] / diagonal[i]
        size += free[i] * scaled[i]
    return size


@jit
def _first_bound(shift: Any, direction: Any, low: Any, high: Any) -> float:
    """The step along a direction at which the first shift meets its bound."""
    first = np.inf
    for i in range(shift.shape[0]):
        if direction[i] > 0.0:
            first = min(first, (high[i] - shift[i]) / direction[i])
        elif direction[i] < 0.0:
            first = min(first, (low[i] - shift[i]) / direction[i])
    return max(first, 0.0)


@jit
def _cut_back(shift: Any, direction: Any, step: float, low: Any, high: Any, into: Any) -> None:
    """How far each shift may go of a step along a direction."""
    for i in range(shift.shape[0]):
        into[i] = min(max(shift[i] + step * direction[i], low[i]), high[i]) - shift[i]


@jit
def _solve(law: Any, groups: Any, chosen: Any, slope: Any, excess: Any, low: Any, high: Any, on_links: Any) -> Any:
    """Shifts within low .. high that would bring the excess of the chosen groups to nothing were costs linear.

    Conjugate gradients, scaled by the diagonal, over the shifts that are free; a step that would leave the bounds is
    cut back to them, and the directions begin anew (Polyak 1969; More and Toraldo 1991).
    """
    n = chosen.shape[0]
    shift, image, free, scaled = np.zeros(n), np.empty(n), np.empty(n), np.empty(n)
    residual, direction, diagonal = excess.copy(), np.zeros(n), np.empty(n)
    for i in range(n):
        diagonal[i] = _own_slope(law, groups, chosen[i], slope)
    enough = -1.0
    size = 1.0
    fresh = True
    for _ in range(_MOST_CG):
        _free_residual(residual, shift, low, high, free)
        new = _scale(free, direction, fresh, diagonal, scaled)
        if enough < 0.0:
            enough = _CG_UNTIL**2 * new
        if new <= enough:
            if fresh:
                break
            fresh = True  # the free shifts have settled: see which others are free now
            continue
        for i in range(n):
            direction[i] = scaled[i] + (0.0 if fresh else new / size * direction[i])
        size = new
        _product(law, groups, chosen, slope, direction, on_links, image)
        curvature, slope_down = np.dot(direction, image), np.dot(free, direction)
        first = _first_bound(shift, direction, low, high)
        if slope_down >= first * curvature:
            # A bound is in the way. All that are cut back to theirs may go together, if that gains more than to stop
            # at the first: along a direction that costs nothing (classes that change places) it does not.
            step = slope_down / curvature if curvature > 0.0 else first
            _cut_back(shift, direction, step, low, high, scaled)
            _product(law, groups, chosen, slope, scaled, on_links, free)
            gain = np.dot(residual, scaled) - 0.5 * np.dot(scaled, free)
            if gain < first * (slope_down - 0.5 * first * curvature):
                scaled[:] = first * direction
                free[:] = first * image
            residual -= free
            shift[:] = np.minimum(np.maximum(shift + scaled, low), high)
            fresh = True
            continue
        step = slope_down / curvature
        for i in range(n):
            shift[i] += step * direction[i]
            residual[i] -= step * image[i]
        fresh = False
    return shift


@jit
def _shift_all(law: Any, groups: Any, chosen: Any, flows: Any, shift: Any, on_links: Any) -> None:
    """Make the shifts of the chosen groups as far as their members can; shift becomes what was done.

    What one group gives another may need, so who could not shift all tries again when the others are through.
    """
    left = shift.copy()
    for _ in range(_TRIES):
        short = False
        for i in range(chosen.shape[0]):
            if left[i] != 0.0:
                left[i] -= transfer(groups, chosen[i], flows, left[i])
                short = short or left[i] != 0.0
        if not short:
            break
    shift -= left
    _spread(law, groups, chosen, shift, on_links)
    for a in range(on_links.shape[0]):
        law.load[a] += on_links[a]
    for k in range(law.cost.shape[0]):
        refresh_all(law, k)


@jit
def _least_part(done: Any, wanted: Any) -> float:
    """The least part of what they should that shifts did."""
    part = 1.0
    for i in range(done.shape[0]):
        if abs(done[i]) < abs(wanted[i]):
            part = min(part, done[i] / wanted[i])
    return part


@jit
def _drop_unable(chosen: Any, done: Any, wanted: Any) -> int:
    """Move groups that did more than a few of what they should to the front of chosen; returns how many there are."""
    kept = 0
    for i in range(chosen.shape[0]):
        if abs(done[i]) >= _FEW * abs(wanted[i]):
            chosen[kept] = chosen[i]
            kept += 1
    return kept


@jit
def newton_step(law: Any, groups: Any, flows: Any) -> None:
    """Shift all groups at once by what would equalise them, as far as they can be, were costs linear.

    Bounds are those of each group alone. Where members' flow is wanted by several and some get little of it, all is
    taken back and another step made without these. A step at whose end costs rise along it goes back by the rule of
    false position, so that it never does harm.
    """
    on_links, slope = np.empty(law.load.shape[0]), np.empty(law.load.shape[0])
    for k in range(law.cost.shape[0]):
        refresh_all(law, k)
    _slopes(law, slope)
    chosen = _choose(law, groups, slope)
    for attempt in range(_MOST_ATTEMPTS):
        n = chosen.shape[0]
        excess = np.empty(n)
        _excess(law, groups, chosen, excess)
        low, high = _bounds(groups, flows, chosen)
        shift = _solve(law, groups, chosen, slope, excess, low, high, on_links)
        wanted = shift.copy()
        _shift_all(law, groups, chosen, flows, shift, on_links)
        if attempt + 1 == _MOST_ATTEMPTS or np.abs(wanted - shift).sum() <= _MISSED * np.abs(wanted).sum():
            break
        undone = -shift
        _shift_all(law, groups, chosen, flows, undone, on_links)
        chosen = chosen[: _drop_unable(chosen, shift, wanted)]
        if chosen.shape[0] == n:
            shift = _least_part(shift, wanted) * wanted
            _shift_all(law, groups, chosen, flows, shift, on_links)
            break
    fall = max(np.dot(excess, shift), 0.0)
    _excess(law, groups, chosen, excess)
    rise = -np.dot(excess, shift)
    if rise > _RISE * fall:
        shift *= -rise / (rise + fall)
        _shift_all(law, groups, chosen, flows, shift, on_links)


@jit
def replay(law: Any, groups: Any, flows: Any, rounds: int, passes: int, until: float) -> float:
    """Equalise all groups together; returns how far the first pass over them found costs apart.

    A round is some passes from one group to another, which heed that no flow may be negative, and a joint step. A
    pass that finds less than `until` times what the first did is the last.
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
            newton_step(law, groups, flows)
    return start
