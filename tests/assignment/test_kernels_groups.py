"""Pairs of many rows: grouped, kept and equalised."""

from __future__ import annotations

import numpy as np
import pytest

from assignment.kernel_worlds import World, road, two_roads
from karvan.assignment.kernels.equalise import available, equalise, transfer
from karvan.assignment.kernels.groups import (
    END,
    FIRST,
    GROUPS,
    HEAD,
    LINKS,
    MEMBERS,
    MIDDLE,
    Groups,
    copy_groups,
    has_room,
    join,
    keep_used,
)
from karvan.assignment.kernels.rows import row_of
from karvan.assignment.kernels.trees import relabel, settle
from karvan.assignment.workspace import new_groups


def members(groups: Groups, g: int = 0) -> list[int]:
    """Rows of a group in the order of their list."""
    found, m = [], groups.of[g, HEAD]
    while m >= 0:
        found.append(int(groups.row[m]))
        m = groups.following[m]
    return found


def of_two_roads(flows: list[tuple[float, float]], first: tuple[float, ...], second: tuple[float, ...]) -> World:
    """Rows with these flows on a and b, all members of one group."""
    world = two_roads(first, second, class_=[0] * len(flows))
    for r, (a, b) in enumerate(flows):
        world.put(r, {"a": a, "b": b})
        join(world.groups, 0, r, world.links("ab"), 1, 2)
    return world


def test_a_pair_of_many_rows_is_one_group_found_from_either_side() -> None:
    """Three rows, one of which found b dearer than ac and not the reverse; another class makes a group of its own.

    .      0 ── a ──> 2 ── c ──> 1
    .      └─────── b ───────────┘
    """
    world = World({"a": road(0, 2, 1.0), "c": road(2, 1, 1.0), "b": road(0, 1, 2.0)}, class_=[0, 0, 0, 0])
    join(world.groups, 0, 0, world.links("cab"), 2, 3)
    join(world.groups, 0, 2, world.links("cab"), 2, 3)
    join(world.groups, 0, 1, world.links("bca"), 1, 3)
    assert world.groups.size.tolist() == [1, 3, 3]
    assert members(world.groups) == [1, 2, 0]
    first, middle, end = world.groups.of[0, [FIRST, MIDDLE, END]]
    ways = {world.named(world.groups.links[first:middle]), world.named(world.groups.links[middle:end])}
    assert ways == {"ca", "b"}
    join(world.groups, 1, 3, world.links("cab"), 2, 3)
    assert world.groups.size[GROUPS] == 2


def test_groups_say_when_they_are_full() -> None:
    """By groups, by links, by members."""
    groups = new_groups(2, 10, 2)
    assert has_room(groups, 2, 10)
    assert not has_room(groups, 1, 11)
    assert not has_room(groups, 3, 1)
    links = np.arange(4, dtype=np.uint32)
    join(groups, 0, 0, links, 2, 4)
    assert has_room(groups, 1, 6)
    assert not has_room(groups, 1, 7)
    join(groups, 0, 1, links, 2, 4)
    assert not has_room(groups, 1, 4)


def test_only_members_that_use_both_segments_are_kept_and_each_once() -> None:
    """Row 1 uses a alone, row 2 joined twice."""
    world = of_two_roads([(1.0, 1.0), (1.0, 0.0), (2.0, 3.0)], (1.0,), (2.0,))
    join(world.groups, 0, 2, world.links("ba"), 1, 2)
    kept = new_groups(64, 1024, 64)
    keep_used(world.groups, world.rows.flow, kept, np.empty(3, dtype=np.int32))
    assert sorted(members(kept)) == [0, 2]
    assert kept.size.tolist() == [1, 2, 2]
    world.rows.flow[:] = 0.0
    keep_used(kept, world.rows.flow, world.groups, np.empty(3, dtype=np.int32))
    assert world.groups.size.tolist() == [0, 0, 0]
    assert (world.groups.table == -1).all()


def test_a_copy_with_more_room_has_all_groups_and_members() -> None:
    """A hundred pairs of two links each, three members each, and each is found again in the copy."""
    groups, wider = new_groups(128, 256, 512), new_groups(256, 512, 1024)
    pairs = [np.array([i, i + 1 + i % 7], dtype=np.uint32) for i in range(100)]
    for row in range(3):
        for pair in pairs:
            join(groups, 0, row, pair, 1, 2)
    copy_groups(groups, wider)
    assert wider.size[[GROUPS, LINKS, MEMBERS]].tolist() == groups.size.tolist() == [100, 200, 300]
    assert all(sorted(members(wider, g)) == [0, 1, 2] for g in range(100))
    for pair in pairs:
        join(wider, 0, 3, pair, 1, 2)
    assert wider.size.tolist() == [100, 200, 400]


