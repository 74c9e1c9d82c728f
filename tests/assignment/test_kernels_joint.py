"""Joint steps over groups, and flows taken apart into paths."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignment.kernel_worlds import World, net_of, road
from karvan.assignment.kernels.decompose import decompose
from karvan.assignment.kernels.groups import join
from karvan.assignment.kernels.joint import newton_step
from karvan.assignment.kernels.records import BASE, NONE, Row
from karvan.assignment.kernels.replay import replay
from karvan.assignment.kernels.rows import Rows
from karvan.assignment.kernels.trees import grow
from karvan.assignment.workspace import new_scratch


def parallel(*roads: tuple[float, float], **options: object) -> World:
    """Roads a, b, c ... from 0 to 1, each with a base and a slope."""
    named = {"abcdef"[i]: road(0, 1, *r) for i, r in enumerate(roads)}
    return World(named, **options)  # type: ignore[arg-type]


def joined(world: World, *pairs: str, row: int = 0) -> None:
    """Groups of pairs of single links, each of them in the direction it is written."""
    for pair in pairs:
        join(world.groups, int(world.rows.class_[row]), row, world.links(pair), 1, 2)


def step(world: World) -> None:
    """One joint step, and costs as it leaves them."""
    newton_step(world.law, world.groups, world.rows.flow, 100, 4)
    world.refresh()


def assert_kept(world: World, volumes: list[float]) -> None:
    """No flow below zero, each row's volume carried, loads are those of flows."""
    flow = world.rows.flow
    assert flow.min() >= 0.0
    assert flow.sum(axis=1) == pytest.approx(volumes)
    weights = world.law.form[world.rows.class_, :, 4]
    assert world.law.load == pytest.approx((flow * weights).sum(axis=0))


def test_pairs_that_share_links_settle_together_where_costs_are_linear() -> None:
    """Four roads of slopes 1, 2, 1 and 3 in a chain of three pairs: one after another they would disturb each other.

    Each step leaves a hundredth of the residual.
    """
    world = parallel((1.0, 1.0), (2.0, 2.0), (4.0, 1.0), (3.0, 3.0))
    world.put(0, {"a": 20.0, "b": 5.0, "c": 5.0, "d": 10.0})
    joined(world, "ab", "bc", "cd")
    step(world)
    assert [world.cost(x) for x in "abcd"] == pytest.approx([47 / (17 / 6)] * 4, rel=0.02)
    for _ in range(5):
        step(world)
    assert_kept(world, [40.0])
    # The common cost u: (u - 1) + (u - 2) / 2 + (u - 4) + (u - 3) / 3 = 40.
    assert [world.cost(x) for x in "abcd"] == pytest.approx([47 / (17 / 6)] * 4)


def test_rows_of_one_group_move_together() -> None:
    """Two rows that share both pairs end where one of their sum would."""
    world = parallel((1.0, 1.0), (2.0, 2.0), (4.0, 1.0), class_=[0, 0])
    for r, flows in enumerate([{"a": 9.0, "b": 3.0, "c": 2.0}, {"a": 6.0, "b": 3.0, "c": 1.0}]):
        world.put(r, flows)
        joined(world, "ab", "bc", row=r)
    step(world)
    assert_kept(world, [14.0, 10.0])
    assert [world.cost(x) for x in "abc"] == pytest.approx([12.0] * 3)


def test_a_step_stops_at_what_members_have_and_the_others_settle_without_them() -> None:
    """Road c is dear at any load and is left by its one unit; a and b share what there is."""
    world = parallel((1.0, 1.0), (2.0, 2.0), (50.0, 1.0))
    world.put(0, {"a": 2.0, "b": 8.0, "c": 1.0})
    joined(world, "ab", "bc")
    step(world)
    assert_kept(world, [11.0])
    assert world.flows()["c"] == 0.0
    assert world.cost("a") == pytest.approx(world.cost("b"))


