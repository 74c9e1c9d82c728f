"""Cumulative time and cost of an alternative against distance: the numbers behind the chart."""

from __future__ import annotations

from dataclasses import dataclass

from karvan.model.chain import Movement
from karvan.model.quote import Alternative

# Charges of the whole chain that are paid at its end; all others are counted at its beginning.
_AT_THE_END = frozenset({"last_mile"})


@dataclass(frozen=True, slots=True)
class Point:
    """The state after `element` elements of the chain; mean hours since readiness and dollars so far."""

    element: int
    km: float
    hours: float
    usd: float


def profile(a: Alternative) -> tuple[Point, ...]:
    """The points before and after each element of a chain; the last has the mean time and the whole price.

    A movement's charges accrue over its distance, an operation's are a jump. A through rate is spread
    over the movements that it replaces, in proportion to their distance.
    """
    by_element = element_costs(a)
    ends = (*a.time.starts_h[1:], a.time.mean_h)
    km, hours, usd = 0.0, a.time.starts_h[0], 0.0
    points = [Point(0, km, hours, usd)]
    if start := by_element[-1]:
        usd += start
        points.append(Point(0, km, hours, usd))
    for i, element in enumerate(a.chain.elements):
        km += element.length_km if isinstance(element, Movement) else 0.0
        hours = max(hours, ends[i])
        usd += by_element[i]
        points.append(Point(i + 1, km, hours, usd))
    total = float(a.price_usd)
    if abs(total - usd) > 1e-9:
        points.append(Point(len(a.chain.elements), km, hours, total))
    return tuple(points)


def element_costs(a: Alternative) -> dict[int, float]:
    """Dollars by position in the chain; -1 is what is paid at the beginning for the chain as a whole."""
    costs = dict.fromkeys(range(-1, len(a.chain.elements)), 0.0)
    spans: dict[str, int] = {}
    for c in a.bill.charges:
        if c.replaced_by and c.element is not None:
            spans[c.replaced_by] = max(spans.get(c.replaced_by, 0), c.element)
    for c in a.bill.charges:
        if c.replaced_by:
            continue
        if c.element is None:
            if c.charge not in _AT_THE_END:
                costs[-1] += float(c.usd)
        elif c.rate in spans:
            for position, share in _shares(a, c.element, spans[c.rate]).items():
                costs[position] += float(c.usd) * share
        else:
            costs[c.element] += float(c.usd)
    return costs


def _shares(a: Alternative, first: int, last: int) -> dict[int, float]:
    """Share of the distance of each movement from one position to another."""
    km = {i: e.length_km for i, e in enumerate(a.chain.elements[: last + 1]) if i >= first and isinstance(e, Movement)}
    total = sum(km.values())
    return {i: k / total for i, k in km.items()} if total > 0 else {first: 1.0}
