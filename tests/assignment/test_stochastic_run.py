"""How a run ends, what it refuses, and that its check sees faults."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from choice_worlds import grid
from karvan.assignment.result import Outcome, Step
from karvan.assignment.stochastic_equilibrium import Multinomial, Nested, PathSize, StochasticResult, stochastic
from karvan.errors import InputError
from karvan.model.problem import Delays, Demand, Links, Problem

HARD = grid(5, volume=30.0)


def test_an_interruption_returns_the_best_answer_so_far() -> None:
    """The flows are those that the residual belongs to, carry all demand and are no worse than those of the start."""

    def stop(step: Step) -> None:
        if step.iteration == 4:
            raise KeyboardInterrupt

    result = stochastic(HARD, Multinomial(2.0), progress=stop)
    assert result.outcome is Outcome.INTERRUPTED
    assert result.residual <= result.history[0].gap
    assert result.verdict.residual == pytest.approx(result.residual, rel=1e-6)
    assert result.verdict.conservation < 1e-12


def test_limits_of_steps_rounds_and_time_are_told() -> None:
    """None of them counts as converged."""
    assert stochastic(HARD, Multinomial(2.0), most_iterations=3).outcome is Outcome.OUT_OF_ITERATIONS
    assert stochastic(HARD, Multinomial(2.0), most_rounds=1).outcome is Outcome.OUT_OF_ITERATIONS
    result = stochastic(HARD, Multinomial(2.0), most_seconds=0.0)
    assert result.outcome is Outcome.OUT_OF_TIME
    assert not result.converged
    assert result.verdict.residual == pytest.approx(result.residual, rel=1e-6)


def test_a_target_below_rounding_is_a_stall_with_its_residual() -> None:
    """Nothing pretends to have reached it."""
    result = stochastic(HARD, Multinomial(2.0), residual=1e-30)
    assert result.outcome is Outcome.STALLED
    assert 1e-30 < result.residual < 1e-10
    assert result.verdict.residual == pytest.approx(result.residual, abs=1e-13)


def test_pairs_that_come_twice_are_one_and_those_within_a_node_travel_nowhere() -> None:
    """So are pairs of no volume."""
    links = Links.of([5, 6], [0, 0], [1, 1], Delays.bpr([1.0, 1.2], [2.0, 2.0]))
    twice = Problem.single(links, Demand.of([0, 0, 1, 1], [1, 1, 1, 0], [1.0, 2.0, 5.0, 0.0]))
    once = Problem.single(links, Demand.of([0], [1], [3.0]))
    a, b = (stochastic(p, Multinomial(1.0)) for p in (twice, once))
    assert a.loads == pytest.approx(b.loads, rel=1e-12)
    assert a.verdict.holds
    nothing = stochastic(Problem.single(links, Demand.of([1], [1], [5.0])), Multinomial(1.0))
    assert nothing.converged
    assert nothing.loads.sum() == 0
    assert nothing.verdict.holds


def spoilt(result: StochasticResult, fault: str) -> StochasticResult:
    """A result with one fault."""
    p = result.paths
    if fault == "path left out":
        pair = (p.origin == p.origin[0]) & (p.destination == p.destination[0])
        last = int(np.flatnonzero(pair)[np.argmax(p.share[pair])])
        keep = np.arange(len(p)) != last
        length = np.diff(p.start)
        links = p.links[np.repeat(keep, length)]
        start = np.r_[0, np.cumsum(length[keep])]
        paths = replace(
            p, class_=p.class_[keep], origin=p.origin[keep], destination=p.destination[keep], flow=p.flow[keep],
            share=p.share[keep], start=start, links=links,
        )  # fmt: skip
        return replace(result, paths=paths)
    if fault == "flows moved":
        return replace(result, paths=replace(p, flow=p.flow * np.linspace(0.99, 1.01, len(p))))
    if fault == "broken path":
        return replace(result, paths=replace(p, links=p.links[::-1].copy()))
    return replace(result, flows=result.flows * 1.001)


@pytest.mark.parametrize("fault", ["path left out", "flows moved", "broken path", "link flows off"])
def test_the_check_sees_what_is_wrong(fault: str) -> None:
    """Each fault is of another kind."""
    result = stochastic(grid(4), PathSize(1.0))
    assert result.verdict.holds
    assert str(result.verdict).startswith("Holds: ")
    verdict = spoilt(result, fault).verdict
    assert not verdict.holds
    seen = {
        "path left out": verdict.missing_share > 1e-3 and verdict.conservation > 1e-3,
        "flows moved": verdict.residual > 1e-6,
        "broken path": verdict.bad_paths > 0,
        "link flows off": verdict.flow_error == pytest.approx(1e-3),
    }
    assert seen[fault]
    assert str(verdict).startswith("Does not hold: ")


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (Multinomial(0.0), "Every scale must be a number above 0"),
        (Multinomial([1.0, 2.0]), "one for each of the 1 classes"),
        (PathSize(1.0, weight=-1.0), "weight of path sizes is -1"),
        (Nested(2.0, 1.0, np.zeros(80)), "nest_scale is below its scale"),
        (Nested(1.0, 2.0, [0, 1]), "label of at least 0 for each link"),
    ],
)
def test_a_model_without_a_meaning_is_refused(model: Multinomial | PathSize | Nested, said: str) -> None:
    """With what to give instead."""
    with pytest.raises(InputError, match=said):
        stochastic(HARD, model)


def test_problems_it_cannot_answer_are_refused() -> None:
    """A pair without a path, a limit, a negative cost, a share beyond 1."""
    delay = Delays.constant([1.0])
    demand = Demand.of([0], [1], [1.0])
    with pytest.raises(InputError, match="No path leads from node 7 to 8"):
        stochastic(Problem.single(Links.of([7, 8], [1], [0], delay), demand), Multinomial(1.0))
    links = Links.of([7, 8], [0], [1], delay)
    with pytest.raises(InputError, match="no limits of links"):
        stochastic(Problem.single(Links.of([7, 8], [0], [1], delay, most=3.0), demand), Multinomial(1.0))
    with pytest.raises(InputError, match="costs less than nothing"):
        stochastic(Problem.single(links, demand, [-2.0]), Multinomial(1.0))
    with pytest.raises(InputError, match="least_share is 2"):
        stochastic(Problem.single(links, demand), Multinomial(1.0), least_share=2)
