"""From many priced ways to at most fifty that differ: epsilon-Pareto over the true criteria, then variety."""

from __future__ import annotations

import math
from collections.abc import Sequence

Criteria = tuple[float, float, float, float]


def pareto_filter(criteria: Sequence[Criteria], epsilon: float) -> list[int]:
    """Positions of an epsilon-Pareto subset: every row left out is matched within 1 + epsilon by one that is kept."""
    kept: list[int] = []
    order = sorted(range(len(criteria)), key=lambda i: (_product(criteria[i]), i))
    for i in order:
        if not any(matched(criteria[i], criteria[k], epsilon) for k in kept):
            kept.append(i)
    return kept


def matched(by: Criteria, other: Criteria, epsilon: float) -> bool:
    """Whether `other` is no worse than 1 + epsilon times `by` in every criterion."""
    return all(b <= (1.0 + epsilon) * a + 1e-9 for a, b in zip(by, other, strict=True))


def varied(criteria: Sequence[Criteria], kinds: Sequence[object], most: int) -> list[int]:
    """At most `most` positions: the best by each criterion, the best of each kind, then the farthest from those taken.

    Distance is the greatest difference of logarithms over the criteria.
    """
    if len(criteria) <= most:
        return list(range(len(criteria)))
    taken: list[int] = []

    def take(i: int) -> None:
        if i not in taken and len(taken) < most:
            taken.append(i)

    everyone = range(len(criteria))
    for k in range(4):
        take(min(everyone, key=lambda i: (criteria[i][k], i)))
    for kind in dict.fromkeys(kinds):
        take(min((i for i in everyone if kinds[i] == kind), key=lambda i: (_product(criteria[i]), i)))
    logs = [[math.log(max(c, 1e-6)) for c in row] for row in criteria]
    gap = [min((_far(logs[i], logs[t]) for t in taken), default=math.inf) for i in everyone]
    while len(taken) < most:
        i = max((i for i in everyone if i not in taken), key=lambda i: (gap[i], -i))
        taken.append(i)
        gap = [min(g, _far(logs[j], logs[i])) for j, g in enumerate(gap)]
    return sorted(taken)


def _far(a: Sequence[float], b: Sequence[float]) -> float:
    return max(abs(x - y) for x, y in zip(a, b, strict=True))


def _product(row: Criteria) -> float:
    return sum(math.log(max(c, 1e-6)) for c in row)
