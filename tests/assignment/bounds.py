"""The assignment's kernels once through, small; run by `test_bounds` where numba looks at every index."""

from __future__ import annotations

from dataclasses import replace

from assignment.networks import random_problem, sioux_falls
from karvan.assignment import assign, select_links
from karvan.assignment.result import Result
from karvan.model.problem import Problem


def solve(problem: Problem, gap: float, start: Result | None = None) -> Result:
    """A result that holds, with paths."""
    result = assign(problem, gap=gap, start=start, refusal_cost=40.0)
    assert result.verdict.holds, result.verdict.problems
    assert len(result.paths)
    return result


def main() -> None:
    """One class, several, capacities, queues, least total cost, closed zones, a start from an earlier result."""
    falls = solve(sioux_falls(), 1e-10)
    select_links(falls, [0, 5])
    solve(sioux_falls().scaled(1.1), 1e-8, falls)
    assert assign(sioux_falls(), objective="system", gap=1e-6).verdict.holds
    for seed in range(3):
        problem = random_problem(seed, nodes=8, extra=16, pairs=6, classes=2, kinds=(0, 1, 2), most=3.0)
        solve(problem, 1e-8)
        solve(random_problem(seed, nodes=12, extra=20, pairs=30, classes=3, kinds=(0, 1)), 1e-9)
        closed = problem.links.through.copy()
        closed[:2] = False
        assert assign(
            replace(problem, links=replace(problem.links, through=closed)), gap=1e-6, refusal_cost=40.0
        ).history


if __name__ == "__main__":
    main()
