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
from karvan.errors import InputError
from karvan.model.problem import Delays, Demand, Links, Problem

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


def roads(most: object, volume: float = 9.0) -> Problem:
    """Three roads between two places, of times 1, 2 and 3."""
    links = Links.of([1, 2], [0, 0, 0], [1, 1, 1], Delays.constant([1.0, 2.0, 3.0]), most=most)  # type: ignore[arg-type]
    return Problem.single(links, Demand.of([0], [1], [volume]))


def test_a_start_with_other_capacities_keeps_the_new_ones() -> None:
    """A link that was free before has a penalty of its own now."""
    start = solve(roads([np.inf, 2.0, np.inf]))
    assert solve(roads([2.0, np.inf, np.inf]), start=start).flows[0] == pytest.approx([2.0, 7.0, 0.0])


def test_a_start_with_other_proportions_is_loaded_anew() -> None:
    """However small the scales of its rows are, they are not one."""
    links = Links.of([1, 2, 3], [0, 0, 1], [1, 2, 2], Delays.constant([1.0, 2.0, 1.0]))
    start = solve(Problem.single(links, Demand.of([0, 0], [1, 2], [1e9, 1e9])))
    assert solve(Problem.single(links, Demand.of([0, 0], [1, 2], [1.0, 9.0])), start=start).flows[0].sum() >= 10.0


@pytest.mark.parametrize("volume", [0.0, 9.0])
def test_roads_that_are_all_closed_carry_nothing(volume: float) -> None:
    """And what they would have carried is unserved."""
    result = solve(roads([0.0, 0.0, 0.0], volume))
    assert result.flows[0] == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)
    assert result.unserved[0] == pytest.approx([volume])


def test_demand_without_a_path_does_not_dilute_the_gap_where_capacities_bind() -> None:
    """It pays nothing, so it is in neither side of the gap."""
    links = Links.of([1, 2, 3], [0, 0], [1, 1], Delays.constant([1.0, 2.0]), most=[4.0, np.inf])
    result = solve(Problem.single(links, Demand.of([0, 0], [1, 2], [9.0, 1e9])))
    assert result.flows[0] == pytest.approx([4.0, 5.0])
    assert result.unserved[0] == pytest.approx([0.0, 1e9])


def test_queues_that_get_more_than_departures_take_are_no_convergence() -> None:
    """Two ferries that take 14 carry 15 only on paper."""
    links = Links.of([1, 2], [0, 0], [1, 1], Delays.queue([1.0, 1.0], [2.0, 2.0], [5.0, 2.0]))
    result = assign(Problem.single(links, Demand.of([0], [1], [15.0])))
    assert result.outcome is Outcome.OVERLOADED
    assert not result.converged
    assert not result.verdict.holds


@pytest.mark.parametrize(
    "asked",
    [{"refusal_cost": np.inf}, {"refusal_cost": -1.0}, {"most_iterations": -1}, {"most_seconds": np.nan}],
)
def test_what_cannot_be_asked_is_refused(asked: dict[str, float]) -> None:
    """In one sentence, before any work."""
    with pytest.raises(InputError, match="Give"):
        assign(roads(np.inf), **asked)  # type: ignore[arg-type]


def test_values_that_are_none_are_refused_with_all_that_is_wrong() -> None:
    """A number that is not one would make all gaps none."""
    with pytest.raises(InputError, match="volume nan"):
        assign(roads(np.inf, np.nan))


def test_the_function_and_not_its_module_is_what_a_user_imports() -> None:
    """In whatever order names are asked for."""
    from karvan.assignment import Multinomial, stochastic

    assert callable(stochastic)
    assert Multinomial(1.0).scale == 1.0
