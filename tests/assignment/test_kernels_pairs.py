"""Pairs of alternative segments of one row: traced and shifted."""

from __future__ import annotations

import pytest

from assignment.kernel_worlds import World, road, two_roads
from karvan.assignment.kernels.pairs import largest_inflow, shift, trace, without


def detour(**more: tuple[int, int, float, float, float]) -> World:
    """A short way a and a detour bc between 2 and 3, d past 2, and whatever else a test wants.

    .      0 ── s ──> 2 ──── a: 1 ─────> 3 ── t ──> 1
    .      │          └─ b: 2 ─> 4 ─ c: 2 ┘
    .      └───────── d: 9 ─────┘
    """
    roads = {
        "s": road(0, 2, 1.0),
        "a": road(2, 3, 1.0, 0.1),
        "b": road(2, 4, 2.0),
        "c": road(4, 3, 2.0),
        "d": road(0, 4, 9.0),
        "t": road(3, 1, 1.0),
    }
    return World(roads | more)


def traced(world: World, link: str) -> tuple[str, str]:
    """The two segments of the pair at a link by the names of their links, backwards."""
    middle, end = trace(world.net, world.law, 0, world.rows, 0, world.at[link], world.scratch)
    segment = world.scratch.segment
    return world.named(segment[:middle]), world.named(segment[middle:end])


def test_a_pair_parts_where_the_largest_flow_leaves_the_tree() -> None:
    """More comes to 4 by b than by d, so the detour is cb and the two part at 2."""
    world = detour()
    world.put(0, {"s": 5.0, "a": 2.0, "b": 3.0, "d": 1.0, "c": 4.0, "t": 6.0})
    world.plant(0)
    assert traced(world, "c") == ("a", "cb")
    world.put(0, {"d": 3.0, "c": 3.0})
    assert traced(world, "c") == ("as", "cd")


def test_a_cycle_on_the_way_back_is_cut() -> None:
    """A ring of 5 between 4 and 5 carries nobody, and more comes to 4 by it than by b: it goes, load and all.

    .      2 ── b ──> 4 ── c ──> 3
    .                 │↑
    .                r↓│q
    .                 5
    """
    world = detour(r=road(4, 5, 1.0, 1.0), q=road(5, 4, 1.0, 1.0))
    world.put(0, {"s": 3.0, "b": 3.0, "r": 5.0, "q": 5.5, "c": 3.0, "t": 3.0})
    world.plant(0)
    assert world.cost("r") == 6.0
    assert traced(world, "c") == ("a", "cb")
    assert world.flows()["r"] == 0.0
    assert world.flows()["q"] == 0.5
    assert world.law.load[world.at["r"]] == 0.0
    assert world.cost("r") == 1.0


def test_a_link_that_only_carries_a_cycle_has_no_pair() -> None:
    """All of c comes back by x, through the head itself.

    .      4 ── c ──> 3
    .      └── x ←────┘
    """
    world = detour(x=road(3, 4, 1.0))
    world.put(0, {"s": 1.0, "a": 1.0, "t": 1.0, "c": 2.0, "x": 2.0})
    world.plant(0)
    assert traced(world, "c") == ("", "")
    assert (world.flows()["c"], world.flows()["x"]) == (0.0, 0.0)


def test_a_cycle_through_the_origin_has_no_pair() -> None:
    """What leaves 0 by s and comes back by z.

    .      0 ── s ──> 2
    .      └── z ←────┘
    """
    world = detour(z=road(2, 0, 1.0))
    world.put(0, {"s": 3.0, "a": 1.0, "t": 1.0, "z": 2.0})
    world.plant(0)
    assert traced(world, "z") == ("", "")
    assert world.flows()["s"] == 1.0
    assert world.flows()["z"] == 0.0


def test_a_crumb_that_comes_from_nowhere_has_no_pair() -> None:
    """Flow on c, and none into 4."""
    world = detour()
    world.put(0, {"s": 1.0, "a": 1.0, "t": 1.0, "c": 1e-16})
    world.plant(0)
    assert traced(world, "c") == ("", "")
    assert largest_inflow(world.net, world.rows.flow, 0, 4) == 0xFFFFFFFF
    assert largest_inflow(world.net, world.rows.flow, 0, 3) == world.at["a"]


def shifted(world: World, names: str = "ab") -> float:
    """What `shift` moves from the second link to the first."""
    return float(shift(world.law, 0, world.rows.flow, 0, world.links(names), 0, 1, 2))


def test_a_shift_between_linear_costs_meets_the_closed_form_in_one_step() -> None:
    """1 + x = 3 + 4 - x: three of four."""
    world = two_roads((1.0, 1.0), (3.0, 1.0))
    world.put(0, {"b": 4.0})
    assert shifted(world) == 3.0
    assert world.flows() == {"a": 3.0, "b": 1.0}
    assert world.law.load[world.links("ab")].tolist() == [3.0, 1.0]
    assert world.cost("a") == world.cost("b") == 4.0


def test_a_shift_empties_a_segment_that_stays_the_dearer() -> None:
    """9 is more than 1 + 0.1 x 2; no crumb is left. Costs that no load changes are one step as well."""
    for slope in (0.1, 0.0):
        world = two_roads((1.0, slope), (9.0,))
        world.put(0, {"b": 2.0})
        assert shifted(world) == 2.0
        assert world.flows() == {"a": 2.0, "b": 0.0}


def test_nothing_is_shifted_to_a_segment_that_is_not_cheaper() -> None:
    """Nor where there is nothing to shift."""
    world = two_roads((1.0, 1.0), (3.0, 1.0))
    world.put(0, {"a": 3.0, "b": 1.0})
    assert shifted(world) == 0.0
    assert shifted(two_roads((1.0,), (3.0,))) == 0.0


def test_shifts_to_a_cost_as_steep_as_a_power_of_17_stay_in_bracket_and_arrive() -> None:
    """1 + v ** 16.8 = 5 at v = 4 ** (1 / 16.8): the first step puts all ten there, and all others come back."""
    world = two_roads((1.0, 1.0, 16.8), (5.0,))
    world.put(0, {"b": 10.0})
    for names in ["ab", "ba"] * 20:
        shifted(world, names)
        flows = world.flows()
        assert min(flows.values()) >= 0.0
        assert sum(flows.values()) == pytest.approx(10.0)
    assert world.flows()["a"] == pytest.approx(4 ** (1 / 16.8), rel=0.01)


def test_what_rounding_leaves_of_a_flow_is_nothing() -> None:
    """A ten-millionth of a millionth of it."""
    assert without(1.0, 0.25) == 0.75
    assert without(1.0, 1.0 - 1e-14) == 0.0
    assert without(1.0, 1.5) == 0.0
