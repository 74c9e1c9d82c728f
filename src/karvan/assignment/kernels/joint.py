"""Bringing all groups to equal costs at once: Newton's method by conjugate gradients.

Pairs that share links disturb each other, and one after another they may take thousands of passes to settle.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from karvan.assignment.kernels.delay import refresh_all
from karvan.assignment.kernels.equalise import available, transfer
from karvan.assignment.kernels.groups import END, FIRST, GROUPS, KLASS, MIDDLE
from karvan.assignment.kernels.pairs import difference
from karvan.assignment.kernels.records import WEIGHT, jit

# What is left of the residual in the end, and at least before shifts that met their bounds are looked at again.
_UNTIL, _ONE_FACE = 1e-2, 0.1
_FEW_PRODUCTS = 20
# A direction along which slopes cancel to this part has none.
_FLAT = 1e-8
# How often a step is shortened before it is given up.
_MOST_CUTS = 25
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
def _free(residual: Any, shift: Any, low: Any, high: Any, into: Any) -> None:
    """The residual where a shift may still follow it, else 0."""
    for i in range(residual.shape[0]):
        stuck = (residual[i] > 0.0 and shift[i] >= high[i]) or (residual[i] < 0.0 and shift[i] <= low[i])
        into[i] = 0.0 if stuck else residual[i]


@jit
def _size(residual: Any, diagonal: Any) -> float:
    """The square of a residual, scaled by the diagonal."""
    size = 0.0
    for i in range(residual.shape[0]):
        size += residual[i] * residual[i] / diagonal[i]
    return size


@jit
def _first_bound(shift: Any, way: Any, direction: Any, low: Any, high: Any) -> float:
    """The step along a direction, from shift + way, at which the first shift meets its bound."""
    first = np.inf
    for i in range(shift.shape[0]):
        if direction[i] > 0.0:
            first = min(first, (high[i] - shift[i] - way[i]) / direction[i])
        elif direction[i] < 0.0:
            first = min(first, (low[i] - shift[i] - way[i]) / direction[i])
    return max(first, 0.0) if first < np.inf else 0.0


@jit
def _conjugate_gradients(
    law: Any, groups: Any, chosen: Any, slope: Any, diagonal: Any, free: Any, bounds: Any, until: float, most: int
) -> tuple[Any, int]:
    """(Shifts that bring the free residual down to `until`, products made) without regard to bounds, but for one case.

    A direction along which costs do not change, as where two classes change places, is followed to the first bound.
    bounds holds the shifts of now, the least and the most. Conjugate gradients, scaled by the diagonal.
    """
    shift, low, high = bounds
    n = free.shape[0]
    way, image, direction = np.zeros(n), np.empty(n), np.zeros(n)
    on_links = np.empty(slope.shape[0])
    residual = free.copy()
    size, before = _size(residual, diagonal), np.inf
    for made in range(most):
        if size <= until:
            return way, made
        flat = 0.0
        for i in range(n):
            direction[i] = residual[i] / diagonal[i] + size / before * direction[i] if free[i] != 0.0 else 0.0
            flat += direction[i] * direction[i] * diagonal[i]
        _product(law, groups, chosen, slope, direction, on_links, image)
        curvature = np.dot(direction, image)
        if curvature <= _FLAT * flat:
            way += _first_bound(shift, way, direction, low, high) * direction
            return way, made + 1
        step = size / curvature
        way += step * direction
        for i in range(n):
            residual[i] = residual[i] - step * image[i] if free[i] != 0.0 else 0.0
        before = size
        size = _size(residual, diagonal)
    return way, most


@jit
def _solve(law: Any, groups: Any, chosen: Any, slope: Any, excess: Any, low: Any, high: Any, products: int) -> Any:
    """Shifts within low .. high that would bring the excess of the chosen groups to nothing were costs linear.

    In turn a direction by conjugate gradients over the shifts that are free, and a search along it in which each shift
    stops at its bound (projected search; More and Toraldo 1991), for about so many products with the matrix.
    """
    n = chosen.shape[0]
    shift, image, free, moved, diagonal = np.zeros(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    on_links = np.empty(slope.shape[0])
    for i in range(n):
        diagonal[i] = _own_slope(law, groups, chosen[i], slope)
    residual = excess.copy()
    _free(residual, shift, low, high, free)
    enough = _UNTIL**2 * _size(free, diagonal)
    left = products
    while left > 0:
        _free(residual, shift, low, high, free)
        size = _size(free, diagonal)
        if size <= enough:
            break
        until = max(_ONE_FACE**2 * size, 0.25 * enough)
        most = min(left, max(products // 5, _FEW_PRODUCTS))
        way, made = _conjugate_gradients(law, groups, chosen, slope, diagonal, free, (shift, low, high), until, most)
        left -= made
        part, gain = 1.0, 0.0
        for _ in range(_MOST_CUTS):
            for i in range(n):
                moved[i] = min(max(shift[i] + part * way[i], low[i]), high[i]) - shift[i]
            _product(law, groups, chosen, slope, moved, on_links, image)
            left -= 1
            down = np.dot(residual, moved)
            gain = down - 0.5 * np.dot(moved, image)
            if gain > 0.0 and gain >= 0.1 * down:
                break
            part *= 0.4
        if not gain > 0.0:
            break
        shift[:] = np.minimum(np.maximum(shift + moved, low), high)
        residual -= image
    return shift


@jit
def _add_load(law: Any, groups: Any, chosen: Any, shift: Any) -> None:
    """Bring loads, and costs of all classes, up to shifts that were made."""
    on_links = np.empty(law.load.shape[0])
    _spread(law, groups, chosen, shift, on_links)
    for a in range(on_links.shape[0]):
        law.load[a] += on_links[a]
    for k in range(law.cost.shape[0]):
        refresh_all(law, k)


@jit
def newton_step(law: Any, groups: Any, flows: Any, products: int, repeats: int) -> None:
    """Shift all groups at once by what would equalise them, as far as they can be, were costs linear.

    Bounds are those of each group alone, but groups share the flow of their members: what could not be shifted because
    others took it is made up for by solving again from there, up to so many times. A step at whose end costs rise
    along it goes back by the rule of false position, so that it never does harm.
    """
    slope = np.empty(law.load.shape[0])
    on_links = np.empty(law.load.shape[0])
    for k in range(law.cost.shape[0]):
        refresh_all(law, k)
    _slopes(law, slope)
    chosen = _choose(law, groups, slope)
    n = chosen.shape[0]
    excess, image, done = np.empty(n), np.empty(n), np.zeros(n)
    _excess(law, groups, chosen, excess)
    left = excess.copy()
    for _ in range(repeats):
        low, high = _bounds(groups, flows, chosen)
        shift = _solve(law, groups, chosen, slope, left, low, high, products)
        cut = False
        for i in range(n):
            made = transfer(groups, chosen[i], flows, shift[i])
            cut = cut or abs(shift[i] - made) > 1e-9 * abs(shift[i])
            shift[i] = made
        done += shift
        _product(law, groups, chosen, slope, shift, on_links, image)
        left -= image
        if not cut:
            break
    _add_load(law, groups, chosen, done)
    fall = max(np.dot(excess, done), 0.0)
    _excess(law, groups, chosen, excess)
    rise = -np.dot(excess, done)
    if rise > _RISE * fall:
        for i in range(n):
            done[i] = transfer(groups, chosen[i], flows, -rise / (rise + fall) * done[i])
        _add_load(law, groups, chosen, done)
