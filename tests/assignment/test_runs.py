"""How a run begins and ends: from an earlier result, by several threads, by Ctrl-C, by a stall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from assignment.networks import ferry, random_problem, sioux_falls, two_links
from karvan.assignment import assign, frank_wolfe
from karvan.assignment.engine import Engine
from karvan.assignment.result import Outcome, Result, Step
from karvan.model.problem import Demand, Problem

REFUSAL = 60.0


def solve(problem: Problem, **options: object) -> Result:
    """A result that converged and holds."""
    result = assign(problem, **{"gap": 1e-10, "refusal_cost": REFUSAL, **options})  # type: ignore[arg-type]
    assert result.converged, result.outcome
    assert result.verdict.holds, result.verdict.problems
    return result


def tolled(problem: Problem) -> Problem:
    """The problem with some more to pay on each link."""
    fixed = np.linspace(0, 0.5, problem.links.count)
    return replace(problem, classes=tuple(replace(c, fixed_cost=fixed) for c in problem.classes))


def redrawn(problem: Problem) -> Problem:
    """The problem with each volume changed by up to three in a hundred."""
    random, users = np.random.default_rng(1), []
    for user in problem.classes:
        d = user.demand
        volume = d.volume * random.uniform(0.97, 1.03, d.volume.shape)
        users.append(replace(user, demand=Demand.of(d.origin, d.destination, volume)))
    return replace(problem, classes=tuple(users))


def same(problem: Problem) -> Problem:
    """The problem itself."""
    return problem


def more(problem: Problem) -> Problem:
    """The problem with a twentieth more of all demand."""
    return problem.scaled(1.05)


@pytest.mark.parametrize("change", [same, more, tolled])
def test_a_start_from_a_problem_nearby_takes_fewer_iterations(change: Callable[[Problem], Problem]) -> None:
    """The same problem, more demand, other costs: the answer is the one found from nothing."""
    problem = change(sioux_falls())
    cold = solve(problem)
    warm = solve(problem, start=solve(sioux_falls()))
    assert warm.loads == pytest.approx(cold.loads, rel=1e-5)
    assert len(warm.history) < len(cold.history)


@pytest.mark.parametrize("change", [same, more, redrawn])
def test_a_start_knows_prices_of_capacities(change: Callable[[Problem], Problem]) -> None:
    """Multipliers are found in many rounds; near ones need fewer."""
    drawn = random_problem(0, nodes=12, extra=30, pairs=30, most=3.0)
    problem = change(drawn)
    cold, warm = solve(problem, gap=1e-8), solve(problem, gap=1e-8, start=solve(drawn, gap=1e-8))
    assert np.count_nonzero(cold.prices)
    costs = [r.total_cost + REFUSAL * sum(u.sum() for u in r.unserved) for r in (cold, warm)]
    assert costs[1] == pytest.approx(costs[0], rel=1e-6)
    assert len(warm.history) < len(cold.history)


@pytest.mark.parametrize("was", [[True, True], [True, False], [False, False]])
@pytest.mark.parametrize("now", [[True, True], [True, False], [False, False]])
def test_a_start_does_not_know_which_links_are_open_now(was: list[bool], now: list[bool]) -> None:
    """Who could not arrive then may now, and who went by a link that is closed now does not."""
    user = two_links().classes[0]
    then, here = (replace(two_links(), classes=(replace(user, allowed=np.array(open_)),)) for open_ in (was, now))
    result = solve(here, start=solve(then))
    assert result.flows[0] == pytest.approx([[0, 0], [4, 0], [1, 3]][sum(now)])
    assert result.unserved[0] == pytest.approx([0.0 if any(now) else 4.0])


def test_a_start_from_another_network_is_no_help_and_no_harm() -> None:
    """Two links, and 76."""
    assert solve(two_links(), start=assign(sioux_falls(), gap=1e-3)).flows[0] == pytest.approx([1.0, 3.0])
    assert solve(ferry(), start=solve(two_links())).flows[0] == pytest.approx([4.0, 6.0])


@pytest.mark.parametrize("algorithm", ["bush", "bfw"])
def test_two_threads_find_what_one_does(algorithm: str) -> None:
    """The outcome, the gap and the loads."""
    problem = random_problem(3, nodes=40, extra=100, pairs=200, classes=2, kinds=(1,))
    gap = 1e-10 if algorithm == "bush" else 1e-3
    one, two = (solve(problem, algorithm=algorithm, gap=gap, threads=n) for n in (1, 2))
    assert two.loads == pytest.approx(one.loads, rel=1e-7, abs=1e-7)
    again = solve(problem, algorithm=algorithm, gap=gap, threads=2)
    assert again.flows.tobytes() == two.flows.tobytes()


def interrupt_after(steps: int) -> Callable[[Step], None]:
    """A report of progress during which Ctrl-C is pressed, at a step and all after it."""
    seen: list[Step] = []

    def report(step: Step) -> None:
        seen.append(step)
        if len(seen) > steps:
            raise KeyboardInterrupt

    return report


@pytest.mark.parametrize("algorithm", ["bush", "bfw"])
@pytest.mark.parametrize("steps", [0, 1, 3])
def test_ctrl_c_ends_a_run_with_flows_that_carry_the_demand(algorithm: str, steps: int) -> None:
    """However early, and pressed again and again."""
    result = assign(sioux_falls(), algorithm=algorithm, gap=1e-13, progress=interrupt_after(steps))
    assert result.outcome is Outcome.INTERRUPTED
    assert result.verdict.conservation < 1e-12
    assert not result.verdict.holds
    assert [p for p in result.verdict.problems if "interrupted" not in p] == []
    assert result.gap == pytest.approx(result.verdict.gap, rel=1e-6)
    assert len(result.history) <= steps + 2


@pytest.mark.parametrize("steps", [0, 3])
def test_ctrl_c_ends_the_search_for_prices_too(steps: int) -> None:
    """Although an equilibrium at the prices of now may be there."""
    problem = random_problem(0, nodes=12, extra=30, pairs=30, most=3.0)
    result = assign(problem, refusal_cost=REFUSAL, progress=interrupt_after(steps))
    assert result.outcome is Outcome.INTERRUPTED
    assert result.verdict.conservation < 1e-12
    assert len(result.history) <= steps + 2


def test_a_gap_that_falls_no_more_is_a_stall(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not a convergence, nor a waste of all iterations that are left."""
    monkeypatch.setattr(Engine, "improve", lambda self, _excess: self.measure())
    result = assign(sioux_falls(), gap=1e-8)
    assert result.outcome is Outcome.STALLED
    assert not result.converged
    assert len(result.history) < 50
    assert result.verdict.problems[0].startswith("The solver stopped (stalled)")
    monkeypatch.setattr(frank_wolfe, "_PATIENCE", 10)
    monkeypatch.setattr(frank_wolfe._Directions, "step", lambda _self, flow, _target: flow)
    assert assign(sioux_falls(), algorithm="fw").outcome is Outcome.STALLED


def test_a_run_out_of_time_has_an_answer() -> None:
    """No time at all is enough for flows that carry the demand."""
    result = assign(sioux_falls(), gap=1e-13, most_seconds=0.0)
    assert result.outcome is Outcome.OUT_OF_TIME
    assert result.verdict.conservation < 1e-12
