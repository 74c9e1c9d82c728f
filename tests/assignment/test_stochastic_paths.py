"""Sets of paths against enumeration: every loopless path of a small network, by recursion."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from choice_worlds import World, grid, worlds
from karvan.assignment import path_sets
from karvan.assignment.logit import Model
from karvan.assignment.stochastic_equilibrium import Multinomial, Nested, PathSize, StochasticResult, stochastic
from karvan.assignment.verify_choice import probabilities
from karvan.errors import InputError

scales = st.sampled_from([0.05, 0.3, 1.0, 4.0])
# Not one over a whole number, which so many paths of one cost would meet exactly.
least = st.sampled_from([1.1e-4, 0.011, 0.11, 0.3])


def found(result: StochasticResult) -> list[tuple[int, ...]]:
    """The paths of a result as tuples of links."""
    return [tuple(result.paths.of(i).tolist()) for i in range(len(result.paths))]


@given(worlds(), scales, least)
def test_paths_are_listed_by_cost_until_the_next_is_worth_too_little(
    world: World, scale: float, least_share: float
) -> None:
    """Against the definition by enumeration: each, when it joins those that cost less, has its share."""
    result = stochastic(world.problem(), Multinomial(scale), least_share=least_share)
    total, expected = 0.0, []
    for cost in sorted(math.fsum(world.links[a][2] for a in path) for path in world.paths()):
        weight = math.exp(-scale * cost)
        if weight < least_share * (total + weight):
            break
        total += weight
        expected.append(cost)
    listed = found(result)
    assert len(set(listed)) == len(listed)
    assert sorted(math.fsum(world.links[a][2] for a in path) for path in listed) == pytest.approx(expected)


@given(
    worlds(),
    scales,
    least,
    st.sampled_from(["multinomial", "path size", "nested"]),
    st.sampled_from([1.0, 2.5, 3000.0]),
    st.floats(0.0, 1.0),
)
def test_no_path_left_out_of_an_equilibrium_is_worth_listing(
    world: World, scale: float, least_share: float, kind: str, tightness: float, b: float
) -> None:
    """Each path that is not in the set is added to it in turn, at the costs of the equilibrium."""
    models: dict[str, Model] = {
        "multinomial": Multinomial(scale),
        "path size": PathSize(scale),
        "nested": Nested(scale, tightness * scale, world.labels),
    }
    model = models[kind]
    result = stochastic(world.problem(b), model, least_share=least_share)
    held = found(result)
    assert result.converged
    assert len(set(held)) == len(held)
    assert set(held) <= set(world.paths())
    length = np.array([link[2] for link in world.links])
    shares = probabilities(model, 0, held, result.times, length)
    assert result.paths.share.tolist() == pytest.approx(shares, abs=1e-7)
    worths = [
        probabilities(model, 0, [*held, path], result.times, length)[-1] for path in world.paths() if path not in held
    ]
    assert max(worths, default=0.0) <= result.missing_share * (1 + 1e-6) <= least_share * (1 + 1e-6)


def test_congestion_brings_paths_that_free_flow_does_not_know() -> None:
    """The set of the empty network is only where the search begins."""
    problem = grid(5, volume=20.0)
    first = stochastic(problem, Multinomial(3.0), most_rounds=1)
    whole = stochastic(problem, Multinomial(3.0))
    assert not first.converged
    assert math.isnan(first.missing_share)
    assert first.verdict.missing_share > 1e-3
    assert whole.converged
    assert len(whole.paths) > len(first.paths)
    assert whole.verdict.missing_share == 0


def test_a_search_that_outgrows_its_memory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A set cut short would be no answer."""
    monkeypatch.setattr(path_sets, "MOST_PARTIAL", 1024)
    with pytest.raises(InputError, match="more than 1024 beginnings"):
        stochastic(grid(8), Multinomial(0.01))


def test_a_path_is_of_the_nest_of_its_first_label() -> None:
    """Links 1 and 2 are labelled 1 and 2: the path over both competes with that over 1 alone, not with 2 alone."""
    world = World(
        (True,) * 4,
        ((0, 1, 2.0, 0, True), (0, 2, 1.0, 1, True), (2, 1, 1.0, 2, True), (2, 1, 1.0, 0, True), (0, 1, 2.0, 2, True)),
    )
    result = stochastic(world.problem(), Nested(1.0, 2.0, world.labels))
    share = dict(zip(found(result), result.paths.share, strict=True))
    whole = 2 + math.sqrt(2)
    assert share[(1, 2)] == pytest.approx(math.sqrt(2) / 2 / whole)
    assert share[(1, 2)] == pytest.approx(share[(1, 3)])
    assert share[(0,)] == pytest.approx(1 / whole)
    assert share[(4,)] == pytest.approx(1 / whole)


def test_a_cheap_way_with_a_loop_hides_no_path_of_a_tight_nest() -> None:
    """Over 2 and back the label is met for less than by any path, so that weights relative to it come to nothing."""
    links = ((0, 2, 0.1, 0, True), (2, 0, 0.1, 1, True), (0, 1, 2.0, 0, True), (2, 1, 3.0, 1, True))
    result = stochastic(World((True,) * 3, links).problem(), Nested(1.0, 2000.0, [0, 1, 0, 1]))
    assert dict(zip(found(result), result.paths.share, strict=True))[(0, 3)] == pytest.approx(1 / (1 + math.exp(1.1)))