def test_a_transfer_takes_from_members_what_they_have_and_no_more() -> None:
    """Two of row 2, then one of row 1; row 0 keeps its own. Back as well; and not more than there is."""
    world = of_two_roads([(0.0, 4.0), (1.0, 2.0), (0.0, 2.0)], (1.0,), (2.0,))
    flow, a, b = world.rows.flow, world.at["a"], world.at["b"]
    assert available(world.groups, 0, flow, False, np.inf) == 8.0
    assert available(world.groups, 0, flow, True, np.inf) == 1.0
    assert transfer(world.groups, 0, flow, 3.0) == 3.0
    assert flow[:, a].tolist() == [0.0, 2.0, 2.0]
    assert flow[:, b].tolist() == [4.0, 1.0, 0.0]
    assert transfer(world.groups, 0, flow, -100.0) == -4.0
    assert flow[:, a].tolist() == [0.0, 0.0, 0.0]
    assert transfer(world.groups, 0, flow, 100.0) == 9.0
    assert flow[:, b].tolist() == [0.0, 0.0, 0.0]
    assert transfer(world.groups, 0, flow, 0.0) == 0.0


def test_equalising_brings_both_segments_to_one_cost() -> None:
    """1 + v = 3 + 6 - v: four of six, from whichever side; costs were 8 apart. Twice is no more than once."""
    world = of_two_roads([(0.0, 5.0), (0.0, 1.0)], (1.0, 1.0), (3.0, 1.0))
    assert equalise(world.law, 0, world.groups, 0, world.rows.flow, 0.0) == 8.0
    assert world.cost("a") == pytest.approx(world.cost("b"))
    assert world.law.load[world.links("ab")] == pytest.approx([4.0, 2.0])
    assert world.rows.flow.sum(axis=1) == pytest.approx([5.0, 1.0])
    assert equalise(world.law, 0, world.groups, 0, world.rows.flow, 1e-9) == 0.0
    back = of_two_roads([(5.0, 0.0), (1.0, 0.0)], (1.0, 1.0), (3.0, 1.0))
    assert equalise(back.law, 0, back.groups, 0, back.rows.flow, 0.0) == 4.0
    assert back.law.load[back.links("ab")] == pytest.approx([4.0, 2.0])


def test_what_is_not_worth_it_and_what_cannot_move_is_left() -> None:
    """Costs 8 apart are let be if 8 is not worth it; and a dear segment that nobody uses is no harm."""
    world = of_two_roads([(0.0, 6.0)], (1.0, 1.0), (3.0, 1.0))
    assert equalise(world.law, 0, world.groups, 0, world.rows.flow, 8.0) == 0.0
    assert world.flows() == {"a": 0.0, "b": 6.0}
    world = of_two_roads([(2.0, 0.0)], (1.0, 0.1), (9.0,))
    assert equalise(world.law, 0, world.groups, 0, world.rows.flow, 0.0) == 0.0
    assert world.flows() == {"a": 2.0, "b": 0.0}


def test_where_no_cost_depends_on_load_all_go_to_the_cheaper_segment() -> None:
    """There is no slope to divide by."""
    world = of_two_roads([(1.0, 2.0), (0.0, 3.0)], (1.0,), (2.0,))
    assert equalise(world.law, 0, world.groups, 0, world.rows.flow, 0.0) == 1.0
    assert world.rows.flow[:, world.at["b"]].tolist() == [0.0, 0.0]
    assert world.law.load[world.links("ab")].tolist() == [6.0, 0.0]


def test_trees_follow_what_shifts_do_to_costs() -> None:
    """Once a has four of six both roads cost the same, and the tree keeps what it has."""
    world = of_two_roads([(0.0, 6.0)], (1.0, 1.0), (3.0, 1.0))
    world.plant(0)
    assert world.named(world.rows.pred[0, 1:]) == "a"
    equalise(world.law, 0, world.groups, 0, world.rows.flow, 0.0)
    row = row_of(world.rows, 0)
    assert settle(world.net, world.law.cost[0], row, 2, world.scratch) == 2
    relabel(world.net, world.law.cost[0], row, 2, world.scratch.label)
    assert world.scratch.label[1] == pytest.approx(5.0)
