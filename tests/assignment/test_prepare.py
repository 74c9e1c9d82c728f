"""The smaller network that kernels see, and all flows put back on the one of the problem."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assignment.networks import around, ferry, random_problem, two_links
from karvan.assignment import assign
from karvan.assignment.kernels.records import BASE
from karvan.assignment.prepare import Prepared, fixed_flows, prepare
from karvan.model.problem import Delays, Demand, Links, Problem, UserClass


def street(*, closed: bool = False) -> Problem:
    """Two zones at the ends of connectors, two roads between, and a cul-de-sac that nobody wants to go to.

    .      1 <── 5 ──> 2 ══ two_links ══> 3 <── 5 ──> 4        3 <── 1 ──> 5
    """
    middle = two_links().links.delays
    free, b = [5.0, 5.0, *middle.free_time, 5.0, 5.0, 1.0, 1.0], [0.0, 0.0, *middle.b, 0.0, 0.0, 0.0, 0.0]
    delays = Delays.bpr(free, 1.0, b=b, power=1.0)
    tail, head = [0, 1, 1, 1, 2, 3, 2, 4], [1, 0, 2, 2, 3, 2, 4, 2]
    links = Links.of([1, 2, 3, 4, 5], tail, head, delays, through=[not closed, True, True, not closed, True])
    return Problem.single(links, Demand.of([0], [3], [4.0]))


def each_link(prepared: Prepared) -> list[tuple[int, int, int]]:
    """Links the kernels see: (link of the problem, tail, head) with nodes as they number them."""
    net = prepared.net
    return list(zip(prepared.link_of.tolist(), net.tail.tolist(), net.head.tolist(), strict=True))


@pytest.mark.parametrize("closed", [False, True])
def test_leaves_are_taken_out_and_demand_begins_where_they_hang(closed: bool) -> None:
    """Only the two roads in the middle are left to choose from, whether zones are closed or not."""
    prepared = prepare(street(closed=closed))
    assert set(each_link(prepared)) == {(2, 0, 1), (3, 0, 1)}
    assert (prepared.roots.tolist(), prepared.to.tolist(), prepared.volume.tolist()) == ([0], [1], [4.0])
    assert prepared.way_out[0] == 0
    assert prepared.way_in[3] == 4
    assert assign(street(closed=closed), gap=1e-12).flows[0] == pytest.approx([4, 0, 1, 3, 4, 0, 0, 0])


def test_a_closed_zone_with_several_roads_is_two_nodes() -> None:
    """Links into zone 2 end at one, those out of it begin at the other, and none leads between them.

    .      1 ── 0 ──> 2 ── 1 ──> 3
    .      └─ 2 ─> 4 ─── 3 ──────┘
    """
    for through in (False, True):
        prepared = prepare(around(through=through), refusal_cost=9.0)
        net = {link: (tail, head) for link, tail, head in each_link(prepared) if link >= 0}
        assert (net[0][1] == net[1][0]) == through
        assert net[2][1] == net[3][0]


def test_links_of_refusal_lead_from_each_origin_past_the_network_to_each_end() -> None:
    """By one node of refusal: one link of that cost an origin, two free ones a destination; costs stay in proportion.

    .      1 ══ ferry, road ══> 2 ── 0 ──> end
    .      └── 7 ──> refusal ───── 0 ───────┘
    """
    prepared = prepare(ferry(), refusal_cost=7.0)
    refusals = [(t, h, c) for (a, t, h), c in zip(each_link(prepared), base_of(prepared), strict=True) if a < 0]
    assert sorted(c for _, _, c in refusals) == [0.0, 0.0, 7.0]
    (into,) = [h for _, h, c in refusals if c == 7.0]
    (end,) = prepared.to.tolist()
    assert sorted((t, h) for t, h, c in refusals if c == 0.0) == sorted([(1, end), (into, end)])
    assert prepared.net.tail[prepared.refused].tolist() == [into]
    assert (prepared.way_out < 0).all()


def base_of(prepared: Prepared) -> list[float]:
    """What links cost the first class at no load."""
    return prepared.forms[0, :, BASE].tolist()


def test_who_may_not_use_the_only_link_of_a_zone_is_barred_before_the_start() -> None:
    """Lorries may not enter 4; in the kernels' network they have no row, their demand is still told as unserved."""
    problem = street()
    lorries = UserClass(name="lorries", demand=Demand.of([0, 0], [3, 2], [7.0, 1.0]), allowed=np.arange(8) != 4)
    problem = replace(problem, classes=(*problem.classes, lorries))
    prepared = prepare(problem)
    assert [pairs.tolist() for pairs in prepared.barred] == [[], [0]]
    assert prepared.pair[prepared.class_[0] :].tolist() == [0, 1]
    assert [u.tolist() for u in assign(problem).unserved] == [[0.0], [7.0, 0.0]]


def test_flows_on_links_left_out_are_those_of_all_who_are_served() -> None:
    """One of four stays at home and does not set out either; who goes nowhere takes no link."""
    problem = street()
    demand = Demand.of([0, 0], [3, 0], [4.0, 9.0])
    prepared = prepare(replace(problem, classes=(replace(problem.classes[0], demand=demand),)))
    assert fixed_flows(prepared, (np.array([1.0, 0.0]),))[0].tolist() == [3, 0, 0, 0, 3, 0, 0, 0]


def with_leaves(seed: int) -> Problem:
    """A random network with a connector each way at some nodes; demand is from and to these, or from node to node."""
    random = np.random.default_rng(seed)
    problem = random_problem(seed, nodes=6, extra=8, pairs=6, classes=2)
    links, d = problem.links, problem.links.delays
    hubs = np.flatnonzero(random.random(6) < 0.7)
    zones = 6 + np.arange(hubs.shape[0])
    more = 2 * hubs.shape[0]
    delays = Delays.of(
        np.append(d.kind, np.ones(more, int)),
        np.append(d.free_time, random.uniform(0, 2, more)),
        capacity=np.append(d.capacity, np.full(more, 5.0)),
        b=np.append(d.b, np.full(more, 0.5)),
        power=np.append(d.power, np.full(more, 2.0)),
    )
    nodes = 6 + hubs.shape[0]
    tail, head = np.concatenate([links.tail, hubs, zones]), np.concatenate([links.head, zones, hubs])
    through = np.append(np.ones(6, bool), random.random(hubs.shape[0]) < 0.5)
    users = []
    for user in problem.classes:
        origin = random.integers(0, nodes, 8)
        demand = Demand.of(origin, (origin + random.integers(1, nodes, 8)) % nodes, random.uniform(1, 5, 8))
        users.append(replace(user, demand=demand, fixed_cost=random.uniform(0, 1, links.count + more)))
    return Problem(links=Links.of(np.arange(nodes), tail, head, delays, through=through), classes=tuple(users))


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1))
def test_a_network_without_its_leaves_has_the_equilibrium_of_the_whole(seed: int) -> None:
    """Links of refusal, too dear to be used, keep all of it in the kernels' sight: loads are the same."""
    problem = with_leaves(seed)
    reduced = assign(problem, gap=1e-11)
    assert reduced.verdict.holds, reduced.verdict.problems
    assert prepare(problem).links <= problem.links.count
    most = problem.links.most.copy()
    most[0] = 1e6
    whole = assign(replace(problem, links=replace(problem.links, most=most)), gap=1e-11, refusal_cost=1e9)
    assert whole.verdict.holds, whole.verdict.problems
    grows = problem.links.delays.kind == 1
    assert whole.loads[grows] == pytest.approx(reduced.loads[grows], rel=1e-3, abs=1e-3)