def test_two_classes_change_places_along_a_direction_that_costs_nothing() -> None:
    """Each pays one more where it is. Loads stay as they are and no slope says how far: as far as there are any.

    .      ┌── a: 10 + v, 1 more for class 0 ──┐      class 0: 5 on a
    .      0                                   1
    .      └── b: 10 + v, 1 more for class 1 ──┘      class 1: 5 on b
    """
    world = parallel((10.0, 1.0), (10.0, 1.0), classes=[(1.0, 1.0), (1.0, 1.0)], class_=[0, 1])
    world.law.form[0, world.at["a"], BASE] += 1.0
    world.law.form[1, world.at["b"], BASE] += 1.0
    world.put(0, {"a": 5.0})
    world.put(1, {"b": 5.0})
    for r in (0, 1):
        joined(world, "ab", row=r)
    step(world)
    assert_kept(world, [5.0, 5.0])
    assert world.flows(0) == {"a": 0.0, "b": 5.0}
    assert world.flows(1) == {"a": 5.0, "b": 0.0}


def test_classes_that_weigh_and_pay_differently_settle_in_one_step() -> None:
    """Lorries weigh 2, pay 4 for time and a toll on a; cars go by b and c, and both classes use b."""
    world = parallel((10.0, 1.0), (10.0, 1.0), (12.0, 1.0), classes=[(1.0, 1.0), (4.0, 2.0)], class_=[0, 1])
    world.law.form[1, world.at["a"], BASE] += 8.0
    world.put(0, {"b": 9.0, "c": 9.0})
    world.put(1, {"a": 6.0, "b": 6.0})
    joined(world, "bc", row=0)
    joined(world, "ab", row=1)
    step(world)
    assert_kept(world, [18.0, 12.0])
    assert world.cost("b") == pytest.approx(world.cost("c"))
    assert world.cost("a", 1) == pytest.approx(world.cost("b", 1))


def test_a_step_that_a_steep_cost_makes_too_long_is_taken_back() -> None:
    """1 + v ** 16.8 against 5: at 0.5 the slope promises room for millions, and all ten would go; most come back."""
    world = World({"a": road(0, 1, 1.0, 1.0, 16.8), "b": road(0, 1, 5.0)})
    world.put(0, {"a": 0.5, "b": 9.5})
    joined(world, "ab")
    step(world)
    assert_kept(world, [10.0])
    assert world.flows()["a"] < 0.6


def test_a_replay_ends_once_all_pairs_cost_the_same() -> None:
    """It says how far costs were apart at first; another one finds them together."""
    world = parallel((1.0, 1.0), (2.0, 2.0), (4.0, 1.0))
    world.put(0, {"a": 20.0, "b": 5.0, "c": 5.0})
    joined(world, "ab", "bc")
    assert replay(world.law, world.groups, world.rows.flow, 5, 2, 1e-9, 100, 4) > 1.0
    assert_kept(world, [30.0])
    assert [world.cost(x) for x in "abc"] == pytest.approx([14.4] * 3)
    assert replay(world.law, world.groups, world.rows.flow, 1, 2, 1e-9, 100, 4) < 1e-6


def test_no_groups_are_no_work() -> None:
    """Nor are those whose costs no load changes any for a joint step."""
    world = parallel((1.0, 0.0), (2.0, 0.0))
    world.put(0, {"a": 1.0, "b": 1.0})
    step(world)
    joined(world, "ab")
    step(world)
    assert world.flows() == {"a": 1.0, "b": 1.0}


# --- Paths -----------------------------------------------------------------------------------------------------------


def taken_apart(net: object, rows: Rows) -> tuple[list[tuple[int, float, list[int]]], np.ndarray]:
    """Paths of row 0, each as (pair, flow, links in order), and the flow that is left."""
    nodes, links = rows.pred.shape[1], rows.flow.shape[1]
    room, width = rows.to.shape[0] + links, (rows.to.shape[0] + links) * (nodes + 1)
    pair, flow, end = np.empty(room, dtype=np.int32), np.empty(room), np.empty(room, dtype=np.int64)
    way, seen = np.empty(width, dtype=np.uint32), np.empty(nodes, dtype=np.int64)
    left = rows.flow[:1].copy()
    count = decompose(net, rows, 0, left, 1e-12, seen, pair, flow, end, way)
    starts = [0, *end[:count].tolist()]
    found = [
        (int(pair[i]), float(flow[i]), way[first:last][::-1].tolist())
        for i, (first, last) in enumerate(pairwise(starts))
    ]
    return found, left[0]


def test_paths_are_taken_by_the_largest_flow() -> None:
    """Three go by b and one by a; a ring of two behind a carries nobody and is no path's.

    .      0 ── a ──> 2 ── c ──> 1        2 ── r ──> 3 ── q ──> 2
    .      └────── b ────────────┘
    """
    roads = {"a": (0, 2), "c": (2, 1), "b": (0, 1), "r": (2, 3), "q": (3, 2)}
    world = World({name: road(*ends, 1.0) for name, ends in roads.items()}, volume=4.0)
    world.put(0, {"a": 1.0, "c": 1.0, "b": 3.0, "r": 2.0, "q": 2.0})
    world.plant(0)
    found, left = taken_apart(world.net, world.rows)
    assert [(flow, world.named(way)) for _, flow, way in found] == [(3.0, "b"), (1.0, "ac")]
    assert left.tolist() == [0.0] * 5


def test_paths_that_do_not_fit_say_so() -> None:
    """Two paths and room for one."""
    world = parallel((1.0, 0.0), (1.0, 0.0), volume=2.0)
    world.put(0, {"a": 1.0, "b": 1.0})
    world.plant(0)
    seen, one = np.empty(2, dtype=np.int64), np.empty(1)
    room = np.empty(1, dtype=np.int32), one, np.empty(1, dtype=np.int64), np.empty(8, dtype=np.uint32)
    assert decompose(world.net, world.rows, 0, world.rows.flow.copy(), 1e-12, seen, *room) == -1


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_paths_add_up_to_demand_and_to_flows_less_rings(seed: int) -> None:
    """Random networks, demand spread over the best paths of eight random costs, rings thrown in."""
    random = np.random.default_rng(seed)
    nodes = int(random.integers(3, 12))
    tail = np.concatenate([np.arange(nodes), random.integers(0, nodes, 2 * nodes)])
    head = np.concatenate([(np.arange(nodes) + 1) % nodes, random.integers(0, nodes, 2 * nodes)])
    order = np.argsort(head, kind="stable")
    net = net_of(tail[order], head[order], nodes)
    links, scratch = 3 * nodes, new_scratch(nodes, 3 * nodes)
    to = random.integers(1, nodes, 4)
    volume, flow = np.zeros(4), np.zeros(links)
    row = Row(np.zeros(links), np.full(nodes, NONE), np.zeros(nodes, dtype=np.uint32))
    for i in np.tile(np.arange(4), 8):
        grow(net, random.random(links), 0, row, scratch)
        part = random.random()
        volume[i] += part
        add_path(net, row, int(to[i]), part, flow)
    ring = np.flatnonzero(net.head == (net.tail + 1) % nodes)
    one_each = ring[np.unique(net.tail[ring], return_index=True)[1]]
    flow[one_each] += random.choice([0.0, 0.7])
    rows = Rows(flow[None], row.pred[None], row.order[None], np.array([nodes], np.int32), np.zeros(1, np.int32),
                np.array([0, 4]), to.astype(np.int32), volume)  # fmt: skip
    found, left = taken_apart(net, rows)
    used = np.zeros(links)
    for pair, part, way in found:
        ends = [0, *net.head[way].tolist()]
        assert [int(net.tail[a]) for a in way] == ends[:-1]
        assert ends[-1] == to[pair]
        assert len(set(ends)) == len(ends)
        used[way] += part
    assert np.bincount([f[0] for f in found], [f[1] for f in found], 4) == pytest.approx(volume)
    rings = flow - used
    assert rings.min() > -1e-12
    assert np.bincount(net.tail, rings, nodes) == pytest.approx(np.bincount(net.head, rings, nodes), abs=1e-11)
    assert left.max() <= rings.max() + 1e-12


def add_path(net: object, row: Row, node: int, part: float, flow: np.ndarray) -> None:
    """Add flow along the tree to a node."""
    while node != 0:
        flow[row.pred[node]] += part
        node = int(net.tail[row.pred[node]])  # type: ignore[attr-defined]
